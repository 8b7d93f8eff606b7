"""How one answer is spelled in FHIR, and how what an expression gives becomes an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.documents.fhirpath.running import Focus
from models.documents.fhirpath.things import Moment, Quantity, moment, quantity, text_of
from models.documents.items import Item, Value
from models.documents.options import option_of
from models.documents.values import KEYS, number, plain, same, tidy


def value_key(item: Item, value: Value) -> str:
    """The value[x] that an answer stands under."""
    if item.type not in ("choice", "open-choice"):
        return KEYS[item.type]
    option = option_of(item, value)
    if option is not None:
        return option.kind
    return "valueCoding" if isinstance(value, Mapping) else "valueString"


def as_fhir(item: Item, value: Value) -> Any:
    """An answer as FHIR writes it: a file of the house is an attachment with an address of its own kind."""
    if item.type != "attachment" or not isinstance(value, Mapping):
        return value
    made = {"contentType": value.get("contentType"), "url": f"urn:uuid:{value.get('file')}",
            "size": value.get("size"), "title": value.get("title")}
    return {key: one for key, one in made.items() if one is not None}


def from_fhir(item: Item, answer: Mapping[str, Any]) -> Value:
    """One answer of a QuestionnaireResponse as the house spells it."""
    value = next((one for key, one in answer.items() if key.startswith("value")), None)
    if item.type == "attachment" and isinstance(value, Mapping):
        made = {"file": str(value.get("url") or "").removeprefix("urn:uuid:"), "title": value.get("title"),
                "contentType": value.get("contentType"), "size": value.get("size")}
        return {key: one for key, one in made.items() if one is not None}
    if isinstance(value, Mapping):
        return {key: one for key, one in value.items() if key not in ("extension", "id", "userSelected", "version")}
    return value


def as_answers(item: Item, found: Focus) -> list[Value]:
    """What an expression gives, as answers of the item; what is not of its type is left out."""
    made = [one for value in found if (one := _as_answer(item, value)) is not None]
    return made if item.repeats else made[:1]


def _as_answer(item: Item, value: Any) -> Value:
    kind = item.type
    if kind in ("choice", "open-choice"):
        return _as_choice(item, value)
    if kind == "boolean":
        return value if isinstance(value, bool) else None
    if kind in ("integer", "decimal"):
        amount = value.value if isinstance(value, Quantity) else number(value)
        if amount is None:
            return None
        return plain(amount if kind == "decimal" else tidy(amount).to_integral_value("ROUND_HALF_UP"))
    if kind == "quantity":
        return _as_quantity(item, value)
    if kind in ("date", "dateTime", "time"):
        return _as_moment(kind, value)
    if kind == "reference":
        text = value.get("display") or value.get("reference") if isinstance(value, Mapping) else text_of(value)
        return {"display": text} if text else None
    return text_of(value) if kind in ("string", "text", "url") else None


def _as_choice(item: Item, value: Any) -> Value:
    amount = number(value)
    wanted = value if isinstance(value, Mapping) else text_of(value) if amount is None else plain(amount)
    option = next((one for one in item.options if same(one.value, wanted)), None)
    if option is not None:
        return option.value
    if item.options and item.type == "choice":
        return None
    text = wanted.get("display") if isinstance(wanted, Mapping) else text_of(wanted)
    if not text:
        return None
    return text if item.type == "open-choice" else {"display": text}


def _as_quantity(item: Item, value: Any) -> Value:
    if isinstance(value, Mapping) and "value" in value:
        return {key: one for key, one in value.items() if key in ("value", "unit", "system", "code")}
    amount = quantity(value) or (Quantity(one, "") if (one := number(value)) is not None else None)
    if amount is None:
        return None
    unit = next((one for one in item.units if amount.unit in ("", one.get("unit"), one.get("code"))), None)
    named = dict(unit) if unit else {"unit": amount.unit} if amount.unit not in ("", "1") else {}
    return {"value": plain(amount.value), **named}


def _as_moment(kind: str, value: Any) -> Value:
    at = value if isinstance(value, Moment) else moment(value, "time" if kind == "time" else "")
    if at is None or (at.kind == "time") is not (kind == "time"):
        return None
    return at.text[:10] if kind == "date" else at.text
