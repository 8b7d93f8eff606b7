"""Accepting an invitation: the birth date when it is known, a code where the link was handed over, then a password.

Wrong answers are counted in the invitation's row before they are compared, and the count is kept although the answer is
refused: the verbs here return what was wrong instead of raising it.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from models.accounts import passwords
from models.accounts.ending import end_all_sessions
from models.accounts.idling import PASSWORD
from models.accounts.known_devices import Browser
from models.accounts.reach import Reach, by_login
from models.accounts.resetting import keep_password
from models.accounts.signing import SecondFactor, SignedIn, begin
from models.clients.behind import MOST_TRIES, Behind, State, Step, behind_access, behind_link
from models.clients.inviting import send_again
from models.clients.portal_events import INVITATION_ACCEPTED, INVITATION_CODE_ASKED, INVITATION_USED
from models.clients.portal_people import tell
from models.clients.proofs import CODE, DATE, code_digest, proof_of, proved_by
from models.clients.tables import Invitation, PortalAccess
from models.core.actor import Actor, Side
from models.core.change import change
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.errors import Conflict
from models.core.limits import Limit, network_of, take

USES_BY_ADDRESS = Limit("invitation-use", most=60, seconds=3600)
OPENED_BY_ADDRESS = Limit("invitation-opened", most=60, seconds=3600)
AGAIN_BY_ADDRESS = Limit("invitation-again", most=10, seconds=3600)
AGAIN_BY_INVITATION = Limit("invitation-again-one", most=5, seconds=86400)
CODES = Limit("invitation-codes", most=5, seconds=86400)
CODE_LASTS = timedelta(minutes=20)

COUNT = """UPDATE invitation SET {column} = {column} + 1 WHERE practice_id = portico_here() AND id = $1
  AND {column} < $2 RETURNING {column} AS tries"""
KEEP_CODE = """UPDATE invitation SET code_hash = $2, code_ends_at = $3, code_tries = 0
  WHERE practice_id = portico_here() AND id = $1"""


@dataclass(frozen=True)
class Told:
    """What an answer led to: a proof for the next form, or the sentence about what was wrong."""

    proof: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class Way:
    """How somebody comes to an invitation: by a link, or signed in, by the access's id. `address`: from where."""

    actor: Actor | None
    address: str
    token: str = ""
    access_id: UUID | None = None

    async def look(self, *, held: bool = False) -> Behind:
        """What is there; raises Conflict, with the state as its code, when it cannot be accepted."""
        if self.access_id is not None and self.actor is not None:
            found: Behind | None = await behind_access(self.actor, self.access_id, held=held)
        else:
            found = await behind_link(self.token, self.actor, held=held)
        if found is None or found.state is not State.OPEN:
            word = found.state.value if found else "unknown"
            raise Conflict(f"invitation-{word}", "This invitation cannot be accepted any more.")
        return found


async def note_opened(way: Way) -> None:
    """A person, no scanner, is at the page. Of a link that opens nothing no word is said."""
    await take(OPENED_BY_ADDRESS, network_of(way.address))
    found = await behind_link(way.token, way.actor, held=True)
    if found is not None and found.state is State.OPEN:
        await _note_used(way.actor, found)


async def answer_date(way: Way, born_on: date) -> Told:
    """Compare with the client's birth date; five wrong ones, from however many tabs, and staff must help."""
    await take(USES_BY_ADDRESS, network_of(way.address))
    behind = await way.look(held=True)
    await _note_used(way.actor, behind)
    tries = await _count(behind.invitation, "wrong_dates")
    if tries is None:
        return Told(wrong="")
    if born_on != behind.born_on:
        return Told(wrong=_wrong("This is not the birth date that the practice has.", MOST_TRIES - tries))
    await execute("UPDATE invitation SET wrong_dates = wrong_dates - 1 WHERE id = $1", behind.invitation.id)
    return Told(proof_of(behind.invitation, frozenset({DATE})))


async def ask_code(way: Way, proof: str) -> None:
    """Have six digits mailed to the address on file; raises TooMany after five in a day."""
    await take(USES_BY_ADDRESS, network_of(way.address))
    behind = await way.look(held=True)
    if behind.step(proof) is not Step.CODE:
        raise Conflict("out-of-turn", "Begin again with the link.")
    await take(CODES, behind.invitation.id)
    async with change(way.actor, "invitation.ask_code"):
        await _note_used(way.actor, behind)
        await tell(None, INVITATION_CODE_ASKED, behind.access)


async def make_code(invitation_id: UUID) -> str | None:
    """The digits for a mail that leaves now; those of an earlier mail end. None when nobody needs them any more."""
    invitation = await Invitation.get_or_none(id=invitation_id)
    access = await PortalAccess.get(id=invitation.access_id) if invitation else None
    if invitation is None or access is None or access.accepted_at or access.revoked_at or invitation.ends_at <= now():
        return None
    code = f"{secrets.randbelow(1_000_000):06d}"
    await execute(KEEP_CODE, invitation_id, code_digest(invitation, code), now() + CODE_LASTS)
    return code


