"""What the tests of portal access share: a newcomer to invite, the mails that leave."""

from __future__ import annotations

from datetime import date
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest

from models.clients import inviting
from models.clients.portal_people import PortalPerson, person_for
from models.clients.portal_tab import Card, portal_tab
from models.clients.tables import Assignment, Client, ClientContact, Contact
from models.core.database import execute, fetch_all
from models.notifications import mailing
from models.notifications.mailing import Letter
from server.jobs import JOBS
from server.letters import compose

BORN = date(1990, 5, 17)
PASSWORD = "four words in a row"


@pytest.fixture
def portal(cast: Any) -> Portal:
    return Portal(cast)


class Portal:
    """Short words for what staff do on the Portal tab, and for what the worker does after it."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast

    def address(self, name: str) -> str:
        return f"{name}@{self.cast.subdomain}.test"

    async def newcomer(self, name: str = "Rosa Lind", *, email: str | None = None, born_on: date | None = BORN) -> UUID:
        """A client of the practitioner who has no access yet."""

        async def work() -> UUID:
            address = self.address(name.split()[0].lower()) if email is None else email
            client = await Client.create(name=name, email=address, born_on=born_on)
            await Assignment.create(client_id=client.id, staff_id=self.cast.staff["practitioner"])
            return client.id

        return UUID(str(await self.cast.inside(work)))

    async def contact(self, client_id: UUID, name: str = "Ines Lind", *, email: str | None = None) -> UUID:
        async def work() -> UUID:
            address = self.address(name.split()[0].lower()) if email is None else email
            made = await Contact.create(name=name, email=address)
            await ClientContact.create(client_id=client_id, contact_id=made.id, relation="mother")
            return made.id

        return UUID(str(await self.cast.inside(work)))

    async def act(self, verb: Any, client: UUID, person: UUID | None = None, *args: Any, by: str = "practitioner",
                  **more: Any) -> Any:
        """A verb of staff with a person of this client."""
        actor = await self.cast.actor(by)

        async def work() -> Any:
            return await verb(actor, await self.found(actor, client, person), *args, **more)

        return await self.cast.inside(work)

    async def found(self, actor: Any, client: UUID, person: UUID | None) -> PortalPerson:
        return await person_for(actor, client, person or client)

    async def invite(self, client: UUID, person: UUID | None = None, **wishes: Any) -> str:
        """Invite, and give the link of the mail that left."""
        chosen = {"features": ["messaging"], "permissions": [], "asks": {}, **wishes}
        await self.act(inviting.send, client, person, inviting.Wishes(**chosen))
        return link_in((await self.leave())[-1])

    async def leave(self) -> list[EmailMessage]:
        """The worker comes for every mail that waits, oldest first, and the mail server takes them."""
        return [compose(letter) for letter in await self._letters(mailing.accepted)]

    async def refuse(self, code: str = "550") -> None:
        """The mail server refuses whatever waits."""
        await self._letters(lambda letter: mailing.refused(letter, code))

    async def card(self, client: UUID, person: UUID | None = None, *, by: str = "practitioner") -> Card:
        actor = await self.cast.actor(by)
        found = await self.cast.inside(lambda: portal_tab(actor, client))
        return next(one for one in found.cards if one.id == (person or client))

    async def jobs(self, name: str) -> list[dict[str, Any]]:
        """The jobs of a name that wait in this practice."""
        rows = await self.rows(
            "SELECT convert_from(payload, 'UTF8')::jsonb AS ids, execute_after - now() AS after, dedupe_key AS key"
            " FROM pgqueuer WHERE entrypoint = $1 AND convert_from(payload, 'UTF8') LIKE $2 ORDER BY id",
            name, f"%{self.cast.practice_id}%",
        )
        return [dict(row) for row in rows]

    async def run_jobs(self, name: str) -> list[Any]:
        return [
            await JOBS[name](self.cast.practice_id, {key: UUID(one) for key, one in job["ids"].items()})
            for job in await self.jobs(name)
        ]

    async def rows(self, sql: str, *args: object) -> list[Any]:
        return list(await self.cast.inside(lambda: fetch_all(sql, *args)))

    async def run(self, sql: str, *args: object) -> int:
        return int(await self.cast.inside(lambda: execute(sql, *args)))

    async def events(self, kind: str) -> list[Any]:
        return await self.rows("SELECT * FROM event WHERE type = $1 ORDER BY seq", kind)

    async def _letters(self, settle: Any) -> list[Letter]:
        waiting = "SELECT id FROM outgoing_mail WHERE accepted_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL"
        letters = []
        for row in await self.rows(waiting + " ORDER BY id"):
            letter = await self.cast.inside(lambda id=row["id"]: mailing.take(id))
            if isinstance(letter, Letter):
                await self.cast.inside(lambda one=letter: settle(one))
                letters.append(letter)
        return letters


def link_in(mail: EmailMessage) -> str:
    """The path behind the mail's link."""
    text = mail.get_body(("plain",)).get_content()
    return "/invitation/" + text.partition("/invitation/")[2].split()[0]


def proof_in(answer: dict[str, Any]) -> str:
    return str(answer["proof"])
