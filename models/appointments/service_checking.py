"""A service as somebody wants it, and what would be wrong with it. Pure: the same faults by form and by JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from models.accounts.details import plain_lines
from models.appointments.policy import hours_faults
from models.core.errors import Invalid

KINDS = ("individual", "couple", "family", "group")
MODES = ("in-person", "phone", "video")
COLOURS = ("a", "b", "c", "d", "e", "f", "g", "h")
QUESTION_KINDS = ("text", "long", "choice", "yes-no")
MOST_LENGTHS, MOST_QUESTIONS, MOST_CHOICES = 12, 20, 20
SHORTEST, LONGEST, LONGEST_CHOICE = 5, 720, 200

Question = Mapping[str, Any]


@dataclass(frozen=True)
class Length:
    """`fee_cents` None: no fee is named."""

    minutes: int
    fee_cents: int | None = None


@dataclass(frozen=True)
class Wanted:
    """As a form says it; fees in cents, None: the practice's. A question: id (kept when it is changed), label, kind,
    choices, required (answers.py reads them)."""

    name: str
    description: str = ""
    kind: str = "individual"
    capacity: int | None = None
    colour: str = "a"
    code: str = ""
    modes: Sequence[str] = ("in-person",)
    video_link: str = ""
    buffer_before: int = 0
    buffer_after: int = 0
    bookable: str = "nobody"
    confirm: str = "request"
    instant_beyond_days: int | None = None
    questions: Sequence[Question] = ()
    late_fee_cents: int | None = None
    no_show_fee_cents: int | None = None
    own_policy: bool = False
    sessions_only: bool = False
    late_hours: int | None = None
    closed_hours: int | None = None
    lengths: Sequence[Length] = ()
    staff: Sequence[UUID] = ()


def checked(wanted: Wanted) -> dict[str, Any]:
    """The columns of the service. Raises Invalid with a sentence per field; a fault of the second length stands under
    `length_1`, of the first question under `question_0`."""
    wrong: dict[str, list[str]] = {}
    name = " ".join(wanted.name.split())
    if not name:
        wrong["name"] = ["Give it a name by which clients know it."]
    _check_lengths(wanted.lengths, wrong)
    _check_choices(wanted, wrong)
    questions = _questions(wanted.questions, wrong)
    if wrong:
        raise Invalid(errors=wrong)
    own = wanted.own_policy
    return {
        "name": name, "description": plain_lines(wanted.description), "kind": wanted.kind,
        "capacity": _capacity(wanted), "colour": wanted.colour, "code": " ".join(wanted.code.split()),
        "modes": [one for one in MODES if one in wanted.modes],
        "video_link": wanted.video_link.strip() if "video" in wanted.modes else "",
        "buffer_before": wanted.buffer_before, "buffer_after": wanted.buffer_after, "bookable": wanted.bookable,
        "confirm": wanted.confirm, "questions": questions,
        "instant_beyond_days": wanted.instant_beyond_days if wanted.confirm == "instant-beyond" else None,
        "late_fee_cents": wanted.late_fee_cents, "no_show_fee_cents": wanted.no_show_fee_cents, "own_policy": own,
        "sessions_only": wanted.sessions_only and wanted.kind == "group",
        "late_hours": wanted.late_hours if own else None, "closed_hours": wanted.closed_hours if own else None,
    }


def secure_link(text: str) -> bool:
    """Whether a pasted link is one that a browser opens over https, without a name or password inside."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname
        _ = parts.port
    except ValueError:
        return False
    return (parts.scheme == "https" and bool(host) and "." in str(host) and parts.username is None
            and len(text) <= 500 and text.isprintable() and " " not in text)


def _check_lengths(lengths: Sequence[Length], wrong: dict[str, list[str]]) -> None:
    if not lengths:
        wrong["lengths"] = ["Name at least one length, in minutes."]
    if len(lengths) > MOST_LENGTHS:
        wrong["lengths"] = [f"{MOST_LENGTHS} lengths are the most there can be."]
    for place, one in enumerate(lengths):
        if not SHORTEST <= one.minutes <= LONGEST:
            wrong[f"length_{place}"] = ["Use 5 to 720 minutes."]
        elif one.minutes in [before.minutes for before in lengths[:place]]:
            wrong[f"length_{place}"] = [f"{one.minutes} minutes stand there twice."]


def _check_choices(wanted: Wanted, wrong: dict[str, list[str]]) -> None:
    if not wanted.modes:
        wrong["modes"] = ["Choose at least one way to meet."]
    if "video" in wanted.modes and wanted.video_link.strip() and not secure_link(wanted.video_link):
        wrong["video_link"] = ["Paste the whole link. It begins with https://"]
    if wanted.kind in ("family", "group") and wanted.capacity is not None and not 2 <= wanted.capacity <= 100:
        wrong["capacity"] = ["Use 2 to 100 people."]
    if wanted.kind == "group" and wanted.capacity is None:
        wrong["capacity"] = ["Say how many people have a place."]
    if wanted.kind == "group" and wanted.sessions_only and wanted.bookable != "nobody" and wanted.confirm == "request":
        wrong["confirm"] = ["Places of a group are booked at once. Choose that, or let clients open groups."]
    for name in ("buffer_before", "buffer_after"):
        if not 0 <= getattr(wanted, name) <= 240:
            wrong[name] = ["Use 0 to 240 minutes."]
    if wanted.confirm == "instant-beyond" and not 1 <= (wanted.instant_beyond_days or 0) <= 365:
        wrong["instant_beyond_days"] = ["Use 1 to 365 days."]
    if wanted.own_policy:
        wrong |= hours_faults(wanted.late_hours, wanted.closed_hours)


def _capacity(wanted: Wanted) -> int:
    return {"individual": 1, "couple": 2, "family": wanted.capacity or 6}.get(wanted.kind, wanted.capacity or 2)


def _questions(given: Sequence[Question], wrong: dict[str, list[str]]) -> list[dict[str, Any]]:
    if len(given) > MOST_QUESTIONS:
        wrong["questions"] = [f"{MOST_QUESTIONS} questions are the most there can be."]
    made = []
    for place, one in enumerate(given):
        choices = list(dict.fromkeys(" ".join(choice.split()) for choice in one.get("choices", ()) if choice.strip()))
        label = " ".join(str(one["label"]).split())
        if not label:
            wrong[f"question_{place}"] = ["Write the question."]
        elif one["kind"] == "choice" and not 2 <= len(choices) <= MOST_CHOICES:
            wrong[f"question_{place}"] = [f"Write 2 to {MOST_CHOICES} choices, one on a line."]
        elif any(len(choice) > LONGEST_CHOICE for choice in choices):
            wrong[f"question_{place}"] = [f"A choice has at most {LONGEST_CHOICE} characters."]
        made.append({
            "id": str(one.get("id") or uuid4()), "label": label, "kind": one["kind"],
            "choices": choices if one["kind"] == "choice" else [], "required": bool(one.get("required")),
        })
    return made
