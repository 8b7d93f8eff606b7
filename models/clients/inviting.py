"""Inviting to the portal: an invitation is sent, sent again, copied as a link, and its mail's fate is written down.

How the mail gets its link: `send` records `invitation.sent`, whose subject is the access; notifications listens and
queues a mail that holds ids only. When it leaves, `new_link` makes the secret, which stands in that mail alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from models.accounts.practices import portal_open, today_here
from models.accounts.reach import by_login
from models.clients import allowing
from models.clients.addresses import login_at
from models.clients.admitting import turn_on
from models.clients.invitation_settings import known_asks, usual_asks
from models.clients.onboarding import forget_steps
from models.clients.papers import ask_papers
from models.clients.portal_events import INVITATION_LINK_COPIED, INVITATION_SENT
from models.clients.portal_people import PortalPerson, is_hidden, person_of, tell
from models.clients.tables import Invitation, PortalAccess
from models.core.actor import Actor
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_all, json_text
from models.core.errors import Conflict, Invalid, Refusal
from models.core.ids import new_id, new_token, token_hash

LASTS = timedelta(days=14)
LONGEST_MESSAGE = 2000
PORTAL_OFF = "The client portal is turned off, so nobody could come in. An administrator turns it on first."

KEEP = """INSERT INTO invitation (id, access_id, sending, asks, message, sent_at, ends_at)
  VALUES ($1, $2, $3, $4::jsonb, $5, $6, $7)
  ON CONFLICT (practice_id, access_id) DO UPDATE SET sending = excluded.sending, copied = NULL, asks = excluded.asks,
    message = excluded.message, sent_at = excluded.sent_at, ends_at = excluded.ends_at, mail_state = 'queued',
    mail_failure = '', mail_at = NULL, reminded = 0, used_at = NULL, code_hash = NULL, code_ends_at = NULL"""
LINK = "INSERT INTO invitation_link (hash, invitation_id, login_id, sending) VALUES ($1, $2, $3, $4)"
WAITING = """SELECT id FROM portal_access WHERE practice_id = portico_here() AND login_id = $1
  AND invited_at IS NOT NULL AND accepted_at IS NULL AND revoked_at IS NULL ORDER BY invited_at DESC"""


@dataclass(frozen=True)
class Wishes:
    """What the dialog chose: features and permissions that are on, information to collect, words for the person.
    `documents`: what to fill in, sign and send in, in its order (papers.py); None: what is usual."""

    features: Collection[str]
    permissions: Collection[str]
    asks: Mapping[str, str]
    message: str = ""
    documents: Sequence[str] | None = None


async def send(actor: Actor, person: PortalPerson, wishes: Wishes) -> None:
    """Invite somebody whose access is on (it is switched on for it if it is not). Raises Invalid without an address,
    Conflict for who has accepted, and for an address that is another client's own."""
    _refuse_accepted(person)
    await _refuse_shut(person)
    if len(wishes.message) > LONGEST_MESSAGE:
        raise Invalid(errors={"message": [f"Use at most {LONGEST_MESSAGE} characters."]})
    async with change(actor, "invitation.send"):
        await turn_on(actor, person)
        person = await _anew(person)
        await allowing.set_features(actor, person, wishes.features)
        if person.contact:
            await allowing.set_permissions(actor, person, wishes.permissions)
        await forget_steps(person.held.id)
        await _send(actor, person, asks=known_asks(wishes.asks), message=wishes.message.strip())
        await ask_papers(actor, await _anew(person), wishes.documents)
        # staff looked after it: whoever mistook the birth date has all tries again
        await execute("UPDATE invitation SET wrong_dates = 0, code_tries = 0 WHERE access_id = $1", person.held.id)


async def redeliver(actor: Actor, person: PortalPerson) -> None:
    """Redeliver invitation: a new link to the address as it is now; older ones end. All tries begin anew."""
    _refuse_accepted(person)
    await _refuse_shut(person)
    if person.held.invited_at is None:
        raise Conflict("not-invited", f"{person.name} was not invited yet. Send the invitation first.")
    async with change(actor, "invitation.redeliver"):
        await _send(actor, person)
        await execute("UPDATE invitation SET wrong_dates = 0, code_tries = 0 WHERE access_id = $1", person.held.id)


async def send_again(access: PortalAccess) -> None:
    """The person asked for it, by an old link or by Forgot Password: to the same address; tries go on counting."""
    async with change(None, "invitation.send_again"):
        await _send(None, await person_of(access))


