"""Every room name is spelled here, and here it is said who may be in it. Names are made of server ids only."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from models.appointments.registering import BOOK_ONLINE
from models.clients.access import handles_front_desk
from models.core.actor import Actor
from models.core.events import DESK_ONLY, ORDER

ALONE = frozenset({"staff", "staff-all-clients", "front-desk", "public"})


def room(practice_id: UUID, kind: str, of: UUID | str | None = None) -> str:
    """The room of an audience: `p:<practice>:<kind>[:<id>]`. Raises ValueError for an unknown kind."""
    if kind not in ORDER or (of is None) != (kind in ALONE):
        raise ValueError(f"no room is called {kind}")
    return f"p:{practice_id}:{kind}" if of is None else f"p:{practice_id}:{kind}:{of}"


def everyone(practice_id: UUID) -> str:
    """All live sockets of a practice: the beat, never an event."""
    return f"p:{practice_id}:beat"


def rooms_of(actor: Actor, clients: Iterable[UUID] | None) -> frozenset[str]:
    """The rooms of a session. `clients`: whom this staff member may see, None for all.

    A portal session never gets a room of the desk, whatever else its login is.
    """
    here = actor.practice_id
    if actor.portal:
        own = {room(here, "login", actor.login_id), *(room(here, "access", one.access_id) for one in actor.accesses)}
        # whoever may book sees which times are taken, as visitors do
        books = any(BOOK_ONLINE.key in one.features for one in actor.accesses)
        return _refuse_desk(own | ({room(here, "public")} if books else set()))
    rooms = {room(here, "login", actor.login_id), room(here, "desk", actor.login_id), room(here, "staff")}
    if handles_front_desk(actor):
        rooms.add(room(here, "front-desk"))
    if clients is None:
        return frozenset(rooms | {room(here, "staff-all-clients")})
    return frozenset(rooms | {room(here, "staff-of", client) for client in clients})


def kind_of_room(name: str) -> str:
    return name.split(":")[2]


def _refuse_desk(rooms: set[str]) -> frozenset[str]:
    for name in rooms:
        if kind_of_room(name) in DESK_ONLY:
            raise ValueError("a portal session must not hear the desk")
    return frozenset(rooms)
