"""Who am I, on each side, and what upper areas add."""

from __future__ import annotations

import pytest

from models.accounts import registries
from models.accounts.me import initials


async def test_a_parent_hears_of_every_child_and_of_nobody_else(browse, cast):
    me = await (await (await browse(cast, "parent")).json("/me")).get_json()
    assert me["login"] == str(cast.logins["parent"])
    assert [(one["name"], one["relation"]) for one in me["clients"]] == [
        ("Leo Marsh", "mother"),
        ("Nora Marsh", "mother"),
    ]
    assert [one["access"] for one in me["clients"]] == [
        str(cast.accesses[("parent", who)]) for who in ("teen", "child")
    ]
    assert {"id", "access", "name", "relation", "permissions", "may_write_to"} <= set(me["clients"][0])


async def test_what_upper_areas_know_joins_each_client(browse, cast, monkeypatch):
    async def part(actor):
        return {actor.accesses[1].access_id: {"may_write_to": [{"id": "x", "name": "Maya", "role": "Therapist"}]}}

    browser = await browse(cast, "parent")
    monkeypatch.setattr(registries, "ME_PARTS", [part])
    monkeypatch.setattr("models.accounts.me.ME_PARTS", [part])
    clients = (await (await browser.json("/me")).get_json())["clients"]
    assert [len(one["may_write_to"]) for one in clients] == [0, 1]


async def test_staff_hear_their_roles(browse, cast):
    me = await (await (await browse(cast, "owner")).json("/staff/me")).get_json()
    assert (me["login"], me["staff"]) == (str(cast.logins["owner"]), str(cast.staff["owner"]))
    assert me["roles"] == ["administrator", "practitioner"] and {"settings", "team", "audit"} <= set(me["permissions"])
    biller = await (await (await browse(cast, "biller")).json("/staff/me")).get_json()
    assert not {"settings", "team", "audit", "front-desk"} & set(biller["permissions"])


async def test_signed_out_is_401_and_the_other_side_403(browse, cast):
    assert (await (await browse(cast)).json("/me")).status_code == 401
    assert (await (await browse(cast)).json("/staff/me")).status_code == 401
    assert (await (await browse(cast, "client")).json("/staff/me")).status_code == 403
    assert (await (await browse(cast, "owner")).json("/me")).status_code == 403


async def test_a_person_with_several_accesses_is_asked_for_whom(browse, cast):
    browser = await browse(cast, "parent")
    page = await (await browser.get("/for")).get_data(as_text=True)
    for name in ("teen", "child"):
        assert f"/for/{cast.clients[name]}/" in page
    short = await browser.get("/home")
    assert short.status_code == 409 and f"/for/{cast.clients['teen']}/" in await short.get_data(as_text=True)
    assert (await (await browser.json("/home")).get_json())["code"] == "choose-client"
    answer = await browser.get(f"/for/{cast.clients['teen']}/")
    assert answer.status_code == 303 and answer.headers["Location"].startswith(f"/for/{cast.clients['teen']}/")


@pytest.mark.parametrize(("name", "root"), [("client", ""), ("owner", "/staff")])
async def test_every_page_of_the_own_account_opens_on_both_sides(browse, cast, people, name, root):
    browser = await browse(cast, name)
    for page in ("sessions", "password", "preferences"):
        answer = await browser.get(f"{root}/{page}")
        assert answer.status_code == 200 and f'action="{root}/' in await answer.get_data(as_text=True), page


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Maya Okafor", "MO"),
        ("Ana Beltrán", "AB"),
        ("Maria de la Cruz", "MC"),
        ("Cher", "C"),
        ("李 小龙", "李小"),
        ("  Jo  Ann   Lee ", "JL"),
        ("de", "D"),
        ("(Bo) Li", "L"),
    ],
)
def test_initials_are_at_most_two(name, letters):
    assert initials(name) == letters
