"""What the tests of appointments share: a service of the practitioner that clients may book, and hours to do so."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import pytest
import pytest_asyncio

from models.accounts.tables import Location
from models.appointments.tables import Offering, WeeklyHours
from models.core.database import execute
from models.core.ids import new_id
from tests.appointments.mailing import Post
from tests.notifications.conftest import post

__all__ = ["post"]

LONG_AGO = date(2020, 1, 6)


class Hours(NamedTuple):
    """Monday to Friday, 9 to 17 in New York, of the practitioner, at a location without rooms."""

    staff_id: UUID
    location_id: UUID


@pytest_asyncio.fixture(loop_scope="session")
async def offering(cast: Any) -> Offering:
    """`Counseling`, 50 minutes for 120 dollars, in person, by phone or video, booked at once and by everyone; offered
    by the practitioner, who can be booked online by newcomers too."""

    async def make() -> Offering:
        made = await Offering.create(
            id=new_id(), name="Counseling", modes=["in-person", "phone", "video"], bookable="everyone",
            confirm="instant", video_link="https://meet.example/harbor",
        )
        await offer(made, cast.staff["practitioner"])
        await execute("INSERT INTO service_length (service_id, minutes, fee_cents) VALUES ($1, 50, 12000)", made.id)
        return made

    return await cast.inside(make)


@pytest_asyncio.fixture(loop_scope="session")
async def hours(cast: Any) -> Hours:
    async def make() -> Hours:
        place = await Location.create(id=new_id(), name="Wharf Street", address="14 Wharf Street")
        await open_week(cast.staff["practitioner"], place.id)
        return Hours(cast.staff["practitioner"], place.id)

    return await cast.inside(make)


@pytest_asyncio.fixture(loop_scope="session")
async def mailed(cast: Any, post: Any) -> Post:
    """The mailboxes of this practice's people."""
    return Post(cast, post)


async def offer(service: Offering, staff_id: UUID, *, newcomers: bool = True) -> None:
    """Inside the practice: this practitioner offers it, and can be booked online."""
    await execute("INSERT INTO service_offer (service_id, staff_id) VALUES ($1, $2) ON CONFLICT DO NOTHING", service.id,
                  staff_id)
    await execute(
        "INSERT INTO practitioner_booking (staff_id, online, new_clients) VALUES ($1, true, $2)"
        " ON CONFLICT (practice_id, staff_id) DO UPDATE SET online = true, new_clients = $2", staff_id, newcomers,
    )


async def open_week(staff_id: UUID, location_id: UUID | None, *, opens: int = 9 * 60, closes: int = 17 * 60) -> None:
    """Inside the practice: these hours from Monday to Friday."""
    for weekday in range(5):
        await WeeklyHours.create(
            id=new_id(), staff_id=staff_id, location_id=location_id, weekday=weekday, from_minute=opens,
            until_minute=closes, valid_from=LONG_AGO,
        )


@pytest.fixture
def looking(cast: Any, offering: Offering, hours: Hours) -> Any:
    """Short ways to look for free times on the practitioner's calendar, and to put something on it."""
    from tests.appointments.looking import Looking

    return Looking(cast, offering, hours)
