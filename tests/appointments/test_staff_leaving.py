"""Coming appointments of a practitioner who leaves: handed to a colleague, never over something of theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.appointments import filling, holding
from models.appointments.tables import Appointment
from models.appointments.taking import offer_for
from models.core.database import execute, fetch_all
from tests.accounts.test_membership import form_of
from tests.appointments.conftest import offer
from tests.appointments.mailing import text_of
from tests.appointments.times import at, wanted

__all__ = ["form_of"]

TEAM = "/staff/settings/team"


@pytest.fixture
async def colleague(cast, offering):
    """The supervisor is a practitioner too, and offers the same."""
    id = cast.staff["supervisor"]
    await cast.inside(lambda: execute(
        "UPDATE staff_member SET roles = roles || '{practitioner}' WHERE id = $1", id
    ))
    await cast.inside(lambda: offer(offering, id))
    return id


async def booked(cast, one):
    desk = await cast.actor("frontdesk")
    return await cast.inside(lambda: filling.book_by_staff(desk, one, [cast.clients["client"]]))


def leaves(cast, to, **more):
    kinds = ("clients", "appointments")
    return {"kinds": [f"{kind}:{to}" for kind in kinds], **more}


def page_of(cast, name="practitioner"):
    return f"{TEAM}/{cast.staff[name]}/deactivate"


async def test_who_leaves_hands_coming_appointments_over_and_past_ones_stay(
    cast, browse, mailed, offering, hours, colleague
):
    past = await booked(cast, wanted(offering, hours, at(10) - timedelta(days=30)))
    coming = await booked(cast, wanted(offering, hours, at(10)))
    await mailed.three_minutes_later()
    owner = await browse(cast, "owner")
    needing = (await (await owner.json(page_of(cast))).get_json())["needs_owner"]
    (mine,) = [one for one in needing if one["kind"] == "appointments"]
    assert [one["words"] for one in mine["things"]] == [f"{at(10):%A, %B %-d, %-I:%M %p}"]
    refused = await owner.send(page_of(cast), {"kinds": [f"clients:{colleague}"]})
    assert refused.status_code == 422 and set((await refused.get_json())["errors"]) == {"appointments"}
    assert (await owner.send(page_of(cast), leaves(cast, colleague))).status_code == 200
    rows = {row.id: row for row in await cast.inside(lambda: Appointment.all())}
    assert (rows[coming].staff_id, rows[coming].starts_at, rows[coming].sequence) == (colleague, at(10), 1)
    assert rows[past].staff_id == cast.staff["practitioner"]
    told = await cast.inside(lambda: fetch_all("SELECT 1 FROM event WHERE type = 'appointment.moved'"))
    assert len(told) == 1
    await mailed.three_minutes_later()
    mail = mailed.to("client")[-1]
    assert mail["Subject"].startswith("Changed: ") and "An appointment was changed." in text_of(mail)


async def test_it_is_refused_where_it_would_overlap_with_a_sentence(cast, browse, offering, hours, colleague):
    await booked(cast, wanted(offering, hours, at(10)))
    theirs = await booked(cast, wanted(offering, hours, at(10, 30), staff_id=colleague))
    owner = await browse(cast, "owner")
    refused = await owner.send(page_of(cast), leaves(cast, colleague))
    said = (await refused.get_json())["errors"]["appointments"][0]
    assert refused.status_code == 422 and "something else" in said
    assert said.startswith(f"On {at(10):%A, %B %-d, %-I:%M %p} ")
    assert (await (await browse(cast, "practitioner")).json("/staff/me")).status_code == 200, "nothing had been changed"
    await cast.inside(lambda: Appointment.filter(id=theirs).update(state="cancelled"))
    assert (await owner.send(page_of(cast), leaves(cast, colleague))).status_code == 200


async def test_what_overlapped_on_purpose_goes_together(cast, browse, offering, hours, colleague):
    desk, one = await cast.actor("frontdesk"), wanted(offering, hours, at(10))
    await booked(cast, one)
    await cast.inside(lambda: filling.book_by_staff(desk, one, [cast.clients["teen"]], overlap_ok=True))
    owner = await browse(cast, "owner")
    assert (await owner.send(page_of(cast), leaves(cast, colleague))).status_code == 200
    assert await cast.inside(lambda: Appointment.filter(staff_id=colleague).count()) == 2


async def test_times_that_somebody_was_choosing_with_who_leaves_are_let_go(cast, browse, offering, hours, colleague):
    actor, one = await cast.actor("client"), wanted(offering, hours, at(10))

    async def choose():
        await holding.place(actor, await offer_for(one), one)

    await cast.inside(choose)
    owner = await browse(cast, "owner")
    assert (await owner.send(page_of(cast), leaves(cast, colleague))).status_code == 200
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0


async def test_whose_role_is_to_end_has_no_coming_appointments(cast, form_of, browse, offering, hours, colleague):
    id = await booked(cast, wanted(offering, hours, at(10), staff_id=colleague))
    owner, address = await browse(cast, "owner"), f"{TEAM}/{colleague}"
    refused = await owner.send(address, await form_of("supervisor", roles=["supervisor"]))
    said = (await refused.get_json())["errors"]["roles"][0]
    assert refused.status_code == 409 and said.startswith("1 coming appointment stands on their calendar.")
    await cast.inside(lambda: Appointment.filter(id=id).update(state="cancelled"))
    assert (await owner.send(address, await form_of("supervisor", roles=["supervisor"]))).status_code == 200
