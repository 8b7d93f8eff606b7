"""Signing in: e-mail and password become a session. Nothing here tells whether an address is known."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from models.accounts import passwords, tickets
from models.accounts.actors import actor_of_session
from models.accounts.events import SESSION_STARTED
from models.accounts.idling import LASTS, Times
from models.accounts.practices import profile
from models.accounts.reach import Reach, by_email, by_login, spelled, still_proved
from models.core.actor import Actor, Side
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid
from models.core.events import Part, ToLogin
from models.core.ids import new_id, new_token, token_hash
from models.core.limits import Limit, give_back, network_of, take
from models.core.scope import current_scope

# One person's mistakes; one address trying many accounts; many addresses trying one account.
FROM_HERE = Limit("sign-in-pair", most=6, seconds=900)
BY_ADDRESS = Limit("sign-in-address", most=60, seconds=900)
BY_ACCOUNT = Limit("sign-in-account", most=30, seconds=900)

WORDS = ("No tries", "One try", "Two tries", "Three tries", "Four tries", "Five tries")


@dataclass(frozen=True)
class SignedIn:
    """`token` is the secret for the cookie; the database keeps its hash."""

    token: str
    actor: Actor


async def sign_in(email: str, password: str, *, address: str, side: Side | None = None, device: str = "") -> SignedIn:
    """A new session in the open practice, always under a new token.

    Raises Invalid for a pair that does not go together, TooMany, Busy, Forbidden for a person whose access has ended,
    and ChooseSide when the login opens both sides and none was named.
    """
    left = await _count(email, address)
    reach = await by_email(email)
    if not await passwords.matches(reach.password_hash if reach else None, password) or reach is None:
        raise Invalid("wrong-password", errors={"password": [_wrong(left)]})
    await _give_back(email, address)
    await _renew_hash(reach, password)
    return await begin(reach, side, device=device)


async def sign_in_with_ticket(ticket: str, *, side: Side, device: str = "") -> SignedIn:
    """The second half of signing in with a login that opens both sides; a ticket works once, for five minutes."""
    login_id = await tickets.redeem(ticket, tickets.CHOOSE_SIDE)
    reach = await by_login(login_id) if login_id else None
    if reach is None:
        raise Conflict("ticket-expired", "That took too long. Sign in again.")
    return await begin(reach, side, device=device)


class ChooseSide(Conflict):
    """The password was right; the person has to say which side."""

    code, detail = "choose-side", "This login opens both sides. Choose desk or portal."

    def __init__(self, login_id: UUID) -> None:
        super().__init__(errors={"side": [self.detail]})
        self.login_id = login_id


async def begin(reach: Reach, side: Side | None, *, device: str = "") -> SignedIn:
    """A session for a login that has proved itself, on this side or on the only one it has."""
    chosen = _choose(reach, side)
    if not await still_proved(reach):
        raise Conflict("password-changed", "The password was changed a moment ago. Sign in with the new one.")
    async with change(None, "session.sign_in"):
        session_id, token = await add_session(reach.login_id, chosen, device=device)
        actor = await actor_of_session(current_scope().practice_id, session_id)
        current_scope().actor = actor
        heard = [Part([ToLogin(actor.login_id)], {"session": session_id})]
        await record(actor, SESSION_STARTED, heard, subject_id=session_id)
    return SignedIn(token, actor)


async def add_session(login_id: UUID, side: Side, *, device: str = "") -> tuple[UUID, str]:
    """The bare rows of a session and its token, without an event (seeds and load worlds call it too)."""
    session_id, token, moment, face = new_id(), new_token(), now(), await profile()
    idle = face.desk_idle_seconds if side is Side.DESK else face.portal_idle_seconds
    times = Times(side, active_at=moment, ends_at=moment + LASTS[side], idle_seconds=idle)
    await execute(
        "INSERT INTO session (id, login_id, side, device, created_at, active_at, ends_at)"
        " VALUES ($1, $2, $3, $4, $5, $5, $6)",
        session_id, login_id, side.value, device, moment, times.ends_at,
    )
    await execute(
        "INSERT INTO session_key (hash, practice_id, session_id, login_id, ends_at, due_at)"
        " VALUES ($1, portico_here(), $2, $3, $4, $5)",
        token_hash(token), session_id, login_id, times.over_at, times.due_at,
    )
    return session_id, token


async def _count(email: str, address: str) -> int:
    """Count the try before it is made; how many this person has left here. The account's name is what was typed,
    known or not."""
    here, network, account = current_scope().practice_id, network_of(address), spelled(email)
    await take(BY_ADDRESS, network)
    left = await take(FROM_HERE, here, network, account)
    await take(BY_ACCOUNT, here, account)
    return left


async def _give_back(email: str, address: str) -> None:
    here, network, account = current_scope().practice_id, network_of(address), spelled(email)
    await give_back(BY_ADDRESS, network)
    await give_back(FROM_HERE, here, network, account)
    await give_back(BY_ACCOUNT, here, account)


async def _renew_hash(reach: Reach, password: str) -> None:
    """A hash made with former parameters is made anew while the password is at hand."""
    kept = reach.password_hash
    if kept is not None and passwords.is_dated(kept):
        fresh = await passwords.hash_password(password)
        renew = "UPDATE login SET password_hash = $2 WHERE id = $1 AND password_hash = $3"
        await execute(renew, reach.login_id, fresh, kept)


def _choose(reach: Reach, side: Side | None) -> Side:
    if not reach.sides:
        sentence = "Your access to this portal has ended. Call the practice if that is a mistake."
        raise Forbidden("access-ended", sentence, errors={"form": [sentence]})
    if side is None:
        if len(reach.sides) > 1:
            raise ChooseSide(reach.login_id)
        return next(iter(reach.sides))
    if side not in reach.sides:
        where = "the staff side" if side is Side.DESK else "a portal of your own"
        raise Forbidden("other-side", f"This login does not open {where}.")
    return side


def _wrong(left: int) -> str:
    tries = WORDS[left] if left < len(WORDS) else f"{left} tries"
    return f"This e-mail and password do not go together. {tries} left."
