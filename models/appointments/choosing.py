"""Choosing a time online, step by step: a service, its length, the way to meet, with whom, then a free time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from models.appointments.availability import Bookable, Length, Practitioner, Search, bookable_services, free_times
from models.appointments.holding import Hold, own_hold_then, place
from models.appointments.openings import monday
from models.appointments.sessions import Session, open_sessions
from models.appointments.taking import Offer, Wanted, books_at_once
from models.core.actor import Actor
from models.core.clock import now
from models.core.errors import Conflict, missing
from models.core.limits import Limit, take

ANYONE = "anyone"
LOOKED_THROUGH = 44  # days, when somebody names no day: five weeks and the days around them
LATER = 90
FURTHEST = timedelta(days=732)
HOLDS_BY_LOGIN = Limit("booking-hold-login", most=60, seconds=3600)
TAKEN = "That time was just taken. These are free."


@dataclass(frozen=True)
class Choice:
    """What was chosen so far; where there is but one to choose, it is chosen. `services`: those to choose from.
    `anyone`: the practitioner does not matter. `joins`: the client who may book a place of a group's session, too."""

    services: tuple[Bookable, ...]
    newcomer: bool = False
    joins: UUID | None = None
    bookable: Bookable | None = None
    length: Length | None = None
    mode: str | None = None
    practitioner: Practitioner | None = None
    anyone: bool = False

    @property
    def complete(self) -> bool:
        """Whether times can be shown."""
        return None not in (self.bookable, self.length, self.mode) and (self.anyone or self.practitioner is not None)

    @property
    def of(self) -> tuple[Bookable, Length, str]:
        """Service, length and way to meet of a complete choice."""
        if self.bookable is None or self.length is None or self.mode is None:
            raise Conflict("choose-first", "Choose a service, its length and the way to meet first.")
        return self.bookable, self.length, self.mode

    @property
    def staff_ids(self) -> tuple[UUID, ...]:
        if self.practitioner is not None:
            return (self.practitioner.id,)
        return tuple(one.id for one in self.bookable.practitioners) if self.bookable and self.anyone else ()

    @property
    def offer(self) -> Offer:
        bookable, length, _ = self.of
        return Offer(bookable.service, length.fee_cents)


@dataclass(frozen=True)
class Time:
    """A free time, and of whom; the one with the most free times on that day first. `places`: of a group's session that
    stands there, how many are left."""

    starts_at: datetime
    ends_at: datetime
    location_id: UUID | None
    staff_ids: tuple[UUID, ...]
    places: int | None = None


@dataclass(frozen=True)
class Week:
    """Seven days from a Monday, in the reader's zone. `day`: the one whose times are shown; `next_free`: when this week
    has none, the first day after it that has."""

    first: date
    today: date
    times: dict[date, list[Time]]
    day: date
    next_free: date | None = None

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(7)]

    @property
    def before(self) -> date | None:
        return self.first - timedelta(days=7) if self.first > self.today else None

    @property
    def after(self) -> date | None:
        later = self.first + timedelta(days=7)
        return later if later - self.today < FURTHEST else None


async def choice_of(
    *, newcomer: bool, joins: UUID | None = None, service: UUID | None = None, minutes: int | None = None,
    mode: str | None = None, practitioner: UUID | str | None = None,
) -> Choice:
    """Raises Missing for a service that cannot be booked (by newcomers). What is not offered any more of the rest is
    chosen anew."""
    services = await bookable_services(newcomer=newcomer)
    if service is None:
        of_one = [one for one in services if practitioner in [each.id for each in one.practitioners]]
        return Choice(tuple(of_one or services), newcomer, joins)
    found = next((one for one in services if one.service.id == service), None) or missing("service")
    lengths, modes, people = found.lengths, found.service.modes, found.practitioners
    length = lengths[0] if len(lengths) == 1 else next((one for one in lengths if one.minutes == minutes), None)
    who = people[0] if len(people) == 1 else next((one for one in people if one.id == practitioner), None)
    return Choice(
        tuple(services), newcomer, joins, found, length,
        modes[0] if len(modes) == 1 else mode if mode in modes else None, who, who is None and practitioner == ANYONE,
    )


