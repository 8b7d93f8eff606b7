"""What the panel of a calendar's entry says besides: whether reminders arrived, and, to who has full clinical access,
the diagnoses that stand on the appointment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from models.appointments.diagnosing import diagnoses_for
from models.appointments.looking import Details
from models.core.actor import Actor
from models.core.clock import now
from server.calendar import EntryPart


async def _needs(actor: Actor, details: Details) -> Mapping[str, Any] | None:
    """Nothing for who reads less than the whole entry, nor where there is nothing to say."""
    found = details.found
    if found is None:
        return None
    names = {one.client_id: one.name for one in details.attending}
    phones = {one.client_id: one.phone for one in details.attending}
    reminded = [
        {"client": one.client_id, "name": names[one.client_id], "state": one.reminder_state,
         "phone": phones[one.client_id], "may_send": details.entry.may_change and found.appointment.starts_at > now()}
        for one in found.attendances
        if one.reminder_state and one.state == "booked" and one.confirmed_at is None and one.client_id in names
    ]
    held = [
        {"name": names[client_id], "diagnoses": diagnoses}
        for client_id, diagnoses in (await diagnoses_for(actor, found)).items() if diagnoses and client_id in names
    ]
    here = f"/staff/appointments/{details.entry.id}"
    return {"reminded": reminded, "held": held, "here": here, "key": uuid4()} if reminded or held else None


PART = EntryPart("appointments/_entry_facts.html", _needs)
