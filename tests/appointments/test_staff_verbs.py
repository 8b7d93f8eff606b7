"""Staff at an appointment's page: cancel, outcome, waive, charge again, take back, add a client; and who may not."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from models.appointments import filling
from models.appointments.tables import Appointment, Attendance, BookingSettings, Offering
from models.core.database import execute, fetch_all
from tests.appointments.times import at, wanted


async def booked(cast, offering, hours, *clients, starts_at=None, **kind):
    if kind:
        await cast.inside(lambda: Offering.filter(id=offering.id).update(**kind))
    desk = await cast.actor("frontdesk")
    ids = [cast.clients[one] for one in clients or ("client",)]
    return await cast.inside(
        lambda: filling.book_by_staff(desk, wanted(offering, hours, starts_at or at(10)), ids)
    )


async def one_of(cast, id, client="client"):
    return await cast.inside(lambda: Attendance.get(appointment_id=id, client_id=cast.clients[client]))


async def state_of(cast, id):
    return (await cast.inside(lambda: Appointment.get(id=id))).state


async def told(answer):
    return answer.status_code, (await answer.get_json()).get("code")


async def heard(cast, id):
    sql = "SELECT type, ids FROM event WHERE subject_id = $1 ORDER BY seq"
    return [(row["type"], row["ids"].get("client")) for row in await cast.inside(lambda: fetch_all(sql, id))]


async def test_the_desk_cancels_free_and_late_and_takes_it_back(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500))
    id, ana = await booked(cast, offering, hours), str(cast.clients["client"])
    desk, here = await browse(cast, "frontdesk"), f"/staff/appointments/{id}"
    assert (await desk.send(f"{here}/cancel", {"reason": "Storm"})).status_code == 200
    one = await one_of(cast, id)
    assert (one.state, one.fee_cents, one.reason) == ("cancelled", None, "Storm")
    assert await state_of(cast, id) == "cancelled"
    assert (await desk.send(f"{here}/take-back", {"client": ana})).status_code == 200
    assert await state_of(cast, id) == "scheduled"
    assert (await desk.send(f"{here}/cancel", {"clients": [ana], "late": True})).status_code == 200
    one = await one_of(cast, id)
    assert (one.state, one.fee_cents, one.policy["late_fee_cents"]) == ("late-cancelled", 7500, 7500)
    assert await told(await desk.send(f"{here}/cancel", {})) == (409, "not-coming")


async def test_what_became_of_it_is_said_waived_with_a_reason_and_charged_again(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(no_show_fee_cents=9000))
    id, ana = await booked(cast, offering, hours), str(cast.clients["client"])
    here = f"/staff/appointments/{id}"
    with time_machine.travel(at(12), tick=True):
        desk = await browse(cast, "frontdesk")
        page = await (await desk.get(f"/staff/calendar/{id}")).get_data(as_text=True)
        assert "What became of it" in page and "$90 is charged. It can be waived" in page
        assert (await desk.send(f"{here}/outcome", {"client": ana, "outcome": "no-show"})).status_code == 200
        refused = await desk.send(f"{here}/waive", {"client": ana, "reason": " "})
        assert refused.status_code == 422 and "reason" in (await refused.get_json())["errors"]
        assert (await desk.send(f"{here}/waive", {"client": ana, "reason": "Snow"})).status_code == 200
        assert "waived: Snow" in await (await desk.get(f"/staff/calendar/{id}")).get_data(as_text=True)
        assert (await one_of(cast, id)).waiver == "Snow"
        assert (await desk.send(f"{here}/charge", {"client": ana})).status_code == 200
        assert (await one_of(cast, id)).waived_at is None
        assert (await desk.send(f"{here}/outcome", {"client": ana, "outcome": "attended"})).status_code == 200
        assert (await one_of(cast, id)).fee_cents is None
    assert [kind for kind, _ in await heard(cast, id)].count("appointment.outcome") == 4


async def test_of_two_desks_the_second_is_told_that_it_changed(cast, browse, offering, hours):
    id, ana = await booked(cast, offering, hours), str(cast.clients["client"])
    desk, maya = await browse(cast, "frontdesk"), await browse(cast, "practitioner")
    here = f"/staff/appointments/{id}"
    moved = await desk.send(f"/staff/calendar/{id}/move", {"version": 1, "day": f"{at(11):%Y-%m-%d}", "time": "11:00"})
    assert moved.status_code == 200
    second = await maya.send(f"/staff/calendar/{id}/move", {"version": 1, "day": f"{at(11):%Y-%m-%d}", "time": "15:00"})
    assert await told(second) == (409, "changed-meanwhile")
    assert await told(await maya.send(f"{here}/cancel", {"version": 1})) == (409, "changed-meanwhile")
    assert await told(await maya.send(f"{here}/outcome", {"client": ana, "outcome": "attended", "version": 1})) == (
        409, "changed-meanwhile")
    row = await cast.inside(lambda: Appointment.get(id=id))
    assert (row.starts_at, row.state) == (at(11), "scheduled")


async def test_a_press_that_is_sent_twice_happens_once(cast, browse, offering, hours):
    id, desk = await booked(cast, offering, hours), await browse(cast, "frontdesk")
    given = {"key": str(uuid4()), "reason": "Twice"}
    for _ in range(2):
        assert (await desk.send(f"/staff/appointments/{id}/cancel", given)).status_code == 200
    assert [kind for kind, _ in await heard(cast, id)].count("appointment.cancelled") == 1


async def test_one_of_a_family_is_cancelled_alone_and_another_joins(cast, browse, offering, hours):
    id = await booked(cast, offering, hours, "teen", "child", kind="family", capacity=3)
    teen, child, ana = (cast.clients[name] for name in ("teen", "child", "client"))
    desk, here = await browse(cast, "frontdesk"), f"/staff/appointments/{id}"
    assert (await desk.send(f"{here}/clients", {"client": str(ana)})).status_code == 200
    assert (await heard(cast, id))[-3:] == [
        ("appointment.booked", str(ana)), ("appointment.changed", str(teen)), ("appointment.changed", str(child))]
    assert await told(await desk.send(f"{here}/clients", {"client": str(ana)})) == (409, "already-there")
    assert (await desk.send(f"{here}/cancel", {"clients": [str(child)]})).status_code == 200
    assert await state_of(cast, id) == "scheduled"
    assert [(await one_of(cast, id, name)).state for name in ("teen", "child", "client")] == [
        "booked", "cancelled", "booked"]
    assert await told(await desk.send(f"{here}/clients", {"client": str(child)})) == (409, "already-there")


async def test_in_a_group_nobody_else_hears_who_joins_and_it_fills(cast, browse, offering, hours):
    id = await booked(cast, offering, hours, "teen", kind="group", capacity=2)
    desk, ana = await browse(cast, "frontdesk"), str(cast.clients["client"])
    await desk.send(f"/staff/appointments/{id}/clients", {"client": ana})
    assert (await heard(cast, id))[1:] == [("appointment.booked", ana)]
    full = await desk.send(f"/staff/appointments/{id}/clients", {"client": str(cast.clients["child"])})
    assert await told(full) == (409, "full")
    before = len(await heard(cast, id))
    await desk.send(f"/staff/appointments/{id}/cancel", {"clients": [ana]})
    assert (await heard(cast, id))[before:] == [("appointment.cancelled", ana)]


async def test_who_does_not_fill_the_calendar_does_nothing(cast, browse, offering, hours):
    id, ana = await booked(cast, offering, hours), str(cast.clients["client"])
    for name in ("owner", "biller"):
        other = await browse(cast, name)
        for act, given in (("cancel", {}), ("outcome", {"client": ana, "outcome": "attended"}),
                           ("waive", {"client": ana, "reason": "x"}), ("charge", {"client": ana}),
                           ("take-back", {"client": ana}), ("clients", {"client": ana})):
            assert (await other.send(f"/staff/appointments/{id}/{act}", given)).status_code == 404
        page = await (await other.get(f"/staff/calendar/{id}")).get_data(as_text=True)
        assert "What can be done" not in page
    assert await state_of(cast, id) == "scheduled"


async def test_a_form_that_was_refused_stands_open_with_what_was_typed(cast, browse, offering, hours):
    id = await booked(cast, offering, hours)
    desk, ana = await browse(cast, "frontdesk"), str(cast.clients["client"])
    answer = await desk.post(f"/staff/appointments/{id}/cancel", {"clients": ana, "reason": "Flu", "version": 9})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 409 and f'<refused-dialog for="cancel-{ana}">' in page and ">Flu</textarea>" in page
    assert '<details class="entry-change">' in page
    assert (await desk.get(f"/staff/appointments/{id}")).headers["Location"] == f"/staff/calendar/{id}"


@pytest.mark.parametrize(("act", "given"), [
    ("cancel", {"clients": ["nobody"]}), ("cancel", {"reason": "x" * 1001}), ("cancel", {"late": "perhaps"}),
    ("cancel", {"clients": [str(UUID(int=n)) for n in range(101)]}), ("cancel", {"version": 10**12}),
    ("outcome", {}), ("outcome", {"client": "{ana}", "outcome": "lost"}), ("outcome", {"outcome": "attended"}),
    ("waive", {"client": "{ana}", "reason": "x" * 1001}), ("waive", {"client": "{ana}", "reason": "a\x00b"}),
    ("charge", {}), ("take-back", {"client": 7}), ("clients", {"client": ""}), ("clients", {"who": "{ana}"}),
])
async def test_what_cannot_be_read_is_said_by_field_and_changes_nothing(cast, browse, offering, hours, act, given):
    id, desk = await booked(cast, offering, hours), await browse(cast, "frontdesk")
    sent = {name: str(cast.clients["client"]) if one == "{ana}" else one for name, one in given.items()}
    answer = await desk.send(f"/staff/appointments/{id}/{act}", sent)
    assert answer.status_code == 422 and (await answer.get_json())["errors"]
    assert await state_of(cast, id) == "scheduled" and len(await heard(cast, id)) == 1


@pytest.mark.parametrize("act", ["cancel", "outcome", "waive", "charge", "take-back", "clients"])
async def test_ids_that_are_unknown_or_anothers_are_not_there(cast, neighbours, browse, offering, hours, act):
    id = await booked(cast, offering, hours)
    theirs, desk = await browse(neighbours, "frontdesk"), await browse(cast, "frontdesk")
    given = {"client": str(cast.clients["client"]), **({"outcome": "attended"} if act == "outcome" else {}),
             **({"reason": "x"} if act == "waive" else {})}
    sent = {"clients": [given["client"]]} if act == "cancel" else given
    assert (await theirs.send(f"/staff/appointments/{id}/{act}", sent)).status_code == 404
    assert (await desk.send(f"/staff/appointments/{uuid4()}/{act}", sent)).status_code == 404
    foreign = {**sent, **({"clients": [str(neighbours.clients["client"])]} if act == "cancel" else
                          {"client": str(neighbours.clients["client"])})}
    assert (await desk.send(f"/staff/appointments/{id}/{act}", foreign)).status_code == 404
    assert await state_of(cast, id) == "scheduled"


async def test_whoever_is_never_charged_is_cancelled_late_without_a_fee(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500))
    await cast.inside(lambda: execute(
        "INSERT INTO client_terms (client_id, no_fees) VALUES ($1, true)", cast.clients["client"]))
    id, desk = await booked(cast, offering, hours), await browse(cast, "frontdesk")
    page = await (await desk.get(f"/staff/calendar/{id}")).get_data(as_text=True)
    assert "Count it as late; nothing is charged" in page and "$75" not in page
    await desk.send(f"/staff/appointments/{id}/cancel", {"late": True})
    assert (await one_of(cast, id)).fee_cents is None


async def test_an_outcome_before_it_begins_is_too_early(cast, browse, offering, hours):
    id = await booked(cast, offering, hours, starts_at=at(10) + timedelta(days=1))
    desk = await browse(cast, "frontdesk")
    given = {"client": str(cast.clients["client"]), "outcome": "attended"}
    assert await told(await desk.send(f"/staff/appointments/{id}/outcome", given)) == (409, "too-early")


async def test_it_remains_on_your_calendar_marked_late_with_the_fee_set_in_billing_settings(
    cast, browse, offering, hours
):
    """From Billing Settings > Billing to the client's click, to the calendar and to what billing will read."""
    owner = await browse(cast, "owner")
    form = {"late_fee": "$75.50", "no_show_fee": "", "version": "1"}
    assert (await owner.post("/staff/settings/billing", form)).status_code == 303
    form = {"late_hours": "24", "reason": "optional", "version": "1"}
    await owner.post("/staff/settings/portal/cancellation", form)
    id = await booked(cast, offering, hours)
    with time_machine.travel(at(10) - timedelta(hours=20), tick=True):
        ana, desk = await browse(cast, "client"), await browse(cast, "frontdesk")
        assert "Cancel for $75.50" in await (await ana.get(f"/appointments/{id}")).get_data(as_text=True)
        sent = await ana.post(f"/appointments/{id}/cancel", {"reason": "Ill", "late_agreed": "on"})
        assert sent.status_code == 303
        one = await one_of(cast, id)
        assert (one.state, one.fee_cents) == ("late-cancelled", 7550)
        assert one.policy == {"late_hours": 24, "closed_hours": None, "late_fee_cents": 7550, "no_show_fee_cents": 0}
        assert (await heard(cast, id))[-1] == ("appointment.late_cancelled", str(cast.clients["client"]))
        day = f"from={at(0).isoformat()}&until={at(23).isoformat()}".replace("+", "%2B")
        (entry,) = (await (await desk.json(f"/staff/calendar/entries?{day}")).get_json())["entries"]
        assert (entry["id"], entry["status"]) == (str(id), "late-cancelled")
        page = await (await desk.get(f"/staff/calendar/{id}")).get_data(as_text=True)
        assert "Cancelled late" in page and "$75.50 is charged" in page and "Reason: Ill" in page
        again = await desk.send("/staff/calendar/new", {
            "service": str(offering.id), "minutes": 50, "practitioner": str(hours.staff_id), "mode": "phone",
            "clients": [str(cast.clients["teen"])], "starts_at": at(10).isoformat()})
        assert again.status_code == 200, "the time is free again"


async def test_cancelling_for_all_says_what_each_would_pay(cast, browse, offering, hours):
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=7500))
    id, desk = await booked(cast, offering, hours, "teen", "child", kind="family", capacity=3), await browse(
        cast, "frontdesk")
    page = await (await desk.get(f"/staff/calendar/{id}")).get_data(as_text=True)
    assert "Count it as late and charge $75 each" in page
    await cast.inside(lambda: execute(
        "INSERT INTO client_terms (client_id, no_fees) VALUES ($1, true)", cast.clients["child"]))
    page = await (await desk.get(f"/staff/calendar/{id}")).get_data(as_text=True)
    assert "$75 for Leo Marsh" in page and "nothing for Nora Marsh" in page
    await cast.inside(lambda: BookingSettings.all().update(late_fee_cents=0))
    page = await (await desk.get(f"/staff/calendar/{id}")).get_data(as_text=True)
    assert "charge" not in page[page.index('id="cancel-"'):].partition("</dialog>")[0].replace("nothing is charged", "")
