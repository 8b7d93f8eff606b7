"""Tags of clients: a practice's own words for finding some of them again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.clients.access import managed_client
from models.clients.events import TAGGED, who_sees
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid
from models.core.events import Part
from models.core.ids import new_id

MOST_TAGS = 200
MOST_ON_ONE = 20

ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('client.tag:' || portico_here()::text, 0))"
FIND = "SELECT id FROM tag WHERE spelled = portico_fold($1)"
COIN = "INSERT INTO tag (id, name) VALUES ($1, $2) ON CONFLICT (practice_id, spelled) DO NOTHING"
PUT = "INSERT INTO client_tag (client_id, tag_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
OF = "SELECT t.id, t.name FROM client_tag x JOIN tag t ON t.id = x.tag_id WHERE x.client_id = $1 ORDER BY t.spelled"
# A tag that nobody bears any more is not offered.
DROP = "DELETE FROM tag t WHERE t.id = $1 AND NOT EXISTS (SELECT FROM client_tag x WHERE x.tag_id = t.id)"


@dataclass(frozen=True)
class Tag:
    id: UUID
    name: str


async def tags_of(client_id: UUID) -> list[Tag]:
    """In alphabetical order; the client must have been found for the actor before."""
    return [Tag(**row) for row in await fetch_all(OF, client_id)]


async def tags_here() -> list[Tag]:
    """All that some client bears, to choose from."""
    return [Tag(**row) for row in await fetch_all("SELECT id, name FROM tag ORDER BY spelled")]


async def add_tag(actor: Actor, client_id: UUID, name: str) -> UUID:
    """A known word is used as it stands, whatever its capitals and accents. Raises Missing, Forbidden, Invalid,
    Conflict `too-many`."""
    words = " ".join(name.split())
    if not words:
        raise Invalid(errors={"name": ["Fill this in."]})
    await managed_client(actor, client_id)
    async with change(actor, "client.tag"):
        await execute(ALONE)  # tags are counted one after the other
        if len(await tags_of(client_id)) >= MOST_ON_ONE:
            raise Conflict("too-many", f"A client bears at most {MOST_ON_ONE} tags. Remove one first.")
        tag_id = await _known(words)
        if await execute(PUT, client_id, tag_id):
            await record(actor, TAGGED, [Part(who_sees(client_id), {"client": client_id})], subject_id=client_id)
        return tag_id


async def remove_tag(actor: Actor, client_id: UUID, tag_id: UUID) -> None:
    """Nothing happens when it is gone already."""
    await managed_client(actor, client_id)
    async with change(actor, "client.untag"):
        if await execute("DELETE FROM client_tag WHERE client_id = $1 AND tag_id = $2", client_id, tag_id):
            await execute(DROP, tag_id)
            await record(actor, TAGGED, [Part(who_sees(client_id), {"client": client_id})], subject_id=client_id)


async def _known(words: str) -> UUID:
    row = await fetch_one(FIND, words)
    if row is None:
        count = await fetch_one("SELECT count(*) AS tags FROM tag")
        if count and count["tags"] >= MOST_TAGS:
            raise Conflict("too-many", f"There are {MOST_TAGS} tags already. Use one of them.")
        await execute(COIN, new_id(), words)
        row = await fetch_one(FIND, words)
    assert row is not None
    tag_id: UUID = row["id"]
    return tag_id
