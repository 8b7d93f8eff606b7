"""Behind the link of an invitation to the team: looking at it changes nothing, accepting it makes a colleague."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.accounts import passwords, standing_history, tickets
from models.accounts.ending import end_all_sessions
from models.accounts.events import STAFF_JOINED
from models.accounts.idling import PASSWORD
from models.accounts.inviting import send_again
from models.accounts.known_devices import Browser
from models.accounts.reach import Reach, by_login
from models.accounts.resetting import ASKS_BY_ACCOUNT, ASKS_BY_ADDRESS, PASSWORD_CHECKS, USES_BY_ADDRESS, keep_password
from models.accounts.signing import SignedIn, begin
from models.accounts.standing import Standing, set_supervision
from models.accounts.team import rights_in_words
from models.accounts.tickets import STAFF_INVITATION
from models.core.actor import Role, Side
from models.core.change import change, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_one
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToStaff
from models.core.ids import new_id
from models.core.limits import give_back, network_of, take

FIND = """SELECT i.id, i.login_id, i.name, i.title, i.roles, i.all_clients, i.clinical, i.billing, i.supervisors,
    i.supervisees, i.accepted_at, i.withdrawn_at, l.email, l.password_hash IS NOT NULL AS known
  FROM staff_invitation i JOIN login l ON l.practice_id = i.practice_id AND l.id = i.login_id
  WHERE i.practice_id = portico_here() AND i.login_id = $1
  ORDER BY i.accepted_at IS NULL AND i.withdrawn_at IS NULL DESC, i.sent_at DESC LIMIT 1"""
# Somebody who works here no more may have stood in the invitation.
HERE = """SELECT ARRAY(SELECT id FROM staff_member WHERE id = ANY($1) AND deactivated_at IS NULL
    AND 'supervisor' = ANY(roles)) AS supervisors,
  ARRAY(SELECT id FROM staff_member WHERE id = ANY($2) AND deactivated_at IS NULL) AS supervisees"""
JOIN = """INSERT INTO staff_member (id, login_id, name, title, roles, all_clients, clinical, billing, voice)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, (SELECT v FROM unnest(ARRAY['a', 'b', 'c', 'd', 'e', 'f']) v
    LEFT JOIN staff_member m ON m.practice_id = portico_here() AND m.voice = v AND m.deactivated_at IS NULL
    GROUP BY v ORDER BY count(m.id), v LIMIT 1)"""


@dataclass(frozen=True)
class Offer:
    """What a link leads to. `state`: open · accepted · withdrawn · old (a newer link was sent, or time ran out) ·
    unknown. `known`: this login has a password already, which stays."""

    state: str
    name: str = ""
    email: str = ""
    known: bool = False


async def offer(token: str) -> Offer:
    """What the page behind a link shows; changes nothing, because mail scanners open links."""
    found = await tickets.look_at(token)
    row = await fetch_one(FIND, found.login_id) if found and found.purpose == STAFF_INVITATION else None
    if found is None or row is None:
        return Offer("unknown")
    state = _state(row)
    if state == "open" and not found.fresh:
        return Offer("old")
    return Offer(state, row["name"], row["email"], row["known"]) if state == "open" else Offer(state)


async def accept(
    token: str, *, name: str, password: str, address: str, device: str = "", browser: Browser | None = None
) -> SignedIn:
    """Become a member of the team and begin at the desk. Who has a login here already proves it with its password,
    which stays; everybody else chooses one.

    Raises Conflict `link-expired`, Invalid for name or password, TooMany, and SecondFactor when the code is still to be
    asked: let that not leave the scope, for the person has joined.
    """
    await take(USES_BY_ADDRESS, network_of(address))
    found = await tickets.look_at(token)
    row = await fetch_one(FIND, found.login_id) if found and found.fresh and found.purpose == STAFF_INVITATION else None
    reach = await by_login(found.login_id) if found and row and _state(row) == "open" else None
    if row is None or reach is None:
        raise Conflict("link-expired", "This link can no longer be used. Nothing was changed.")
    if not name.strip():
        raise Invalid(errors={"name": ["Say what colleagues and clients call you."]})
    kept = await _proved(reach, password)
    if await tickets.redeem(token, STAFF_INVITATION) is None:
        raise Conflict("link-expired", "This link was used a moment ago.")
    await _join(row, name.strip(), kept)
    joined = await by_login(reach.login_id)
    assert joined is not None
    return await begin(joined, Side.DESK, device=device, browser=browser)


async def ask_again(token: str, *, address: str) -> None:
    """An old link asks for a new one, to the same address; for any other token nothing happens, and looks the same."""
    await take(ASKS_BY_ADDRESS, network_of(address))
    found = await tickets.look_at(token)
    login_id = found.login_id if found and found.purpose == STAFF_INVITATION else new_id()
    await take(ASKS_BY_ACCOUNT, login_id)
    row = await fetch_one(FIND, login_id)
    if row is not None and _state(row) == "open":
        async with change(None, "staff.ask_invitation_again"):
            await send_again(None, row["id"])


async def _proved(reach: Reach, password: str) -> str | None:
    """The hash to keep of a new password; None when the login's own was given."""
    if reach.password_hash is None:
        passwords.check_new(password, email=reach.email)
        return await passwords.hash_password(password)
    await take(PASSWORD_CHECKS, reach.login_id)
    if not await passwords.matches(reach.password_hash, password):
        raise Invalid("wrong-password", errors={"password": ["This is not your password."]})
    await give_back(PASSWORD_CHECKS, reach.login_id)
    return None


async def _join(row: Row, name: str, kept: str | None) -> None:
    login_id: UUID = row["login_id"]
    if kept is not None:
        await end_all_sessions(login_id, reason=PASSWORD, at=await keep_password(None, login_id, kept))
    async with change(None, "staff.join"):
        moment, staff_id = now(), new_id()
        standing = await _standing(row, name)
        await _become(staff_id, login_id, standing)
        await standing_history.keep(None, staff_id, "joined", after=rights_in_words(standing))
        told = await set_supervision(staff_id, supervisors=standing.supervisors, supervisees=standing.supervisees)
        await _close(row["id"], moment)
        part = Part([ToStaff()], {"staff": staff_id, "invitation": row["id"]})
        await record(None, STAFF_JOINED, [part], subject_id=staff_id, rights_of=[login_id, *told])


async def _become(staff_id: UUID, login_id: UUID, standing: Standing) -> None:
    await execute(
        JOIN, staff_id, login_id, standing.name, standing.title, standing.role_words, standing.all_clients,
        standing.clinical, standing.billing,
    )


async def _close(invitation_id: UUID, moment: datetime) -> None:
    closed = "UPDATE staff_invitation SET accepted_at = $2 WHERE id = $1 AND accepted_at IS NULL"
    if not await execute(closed + " AND withdrawn_at IS NULL", invitation_id, moment):
        raise Conflict("link-expired", "This invitation was withdrawn a moment ago.")


async def _standing(row: Row, name: str) -> Standing:
    here = await fetch_one(HERE, row["supervisors"], row["supervisees"])
    assert here is not None
    return Standing(
        name=name, title=row["title"], roles=frozenset(Role(one) for one in row["roles"]),
        all_clients=row["all_clients"], clinical=row["clinical"], billing=row["billing"],
        supervisors=tuple(here["supervisors"]), supervisees=tuple(here["supervisees"]),
    )


def _state(row: Row) -> str:
    return "accepted" if row["accepted_at"] else "withdrawn" if row["withdrawn_at"] else "open"
