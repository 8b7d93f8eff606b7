"""Weekly office hours."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

import pytest
import time_machine

from models.messaging import hours, practices
from models.messaging.absence import Opening, is_open
from tests.support.meeting import meet

WEEKDAYS = [Opening(day, time(9), time(17)) for day in range(5)]
# Wednesday in New York: 10:30 in the morning, and half past six in the evening.
MORNING, EVENING = datetime(2026, 11, 25, 15, 30, tzinfo=UTC), datetime(2026, 11, 25, 23, 30, tzinfo=UTC)


async def automatic(talk: Any, conversation: Any) -> list[str]:
    lines = (await talk.open("client", conversation))["page"]["lines"]
    return [line["body"] for line in lines if line.get("automatic")]


async def say_at(talk: Any, conversation: Any, moment: datetime) -> list[str]:
    await talk.as_("client")
    with time_machine.travel(moment):
        await talk.say("client", conversation)
        return await automatic(talk, conversation)


async def test_outside_ones_hours_a_client_is_answered_inside_not(talk: Any) -> None:
    practitioner = await talk.as_("practitioner")
    await talk.do(lambda: hours.set_hours(practitioner, WEEKDAYS, text="Back in the morning."))
    conversation = await talk.start("client", "practitioner")
    assert await say_at(talk, conversation, MORNING) == []
    assert await say_at(talk, conversation, EVENING) == ["Back in the morning."]


async def test_the_practices_hours_hold_for_who_has_none(talk: Any) -> None:
    owner, practitioner = await talk.as_("owner"), await talk.as_("practitioner")
    await talk.do(lambda: hours.set_practice_hours(owner, WEEKDAYS, text="The office is closed."))
    first = await talk.start("client", "practitioner", subject="a")
    assert await say_at(talk, first, EVENING) == ["The office is closed."]
    evening = [Opening(2, time(18), time(20))]
    await talk.do(lambda: hours.set_hours(practitioner, evening, text="Only on Wednesday evenings."))
    second = await talk.start("client", "practitioner", subject="b")
    assert await say_at(talk, second, EVENING) == []
    third = await talk.start("client", "practitioner", subject="c")
    assert await say_at(talk, third, MORNING) == ["Only on Wednesday evenings."]


async def test_while_one_of_several_is_there_nothing_is_answered(talk: Any) -> None:
    practitioner = await talk.as_("practitioner")
    await talk.do(lambda: hours.set_hours(practitioner, WEEKDAYS, text="Closed."))
    conversation = await talk.start("practitioner", "client", "supervisor")
    assert await say_at(talk, conversation, EVENING) == []


async def test_the_front_desk_is_there_when_the_practice_is_open(talk: Any) -> None:
    owner, practitioner = await talk.as_("owner"), await talk.as_("practitioner")
    await talk.do(lambda: practices.configure(owner, {"clients_write_front_desk": True}))
    await talk.do(lambda: hours.set_practice_hours(owner, WEEKDAYS, text="The office is closed."))
    conversation = await talk.start("client", "desk")
    assert await say_at(talk, conversation, MORNING) == []
    assert await say_at(talk, conversation, EVENING) == ["The office is closed."]
    said = (await talk.open("client", conversation))["page"]["lines"][-1]
    assert said["automatic"] == "hours" and said["by"] == "Front desk"
    assert (await talk.inbox("frontdesk", "unclaimed"))[0]["desk"]["waiting_since"] is not None, "it answers nothing"
    nights = [Opening(day, time(20), time(22)) for day in range(5)]
    await talk.do(lambda: hours.set_hours(practitioner, nights, text="Only at night."))
    beside = await talk.start("practitioner", "client", "desk")
    assert await say_at(talk, beside, MORNING) == [], "Front desk is there for the practitioner"


async def test_without_a_text_nothing_is_answered(talk: Any) -> None:
    practitioner = await talk.as_("practitioner")
    await talk.do(lambda: hours.set_hours(practitioner, WEEKDAYS))
    conversation = await talk.start("client", "practitioner")
    assert await say_at(talk, conversation, EVENING) == []


async def test_hours_are_set_by_oneself_or_an_administrator(talk: Any) -> None:
    owner, other = await talk.as_("owner"), talk.cast.staff["practitioner"]
    await talk.do(lambda: hours.set_hours(owner, WEEKDAYS, text="x", staff_id=other))
    assert (await talk.do(lambda: hours.hours_of(owner, other)))[0] == WEEKDAYS
    frontdesk = await talk.as_("frontdesk")
    await talk.is_refused(talk.do(lambda: hours.set_hours(frontdesk, [], staff_id=other)), "administrator-only")
    await talk.is_refused(talk.do(lambda: hours.set_practice_hours(frontdesk, [])), "administrator-only")
    client = await talk.as_("client")
    await talk.is_refused(talk.do(lambda: hours.practice_hours(client)), "forbidden")


async def test_a_day_opens_before_it_closes(talk: Any) -> None:
    practitioner = await talk.as_("practitioner")
    wrong = [Opening(0, time(17), time(9))]
    refusal = await talk.is_refused(talk.do(lambda: hours.set_hours(practitioner, wrong)), "invalid")
    assert "hours_0" in refusal.errors
    refusal = await talk.is_refused(_with_one_time(), "invalid")
    assert "hours_3" in refusal.errors


async def _with_one_time() -> None:
    hours.opening(3, time(9), None)


@pytest.mark.parametrize(
    ("moment", "there"),
    [
        (datetime(2026, 11, 23, 9), True), (datetime(2026, 11, 23, 8, 59, 59), False),
        (datetime(2026, 11, 23, 16, 59, 59), True), (datetime(2026, 11, 23, 17), False),
        (datetime(2026, 11, 28, 12), False),
    ],
)
def test_an_opening_holds_from_its_first_moment_until_just_before_its_last(moment: datetime, there: bool) -> None:
    assert is_open(WEEKDAYS, moment) is there


def test_who_states_no_hours_is_always_there() -> None:
    assert is_open([], datetime(2026, 1, 1))


async def test_of_two_who_save_them_at_once_one_is_kept_and_not_both(talk: Any) -> None:
    practitioner, owner = await talk.as_("practitioner"), await talk.as_("owner")
    whose = talk.cast.staff["practitioner"]
    save = lambda actor, openings: lambda: talk.do(  # noqa: E731
        lambda: hours.set_hours(actor, openings, text="Closed.", staff_id=whose))
    first, second = WEEKDAYS[:2], WEEKDAYS[3:]
    await meet(talk.cast.practice_id, save(practitioner, first), save(owner, second))
    assert (await talk.do(lambda: hours.hours_of(practitioner)))[0] in (first, second)
