"""The guide's sentences about online booking, by hand at the doors."""

from __future__ import annotations

import re

from models.accounts.tables import Location
from models.appointments import asking
from models.appointments.tables import Appointment, BookingRequest, Offering
from models.core import limits
from models.core.database import execute
from models.core.ids import new_id
from tests.appointments.conftest import Hours, offer, open_week
from tests.appointments.times import at


async def opened(cast) -> tuple[Offering, Hours]:
    async def make() -> tuple[Offering, Hours]:
        service = await Offering.create(id=new_id(), name="Counseling", bookable="everyone", confirm="instant")
        await offer(service, cast.staff["practitioner"])
        await execute("INSERT INTO service_length (service_id, minutes) VALUES ($1, 50)", service.id)
        place = await Location.create(id=new_id(), name="Wharf Street", address="14 Wharf Street")
        await open_week(cast.staff["practitioner"], place.id)
        return service, Hours(cast.staff["practitioner"], place.id)

    made: tuple[Offering, Hours] = await cast.inside(make)
    return made


async def test_online_booking_allows_both_current_and_new_clients_to_schedule_appointments_with_you(cast, browse):
    limits.forget_all()
    service, hours = await opened(cast)
    ana, nora = await browse(cast, "client"), await browse(cast)

    def chosen(hour: int) -> dict[str, str]:
        return {"service": str(service.id), "practitioner": str(hours.staff_id),
                "time": f"{at(hour).isoformat()}/{hours.location_id}"}

    held = await (await ana.send("/appointments/book/hold", chosen(10))).get_json()
    assert (await ana.send("/appointments/book", {**chosen(10), "hold": held["hold"]})).status_code == 200
    assert await cast.inside(lambda: Appointment.filter(state="scheduled", starts_at=at(10)).count()) == 1
    assert re.search("I’m a new client", await (await nora.get("/")).get_data(as_text=True))
    held = await (await nora.send("/request/hold", chosen(14))).get_json()
    form = {**chosen(14), "hold": held["hold"], "secret": held["secret"], "first_name": "Nora", "last_name": "Field",
            "email": "nora@field.test"}
    proof = (await (await nora.send("/request/code", form)).get_json())["proof"]
    code = (await cast.inside(lambda: asking.outgoing(proof))).code
    assert (await nora.send("/request", {**form, "proof": proof, "code": code})).status_code == 200
    assert await cast.inside(lambda: BookingRequest.filter(state="open", email="nora@field.test").count()) == 1
