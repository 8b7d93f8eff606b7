"""What a member of the team is and may: name, title, roles, switches, supervision. Checked here before it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from models.core.actor import Actor, Role
from models.core.database import execute, fetch_all
from models.core.errors import Forbidden, Invalid

VOICES = ("a", "b", "c", "d", "e", "f")


@dataclass(frozen=True)
class Standing:
    """`supervisors`, `supervisees`: staff members who supervise this one, and whom this one supervises."""

    name: str
    title: str
    roles: frozenset[Role]
    all_clients: bool = False
    clinical: bool = False
    billing: bool = False
    supervisors: tuple[UUID, ...] = ()
    supervisees: tuple[UUID, ...] = ()

    @property
    def role_words(self) -> list[str]:
        return sorted(role.value for role in self.roles)


def administrators_only(actor: Actor) -> None:
    """Raises Forbidden for everybody else."""
    if not actor.administrator:
        raise Forbidden("administrator-only", "Only an administrator changes the team. Ask one of them.")


async def check(standing: Standing, *, of: UUID | None = None) -> None:
    """Raises Invalid by field for what cannot be; `of`: the member whom it is about, when there is one already."""
    wrong: dict[str, list[str]] = {}
    if not standing.name.strip():
        wrong["name"] = ["Say what colleagues and clients call them."]
    if not standing.roles:
        wrong["roles"] = ["Choose at least one role."]
    if standing.supervisees and Role.SUPERVISOR not in standing.roles:
        wrong["supervisees"] = ["Only a supervisor supervises. Choose that role as well, or nobody here."]
    here = {row["id"]: row["roles"] for row in await fetch_all(WORKING)}
    if of in {*standing.supervisors, *standing.supervisees} or not {*standing.supervisees} <= set(here):
        wrong.setdefault("supervisees", ["Choose colleagues who work here."])
    if not all(Role.SUPERVISOR.value in here.get(one, ()) for one in standing.supervisors):
        wrong["supervisors"] = ["Choose colleagues who have the role supervisor."]
    if wrong:
        raise Invalid(errors=wrong)


WORKING = "SELECT id, roles FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL"


async def set_supervision(staff_id: UUID, *, supervisors: Iterable[UUID], supervisees: Iterable[UUID]) -> list[UUID]:
    """Inside a change: who supervises this member and whom they supervise, from now on; without those who leave at this
    moment, or are no supervisor any more. Returns the logins of the supervisors for whom that changed anything."""
    wanted = {(one, staff_id) for one in supervisors} | {(staff_id, one) for one in supervisees}
    people = sorted({one for pair in wanted for one in pair})
    here = {row["id"]: row["supervises"] for row in await fetch_all(HELD, people)}
    wanted = {pair for pair in wanted if here.get(pair[0]) and pair[1] in here}
    found = {(row["supervisor_id"], row["supervisee_id"]) for row in await fetch_all(PAIRS, staff_id)}
    for pair in found - wanted:
        await execute("DELETE FROM supervision WHERE supervisor_id = $1 AND supervisee_id = $2", *pair)
    for pair in wanted - found:
        await execute(PAIR, *pair)
    return await logins_of({supervisor for supervisor, _ in found ^ wanted})


# Nobody leaves, and nobody loses the role, past this (membership.HOLD).
HELD = """SELECT id, 'supervisor' = ANY (roles) AS supervises FROM staff_member WHERE practice_id = portico_here()
  AND id = ANY ($1::uuid[]) AND deactivated_at IS NULL ORDER BY id FOR SHARE"""
PAIR = "INSERT INTO supervision (supervisor_id, supervisee_id) VALUES ($1, $2) ON CONFLICT DO NOTHING"
PAIRS = "SELECT supervisor_id, supervisee_id FROM supervision WHERE supervisor_id = $1 OR supervisee_id = $1"


async def supervisors_of(staff_ids: Iterable[UUID]) -> set[UUID]:
    """Who supervises any of these: they see what these see."""
    sql = "SELECT supervisor_id FROM supervision WHERE supervisee_id = ANY($1)"
    return {row["supervisor_id"] for row in await fetch_all(sql, list(staff_ids))}


async def logins_of(staff_ids: Iterable[UUID]) -> list[UUID]:
    """The logins of these members, for rights_of."""
    found = await fetch_all("SELECT login_id FROM staff_member WHERE id = ANY($1) ORDER BY id", list(staff_ids))
    return [row["login_id"] for row in found]
