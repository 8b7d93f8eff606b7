"""Out of office: dates, text, a cover who joins, one automatic answer."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine

from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.messaging import away
from tests.support.meeting import meet

TEXT = "I am away until Monday."


async def go(talk: Any, who: str = "practitioner", *, cover: str | None = "owner", for_: str | None = None,
             days: float = 3, starts: float = -1) -> Any:
    actor = await talk.as_(who)
    return await talk.do(lambda: away.set_away(
        actor, starts_at=now() + timedelta(days=starts), ends_at=now() + timedelta(days=days), text=TEXT,
        cover_id=talk.cast.staff[cover] if cover else None, staff_id=talk.cast.staff[for_] if for_ else None,
    ))


async def automatic(talk: Any, conversation: Any, who: str = "client") -> list[str]:
    lines = (await talk.open(who, conversation))["page"]["lines"]
    return [line["body"] for line in lines if line.get("automatic")]


async def test_a_client_is_answered_and_told_of_the_cover_who_sees_the_message(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "Long ago")
    await go(talk)
    await talk.say("client", conversation, "Are you there?")
    assert await automatic(talk, conversation) == [
        f"{TEXT}\n\nJonas Lindqvist is standing in and reads along here now."
    ]
    words = await talk.words("owner", conversation)
    assert words[0] == "Are you there?" and "Long ago" not in words
    cover = next(one for one in (await talk.open("client", conversation))["people"] if one["name"] == "Jonas Lindqvist")
    assert cover["covers_for"] == "Maya Okafor"
    lines = (await talk.open("client", conversation))["page"]["lines"]
    assert "Jonas Lindqvist joined for Maya Okafor" in [line.get("text") for line in lines]


async def test_a_new_conversation_gets_its_cover_with_the_first_message(talk: Any) -> None:
    await go(talk)
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation, "First")
    assert "First" in await talk.words("owner", conversation)


async def test_one_automatic_answer_in_twelve_hours_for_each_conversation(talk: Any) -> None:
    await go(talk, cover=None)
    one, other = await talk.start("client", "practitioner"), await talk.start("client", "practitioner", subject="b")
    for _ in range(3):
        await talk.say("client", one)
    await talk.say("client", other)
    assert await automatic(talk, one) == [TEXT] and await automatic(talk, other) == [TEXT]
    await talk.as_("client")
    with time_machine.travel(now() + timedelta(hours=11, minutes=59)):
        await talk.say("client", one)
        assert len(await automatic(talk, one)) == 1
    with time_machine.travel(now() + timedelta(hours=12, minutes=1)):
        await talk.say("client", one)
        assert len(await automatic(talk, one)) == 2


async def test_colleagues_are_not_answered_automatically(talk: Any) -> None:
    await go(talk)
    conversation = await talk.start("owner", "practitioner")
    await talk.say("owner", conversation)
    about = await talk.start("supervisor", "practitioner", "client")
    await talk.say("supervisor", about)
    assert await automatic(talk, conversation, "owner") == [] and await automatic(talk, about) == []


async def test_an_automatic_answer_is_no_answer(talk: Any) -> None:
    await go(talk, cover=None)
    conversation = await talk.start("practitioner", "client", "desk")
    await talk.say("client", conversation)
    assert len(await automatic(talk, conversation)) == 1
    assert (await talk.inbox("frontdesk", "all"))[0]["desk"]["waiting_since"] is not None
    assert await talk.badge("practitioner") == 1


async def test_outside_its_dates_nothing_happens(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await go(talk, starts=2, days=3)
    await talk.say("client", conversation)
    assert await automatic(talk, conversation) == []
    practitioner = await talk.as_("practitioner")
    await go(talk)
    await talk.do(lambda: away.end_away(practitioner))
    await talk.say("client", conversation)
    assert await automatic(talk, conversation) == []
    assert len((await talk.open("client", conversation))["people"]) == 2


async def test_when_it_begins_the_cover_joins_what_is_unread_and_sees_that(talk: Any) -> None:
    read, unread = await talk.start("client", "practitioner"), await talk.start("client", "practitioner", subject="b")
    among_staff = await talk.start("supervisor", "practitioner")
    message = await talk.say("client", read, "Was read")
    await talk.read("practitioner", read, message)
    old = await talk.say("client", unread, "Was read too")
    await talk.read("practitioner", unread, old)
    await talk.say("client", unread, "Still waits")
    await talk.say("supervisor", among_staff, "Among us")
    absence = await go(talk)
    await talk.do(lambda: away.begin(absence))
    assert await talk.words("owner", unread) == ["Still waits", *await automatic(talk, unread)]
    assert len(await automatic(talk, unread)) == 1
    for other in (read, among_staff):
        await talk.is_refused(talk.open("owner", other), "not-found")
    before = await talk.words("client", unread)
    await talk.do(lambda: away.begin(absence))
    assert await talk.words("client", unread) == before


async def test_the_job_waits_for_the_start_and_does_nothing_for_what_was_taken_back(talk: Any) -> None:
    conversation = await talk.start("client", "practitioner")
    await talk.say("client", conversation)
    early = await go(talk, starts=1, days=2)
    await talk.do(lambda: away.begin(early))
    taken_back = await go(talk)
    practitioner = await talk.as_("practitioner")
    await talk.do(lambda: away.end_away(practitioner))
    await talk.do(lambda: away.begin(taken_back))
    await talk.is_refused(talk.open("owner", conversation), "not-found")


async def test_a_job_waits_in_the_queue(talk: Any) -> None:
    absence = await go(talk, starts=1, days=2)

    async def waiting() -> Any:
        rows = await fetch_all("SELECT payload FROM pgqueuer WHERE entrypoint = $1", away.BEGIN)
        return [row for row in rows if str(absence).encode() in row["payload"]]

    assert len(await talk.do(waiting)) == 1


async def test_administrators_set_it_for_others_and_nobody_else_does(talk: Any) -> None:
    await go(talk, "owner", for_="practitioner", cover="supervisor")
    found = await talk.do(lambda: fetch_one("SELECT staff_id FROM away"))
    assert found["staff_id"] == talk.cast.staff["practitioner"]
    await talk.is_refused(go(talk, "frontdesk", for_="practitioner"), "administrator-only")
    supervisor = await talk.as_("supervisor")
    other = talk.cast.staff["practitioner"]
    await talk.is_refused(talk.do(lambda: away.end_away(supervisor, other)), "administrator-only")
    client = await talk.as_("client")
    await talk.is_refused(talk.do(lambda: away.end_away(client)), "forbidden")


@pytest.mark.parametrize("wrong", [{"cover": "practitioner"}, {"days": -0.5}, {"starts": 4}])
async def test_dates_and_covers_that_cannot_be_are_refused(talk: Any, wrong: Any) -> None:
    await go(talk)
    await talk.is_refused(go(talk, **wrong), "invalid")


async def test_setting_it_anew_replaces_what_was_set(talk: Any) -> None:
    await go(talk)
    await go(talk, cover=None)
    practitioner = await talk.as_("practitioner")
    shown = await talk.do(lambda: away.away_now(practitioner))
    assert [one["cover_id"] for one in shown] == [None]


async def test_days_are_those_of_the_practices_zone_both_included(talk: Any) -> None:
    starts, ends = await talk.do(lambda: away.days(date(2026, 7, 1), date(2026, 7, 3)))
    assert starts.isoformat() == "2026-07-01T00:00:00-04:00" and ends.isoformat() == "2026-07-04T00:00:00-04:00"
    await talk.is_refused(talk.do(lambda: away.days(date(2026, 7, 3), date(2026, 7, 1))), "invalid")


async def test_an_automatic_answer_counts_as_unread_for_clients_only(talk: Any) -> None:
    await go(talk, cover=None)
    conversation = await talk.start("practitioner", "client", "supervisor")
    await talk.say("client", conversation)
    assert len(await automatic(talk, conversation)) == 1
    assert await talk.badge("supervisor") == 1 and await talk.badge("client") == 1
    assert (await talk.inbox("supervisor"))[0]["unread"] == 1


async def test_many_unread_conversations_are_taken_over_in_portions(talk: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(away, "AT_ONCE", 2)
    for n in range(3):
        await talk.say("client", await talk.start("client", "practitioner", subject=f"{n}"))
    absence = await go(talk)
    assert await talk.do(lambda: away.begin(absence)) == timedelta(0)
    assert await talk.do(lambda: away.begin(absence)) is None
    assert len(await talk.inbox("owner")) == 3


async def test_of_two_that_are_set_at_once_one_holds(talk: Any) -> None:
    async def by(who: str, cover: str) -> Any:
        return await go(talk, who, cover=cover, for_="practitioner")

    set_ = await meet(talk.cast.practice_id, lambda: by("practitioner", "owner"), lambda: by("owner", "supervisor"))
    owner = await talk.as_("owner")
    (held,) = await talk.do(lambda: away.away_now(owner))
    assert held["id"] in set_


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "2099-01-02"), ("2026-12-20", "9999-12-31")])
async def test_days_that_no_clock_can_convert_are_refused(talk: Any, browse: Any, first: str, last: str) -> None:
    staff = await browse(talk.cast, "practitioner")
    refused = await staff.send("/staff/away", {"first": first, "last": last, "text": "Away"})
    assert refused.status_code == 422 and "day" in str((await refused.get_json())["errors"])
