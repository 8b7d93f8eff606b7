"""What is of another practice, of another client or of somebody whose right ended: not there, not told, not changed."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine

from models.appointments import answering, booking, cancelling, clearing, filling, requests
from models.appointments.asking import Asker
from models.appointments.clearing_plan import Plan, Shown
from models.appointments.reminder_links import reminder_token
from models.appointments.tables import Appointment, Attendance, BookingRequest, Offering
from models.appointments.taking import Wanted
from models.core.database import execute, fetch_all
from tests.appointments.mailing import text_of
from tests.appointments.test_asking import held
from tests.appointments.test_newcomers import ask
from tests.appointments.test_requests import by
from tests.appointments.times import at, wanted

NORA = Asker("self", "Nora", "Field", "nora@field.test")
EVERYTHING = """SELECT to_jsonb(a) - 'busy' AS row FROM appointment a UNION ALL SELECT to_jsonb(t) FROM attendance t
  UNION ALL SELECT to_jsonb(q) FROM booking_request q UNION ALL SELECT to_jsonb(c) FROM calendar_clearing c
  UNION ALL SELECT to_jsonb(s) FROM service s UNION ALL SELECT to_jsonb(w) FROM weekly_hours w
  UNION ALL SELECT to_jsonb(b) FROM calendar_block b UNION ALL SELECT to_jsonb(r) FROM room r
  UNION ALL SELECT to_jsonb(t) FROM client_terms t UNION ALL SELECT to_jsonb(d) FROM diagnosis d"""


async def everything(cast):
    return sorted(str(row["row"]) for row in await cast.inside(lambda: fetch_all(EVERYTHING)))


@pytest.fixture
async def things(cast, offering, hours):
    """One of each in a practice: an appointment of Ana's, a request of hers, one that was cleared."""
    booked, gone = [await by(cast, "frontdesk", filling.book_by_staff, wanted(offering, hours, at(hour)),
                             [cast.clients["client"]]) for hour in (9, 11)]
    day = Plan(hours.staff_id, at(9).date(), at(9).date())
    cleared = await by(cast, "frontdesk", clearing.clear, day, {gone: Shown(1)})
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    await by(cast, "client", booking.book, wanted(offering, hours, at(14)))
    request = await cast.inside(lambda: BookingRequest.all().first())
    return {"id": booked, "request": request.id, "cleared": cleared, "client": cast.clients["client"],
            "service": offering.id, "staff": hours.staff_id, "place": hours.location_id}


def portal_tries(it):
    """Doors of the portal, each with what would do something if the thing were one's own."""
    chosen = {"service": it["service"], "minutes": 50, "mode": "phone", "practitioner": it["staff"],
              "time": at(15).isoformat()}
    here = f"/appointments/{it['id']}"
    return [
        ("GET", here, None), ("GET", f"{here}/calendar.ics", None), ("GET", f"{here}/booked", None),
        ("GET", f"{here}/move", None), ("POST", f"{here}/cancel", {"late_agreed": True}),
        ("POST", f"{here}/move", {"time": at(15).isoformat(), "practitioner": it["staff"]}),
        ("POST", f"/appointments/requests/{it['request']}/withdraw", {}),
        ("POST", f"/appointments/requests/{it['request']}/take/{it['id']}", {}), ("ANY", "/appointments/book", chosen),
    ]


