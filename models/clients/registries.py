"""What upper areas add to what clients show. Filled by server.wiring, in the order of the areas."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

from models.core.actor import Actor


@dataclass(frozen=True)
class ProfileTab:
    """A tab of Clients > [name]. `path` follows /staff/clients/<id>; `shown`: whether this staff member has it, asked
    in the open scope with the client's id."""

    key: str
    title: str
    path: str
    shown: Callable[[Actor, UUID], Awaitable[bool]]


PROFILE_TABS: list[ProfileTab] = []


@dataclass(frozen=True)
class ContactPermission:
    """What a contact may be allowed for one client, as the guide names it. `hint` says what the contact then can do."""

    key: str
    title: str
    hint: str


# By key, in the order they are shown. A permission stands here from the day it opens something.
CONTACT_PERMISSIONS: dict[str, ContactPermission] = {}
