"""What browsers may send about files."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field, StringConstraints

from models.core.payload import Payload
from models.files.names import LONGEST

Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=True)]
Maybe = Annotated[UUID | None, BeforeValidator(lambda given: None if given == "" else given)]
View = Literal["uploaded", "shared", "messages", "deleted"]


class BeginUpload(Payload):
    """`client`: it goes to the files of this client, whom one acts for; without, it is one's own until it is sent.
    `about`: whose room it takes then, for who acts for several."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=4000)]
    size: int = Field(ge=1)
    key: UUID
    client: Maybe = None
    about: Maybe = None


class Older(Payload):
    """A page of one's own uploads. `before`: those older than this entry."""

    before: Maybe = None


class Listed(Payload):
    """A page of a client's files. `before`: those older than this entry; `attached`: attachments of conversations that
    are older than this file."""

    view: View = "uploaded"
    folder: Maybe = None
    before: Maybe = None
    attached: Maybe = None


class Found(Listed):
    """The same by a tag and by part of the name; posted, because what people type stands in no address."""

    tag: Annotated[str, StringConstraints(max_length=40, strip_whitespace=True)] = ""
    words: Annotated[str, StringConstraints(max_length=LONGEST, strip_whitespace=True)] = ""


class Rename(Payload):
    name: Name


class Move(Payload):
    """Into a folder; None: out of any."""

    folder: Maybe = None


class Tag(Payload):
    tag: Annotated[str, StringConstraints(min_length=1, max_length=40, strip_whitespace=True)]


class Delete(Payload):
    reason: Annotated[str, StringConstraints(min_length=3, max_length=200, strip_whitespace=True)]


class NameFolder(Payload):
    folder_name: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class SaveFile(Payload):
    file: UUID


class SetRoom(Payload):
    version: int = Field(ge=0, le=2_000_000_000)
    most_file_mb: int = Field(ge=1, le=500)
    most_client_gb: int = Field(ge=1, le=10_000)
    most_practice_gb: int = Field(ge=1, le=100_000)
