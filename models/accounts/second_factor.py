"""The second factor: six digits from an authenticator app (TOTP, RFC 6238), or one of ten recovery codes.

A code that was taken works no more, nor does any older one. One step of clock drift is allowed in each direction.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pyotp

from models.accounts import recovery
from models.accounts.ending import end_other_sessions
from models.accounts.events import SECOND_FACTOR_CHANGED
from models.accounts.known_devices import ask_everywhere
from models.accounts.practices import profile, today_here
from models.accounts.proving import note_proof
from models.accounts.security import note
from models.accounts.tables import StaffMember
from models.accounts.tries import CODES, give_all_back, take_all
from models.core.actor import Actor
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute, fetch_one
from models.core.encrypting import decrypted, encrypted, is_dated
from models.core.errors import Conflict, Invalid
from models.core.events import Part, ToLogin

PURPOSE = "second-factor"
SET_UP_WITHIN = timedelta(minutes=30)
STEP = 30
DRIFT = (0, -1, 1)

KEEP = """INSERT INTO totp (login_id, secret, started_at) VALUES ($1, $2, $3)
  ON CONFLICT (practice_id, login_id) DO UPDATE SET secret = $2, started_at = $3, last_step = 0
  WHERE totp.on_at IS NULL"""
TAKE = "UPDATE totp SET last_step = $2 WHERE practice_id = portico_here() AND login_id = $1 AND last_step < $2"
WRONG = "This code is not right. Look at the app again: a code holds for half a minute and works once."


@dataclass(frozen=True)
class Pending:
    """A set-up under way. `secret` in base32; `uri`: what the QR code says."""

    secret: str
    uri: str


@dataclass(frozen=True)
class Standing:
    """`on`: a code is asked at sign-in; `codes_left` of ten recovery codes."""

    on: bool
    codes_left: int


async def standing(login_id: UUID) -> Standing:
    on = await is_on(login_id)
    return Standing(on, await recovery.left(login_id) if on else 0)


async def is_on(login_id: UUID) -> bool:
    row = await fetch_one("SELECT on_at FROM totp WHERE practice_id = portico_here() AND login_id = $1", login_id)
    return row is not None and row["on_at"] is not None


async def is_protected(login_id: UUID) -> bool:
    """Whether there is anything to reset: the app, or a passkey."""
    return await fetch_one(ANYTHING, login_id) is not None


ANYTHING = """SELECT 1 FROM totp WHERE practice_id = portico_here() AND login_id = $1 AND on_at IS NOT NULL
  UNION ALL SELECT 1 FROM passkey WHERE practice_id = portico_here() AND login_id = $1 LIMIT 1"""


async def start(actor: Actor) -> None:
    """A new secret, which holds once one of its codes was shown. Raises Conflict while the second factor is on."""
    async with change(actor, "second_factor.start"):
        kept = encrypted(PURPOSE, pyotp.random_base32(), of=actor.login_id)
        if not await execute(KEEP, actor.login_id, kept, now()):
            raise Conflict("already-on", "The second factor is on. Turn it off first to set it up anew.")


async def pending(actor: Actor) -> Pending | None:
    """What was started within half an hour; None when there is nothing to go on with."""
    row = await fetch_one(
        "SELECT secret, started_at, on_at FROM totp WHERE practice_id = portico_here() AND login_id = $1",
        actor.login_id,
    )
    if row is None or row["on_at"] is not None or now() - row["started_at"] > SET_UP_WITHIN:
        return None
    secret = decrypted(PURPOSE, row["secret"], of=actor.login_id)
    login = await fetch_one("SELECT email FROM login WHERE id = $1", actor.login_id)
    if secret is None or login is None:
        return None
    uri = pyotp.TOTP(secret).provisioning_uri(name=login["email"], issuer_name=(await profile()).name)
    return Pending(secret, uri)


async def turn_on(actor: Actor, code: str) -> list[str]:
    """From now on a code is asked at sign-in; gives the recovery codes, which are never shown again. All other sessions
    end, no device is spared the code. Raises Invalid for a wrong code."""
    if await pending(actor) is None:
        raise Conflict("not-started", "That took too long. Start again: the app gets a new key.")
    await take_all(CODES, actor.practice_id, actor.login_id, "set-up")
    if not await _is_right(actor.login_id, code):
        raise Invalid("wrong-code", errors={"code": [WRONG]})
    await give_all_back(CODES, actor.practice_id, actor.login_id, "set-up")
    async with change(actor, "second_factor.turn_on"):
        turned = "UPDATE totp SET on_at = $2 WHERE practice_id = portico_here() AND login_id = $1 AND on_at IS NULL"
        if not await execute(turned, actor.login_id, now()):
            raise Conflict("already-on", "The second factor is on already.")
        codes = await recovery.renew(actor.login_id)
        await ask_everywhere(actor.login_id)
        await note_proof(actor, by="a one-time code", strong=True)
        await _tell(actor, "factor-on")
    await end_other_sessions(actor)
    return codes


async def turn_off(actor: Actor) -> None:
    """The password alone signs in again. Raises Conflict where the practice requires a second factor of its staff."""
    if await required_of(actor.login_id):
        raise Conflict("second-factor-required", "Your practice requires a second factor of its staff. It stays on.")
    async with change(actor, "second_factor.turn_off"):
        if await remove(actor.login_id):
            await ask_everywhere(actor.login_id)
            await _tell(actor, "factor-off")


async def renew_codes(actor: Actor) -> list[str]:
    """Ten new recovery codes; the former ones work no more."""
    # of two windows that ask at once the second waits, so that the codes shown in the first are among the former ones
    held = "SELECT 1 FROM totp WHERE practice_id = portico_here() AND login_id = $1 AND on_at IS NOT NULL FOR UPDATE"
    if await fetch_one(held, actor.login_id) is None:
        raise Conflict("not-on", "Turn the second factor on first.")
    async with change(actor, "second_factor.renew_codes"):
        codes = await recovery.renew(actor.login_id)
        await _tell(actor, "codes-renewed")
    return codes


async def remove(login_id: UUID) -> bool:
    """Inside a change: secret and codes are gone; whether the second factor was on."""
    row = await fetch_one(
        "DELETE FROM totp WHERE practice_id = portico_here() AND login_id = $1 RETURNING on_at", login_id
    )
    await recovery.forget(login_id)
    return row is not None and row["on_at"] is not None


async def takes(login_id: UUID, typed: str, *, device: str = "") -> bool:
    """Inside an open scope: whether this is a code of the login, or a recovery code, which is used up with it."""
    if await _is_right(login_id, typed):
        return True
    if not await recovery.use(login_id, typed):
        return False
    async with change(None, "second_factor.use_code"):
        await note(login_id, "code-used", device)
        heard = [Part([ToLogin(login_id)], {"what": "code-used"})]
        await record(None, SECOND_FACTOR_CHANGED, heard, subject_id=login_id)
    return True


async def required_of(login_id: UUID) -> bool:
    """Whether the login is a staff member's, and the practice requires a second factor of staff by now."""
    first_day = (await profile()).second_factor_from
    if first_day is None or first_day > await today_here():
        return False
    return await StaffMember.exists(login_id=login_id, deactivated_at=None)


