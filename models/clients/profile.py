"""Clients > [name]: what stands above every tab of a client's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.accounts.me import initials
from models.accounts.practices import today_here
from models.clients import people
from models.clients.access import client_for
from models.clients.registries import PROFILE_TABS
from models.clients.tables import Client
from models.core.actor import Actor


@dataclass(frozen=True)
class Profile:
    """`age` in whole years today where the practice is; `tabs`: (key, title, address) of those this person has."""

    client: Client
    initials: str
    age: int | None
    practitioners: tuple[str, ...]
    tabs: tuple[tuple[str, str, str], ...]


async def profile_of(actor: Actor, client_id: UUID) -> Profile:
    """For staff who see the client; raises Missing else."""
    client = await client_for(actor, client_id)
    assigned = [one.name for one in await people.assigned_to(client_id)]
    tabs = [
        (tab.key, tab.title, f"/staff/clients/{client_id}{tab.path}")
        for tab in PROFILE_TABS
        if await tab.shown(actor, client_id)
    ]
    age = years_between(client.born_on, await today_here()) if client.born_on else None
    return Profile(client, initials(client.name), age, tuple(assigned), tuple(tabs))


async def administrators_alone(actor: Actor, client_id: UUID) -> bool:
    """Who has a tab that only administrators have."""
    return actor.administrator


def years_between(born_on: date, on: date) -> int:
    """Whole years; who was born on February 29 turns a year older on March 1 of other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
