"""Two divorced parents of one teen, each with Manage information: they see nothing of each other."""

from __future__ import annotations

import json
from typing import Any

import pytest

from models.core.clock import now
from models.core.database import execute
from server.door import DOORS

ELM = {"address_1_kind": "second", "address_1_line_1": "9 Elm Street", "address_1_city": "Bangor",
       "address_1_postal_code": "04401"}


def rooms(events: list[Any]) -> set[tuple[str, str]]:
    return {tuple(room) for event in events for room in event["rooms"]}


async def everything(records: Any, name: str, client: str = "teen") -> str:
    """All that this parent can read of the teen's record: the page and its JSON."""
    browser = await records.browse(records.cast, name)
    page = await browser.get(records.for_client(client, "profile"))
    data = await browser.json(records.for_client(client, "profile"))
    assert page.status_code == data.status_code == 200
    return str(await page.get_data(as_text=True)) + str(await data.get_data(as_text=True))


async def told_parent(records: Any, kind: str = "client.details_changed") -> set[tuple[str, str]]:
    """Which portal accesses heard of it."""
    access = {str(id): name for (name, client), id in records.cast.accesses.items() if client == "teen"}
    return {("access", access[id]) for kind_, id in rooms(await records.events(kind)) if kind_ == "access"}


async def test_both_parents_keep_the_childs_own_fields(records: Any) -> None:
    assert (await records.write("parent", "teen", "demographics", sex="male")).status_code == 200
    assert (await records.portal("coparent", "teen", "demographics"))["sex"] == "male"
    assert await told_parent(records) == {("access", name) for name in ("teen", "parent", "coparent")}


ENTERED = [
    ("contact", ELM, "9 Elm Street"),
    ("contact", {"phone_2_number": "207-555-0166", "phone_2_kind": "home"}, "555-0166"),
    ("insurance", {"policy_1_payer": "Aetna Blue", "policy_1_holder_name": "D. Ellison"}, "Aetna Blue"),
]


@pytest.mark.parametrize(("section", "given", "words"), ENTERED)
async def test_what_one_parent_enters_the_other_neither_reads_nor_hears_of(
    records: Any, section: str, given: dict[str, str], words: str
) -> None:
    assert (await records.write("coparent", "teen", section, **given)).status_code == 200
    assert words in await everything(records, "coparent"), "must be kept for this to mean anything"
    assert words in json.dumps(await records.staff("teen", section))
    assert words not in await everything(records, "parent")
    assert await told_parent(records) == {("access", "teen"), ("access", "coparent")}


async def test_of_an_emergency_contact_that_one_parent_entered_the_other_reads_that_there_is_one(records: Any) -> None:
    given = {"emergency_name": "Grandpa Joe", "emergency_relation": "neighbor", "emergency_phone": "2075550167"}
    assert (await records.write("coparent", "teen", "emergency", **given)).status_code == 200
    assert "Grandpa Joe" in await everything(records, "coparent")
    assert await records.portal("parent", "teen", "emergency") == {"emergency_kept": "somebody else"}
    seen = await everything(records, "parent")
    assert not any(words in seen for words in ("Grandpa", "neighbor", "5550167", "555-0167"))
    before = len(await records.events("client.details_changed"))
    await records.write("coparent", "teen", "emergency", emergency_phone="2075550168")
    (event,) = (await records.events("client.details_changed"))[before:]
    assert ["access", str(records.cast.accesses["parent", "teen"])] not in event["rooms"]


async def test_what_one_parent_entered_the_other_cannot_change_or_remove(records: Any) -> None:
    await records.write("coparent", "teen", "contact", **ELM)
    id = (await records.portal("coparent", "teen", "contact"))["address_1_id"]
    for given in ({"address_1_id": id, "address_1_line_1": "Mine"}, {"address_remove": id}):
        assert (await records.write("parent", "teen", "contact", **given)).status_code == 404
    await records.write("parent", "teen", "contact", address_main=id)
    assert (await records.staff("teen", "contact"))["address_1_line_1"] == "9 Elm Street"
    await records.write("coparent", "teen", "emergency", emergency_name="Grandpa Ellison")
    refused = await records.write("parent", "teen", "emergency", emergency_name="Me")
    told = await refused.get_json()
    assert (refused.status_code, told["code"]) == (403, "kept-by-practice") and "Ellison" not in str(told)


async def test_of_another_contact_as_emergency_contact_only_the_relation_is_told(records: Any, cast: Any) -> None:
    await cast.inside(lambda: execute("UPDATE contact SET phone = '(207) 555-0188' WHERE id = $1",
                                      cast.contacts["coparent"]))
    await records.save("teen", "emergency", emergency_contact=str(cast.contacts["coparent"]))
    assert await records.portal("coparent", "teen", "emergency") == {
        "emergency_name": "David Ellison", "emergency_relation": "father", "emergency_phone": "(207) 555-0188",
    }
    assert await records.portal("parent", "teen", "emergency") == {"emergency_kept": "father"}
    seen = await everything(records, "parent")
    assert "Ellison" not in seen and "keeps an emergency contact: father" in seen
    assert "5550188" not in seen and "555-0188" not in seen


