"""Changing what a member may, and bringing one back. Whatever changes acts on open sockets and pages at once."""

from __future__ import annotations

from uuid import UUID

from models.accounts import standing_history
from models.accounts.events import STAFF_CHANGED, STAFF_REACTIVATED
from models.accounts.reach import spelled
from models.accounts.registries import OWNERSHIPS
from models.accounts.standing import (
    VOICES,
    Standing,
    administrators_only,
    check,
    logins_of,
    set_supervision,
    supervisors_of,
)
from models.accounts.team import Member, member_for, rights_in_words
from models.core.actor import Actor, Role
from models.core.change import change, record
from models.core.database import execute, fetch_all, fetch_one
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToStaff

KEEP = """UPDATE staff_member SET name = $2, title = $3, roles = $4, all_clients = $5, clinical = $6, billing = $7,
  voice = $8 WHERE id = $1 AND deactivated_at IS NULL"""
# Nothing is given to a member, nor looked up as theirs, past somebody who holds their row (assigning.open_assignment).
HOLD = "SELECT 1 FROM staff_member WHERE id = $1 FOR NO KEY UPDATE"
# Held until the end of the scope: of two who would each leave the other as the last, the second finds itself the last.
ADMINISTRATORS = """SELECT id FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL
  AND 'administrator' = ANY (roles) ORDER BY id FOR NO KEY UPDATE"""
CHANGED = "Somebody changed {} while you did. Open the page anew to see that, or save once more to keep what is here."
LAST = "The last administrator cannot be removed. Make somebody else an administrator first."


async def change_member(actor: Actor, member: Member, standing: Standing, *, voice: str, seen: str = "") -> None:
    """Keep what a member is and may from now on; for administrators. `seen`: the stamp of what the form showed.

    Raises Invalid by field, Conflict `last-administrator`, `changed-meanwhile`, and `deactivated`.
    """
    administrators_only(actor)
    await check(standing, of=member.id)
    if voice not in VOICES:
        raise Invalid(errors={"voice": ["Choose one of the six colours."]})
    async with change(actor, "staff.change"):
        if Role.ADMINISTRATOR not in standing.roles:
            await refuse_for_the_last_administrator(member.id, field="roles")
        await execute(HOLD, member.id)
        member = await member_for(actor, member.id)  # as it stands now that nobody else changes it
        if seen and seen != member.stamp:
            raise Conflict("changed-meanwhile", errors={"form": [CHANGED.format(member.name)]})
        over = await supervisors_of([member.id])
        let_go = await _let_go(actor, member, standing)
        kept = await execute(
            KEEP, member.id, standing.name.strip(), standing.title.strip(), standing.role_words, standing.all_clients,
            standing.clinical, standing.billing, voice,
        )
        if not kept:
            raise Conflict("deactivated", f"{member.name} was deactivated meanwhile. Reactivate them first.")
        told = await set_supervision(member.id, supervisors=standing.supervisors, supervisees=standing.supervisees)
        had, has = rights_in_words(member.standing), rights_in_words(standing)
        await standing_history.keep(actor, member.id, "changed", before=had, after=has)
        rights_of = [member.login_id, *told, *(await logins_of(over) if let_go else ())]
        heard = [Part([ToStaff()], {"staff": member.id})]
        await record(actor, STAFF_CHANGED, heard, subject_id=member.id, rights_of=list(dict.fromkeys(rights_of)))


async def _let_go(actor: Actor, member: Member, standing: Standing) -> bool:
    """What somebody owns by a role that is taken from them: nothing is left without an owner, what others own as well
    ends. Raises Conflict `needs-owner` with what to do first. Returns whether there was such a role: whoever supervises
    them sees less then."""
    taken = False
    for kind in OWNERSHIPS:
        if kind.roles & {*member.roles} and not kind.roles & {*standing.role_words}:
            taken = True
            owned = await kind.owned(actor, member.id) if kind.first is not None else []
            if owned and kind.first is not None:
                said = kind.first(len(owned))
                raise Conflict("needs-owner", said, errors={"roles": [said]})
            if kind.leave is not None:
                await kind.leave(actor, member.id)
    return taken


async def is_last_administrator(member: Member) -> bool:
    """As it stands now, for a page that says so before anything is chosen."""
    others = ADMINISTRATORS.replace("ORDER BY id FOR NO KEY UPDATE", "AND id <> $1 LIMIT 1")
    return Role.ADMINISTRATOR in member.standing.roles and await fetch_one(others, member.id) is None


async def refuse_for_the_last_administrator(staff_id: UUID, *, field: str = "form") -> None:
    """Inside a change that takes this member's right as an administrator away: raises Conflict when no other is left,
    also when the other is being removed at this moment."""
    left = {row["id"] for row in await fetch_all(ADMINISTRATORS)}
    if left == {staff_id}:
        raise Conflict("last-administrator", LAST, errors={field: [LAST]})


async def reactivate(actor: Actor, member: Member) -> None:
    """Have somebody back, with the roles and the password they had; whom they supervised and their clients stay with
    those who took over."""
    administrators_only(actor)
    async with change(actor, "staff.reactivate"):
        await _bring_back(actor, member.id, member.login_id)


async def make_administrator(email: str) -> str:
    """For the shell: the member with this address becomes an administrator, and is brought back if they had left.
    Returns their name; raises ValueError when nobody of the team has the address."""
    row = await fetch_one(BY_EMAIL, spelled(email))
    if row is None:
        raise ValueError("Nobody of this team has that address. An administrator invites them under Settings, Team.")
    async with change(None, "staff.make_administrator"):
        if row["deactivated_at"] is not None:
            await _bring_back(None, row["id"], row["login_id"])
        if await execute(PROMOTE, row["id"]):
            await standing_history.keep(None, row["id"], "changed", after=[Role.ADMINISTRATOR.value])
        heard = [Part([ToStaff()], {"staff": row["id"]})]
        await record(None, STAFF_CHANGED, heard, subject_id=row["id"], rights_of=[row["login_id"]])
    name: str = row["name"]
    return name


BY_EMAIL = """SELECT m.id, m.login_id, m.name, m.deactivated_at FROM staff_member m
  JOIN login l ON l.practice_id = m.practice_id AND l.id = m.login_id
  WHERE m.practice_id = portico_here() AND l.email = $1"""
PROMOTE = """UPDATE staff_member SET roles = array_append(roles, 'administrator')
  WHERE id = $1 AND 'administrator' <> ALL (roles)"""


async def _bring_back(actor: Actor | None, staff_id: UUID, login_id: UUID) -> None:
    back = "UPDATE staff_member SET deactivated_at = NULL WHERE id = $1 AND deactivated_at IS NOT NULL"
    if await execute(back, staff_id):
        await standing_history.keep(actor, staff_id, "reactivated")
        heard = [Part([ToStaff()], {"staff": staff_id})]
        await record(actor, STAFF_REACTIVATED, heard, subject_id=staff_id, rights_of=[login_id])
