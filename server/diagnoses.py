"""Clients > [name] > Diagnoses: for staff with full clinical access to this client."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from quart import Request

from models.accounts.practices import today_here
from models.appointments import diagnosing
from models.appointments.asks import Shown, WriteDiagnosis
from models.appointments.tables import Diagnosis
from models.clients.access import sees_client
from models.clients.registries import ProfileTab
from models.core.actor import Actor
from server.door import STAFF, Done, Page, get, post
from server.profile import profile_page
from server.record import posted_part

HERE = "/staff/clients/<uuid:id>/diagnoses"


async def _clinical(actor: Actor, client_id: UUID) -> bool:
    return await sees_client(actor, client_id, "clinical")


TAB = ProfileTab("diagnoses", "Diagnoses", "/diagnoses", _clinical)


@get(HERE, allow=STAFF)
async def diagnoses(actor: Actor, id: UUID, request: Request) -> Page:
    """What holds today, then the rest; and the form for another one."""
    found, today = await diagnosing.diagnoses_of(actor, id), await today_here()
    posted, typed = await posted_part(request, f"/staff/clients/{id}/diagnoses")
    shown = [
        {**_told(one), "holds": diagnosing.holds(one, today), "from_day": one.from_on, "until_day": one.until_on,
         "over": one.until_on is not None and one.until_on < today}
        for one in found
    ]
    return await profile_page(
        actor, id, "diagnoses", "appointments/diagnoses.html", json={"diagnoses": [_told(one) for one in found]},
        diagnoses=shown, writes=await diagnosing.may_diagnose(actor, id), posted=posted.strip("/"), typed=typed,
        removed=await diagnosing.removed_from(actor, id), today=today.isoformat(), key=uuid4(),
        adding=request.method == "POST" and not posted.strip("/"),
    )


@post(HERE, allow=STAFF, body=WriteDiagnosis, key="diagnosis.add", again=diagnoses)
async def add(actor: Actor, id: UUID, body: WriteDiagnosis) -> Done:
    made = await diagnosing.add_diagnosis(actor, id, **_of(body))
    return Done({"diagnosis": made}, see=f"/staff/clients/{id}/diagnoses")


@post(f"{HERE}/<uuid:diagnosis>", allow=STAFF, body=WriteDiagnosis, again=diagnoses)
async def write(actor: Actor, id: UUID, diagnosis: UUID, body: WriteDiagnosis) -> Done:
    await diagnosing.change_diagnosis(actor, id, diagnosis, body.version, **_of(body))
    return Done(see=f"/staff/clients/{id}/diagnoses")


@post(f"{HERE}/<uuid:diagnosis>/end", allow=STAFF)
async def end(actor: Actor, id: UUID, diagnosis: UUID) -> Done:
    """It holds until today."""
    await diagnosing.end_diagnosis(actor, id, diagnosis)
    return Done(see=f"/staff/clients/{id}/diagnoses")


@post(f"{HERE}/<uuid:diagnosis>/remove", allow=STAFF, body=Shown)
async def remove(actor: Actor, id: UUID, diagnosis: UUID, body: Shown) -> Done:
    """It was entered by mistake."""
    await diagnosing.remove_diagnosis(actor, id, diagnosis, body.version)
    return Done(see=f"/staff/clients/{id}/diagnoses")


def _of(body: WriteDiagnosis) -> dict[str, Any]:
    return body.model_dump(exclude={"version", "key"})


def _told(one: Diagnosis) -> dict[str, Any]:
    return {name: getattr(one, name) for name in ("id", "code", "title", "from_on", "until_on", "main", "version")}
