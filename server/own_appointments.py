"""Doors of the tab Appointments: a client's upcoming and past ones, what cancelling means, and doing it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote_plus
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from models.accounts.practices import profile, reach_by_phone
from models.appointments import cancelling, moving, own, own_requests
from models.appointments.asks import Before, Cancel
from models.appointments.clearing import words_about
from models.appointments.furnishing import booking_settings
from models.appointments.money import spoken
from models.appointments.outward import VIDEO_OPENS
from models.appointments.own import Coming, Means
from models.appointments.policy import Deadlines
from models.appointments.rights import ensure_views, may_book, views_appointments
from models.appointments.zones import zone_of
from models.core.actor import Actor
from models.core.clock import now
from models.messaging.starting import writable_staff
from server.door import PORTAL, Done, Page, Raw, get, post
from server.frames import base_of

HERE = "/appointments"
EVENTS = ("appointment.booked appointment.moved appointment.cancelled appointment.late_cancelled appointment.changed"
          " appointment.outcome appointment.confirmed request.placed request.changed access.permissions_changed"
          " features.changed access.features_changed")
MAPS = "https://www.openstreetmap.org/search?query="


@get(HERE, allow=PORTAL, portal=True, query=Before)
async def appointments(actor: Actor, query: Before) -> Page:
    """Upcoming and past ones, in the client's own time."""
    return await _own_page(actor, query.before)


async def _own_page(actor: Actor, before: UUID | None = None) -> Page:
    found = await _lists(actor, before)
    return Page("appointments/own.html", json=found["told"], current="appointments", events=EVENTS, **found)


@get(f"{HERE}/<uuid:id>", allow=PORTAL, portal=True)
async def appointment(actor: Actor, id: UUID) -> Page:
    """One of them: when, where, with whom, and until when it can be cancelled; of a wish that came to nothing, the
    answer."""
    if (ended := await answered_page(actor, id)) is not None:
        return ended
    one, means = await own.appointment_of(actor, id), await own.what_it_means(actor, id)
    zone, here = await _zones(actor)
    reach = await reach_by_phone()
    return Page(
        "appointments/own_one.html", current="appointments", events=EVENTS, one=shown(one, zone, here),
        means=meaning(means, zone), reach=reach, asks=(await booking_settings()).reason, key=uuid4(),
        may_write=await _may_write(actor), moves=await moving.may_move(actor, id),
        again_at=reads_again(one, means.deadlines),
        words=(words := await words_about(id, ensure_views(actor).client_id)),
        json={"appointment": told(one), "cancelling": _told_means(means), "words": words},
    )


@get(f"{HERE}/<uuid:id>/calendar.ics", allow=PORTAL, portal=True)
async def calendar_entry(actor: Actor, id: UUID) -> Raw:
    """The appointment as a file for one's own calendar; a wish is none yet."""
    text = await own.file_of(actor, id)
    headers = {"Content-Disposition": 'attachment; filename="appointment.ics"'}
    return Raw(text.encode(), "text/calendar; charset=utf-8; method=PUBLISH", headers)


@post(f"{HERE}/<uuid:id>/cancel", allow=PORTAL, portal=True, body=Cancel, key="appointment.cancel", again=appointment)
async def cancel(actor: Actor, id: UUID, body: Cancel) -> Done:
    """By the client or a contact with Book and cancel; late only when the page said so and it was agreed to."""
    counted = await cancelling.cancel_in_portal(actor, id, reason=body.reason, late_agreed=body.late_agreed,
                                                shown_cents=body.late_fee_cents)
    return Done({"counted": counted}, see=f"{base_of(actor)}{HERE}")


async def _list_again(actor: Actor) -> Page:
    """As it stands by now: the times that are still held, the answer that somebody gave."""
    return await _own_page(actor)


@post(f"{HERE}/requests/<uuid:id>/withdraw", allow=PORTAL, portal=True, again=_list_again)
async def withdraw(actor: Actor, id: UUID) -> Done:
    """A wish that nobody decided about yet."""
    await own_requests.withdraw(actor, id)
    return Done(see=f"{base_of(actor)}{HERE if views_appointments(actor) else '/home'}")


@post(f"{HERE}/requests/<uuid:id>/take/<uuid:appointment>", allow=PORTAL, portal=True, again=_list_again)
async def take(actor: Actor, id: UUID, appointment: UUID) -> Done:
    """One of the times that the practice proposed instead."""
    made = await own_requests.take_offer(actor, id, appointment)
    seen = f"{HERE}/{made}/booked" if views_appointments(actor) else "/home"
    return Done({"appointment": made}, see=f"{base_of(actor)}{seen}")


async def answered_page(actor: Actor, id: UUID, part: str = "appointment") -> Page | None:
    """What became of the wish for this time, when nobody comes at it. `part`: of the page that is open there."""
    found = await own_requests.answer_to(actor, id)
    if found is None:
        return None
    zone, _ = await _zones(actor)
    return Page(
        "appointments/own_answer.html", current="appointments", events=EVENTS, part=part, one=shown_answer(found, zone),
        books=may_book(actor), reach=await reach_by_phone(), json={"request": vars(found)},
    )


