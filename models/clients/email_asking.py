"""The address somebody signs in with is to change: a link goes to the new one, a notice to the old. Nothing changes
before the form behind that link is posted (email_confirming.py); a later request drops the former.

An address that is somebody else's is taken on like any other, and its link is never mailed: nobody learns that it is in
use. The secret of a link is signed with the house's key, and kept nowhere.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from models.accounts import resetting
from models.accounts.events import EMAIL_ASKED, EMAIL_LET_GO
from models.accounts.reach import by_login, checked
from models.accounts.security import note
from models.clients.portal_events import ACCESS_EMAIL_LET_GO, ACCESS_EMAIL_WAITS
from models.clients.portal_people import tell
from models.clients.tables import PortalAccess
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Invalid, missing
from models.core.events import EventType, Part, ToLogin
from models.core.ids import new_id
from models.core.limits import Limit, take
from models.core.scope import current_scope
from models.core.secret import keys_for

LASTS, LASTS_BY_STAFF = timedelta(minutes=60), timedelta(days=7)
ASKS = Limit("email-change", most=6, seconds=3600)
ASKS_BY_ACCOUNT = Limit("email-change-account", most=6, seconds=3600)
SIGNATURE = 16
SAME = "You sign in with this address already."

FIND = """SELECT id, login_id, email, former, by_staff, session_id, asked_at, ends_at FROM email_change
  WHERE practice_id = portico_here() AND done_at IS NULL AND dropped_at IS NULL"""
ADD = """INSERT INTO email_change (id, login_id, email, former, by_staff, session_id, asked_at, ends_at)
  SELECT $1, l.id, $3, l.email, $4, $5, $6, $7 FROM login l WHERE l.practice_id = portico_here() AND l.id = $2"""
DROP = """UPDATE email_change SET dropped_at = $2
  WHERE practice_id = portico_here() AND login_id = $1 AND done_at IS NULL AND dropped_at IS NULL RETURNING id"""
# Another login's, or, for who is a client, in another client's own record.
TAKEN = """SELECT 1 FROM login WHERE practice_id = portico_here() AND email = $2 AND id <> $1
  UNION ALL SELECT 1 FROM client c WHERE c.practice_id = portico_here() AND c.email = $2
  AND EXISTS (SELECT FROM portal_access a WHERE a.practice_id = c.practice_id AND a.login_id = $1
    AND a.contact_id IS NULL AND a.revoked_at IS NULL AND a.client_id <> c.id) LIMIT 1"""
# The logins of people of a record who have accepted, and what the record says.
OF_RECORD = """SELECT DISTINCT l.id, l.email AS former, coalesce(co.email, cl.email) AS email FROM portal_access a
  JOIN login l ON l.practice_id = a.practice_id AND l.id = a.login_id
  JOIN client cl ON cl.practice_id = a.practice_id AND cl.id = a.client_id
  LEFT JOIN contact co ON co.practice_id = a.practice_id AND co.id = a.contact_id
  WHERE a.practice_id = portico_here() AND a.accepted_at IS NOT NULL AND a.revoked_at IS NULL
  AND ((a.contact_id IS NULL AND $2::uuid IS NULL AND a.client_id = $1) OR a.contact_id = $2::uuid)"""


@dataclass(frozen=True)
class Waiting:
    """A change that was asked for. `former`: the address that holds until then; `ends_at`: how long its link works."""

    id: UUID
    login_id: UUID
    email: str
    former: str
    by_staff: bool
    session_id: UUID | None
    asked_at: datetime
    ends_at: datetime

    @property
    def fresh(self) -> bool:
        return self.ends_at > now()


async def waiting_of(login_id: UUID) -> Waiting | None:
    """The change that waits for this login's word, also when its link is too old by now."""
    return _waiting(await fetch_one(FIND + " AND login_id = $1", login_id))


async def waiting(change_id: UUID, *, held: bool = False) -> Waiting | None:
    """That change, if it still waits."""
    return _waiting(await fetch_one(FIND + " AND id = $1" + (" FOR UPDATE" if held else ""), change_id))


