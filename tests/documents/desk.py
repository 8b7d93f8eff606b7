"""What tests of sharing share: a desk that manages documentation, and the mails that leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any
from uuid import UUID

from models.core.database import fetch_all
from models.documents import sharing
from models.documents.asking import Wanted
from models.documents.documentation import Documentation, Panel, documentation
from models.documents.sharing import Saved, Wishes
from models.documents.sharing_plan import Item
from models.documents.tables import Document
from models.files.bringing import Arrival, bring
from models.notifications import mailing
from models.notifications.mailing import Letter
from server.letters import compose

WORDS = "Please look at what is new when you have a moment."


class Desk:
    """The practitioner, or whoever `by` is, at Manage Documentation of one client."""

    def __init__(self, cast: Any, client: str = "teen", by: str = "practitioner") -> None:
        self.cast, self.name, self.by = cast, client, by

    @property
    def client(self) -> UUID:
        return UUID(str(self.cast.clients[self.name]))

    def person(self, name: str) -> UUID:
        return UUID(str(self.cast.clients[name] if name in self.cast.clients else self.cast.contacts[name]))

    async def found(self) -> Documentation:
        actor = await self.cast.actor(self.by)
        return await self.cast.inside(lambda: documentation(actor, self.client))

    async def panel(self, name: str) -> Panel:
        return next(one for one in (await self.found()).panels if one.person.id == self.person(name))

    async def save(
        self, items: Sequence[Item], people: Sequence[str] = (), *, message: str | None = WORDS, **more: Any
    ) -> Saved:
        actor, version = await self.cast.actor(self.by), more.pop("version", None) or (await self.found()).version
        wishes = Wishes(version, message, **more)
        ids = [self.person(name) for name in people]
        return await self.cast.inside(lambda: sharing.save(actor, self.client, ids, items, wishes))

    async def share(self, name: str, *wanted: Wanted, message: str | None = WORDS, **more: Any) -> list[Document]:
        """Beside what is there already."""
        there = [Item(self.person(name), document=one.id, due_on=one.due_on) for one in await self.documents(name)
                 if one.submitted_at is None]
        new = [Item(self.person(name), wanted=one, due_on=one.due_on) for one in wanted]
        await self.save([*there, *new], message=message, **more)
        known = {item.document for item in there}
        return [one for one in await self.documents(name) if one.id not in known and one.submitted_at is None]

    async def documents(self, name: str) -> list[Document]:
        panel = await self.panel(name)
        found = Document.filter(access_id=panel.person.access_id, withdrawn_at=None).order_by("place", "id")
        return list(await self.cast.inside(lambda: _listed(found)))

    async def file(self, name: str = "Plan of care.pdf", *, who: str | None = None, kind: str = "application/pdf",
                   client: str | None = None) -> UUID:
        """A file that somebody has just uploaded."""
        actor = await self.cast.actor(who or self.by, client=client)
        arrival = Arrival(name, kind, 2000, b"x" * 32, False, True)
        file = await self.cast.inside(lambda: bring(actor, arrival))
        return UUID(str(file.id))

    async def mails(self) -> list[EmailMessage]:
        """The worker comes for every mail that waits, oldest first, and the mail server takes them."""
        return [compose(one) for one in await self.settle(mailing.accepted)]

    async def settle(self, how: Any) -> list[Letter]:
        waiting = ("SELECT id FROM outgoing_mail WHERE accepted_at IS NULL AND dropped_at IS NULL"
                   " AND failed_at IS NULL ORDER BY id")
        letters = []
        for row in await self.rows(waiting):
            letter = await self.cast.inside(lambda id=row["id"]: mailing.take(id))
            if isinstance(letter, Letter):
                await self.cast.inside(lambda one=letter: how(one))
                letters.append(letter)
        return letters

    async def rows(self, sql: str, *args: object) -> list[Any]:
        return list(await self.cast.inside(lambda: fetch_all(sql, *args)))

    async def events(self, kind: str) -> list[Any]:
        return await self.rows("SELECT * FROM event WHERE type = $1 ORDER BY seq", kind)


async def _listed(found: Any) -> list[Document]:
    return list(await found)


def text_of(mail: EmailMessage) -> str:
    """All that a mailbox shows of it, without the secret of the link that stops such mails."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    words = f"{mail['Subject']}\n{plain.get_content() if plain else ''}\n{html.get_content() if html else ''}"
    return re.sub(r"/unsubscribe/[\w.~-]+", "", words)
