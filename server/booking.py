"""Doors of online booking in the portal: choose, hold a time, give the details, book. Each step is a page of its own
and works without a script; the time pages follow what others take."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from quart import Request

from models.accounts.practices import reach_by_phone
from models.appointments import booking, own
from models.appointments.booking_asks import Book, Choosing, HoldTime, LetGo
from models.appointments.choosing import Choice, hold_one, week_of
from models.appointments.holding import ends_at, release
from models.appointments.moments import GRACE
from models.appointments.rights import ensure_books, views_appointments
from models.appointments.tables import Appointment, BookingRequest
from models.appointments.taking import Wanted, books_at_once
from models.appointments.terms import policy_for
from models.appointments.wishes import OPEN
from models.appointments.zones import zone_here, zone_of
from models.core.actor import Actor
from models.core.clock import now
from models.core.errors import Conflict, missing
from models.core.payload import parse
from server.choosing import (
    EVENTS,
    chosen_by,
    fields_of,
    shown_choice,
    shown_deadlines,
    shown_options,
    shown_services,
    shown_week,
    step_of,
    told_week,
    words_of,
)
from server.door import PORTAL, Done, Page, get, post
from server.frames import base_of
from server.own_appointments import EVENTS as OWN_EVENTS
from server.own_appointments import answered_page, shown, zone_words

HERE = "/appointments/book"
ON: dict[str, Any] = {"allow": PORTAL, "portal": True, "feature": "online-booking"}


@get(HERE, query=Choosing, **ON)
async def choose(actor: Actor, query: Choosing) -> Page:
    """The next thing to choose: a service, its length and with whom, a time."""
    return await _choose(actor, query)


async def _choose_again(actor: Actor, request: Request) -> Page:
    """With fresh times, after one was taken."""
    form = await request.form
    asked = parse(Choosing, {name: form[name] for name in Choosing.model_fields if name in form})
    return await _choose(actor, asked, again=True)


@post(f"{HERE}/hold", body=HoldTime, again=_choose_again, **ON)
async def hold_time(actor: Actor, body: HoldTime) -> Page:
    """Held for five minutes while the details are given."""
    choice = await _chosen(actor, body)
    hold, wanted = await hold_one(actor, choice, body.time, body.location, held=body.hold)
    left = int((hold.until - now()).total_seconds())
    return await _details(actor, choice, wanted, hold.id, left)


async def _details_again(actor: Actor, request: Request) -> Page:
    """What was typed stays; the hold is looked at anew."""
    form = await request.form
    given = {name: form[name] for name in HoldTime.model_fields if name in form}
    body = parse(HoldTime, given)
    choice = await _chosen(actor, body)
    bookable, length, mode = choice.of
    if choice.practitioner is None:
        missing("practitioner")
    wanted = Wanted(bookable.service.id, length.minutes, choice.practitioner.id, body.time, mode, body.location)
    until = await ends_at(actor, body.hold) if body.hold else None
    return await _details(actor, choice, wanted, body.hold, int((until - now()).total_seconds()) if until else 0)


@post(HERE, body=Book, key="appointment.book", again=_details_again, **ON)
async def book(actor: Actor, body: Book) -> Done:
    """At once, or as a request. Who took longer than the hold lasts books the time if it is still free."""
    choice = await _chosen(actor, body)
    bookable, length, mode = choice.of
    wanted = Wanted(bookable.service.id, length.minutes, body.practitioner, body.time, mode, body.location)

    async def make(hold_id: UUID | None) -> booking.Booked:
        return await booking.book(actor, wanted, answers=body.answers, message=body.message, hold_id=hold_id)

    try:
        made = await make(body.hold)
    except Conflict as over:
        if over.code != "hold-over":
            raise
        made = await make(None)
    seen = f"/appointments/{made.appointment_id}/booked" if views_appointments(actor) else "/home"
    return Done({"appointment": made.appointment_id}, see=f"{base_of(actor)}{seen}")


@post(f"{HERE}/release", body=LetGo, **ON)
async def let_go(actor: Actor, body: LetGo) -> Done:
    """The page was left: the time is free for others at once."""
    await release(actor, body.hold)
    return Done({})


@get("/appointments/<uuid:id>/booked", allow=PORTAL, portal=True)
async def booked(actor: Actor, id: UUID) -> Page:
    """What was booked or asked for, and what happens next."""
    if (ended := await answered_page(actor, id, "booked")) is not None:
        return ended
    one = await own.appointment_of(actor, id)
    zone, practice = await _zones(actor)
    request = await BookingRequest.get_or_none(id=one.request_id) if one.request_id else None
    answered_by = request.expires_at.astimezone(zone) if request and request.state in OPEN else None
    undo = one.undo_until is not None and one.undo_until > now() and one.state == "scheduled" and not one.outcome
    return Page(
        "appointments/booked.html", current="appointments", one=shown(one, zone, practice), events=OWN_EVENTS,
        answered_by=f"{answered_by:%A, %B %-d, %-I:%M %p}" if answered_by else "", undo=undo,
        grace=int(GRACE.total_seconds() // 60), reach=await reach_by_phone(),
        json={"appointment": id, "state": one.state, "undo_until": one.undo_until},
    )


async def _chosen(actor: Actor, asked: Choosing) -> Choice:
    """For the client the actor acts for; raises Forbidden for who may not book."""
    access = await ensure_books(actor)
    return await chosen_by(asked, newcomer=False, joins=access.client_id)


async def _choose(actor: Actor, asked: Choosing, *, again: bool = False) -> Page:
    here = f"{base_of(actor)}{HERE}"
    choice = await _chosen(actor, asked)
    step = step_of(choice)
    context: dict[str, Any] = {
        "step": step, "here": here, "choice": choice, "fields": fields_of(choice), "again": again, "events": EVENTS,
    }
    if step == "times":
        return await _times(actor, choice, asked, context)
    if step == "options":
        options = shown_options(choice, asked)
        return Page("appointments/book.html", current="appointments", json={"options": options},
                    options=options, **context)
    services = shown_services(choice, here, asked)
    return Page("appointments/book.html", current="appointments", json={"services": services}, services=services,
                reach=await reach_by_phone(), **context)


async def _times(actor: Actor, choice: Choice, asked: Choosing, context: dict[str, Any]) -> Page:
    zone, practice = await _zones(actor)
    week = await week_of(choice, zone, asked.day)
    return Page(
        "appointments/book.html", current="appointments", json=told_week(week, choice),
        week=await shown_week(week, choice, zone, practice, context["here"]), chosen=await shown_choice(choice, zone),
        zone_words=zone_words(zone, practice), reach=await reach_by_phone(), **context,
    )


async def _details(actor: Actor, choice: Choice, wanted: Wanted, hold_id: UUID | None, left: int) -> Page:
    access = await ensure_books(actor)
    zone, practice = await _zones(actor)
    bookable, _, _ = choice.of
    policy = await policy_for(Appointment(service_id=bookable.service.id), access.client_id)
    at_once = books_at_once(choice.offer, wanted.starts_at, now())
    fields = {**fields_of(choice, wanted.starts_at.astimezone(zone).date()), "practitioner": str(wanted.staff_id),
              "time": wanted.starts_at.isoformat(), "location": str(wanted.location_id or ""),
              "hold": str(hold_id or "")}
    return Page(
        "appointments/book_details.html", current="appointments", here=f"{base_of(actor)}{HERE}", fields=fields,
        choice=choice, chosen=await shown_choice(choice, zone, wanted, practice), left=left, at_once=at_once,
        back=f"{base_of(actor)}{HERE}?{words_of(choice, wanted.starts_at.astimezone(zone).date())}",
        questions=bookable.service.questions, deadlines=shown_deadlines(policy, wanted.starts_at, zone), key=uuid4(),
        json={"hold": hold_id, "seconds": left, "at_once": at_once, "questions": bookable.service.questions,
              "practitioner": wanted.staff_id},
    )


async def _zones(actor: Actor) -> tuple[ZoneInfo, ZoneInfo]:
    assert actor.access is not None
    return await zone_of(actor.access.client_id), await zone_here()

