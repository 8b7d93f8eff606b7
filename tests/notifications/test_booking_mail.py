"""Mails of online booking: one for each answer, to whoever asked, and nothing in them of what it is about."""

from __future__ import annotations

import re
from datetime import date

import pytest_asyncio

from models.accounts.tables import Location
from models.appointments import asking, booking, newcomers, own_requests, requests
from models.appointments.asking import Asker
from models.appointments.tables import BookingRequest, Offering
from models.appointments.taking import Wanted
from models.core import limits
from models.core.database import execute
from models.core.ids import new_id
from server.jobs import JOBS
from tests.appointments.conftest import Hours, offer, open_week
from tests.appointments.times import at, wanted

NORA = Asker("self", "Nora", "Field", "nora@field.test")


@pytest_asyncio.fixture(loop_scope="session")
async def hours(cast) -> Hours:
    async def make() -> Hours:
        place = await Location.create(id=new_id(), name="Wharf Street", address="14 Wharf Street")
        await open_week(cast.staff["practitioner"], place.id)
        return Hours(cast.staff["practitioner"], place.id)

    return await cast.inside(make)


@pytest_asyncio.fixture(loop_scope="session")
async def service(cast) -> Offering:
    async def make() -> Offering:
        made = await Offering.create(id=new_id(), name="Grief counseling", bookable="everyone", confirm="request")
        await offer(made, cast.staff["practitioner"])
        await execute("INSERT INTO service_length (service_id, minutes) VALUES ($1, 50)", made.id)
        return made

    return await cast.inside(make)


async def deliver(talk):
    for row in await talk.rows("SELECT id FROM outgoing_mail WHERE accepted_at IS NULL ORDER BY id"):
        await JOBS["mail.send"](talk.cast.practice_id, {"mail": row["id"]})


async def asked(talk, asker: Asker, one: Wanted, *, keep: bool = False):
    limits.forget_all()

    async def work() -> None:
        proof = await asking.ask_code(asker, new_id(), "", address="10.0.0.1")
        code = (await asking.outgoing(proof)).code
        await asking.ask(one, asker, code=code, proof=proof, hold_id=new_id(), secret="", address="10.0.0.1")

    await talk.cast.inside(work)
    if not keep:
        await talk.run("DELETE FROM outgoing_mail")
    return (await talk.cast.inside(lambda: BookingRequest.get(email=asker.email))).id


def words(mail) -> str:
    return mail.get_body(("plain",)).get_content() + mail.get_body(("html",)).get_content() + mail["Subject"]


async def test_a_visitor_gets_six_digits_and_a_known_address_is_led_to_sign_in(talk, post):
    limits.forget_all()
    for email in ("nora@field.test", talk.address("client")):
        one = Asker(**{**vars(NORA), "email": email})
        await talk.cast.inside(lambda one=one: asking.ask_code(one, new_id(), "", address="10.0.0.1"))
    await deliver(talk)
    (new,), (known,) = post.to("nora@field.test"), post.to(talk.address("client"))
    assert re.search(r"\b\d{6}\b", new.get_body(("plain",)).get_content())
    assert "/sign-in?next=/appointments/book" in words(known) and known["Subject"] == new["Subject"]
    assert not re.search(r"\b\d{6}\b", known.get_body(("plain",)).get_content())


async def test_the_digits_stand_in_no_table_and_no_job(talk, post):
    limits.forget_all()
    await talk.cast.inside(lambda: asking.ask_code(NORA, new_id(), "", address="10.0.0.1"))
    await deliver(talk)
    code = re.search(r"\b\d{6}\b", post.mails[0].get_body(("plain",)).get_content())[0]
    for query in ("SELECT 1 FROM booking_code WHERE code_hash::text LIKE $1 OR email LIKE $1",
                  "SELECT 1 FROM outgoing_mail WHERE facts::text LIKE $1",
                  "SELECT 1 FROM event WHERE ids::text LIKE $1"):
        assert await talk.rows(query, f"%{code}%") == []


async def test_a_client_hears_of_an_answer_once_and_nothing_while_it_is_handled(talk, post, service, hours):
    ana, desk = await talk.cast.actor("client"), await talk.cast.actor("frontdesk")
    for hour in (10, 14):
        await talk.cast.inside(lambda hour=hour: booking.book(ana, wanted(service, hours, at(hour))))
    first, second = await talk.cast.inside(lambda: BookingRequest.filter(state="open").order_by("created_at"))
    await talk.cast.inside(lambda: requests.handle(desk, first.id, True))
    assert await talk.rows("SELECT 1 FROM outgoing_mail") == []
    await talk.cast.inside(lambda: requests.decline(desk, first.id, "No grief group"))
    await deliver(talk)
    (mail,) = post.to(talk.address("client"))
    assert "cannot be kept" in words(mail) and "rief" not in words(mail)
    await talk.cast.inside(lambda: requests.accept(desk, second.id))
    kinds = await talk.rows("SELECT kind FROM outgoing_mail WHERE accepted_at IS NULL")
    assert kinds == [], "that it is booked is told with the appointment"


