"""Whose record a file belongs to: said by those who hold it. What staff open of it is a look at that record.

The holders that belong to an area above register their rule here as they do in holders.py (server/wiring.py).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from uuid import UUID

from models.core.actor import Actor
from models.core.database import fetch_all
from models.core.looking import note_look
from models.files.tables import File

About = Callable[[Collection[UUID]], Awaitable[set[UUID]]]

GRANTS = "SELECT DISTINCT holder, holder_id FROM file_grant WHERE practice_id = portico_here() AND file_id = $1"
OF_PRACTICE = """SELECT 1 FROM file_grant WHERE practice_id = portico_here() AND file_id = $1
  AND subject_id = practice_id"""
ACCESSES = "SELECT DISTINCT client_id FROM portal_access WHERE practice_id = portico_here() AND id = ANY($1)"

_abouts: dict[str, About] = {}


def about(kind: str, rule: About) -> None:
    """Register a kind of holder: the clients whom these ids are about."""
    _abouts[kind] = rule


async def clients_of(file_id: UUID) -> set[UUID]:
    """The clients to whose records the file belongs; of ended grants as well."""
    by_kind: dict[str, set[UUID]] = {}
    for grant in await fetch_all(GRANTS, file_id):
        by_kind.setdefault(grant["holder"], set()).add(grant["holder_id"])
    found = [await _abouts[kind](ids) for kind, ids in by_kind.items() if kind in _abouts]
    return {client for some in found for client in some}


async def note_opened(actor: Actor, file: File) -> None:
    """Note that somebody opened a file, or staff its picture, which a page asks for again and again. Of what a portal
    person opens, in the records that they have. A blank that the practice keeps belongs to nobody's record: staff who
    read it have looked at none."""
    clients = await clients_of(file.id)
    if not actor.desk:
        clients &= {access.client_id for access in actor.accesses}
    elif await fetch_all(OF_PRACTICE, file.id):
        return
    for client_id in sorted(clients):
        await note_look(actor, "file", file.id, client_id=client_id, again=True)


async def _of_accesses(ids: Collection[UUID]) -> set[UUID]:
    return {row["client_id"] for row in await fetch_all(ACCESSES, list(ids))}


async def _of_themselves(ids: Collection[UUID]) -> set[UUID]:
    return set(ids)


about("access", _of_accesses)
about("staff-of-client", _of_themselves)
