"""Browsers in which a login has signed in before: known by a random token in a cookie, of which only the hash is kept.

A known device has tries of its own and is no news; a remembered one is not asked for the code for thirty days. A token
is made here, for one login, at a sign-in: one that somebody planted in a browser is never taken on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from models.accounts.ending import end_sessions
from models.accounts.events import DEVICES_CHANGED, NEW_DEVICE
from models.accounts.security import note
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import missing
from models.core.events import Part, ToLogin
from models.core.ids import new_id, new_token, token_hash

REMEMBERED = timedelta(days=30)
FORGOTTEN_AFTER = timedelta(days=400)
# One browser may be several people's; the cookie holds the newest few.
MOST_TOKENS = 4


@dataclass(frozen=True)
class Browser:
    """What a browser brings to a sign-in: the tokens of its device cookie, and whether to remember it."""

    tokens: tuple[str, ...] = ()
    remember: bool = False

    @property
    def hashes(self) -> list[bytes]:
        return [token_hash(token) for token in self.tokens]


@dataclass(frozen=True)
class Device:
    """A browser of a login. Times are UTC; `remembered_until`: None when the code is asked there."""

    id: UUID
    words: str
    first_at: datetime
    last_at: datetime
    remembered_until: datetime | None


FIND = """SELECT id, words, first_at, last_at,
  CASE WHEN remembered_until > $3 THEN remembered_until END AS remembered_until FROM device
  WHERE practice_id = portico_here() AND login_id = $1 AND hash = ANY($2::bytea[])
  AND last_at > $3 - interval '400 days' ORDER BY last_at DESC LIMIT 1"""
THERE = """SELECT id FROM session WHERE practice_id = portico_here() AND login_id = $1 AND device_id = $2 AND id <> $3
  AND ended_at IS NULL"""
OF_LOGIN = """SELECT id, words, first_at, last_at,
  CASE WHEN remembered_until > $2 THEN remembered_until END AS remembered_until FROM device
  WHERE practice_id = portico_here() AND login_id = $1 ORDER BY last_at DESC LIMIT 100"""


async def known(login_id: UUID, browser: Browser) -> Device | None:
    """This browser, if the login has signed in here before."""
    row = await fetch_one(FIND, login_id, browser.hashes, now()) if browser.tokens else None
    return _device(row) if row else None


async def devices_of(login_id: UUID) -> list[Device]:
    """All browsers this login has signed in with, the last first."""
    return [_device(row) for row in await fetch_all(OF_LOGIN, login_id, now())]


async def seen(login_id: UUID, browser: Browser, *, words: str) -> tuple[UUID, tuple[str, ...] | None]:
    """Inside a change: this browser signs in. Its row, and the tokens that the cookie is to hold (None: as they are).
    A browser that is new to a login that had others is told to the login by mail."""
    moment, found = now(), await known(login_id, browser)
    until = moment + REMEMBERED if browser.remember else None
    if found:
        renew = "UPDATE device SET last_at = $2, words = $3, remembered_until = coalesce($4, remembered_until)"
        await execute(f"{renew} WHERE practice_id = portico_here() AND id = $1", found.id, moment, words, until)
        return found.id, None
    first = await fetch_one("SELECT 1 FROM device WHERE practice_id = portico_here() AND login_id = $1", login_id)
    device_id, token = new_id(), new_token()
    await execute(
        "INSERT INTO device (id, login_id, hash, words, first_at, last_at, remembered_until)"
        " VALUES ($1, $2, $3, $4, $5, $5, $6)",
        device_id, login_id, token_hash(token), words, moment, until,
    )
    await _forget_old(login_id, moment)
    if first is not None:
        await note(login_id, "new-device", words)
        await record(None, NEW_DEVICE, [Part([ToLogin(login_id)], {"device": device_id})], subject_id=login_id)
    return device_id, (token, *browser.tokens)[:MOST_TOKENS]


async def forget_device(actor: Actor, device_id: UUID) -> None:
    """The browser is unknown from now on: asked for the code, and told of again. Who is signed in there is signed out,
    but for this very session. Raises Missing for any other's."""
    async with change(actor, "device.forget"):
        there = [row["id"] for row in await fetch_all(THERE, actor.login_id, device_id, actor.session_id)]
        await end_sessions(actor, there, login_id=actor.login_id, reason="ended")
        gone = "DELETE FROM device WHERE practice_id = portico_here() AND id = $1 AND login_id = $2"
        if not await execute(gone, device_id, actor.login_id):
            missing("device")
        await note(actor.login_id, "device-forgotten")
        await tell_devices(actor, actor.login_id)


async def ask_everywhere(login_id: UUID) -> None:
    """No device of the login is spared the code any more: its password or its second factor changed."""
    await execute(
        "UPDATE device SET remembered_until = NULL WHERE practice_id = portico_here() AND login_id = $1", login_id
    )


async def forget_all_devices(login_id: UUID) -> None:
    """Inside a change: every browser is unknown."""
    await execute("DELETE FROM device WHERE practice_id = portico_here() AND login_id = $1", login_id)


async def tell_devices(actor: Actor | None, login_id: UUID) -> None:
    await record(actor, DEVICES_CHANGED, [Part([ToLogin(login_id)])], subject_id=login_id)


async def device_seen(device_id: UUID) -> Device | None:
    """For the mail about it."""
    sql = "SELECT id, words, first_at, last_at, remembered_until FROM device WHERE practice_id = portico_here()"
    row = await fetch_one(f"{sql} AND id = $1", device_id)
    return _device(row) if row else None


def tokens_in(cookie: str | None) -> tuple[str, ...]:
    """The tokens of a device cookie; nothing that we did not make."""
    parts: Sequence[str] = (cookie or "").split(".")
    return tuple(part for part in parts if 20 <= len(part) <= 64 and part.isascii())[:MOST_TOKENS]


async def _forget_old(login_id: UUID, moment: datetime) -> None:
    gone = "DELETE FROM device WHERE practice_id = portico_here() AND login_id = $1 AND last_at < $2"
    await execute(gone, login_id, moment - FORGOTTEN_AFTER)


def _device(row: Row) -> Device:
    return Device(row["id"], row["words"], row["first_at"], row["last_at"], row["remembered_until"])
