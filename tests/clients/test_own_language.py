"""The language a person prefers: said under Communication Preferences, read by staff."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.database import execute


async def said(browse: Any, cast: Any, name: str) -> Any:
    return (await (await (await browse(cast, name)).json("/preferences")).get_json())["language"]


async def say(browse: Any, cast: Any, name: str, language: str) -> Any:
    return await (await browse(cast, name)).send("/preferences/language", {"language": language})


async def test_a_contact_says_it_once_for_all_children_and_staff_read_it(browse: Any, cast: Any, records: Any) -> None:
    assert await said(browse, cast, "parent") == ""
    assert (await say(browse, cast, "parent", "es")).status_code == 200
    assert await said(browse, cast, "parent") == "es"
    maya = await browse(cast, "practitioner")
    for client in ("teen", "child"):
        for tab in ("portal", "details"):
            text = await (await maya.get(records.address(client, tab))).get_data(as_text=True)
            assert text.count("prefers Spanish") == 1, (client, tab)
    assert await said(browse, cast, "coparent") == "" and await said(browse, cast, "teen") == ""


async def test_a_clients_own_stands_in_the_record_and_is_one_with_it(browse: Any, cast: Any, records: Any) -> None:
    assert (await say(browse, cast, "client", "uk")).status_code == 200
    assert (await records.staff("client", "time_zone"))["language"] == "uk"
    await records.save("client", "time_zone", language="pt")
    assert await said(browse, cast, "client") == "pt"
    text = await (await (await browse(cast, "owner")).get(records.address("client", "portal"))).get_data(as_text=True)
    assert "prefers Portuguese" in text


async def test_the_other_parent_reads_and_hears_nothing_of_it(browse: Any, cast: Any, records: Any) -> None:
    await say(browse, cast, "parent", "ar")
    for path in ("/me", "/preferences", "/information", records.for_client("teen", "profile")):
        answer = await (await browse(cast, "coparent")).json(path)
        assert answer.status_code == 200 and '"ar"' not in await answer.get_data(as_text=True)
    rooms = str([one["rooms"] for one in await records.events("contact.changed")])
    assert str(cast.logins["parent"]) in rooms and str(cast.logins["coparent"]) not in rooms


async def test_saying_the_same_again_tells_nobody(browse: Any, cast: Any, records: Any) -> None:
    await say(browse, cast, "parent", "fr")
    once = await records.events("contact.changed")
    assert once, "it must be told at all for this to mean anything"
    await say(browse, cast, "parent", "fr")
    assert await records.events("contact.changed") == once


async def test_what_is_not_on_the_list_is_refused_and_english_is_no_news(browse: Any, cast: Any, records: Any) -> None:
    refused = await say(browse, cast, "parent", "klingon")
    assert refused.status_code == 422 and "language" in (await refused.get_json())["errors"]
    await say(browse, cast, "parent", "en")
    text = await (await (await browse(cast, "owner")).get(records.address("child", "portal"))).get_data(as_text=True)
    assert "prefers" not in text


async def test_who_was_discharged_reads_only_and_is_not_asked(browse: Any, cast: Any) -> None:
    ends = "UPDATE client SET status = 'discharged', read_only_until = current_date + 9 WHERE id = $1"
    await cast.inside(lambda: execute(ends, cast.clients["client"]))
    ana = await browse(cast, "client")
    assert await said(browse, cast, "client") is None
    assert "Save language" not in await (await ana.get("/preferences")).get_data(as_text=True)
    assert (await say(browse, cast, "client", "es")).status_code == 403


@pytest.mark.parametrize("name", ["practitioner", "biller"])
async def test_staff_have_no_such_choice(browse: Any, cast: Any, name: str) -> None:
    staff = await browse(cast, name)
    assert (await (await staff.json("/staff/preferences")).get_json())["language"] is None
    assert (await staff.send("/preferences/language", {"language": "es"})).status_code == 403


async def test_onboarding_asks_for_it_field_by_field(browse: Any, cast: Any, records: Any) -> None:
    ask = """INSERT INTO invitation (id, access_id, sending, asks, ends_at) SELECT gen_random_uuid(), id,
      gen_random_uuid(), '{"preferences": "required"}', now() + interval '9 days' FROM portal_access WHERE id = $1"""
    await cast.inside(lambda: execute(ask, cast.accesses[("parent", "child")]))
    karen = await browse(cast, "parent")
    step = records.for_client("child", "onboarding/preferences")
    assert "Language you prefer" in await (await karen.get(step)).get_data(as_text=True)
    assert (await karen.send(f"{step}/fields", {"language": "es"})).status_code == 200
    told = (await (await karen.json(step)).get_json())["values"]
    assert (told["language"], told["email_unread"]) == ("es", True), "what is not sent stays as it is"
    assert (await karen.send(step, {"email_unread": "false", "language": "es"})).status_code == 200
    assert (await (await karen.json("/preferences")).get_json())["email_unread"] is False
