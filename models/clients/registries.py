"""What upper areas add to what clients show. Filled by server.wiring, in the order of the areas."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

from models.core.actor import Actor
from models.core.payload import Payload


@dataclass(frozen=True)
class ProfileTab:
    """A tab of Clients > [name]. `path` follows /staff/clients/<id>; `shown`: whether this staff member has it, asked
    in the open scope with the client's id."""

    key: str
    title: str
    path: str
    shown: Callable[[Actor, UUID], Awaitable[bool]]


PROFILE_TABS: list[ProfileTab] = []

@dataclass(frozen=True)
class OverviewPart:
    """What an area adds to the right column of Overview: a fragment at `path` behind the client's address, asked anew
    after these events. It has its own heading; `title` stands as a link where no script fetches it."""

    key: str
    title: str
    path: str
    on: str


# In the order in which they stand, above the practitioners.
OVERVIEW_PARTS: list[OverviewPart] = []

# What the log says of a client on the Overview tab: an icon and words after the name of who did it, by event type. Only
# events whose subject is the client are found. `{staff}` stands for the staff member whom the event names.
HAPPENINGS: dict[str, tuple[str, str]] = {
    "client.added": ("user-plus", "added this client"),
    "client.changed": ("pencil-line", "changed the record"),
    "client.status_changed": ("circle-check", "changed the status"),
    "client.portal_closed": ("lock", "The time for reading the portal ended"),
    "client.assigned": ("user-check", "assigned {staff}"),
    "client.unassigned": ("user-minus", "ended the assignment of {staff}"),
    "client.tagged": ("tag", "changed the tags"),
    "client.terms_changed": ("receipt-text", "changed whether late and no-show fees are charged"),
    "client.merged": ("merge", "merged another record into this one"),
    "client.household_changed": ("users-round", "changed who belongs to the couple or family"),
}


@dataclass(frozen=True)
class Happenings:
    """What an upper area's events that name the client add there: an icon, words for one, and words for several in a
    row of the same person (`{}`: how many). `path`: where one of them leads, behind the client's address, `{}` being
    its subject; `shown`: whether this staff member sees them. `told`: of a subject that has an event of both kinds the
    second is left out."""

    words: Mapping[str, tuple[str, str, str]]
    path: str
    shown: Callable[[Actor, UUID], Awaitable[bool]]
    told: Mapping[str, str]


# In the order of the areas.
FURTHER_HAPPENINGS: list[Happenings] = []


@dataclass(frozen=True)
class Merging:
    """What an area keeps about clients and moves when two records become one: `tables` of its own that name a client.

    `move(kept, gone, joined)` is asked inside the change, after the accesses moved; `joined` says of each access that
    ended because the same person keeps another one, which. `told(gone)`: what moves, in words, for the preview.
    """

    tables: frozenset[str]
    move: Callable[[UUID, UUID, Mapping[UUID, UUID]], Awaitable[None]]
    told: Callable[[UUID], Awaitable[list[str]]]


# In the order of the areas.
MERGINGS: list[Merging] = []


@dataclass(frozen=True)
class ContactPermission:
    """What a contact may be allowed for one client, as the guide names it. `hint` says what the contact then can do;
    `needs`: the key of another one without which it is of no use."""

    key: str
    title: str
    hint: str
    needs: str = ""


# By key, in the order they are shown. A permission stands here from the day it opens something.
CONTACT_PERMISSIONS: dict[str, ContactPermission] = {}


Wish = Literal["required", "optional"]


@dataclass(frozen=True)
class OnboardingStep:
    """A step of a new person's way into the portal; an invitation asks for it as required, as optional, or not.

    `title` as the dialog of an invitation names it, `hint` one sentence above the form. `template` draws the fields (it
    gets `found`, `values`, `errors`); `read` gives what stands there now, `save` takes the payload of that form, or of
    some of its fields; both are asked with the actor acting for the client. `about_client`: it changes the client's
    record, so that a contact is asked only while the permission Manage Information is theirs; they read
    `hint_of_another`, in which {name} is the client. `usual`: what a practice asks that chose nothing. `lacks`: of what
    is kept, the faults by field that a required step is not done with.
    """

    key: str
    title: str
    hint: str
    template: str
    payload: type[Payload]
    read: Callable[[Actor], Awaitable[Mapping[str, Any]]]
    save: Callable[[Actor, Any], Awaitable[None]]
    about_client: bool = True
    usual: Wish | None = "optional"
    hint_of_another: str = ""
    lacks: Callable[[Mapping[str, Any]], Mapping[str, list[str]]] = lambda _: {}


# By key, in the order they are gone through. A step stands here from the day it works.
ONBOARDING_STEPS: dict[str, OnboardingStep] = {}

# Lets a contact keep the client's record up to date: whoever has it may be asked about the client in onboarding.
MANAGE_INFORMATION = "information"


@dataclass(frozen=True)
class Paper:
    """Something to fill in, sign, read or send in, that onboarding leads its person through; `path` follows the base
    of their portal. `how_far`: what is said of one that was begun."""

    id: UUID
    title: str
    path: str
    wish: Wish
    done: bool
    how_far: str = ""


@dataclass(frozen=True)
class Papers:
    """What an upper area lets invitations ask for beside information. What was chosen is a list of words of that area's
    own, in the order in which it is gone through.

    `template` draws the choices in the dialog of an invitation (it gets `papers`: what `choices` says, for the person
    whose `own` access it is, of a `minor`). `known`: of what was chosen, what there still is and this person can be
    asked. `ask`, inside the change that invites: exactly this is asked of the access from now on; raises Invalid.
    `stages`: of the access, in their order. `keep`, inside the change that sets what a practice usually asks: exactly
    this is named there from now on; raises Missing, Invalid.
    """

    template: str
    choices: Callable[[Sequence[str], bool, bool], Awaitable[list[dict[str, Any]]]]
    known: Callable[[Sequence[str], bool, bool], Awaitable[list[str]]]
    ask: Callable[[Actor, UUID, Sequence[str]], Awaitable[None]]
    stages: Callable[[UUID, bool, Collection[str]], Awaitable[list[Paper]]]
    keep: Callable[[Actor, Sequence[str]], Awaitable[None]]


# One at most.
PAPERS: list[Papers] = []


@dataclass(frozen=True)
class PortalSection:
    """A section below the people on the Portal tab. `template` draws it with what `found` says as `section`; None: this
    staff member does not have it. `on`: the events after which the tab is drawn again."""

    key: str
    template: str
    found: Callable[[Actor, UUID], Awaitable[Mapping[str, Any] | None]]
    on: str


# In their order.
PORTAL_SECTIONS: list[PortalSection] = []
