"""Mails of online booking: the digits that prove a newcomer's address, and what became of a request. Nothing in them
says what the appointment is for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.appointments import answering, asking
from models.appointments.answering import Decided
from models.appointments.by_address import NEWS, written_to
from models.core.actor import Actor
from models.core.database import fetch_one
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import queue_mail, queue_mail_to_stranger

KINDS = {"accepted": "request-accepted", "declined": "request-declined", "countered": "request-offered",
         "expired": "request-lapsed"}
# Who handles a request changes nothing for whoever asked: one mail for each decision.
THERE = """SELECT 1 FROM outgoing_mail WHERE kind = $1 AND facts->>'request' = $2 AND facts->>'version' = $3"""


async def on_code_asked(actor: Actor | None, event: Event) -> None:
    """Listener on booking.code_asked."""
    if event.subject_id is not None:
        await queue_mail_to_stranger(CODE.name, {"code": str(event.subject_id)})


async def on_request_placed(actor: Actor | None, event: Event) -> None:
    """Listener on request.placed: a newcomer, who has no portal to look into, gets a mail that it has arrived."""
    id = next((part.ids["request"] for part in event.parts if "request" in part.ids), None)
    asked = await answering.decided(id) if id is not None and actor is None else None
    if asked is not None and asked.email:
        await queue_mail_to_stranger(RECEIVED.name, {"request": str(id), "version": str(asked.version)})


async def on_request_changed(actor: Actor | None, event: Event) -> None:
    """Listener on request.changed: staff accepted, declined, or proposed other times; or nobody did in time."""
    id = next((part.ids["request"] for part in event.parts if "request" in part.ids), None)
    by_desk = actor is not None and actor.desk
    decided = await answering.decided(id) if id is not None and (by_desk or actor is None) else None
    if decided is None or decided.state not in KINDS or by_desk == (decided.state == "expired"):
        return  # whoever answers by themselves knows it
    if decided.state == "accepted" and await _hears_anyway(decided):
        return  # that it is booked stands in the mail about the appointment itself (appointment_mail.py)
    kind, facts = KINDS[decided.state], {"request": str(id), "version": str(decided.version)}
    if await fetch_one(THERE, kind, facts["request"], facts["version"]):
        return
    if decided.login_id is not None:
        await queue_mail(decided.login_id, kind, facts)
    elif decided.email:
        await queue_mail_to_stranger(kind, facts)


async def _hears_anyway(decided: Decided) -> bool:
    """Whether the mail about the appointment itself goes to whoever asked."""
    if decided.login_id is not None or decided.client_id is None:
        return decided.login_id is not None
    return decided.email in {one.email for one in await written_to(decided.client_id, NEWS)}


async def _code(need: Need) -> Mapping[str, Any] | None:
    found = await asking.outgoing(UUID(need.facts["code"]))
    if found is None:
        return None
    minutes = int(asking.CODE_LASTS.total_seconds() // 60)
    return {"to": found.email, "code": found.code, "minutes": minutes, "path": "/sign-in?next=/appointments/book"}


async def _answer(need: Need) -> Mapping[str, Any] | None:
    """None when somebody decided otherwise meanwhile."""
    told = await answering.told(UUID(need.facts["request"]), int(need.facts["version"]))
    if told is None or need.deactivated:
        return None
    return {**told.words, **({"to": told.email} if told.email else {}), "path": told.path}


CODE = mail_kind(MailKind("booking-code", timedelta(minutes=30), _code))
ACCEPTED = mail_kind(MailKind("request-accepted", timedelta(days=1), _answer))
DECLINED = mail_kind(MailKind("request-declined", timedelta(days=1), _answer))
RECEIVED = mail_kind(MailKind("request-received", timedelta(hours=2), _answer))
LAPSED = mail_kind(MailKind("request-lapsed", timedelta(days=1), _answer))
OFFERED = mail_kind(MailKind("request-offered", timedelta(hours=20), _answer))