async def test_a_newcomer_gets_a_mail_that_the_request_has_arrived_with_a_link_to_take_it_back(
    talk, post, service, hours, browse
):
    ana = await talk.cast.actor("client")
    await talk.cast.inside(lambda: booking.book(ana, wanted(service, hours, at(10))))
    assert await talk.rows("SELECT 1 FROM outgoing_mail") == [], "a client sees it in the portal"
    id = await asked(talk, NORA, wanted(service, hours, at(12)), keep=True)
    await deliver(talk)
    mail = post.to("nora@field.test")[-1]
    assert "has arrived" in mail["Subject"] and f"{at(12):%-I:%M %p}" in words(mail) and "rief" not in words(mail)
    path = re.search(r"/request/offer/[\w-]+", words(mail))[0]
    visitor = await browse(talk.cast)
    page = await (await visitor.get(path)).get_data(as_text=True)
    assert "Your request waits for an answer" in page and "12:00 PM" in page and "Take my request back" in page
    assert (await visitor.post(f"{path}/none")).status_code == 303
    assert "Your request was taken back" in await (await visitor.get(path)).get_data(as_text=True)
    assert (await talk.cast.inside(lambda: BookingRequest.get(id=id))).state == "withdrawn"
    assert (await visitor.send(f"{path}/none")).status_code == 409


async def test_a_newcomer_hears_of_each_answer_at_the_address_they_proved(talk, post, service, hours):
    desk = await talk.cast.actor("frontdesk")
    id = await asked(talk, NORA, wanted(service, hours, at(10)))
    times = [wanted(service, hours, at(12))]
    await talk.cast.inside(lambda: requests.offer(desk, id, times, "Grief group instead?"))
    await deliver(talk)
    (mail,) = post.to("nora@field.test")
    assert "/request/offer/" in words(mail) and f"{at(12):%-I:%M %p}" in words(mail) and "Grief" not in words(mail)
    await talk.cast.inside(lambda: requests.decline(desk, id, "No grief group"))
    await deliver(talk)
    declined = post.to("nora@field.test")[-1]
    assert "cannot be kept" in words(declined) and "grief" not in words(declined)
    # Whom the practice invites reads it in the mail about the appointment (appointments/test_by_address.py).
    ida = Asker("child", "Ida", "Stone", "ida@stone.test", "", "Theo", "Stone", date(2017, 4, 1), "other")
    other = await asked(talk, ida, wanted(service, hours, at(14)))
    await talk.cast.inside(lambda: newcomers.take_in(desk, other))
    await deliver(talk)
    assert "Your appointment is booked" in words(post.to("ida@stone.test")[0])


async def test_who_got_no_answer_in_time_is_told_that_it_lapsed_and_who_took_it_back_is_not(
    talk, post, service, hours, later
):
    ana = await talk.cast.actor("client")
    for hour in (10, 14):
        await talk.cast.inside(lambda hour=hour: booking.book(ana, wanted(service, hours, at(hour))))
    first, second = await talk.cast.inside(lambda: BookingRequest.filter(state="open").order_by("created_at"))
    nora = await asked(talk, NORA, wanted(service, hours, at(12)))
    await talk.cast.inside(lambda: own_requests.withdraw(ana, second.id))
    later(hours=72, seconds=1)
    for id in (first.id, nora):
        await talk.cast.inside(lambda id=id: requests.expire_due(id))
    await deliver(talk)
    for address, link in ((talk.address("client"), "/appointments"), ("nora@field.test", "/request")):
        (mail,) = post.to(address)
        assert "has lapsed" in words(mail) and link in words(mail) and "rief" not in words(mail)


async def test_the_link_of_a_parents_mail_leads_to_the_child_it_is_about(talk, post, service, hours):
    await talk.run("UPDATE portal_access SET permissions = '{appointments,booking}' WHERE contact_id IS NOT NULL")
    karen, desk = await talk.cast.actor("parent", client="child"), await talk.cast.actor("frontdesk")
    await talk.cast.inside(lambda: booking.book(karen, wanted(service, hours, at(10))))
    request = await talk.cast.inside(lambda: BookingRequest.get(state="open"))
    await talk.cast.inside(lambda: requests.decline(desk, request.id))
    await deliver(talk)
    (mail,) = post.to(talk.address("parent"))
    assert f"/for/{talk.cast.clients['child']}/appointments" in words(mail)


async def test_a_mail_that_was_overtaken_is_not_sent(talk, post, service, hours):
    desk = await talk.cast.actor("frontdesk")
    id = await asked(talk, NORA, wanted(service, hours, at(10)))
    await talk.cast.inside(lambda: requests.offer(desk, id, [wanted(service, hours, at(12))], ""))
    await talk.cast.inside(lambda: requests.decline(desk, id))
    await deliver(talk)
    assert len(post.to("nora@field.test")) == 1 and "cannot be kept" in words(post.mails[-1])
