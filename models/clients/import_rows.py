"""One row of an imported table: what becomes of it, or what is wrong with it. Pure; today and names come in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from email_validator import EmailNotValidError, validate_email

from models.clients.fields import phone, tidy

YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ].*)?$")
YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})(?:[T ].*)?$")
OLDEST = 130
STATUSES = {
    "active": "active", "current": "active", "yes": "active", "true": "active", "open": "active", "1": "active",
    "prospect": "prospect", "prospective": "prospect", "lead": "prospect", "new": "prospect", "inquiry": "prospect",
    "waitlist": "prospect", "discharged": "discharged", "inactive": "discharged", "archived": "discharged",
    "closed": "discharged", "former": "discharged", "terminated": "discharged", "no": "discharged",
    "false": "discharged", "0": "discharged",
}
KINDS = {
    "minor": "minor", "child": "minor", "adolescent": "minor", "teen": "minor", "yes": "minor", "true": "minor",
    "adult": "adult", "individual": "adult", "no": "adult", "false": "adult",
}
LONGEST = {
    "first_name": 80, "last_name": 80, "preferred_name": 80, "pronouns": 40, "street": 200, "street_2": 200,
    "city": 100, "state": 60, "zip": 20, "referral": 200, "phone": 40,
}


@dataclass(frozen=True)
class Surroundings:
    """What a row is judged by: the practice's day and age of majority, its practitioners by lower-cased name, and
    whether the file's dates lead with the day."""

    today: date
    majority: int
    practitioners: Mapping[str, str]
    day_first: bool = False


