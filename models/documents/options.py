"""What can be chosen: answerOption, and value sets that came inside the form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from models.documents.extensions import first, found
from models.documents.items import Item, Option, Value
from models.documents.values import number, same, words, yes

MOST_OPTIONS, MOST_IN_ALL = 1_000, 30_000


def options_of(item: Mapping[str, Any], sets: Mapping[str, list[Option]]) -> list[Option] | None:
    """The options of a question: of its own, or of the contained value set that it names. None: it names one that is
    not in the form."""
    if item.get("answerOption"):
        return [_option(one) for one in item["answerOption"] if _value_of(one) is not None]
    address = item.get("answerValueSet")
    if not address:
        return []
    return sets.get(str(address).split("|")[0])


def contained_sets(source: Mapping[str, Any]) -> dict[str, list[Option]]:
    """What the value sets inside the form list, by "#id" and by their address; those that do not spell out their codes
    are not among them."""
    sets: dict[str, list[Option]] = {}
    for one in _listed(source.get("contained")):
        if isinstance(one, Mapping) and one.get("resourceType") == "ValueSet" and _is_spelled_out(one):
            # Read once, however many questions name it.
            listed = value_set_options(one)
            sets |= {address: listed for address in (f"#{one.get('id')}", str(one.get("url"))) if address}
    return sets


def part_of(value_set: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """The expansion or the compose of a value set; empty where it has none."""
    held = value_set.get(name)
    return held if isinstance(held, Mapping) else {}


def _listed(held: Any) -> list[Any]:
    return held if isinstance(held, list) else []


def value_set_options(value_set: Mapping[str, Any]) -> list[Option]:
    """What a value set lists: its expansion where it has one, else the concepts of its compose without the excluded."""
    contains = _listed(part_of(value_set, "expansion").get("contains"))
    if contains:
        return [_concept(one, one.get("system")) for one in _flat(contains) if not one.get("abstract")]
    compose = part_of(value_set, "compose")
    out = {(str(part.get("system")), str(one["code"])) for part, one in _concepts(compose.get("exclude"))}
    return [
        _concept(one, part.get("system"))
        for part, one in _concepts(compose.get("include"))
        if (str(part.get("system")), str(one["code"])) not in out
    ]


def _is_spelled_out(value_set: Mapping[str, Any]) -> bool:
    if _listed(part_of(value_set, "expansion").get("contains")):
        return True
    include = _listed(part_of(value_set, "compose").get("include"))
    return bool(include) and all(isinstance(one, Mapping) and one.get("concept") for one in include)


def _flat(contains: Iterable[Any], depth: int = 0) -> Iterable[Mapping[str, Any]]:
    for one in contains:
        if isinstance(one, Mapping) and depth < 10:
            if one.get("code"):
                yield one
            yield from _flat(_listed(one.get("contains")), depth + 1)


def _concepts(parts: Any) -> Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for part in _listed(parts):
        for one in _listed(part.get("concept")) if isinstance(part, Mapping) else []:
            if isinstance(one, Mapping) and one.get("code"):
                yield part, one


def _concept(concept: Mapping[str, Any], system: Any) -> Option:
    coding = {"system": system, "code": concept["code"], "display": concept.get("display")}
    coding = {key: str(value) for key, value in coding.items() if value is not None}
    return Option(
        value=coding, label=_label(concept, coding), score=score_of(concept), initial=False,
        exclusive=first(concept, "option_exclusive") is True,
    )


def _option(option: Mapping[str, Any]) -> Option:
    value = _value_of(option)
    return Option(
        value=value, label=_label(option, value), kind=_kind_of(option), score=score_of(option),
        initial=yes(option.get("initialSelected")) is True, exclusive=first(option, "option_exclusive") is True,
    )


def _value_of(option: Any) -> Value:
    if not isinstance(option, Mapping):
        return None
    for key, value in option.items():
        if key == "valueCoding" and isinstance(value, Mapping):
            kept = {name: value[name] for name in ("system", "code", "display") if value.get(name) is not None}
            return kept or None
        if key == "valueReference" and isinstance(value, Mapping):
            shown = str(value.get("display") or value.get("reference") or "")
            return {**({"reference": value["reference"]} if value.get("reference") else {}), "display": shown}
        if key.startswith("value") and isinstance(value, str | int) and not isinstance(value, bool):
            return value
    return None


def _kind_of(option: Mapping[str, Any]) -> str:
    return next(key for key in option if key.startswith("value"))


def _label(holder: Mapping[str, Any], value: Value) -> str:
    coding = holder.get("valueCoding")
    prefix = first(holder, "option_prefix") or (first(coding, "option_prefix") if isinstance(coding, Mapping) else None)
    text = words(value)
    return f"{prefix} {text}" if prefix else text


def score_of(holder: Mapping[str, Any]) -> Any:
    """The ordinalValue or itemWeight of an option: on the option itself, or on its coding."""
    coding = holder.get("valueCoding")
    places = [holder, *([coding] if isinstance(coding, Mapping) else [])]
    for place in places:
        for name in ("weight", "ordinal", "score"):
            if (score := number(first(place, name))) is not None:
                return score
    return None


def risks_of(item: Mapping[str, Any], options: Iterable[Option]) -> tuple[Value, ...]:
    """The answers that alert the practitioner."""
    own_options = [one for one in item.get("answerOption") or [] if isinstance(one, Mapping)]
    marked = [_value_of(one) for one in own_options if True in found(one, "risk")]
    own = [value for value in found(item, "risk") if not marked]
    chosen = [one.value for one in options if any(same(one.value, value) for value in marked)]
    return tuple(chosen + own)


def option_of(item: Item, value: Value) -> Option | None:
    """The option that an answer chooses; words are no choice of a coded one."""
    for one in item.options:
        if one.value is value:
            return one
    thing = isinstance(value, dict)
    alike = (one for one in item.options if isinstance(one.value, dict) is thing)
    return next((one for one in alike if same(one.value, value)), None)


def as_offered(item: Item, value: Value) -> Value:
    """An answer as the form offers it: whoever answers chooses by the code and does not rewrite what it says."""
    option = option_of(item, value) if item.options else None
    return value if option is None else option.value
