"""What a column of an imported table may mean, and a first guess by its heading. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """Where a column's cells go. `words`: headings of other programs that mean it, in letters and digits alone."""

    key: str
    title: str
    words: frozenset[str]


def _target(key: str, title: str, *words: str) -> Target:
    return Target(key, title, frozenset({_bare(title), *map(_bare, words)}))


def _bare(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]", "", plain)


TARGETS: dict[str, Target] = {
    one.key: one
    for one in (
        _target("first_name", "First name", "first", "given name", "legal first name", "client first name", "fname"),
        _target("last_name", "Last name", "last", "surname", "family name", "legal last name", "client last name",
                "lname"),
        _target("full_name", "Full name", "name", "client", "client name", "display name"),
        _target("preferred_name", "Preferred name", "nickname", "goes by", "chosen name", "preferred first name"),
        _target("pronouns", "Pronouns", "gender pronouns"),
        _target("born_on", "Birth date", "date of birth", "dob", "birthday", "birthdate"),
        _target("email", "E-mail", "email address", "e-mail address", "primary email", "client email", "mail"),
        _target("phone", "Phone", "phone number", "mobile", "mobile phone", "cell", "cell phone", "primary phone",
                "telephone", "home phone"),
        _target("street", "Street", "address", "address 1", "address line 1", "street address", "street 1"),
        _target("street_2", "Street, second line", "address 2", "address line 2", "apt", "unit", "street 2"),
        _target("city", "City", "town"),
        _target("state", "State", "province", "region", "state or province"),
        _target("zip", "ZIP code", "zip", "postal code", "postcode", "zipcode"),
        _target("status", "Status", "client status", "active"),
        _target("kind", "Adult or minor", "client type", "minor", "type"),
        _target("tags", "Tags", "labels", "groups"),
        _target("practitioner", "Practitioner", "clinician", "therapist", "assigned clinician", "primary clinician",
                "assigned practitioner", "counselor", "primary therapist"),
        _target("referral", "Referred by", "referral source", "referral", "how did you hear about us"),
    )
}
LEFT_OUT = ""


def guess(headings: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """A target for each heading, or LEFT_OUT: as this practice mapped it last, else by its words. No target twice."""
    taken: set[str] = set()
    chosen: dict[str, str] = {}
    for heading in headings:
        target = remembered.get(_bare(heading)) if _bare(heading) else LEFT_OUT
        target = _by_words(heading) if target is None else target
        chosen[heading] = target if target in TARGETS and target not in taken else LEFT_OUT
        taken.add(chosen[heading])
    return chosen


def faults(chosen: Mapping[str, str]) -> list[str]:
    """What is wrong with a mapping, in sentences; empty when rows can be read by it."""
    used = [target for target in chosen.values() if target != LEFT_OUT]
    twice = {target for target in used if used.count(target) > 1}
    told = [f"Two columns are both {TARGETS[target].title}. Choose one of them." for target in sorted(twice)]
    named = {"first_name", "last_name"} <= set(used) or "full_name" in used
    if not named:
        told.append("Say which columns hold the first and the last name, or the full name.")
    return told


def to_remember(chosen: Mapping[str, str]) -> dict[str, str]:
    """The mapping by the bare words of its headings: the next file may spell them a little differently."""
    return {_bare(heading): target for heading, target in chosen.items() if _bare(heading)}


def _by_words(heading: str) -> str:
    bare = _bare(heading)
    return next((target.key for target in TARGETS.values() if bare in target.words), LEFT_OUT)
