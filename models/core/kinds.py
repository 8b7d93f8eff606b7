"""The kinds of person that may stand before a door or be heard in an ask. Both doors share these words."""

from __future__ import annotations

from enum import StrEnum

from models.core.actor import Actor


class Kind(StrEnum):
    VISITOR = "visitor"
    PORTAL = "portal"
    STAFF = "staff"
    ADMINISTRATOR = "administrator"


ANYONE = frozenset(Kind)
PORTAL = frozenset({Kind.PORTAL})
STAFF = frozenset({Kind.STAFF, Kind.ADMINISTRATOR})
ADMINISTRATOR = frozenset({Kind.ADMINISTRATOR})
SIGNED_IN = PORTAL | STAFF


def kind_of(actor: Actor | None) -> Kind:
    if actor is None:
        return Kind.VISITOR
    if actor.portal:
        return Kind.PORTAL
    return Kind.ADMINISTRATOR if actor.administrator else Kind.STAFF
