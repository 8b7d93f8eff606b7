"""Clients > [name]: what stands above every tab of a client's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.accounts.me import initials
from models.accounts.practices import profile, today_here
from models.clients import people
from models.clients.access import client_for
from models.clients.registries import PROFILE_TABS
from models.clients.tables import Client
from models.core.actor import Actor


@dataclass(frozen=True)
class Profile:
    """`age` in whole years today where the practice is; `of_age_on`: of a
    minor, the day they come of age; `tabs`: (key, title, address) of those this person has."""

    client: Client
    initials: str
    age: int | None
    of_age_on: date | None
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
    of_age_on = await _of_age_on(client)
    return Profile(client, initials(client.name), age, of_age_on, tuple(assigned), tuple(tabs))


async def administrators_alone(actor: Actor, client_id: UUID) -> bool:
    """Who has a tab that only administrators have."""
    return actor.administrator


async def _of_age_on(client: Client) -> date | None:
    if client.kind != "minor" or client.born_on is None:
        return None
    year = client.born_on.year + (await profile()).age_of_majority
    try:
        return client.born_on.replace(year=year)
    except ValueError:  # born on February 29
        return date(year, 3, 1)


def years_between(born_on: date, on: date) -> int:
    """Whole years; who was born on February 29 turns a year older on March 1 of other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
