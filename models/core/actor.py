"""Who asks: a login, on one side, with the access of this request. Verbs take it first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from models.core.errors import Conflict, Forbidden, missing

READ_ONLY = "Care has ended here, so this portal can only be read{until}. Call the practice if something is open."
# What concerns a person's own login, or only says that something was read, changes nothing of the client's.
OWN_AFFAIRS = ("session.", "login.", "account.", "preferences.", "conversation.read", "conversation.delivered")


class Side(StrEnum):
    DESK = "desk"
    PORTAL = "portal"


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    PRACTITIONER = "practitioner"
    SUPERVISOR = "supervisor"
    SCHEDULER = "scheduler"
    BILLER = "biller"


@dataclass(frozen=True)
class AccessOf:
    """One login's view of one client: the client's own (`contact_id` None) or a contact's.

    `features`: those of the portal that the practice has on and nobody switched off for this access. `read_only`: the
    client was discharged; the portal may be looked at to the end of the day `read_until`. `formerly`: records that were
    merged into the client's, whose addresses go on meaning this access.
    """

    access_id: UUID
    client_id: UUID
    client_name: str
    contact_id: UUID | None = None
    relation: str = "self"
    permissions: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()
    read_only: bool = False
    read_until: date | None = None
    formerly: frozenset[UUID] = frozenset()

    @property
    def messaging(self) -> bool:
        return "messaging" in self.features

    def may_change(self) -> None:
        """Refuses whatever would change something in the portal of a discharged client."""
        if self.read_only:
            raise Forbidden("read-only", read_only_words(self.read_until))


@dataclass(frozen=True)
class Actor:
    """A signed-in login. `access` is the portal access this request acts for, None when several are possible.

    A staff member's switches: `all_clients` may see all clients, `clinical` has full clinical access, `billing` may
    view and manage billing. Of the session: `proved_at`, when it last saw a password, a passkey or a code; `strong`:
    it has seen two factors.
    """

    practice_id: UUID
    login_id: UUID
    side: Side
    session_id: UUID
    name: str
    staff_id: UUID | None = None
    roles: frozenset[Role] = frozenset()
    all_clients: bool = False
    clinical: bool = False
    billing: bool = False
    accesses: tuple[AccessOf, ...] = ()
    access: AccessOf | None = None
    lens: AccessOf | None = None
    proved_at: datetime | None = None
    strong: bool = False

    @property
    def desk(self) -> bool:
        return self.side is Side.DESK

    @property
    def portal(self) -> bool:
        return self.side is Side.PORTAL

    @property
    def administrator(self) -> bool:
        return self.desk and Role.ADMINISTRATOR in self.roles

    def acting_for(self, client_id: UUID | None) -> Actor:
        """The same person, acting for this client; with None the only access there is.

        Raises Missing for a client that is none of theirs, Conflict `choose-client` when None is ambiguous.
        """
        if client_id is None:
            if len(self.accesses) != 1:
                raise Conflict("choose-client", "Choose whom this is about first.")
            return replace(self, access=self.accesses[0])
        return replace(self, access=self._access_to(client_id))

    def _access_to(self, client_id: UUID) -> AccessOf:
        for access in self.accesses:
            if client_id == access.client_id or client_id in access.formerly:
                return access
        missing("client")

    def may_change(self, verb: str = "") -> None:
        """Refuses a look through another person's eyes, and a portal that can only be read: every verb calls it."""
        if self.lens is not None:
            raise Forbidden("view-only", "You are viewing as someone else. Leave the view to change something.")
        chosen = (self.access,) if self.access else self.accesses
        if self.portal and not verb.startswith(OWN_AFFAIRS) and chosen and all(one.read_only for one in chosen):
            chosen[0].may_change()


def read_only_words(until: date | None = None) -> str:
    """What the portal of a discharged client says, and the last day of it."""
    return READ_ONLY.format(until=f", until {until:%A, %B %-d}" if until else "")


def access_ids(accesses: Iterable[AccessOf]) -> tuple[UUID, ...]:
    return tuple(access.access_id for access in accesses)
