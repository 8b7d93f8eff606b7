"""People who do not sign in: written to at the address of their record, within the walls between contacts."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
import vobject

from models.appointments import by_address, cancelling, filling, newcomers
from models.appointments.tables import Appointment, Attendance
from models.clients import reaching
from models.core.database import execute, fetch_all
from models.notifications import reminder_mail
from tests.appointments.mailing import file_of, html_of, text_of
from tests.appointments.test_newcomers import NORA, THEO, ask
from tests.appointments.times import at, wanted

DUE = at(10) - timedelta(hours=47)
NO_SIGN_IN = "DELETE FROM portal_access WHERE id = $1"
NOT_INVITED = """UPDATE portal_access SET accepted_at = NULL, invited_at = NULL, login_id = NULL,
  permissions = $2 WHERE id = $1"""


class Desk:
    """What staff do here, in few words."""

    def __init__(self, cast, mailed, offering, hours):
        self.cast, self.mailed, self.offering, self.hours = cast, mailed, offering, hours

    async def run(self, sql, *values):
        await self.cast.inside(lambda: execute(sql, *values))

    async def no_sign_in(self, *pairs):
        for pair in pairs:
            await self.run(NO_SIGN_IN, self.cast.accesses[pair])

    async def lets(self, contact, client, *permissions):
        """Access is switched on for this contact, and nobody was invited."""
        await self.run(NOT_INVITED, self.cast.accesses[contact, client], list(permissions))

    async def address(self, client, email):
        await self.run("UPDATE client SET email = $2 WHERE id = $1", self.cast.clients[client], email)

    async def books(self, client, **other):
        desk, one = await self.cast.actor("frontdesk"), wanted(self.offering, self.hours, at(10), **other)
        return await self.cast.inside(lambda: filling.book_by_staff(desk, one, [self.cast.clients[client]]))

    async def reminds(self, moment=DUE):
        with time_machine.travel(moment, tick=True):
            await self.cast.inside(reminder_mail.send_due)
            await self.mailed.deliver()

    def got(self):
        """The names of those whose mailbox has something, in their order."""
        return sorted(one.split("@")[0] for mail in self.mailed.server.mails for one in mail["To"].split(", "))


@pytest.fixture
def desk(cast, mailed, offering, hours):
    return Desk(cast, mailed, offering, hours)


@pytest.fixture
async def unsigned(cast, desk):
    """The client has no sign-in."""
    await desk.no_sign_in(("client", "client"))
    return desk


def link_of(mail):
    return re.search(r"http://[^/]+(/reminder/[A-Za-z0-9_-]+)", text_of(mail))[1]


def stop_of(mail):
    return "/" + mail["List-Unsubscribe"].strip("<>").partition("//")[2].partition("/")[2]


async def page_of(answer, status=200):
    assert answer.status_code == status, answer.status_code
    return str(await answer.get_data(as_text=True))


async def test_a_client_without_a_sign_in_is_told_with_an_entry_for_the_calendar(cast, unsigned, mailed):
    id = await unsigned.books("client")
    await mailed.three_minutes_later()
    assert unsigned.got() == ["client"]
    (mail,) = mailed.to("client")
    assert mail["Subject"] == "Booked: Your appointment with Harbor Counseling"
    for part in (text_of(mail), html_of(mail)):
        assert "10:00 AM to 10:50 AM (E" in part and "14 Wharf Street" in part
        assert "this address stands in your contact details there" in part
        assert not any(word in part for word in ("Counseling with", "Okafor", "Beltr", "/for/"))
    assert "In an emergency" in text_of(mail)
    method, file = file_of(mail)
    (entry,) = vobject.readOne(file).vevent_list
    assert method == "REQUEST" and entry.attendee.value == f"mailto:{mailed.address('client')}"
    assert not hasattr(entry, "url") and "In the portal" not in file
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: cancelling.cancel_by_staff(desk, id))
    await mailed.three_minutes_later()
    gone = mailed.to("client")[-1]
    assert file_of(gone)[0] == "CANCEL" and "/reminder/" not in text_of(gone) and "in the portal" not in text_of(gone)


async def test_they_are_reminded_and_confirm_and_change_on_the_page_of_the_mails_own_link(
    cast, browse, unsigned, mailed
):
    id = await unsigned.books("client")
    await unsigned.reminds()
    (mail,) = mailed.to("client")
    assert mail["Subject"].startswith("A reminder") and "14 Wharf Street" in text_of(mail)
    visitor, link = await browse(cast), link_of(mail)
    page = await page_of(await visitor.get(link))
    assert "Confirm" in page and "/for/" not in page and "Beltr" not in page
    assert 'href="tel:207555-0132"' in page and "Call Harbor Counseling at (207) 555-0132." in page
    assert (await visitor.post(f"{link}/confirm")).status_code == 303
    assert (await cast.inside(lambda: Attendance.get(appointment_id=id))).confirmed_at is not None
    assert "knows that you are coming" in await page_of(await visitor.get(link))
    assert (await cast.inside(lambda: Attendance.get(appointment_id=id))).reminder_state == "sent"


async def test_who_signs_in_is_written_to_once_at_the_address_of_the_sign_in(cast, desk, mailed):
    await desk.address("client", f"other@{cast.subdomain}.test")
    await desk.books("client")
    await mailed.three_minutes_later()
    await desk.reminds()
    assert desk.got() == ["client", "client"]


async def test_a_guardian_without_a_sign_in_is_told_by_the_same_rule_as_with_one(cast, desk, mailed):
    await desk.lets("parent", "teen", "appointments", "reminders")
    await desk.lets("coparent", "teen", "information")
    await desk.no_sign_in(("teen", "teen"))
    await desk.address("teen", "")
    await desk.books("teen")
    await mailed.three_minutes_later()
    assert desk.got() == ["parent"]
    assert "Marsh" not in mailed.to("parent")[0].as_string()
    await desk.reminds()
    assert desk.got() == ["parent", "parent"]


async def test_reminders_go_to_contacts_who_get_reminders_alone(cast, desk, mailed):
    await desk.lets("parent", "child", "appointments")
    await desk.lets("parent", "teen", "appointments")
    await desk.books("child")
    await desk.reminds()
    assert desk.got() == []


@pytest.mark.parametrize("ends", ["nothing", "revoked", "own consent", "last day", "discharged"])
async def test_whose_access_would_not_be_open_is_not_written_to(cast, desk, mailed, ends):
    await desk.lets("parent", "child", "appointments")
    child, access = cast.clients["child"], cast.accesses["parent", "child"]
    await desk.books("child")
    await mailed.three_minutes_later()
    assert desk.got() == ["parent"]
    sql, value = {
        "nothing": ("SELECT $1::uuid", access),
        "revoked": ("UPDATE portal_access SET revoked_at = now() WHERE id = $1", access),
        "own consent": ("UPDATE client SET own_consent_at = now() WHERE id = $1", child),
        "last day": ("UPDATE portal_access SET ends_on = portico_today() - 1 WHERE id = $1", access),
        "discharged": ("UPDATE client SET read_only_until = portico_today() - 1, email = 'c@h.test' WHERE id = $1",
                       child),
    }[ends]
    await desk.run(sql, value)
    await cast.inside(lambda: Appointment.all().update(mode="phone"))
    await cast.inside(lambda: execute("UPDATE attendance SET told_at = NULL"))
    await mailed.three_minutes_later()
    assert desk.got() == ["parent"] * (2 if ends == "nothing" else 1)


async def test_an_address_that_is_a_contacts_too_is_written_to_only_while_that_contact_may_know(cast, desk, mailed):
    """A child's record often has a parent's address."""
    await desk.no_sign_in(("teen", "teen"))
    await desk.address("teen", f"coparent@{cast.subdomain}.test")
    await desk.lets("parent", "teen")
    await desk.run("UPDATE portal_access SET permissions = '{}' WHERE id = $1", cast.accesses["coparent", "teen"])
    await desk.books("teen")
    await mailed.three_minutes_later()
    assert desk.got() == []
    allow = "UPDATE portal_access SET permissions = '{appointments,reminders}' WHERE id = $1"
    await desk.run(allow, cast.accesses["coparent", "teen"])
    await cast.inside(lambda: execute("UPDATE attendance SET told_at = NULL, told = NULL"))
    await mailed.three_minutes_later()
    assert desk.got() == ["coparent"]


async def test_an_address_that_a_contact_typed_counts_as_that_contacts_until_staff_type_it(cast, desk, mailed):
    """A parent without View Appointments may keep the child's record, and does not read along by writing an address."""
    await desk.no_sign_in(("teen", "teen"))
    await desk.run("UPDATE portal_access SET permissions = '{information}' WHERE client_id = $1", cast.clients["teen"])
    teen, by = cast.clients["teen"], cast.contacts["parent"]
    await cast.inside(lambda: reaching.write_contact(teen, {"email": "mine@h.test"}, by))
    await desk.books("teen")
    await mailed.three_minutes_later()
    assert desk.got() == []
    await cast.inside(lambda: reaching.write_contact(teen, {"email": "mine@h.test"}, None))
    assert await cast.inside(lambda: by_address.written_to(teen, by_address.NEWS)) == []
    for address in ("", "mine@h.test"):
        await cast.inside(lambda email=address: reaching.write_contact(teen, {"email": email}, None))
    (one,) = await cast.inside(lambda: by_address.written_to(teen, by_address.NEWS))
    assert one.email == "mine@h.test"


