"""What stands beside the list while no conversation is open: who waits, what is unread, who is out of office."""

from __future__ import annotations

from typing import TypedDict
from uuid import UUID

from models.core.actor import Actor
from models.core.errors import Forbidden
from models.messaging.away import Out, away_now
from models.messaging.inbox import inbox, waiting_at_desk
from models.messaging.views import ConversationLine

SHOWN = 5


class Waiting(TypedDict):
    """Few of each. `unanswered`: unclaimed ones at the front desk, the longest waiting first, `count` of them in all
    (None: the actor is not of the front desk). `claimed`: others there that somebody takes care of and that wait."""

    count: int | None
    unanswered: list[ConversationLine]
    claimed: list[ConversationLine]
    unread: list[ConversationLine]
    away: list[Out]


async def what_waits(actor: Actor) -> Waiting:
    """For the desk only. Unread ones that wait at the front desk as well are named there and not again."""
    if not actor.desk:
        raise Forbidden()
    count = await waiting_at_desk(actor)
    desk = (await inbox(actor, show="all", limit=30))["conversations"] if count is not None else []
    waiting = [one for one in desk if one["desk"] is not None and one["desk"]["waiting_since"] is not None]
    unanswered = [one for one in waiting if one["desk"] and one["desk"]["claimed_by"] is None]
    claimed = [one for one in waiting if one["desk"] and one["desk"]["claimed_by"] is not None]
    named: set[UUID] = {one["id"] for one in waiting}
    mine = (await inbox(actor))["conversations"]
    unread = [one for one in mine if (one["unread"] or one["marked_unread"]) and one["id"] not in named]
    out = [one for one in await away_now(actor) if one["begun"] and one["staff_id"] != actor.staff_id]
    return {
        "count": count, "unanswered": unanswered[:SHOWN], "claimed": claimed[:SHOWN],
        "unread": [one for one in unread if not one["muted"]][:SHOWN], "away": out[:SHOWN],
    }
