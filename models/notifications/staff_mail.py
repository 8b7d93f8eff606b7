"""The mail that invites a colleague: at the invitation, at each redelivery, and when they ask for a password before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts import inviting, tickets
from models.accounts.reach import by_login
from models.core.actor import Actor
from models.core.change import change, enqueue
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import Letter, queue_mail

AGAIN = "mail.staff_invitation"  # the job of a forgotten password, which there may be none of


async def on_invited(actor: Actor | None, event: Event) -> None:
    """Listener on staff.invited and staff.invitation_sent: the mail goes to the login's address."""
    assert event.subject_id is not None
    login_id = await inviting.invited_login(event.subject_id)
    if login_id is not None:
        await queue_mail(login_id, tickets.STAFF_INVITATION)


async def on_reset_asked(actor: Actor | None, event: Event) -> None:
    """Listener on login.reset_asked. The same work for a login and for an id that is nobody's: time tells nothing."""
    await enqueue(AGAIN, {"login": event.subject_id})


async def send_again(login_id: UUID) -> None:
    """The job of such an ask: who can sign in nowhere yet and is invited to the team gets that mail once more."""
    reach, invitation = await by_login(login_id), await inviting.waiting_for(login_id)
    if reach is not None and not reach.sides and invitation is not None:
        async with change(None, "staff.ask_invitation_again"):
            await inviting.send_again(None, invitation)


async def _facts(need: Need) -> Mapping[str, Any] | None:
    """Each try has a link of its own, and ends the one before."""
    link = None if need.deactivated else await inviting.issue_link(need.login_id)
    days = tickets.LASTS[tickets.STAFF_INVITATION].days
    return {"path": f"/join/{link[0]}", "invitation": link[1], "days": days} if link else None


async def _came_to(letter: Letter, failure: str | None) -> None:
    await inviting.note_mailed(letter.facts["invitation"], taken=failure is None)


mail_kind(MailKind(tickets.STAFF_INVITATION, timedelta(days=1), _facts, came_to=_came_to))
