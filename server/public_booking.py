"""Doors of online booking before signing in: existing clients are led to their portal, newcomers ask for a time.

The secret of a held time lives in the answered page alone: no address, cookie or log ever holds it.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from quart import Request

from models.accounts.practices import reach_by_phone
from models.appointments import answering, asking
from models.appointments.answers import checked_answers
from models.appointments.asking import Asker
from models.appointments.booking_asks import Ask, AskCode, Asking, AskingHold, AskingLink, LetGo
from models.appointments.choosing import Choice, hold_one, week_of
from models.appointments.holding import Hold, ends_at, release
from models.appointments.tables import Appointment
from models.appointments.taking import Wanted
from models.appointments.terms import policy_for
from models.appointments.zones import zone_here, zone_of_visitor
from models.core.actor import Actor
from models.core.clock import now
from models.core.errors import Invalid, Missing, missing
from models.core.payload import parse
from server.answers import problem
from server.choosing import (
    EVENTS,
    chosen_by,
    fields_of,
    shown_choice,
    shown_deadlines,
    shown_options,
    shown_services,
    shown_week,
    told_week,
    words_of,
)
from server.door import ANYONE, Done, Page, See, get, post
from server.frames import base_of
from server.own_account import home_of
from server.own_appointments import city_of, moment
from server.requests import address_of

HERE = "/request"
OPEN: dict[str, Any] = {"allow": ANYONE, "client_side": True}
WHOM = [("self", "For myself"), ("child", "For my child"), ("couple", "For the two of us, as a couple")]
RELATIONS = [("", "Choose"), ("parent", "Parent"), ("guardian", "Legal guardian"), ("other", "Somebody else")]


async def ways_to_book() -> dict[str, Any]:
    """Which of the two buttons the practice's own page shows."""
    opened = await asking.open_to_visitors()
    return {"books": opened, "newcomers": opened and await asking.takes_newcomers()}


@get("/book", **OPEN)
async def book(actor: Actor | None) -> Page | See:
    """Existing clients sign in and go on to book; who is new asks."""
    await asking.ensure_open()
    if actor is not None:
        return See(f"{base_of(actor)}/appointments/book" if actor.portal else home_of(actor))
    return Page("appointments/book_who.html", json=await ways_to_book(), **await ways_to_book())


@get(HERE, query=AskingLink, **OPEN)
async def choose(actor: Actor | None, query: AskingLink, request: Request) -> Page | See:
    """The next thing to choose; `?service=…&practitioner=…` is a link that a practice may post anywhere."""
    await asking.ensure_open()
    if actor is not None and actor.portal:
        kept = {name: value for name in ("service", "practitioner") if (value := getattr(query, name))}
        words = "&".join(f"{name}={value}" for name, value in kept.items())
        return See(f"{base_of(actor)}/appointments/book{'?' if words else ''}{words}")
    try:
        return await _choose(query, request)
    except Missing as gone:  # a link outlives what it leads to: what there is instead stands below it
        return await _choose(Asking(practitioner=query.practitioner), request, gone=gone)


async def _choose_again(request: Request) -> Page:
    form = await request.form
    asked = parse(Asking, {name: form[name] for name in Asking.model_fields if name in form})
    return await _choose(asked, request, again=True)


@post(f"{HERE}/hold", body=AskingHold, again=_choose_again, **OPEN)
async def hold_time(body: AskingHold, request: Request) -> Page:
    """Held for five minutes; the answer alone knows the secret."""
    await asking.ensure_open()
    choice = await chosen_by(body, newcomer=True)
    await asking.count_hold(address_of(request))
    hold, wanted = await hold_one(None, choice, body.time, body.location, held=body.hold, secret=body.secret)
    if hold.instead:
        await asking.count_let_go(address_of(request))
    return await _details(choice, wanted, body, hold, asks=False)


async def _details_again(request: Request) -> Page:
    form = await request.form
    body = parse(AskingHold, {name: form[name] for name in AskingHold.model_fields if name in form})
    choice = await chosen_by(body, newcomer=True)
    return await _details(choice, _wanted(body, choice), body, await _hold_of(body), asks="proof" in form,
                          proof=form.get("proof", ""))


