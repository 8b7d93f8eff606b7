"""Switching mail off from the mail itself: a link that is worth nothing but that."""

from __future__ import annotations

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

from models.accounts.events import PREFERENCES_CHANGED
from models.appointments import mail_switches
from models.core.change import change, record
from models.core.database import execute, fetch_one
from models.core.errors import missing
from models.core.events import Part, ToLogin
from models.core.scope import current_scope
from models.core.secret import keys_for
from models.notifications.mail_kinds import MAIL_KINDS, MailKind
from models.notifications.unread import UNREAD_MAIL

SIGNATURE = 16
OFF = """UPDATE login SET mail_off_at = clock_timestamp()
WHERE practice_id = portico_here() AND id = $1 AND mail_off_at IS NULL"""
KIND_OFF = """UPDATE login SET mails_off = array_append(mails_off, $2)
WHERE practice_id = portico_here() AND id = $1 AND NOT $2 = ANY (mails_off)"""
UNREAD = UNREAD_MAIL.name


def unsubscribe_token(practice_id: UUID, login_id: UUID, kind: str = UNREAD) -> str:
    """For the link in a mail of this kind, to a login, or to the client or contact whose address it went
    to. It names no one to whoever reads it and never ends: old mails are still answered."""
    signed = base64.urlsafe_b64encode(login_id.bytes + _signatures(practice_id, login_id, kind)[0]).decode().rstrip("=")
    return signed if kind == UNREAD else f"{signed}.{kind}"


def kind_of(token: str) -> MailKind:
    """Which mail a link stops; raises Missing for one that cannot be stopped."""
    kind = MAIL_KINDS.get(token.partition(".")[2] or UNREAD)
    return kind if kind is not None and kind.optional else missing("link")


def login_of(practice_id: UUID, token: str) -> UUID:
    """The login, client or contact that a token was made for at this practice; raises Missing for any other text."""
    kind = kind_of(token).name
    token = token.partition(".")[0]
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        missing("link")
    if len(raw) != 16 + SIGNATURE:
        missing("link")
    login_id = UUID(bytes=raw[:16])
    if not any(hmac.compare_digest(raw[16:], one) for one in _signatures(practice_id, login_id, kind)):
        missing("link")
    return login_id


async def signs_in(token: str) -> bool:
    """Whether it is a login's, which has switches of its own; raises Missing for a wrong token."""
    login_id = login_of(current_scope().practice_id, token)
    return await fetch_one("SELECT 1 FROM login WHERE practice_id = portico_here() AND id = $1", login_id) is not None


async def unsubscribe(token: str) -> None:
    """Mail of the link's kind is off from now; a second time changes nothing. Raises Missing for a wrong token."""
    login_id, kind = login_of(current_scope().practice_id, token), kind_of(token).name
    async with change(None, "mail.unsubscribe"):
        if await mail_switches.stop(login_id, kind):
            return
        if await (execute(OFF, login_id) if kind == UNREAD else execute(KIND_OFF, login_id, kind)):
            await record(None, PREFERENCES_CHANGED, [Part((ToLogin(login_id),))], subject_id=login_id)


def _signatures(practice_id: UUID, login_id: UUID, kind: str) -> list[bytes]:
    """Today's first; a mail of before lies in its mailbox for years."""
    about = practice_id.bytes + login_id.bytes + (b"" if kind == UNREAD else kind.encode())
    return [hmac.new(key, about, sha256).digest()[:SIGNATURE] for key in keys_for("unsubscribe")]
