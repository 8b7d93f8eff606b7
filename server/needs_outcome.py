"""Doors of Needs outcome: what is over and of which nobody said what became of it."""

from __future__ import annotations

from typing import Any, Literal, cast
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from quart import Request

from models.appointments import unsettled
from models.appointments.desk_asks import AfterOne, SettleSeveral
from models.appointments.money import spoken
from models.appointments.unsettled import Open
from models.appointments.zones import zone_here
from models.core.actor import Actor
from models.core.errors import Invalid
from server.calendar_words import span
from server.door import STAFF, Done, Page, get, post

HERE = "/staff/needs-outcome"
NOTHING = "Choose at least one of them, and what became of it."


@get(HERE, allow=STAFF, query=AfterOne)
async def needs_outcome(actor: Actor, query: AfterOne) -> Page:
    """On the calendars that one fills, the oldest first."""
    return await _page(actor, query.after, query.said, query.client)


async def again(actor: Actor, request: Request) -> Page:
    return await _page(actor, None)


@post(HERE, allow=STAFF, body=SettleSeveral, key="appointment.settle_several", again=again)
async def say(actor: Actor, body: SettleSeveral) -> Done:
    """For one by its own button, or for all that were chosen."""
    said, pairs = body.said, body.chosen
    if body.one:
        word, _, pair = body.one.partition(":")
        said, pairs = cast(Literal["attended", "no-show", "late-cancelled"], word), [pair]
    if not pairs or said is None:
        raise Invalid(errors={"chosen": [NOTHING]})
    done = await unsettled.settle_several(actor, [_ids(one) for one in pairs], said)
    return Done({"said": done}, see=_after(pairs[0]) if body.one else HERE)


def _after(pair: str) -> str:
    """Of one alone the page says what was said, with the way back."""
    id, client_id = _ids(pair)
    return f"{HERE}?said={id}&client={client_id}"


async def _page(
    actor: Actor, after: UUID | None, said: UUID | None = None, client_id: UUID | None = None
) -> Page:
    (found, onward), there = await unsettled.unsettled(actor, after), await unsettled.waiting(actor)
    zone = await zone_here()
    told = {"appointments": [vars(one) for one in found], "after": onward, "count": there.count}
    return Page("appointments/needs_outcome.html", json=told, current="calendar", key=uuid4(), onward=onward,
                after=after, again_at=there.again_at, rows=[_row(one, zone) for one in found],
                just=await _just(actor, said, client_id) if said and client_id else None)


async def _just(actor: Actor, said: UUID, client_id: UUID) -> dict[str, Any] | None:
    one = await unsettled.just_said(actor, said, client_id)
    return None if one is None else {**vars(one), "fee": _fee(one.fee_cents), "key": uuid4()}


def _row(one: Open, zone: ZoneInfo) -> dict[str, Any]:
    begins, ends = one.starts_at.astimezone(zone), one.ends_at.astimezone(zone)
    return {"pair": f"{one.id}.{one.client_id}", "id": one.id, "name": one.client, "service": one.service,
            "practitioner": one.practitioner, "voice": one.voice, "day": f"{begins:%A, %B %-d}",
            "times": span(begins, ends), "late_fee": _fee(one.policy.late_fee_cents),
            "no_show_fee": _fee(one.policy.no_show_fee_cents)}


def _fee(cents: int) -> str:
    return spoken(cents) if cents else ""


def _ids(pair: str) -> tuple[UUID, UUID]:
    try:
        first, second = (UUID(one) for one in pair.split("."))
    except ValueError:
        raise Invalid(errors={"chosen": ["This is not a known id."]}) from None
    return first, second
