"""Reminders of appointments by e-mail: sent when they are due, to the client and to contacts who get them, with a link
to confirm or change. They say when, where and whom to call."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from models.accounts.practices import portal_open
from models.appointments import by_address, news, reminders
from models.appointments.finding import read_by_staff
from models.appointments.locking import hold_calendars
from models.appointments.outward import outward
from models.appointments.registering import REMIND
from models.appointments.reminder_links import reminder_token
from models.appointments.reminders import Due
from models.appointments.rights import ensure_fills
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.errors import Conflict
from models.core.practices import where_waiting
from models.core.scope import current_scope
from models.notifications.appointment_mail import to_address, when_and_where
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import Letter, queue_mail, queue_mail_to_stranger

# By the clock every five minutes; what no worker came for in time is looked for once an hour.
NOBODY = "There is no address to write to, or they want no e-mails. Call them."
JUST_DUE = timedelta(minutes=20)


async def send_all_due() -> None:
    """In every practice in which one has just become due; outside any scope."""
    await where_waiting("due_reminders", JUST_DUE, lambda _: send_due())


async def send_all_late() -> None:
    await where_waiting("due_reminders", reminders.LATE, lambda _: send_due())


async def send_due() -> bool:
    """A batch in the open practice; True: there may be more. While the portal is turned off nobody is reminded, then or
    later: a link would lead nowhere."""
    claimed, opened = await reminders.claim_due(), await portal_open()
    for one in claimed if opened else ():
        await _remind(one)
    return len(claimed) >= reminders.BATCH


async def remind_again(actor: Actor, id: UUID, client_id: UUID) -> None:
    """The desk sends a reminder once more that did not arrive, to whoever gets them now. Raises Missing, Forbidden,
    Conflict `no-longer-due`, `not-undelivered`, `nobody-to-remind`."""
    found = await read_by_staff(actor, id)
    await ensure_fills(actor, found.appointment.staff_id)
    async with change(actor, "appointment.remind_again"):
        await hold_calendars([found.appointment.staff_id])
        due = await reminders.begin_again(actor, await read_by_staff(actor, id), client_id)
        if not await portal_open() or not await _remind(due):
            raise Conflict("nobody-to-remind", NOBODY)


async def _remind(one: Due) -> int:
    """A mail to each who gets reminders; to how many."""
    facts = {"attendance": one.attendance_id, "starts_at": one.starts_at.isoformat()}
    logins = await news.readers(one.client_id, REMIND.key)
    people = await by_address.written_to(one.client_id, REMINDER.name)
    for login_id in logins:
        await queue_mail(login_id, REMINDER.name, facts)
    for person in people:
        await queue_mail_to_stranger(REMINDER.name, {**facts, "person": person.id})
    return len(logins) + len(people)


async def _facts(need: Need) -> Mapping[str, Any] | None:
    """Looked at anew at each try: nothing of a time that is cancelled, moved, over, or no longer theirs to hear of."""
    one = await outward(UUID(str(need.facts["attendance"])))
    starts_at = datetime.fromisoformat(need.facts["starts_at"])
    if one is None or need.mail_off or need.deactivated or one.starts_at != starts_at or one.starts_at <= now():
        return None
    if not one.comes:
        return None
    told = {"attendance": one.attendance_id, "confirmed": one.confirmed_at is not None}
    if "person" in need.facts:
        found = await to_address(need, one, REMINDER.name)
        return {**found, **told} if found is not None else None
    if need.login_id not in await news.readers(one.client_id, REMIND.key):
        return None
    token = reminder_token(current_scope().practice_id, one.attendance_id, need.login_id, one.starts_at)
    return {"path": f"/reminder/{token}", **told, **when_and_where(one)}


async def _came_to(letter: Letter, failure: str | None) -> None:
    await reminders.note_reminder(UUID(str(letter.facts["attendance"])), reached=failure is None)


REMINDER = mail_kind(MailKind(by_address.REMINDERS, timedelta(hours=12), _facts, optional=True,
                              stops="coming appointments", came_to=_came_to))
