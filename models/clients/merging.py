"""Merging two records of one person, as duplicates after an import: the second becomes a pointer to the first.

One transaction moves everything. The second record's id goes on leading to the first, its history is read with it. It
cannot be undone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from models.clients import merging_fields as fields
from models.clients import merging_moves as moves
from models.clients import naming, reaching, status
from models.clients.admitting import end_portal_without_access
from models.clients.events import MERGED, who_sees
from models.clients.merging_preview import Preview, both_for, previewed
from models.clients.portal_events import ACCESS_REVOKED
from models.clients.portal_people import tell
from models.clients.registries import MERGINGS
from models.clients.tables import Client, PortalAccess
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToAccess

# In the order of their ids, so that merges of overlapping records wait for each other and never in a circle.
LOCK = "SELECT id FROM client WHERE id = ANY($1) ORDER BY id FOR UPDATE"
# Those that were merged into the second record point to the first as well: one step leads there.
POINT = "UPDATE client SET merged_into = $1 WHERE id = $2 OR merged_into = $2"
AGREED = """UPDATE client k SET own_consent_at = coalesce(k.own_consent_at, g.own_consent_at),
    set_up_at = coalesce(k.set_up_at, g.set_up_at), created_at = least(k.created_at, g.created_at),
    kind = CASE WHEN portico_turns(k.born_on, portico_majority()) > portico_today() THEN 'minor' ELSE k.kind END
  FROM client g WHERE k.id = $1 AND g.id = $2"""
ADULT = "UPDATE client SET own_consent_at = NULL WHERE id = $1 AND kind = 'adult'"
END_OF_MINOR = """UPDATE portal_access SET revoked_at = clock_timestamp() WHERE client_id = ANY($1)
  AND contact_id IS NOT NULL AND revoked_at IS NULL RETURNING id"""
EMPTY = """UPDATE client SET phone = '', born_on = NULL, pronouns = '', kind = 'adult', own_consent_at = NULL,
    status = 'active', discharge_reason = '', read_only_until = NULL WHERE id = $1"""
PHONE = """UPDATE client c SET phone = coalesce((SELECT number FROM client_phone WHERE client_id = c.id AND main), '')
  WHERE id = $1"""
CHANGED = "Something of these records changed since this page was drawn. Look at it again, then merge."
WHICH = "Two sign-ins would be open for {name}. Choose which one ends."


async def merge(
    actor: Actor, kept_id: UUID, gone_id: UUID, chosen: Mapping[str, str], *, end: Collection[UUID] = (), seen: str
) -> None:
    """The second record goes into the first.

    `chosen` says from which side each field comes, as the preview began it where nothing is said; `end`: the accesses
    to end where one person has two sign-ins; `seen`: what the preview showed. Nothing happens when that was done
    already. Raises as `both_for`; Conflict `two-people`, `changed-since`; Invalid for a choice that is missing.
    """
    if await Client.exists(id=gone_id, merged_into=kept_id):
        return
    await both_for(actor, kept_id, gone_id)
    async with change(actor, "client.merge"):
        await fetch_all(LOCK, [kept_id, gone_id])
        if await Client.exists(id=gone_id, merged_into=kept_id):
            return
        found = await previewed(*await both_for(actor, kept_id, gone_id), ending=end)
        _refuse(found, end, seen)
        logins = await moves.logins_touched(kept_id, gone_id)
        sides = {**fields.at_start(found.lines), **{key: side for key, side in chosen.items() if side}}
        grown = await _move(found, sides)
        await _tell(actor, found, grown, logins)


def _refuse(found: Preview, end: Collection[UUID], seen: str) -> None:
    if found.accesses.blocked:
        raise Conflict("two-people", " ".join(found.accesses.blocked))
    if found.seen != seen:
        raise Conflict("changed-since", CHANGED)
    for one in found.accesses.choices:
        if len({access for access, _ in one.options} & set(end)) != 1:
            raise Invalid(errors={"end": [WHICH.format(name=one.name)]})


async def _move(found: Preview, sides: Mapping[str, str]) -> list[UUID]:
    """Returns the accesses that ended because the client is an adult after all."""
    kept_id, gone_id, accesses = found.kept.id, found.gone.id, found.accesses
    for one in (kept_id, gone_id):
        await reaching.keep_lone_phone(one)
    await fields.write_chosen(kept_id, gone_id, sides)
    await execute(AGREED, kept_id, gone_id)
    grown = await _grown_up(found) if await execute(ADULT, kept_id) else []
    await moves.move_people(kept_id, gone_id, accesses)
    await moves.move_rows(kept_id, gone_id, sides)
    await execute(PHONE, kept_id)
    await naming.keep_name(kept_id, **await naming.read(kept_id))
    for part in MERGINGS:
        await part.move(kept_id, gone_id, accesses.joined)
    await status.wake_when_closing(kept_id)
    await execute(EMPTY, gone_id)
    await execute(POINT, kept_id, gone_id)
    return grown


async def _grown_up(found: Preview) -> list[UUID]:
    """Contacts of the record that was a minor's saw a child's; an adult's they see when the client lets them."""
    minors = [one.id for one in (found.kept, found.gone) if one.kind == "minor"]
    return [row["id"] for row in await fetch_all(END_OF_MINOR, minors)]


async def _tell(actor: Actor, found: Preview, grown: Collection[UUID], logins: list[UUID]) -> None:
    kept_id, gone_id, accesses = found.kept.id, found.gone.id, found.accesses
    rooms = [*who_sees(kept_id), *(ToAccess(one.id) for one in accesses.stays if one.id not in grown)]
    parts = [
        Part(who_sees(gone_id), {"client": gone_id, "into": kept_id}),
        Part(rooms, {"client": kept_id, "gone": gone_id}),
    ]
    await record(actor, MERGED, parts, subject_id=kept_id, rights_of=logins)
    stays = {one.login_id for one in accesses.stays if one.id not in grown}
    for access in await PortalAccess.filter(id__in=[*grown, *(one.id for one in accesses.ends)]).order_by("id"):
        if access.login_id is not None and access.login_id not in stays:
            await tell(actor, ACCESS_REVOKED, access, rights=True)
            await end_portal_without_access(actor, access.login_id)
