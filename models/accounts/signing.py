"""Signing in: who has proved to be a login gets a session. Nothing here tells whether an address is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from models.accounts import known_devices, passwords, second_factor, tickets
from models.accounts.actors import actor_of_session
from models.accounts.events import SESSION_STARTED
from models.accounts.idling import LASTS, Times
from models.accounts.known_devices import Browser
from models.accounts.practices import profile
from models.accounts.reach import Reach, by_email, by_login, spelled, still_proved
from models.accounts.security import leaving_a_note, note
from models.accounts.tries import CODES, Tries, give_all_back, take_all
from models.core.actor import Actor, Side
from models.core.change import change, record
from models.core.clock import now
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid
from models.core.events import Part, ToLogin
from models.core.ids import new_id, new_token, token_hash
from models.core.scope import current_scope

WORDS = ("No tries", "One try", "Two tries", "Three tries", "Four tries", "Five tries")
NO_BROWSER = Browser()
# What a session remembers of how it began, as a signature's certificate says it: by `how`, and by the second step.
FIRST = {"signed-in-link": "a link by e-mail", "signed-in-passkey": "a passkey",
         "signed-in-switch": "a sign-in at another practice"}
SECOND = {"": "", "code": " and a one-time code", "remembered": " in a browser that is remembered"}


@dataclass(frozen=True)
class SignedIn:
    """`token` is the secret for the cookie; the database keeps its hash. `device_tokens`: what the device cookie is to
    hold from now on, None when it stays as it is."""

    token: str
    actor: Actor
    device_tokens: tuple[str, ...] | None = None


class ChooseSide(Conflict):
    """Whoever it is was proved; the person has to say which side. `strong`: by two factors; `mailed`: by a link."""

    code, detail = "choose-side", "This login opens both sides. Choose desk or portal."

    def __init__(self, login_id: UUID, *, strong: bool = False, mailed: bool = False) -> None:
        super().__init__(errors={"side": [self.detail]})
        self.login_id, self.strong, self.mailed = login_id, strong, mailed


class SecondFactor(Invalid):
    """The first factor was right (`mailed`: a link in a mailbox); the code is missing, or was wrong."""

    code, detail = "second-factor", "Type the code from your authenticator app, or one of your recovery codes."

    def __init__(self, login_id: UUID, wrong: str = "", *, mailed: bool = False) -> None:
        super().__init__(errors={"code": [wrong or self.detail]})
        self.login_id, self.mailed = login_id, mailed


async def sign_in(
    email: str, password: str, *, address: str, side: Side | None = None, device: str = "", code: str = "",
    browser: Browser = NO_BROWSER,
) -> SignedIn:
    """A new session in the open practice, always under a new token.

    Raises Invalid for a pair that does not go together, TooMany, Busy, Forbidden for a person whose access has ended,
    SecondFactor when a code is needed, ChooseSide when the login opens both sides and none was named.
    """
    reach = await by_email(email)
    known = await known_devices.known(reach.login_id if reach else new_id(), browser)
    tries = Tries(spelled(email), address, known.id if known else None)
    left = await tries.count()
    if not await passwords.matches(reach.password_hash if reach else None, password) or reach is None:
        wrong = Invalid("wrong-password", errors={"password": [_wrong(left)]})
        raise leaving_a_note(wrong, reach.login_id if reach else None, "wrong-password", device)
    await tries.give_back()
    await _renew_hash(reach, password)
    return await begin(reach, side, device=device, code=code, browser=browser)


async def sign_in_with_ticket(
    ticket: str, *, side: Side | None = None, code: str = "", device: str = "", browser: Browser = NO_BROWSER
) -> SignedIn:
    """The next step of a sign-in: the code, or the side. A ticket works once, for minutes; a wrong code leaves it."""
    found = await tickets.look_at(ticket)
    reach = await by_login(found.login_id) if found and found.fresh else None
    if found is None or reach is None:
        raise _too_late()
    strong, mailed = found.purpose in tickets.STRONG, found.purpose in tickets.MAILED
    by = "two factors" if strong else _first("", mailed)
    if found.purpose in tickets.SECOND_STEPS:
        shown = await _second_step(reach, code, device=device, browser=browser, mailed=mailed)
        strong, by = bool(shown), by + SECOND[shown]
    if await tickets.redeem(ticket, *tickets.STEPS) is None:
        raise _too_late()
    return await begin(reach, side, device=device, browser=browser, strong=strong, mailed=mailed, by=by)


async def begin(
    reach: Reach, side: Side | None, *, device: str = "", browser: Browser | None = None, code: str = "",
    strong: bool = False, mailed: bool = False, how: str = "signed-in", proved_at: datetime | None = None,
    until: datetime | None = None, by: str = "",
) -> SignedIn:
    """A session for a login that has proved itself, on this side or on the only one it has.

    `strong`: by two factors already; else the code is asked where the second factor is on (SecondFactor), unless this
    browser is remembered. Without a `browser` (a program of ours) no device is noted. `mailed`: by a link in a mailbox;
    whoever rules the mailbox may be who comes, also with a second factor that they set up, so the session stays in this
    practice.
    `proved_at`: when the person last proved themselves to this practice, when that was not just now; `until`: when the
    session ends at the latest in whose place this one stands: nobody works for days on one password. `by`: with what
    they proved themselves, in words, where that does not follow from `how`.
    """
    _refuse_ended(reach)
    shown = "" if strong else await _second_step(
        reach, code, device=device, browser=browser or NO_BROWSER, mailed=mailed
    )
    strong, by = strong or bool(shown), (by or _first(how, mailed)) + SECOND[shown]
    chosen = _choose(reach, side, strong, mailed)
    if not await still_proved(reach):
        raise Conflict("password-changed", "The password was changed a moment ago. Sign in with the new one.")
    async with change(None, "session.sign_in"):
        device_id, tokens = None, None
        if browser is not None:
            device_id, tokens = await known_devices.seen(reach.login_id, browser, words=device)
        session_id, token = await add_session(
            reach.login_id, chosen, device=device, strong=strong, device_id=device_id, stays=mailed,
            proved_at=proved_at, until=until, by=by,
        )
        actor = await actor_of_session(current_scope().practice_id, session_id, while_unready=True)
        current_scope().actor = actor
        await note(actor.login_id, how, device)
        heard = [Part([ToLogin(actor.login_id)], {"session": session_id})]
        await record(actor, SESSION_STARTED, heard, subject_id=session_id)
    return SignedIn(token, actor, tokens)


async def add_session(
    login_id: UUID, side: Side, *, device: str = "", strong: bool = False, device_id: UUID | None = None,
    stays: bool = False, proved_at: datetime | None = None, until: datetime | None = None, by: str = "",
) -> tuple[UUID, str]:
    """The bare rows of a session and its token, without an event (seeds and load worlds call it too)."""
    session_id, token, moment, face = new_id(), new_token(), now(), await profile()
    idle = face.desk_idle_seconds if side is Side.DESK else face.portal_idle_seconds
    ends_at = min(moment + LASTS[side], until or datetime.max.replace(tzinfo=UTC))
    times = Times(side, active_at=moment, ends_at=ends_at, idle_seconds=idle)
    await execute(
        "INSERT INTO session (id, login_id, side, device, created_at, active_at, ends_at, proved_at, strong, device_id,"
        " stays, began_by, proved_by) VALUES ($1, $2, $3, $4, $5, $5, $6, $10, $7, $8, $9, $11, $11)",
        session_id, login_id, side.value, device, moment, times.ends_at, strong, device_id, stays, proved_at or moment,
        by,
    )
    await execute(
        "INSERT INTO session_key (hash, practice_id, session_id, login_id, ends_at, due_at)"
        " VALUES ($1, portico_here(), $2, $3, $4, $5)",
        token_hash(token), session_id, login_id, times.over_at, times.due_at,
    )
    return session_id, token


def _first(how: str, mailed: bool) -> str:
    return FIRST.get(how) or ("a link by e-mail" if mailed else "a password")


async def _second_step(reach: Reach, code: str, *, device: str, browser: Browser, mailed: bool) -> str:
    """How the second factor was shown now: by a code, or by a browser that is remembered; empty where it is off. Raises
    SecondFactor, TooMany."""
    if not await second_factor.is_on(reach.login_id):
        return ""
    known = await known_devices.known(reach.login_id, browser)
    if known and known.remembered_until:
        return "remembered"
    if not code:
        raise SecondFactor(reach.login_id, mailed=mailed)
    subject = (current_scope().practice_id, reach.login_id, known.id if known else "unknown")
    left = await take_all(CODES, *subject)
    if not await second_factor.takes(reach.login_id, code, device=device):
        wrong = SecondFactor(reach.login_id, f"This code is not right, or was used before. {_tries(left)} left.",
                             mailed=mailed)
        raise leaving_a_note(wrong, reach.login_id, "wrong-code", device)
    await give_all_back(CODES, *subject)
    return "code"


async def _renew_hash(reach: Reach, password: str) -> None:
    """A hash made with former parameters is made anew while the password is at hand."""
    kept = reach.password_hash
    if kept is not None and passwords.is_dated(kept):
        fresh = await passwords.hash_password(password)
        renew = "UPDATE login SET password_hash = $2 WHERE id = $1 AND password_hash = $3"
        await execute(renew, reach.login_id, fresh, kept)


def _refuse_ended(reach: Reach) -> None:
    if not reach.sides:
        sentence = "Your access to this portal has ended. Call the practice if that is a mistake."
        raise Forbidden("access-ended", sentence, errors={"form": [sentence]})


def _choose(reach: Reach, side: Side | None, strong: bool, mailed: bool) -> Side:
    if side is None:
        if len(reach.sides) > 1:
            raise ChooseSide(reach.login_id, strong=strong, mailed=mailed)
        return next(iter(reach.sides))
    if side not in reach.sides:
        where = "the staff side" if side is Side.DESK else "a portal of your own"
        raise Forbidden("other-side", f"This login does not open {where}.")
    return side


def _too_late() -> Conflict:
    return Conflict("ticket-expired", "That took too long. Sign in again.")


def _wrong(left: int) -> str:
    return f"This e-mail and password do not go together. {_tries(left)} left."


def _tries(left: int) -> str:
    return WORDS[left] if left < len(WORDS) else f"{left} tries"
