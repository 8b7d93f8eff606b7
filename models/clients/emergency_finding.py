"""Whom somebody means in an emergency: by name and birth date as they were heard over a telephone.

Who has exactly this name and birth date is meant. Others only come close: a name misspelled, a date with its parts
exchanged. They are shown to be chosen from, and never opened unasked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from uuid import UUID

from models.core.database import Row, fetch_all, fetch_one

MOST_BORN, MOST_SHOWN = 2_000, 5
ALIKE = 0.75
JOINS = re.compile("[-'\u2019\u2018`\u00b4.,;()/\"\u00b7\u2010\u2013]+")  # as portico_name_words() takes names apart

WHO = """SELECT id, name, born_on, portico_fold(name) AS shown, portico_fold(first_name || ' ' || last_name) AS legal
  FROM client WHERE practice_id = portico_here() AND merged_into IS NULL AND {where} LIMIT {most}"""
BORN = WHO.format(where="born_on = $1", most=MOST_BORN)
# Whoever has all these words in the name; the index of words says who.
NAMED = WHO.format(where="""id IN (SELECT w.client_id FROM client_word w WHERE w.word = ANY($1)
  GROUP BY w.client_id HAVING count(*) = cardinality($1::text[]))""", most=MOST_BORN)


@dataclass(frozen=True)
class Meant:
    """`exact`: the name is this one, in whatever order, capitals and accents; `that_day`: so is the birth date."""

    id: UUID
    name: str
    exact: bool
    that_day: bool


async def meant(name: str, born_on: date) -> list[Meant]:
    """Those who have this name and birth date; when nobody has, who comes close, nearest first."""
    row = await fetch_one("SELECT portico_fold(trim($1)) AS folded", name)
    typed = _words(row["folded"] if row else "")
    if not typed:
        return []
    found = [_judged(one, typed, born_on) for one in await fetch_all(BORN, born_on)]
    named = await fetch_all(NAMED, [f"n{word}" for word in sorted(typed)])
    found += [_judged(one, typed, born_on) for one in named if nearly(one["born_on"], born_on)]
    whole = [one for one in found if one and one.exact and one.that_day]
    close = sorted((one for one in found if one), key=lambda one: (not one.that_day, not one.exact, one.name))
    return whole or close[:MOST_SHOWN]


def the_one(found: Sequence[Meant], chosen: UUID | None) -> Meant | None:
    """Whose record is opened: whom somebody chose, else the only one who is meant exactly. Of two with the same name
    and birth date neither is opened unasked."""
    if chosen:
        return next((one for one in found if one.id == chosen), None)
    return found[0] if len(found) == 1 and found[0].exact and found[0].that_day else None


def exactly(typed: frozenset[str], folded: str) -> bool:
    """Whether these are all the words of a name, and no other. What a hyphen or an apostrophe joins may stand apart."""
    known: set[str] = set()
    for part in folded.split():
        pieces, joined = {one for one in JOINS.split(part) if one}, JOINS.sub("", part)
        if joined and not (joined in typed or pieces <= typed):
            return False
        known |= {joined, *pieces}
    return typed <= known


def alike(typed: frozenset[str], folded: str) -> bool:
    """Whether each of several words that were typed is like one of the name's."""
    words = {word for part in folded.split() for word in (JOINS.sub("", part), *JOINS.split(part)) if word}
    return len(typed) > 1 and all(any(_near(one, word) for word in words) for one in typed)


def nearly(one: date | None, other: date) -> bool:
    """Another day of which two parts of three are right, or month and day exchanged."""
    if one is None or one == other:
        return False
    right = sum((one.year == other.year, one.month == other.month, one.day == other.day))
    return right == 2 or (one.year, one.month, one.day) == (other.year, other.day, other.month)


def _near(typed: str, word: str) -> bool:
    """`leonard` and `leo`, `beltan` and `beltran`."""
    begun = min(len(typed), len(word)) > 2 and (word.startswith(typed) or typed.startswith(word))
    return typed == word or begun or SequenceMatcher(None, typed, word).ratio() >= ALIKE


def _judged(row: Row, typed: frozenset[str], born_on: date) -> Meant | None:
    forms = (row["shown"], row["legal"])
    exact, that_day = any(exactly(typed, one) for one in forms), row["born_on"] == born_on
    close = exact or (that_day and any(alike(typed, one) for one in forms))
    return Meant(row["id"], row["name"], exact, that_day) if close else None


def _words(folded: str) -> frozenset[str]:
    return frozenset(word for part in folded.split() if (word := JOINS.sub("", part)))
