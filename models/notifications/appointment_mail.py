"""Mails about appointments: booked, moved, cancelled, each once the minutes of grace are over, with an entry for the
calendar; and to the practitioner, when it was a client who did it. They say when and where, and nothing else but what
the practice wrote to all whom a cleared day concerns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from models.accounts.practices import portal_open, profile
from models.accounts.reach import by_login
from models.appointments import by_address, news
from models.appointments.calendar_file import calendar_file, method_of
from models.appointments.clearing import words_about
from models.appointments.events import CHANGED
from models.appointments.moments import GRACE
from models.appointments.news import News
from models.appointments.outward import Outward, outward
from models.appointments.registering import VIEW
from models.appointments.reminder_links import reminder_token
from models.core.actor import Actor, Side
from models.core.change import enqueue
from models.core.database import fetch_one
from models.core.events import Event
from models.core.scope import current_scope
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail, queue_mail_to_stranger

TELL = "appointment.tell"
STAFF_LOGIN = "SELECT login_id FROM staff_member WHERE practice_id = portico_here() AND id = $1"
OPENINGS = {"booked": "Booked", "moved": "Moved", "changed": "Changed", "cancelled": "Cancelled", "late": "Cancelled"}


async def on_changed(actor: Actor | None, event: Event) -> None:
    """Listener on appointment.booked, .moved, .cancelled, .late_cancelled, .outcome (which takes a cancellation back)
    and .changed (by somebody: how one meets, who joined): a job looks again after the minutes of grace."""
    client_id = next((part.ids["client"] for part in event.parts if part.ids.get("client")), None)
    stays = event.type is CHANGED
    if event.subject_id is None or client_id is None or (stays and actor is None):
        return
    noted = await news.note(event.subject_id, client_id, event.side or "", time_stays=stays)
    if noted is not None:
        attendance_id, at = noted
        await enqueue(TELL, {"attendance": attendance_id}, after=GRACE, key=f"{TELL}:{attendance_id}:{at.isoformat()}")


async def tell(attendance_id: UUID) -> timedelta | None:
    """The job: a mail to each who may see the appointment; to the practitioner too when it came from the portal."""
    found = await news.take(attendance_id)
    if not isinstance(found, News):
        return found
    facts = {"attendance": attendance_id, "number": found.number, "what": found.what}
    if await portal_open():
        for login_id in await news.readers(found.client_id, VIEW.key):
            await queue_mail(login_id, APPOINTMENT.name, facts)
        for one in await by_address.written_to(found.client_id, APPOINTMENT.name):
            await queue_mail_to_stranger(APPOINTMENT.name, {**facts, "person": one.id})
    row = await fetch_one(STAFF_LOGIN, found.staff_id) if found.by_client else None
    if row is not None and row["login_id"] is not None:
        await queue_mail(row["login_id"], BY_CLIENT.name, facts)
    return None


async def _news_of(need: Need) -> Outward | None:
    """What is so now; None when something newer is told, or will be."""
    one = await outward(UUID(str(need.facts["attendance"])))
    fits = one is not None and news.still_so(one, need.facts["number"])
    return one if fits and not need.mail_off and not need.deactivated else None


async def _to_reader(need: Need) -> Mapping[str, Any] | None:
    one = await _news_of(need)
    if "person" in need.facts:
        return await _to_address(need, one) if one is not None else None
    reach = await by_login(need.login_id)
    if one is None or reach is None or need.login_id not in await news.readers(one.client_id, VIEW.key):
        return None
    what = need.facts["what"]
    calendar = {"text": calendar_file(one, attendee=reach.email), "method": method_of(one, reach.email)}
    return {"what": what, "opening": OPENINGS[what], "path": one.path, "calendar": calendar,
            "words": await words_about(one.id, one.client_id), **when_and_where(one)}


async def _to_address(need: Need, one: Outward) -> Mapping[str, Any] | None:
    what, found = need.facts["what"], await to_address(need, one, APPOINTMENT.name)
    if found is None:
        return None
    calendar = {"text": calendar_file(one, attendee=found["to"], portal=False), "method": method_of(one, found["to"])}
    there = {"path": found["path"]} if one.comes else {"link": ""}
    words = await words_about(one.id, one.client_id)
    return {**found, "what": what, "opening": OPENINGS[what], "calendar": calendar, "words": words, **there}


async def _to_practitioner(need: Need) -> Mapping[str, Any] | None:
    one, reach = await _news_of(need), await by_login(need.login_id)
    if one is None or reach is None or Side.DESK not in reach.sides:
        return None
    here = replace(one, zone=(await profile()).time_zone)
    day = here.starts_at.astimezone(ZoneInfo(here.zone)).date()
    path = f"/staff/calendar?view=day&day={day.isoformat()}"
    return {"what": need.facts["what"], "path": path, "day": here.day, "times": here.times}


async def to_address(need: Need, one: Outward, kind: str) -> dict[str, Any] | None:
    """To who has no sign-in: where, what every mail says, and a link that works for this address alone. None for who is
    not to be written to any more."""
    person = await by_address.written_person(one.client_id, UUID(str(need.facts["person"])), kind)
    if person is None:
        return None
    here = current_scope().practice_id
    token = reminder_token(here, one.attendance_id, person.id, one.starts_at, email=person.email)
    place = one.place_at("behind the link in this e-mail")
    return {**when_and_where(one), "place": place, "to": person.email, "person": person.id,
            "path": f"/reminder/{token}", "portal": False}


def when_and_where(one: Outward) -> dict[str, Any]:
    """As every mail about it says. `portal`: whether who gets it signs in there."""
    return {"day": one.day, "times": one.times, "place": one.place, "call": one.phone, "portal": True}


APPOINTMENT = mail_kind(MailKind(by_address.NEWS, timedelta(days=1), _to_reader, optional=True, stops="appointments"))
BY_CLIENT = mail_kind(MailKind("appointment-by-client", timedelta(days=1), _to_practitioner, optional=True,
                               stops="what clients book and cancel"))
