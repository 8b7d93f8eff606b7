"""How the state of an entry is said: an icon and a word, the same on the calendar, in its panel and on Today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.appointments.entries import Entry


@dataclass(frozen=True, slots=True)
class State:
    words: str
    icon: str
    tone: str = ""


STATES: Mapping[str, State] = {
    "busy": State("Busy", "lock"),
    "held": State("Being chosen", "clock-3"),
    "requested": State("Asked for", "hourglass", "warn"),
    "proposed": State("Proposed", "send", "warn"),
    "scheduled": State("Scheduled", "calendar-days"),
    "confirmed": State("Confirmed", "circle-check", "ok"),
    "unconfirmed": State("Not confirmed", "mail"),
    "undelivered": State("Reminder undelivered", "mail-x", "warn"),
    "attended": State("Attended", "check"),
    "no-show": State("Did not come", "user-x", "danger"),
    "needs-outcome": State("Needs outcome", "circle-dashed", "warn"),
    "cancelled": State("Cancelled", "circle-x"),
    "late-cancelled": State("Cancelled late", "circle-x", "danger"),
}
OVER_ANOTHER = State("Over another, on purpose", "copy", "warn")
ATTENDANCES: Mapping[str, State] = {
    "booked": State("Comes", "calendar-days"),
    **{one: STATES[one] for one in ("cancelled", "late-cancelled", "attended", "no-show")},
}
MODES: Mapping[str, State] = {
    "in-person": State("In person", "map-pin"),
    "phone": State("By phone", "phone"),
    "video": State("Telehealth", "video"),
}


def title_of(entry: Entry) -> str:
    """Who comes; where nobody may be named, what stands there."""
    names = [one.name for one in entry.people]
    if entry.status in ("busy", "held"):
        return STATES[entry.status].words
    if not names:
        return entry.service or "Appointment"
    more = entry.others + max(0, len(names) - 3)
    return " and ".join([", ".join(names[:3]), *([f"{more} more"] if more else [])]) if more else _joined(names)


def _joined(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]


def where_of(entry: Entry) -> str:
    """Room or location, or the way to meet."""
    if entry.mode == "in-person":
        return entry.room or entry.location or MODES["in-person"].words
    return MODES[entry.mode].words if entry.mode else ""


def minutes_of(entry: Entry) -> int:
    return int((entry.ends_at - entry.starts_at).total_seconds() // 60)


def span(starts_at: datetime, ends_at: datetime) -> str:
    """"2:30 to 3:20 PM", in the zone of the given moments."""
    first = f"{starts_at:%-I:%M}" if f"{starts_at:%p}" == f"{ends_at:%p}" else f"{starts_at:%-I:%M %p}"
    return f"{first} to {ends_at:%-I:%M %p}"
