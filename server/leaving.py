"""Doors of a member who leaves: what needs a new owner, who takes over, and the end of their desks."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from models.accounts import leaving, membership, team
from models.accounts.team_asks import HandOver
from models.core.actor import Actor
from server.door import ADMINISTRATOR, Done, Page, get, post
from server.team import HERE

# A list of choices for each of thousands would be no page any more.
MOST_ONE_BY_ONE = 200


@get(f"{HERE}/<uuid:id>/deactivate", allow=ADMINISTRATOR)
async def deactivate_page(actor: Actor, id: UUID) -> Page:
    """Everything of theirs that would be left without an owner, and who may take it over."""
    member = await team.member_for(actor, id)
    needing = [_shown(one) for one in await leaving.what_needs_an_owner(actor, member)]
    last = membership.LAST if await membership.is_last_administrator(member) else ""
    who = {"id": member.id, "name": member.name, "deactivated_at": member.deactivated_at,
           "own": member.id == actor.staff_id}
    return Page("accounts/deactivate.html", json={"staff": who, "needs_owner": needing}, member=who, needing=needing,
                last=last, most=MOST_ONE_BY_ONE, current="settings", key=uuid4())


@post(f"{HERE}/<uuid:id>/deactivate", allow=ADMINISTRATOR, body=HandOver, again=deactivate_page)
async def deactivate(actor: Actor, id: UUID, body: HandOver) -> Done:
    """Hand everything over, then sign them out everywhere at the desk."""
    await leaving.deactivate(actor, await team.member_for(actor, id), body.chosen)
    return Done(see=HERE)


def _shown(one: leaving.Needing) -> dict[str, Any]:
    return {
        "kind": one.kind.key, "title": one.kind.title, "hint": one.kind.hint, "nobody": one.kind.nobody,
        "things": [{"id": thing.id, "words": thing.words} for thing in one.owned],
        "heirs": [{"id": heir.id, "name": heir.name} for heir in one.heirs],
    }
