"""The formulas of a form as they stand in its JSON: which there are, and which of them can be worked out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from models.documents.extensions import found, parts
from models.documents.fhirpath.compiling import compiled
from models.documents.fhirpath.parsing import Broken, Tree, every_part, parse
from models.documents.fhirpath.texts import MATCHING
from models.documents.items import Constraint
from models.documents.patterns import is_understood
from models.documents.shapes import refuse, walk

LANGUAGE = "text/fhirpath"
WHAT = {
    "calculated": "calculation (calculatedExpression)", "enable_expression": "condition (enableWhenExpression)",
    "initial_expression": "first value (initialExpression)",
}
MOST_FORMULAS, MOST_LETTERS = 1_000, 100_000


@dataclass(frozen=True)
class Formula:
    """An expression, what it is for, and the language it is written in."""

    text: str
    what: str
    language: str = LANGUAGE


def formulas_of(thing: Mapping[str, Any]) -> Iterator[Formula]:
    """The formulas of an item, or of the form itself."""
    for name, what in WHAT.items():
        for one in found(thing, name):
            yield _formula(one, what)
    for one in found(thing, "variable"):
        if isinstance(one, Mapping):
            yield _formula(one, f"variable “{one.get('name')}”")
    for held in parts(thing, "constraint"):
        for text in held.get("expression", [])[:1]:
            yield Formula(str(text), "rule (constraint)")


def _formula(value: Any, what: str) -> Formula:
    if not isinstance(value, Mapping):
        return Formula(str(value), what)
    return Formula(str(value.get("expression") or ""), what, str(value.get("language") or LANGUAGE))


def check_formulas(source: Mapping[str, Any]) -> None:
    """Raises Invalid for more than a form may have, and for FHIRPath that is none, with the letter where it breaks."""
    count = letters = 0
    for thing in (source, *(item for item, _, _ in walk(source))):
        held = list(formulas_of(thing))
        count, letters = count + len(held), letters + sum(len(one.text) for one in held)
        if count > MOST_FORMULAS:
            refuse(f"This form has more than {MOST_FORMULAS:,} formulas.")
        if letters > MOST_LETTERS:
            refuse(f"The formulas of this form have more than {MOST_LETTERS:,} letters.")
        _check(held, "" if thing is source else thing["linkId"])


def _check(formulas: list[Formula], link_id: str) -> None:
    for one in formulas:
        if one.language == LANGUAGE:
            try:
                parse(one.text)
            except Broken as broken:
                refuse(f"Its {one.what} is no FHIRPath: {broken.words} (letter {broken.position}).", link_id)


def strange_pattern(tree: Tree) -> str:
    """The pattern that is written in this call, if it is not understood here; else empty."""
    if tree[0] != "call" or tree[1] not in MATCHING or not tree[2] or tree[2][0][0] != "lit":
        return ""
    pattern = tree[2][0][1]
    return "" if not isinstance(pattern, str) or is_understood(pattern) else pattern


@lru_cache(2048)
def strange_patterns(text: str) -> tuple[str, ...]:
    """Those of an expression that can be worked out."""
    return tuple(filter(None, map(strange_pattern, every_part(parse(text)))))


@lru_cache(2048)
def trouble_with(text: str) -> str:
    """Why an expression cannot be worked out here; empty when it can."""
    try:
        compiled(text)
    except Broken as broken:
        return broken.words
    return ""


def usable(value: Any) -> str:
    """The FHIRPath of an extension's value, if it can be worked out; else empty."""
    formula = _formula(value, "") if value is not None else Formula("", "")
    return formula.text if formula.language == LANGUAGE and formula.text and not trouble_with(formula.text) else ""


def variables_of(thing: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Those that can be worked out, by name, in their order."""
    held = [one for one in found(thing, "variable") if isinstance(one, Mapping) and one.get("name") and usable(one)]
    return tuple((str(one["name"]), usable(one)) for one in held)


def constraints_of(thing: Mapping[str, Any]) -> tuple[Constraint, ...]:
    """The rules that answers must keep; warnings are not among them."""
    return tuple(
        Constraint(
            key=str(next(iter(one.get("key", [])), "")),
            expression=usable(next(iter(one["expression"]))),
            words=str(next(iter(one.get("human", [])), "This does not fit together.")),
        )
        for one in parts(thing, "constraint")
        if one.get("expression")
        and usable(next(iter(one["expression"])))
        and next(iter(one.get("severity", ["error"])), "") != "warning"
    )


def adding_up(link_ids: list[str], numbers: Set[str] = frozenset()) -> str:
    """The formula that adds up what is chosen in these questions, and what is said where they ask for `numbers`;
    nothing of nothing."""
    ways = [(_quoted(one), "value" if one in numbers else "weight()") for one in link_ids]
    asked = [f"%resource.descendants().where(linkId = {quoted}).answer.{way}" for quoted, way in ways]
    every = asked[0] + "".join(f".combine({one})" for one in asked[1:])
    return f"{every}.aggregate(iif($total.empty(), $this, $total + $this))"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
