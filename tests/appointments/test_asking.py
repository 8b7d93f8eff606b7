"""Newcomers ask for an appointment without a login: for themselves, a child or a couple, with an address they prove."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine

from models.appointments import asking
from models.appointments.asking import Asker
from models.appointments.tables import Appointment, BookingCode, BookingRequest, Offering
from models.core import limits
from models.core.clock import now
from models.core.database import execute, fetch_all
from models.core.errors import TooMany
from models.core.ids import new_id
from tests.appointments.conftest import offer
from tests.appointments.times import at

ME = {"first_name": "Nora", "last_name": "Field", "email": "nora@field.test", "phone": "207 555 0199"}
CHILD = {"other_first_name": "Theo", "other_last_name": "Field", "other_born_on": "2017-04-01", "relation": "parent"}


@pytest.fixture(autouse=True)
def unlimited():
    limits.forget_all()


async def text(answer, status=200) -> str:
    words = str(await answer.get_data(as_text=True))
    assert answer.status_code == status, (answer.status_code, words[-1500:])
    return words


def chosen(offering, hours, **other) -> dict[str, str]:
    return {"service": str(offering.id), "minutes": "50", "mode": "in-person", "practitioner": str(hours.staff_id),
            "time": f"{at(10).isoformat()}/{hours.location_id}", "whom": "self", **other}


def hidden(page) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


async def digits(cast, proof) -> str:
    """As the mail would say them."""
    found = await cast.inside(lambda: asking.outgoing(proof))
    return found.code


async def held(visitor, offering, hours, **other):
    return hidden(await text(await visitor.post("/request/hold", chosen(offering, hours, **other))))


async def asked(cast, visitor, offering, hours, who=ME, **other):
    form = {**await held(visitor, offering, hours, **other), **who}
    form |= hidden(await text(await visitor.post("/request/code", form)))
    return {**form, "code": await digits(cast, form["proof"])}


async def test_the_landing_page_shows_both_ways_once_booking_is_on(cast, browse, offering, hours):
    visitor = await browse(cast)
    page = await text(await visitor.get("/"))
    assert "Book an appointment" in page and "I’m a new client" in page
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET new_clients = false"))
    page = await text(await visitor.get("/"))
    assert "Book an appointment" in page and "I’m a new client" not in page
    assert "I’m a new client" not in await text(await visitor.get("/book"))
    await cast.inside(lambda: execute("UPDATE practice_profile SET features_off = '{online-booking}'"))
    assert "Book an appointment" not in await text(await visitor.get("/"))
    for path in ("/book", "/request", "/request?service=" + str(offering.id)):
        answer = await visitor.json(path)
        assert answer.status_code == 404 and "(207) 555-0132" in (await answer.get_json())["detail"]


async def test_who_is_new_is_asked_in_only_while_somebody_has_hours_for_newcomers(cast, browse, offering, hours):
    visitor = await browse(cast)

    async def asked_in() -> bool:
        pages = [await text(await visitor.get(path)) for path in ("/", "/book")]
        assert all("Book an appointment" in page for page in pages)
        seen = {"I’m a new client" in page for page in pages}
        assert len(seen) == 1
        return seen.pop()

    assert await asked_in()
    await cast.inside(lambda: execute("UPDATE weekly_hours SET valid_until = current_date - 2"))
    assert not await asked_in()
    day = "INSERT INTO day_hours (id, staff_id, day, from_minute, until_minute) VALUES ($1, $2, $3, 540, 600)"
    await cast.inside(lambda: execute(day, new_id(), hours.staff_id, at(10).date()))
    assert await asked_in()
    await cast.inside(lambda: execute("UPDATE service SET bookable = 'existing'"))
    assert not await asked_in()


async def test_a_link_with_what_others_add_to_it_leads_to_the_times(cast, browse, offering, hours):
    visitor = await browse(cast)
    link = f"/request?service={offering.id}&practitioner={hours.staff_id}"
    assert "Who is it for?" in await text(await visitor.get(f"{link}&utm_source=site&gclid=x%00&utm_source=twice"))
    assert "Who is it for?" in await text(await visitor.get(f"/request?service={offering.id}&practitioner=nobody"))
    assert 'aria-current="step">Service' in await text(await visitor.get(f"/request?practitioner={hours.staff_id}"))


@pytest.mark.parametrize("service", ["gone", "of clients", "unknown", "no id"])
async def test_a_link_to_what_is_not_there_for_newcomers_says_so_above_what_is(cast, browse, offering, hours, service):
    async def other() -> Offering:
        state = {"bookable": "everyone", "archived_at": now()} if service == "gone" else {"bookable": "existing"}
        made = await Offering.create(id=new_id(), name="Old visit", **state)
        await offer(made, hours.staff_id)
        await execute("INSERT INTO service_length (service_id, minutes) VALUES ($1, 50)", made.id)
        return made

    id = {"unknown": new_id(), "no id": "x'y"}.get(service) or (await cast.inside(other)).id
    visitor = await browse(cast)
    page = await text(await visitor.get(f"/request?service={id}"), 404)
    assert "no longer" in page and "Counseling" in page and "Old visit" not in page and 'href="/book"' in page
    told = await (await visitor.json(f"/request?service={id}")).get_json()
    assert told["status"] == 404 and [one["name"] for one in told["services"]] == ["Counseling"]


async def test_what_a_service_asks_is_answered_before_a_code_is_mailed(cast, browse, offering, hours):
    why = [{"id": "why", "label": "What brings you here?", "kind": "long", "required": True}]
    await cast.inside(lambda: Offering.filter(id=offering.id).update(questions=why))
    visitor = await browse(cast)
    form = {**await held(visitor, offering, hours), **ME}
    page = await text(await visitor.post("/request/code", form), 422)
    assert "Answer this question." in page and 'value="Nora"' in page
    assert await cast.inside(lambda: BookingCode.all().count()) == 0
    form |= hidden(await text(await visitor.post("/request/code", {**form, "answer_why": "Sleep"})))
    code = await digits(cast, form["proof"])
    assert (await visitor.post("/request", {**form, "answer_why": "Sleep", "code": code})).status_code == 303
    request = await cast.inside(lambda: BookingRequest.get(email="nora@field.test"))
    assert [one["answer"] for one in request.answers] == ["Sleep"]


async def test_existing_clients_sign_in_and_go_on_to_the_times(cast, browse, offering, hours):
    page = await text(await (await browse(cast)).get("/book"))
    assert "/sign-in?next=/appointments/book" in page and 'href="/request"' in page
    ana = await browse(cast, "client")
    assert (await ana.get("/book")).headers["Location"] == "/appointments/book"
    deep = f"/request?service={offering.id}&practitioner={hours.staff_id}"
    assert (await ana.get(deep)).headers["Location"] == deep.replace("/request", "/appointments/book")


async def test_new_clients_schedule_by_a_deep_link_without_a_login(cast, browse, offering, hours):
    visitor = await browse(cast)
    page = await text(await visitor.get(f"/request?service={offering.id}&practitioner={hours.staff_id}"))
    assert "Who is it for?" in page and "How do you want to meet?" in page and "With whom?" not in page
    query = "&".join(f"{name}={value}" for name, value in chosen(offering, hours, day=at(10).date()).items()
                     if name != "time")
    page = await text(await visitor.get(f"/request?{query}"))
    assert "slot-grid" in page and "New York time" in page
    form = {**await held(visitor, offering, hours), **ME, "message": "Evenings suit me"}
    page = await text(await visitor.post("/request/code", form))
    assert "Look into your mail" in page and "Evenings suit me" in page and "nora@field.test" in page
    form |= hidden(page)
    sent = await visitor.post("/request", {**form, "code": await digits(cast, form["proof"])})
    assert sent.status_code == 303 and sent.headers["Location"] == "/request/sent"
    assert "What happens next" in await text(await visitor.get("/request/sent"))
    request = await cast.inside(lambda: BookingRequest.get(email="nora@field.test"))
    row = await cast.inside(lambda: Appointment.get(request_id=request.id))
    assert (request.state, request.client_id, request.first_name) == ("open", None, "Nora")
    assert (row.state, row.starts_at, str(row.id)) == ("requested", at(10), form["hold"])
    assert await cast.inside(lambda: BookingCode.all().count()) == 0


@pytest.mark.parametrize(("whom", "who"), [
    ("child", {**ME, **CHILD}), ("couple", {**ME, "other_first_name": "Ida", "other_last_name": "Stone"}),
])
async def test_for_a_child_or_a_couple_both_are_named(cast, browse, offering, hours, whom, who):
    visitor = await browse(cast)
    form = await held(visitor, offering, hours, whom=whom)
    refused = await visitor.post("/request/code", {**form, **ME})
    page = await text(refused, 422)
    assert "Fill in the first name." in page and 'value="Nora"' in page and form["secret"] in page
    for sentence in ("Say who you are to the child.", "Give the child’s birth date."):
        assert (sentence in page) is (whom == "child")
    form = await asked(cast, visitor, offering, hours, who, whom=whom, hold=form["hold"], secret=form["secret"])
    assert (await visitor.post("/request", form)).status_code == 303
    request = await cast.inside(lambda: BookingRequest.get(email="nora@field.test"))
    assert (request.for_whom, request.other_first_name) == (whom, who["other_first_name"])


async def test_the_secret_of_a_hold_stands_in_the_answered_page_alone(cast, browse, offering, hours):
    visitor = await browse(cast)
    answer = await visitor.post("/request/hold", chosen(offering, hours))
    form = hidden(await text(answer))
    assert len(form["secret"]) > 30 and not answer.headers.getlist("Set-Cookie")
    rows = await cast.inside(lambda: fetch_all("SELECT * FROM appointment WHERE state = 'hold'"))
    assert form["secret"].encode() not in bytes(rows[0]["hold_secret"]) and len(rows) == 1
    kept = await cast.inside(lambda: fetch_all(
        "SELECT coalesce(string_agg(ids::text || coalesce(data::text, ''), ''), '') AS words FROM event_data"))
    assert form["secret"] not in kept[0]["words"]
    stranger = await browse(cast)
    for secret in ("", "wrong", form["hold"]):
        assert (await stranger.send("/request/release", {"hold": form["hold"], "secret": secret})).status_code == 200
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 1
    await visitor.send("/request/release", {"hold": form["hold"], "secret": form["secret"]})
    assert await cast.inside(lambda: Appointment.filter(state="hold").count()) == 0


async def test_the_hold_lasts_fifteen_minutes_once_an_address_was_given(cast, browse, offering, hours):
    visitor = await browse(cast)
    form = await held(visitor, offering, hours)
    before = (await cast.inside(lambda: Appointment.get(state="hold"))).held_until
    await visitor.post("/request/code", {**form, **ME})
    after = (await cast.inside(lambda: Appointment.get(state="hold"))).held_until
    assert timedelta(minutes=9) < after - before <= timedelta(minutes=10, seconds=1)


async def test_five_wrong_codes_and_it_is_worth_nothing_and_after_ten_minutes_neither(cast, browse, offering, hours):
    visitor = await browse(cast)
    form = await asked(cast, visitor, offering, hours)
    wrong = "000000" if form["code"] != "000000" else "111111"
    for left in ("4 tries left", "3 tries left", "2 tries left", "1 try left", "can no longer be used"):
        page = await text(await visitor.post("/request", {**form, "code": wrong}), 422)
        assert left in page and "Nora" in page and "Held for you" in page
    assert "can no longer be used" in await text(await visitor.post("/request", form), 422)
    limits.forget_all()
    form = await asked(cast, visitor, offering, hours, hold=form["hold"], secret=form["secret"])
    with time_machine.travel(now() + timedelta(minutes=11), tick=True):
        assert "can no longer be used" in await text(await visitor.post("/request", form), 422)
    assert await cast.inside(lambda: BookingRequest.all().count()) == 0


async def test_a_code_proves_the_address_it_went_to_and_no_other(cast, browse, offering, hours):
    visitor = await browse(cast)
    form = await asked(cast, visitor, offering, hours)
    await text(await visitor.post("/request", {**form, "email": "other@field.test"}), 422)
    assert (await visitor.post("/request", form)).status_code == 303


@pytest.mark.parametrize("known", ["client", "parent", "owner"])
async def test_a_known_address_gets_the_same_page_and_a_mail_to_sign_in(cast, browse, offering, hours, known):
    row = await cast.inside(lambda: fetch_all("SELECT email FROM login WHERE id = $1", cast.logins[known]))
    visitor, pages = await browse(cast), []
    form = await held(visitor, offering, hours)
    for email in (row[0]["email"].upper(), "nora@field.test"):
        page = await text(await visitor.post("/request/code", {**form, **ME, "email": email}))
        proof = hidden(page)["proof"]
        pages.append(page.replace(email, "E").replace(proof, "P"))
        found = await cast.inside(lambda proof=proof: asking.outgoing(proof))
        assert bool(found.code) is (email == "nora@field.test")
        if not found.code:
            for code in ("", "000000"):
                answer = await visitor.post("/request", {**form, **ME, "email": email, "proof": proof, "code": code})
                assert answer.status_code == 422
    assert re.sub(r"4:\d\d|14:\d\d|data-left=\"\d+\"", "", pages[0]) == re.sub(
        r"4:\d\d|14:\d\d|data-left=\"\d+\"", "", pages[1])


async def test_the_same_page_sent_twice_asks_once(cast, browse, offering, hours):
    visitor = await browse(cast)
    form = await asked(cast, visitor, offering, hours)
    for _ in range(2):
        assert (await visitor.post("/request", form)).headers["Location"] == "/request/sent"
    assert await cast.inside(lambda: BookingRequest.all().count()) == 1


async def test_programs_that_fill_in_what_nobody_sees_ask_for_nothing(cast, browse, offering, hours):
    visitor = await browse(cast)
    form = {**await held(visitor, offering, hours), **ME, "website": "https://spam.test"}
    assert (await visitor.post("/request/code", form)).headers["Location"] == "/request/sent"
    assert await cast.inside(lambda: BookingCode.all().count()) == 0


async def test_what_takes_no_newcomers_cannot_be_asked_for(cast, browse, offering, hours):
    visitor = await browse(cast)
    form = await asked(cast, visitor, offering, hours)
    await cast.inside(lambda: Offering.filter(id=offering.id).update(bookable="existing"))
    assert (await visitor.send("/request", form)).status_code == 404
    assert (await visitor.send("/request/hold", chosen(offering, hours))).status_code == 404
    await cast.inside(lambda: Offering.filter(id=offering.id).update(bookable="everyone"))
    await cast.inside(lambda: execute("UPDATE practitioner_booking SET new_clients = false"))
    assert (await visitor.send("/request", form)).status_code == 404
    await cast.inside(lambda: execute("UPDATE practice SET state = 'closed' WHERE id = portico_here()"))
    assert (await visitor.send("/request", form)).status_code == 403
    assert await cast.inside(lambda: BookingRequest.all().count()) == 0


async def test_a_taken_time_is_said_with_what_was_typed_still_there(cast, browse, offering, hours):
    visitor = await browse(cast)
    form = await asked(cast, visitor, offering, hours)
    await cast.inside(lambda: execute("DELETE FROM appointment"))
    other = await browse(cast)
    await held(other, offering, hours)
    page = await text(await visitor.post("/request", {**form, "message": "A word"}), 409)
    assert "That time was just taken." in page and "A word" in page


async def test_addresses_networks_and_the_practice_are_limited(cast, offering, hours):
    asker = Asker("self", "Nora", "Field", "nora@field.test")

    async def once(email, address):
        one = Asker(**{**vars(asker), "email": email})
        await cast.inside(lambda: asking.ask_code(one, offering.id, "", address=address))

    for number in range(5):
        await once("nora@field.test", f"10.0.{number}.1")
    with pytest.raises(TooMany):
        await once("NORA@field.test", "10.9.9.9")
    for number in range(12):
        await once(f"n{number}@field.test", "10.1.1.1")
    with pytest.raises(TooMany):
        await once("n99@field.test", "10.1.1.1")
    for _ in range(40):
        await cast.inside(lambda: asking.count_hold("10.2.2.2"))
        await cast.inside(lambda: asking.count_let_go("10.2.2.2"))
    with pytest.raises(TooMany):
        await cast.inside(lambda: asking.count_hold("10.2.2.2"))
    limits.forget_all()


async def test_tries_of_codes_are_limited_by_network_and_codes_and_holds_of_a_practice_as_a_whole(
    cast, browse, offering, hours, monkeypatch
):
    for name in ("TRIES_BY_NETWORK", "CODES_HERE", "HOLDS_HERE"):
        monkeypatch.setattr(asking, name, replace(getattr(asking, name), most=2))
    visitor = await browse(cast)
    form = await asked(cast, visitor, offering, hours)
    told = [await visitor.send("/request", {**form, "code": "1"}) for _ in range(3)]
    assert [one.status_code for one in told] == [422, 422, 429] and told[2].headers["Retry-After"]
    assert (await visitor.send("/request", form)).status_code == 429, "also the right one"
    other = {**form, "email": "other@field.test"}
    assert [(await visitor.send("/request/code", other)).status_code for _ in range(2)] == [200, 429]
    later = chosen(offering, hours, time=f"{at(14).isoformat()}/{hours.location_id}")
    await text(await visitor.post("/request/hold", later))
    page = await text(await visitor.post("/request/hold", later), 429)
    assert "Too many tries" in page
    assert await cast.inside(lambda: BookingRequest.all().count()) == 0


@pytest.mark.parametrize("wrong", [
    {"email": "x"}, {"email": "a@b.test\nBcc: c@d.test"}, {"first_name": ""}, {"first_name": "x" * 101},
    {"phone": "1" * 41}, {"message": "m" * 2001}, {"first_name": "\x00"}, {"whom": "dog"}, {"hold": "?"},
    {"proof": "?"}, {"answers": "x"}, {"answer_a": "x" * 4001}, {"other_born_on": "2999-99-99"}, {"extra": "1"},
    {"secret": "s" * 200}, {"time": "0001-01-01T00:00:00+14:00"},
])
async def test_hostile_forms_are_refused_in_words(cast, browse, offering, hours, wrong):
    visitor = await browse(cast)
    form = {**await held(visitor, offering, hours), **ME, **wrong}
    answer = await visitor.send("/request/code", form)
    assert answer.status_code in (409, 422) and (await answer.get_json())["detail"]
    assert (await visitor.post("/request/code", form)).status_code in (409, 422)
    assert (await visitor.post("/request", {**form, "code": "1"})).status_code in (409, 422)
    assert await cast.inside(lambda: BookingCode.all().count()) == 0


async def test_three_requests_of_one_address_wait_and_no_more(cast, browse, offering, hours):
    visitor = await browse(cast)
    for hour in (10, 11, 12, 13):
        limits.forget_all()
        time = f"{at(hour).isoformat()}/{hours.location_id}"
        form = await asked(cast, visitor, offering, hours, time=time, hold="", secret="")
        answer = await visitor.post("/request", form)
        assert answer.status_code == (303 if hour < 13 else 409)
