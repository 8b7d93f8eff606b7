"""What became of an invitation's mail, and the reminders while nobody has accepted it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from models.accounts.practices import portal_open
from models.clients.invitation_settings import invitation_settings
from models.clients.inviting import Outgoing, outgoing
from models.clients.portal_events import INVITATION_MAIL_REFUSED, INVITATION_MAIL_TAKEN, INVITATION_REMINDED
from models.clients.portal_people import tell
from models.clients.tables import Invitation, PortalAccess
from models.core.change import change, enqueue
from models.core.clock import now
from models.core.database import execute

REMIND_JOB = "invitation.remind"
REMIND_AFTER = (timedelta(days=3), timedelta(days=7))
# A job comes a little early when clocks differ; between the two reminders lie days.
SECOND_FROM = timedelta(days=5)

NOTED = """UPDATE invitation SET mail_state = $2, mail_failure = $3, mail_at = $4
  WHERE practice_id = portico_here() AND sending = $1 AND (mail_state, mail_failure) <> ($2, $3)"""


async def note_mail(sending: UUID, failure: str | None) -> None:
    """The mail server took it (None), or never will; a sending that a newer one replaced is nobody's news."""
    state = "refused" if failure is not None else "taken"
    if not await execute(NOTED, sending, state, failure or "", now()):
        return
    invitation = await Invitation.get(sending=sending)
    async with change(None, "invitation.note_mail"):
        kind = INVITATION_MAIL_REFUSED if failure is not None else INVITATION_MAIL_TAKEN
        await tell(None, kind, await PortalAccess.get(id=invitation.access_id))


async def plan_reminders(sending: UUID) -> None:
    """Inside a change: jobs for the third and the seventh day. Each sending has keys of its own."""
    for number, after in enumerate(REMIND_AFTER, 1):
        await enqueue(REMIND_JOB, {"sending": sending}, after=after, key=f"{REMIND_JOB}:{sending}:{number}")


async def due_reminder(sending: UUID) -> Outgoing | None:
    """Whether this sending has to be reminded of now, looked at anew: not when it was accepted, revoked, sent again or
    refused, nor when the practice reminds nobody or its portal is turned off. Once for each of the two days."""
    invitation = await Invitation.get_or_none(sending=sending)
    if invitation is None or invitation.mail_state != "taken" or not (await invitation_settings()).reminders:
        return None
    if not await portal_open():
        return None
    number = 2 if now() - invitation.sent_at >= SECOND_FROM else 1
    found = await outgoing(invitation.access_id)
    if found is None or invitation.ends_at <= now():
        return None
    if not await execute("UPDATE invitation SET reminded = $2 WHERE sending = $1 AND reminded < $2", sending, number):
        return None
    async with change(None, "invitation.remind"):
        await tell(None, INVITATION_REMINDED, await PortalAccess.get(id=invitation.access_id))
    return found
