"""Days and moments that a calendar can be asked about: far beyond them arithmetic itself ends, and whoever got there by
a slip of the finger is told so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, TypeVar

from pydantic import AfterValidator

D = TypeVar("D", bound=date)

FIRST, LAST = 2000, 2100


def _near(value: D) -> D:
    if not FIRST <= value.year <= LAST:
        raise ValueError(f"Choose a day from {FIRST} to {LAST}.")
    return value


Near = AfterValidator(_near)
NearDay = Annotated[date, Near]
NearMoment = Annotated[datetime, Near]
