"""Which type a value is of, as far as JSON tells."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from models.documents.fhirpath.things import Moment, Quantity
from models.documents.values import DATE, DATE_TIME, TIME

SHAPES = {
    "Coding": {"code", "display", "system"}, "Quantity": {"value"}, "Reference": {"reference", "display"},
    "Attachment": {"url", "data", "contentType"}, "CodeableConcept": {"coding", "text"}, "Period": {"start", "end"},
}


def is_kind(value: Any, kind: str) -> bool:
    """Whether a value is of a type (`string`, `System.Integer`, `FHIR.Coding`, a resource by its name). Texts that
    read as dates are dates as well: JSON does not say more."""
    name = kind.rsplit(".", 1)[-1]
    if isinstance(value, Mapping):
        if "resourceType" in value:
            return value["resourceType"] == name or name in ("Resource", "DomainResource")
        return name in SHAPES and bool(SHAPES[name] & value.keys()) and not (name == "Coding" and "value" in value)
    return name[:1].lower() + name[1:] in _simple(value)


def _simple(value: Any) -> set[str]:
    if isinstance(value, bool):
        return {"boolean"}
    if isinstance(value, int | float | Decimal):
        whole = value == int(value) and (not isinstance(value, Decimal) or value.as_tuple().exponent == 0)
        return {"integer"} if whole and not isinstance(value, float) else {"decimal"}
    if isinstance(value, Moment):
        return {value.kind}
    if isinstance(value, Quantity):
        return {"quantity"}
    if isinstance(value, str):
        kinds = {"string", "uri", "code", "url", "markdown", "id"}
        for kind, shape in (("date", DATE), ("time", TIME), ("dateTime", DATE_TIME)):
            if shape.fullmatch(value):
                kinds.add(kind)
        return kinds
    return set()
