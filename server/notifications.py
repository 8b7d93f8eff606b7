"""The doors of notifications: mail switched off from a mail, and whose mail does not arrive."""

from __future__ import annotations

from dataclasses import asdict

from models.accounts.practices import reach_by_phone
from models.core.actor import Actor
from models.core.payload import Payload
from models.notifications import unsubscribing
from models.notifications.delivery import undelivered
from server.door import ANYONE, STAFF, Page, get, post


class OneClick(Payload):
    """What a mail program posts (RFC 8058: a field of its own), or the page's button, which sends nothing."""

    model_config = Payload.model_config | {"extra": "ignore"}


@get("/unsubscribe/<token>", allow=ANYONE)
async def unsubscribe_page(token: str) -> Page:
    """A page with a button. Opening it changes nothing: scanners open every link."""
    return await _page(token, done=False)


@post("/unsubscribe/<token>", allow=ANYONE, body=OneClick, cross_site=True)
async def unsubscribe(token: str) -> Page:
    """Switches the mail off: by the button, or by a mail program's own, which comes from no page of ours."""
    await unsubscribing.unsubscribe(token)
    return await _page(token, done=True)


async def _page(token: str, *, done: bool) -> Page:
    return Page("accounts/unsubscribe.html", json={"unsubscribed": done}, token=token, done=done,
                about=unsubscribing.kind_of(token).stops, signs_in=await unsubscribing.signs_in(token),
                reach=await reach_by_phone())


@get("/staff/undelivered", allow=STAFF)
async def undelivered_mail(actor: Actor) -> Page:
    """People whom mail does not reach, as far as this staff member sees them; a fragment for Today."""
    people = await undelivered(actor)
    return Page("notifications/_undelivered.html", json={"people": [asdict(one) for one in people]}, people=people)
