"""Amounts that a formula puts together though they are not of one unit: told by the units in which its questions are
answered. Only what can be told for sure is named; a formula that goes ways of its own is not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import combinations, islice, product
from typing import Any

from models.documents.expressions import is_given
from models.documents.extensions import found
from models.documents.fhirpath.amounts import NO_UNIT, per, times
from models.documents.fhirpath.calls import type_name
from models.documents.fhirpath.parsing import Tree, every_part, parse
from models.documents.fhirpath.things import MONTHS, SECONDS, Quantity, in_one_unit, singular
from models.documents.formulas import variables_of
from models.documents.shapes import walk

Units = frozenset[str]
# What an expression gives: of each question that it gathers the units it may be in; None where that is not told.
Given = tuple[Units, ...] | None

NUMBER = frozenset({NO_UNIT})
SIGNS = {"+": "adds", "-": "subtracts"} | dict.fromkeys(("<", ">", "<=", ">=", "=", "!="), "compares")
CALLS = {"sum": "adds", "avg": "adds", "min": "compares", "max": "compares"}
# What of several things gives some of them, and what gives a number in the unit that it had.
SOME = frozenset({"first", "last", "single", "tail", "skip", "take", "where", "trace", "distinct"})
SAME = frozenset({"abs", "ceiling", "floor", "round", "truncate"})
MOST_PAIRS, MOST_DEEP, LONGEST_SHOWN = 100, 10, 60


@dataclass
class Answered:
    """Of a form: the units of its questions by linkId, where they are known; all units that are named; its variables,
    those of one name that stand for one thing; and what was found out of its expressions."""

    units: Mapping[str, Units]
    named: Units
    variables: Mapping[str, str]
    known: dict[int, tuple[Tree, Given]] = field(default_factory=dict)
    known_variables: dict[str, Given] = field(default_factory=dict)
    deep: int = 0

    def is_foreign(self, unit: str) -> bool:
        """Whether nothing is answered in this unit, though something is in others."""
        told = singular(unit)
        return bool(self.named) and told not in self.named and told not in (NO_UNIT, *SECONDS, *MONTHS)

    def of(self, tree: Tree) -> Given:
        """What an expression gives. The innermost is looked at first: some are hundreds of steps deep."""
        for part in reversed([*every_part(tree)]):
            self.given(part)
        return self.given(tree)

    def given(self, tree: Tree) -> Given:
        if id(tree) not in self.known:
            self.known[id(tree)] = (tree, _given(self, tree))
        return self.known[id(tree)][1]

    def one(self, tree: Tree) -> Units | None:
        """The same where one value is wanted."""
        sources = self.given(tree)
        return None if sources is None else _any_of(sources)

    def variable(self, name: str) -> Given:
        """What a variable gives. Nothing is told of it while it is looked at: one that asks for itself ends there."""
        if name not in self.known_variables and name in self.variables and self.deep < MOST_DEEP:
            self.known_variables[name] = None
            self.deep += 1
            self.known_variables[name] = self.of(parse(self.variables[name]))
            self.deep -= 1
        return self.known_variables.get(name)


def answered_in(source: Mapping[str, Any]) -> Answered:
    """How the questions of this form are answered."""
    items = [item for item, _, _ in walk(source)]
    every = [one for thing in (source, *items) for one in variables_of(thing)]
    times_named = Counter(name for name, _ in every)
    return Answered(
        units={item["linkId"]: units for item in items if (units := _units_of(item))},
        named=frozenset(name for item in items if item.get("type") == "quantity" for one in _codings(item)
                        for name in (singular(str(one[key])) for key in ("code", "display") if one.get(key))),
        variables={name: text for name, text in every if times_named[name] == 1 and not is_given(name)},
    )


def unlike_in(tree: Tree, form: Answered) -> Iterator[str]:
    """Of an expression that can be worked out: in words each place where nothing comes of what is answered."""
    form.of(tree)
    for part in every_part(tree):
        for verb, one, other in _unlike(part, form):
            yield (f"{verb} {_in_words(one, other)}. Amounts are not converted between units: where both are there, "
                   "nothing comes of them.")


def _unlike(part: Tree, form: Answered) -> Iterator[tuple[str, Units, Units]]:
    if part[0] == "op" and part[1] in SIGNS:
        one, other = form.one(part[2]), form.one(part[3])
        if one and other and not _together(one, other):
            yield SIGNS[part[1]], one, other
    if part[0] == "dot" and part[2][0] == "call" and part[2][1] in CALLS:
        pair = _strangers(form.given(part[1]))
        if pair is not None:
            yield CALLS[part[2][1]], *pair


def _strangers(sources: Given) -> tuple[Units, Units] | None:
    """Two of what is gathered that are never of one unit."""
    pairs = combinations(dict.fromkeys(sources or ()), 2)
    return next((pair for pair in islice(pairs, MOST_PAIRS) if not _together(*pair)), None)


def _in_words(one: Units, other: Units) -> str:
    amounts = [" or ".join(f"“{shortened(unit)}”" for unit in sorted(units - NUMBER)) for units in (one, other)
               if units != NUMBER]
    return f"amounts in {' and '.join(amounts)}" + ("" if len(amounts) == 2 else " and numbers without a unit")


def shortened(text: str) -> str:
    """What stands in a form, as a sentence can hold it."""
    return text if len(text) <= LONGEST_SHOWN else text[: LONGEST_SHOWN - 1] + "…"


def _units_of(item: Mapping[str, Any]) -> Units | None:
    """What is worked out is in whatever unit came of it."""
    if item.get("type") in ("integer", "decimal"):
        return NUMBER
    if item.get("type") != "quantity" or found(item, "calculated") or found(item, "initial_expression"):
        return None
    return frozenset(singular(str(one.get("code") or one.get("display") or NO_UNIT)) for one in _codings(item))


def _codings(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in found(item, "unit") + found(item, "unit_option") if isinstance(one, Mapping)]


def _any_of(sources: Iterable[Units]) -> Units:
    return frozenset(unit for units in sources for unit in units)


def _given(form: Answered, tree: Tree) -> Given:
    kind = tree[0]
    if kind in ("neg", "at"):
        return form.given(tree[1])
    if kind == "as":
        return form.given(tree[1]) if _is_amount(tree[2]) else None
    if kind == "num":
        return (NUMBER,)
    if kind == "qty":
        return None if form.is_foreign(tree[2]) else (frozenset({singular(tree[2])}),)
    if kind == "var":
        return form.variable(tree[1])
    if kind == "op":
        return _of_operator(form, tree[1], tree[2], tree[3])
    if kind == "call" and tree[1] == "iif":
        return _of_ways(form, tree[2][1:])
    return _of_step(form, tree[1], tree[2]) if kind == "dot" else None


def _of_step(form: Answered, left: Tree, step: Tree) -> Given:
    if step[0] == "name" and step[1] in ("value", "valueQuantity"):
        ids = _answers_of(left)
        units = [form.units.get(one) for one in ids]
        return tuple(one for one in units if one) if units and all(units) else None
    if step[0] != "call":
        return None
    name, inside = step[1], step[2]
    if name in SOME or name in SAME or (name in ("ofType", "as") and _is_amount(type_name(inside[0]))):
        return form.given(left)
    if name in ("combine", "union"):
        return _of_both(form, left, inside[0])
    if name in CALLS:
        gathered = form.given(left)
        return None if gathered is None or _strangers(gathered) else (_any_of(gathered),)
    return _of_ways(form, inside[1:]) if name == "iif" else None


def _of_both(form: Answered, left: Tree, right: Tree) -> Given:
    one, other = form.given(left), form.given(right)
    return None if one is None or other is None else tuple(dict.fromkeys(one + other))


def _of_ways(form: Answered, ways: list[Tree]) -> Given:
    """Of several ways one is gone."""
    units = [form.one(one) for one in ways if one != ["none"]]
    told = [one for one in units if one is not None]
    return (_any_of(told),) if told and len(told) == len(units) else None


def _of_operator(form: Answered, sign: str, left: Tree, right: Tree) -> Given:
    if sign == "|":
        return _of_both(form, left, right)
    one, other = form.one(left), form.one(right)
    work = WORKS.get(sign)
    if one is None or other is None or work is None or len(one) * len(other) > MOST_PAIRS:
        return None
    made = frozenset(unit for a, b in product(one, other) if (unit := work(_a(a), _a(b))))
    return (made,) if made and max(map(len, made)) <= LONGEST_SHOWN else None


def _a(unit: str) -> Quantity:
    return Quantity(Decimal(1), unit)


def _sum(one: Quantity, other: Quantity) -> str:
    both = in_one_unit(one, other)
    return both[2] if both is not None else ""


def _share(one: Quantity, other: Quantity) -> str:
    made = per(one, other)
    return made.unit if made is not None else ""


WORKS: dict[str, Callable[[Quantity, Quantity], str]] = {
    "+": _sum, "-": _sum, "*": lambda one, other: times(one, other).unit, "/": _share,
}


def _together(one: Units, other: Units) -> bool:
    return len(one) * len(other) > MOST_PAIRS or any(_sum(_a(a), _a(b)) for a, b in product(one, other))


def _answers_of(tree: Tree) -> tuple[str, ...]:
    """The questions whose answers an expression gives; none where that is not told."""
    if tree[0] == "at" or (tree[0] == "dot" and tree[2][0] == "call" and tree[2][1] in SOME):
        return _answers_of(tree[1])
    return _asked(tree[1]) if tree[0] == "dot" and tree[2] == ["name", "answer"] else ()


def _asked(tree: Tree) -> tuple[str, ...]:
    if tree[0] == "at":
        return _asked(tree[1])
    if tree[0] != "dot" or tree[2][0] != "call" or tree[2][1] not in SOME:
        return ()
    return (_link_ids(tree[2][2][0]) if tree[2][1] == "where" else ()) or _asked(tree[1])


def _link_ids(criterion: Tree) -> tuple[str, ...]:
    """`linkId = 'a' or linkId = 'b'`, `linkId in ('a' | 'b')`, also beside something else that must be so."""
    if criterion[0] != "op":
        return ()
    sign, left, right = criterion[1], criterion[2], criterion[3]
    if sign == "and":
        return _link_ids(left) or _link_ids(right)
    if sign == "or":
        one, other = _link_ids(left), _link_ids(right)
        return one + other if one and other else ()
    if sign in ("=", "in") and left in (["name", "linkId"], ["dot", ["this"], ["name", "linkId"]]):
        return _texts(right)
    return ()


def _texts(tree: Tree) -> tuple[str, ...]:
    if tree[0] == "op" and tree[1] == "|":
        one, other = _texts(tree[2]), _texts(tree[3])
        return one + other if one and other else ()
    return (tree[1],) if tree[0] == "lit" and isinstance(tree[1], str) else ()


def _is_amount(kind: str) -> bool:
    return kind.rsplit(".", 1)[-1] == "Quantity"
