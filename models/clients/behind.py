"""What is behind an invitation's link, looked at without changing anything: mail scanners open every link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from models.accounts.me import initials
from models.accounts.reach import Reach, by_login
from models.clients.portal_people import is_hidden
from models.clients.proofs import CODE, DATE, proved_by
from models.clients.tables import Client, Invitation, PortalAccess
from models.core.actor import Actor
from models.core.clock import now
from models.core.database import fetch_all, fetch_one
from models.core.errors import missing
from models.core.ids import token_hash

MOST_TRIES = 5
LONGEST = 128


class State(StrEnum):
    """`OLD`: a newer link was made · `WITHDRAWN`: access was revoked, the address was corrected since, or the record is
    hidden from this contact · `SHUT`: the birth date was wrong too often, staff have to help."""

    OPEN = "open"
    OLD = "old"
    EXPIRED = "expired"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    SHUT = "shut"


class Step(StrEnum):
    """What is asked next: the birth date, the mailed code, a password, or a yes of who has a password here."""

    DATE = "date"
    CODE = "code"
    PASSWORD = "password"
    ACCEPT = "accept"


@dataclass(frozen=True)
class Behind:
    """`copied`: the link was handed over, so it proves no address. `own`: who looks is signed in as this login.
    `initials`: of the client whose birth date is asked, for a contact who may wonder which child it is."""

    invitation: Invitation
    access: PortalAccess
    reach: Reach
    born_on: date | None
    state: State
    copied: bool = False
    own: bool = False
    initials: str = ""

    def step(self, proof: str) -> Step:
        """What to ask of somebody whose form carries this proof."""
        proved = proved_by(self.invitation, proof)
        if self.born_on is not None and DATE not in proved:
            return Step.DATE
        if self.copied and not self.own and CODE not in proved:
            return Step.CODE
        return Step.ACCEPT if self.own or self.reach.sides else Step.PASSWORD


LOOK = """SELECT invitation_id, login_id, sending FROM invitation_link
  WHERE practice_id = portico_here() AND hash = $1"""


async def behind_link(token: str, actor: Actor | None = None, *, held: bool = False) -> Behind | None:
    """What the link leads to; None for one that nobody made here. `held`: nobody else acts on it meanwhile."""
    row = await fetch_one(LOOK, token_hash(token[:LONGEST]))
    if row is None:
        return None
    invitation = await _invitation(row["invitation_id"], held=held)
    own = actor is not None and actor.login_id == row["login_id"]
    newest = row["sending"] in (invitation.sending, invitation.copied)
    copied = row["sending"] == invitation.copied
    return await _behind(invitation, row["login_id"], newest=newest, copied=copied, own=own)


async def behind_access(actor: Actor, access_id: UUID, *, held: bool = False) -> Behind:
    """The same for somebody signed in, to whom another invitation waits; raises Missing for any other."""
    access = await PortalAccess.get_or_none(id=access_id, login_id=actor.login_id)
    found = await Invitation.get_or_none(access_id=access_id) if access else None
    if found is None:
        missing("invitation")
    invitation = await _invitation(found.id, held=held)
    return await _behind(invitation, actor.login_id, newest=True, copied=False, own=True)


async def waiting_for(actor: Actor) -> list[UUID]:
    """Accesses to which this login was invited and that it has not accepted."""
    return [row["id"] for row in await fetch_all(WAITING, actor.login_id)]


WAITING = """SELECT id FROM portal_access WHERE practice_id = portico_here() AND login_id = $1
  AND invited_at IS NOT NULL AND accepted_at IS NULL AND revoked_at IS NULL
  AND NOT portico_hidden(client_id, contact_id) ORDER BY id"""


async def _invitation(id: UUID, *, held: bool) -> Invitation:
    if held:
        await fetch_one("SELECT 1 FROM invitation WHERE id = $1 FOR UPDATE", id)
    return await Invitation.get(id=id)


async def _behind(invitation: Invitation, login_id: UUID, *, newest: bool, copied: bool, own: bool) -> Behind:
    access = await PortalAccess.get(id=invitation.access_id)
    client = await Client.get(id=access.client_id)
    reach = await by_login(login_id) or missing("invitation")
    hidden = await is_hidden(access.client_id, access.contact_id)
    state = State.WITHDRAWN if hidden else _state(invitation, access, login_id, newest)
    several = access.contact_id is not None and await _acts_for_several(login_id)
    return Behind(invitation, access, reach, client.born_on, state, copied=copied, own=own,
                  initials=initials(client.name) if several else "")


async def _acts_for_several(login_id: UUID) -> bool:
    """Whether this login has, or was invited to, the portal of more than one client."""
    row = await fetch_one(SEVERAL, login_id)
    return row is not None and row["clients"] > 1


SEVERAL = """SELECT count(DISTINCT client_id) AS clients FROM portal_access WHERE practice_id = portico_here()
  AND login_id = $1 AND revoked_at IS NULL AND invited_at IS NOT NULL"""


def _state(invitation: Invitation, access: PortalAccess, login_id: UUID, newest: bool) -> State:
    if access.revoked_at is not None or access.invited_at is None or access.login_id != login_id:
        return State.WITHDRAWN
    if access.accepted_at is not None:
        return State.ACCEPTED
    if not newest:
        return State.OLD
    if invitation.ends_at <= now():
        return State.EXPIRED
    return State.SHUT if invitation.wrong_dates >= MOST_TRIES else State.OPEN
