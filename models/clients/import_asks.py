"""What may be sent about imported tables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from models.clients.csv_reading import MOST_COLUMNS
from models.core.payload import Payload


def _several(given: object) -> object:
    """A form with one column sends one word, not a list."""
    return [given] if isinstance(given, str) else given


class ChooseColumns(Payload):
    """For each column of the file, in order, what it holds; empty: left out."""

    columns: Annotated[list[Annotated[str, Field(max_length=40)]], BeforeValidator(_several)] = Field(
        max_length=MOST_COLUMNS
    )


class StartImport(Payload):
    """`with_twins`: people who are there already come in a second time, without their e-mail address."""

    with_twins: bool = False


class Preview(Payload):
    """Which rows, and after which of them."""

    show: Literal["new", "twins", "wrong"] = "new"
    after: int = Field(default=0, ge=0, le=1_000_000)
    columns: bool = False
