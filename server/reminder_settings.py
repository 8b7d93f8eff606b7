"""Account Settings > Reminders, for administrators."""

from __future__ import annotations

from models.accounts.asks import JustDone
from models.appointments import reminder_settings
from models.appointments.asks import SetReminders
from models.appointments.furnishing import booking_settings
from models.core.actor import Actor
from server.door import ADMINISTRATOR, Done, Page, get, post

HERE = "/staff/settings/reminders"


@get(HERE, allow=ADMINISTRATOR, query=JustDone)
async def reminders_page(actor: Actor, query: JustDone | None = None) -> Page:
    """How many hours before an appointment e-mails remind of it."""
    found = await booking_settings()
    hours = [*found.reminders, *[None] * reminder_settings.MOST][: reminder_settings.MOST]
    shown = {"hours": hours, "version": found.reminders_version}
    return Page("appointments/settings_reminders.html", json=shown, reminders=shown, current="settings",
                offered=reminder_settings.OFFERED, most=reminder_settings.MOST_HOURS,
                toast_words="Saved. They hold for every appointment from now on." if query and query.done else "")


@post(HERE, allow=ADMINISTRATOR, body=SetReminders, again=reminders_page)
async def set_reminders(actor: Actor, body: SetReminders) -> Done:
    """Up to three; an empty field is none."""
    await reminder_settings.set_reminders(actor, body.version, (body.hours_1, body.hours_2, body.hours_3))
    return Done(see=f"{HERE}?done=reminders")
