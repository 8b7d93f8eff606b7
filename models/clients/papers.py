"""What an invitation asks for on paper: consents, intake, documents to sign, files. An area above knows them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.clients.invitation_settings import invitation_settings
from models.clients.portal_people import PortalPerson
from models.clients.registries import PAPERS
from models.clients.tables import Client, Contact
from models.core.actor import Actor
from models.core.database import execute, json_text

KEEP = "UPDATE invitation SET documents = $2::jsonb WHERE practice_id = portico_here() AND access_id = $1"


async def usual_papers(client: Client, contact: Contact | None) -> list[str]:
    """What the practice usually asks of such a person."""
    return await _known((await invitation_settings()).documents, contact is None, client.kind == "minor")


async def paper_choices(person: PortalPerson) -> list[dict[str, Any]]:
    """For the dialog that invites this person: what was asked, else what is usual, and what else there is."""
    own, minor = person.contact is None, person.client.kind == "minor"
    asked = person.invitation.documents if person.invitation else await usual_papers(person.client, person.contact)
    return [choice for one in PAPERS for choice in await one.choices(asked, own, minor)]


async def typed_choices(person: PortalPerson, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """The same as a refused form was sent."""
    own, minor = person.contact is None, person.client.kind == "minor"
    return [choice for one in PAPERS for choice in await one.choices(chosen, own, minor)]


async def usual_choices(chosen: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """For the practice's settings; with `chosen`, as a refused form was sent."""
    asked = (await invitation_settings()).documents if chosen is None else chosen
    return [choice for one in PAPERS for choice in await one.choices(asked, False, False)]


async def known_papers(chosen: Sequence[str]) -> list[str]:
    """Of what was chosen for everybody, what there is."""
    return await _known(chosen, False, False)


async def ask_papers(actor: Actor, person: PortalPerson, chosen: Sequence[str] | None) -> None:
    """Inside the change that invites; None: what is usual. Raises Invalid for what this person cannot be asked."""
    asked = await usual_papers(person.client, person.contact) if chosen is None else list(chosen)
    for one in PAPERS:
        await one.ask(actor, person.held.id, asked)
    await execute(KEEP, person.held.id, json_text(asked))


async def _known(chosen: Sequence[str], own: bool, minor: bool) -> list[str]:
    return [word for one in PAPERS for word in await one.known(chosen, own, minor)]
