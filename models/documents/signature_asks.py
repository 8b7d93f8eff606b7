"""What is sent with a signature, and about signing."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from models.core.payload import Payload

Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
MOST_OF_A_MARK = 40_000


class SignatureFields(Payload):
    """What the panel of templates/documents/_sign.html sends. A door that takes a signature has a body which is one of
    these, with fields of its own beside it.

    `sign_shown`: the SHA-256 that the page named; `sign_disclosure`: the number of the words that were agreed to on it;
    `sign_read`: the end of what is signed was in sight, by the page's own account; `sign_sure`: the name that differs
    from the record's is meant so.
    """

    sign_way: Literal["typed", "drawn"] = "typed"
    sign_name: Name = ""
    sign_mark: Annotated[str, StringConstraints(max_length=MOST_OF_A_MARK)] = ""
    sign_shown: Annotated[str, StringConstraints(max_length=64)] = ""
    sign_disclosure: Annotated[int, Field(ge=0, le=100_000)] = 0
    sign_agreed: bool = False
    sign_read: bool = False
    sign_zone: Annotated[str, StringConstraints(max_length=64)] = ""
    sign_sure: bool = False


class Countersign(SignatureFields):
    """The same, of staff."""


class VoidDocument(Payload):
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""


class AgreeToSigning(Payload):
    """`number`: of the words that the page showed."""

    number: Annotated[int, Field(ge=1, le=100_000)]


class SetSigning(Payload):
    """An unticked box sends nothing."""

    confirms: bool = False
    typed: bool = False
    paper: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""
    version: int | None = None


class Compared(Payload):
    """A PDF by its SHA-256, and the copy that it says it is."""

    sha256: Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, max_length=64)] = ""
    copy_id: Annotated[UUID | None, Field(alias="copy")] = None