@dataclass
class Record:
    """`values` by target, checked; `problems`: sentences that keep the row out until the file is corrected."""

    values: dict[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """As it will stand in the list of clients."""
        first = self.values.get("preferred_name") or self.values.get("first_name") or ""
        return f"{first} {self.values.get('last_name') or ''}".strip()


def record(cells: Mapping[str, str], around: Surroundings) -> Record:
    """`cells` by target. Never raises: whatever is wrong becomes a sentence."""
    made = Record()
    _names(made, cells)
    for target, longest in LONGEST.items():
        text = cells.get(target, "").strip()
        if text and target not in made.values:
            made.values[target] = text
        if len(str(made.values.get(target, ""))) > longest:
            made.problems.append(f"{target.replace('_', ' ').capitalize()} is longer than {longest} letters.")
    _birth_date(made, cells.get("born_on", ""), around)
    _email(made, cells.get("email", ""))
    _phone(made, cells.get("phone", ""))
    _words(made, cells, around)
    _practitioner(made, cells.get("practitioner", ""), around)
    return made


def day_first(cells: Iterable[str]) -> bool:
    """Whether a column of dates leads with the day: some first number is no month, and no second one is a day alone."""
    pairs = [(int(found[1]), int(found[2])) for cell in cells if (found := YEAR_LAST.match(cell.strip()))]
    return any(first > 12 for first, _ in pairs) and not any(second > 12 for _, second in pairs)


def _names(made: Record, cells: Mapping[str, str]) -> None:
    first, last = cells.get("first_name", "").strip(), cells.get("last_name", "").strip()
    whole = " ".join(cells.get("full_name", "").split())
    if whole and not (first or last):
        first, last = _divided(whole)
    if not first and not last:
        made.problems.append("The name is missing.")
    elif not first or not last:
        made.problems.append("The last name is missing." if first else "The first name is missing.")
    made.values |= {"first_name": tidy(first), "last_name": tidy(last)}


def _divided(whole: str) -> tuple[str, str]:
    """`Marsh, Leo` and `Leo Marsh`."""
    last, comma, first = whole.partition(",")
    if comma:
        return first.strip(), last.strip()
    first, _, last = whole.partition(" ")
    return first, last


def _birth_date(made: Record, text: str, around: Surroundings) -> None:
    if not (text := text.strip()):
        return
    found = _dated(text, around)
    if found is None:
        made.problems.append(f"The birth date “{text[:30]}” is no date. Write it as 2011-03-02.")
    elif found > around.today:
        made.problems.append("The birth date lies in the future.")
    elif found.year < around.today.year - OLDEST:
        made.problems.append(f"The birth date lies more than {OLDEST} years back.")
    else:
        made.values["born_on"] = found


def _dated(text: str, around: Surroundings) -> date | None:
    try:
        if found := YEAR_FIRST.match(text):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := YEAR_LAST.match(text):
            first, second, year = int(found[1]), int(found[2]), int(found[3])
            month, day = (second, first) if around.day_first or first > 12 else (first, second)
            return date(year if year > 99 else _century(year, around.today), month, day)
    except ValueError:
        return None
    return None


def _century(year: int, today: date) -> int:
    """Of two digits: nobody is born in a year to come."""
    return 2000 + year if 2000 + year <= today.year else 1900 + year


def _email(made: Record, text: str) -> None:
    if not (text := text.strip()):
        return
    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
        made.values["email"] = found.normalized.lower()
    except EmailNotValidError:
        made.problems.append(f"“{text[:60]}” is no e-mail address.")


def _phone(made: Record, text: str) -> None:
    digits = sum(letter.isdigit() for letter in text)
    if text.strip() and not 7 <= digits <= 15:
        made.problems.append(f"“{text.strip()[:30]}” is no phone number.")
    with suppress(ValueError):  # kept as it stands where it is written in a way of its own
        made.values |= {"phone": phone(text)} if text.strip() else {}


def _words(made: Record, cells: Mapping[str, str], around: Surroundings) -> None:
    status, kind = cells.get("status", "").strip().lower(), cells.get("kind", "").strip().lower()
    if status and status not in STATUSES:
        made.problems.append(f"The status “{status[:30]}” is not known. Use prospect, active or discharged.")
    made.values["status"] = STATUSES.get(status, "active")
    born_on = made.values.get("born_on")
    young = isinstance(born_on, date) and _years(born_on, around.today) < around.majority
    made.values["kind"] = KINDS.get(kind) or ("minor" if young else "adult")
    tags = [" ".join(one.split())[:40] for one in re.split(r"[;,]", cells.get("tags", ""))]
    made.values["tags"] = list(dict.fromkeys(one for one in tags if one))[:20]


def _years(born_on: date, on: date) -> int:
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def _practitioner(made: Record, text: str, around: Surroundings) -> None:
    if not (wanted := " ".join(text.split()).lower()):
        return
    last, comma, first = wanted.partition(",")
    spelled = f"{first.strip()} {last.strip()}" if comma else wanted
    found = around.practitioners.get(spelled)
    if found is None:
        made.problems.append(f"Nobody on the staff is called “{text.strip()[:60]}”.")
    else:
        made.values["practitioner"] = found


def twins_within(records: Sequence[Record]) -> dict[int, int]:
    """Rows that name a person a second time in the same file: place → place of the first. By e-mail, else by name and
    birth date; two people without a birth date may share a name."""
    first: dict[tuple[object, ...], int] = {}
    found: dict[int, int] = {}
    for place, one in enumerate(records):
        for identity in identities(one):
            if identity in first:
                found.setdefault(place, first[identity])
            first.setdefault(identity, place)
    return found


def identities(one: Record) -> list[tuple[object, ...]]:
    """What tells that two records are the same person; accents and capitals of a name do not."""
    born_on, email = one.values.get("born_on"), one.values.get("email")
    legal = folded(f"{one.values.get('first_name')} {one.values.get('last_name')}")
    return [*([("email", email)] if email else []), *([("born", legal, born_on)] if born_on else [])]


def folded(words: str) -> str:
    """The spelling by which names are compared, as portico_fold() makes it in the database."""
    plain = ACCENTS.sub("", unicodedata.normalize("NFD", words)).translate(ALONE).lower()
    for letter, spelled in LIGATURES:
        plain = plain.replace(letter, spelled)
    return plain


ACCENTS = re.compile("[\u0300-\u036f]")
ALONE = str.maketrans("øØłŁđĐðÐıİ", "oOlLdDdDii")
LIGATURES = (("ß", "ss"), ("æ", "ae"), ("œ", "oe"))
