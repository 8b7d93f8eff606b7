"""What browsers send while somebody fills in a form, and what staff say to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from models.core.payload import Payload

MOST_AT_ONCE = 500
LAST_MOMENT = 4_102_444_800_000  # the year 2100

Path = Annotated[str, StringConstraints(min_length=1, max_length=1000)]
PageNumber = Annotated[int, Field(ge=1, le=32_000)]


class OneAnswer(Payload):
    """`value`: the list of values at `path` (models/documents/items.py); `at`: when it was typed, in milliseconds;
    `page`: where the person is."""

    path: Path
    value: Annotated[list[Any], Field(max_length=200)]
    page: PageNumber | None = None
    at: Annotated[int | None, Field(ge=0, le=LAST_MOMENT)] = None

    @property
    def typed_at(self) -> datetime | None:
        return None if self.at is None else datetime.fromtimestamp(self.at / 1000, UTC)


class AnswerIn(OneAnswer):
    document: UUID


class SomeAnswers(Payload):
    answers: Annotated[list[OneAnswer], Field(min_length=1, max_length=MOST_AT_ONCE)]


class PageOf(Payload):
    document: UUID
    page: PageNumber


class WhichPage(Payload):
    page: PageNumber | None = None


class Earlier(Payload):
    """What one person handed in, before this one."""

    before: UUID | None = None


class FurtherOn(Payload):
    """Documents & Forms further on. `shared`: what is to read after this one; `done`: what was handed in before it."""

    shared: UUID | None = None
    done: UUID | None = None


class NewerThan(Payload):
    since: Annotated[int, Field(ge=0, le=LAST_MOMENT)] = 0


class Besides(Payload):
    """`besides`: the alert whose own page asks, which stands there anyway."""

    besides: UUID | None = None


class PostedPage(Payload):
    """A page as a form posts it; its controls are read by models/documents/posted.py."""

    model_config = ConfigDict(extra="allow", frozen=True)

    page: PageNumber = 1
    go: Literal["next", "back", "save", "review"] = "save"


class HandIn(Payload):
    """Fields of a signature may stand beside the key."""

    model_config = ConfigDict(extra="allow", frozen=True)

    key: UUID | None = None


class AskForCorrections(Payload):
    note: Annotated[str, StringConstraints(max_length=2000)] = ""