async def test_nobody_is_written_to_twice_at_one_address(cast, desk, mailed):
    await desk.no_sign_in(("teen", "teen"))
    await desk.address("teen", f"parent@{cast.subdomain}.test")
    await desk.run("UPDATE portal_access SET permissions = '{}' WHERE id = $1", cast.accesses["coparent", "teen"])
    await desk.books("teen")
    await mailed.three_minutes_later()
    assert desk.got() == ["parent"]


async def test_who_declines_by_the_link_gets_none_and_the_desk_sees_it_and_switches_it_on(
    cast, browse, unsigned, mailed
):
    await unsigned.books("client")
    await unsigned.reminds()
    visitor, stop = await browse(cast), stop_of(mailed.to("client")[0])
    page = await page_of(await visitor.get(stop))
    assert "Stop e-mail about coming appointments?" in page and "the portal of" not in page
    assert "Call Harbor Counseling at" in await page_of(await visitor.post(stop))
    assert (await visitor.post(stop, {"List-Unsubscribe": "One-Click"})).status_code == 200
    told = await cast.inside(lambda: fetch_all("SELECT 1 FROM event WHERE type = 'client.mails_changed'"))
    assert len(told) == 1
    await cast.inside(lambda: execute("DELETE FROM reminder"))
    await unsigned.reminds()
    assert len(mailed.to("client")) == 1
    frontdesk, client = await browse(cast, "frontdesk"), cast.clients["client"]
    here = f"/staff/clients/{client}/appointments"
    assert "wants no reminders" in await page_of(await frontdesk.get(here))
    sent = {"person": str(client), "on": "on"}
    assert (await frontdesk.post(f"{here}/mails", sent)).status_code == 303
    await cast.inside(lambda: execute("DELETE FROM reminder"))
    await unsigned.reminds()
    assert len(mailed.to("client")) == 2


