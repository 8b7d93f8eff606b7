"""Who am I: what a signed-in page or program knows of its own person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from models.accounts.registries import ME_PARTS, PERMISSIONS
from models.core.actor import AccessOf, Actor, Side
from models.core.database import fetch_one

SMALL = frozenset({"of", "de", "la", "van", "von", "der", "den"})


@dataclass(frozen=True)
class Person:
    """The signed-in person for the frame of a page; `voice` is a practitioner's colour class, None for the others.
    `crosses`: this login opens the other side as well."""

    login: str
    name: str
    initials: str
    voice: str | None
    side: str
    email: str
    crosses: bool


OTHER_SIDE = {
    Side.DESK: """EXISTS (SELECT FROM portal_access a WHERE a.practice_id = l.practice_id AND a.login_id = l.id
      AND portico_open(a))""",
    Side.PORTAL: """EXISTS (SELECT FROM staff_member o WHERE o.practice_id = l.practice_id AND o.login_id = l.id
      AND o.deactivated_at IS NULL)""",
}


async def person(actor: Actor) -> Person:
    row = await fetch_one(
        f"SELECT l.email, m.voice, {OTHER_SIDE[actor.side]} AS crosses"
        " FROM login l LEFT JOIN staff_member m ON m.practice_id = l.practice_id"
        " AND m.login_id = l.id AND m.id = $2 WHERE l.id = $1",
        actor.login_id, actor.staff_id,
    )
    assert row is not None
    voice = f"who-{row['voice']}" if row["voice"] else None
    known = (str(actor.login_id), actor.name, initials(actor.name), voice, actor.side.value, row["email"])
    return Person(*known, crosses=row["crosses"])


async def portal_me(actor: Actor) -> dict[str, Any]:
    """GET /me: the login and every client it acts for, with what upper areas add (`may_write_to`)."""
    clients = {access.access_id: _client(access) for access in actor.accesses}
    for part in ME_PARTS:
        for access_id, more in (await part(actor)).items():
            clients[access_id].update(more)
    return {"login": actor.login_id, "clients": list(clients.values())}


def staff_me(actor: Actor) -> dict[str, Any]:
    """GET /staff/me."""
    return {"login": actor.login_id, "staff": actor.staff_id, "name": actor.name,
            "roles": sorted(actor.roles), "permissions": [word for part in PERMISSIONS for word in part(actor)]}


def initials(name: str) -> str:
    """At most two letters: of the first and the last word that count."""
    words = [word for word in name.split() if word.lower() not in SMALL and word[0].isalpha()] or name.split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper()


def _client(access: AccessOf) -> dict[str, Any]:
    return {
        "id": access.client_id, "access": access.access_id, "name": access.client_name, "relation": access.relation,
        "permissions": sorted(access.permissions), "may_write_to": [],
    }
