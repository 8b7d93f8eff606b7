"""What a text holds that may become forms: one Questionnaire, or a Bundle of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.core.errors import Invalid, Refusal
from models.documents import questionnaires
from models.documents.items import Item, Questionnaire
from models.documents.texts import MOST_BUNDLE, MOST_TEXT, parsed, written

HOUSE = "https://portico.example/fhir/StructureDefinition/"
KIND, GUARDIAN = HOUSE + "form-kind", HOUSE + "guardian-signs"
MOST_IN_BUNDLE = 300


@dataclass(frozen=True)
class Candidate:
    """`source`: the Questionnaire's own text; `found`: as the house reads it, or None with the `fault` that keeps it
    out. `kind`: what it says of itself, else what it looks like; `guardian_signs`: as it left another library."""

    source: str
    title: str
    url: str = ""
    kind: str = "questionnaire"
    guardian_signs: bool = False
    found: Questionnaire | None = None
    fault: str = ""


def candidates(text: str) -> list[Candidate]:
    """All that is in the text. A Questionnaire alone comes as it is spelled, letter by letter.

    Raises Invalid with a sentence that says where: for what is no JSON, no Questionnaire and no Bundle, for a single
    Questionnaire that cannot be read, and for a Bundle without any.
    """
    resource = parsed(text, most=MOST_BUNDLE)
    if resource.get("resourceType") == "Bundle":
        return _of_bundle(resource)
    one = _candidate(resource, text)
    if one.found is None:
        raise Invalid("invalid-form", one.fault)
    return [one]


def questions_in(items: tuple[Item, ...]) -> int:
    """How many of them, however deep, ask something."""
    asking = [one.type not in ("group", "display") and not one.calculated and not one.hidden for one in items]
    return sum(asking) + sum(questions_in(one.items) for one in items)


def title_in(resource: Mapping[str, Any]) -> str:
    """What a Questionnaire calls itself, on one line; empty where it has no title."""
    title = resource.get("title")
    return " ".join(title.split())[:200] if isinstance(title, str) else ""


def _of_bundle(bundle: Mapping[str, Any]) -> list[Candidate]:
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        raise Invalid("invalid-form", "This Bundle is empty: it has no entries.")
    if len(entries) > MOST_IN_BUNDLE:
        raise Invalid("invalid-form", f"This Bundle has more than {MOST_IN_BUNDLE} entries. Split it into several.")
    return [_of_entry(one, place) for place, one in enumerate(entries, 1)]


def _of_entry(entry: Any, place: int) -> Candidate:
    resource = entry.get("resource") if isinstance(entry, Mapping) else None
    if not isinstance(resource, Mapping):
        return Candidate("", f"Entry {place}", fault="There is no resource in this entry.")
    made = _candidate(resource, written(resource), called=f"Entry {place}")
    said = {one.get("url"): one for one in entry.get("extension") or [] if isinstance(one, Mapping)}
    kind = said.get(KIND, {}).get("valueCode")
    guardian = said.get(GUARDIAN, {}).get("valueBoolean") is True
    kind = kind if kind in ("consent", "intake", "assessment", "questionnaire") else made.kind
    return Candidate(made.source, made.title, made.url, kind, guardian, made.found, made.fault)


def _candidate(resource: Mapping[str, Any], text: str, called: str = "") -> Candidate:
    title = title_in(resource) or called
    if len(text) > MOST_TEXT:
        return Candidate("", title, fault=f"This form is larger than {MOST_TEXT // 1_000_000} MB.")
    try:
        found = questionnaires.read(resource)
    except Refusal as refusal:
        return Candidate("", title, fault=_sentence(refusal))
    return Candidate(text, title or found.title, found.url[:1000], _looks_like(found), False, found)


def _looks_like(found: Questionnaire) -> str:
    return "assessment" if found.scales else "consent" if found.signs else "questionnaire"


def _sentence(refusal: Refusal) -> str:
    return " ".join(text for texts in refusal.errors.values() for text in texts) or refusal.detail
