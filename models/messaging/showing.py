"""The pure part of views: people, titles, snippets, ticks; data in, dicts out, no database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from models.messaging.looking import Looks
from models.messaging.seated import Seated, Viewer
from models.messaging.views import About, ConversationLine, Person, PersonKind, Presence, Reader, Ticks

PHOTO = "image/"


def person(seat: Seated, looks: Looks) -> Person:
    """Somebody in a conversation as this viewer may know them."""
    desk = not looks.portal
    return {
        "id": seat.id,
        "name": seat.name,
        "first": seat.name if seat.kind == "front-desk" else first_name(seat.name),
        "initials": initials(seat.name),
        "voice": seat.voice if seat.kind == "staff" else "",
        "kind": kind_of(seat),
        "relation": relation(seat),
        "you": looks.viewer.holds(seat) and seat.kind != "front-desk",
        "left": not seat.open,
        "covers_for": seat.covers_name or "",
        "staff": seat.staff_id if desk else None,
        "access": seat.access_id if desk else None,
        "presence": presence(seat, looks),
        "online": None,
    }


def kind_of(seat: Seated) -> PersonKind:
    if seat.kind == "access":
        return "contact" if seat.contact_id else "client"
    return "staff" if seat.kind == "staff" else "front-desk"


def relation(seat: Seated) -> str:
    """The words under a name. A contact is always named with the child it stands for."""
    if seat.kind == "access":
        return f"{(seat.relation or 'contact').capitalize()} of {seat.client_name}" if seat.contact_id else "Client"
    return seat.title or ("Practice" if seat.kind == "front-desk" else "")


def presence(seat: Seated, looks: Looks) -> Presence | None:
    """Staff see who is online; a portal person sees staff only, and only when the practice lets it."""
    if seat.kind == "front-desk" or not seat.open or looks.viewer.holds(seat):
        return None
    if seat.kind == "staff" and seat.login_id is not None and (not looks.portal or looks.sees_online):
        return {"kind": "login", "id": seat.login_id}
    if seat.access_id is not None and not looks.portal:
        return {"kind": "access", "id": seat.access_id}
    return None


def title(seats: Iterable[Seated], viewer: Viewer) -> str:
    """Who the others are."""
    others = [seat.name for seat in seats if not viewer.holds(seat)]
    return ", ".join(others) or "You"


def about(client_id: UUID | None, name: str | None, *, show: bool) -> About | None:
    return None if client_id is None else {"client": client_id, "name": name or "", "show": show}


def names_the_client(seats: Sequence[Seated], looks: Looks) -> bool:
    """Whether it must be said whom this is about: not when the client is plainly the one in it."""
    if looks.portal:
        return looks.acts_for_others
    return not any(seat.kind == "access" and not seat.contact_id for seat in seats)


def snippet(body: str, types: Sequence[str], *, deleted: bool, said: bool) -> str:
    """The latest message in one row."""
    if not said:
        return "No messages yet"
    if deleted:
        return "Message deleted"
    words = " ".join(body.split())[:160]
    if words or not types:
        return words
    if len(types) > 1:
        return f"{len(types)} files"
    return "Photo" if types[0].startswith(PHOTO) else "File"


def ticks(position: int, seats: Sequence[Seated], shown: Sequence[Seated], times: dict[UUID, datetime]) -> Ticks:
    """What is known of an own message: `seats` are the others, `shown` those whose reading the viewer may see."""
    there = [seat for seat in seats if seat.sees(position)]
    read = [seat for seat in there if seat in shown and seat.read_position >= position]
    readers: list[Reader] = [{"id": seat.id, "name": seat.name, "at": times.get(seat.id)} for seat in read]
    readers.sort(key=lambda one: (one["at"] is None, one["at"]))
    waiting = [seat.name for seat in there if seat not in read and seat.open]
    if readers:
        return {"state": "read", "at": readers[0]["at"], "readers": readers, "waiting": waiting}
    reached = [seat for seat in there if seat.delivered_position >= position]
    exact = [seat.delivered_at for seat in reached if seat.delivered_position == position]
    return {"state": "delivered" if reached else "sent", "at": exact[0] if exact else None, "readers": [],
            "waiting": waiting}


def first_name(name: str) -> str:
    return name.split()[0] if name.split() else name


def initials(name: str) -> str:
    """`Wilhelmina Oduya-Castellanos` → `WO`."""
    words = [word for word in name.split() if word[:1].isalpha()] or name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words[:1])).upper()


def with_presence(people: Iterable[Person], online: frozenset[str]) -> None:
    """Fill in who is online, from `models.core.presence.online`: only for whom this viewer may see it."""
    for one in people:
        if one["presence"] is not None:
            one["online"] = f"{one['presence']['kind']}:{one['presence']['id']}" in online


def all_people(lines: Iterable[ConversationLine]) -> list[Person]:
    return [one for line in lines for one in line["people"]]
