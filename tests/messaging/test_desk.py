"""The front desk: a seat that schedulers and administrators share."""

from __future__ import annotations

import asyncio
from typing import Any

from models.core.database import execute
from models.core.errors import Refusal
from models.messaging import desk, practices


async def claim(talk: Any, who: str, conversation: Any) -> None:
    await talk.at(who, conversation, desk.claim)


async def assign(talk: Any, who: str, conversation: Any, to: str | None) -> None:
    staff = talk.cast.staff[to] if to else None
    await talk.at(who, conversation, lambda actor, there: desk.assign(actor, there, staff))


async def opened(talk: Any, subject: str = "") -> Any:
    """A conversation that a client started with the front desk."""
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"clients_write_front_desk": True}))
    conversation = await talk.start("client", "desk", subject=subject)
    await talk.say("client", conversation, "Can I move my appointment?")
    return conversation


async def test_schedulers_and_administrators_share_it_and_nobody_else(talk: Any) -> None:
    conversation = await opened(talk)
    for staff in ("frontdesk", "owner"):
        assert [one["id"] for one in await talk.inbox(staff, "unclaimed")] == [conversation]
        assert await talk.badge(staff) == 1
    for other in ("practitioner", "supervisor", "biller"):
        assert await talk.inbox(other, "all") == [] and await talk.badge(other) == 0
        await talk.is_refused(talk.open(other, conversation), "not-found")


async def test_nobody_reads_a_practitioners_conversation_because_of_a_role(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "In confidence")
    for role in ("owner", "frontdesk", "supervisor", "biller"):
        assert await talk.inbox(role, "all") == [] and await talk.inbox(role) == []
        assert (await talk.find(role, "confidence"))["messages"] == []
        await talk.is_refused(talk.open(role, conversation), "not-found")
    assert await talk.rooms("message.sent") == {
        ("desk", str(talk.cast.logins["practitioner"])), ("access", str(talk.cast.accesses["client", "client"])),
    }


async def test_unanswered_ones_stand_first_the_longest_waiting_on_top(talk: Any) -> None:
    first, second, third = [await opened(talk, subject) for subject in ("a", "b", "c")]
    await talk.say("frontdesk", second, "Of course")
    assert [one["id"] for one in await talk.inbox("frontdesk", "all")] == [first, third, second]
    waiting = [one["desk"]["waiting_since"] for one in await talk.inbox("frontdesk", "all")]
    assert waiting[0] < waiting[1] and waiting[2] is None


async def test_claimed_it_leaves_the_unclaimed_and_stands_among_ones_own(talk: Any) -> None:
    conversation = await opened(talk)
    await claim(talk, "frontdesk", conversation)
    assert await talk.inbox("owner", "unclaimed") == []
    line = (await talk.inbox("owner", "all"))[0]
    assert line["desk"]["claimed_by_name"] == "Tess Moreau" and not line["desk"]["claimed_by_you"]
    assert [one["id"] for one in await talk.inbox("frontdesk")] == [conversation]
    assert await talk.badge("owner") == 0 and await talk.badge("frontdesk") == 1
    assert {part["ids"]["staff"] for part in await talk.heard("conversation.claimed")} == {
        str(talk.cast.staff["frontdesk"])
    }


async def test_two_claim_at_once_and_one_gets_it(talk: Any) -> None:
    conversation = await opened(talk)
    done = await asyncio.gather(
        claim(talk, "frontdesk", conversation), claim(talk, "owner", conversation), return_exceptions=True
    )
    refused = [one for one in done if isinstance(one, Refusal)]
    assert [one.code for one in refused] == ["claimed"] and len(await talk.heard("conversation.claimed")) == 1


async def test_it_is_assigned_and_given_back(talk: Any) -> None:
    conversation = await opened(talk)
    await assign(talk, "frontdesk", conversation, "owner")
    assert [one["id"] for one in await talk.inbox("owner")] == [conversation]
    await assign(talk, "frontdesk", conversation, None)
    assert len(await talk.inbox("frontdesk", "unclaimed")) == 1
    assert await talk.heard("conversation.released")


