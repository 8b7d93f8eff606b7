"""A function of FHIRPath with its arguments becomes a step. Two things that forms do all the time are looked up instead
of searched: `where(linkId = '…')` in long lists, and `repeat(item)` or `descendants()` of one thing."""

from __future__ import annotations

from typing import Any

from models.documents.fhirpath.gathering import CRITERIA, GATHERING, of_type
from models.documents.fhirpath.numbers import NUMBERS
from models.documents.fhirpath.parsing import Broken, Tree
from models.documents.fhirpath.running import Focus, Here, Run, Step
from models.documents.fhirpath.texts import TEXTS

PLAIN: dict[str, tuple[Any, int, int]] = {**GATHERING, **TEXTS, **NUMBERS}
TYPED = frozenset({"ofType", "is", "as"})
KNOWN = frozenset({*PLAIN, *CRITERIA, *TYPED})
LONG = 8


def make_call(name: str, trees: list[Tree], steps: list[Step]) -> Step:
    """The step of a call. Raises Broken for a function that is not known, or has too few or too many arguments."""
    if name in TYPED and len(trees) == 1:
        return _of_type(name, trees[0])
    if name not in KNOWN:
        raise Broken(f"the function “{name}” is not known here", 0)
    apply, least, most = CRITERIA.get(name) or PLAIN.get(name) or (None, 1, 1)
    if not least <= len(steps) <= most:
        raise Broken(f"the function “{name}” is given {len(steps)} arguments", 0)
    step = _criteria(apply, steps) if name in CRITERIA else _plain(apply, steps)
    if name == "where" and (wanted := _member_is(trees[0])) is not None:
        return _looked_up(*wanted, step)
    if (name == "repeat" and trees[0][0] == "name") or name == "descendants":
        return _remembered(name + str(trees[:1]), step)
    return step


def _criteria(apply: Any, steps: list[Step]) -> Step:
    def step(run: Run, focus: Focus, here: Here) -> Focus:
        run.tick(1 + len(focus))
        return apply(run, focus, here, *steps)  # type: ignore[no-any-return]

    return step


def _plain(apply: Any, steps: list[Step]) -> Step:
    def step(run: Run, focus: Focus, here: Here) -> Focus:
        run.tick(1 + (len(focus) >> 2))
        return apply(run, focus, *(one(run, here.this, here) for one in steps))  # type: ignore[no-any-return]

    return step


def _of_type(name: str, tree: Tree) -> Step:
    kind = type_name(tree)

    def step(run: Run, focus: Focus, here: Here) -> Focus:
        run.tick(1 + len(focus))
        found = of_type(run, focus, here, kind)
        return ([bool(found)] if len(focus) == 1 else []) if name == "is" else found

    return step


def type_name(tree: Tree) -> str:
    """The type that an argument names. Raises Broken for what is none."""
    if tree[0] == "name":
        return str(tree[1])
    if tree[0] == "dot" and tree[2][0] == "name":
        return f"{type_name(tree[1])}.{tree[2][1]}"
    raise Broken("a type is missing", 0)


def _member_is(tree: Tree) -> tuple[str, Any] | None:
    """The member and the text of `member = 'text'`, whichever way round."""
    if tree[0] == "op" and tree[1] == "=":
        for left, right in ((tree[2], tree[3]), (tree[3], tree[2])):
            if left[0] == "name" and left[1] in ("linkId", "url", "code") and right[0] == "lit":
                return str(left[1]), right[1]
    return None


def _looked_up(name: str, text: Any, search: Step) -> Step:
    def step(run: Run, focus: Focus, here: Here) -> Focus:
        if len(focus) < LONG:
            return search(run, focus, here)
        run.tick()
        held = run.indexes.get(id(focus))
        if held is None or held[0] is not focus or (name,) not in held[1]:
            index = held[1] if held is not None and held[0] is focus else {}
            run.tick(len(focus))
            index[(name,)] = []
            for one in focus:
                if isinstance(one, dict) and isinstance(one.get(name), str):
                    index.setdefault((name, one[name]), []).append(one)
            held = run.indexes[id(focus)] = (focus, index)
        return held[1].get((name, text), [])

    return step


def _remembered(key: str, search: Step) -> Step:
    def step(run: Run, focus: Focus, here: Here) -> Focus:
        if len(focus) != 1 or not isinstance(focus[0], dict):
            return search(run, focus, here)
        run.tick()
        held = run.flat.get((key, id(focus[0])))
        if held is None or held[0] is not focus[0]:
            held = run.flat[(key, id(focus[0]))] = (focus[0], search(run, focus, here))
        return held[1]

    return step
