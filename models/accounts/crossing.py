"""From one side of a practice to the other, for a login that opens both: without the password once more."""

from __future__ import annotations

from models.accounts.ending import end_sessions
from models.accounts.known_devices import Browser
from models.accounts.reach import by_login
from models.accounts.signing import SignedIn, begin
from models.core.actor import Actor, Side
from models.core.change import change
from models.core.database import fetch_one
from models.core.errors import SignedOut


async def way_across(actor: Actor) -> Side | None:
    """The other side, when this login opens it as well."""
    reach = await by_login(actor.login_id) if actor.lens is None else None
    other = Side.PORTAL if actor.desk else Side.DESK
    return other if reach is not None and other in reach.sides else None


async def cross(actor: Actor, *, device: str = "", browser: Browser | None = None) -> SignedIn:
    """A session on the other side, in place of this one. It has proved what this one had, and no more: when, by how
    many factors, and whether it came through a mailbox; it ends when this one would have ended at the latest.

    Raises Forbidden `other-side` for a login that opens one side alone, SecondFactor where the code is still to be
    asked.
    """
    reach = await by_login(actor.login_id)
    row = await fetch_one("SELECT stays, ends_at, began_by FROM session WHERE id = $1", actor.session_id)
    if reach is None or row is None:
        raise SignedOut()
    other = Side.PORTAL if actor.desk else Side.DESK
    there = await begin(
        reach, other, device=device, browser=browser, strong=actor.strong, mailed=row["stays"], how="changed-side",
        proved_at=actor.proved_at, until=row["ends_at"], by=row["began_by"],
    )
    async with change(there.actor, "session.cross"):
        await end_sessions(there.actor, [actor.session_id], login_id=actor.login_id, reason="signed-out")
    return there