async def test_who_is_no_longer_of_the_front_desk_sees_nothing_of_what_they_claimed(talk: Any) -> None:
    conversation = await opened(talk)
    await claim(talk, "frontdesk", conversation)
    assert [one["id"] for one in await talk.inbox("frontdesk")] == [conversation]
    staff = talk.cast.staff["frontdesk"]
    await talk.do(lambda: execute("UPDATE staff_member SET roles = '{biller}' WHERE id = $1", staff))
    talk.actors.clear()
    assert await talk.inbox("frontdesk") == [] and await talk.inbox("frontdesk", "all") == []
    assert await talk.badge("frontdesk") == 0
    await talk.is_refused(talk.open("frontdesk", conversation), "not-found")
    assert [one["id"] for one in await talk.inbox("owner", "all")] == [conversation], "the others go on with it"


async def test_only_the_front_desk_is_offered_to_claim_and_assign(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client", "desk")
    tess, maya = [await talk.open(who, conversation) for who in ("frontdesk", "practitioner")]
    assert tess["desk"]["may_claim"] and not maya["desk"]["may_claim"]
    assert {one["name"] for one in tess["assignable"]} == {"Tess Moreau", "Jonas Lindqvist"}
    assert maya["assignable"] == [] and (await talk.open("client", conversation))["assignable"] == []


async def test_it_is_assigned_only_to_the_front_desk(talk: Any) -> None:
    conversation = await opened(talk)
    await talk.is_refused(assign(talk, "frontdesk", conversation, "practitioner"), "invalid")
    await talk.is_refused(assign(talk, "practitioner", conversation, "owner"), "not-found")
    own = await talk.start("practitioner", "client")
    await talk.is_refused(claim(talk, "practitioner", own), "not-front-desk")


async def test_a_client_sees_front_desk_and_who_answered_for_it(talk: Any) -> None:
    conversation = await opened(talk)
    message = await talk.say("frontdesk", conversation, "Of course")
    assert (await talk.inbox("client"))[0]["title"] == "Front desk"
    assert (await talk.line("client", message, conversation))["by"] == "Tess Moreau, Front desk"
    assert (await talk.inbox("client"))[0]["desk"] is None and (await talk.open("client", conversation))["desk"] is None


async def test_a_practitioner_hands_over_and_the_front_desk_sees_what_follows(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "Something private")
    await talk.say("practitioner", conversation, "I see")
    await talk.hand_over("practitioner", conversation, note="Please find a new time")
    await talk.say("client", conversation, "Friday?")
    assert await talk.words("frontdesk", conversation) == ["Please find a new time", "Friday?"]
    assert [one["name"] for one in (await talk.open("client", conversation))["people"]] == [
        "Ana Beltrán", "Maya Okafor", "Front desk"
    ]
    line = (await talk.inbox("frontdesk", "unclaimed"))[0]
    assert line["snippet"] == "Friday?" and line["desk"]["waiting_since"] is not None


async def test_handing_over_may_show_what_still_waits_and_nothing_before_it(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "Something private")
    await talk.say("practitioner", conversation, "I see")
    await talk.say("client", conversation, "Can I come on Friday?")
    await talk.hand_over("practitioner", conversation, unanswered=True)
    assert await talk.words("frontdesk", conversation) == ["Can I come on Friday?"]
    assert await talk.badge("frontdesk") == 1


async def test_only_who_sits_there_in_person_hands_over_a_clients_conversation_once(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.is_refused(talk.hand_over("owner", conversation), "not-found")
    await talk.is_refused(talk.hand_over("client", conversation), "not-seated")
    await talk.hand_over("practitioner", conversation)
    await talk.is_refused(talk.hand_over("practitioner", conversation), "at-front-desk")
    among_staff = await talk.start("practitioner", "owner")
    await talk.is_refused(talk.hand_over("practitioner", among_staff), "at-front-desk")


async def test_removed_the_front_desk_waits_for_nothing(talk: Any) -> None:
    conversation = await talk.start("practitioner", "client", "desk")
    await talk.say("client", conversation)
    await claim(talk, "frontdesk", conversation)
    await talk.remove("practitioner", conversation, "Front desk")
    assert await talk.inbox("frontdesk", "all") == [] and await talk.inbox("frontdesk") == []
    await talk.is_refused(talk.say("frontdesk", conversation), "not-seated")


async def test_undoing_an_answer_makes_it_unanswered_again(talk: Any) -> None:
    conversation = await opened(talk)
    answer = await talk.say("frontdesk", conversation, "Of course")
    assert (await talk.inbox("frontdesk", "all"))[0]["desk"]["waiting_since"] is None
    await talk.undo("frontdesk", answer)
    assert (await talk.inbox("frontdesk", "all"))[0]["desk"]["waiting_since"] is not None