@post(f"{HERE}/code", body=AskCode, again=_details_again, **OPEN)
async def send_code(body: AskCode, request: Request) -> Page | See:
    """Known and unknown addresses get the same page."""
    if body.website:
        return See(f"{HERE}/sent")
    choice = await chosen_by(body, newcomer=True)
    checked_answers(choice.of[0].service.questions, body.answers)  # before a mail leaves
    proof = await asking.ask_code(_asker(body), body.hold, body.secret, address=address_of(request))
    values = {**_values(body), "message": body.message}
    return await _details(choice, _wanted(body, choice), body, await _hold_of(body), asks=True, proof=str(proof),
                          values=values)


@post(HERE, body=Ask, again=_details_again, **OPEN)
async def ask(body: Ask, request: Request) -> Page | See | Done:
    """With the digits: the request waits for the practice."""
    if body.website:
        return See(f"{HERE}/sent")
    choice = await chosen_by(body, newcomer=True)
    wanted = _wanted(body, choice)
    asked = await asking.ask(
        wanted, _asker(body), code=body.code, proof=body.proof, hold_id=body.hold, secret=body.secret,
        address=address_of(request), answers=body.answers, message=body.message,
    )
    if not asked.wrong:
        return Done({"answered_by": asked.until}, see=f"{HERE}/sent")
    return await _details(choice, wanted, body, await _hold_of(body), asks=True, proof=str(body.proof),
                          values={**_values(body), "message": body.message}, wrong={"code": [asked.wrong]})


@get(f"{HERE}/sent", **OPEN)
async def sent() -> Page:
    """What happens next. Nothing here says whose request it was."""
    return Page("appointments/request_sent.html", json={"ok": True}, reach=await reach_by_phone())


@post(f"{HERE}/release", body=LetGo, **OPEN)
async def let_go(body: LetGo, request: Request) -> Done:
    """The page was left."""
    if await release(None, body.hold, body.secret):
        await asking.count_let_go(address_of(request))
    return Done({})


@get(f"{HERE}/offer/<token>", **OPEN)
async def offer_page(token: str) -> Page:
    """Behind the link of a mail: the times that are held. Opening it changes nothing."""
    return await _offer(token)


@post(f"{HERE}/offer/<token>/take/<uuid:id>", again=offer_page, **OPEN)
async def take_offer(token: str, id: UUID) -> Done:
    """In a single tap."""
    await answering.take_by_link(token, id)
    return Done(see=f"{HERE}/offer/{token}")


@post(f"{HERE}/offer/<token>/none", again=offer_page, **OPEN)
async def take_none(token: str) -> Done:
    """The request is taken back."""
    await answering.withdraw_by_link(token)
    return Done(see=f"{HERE}/offer/{token}")


async def _offer(token: str) -> Page:
    found, zone = await answering.offered_by_link(token), await zone_here()
    if found is None:
        raise Missing("offer-unknown", "This link leads nowhere here. Look for a newer mail.")
    times = [{"id": one.id, **moment(one.starts_at, zone), "with": one.practitioner} for one in found.times]
    asked = {**moment(found.asked.starts_at, zone), "with": found.asked.practitioner}
    until = moment(found.expires_at, zone)
    return Page("appointments/offer.html", state=found.state, reply=found.reply, times=times, asked=asked,
                taken=found.taken, until=f"{until['day']}, {until['times']}", here=f"{HERE}/offer/{token}",
                reach=await reach_by_phone(),
                json={"state": found.state, "times": [one.id for one in found.times], "taken": found.taken})


