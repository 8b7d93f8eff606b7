"""The Portal tab: who may sign in for this client, how far each is, and what each may do."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypedDict
from uuid import UUID

from models.accounts import second_factor
from models.accounts.me import initials
from models.accounts.practices import profile, today_here
from models.accounts.registries import FEATURES
from models.clients.access import sees_client
from models.clients.behind import MOST_TRIES
from models.clients.closing import reason_of
from models.clients.email_asking import waiting_of
from models.clients.invitation_settings import usual_asks
from models.clients.onboarding import Stage, stages_of
from models.clients.papers import paper_choices
from models.clients.portal_aside import Aside, aside
from models.clients.portal_people import PortalPerson, people_of
from models.clients.registries import CONTACT_PERMISSIONS, ONBOARDING_STEPS
from models.clients.tables import Invitation
from models.core.actor import Actor
from models.core.clock import now

PENDING = ("unsent", "queued", "refused", "taken", "used", "shut", "expired")


class Switch(TypedDict):
    """`ceiling`: the practice has it on; without it the switch says so and cannot be moved."""

    key: str
    title: str
    hint: str
    on: bool
    ceiling: bool


class Ask(TypedDict):
    key: str
    title: str
    wish: str


@dataclass(frozen=True)
class Card:
    """One person. `state`: off, revoked, of-age (ended because the client came of age), uninvited, unsent, queued,
    refused, taken, used, shut, expired, waiting (its first day is to come), ended, hidden (the client consents alone),
    of-age-hidden (the client came of age today), reading (of a discharged client, until `reads_until`), closed (that
    time is over), accepted.

    `sign_in`: the address they sign in with, where it is not the record's. `language`: what they prefer to be spoken to
    in, where that is not English. `access`: where there is one; `protected`: they have a second factor, which staff can
    reset. `waits`: whether the sign-in is to follow the address that staff wrote: waits for the person's word, late
    (the link is too old by now), or empty. `closing`: the reason of a request to close the account that waits for an
    answer, for staff who may give it."""

    id: UUID
    own: bool
    name: str
    initials: str
    relation: str
    address: str
    state: str
    language: str = ""
    at: datetime | None = None
    failure: str = ""
    sign_in: str = ""
    waits: str = ""
    closing: str | None = None
    accepted: bool = False
    access: UUID | None = None
    protected: bool = False
    reads_until: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    features: tuple[Switch, ...] = ()
    permissions: tuple[Switch, ...] = ()
    steps_done: int = 0
    steps: int = 0
    asks: tuple[Ask, ...] = ()
    papers: tuple[dict[str, Any], ...] = ()
    message: str = ""

    @property
    def on(self) -> bool:
        return self.state not in ("off", "revoked", "of-age")

    @property
    def pending(self) -> bool:
        """Invited, and not accepted."""
        return self.state in PENDING


@dataclass(frozen=True)
class PortalTab:
    """`manages`: whether this staff member may change what stands here."""

    cards: tuple[Card, ...]
    manages: bool
    minor: bool


async def portal_tab(actor: Actor, client_id: UUID) -> PortalTab:
    """For staff who see the client; raises Missing else."""
    people = await people_of(actor, client_id)
    off, usual, today = frozenset((await profile()).features_off), await usual_asks(), await today_here()
    manages = await sees_client(actor, client_id, "manages")
    cards = [await _card(person, off, usual, today) for person in people]
    if manages:
        cards = [replace(card, closing=await reason_of(one.access)) for card, one in zip(cards, people, strict=True)]
    return PortalTab(tuple(cards), manages, people[0].client.kind == "minor")


async def _card(person: PortalPerson, off: frozenset[str], usual: dict[str, str], today: date) -> Card:
    access, invitation, beside = person.access, person.invitation, await aside(person)
    held = access is not None and access.revoked_at is None
    accepted = held and access is not None and access.accepted_at is not None
    stages = await _stages(person) if accepted and invitation else []
    asked = {key: str(wish) for key, wish in invitation.asks.items()} if invitation else usual
    return Card(
        id=person.id, own=person.contact is None, name=person.name, initials=initials(person.name),
        relation=person.relation, address=person.address, state=_state(person, beside, today), at=_at(person),
        failure=invitation.mail_failure if invitation else "",
        sign_in="" if beside.email == person.address else beside.email, accepted=accepted,
        access=access.id if access else None, protected=accepted and await _protected(person),
        waits=await _waits(person), language=beside.language,
        reads_until=person.client.read_only_until,
        starts_on=access.starts_on if access else None, ends_on=access.ends_on if access else None,
        features=_features(access.features_off if access else [], off),
        permissions=_permissions(person, access.permissions if access else []),
        steps_done=sum(not stage.open for stage in stages), steps=len(stages),
        asks=tuple(Ask(key=key, title=step.title, wish=asked.get(key, "")) for key, step in ONBOARDING_STEPS.items()),
        papers=() if accepted else tuple(await paper_choices(person)),
        message=invitation.message if invitation else "",
    )


async def _stages(person: PortalPerson) -> list[Stage]:
    assert person.invitation is not None and person.access is not None
    permissions = person.access.permissions
    return await stages_of(person.invitation, contact=person.contact is not None, permissions=permissions)


def _state(person: PortalPerson, beside: Aside, today: date) -> str:
    """How far the person is, or why somebody to whom access was given sees nothing, or only reads."""
    state = _kept(person, today)
    if beside.hidden and state in ("accepted", *PENDING):
        return "of-age-hidden" if beside.of_age else "hidden"
    if state == "accepted" and person.client.status == "discharged":
        return "reading" if (person.client.read_only_until or date.min) >= today else "closed"
    return "of-age" if state == "revoked" and beside.ended and beside.of_age else state


def _kept(person: PortalPerson, today: date) -> str:
    access = person.access
    if access is None:
        return "off"
    if access.revoked_at is not None:
        return "revoked" if access.invited_at is not None else "off"
    if access.accepted_at is not None:
        if access.ends_on and access.ends_on < today:
            return "ended"
        return "waiting" if access.starts_on and access.starts_on > today else "accepted"
    if access.invited_at is None or person.invitation is None:
        return "uninvited"
    return _pending(person.invitation)


def _pending(invitation: Invitation) -> str:
    if invitation.mail_state in ("unsent", "refused"):
        return str(invitation.mail_state)
    if invitation.wrong_dates >= MOST_TRIES:
        return "shut"
    if invitation.ends_at <= now():
        return "expired"
    if invitation.used_at is not None:
        return "used"
    return str(invitation.mail_state)


def _at(person: PortalPerson) -> datetime | None:
    """The moment that the state speaks of."""
    access, invitation = person.access, person.invitation
    if access is None:
        return None
    if access.revoked_at is not None or access.accepted_at is not None or invitation is None:
        return access.revoked_at or access.accepted_at
    if invitation.mail_state == "refused":
        return invitation.mail_at
    return invitation.used_at or invitation.sent_at


async def _protected(person: PortalPerson) -> bool:
    login = person.access.login_id if person.access else None
    return login is not None and await second_factor.is_protected(login)


async def _waits(person: PortalPerson) -> str:
    """Whether the sign-in is to follow the record: waits, late, or empty."""
    access = person.access
    if access is None or access.accepted_at is None or access.revoked_at is not None or access.login_id is None:
        return ""
    found = await waiting_of(access.login_id)
    return "" if found is None or not found.by_staff else "waits" if found.fresh else "late"


def _features(off: list[str], practice_off: frozenset[str]) -> tuple[Switch, ...]:
    return tuple(
        Switch(key=key, title=one.title, hint=one.hint, on=key not in off and key not in practice_off,
               ceiling=key not in practice_off)
        for key, one in FEATURES.items()
    )


def _permissions(person: PortalPerson, allowed: list[str]) -> tuple[Switch, ...]:
    if person.contact is None:
        return ()
    return tuple(
        Switch(key=key, title=one.title, hint=one.hint, on=key in allowed, ceiling=True)
        for key, one in CONTACT_PERMISSIONS.items()
    )
