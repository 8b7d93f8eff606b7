"""Public holidays, as the holidays package knows them: of a country and, where it has some of its own, a region.

The package is imported by the first question; a practice without a country never asks.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import cache, lru_cache
from importlib import import_module
from typing import Any, NamedTuple
from unicodedata import normalize

ENGLISH = "en_US"
# What the package's names of files spell otherwise than people do.
SPELLED = {
    "AX": "Åland Islands", "BL": "Saint Barthélemy", "CG": "Congo", "CD": "DR Congo", "CI": "Côte d’Ivoire",
    "CW": "Curaçao", "GW": "Guinea-Bissau", "HK": "Hong Kong", "IM": "Isle of Man", "MO": "Macau", "RE": "Réunion",
    "ST": "São Tomé and Príncipe", "TL": "Timor-Leste", "VI": "United States Virgin Islands",
}
SMALL_WORDS = {"And": "and", "Of": "of", "The": "the"}


class Choice(NamedTuple):
    """A country (ISO 3166-1) or one of its regions, and what people call it."""

    code: str
    name: str


class Holiday(NamedTuple):
    """`name`: in English where the package has it so."""

    day: date
    name: str


@cache
def countries() -> tuple[Choice, ...]:
    """All there are, by name."""
    files = import_module("holidays.registry").COUNTRIES
    found = [Choice(names[1], SPELLED.get(names[1]) or _worded(file)) for file, names in files.items()]
    return tuple(sorted(found, key=_place))


@cache
def regions(country: str) -> tuple[Choice, ...]:
    """Those whose holidays may differ, by name; none for a country that is not known."""
    if not _knows(country):
        return ()
    kind = _kind(country)
    names: dict[str, str] = {}
    for name, code in kind.subdivisions_aliases.items():
        names.setdefault(code, name)
    return tuple(sorted((Choice(code, names.get(code, code)) for code in kind.subdivisions), key=_place))


def is_known(country: str, region: str = "") -> bool:
    """Whether there are holidays of this country, and of this region of it if one is given."""
    return _knows(country) and (not region or any(one.code == region for one in regions(country)))


@lru_cache(maxsize=512)
def holidays_of(country: str, region: str, year: int) -> tuple[Holiday, ...]:
    """Of one year, in order; none where the country or the region is not known (any more)."""
    if not is_known(country, region):
        return ()
    languages = _kind(country).supported_languages
    found = import_module("holidays").country_holidays(
        country, subdiv=region or None, years=year, language=ENGLISH if ENGLISH in languages else None
    )
    return tuple(Holiday(day, name.replace("'", "’")) for day, name in sorted(found.items()) if day.year == year)


def closed_days(
    country: str, region: str, first: date, last: date, working: Collection[date] = ()
) -> frozenset[date]:
    """The holidays from first to last, both included, without those on which the practice works."""
    if not country:
        return frozenset()
    years = range(first.year, last.year + 1)
    found = (one.day for year in years for one in holidays_of(country, region, year))
    return frozenset(day for day in found if first <= day <= last and day not in working)


def _place(one: Choice) -> str:
    """In the alphabet, where an accent makes no other letter."""
    return normalize("NFKD", one.name).encode("ascii", "ignore").decode().casefold()


def _knows(country: str) -> bool:
    return any(one.code == country for one in countries())


def _kind(country: str) -> Any:
    return type(import_module("holidays").country_holidays(country))


def _worded(file: str) -> str:
    words = [SMALL_WORDS.get(word, word) for word in file.replace("_", " ").title().split()]
    return " ".join([words[0].title(), *words[1:]])
