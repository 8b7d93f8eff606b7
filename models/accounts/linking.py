"""One person's logins in several practices, joined by signing in to both once; then the desk switches between them.

Each practice keeps a row of its own: this login has a partner in that practice, by an id that both know. Neither can
read the other's row, and neither knows the other's login. A link opens a desk only while both rows stand, and each
practice decides by its own rules who its login is, whether it still works there, and what it must prove.

Why the person comes back to where they began (`complete`): who is tricked into confirming somebody else's link has not
signed in on the other side as the one who began it, so the link never comes to be.
Why a link ends with a password set by a mailed link (`on_password_changed`): whoever rules a practice's mailboxes
could become its member that way, and must not walk on from there as the person in another practice. For the same
reason a session that came through a mailbox neither connects nor switches (`session.stays`), nor does one that began
with a passkey made in such a session, or with a code added to a mailed link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from models.accounts import passage
from models.accounts.events import LINK_BEGUN, LINK_ENDED, LINK_MADE
from models.accounts.known_devices import Browser
from models.accounts.other_practices import public_name, subdomain_of
from models.accounts.passage import CONNECT, CONNECTED, SWITCH, Passage
from models.accounts.practices import practice_by_host
from models.accounts.reach import by_login
from models.accounts.security import note
from models.accounts.signing import SignedIn, begin
from models.core.actor import Actor, Side
from models.core.addresses import origin_of
from models.core.change import change, enqueue, on, record
from models.core.clock import now
from models.core.database import Row, execute, fetch_all, fetch_one
from models.core.errors import Conflict, Forbidden, Invalid, missing
from models.core.events import Event, EventType, Part, ToLogin
from models.core.ids import new_id
from models.core.limits import Limit, take
from models.core.settings import settings

END = "link.end"  # the job that ends the other practice's row
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
STAYS = "You came by a link from an e-mail. Sign out, then sign in with your password to go to another practice."
TRIES = Limit("connect-practice", most=20, seconds=3600)

STANDING = "practice_id = portico_here() AND proved_at IS NOT NULL AND ended_at IS NULL"
MINE = f"SELECT id, other_practice_id FROM login_link WHERE login_id = $1 AND {STANDING} ORDER BY proved_at, id"
ONE = f"SELECT id, login_id, other_practice_id FROM login_link WHERE id = $1 AND {STANDING}"
FORGET = """DELETE FROM login_link WHERE practice_id = portico_here() AND login_id = $1 AND other_practice_id = $2
  AND proved_at IS NULL"""
BEGIN = "INSERT INTO login_link (id, login_id, other_practice_id, begun_at, proved_at) VALUES ($1, $2, $3, $4, $5)"
ONCE = """ ON CONFLICT (practice_id, login_id, other_practice_id) WHERE proved_at IS NOT NULL AND ended_at IS NULL
  DO NOTHING"""
PROVE = """UPDATE login_link SET proved_at = $4 WHERE practice_id = portico_here() AND id = $1 AND login_id = $2
  AND other_practice_id = $3 AND proved_at IS NULL AND ended_at IS NULL"""
ENDED = f"UPDATE login_link SET ended_at = $2 WHERE id = $1 AND {STANDING} RETURNING login_id"


@dataclass(frozen=True)
class Linked:
    """A desk of the same person in another practice."""

    id: UUID
    name: str
    host: str


@dataclass(frozen=True)
class Onward:
    """Where the person goes next: an address at another practice, whose ticket works once."""

    url: str
    name: str


async def linked(actor: Actor) -> list[Linked]:
    """The practices that this person's desk may switch to."""
    found = await fetch_all(MINE, actor.login_id)
    return [await _shown(row["id"], row["other_practice_id"]) for row in found]


