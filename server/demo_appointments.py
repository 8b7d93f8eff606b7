"""Services, rooms and hours for the demo world, so that its pages look like those of a practice at work. Made by the
verbs that the pages call."""

from __future__ import annotations

from datetime import date, time, timedelta
from uuid import UUID

from models.accounts import locations
from models.accounts.locations import Place
from models.accounts.practices import today_here
from models.appointments import blocks, booking_rules, hours, policy_settings, rooms, services
from models.appointments.block_times import Away
from models.appointments.booking_rules import HouseRules, OwnRules
from models.appointments.clashing import Band
from models.appointments.hours import Stretch
from models.appointments.openings import monday_of
from models.appointments.practitioners import practitioner_for
from models.appointments.service_checking import Length, Wanted
from models.core.actor import Actor
from server.worlds import People

BOTH, ALL = ("owner", "practitioner"), ("owner", "practitioner", "supervisor")
VIDEO = "https://meet.example/harbor"
WHY = {"id": "", "label": "What would you like help with?", "kind": "long", "choices": [], "required": True}
HEARD = {"id": "", "label": "How did you hear of us?", "kind": "choice", "required": False,
         "choices": ["A friend or relative", "A doctor", "On the internet", "Somewhere else"]}
BEFORE = {"id": "", "label": "Have you been in therapy before?", "kind": "yes-no", "choices": [], "required": False}

# Service, and who offers it.
HARBOR: tuple[tuple[Wanted, tuple[str, ...]], ...] = (
    (Wanted("First visit", "We get to know each other and find out what you need.", colour="b",
            modes=("in-person", "video"), bookable="everyone", confirm="request", buffer_after=10,
            lengths=(Length(60, 18000),), questions=(WHY, BEFORE, HEARD)), ALL),
    (Wanted("Individual therapy", "For adults, young people and children.", colour="a", modes=("in-person", "video"),
            bookable="existing", confirm="instant", buffer_after=10, lengths=(Length(50, 15000), Length(80, 22000))),
     ALL),
    (Wanted("Couple’s session", "For two, together.", kind="couple", colour="d", modes=("in-person",),
            bookable="existing", confirm="instant-beyond", instant_beyond_days=7, buffer_after=10,
            lengths=(Length(80, 24000),)), ("owner",)),
    (Wanted("Family session", kind="family", colour="e", modes=("in-person", "video"), bookable="existing",
            confirm="request", lengths=(Length(80, 24000),)), BOTH),
    (Wanted("Check-in by phone", "Fifteen minutes between visits.", colour="g", modes=("phone",), bookable="existing",
            confirm="instant", lengths=(Length(15, 4000),), late_fee_cents=0, no_show_fee_cents=0), ALL),
    (Wanted("Evening group", "Eight people, every second Thursday.", kind="group", capacity=8, colour="f",
            modes=("in-person",), bookable="existing", confirm="instant", sessions_only=True,
            lengths=(Length(90, 6000),)), ("supervisor",)),
)
LAKESIDE: tuple[tuple[Wanted, tuple[str, ...]], ...] = (
    (Wanted("Evaluation", "Play, talk, and a plan that you take home.", colour="b", modes=("in-person",),
            bookable="everyone", confirm="request", buffer_after=15, lengths=(Length(90, 26000),),
            questions=({**WHY, "label": "What have you noticed?"},)), BOTH),
    (Wanted("Speech therapy", colour="a", modes=("in-person", "video"), bookable="existing", confirm="instant",
            lengths=(Length(30, 9000), Length(45, 12500))), BOTH),
    (Wanted("Play therapy", colour="c", modes=("in-person",), bookable="existing", confirm="instant",
            lengths=(Length(45, 13000),)), ("practitioner", "supervisor")),
)
PLACES = {
    "harbor": (("Wharf Street", "14 Wharf Street, 2nd floor\nPortland, Maine 04101", ("Cove", "Lighthouse", "Pier")),
               ("Forest Avenue", "402 Forest Avenue\nPortland, Maine 04101", ("Garden room",))),
    "lakeside": (("Mill Pond", "27 Mill Pond Road\nBurlington, Vermont 05401", ("Playroom", "Quiet room")),),
}
ABOUT = {
    "owner": "Works with adults and couples, in English and Swedish.",
    "practitioner": "Works with young people and their families.",
    "supervisor": "Sees adults, and leads the evening group.",
}


async def add_appointments(people: People, owner: Actor) -> None:
    """In the scope of a practice that is being made."""
    places = await _open_places(people.subdomain, owner)
    for wanted, offered_by in HARBOR if people.subdomain == "harbor" else LAKESIDE:
        staff = tuple(people.staff[one] for one in offered_by)
        await services.add_service(owner, Wanted(**{**vars(wanted), "staff": staff}))
    await booking_rules.set_house_rules(owner, None, HouseRules(
        notice_minutes=1440, horizon_days=60, horizon_until=None, slot_minutes=30, max_upcoming=4,
        holiday_country="US", holiday_region="ME" if people.subdomain == "harbor" else "VT",
    ))
    await policy_settings.set_fees(owner, None, late="75", no_show="120")
    await policy_settings.set_policy(owner, None, late_hours=24, closed_hours=2, reason="optional")
    for name in ALL:
        await _work(people, owner, name, places)


async def _open_places(subdomain: str, owner: Actor) -> list[UUID]:
    found = []
    for name, address, inside in PLACES[subdomain]:
        place = await locations.add_location(owner, Place(name, address))
        found.append(place.id)
        for room in inside:
            await rooms.add_room(owner, place, room)
    return found


async def _work(people: People, owner: Actor, name: str, places: list[UUID]) -> None:
    """Hours of a year, a longer day, a day off, a week of vacation, and how clients book."""
    whose, today = await practitioner_for(owner, people.staff[name]), await today_here()
    monday = monday_of(today)
    await hours.set_weekly(owner, whose, None, _weeks(name, places, monday))
    await booking_rules.set_own_rules(owner, whose, None, OwnRules(
        online=True, new_clients=name != "supervisor", about=ABOUT[name],
        video_link=VIDEO if name == "practitioner" else "", max_day=6 if name == "practitioner" else None,
    ))
    if name == "practitioner":
        later = monday + timedelta(days=15)
        await hours.set_day(owner, whose, later, [Stretch(600, 840, places[0])])
        away = Away("time-off", monday + timedelta(days=28), monday + timedelta(days=32), title="Vacation",
                    staff_id=whose.id)
        wednesday = monday + timedelta(days=9)
        supervision = Away("block", wednesday, wednesday, time(11, 45), time(12, 30), "Supervision", whose.id,
                           every_weeks=2, until=wednesday + timedelta(weeks=26))
        for one in (away, supervision):
            await blocks.add_block(owner, one)


def _weeks(name: str, places: list[UUID], monday: date) -> list[Band]:
    first, last = places[0], places[-1]
    if name == "owner":
        days = [Band(day, 540, 780, first, monday) for day in (0, 1, 3)]
        return [*days, *(Band(day, 840, 1020, first, monday) for day in (0, 1)), Band(4, 540, 720, None, monday)]
    if name == "practitioner":
        days = [Band(day, 510, 750, first, monday) for day in (0, 1, 2, 3)]
        return [*days, *(Band(day, 810, 1050, first, monday) for day in (0, 1, 2)), Band(4, 540, 840, last, monday)]
    return [Band(1, 600, 1080, first, monday), Band(2, 780, 1140, last, monday),
            Band(3, 1020, 1200, first, monday, every_weeks=2)]