async def week_of(
    choice: Choice, zone: ZoneInfo, day: date | None = None, *, besides: UUID | None = None, at_once: bool = False
) -> Week:
    """The week of this day, or of the first free time there is. `at_once`: times alone that need nobody's yes."""
    today = now().astimezone(zone).date()
    chosen = max(day, today) if day is not None and day - today < FURTHEST else None
    first = _monday(chosen or today)
    found = await _by_day(choice, zone, first, 7 if chosen else LOOKED_THROUGH, besides, at_once)
    if chosen is None and found:
        first = _monday(min(found))
    shown = {one: times for one, times in found.items() if first <= one < first + timedelta(days=7)}
    later = None
    if not shown:
        ahead = await _by_day(choice, zone, first + timedelta(days=7), LATER, besides, at_once)
        later = min(ahead, default=None)
    if chosen not in shown:
        chosen = min(shown, default=max(first, today))
    return Week(first, today, shown, chosen, later)


async def hold_one(
    actor: Actor | None, choice: Choice, starts_at: datetime, location_id: UUID | None, *, held: UUID | None = None,
    secret: str = "",
) -> tuple[Hold, Wanted]:
    """Hold this time, of the chosen practitioner, or of whoever is free then; what the same person held before is let
    go. Raises Conflict `time-taken`, TooMany."""
    if actor is not None:
        await take(HOLDS_BY_LOGIN, actor.login_id)
    refusal = Conflict("time-taken", TAKEN)
    bookable, length, mode = choice.of
    chosen, mine = choice.practitioner, await own_hold_then(actor, choice.staff_ids, starts_at)
    for staff_id in (chosen.id,) if chosen else await free_then(choice, starts_at, location_id, mine or held):
        wanted = Wanted(bookable.service.id, length.minutes, staff_id, starts_at, mode, location_id)
        try:
            return await place(actor, choice.offer, wanted, instead_of=held, secret=secret), wanted
        except Conflict as taken:
            if taken.code not in ("time-taken", "no-room"):
                raise
            refusal = taken
    raise refusal


async def times_between(
    choice: Choice, first: date, days: int, besides: UUID | None = None, at_once: bool = False
) -> list[Time]:
    """Days of the practice's own zone."""
    bookable, length, mode = choice.of
    search = Search(bookable.service, length.minutes, mode, choice.staff_ids, first, days, besides=besides)
    free = await free_times(search)
    much = Counter((one.staff_id, one.starts_at.date()) for one in free)
    together: defaultdict[tuple[datetime, UUID | None], list[UUID]] = defaultdict(list)
    for one in free:
        together[one.starts_at, one.location_id].append(one.staff_id)
    at, lasts = now(), timedelta(minutes=length.minutes)

    def made(starts_at: datetime, location_id: UUID | None, staff: list[UUID]) -> Time:
        staff.sort(key=lambda one: -much[one, starts_at.date()])  # of equals the first by name
        return Time(starts_at, starts_at + lasts, location_id, tuple(staff))

    times = [made(*where, staff) for where, staff in together.items()
             if not at_once or books_at_once(choice.offer, where[0], at)]
    return _with_sessions(times, await open_sessions(search, choice.joins)) if choice.joins else times


def _with_sessions(times: Sequence[Time], sessions: Sequence[Session]) -> list[Time]:
    """By their start. Where a session stands with a place left, a place of it is what is booked then."""
    found: dict[tuple[datetime, UUID | None], Time] = {}
    for one in sessions:
        where = one.starts_at, one.location_id
        there = found.get(where, Time(one.starts_at, one.ends_at, one.location_id, (), 0))
        left = (there.places or 0) + one.places
        found[where] = replace(there, staff_ids=(*there.staff_ids, one.staff_id), places=left)
    for time in times:
        found.setdefault((time.starts_at, time.location_id), time)
    return sorted(found.values(), key=lambda one: one.starts_at)


async def free_then(
    choice: Choice, starts_at: datetime, location_id: UUID | None, besides: UUID | None = None
) -> Sequence[UUID]:
    """Who is free then, of whom was chosen."""
    around = await times_between(choice, starts_at.date() - timedelta(days=1), 3, besides)
    wanted = starts_at, location_id
    return next((one.staff_ids for one in around if (one.starts_at, one.location_id) == wanted), ())


async def _by_day(
    choice: Choice, zone: ZoneInfo, first: date, days: int, besides: UUID | None, at_once: bool
) -> dict[date, list[Time]]:
    """A day of the reader's zone may lie in two of the practice's, so the days around are looked through too."""
    found: defaultdict[date, list[Time]] = defaultdict(list)
    for time in await times_between(choice, first - timedelta(days=1), days + 2, besides, at_once):
        local = time.starts_at.astimezone(zone).date()
        if first <= local < first + timedelta(days=days):
            found[local].append(time)
    return dict(found)


def _monday(day: date) -> date:
    return date.fromordinal(monday(day.toordinal()))
