"""What may be sent to clients, by form or JSON."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BeforeValidator, Field

from models.clients.contact_asks import Relation
from models.core.payload import Payload

# A page sends a field that holds nothing as empty text.
Chosen = Annotated[UUID | None, BeforeValidator(lambda value: value or None)]
Day = Annotated[date | None, BeforeValidator(lambda value: value or None)]
Line = Annotated[str, Field(max_length=100)]
Email = Annotated[str, Field(max_length=254)]
Kind = Literal["adult", "minor"]

MOST_MEMBERS = 12


def _several(value: object) -> object:
    """A form that sends a field once sends no list."""
    return value if isinstance(value, list) else [value]


class ListClients(Payload):
    """Filters, order and place of the list. `after`, `before`: the client at whose row a page ended or began."""

    status: Literal["", "prospect", "active", "discharged"] = ""
    practitioner: Annotated[UUID | Literal["nobody"] | None, BeforeValidator(lambda value: value or None)] = None
    kind: Literal["", "adult", "minor"] = ""
    tag: Chosen = None
    portal: Literal["", "none", "on", "invited", "accepted", "revoked"] = ""
    sort: Literal["name", "first", "newest"] = "name"
    after: Chosen = None
    before: Chosen = None


class FindClients(ListClients):
    words: str = Field("", max_length=200)


class AddPage(Payload):
    kind: Literal["adult", "minor", "family"] = "adult"
    members: int = Field(2, ge=2, le=MOST_MEMBERS)


class AddClients(Payload):
    """One client, or the members of a couple or family: each field once for each. Of addresses that are somebody
    else's: `without_taken` leaves them out, `with_owner` makes their owners contacts, `own_anyway` says they are a
    minor's own."""

    kind: Literal["adult", "minor", "family"] = "adult"
    first_name: Annotated[list[Line], BeforeValidator(_several)] = Field(min_length=1, max_length=MOST_MEMBERS)
    last_name: Annotated[list[Line], BeforeValidator(_several)] = Field(default_factory=list, max_length=MOST_MEMBERS)
    email: Annotated[list[Email], BeforeValidator(_several)] = Field(default_factory=list, max_length=MOST_MEMBERS)
    born_on: Annotated[list[Day], BeforeValidator(_several)] = Field(default_factory=list, max_length=MOST_MEMBERS)
    member: Annotated[list[Kind], BeforeValidator(_several)] = Field(default_factory=list, max_length=MOST_MEMBERS)
    practitioner: Chosen = None
    status: Literal["prospect", "active"] = "active"
    without_taken: bool = False
    with_owner: bool = False
    owner_as: Relation = "parent"
    own_anyway: bool = False


class OneMember(Payload):
    """A staff member."""

    staff: UUID


class TagName(Payload):
    name: str = Field(min_length=1, max_length=40)


class OneTag(Payload):
    tag: UUID


class SetStatus(Payload):
    status: Literal["prospect", "active"]


class Discharge(Payload):
    """`days`: how long the portal may still be read; 0 closes it now."""

    reason: str = Field("", max_length=500)
    days: int = Field(30, ge=0, le=365)
