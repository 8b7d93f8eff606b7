"""What is unusual about a person's looking. Pure: one day of one person in, what is to be pointed out, out."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from uuid import UUID

# Many records in a day: more than so many times what is usual for this person in the last weeks, and never fewer than.
MANY_TIMES = 3
MANY_LEAST = 20
WEEKS = 4
# And within an hour, whatever is usual: seen while it happens.
MANY_IN_AN_HOUR = 40
# Records of clients who left are opened for a while yet: letters, invoices.
AFTER_DISCHARGE = timedelta(days=30)

KINDS = {
    "many": "opened many records in a short time",
    "family-name": "opened the record of somebody with their own family name",
    "discharged": "opened the record of a client who was discharged long ago",
    "unassigned": "opened a record that nobody is assigned to",
}


@dataclass(frozen=True)
class Seen:
    """A record that was opened. `anybody`: somebody is assigned to it; `mine`: this person, or whom they supervise."""

    client: UUID
    family_name: str
    status: str
    status_since: date
    anybody: bool
    mine: bool


@dataclass(frozen=True)
class Day:
    """What one person opened on one day; `usual`: how many records on each day of the last weeks on which they opened
    any; `in_an_hour`: how many within the last hour, where that is known. `front_desk`: opening records that nobody is
    assigned to is their work."""

    on: date
    family_name: str
    front_desk: bool
    seen: Sequence[Seen]
    usual: Sequence[int] | None = None
    in_an_hour: int = 0


@dataclass(frozen=True)
class Finding:
    """`client` None: about the day as a whole. `looks`: how many records; `usual`: where it is compared."""

    kind: str
    client: UUID | None
    looks: int = 1
    usual: int | None = None


def unusual(day: Day) -> list[Finding]:
    """What of this day is pointed out: once for many, and once for each odd record and reason."""
    return [*_many(day), *(finding for one in day.seen for finding in _odd(one, day))]


def family_name(last_name: str, name: str) -> str:
    """What is compared: the last name, or the last word of the name where it stands alone."""
    return last_name.strip() or (name.split() or [""])[-1]


def same_family(one: str, other: str) -> bool:
    """Whether two family names have a part in common, accents and hyphens aside: Oduya, Oduya-Castellanos."""
    return bool(_parts(one) & _parts(other))


def _many(day: Day) -> list[Finding]:
    count = len({one.client for one in day.seen})
    if day.usual is not None:
        usual = round(median(day.usual)) if day.usual else 0
        if count >= MANY_LEAST and count > MANY_TIMES * usual:
            return [Finding("many", None, count, usual)]
    return [Finding("many", None, day.in_an_hour)] if day.in_an_hour >= MANY_IN_AN_HOUR else []


def _odd(one: Seen, day: Day) -> list[Finding]:
    found = []
    if same_family(one.family_name, day.family_name):
        found.append(Finding("family-name", one.client))
    if one.status == "discharged" and not one.mine and day.on - one.status_since > AFTER_DISCHARGE:
        found.append(Finding("discharged", one.client))
    if one.status == "active" and not one.anybody and not day.front_desk:
        found.append(Finding("unassigned", one.client))
    return found


def _parts(name: str) -> set[str]:
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    return {part for part in plain.replace("-", " ").split() if len(part) > 1}
