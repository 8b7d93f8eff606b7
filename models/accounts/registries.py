"""What upper areas add to what accounts shows. Filled by server.wiring, in the order of the areas."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from models.core.actor import Actor

# Asked once for a portal person, by access: `{access_id: {"may_write_to": [...]}}` joins that client in GET /me.
MePart = Callable[[Actor], Awaitable[Mapping[UUID, Mapping[str, Any]]]]
ME_PARTS: list[MePart] = []

# What follows from the roles and switches of a staff member, in words of programs, for GET /staff/me.
PERMISSIONS: list[Callable[[Actor], Sequence[str]]] = []


@dataclass(frozen=True)
class Feature:
    """Something the portal offers, which a practice may switch off for all and staff for one person.

    `title` as the guide names it, `hint` what clients can do with it.
    """

    key: str
    title: str
    hint: str


# By key, in the order they are shown. A feature stands here from the day it works.
FEATURES: dict[str, Feature] = {}


@dataclass(frozen=True)
class Readiness:
    """One line of the set-up checklist: what must be so before clients can come. `done` is asked in the open scope;
    `href`: where an administrator sees to it; `needed`: without it the portal cannot be turned on; `on`: the names of
    the events, of this area or another, after which it is asked again."""

    key: str
    title: str
    hint: str
    href: str
    done: Callable[[Actor], Awaitable[bool]]
    needed: bool = False
    on: str = ""


READINESS: list[Readiness] = []


@dataclass(frozen=True)
class Owned:
    """One thing of a staff member that must not be left without an owner; `words`: how a screen names it."""

    id: UUID
    words: str


@dataclass(frozen=True)
class Heir:
    """Somebody who may take it over: a staff member, or the practice itself (its own id) for what Front desk takes."""

    id: UUID
    name: str


@dataclass(frozen=True)
class Ownership:
    """A kind of thing that needs a new owner when its owner is deactivated.

    `owned` and `heirs` are asked in the open scope with the leaving member's id; `hand_over(actor, staff, to, ids)`
    gives these things of the member to an heir, inside the change. `hint` says what the new owner gets, `nobody` what
    to do when nobody may take it. `leave(actor, staff)` ends what needs no new owner, after everything was handed over.
    `roles`: only who has one of these owns such things. Whose last one is taken leaves them; where `first` is given not
    before each has another owner, and `first(count)` says what to do.
    """

    key: str
    title: str
    hint: str
    nobody: str
    owned: Callable[[Actor, UUID], Awaitable[list[Owned]]]
    heirs: Callable[[Actor, UUID], Awaitable[list[Heir]]]
    hand_over: Callable[[Actor, UUID, UUID, Sequence[UUID]], Awaitable[None]]
    leave: Callable[[Actor, UUID], Awaitable[None]] | None = None
    roles: frozenset[str] = frozenset()
    first: Callable[[int], str] | None = None


# In the order in which they are shown. Areas that own nothing of a person register nothing.
OWNERSHIPS: list[Ownership] = []


@dataclass(frozen=True)
class MailChoice:
    """A kind of mail with a switch of its own under Communication Preferences; `desk`: staff get it, else clients and
    contacts. What is about security, or what somebody asked for, has none."""

    key: str
    title: str
    hint: str
    desk: bool


MAIL_CHOICES: list[MailChoice] = []
