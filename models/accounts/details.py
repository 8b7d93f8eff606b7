"""What a practice says of itself besides its look: names, numbers, where it is, from when on clients are adults."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import asyncpg

from models.accounts.events import DETAILS_CHANGED
from models.accounts.tables import PracticeProfile
from models.accounts.time_zones import known_zones
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid
from models.core.events import Part, ToStaff
from models.core.scope import current_scope

FIELDS = (
    "name", "legal_name", "npi", "tax_id", "time_zone", "phone", "address", "billing_address", "age_of_majority",
)
# 18 nearly everywhere in the United States, 19 in Alabama and Nebraska, 21 in Mississippi.
AGES_OF_MAJORITY = (18, 19, 21)

EMPLOYER, PERSON = re.compile(r"(\d{2})-?(\d{7})"), re.compile(r"\d{3}-\d{2}-\d{4}")
PHONE = re.compile(r"\+?[0-9 ().\-/]+(?: ?(?:x|ext\.?) ?[0-9]{1,6})?", re.IGNORECASE)

CHANGED_MEANWHILE = (
    "Somebody else saved this page after you opened it. Nothing of yours is lost, and nothing of it is saved yet: what "
    "stands there now is said under each field that differs. Save again to put yours in its place."
)


async def set_details(actor: Actor, version: int | None, given: Mapping[str, Any]) -> None:
    """Save what is given, leave the rest; `version` is the one that the page showed (None: whatever stands there).

    Raises Forbidden for anyone but an administrator, Invalid with a sentence per field, Conflict `changed-meanwhile`.
    """
    ensure_administrator(actor)
    made = _checked(given)
    async with change(actor, "practice.set_details"):
        before = await profile_to_change()
        ensure_unchanged(version, before.details_version)
        changed = {name: value for name, value in made.items() if getattr(before, name) != value}
        if not changed:
            return
        if "time_zone" in changed:
            await _ensure_database_knows(changed["time_zone"])
        await save_profile({**changed, "details_version": before.details_version + 1})
        await record(actor, DETAILS_CHANGED, [Part([ToStaff()])])


def npi_holds(npi: str) -> bool:
    """Whether ten digits are a National Provider Identifier: Luhn's check digit over 80840 and the number.

    Source: CMS, "Requirements for National Provider Identifier (NPI) and NPI Check Digit", for 45 CFR 162.406;
    80840 says "United States, health" as ISO/IEC 7812 spells an issuer.
    """
    if not re.fullmatch(r"[0-9]{10}", npi):
        return False
    total = 0
    for place, digit in enumerate(reversed("80840" + npi)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def as_kept(name: str, text: str) -> str:
    """How a field's text would be saved; as it was typed where it would be refused."""
    try:
        return str(CHECKS[name](int(text) if name == "age_of_majority" else text))
    except ValueError:
        return text


def plain_phone(text: str) -> str:
    """A phone number as it is shown: ten American digits as (207) 555-0132, any other as it was typed.

    Raises ValueError for what is none.
    """
    text = " ".join(text.split())
    digits = re.sub(r"\D", "", text)
    if not text:
        return ""
    if not PHONE.fullmatch(text) or not 7 <= len(digits) <= 21:
        raise ValueError("Write a phone number, such as (207) 555-0132.")
    american = re.fullmatch(r"1?([2-9]\d{2})(\d{3})(\d{4})", digits)
    if american is None or "x" in text.lower():
        return text
    return f"({american[1]}) {american[2]}-{american[3]}"


def plain_lines(text: str) -> str:
    """Lines as people meant them: one kind of line break, no empty line and no space at an end."""
    return "\n".join(line for line in (" ".join(line.split()) for line in text.splitlines()) if line)


def ensure_administrator(actor: Actor) -> None:
    if not actor.administrator:
        raise Forbidden("administrator-only", "Only an administrator changes this. Ask one of them.")


async def profile_to_change() -> PracticeProfile:
    """The open practice's profile, held until this transaction ends: saves come one after the other."""
    return await PracticeProfile.filter(practice_id=current_scope().practice_id).select_for_update().get()


async def save_profile(values: Mapping[str, Any]) -> None:
    """The columns are named by callers, never by what was sent."""
    places = ", ".join(f"{name} = ${place}" for place, name in enumerate(values, 1))
    await execute(f"UPDATE practice_profile SET {places} WHERE practice_id = portico_here()", *values.values())


def ensure_unchanged(shown: int | None, now_there: int) -> None:
    if shown is not None and shown != now_there:
        raise Conflict("changed-meanwhile", CHANGED_MEANWHILE, errors={"version": [CHANGED_MEANWHILE]})


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    made, wrong = {}, {}
    for name in FIELDS:
        if given.get(name) is not None:
            try:
                made[name] = CHECKS[name](given[name])
            except ValueError as fault:
                wrong[name] = [str(fault)]
    if wrong:
        raise Invalid(errors=wrong)
    return made


def _name(text: str) -> str:
    if not (name := " ".join(text.split())):
        raise ValueError("Say what your clients call the practice.")
    return name


def _npi(text: str) -> str:
    digits = re.sub(r"[\s-]", "", text)
    if digits and not re.fullmatch(r"[0-9]{10}", digits):
        raise ValueError("An NPI has ten digits.")
    if digits and not npi_holds(digits):
        raise ValueError("This is not an NPI: its last digit does not fit the others. Look for a digit mistyped.")
    return digits


def _tax_id(text: str) -> str:
    text = text.strip()
    if not text or PERSON.fullmatch(text):
        return text
    if (found := EMPLOYER.fullmatch(text)) is None:
        raise ValueError("Write an EIN, such as 12-3456789, or a Social Security number, such as 123-45-6789.")
    return f"{found[1]}-{found[2]}"


def _time_zone(text: str) -> str:
    if text not in known_zones():
        raise ValueError("Choose a time zone from the list.")
    return text


def _age(age: int) -> int:
    if age not in AGES_OF_MAJORITY:
        raise ValueError("Choose 18, 19 or 21.")
    return age


async def _ensure_database_knows(zone: str) -> None:
    """Days of rights are counted in PostgreSQL, whose list may be older than ours."""
    try:
        await fetch_one("SELECT now() AT TIME ZONE $1::text", zone)
    except asyncpg.InvalidParameterValueError:
        raise Invalid(errors={"time_zone": ["The database does not know this zone. Choose a near one."]}) from None


CHECKS: dict[str, Any] = {
    "name": _name, "legal_name": lambda text: " ".join(text.split()), "npi": _npi, "tax_id": _tax_id,
    "time_zone": _time_zone, "phone": plain_phone, "address": plain_lines, "billing_address": plain_lines,
    "age_of_majority": _age,
}