async def _is_right(login_id: UUID, typed: str) -> bool:
    digits = "".join(typed.split())
    row = await fetch_one("SELECT secret FROM totp WHERE practice_id = portico_here() AND login_id = $1", login_id)
    secret = decrypted(PURPOSE, row["secret"], of=login_id) if row else None
    if secret is None or len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return False
    totp, step_now = pyotp.TOTP(secret), int(now().timestamp()) // STEP
    fitting = [step_now + by for by in DRIFT if hmac.compare_digest(totp.generate_otp(step_now + by), digits)]
    # of two that come with one code at once, the row's lock lets the first through
    if not fitting or not await execute(TAKE, login_id, max(fitting)):
        return False
    assert row is not None
    await _renew(login_id, row["secret"], secret)
    return True


async def _renew(login_id: UUID, kept: bytes, secret: str) -> None:
    """What was kept under a key of before is kept under today's from its next use on."""
    if is_dated(PURPOSE, kept, of=login_id):
        anew = "UPDATE totp SET secret = $2 WHERE practice_id = portico_here() AND login_id = $1 AND secret = $3"
        await execute(anew, login_id, encrypted(PURPOSE, secret, of=login_id), kept)


async def _tell(actor: Actor, what: str) -> None:
    """To the person's log and pages, and by mail."""
    await note(actor.login_id, what)
    heard = [Part([ToLogin(actor.login_id)], {"what": what})]
    await record(actor, SECOND_FACTOR_CHANGED, heard, subject_id=actor.login_id, rights_of=[actor.login_id])
