"""The times at which an appointment can begin. Pure: data in, free times out; no clock, no database.

Minutes since 1970 in UTC, half-open everywhere: a time that ends when another begins is no overlap. What the rules are:

- An appointment lies within one opening. Its buffers may reach outside the hours, and they add up with those of others:
  the time from its first buffer to its last touches no taken time (whose own buffers are in it) and no block.
- Times stand on a grid counted in real minutes from the opening's start, whatever is taken in it.
- In person there must be a location, and where the location has rooms one of them must be free, buffers and all. By
  phone and video all hours count, whichever location they name, and no room is needed.
- Whoever has a day's or a week's maximum already has no more times in that day (week, from Monday) of the wall clock.
- Gaps are avoided within a free stretch of an opening (between its ends and what is taken in it): a time is not offered
  when it leaves before or after it a rest that is too short for the shortest bookable length, and longer than it must
  be: another time on the grid leaves less on that side. Buffers belong to the time, not to the rest. Where every time
  wastes something those that waste least stay, so that a stretch which has times never loses them all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from models.appointments.openings import OneDay, Opening, Span, WallClock, Weekly, anywhere, joined, monday, openings


@dataclass(frozen=True, slots=True)
class Wish:
    """What is looked for, in minutes."""

    minutes: int
    before: int = 0
    after: int = 0
    in_person: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """Of one practitioner. None: no such limit; `shortest` is the shortest bookable length, 0: gaps are not avoided."""

    step: int = 30
    earliest: int | None = None
    last_day: date | None = None
    max_day: int | None = None
    max_week: int | None = None
    shortest: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """Of one practitioner. `taken`: times with their buffers, time off and blocks; `starts`: of every appointment that
    counts towards the maxima, also before the first day asked for, from the Monday of its week."""

    weekly: Sequence[Weekly] = ()
    one_days: Sequence[OneDay] = ()
    taken: Sequence[Span] = ()
    starts: Sequence[int] = ()
    rules: Rules = field(default_factory=Rules)


@dataclass(frozen=True, slots=True)
class House:
    """What holds for everybody: the zone's clock, the dates and times at which nobody is there, and the taken times of
    each room of each location. A location that is not named has no rooms, and no such limit."""

    clock: WallClock
    closed: frozenset[date] = frozenset()
    blocks: Sequence[Span] = ()
    rooms: Mapping[UUID, Sequence[Sequence[Span]]] = field(default_factory=dict)


Found = dict[UUID | None, list[int]]


def free_times(
    calendars: Mapping[UUID, Calendar], house: House, wish: Wish, first_day: date, days: int
) -> dict[UUID, Found]:
    """For each practitioner the moments at which one can begin, in order, by location (None: by phone or video)."""
    crowded = {location: _crowded(rooms, wish) for location, rooms in house.rooms.items()} if wish.in_person else {}
    span = first_day.toordinal(), first_day.toordinal() + days - 1
    return {whose: _of_one(calendar, house, crowded, wish, span) for whose, calendar in calendars.items()}


def _of_one(
    calendar: Calendar, house: House, crowded: Mapping[UUID, Sequence[Span]], wish: Wish, span: tuple[int, int]
) -> Found:
    rules, (first, last) = calendar.rules, span
    if rules.last_day is not None:
        last = min(last, rules.last_day.toordinal())
    hours = openings(house.clock, calendar.weekly, calendar.one_days, house.closed, first, last)
    hours = {place: there for place, there in hours.items() if place} if wish.in_person else {None: anywhere(hours)}
    full = _full_days(calendar, house.clock, first, last)
    barred = _barred([*calendar.taken, *house.blocks], wish)
    found = {}
    for location, there in hours.items():
        starts = _starts([one for one in there if one.day not in full] if full else there, barred, wish, rules)
        if location is not None and crowded.get(location):
            starts = _outside(starts, crowded[location])
        if starts:
            found[location] = starts
    return found


def _starts(there: Iterable[Opening], barred: Sequence[Span], wish: Wish, rules: Rules) -> list[int]:
    found: list[int] = []
    for opening, first, last in _stretches(there, barred, wish.minutes):
        begin = opening.opens + -(-(first - opening.opens) // rules.step) * rules.step
        times: Iterable[int] = range(begin, last + 1, rules.step)
        if rules.shortest and begin <= last:
            least, most = max(opening.opens, first - wish.before), min(opening.closes, last + wish.minutes + wish.after)
            times = _without_gaps(range(begin, last + 1, rules.step), (least, most), wish, rules.shortest)
        if rules.earliest is not None and begin < rules.earliest:
            times = [one for one in times if one >= rules.earliest]
        found.extend(times)
    return found


def _stretches(there: Iterable[Opening], barred: Sequence[Span], minutes: int) -> Iterator[tuple[Opening, int, int]]:
    """Each opening with the first and the last minute of every free stretch at which one could begin."""
    place, count = 0, len(barred)
    for one in there:
        last, at = one.closes - minutes, one.opens
        while place < count and barred[place][1] <= at:
            place += 1
        here = place
        while at <= last:
            if here == count or barred[here][0] > last:
                yield one, at, last
                break
            if barred[here][0] > at:
                yield one, at, barred[here][0] - 1
            at = max(at, barred[here][1])
            here += 1


def _without_gaps(times: range, stretch: Span, wish: Wish, shortest: int) -> list[int]:
    begins, ends = stretch[0] + wish.before, stretch[1] - wish.minutes - wish.after

    def wasted(rest: int) -> int:
        return rest if 0 < rest < shortest else 0

    waste = [(wasted(one - begins), wasted(ends - one)) for one in times]
    before, after = max(0, times[0] - begins), max(0, ends - times[-1])
    least = min(one + other for one, other in waste)
    return [
        one for one, (lost, left) in zip(times, waste, strict=True)
        if lost + left == least or (lost <= before and left <= after)
    ]


def _barred(taken: Iterable[Span], wish: Wish) -> list[Span]:
    """The minutes at which one cannot begin, as spans: from the first at which the wish would reach into a taken time,
    up to the one at which it is clear of it."""
    ahead = wish.minutes + wish.after
    return joined((begins - ahead + 1, ends + wish.before) for begins, ends in taken)


def _crowded(rooms: Sequence[Sequence[Span]], wish: Wish) -> list[Span]:
    """The minutes at which one can begin in none of the rooms."""
    changes: list[Span] = []
    for taken in rooms:
        for begins, ends in _barred(taken, wish):
            changes += ((begins, 1), (ends, -1))
    found, barred, since = [], 0, 0
    for moment, change in sorted(changes):
        if barred == len(rooms) and moment > since:
            found.append((since, moment))
        barred, since = barred + change, moment
    return joined(found)


def _outside(starts: list[int], spans: Sequence[Span]) -> list[int]:
    """Those that lie in none of the spans; both in order."""
    found, place, count = [], 0, len(spans)
    for one in starts:
        while place < count and spans[place][1] <= one:
            place += 1
        if place == count or one < spans[place][0]:
            found.append(one)
    return found


def _full_days(calendar: Calendar, clock: WallClock, first: int, last: int) -> set[int]:
    """The days (ordinals) that have, or whose weeks have, as many appointments as there may be."""
    rules = calendar.rules
    if rules.max_day is None and rules.max_week is None:
        return set()
    days = Counter(clock.day_of(one) for one in calendar.starts)
    weeks: Counter[int] = Counter()
    for day, count in days.items():
        weeks[monday(day)] += count
    return {
        day for day in range(first, last + 1)
        if (rules.max_day is not None and days[day] >= rules.max_day)
        or (rules.max_week is not None and weeks[monday(day)] >= rules.max_week)
    }
