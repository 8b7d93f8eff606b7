"""A tree of FHIRPath becomes steps that run it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from models.documents.fhirpath.calls import make_call
from models.documents.fhirpath.kinds import is_kind
from models.documents.fhirpath.operators import OPERATORS
from models.documents.fhirpath.parsing import Broken, Tree, parse
from models.documents.fhirpath.running import CHOICES, Focus, Here, Run, Step, is_decimal, member, moment_kind
from models.documents.fhirpath.things import Quantity, moment, singular

MOST_DIGITS = 28


def run(text: str, run_: Run, context: Focus) -> Focus:
    """What an expression gives. Raises Broken, Failed, Exhausted."""
    return compiled(text)(run_, context, Here(context))


@lru_cache(4096)
def compiled(text: str) -> Step:
    """An expression, ready to be run again and again."""
    return compile_tree(parse(text))


def compile_tree(tree: Tree) -> Step:
    return MAKERS[tree[0]](tree)


def _constant(values: Focus) -> Step:
    def step(run: Run, focus: Focus, here: Here) -> Focus:
        return values

    return step


def _written(text: str) -> Decimal | int:
    """A number as the expression has it: with a point it is a Decimal, also a whole one."""
    if len(text.partition(".")[0]) > MOST_DIGITS:
        raise Broken(f"the number “{text[:40]}” is too large", 0)
    return Decimal(text) if "." in text else int(text)


def _variable(tree: Tree) -> Step:
    name = tree[1]

    def step(run: Run, focus: Focus, here: Here) -> Focus:
        run.tick()
        return run.variables(name)

    return step


def _name(tree: Tree) -> Step:
    name = tree[1]
    # Most names are looked up as they stand; the rest may have a choice of types, or name a resource.
    plain = not (name in CHOICES or name[:1].isupper() or name.startswith("_") or is_decimal(name) or moment_kind(name))

    def step(run: Run, focus: Focus, here: Here) -> Focus:
        run.tick(1 + (len(focus) >> 2 if plain else len(focus)))
        if len(focus) == 1:
            return member(focus[0], name)
        found: Focus = []
        for one in focus:
            value = one.get(name) if plain and type(one) is dict else None
            if value is None:
                found += [] if plain else member(one, name)
            elif type(value) is list:
                found += value
            else:
                found.append(value)
        run.tick(len(found) >> 2)
        return found

    return step


def _dot(tree: Tree) -> Step:
    left, right = compile_tree(tree[1]), compile_tree(tree[2])

    def step(run: Run, focus: Focus, here: Here) -> Focus:
        return right(run, left(run, focus, here), here)

    return step


def _at(tree: Tree) -> Step:
    left, place = compile_tree(tree[1]), compile_tree(tree[2])

    def step(run: Run, focus: Focus, here: Here) -> Focus:
        found, at = left(run, focus, here), place(run, here.this, here)
        if len(at) != 1 or isinstance(at[0], bool) or not isinstance(at[0], int | Decimal):
            return []
        return found[int(at[0]) : int(at[0]) + 1] if at[0] >= 0 else []

    return step


def _operator(tree: Tree) -> Step:
    apply = OPERATORS[tree[1]]
    left, right = compile_tree(tree[2]), compile_tree(tree[3])

    def step(run: Run, focus: Focus, here: Here) -> Focus:
        run.tick()
        return apply(run, left(run, focus, here), right(run, focus, here))

    return step


def _negative(tree: Tree) -> Step:
    operand = compile_tree(tree[1])

    def step(run: Run, focus: Focus, here: Here) -> Focus:
        return OPERATORS["*"](run, operand(run, focus, here), [-1])

    return step


def _kind(tree: Tree) -> Step:
    left, kind, only = compile_tree(tree[1]), tree[2], tree[0] == "as"

    def step(run: Run, focus: Focus, here: Here) -> Focus:
        found = left(run, focus, here)
        if only:
            return [one for one in found if is_kind(one, kind)]
        return [is_kind(found[0], kind)] if len(found) == 1 else []

    return step


def _call(tree: Tree) -> Step:
    return make_call(tree[1], tree[2], [compile_tree(one) for one in tree[2]])


MAKERS: dict[str, Callable[[Tree], Step]] = {
    "lit": lambda tree: _constant([tree[1]]),
    "num": lambda tree: _constant([_written(tree[1])]),
    "qty": lambda tree: _constant([Quantity(Decimal(_written(tree[1])), singular(tree[2]))]),
    "date": lambda tree: _constant([moment(tree[1])]),
    "dateTime": lambda tree: _constant([moment(tree[1])]),
    "time": lambda tree: _constant([moment(tree[1], "time")]),
    "none": lambda tree: _constant([]),
    "this": lambda tree: lambda run, focus, here: here.this,
    "index": lambda tree: lambda run, focus, here: [] if here.index is None else [here.index],
    "total": lambda tree: lambda run, focus, here: [] if here.total is None else here.total,
    "var": _variable, "name": _name, "dot": _dot, "at": _at, "op": _operator, "neg": _negative,
    "is": _kind, "as": _kind, "call": _call,
}