async def _choose(asked: Asking, request: Request, *, again: bool = False, gone: Missing | None = None) -> Page:
    choice = await chosen_by(asked, newcomer=True)
    step = "services" if choice.bookable is None else "times" if choice.complete and asked.whom else "options"
    context: dict[str, Any] = {
        "step": step, "here": HERE, "choice": choice, "again": again, "events": EVENTS, "reach": await reach_by_phone(),
        "fields": {**fields_of(choice), **_of_visitor(asked)},
    }
    if step == "services":
        services = shown_services(choice, HERE, asked)
        told = {**(problem(gone) if gone else {}), "services": services}
        return Page("appointments/request.html", json=told, services=services, gone=gone is not None,
                    status=404 if gone else 200, **context)
    if step == "options":
        options = {**shown_options(choice, asked), "whom": WHOM, "chosen_whom": asked.whom or "self"}
        return Page("appointments/request.html", json={"options": options}, options=options, **context)
    await asking.count_look(address_of(request))
    zone, practice = await zone_of_visitor(asked.zone), await zone_here()
    week = await week_of(choice, zone, asked.day)
    return Page(
        "appointments/request.html", json=told_week(week, choice), chosen=await shown_choice(choice, zone),
        week=await shown_week(week, choice, zone, practice, HERE, _of_visitor(asked)), zone=zone.key,
        zone_words=_zone_words(zone, practice), **context,
    )


def _of_visitor(asked: Asking | AskingHold) -> dict[str, str]:
    """What a visitor's addresses and forms carry besides the choice."""
    return {name: value for name in ("whom", "zone") if (value := getattr(asked, name))}


def _zone_words(zone: ZoneInfo, practice: ZoneInfo) -> str:
    there = f"{city_of(practice)} time, where the practice is"
    own = "" if zone.key == practice.key else f"{city_of(zone)} time, beside them "
    return f"Times are {own}{there}."


async def _details(
    choice: Choice, wanted: Wanted, asked: AskingHold, hold: Hold | None, *, asks: bool, proof: str = "",
    values: dict[str, Any] | None = None, wrong: dict[str, list[str]] | None = None,
) -> Page:
    """`asks`: a code was sent, and is asked for."""
    zone, practice, (bookable, _, _) = await zone_of_visitor(asked.zone), await zone_here(), choice.of
    day = wanted.starts_at.astimezone(zone).date()
    left = max(0, int((hold.until - now()).total_seconds())) if hold else 0
    fields = {**fields_of(choice, day), "practitioner": str(wanted.staff_id), "time": wanted.starts_at.isoformat(),
              "location": str(wanted.location_id or ""), **_of_visitor(asked), "hold": str(hold.id) if hold else "",
              "secret": hold.secret if hold else ""}
    policy = await policy_for(Appointment(service_id=bookable.service.id), None)
    context = {"values": values} if values is not None else {}
    told = {"hold": fields["hold"], "secret": fields["secret"], "seconds": left, "proof": proof,
            "questions": bookable.service.questions, "practitioner": wanted.staff_id}
    return Page(
        "appointments/request_details.html", here=HERE, fields=fields, choice=choice, whom=asked.whom, left=left,
        asks=asks, proof=proof, chosen=await shown_choice(choice, zone, wanted, practice),
        back=f"{HERE}?{words_of(choice, day, **_of_visitor(asked))}",
        questions=bookable.service.questions, deadlines=shown_deadlines(policy, wanted.starts_at, zone),
        relations=RELATIONS, errors=wrong or {}, status=422 if wrong else 200,
        json={**problem(Invalid("wrong-code", errors=wrong)), **told} if wrong else told, **context,
    )


async def _hold_of(body: AskingHold) -> Hold | None:
    """As long as it lasts, with the page's own secret; over, it stays in the form to be looked at once more."""
    return Hold(body.hold, await ends_at(None, body.hold, body.secret) or now(), body.secret) if body.hold else None


def _wanted(body: AskingHold, choice: Choice) -> Wanted:
    bookable, length, mode = choice.of
    staff_id = next(iter(choice.staff_ids), None) or missing("practitioner")
    return Wanted(bookable.service.id, length.minutes, staff_id, body.time, mode, body.location)


def _asker(body: AskCode) -> Asker:
    return Asker(body.whom, **{name: value for name, value in _values(body).items() if name in Asker.__annotations__})


def _values(body: AskCode) -> dict[str, Any]:
    """What was typed, for the page and for the verb."""
    names = ("first_name", "last_name", "email", "phone", "other_first_name", "other_last_name", "other_born_on",
             "relation")
    return {**{name: getattr(body, name) for name in names},
            **{f"answer_{name}": value for name, value in body.answers.items()}}

