"""A practice is opened at the bare domain: there at once under a provisional address, closed to clients, and its first
administrator's once they have proved by a mailed link to hold their e-mail address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from models.accounts import passwords, subdomains, tickets
from models.accounts.events import (
    PASSWORD_CHANGED,
    PRACTICE_ASKED_AGAIN,
    PRACTICE_FOUNDED,
    PRACTICE_LET_GO,
    PRACTICE_PROVEN,
)
from models.accounts.reach import Reach, by_login, spelled
from models.accounts.resetting import USES_BY_ADDRESS
from models.accounts.signing import SignedIn, begin
from models.accounts.tables import Login, PracticeProfile, StaffMember
from models.accounts.time_zones import known_zones
from models.core.actor import Actor, Role, Side
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid
from models.core.events import Event, Part, ToLogin, ToStaff
from models.core.ids import new_id
from models.core.limits import Limit, network_of, take
from models.core.practices import where_waiting
from models.core.scope import run_scope

BY_ADDRESS = Limit("open-practice-address", most=5, seconds=3600)
BY_EMAIL = Limit("open-practice-email", most=3, seconds=86_400)
BY_ALL = Limit("open-practice-all", most=300, seconds=3600)
UNPROVEN = timedelta(days=7)

EMAIL = re.compile(r"[^@\s\"<>(),;:\\]+@[^@\s\"<>(),;:\\]+\.[^@\s\"<>(),;:\\.]+")
# Names stand in a mail to an address that nobody has proven: they must not carry anybody's advertisement there.
NO_NAME = re.compile(r"https?:|www\.|[/@<>]|\.(com|net|org|io|ru)\b", re.IGNORECASE)
NAMES = {"practice": "the practice’s name", "name": "your name"}


@dataclass(frozen=True)
class Founding:
    """What is asked of somebody who opens a practice. `practitioner`: they see clients themselves."""

    practice: str
    name: str
    email: str
    time_zone: str
    practitioner: bool


async def open_practice(asked: Founding, *, address: str) -> UUID:
    """A new practice, whatever the address: known or unknown, the same happens. Its id. Outside any scope.

    Asked again by a founder who has not come yet, the link is sent again: a form sent twice opens one practice.
    Raises Invalid by field, TooMany by network, by e-mail address and for the whole installation.
    """
    _check(asked)
    await take(BY_ADDRESS, network_of(address))
    await take(BY_EMAIL, spelled(asked.email))
    await take(BY_ALL)
    for row in await fetch_all(WAITING, spelled(asked.email)):
        if await run_scope(row["id"], lambda _: _asked_again(_one_line(asked.practice))):
            return UUID(str(row["id"]))
    practice_id = new_id()
    await run_scope(practice_id, lambda _: _found(practice_id, asked))
    return practice_id


WAITING = """SELECT p.id FROM practices_of_email($1) AS here (id) JOIN practice p USING (id)
  WHERE p.verified_at IS NULL AND p.state = 'closed'"""


async def _asked_again(name: str) -> bool:
    asked = "SELECT l.id FROM login l JOIN practice_profile p USING (practice_id) WHERE p.name = $1"
    founder = await fetch_one(asked, name)
    if founder is None:
        return False
    async with change(None, "practice.found"):
        await record(None, PRACTICE_ASKED_AGAIN, [], subject_id=founder["id"])
    return True


async def prove(token: str, password: str, *, address: str, device: str = "") -> SignedIn:
    """Use the mailed link up: the address is proven, the password holds, the administrator is at their desk.

    Raises Conflict `link-expired`, Invalid for the password, TooMany.
    """
    await take(USES_BY_ADDRESS, network_of(address))
    found = await tickets.look_at(token)
    reach = await by_login(found.login_id) if found and found.fresh and found.purpose == tickets.OPENING else None
    if reach is None:
        raise Conflict("link-expired", "This link can no longer be used. Nothing was changed.")
    passwords.check_new(password, email=reach.email)
    kept = await passwords.hash_password(password)
    if await tickets.redeem(token, tickets.OPENING) is None:
        raise Conflict("link-expired", "This link was used a moment ago.")
    return await _begin(reach, kept, device)


async def on_password_set(actor: Actor | None, event: Event) -> None:
    """Listener on login.password_changed: whoever chose a password behind a mailed link holds the address."""
    if await execute("UPDATE practice SET verified_at = $1 WHERE id = portico_here() AND verified_at IS NULL", now()):
        await record(actor, PRACTICE_PROVEN, [Part([ToStaff()])])


async def still_unproven() -> bool:
    """Whether the open practice still waits for its founder."""
    waits = "SELECT 1 FROM practice WHERE id = portico_here() AND verified_at IS NULL AND state <> 'gone'"
    return await fetch_one(waits) is not None


async def let_all_unproven_go() -> None:
    """By the clock, outside any scope: what nobody came for within seven days is nobody's any more."""
    await where_waiting("unproven_openings", UNPROVEN, lambda _: let_go())


