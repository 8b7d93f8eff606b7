"""The rules of a practitioner: their own, else the practice's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from models.appointments.rules import rules_of
from models.appointments.tables import BookingSettings

TODAY = date(2026, 6, 15)
OWN = {"notice_minutes": None, "horizon_days": None, "slot_minutes": None, "max_day": None, "max_week": None,
       "avoid_gaps": None}


def practice(**values: object) -> BookingSettings:
    return BookingSettings(**values)


def test_who_has_none_of_their_own_has_the_practices():
    settings = practice(notice_minutes=60, slot_minutes=20, max_day=5, avoid_gaps=True)
    assert rules_of(settings, None) == rules_of(settings, OWN)
    rules = rules_of(settings, {**OWN, "notice_minutes": 0, "avoid_gaps": False, "max_day": 7})
    assert (rules.notice_minutes, rules.avoid_gaps, rules.max_day, rules.slot_minutes) == (0, False, 7, 20)


@pytest.mark.parametrize(("days", "until", "own", "last"), [
    (60, None, None, TODAY + timedelta(days=60)), (None, None, None, None), (0, None, None, TODAY),
    (60, TODAY + timedelta(days=9), None, TODAY + timedelta(days=9)),
    (5, TODAY + timedelta(days=9), None, TODAY + timedelta(days=5)),
    (None, TODAY, None, TODAY), (5, None, 90, TODAY + timedelta(days=90)), (5, TODAY, 90, TODAY),
])
def test_the_last_day_is_the_end_of_the_days_or_the_date_whichever_comes_first(days, until, own, last):
    rules = rules_of(practice(horizon_days=days, horizon_until=until), {**OWN, "horizon_days": own})
    assert rules.last_day(TODAY) == last


@pytest.mark.parametrize(("second", "minute"), [(0, 0), (1, 1), (59, 1)])
def test_the_notice_is_over_with_the_first_whole_minute_after_it(second, minute):
    at = datetime(2026, 6, 15, 12, 0, second, tzinfo=UTC)
    given = rules_of(practice(notice_minutes=90), None).for_clients(at, TODAY, 50)
    assert given.earliest == int(datetime(2026, 6, 15, 13, 30 + minute, tzinfo=UTC).timestamp()) // 60


def test_the_shortest_length_matters_only_where_gaps_are_avoided():
    at = datetime(2026, 6, 15, tzinfo=UTC)
    assert rules_of(practice(avoid_gaps=True), None).for_clients(at, TODAY, 25).shortest == 25
    assert rules_of(practice(avoid_gaps=False), None).for_clients(at, TODAY, 25).shortest == 0
