"""A person's own security log: sign-ins, failures, changes, resets, in words with time and kind of device.

Lines are written beside the events, which stay the audit; here is what the person reads. No address of anybody is kept.
What fails again within the hour is counted in one line, so that an attack fills no table.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Refusal
from models.core.ids import new_id
from models.core.scope import Scope, current_scope

KEPT = timedelta(days=400)
MOST = 100

# kind: (icon, tone, words)
WORDS = {
    "signed-in": ("log-in", "", "Signed in"),
    "signed-in-link": ("mail", "", "Signed in with a link from an e-mail"),
    "signed-in-passkey": ("fingerprint", "", "Signed in with a passkey"),
    "signed-in-switch": ("arrow-left-right", "", "Came from another of your practices"),
    "changed-side": ("arrow-left-right", "", "Went from one side to the other"),
    "linked": ("building-2", "ok", "Connected with another of your practices"),
    "unlinked": ("building-2", "", "No longer connected with another practice"),
    "wrong-password": ("circle-x", "warn", "A wrong password was typed"),
    "wrong-inside": ("circle-x", "danger", "A wrong password was typed where you were signed in"),
    "wrong-code": ("circle-x", "danger", "The password was right, the code was wrong"),
    "password-changed": ("key-round", "", "The password was changed"),
    "email-asked": ("at-sign", "", "Another e-mail address to sign in with was asked for"),
    "email-changed": ("at-sign", "warn", "The e-mail address you sign in with was changed"),
    "factor-on": ("shield-check", "ok", "The second factor was turned on"),
    "factor-off": ("shield-alert", "warn", "The second factor was turned off"),
    "factor-reset": ("shield-alert", "danger", "The practice reset your second factor"),
    "codes-renewed": ("rotate-cw", "", "New recovery codes were made"),
    "code-used": ("key", "warn", "A recovery code was used"),
    "passkey-added": ("fingerprint", "ok", "A passkey was added"),
    "passkey-renamed": ("fingerprint", "", "A passkey was renamed"),
    "passkey-removed": ("fingerprint", "warn", "A passkey was removed"),
    "new-device": ("laptop", "warn", "A device that was not known signed in; an e-mail told you"),
    "device-forgotten": ("laptop", "", "A device was forgotten"),
}

ADD = """INSERT INTO security_line (id, login_id, kind, device, at)
  SELECT $1, l.id, $3, $4, $5 FROM login l WHERE l.practice_id = portico_here() AND l.id = $2"""
COUNT = """INSERT INTO security_line (id, login_id, kind, device, hour, at)
  SELECT $1, l.id, $3, $4, date_trunc('hour', $5::timestamptz), $5 FROM login l
  WHERE l.practice_id = portico_here() AND l.id = $2
  ON CONFLICT (practice_id, login_id, kind, device, hour) WHERE hour IS NOT NULL
  DO UPDATE SET times = security_line.times + 1, at = excluded.at"""
DROP = "DELETE FROM security_line WHERE practice_id = portico_here() AND login_id = $1 AND at < $2"
READ = """SELECT kind, device, times, at FROM security_line WHERE practice_id = portico_here() AND login_id = $1
  ORDER BY at DESC, id DESC LIMIT $2"""


@dataclass(frozen=True)
class Line:
    """`at` in UTC; of a line that counts, the last time."""

    kind: str
    icon: str
    tone: str
    words: str
    device: str
    times: int
    at: datetime


async def note(login_id: UUID, kind: str, device: str = "") -> None:
    """Write a line in the open scope; without a `device` it is the one of the request. Lines older than a year and a
    month go."""
    device = device or current_scope().whence.device
    moment = now()
    await execute(ADD, new_id(), login_id, kind, device, moment)
    await execute(DROP, login_id, moment - KEPT)


def leaving_a_note(refusal: Refusal, login_id: UUID | None, kind: str, device: str) -> Refusal:
    """The refusal, which undoes its transaction, and behind it a line in a scope of its own. The same work for a login
    and for nobody."""

    async def write(_: Scope) -> None:
        await execute(COUNT, new_id(), login_id or new_id(), kind, _kind(device), now())

    refusal.aftermath = write
    return refusal


async def lines_of(login_id: UUID) -> list[Line]:
    """The newest hundred."""
    rows = await fetch_all(READ, login_id, MOST)
    return [Line(row["kind"], *WORDS[row["kind"]], row["device"], row["times"], row["at"]) for row in rows]


def _kind(device: str) -> str:
    """Programs name themselves as they like: one line for all of them."""
    return "A program" if device.startswith("A program") else device