def staff_tries(it):
    book = {"service": it["service"], "minutes": 50, "practitioner": it["staff"], "mode": "phone",
            "starts_at": at(15).isoformat(), "clients": [it["client"]]}
    here, entry = f"/staff/appointments/{it['id']}", f"/staff/calendar/{it['id']}"
    asked, one = f"/staff/requests/{it['request']}", {"client": it["client"]}
    cleared = f"/staff/calendar-day/{it['cleared']}"
    day = {"practitioner": it["staff"], "first": str(at(9).date()), "chosen": [f"{it['id']}.1.0"]}
    return [
        ("GET", here, None), ("GET", entry, None), ("POST", f"{entry}/move", {"version": 1, "minutes": 30}),
        ("POST", f"{entry}/note", {"version": 1, "note": "x"}), ("POST", f"{here}/cancel", {}),
        ("POST", f"{here}/outcome", {**one, "outcome": "attended"}), ("POST", f"{here}/waive", {**one, "reason": "x"}),
        ("POST", f"{here}/charge", one), ("POST", f"{here}/take-back", one), ("POST", f"{here}/clients", one),
        ("GET", asked, None), ("POST", f"{asked}/handle", {}), ("POST", f"{asked}/accept", {"overlap_ok": True}),
        ("POST", f"{asked}/decline", {}), ("POST", f"{asked}/take-in", {}),
        ("POST", f"{asked}/propose", {"times": [at(15).isoformat()]}),
        ("GET", cleared, None), ("POST", f"{cleared}/undo", {}), ("ANY", "/staff/calendar-day", day),
        ("POST", "/staff/calendar/new", book),
        ("POST", "/staff/calendar/free", {**book, "day": str(at(9).date()), "starts_at": None, "clients": None}),
        ("GET", f"/staff/clients/{it['client']}/appointments", None),
        ("POST", f"/staff/clients/{it['client']}/appointments/never-charged", {"on": True}),
        ("GET", f"/staff/clients/{it['client']}/diagnoses", None),
        ("POST", f"/staff/clients/{it['client']}/diagnoses", {"code": "F41.1"}),
        ("GET", f"/staff/hours/{it['staff']}", None),
        ("POST", f"/staff/hours/{it['staff']}/day", {"day": str(at(9).date()), "away": True}),
    ]


async def refused(browser, tries, base=""):
    """What was let in of these, as a program asks. ANY: what is named in the body alone may also be called invalid, or
    no longer there."""
    let = []
    for method, path, body in tries:
        path = f"{base}{path}"
        made = json.loads(json.dumps({name: one for name, one in (body or {}).items() if one is not None}, default=str))
        sent = await (browser.json(path) if method == "GET" else browser.send(path, made))
        told = await sent.get_data(as_text=True)
        if sent.status_code not in (403, 404) and (method != "ANY" or sent.status_code not in (409, 422)):
            let.append((method, path, sent.status_code, told[:200]))
    return let


@pytest.mark.parametrize("name", ["frontdesk", "practitioner", "supervisor", "owner", "biller"])
async def test_nobody_of_another_practice_finds_anything(cast, neighbours, browse, things, name):
    before = await everything(cast)
    assert await refused(await browse(neighbours, name), staff_tries(things)) == []
    assert await everything(cast) == before


async def test_no_client_of_another_practice_finds_anything(cast, neighbours, browse, things):
    before = await everything(cast)
    assert await refused(await browse(neighbours, "client"), portal_tries(things)) == []
    assert await everything(cast) == before


async def test_a_parent_and_a_teen_find_nothing_of_another_client(cast, browse, things):
    before = await everything(cast)
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = '{appointments,booking}' WHERE contact_id IS NOT NULL"))
    own = [one for one in portal_tries(things) if one[0] != "ANY"]
    parent, teen = await browse(cast, "parent"), await browse(cast, "teen")
    assert await refused(parent, own, f"/for/{cast.clients['child']}") == []
    assert await refused(parent, own, f"/for/{cast.clients['client']}") == []
    assert await refused(teen, own) == [] and await refused(teen, own, f"/for/{cast.clients['child']}") == []
    assert await everything(cast) == before


async def test_who_cancelled_is_not_let_into_the_conversation_of_the_others(cast, browse, offering, hours):
    await cast.inside(lambda: Offering.filter(id=offering.id).update(kind="group", capacity=5))
    one = wanted(offering, hours, at(10), mode="video", location_id=None)
    both = [cast.clients["client"], cast.clients["teen"]]
    id = await by(cast, "frontdesk", filling.book_by_staff, one, both)
    await by(cast, "frontdesk", cancelling.cancel_by_staff, id, [both[1]], late=True)
    with time_machine.travel(at(10) - timedelta(minutes=5)):
        links = {name: [(await (await (await browse(cast, name)).json(path)).get_json())
                        for path in (f"/appointments/{id}", "/appointments")] for name in ("client", "teen")}
    assert str(links["client"]).count("https://meet.example/harbor") == 2
    assert "https://meet.example" not in str(links["teen"]) and str(links["teen"]).count("late-cancelled") == 2


