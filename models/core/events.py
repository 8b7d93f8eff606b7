"""What happened: the audit line, the outbox and the replay log at once.

An event type is declared once, with the audiences it may ever have and the fields its data may ever hold. `parts`
are what different people hear of it: each part names its audiences, the ids they may know and the data their
screens need at once. Data holds only facts of rows that the same transaction wrote.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, ClassVar
from uuid import UUID

import orjson


@dataclass(frozen=True)
class Audience:
    """Whom a part is for. `kind` orders precedence: a socket in several hears the first (see ORDER)."""

    kind: ClassVar[str] = ""
    id: UUID | None = None


@dataclass(frozen=True)
class ToLogin(Audience):
    """Every session of one login, on both sides: only what is about the login itself."""

    kind: ClassVar[str] = "login"


@dataclass(frozen=True)
class ToDesk(Audience):
    """The desk sessions of one login. A note for staff goes here: the same login may be a client elsewhere."""

    kind: ClassVar[str] = "desk"


@dataclass(frozen=True)
class ToAccess(Audience):
    """One portal access; the part's ids must carry `client`."""

    kind: ClassVar[str] = "access"


@dataclass(frozen=True)
class ToStaffOf(Audience):
    """Staff with access to one client (the id)."""

    kind: ClassVar[str] = "staff-of"


@dataclass(frozen=True)
class ToStaffAllClients(Audience):
    kind: ClassVar[str] = "staff-all-clients"


@dataclass(frozen=True)
class ToFrontDesk(Audience):
    kind: ClassVar[str] = "front-desk"


@dataclass(frozen=True)
class ToStaff(Audience):
    kind: ClassVar[str] = "staff"


@dataclass(frozen=True)
class ToPublic(Audience):
    """Visitors of the booking page: free or taken, never the id of a person."""

    kind: ClassVar[str] = "public"


ORDER = ("login", "desk", "access", "staff-of", "staff-all-clients", "front-desk", "staff", "public")
DESK_ONLY = frozenset({"desk", "staff-of", "staff-all-clients", "front-desk", "staff"})


@dataclass(frozen=True)
class EventType:
    """A kind of event. `audiences`: the kinds it may have; `ids`, `data`: the only fields its parts may hold.

    `public`: those of them that a visitor who is not signed in may hear; a guard holds that no person is among them.
    `erases`: the subject's earlier data is deleted by the same change and must not be replayed from any memory.
    """

    name: str
    audiences: frozenset[str]
    ids: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()
    why: str = ""
    erases: bool = False

    def __post_init__(self) -> None:
        if self.name in REGISTRY:
            raise ValueError(f"the event type {self.name} is declared twice")
        REGISTRY[self.name] = self


REGISTRY: dict[str, EventType] = {}


def event_type(
    name: str, *, audiences: str, ids: str = "", data: str = "", public: str = "", why: str = "", erases: bool = False
) -> EventType:
    """Declare an event type; the fields are given as words. `why` says why data travels on the wire."""
    kinds, known, told, seen = (frozenset(given.split()) for given in (audiences, ids, data, public))
    return EventType(name, kinds, known, told, seen, why, erases)


@dataclass(frozen=True)
class Part:
    rooms: Sequence[Audience]
    ids: Mapping[str, Any] = field(default_factory=dict)
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Event:
    type: EventType
    at: datetime
    parts: Sequence[Part]
    subject_id: UUID | None = None
    rights_of: Sequence[UUID] = ()
    login_id: UUID | None = None
    side: str | None = None

    def __post_init__(self) -> None:
        for part in self.parts:
            _check(self.type, part)

    def row(self, *, device: str = "", address: str = "") -> dict[str, Any]:
        """The shape append_events takes; with where the person was who asked for it, if anybody did."""
        parts = [_part_row(part) for part in self.parts]
        return {
            "type": self.type.name,
            "subject": self.subject_id,
            "ids": {key: value for part in self.parts for key, value in part.ids.items()},
            "audience": sorted({f"{a.kind}:{a.id}" for part in self.parts for a in part.rooms}),
            "rights": list(self.rights_of) or None,
            "login": self.login_id,
            "side": self.side,
            "at": self.at.isoformat(),
            **({"device": device, "address": address} if device or address else {}),
            "digest": sha256(orjson.dumps(parts, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest(),
            "parts": parts,
        }


def _part_row(part: Part) -> dict[str, Any]:
    rooms = [[audience.kind, audience.id] for audience in part.rooms]
    return {"rooms": rooms, "ids": dict(part.ids), "data": None if part.data is None else dict(part.data)}


def _check(kind: EventType, part: Part) -> None:
    for audience in part.rooms:
        if audience.kind not in kind.audiences:
            raise ValueError(f"{kind.name} must never reach {audience.kind}")
        if audience.kind == "access" and "client" not in part.ids and kind.ids:
            raise ValueError(f"{kind.name} to an access must say which client it is about")
        if audience.kind == "public" and not {*part.ids, *(part.data or {})} <= kind.public:
            raise ValueError(f"{kind.name} tells the public more than it declares")
    unknown = (set(part.ids) - kind.ids) | (set(part.data or {}) - kind.data)
    if unknown:
        raise ValueError(f"{kind.name} does not declare {', '.join(sorted(unknown))}")
