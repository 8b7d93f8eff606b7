"""What the practice offers: added, changed, archived, brought back. Appointments keep naming an archived one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from models.accounts.details import ensure_administrator, ensure_unchanged, profile_to_change
from models.appointments.events import SERVICES
from models.appointments.practitioners import practitioners
from models.appointments.service_checking import Length, Wanted, checked
from models.appointments.tables import Offering
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Invalid, missing
from models.core.events import Part, ToPublic, ToStaff
from models.core.ids import new_id

MOST_OFFERED = 200

LENGTHS = "SELECT service_id, minutes, fee_cents FROM service_length ORDER BY service_id, minutes"
# Who left, or is no practitioner any more, offers nothing; the row stays for when they are again.
OFFERS = """SELECT o.service_id, o.staff_id FROM service_offer o JOIN staff_member m ON m.id = o.staff_id
  WHERE m.deactivated_at IS NULL AND m.roles @> '{practitioner}' ORDER BY m.name, m.id"""
KEPT = ("name", "description", "kind", "capacity", "colour", "code", "video_link", "buffer_before", "buffer_after",
        "bookable", "confirm", "instant_beyond_days", "late_fee_cents", "no_show_fee_cents", "own_policy", "late_hours",
        "closed_hours", "sessions_only")


@dataclass(frozen=True)
class Offered:
    """A service with its lengths and the practitioners who offer it."""

    row: Offering
    lengths: Sequence[Length] = field(default_factory=tuple)
    staff: Sequence[UUID] = field(default_factory=tuple)


async def services() -> list[Offered]:
    """All of the open practice: what is offered by name, then what is archived, the last archived first."""
    lengths: dict[UUID, list[Length]] = {}
    for row in await fetch_all(LENGTHS):
        lengths.setdefault(row["service_id"], []).append(Length(row["minutes"], row["fee_cents"]))
    staff: dict[UUID, list[UUID]] = {}
    for row in await fetch_all(OFFERS):
        staff.setdefault(row["service_id"], []).append(row["staff_id"])
    found = [Offered(one, lengths.get(one.id, ()), staff.get(one.id, ())) for one in await Offering.all()]
    there = sorted((one for one in found if one.row.archived_at is None), key=lambda one: one.row.name.casefold())
    gone = sorted((one.row.archived_at, one.row.id, one) for one in found if one.row.archived_at is not None)
    return there + [one for _, _, one in reversed(gone)]


async def service_for(actor: Actor, id: UUID) -> Offered:
    """For administrators, archived ones too. Raises Forbidden, Missing."""
    ensure_administrator(actor)
    return next((one for one in await services() if one.row.id == id), None) or missing("service")


async def add_service(actor: Actor, wanted: Wanted) -> Offering:
    """Raises Forbidden, Invalid with a sentence per field, Conflict `service-name` and `too-many-services`."""
    ensure_administrator(actor)
    values = checked(wanted)
    async with change(actor, "service.add"):
        await profile_to_change()  # one after the other: two of the same name never meet
        await _ensure_free(wanted)
        if await Offering.filter(archived_at=None).count() >= MOST_OFFERED:
            raise Conflict("too-many-services", f"{MOST_OFFERED} services are offered. Archive one that is not used.")
        made = await Offering.create(id=new_id(), **values)
        await _write_parts(made.id, wanted)
        await _told(actor, made.id, online=made.bookable != "nobody")
        return made


async def change_service(actor: Actor, offered: Offered, version: int | None, wanted: Wanted) -> None:
    """`version` is the one that the page showed. Raises as add_service does, and Conflict `changed-meanwhile`."""
    ensure_administrator(actor)
    values = checked(wanted)
    async with change(actor, "service.change"):
        here = await _held(offered)
        ensure_unchanged(version, here.version)
        if here.archived_at is None:
            await _ensure_free(wanted, besides=here.id)
        await Offering.filter(id=here.id).update(**values, version=here.version + 1)
        await _write_parts(here.id, wanted)
        await _told(actor, here.id, online="nobody" != here.bookable or wanted.bookable != "nobody")


async def archive_service(actor: Actor, offered: Offered) -> None:
    """No longer offered. Doing it twice changes nothing; appointments that name it stay."""
    ensure_administrator(actor)
    async with change(actor, "service.archive"):
        here = await _held(offered)
        if here.archived_at is None:
            await Offering.filter(id=here.id).update(archived_at=now(), version=here.version + 1)
            await _told(actor, here.id, online=here.bookable != "nobody")


async def bring_back_service(actor: Actor, offered: Offered) -> None:
    """Offered again, as it was. Raises Conflict `service-name` when another one is called so by now."""
    ensure_administrator(actor)
    async with change(actor, "service.bring_back"):
        here = await _held(offered)
        if here.archived_at is not None:
            await _ensure_free(here, besides=here.id)
            await Offering.filter(id=here.id).update(archived_at=None, version=here.version + 1)
            await _told(actor, here.id, online=here.bookable != "nobody")


def as_wanted(offered: Offered) -> Wanted:
    """As a form shows it."""
    row = offered.row
    kept: dict[str, Any] = {name: getattr(row, name) for name in KEPT}
    return Wanted(**kept, modes=tuple(row.modes), questions=tuple(row.questions), lengths=tuple(offered.lengths),
                  staff=tuple(offered.staff))


async def _held(offered: Offered) -> Offering:
    await profile_to_change()
    return await Offering.get(id=offered.row.id)


async def _ensure_free(wanted: Wanted | Offering, *, besides: UUID | None = None) -> None:
    for one in await Offering.filter(archived_at=None):
        if one.id != besides and one.name.lower() == " ".join(wanted.name.split()).lower():
            said = "Another service has this name. Choose one that people can tell apart."
            raise Conflict("service-name", said, errors={"name": [said]})


async def _write_parts(service_id: UUID, wanted: Wanted) -> None:
    here = {one.id for one in await practitioners()}
    if not set(wanted.staff) <= here:
        raise Invalid(errors={"staff": ["Somebody you chose does not work here any more. Look at the list again."]})
    await execute("DELETE FROM service_length WHERE service_id = $1", service_id)
    await execute("INSERT INTO service_length (service_id, minutes, fee_cents) SELECT $1, * FROM"
                  " unnest($2::smallint[], $3::int[])", service_id, [one.minutes for one in wanted.lengths],
                  [one.fee_cents for one in wanted.lengths])
    await execute("DELETE FROM service_offer WHERE service_id = $1 AND staff_id = ANY ($2)", service_id, list(here))
    await execute("INSERT INTO service_offer (service_id, staff_id) SELECT $1, unnest($2::uuid[])", service_id,
                  list(dict.fromkeys(wanted.staff)))


async def _told(actor: Actor, service_id: UUID, *, online: bool) -> None:
    public = [Part([ToPublic()])] if online else []
    await record(actor, SERVICES, [Part([ToStaff()], {"service": service_id}), *public], subject_id=service_id)
