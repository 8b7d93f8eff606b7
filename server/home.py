"""The first pages: Today for staff, Home for clients, and the fragments by which they stay true."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from models.accounts.me import initials
from models.accounts.practices import profile, today_here
from models.accounts.readiness import checklist
from models.accounts.tables import PracticeProfile
from models.appointments import queue, unsettled
from models.appointments.own import next_of
from models.appointments.own_requests import offered_to
from models.appointments.rights import views_appointments
from models.appointments.zones import zone_here, zone_of
from models.clients.access import handles_front_desk
from models.clients.behind import waiting_for
from models.clients.closing import own_requests
from models.clients.onboarding import Progress, progress
from models.core.actor import Actor
from models.core.clock import now
from models.documents import own
from models.messaging.away import away_now
from models.messaging.inbox import inbox, unread_total
from models.messaging.starting import writable_staff
from models.messaging.views import ConversationLine, InboxPage
from models.notifications.happenings import latest
from server.booking_requests import for_today
from server.calendar_shown import own_day
from server.door import PORTAL, STAFF, Page, See, get
from server.frames import base_of
from server.information import kept_by
from server.own_appointments import EVENTS as APPOINTMENT_EVENTS
from server.own_appointments import shown
from server.own_documents import EVENTS as DOCUMENT_EVENTS
from server.portal_settings import events_of_setup

NEEDS_SHOWN = 8
TALKS_SHOWN = 4


@get("/staff", allow=STAFF)
async def staff_door(actor: Actor) -> See:
    return See("/staff/today")


@get("/staff/today", allow=STAFF)
async def today(actor: Actor) -> Page:
    """What waits, and what happened lately."""
    found = await profile()
    outcomes, wishes = await unsettled.waiting(actor), await for_today(actor)
    head, needs, away = await _head(actor, outcomes.count), await _needs(actor), await _away(actor)
    return Page(
        "accounts/today.html",
        current="today",
        today=_here(found),
        needs=needs,
        outcomes=outcomes,
        happenings=await latest(actor),
        away=away,
        steps=await checklist(actor) if actor.administrator else [],
        setup_events=events_of_setup() if actor.administrator else "",
        json={**head, "needs": needs, "needs_outcome": outcomes.count},
        **head,
        **wishes,
        **await own_day(actor),
    )


@get("/staff/today/head", allow=STAFF)
async def today_head(actor: Actor) -> Page:
    outcomes = await unsettled.waiting(actor)
    head = await _head(actor, outcomes.count)
    return Page("accounts/_today_head.html", json=head, outcomes=outcomes, **head)


@get("/staff/today/needs", allow=STAFF)
async def today_needs(actor: Actor) -> Page:
    needs, outcomes = await _needs(actor), await unsettled.waiting(actor)
    told = {"needs": needs, "needs_outcome": outcomes.count}
    wish_count = await queue.count_waiting(actor)
    return Page("accounts/_needs.html", json=told, needs=needs, outcomes=outcomes, wish_count=wish_count)


@get("/staff/today/feed", allow=STAFF)
async def today_feed(actor: Actor) -> Page:
    happenings = await latest(actor)
    return Page("accounts/_feed.html", json={"happenings": happenings}, happenings=happenings)


@get("/home", allow=PORTAL, portal=True)
async def home(actor: Actor) -> Page:
    """A client's first page: the latest messages, and whom they may write to."""
    found = await profile()
    writable = await _writable(actor)
    talks = await _talks(actor)
    return Page(
        "accounts/home.html",
        current="home",
        messaging=actor.access is not None and actor.access.messaging,
        greeting=greeting(_here(found), actor.name),
        talks=talks,
        news=[talk for talk in talks if talk["unread"]],
        writable=writable,
        information=kept_by(actor),
        coming=await _next(actor),
        offers=await _offers(actor),
        appointment_events=APPOINTMENT_EVENTS,
        papers=(papers := await own.to_do(actor)),
        forms=len(papers),
        paper_events=DOCUMENT_EVENTS,
        today=await today_here(),
        json={"conversations": talks, "may_write_to": writable, "documents": [vars(one) for one in papers]},
        **await _started(actor),
    )


async def _next(actor: Actor) -> dict[str, Any] | None:
    """The next appointment of the client they act for, in that client's time; None also for who may not see it."""
    one = await next_of(actor)
    if one is None or actor.access is None:
        return None
    return shown(one, await zone_of(actor.access.client_id), await zone_here())


async def _offers(actor: Actor) -> bool:
    """Whether the practice proposes other times to the client they act for; they are held for a day."""
    if actor.access is None or not views_appointments(actor):
        return False
    return bool(await offered_to(actor))


