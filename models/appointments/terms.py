"""Which policy is in force for a client of an appointment: the service's own, else the practice's; and without any fee
for a client who is never charged one."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from models.appointments.events import TERMS
from models.appointments.furnishing import booking_settings
from models.appointments.policy import Policy
from models.appointments.tables import Appointment, BookingSettings, Offering
from models.clients.access import managed_client
from models.core.actor import Actor
from models.core.change import change, record
from models.core.database import execute, fetch_all, fetch_one
from models.core.events import Part, ToStaffAllClients, ToStaffOf

WITHOUT_FEES = "SELECT client_id FROM client_terms WHERE client_id = ANY ($1) AND no_fees"
NO_FEES = "SELECT 1 FROM client_terms WHERE client_id = $1 AND no_fees"
SET = """INSERT INTO client_terms (client_id, no_fees) VALUES ($1, $2)
  ON CONFLICT (practice_id, client_id) DO UPDATE SET no_fees = excluded.no_fees
  WHERE client_terms.no_fees <> excluded.no_fees"""


async def policy_for(appointment: Appointment, client_id: UUID | None) -> Policy:
    """Of this moment: what is kept with an outcome is the policy that was in force then. None: of a newcomer."""
    return (await policies_for(appointment, [client_id]))[client_id]


async def policies_for(appointment: Appointment, clients: Sequence[UUID | None]) -> dict[UUID | None, Policy]:
    """The same for each client of it."""
    return dict(zip(clients, await policies_of([(appointment.service_id, one) for one in clients]), strict=True))


async def policies_of(pairs: Sequence[tuple[UUID | None, UUID | None]]) -> list[Policy]:
    """For each service with its client; as many statements for a hundred as for one."""
    practice, wanted = await booking_settings(), {service_id for service_id, _ in pairs if service_id}
    services = {one.id: one for one in await Offering.filter(id__in=list(wanted))} if wanted else {}
    free = {row["client_id"] for row in await fetch_all(WITHOUT_FEES, [client_id for _, client_id in pairs])}
    return [_policy(practice, services[service_id] if service_id else None, free=client_id in free)
            for service_id, client_id in pairs]


def _policy(practice: BookingSettings, service: Offering | None, *, free: bool) -> Policy:
    hours = service if service is not None and service.own_policy else practice
    late, no_show = (None, None) if service is None else (service.late_fee_cents, service.no_show_fee_cents)
    return Policy(
        late_hours=hours.late_hours,
        closed_hours=hours.closed_hours,
        late_fee_cents=0 if free else practice.late_fee_cents if late is None else late,
        no_show_fee_cents=0 if free else practice.no_show_fee_cents if no_show is None else no_show,
    )


async def never_charged(client_id: UUID) -> bool:
    """Whether this client pays no fee for a late cancellation or for staying away."""
    return await fetch_one(NO_FEES, client_id) is not None


async def set_never_charged(actor: Actor, client_id: UUID, on: bool) -> None:
    """Fees that stand already stay; they can be waived. Raises Missing, Forbidden for who may not change the record."""
    await managed_client(actor, client_id)
    async with change(actor, "client.set_terms"):
        if await execute(SET, client_id, on):
            heard = [Part([ToStaffOf(client_id), ToStaffAllClients()], {"client": client_id})]
            await record(actor, TERMS, heard, subject_id=client_id)
