"""What browsers send to the doors of the library."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from models.core.payload import Payload

Kind = Literal["consent", "intake", "assessment", "questionnaire"]
Title = Annotated[str, Field(max_length=400)]
AnyKind = Literal["", "consent", "intake", "assessment", "questionnaire"]


class ListForms(Payload):
    """What stands in the address of the library: never words of a title."""

    kind: AnyKind = ""
    done: str = Field(default="", max_length=20)


class FindForms(Payload):
    kind: AnyKind = ""
    words: str = Field(default="", max_length=200)


class AddForm(Payload):
    kind: Kind = "questionnaire"
    title: Title = ""
    key: UUID | None = None


class ChangeForm(Payload):
    kind: Kind
    title: Title
    guardian_signs: bool = False
    version: int | None = None


class PublishForm(Payload):
    draft_version: int | None = None


class EditVersion(Payload):
    """`over`: also in place of a draft that is there."""

    over: bool = False


class OnlyKey(Payload):
    key: UUID | None = None


class BringText(Payload):
    """A Questionnaire, or a Bundle of them, as text."""

    text: str = ""


class ImportForms(Payload):
    """`as_kind`: of those that say none of their own; `existing`: what becomes of a form whose address is in the library
    already; `publish`: else they come in as drafts."""

    as_kind: Kind = "questionnaire"
    existing: Literal["version", "new", "leave"] = "version"
    publish: bool = False