async def test_what_was_switched_off_in_the_portal_stays_off_when_the_sign_in_is_gone(cast, desk, mailed):
    await desk.run("UPDATE login SET mails_off = '{appointment}' WHERE id = $1", cast.logins["client"])
    await desk.no_sign_in(("client", "client"))
    await desk.books("client")
    await mailed.three_minutes_later()
    assert desk.got() == []
    await desk.reminds()
    assert desk.got() == ["client"]


async def test_the_desk_switches_on_what_somebody_switched_off_when_they_still_signed_in(cast, browse, desk, mailed):
    await desk.run("UPDATE login SET mails_off = '{appointment,onboarding-completed}' WHERE id = $1",
                   cast.logins["client"])
    await desk.run("UPDATE portal_access SET revoked_at = now() WHERE id = $1", cast.accesses["client", "client"])
    frontdesk, client = await browse(cast, "frontdesk"), cast.clients["client"]
    answer = await frontdesk.send(f"/staff/clients/{client}/appointments/mails", {"person": str(client), "on": True})
    assert answer.status_code == 200
    await desk.books("client")
    await mailed.three_minutes_later()
    assert desk.got() == ["client"]
    (row,) = await cast.inside(lambda: fetch_all("SELECT mails_off FROM login WHERE id = $1", cast.logins["client"]))
    assert row["mails_off"] == ["onboarding-completed"], "nothing else is switched on"


async def test_what_another_wants_none_of_at_the_same_address_the_desk_does_not_switch_on(cast, browse, desk, mailed):
    await desk.no_sign_in(("teen", "teen"))
    await desk.address("teen", f"parent@{cast.subdomain}.test")
    await desk.run("UPDATE login SET mails_off = '{appointment}' WHERE id = $1", cast.logins["parent"])
    await desk.books("teen")
    await mailed.three_minutes_later()
    assert desk.got() == ["coparent"]
    frontdesk, teen = await browse(cast, "frontdesk"), cast.clients["teen"]
    sent = {"person": str(teen), "on": True}
    refused = await frontdesk.send(f"/staff/clients/{teen}/appointments/mails", sent)
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "off-at-address"
    (row,) = await cast.inside(lambda: fetch_all("SELECT mails_off FROM login WHERE id = $1", cast.logins["parent"]))
    assert row["mails_off"] == ["appointment"]


