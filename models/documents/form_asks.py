"""What browsers send to the doors of the library."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from models.core.payload import Payload

Kind = Literal["consent", "intake", "assessment", "questionnaire"]
Title = Annotated[str, Field(max_length=400)]
AnyKind = Literal["", "consent", "intake", "assessment", "questionnaire"]
# A form that sends a field once sends no list.
Keys = Annotated[list[str], BeforeValidator(lambda value: value if isinstance(value, list) else [value])]


class ListForms(Payload):
    """What stands in the address of the library: never words of a title."""

    kind: AnyKind = ""
    done: str = Field(default="", max_length=20)


class FindForms(Payload):
    kind: AnyKind = ""
    words: str = Field(default="", max_length=200)


class AddForm(Payload):
    kind: Kind
    title: Title


class ChangeForm(Payload):
    """`version`: the one that the page showed; without it, whatever stands there."""

    kind: Kind
    title: Title
    guardian_signs: bool = False
    countersigns: bool = False
    version: int | None = Field(default=None, ge=0, lt=2**31)


class PublishForm(Payload):
    """`draft_version`: the draft that the page showed; without it, whatever stands there."""

    draft_version: int | None = Field(default=None, ge=0, lt=2**31)


class EditVersion(Payload):
    """`over`: also in place of a draft that is there."""

    over: bool = False


class AddReady(Payload):
    keys: Keys = Field(min_length=1, max_length=50)


class BringText(Payload):
    """A Questionnaire, or a Bundle of them, as text."""

    text: str


class TakeIn(Payload):
    """How it comes in. `existing`: what becomes of one whose address a form of the library has; `publish`: at once,
    else as drafts; `kind`, `title`: of a single one."""

    existing: Literal["version", "new", "leave"] = "version"
    publish: bool = False
    kind: AnyKind = ""
    title: Title = ""
