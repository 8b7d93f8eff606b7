"""Demographics, emergency contact, time zone and language, referral: what a record holds once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from models.accounts.practices import reach_by_phone, today_here
from models.clients import majority
from models.clients.choices import LANGUAGES, MARITAL, TIME_ZONES
from models.clients.fields import FUTURE, FieldOf
from models.clients.rows import plain
from models.clients.walls import others
from models.core.database import Row, execute, fetch_one
from models.core.errors import Forbidden, Invalid

DEMOGRAPHICS = (
    FieldOf("born_on", "Birth date", "date", autocomplete="bday"),
    FieldOf("sex", "Sex, as insurance has it", most=40),
    FieldOf("gender", "Gender, in own words", most=80),
    FieldOf("marital_status", "Marital status", "select", MARITAL),
    FieldOf("ethnicity", "Race or ethnicity, in own words", most=120),
)
EMERGENCY = (
    FieldOf("emergency_name", "Name", most=120, half=False),
    FieldOf("emergency_relation", "Relation", hint="Such as sister or neighbor", most=60),
    FieldOf("emergency_phone", "Phone", "tel", most=40),
)
EMERGENCY_FIELDS = (FieldOf("emergency_contact", "Who it is", "contact", half=False), *EMERGENCY)
TIME_ZONE = (
    FieldOf("time_zone", "Time zone", "select", TIME_ZONES, hint="Times of appointments and reminders are told in it"),
    FieldOf("language", "Language", "select", LANGUAGES),
)
REFERRAL = (
    FieldOf("heard_from", "Heard of the practice from", most=200),
    FieldOf("referred_by", "Referred by", hint="A doctor, a school, a friend", most=200),
)
OF_CLIENT = frozenset({"born_on"})
DETAILS = tuple(one.name for one in (*DEMOGRAPHICS, *EMERGENCY, *TIME_ZONE, *REFERRAL) if one.name not in OF_CLIENT)
WHO = """SELECT d.*, co.name AS contact_name, co.phone AS contact_phone, cc.relation AS contact_relation
  FROM client_details d LEFT JOIN contact co ON co.id = d.emergency_contact_id
  LEFT JOIN client_contact cc ON cc.client_id = d.id AND cc.contact_id = d.emergency_contact_id WHERE d.id = $1"""


async def read_plain(names: tuple[str, ...], client_id: UUID, by: UUID | None = None) -> dict[str, Any]:
    row = await fetch_one("SELECT * FROM client_details WHERE id = $1", client_id)
    found = {name: plain(row[name]) if row else "" for name in names if name not in OF_CLIENT}
    if "born_on" in names:
        client = await fetch_one("SELECT born_on FROM client WHERE id = $1", client_id)
        found = {"born_on": plain(client["born_on"] if client else None), **found}
    return (await others(client_id, by)).without(found)


async def write_plain(names: tuple[str, ...], client_id: UUID, values: Mapping[str, Any], by: UUID | None) -> None:
    given = {name: values[name] for name in names if name in values}
    if "born_on" in given:
        await _set_birth_date(client_id, given.pop("born_on"))
    kept, seen = await read_plain(tuple(given), client_id), await read_plain(tuple(given), client_id, by)
    behind_the_wall = {name for name in given if kept[name] and not seen[name]}
    if any(given[name] for name in behind_the_wall):
        raise await kept_by_practice()
    # a form that is sent as a whole holds an empty field for what this contact does not see: that empties nothing
    await _put(client_id, {name: value for name, value in given.items() if name not in behind_the_wall})


async def refuse_other_birth_date(client_id: UUID, born_on: date | None) -> None:
    """In the portal a known birth date stays, and who is kept as a minor does not become an adult by typing one: rights
    of contacts hang on it. Raises Invalid."""
    row = await fetch_one(
        "SELECT born_on, kind = 'minor' AND portico_turns($2::date, portico_majority()) <= portico_today() AS adult"
        " FROM client WHERE id = $1", client_id, born_on,
    )
    if row and (row["adult"] or row["born_on"] is not None) and row["born_on"] != born_on:
        said = f"The practice corrects a birth date. {await reach_by_phone()}"
        raise Invalid(errors={"born_on": [said]})


async def kept_by_practice() -> Forbidden:
    """The refusal for what is another person's and not this contact's to read or replace."""
    return Forbidden("kept-by-practice", f"The practice keeps something else here. {await reach_by_phone()}")


async def read_emergency(client_id: UUID, by: UUID | None = None) -> dict[str, Any]:
    """`emergency_contact`: the id of the contact who it is. For a contact of whom it is none of theirs, nothing but
    `emergency_kept`: that the practice has one, with the relation."""
    row = await fetch_one(WHO, client_id)
    if row is None:
        return {"emergency_name": "", "emergency_relation": "", "emergency_phone": "", "emergency_contact": ""}
    found = _emergency(row)
    if by is None:
        return found
    of_another = row["emergency_contact_id"] not in {by, None}
    typed_by_another = row["emergency_by_contact_id"] not in {by, None}
    if of_another or typed_by_another or (await others(client_id, by)).told_by(found.values()):
        return {"emergency_kept": found["emergency_relation"] if of_another else "somebody else"}
    return {name: value for name, value in found.items() if name != "emergency_contact"}


async def write_emergency(client_id: UUID, values: Mapping[str, Any], by: UUID | None) -> None:
    before = await read_emergency(client_id, by)
    if "emergency_kept" in before:
        if any(values.get(one.name) for one in EMERGENCY):
            raise await kept_by_practice()
        return
    given = {name: values[name] for name in (one.name for one in EMERGENCY) if name in values}
    contact = values.get("emergency_contact")
    typed = {name: value for name, value in given.items() if value != before[name]}
    if contact is not None and str(contact) != before.get("emergency_contact"):
        await _require_contact(client_id, contact)
        await _put(client_id, {**dict.fromkeys(given, ""), "emergency_contact_id": contact,
                               "emergency_by_contact_id": None})
    elif typed or ("emergency_contact" in values and contact is None):
        kept = {name: given.get(name, before[name]) for name in (one.name for one in EMERGENCY)}
        await _put(client_id, {**kept, "emergency_contact_id": None, "emergency_by_contact_id": by})


async def let_contact_go(client_id: UUID, contact_id: UUID) -> None:
    """A contact is unlinked: as emergency contact the person stays, by name and number."""
    row = await fetch_one(WHO, client_id)
    if row and row["emergency_contact_id"] == contact_id:
        found = _emergency(row)
        found.pop("emergency_contact")
        await _put(client_id, {**found, "emergency_contact_id": None})


def _emergency(row: Row) -> dict[str, Any]:
    if row["emergency_contact_id"] is None:
        return {**{one.name: row[one.name] for one in EMERGENCY}, "emergency_contact": ""}
    return {
        "emergency_name": row["contact_name"], "emergency_relation": row["contact_relation"] or "",
        "emergency_phone": row["contact_phone"], "emergency_contact": str(row["emergency_contact_id"]),
    }


async def _require_contact(client_id: UUID, contact_id: UUID) -> None:
    sql = "SELECT 1 FROM client_contact WHERE client_id = $1 AND contact_id = $2"
    if not await fetch_one(sql, client_id, contact_id):
        raise Invalid(errors={"emergency_contact": ["This contact is no longer linked. Choose another."]})


async def _set_birth_date(client_id: UUID, born_on: date | None) -> None:
    if born_on is not None and born_on > await today_here():
        raise Invalid(errors={"born_on": [FUTURE]})
    await execute(
        "UPDATE client SET born_on = $2, kind = CASE WHEN portico_turns($2::date, portico_majority()) > portico_today()"
        " THEN 'minor' ELSE kind END WHERE id = $1", client_id, born_on,
    )
    # Told for another day: staff are told anew. What a wrong date had ended goes on the day that is right now, too.
    await execute(
        "DELETE FROM majority WHERE id = $1 AND on_day IS DISTINCT FROM portico_turns($2::date, portico_majority())"
        " AND (ended_at IS NULL OR portico_turns($2::date, portico_majority()) > portico_today())", client_id, born_on,
    )
    await majority.wake()  # a day that has come already ends rights now


async def _put(client_id: UUID, given: Mapping[str, Any]) -> None:
    if not given:
        return
    marks = ", ".join(f"${number}" for number in range(2, len(given) + 2))
    sets = ", ".join(f"{name} = excluded.{name}" for name in given)
    await execute(
        f"INSERT INTO client_details (id, {', '.join(given)}) VALUES ($1, {marks})"
        f" ON CONFLICT (practice_id, id) DO UPDATE SET {sets}",
        client_id, *given.values(),
    )
