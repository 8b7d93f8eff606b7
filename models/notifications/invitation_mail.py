"""Mails about an invitation: itself, its reminders, the code of a copied link, and that an onboarding is finished.

Their secrets are made when they leave; what the mail server says of the first is written at the invitation.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from models.accounts.reach import by_login
from models.clients import accepting, invitation_mail, inviting
from models.clients.onboarding import who_hears
from models.clients.tables import Invitation, PortalAccess
from models.core.actor import Actor, Side
from models.core.events import Event
from models.notifications.mail_kinds import MailKind, Need, mail_kind
from models.notifications.mailing import Letter, queue_mail


async def on_invitation_sent(actor: Actor | None, event: Event) -> None:
    """Listener: the mail, and the reminders that may follow it."""
    sent = await inviting.outgoing(event.subject_id) if event.subject_id else None
    if sent is not None:
        await queue_mail(sent.login_id, INVITATION.name, _facts(sent))
        await invitation_mail.plan_reminders(sent.sending)


async def remind(sending: UUID) -> None:
    """The job of a reminder's day."""
    sent = await invitation_mail.due_reminder(sending)
    if sent is not None:
        await queue_mail(sent.login_id, REMINDER.name, _facts(sent))


async def on_code_asked(actor: Actor | None, event: Event) -> None:
    """Listener: six digits for who came by a copied link."""
    access = await PortalAccess.get(id=event.subject_id)
    invitation = await Invitation.get(access_id=access.id)
    if access.login_id is not None:
        await queue_mail(access.login_id, CODE.name, {"invitation": invitation.id})


async def on_onboarding_completed(actor: Actor | None, event: Event) -> None:
    """Listener: at once to whom it concerns."""
    access = await PortalAccess.get(id=event.subject_id)
    for login_id in await who_hears(access.client_id):
        await queue_mail(login_id, COMPLETED.name, {"client": access.client_id})


def _facts(sent: inviting.Outgoing) -> dict[str, Any]:
    return {"invitation": sent.invitation_id, "sending": sent.sending}


async def _with_link(need: Need) -> Mapping[str, Any] | None:
    """A link of its own for each try; nothing for a sending that a newer one replaced."""
    invitation = await Invitation.get_or_none(id=UUID(str(need.facts["invitation"])))
    sent = await inviting.outgoing(invitation.access_id) if invitation else None
    fits = sent is not None and (str(sent.sending), sent.login_id) == (str(need.facts["sending"]), need.login_id)
    if sent is None or not fits or need.deactivated:
        return None
    return {"path": await inviting.new_link(sent), "days": sent.days, "known": sent.known, "sending": sent.sending}


async def _came_to(letter: Letter, failure: str | None) -> None:
    await invitation_mail.note_mail(UUID(str(letter.facts["sending"])), failure)


async def _code(need: Need) -> Mapping[str, Any] | None:
    code = None if need.deactivated else await accepting.make_code(UUID(str(need.facts["invitation"])))
    minutes = round(accepting.CODE_LASTS.total_seconds() / 60)
    return {"code": f"{code[:3]} {code[3:]}", "minutes": minutes} if code else None


async def _completed(need: Need) -> Mapping[str, Any] | None:
    reach = await by_login(need.login_id)
    if need.mail_off or reach is None or Side.DESK not in reach.sides:
        return None  # also for who left while it waited
    return {"path": f"/staff/clients/{need.facts['client']}/portal"}


INVITATION = mail_kind(MailKind("invitation", timedelta(days=1), _with_link, came_to=_came_to))
REMINDER = mail_kind(MailKind("invitation-reminder", timedelta(days=1), _with_link))
CODE = mail_kind(MailKind("invitation-code", timedelta(minutes=20), _code))
COMPLETED = mail_kind(MailKind("onboarding-completed", timedelta(days=1), _completed, optional=True,
                                stops="finished onboarding"))
