"""Newcomers who asked are taken in as new clients or as somebody known, or their data are erased."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from models.appointments import answering, asking, newcomers, requests
from models.appointments.asking import Asker
from models.appointments.tables import Appointment, Attendance, BookingRequest
from models.clients.tables import Client, ClientContact, Contact
from models.core import limits
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import Conflict, Missing
from models.core.ids import new_id, new_token, token_hash
from tests.appointments.times import at, wanted

NORA = Asker("self", "Nora", "Field", "nora@field.test", "(207) 555-0199")
THEO = Asker("child", "Nora", "Field", "nora@field.test", "", "Theo", "Field", date(2017, 4, 1), "parent")
PAIR = Asker("couple", "Nora", "Field", "nora@field.test", "", "Ida", "Stone")


async def ask(cast, asker, one):
    """As a visitor does, with the code of their mail."""
    limits.forget_all()

    async def work():
        proof = await asking.ask_code(asker, new_id(), "", address="10.0.0.1")
        code = (await asking.outgoing(proof)).code
        made = await asking.ask(one, asker, code=code, proof=proof, hold_id=new_id(), secret="", address="10.0.0.1")
        assert not made.wrong

    await cast.inside(work)
    return (await cast.inside(lambda: BookingRequest.get(email=asker.email, state="open"))).id


async def invited(cast):
    """Whose invitations were sent: client, contact, permissions."""
    rows = await cast.inside(lambda: fetch_all(
        """SELECT a.client_id, a.contact_id, a.permissions FROM portal_access a
          JOIN event e ON e.subject_id = a.id AND e.type = 'invitation.sent' ORDER BY e.seq"""))
    return [(row["client_id"], row["contact_id"], set(row["permissions"])) for row in rows]


async def test_accepted_as_a_new_client_there_is_a_prospect_who_gets_the_invitation(cast, browse, offering, hours):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    desk = await browse(cast, "frontdesk")
    page = await (await desk.get(f"/staff/requests/{id}")).get_data(as_text=True)
    assert "Accept as a new client" in page and "(proven)" in page and "May be" not in page
    sent = await desk.post(f"/staff/requests/{id}/take-in")
    client = await cast.inside(lambda: Client.get(email="nora@field.test"))
    assert sent.headers["Location"] == f"/staff/clients/{client.id}/portal"
    assert (client.name, client.status, client.phone) == ("Nora Field", "prospect", "(207) 555-0199")
    page = await (await desk.get(sent.headers["Location"])).get_data(as_text=True)
    assert "nora@field.test" in page and "Redeliver" in page
    assert await invited(cast) == [(client.id, None, set())]
    mails = "SELECT 1 FROM outgoing_mail WHERE kind = 'invitation'"
    assert len(await cast.inside(lambda: fetch_all(mails))) == 1
    who = await cast.inside(lambda: Attendance.get(client_id=client.id))
    row = await cast.inside(lambda: Appointment.get(id=who.appointment_id))
    assert (row.state, row.starts_at) == ("scheduled", at(10))
    request = await cast.inside(lambda: BookingRequest.get(id=id))
    assert (request.state, request.client_id) == ("accepted", client.id)


async def test_a_child_comes_with_the_parent_as_contact_and_a_couple_as_one_household(cast, offering, hours):
    desk = await cast.actor("frontdesk")
    id = await ask(cast, THEO, wanted(offering, hours, at(10)))
    _, (child,) = await cast.inside(lambda: newcomers.take_in(desk, id))
    theo = await cast.inside(lambda: Client.get(id=child))
    link = await cast.inside(lambda: ClientContact.get(client_id=child))
    nora = await cast.inside(lambda: Contact.get(id=link.contact_id))
    assert (theo.name, theo.kind, theo.email) == ("Theo Field", "minor", "")
    assert (nora.name, nora.email, link.kind) == ("Nora Field", "nora@field.test", "parent")
    pair = Asker(**{**vars(PAIR), "email": "pair@field.test"})
    id = await ask(cast, pair, wanted(offering, hours, at(14)))
    _, both = await cast.inside(lambda: newcomers.take_in(desk, id))
    houses = await cast.inside(lambda: fetch_all(
        "SELECT DISTINCT household_id FROM household_member WHERE client_id = ANY ($1)", both))
    assert len(both) == 2 and len(houses) == 1


async def test_nobody_is_invited_where_staff_say_not_yet_or_the_portal_was_turned_off(cast, browse, offering, hours):
    desk = await browse(cast, "frontdesk")
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    page = await (await desk.get(f"/staff/requests/{id}")).get_data(as_text=True)
    assert "Do not invite to the portal yet" in page and "Nora Field is invited to the portal." in page
    assert (await desk.post(f"/staff/requests/{id}/take-in", {"without_invitation": "true"})).status_code == 303
    ida = Asker(**{**vars(NORA), "first_name": "Ida", "email": "ida@field.test"})
    id = await ask(cast, ida, wanted(offering, hours, at(14)))
    await cast.inside(lambda: execute("UPDATE practice SET state = 'closed' WHERE id = portico_here()"))
    assert (await desk.post(f"/staff/requests/{id}/take-in")).status_code == 303
    assert await invited(cast) == []


@pytest.mark.parametrize(("relation", "asked_in"), [("parent", True), ("guardian", True), ("other", False)])
async def test_a_parent_who_asked_may_see_and_book_the_childs_and_somebody_else_is_for_staff_to_decide(
    cast, browse, offering, hours, relation, asked_in
):
    id = await ask(cast, Asker(**{**vars(THEO), "relation": relation}), wanted(offering, hours, at(10)))
    desk = await browse(cast, "frontdesk")
    page = await (await desk.get(f"/staff/requests/{id}")).get_data(as_text=True)
    assert ("Nora Field is invited" in page) is asked_in and ("you decide on the Portal tab" in page) is not asked_in
    assert (await desk.post(f"/staff/requests/{id}/take-in")).status_code == 303
    theo = await cast.inside(lambda: Client.get(name="Theo Field"))
    link = await cast.inside(lambda: ClientContact.get(client_id=theo.id))
    allowed = {"appointments", "booking", "reminders"}
    assert await invited(cast) == [(link.client_id, link.contact_id, allowed)] * asked_in


async def test_a_parent_who_became_known_since_they_asked_is_that_contact(cast, offering, hours):
    id = await ask(cast, THEO, wanted(offering, hours, at(10)))
    other = Asker(**{**vars(THEO), "other_first_name": "Mia", "email": "second@field.test"})
    twin = await ask(cast, other, wanted(offering, hours, at(14)))
    desk = await cast.actor("frontdesk")
    _, (theo,) = await cast.inside(lambda: newcomers.take_in(desk, id))
    await cast.inside(lambda: BookingRequest.filter(id=twin).update(email=THEO.email))
    _, (mia,) = await cast.inside(lambda: newcomers.take_in(desk, twin))
    links = await cast.inside(lambda: ClientContact.filter(client_id__in=[theo, mia]))
    assert len(links) == 2 and len({one.contact_id for one in links}) == 1


async def test_both_of_a_couple_come_also_to_what_is_otherwise_for_one(cast, offering, hours):
    desk = await cast.actor("frontdesk")
    id = await ask(cast, PAIR, wanted(offering, hours, at(10)))
    made, both = await cast.inside(lambda: newcomers.take_in(desk, id))
    row = await cast.inside(lambda: Appointment.get(id=made))
    there = await cast.inside(lambda: Attendance.filter(appointment_id=made).values_list("client_id", flat=True))
    assert set(there) == set(both) and len(both) == 2
    assert (row.kind, row.capacity) == ("couple", 2)


async def test_of_a_couple_of_whom_one_is_known_the_other_comes_too_as_a_new_client_or_the_one_of_that_household(
    cast, offering, hours
):
    desk, ana = await cast.actor("frontdesk"), cast.clients["client"]
    ida = None
    for hour in (10, 14):
        pair = Asker(**{**vars(PAIR), "email": f"pair{hour}@field.test"})
        id = await ask(cast, pair, wanted(offering, hours, at(hour)))
        made = await cast.inside(lambda id=id: newcomers.take_as(desk, id, ana))
        comes = Attendance.filter(appointment_id=made)
        there = await cast.inside(lambda comes=comes: comes.values_list("client_id", flat=True))
        (other,) = set(there) - {ana}
        assert ida in (None, other), "the second time she is there already"
        ida = other
    client = await cast.inside(lambda: Client.get(id=ida))
    houses = await cast.inside(lambda: fetch_all(
        "SELECT DISTINCT household_id FROM household_member WHERE client_id = ANY ($1)", [ana, ida]))
    assert (client.name, client.status, len(houses)) == ("Ida Stone", "prospect", 1)


async def test_may_be_names_whom_staff_may_see_by_address_phone_or_name_and_birth_date(cast, browse, offering, hours):
    async def known() -> None:
        await execute("UPDATE client SET first_name = 'Theo', last_name = 'Field', born_on = '2017-04-01'"
                      " WHERE id = $1", cast.clients["child"])
        await execute("INSERT INTO client_phone (id, client_id, number, main) VALUES ($1, $2, $3, true)", new_id(),
                      cast.clients["client"], "(207) 555-0177")

    await cast.inside(known)
    theo = Asker(**{**vars(THEO), "phone": "207-555-0177"})
    id = await ask(cast, theo, wanted(offering, hours, at(10)))
    request = await cast.inside(lambda: BookingRequest.get(id=id))
    desk, biller = await cast.actor("frontdesk"), await cast.actor("practitioner")
    found = {one.client_id: one.why for one in await cast.inside(lambda: newcomers.alike(desk, request))}
    assert found == {cast.clients["child"]: ("name and birth date",), cast.clients["client"]: ("phone",)}
    await cast.inside(lambda: execute("DELETE FROM assignment WHERE client_id = $1", cast.clients["client"]))
    found = {one.client_id for one in await cast.inside(lambda: newcomers.alike(biller, request))}
    assert found == {cast.clients["child"]}, "nobody learns of a client they may not see"


async def test_may_be_also_names_whoever_is_called_so(cast, browse, offering, hours):
    async def renamed() -> None:
        for name, first, last in (("client", "NORA", "field"), ("teen", "Ida", "Stone"), ("child", "Theo", "Field")):
            await execute("UPDATE client SET first_name = $2, last_name = $3 WHERE id = $1", cast.clients[name], first,
                          last)

    await cast.inside(renamed)
    desk = await cast.actor("frontdesk")
    for hour, asker, called in ((9, NORA, {"client"}), (11, THEO, {"child"}), (14, PAIR, {"client", "teen"})):
        one = Asker(**{**vars(asker), "email": f"n{hour}@field.test"})
        id = await ask(cast, one, wanted(offering, hours, at(hour)))
        request = await cast.inside(lambda id=id: BookingRequest.get(id=id))
        found = await cast.inside(lambda request=request: newcomers.alike(desk, request))
        assert {each.client_id for each in found} == {cast.clients[name] for name in called}
        assert {each.why for each in found} == {("name",)}
    page = await (await (await browse(cast, "frontdesk")).get(f"/staff/requests/{id}")).get_data(as_text=True)
    assert f'href="/staff/clients/{cast.clients["teen"]}"' in page and "Same name" in page


async def test_accepted_as_somebody_known_nothing_of_the_record_changes(cast, browse, offering, hours):
    before = await cast.inside(lambda: fetch_all("SELECT * FROM client WHERE id = $1", cast.clients["client"]))
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    desk = await browse(cast, "frontdesk")
    sent = await desk.post(f"/staff/requests/{id}/take-in", {"client": str(cast.clients["client"])})
    assert sent.status_code == 303
    assert await cast.inside(lambda: fetch_all("SELECT * FROM client WHERE id = $1", cast.clients["client"])) == before
    assert await cast.inside(lambda: Attendance.filter(client_id=cast.clients["client"]).count()) == 1
    assert await cast.inside(lambda: Client.filter(email="nora@field.test").count()) == 0
    again = await desk.send(f"/staff/requests/{id}/take-in", {"client": str(cast.clients["client"])})
    assert again.status_code == 409


async def test_only_by_who_may_add_or_change_records(cast, browse, offering, hours, neighbours):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    biller, desk = await browse(cast, "biller"), await browse(cast, "frontdesk")
    assert (await biller.send(f"/staff/requests/{id}/take-in")).status_code == 404
    stranger = {"client": str(neighbours.clients["client"])}
    assert (await desk.send(f"/staff/requests/{id}/take-in", stranger)).status_code == 404
    actor = await cast.actor("frontdesk")
    with pytest.raises(Conflict) as refused:
        await cast.inside(lambda: requests.accept(actor, id))
    assert refused.value.code == "newcomer"
    assert await cast.inside(lambda: Client.filter(email="nora@field.test").count()) == 0


async def test_a_proposed_time_is_taken_with_a_single_tap_behind_the_mails_link(cast, browse, offering, hours):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    desk = await cast.actor("frontdesk")
    times = [wanted(offering, hours, at(hour)) for hour in (12, 14)]
    await cast.inside(lambda: requests.offer(desk, id, times, "Or these?"))
    version = (await cast.inside(lambda: BookingRequest.get(id=id))).version
    told = await cast.inside(lambda: answering.told(id, version))
    assert told.email == "nora@field.test" and len(told.words["times"]) == 2
    assert told.path.startswith("/request/offer/")
    visitor = await browse(cast)
    page = await (await visitor.get(told.path)).get_data(as_text=True)
    assert "Or these?" in page and page.count("/take/") == 2
    assert (await visitor.json("/request/offer/" + new_token())).status_code == 404
    one = await cast.inside(lambda: Appointment.get(request_id=id, starts_at=at(14)))
    assert (await visitor.post(f"{told.path}/take/{one.id}")).status_code == 303
    page_of_it = await (await visitor.get(told.path)).get_data(as_text=True)
    assert (await visitor.send(f"{told.path}/take/{one.id}")).status_code == 409
    states = await cast.inside(lambda: fetch_all(
        "SELECT starts_at, state FROM appointment WHERE request_id = $1 ORDER BY starts_at", id))
    assert [row["state"] for row in states] == ["declined", "requested"]
    assert "It is yours" in page_of_it and "I cannot come, take it back" in page_of_it
    maya = await browse(cast, "practitioner")
    assert "Took your time" in await (await maya.get("/staff/requests")).get_data(as_text=True)
    _, clients = await cast.inside(lambda: newcomers.take_in(desk, id))
    who = await cast.inside(lambda: Attendance.get(client_id=clients[0]))
    assert who.appointment_id == one.id
    page = await (await visitor.get(told.path)).get_data(as_text=True)
    assert "It is yours" in page and "take it back" not in page


async def test_none_of_the_proposed_times_takes_the_request_back(cast, browse, offering, hours):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: requests.offer(desk, id, [wanted(offering, hours, at(12))], ""))
    token = new_token()
    await cast.inside(lambda: BookingRequest.filter(id=id).update(offer_hash=token_hash(token)))
    visitor = await browse(cast)
    await visitor.post(f"/request/offer/{token}/none")
    assert (await cast.inside(lambda: BookingRequest.get(id=id))).state == "withdrawn"
    assert await cast.inside(lambda: Appointment.filter(state="offered").count()) == 0
    with pytest.raises(Missing):
        await cast.inside(lambda: answering.withdraw_by_link("no"))


async def test_an_address_that_became_a_clients_meanwhile_is_left_out_with_a_word(cast, browse, offering, hours):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    await cast.inside(lambda: Client.filter(id=cast.clients["teen"]).update(email=NORA.email))
    desk = await browse(cast, "frontdesk")
    page = await (await desk.get(f"/staff/requests/{id}")).get_data(as_text=True)
    assert "May be Leo Marsh" in page and "Same e-mail" in page
    sent = await desk.post(f"/staff/requests/{id}/take-in")
    page = await sent.get_data(as_text=True)
    assert sent.status_code == 409 and "Leave the address out of the new record" in page
    assert (await desk.post(f"/staff/requests/{id}/take-in", {"without_taken": "true"})).status_code == 303
    (nora,) = await cast.inside(lambda: Client.filter(name="Nora Field"))
    assert nora.email == ""


@pytest.mark.parametrize("state", ["declined", "withdrawn", "expired"])
async def test_what_a_newcomer_told_is_erased_after_30_days(cast, offering, hours, state):
    id = await ask(cast, THEO, wanted(offering, hours, at(10)))
    await cast.inside(lambda: BookingRequest.filter(id=id).update(state=state, decided_at=now(), message="Private"))
    with time_machine.travel(now() + timedelta(days=29, hours=23), tick=True):
        await cast.inside(newcomers.erase_here)
        assert (await cast.inside(lambda: BookingRequest.get(id=id))).first_name == "Nora"
    with time_machine.travel(now() + timedelta(days=30, minutes=1), tick=True):
        await cast.inside(newcomers.erase_here)
    (row,) = await cast.inside(lambda: fetch_all("SELECT * FROM booking_request WHERE id = $1", id))
    for name in ("first_name", "last_name", "email", "phone", "other_first_name", "other_last_name", "message",
                 "relation", "reply"):
        assert row[name] == "", name
    assert (row["other_born_on"], row["answers"], row["state"]) == (None, [], state) and row["erased_at"]


async def test_the_clock_finds_the_practices_with_old_requests_and_touches_no_other(cast, neighbours, offering, hours):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    await cast.inside(lambda: BookingRequest.filter(id=id).update(
        state="declined", decided_at=now() - timedelta(days=31)))
    await newcomers.erase_old()
    assert (await cast.inside(lambda: BookingRequest.get(id=id))).email == ""


async def test_an_accepted_ones_request_is_kept(cast, offering, hours):
    id = await ask(cast, NORA, wanted(offering, hours, at(10)))
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: newcomers.take_in(desk, id))
    with time_machine.travel(now() + timedelta(days=40), tick=True):
        await cast.inside(newcomers.erase_here)
    assert (await cast.inside(lambda: BookingRequest.get(id=id))).first_name == "Nora"
