"""Whose calendar somebody may read with names, and fill. The right is `calendar` of the table of roles; one's own
calendar is one's own, whoever comes."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from models.accounts.practices import reach_by_phone
from models.appointments.registering import BOOK, BOOK_ONLINE, VIEW
from models.clients.access import Reach, reaches, sees_client
from models.core.actor import AccessOf, Actor
from models.core.database import fetch_all
from models.core.errors import Forbidden, missing

NOT_YOURS = "Only this practitioner, their supervisor and the front desk fill this calendar."
SUPERVISEES = "SELECT supervisee_id FROM supervision WHERE supervisor_id = $1"


async def filled_by(actor: Actor) -> frozenset[UUID] | None:
    """The practitioners whose calendars this staff member fills; None for everybody's."""
    mine = reaches(actor, "calendar")
    if Reach.ALL in mine:
        return None
    own = {actor.staff_id} if actor.staff_id and actor.desk and actor.lens is None else set()
    if Reach.SUPERVISED in mine:
        own |= {row["supervisee_id"] for row in await fetch_all(SUPERVISEES, actor.staff_id)}
    return frozenset(one for one in own if one)


async def ensure_fills(actor: Actor, staff_id: UUID) -> None:
    """Raises Forbidden `not-your-calendar`."""
    whose = await filled_by(actor)
    if whose is not None and staff_id not in whose:
        raise Forbidden("not-your-calendar", NOT_YOURS)


async def ensure_clients(actor: Actor, clients: Iterable[UUID], staff_id: UUID) -> None:
    """Whoever may be put on this calendar by this staff member; raises Missing, as for a client that is not there."""
    right = "demographics" if staff_id == actor.staff_id else "calendar"
    for client_id in clients:
        if not await sees_client(actor, client_id, right):  # type: ignore[arg-type]
            missing("client")


def ensure_views(actor: Actor) -> AccessOf:
    """The access of a portal person who may see the client's appointments; raises Forbidden `no-appointments`."""
    access = actor.access
    if access is None or (access.contact_id is not None and VIEW.key not in access.permissions):
        raise Forbidden("no-appointments", "You may not see these appointments. Ask the practice.")
    return access


async def ensure_books(actor: Actor) -> AccessOf:
    """The access of a portal person who may book for the client; raises Forbidden, with the practice's phone."""
    access = actor.access
    if access is None or (access.contact_id is not None and BOOK.key not in access.permissions):
        raise Forbidden("no-booking", f"You may not book for this client. {await reach_by_phone()}")
    if BOOK_ONLINE.key not in access.features:
        raise Forbidden("online-booking-off", f"Online booking is switched off for you. {await reach_by_phone()}")
    access.may_change()
    return access


def ensure_answers(actor: Actor, asked_by: UUID | None = None) -> AccessOf:
    """The access of a portal person who may take back a wish for the client, or take a time that the practice proposes:
    the client, a contact with Book and cancel, and whoever asked for it. Online booking may be switched off meanwhile,
    for it is the practice that waits for this word. Raises Forbidden."""
    access = actor.access
    if access is None or (access.contact_id is not None and BOOK.key not in access.permissions
                          and actor.login_id != asked_by):
        raise Forbidden("no-booking", "You may not answer for this client. Ask the practice.")
    return access


def may_book(actor: Actor) -> bool:
    """Whether this portal person may book for the client they act for, without a sentence why not."""
    access = actor.access
    if access is None or access.read_only or BOOK_ONLINE.key not in access.features:
        return False
    return access.contact_id is None or BOOK.key in access.permissions


def views_appointments(actor: Actor) -> bool:
    """Whether this person sees appointments in the portal: of whom they act for, or of any of theirs."""
    one = actor.lens or actor.access
    chosen = (one,) if one else actor.accesses
    return any(access.contact_id is None or VIEW.key in access.permissions for access in chosen)
