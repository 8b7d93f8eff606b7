"""Contacts of a client: added, reused, changed, unlinked."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from models.clients import adding, contacts
from models.clients.adding import NewClient
from models.core.database import execute
from tests.support.browsing import key
from tests.support.meeting import meet

GRANDMA = {"kind": "other", "relation": "grandmother", "first_name": "Rosa", "last_name": "Marsh",
           "email": "Rosa@Mailbox.example", "phone": "2075550177"}


async def listed(records: Any, client: str) -> dict[str, Any]:
    browser = await records.browse(records.cast, "owner")
    contacts = (await (await browser.json(records.address(client, "details"))).get_json())["contacts"]
    return {one["name"]: one for one in contacts}


async def add(records: Any, client: str, by: str = "practitioner", **given: Any) -> Any:
    return await (await records.browse(records.cast, by)).send(records.address(client, "contacts"), given)


async def found(records: Any, client: str, words: str, by: str = "practitioner") -> dict[str, Any]:
    browser = await records.browse(records.cast, by)
    answer = await browser.send(records.address(client, "contacts/find"), {"words": words})
    assert answer.status_code == 200
    return {one["name"]: one for one in (await answer.get_json())["choices"]}


async def test_staff_add_a_person_as_a_contact(records: Any) -> None:
    answer = await add(records, "teen", **GRANDMA)
    assert answer.status_code == 200
    rosa = (await listed(records, "teen"))["Rosa Marsh"]
    assert (rosa["relation"], rosa["kind"], rosa["email"], rosa["phone"], rosa["portal"]) == (
        "grandmother", "other", "rosa@mailbox.example", "(207) 555-0177", "none",
    )
    (event,) = await records.events("contact.added")
    assert event["ids"] == {"client": str(records.cast.clients["teen"]), "contact": rosa["id"]} and not event["data"]


async def test_the_same_key_adds_once(records: Any) -> None:
    browser, given = await records.browse(records.cast, "practitioner"), {**GRANDMA, "key": key()}
    first = await (await browser.send(records.address("teen", "contacts"), given)).get_json()
    again = await (await browser.send(records.address("teen", "contacts"), given)).get_json()
    assert first["contact"] == again["contact"] and len(await records.events("contact.added")) == 1


async def test_without_words_the_relation_is_its_kind(records: Any) -> None:
    await add(records, "teen", **{**GRANDMA, "kind": "guardian", "relation": ""})
    assert (await listed(records, "teen"))["Rosa Marsh"]["relation"] == "guardian"


async def test_a_person_whom_the_practice_knows_is_found_and_reused(records: Any, cast: Any) -> None:
    assert "David Ellison" not in await listed(records, "child")
    choice = (await found(records, "child", "ellis"))["David Ellison"]
    assert choice["id"] == str(cast.contacts["coparent"]) and "Contact of Leo Marsh" in choice["role"]
    answer = await add(records, "child", kind="parent", relation="father", person=choice["id"])
    assert (await answer.get_json())["contact"] == str(cast.contacts["coparent"])
    assert (await listed(records, "child"))["David Ellison"]["other_clients"] == 1
    (event,) = await records.events("contact.linked")
    assert event["ids"]["client"] == str(cast.clients["child"]) and not await records.events("contact.added")
    assert "David Ellison" not in await found(records, "child", "ellis"), "nobody is linked twice"
    again = await add(records, "child", kind="parent", person=choice["id"])
    assert again.status_code == 409 and (await again.get_json())["code"] == "linked-already"


async def test_a_client_becomes_a_contact_of_another_and_stays_one_person(records: Any, cast: Any) -> None:
    await records.save("client", "contact", email="ana@example.com")
    choice = (await found(records, "child", "ana@example.com"))["Ana Beltrán"]
    assert choice["kind"] == "client"
    made = (await (await add(records, "child", kind="partner", person=choice["id"])).get_json())["contact"]
    ana = (await listed(records, "child"))["Ana Beltrán"]
    assert (ana["id"], ana["client_id"]) == (made, str(cast.clients["client"]))
    again = (await (await add(records, "teen", kind="partner", person=choice["id"])).get_json())["contact"]
    assert again == made, "the same person, once"
    await records.save("client", "names", preferred_name="Ani")
    assert "Ani Beltrán" in await listed(records, "child"), "the record is kept in one place"


async def test_nobody_is_their_own_contact(records: Any, cast: Any) -> None:
    answer = await add(records, "teen", kind="other", person=str(cast.clients["teen"]))
    assert answer.status_code == 422 and "own contact" in (await answer.get_json())["errors"]["person"][0]


async def test_an_e_mail_address_of_somebody_known_offers_that_person(records: Any, cast: Any) -> None:
    address = f"coparent@{cast.subdomain}.test"
    answer = await add(records, "child", **{**GRANDMA, "email": address.upper()})
    assert answer.status_code == 409 and (await answer.get_json())["code"] == "known-person"
    page = await (await records.browse(cast, "owner")).post(
        records.address("child", "contacts"), {**GRANDMA, "email": address}
    )
    text = await page.get_data(as_text=True)
    assert page.status_code == 409 and "An existing person" in text and 'value="Rosa"' in text


@pytest.mark.parametrize(("tab", "there"), [("portal", "Who can sign in"), ("details", "Names and pronouns")])
async def test_a_refused_contact_is_shown_again_on_the_tab_where_it_was_typed(
    records: Any, cast: Any, tab: str, there: str
) -> None:
    maya = await records.browse(cast, "practitioner")
    page = await maya.post(records.address("child", "contacts"), {**GRANDMA, "tab": tab, "last_name": ""})
    text = await page.get_data(as_text=True)
    assert page.status_code == 422 and there in text and text.count("Fill this in.") == 1
    assert 'value="Rosa"' in text and '<refused-dialog for="add-contact">' in text
    kept = await maya.post(records.address("child", "contacts"), {**GRANDMA, "tab": tab})
    assert kept.headers["Location"].partition("#")[0].endswith(f"/{tab}")


async def test_who_is_out_of_sight_is_neither_found_nor_named_nor_linked(records: Any, cast: Any) -> None:
    assert "David Ellison" in await found(records, "child", "ellison"), "must be findable for this to mean anything"
    end = "UPDATE assignment SET ended_at = now() WHERE client_id = $1"
    await cast.inside(lambda: execute(end, cast.clients["teen"]))
    assert await found(records, "child", "ellison") == {}
    answer = await add(records, "child", **{**GRANDMA, "email": f"coparent@{cast.subdomain}.test"})
    told = await answer.get_json()
    assert (answer.status_code, told["code"]) == (409, "known-elsewhere") and "David" not in str(told)
    answer = await add(records, "child", kind="parent", person=str(cast.contacts["coparent"]))
    assert answer.status_code == 404
    assert "David Ellison" in await found(records, "child", "ellison", by="frontdesk")


async def test_another_practices_person_cannot_be_linked(records: Any, neighbours: Any) -> None:
    for person in (neighbours.contacts["parent"], neighbours.clients["client"], uuid4()):
        assert (await add(records, "child", kind="parent", person=str(person))).status_code == 404


async def change(records: Any, client: str, contact: str, by: str = "practitioner", **given: Any) -> Any:
    browser = await records.browse(records.cast, by)
    return await browser.send(records.address(client, f"contacts/{records.cast.contacts[contact]}"), given)


async def test_a_contact_is_changed_for_all_their_clients(records: Any, cast: Any) -> None:
    given = {"kind": "guardian", "relation": "legal guardian", "first_name": "Karen", "last_name": "Marsh-Doyle",
             "email": f"parent@{cast.subdomain}.test", "phone": "2075550123"}
    assert (await change(records, "teen", "parent", **given)).status_code == 200
    karen = (await listed(records, "teen"))["Karen Marsh-Doyle"]
    assert (karen["relation"], karen["phone"]) == ("legal guardian", "(207) 555-0123")
    assert (await listed(records, "child"))["Karen Marsh-Doyle"]["relation"] == "mother", "each link has its own"
    told = {tuple(room) for part in await records.events("contact.changed") for room in part["rooms"]}
    assert told >= {("staff-of", str(cast.clients["teen"])), ("staff-of", str(cast.clients["child"])),
                    ("login", str(cast.logins["parent"]))}


async def test_names_of_a_contact_are_filled_in(records: Any) -> None:
    answer = await change(records, "teen", "parent", kind="parent", first_name="", last_name=" ")
    assert set((await answer.get_json())["errors"]) == {"first_name", "last_name"}
    assert (await add(records, "teen", kind="friend", first_name="A", last_name="B")).status_code == 422
    assert (await add(records, "teen", **{**GRANDMA, "email": "rosa@"})).status_code == 422


async def unlink(records: Any, client: str, contact: str, by: str = "practitioner") -> Any:
    browser = await records.browse(records.cast, by)
    return await browser.send(records.address(client, f"contacts/{records.cast.contacts[contact]}/unlink"))


async def test_unlinking_waits_until_the_access_is_revoked(records: Any, cast: Any) -> None:
    refused = await unlink(records, "teen", "coparent")
    told = await refused.get_json()
    assert (refused.status_code, told["code"]) == (409, "has-access")
    assert told["detail"].startswith("David Ellison has access to Leo Marsh’s portal. Revoke")
    revoke = "UPDATE portal_access SET revoked_at = now() WHERE contact_id = $1"
    await cast.inside(lambda: execute(revoke, cast.contacts["coparent"]))
    await records.save("teen", "emergency", emergency_contact=str(cast.contacts["coparent"]))
    assert (await unlink(records, "teen", "coparent")).status_code == 200
    assert "David Ellison" not in await listed(records, "teen")
    assert (await records.staff("teen", "emergency"))["emergency_name"] == "David Ellison", "the number stays at hand"
    assert await records.rows("SELECT 1 FROM contact WHERE id = $1", cast.contacts["coparent"]), "the person stays"
    (event,) = await records.events("contact.unlinked")
    assert event["ids"]["contact"] == str(cast.contacts["coparent"])


async def test_an_emergency_contact_may_be_a_contact(records: Any, cast: Any) -> None:
    await change(records, "teen", "parent", kind="parent", relation="mother", first_name="Karen", last_name="Marsh",
                 email=f"parent@{cast.subdomain}.test", phone="2075550123")
    await records.save("teen", "emergency", emergency_contact=str(cast.contacts["parent"]))
    assert await records.staff("teen", "emergency") == {
        "emergency_contact": str(cast.contacts["parent"]), "emergency_name": "Karen Marsh",
        "emergency_relation": "mother", "emergency_phone": "(207) 555-0123",
    }
    await records.save("teen", "emergency", emergency_contact="")
    seen = await records.staff("teen", "emergency")
    assert (seen["emergency_contact"], seen["emergency_name"]) == ("", "Karen Marsh"), "nothing is lost"
    stranger = await records.save("client", "emergency", emergency_contact=str(cast.contacts["parent"]))
    assert stranger.status_code == 422


@pytest.mark.parametrize(("name", "status"), [("owner", 200), ("frontdesk", 200), ("biller", 403)])
async def test_contacts_are_for_who_manages_the_record(records: Any, name: str, status: int) -> None:
    assert (await add(records, "teen", by=name, **GRANDMA)).status_code == status
    given = {"kind": "parent", "relation": "father", "first_name": "David", "last_name": "Ellison"}
    assert (await change(records, "teen", "coparent", by=name, **given)).status_code == status
    assert (await unlink(records, "teen", "coparent", by=name)).status_code == (409 if status == 200 else 403)
    browser = await records.browse(records.cast, name)
    answer = await browser.send(records.address("teen", "contacts/find"), {"words": "karen"})
    assert answer.status_code == status


async def test_a_contact_of_another_client_is_missing_here(records: Any) -> None:
    given = {"kind": "parent", "first_name": "David", "last_name": "Ellison"}
    assert (await change(records, "child", "coparent", **given)).status_code == 404
    assert (await unlink(records, "child", "coparent")).status_code == 404


async def test_of_two_who_enter_one_persons_address_at_once_the_second_is_told(records: Any, cast: Any) -> None:
    """As contacts of two clients, and as a child and a contact, whoever is first: one address, one person."""
    owner = await cast.actor("owner")
    given = {**GRANDMA, "person": None, "email": "rosa@mailbox.example"}
    to = lambda client: lambda: cast.inside(  # noqa: E731
        lambda: contacts.add(owner, cast.clients[client], given))
    said = await meet(cast.practice_id, to("teen"), to("client"))
    assert [getattr(one, "code", "added") for one in sorted(said, key=str)].count("added") == 1
    new = [NewClient("Rosa", "Marsh", "both@mailbox.example", born_on=date(2020, 5, 1), kind="minor")]
    given = {**given, "email": "both@mailbox.example"}
    await meet(cast.practice_id, lambda: cast.inside(lambda: adding.add(owner, new)), to("teen"))
    found = await records.rows("SELECT email FROM client WHERE email LIKE '%@mailbox.example' UNION ALL"
                               " SELECT email FROM contact WHERE email LIKE '%@mailbox.example'")
    assert sorted(row["email"] for row in found) == ["both@mailbox.example", "rosa@mailbox.example"]
