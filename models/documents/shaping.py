"""What the builder says of an item, written as FHIR: each word of it into its own place, all else left as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from models.core.errors import Invalid
from models.documents.condition_writing import write_conditions
from models.documents.describing import control_of, help_of, kind_of, summed
from models.documents.elements import (
    BAND,
    CALCULATED,
    CONTROL,
    CONTROL_SYSTEM,
    DECIMALS,
    MARKDOWN,
    MAX_SIZE,
    MAX_VALUE,
    MEDIA_TYPE,
    MIN_VALUE,
    SIGNATURE,
    SUMS,
    TITLE,
    UNIT,
    XHTML,
    extensions,
    put,
    with_extensions,
)
from models.documents.formulas import adding_up
from models.documents.option_writing import write_options
from models.documents.trees import Json, walk

TYPES = {
    "string": "string", "text": "text", "number": "integer", "boolean": "boolean", "single": "choice",
    "several": "choice", "open": "open-choice", "date": "date", "file": "attachment", "heading": "group",
    "page": "group", "words": "display", "signature": "display", "total": "decimal",
}
FOR_ALL = frozenset({"text", "any", "conditions"})
ASKS = FOR_ALL | {"help", "required"}
FIELDS: dict[str, frozenset[str]] = {
    **{kind: ASKS for kind in ("boolean", "date")},
    **{kind: ASKS | {"max_length"} for kind in ("string", "text")},
    **{kind: ASKS | {"options", "control"} for kind in ("single", "several")},
    "open": ASKS | {"options", "several"}, "number": ASKS | {"min", "max", "decimals", "unit"},
    "file": ASKS | {"media", "max_size", "several"}, "heading": FOR_ALL | {"help"}, "page": FOR_ALL | {"help"},
    "words": FOR_ALL, "signature": FOR_ALL, "total": FOR_ALL | {"sums", "bands"}, "kept": frozenset(),
}
# Kinds that become each other with all they hold.
ALIKE = (frozenset({"string", "text"}), frozenset({"single", "several", "open"}))
CONTROLS = frozenset({"", "radio-button", "check-box", "drop-down"})
MARKS = frozenset("*_#[]`>\n")


def shape(link_id: str, kind: str) -> Json:
    """A new item of that kind. Raises Invalid for a kind that is none."""
    if kind not in TYPES:
        raise Invalid("unknown-kind", "This kind of question is not known here.")
    item: Json = {"linkId": link_id, "type": TYPES[kind]}
    if kind == "several":
        item["repeats"] = True
    if kind == "page":
        _control(item, "page")
    if kind == "signature":
        with_extensions(item, SIGNATURE, [{"valueCodeableConcept": {"text": "Signature"}}])
    if kind == "total":
        item["readOnly"] = True
        with_extensions(item, TITLE, [{"valueString": "Total"}])
    return item


def write(form: Json, item: Json, fields: Mapping[str, Any], kind: str = "") -> None:
    """Write these words of the item; all others stay. `kind`: what a new one becomes; among them it is what this one
    becomes, where all it holds goes along. Raises Invalid for what this kind does not know."""
    kind = kind or kind_of(item)
    if "kind" in fields:
        kind = _become(item, kind, fields["kind"])
    unknown = set(fields) - FIELDS[kind] - {"kind"}
    if unknown:
        raise Invalid("kept", "This question is kept as it came in." if kind == "kept" else "This cannot be set here.")
    for name, value in fields.items():
        if name in WRITERS:
            WRITERS[name](form, item, value)
    if "conditions" in fields or "any" in fields:
        write_conditions(form, item, fields.get("conditions"), fields.get("any"))


def _become(item: Json, kind: str, wanted: str) -> str:
    if kind == wanted:
        return kind
    if not any({kind, wanted} <= alike for alike in ALIKE):
        raise Invalid("other-kind", "This question cannot become one of that kind. Add a new one.")
    item["type"] = TYPES[wanted]
    if wanted in ("single", "several"):
        put(item, "repeats", wanted == "several" or None)
    if control_of(item) in CONTROLS:
        _control(item, "")
    return wanted


def _text(form: Json, item: Json, value: str) -> None:
    if extensions(item, TITLE):
        with_extensions(item, TITLE, [{"valueString": " ".join(value.split()) or "Total"}])
    marked = kind_of(item) in ("words", "signature") or bool(extensions(item.get("_text", {}), MARKDOWN))
    write_words(item, value.strip() if marked else " ".join(value.split()), marked=marked)


def write_words(item: Json, words: str, *, marked: bool) -> None:
    """Text, beside it the Markdown it was written in where that says more; a format that came in gives way."""
    put(item, "text", words)
    said: Json = dict(item.get("_text", {}))
    with_extensions(said, XHTML, [])
    with_extensions(said, MARKDOWN, [{"valueMarkdown": words}] if marked and MARKS & set(words) else [])
    put(item, "_text", said)


def _help(form: Json, item: Json, value: str) -> None:
    """It stands in the item as words of control `help`, which is how the standard says it."""
    words, found = value.strip(), help_of(item)
    if not words:
        put(item, "item", [one for one in item.get("item", ()) if one is not found])
        return
    if found is None:
        taken = {one["linkId"] for one in walk(form)} | {item["linkId"]}
        free = (f"{item['linkId']}-help{number or ''}" for number in range(len(taken) + 1))
        found = {"linkId": next(one for one in free if one not in taken), "type": "display"}
        _control(found, "help")
        item.setdefault("item", []).insert(0, found)
    write_words(found, words, marked=True)


def _required(form: Json, item: Json, value: bool) -> None:
    if value or "required" in item:
        item["required"] = value


def _options(form: Json, item: Json, value: Sequence[Mapping[str, Any]]) -> None:
    write_options(form, item, value)


def _several(form: Json, item: Json, value: bool) -> None:
    if value or "repeats" in item:
        item["repeats"] = value


def _shown_as(form: Json, item: Json, value: str) -> None:
    if value not in CONTROLS:
        raise Invalid("unknown-control", "Options are shown as a list of choices or as a menu.")
    _control(item, value)


def _control(item: Json, code: str) -> None:
    coding = {"coding": [{"system": CONTROL_SYSTEM, "code": code}]}
    with_extensions(item, CONTROL, [{"valueCodeableConcept": coding}] if code else [])


def _decimals(form: Json, item: Json, value: int | None) -> None:
    """0: whole numbers; None: as many as somebody types."""
    item["type"] = "integer" if value == 0 else "decimal"
    with_extensions(item, DECIMALS, [{"valueInteger": value}] if value else [])


def _limit(url: str) -> Callable[[Json, Json, Any], None]:
    def write_limit(form: Json, item: Json, value: float | None) -> None:
        whole = isinstance(value, int) or (value is not None and value == int(value))
        said = {} if value is None else {"valueInteger": int(value)} if whole else {"valueDecimal": value}
        with_extensions(item, url, [said] if said else [])

    return write_limit


def _unit(form: Json, item: Json, value: str) -> None:
    with_extensions(item, UNIT, [{"valueCoding": {"display": value.strip()}}] if value.strip() else [])


def _max_length(form: Json, item: Json, value: int | None) -> None:
    put(item, "maxLength", value)


def _media(form: Json, item: Json, value: Sequence[str]) -> None:
    with_extensions(item, MEDIA_TYPE, [{"valueCode": one} for one in value])


def _max_size(form: Json, item: Json, value: int | None) -> None:
    with_extensions(item, MAX_SIZE, [{"valueDecimal": value}] if value else [])


def _sums(form: Json, item: Json, value: Sequence[str]) -> None:
    """By the house's word, and by the standard's formula, which other systems calculate too."""
    ids = list(dict.fromkeys(value))
    with_extensions(item, SUMS, [{"valueString": one} for one in ids])
    numbers = {one["linkId"] for one in walk(form) if kind_of(one) == "number"}
    said = {"language": "text/fhirpath", "expression": adding_up(ids, numbers)} if ids else {}
    with_extensions(item, CALCULATED, [{"valueExpression": said}] if said else [])


def sums_without(form: Json, gone: set[str]) -> None:
    """Scores no longer add up what is gone; one that adds up nothing else is left for somebody to look at."""
    for item in walk(form):
        if kind_of(item) == "total":
            ids = summed(item)
            left = [one for one in ids if one not in gone]
            if left and len(left) < len(ids):
                _sums(form, item, left)


def _bands(form: Json, item: Json, value: Sequence[Mapping[str, Any]]) -> None:
    with_extensions(item, BAND, [{"extension": [
        {"url": "least", "valueDecimal": one["least"]}, {"url": "most", "valueDecimal": one["most"]},
        {"url": "words", "valueString": one["words"]},
    ]} for one in value])


WRITERS: dict[str, Callable[[Json, Json, Any], None]] = {
    "text": _text, "help": _help, "required": _required, "options": _options, "several": _several,
    "control": _shown_as, "decimals": _decimals, "min": _limit(MIN_VALUE), "max": _limit(MAX_VALUE), "unit": _unit,
    "max_length": _max_length, "media": _media, "max_size": _max_size, "sums": _sums, "bands": _bands,
}
