"""Deactivating a member: everything of theirs that needs an owner gets a new one, then their sessions end.

What that is, the areas say (registries.OWNERSHIPS). Names on what they wrote stay; saved replies and settings wait for
them, should they come back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from models.accounts import linking, standing_history
from models.accounts.ending import end_sessions
from models.accounts.events import STAFF_DEACTIVATED
from models.accounts.membership import HOLD, refuse_for_the_last_administrator
from models.accounts.registries import OWNERSHIPS, Heir, Owned, Ownership
from models.accounts.standing import administrators_only, logins_of, supervisors_of
from models.accounts.team import Member
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToStaff
from models.core.scope import current_scope

# One at a time in a practice: who takes over must not be leaving at the same moment.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
# Nobody is made an heir past somebody who takes the role from them at this moment (membership.HOLD).
HEIRS_HELD = "SELECT 1 FROM staff_member WHERE id = ANY($1::uuid[]) ORDER BY id FOR SHARE"
LEFT = "UPDATE staff_member SET deactivated_at = $2 WHERE id = $1 AND deactivated_at IS NULL"
DESKS = "SELECT id FROM session WHERE login_id = $1 AND side = 'desk' AND ended_at IS NULL"


@dataclass(frozen=True)
class Needing:
    """What of one kind needs a new owner, and who may be it."""

    kind: Ownership
    owned: list[Owned]
    heirs: list[Heir]


@dataclass(frozen=True)
class Chosen:
    """Who takes over: for all of a kind, and for one thing, which goes before."""

    kinds: Mapping[str, UUID] = field(default_factory=dict)
    items: Mapping[tuple[str, UUID], UUID] = field(default_factory=dict)

    def heir(self, kind: str, thing: UUID) -> UUID | None:
        return self.items.get((kind, thing)) or self.kinds.get(kind)


async def what_needs_an_owner(actor: Actor, member: Member) -> list[Needing]:
    """What would be left without an owner if this member left now, by kind; kinds with nothing are left out."""
    administrators_only(actor)
    found = []
    for kind in OWNERSHIPS:
        if owned := await kind.owned(actor, member.id):
            found.append(Needing(kind, owned, await kind.heirs(actor, member.id)))
    return found


async def deactivate(actor: Actor, member: Member, chosen: Chosen) -> None:
    """End a member's work here; their desks are signed out at once, a portal of their own stays.

    Raises Invalid by kind while something has no new owner, Conflict `last-administrator`, and Conflict when they were
    deactivated a moment ago.
    """
    administrators_only(actor)
    async with change(actor, "staff.deactivate"):
        await execute(ALONE, f"staff.deactivate:{current_scope().practice_id}")
        await refuse_for_the_last_administrator(member.id)
        await execute(HOLD, member.id)
        over = await supervisors_of([member.id])
        heirs = await _hand_over(actor, member, chosen)
        for kind in OWNERSHIPS:
            if kind.leave is not None:
                await kind.leave(actor, member.id)
        if not await execute(LEFT, member.id, now()):
            raise Conflict("deactivated", f"{member.name} was deactivated a moment ago.")
        await standing_history.keep(actor, member.id, "deactivated")
        await linking.end_all(actor, member.login_id)
        desks = [row["id"] for row in await fetch_all(DESKS, member.login_id)]
        await end_sessions(actor, desks, login_id=member.login_id, reason="ended")
        changed = {*heirs, *over, *await supervisors_of(heirs)}
        rights_of = [member.login_id, *await logins_of(changed - {member.id})]
        heard = [Part([ToStaff()], {"staff": member.id})]
        await record(actor, STAFF_DEACTIVATED, heard, subject_id=member.id, rights_of=rights_of)


async def _hand_over(actor: Actor, member: Member, chosen: Chosen) -> set[UUID]:
    """Everything to whom it was given; returns who took something."""
    wrong: dict[str, list[str]] = {}
    given: dict[tuple[str, UUID], list[UUID]] = {}
    await execute(HEIRS_HELD, sorted({*chosen.kinds.values(), *chosen.items.values()}))
    needing = await what_needs_an_owner(actor, member)
    for one in needing:
        allowed = {heir.id for heir in one.heirs}
        for thing in one.owned:
            heir = chosen.heir(one.kind.key, thing.id)
            if heir is None or heir not in allowed:
                wrong[one.kind.key] = [_sentence(one)]
            else:
                given.setdefault((one.kind.key, heir), []).append(thing.id)
    if wrong:
        raise Invalid("needs-owner", errors=wrong)
    kinds = {one.kind.key: one.kind for one in needing}
    for (key, heir_id), things in given.items():
        await kinds[key].hand_over(actor, member.id, heir_id, things)
    return {heir_id for _, heir_id in given}


def _sentence(one: Needing) -> str:
    return "Choose who takes over. Nothing is left without somebody." if one.heirs else one.kind.nobody
