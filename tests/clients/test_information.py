"""Your information: a client's own record, a contact's own name and phone, and the way to a child's."""

from __future__ import annotations

from typing import Any

import pytest

from models.core.database import execute


async def test_a_client_is_led_to_their_own_record(browse: Any, cast: Any) -> None:
    answer = await (await browse(cast, "client")).get("/information")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/profile")
    page = await (await browse(cast, "client")).get("/profile")
    text = await page.get_data(as_text=True)
    assert page.status_code == 200 and "Your information</h1>" in text and "Address and phones" in text
    assert 'href="/information"' in text, "it stands in the person's menu"


async def test_a_contact_keeps_their_own_name_and_phone(browse: Any, cast: Any, records: Any) -> None:
    browser = await browse(cast, "parent")
    told = await (await browser.json("/information")).get_json()
    assert told["contact"]["first_name"] == "Karen"
    assert told["clients"] == [str(cast.clients["teen"]), str(cast.clients["child"])]
    assert (await browser.send("/information", {"phone": "2075550123"})).status_code == 200
    assert (await browser.post("/information", {"first_name": "Kari", "last_name": "Marsh", "phone": ""})) \
        .status_code == 303
    (row,) = await records.rows("SELECT name, phone FROM contact WHERE id = $1", cast.contacts["parent"])
    assert (row["name"], row["phone"]) == ("Kari Marsh", "")
    assert await records.events("contact.changed")


async def test_odd_words_are_shown_again_with_what_is_wrong(browse: Any, cast: Any) -> None:
    answer = await (await browse(cast, "parent")).post(
        "/information", {"first_name": "", "last_name": "Marsh", "phone": "2075550123"}
    )
    text = await answer.get_data(as_text=True)
    assert answer.status_code == 422 and "Fill this in." in text and "2075550123" in text


async def test_also_without_any_permission(browse: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE portal_access SET permissions = '{}'"))
    browser = await browse(cast, "coparent")
    assert (await browser.json("/profile")).status_code == 403
    told = await (await browser.json("/information")).get_json()
    assert told["contact"]["last_name"] == "Ellison" and told["clients"] == []
    assert (await browser.send("/information", {"phone": "2075550188"})).status_code == 200


@pytest.mark.parametrize("name", ["client", "teen"])
async def test_who_is_no_contact_has_no_such_record(browse: Any, cast: Any, name: str) -> None:
    assert (await (await browse(cast, name)).send("/information", {"phone": ""})).status_code == 404


async def test_one_login_serves_the_own_record_and_a_childs(browse: Any, cast: Any, records: Any) -> None:
    """Ana is a client, and now a contact of Nora as well."""
    browser = await browse(cast, "practitioner")
    made = await browser.send(
        records.address("child", "contacts"), {"kind": "guardian", "person": str(cast.clients["client"])}
    )
    contact = (await made.get_json())["contact"]
    await cast.inside(lambda: execute(
        "INSERT INTO portal_access (id, client_id, contact_id, login_id, permissions, invited_at, accepted_at)"
        " VALUES (gen_random_uuid(), $1, $2, $3, '{information}', now(), now())",
        cast.clients["child"], contact, cast.logins["client"],
    ))
    ana = await browse(cast, "client")
    answer = await ana.get("/information")
    assert answer.headers["Location"] == records.for_client("client", "profile")
    assert (await records.portal("client", "client", "names"))["first_name"] == "Ana"
    assert (await records.portal("client", "child", "names"))["first_name"] == "Nora"
    assert (await records.write("client", "child", "names", pronouns="she/her")).status_code == 200
    assert (await ana.json("/profile")).status_code == 409, "the short address asks for whom"


async def test_home_leads_there_for_whom_it_opens(browse: Any, cast: Any) -> None:
    assert 'href="/profile"' in await (await (await browse(cast, "client")).get("/home")).get_data(as_text=True)
    take = "UPDATE portal_access SET permissions = '{}' WHERE contact_id IS NOT NULL"
    await cast.inside(lambda: execute(take))
    page = await (await (await browse(cast, "coparent")).get("/home")).get_data(as_text=True)
    assert 'href="/profile"' not in page