@get("/home/started", allow=PORTAL, portal=True)
async def home_started(actor: Actor) -> Page:
    """What is left of onboarding, and other invitations that wait; a fragment of Home."""
    found = await _started(actor)
    told = {"done": found["started"].done, "invitations": found["invitations"], "answered": found["answered"]}
    return Page("clients/_onboarding_notice.html", json=told, base=base_of(actor), **found)


@get("/home/head", allow=PORTAL, portal=True)
async def home_head(actor: Actor) -> Page:
    """The sentence under the greeting: who wrote, and whether times are held to be chosen from."""
    news = [talk for talk in await _talks(actor) if talk["unread"]]
    offers = await _offers(actor)
    forms = await own.waiting_count(actor)
    told = {"conversations": news, "offers": offers, "documents": forms}
    return Page("accounts/_home_head.html", json=told, news=news, offers=offers, forms=forms, base=base_of(actor))


@get("/latest", allow=PORTAL, portal=True)
async def home_latest(actor: Actor) -> Page:
    talks = await _talks(actor)
    return Page("accounts/_latest.html", json={"conversations": talks}, talks=talks, base=base_of(actor))


def greeting(here: datetime, name: str) -> str:
    """By the practice's clock: morning until noon, evening from six."""
    part = "morning" if here.hour < 12 else "afternoon" if here.hour < 18 else "evening"
    return f"Good {part}, {name.split(' ', 1)[0]}"


async def _away(actor: Actor) -> dict[str, str] | None:
    """This staff member's own absence, while it lasts."""
    mine = [one for one in await away_now(actor, actor.staff_id) if one["begun"]]
    if not mine:
        return None
    return {"until": f"{mine[0]['last']:%A, %B %-d}", "cover": mine[0]["cover_name"] or ""}


async def _started(actor: Actor) -> dict[str, Any]:
    writes = actor.access is not None and not actor.access.read_only
    begun = await progress(actor.access) if actor.access and writes else Progress(())
    answers = [one for one in await own_requests(actor) if one.decided_at is not None and actor.lens is None]
    return {"started": begun, "invitations": await waiting_for(actor), "answered": bool(answers)}


async def _writable(actor: Actor) -> list[dict[str, Any]]:
    access = actor.access
    found = await writable_staff(access) if access and access.messaging and not access.read_only else []
    return [
        {"id": one.id, "name": one.name, "initials": initials(one.name), "voice": f"who-{one.voice}", "role": one.role}
        for one in found
    ]


async def _head(actor: Actor, without_outcome: int) -> dict[str, Any]:
    page = await inbox(actor, show="mine")
    talks = sum(bool(one["unread"] or one["marked_unread"]) for one in page["conversations"])
    return {
        "unread": await unread_total(actor), "unread_talks": talks, "unclaimed": len(await _unclaimed(actor)),
        "requests": await queue.count_waiting(actor), "without_outcome": without_outcome,
    }


async def _needs(actor: Actor) -> list[dict[str, Any]]:
    mine: InboxPage = await inbox(actor, show="mine")
    waiting = [_need(one, "unread") for one in mine["conversations"] if one["unread"]]
    waiting += [_need(one, "unclaimed") for one in await _unclaimed(actor)]
    return sorted(waiting, key=lambda one: one["at"])[:NEEDS_SHOWN]


async def _unclaimed(actor: Actor) -> list[ConversationLine]:
    if not handles_front_desk(actor):
        return []
    page: InboxPage = await inbox(actor, show="unclaimed")
    return page["conversations"]


def _need(line: ConversationLine, kind: str) -> dict[str, Any]:
    about = line["about"]
    return {
        "conversation": line["id"],
        "kind": kind,
        "name": line["title"],
        "among": len(line["people"]) > 1,
        "snippet": f"{line['snippet_by']}: {line['snippet']}" if line["snippet_by"] else line["snippet"],
        "about": about["name"] if about and about["show"] else "",
        "count": line["unread"],
        "at": line["at"],
        "key": uuid4(),
    }


async def _talks(actor: Actor) -> list[dict[str, Any]]:
    if actor.access is None or not actor.access.messaging:
        return []
    page: InboxPage = await inbox(actor, show="mine")
    return [_talk(line) for line in page["conversations"][:TALKS_SHOWN]]


def _talk(line: ConversationLine) -> dict[str, Any]:
    first: Mapping[str, Any] = line["people"][0] if line["people"] else {"initials": "?", "voice": "", "online": None}
    about = line["about"]
    return {
        "id": line["id"],
        "name": line["title"],
        "initials": first["initials"],
        "online": first["online"],
        "voice": f"who-{first['voice']}" if first["voice"] else None,
        "snippet": f"{line['snippet_by']}: {line['snippet']}" if line["snippet_by"] else line["snippet"],
        "at": line["at"],
        "about": about["name"] if about and about["show"] else "",
        "unread": line["unread"],
    }


def _here(found: PracticeProfile) -> datetime:
    return now().astimezone(ZoneInfo(found.time_zone))
