"""What staff do with an appointment beside moving it: cancel, say what became of it, waive, take back, add a client;
and the part of its page that offers this, in the calendar's panel as well (server/calendar.py EntryPart)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.appointments import cancelling, joining, looking, outcomes
from models.appointments.cancelling import dollars
from models.appointments.desk_asks import CancelForClients, OneClient, SetOutcome, Waive
from models.appointments.finding import Found
from models.appointments.looking import Attending, Details
from models.appointments.money import spoken
from models.appointments.policy import Policy
from models.appointments.terms import policies_for
from models.core.actor import Actor
from models.core.clock import now
from server.calendar import EntryPart, draw_entry
from server.door import STAFF, Done, Page, See, get, post

ENTRY = "/staff/calendar"
HERE = "/staff/appointments/<uuid:id>"


@get(HERE, allow=STAFF)
async def appointment(actor: Actor, id: UUID) -> See:
    """It stands at the calendar."""
    await looking.details(actor, id)
    return See(_entry(id))


async def again(actor: Actor, id: UUID, request: Request) -> Page:
    """The page with the dialog whose form was refused."""
    form = await request.form
    act = request.path.rpartition("/")[2]
    return await draw_entry(actor, id, wrong_at=f"{act}-{form.get('client') or form.get('clients') or ''}")


@post(f"{HERE}/cancel", allow=STAFF, body=CancelForClients, key="appointment.cancel_by_staff", again=again)
async def cancel(actor: Actor, id: UUID, body: CancelForClients) -> Done:
    """Free or late, for some of its clients or all."""
    await cancelling.cancel_by_staff(
        actor, id, body.clients, late=body.late, reason=body.reason, version=body.version
    )
    return Done(see=_entry(id))


@post(f"{HERE}/outcome", allow=STAFF, body=SetOutcome, key="appointment.outcome", again=again)
async def set_outcome(actor: Actor, id: UUID, body: SetOutcome) -> Done:
    """Attended, or did not come."""
    await outcomes.set_outcome(actor, id, body.client, body.outcome, version=body.version)
    return Done(see=_entry(id))


@post(f"{HERE}/waive", allow=STAFF, body=Waive, key="appointment.waive", again=again)
async def waive(actor: Actor, id: UUID, body: Waive) -> Done:
    """The fee is not asked for; why is kept."""
    await outcomes.waive(actor, id, body.client, body.reason, version=body.version)
    return Done(see=_entry(id))


@post(f"{HERE}/charge", allow=STAFF, body=OneClient, key="appointment.charge", again=again)
async def charge_again(actor: Actor, id: UUID, body: OneClient) -> Done:
    """What was waived is asked for again."""
    await outcomes.charge_again(actor, id, body.client, version=body.version)
    return Done(see=_entry(id))


@post(f"{HERE}/take-back", allow=STAFF, body=OneClient, key="appointment.take_back", again=again)
async def take_back(actor: Actor, id: UUID, body: OneClient) -> Done:
    """A cancellation or an outcome is undone."""
    await outcomes.take_back(actor, id, body.client, version=body.version)
    return Done(see=_entry(id))


@post(f"{HERE}/clients", allow=STAFF, body=OneClient, key="appointment.join", again=again)
async def add_client(actor: Actor, id: UUID, body: OneClient) -> Done:
    """One more comes to a couple's, a family's or a group's appointment."""
    await joining.join(actor, id, body.client, version=body.version)
    return Done(see=_entry(id))


async def attending(actor: Actor, shown: Details) -> Mapping[str, Any] | None:
    """What this person can do for each client of the appointment; nothing for who does not fill that calendar."""
    found = shown.found
    if found is None or found.appointment.state not in ("scheduled", "cancelled") or not shown.attending:
        return None
    policies = await policies_for(found.appointment, [one.client_id for one in shown.attending])
    there, left = found.appointment, joining.places_left(found)
    joins = there.state == "scheduled" and there.capacity > 1 and left
    return {
        "id": there.id, "version": there.version, "key": uuid4(), "places": left if joins else 0,
        "here": f"/staff/appointments/{there.id}", "begun": there.starts_at <= now(),
        "people": [_person(found, one, policies[one.client_id]) for one in shown.attending],
        "comes": len(found.clients),
        "late_fees": _fees_of([(one.name, policies[one.client_id].late_fee_cents) for one in shown.attending
                               if one.state == "booked"]),
    }


def _fees_of(each: Sequence[tuple[str, int]]) -> str:
    """`$75 each`, or by name where they differ; nothing when nobody pays."""
    amounts = {cents for _, cents in each}
    if len(amounts) < 2:
        return f"{spoken(amounts.pop())} each" if any(amounts) else ""
    return ", ".join(f"{spoken(cents) if cents else 'nothing'} for {name}" for name, cents in each)


def _person(found: Found, one: Attending, policy: Policy) -> dict[str, Any]:
    """`acts`: what fits the state that it is in."""
    here = found.appointment.state == "scheduled"
    acts = {"booked": ("attended", "no-show", "cancel"), "attended": ("no-show", "take-back"),
            "no-show": ("attended", "take-back")}.get(one.state, ("take-back",))
    if found.appointment.starts_at > now():
        acts = tuple(act for act in acts if act not in ("attended", "no-show"))
    fee = one.fee_cents or 0
    return {
        "client": one.client_id, "name": one.name, "state": one.state, "acts": acts if here else ("take-back",),
        "fee": dollars(fee) if fee else "", "waiver": one.waiver,
        "late_fee": dollars(policy.late_fee_cents) if policy.late_fee_cents else "",
        "no_show_fee": dollars(policy.no_show_fee_cents) if policy.no_show_fee_cents else "",
    }


PART = EntryPart("appointments/_attending.html", attending)


def _entry(id: UUID) -> str:
    return f"{ENTRY}/{id}"
