"""A visitor reads times on their own clock, with the practice's beside it where the two differ."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest

from models.core.database import execute
from tests.appointments.test_asking import text
from tests.appointments.times import AUTUMN, at


def chosen(offering, hours, **other) -> dict[str, str]:
    return {"service": str(offering.id), "minutes": "50", "mode": "in-person", "practitioner": str(hours.staff_id),
            "whom": "self", **other}


async def times(visitor, offering, hours, **other):
    return await text(await visitor.get(f"/request?{urlencode(chosen(offering, hours, **other))}"))


async def test_times_are_the_visitors_own_with_the_practices_beside(cast, browse, offering, hours):
    visitor = await browse(cast)
    page = await times(visitor, offering, hours, zone="America/Los_Angeles", day=at(10).date())
    assert re.search(r"<b>7:00 AM</b><small>10:00 AM there</small>", page)
    assert "Times are Los Angeles time, beside them New York time, where the practice is." in page
    assert "zone=America%2FLos_Angeles" in page, "the other days and weeks stay in it"
    form = chosen(offering, hours, zone="America/Los_Angeles", time=f"{at(10).isoformat()}/{hours.location_id}")
    page = await text(await visitor.post("/request/hold", form))
    assert "7:00 AM to 7:50 AM" in page and "10:00 AM at the practice" in page
    assert 'name="zone" value="America/Los_Angeles"' in page
    free = (at(10) - timedelta(hours=24 + 3)).replace(tzinfo=None)
    assert f"Free to cancel until {free:%A, %B %-d, %-I:%M %p}" in page


async def test_a_day_is_the_visitors_day(cast, browse, offering, hours):
    """Noon of a Tuesday in New York is Wednesday in Tokyo, in summer and in winter."""
    visitor, there = await browse(cast), at(12).astimezone(ZoneInfo("Asia/Tokyo"))
    assert there.date() == at(12).date() + timedelta(days=1), "the premise"
    page = await times(visitor, offering, hours, zone="Asia/Tokyo", day=there.date())
    assert f"<b>{there:%-I:%M %p}</b><small>12:00 PM there</small>" in page


@pytest.mark.parametrize("zone", ["", "America/New_York", "Mars/Olympus", "../../etc/passwd", "localtime"])
async def test_without_a_zone_or_in_one_that_nobody_knows_they_are_the_practices(cast, browse, offering, hours, zone):
    page = await times(await browse(cast), offering, hours, zone=zone, day=at(10).date())
    assert "<b>10:00 AM</b></button>" in page and "Times are New York time, where the practice is." in page


async def test_a_zone_that_is_no_name_at_all_is_refused(cast, browse, offering, hours):
    answer = await (await browse(cast)).json(f"/request?{urlencode(chosen(offering, hours, zone='x' * 65))}")
    assert answer.status_code == 422 and "zone" in (await answer.get_json())["errors"]


async def test_before_the_clock_changes_and_after_it_each_time_is_right(cast, browse, offering, hours):
    """Europe leaves summer time a week before New York does: in that week the two are an hour nearer."""
    await cast.inside(lambda: execute("UPDATE booking_settings SET notice_minutes = 0, horizon_days = 730"))
    visitor = await browse(cast)
    for days, clock in ((-12, "4:00 PM"), (-5, "3:00 PM"), (2, "4:00 PM")):
        day = AUTUMN + timedelta(days=days)
        page = await times(visitor, offering, hours, zone="Europe/Berlin", day=day)
        assert re.search(rf"<b>{clock}</b><small>10:00 AM there</small>", page), day