async def let_go() -> None:
    """Nothing personal stays of the open practice, nobody can sign in, its address is free. Proven ones are left."""
    async with change(None, "practice.let_go"):
        if await execute(GONE):
            for statement in EMPTIED:
                await execute(statement)
            await record(None, PRACTICE_LET_GO, [])


GONE = """UPDATE practice SET state = 'gone', former_subdomains = '{}',
    subdomain = 'gone-' || replace(id::text, '-', '')
  WHERE id = portico_here() AND verified_at IS NULL AND state <> 'gone'"""
EMPTIED = (
    "UPDATE login SET email = id || '@gone.invalid', password_hash = NULL, deactivated_at = clock_timestamp()",
    "UPDATE staff_member SET name = 'Nobody', deactivated_at = clock_timestamp()",
    "UPDATE practice_profile SET name = 'Nobody'",
    "DELETE FROM login_token",
)


async def _found(practice_id: UUID, asked: Founding) -> None:
    async with change(None, "practice.found"):
        subdomain = await subdomains.provisional(asked.practice)
        await execute(
            "INSERT INTO practice (id, subdomain, state, verified_at) VALUES ($1, $2, 'closed', NULL)",
            practice_id, subdomain,
        )
        await execute("INSERT INTO practice_head (practice_id) VALUES ($1)", practice_id)
        name, zone = _one_line(asked.practice), asked.time_zone
        await PracticeProfile.create(practice_id=practice_id, name=name, time_zone=zone)
        login = await Login.create(email=spelled(asked.email))
        roles = [Role.ADMINISTRATOR.value, *([Role.PRACTITIONER.value] if asked.practitioner else [])]
        await StaffMember.create(login_id=login.id, name=_one_line(asked.name), roles=roles)
        await record(None, PRACTICE_FOUNDED, [], subject_id=login.id)


async def _begin(reach: Reach, kept: str, device: str) -> SignedIn:
    async with change(None, "practice.prove"):
        keep = "UPDATE login SET password_hash = $2, password_at = $3 WHERE id = $1"
        await execute(keep, reach.login_id, kept, now())
        await tickets.use_up(reach.login_id)
        heard = [Part([ToLogin(reach.login_id)])]
        await record(None, PASSWORD_CHANGED, heard, subject_id=reach.login_id, rights_of=[reach.login_id])
    proven = await by_login(reach.login_id)
    assert proven is not None
    return await begin(proven, Side.DESK, device=device)


def _check(asked: Founding) -> None:
    wrong: dict[str, list[str]] = {}
    for field, what in NAMES.items():
        given = _one_line(getattr(asked, field))
        if len(given) < 2:
            wrong[field] = [f"Write {what}."]
        elif NO_NAME.search(given):
            wrong[field] = [f"Write {what} alone, without an address."]
    if not EMAIL.fullmatch(asked.email.strip()):
        wrong["email"] = ["This is no e-mail address. Check it for a typing mistake."]
    if asked.time_zone not in known_zones():
        wrong["time_zone"] = ["Choose a time zone of the list."]
    if wrong:
        raise Invalid(errors=wrong)


def _one_line(text: str) -> str:
    return " ".join(text.split())
