"""What the tests of mail share: people who talk, a mail server, and time that can be moved."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from models.core.database import execute, fetch_all
from models.core.settings import Settings, settings
from models.messaging import reading, sending, starting, withdrawing
from models.messaging.seats import conversation_for
from server import jobs, letters, mail
from tests.support.mail_server import MailServer


@pytest_asyncio.fixture
async def post(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MailServer]:
    """The mail server that SMTP_URL names in this test."""
    server = MailServer()
    await server.start()
    use_settings(monkeypatch, settings().model_copy(update={"smtp_url": server.url}))
    yield server
    await server.stop()


def use_settings(monkeypatch: pytest.MonkeyPatch, chosen: Settings) -> None:
    for module in (mail, letters):
        monkeypatch.setattr(module, "settings", lambda: chosen)


@pytest.fixture
def talk(cast: Any) -> Talk:
    return Talk(cast)


class Talk:
    """Short words for what people do, and for what the clock and the worker do."""

    def __init__(self, cast: Any) -> None:
        self.cast = cast

    def address(self, name: str) -> str:
        return f"{name}@{self.cast.subdomain}.test"

    async def start(self, by: str, *, about: str, others: list[UUID] | None = None, **acting: str) -> UUID:
        """A conversation of this person with a client (a portal person: with the practitioner)."""
        actor = await self.cast.actor(by, **acting)
        people = others or ([self.cast.clients[about]] if actor.desk else [self.cast.staff["practitioner"]])
        client = None if actor.desk and not others else self.cast.clients[about]
        started: UUID = await self.cast.inside(lambda: starting.start(actor, people, client=client))
        return started

    async def say(self, by: str, conversation: UUID, body: str = "Hello", **acting: str) -> UUID:
        actor = await self.cast.actor(by, **acting)

        async def work() -> UUID:
            return await sending.send(actor, await conversation_for(actor, conversation), body=body)

        said: UUID = await self.cast.inside(work)
        return said

    async def read(self, by: str, conversation: UUID, message: UUID, **acting: str) -> None:
        actor = await self.cast.actor(by, **acting)

        async def work() -> None:
            await reading.read(actor, await conversation_for(actor, conversation), message)

        await self.cast.inside(work)

    async def undo(self, by: str, message: UUID) -> None:
        actor = await self.cast.actor(by)
        await self.cast.inside(lambda: withdrawing.undo(actor, message))

    async def rows(self, sql: str, *args: object) -> list[Any]:
        return list(await self.cast.inside(lambda: fetch_all(sql, *args)))

    async def run(self, sql: str, *args: object) -> int:
        return int(await self.cast.inside(lambda: execute(sql, *args)))

    async def streaks(self, name: str = "client") -> list[Any]:
        return await self.rows("SELECT * FROM unread_streak WHERE login_id = $1 ORDER BY id", self.cast.logins[name])

    async def mails(self, name: str = "client") -> list[Any]:
        return await self.rows("SELECT * FROM outgoing_mail WHERE login_id = $1 ORDER BY id", self.cast.logins[name])

    async def pass_time(self, seconds: float) -> None:
        """As if everything had happened so much earlier."""
        ago = timedelta(seconds=seconds)
        await self.run("UPDATE unread_streak SET due_at = due_at - $1::interval", ago)
        await self.run("UPDATE message SET sent_at = sent_at - $1::interval", ago)
        await self.run("UPDATE outgoing_mail SET created_at = created_at - $1::interval,"
                       " leased_until = leased_until - $1::interval", ago)

    async def due(self, name: str = "client") -> list[timedelta | None]:
        """The worker comes for every streak of this person; what each job answers."""
        return [
            await jobs.JOBS["unread.mail"](self.cast.practice_id, {"streak": row["id"]})
            for row in await self.streaks(name)
        ]

    async def deliver(self, name: str = "client") -> list[timedelta | None]:
        """The worker comes for every mail to this person; what each job answers."""
        return [
            await jobs.JOBS["mail.send"](self.cast.practice_id, {"mail": row["id"]}) for row in await self.mails(name)
        ]

    async def two_minutes_later(self, name: str = "client") -> None:
        await self.pass_time(121)
        await self.due(name)
        await self.deliver(name)