async def begin_link(actor: Actor, address: str) -> Onward:
    """From here to another practice's sign-in, to prove there who one is. Raises Invalid for an address at which no
    other practice stands, Conflict when it is connected already, TooMany."""
    await _refuse_who_came_by_mail(actor)
    await take(TRIES, actor.login_id)
    there = await practice_by_host(_host(address))
    if there is None:
        raise Invalid(errors={"address": ["No practice has its portal at this address."]})
    if there.id == actor.practice_id:
        raise Invalid(errors={"address": ["This is where you are. Give the address of the other practice."]})
    await _refuse_second(actor, there.id)
    async with change(actor, "link.begin"):
        link_id = new_id()
        await execute(FORGET, actor.login_id, there.id)
        await execute(BEGIN, link_id, actor.login_id, there.id, now(), None)
        await _tell(actor, LINK_BEGUN, link_id, actor.login_id)
    return await _onward(CONNECT, "/staff/practices/connect", link_id, there.id)


async def asked_from(ticket: str) -> Linked:
    """On the other side, signed in: which practice is to be connected. Raises Conflict `ticket-expired`."""
    asked = _valid(passage.read(ticket, CONNECT))
    return await _shown(asked.link_id, asked.from_id)


async def confirm(actor: Actor, ticket: str) -> Onward:
    """On the other side: yes, that is me as well. Leads back to where it began."""
    await _refuse_who_came_by_mail(actor)
    asked = _valid(await passage.spend(ticket, CONNECT))
    await _refuse_second(actor, asked.from_id)
    async with change(actor, "link.confirm"):
        if not await execute(BEGIN + ONCE, asked.link_id, actor.login_id, asked.from_id, now(), now()):
            raise _connected()  # in another window, at this moment
        await _tell(actor, LINK_MADE, asked.link_id, actor.login_id)
        await note(actor.login_id, "linked")
    return await _onward(CONNECTED, "/staff/practices/connected", asked.link_id, asked.from_id)


async def complete(actor: Actor, ticket: str) -> None:
    """Back where it began, as the one who began it: from now on the link opens both desks. Raises Conflict."""
    proved = _valid(await passage.spend(ticket, CONNECTED))
    async with change(actor, "link.complete"):
        if not await execute(PROVE, proved.link_id, actor.login_id, proved.from_id, now()):
            raise Conflict("not-begun-here", "You did not begin this connection. Connect the practice from your menu.")
        await _tell(actor, LINK_MADE, proved.link_id, actor.login_id)
        await note(actor.login_id, "linked")


async def depart(actor: Actor, link_id: UUID) -> Onward:
    """To the desk in the other practice, by a ticket for thirty seconds. Raises Missing for a link not one's own,
    Forbidden `stays-here` for a session that began through a mailbox."""
    row = await fetch_one(ONE, link_id)
    if row is None or row["login_id"] != actor.login_id:
        missing("connection")
    session = await _refuse_who_came_by_mail(actor)
    return await _onward(SWITCH, "/switch", link_id, row["other_practice_id"], until=session["ends_at"])


async def arriving(ticket: str) -> UUID | None:
    """Whose desk the ticket would open here; None when it opens none. Changes nothing."""
    coming = passage.read(ticket, SWITCH)
    return await _linked_here(coming) if coming else None


async def arrive(
    ticket: str, *, already: Actor | None = None, device: str = "", browser: Browser | None = None
) -> SignedIn | None:
    """A session at the desk of the linked login, if it still works here; None when it is `already` who sits there.

    What was proved to the other practice is no proof to this one: before what is sensitive the person is asked anew,
    and this session ends no later than the one that it was switched from.
    Raises Conflict for a ticket or a link that does not stand, Forbidden for a login that opens no desk any more,
    SecondFactor where this login has one.
    """
    coming = _valid(await passage.spend(ticket, SWITCH))
    login_id = await _linked_here(coming)
    if login_id is None:
        raise Conflict("not-connected", "This practice is not connected with that one any more. Sign in here.")
    if already is not None and already.desk and already.login_id == login_id:
        return None
    reach = await by_login(login_id)
    if reach is None or Side.DESK not in reach.sides:
        raise Forbidden("access-ended", "Your work at this practice has ended. Call it if that is a mistake.")
    return await begin(
        reach, Side.DESK, device=device, browser=browser, how="signed-in-switch", proved_at=NEVER, until=coming.until
    )


