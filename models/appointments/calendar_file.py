"""An appointment as a file that calendars read (RFC 5545, 5546): the same entry for ever, told anew at each change.

Times stand in UTC, so that no calendar needs to know a zone's rules; each shows them in its own.
"""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import Literal

from icalendar import Calendar, Event, vCalAddress, vText

from models.appointments.outward import Outward
from models.core.addresses import origin_of
from models.core.clock import now
from models.core.settings import settings

# REQUEST and CANCEL are mailed to one attendee; PUBLISH is what somebody takes out of the portal themselves.
Method = Literal["PUBLISH", "REQUEST", "CANCEL"]
MADE_BY = "-//Portico//Client portal//EN"


def calendar_file(one: Outward, *, attendee: str = "", portal: bool = True) -> str:
    """The file. With the address of an `attendee` it asks them in, or takes it back; without, it only tells. `portal`:
    whether who gets it can open the appointment there."""
    calendar = Calendar()
    calendar.add("prodid", MADE_BY)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method_of(one, attendee))
    calendar.add_component(_entry(one, attendee, portal))
    made: bytes = calendar.to_ical()
    return made.decode()


def method_of(one: Outward, attendee: str) -> Method:
    if not attendee:
        return "PUBLISH"
    return "REQUEST" if one.comes else "CANCEL"


def uid_of(one: Outward) -> str:
    """Of this client's part: who looks after two clients of one appointment keeps the entry of the one who still comes.
    The practice's subdomain may change, the domain of the house stays."""
    return f"{one.id}.{one.attendance_id.hex[-8:]}@{settings().portico_domain}"


def _entry(one: Outward, attendee: str, portal: bool) -> Event:
    url = f"{origin_of(one.subdomain)}{one.path}" if portal else ""
    practice = _one_line(one.practice_name)
    entry = Event()
    entry.add("uid", uid_of(one))
    entry.add("sequence", one.sequence)
    entry.add("dtstamp", now())
    entry.add("dtstart", _whole(one.starts_at))
    entry.add("dtend", _whole(one.ends_at))
    entry.add("summary", f"Appointment with {practice}")
    entry.add("status", "CONFIRMED" if one.comes else "CANCELLED")
    entry.add("class", "PRIVATE")
    entry.add("transp", "OPAQUE" if one.comes else "TRANSPARENT")
    entry.add("location", ", ".join(_one_line(line) for line in _where(one)))
    entry.add("description", "\n".join(filter(None, [f"In the portal: {url}" if url else "", _phone(one)])))
    if url:
        entry.add("url", url)
    entry.add("organizer", _address(parseaddr(settings().mail_from)[1], CN=practice))
    if attendee:
        entry.add("attendee", _address(
            attendee, CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT", PARTSTAT="ACCEPTED", RSVP="FALSE",
        ))
    return entry


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)


def _where(one: Outward) -> list[str]:
    short = {"video": ["By video"], "phone": ["By phone"]}
    return short.get(one.mode) or one.place or [one.practice_name]


def _phone(one: Outward) -> str:
    return f"Call {_one_line(one.practice_name)} at {_one_line(one.phone)}." if one.phone else ""


def _address(email: str, **parameters: str) -> vCalAddress:
    made = vCalAddress(f"mailto:{email}")
    for name, value in parameters.items():
        made.params[name] = vText(value)
    return made


def _one_line(text: str) -> str:
    return " ".join("".join(one if unicodedata.category(one)[0] != "C" else " " for one in text).split())
