"""Doors of moving an appointment to another time, by the client or a contact with Book and cancel."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.accounts.practices import reach_by_phone
from models.appointments import moving, own
from models.appointments.booking_asks import Move, MoveDay, MoveTo
from models.appointments.choosing import ANYONE, choice_of, free_then, week_of
from models.appointments.taking import Wanted
from models.appointments.zones import zone_here, zone_of
from models.core.actor import Actor
from models.core.errors import Conflict, Invalid
from models.core.payload import parse
from server.choosing import EVENTS, fields_of, shown_choice, shown_week, told_week, words_of
from server.door import PORTAL, Done, Page, get, post
from server.frames import base_of
from server.own_appointments import meaning, moment, shown, zone_words

HERE = "/appointments/<uuid:id>/move"


@get(HERE, allow=PORTAL, portal=True, query=MoveDay)
async def choose_time(actor: Actor, id: UUID, query: MoveDay) -> Page:
    """Other times for it; what moving means now stands above them."""
    return await _times(actor, id, query)


@get(f"{HERE}/to", allow=PORTAL, portal=True, query=MoveTo)
async def confirm(actor: Actor, id: UUID, query: MoveTo) -> Page:
    """From when to when, and what it costs."""
    _, wanted = await moving.to_move(actor, id)
    if query.time is None:
        raise Invalid(errors={"time": ["Choose one of the times that are shown."]})
    choice = await choice_of(newcomer=False, service=wanted.service_id, minutes=wanted.minutes, mode=wanted.mode,
                             practitioner=query.practitioner or wanted.staff_id)
    staff = await free_then(choice, query.time, query.location, besides=id)
    if not staff:
        raise Conflict("time-taken", "That time was just taken. Choose another one.")
    to = Wanted(wanted.service_id, wanted.minutes, staff[0], query.time, wanted.mode, query.location)
    context = await _context(actor, id)
    return Page(
        "appointments/move_confirm.html", current="appointments",
        chosen=await shown_choice(choice, context["zone"], to),
        fields={"time": query.time.isoformat(), "location": str(query.location or ""), "practitioner": str(staff[0]),
                "day": str(query.time.astimezone(context["zone"]).date())},
        key=uuid4(), to=moment(to.starts_at, context["zone"], to.ends_at),
        json={"time": query.time, "practitioner": staff[0], "standing": context["means"]["standing"],
              "fee": context["means"]["fee"]}, **context,
    )


async def _again(actor: Actor, id: UUID, request: Request) -> Page:
    """With fresh times, after one was taken."""
    form = await request.form
    return await _times(actor, id, parse(MoveDay, {"day": form.get("day", "")}), again=True)


@post(HERE, allow=PORTAL, portal=True, body=Move, key="appointment.move", again=_again)
async def move(actor: Actor, id: UUID, body: Move) -> Done:
    """In one step; late only when the page said so and it was agreed to."""
    moved = await moving.move_in_portal(actor, id, body.time, body.practitioner, body.location,
                                        late_agreed=body.late_agreed, shown_cents=body.late_fee_cents)
    see = f"{base_of(actor)}/appointments/{moved.appointment_id}"
    return Done({"appointment": moved.appointment_id}, see=see)


async def _times(actor: Actor, id: UUID, asked: MoveDay, *, again: bool = False) -> Page:
    found, wanted = await moving.to_move(actor, id)
    choice = await choice_of(newcomer=False, service=wanted.service_id, minutes=wanted.minutes, mode=wanted.mode,
                             practitioner=asked.practitioner or wanted.staff_id)
    context = await _context(actor, id)
    here = context["here"]
    week = await week_of(choice, context["zone"], asked.day or _day_of(found, context), besides=id, at_once=True)
    more = len(choice.bookable.practitioners) > 1 if choice.bookable else False
    shown_here = await shown_week(week, choice, context["zone"], context["practice_zone"], here)
    return Page(
        "appointments/move.html", current="appointments", json=told_week(week, choice), week=shown_here, step="times",
        choice=choice,
        fields={"practitioner": fields_of(choice)["practitioner"]}, events=EVENTS, again=again, errors={},
        chosen=await shown_choice(choice, context["zone"]), reach=await reach_by_phone(),
        others=f"{here}?{words_of(choice, week.day, practitioner=ANYONE)}" if more and not choice.anyone else "",
        zone_words=zone_words(context["zone"], context["practice_zone"]), **context,
    )


async def _context(actor: Actor, id: UUID) -> dict[str, Any]:
    one, means = await own.appointment_of(actor, id), await own.what_it_means(actor, id)
    assert actor.access is not None
    zone, practice = await zone_of(actor.access.client_id), await zone_here()
    return {"here": f"{base_of(actor)}/appointments/{id}/move", "one": shown(one, zone, practice), "zone": zone,
            "practice_zone": practice, "means": meaning(means, zone)}


def _day_of(found: Any, context: dict[str, Any]) -> Any:
    return found.appointment.starts_at.astimezone(context["zone"]).date()