async def answer_code(way: Way, code: str, proof: str) -> Told:
    """Compare with the digits that were mailed last; five wrong ones and they are worth nothing."""
    await take(USES_BY_ADDRESS, network_of(way.address))
    behind = await way.look(held=True)
    if behind.step(proof) is not Step.CODE:
        raise Conflict("out-of-turn", "Begin again with the link.")
    invitation, tries = behind.invitation, await _count(behind.invitation, "code_tries")
    over = invitation.code_hash is None or invitation.code_ends_at is None or invitation.code_ends_at <= now()
    if over or tries is None:
        return Told(wrong="This code can no longer be used. Have a new one sent.")
    typed = "".join(code.split())
    if not hmac.compare_digest(bytes(invitation.code_hash or b""), code_digest(invitation, typed)):
        return Told(wrong=_wrong("This is not the code from the e-mail.", MOST_TRIES - tries))
    await execute("UPDATE invitation SET code_hash = NULL WHERE id = $1", invitation.id)
    return Told(proof_of(invitation, proved_by(invitation, proof) | {CODE}))


# What somebody wanted no e-mails of before they signed in stays off; from now on the switches are theirs.
STAYS_OFF = """UPDATE login l SET mails_off = ARRAY(SELECT DISTINCT unnest
    FROM unnest(l.mails_off || coalesce(o.mails_off, c.mails_off)) ORDER BY 1)
  FROM portal_access a JOIN client c ON c.id = a.client_id LEFT JOIN contact o ON o.id = a.contact_id
  WHERE a.id = $1 AND l.id = a.login_id"""


@dataclass(frozen=True)
class Accepted:
    """`signed_in` is None for who has a password here and is not signed in, sits at the desk, or has a second
    factor."""

    access: PortalAccess
    signed_in: SignedIn | None


async def accept(
    way: Way, *, password: str, proof: str, device: str = "", browser: Browser | None = None
) -> Accepted:
    """The access opens. Of two at once one does; raises Conflict for the other, and for a step that was left out."""
    await take(USES_BY_ADDRESS, network_of(way.address))
    behind = await way.look(held=True)
    step = behind.step(proof)
    if step not in (Step.PASSWORD, Step.ACCEPT):
        raise Conflict("out-of-turn", "That took too long. Begin again with the link.")
    login_id = behind.reach.login_id
    if step is Step.PASSWORD:
        await _choose_password(behind, password)
    async with change(way.actor, "invitation.accept"):
        await _note_used(way.actor, behind)
        await execute("UPDATE portal_access SET accepted_at = $2 WHERE id = $1", behind.access.id, now())
        await execute(STAYS_OFF, behind.access.id)
        await tell(way.actor, INVITATION_ACCEPTED, behind.access, rights=True)
    if step is Step.ACCEPT:
        return Accepted(behind.access, None)
    reach = await by_login(login_id)
    assert reach is not None
    opens = Side.PORTAL in reach.sides  # not yet, where access begins on a later day
    return Accepted(behind.access, await _begin(reach, device, browser) if opens else None)


async def _begin(reach: Reach, device: str, browser: Browser | None) -> SignedIn | None:
    """Signed in at once; None for who has a second factor, for which the sign-in page asks."""
    try:
        return await begin(reach, Side.PORTAL, device=device, browser=browser)
    except SecondFactor:
        return None


async def ask_again(token: str, *, address: str) -> None:
    """Have a new link mailed to where this one went. Unknown, withdrawn and accepted ones look alike, and get none."""
    await take(AGAIN_BY_ADDRESS, network_of(address))
    found = await behind_link(token, held=True)
    if found is not None and found.state in (State.OLD, State.EXPIRED):
        await take(AGAIN_BY_INVITATION, found.invitation.id)
        await send_again(found.access)


async def _choose_password(behind: Behind, password: str) -> None:
    """As by a link of Forgot Password: whoever had one before has this one from now on, on every device."""
    login_id = behind.reach.login_id
    passwords.check_new(password, email=behind.reach.email)
    moment = await keep_password(None, login_id, await passwords.hash_password(password))
    await end_all_sessions(login_id, reason=PASSWORD, at=moment)


async def _note_used(actor: Actor | None, behind: Behind) -> None:
    """Somebody used the page behind the link; loading it is nothing, because scanners load every link."""
    if behind.invitation.used_at is not None:
        return
    async with change(actor, "invitation.use"):
        await execute("UPDATE invitation SET used_at = $2 WHERE id = $1", behind.invitation.id, now())
        await tell(None, INVITATION_USED, behind.access)


async def _count(invitation: Invitation, column: str) -> int | None:
    """How many tries there were with this one; None when there is none left."""
    row = await fetch_one(COUNT.format(column=column), invitation.id, MOST_TRIES)
    return row["tries"] if row else None


def _wrong(sentence: str, left: int) -> str:
    if left < 1:
        return sentence
    return f"{sentence} {left} {'try' if left == 1 else 'tries'} left."
