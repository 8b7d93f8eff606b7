"""The only way to add a route. A door states whom it allows, parses, finds for the actor, calls one verb, answers.

Nobody enters by default: `allow` has no default value, and a door without one is a TypeError at import.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from models.core.errors import Refusal
from models.core.kinds import ADMINISTRATOR, ANYONE, PORTAL, SIGNED_IN, STAFF, Kind, kind_of
from models.core.payload import Payload

__all__ = [
    "ADMINISTRATOR",
    "ANYONE",
    "DOORS",
    "PORTAL",
    "REFUSAL_PAGES",
    "SIGNED_IN",
    "STAFF",
    "Answer",
    "Done",
    "Door",
    "Instead",
    "Kind",
    "Page",
    "Raw",
    "See",
    "again_with",
    "get",
    "kind_of",
    "on_refusal",
    "post",
    "upload",
]


VIEW = "/staff/view-as"


@dataclass(frozen=True)
class Page:
    """HTML from a template, or `json` when asked for JSON (None: the door has no JSON form of its own)."""

    template: str
    json: Mapping[str, Any] | None = None
    status: int = 200
    context: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def __init__(
        self,
        template: str,
        *,
        json: Mapping[str, Any] | None = None,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **context: Any,
    ) -> None:
        for name, value in {
            "template": template,
            "json": json,
            "status": status,
            "context": context,
            "headers": headers or {},
        }.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class See:
    """Go and look there: 303 for a page; JSON callers get `{"see": location}`."""

    location: str
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """A change was made. JSON callers get `data` (and `seq`), a page is sent to `see`."""

    data: Mapping[str, Any] = field(default_factory=dict)
    see: str | None = None
    status: int = 200
    cookies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Raw:
    """Bytes as they are: a file, a style sheet. `body` may be an async iterator."""

    body: Any
    type: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


Answer = Page | See | Done | Raw
Handler = Callable[..., Awaitable[Answer]]
Again = Callable[..., Awaitable[Page]]
Instead = Callable[..., Awaitable[Page | See]]


@dataclass(frozen=True)
class Door:
    """One route. `streams`: the body is not read for it; it opens its own scope (of `practice`) after streaming.
    `feature`: shut for a portal person who has this feature of the portal switched off. `bare`: it stands at the bare
    domain alone, and no other door with a practice does. `step_up`: opens for who
    proved to be the login's within ten minutes. `while_unready`: also for staff whose practice requires a second factor
    that they have not. `anywhere`: it answers at a former address of the practice too, where all others lead over.
    `client_side`: visitors pass it, but not while the portal is turned off. `unchosen`: a portal door that needs nobody
    to act for: its short path is also for who has several and is on a page of none of them."""

    method: str
    path: str
    allow: frozenset[Kind]
    handler: Handler
    body: type[Payload] | None = None
    query: type[Payload] | None = None
    key: str | None = None
    again: Again | None = None
    feature: str | None = None
    portal: bool = False
    practice: bool = True
    bare: bool = False
    streams: bool = False
    while_locked: bool = False
    while_unready: bool = False
    step_up: bool = False
    cross_site: bool = False
    development: bool = False
    anywhere: bool = False
    client_side: bool = False
    unchosen: bool = False

    @property
    def area(self) -> str:
        return self.handler.__module__.rpartition(".")[2]

    @property
    def name(self) -> str:
        return f"{self.area}.{self.handler.__name__}"

    @property
    def paths(self) -> tuple[str, ...]:
        """A portal door stands three times: short, under the client that is acted for, and under a view of staff, who
        see it through one person's eyes and can only read (models/clients/viewing.py)."""
        if not self.portal:
            return (self.path,)
        return (self.path, f"/for/<uuid:for_client>{self.path}", f"{VIEW}/<uuid:as_access>{self.path}")


DOORS: list[Door] = []

# Refusals that a person answers on a page of its own, by code: whom is this about, unlock this desk.
REFUSAL_PAGES: dict[str, Instead] = {}


def on_refusal(code: str) -> Callable[[Instead], Instead]:
    """The handler draws the page for this refusal, for whoever holds the session, also while it is locked; or says
    where to go instead."""

    def add(handler: Instead) -> Instead:
        REFUSAL_PAGES[code] = handler
        return handler

    return add


def get(path: str, *, allow: frozenset[Kind], **options: Any) -> Callable[[Handler], Handler]:
    """A door that only reads. `query`: a payload class for the query string."""
    return _door("GET", path, allow, options)


def post(path: str, *, allow: frozenset[Kind], **options: Any) -> Callable[[Handler], Handler]:
    """A door that changes, or is asked for what must not stand in an address (a name, words).

    `body`: its payload class; `key`: its name for idempotency keys; `again`: draws the form again
    (`again(actor, refusal=…, values=…)`) when a page's input was refused, so that nothing typed is lost.
    """
    return _door("POST", path, allow, options)


def upload(path: str, *, allow: frozenset[Kind], **options: Any) -> Callable[[Handler], Handler]:
    """A door whose body streams: handler(actor, stream, headers) runs outside any scope and opens its own.

    `again` draws the form again when what a page sent was refused.
    """
    return _door("POST", path, allow, {**options, "streams": True})


def again_with(refusal: Refusal, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a form template needs to show a refusal: `errors` by field, `refusal` the sentence, `values` as typed."""
    kept = {name: value for name, value in values.items() if "password" not in name}
    return {"errors": refusal.errors, "refusal": None if refusal.errors else refusal.detail, "values": kept}


def _door(method: str, path: str, allow: frozenset[Kind], options: dict[str, Any]) -> Callable[[Handler], Handler]:
    if not allow:
        raise TypeError(f"{path} allows nobody: say whom")
    # What administrators alone change, an unattended desk must not: settings, the team, the audit log.
    options.setdefault("step_up", method == "POST" and allow == ADMINISTRATOR)

    def add(handler: Handler) -> Handler:
        DOORS.append(Door(method=method, path=path, allow=allow, handler=handler, **options))
        return handler

    return add
