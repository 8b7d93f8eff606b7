"""How long a portal or a desk may stand unattended: administrators say, and it holds at once."""

from __future__ import annotations

import pytest

from models.accounts.sessions import sweep_idle


async def test_an_administrator_sets_both_times(browse, cast, people):
    browser = await browse(cast, "owner")
    assert await (await browser.json("/staff/settings")).get_json() == {"portal": 30, "desk": 15}
    assert (await browser.post("/staff/settings", {"portal": "20", "desk": "5"})).status_code == 303
    assert await (await browser.json("/staff/settings")).get_json() == {"portal": 20, "desk": 5}
    (event,) = await people.events("practice.idle_times_changed")
    assert event["rooms"] == [["staff", None]]


@pytest.mark.parametrize("name", ["practitioner", "frontdesk", "client"])
async def test_nobody_else_does(browse, cast, name):
    browser = await browse(cast, name)
    assert (await browser.json("/staff/settings")).status_code == 403
    assert (await browser.send("/staff/settings", {"portal": 20, "desk": 5})).status_code == 403


async def test_a_shorter_time_holds_for_those_signed_in_already(browse, cast, people):
    client, owner = await browse(cast, "client"), await browse(cast, "owner")
    await people.left_alone(client.session_id, minutes=10)
    await sweep_idle()
    assert (await client.json("/me")).status_code == 200
    await owner.send("/staff/settings", {"portal": 5, "desk": 15})
    assert (await client.json("/me")).status_code == 401
    await sweep_idle()
    assert [one["subject_id"] for one in await people.events("session.ended")] == [client.session_id]


ODD = [
    ({"portal": 0, "desk": 5}, "portal"),
    ({"portal": 20, "desk": 721}, "desk"),
    ({"portal": 1441, "desk": 5}, "portal"),
    ({"portal": "soon", "desk": 5}, "portal"),
    ({"portal": 20}, "desk"),
    ({"portal": 10**18, "desk": 5}, "portal"),
]


async def test_odd_times_are_refused_with_a_sentence(browse, cast):
    browser = await browse(cast, "owner")
    for given, field in ODD:
        answer = await browser.send("/staff/settings", given)
        assert answer.status_code == 422 and (await answer.get_json())["errors"][field], given


async def test_the_page_keeps_what_was_typed(browse, cast):
    answer = await (await browse(cast, "owner")).post("/staff/settings", {"portal": "9999", "desk": "5"})
    page = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and 'value="9999"' in page and "Use 1 to 1440 minutes." in page