async def test_names_numbers_and_addresses_of_the_other_that_staff_typed_are_kept_back(records: Any, cast: Any) -> None:
    number = "UPDATE contact SET phone = '(207) 555-0188' WHERE id = $1"
    await cast.inside(lambda: execute(number, cast.contacts["coparent"]))
    await records.save("teen", "referral", referred_by="The father, david  ELLISON")
    await records.save("teen", "contact", email=f"coparent@{cast.subdomain}.test", phone_2_number="+1 207 555 0188")
    await records.save("teen", "insurance", policy_1_payer="Cigna", policy_1_holder_name="David Ellison")
    assert "Cigna" in await everything(records, "coparent")
    seen = await everything(records, "parent")
    for words in ("ellison", "ELLISON", "Ellison", "555 0188", "555-0188", "5550188", "coparent@", "Cigna"):
        assert words not in seen, words
    refused = await records.write("parent", "teen", "referral", referred_by="Nobody")
    assert refused.status_code == 403 and "llison" not in str(await refused.get_json())


async def test_an_address_hidden_from_a_contact_is_not_there_for_them(records: Any, cast: Any) -> None:
    await records.save("teen", "contact", address_1_line_1="3 Shelter Lane")
    assert "3 Shelter Lane" in await everything(records, "coparent")
    id = (await records.staff("teen", "contact"))["address_1_id"]
    hide = [str(cast.contacts["coparent"])]
    await records.save("teen", "contact", address_1_id=id, address_1_hidden=hide)
    assert "Shelter" not in await everything(records, "coparent")
    assert "3 Shelter Lane" in await everything(records, "parent")
    assert cast.contacts["coparent"].hex not in (await everything(records, "parent")).replace("-", "")
    await records.save("teen", "contact", address_1_id=id, address_1_hidden=[])
    assert "3 Shelter Lane" in await everything(records, "coparent")


async def test_staff_show_an_address_that_a_contact_entered(records: Any) -> None:
    await records.write("coparent", "teen", "contact", **ELM)
    assert "9 Elm Street" not in await everything(records, "parent")
    id = (await records.staff("teen", "contact"))["address_1_id"]
    await records.save("teen", "contact", address_1_id=id, address_1_hidden=[])
    assert "9 Elm Street" in await everything(records, "parent")


async def test_an_address_stays_hidden_from_a_contact_who_was_unlinked_and_comes_back(records: Any, cast: Any) -> None:
    await records.save("teen", "contact", address_1_line_1="3 Shelter Lane")
    id = (await records.staff("teen", "contact"))["address_1_id"]
    david = str(cast.contacts["coparent"])
    await records.save("teen", "contact", address_1_id=id, address_1_hidden=[david])
    revoke = "UPDATE portal_access SET revoked_at = $2 WHERE contact_id = $1"
    await cast.inside(lambda: execute(revoke, cast.contacts["coparent"], now()))
    browser = await records.browse(cast, "owner")
    assert (await browser.send(records.address("teen", f"contacts/{david}/unlink"))).status_code == 200
    await records.save("teen", "contact", address_1_id=id, address_1_hidden=[])
    given = {"kind": "parent", "relation": "father", "person": david}
    assert (await browser.send(records.address("teen", "contacts"), given)).status_code == 200
    await cast.inside(lambda: execute(revoke, cast.contacts["coparent"], None))
    assert "Shelter" not in await everything(records, "coparent")


async def test_only_staff_say_from_whom_an_address_is_hidden(records: Any, cast: Any) -> None:
    await records.save("teen", "contact", address_1_line_1="3 Shelter Lane")
    id = (await records.staff("teen", "contact"))["address_1_id"]
    for name in ("teen", "parent"):
        hide = [str(cast.contacts["coparent"])]
        await records.write(name, "teen", "contact", address_1_id=id, address_1_hidden=hide)
    assert (await records.staff("teen", "contact"))["address_1_hidden"] == []


async def test_who_becomes_a_contact_later_does_not_see_what_others_entered(records: Any, cast: Any) -> None:
    await records.write("parent", "child", "contact", **ELM)
    browser = await records.browse(cast, "practitioner")
    given = {"kind": "parent", "relation": "father", "person": str(cast.contacts["coparent"])}
    assert (await browser.send(records.address("child", "contacts"), given)).status_code == 200
    assert (await records.staff("child", "contact"))["address_1_hidden"] == [str(cast.contacts["coparent"])]


async def test_the_e_mail_by_which_a_child_signs_in_is_not_a_parents(records: Any) -> None:
    await records.save("teen", "contact", email="leo@mailbox.example")
    assert (await records.portal("teen", "teen", "contact"))["email"] == "leo@mailbox.example"
    assert "leo@mailbox" not in await everything(records, "parent")
    assert (await records.write("parent", "teen", "contact", email="karen@mailbox.example")).status_code == 403
    assert (await records.write("parent", "child", "contact", email="nora@mailbox.example")).status_code == 200