async def send_again_to(login_id: UUID) -> None:
    """The newest invitation of this login that waits, once more; nothing when none does."""
    waiting = await fetch_all(WAITING, login_id)
    if waiting:
        await send_again(await PortalAccess.get(id=waiting[0]["id"]))


async def copy_link(actor: Actor, person: PortalPerson) -> str:
    """The path of a link to hand over by other means. It proves no address: its page mails a code to the one on file.
    A link that was copied before ends."""
    _refuse_accepted(person)
    if person.invitation is None or person.held.invited_at is None or person.held.login_id is None:
        raise Conflict("not-invited", f"Nothing was sent to {person.name} at this address yet. Send it first.")
    copied, token = new_id(), new_token()
    async with change(actor, "invitation.copy_link"):
        await execute("UPDATE invitation SET copied = $2 WHERE id = $1", person.invitation.id, copied)
        await execute(LINK, token_hash(token), person.invitation.id, person.held.login_id, copied)
        await tell(actor, INVITATION_LINK_COPIED, person.held)
    return f"/invitation/{token}"


@dataclass(frozen=True)
class Outgoing:
    """What a mail of an invitation needs. `known`: the person has a password here already."""

    login_id: UUID
    invitation_id: UUID
    sending: UUID
    days: int
    known: bool


async def outgoing(access_id: UUID) -> Outgoing | None:
    """The sending of an access that waits to be accepted; None when there is nothing to mail."""
    access = await PortalAccess.get_or_none(id=access_id, revoked_at=None, accepted_at=None)
    invitation = await Invitation.get_or_none(access_id=access_id)
    if access is None or invitation is None or access.login_id is None or access.invited_at is None:
        return None
    if await is_hidden(access.client_id, access.contact_id):
        return None
    reach = await by_login(access.login_id)
    days = max(1, -(-int((invitation.ends_at - now()).total_seconds()) // 86400))
    return Outgoing(access.login_id, invitation.id, invitation.sending, days, bool(reach and reach.sides))


async def new_link(sent: Outgoing) -> str:
    """The path of a link for a mail that leaves now. Links of one sending all work: a mail may be tried twice."""
    token = new_token()
    await execute(LINK, token_hash(token), sent.invitation_id, sent.login_id, sent.sending)
    return f"/invitation/{token}"


async def _send(
    actor: Actor | None, person: PortalPerson, *, asks: dict[str, str] | None = None, message: str | None = None
) -> None:
    if actor is not None and not await portal_open():
        raise Conflict("portal-off", PORTAL_OFF)
    access, before, moment = person.held, person.invitation, now()
    login_id = await _login(actor, person)
    await execute("UPDATE portal_access SET login_id = $2, invited_at = $3 WHERE id = $1", access.id, login_id, moment)
    if asks is None:
        asks = known_asks(before.asks) if before else await usual_asks()
    words = message if message is not None else before.message if before else ""
    await execute(KEEP, new_id(), access.id, new_id(), json_text(asks), words, moment, moment + LASTS)
    await access.refresh_from_db()
    await tell(actor, INVITATION_SENT, access)


async def _login(actor: Actor | None, person: PortalPerson) -> UUID:
    """Staff are told when the address will not do; a person who asked again gets it where it went before."""
    try:
        return await login_at(person)
    except Refusal:
        if actor is not None or person.held.login_id is None:
            raise
        return person.held.login_id


def _refuse_accepted(person: PortalPerson) -> None:
    if person.access is not None and person.access.revoked_at is None and person.access.accepted_at is not None:
        raise Conflict("accepted", f"{person.name} has access already.")


async def _refuse_shut(person: PortalPerson) -> None:
    """Nobody is asked into a portal that would not open to them."""
    client, today = person.client, await today_here()
    if client.status == "discharged" and (client.read_only_until or date.min) < today:
        raise Conflict("portal-closed", f"{client.name} was discharged, and the time for reading the portal is over."
                                        " Reopen the record first.")
    if await is_hidden(client.id, person.contact.id if person.contact else None):
        raise Conflict("hidden", f"{client.name} consents alone or is of age: {person.name} would see nothing.")
    ends_on = person.access.ends_on if person.access is not None and person.access.revoked_at is None else None
    if ends_on is not None and ends_on < today:
        raise Conflict("days-over", f"The last day of {person.name}’s access was {ends_on:%B %-d, %Y}."
                                    " Change it under Portal settings first.")


async def _anew(person: PortalPerson) -> PortalPerson:
    """The same person, with the access that was switched on a moment ago."""
    held = await PortalAccess.get(
        client_id=person.client.id, contact_id=person.contact.id if person.contact else None, revoked_at=None
    )
    return await person_of(held)


