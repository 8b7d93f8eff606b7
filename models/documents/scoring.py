"""What a form adds up to, what that is called, and what must be looked at at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from models.documents.extensions import first, found, parts
from models.documents.fhirpath.parsing import Broken, Tree, parse
from models.documents.items import Band, Item, Option, Questionnaire, Scale, Value
from models.documents.options import option_of
from models.documents.places import Node
from models.documents.values import number, same, words

NUMBERS = ("integer", "decimal", "quantity")


@dataclass(frozen=True)
class Score:
    """A score as it stands: `value` None where nothing of it is answered or it cannot be worked out yet; `words`: its
    band; `missing`: how many of its questions that are asked have no answer yet."""

    link_id: str
    title: str
    value: Decimal | None
    most: Decimal | None
    words: str
    missing: int


@dataclass(frozen=True)
class Risk:
    """An answer that the practitioner is alerted of: where, to what, and what was answered."""

    path: str
    question: str
    answer: str


def scales_of(items: tuple[Item, ...], source: Mapping[str, Any], definitions: Mapping[str, Any]) -> tuple[Scale, ...]:
    """The scores of a form: items with the house's score extensions, and calculated numbers of forms whose options
    weigh; where options weigh and nothing adds them up, one for the whole."""
    every = list(_every(items))
    weighed = [one for one in every if _weighs(one)]
    scales = [_scale(one, definitions[one.link_id], every) for one in every if _is_scale(one, definitions, weighed)]
    if not scales and weighed:
        return (Scale("", str(source.get("title") or "Score"), most=_most(weighed)),)
    return tuple(scales)


def _every(items: tuple[Item, ...]) -> Iterable[Item]:
    for item in items:
        yield item
        yield from _every(item.items)


def _weighs(item: Item) -> bool:
    return any(one.score is not None for one in item.options)


def _counts(item: Item) -> bool:
    return _weighs(item) or item.type in NUMBERS


def _is_scale(item: Item, definitions: Mapping[str, Any], weighed: list[Item]) -> bool:
    if item.type not in NUMBERS:
        return False
    held = definitions[item.link_id]
    marked = any(found(held, name) for name in ("band", "score_most", "score_title", "score_of"))
    return marked or (bool(item.calculated) and bool(weighed))


def _scale(item: Item, held: Mapping[str, Any], every: list[Item]) -> Scale:
    named = tuple(str(one) for one in found(held, "score_of"))
    counted = named or _named_in(item, every)
    most = number(first(held, "score_most"))
    if most is None:
        most = _most([one for one in every if one.link_id in named]) if named else number(item.max_value)
    title = str(first(held, "score_title") or item.text or item.link_id)
    return Scale(item.link_id, title, tuple(_bands(held)), most, counted)


def _bands(held: Mapping[str, Any]) -> Iterable[Band]:
    for one in parts(held, "band"):
        least, most = (number(next(iter(one.get(name, [])), None)) for name in ("least", "most"))
        said = str(next(iter(one.get("words", [])), ""))
        if least is not None and most is not None and said:
            yield Band(least, most, said)


def _named_in(item: Item, every: list[Item]) -> tuple[str, ...]:
    """The questions that a calculation names, itself or through its variables; none: it takes all."""
    texts = {text for one in (item.calculated, *(said for _, said in item.variables)) for text in _texts(one)}
    return tuple(one.link_id for one in every if one.link_id in texts and _weighs(one))


def _texts(expression: str) -> set[str]:
    try:
        waiting: list[Tree] = [parse(expression)] if expression else []
    except Broken:
        return set()
    said = set()
    while waiting:
        one = waiting.pop()
        if one and one[0] == "lit" and isinstance(one[1], str):
            said.add(one[1])
        waiting.extend(part for part in one if isinstance(part, list))
    return said


def _most(items: Iterable[Item]) -> Decimal | None:
    """The most that a sum over these can be; None where a number has no end."""
    total = Decimal(0)
    for item in items:
        if item.type in NUMBERS:
            if item.max_value is None:
                return None
            total += number(item.max_value) or 0
        weights = [one.score for one in item.options if one.score is not None]
        if weights:
            total += sum((one for one in weights if one > 0), Decimal(0)) if item.repeats else max(weights)
    return total or None


def scores_of(questionnaire: Questionnaire, everything: list[Node]) -> tuple[Score, ...]:
    """The scores as they stand."""
    if not questionnaire.scales:
        return ()
    asked: dict[str, list[Node]] = {}
    for node in everything:
        if node.enabled and _counts(node.item):
            asked.setdefault(node.item.link_id, []).append(node)
    holders = {node.item.link_id: node for node in reversed(everything)}
    return tuple(_score(scale, holders.get(scale.link_id), asked) for scale in questionnaire.scales)


def _score(scale: Scale, holder: Node | None, asked: Mapping[str, list[Node]]) -> Score:
    """Of what it names, where numbers count as they are, or of all that weighs."""
    if scale.of:
        counted = [node for link_id in dict.fromkeys(scale.of) for node in asked.get(link_id, ())]
    else:
        counted = [node for nodes in asked.values() if _weighs(nodes[0].item) for node in nodes]
    missing = sum(not node.values for node in counted)
    value = _value(holder, counted)
    band = next((one.words for one in scale.bands if value is not None and one.least <= value <= one.most), "")
    return Score(scale.link_id, scale.title, value, scale.most, band, missing)


def _value(holder: Node | None, counted: list[Node]) -> Decimal | None:
    if counted and not any(node.values for node in counted):
        return None
    if holder is None or not (holder.item.calculated or holder.values):
        return summed(counted)
    held = next(iter(holder.values), None)
    return number(held.get("value") if isinstance(held, Mapping) else held)


def summed(nodes: Iterable[Node]) -> Decimal | None:
    """The sum of what is chosen; None where nothing that weighs is."""
    weights = [weight for node in nodes for value in node.values if (weight := _weight(node.item, value)) is not None]
    return sum(weights, Decimal(0)) if weights else None


def _weight(item: Item, value: Value) -> Decimal | None:
    option: Option | None = option_of(item, value)
    return None if option is None else option.score


def risks_in(everything: Iterable[Node]) -> tuple[Risk, ...]:
    """The answers that alert the practitioner, in the order of the form."""
    return tuple(
        Risk(node.path, node.item.text, words(value))
        for node in everything
        if node.enabled
        for value in node.values
        if any(same(value, one) for one in node.item.risk)
    )