async def _linked_here(coming: Passage) -> UUID | None:
    row = await fetch_one(ONE, coming.link_id)
    return row["login_id"] if row and row["other_practice_id"] == coming.from_id else None


async def disconnect(actor: Actor, link_id: UUID) -> None:
    """Unlink, from either side: nobody switches either way any more. Raises Missing for a link not one's own."""
    row = await fetch_one(ONE, link_id)
    if row is None or row["login_id"] != actor.login_id:
        missing("connection")
    async with change(actor, "link.end"):
        await _end(actor, link_id, row["other_practice_id"])


async def end_all(actor: Actor, login_id: UUID) -> None:
    """Inside a change: whoever works here no more has no way here from elsewhere, nor from here."""
    for row in await fetch_all(MINE, login_id):
        await _end(actor, row["id"], row["other_practice_id"])


async def end_here(link_id: UUID) -> None:
    """The job in the practice on the other side of a link that was ended."""
    async with change(None, "link.end"):
        for row in await fetch_all(ENDED, link_id, now()):
            await _tell(None, LINK_ENDED, link_id, row["login_id"])
            await note(row["login_id"], "unlinked")


async def on_password_changed(actor: Actor | None, event: Event) -> None:
    """Listener on login.password_changed: one that was set by a mailed link ends the login's links."""
    if actor is None:
        for row in await fetch_all(MINE, event.subject_id):
            await _end(None, row["id"], row["other_practice_id"])


def listen() -> None:
    """Called by server.wiring once."""
    on("login.password_changed", on_password_changed)


async def _end(actor: Actor | None, link_id: UUID, other: UUID) -> None:
    for row in await fetch_all(ENDED, link_id, now()):
        await _tell(actor, LINK_ENDED, link_id, row["login_id"])
        await note(row["login_id"], "unlinked")
        await enqueue(END, {"practice": other, "link": link_id})


async def _refuse_who_came_by_mail(actor: Actor) -> Row:
    row = await fetch_one("SELECT stays, ends_at FROM session WHERE id = $1", actor.session_id)
    if row is None or row["stays"]:
        raise Forbidden("stays-here", STAYS, errors={"address": [STAYS]})
    return row


async def _onward(kind: str, path: str, link_id: UUID, to: UUID, *, until: datetime | None = None) -> Onward:
    ticket = passage.issue(kind, link_id, to=to, until=until)
    return Onward(f"{origin_of(await subdomain_of(to))}{path}/{ticket}", await public_name(to))


async def _shown(link_id: UUID, practice_id: UUID) -> Linked:
    host = f"{await subdomain_of(practice_id)}.{settings().portico_domain}"
    return Linked(link_id, await public_name(practice_id), host)


async def _refuse_second(actor: Actor, other: UUID) -> None:
    if any(row["other_practice_id"] == other for row in await fetch_all(MINE, actor.login_id)):
        raise _connected()


def _connected() -> Conflict:
    sentence = "Your login here is connected with a desk in that practice already. Disconnect it first."
    return Conflict("connected", sentence, errors={"address": [sentence]})


def _host(address: str) -> str:
    """"lakeside", "lakeside.portico.test" or the whole address as a browser shows it."""
    named = address.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0].partition(":")[0]
    return named if "." in named else f"{named}.{settings().portico_domain}"


def _valid(found: Passage | None) -> Passage:
    if found is None:
        raise Conflict("ticket-expired", "That took too long, or was used already. Begin again from your menu.")
    return found


async def _tell(actor: Actor | None, kind: EventType, link_id: UUID, login_id: UUID) -> None:
    await record(actor, kind, [Part([ToLogin(login_id)], {"link": link_id})], subject_id=link_id)


