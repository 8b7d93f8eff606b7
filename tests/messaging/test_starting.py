"""Who starts a conversation with whom."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from models.core.database import execute
from models.messaging import practices, starting
from models.messaging.seats import conversation_for


async def test_a_client_starts_with_the_assigned_practitioner_who_then_sees_it(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    assert [one["id"] for one in await talk.inbox("client")] == [conversation]
    assert [one["id"] for one in await talk.inbox("practitioner")] == [conversation]
    assert await talk.inbox("owner") == []


async def test_a_client_starts_with_nobody_who_is_not_assigned(talk: Any) -> None:
    assert await talk.start("client", "practitioner")
    for stranger in ("supervisor", "frontdesk", "owner", "biller", "desk"):
        await talk.is_refused(talk.start("client", stranger), "not-found")


async def test_a_client_does_not_start_with_another_client(talk: Any) -> None:
    await talk.is_refused(talk.start("client", "teen"), "not-found")


async def test_a_client_without_a_practitioner_is_told_the_practices_phone(talk: Any) -> None:
    await talk.do(lambda: execute("UPDATE assignment SET ended_at = now()"))
    refusal = await talk.is_refused(talk.start("client", "practitioner"), "nobody-assigned")
    assert "(207) 555-0132" in refusal.detail


async def test_clients_start_with_the_front_desk_once_the_practice_opens_it(talk: Any) -> None:
    await talk.is_refused(talk.start("client", "desk"), "not-found")
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"clients_write_front_desk": True}))
    conversation = await talk.start("client", "desk")
    assert [one["id"] for one in await talk.inbox("frontdesk", "all")] == [conversation]
    assert await talk.inbox("practitioner") == []


async def test_anyone_on_the_staff_starts_with_any_client(talk: Any) -> None:
    for staff in ("owner", "supervisor", "frontdesk", "biller", "practitioner"):
        conversation = await talk.start(staff, "client")
        assert conversation in [one["id"] for one in await talk.inbox("client")]


async def test_starting_gives_no_other_right_to_the_record(talk: Any) -> None:
    from models.clients.access import sees_client

    supervisor = await talk.as_("supervisor")
    await talk.do(lambda: execute("DELETE FROM supervision"))
    await talk.start("supervisor", "client")
    assert not await talk.do(lambda: sees_client(supervisor, talk.cast.clients["client"]))


async def test_a_practice_may_narrow_starting_to_staff_with_access(talk: Any) -> None:
    assert await talk.start("supervisor", "client", subject="before")
    owner = await talk.as_("owner")
    await talk.do(lambda: execute("DELETE FROM supervision"))
    await talk.do(lambda: practices.configure(owner, {"start_needs_access": True}))
    await talk.is_refused(talk.start("supervisor", "client", subject="after"), "access-needed")
    await talk.is_refused(talk.start("supervisor", "parent", about="teen"), "access-needed")
    assert await talk.start("practitioner", "client", subject="after")


async def test_staff_write_to_a_contact_who_then_answers(talk: Any) -> None:
    conversation = await talk.start("practitioner", "parent", about="teen")
    await talk.say("practitioner", conversation, "Please call me")
    await talk.say("parent", conversation, "I will")
    assert await talk.words("practitioner", conversation) == ["Please call me", "I will"]


async def test_a_contact_needs_the_client_it_is_about(talk: Any) -> None:
    refusal = await talk.is_refused(talk.start("practitioner", "parent"), "invalid")
    assert "client" in refusal.errors


async def test_a_contact_of_one_client_cannot_be_written_to_about_another(talk: Any) -> None:
    assert await talk.start("practitioner", "coparent", about="teen")
    refusal = await talk.is_refused(talk.start("practitioner", "coparent", about="child"), "invalid")
    assert "client" in refusal.errors


async def test_a_conversation_is_about_one_client_only(talk: Any) -> None:
    refusal = await talk.is_refused(talk.start("practitioner", "client", "teen"), "invalid")
    assert "people" in refusal.errors


async def test_people_without_accepted_access_cannot_be_written_to(talk: Any) -> None:
    assert await talk.start("practitioner", "client")
    await talk.do(lambda: execute("UPDATE portal_access SET accepted_at = NULL"))
    refusal = await talk.is_refused(talk.start("owner", "client"), "not-reachable")
    assert "Ana Beltrán" in refusal.detail
    refusal = await talk.is_refused(talk.start("owner", "parent", about="teen"), "not-reachable")
    assert "Karen Marsh" in refusal.detail


async def test_staff_write_to_each_other_about_nobody(talk: Any) -> None:
    conversation = await talk.start("practitioner", "owner")
    await talk.say("practitioner", conversation, "Lunch?")
    opened = await talk.open("owner", conversation)
    assert opened["about"] is None and not opened["may_note"]


async def test_the_same_people_go_on_with_the_conversation_they_have(talk: Any) -> None:
    first = await talk.start("client", "practitioner")
    assert await talk.start("practitioner", "client") == first
    assert await talk.start("client", "practitioner") == first
    assert await talk.start("practitioner", "client", "owner") != first
    assert await talk.start("practitioner", "client", subject="School") != first


async def test_going_on_brings_back_what_was_put_away(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.keep("client", conversation, "archive")
    assert await talk.inbox("client") == []
    assert await talk.start("client", "practitioner") == conversation
    assert [one["id"] for one in await talk.inbox("client")] == [conversation]


async def test_a_parent_of_two_says_for_which_child_and_always_sees_it(talk: Any) -> None:
    parent = await talk.as_("parent")
    practitioner = talk.cast.staff["practitioner"]
    refused = talk.do(lambda: starting.start(parent, [practitioner]))
    await talk.is_refused(refused, "choose-client")
    leo = await talk.start("parent", "practitioner", about="teen")
    nora = await talk.start("parent", "practitioner", about="child")
    assert leo != nora
    shown = {one["id"]: one["about"] for one in await talk.inbox("parent")}
    assert shown[leo]["name"] == "Leo Marsh" and shown[leo]["show"]
    assert shown[nora]["name"] == "Nora Marsh" and shown[nora]["show"]
    assert (await talk.open("parent", nora))["about"]["name"] == "Nora Marsh"


async def test_acting_for_one_child_shows_nothing_of_the_other(talk: Any) -> None:
    leo = await talk.start("parent", "practitioner", about="teen")
    for_nora = await talk.as_("parent", "child")

    async def look() -> Any:
        return await conversation_for(for_nora, leo)

    await talk.is_refused(talk.do(look), "not-found")


async def test_a_parent_cannot_start_for_a_child_that_is_not_theirs(talk: Any) -> None:
    coparent = await talk.as_("coparent")
    ids = [talk.cast.staff["practitioner"]]
    assert await talk.do(lambda: starting.start(coparent, ids, client=talk.cast.clients["teen"]))
    refused = talk.do(lambda: starting.start(coparent, ids, client=talk.cast.clients["child"]))
    await talk.is_refused(refused, "not-found")


async def test_nobody_talks_alone_or_to_nobody_known(talk: Any) -> None:
    await talk.is_refused(talk.start("practitioner", "practitioner"), "invalid")
    practitioner = await talk.as_("practitioner")
    await talk.is_refused(talk.do(lambda: starting.start(practitioner, [uuid4()])), "not-found")


async def test_ids_of_another_practice_are_unknown_here(talk: Any, elsewhere: Any) -> None:
    practitioner = await talk.as_("practitioner")
    theirs = elsewhere.cast
    for stranger in (theirs.clients["client"], theirs.staff["owner"], theirs.practice_id):
        refused = talk.do(lambda stranger=stranger: starting.start(practitioner, [stranger]))
        await talk.is_refused(refused, "not-found")
    about = theirs.clients["client"]
    owner = talk.cast.staff["owner"]
    await talk.is_refused(talk.do(lambda: starting.start(practitioner, [owner], client=about)), "not-found")


async def test_switched_off_messaging_is_refused_with_the_practices_phone(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.do(lambda: execute("UPDATE portal_access SET features_off = '{messaging}'"))
    talk.actors.clear()
    for step in (talk.start("client", "practitioner"), talk.say("client", conversation), talk.inbox("client"),
                 talk.open("client", conversation)):
        refusal = await talk.is_refused(step, "messaging-off")
        assert "(207) 555-0132" in refusal.detail
    refusal = await talk.is_refused(talk.say("practitioner", conversation), "nobody-there")
    assert "Ana Beltrán" in refusal.detail


async def test_everyone_named_hears_that_it_started_and_nobody_else(talk: Any) -> None:
    await talk.start("practitioner", "client", "owner")
    cast = talk.cast
    heard = await talk.rooms("conversation.started")
    assert heard == {
        ("desk", str(cast.logins["practitioner"])), ("desk", str(cast.logins["owner"])),
        ("access", str(cast.accesses["client", "client"])),
    }


async def test_with_two_children_only_the_one_switched_off_is_silent(talk: Any) -> None:
    leo = await talk.start("parent", "practitioner", about="teen")
    nora = await talk.start("parent", "practitioner", about="child")
    await talk.say("practitioner", leo, "Leo was late")
    await talk.say("practitioner", nora, "Nora was early")
    off = "UPDATE portal_access SET features_off = '{messaging}' WHERE id = $1"
    await talk.do(lambda: execute(off, talk.cast.accesses["parent", "teen"]))
    talk.actors.clear()
    assert [one["id"] for one in await talk.inbox("parent")] == [nora]
    assert await talk.badge("parent") == 1
    assert (await talk.find("parent", "late"))["messages"] == []
    assert len((await talk.find("parent", "early"))["messages"]) == 1
    await talk.is_refused(talk.open("parent", leo), "messaging-off")