async def test_without_manage_information_nothing_is_read_or_written(records: Any, cast: Any) -> None:
    assert await everything(records, "coparent")
    take = "UPDATE portal_access SET permissions = '{appointments}' WHERE contact_id = $1"
    await cast.inside(lambda: execute(take, cast.contacts["coparent"]))
    browser = await records.browse(cast, "coparent")
    answer = await browser.json(records.for_client("teen", "profile"))
    told = await answer.get_json()
    assert (answer.status_code, told["code"]) == (403, "no-information")
    assert told["detail"].startswith("You may not see or change Leo Marsh’s information. Call Harbor Counseling")
    for section in ("names", "demographics", "contact", "emergency", "insurance", "time_zone", "referral"):
        assert (await records.write("coparent", "teen", section)).status_code == 403
    await records.save("teen", "demographics", sex="male")
    assert ("access", "coparent") not in await told_parent(records)


async def test_a_contact_has_no_record_but_that_of_whom_they_act_for(records: Any, cast: Any) -> None:
    browser = await records.browse(cast, "coparent")
    for client in ("child", "client"):
        assert (await browser.json(records.for_client(client, "profile"))).status_code == 404
        assert (await records.write("coparent", client, "names", first_name="X")).status_code == 404


async def test_nobody_in_the_portal_moves_the_day_on_which_contacts_rights_end(records: Any, cast: Any) -> None:
    for name in ("teen", "parent"):
        answer = await records.write(name, "teen", "demographics", born_on="2005-01-01")
        assert answer.status_code == 422
        assert "Call Harbor Counseling" in (await answer.get_json())["errors"]["born_on"][0]
        assert (await records.write(name, "teen", "demographics", born_on="2011-03-02")).status_code == 200
    await cast.inside(lambda: execute("UPDATE client SET born_on = NULL, kind = 'minor' WHERE id = $1",
                                      cast.clients["teen"]))
    assert (await records.write("teen", "teen", "demographics", born_on="2000-01-01")).status_code == 422
    assert (await records.write("teen", "teen", "demographics", born_on="2011-03-02")).status_code == 200
    assert (await records.save("teen", "demographics", born_on="2011-03-03")).status_code == 200


async def test_the_childs_name_is_in_every_heading(records: Any, cast: Any) -> None:
    page = await (await records.browse(cast, "parent")).get(records.for_client("child", "profile"))
    text = await page.get_data(as_text=True)
    headings = [part.split("</h2>")[0].split(">", 1)[1] for part in text.split("<h2 ")[1:]]
    assert len(headings) == 7 and all(one.startswith("Nora Marsh’s ") for one in headings)
    assert "Nora Marsh’s information</h1>" in text


async def test_what_is_behind_the_wall_stops_nobodys_onboarding_and_is_not_emptied(records: Any, cast: Any) -> None:
    """A form that is sent as a whole: its fields for what the other parent is in are empty."""
    ask = """INSERT INTO invitation (id, access_id, sending, asks, ends_at) SELECT gen_random_uuid(), $1,
      gen_random_uuid(), '{"emergency": "required", "referral": "required"}', now() + interval '9 days'"""
    await cast.inside(lambda: execute(ask, cast.accesses["parent", "teen"]))
    await records.save("teen", "referral", referred_by="David Ellison", heard_from="A poster")
    await records.write("coparent", "teen", "emergency", emergency_name="Joe", emergency_phone="2075550167")
    karen, here = await records.browse(cast, "parent"), records.for_client("teen", "onboarding")
    assert "keeps an emergency contact" in await (await karen.get(f"{here}/emergency")).get_data(as_text=True)
    assert (await karen.post(f"{here}/emergency", {})).status_code == 303
    assert (await karen.post(f"{here}/referral", {"heard_from": "A friend", "referred_by": ""})).status_code == 303
    assert (await (await karen.json(here)).get_json())["complete"]
    assert (await records.staff("teen", "referral")) == {"heard_from": "A friend", "referred_by": "David Ellison"}
    assert (await records.staff("teen", "emergency"))["emergency_name"] == "Joe"


async def test_every_page_says_for_whom_one_acts(records: Any, cast: Any) -> None:
    """Two tabs, two children: whichever page of the portal it is, the child's name stands in it."""
    karen = await records.browse(cast, "parent")
    paths = [door.path for door in DOORS if door.portal and door.method == "GET" and "<" not in door.path]
    pages = []
    for path in paths:
        for mine, name in (("teen", "Leo"), ("child", "Nora")):
            page = await karen.get(records.for_client(mine, path.strip("/")))
            text = (await page.get_data(as_text=True)).partition('<main class="portal-main"')[2]
            if text:
                head = text[: text.index("</h1>") + 1200]
                assert name in head, (path, name)
                pages.append(path)
    assert {"/home", "/messages", "/messages/new", "/messages/search", "/profile", "/onboarding"} <= set(pages)
