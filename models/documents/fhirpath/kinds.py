"""Which type a value is of: numbers, dates and times by what they are held as (things.py), all else as far as JSON
tells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.documents.fhirpath.things import Moment, Quantity, is_integer

SHAPES = {
    "Coding": {"code", "display", "system"}, "Quantity": {"value"}, "Reference": {"reference", "display"},
    "Attachment": {"url", "data", "contentType"}, "CodeableConcept": {"coding", "text"}, "Period": {"start", "end"},
}

WORDS = frozenset({"string", "uri", "code", "url", "markdown", "id"})


SIMPLE = frozenset({"boolean", "integer", "decimal", "date", "dateTime", "time", "quantity"})
RESOURCES = frozenset({"Questionnaire", "QuestionnaireResponse", "Resource", "DomainResource", "ValueSet"})


def is_known(kind: str) -> bool:
    """Whether anything in a form and its answers is told to be of this type."""
    name = kind.rsplit(".", 1)[-1]
    return name in SHAPES or name in RESOURCES or name[:1].lower() + name[1:] in WORDS | SIMPLE


def is_kind(value: Any, kind: str) -> bool:
    """Whether a value is of a type (`string`, `System.Integer`, `FHIR.Coding`, a resource by its name). Texts are of
    all types of texts: JSON does not say more."""
    name = kind.rsplit(".", 1)[-1]
    if isinstance(value, Mapping):
        if "resourceType" in value:
            return value["resourceType"] == name or name in ("Resource", "DomainResource")
        return name in SHAPES and bool(SHAPES[name] & value.keys()) and not (name == "Coding" and "value" in value)
    return _is_simple(value, name[:1].lower() + name[1:])


def _is_simple(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    if isinstance(value, int | float | Decimal):
        return kind == ("integer" if is_integer(value) else "decimal")
    if isinstance(value, Moment):
        return kind == value.kind
    if isinstance(value, Quantity):
        return kind == "quantity"
    if isinstance(value, str):
        return kind in WORDS
    return False
