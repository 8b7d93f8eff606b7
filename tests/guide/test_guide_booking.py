"""Sentences of the guide about what a practice chooses of its online booking, each a test by its name."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from models.appointments.availability import Search, bookable_services, free_times
from tests.support.browsing import key


async def test_you_can_choose_the_services_duration_your_availability_and_other_settings(cast, browse):
    """The practice chooses what is offered and how long, the practitioner when; clients find exactly that."""
    owner, maya, staff = await browse(cast, "owner"), await browse(cast, "practitioner"), cast.staff["practitioner"]
    today = datetime.now(ZoneInfo("America/New_York")).date()
    monday = today + timedelta(days=14 - today.weekday())

    async def found(minutes: int) -> list[str]:
        [one] = await cast.inside(lambda: bookable_services(newcomer=True))
        search = Search(one.service, minutes, "phone", (staff,), monday, 7)
        times = await cast.inside(lambda: free_times(search))
        return [f"{time.starts_at.astimezone(ZoneInfo('America/New_York')):%a %H:%M}" for time in times]

    service = {"name": "First visit", "modes": "phone", "bookable": "everyone", "confirm": "instant",
               "minutes": ["30", "60"], "fee": ["80", "150"], "staff": str(staff), "key": key()}
    assert (await owner.post("/staff/settings/services", service)).status_code == 303
    week = {"weekday": "0", "starts": "09:00", "ends": "11:00", "place": "", "since": "", "until": "", "every": "1"}
    assert (await maya.post(f"/staff/hours/{staff}", week)).status_code == 303
    own = {"version": "1", "online": "on", "new_clients": "on"}
    assert (await maya.post(f"/staff/hours/{staff}/rules", own)).status_code == 303
    [one] = await cast.inside(lambda: bookable_services(newcomer=True))
    assert [length.minutes for length in one.lengths] == [30, 60]
    assert await found(60) == ["Mon 09:00", "Mon 09:30", "Mon 10:00"]
    assert await found(30) == ["Mon 09:00", "Mon 09:30", "Mon 10:00", "Mon 10:30"]
    rules = {"version": "1", "notice_minutes": "0", "horizon": "days", "horizon_days": "60", "slot_minutes": "60"}
    assert (await owner.post("/staff/settings/booking", rules)).status_code == 303
    assert await found(60) == ["Mon 09:00", "Mon 10:00"]
