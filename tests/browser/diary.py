"""What tests of the calendar share: two practitioners and their day, and a hand that drags."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from playwright.async_api import FloatRect, Locator, expect

from models.accounts.tables import Location
from models.appointments import filling
from models.appointments.tables import Appointment, Offering, Room
from models.appointments.taking import Wanted
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id
from tests.appointments.conftest import open_week
from tests.browser.window import Window

NEW_YORK = ZoneInfo("America/New_York")


class Diary:
    """One service of two practitioners, a location with a room, and a Tuesday that comes."""

    def __init__(self, cast: Any, service: Offering, place: Location, room: Room) -> None:
        self.cast, self.service, self.place, self.room = cast, service, place, room
        today = now().astimezone(NEW_YORK).date()
        self.day = today + timedelta(days=(1 - today.weekday()) % 7 or 7)

    def at(self, hour: int, minute: int = 0) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, hour, minute, tzinfo=NEW_YORK)

    def wanted(self, hour: int, by: str = "practitioner", minute: int = 0) -> Wanted:
        return Wanted(self.service.id, 50, self.cast.staff[by], self.at(hour, minute))

    async def book(self, hour: int, client: str = "client", *, by: str = "frontdesk", of: str = "practitioner") -> UUID:
        actor = await self.cast.actor(by)
        return await self.cast.inside(
            lambda: filling.book_by_staff(actor, self.wanted(hour, of), [self.cast.clients[client]], overlap_ok=True)
        )

    async def move(self, id: UUID, hour: int, *, by: str = "frontdesk") -> int:
        actor = await self.cast.actor(by)
        wanted = self.wanted(hour)
        return await self.cast.inside(lambda: filling.move_by_staff(actor, id, None, wanted, overlap_ok=True))

    async def row(self, id: UUID) -> Appointment:
        return await self.cast.inside(lambda: Appointment.get(id=id))

    def path(self, view: str = "day") -> str:
        return f"/calendar?view={view}&day={self.day.isoformat()}"


async def a_diary(cast: Any) -> Diary:
    """Of a practice that has none yet."""
    async def make() -> Diary:
        service = await Offering.create(id=new_id(), name="Counseling", modes=["in-person", "video"], colour="b")
        await execute("INSERT INTO service_length (service_id, minutes, fee_cents) VALUES ($1, 50, 12000)", service.id)
        for name in ("practitioner", "owner"):
            offered = "INSERT INTO service_offer (service_id, staff_id) VALUES ($1, $2)"
            await execute(offered, service.id, cast.staff[name])
        place = await Location.create(id=new_id(), name="Wharf Street")
        room = await Room.create(id=new_id(), location_id=place.id, name="Room 2")
        await open_week(cast.staff["practitioner"], place.id)
        return Diary(cast, service, place, room)

    return await cast.inside(make)


async def look(window: Any, diary: Diary, who: str = "frontdesk", view: str = "day", **options: Any) -> Window:
    made = await window(diary.cast, who, diary.path(view), **options)
    await expect(made.page.locator("practice-calendar[ready]")).to_be_attached()
    await made.hear_toasts()
    return made


def entry(desk: Window, words: str) -> Locator:
    return desk.page.locator("[data-entry]", has_text=words)


async def opened(window: Any, diary: Diary) -> tuple[UUID, Locator]:
    """An appointment of Ana's at nine, and its panel at the front desk."""
    id = await diary.book(9)
    tess = await look(window, diary)
    await entry(tess, "Ana Beltrán").click()
    return id, tess.page.get_by_role("dialog")


async def place(where: Locator) -> FloatRect:
    """Where it stands once it stands still; it may be drawn anew at this very moment."""
    before = None
    for _ in range(400):
        box = await where.bounding_box()
        if box and box == before:
            return box
        before = box
        await asyncio.sleep(0.05)
    raise AssertionError("it stands nowhere")


async def below(desk: Window, words: str, y: float) -> None:
    """Waits until it stands further down than this."""
    for _ in range(400):
        if (await place(entry(desk, words)))["y"] > y:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{words} was not put further down")


async def above(desk: Window, words: str, other: str) -> None:
    """Waits until the one stands before the other: it is drawn where it was."""
    for _ in range(400):
        if (await place(entry(desk, words)))["y"] < (await place(entry(desk, other)))["y"] - 20:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{words} was not put back")


async def hold(desk: Window, words: str, down: float) -> None:
    """Take it and carry it down, without letting go."""
    box = await place(entry(desk, words))
    x, y = box["x"] + box["width"] / 2, box["y"] + 12
    await desk.page.mouse.move(x, y)
    await desk.page.mouse.down()
    for step in range(1, 9):
        await desk.page.mouse.move(x, y + down * step / 8)


async def drag(desk: Window, words: str, down: float) -> None:
    await hold(desk, words, down)
    await desk.page.mouse.up()


async def onto(desk: Window, words: str, other: str) -> None:
    here, there = await place(entry(desk, words)), await place(entry(desk, other))
    await drag(desk, words, there["y"] - here["y"])


async def beneath(desk: Window, words: str, name: str, what: str = "[data-entry]") -> bool:
    """Whether it stands in this column, or comes to stand there."""
    for _ in range(400):
        here, head = await place(desk.page.locator(what, has_text=words).first), await _column(desk, name)
        if head["x"] < here["x"] + here["width"] / 2 < head["x"] + head["width"]:
            return True
        await asyncio.sleep(0.05)
    return False


async def _column(desk: Window, name: str) -> FloatRect:
    return await place(desk.page.get_by_role("columnheader", name=name))


# An entry with these words is highlighted, be it for a moment.
HIGHLIGHTED = """(words) => {
    const lit = () => [...document.querySelectorAll("[data-entry].just")].some((one) => one.textContent.includes(words))
    const look = () => { if (lit()) document.documentElement.dataset.lit = "" }
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributeFilter: ["class"] })
}"""


async def watch_highlights(desk: Window, words: str) -> None:
    """To be called before it happens: a highlight is over after seconds."""
    await desk.page.evaluate(HIGHLIGHTED, words)


async def was_highlighted(desk: Window) -> None:
    await expect(desk.page.locator("html[data-lit]")).to_be_attached()


async def across(desk: Window, words: str, name: str) -> None:
    """Drag it to the column of somebody else."""
    here, there = await place(entry(desk, words)), await _column(desk, name)
    y = here["y"] + 12
    await desk.page.mouse.move(here["x"] + here["width"] / 2, y)
    await desk.page.mouse.down()
    for step in range(1, 9):
        middle = here["x"] + here["width"] / 2
        await desk.page.mouse.move(middle + (there["x"] + there["width"] / 2 - middle) * step / 8, y)
    await desk.page.mouse.up()
