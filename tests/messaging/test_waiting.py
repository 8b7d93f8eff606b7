"""What stands beside the list while nothing is open: who waits at the front desk, what is unread, who is away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.core.clock import now
from models.messaging import away, desk, practices
from models.messaging.waiting import Waiting, what_waits


async def waits(talk: Any, who: str) -> Waiting:
    actor = await talk.as_(who)
    found: Waiting = await talk.do(lambda: what_waits(actor))
    return found


def ids(lines: Any) -> list[Any]:
    return [one["id"] for one in lines]


async def test_the_front_desk_sees_who_waits_longest_and_who_takes_care_of_what(talk: Any) -> None:
    owner = await talk.as_("owner")
    await talk.do(lambda: practices.configure(owner, {"clients_write_front_desk": True}))
    first, second, third = [await talk.start("client", "desk", subject=one) for one in "abc"]
    for one in (first, second, third):
        await talk.say("client", one)
    await talk.at("owner", second, desk.claim)
    await talk.say("frontdesk", third, "Done")
    found = await waits(talk, "frontdesk")
    assert ids(found["unanswered"]) == [first] and found["count"] == 1
    assert ids(found["claimed"]) == [second] and found["unread"] == []


async def test_others_see_their_own_unread_and_nothing_of_the_front_desk(talk: Any) -> None:
    at_desk = await talk.start("frontdesk", "client", "desk")
    await talk.say("client", at_desk, "For the front desk")
    own, muted = await talk.start("client", "practitioner"), await talk.start("client", "practitioner", subject="b")
    await talk.say("client", own)
    await talk.keep("practitioner", muted, "mute")
    await talk.say("client", muted)
    found = await waits(talk, "practitioner")
    assert found["count"] is None and found["unanswered"] == [] and found["claimed"] == []
    assert ids(found["unread"]) == [own]
    supervisor = await waits(talk, "supervisor")
    assert supervisor["unread"] == [] and supervisor["count"] is None


async def test_colleagues_who_are_out_of_office_are_named_once_they_are(talk: Any) -> None:
    practitioner, supervisor = await talk.as_("practitioner"), await talk.as_("supervisor")
    ends = now() + timedelta(days=3)
    await talk.do(lambda: away.set_away(
        practitioner, starts_at=now() - timedelta(hours=1), ends_at=ends, text="Away", cover_id=talk.cast.staff["owner"]
    ))
    await talk.do(lambda: away.set_away(supervisor, starts_at=now() + timedelta(days=1), ends_at=ends, text="Away"))
    found = (await waits(talk, "frontdesk"))["away"]
    assert [(one["staff_name"], one["cover_name"]) for one in found] == [("Maya Okafor", "Jonas Lindqvist")]
    assert (await waits(talk, "practitioner"))["away"] == []


async def test_a_client_is_told_nothing_of_it(talk: Any) -> None:
    client = await talk.as_("client")
    await talk.is_refused(talk.do(lambda: what_waits(client)), "forbidden")
