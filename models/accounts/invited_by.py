"""Invitations to the team that somebody sent and nobody has accepted when they leave: a colleague answers for them, or
they are withdrawn. Nobody leaves a way in behind."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.accounts.inviting import withdraw
from models.accounts.registries import Heir, Owned, Ownership
from models.core.actor import Actor
from models.core.database import execute, fetch_all

OPEN = """SELECT i.id, i.name || ', ' || l.email AS words FROM staff_invitation i
  JOIN login l ON l.practice_id = i.practice_id AND l.id = i.login_id
  WHERE i.practice_id = portico_here() AND i.invited_by = $1 AND i.accepted_at IS NULL AND i.withdrawn_at IS NULL
  ORDER BY i.name, i.id"""
HEIRS = """SELECT id, name FROM staff_member WHERE practice_id = portico_here() AND deactivated_at IS NULL AND id <> $1
  AND 'administrator' = ANY (roles) ORDER BY name, id"""
GIVE = "UPDATE staff_invitation SET invited_by = $2 WHERE practice_id = portico_here() AND id = ANY($1::uuid[])"


async def _owned(actor: Actor, staff_id: UUID) -> list[Owned]:
    return [Owned(**row) for row in await fetch_all(OPEN, staff_id)]


async def _heirs(actor: Actor, staff_id: UUID) -> list[Heir]:
    people = [Heir(**row) for row in await fetch_all(HEIRS, staff_id)]
    return [*people, Heir(actor.practice_id, "Nobody: withdraw the invitation")]


async def _hand_over(actor: Actor, staff_id: UUID, to: UUID, invitations: Sequence[UUID]) -> None:
    if to != actor.practice_id:
        await execute(GIVE, list(invitations), to)
        return
    for one in invitations:
        await withdraw(actor, one)


INVITATIONS = Ownership(
    "invitations", "Invitations to the team that nobody has accepted",
    "Their links go on working, with the roles that were chosen, unless you withdraw them.", "",
    _owned, _heirs, _hand_over,
)
