"""Each side of each deadline, to the second; over the nights on which the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.appointments.policy import Policy, Standing, deadlines, standing

STARTS = datetime(2026, 12, 9, 19, 30, tzinfo=UTC)
POLICY = Policy(late_hours=24, closed_hours=2, late_fee_cents=7500)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (timedelta(days=30), Standing.FREE),
        (timedelta(hours=24) + SECOND, Standing.FREE),
        (timedelta(hours=24), Standing.FREE),
        (timedelta(hours=24) - SECOND, Standing.LATE),
        (timedelta(hours=2) + SECOND, Standing.LATE),
        (timedelta(hours=2), Standing.LATE),
        (timedelta(hours=2) - SECOND, Standing.CLOSED),
        (SECOND, Standing.CLOSED),
        (timedelta(0), Standing.OVER),
        (-SECOND, Standing.OVER),
    ],
)
def test_each_deadline_belongs_to_the_better_side(before, expected):
    assert standing(POLICY, STARTS, STARTS - before) is expected


def test_in_the_minutes_of_grace_it_is_taken_back_whatever_the_hour():
    near = STARTS - timedelta(minutes=30)
    until = near + timedelta(minutes=3)
    assert standing(POLICY, STARTS, near, until) is Standing.UNDO
    assert standing(POLICY, STARTS, until - SECOND, until) is Standing.UNDO
    assert standing(POLICY, STARTS, until, until) is Standing.CLOSED


def test_without_a_deadline_nothing_is_late_and_nothing_is_closed():
    assert standing(Policy(), STARTS, STARTS - SECOND) is Standing.FREE
    assert standing(Policy(late_hours=24), STARTS, STARTS - SECOND) is Standing.LATE
    assert standing(Policy(closed_hours=2), STARTS, STARTS - timedelta(hours=3)) is Standing.FREE
    found = deadlines(Policy(late_hours=24), STARTS)
    assert (found.free_until, found.closed_from) == (STARTS - timedelta(hours=24), None)


def test_closed_before_late_closes_what_would_still_be_free():
    strict = Policy(late_hours=2, closed_hours=24)
    assert standing(strict, STARTS, STARTS - timedelta(hours=24)) is Standing.FREE
    assert standing(strict, STARTS, STARTS - timedelta(hours=24) + SECOND) is Standing.CLOSED


@pytest.mark.parametrize("day", [datetime(2026, 3, 8, 10), datetime(2026, 11, 1, 10)])
def test_hours_are_hours_on_the_days_on_which_the_clocks_change(day):
    starts = day.replace(tzinfo=ZoneInfo("America/New_York")).astimezone(UTC)
    free_until = deadlines(POLICY, starts).free_until
    assert free_until == starts - timedelta(hours=24)
    assert standing(POLICY, starts, starts - timedelta(hours=24)) is Standing.FREE
    assert standing(POLICY, starts, starts - timedelta(hours=24) + SECOND) is Standing.LATE
