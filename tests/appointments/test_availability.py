"""What free times are made of, on real rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.appointments.availability import Search, bookable_services, free_times, is_free, room_for, who_offers

NEW_YORK = ZoneInfo("America/New_York")


def next_monday() -> date:
    today = datetime.now(NEW_YORK).date()
    return today + timedelta(days=14 - today.weekday())


async def test_a_week_of_nine_to_five_has_its_times(cast, offering, hours):
    monday = next_monday()
    search = Search(offering, 50, "in-person", (hours.staff_id,), monday, 7)
    found = await cast.inside(lambda: free_times(search))
    assert len(found) == 5 * 15
    first = datetime.combine(monday, time(9), NEW_YORK).astimezone(UTC)
    assert (found[0].starts_at, found[0].ends_at) == (first, first + timedelta(minutes=50))
    assert found[0].location_id == hours.location_id
    assert await cast.inside(lambda: is_free(search, hours.staff_id, first, hours.location_id))
    assert not await cast.inside(lambda: is_free(search, hours.staff_id, first - timedelta(minutes=30), None))
    assert await cast.inside(lambda: room_for(hours.location_id, first, found[0].ends_at, 0, 0)) is None
    [one] = await cast.inside(lambda: who_offers(offering.id, newcomer=True))
    assert one.name == "Maya Okafor"
    [service] = await cast.inside(lambda: bookable_services(newcomer=False))
    assert service.lengths[0].fee_cents == 12000 and service.practitioners == (one,)
