"""Amounts with units: together, times and per each other. Units are not converted but for time; what comes of several
is written as UCUM writes it (`kg/(m.m)`)."""

from __future__ import annotations

from typing import Any

from models.documents.fhirpath.things import UCUM, Quantity, in_one_unit, quantity
from models.documents.values import number

NO_UNIT = "1"
CODES = {name: code for code, name in UCUM.items()}


def amounts(one: Any, other: Any) -> tuple[Quantity, Quantity] | None:
    """Both as quantities, where one of them is: a number beside it has no unit. Else None."""
    first, second = quantity(one), quantity(other)
    if first is None and second is None:
        return None
    first, second = first or _bare(one), second or _bare(other)
    return None if first is None or second is None else (first, second)


def _bare(value: Any) -> Quantity | None:
    found = number(value)
    return None if found is None else Quantity(found, NO_UNIT)


def together(one: Quantity, other: Quantity, sign: int) -> Quantity | None:
    """The sum, or the difference; None for units that are not the same kind of thing."""
    found = in_one_unit(one, other)
    return None if found is None else Quantity(found[0] + sign * found[1], found[2])


def times(one: Quantity, other: Quantity) -> Quantity:
    return Quantity(one.value * other.value, _written([one.unit, other.unit], "."))


def per(one: Quantity, other: Quantity) -> Quantity | None:
    """None for what is divided by nothing."""
    if not other.value:
        return None
    if (found := in_one_unit(one, other)) is not None:
        return Quantity(found[0] / found[1], NO_UNIT)
    return Quantity(one.value / other.value, _written([one.unit, other.unit], "/"))


def _written(units: list[str], sign: str) -> str:
    left, right = (CODES.get(unit, unit) for unit in units)
    if right == NO_UNIT or (left == NO_UNIT and sign == "."):
        return units[0] if right == NO_UNIT else units[1]
    return f"{left}{sign}({right})" if "." in right or "/" in right else f"{left}{sign}{right}"
