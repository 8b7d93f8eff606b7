"""The picker shows whom one may write to: the name and nothing more."""

from __future__ import annotations

from typing import Any

from models.core.database import execute
from models.messaging import picking, practices


async def pick(talk: Any, who: str, words: str = "", client: str | None = None) -> list[Any]:
    actor = await talk.as_(who, client)
    return await talk.do(lambda: picking.choices(actor, words))


def names(choices: list[Any]) -> list[str]:
    return [one["name"] for one in choices]


async def test_staff_find_everyone_of_the_practice(talk: Any) -> None:
    found = names(await pick(talk, "biller"))
    assert {"Ana Beltrán", "Leo Marsh", "Karen Marsh", "Maya Okafor", "Front desk"} <= set(found)
    assert "Ruth Calloway" not in found
    assert names(await pick(talk, "biller", "beltr")) == ["Ana Beltrán"]
    assert names(await pick(talk, "biller", "%")) == []


async def test_a_choice_holds_the_name_and_nothing_of_the_record(talk: Any) -> None:
    choice = (await pick(talk, "biller", "Ana"))[0]
    assert set(choice) == {"id", "name", "kind", "about", "about_name", "role", "reason"}
    assert choice["role"] == "" and choice["about_name"] == ""
    words = {name: value for name, value in choice.items() if name not in {"id", "about"}}  # ids hold any digits
    assert "555" not in str(words) and "@" not in str(choice) and "1988" not in str(words)


async def test_a_contact_stands_once_for_each_client(talk: Any) -> None:
    found = [one for one in await pick(talk, "practitioner", "Karen")]
    assert [one["about_name"] for one in found] == ["Leo Marsh", "Nora Marsh"]


async def test_who_cannot_be_reached_is_greyed_with_the_reason(talk: Any) -> None:
    reasons = {one["name"]: one["reason"] for one in await pick(talk, "practitioner")}
    assert reasons["Ana Beltrán"] == "" and reasons["Nora Marsh"] == "No portal access yet"
    await talk.do(lambda: execute("UPDATE portal_access SET accepted_at = NULL WHERE contact_id IS NULL"))
    await talk.do(lambda: execute("UPDATE portal_access SET features_off = '{messaging}' WHERE contact_id IS NOT NULL"))
    reasons = {one["name"]: one["reason"] for one in await pick(talk, "practitioner")}
    assert reasons["Ana Beltrán"] == "Invitation not accepted yet"
    assert reasons["Karen Marsh"] == "Messaging is switched off"


async def test_narrowed_staff_find_only_clients_they_see(talk: Any) -> None:
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"start_needs_access": True}))
    await talk.do(lambda: execute("UPDATE assignment SET ended_at = now() WHERE client_id = $1",
                                  talk.cast.clients["client"]))
    assert names(await pick(talk, "practitioner", "Ana")) == []
    assert "Leo Marsh" in names(await pick(talk, "practitioner", "Leo"))
    assert names(await pick(talk, "frontdesk", "Ana")) == ["Ana Beltrán"]


async def test_a_client_finds_the_assigned_practitioner(talk: Any) -> None:
    assert [(one["name"], one["role"]) for one in await pick(talk, "client")] == [("Maya Okafor", "Therapist")]
    await talk.do(lambda: execute("UPDATE assignment SET ended_at = now()"))
    assert await pick(talk, "client") == []


async def test_a_parent_finds_them_for_each_child(talk: Any) -> None:
    assert [one["about_name"] for one in await pick(talk, "parent")] == ["Leo Marsh", "Nora Marsh"]
    assert [one["about_name"] for one in await pick(talk, "parent", client="child")] == ["Nora Marsh"]


async def test_me_says_whom_each_access_may_write_to(talk: Any) -> None:
    parent = await talk.as_("parent")
    parts = await talk.do(lambda: picking.may_write_to(parent))
    assert set(parts) == {talk.cast.accesses["parent", "teen"], talk.cast.accesses["parent", "child"]}
    assert all(part["may_write_to"] == [
        {"id": talk.cast.staff["practitioner"], "name": "Maya Okafor", "role": "Therapist"}
    ] for part in parts.values())


async def test_who_may_be_added_are_staff_and_people_of_the_client(talk: Any) -> None:
    conversation = await talk.start("practitioner", "teen")
    found = names(await talk.at("practitioner", conversation, picking.addable))
    assert {"Karen Marsh", "David Ellison", "Jonas Lindqvist", "Front desk"} <= set(found)
    assert not {"Ana Beltrán", "Leo Marsh", "Maya Okafor"} & set(found)
    assert await talk.at("teen", conversation, picking.addable) == []


async def test_another_practices_people_are_never_there(talk: Any, elsewhere: Any) -> None:
    theirs = {str(one["id"]) for one in await pick(elsewhere, "owner")}
    assert theirs and not theirs & {str(one["id"]) for one in await pick(talk, "owner")}