async def taken(login_id: UUID, email: str) -> bool:
    return await fetch_one(TAKEN, login_id, email) is not None


async def ask(actor: Actor, email: str, password: str) -> None:
    """A link to this address. Raises Invalid for what is no address and for a wrong password, TooMany; never says
    whether the address is somebody else's."""
    address = checked(email)
    await take(ASKS_BY_ACCOUNT, actor.login_id)
    await resetting.confirm(actor, password)
    reach = await by_login(actor.login_id) or missing("login")
    if reach.email == address:
        raise Invalid(errors={"email": [SAME]})
    await take(ASKS, current_scope().practice_id, address)
    await _begin(actor, actor.login_id, address, by_staff=False)


async def let_go(actor: Actor) -> None:
    """The person does not want it any more; nothing happens when nothing waits."""
    await _let_go(actor, actor.login_id)


async def follow_record(actor: Actor, client_id: UUID, contact_id: UUID | None, *, anew: bool = False) -> None:
    """Staff wrote an address into the record of this client, or contact: whoever of them signs in keeps the address of
    the sign-in and gets a link at the new one. `anew`: also when that link went out before."""
    for row in await fetch_all(OF_RECORD, client_id, contact_id):
        before = await waiting_of(row["id"])
        if row["email"] in ("", row["former"]):
            if before and before.by_staff:
                await _let_go(actor, row["id"])
        elif anew or before is None or before.email != row["email"] or not before.fresh:
            await _begin(actor, row["id"], row["email"], by_staff=True)


def token_of(change_id: UUID) -> str:
    """For the link in the mail to the new address."""
    return base64.urlsafe_b64encode(change_id.bytes + _signatures(change_id)[0]).decode().rstrip("=")


def change_of(token: str) -> UUID | None:
    """Which change a link was made for; None for any other text."""
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(raw) != 16 + SIGNATURE:
        return None
    change_id = UUID(bytes=raw[:16])
    return change_id if any(hmac.compare_digest(raw[16:], one) for one in _signatures(change_id)) else None


async def _begin(actor: Actor, login_id: UUID, email: str, *, by_staff: bool) -> None:
    moment, made = now(), new_id()
    ends_at = moment + (LASTS_BY_STAFF if by_staff else LASTS)
    async with change(actor, "login.ask_email"):
        await fetch_one("SELECT 1 FROM login WHERE id = $1 FOR UPDATE", login_id)  # of two at once one drops the other
        await execute(DROP, login_id, moment)
        session_id = None if by_staff else actor.session_id
        await execute(ADD, made, login_id, email, by_staff, session_id, moment, ends_at)
        await note(login_id, "email-asked")
        await record(actor, EMAIL_ASKED, [Part([ToLogin(login_id)], {"change": made})], subject_id=login_id)
        await tell_staff(actor, ACCESS_EMAIL_WAITS, login_id)


async def _let_go(actor: Actor, login_id: UUID) -> None:
    async with change(actor, "login.let_email_go"):
        row = await fetch_one(DROP, login_id, now())
        if row is not None:
            await record(actor, EMAIL_LET_GO, [Part([ToLogin(login_id)], {"change": row["id"]})], subject_id=login_id)
            await tell_staff(actor, ACCESS_EMAIL_LET_GO, login_id)


async def tell_staff(actor: Actor | None, kind: EventType, login_id: UUID) -> None:
    """Inside a change: whoever looks at the Portal tab of a client whose portal this login opens."""
    for access in await PortalAccess.filter(login_id=login_id, accepted_at__isnull=False, revoked_at=None):
        await tell(actor, kind, access)


def _signatures(change_id: UUID) -> list[bytes]:
    practice = current_scope().practice_id
    about = practice.bytes + change_id.bytes
    return [hmac.new(key, about, sha256).digest()[:SIGNATURE] for key in keys_for("email-change")]


def _waiting(row: Row | None) -> Waiting | None:
    return Waiting(**row) if row else None
