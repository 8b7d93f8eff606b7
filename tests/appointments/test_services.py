"""Services of a practice: added, changed, archived, brought back, by administrators alone."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from models.appointments import services
from models.appointments.answers import checked_answers
from models.appointments.availability import bookable_services
from models.appointments.service_checking import Length, Wanted
from models.appointments.taking import Wanted as Booking
from models.appointments.taking import offer_for, video_link
from models.core.database import execute
from models.core.errors import Conflict, Forbidden, Invalid, Missing
from server.demo_appointments import HARBOR, LAKESIDE
from tests.appointments.heard import heard
from tests.appointments.times import at
from tests.support.browsing import key

HERE = "/staff/settings/services"
ROOT = Path(__file__).parents[2]


def typed(cast, **changes):
    """A form as a browser sends it."""
    lines = {"question_id": ["", ""], "question_label": ["What brings you?", "How did you hear of us?"],
             "question_kind": ["long", "choice"], "question_choices": ["", "A friend\r\nOnline"],
             "question_required": ["yes", "no"]}
    return {
        "name": "Individual  therapy", "description": "For adults.", "kind": "individual", "capacity": "",
        "colour": "d", "code": "H0004", "modes": ["in-person", "video"], "video_link": "https://meet.example/r",
        "buffer_before": "", "buffer_after": "10", "bookable": "everyone", "confirm": "instant-beyond",
        "instant_beyond_days": "3", "minutes": ["80", "50"], "fee": ["220", "$150.00"],
        "staff": str(cast.staff["practitioner"]), "late_fee": "75", "no_show_fee": "", "own_policy": "on",
        "late_hours": "48", "closed_hours": "", **lines, **changes,
    }


async def add(cast, name="Counseling", **more):
    owner = await cast.actor("owner")
    wanted = Wanted(name, **{"lengths": (Length(50),), **more})
    return await cast.inside(lambda: services.add_service(owner, wanted))


async def listed(cast):
    return [(one.row.name, one.row.archived_at is None) for one in await cast.inside(services.services)]


async def test_an_administrator_adds_changes_archives_and_brings_back_one(cast, browse):
    browser = await browse(cast, "owner")
    form = {**typed(cast), "key": key()}
    for _ in range(2):
        assert (await browser.post(HERE, form)).status_code == 303
    assert await listed(cast) == [("Individual therapy", True)], "sent twice with one key, added once"
    drawn = await (await browser.get(HERE)).get_data(as_text=True)
    assert "50 min $150, 80 min $220" in drawn and "At once from 3 days ahead" in drawn and "Maya Okafor" in drawn
    (one,) = re.findall(rf'href="({HERE}/[0-9a-f-]{{36}})"', drawn)
    shown = await (await browser.json(one)).get_json()
    assert shown["capacity"] == 1 and shown["late_fee_cents"] == 7500 and shown["no_show_fee_cents"] is None
    assert (shown["own_policy"], shown["late_hours"], shown["closed_hours"]) == (True, 48, None)
    assert (shown["description"], shown["colour"], shown["code"]) == ("For adults.", "d", "H0004"), "as they were typed"
    assert (shown["modes"], shown["buffer_before"], shown["buffer_after"]) == (["in-person", "video"], 0, 10)
    assert [(each["minutes"], each["fee_cents"]) for each in shown["lengths"]] == [(50, 15000), (80, 22000)]
    assert (shown["bookable"], shown["confirm"], shown["instant_beyond_days"]) == ("everyone", "instant-beyond", 3)
    assert shown["staff"] == [str(cast.staff["practitioner"])]
    assert [question["choices"] for question in shown["questions"]] == [[], ["A friend", "Online"]]
    changed = {**typed(cast, name="Therapy", minutes="50", fee=""), "version": "1"}
    assert (await browser.post(one, changed)).status_code == 303
    assert (await browser.post(f"{one}/archive")).status_code == 303
    assert await listed(cast) == [("Therapy", False)]
    assert "Archived" in await (await browser.get(one)).get_data(as_text=True)
    assert (await browser.post(f"{one}/bring-back")).status_code == 303
    assert await listed(cast) == [("Therapy", True)]
    assert len(await heard(cast, "services.changed")) == 4


async def test_what_is_saved_is_what_clients_are_offered_and_asked(cast, browse):
    browser = await browse(cast, "owner")
    await browser.post(HERE, {**typed(cast), "key": key()})
    await cast.inside(lambda: execute("INSERT INTO practitioner_booking (staff_id, online, new_clients)"
                                      " VALUES ($1, true, true)", cast.staff["practitioner"]))
    (one,) = await cast.inside(lambda: bookable_services(newcomer=True))
    assert [(length.minutes, length.fee_cents) for length in one.lengths] == [(50, 15000), (80, 22000)]
    first, second = one.service.questions
    assert checked_answers(one.service.questions, {first["id"]: "Sleep", second["id"]: "Online"})
    with pytest.raises(Invalid):
        checked_answers(one.service.questions, {second["id"]: "Online"})


async def test_the_code_of_a_procedure_is_typed_by_the_practice_and_none_comes_along(cast, browse):
    """Codes and texts of procedures belong to those who sell licences of them."""
    form = await (await (await browse(cast, "owner")).get(f"{HERE}/new")).get_data(as_text=True)
    assert 'name="code"' in form and "<datalist" not in form
    assert all(not one.code for offered in (HARBOR, LAKESIDE) for one, _ in offered), "nor in the demo"
    sold = re.compile(r"[^0-9-](90[78]\d\d|961[3-7]\d|9250[78]|99[24]\d\d|G0\d{3}|H00\d\d)[^0-9-]")
    shipped = [path for folder in ("models", "server", "templates") for path in (ROOT / folder).rglob("*.*")]
    texts = {str(path): path.read_text() for path in shipped if path.suffix in (".py", ".html", ".sql")}
    assert [name for name, text in texts.items() if sold.search(text)] == []


async def test_without_a_link_of_the_service_it_is_the_practitioners(cast, offering):
    staff = cast.staff["practitioner"]
    wanted = Booking(offering.id, 50, staff, at(10), "video")

    async def link():
        return await video_link(await offer_for(wanted, by_staff=True), staff)

    await cast.inside(lambda: execute("UPDATE practitioner_booking SET video_link = 'https://meet.example/maya'"))
    assert await cast.inside(link) == "https://meet.example/harbor"
    await cast.inside(lambda: execute("UPDATE service SET video_link = ''"))
    assert await cast.inside(link) == "https://meet.example/maya"


async def test_two_that_are_offered_never_have_one_name(cast):
    owner = await cast.actor("owner")
    first = await add(cast)
    with pytest.raises(Conflict):
        await add(cast, " counseling ")
    found = await cast.inside(lambda: services.service_for(owner, first.id))
    await cast.inside(lambda: services.archive_service(owner, found))
    await add(cast, "COUNSELING")
    with pytest.raises(Conflict):
        await cast.inside(lambda: services.bring_back_service(owner, found))
    both = await asyncio.gather(add(cast, "Group"), add(cast, "Group"), return_exceptions=True)
    assert sorted(isinstance(one, Conflict) for one in both) == [False, True]


async def test_a_refusal_keeps_every_line_that_was_typed(cast, browse):
    browser = await browse(cast, "owner")
    one = await add(cast)
    form = typed(cast, name="", minutes=["50", "x"], fee=["abc", "12"], question_kind=["long", "choice"],
                 question_choices=["", "only one"])
    for path in (HERE, f"{HERE}/{one.id}"):
        answer = await browser.post(path, form)
        drawn = await answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Write an amount such as 150" in drawn and "Write the minutes as a number" in drawn
        assert 'value="abc"' in drawn and "only one" in drawn and 'value="What brings you?"' in drawn
    answer = await browser.post(HERE, typed(cast, name=""))
    assert "Give it a name by which clients know it." in await answer.get_data(as_text=True)


async def test_the_second_of_two_who_edit_one_is_told(cast, browse):
    one = await add(cast)
    browser, path = await browse(cast, "owner"), f"{HERE}/{one.id}"
    assert (await browser.post(path, {**typed(cast), "version": "1"})).status_code == 303
    answer = await browser.post(path, {**typed(cast, name="Mine"), "version": "1"})
    drawn = await answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'value="Mine"' in drawn and "Changed by somebody else" in drawn and 'name="version" value="2"' in drawn


async def test_who_left_offers_nothing_and_offers_it_again_when_back(cast):
    owner, staff = await cast.actor("owner"), cast.staff["practitioner"]
    one = await add(cast, staff=(staff,))
    gone = "UPDATE staff_member SET deactivated_at = {} WHERE id = $1"
    await cast.inside(lambda: execute(gone.format("now()"), staff))
    found = await cast.inside(lambda: services.service_for(owner, one.id))
    assert not found.staff
    await cast.inside(lambda: services.change_service(owner, found, None, services.as_wanted(found)))
    await cast.inside(lambda: execute(gone.format("NULL"), staff))
    assert list((await cast.inside(lambda: services.service_for(owner, one.id))).staff) == [staff]


async def test_nobody_is_named_who_sees_no_clients(cast):
    with pytest.raises(Invalid) as refused:
        await add(cast, staff=(cast.staff["biller"],))
    assert set(refused.value.errors) == {"staff"}


async def test_others_of_the_practice_and_the_neighbours_reach_none_of_it(cast, neighbours, browse):
    one = await add(cast)
    assert (await (await browse(cast, "owner")).json(f"{HERE}/{one.id}")).status_code == 200
    assert (await (await browse(cast, "practitioner")).json(f"{HERE}/{one.id}")).status_code == 403
    stranger = await neighbours.actor("owner")
    with pytest.raises(Missing):
        await neighbours.inside(lambda: services.service_for(stranger, one.id))
    maya, owner = await cast.actor("practitioner"), await cast.actor("owner")
    found = await cast.inside(lambda: services.service_for(owner, one.id))
    for verb in (lambda: services.add_service(maya, Wanted("Mine", lengths=(Length(50),))),
                 lambda: services.change_service(maya, found, None, services.as_wanted(found)),
                 lambda: services.archive_service(maya, found), lambda: services.bring_back_service(maya, found)):
        with pytest.raises(Forbidden):
            await cast.inside(verb)


async def test_no_practice_fills_the_list_without_end(cast, monkeypatch):
    monkeypatch.setattr(services, "MOST_OFFERED", 1)
    await add(cast)
    with pytest.raises(Conflict):
        await add(cast, "Another")
