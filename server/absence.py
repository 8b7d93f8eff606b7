"""Doors for when nobody is there: out of office, office hours, saved replies."""

from __future__ import annotations

from datetime import time
from typing import Any
from uuid import UUID, uuid4

from models.clients.people import staff_named
from models.core.actor import Actor
from models.messaging import away, hours, replies
from models.messaging.absence import Opening
from models.messaging.asks import OneStaff, SaveReply, SetAway, SetHours
from server.door import STAFF, Done, Page, get, post

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
AWAY = "/staff/away"
REPLIES = "/staff/saved-replies"


@get(AWAY, allow=STAFF, query=OneStaff)
async def away_page(actor: Actor, query: OneStaff | None = None) -> Page:
    """When one is out of office, what is answered then and outside office hours; administrators see others' too."""
    whose = await away.for_whom(actor, query.staff if query else None)
    openings, text = await hours.hours_of(actor, whose)
    current = [dict(one) for one in await away.away_now(actor)]
    mine = next((one for one in current if one["staff_id"] == whose), None)
    staff = [{"id": one.id, "name": one.name} for one in await staff_named("", most=200)]
    shown: dict[str, Any] = {"staff": whose, "away": mine, "hours": week(openings), "away_reply": text, "all": current}
    return Page("messaging/away.html", json=shown, **shown, colleagues=staff, key=uuid4())


@post(AWAY, allow=STAFF, body=SetAway, again=away_page, key="away.set")
async def set_away(actor: Actor, body: SetAway) -> Done:
    """Be out of office from one day to another, both included."""
    starts_at, ends_at = await away.days(body.first, body.last)
    made = await away.set_away(
        actor, starts_at=starts_at, ends_at=ends_at, text=body.text, cover_id=body.cover, staff_id=body.staff
    )
    return Done({"away": made}, see=_of(body.staff))


@post("/staff/away/end", allow=STAFF, body=OneStaff)
async def end_away(actor: Actor, body: OneStaff) -> Done:
    """Be back."""
    await away.end_away(actor, body.staff)
    return Done(see=_of(body.staff))


@post("/staff/office-hours", allow=STAFF, body=SetHours, again=away_page)
async def set_hours(actor: Actor, body: SetHours) -> Done:
    """One's own weekly hours, in the practice's zone."""
    await hours.set_hours(actor, openings(body), text=body.away_reply, staff_id=body.staff)
    return Done(see=_of(body.staff))


@get(REPLIES, allow=STAFF)
async def saved_replies(actor: Actor) -> Page:
    """One's own saved replies and the practice's."""
    shown = [
        {"id": one.id, "title": one.title, "body": one.body, "shared": one.staff_id is None,
         "may_change": one.staff_id is not None or actor.administrator}
        for one in await replies.replies_of(actor)
    ]
    return Page("messaging/saved_replies.html", json={"replies": shown}, replies=shown, key=uuid4())


@post(REPLIES, allow=STAFF, body=SaveReply, again=saved_replies, key="saved_reply.save")
async def create_reply(actor: Actor, body: SaveReply) -> Done:
    made = await replies.save(actor, title=body.title, body=body.body, shared=body.shared)
    return Done({"reply": made}, see=REPLIES)


@post("/staff/saved-replies/<uuid:id>", allow=STAFF, body=SaveReply, again=saved_replies)
async def rewrite_reply(actor: Actor, id: UUID, body: SaveReply) -> Done:
    await replies.rewrite(actor, await replies.reply_for(actor, id), title=body.title, body=body.body)
    return Done(see=REPLIES)


@post("/staff/saved-replies/<uuid:id>/delete", allow=STAFF)
async def drop_reply(actor: Actor, id: UUID) -> Done:
    await replies.drop(actor, await replies.reply_for(actor, id))
    return Done(see=REPLIES)


def week(found: list[Opening]) -> list[dict[str, Any]]:
    """The seven days as a form shows them; of a day with several openings the first and the last moment."""
    days = []
    for place, name in enumerate(DAYS):
        there = [one for one in found if one.weekday == place]
        opens = f"{min(one.opens for one in there):%H:%M}" if there else ""
        closes = f"{max(one.closes for one in there):%H:%M}" if there else ""
        days.append({"day": place, "name": name, "opens": opens, "closes": closes})
    return days


def openings(body: SetHours) -> list[Opening]:
    """The days that have both times; raises Invalid for one that has only one, or closes before it opens."""
    found = []
    for day in range(len(DAYS)):
        opens: time | None = getattr(body, f"opens_{day}")
        closes: time | None = getattr(body, f"closes_{day}")
        if opens is not None or closes is not None:
            found.append(hours.opening(day, opens, closes))
    return found


def _of(staff: UUID | None) -> str:
    return f"{AWAY}?staff={staff}" if staff else AWAY
