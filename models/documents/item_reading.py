"""One item of a Questionnaire as JSON becomes an Item."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.documents.extensions import codes, first, found
from models.documents.formulas import adding_up, constraints_of, usable, variables_of
from models.documents.items import Condition, Item, Option, Value
from models.documents.options import options_of, risks_of
from models.documents.safe_text import safe_html
from models.documents.values import number, yes

MOST_ADDED = 100
HELPING = ("help", "flyover")
ENDS = ("unit", "lower", "upper")
Sets = Mapping[str, list[Option]]


def read_item(item: Mapping[str, Any], children: tuple[Item, ...], sets: Sets) -> Item:
    """The Item. Expects what models.documents.shapes has looked at."""
    options = tuple(options_of(item, sets) or ())
    return Item(
        link_id=item["linkId"], type=item["type"], text=str(item.get("text") or ""), html=html_of(item),
        prefix=str(item.get("prefix") or ""), help=_words_below(item, HELPING), options=options,
        required=yes(item.get("required")) is True, repeats=yes(item.get("repeats")) is True,
        read_only=yes(item.get("readOnly")) is True, hidden=first(item, "hidden") is True, control=control_of(item),
        vertical=first(item, "orientation") == "vertical", open_label=str(first(item, "open_label") or ""),
        signs=bool(found(item, "signature")), risk=risks_of(item, options), initial=_initial(item, options),
        lower=_words_below(item, ("lower",)), upper=_words_below(item, ("upper",)),
        items=tuple(one for one in children if not _belongs(one, item)), **_limits(item), **_conditions(item),
    )


def html_of(item: Mapping[str, Any]) -> str:
    """The item's text from its XHTML or Markdown, made safe; empty where it has neither."""
    beside = item.get("_text")
    if not isinstance(beside, Mapping):
        return ""
    return safe_html(xhtml=first(beside, "xhtml"), markdown=first(beside, "markdown"))


def control_of(item: Mapping[str, Any]) -> str:
    return next(iter(codes(found(item, "control"))), "")


def _words_below(item: Mapping[str, Any], marks: tuple[str, ...]) -> str:
    """The words of the display items below it that are so marked."""
    below = [one for one in item.get("item") or [] if isinstance(one, Mapping) and one.get("type") == "display"]
    return "\n".join(str(one.get("text") or "") for one in below if control_of(one) in marks).strip()


def _belongs(child: Item, item: Mapping[str, Any]) -> bool:
    """Whether these words are shown as a part of the question that they stand below."""
    marks = HELPING if item["type"] == "group" else (*HELPING, *ENDS)
    return child.type == "display" and child.control in marks


def _initial(item: Mapping[str, Any], options: tuple[Option, ...]) -> tuple[Value, ...]:
    chosen = tuple(one.value for one in options if one.initial)
    given = [
        value
        for one in item.get("initial") or []
        if isinstance(one, Mapping)
        for key, value in one.items()
        if key.startswith("value")
    ]
    return chosen or tuple(given)


def _limits(item: Mapping[str, Any]) -> dict[str, Any]:
    repeats = yes(item.get("repeats")) is True
    return {
        "min_occurs": _whole(first(item, "min_occurs")) or 0,
        "max_occurs": _whole(first(item, "max_occurs")) if repeats else None,
        "min_length": _whole(first(item, "min_length")),
        "max_length": _whole(item.get("maxLength")),
        "min_value": first(item, "min_value"),
        "max_value": first(item, "max_value"),
        "step": number(first(item, "slider_step")),
        "decimals": _whole(first(item, "decimals")),
        "media_types": tuple(str(one) for one in found(item, "mime_type")),
        "max_size": _whole(first(item, "max_size")),
        "pattern": str(first(item, "regex") or ""),
        "placeholder": str(first(item, "entry_format") or ""),
        "units": _units(item),
    }


def _units(item: Mapping[str, Any]) -> tuple[dict[str, str], ...]:
    """Those that it names, else the words beside it that are marked as its unit."""
    named = tuple(_unit(one) for one in found(item, "unit") + found(item, "unit_option"))
    beside = _words_below(item, ("unit",))
    return named or (({"unit": beside},) if beside else ())


def _whole(value: Any) -> int | None:
    found = number(value)
    return None if found is None or found < 0 else int(found)


def _unit(coding: Any) -> dict[str, str]:
    held = coding if isinstance(coding, Mapping) else {}
    unit = {"unit": held.get("display") or held.get("code"), "system": held.get("system"), "code": held.get("code")}
    return {key: str(value) for key, value in unit.items() if value}


def _conditions(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "enable_when": tuple(_condition(one) for one in item.get("enableWhen") or []),
        "enable_any": item.get("enableBehavior") == "any",
        "enable_expression": usable(first(item, "enable_expression")),
        "calculated": _calculation(item),
        "initial_expression": usable(first(item, "initial_expression")),
        "variables": variables_of(item),
        "constraints": constraints_of(item),
    }


def _condition(one: Mapping[str, Any]) -> Condition:
    answer = next(value for key, value in one.items() if key.startswith("answer"))
    if isinstance(answer, Mapping):
        answer = {key: value for key, value in answer.items() if key != "extension"}
    return Condition(str(one["question"]), str(one["operator"]), answer)


def _calculation(item: Mapping[str, Any]) -> str:
    """The calculation that came along, else the adding up that the house's own extension asks for."""
    named = [str(one) for one in found(item, "score_of")][:MOST_ADDED]
    given = usable(first(item, "calculated"))
    return given or (adding_up(named) if named else "")
