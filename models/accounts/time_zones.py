"""The time zones a practice may be in, in the order in which a list offers them. Names are those of IANA's tz database,
as Python's zoneinfo knows them here."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple
from zoneinfo import available_timezones

AMERICAN = (
    ("America/New_York", "Eastern: New York"),
    ("America/Chicago", "Central: Chicago"),
    ("America/Denver", "Mountain: Denver"),
    ("America/Phoenix", "Mountain without daylight saving time: Phoenix"),
    ("America/Los_Angeles", "Pacific: Los Angeles"),
    ("America/Anchorage", "Alaska: Anchorage"),
    ("Pacific/Honolulu", "Hawaii: Honolulu"),
    ("America/Puerto_Rico", "Atlantic: Puerto Rico"),
    ("Pacific/Guam", "Guam"),
    ("Pacific/Pago_Pago", "American Samoa: Pago Pago"),
)
REGIONS = {
    "America": "The Americas", "Europe": "Europe", "Africa": "Africa", "Asia": "Asia", "Australia": "Australia",
    "Pacific": "Pacific", "Atlantic": "Atlantic", "Indian": "Indian Ocean", "Antarctica": "Antarctica",
    "Arctic": "Arctic",
}
UNITED_STATES, OTHERS = "United States", "Other names"
NO_PLACES = {"localtime", "Factory"}  # whatever this machine is set to, and "none was chosen"


class ZoneGroup(NamedTuple):
    """`zones`: (name, words)."""

    title: str
    zones: tuple[tuple[str, str], ...]


@cache
def known_zones() -> frozenset[str]:
    return frozenset(available_timezones() - NO_PLACES)


@cache
def zone_groups() -> tuple[ZoneGroup, ...]:
    """Every known zone once: the United States first, then by region, then names that stand for no place."""
    rest = sorted(known_zones() - {name for name, _ in AMERICAN})
    found = [ZoneGroup(UNITED_STATES, tuple(one for one in AMERICAN if one[0] in known_zones()))]
    for region, title in REGIONS.items():
        found.append(ZoneGroup(title, tuple(_worded(name) for name in rest if name.startswith(f"{region}/"))))
    others = tuple((name, name) for name in rest if name.partition("/")[0] not in REGIONS)
    return (*found, ZoneGroup(OTHERS, others))


def _worded(name: str) -> tuple[str, str]:
    place = name.partition("/")[2].replace("_", " ")
    inside, _, city = place.rpartition("/")
    return name, f"{city} ({inside})" if inside else city
