"""Diagnoses of a client (ICD-10), written down by who has full clinical access, and which of them stand on an
appointment. No list of codes is shipped; what is typed has the form of one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.accounts.details import ensure_unchanged
from models.accounts.practices import today_here
from models.appointments.diagnoses import Held, diagnoses_on
from models.appointments.events import DIAGNOSES, DIAGNOSIS_REMOVED
from models.appointments.finding import Found
from models.appointments.locking import hold_calendars
from models.appointments.tables import Diagnosis
from models.clients.access import client_for, sees_client
from models.clients.emergency import open_until
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_all
from models.core.errors import Conflict, Forbidden, Invalid, missing
from models.core.events import Part, ToStaffAllClients, ToStaffOf
from models.core.ids import new_id

# A letter and two signs, then up to four after the dot: F41.1, Z63.0, S72.001A.
CODE = re.compile(r"[A-Z][0-9][0-9A-Z](?:\.[0-9A-Z]{1,4})?", re.ASCII)
LONGEST = 200
NOT_CLINICAL = "Diagnoses are for who has full clinical access to this client."
READ_ONLY = "You opened this record in an emergency: to read, not to change."
# Of those that hold on a day in common one is the main one.
UNMAIN = """UPDATE diagnosis SET main = false, version = version + 1 WHERE client_id = $1 AND id <> $2 AND main
  AND removed_at IS NULL AND daterange(from_on, until_on, '[]') && daterange($3::date, $4::date, '[]')"""


REMOVED = """SELECT d.id, d.code, d.title, d.removed_at, coalesce(m.name, '') AS by FROM diagnosis d
  LEFT JOIN staff_member m ON m.id = d.removed_by WHERE d.client_id = $1 AND d.removed_at IS NOT NULL
  ORDER BY d.removed_at DESC, d.id"""


@dataclass(frozen=True)
class Written:
    """As it is to be kept."""

    code: str
    title: str
    from_on: date
    until_on: date | None
    main: bool


async def diagnoses_of(actor: Actor, client_id: UUID) -> list[Diagnosis]:
    """What holds today, the main one first, then what is to come or over. Raises Missing for a client who is not seen,
    Forbidden without full clinical access."""
    await _ensure_clinical(actor, client_id)
    today = await today_here()
    rows = await Diagnosis.filter(client_id=client_id, removed_at=None)
    return sorted(rows, key=lambda one: (not holds(one, today), not one.main, -one.from_on.toordinal(), one.code))


async def removed_from(actor: Actor, client_id: UUID) -> list[Row]:
    """What was entered by mistake and removed, the last first: code, title, removed_at, by (a name). Raises as
    `diagnoses_of`."""
    await _ensure_clinical(actor, client_id)
    return await fetch_all(REMOVED, client_id)


def holds(one: Diagnosis, day: date) -> bool:
    return one.from_on <= day and (one.until_on is None or one.until_on >= day)


async def may_diagnose(actor: Actor, client_id: UUID) -> bool:
    """Whether this staff member writes diagnoses down, and does not only read them in an emergency."""
    return await sees_client(actor, client_id, "clinical") and await open_until(actor, client_id) is None


async def add_diagnosis(
    actor: Actor, client_id: UUID, *, code: str, title: str, from_on: date | None, until_on: date | None, main: bool
) -> UUID:
    """Raises Missing, Forbidden, Invalid by field, Conflict `there-already`."""
    await _ensure_writes(actor, client_id)
    made = await _checked(code, title, from_on, until_on, main)
    async with change(actor, "client.add_diagnosis"):
        await hold_calendars([client_id])
        await _ensure_once(client_id, made)
        row = await Diagnosis.create(id=new_id(), client_id=client_id, **vars(made))
        await _written(actor, row)
        return row.id


async def change_diagnosis(
    actor: Actor, client_id: UUID, id: UUID, version: int | None, *, code: str, title: str, from_on: date | None,
    until_on: date | None, main: bool,
) -> None:
    """What froze with an outcome stays as it was. Raises as `add_diagnosis`, and Conflict `changed-meanwhile`."""
    await _ensure_writes(actor, client_id)
    made = await _checked(code, title, from_on, until_on, main)
    async with change(actor, "client.change_diagnosis"):
        await hold_calendars([client_id])
        row = await _one(client_id, id)
        ensure_unchanged(version, row.version)
        if all(getattr(row, name) == value for name, value in vars(made).items()):
            return
        await _ensure_once(client_id, made, besides=id)
        await Diagnosis.filter(id=id).update(**vars(made), version=row.version + 1)
        await _written(actor, await _one(client_id, id))


async def end_diagnosis(actor: Actor, client_id: UUID, id: UUID) -> None:
    """It holds until today. Raises Missing, Forbidden, Conflict `over` for what is over or has not begun."""
    await _ensure_writes(actor, client_id)
    async with change(actor, "client.end_diagnosis"):
        await hold_calendars([client_id])
        row, today = await _one(client_id, id), await today_here()
        if not holds(row, today):
            raise Conflict("over", "It does not hold today.")
        await Diagnosis.filter(id=id).update(until_on=today, version=row.version + 1)
        await _written(actor, await _one(client_id, id))


async def remove_diagnosis(actor: Actor, client_id: UUID, id: UUID, version: int | None = None) -> None:
    """It was entered by mistake: it stands on no appointment whose outcome is not said yet. What froze with an outcome
    stays as it was, until the outcome is taken back. Raises Missing, Forbidden, Conflict `changed-meanwhile`."""
    await _ensure_writes(actor, client_id)
    async with change(actor, "client.remove_diagnosis"):
        await hold_calendars([client_id])
        row = await _one(client_id, id)
        ensure_unchanged(version, row.version)
        await Diagnosis.filter(id=id).update(removed_at=now(), removed_by=actor.staff_id, version=row.version + 1)
        await record(actor, DIAGNOSIS_REMOVED, _heard(client_id), subject_id=client_id)


async def diagnoses_for(actor: Actor, found: Found) -> dict[UUID, list[Held]]:
    """By client of an appointment: what froze with the outcome, else what holds on its day; only of those whose
    clinical record is open to this staff member."""
    shown: dict[UUID, list[Held]] = {}
    for one in found.attendances:
        if await sees_client(actor, one.client_id, "clinical"):
            frozen: Iterable[Held] | None = one.diagnoses
            here = await diagnoses_on(one.client_id, found.appointment.starts_at) if frozen is None else list(frozen)
            shown[one.client_id] = here
    return shown


async def _ensure_clinical(actor: Actor, client_id: UUID) -> None:
    await client_for(actor, client_id)
    if not await sees_client(actor, client_id, "clinical"):
        raise Forbidden("not-clinical", NOT_CLINICAL)


async def _ensure_writes(actor: Actor, client_id: UUID) -> None:
    await _ensure_clinical(actor, client_id)
    if not await may_diagnose(actor, client_id):
        raise Forbidden("read-only", READ_ONLY)


async def _checked(code: str, title: str, from_on: date | None, until_on: date | None, main: bool) -> Written:
    wrong = {}
    code, title = code.strip().upper(), " ".join(title.split())
    if len(code) > 3 and "." not in code:
        code = f"{code[:3]}.{code[3:]}"
    begins = from_on or await today_here()
    if not CODE.fullmatch(code):
        wrong["code"] = ["Type a code of ICD-10, such as F41.1 or Z63.0."]
    if len(title) > LONGEST:
        wrong["title"] = [f"Use at most {LONGEST} characters."]
    if not 1900 <= begins.year <= 2200:
        wrong["from_on"] = ["Choose a day that can be."]
    if until_on is not None and until_on < begins:
        wrong["until_on"] = ["It cannot end before it begins."]
    if wrong:
        raise Invalid(errors=wrong)
    return Written(code, title, begins, until_on, main)


async def _ensure_once(client_id: UUID, made: Written, besides: UUID | None = None) -> None:
    for one in await Diagnosis.filter(client_id=client_id, code=made.code, removed_at=None):
        apart = (one.until_on is not None and one.until_on < made.from_on) or (
            made.until_on is not None and made.until_on < one.from_on
        )
        if one.id != besides and not apart:
            raise Conflict("there-already", f"{made.code} stands there already for some of these days. Change that.")


async def _one(client_id: UUID, id: UUID) -> Diagnosis:
    return await Diagnosis.get_or_none(id=id, client_id=client_id, removed_at=None) or missing("diagnosis")


async def _written(actor: Actor, row: Diagnosis) -> None:
    """One main one at a time; and whoever has the page open fetches it again. The event carries no code."""
    if row.main:
        await execute(UNMAIN, row.client_id, row.id, row.from_on, row.until_on)
    await record(actor, DIAGNOSES, _heard(row.client_id), subject_id=row.client_id)


def _heard(client_id: UUID) -> list[Part]:
    return [Part([ToStaffOf(client_id), ToStaffAllClients()], {"client": client_id})]