def shown_answer(one: own_requests.Answer, zone: ZoneInfo) -> dict[str, Any]:
    taken = moment(one.taken_at, zone) if one.taken_at else None
    return {**vars(one), **moment(one.starts_at, zone, one.ends_at), "taken": taken}


async def _may_write(actor: Actor) -> bool:
    """Whether a message to the practice can be started from here."""
    access = actor.access
    return access is not None and access.messaging and not access.read_only and bool(await writable_staff(access))


async def _lists(actor: Actor, before: UUID | None) -> dict[str, Any]:
    coming, (past, onward) = await own.upcoming_of(actor), await own.past_of(actor, before)
    zone, here = await _zones(actor)
    wishes = [
        {"id": one.id, "reply": one.reply, "expires_at": one.expires_at.astimezone(zone), "was": moment(one.was, zone),
         "times": [{"id": time.id, **moment(time.starts_at, zone), "with": time.practitioner} for time in one.times]}
        for one in await own_requests.offered_to(actor)
    ]
    answers = [shown_answer(one, zone) for one in await own_requests.answered_lately(actor)]
    return {
        "coming": [shown(one, zone, here) for one in coming], "past": [shown(one, zone, here) for one in past],
        "again_at": min((one.ends_at for one in coming), default=None), "before": before,
        "wishes": wishes, "answers": answers, "onward": onward, "books": may_book(actor),
        "zone": zone_words(zone, here),
        "told": {"upcoming": [told(one) for one in coming], "past": [told(one) for one in past], "before": onward},
    }


async def _zones(actor: Actor) -> tuple[ZoneInfo, ZoneInfo]:
    return await zone_of(ensure_views(actor).client_id), ZoneInfo((await profile()).time_zone)


def shown(one: Coming, zone: ZoneInfo, here: ZoneInfo) -> dict[str, Any]:
    """What templates draw; times in the client's own zone, the practice's beside it where they differ."""
    return {
        **vars(one), **moment(one.starts_at, zone, one.ends_at), "place": where(one),
        "address_lines": [line for line in one.address.splitlines() if line.strip()],
        "here": clock_there(one.starts_at, zone, here),
        "directions": f"{MAPS}{quote_plus(' '.join(one.address.split()))}" if one.mode == "in-person" and one.address
        else "",
    }


def reads_again(one: Coming, found: Deadlines) -> datetime | None:
    """The next moment at which its page reads differently by itself: a link or a deadline comes, or it is over."""
    moments = (one.starts_at - VIDEO_OPENS, one.ends_at, one.undo_until, *vars(found).values())
    return min((each for each in moments if each is not None and each > now()), default=None)


def moment(at: datetime, zone: ZoneInfo, until: datetime | None = None) -> dict[str, Any]:
    """A day and its times in words."""
    local = at.astimezone(zone)
    ends = f" to {_clock(until.astimezone(zone))}" if until else ""
    return {"at": local, "day": f"{local:%A, %B %-d}", "times": f"{_clock(local)}{ends}", "weekday": f"{local:%a}",
            "number": local.day, "month": f"{local:%b}"}


def _clock(local: datetime) -> str:
    """`10:00 AM`; in the night in which an hour comes twice, with the one that is meant: `1:30 AM (EDT)`."""
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return f"{local:%-I:%M %p}" + (f" ({local:%Z})" if twice else "")


def where(one: Coming) -> str:
    """In words, without the address."""
    if one.mode == "video":
        return "By video"
    if one.mode == "phone":
        return "By phone"
    return ", ".join(filter(None, [one.location, one.room])) or "In person"


def meaning(means: Means, zone: ZoneInfo) -> dict[str, Any]:
    """The three deadlines as local times, and the amount, before the click."""
    at = means.deadlines
    words = {name: f"{value.astimezone(zone):%A, %B %-d, %-I:%M %p}" if value else ""
             for name, value in vars(at).items()}
    fee = spoken(means.policy.late_fee_cents) if means.policy.late_fee_cents else ""
    return {"may": means.may, "standing": means.standing.value, "fee": fee,
            "fee_cents": means.policy.late_fee_cents, **words}


def clock_there(at: datetime, zone: ZoneInfo, here: ZoneInfo) -> str:
    """The time at the practice, where its clock shows another one."""
    local = at.astimezone(here)
    return "" if local.utcoffset() == at.astimezone(zone).utcoffset() else f"{local:%-I:%M %p}"


def zone_words(zone: ZoneInfo, here: ZoneInfo) -> str:
    """Said once above the list, where the two differ."""
    return "" if zone.key == here.key else f"Times are yours ({city_of(zone)})."


def city_of(zone: ZoneInfo) -> str:
    return zone.key.rpartition("/")[2].replace("_", " ")


def told(one: Coming) -> dict[str, Any]:
    """For JSON."""
    return {name: value for name, value in vars(one).items() if name not in ("voice", "decided_by")}


def _told_means(means: Means) -> dict[str, Any]:
    return {"may": means.may, "standing": means.standing, "late_fee_cents": means.policy.late_fee_cents,
            **vars(means.deadlines)}
