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
    `href`: where an administrator sees to it; `needed`: without it the portal cannot be turned on."""

    key: str
    title: str
    hint: str
    href: str
    done: Callable[[Actor], Awaitable[bool]]
    needed: bool = False


READINESS: list[Readiness] = []
