"""How a client is reached: e-mail, phones, addresses. And insurance policies, which are kept the same way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

from models.accounts.practices import reach_by_phone
from models.clients.choices import ADDRESSES, HOLDERS, LEAVE, PHONES
from models.clients.fields import SLOTS, FieldOf, Rows, postal_code
from models.clients.rows import rows_of, save_rows, told
from models.clients.walls import others
from models.core.database import execute, fetch_one
from models.core.errors import Forbidden, Invalid

EMAIL = FieldOf("email", "E-mail", "email", autocomplete="email", most=254, half=False,
                hint="Where the practice writes to. It changes nothing about signing in.")
PHONE = Rows(
    "phone", "phone",
    (
        FieldOf("number", "Number", "tel", autocomplete="tel", most=40),
        FieldOf("kind", "Kind", "select", PHONES),
        FieldOf("leave", "Messages", "select", LEAVE, half=False),
    ),
    table="client_phone", needed="number", main="Main phone", told=("number",),
)
ADDRESS = Rows(
    "address", "address",
    (
        FieldOf("kind", "Kind", "select", ADDRESSES),
        FieldOf("line_1", "Street and number", autocomplete="address-line1", most=120, half=False),
        FieldOf("line_2", "Apartment, floor", autocomplete="address-line2", most=120, half=False),
        FieldOf("city", "City", autocomplete="address-level2", most=80),
        FieldOf("region", "State", autocomplete="address-level1", most=60),
        FieldOf("postal_code", "ZIP code", autocomplete="postal-code", most=20),
        FieldOf("country", "Country", autocomplete="country-name", most=60, hint="Empty: United States"),
    ),
    table="client_address", needed="line_1", main="Main address", told=("line_1", "city"),
    hides=True,
)
POLICY = Rows(
    "policy", "policy",
    (
        FieldOf("payer", "Insurance company", most=120, half=False),
        FieldOf("member_id", "Member ID", most=60),
        FieldOf("group_number", "Group number", most=60),
        FieldOf("holder", "Whose policy it is", "select", HOLDERS),
        FieldOf("holder_name", "Policy holder’s name", most=120, hint="When it is not the client"),
        FieldOf("holder_born_on", "Policy holder’s birth date", "date"),
    ),
    table="insurance_policy", needed="payer", main="Billed first", told=("payer", "member_id"),
    most=3,
)
CONTACT: tuple[FieldOf | Rows, ...] = (EMAIL, PHONE, ADDRESS)
INSURANCE: tuple[FieldOf | Rows, ...] = (POLICY,)
EMAIL_TAKEN = "email-taken"
TAKEN = "Another client’s record has this e-mail address. Correct it, or add its owner here as a contact instead."
OWN_LOGIN = """SELECT 1 FROM portal_access WHERE client_id = $1 AND contact_id IS NULL AND revoked_at IS NULL
  AND (login_id IS NOT NULL OR invited_at IS NOT NULL)"""
LONE = "number"


async def read_contact(client_id: UUID, by: UUID | None = None) -> dict[str, Any]:
    """E-mail, phones and addresses. A contact does not see the e-mail of a client who signs in by it."""
    client = await fetch_one("SELECT email, phone FROM client WHERE id = $1", client_id)
    found = {} if await _keeps_email(client_id, by) else {"email": client["email"] if client else ""}
    phones, wall = await rows_of(PHONE, client_id, by), await others(client_id, by)
    if client and client["phone"] and not wall.told_by([client["phone"]]) and not await _has_phone(client_id):
        found |= {"phone_1_number": client["phone"], "phone_1_kind": "mobile", "phone_1_leave": "both",
                  "phone_1_id": str(uuid5(client_id, LONE)), "phone_main": str(uuid5(client_id, LONE))}
    return found | told(PHONE, phones) | told(ADDRESS, await rows_of(ADDRESS, client_id, by))


async def write_contact(client_id: UUID, values: Mapping[str, Any], by: UUID | None) -> None:
    if "email" in values:
        await _set_email(client_id, values["email"], by)
    await keep_lone_phone(client_id)
    await save_rows(PHONE, client_id, values, by)
    await save_rows(ADDRESS, client_id, await _with_postal_codes(client_id, values), by)
    await execute(
        "UPDATE client c SET phone = coalesce((SELECT number FROM client_phone WHERE client_id = c.id AND main), '')"
        " WHERE id = $1", client_id,
    )


async def read_insurance(client_id: UUID, by: UUID | None = None) -> dict[str, Any]:
    return told(POLICY, await rows_of(POLICY, client_id, by))


async def write_insurance(client_id: UUID, values: Mapping[str, Any], by: UUID | None) -> None:
    await save_rows(POLICY, client_id, values, by)


async def email_taken(email: str, *, but: UUID | None = None) -> bool:
    """Whether another client's own record has this address: it cannot belong to two."""
    sql = "SELECT 1 FROM client WHERE email = $1 AND id IS DISTINCT FROM $2"
    return bool(email) and await fetch_one(sql, email, but) is not None


async def _set_email(client_id: UUID, email: str, by: UUID | None) -> None:
    if await _keeps_email(client_id, by):
        raise Forbidden("kept-email", f"This e-mail address is not yours to change. {await reach_by_phone()}")
    if await email_taken(email, but=client_id):
        raise Invalid(EMAIL_TAKEN, errors={"email": [TAKEN]})
    changed = await execute("UPDATE client SET email = $2 WHERE id = $1 AND email <> $2", client_id, email)
    if changed and by is not None:  # a statement of its own: the first one forgets who typed it (0026_written_to.sql)
        await execute("UPDATE client SET email_by_contact_id = $2 WHERE id = $1", client_id, by)


async def _keeps_email(client_id: UUID, by: UUID | None) -> bool:
    """From a contact: the address by which the client signs in, and one that is another contact's."""
    if by is None:
        return False
    client = await fetch_one("SELECT email FROM client WHERE id = $1", client_id)
    told_of_others = (await others(client_id, by)).told_by([client["email"] if client else ""])
    return told_of_others or await fetch_one(OWN_LOGIN, client_id) is not None


async def _has_phone(client_id: UUID) -> bool:
    return await fetch_one("SELECT 1 FROM client_phone WHERE client_id = $1", client_id) is not None


async def keep_lone_phone(client_id: UUID) -> None:
    """A record from before phones had rows has one number: it becomes the first of them."""
    await fetch_one("SELECT 1 FROM client WHERE id = $1 FOR UPDATE", client_id)
    if not await _has_phone(client_id):
        await execute(
            "INSERT INTO client_phone (id, client_id, number, main) SELECT $2, id, phone, true FROM client"
            " WHERE id = $1 AND phone <> ''", client_id, uuid5(client_id, LONE),
        )


async def _with_postal_codes(client_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with postal codes as they are kept; what its country asks of a code may be in the record already."""
    made, errors = dict(values), {}
    kept = {row["id"]: row for row in await rows_of(ADDRESS, client_id)}
    for place in range(1, SLOTS + 1):
        name = ADDRESS.name(place, "postal_code")
        if name in made:
            before = kept.get(made.get(ADDRESS.name(place, "id")))
            country = str(made.get(ADDRESS.name(place, "country"), before["country"] if before else ""))
            try:
                made[name] = postal_code(made[name], country)
            except ValueError as odd:
                errors[name] = [str(odd)]
    if errors:
        raise Invalid(errors=errors)
    return made