async def test_the_tab_says_who_gets_e_mails_and_who_not_and_why(cast, browse, desk):
    await desk.lets("coparent", "teen", "appointments")
    await desk.no_sign_in(("teen", "teen"))
    await desk.address("teen", "")
    frontdesk, teen = await browse(cast, "frontdesk"), cast.clients["teen"]
    here = f"/staff/clients/{teen}/appointments"
    people = (await (await frontdesk.json(here)).get_json())["mails"]
    assert {one["name"]: (one["news"], one["reminders"], one["signs_in"]) for one in people} == {
        "Leo Marsh": (False, False, False), "David Ellison": (True, False, False), "Karen Marsh": (True, False, True),
    }
    page = await page_of(await frontdesk.get(here))
    assert "No e-mail address" in page and "Appointments, not reminders" in page


async def test_the_desk_switches_them_off_for_who_asks_and_nobody_for_who_signs_in(cast, browse, unsigned, mailed):
    frontdesk, client = await browse(cast, "frontdesk"), cast.clients["client"]
    here = f"/staff/clients/{client}/appointments/mails"
    assert (await frontdesk.send(here, {"person": str(client)})).status_code == 200
    await unsigned.books("client")
    await mailed.three_minutes_later()
    await unsigned.reminds()
    assert unsigned.got() == []
    teens = f"/staff/clients/{cast.clients['teen']}/appointments/mails"
    refused = await frontdesk.send(teens, {"person": str(cast.clients["teen"])})
    assert refused.status_code == 409 and (await refused.get_json())["code"] == "own-switch"
    assert (await frontdesk.send(teens, {"person": str(client)})).status_code == 404
    biller = await browse(cast, "biller")
    assert (await biller.send(here, {"person": str(client), "on": True})).status_code in (403, 404)


async def test_a_link_works_for_the_address_that_it_went_to_and_no_other(cast, browse, unsigned, mailed):
    await unsigned.books("client")
    await unsigned.reminds()
    visitor, link = await browse(cast), link_of(mailed.to("client")[0])
    assert (await visitor.json(link)).status_code == 200
    await unsigned.address("client", "corrected@h.test")
    assert (await visitor.json(link)).status_code == 404
    assert (await visitor.send(f"{link}/confirm")).status_code == 404


async def test_a_contacts_link_ends_with_the_permission(cast, browse, desk, mailed):
    await desk.lets("parent", "child", "appointments")
    await desk.books("child")
    await mailed.three_minutes_later()
    visitor, link = await browse(cast), link_of(mailed.to("parent")[0])
    assert (await visitor.json(link)).status_code == 200
    await desk.run("UPDATE portal_access SET permissions = '{information}' WHERE id = $1",
                   cast.accesses["parent", "child"])
    assert (await visitor.json(link)).status_code == 410
    assert (await visitor.send(f"{link}/confirm")).status_code == 410
    await desk.run("UPDATE portal_access SET revoked_at = now() WHERE id = $1", cast.accesses["parent", "child"])
    assert (await visitor.json(link)).status_code == 404


async def test_the_page_has_the_link_of_a_video_call_from_fifteen_minutes_before_for_who_does_not_sign_in(
    cast, browse, unsigned, mailed
):
    await unsigned.books("client", mode="video", location_id=None)
    await unsigned.reminds()
    (mail,) = mailed.to("client")
    assert "By video: the link stands behind the link in this e-mail" in text_of(mail)
    visitor, link, call = await browse(cast), link_of(mail), "https://meet.example/harbor"
    for minutes, there in ((-16, False), (-14, True), (5, True), (51, False)):
        with time_machine.travel(at(10) + timedelta(minutes=minutes), tick=True):
            assert (call in await page_of(await visitor.get(link))) is there, minutes


@pytest.mark.parametrize(("asker", "subjects"), [
    (NORA, ["Booked: Your appointment with Harbor Counseling"]),
    (THEO, ["Booked: Your appointment with Harbor Counseling"]),
    (replace(THEO, relation="other"), ["Your appointment at Harbor Counseling"]),
])
async def test_an_accepted_newcomer_reads_once_that_it_is_booked(cast, mailed, offering, hours, asker, subjects):
    """Whose right to see the child's appointments nobody decided about yet is told by the answer."""
    id = await ask(cast, asker, wanted(offering, hours, at(10)))
    desk = await cast.actor("frontdesk")
    await cast.inside(lambda: newcomers.take_in(desk, id))
    await mailed.three_minutes_later()
    got = [one["Subject"] for one in mailed.server.to("nora@field.test")]
    assert [one for one in got if not one.startswith("Your request") and "invitation" not in one] == subjects
