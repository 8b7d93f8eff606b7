"""Behind the link of a reminder: a page with buttons, without signing in. Opening it changes nothing, for mail scanners
do. And the desk's way to send one again."""

from __future__ import annotations

from uuid import UUID

from models.accounts.practices import reach_by_phone
from models.appointments import reminder_links
from models.appointments.desk_asks import OneClient
from models.core.actor import Actor
from models.notifications import reminder_mail
from server import appointments
from server.door import ANYONE, STAFF, Done, Page, get, post

LINK = "/reminder/<token>"


@get(LINK, allow=ANYONE, client_side=True)
async def reminder(token: str) -> Page:
    """When and where it is, a button to confirm, and how to change it."""
    found = await reminder_links.linked(token)
    one, over = found.one, reminder_links.SAID.get(found.state, "")
    return Page(
        "appointments/reminder.html", json={"state": found.state, "starts_at": one.starts_at}, token=token, over=over,
        confirmed=found.state == "confirmed", one=one, place=one.place, reach=await reach_by_phone(),
        portal=one.path if found.sees else "", changes=found.changes and found.sees, video_link=found.video_link,
    )


@post(f"{LINK}/confirm", allow=ANYONE, client_side=True, again=reminder)
async def confirm(token: str) -> Done:
    """Whom it is about comes."""
    await reminder_links.confirm(token)
    return Done({"confirmed": True}, see=f"/reminder/{token}")



@post("/staff/appointments/<uuid:id>/remind", allow=STAFF, body=OneClient, key="appointment.remind",
      again=appointments.again)
async def remind_again(actor: Actor, id: UUID, body: OneClient) -> Done:
    """One that did not arrive, once more."""
    await reminder_mail.remind_again(actor, id, body.client)
    return Done(see=f"/staff/calendar/{id}")