@pytest.fixture
async def asked_by_parent(cast, offering, hours):
    """The parent asked for the teen, and may book."""
    await cast.inside(lambda: Offering.filter(id=offering.id).update(confirm="request"))
    await cast.inside(lambda: execute(
        "UPDATE portal_access SET permissions = '{appointments,booking}' WHERE contact_id IS NOT NULL"))
    parent = await cast.actor("parent", client="teen")
    await cast.inside(lambda: booking.book(parent, wanted(offering, hours, at(10))))
    return (await cast.inside(lambda: BookingRequest.all().first())).id


@pytest.mark.parametrize(("ended", "mails"), [
    ("UPDATE portal_access SET permissions = permissions", 1),
    ("UPDATE portal_access SET permissions = '{appointments}' WHERE contact_id IS NOT NULL", 0),
    ("UPDATE portal_access SET revoked_at = now() WHERE contact_id IS NOT NULL", 0),
])
async def test_whose_right_ended_hears_no_times_of_the_child(
    cast, mailed, offering, hours, asked_by_parent, ended, mails
):
    await cast.inside(lambda: execute(ended))
    await by(cast, "frontdesk", requests.offer, asked_by_parent, [wanted(offering, hours, at(15, weekday=2))])
    await mailed.deliver()
    found = [mail for mail in mailed.to("parent") if "held for you" in text_of(mail)]
    assert len(found) == mails


async def test_behind_a_newcomers_link_nothing_is_theirs_that_was_declined_or_cancelled(
    cast, browse, offering, hours
):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    await by(cast, "frontdesk", requests.offer, id, [wanted(offering, hours, at(14))])
    version = (await cast.inside(lambda: BookingRequest.get(id=id))).version
    path = (await cast.inside(lambda: answering.told(id, version))).path
    row = await cast.inside(lambda: Appointment.get(request_id=id, state="offered"))
    visitor = await browse(cast)
    await visitor.post(f"{path}/take/{row.id}")
    assert "It is yours" in await (await visitor.get(path)).get_data(as_text=True)
    await by(cast, "frontdesk", requests.decline, id, "We are full.")
    page = await (await visitor.get(path)).get_data(as_text=True)
    assert "It is yours" not in page and "We are full." in page


async def test_looking_changes_nothing(cast, browse, things):
    """Mail scanners and browsers that fetch ahead open whatever they find."""
    nora = await ask(cast, NORA, wanted_again(things))
    await by(cast, "frontdesk", requests.offer, nora, [wanted_again(things, hour=16)])
    version = (await cast.inside(lambda: BookingRequest.get(id=nora))).version
    offer = (await cast.inside(lambda: answering.told(nora, version))).path
    attendance = await cast.inside(lambda: Attendance.get(appointment_id=things["id"]))
    link = reminder_token(cast.practice_id, attendance.id, cast.logins["client"], at(9))
    before = await everything(cast)
    visitor, ana, desk = await browse(cast), await browse(cast, "client"), await browse(cast, "frontdesk")
    seen = [(visitor, path) for path in (offer, f"{offer}/none", f"/reminder/{link}", f"/reminder/{link}/confirm",
                                         "/request", "/request/hold", "/request/release", "/book")]
    seen += [(ana, path) for method, path, _ in portal_tries(things)]
    seen += [(desk, path) for method, path, _ in staff_tries(things)]
    for browser, path in seen:
        assert (await browser.get(path)).status_code < 500, path
        assert (await browser.json(path)).status_code < 500, path
    assert await everything(cast) == before


def wanted_again(things, hour=15):
    return Wanted(things["service"], 50, things["staff"], at(hour), "in-person", things["place"])


async def test_pages_of_other_sites_hold_ask_and_confirm_nothing(cast, browse, offering, hours):
    visitor = await browse(cast)
    form, before = await held(visitor, offering, hours), await everything(cast)
    foreign = {"Origin": "http://evil.test"}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}
    for path in ("/request/hold", "/request/code", "/request", "/request/release", "/reminder/x/confirm",
                 "/request/offer/x/none"):
        for headers in foreign:
            assert (await visitor.post(path, form, **headers)).status_code == 403
    assert await everything(cast) == before
