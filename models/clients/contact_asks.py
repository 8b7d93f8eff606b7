"""What may be sent about contacts, by form or JSON."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from models.clients.fields import Chosen, email, phone, tidy, words
from models.core.payload import Payload

Relation = Literal["parent", "guardian", "partner", "other"]
Words = Annotated[str, Field(max_length=80), BeforeValidator(words(tidy))]
Address = Annotated[str, Field(max_length=254), BeforeValidator(words(email))]
Number = Annotated[str, Field(max_length=40), BeforeValidator(words(phone))]


class ChangeContact(Payload):
    """`relation`: what they are in words; without, the kind's own word."""

    kind: Relation
    relation: Words = ""
    first_name: Words = ""
    last_name: Words = ""
    email: Address = ""
    phone: Number = ""


class AddContact(ChangeContact):
    """`person`: somebody the practice knows, as the search told; then names and addresses are theirs. `tab`: where the
    form stood."""

    person: Chosen = None
    tab: Literal["details", "portal"] = "details"


class FindPerson(Payload):
    words: str = Field(max_length=200)


class SetOwnConsent(Payload):
    """A switch that is off sends nothing."""

    own_consent: bool = False


class OwnContact(Payload):
    """A contact's own fields; what is not given stays."""

    first_name: Words = ""
    last_name: Words = ""
    phone: Number = ""


class SetLanguage(Payload):
    """One of the list, by its code; empty: not said."""

    language: str = Field("", max_length=20)


class Agree(Payload):
    """Whether the now-adult, or who is about to be one, lets this contact have access."""

    contact: UUID
    agree: bool = False
