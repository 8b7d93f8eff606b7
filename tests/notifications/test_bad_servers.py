"""Mail servers that misbehave: whatever they do, nobody is blamed, and the mail is tried again after a pause."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from models.core.settings import settings
from server import mail
from tests.notifications.conftest import use_settings

FINE = {"EHLO": "250 here", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", ".": "250 kept"}
HANGS, CLOSES = "", None


class BadServer:
    """Speaks as it is told to. `greeting`, and an answer for each command; "": says nothing, None: closes."""

    def __init__(self, greeting: str | None = "220 here", **answers: str | None) -> None:
        self.answers = {**FINE, **{"." if name == "body" else name: said for name, said in answers.items()}}
        self.greeting = greeting
        self.mails = 0

    @property
    def hangs(self) -> bool:
        return HANGS in (self.greeting, *self.answers.values())

    async def start(self) -> str:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"smtp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def stop(self) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        said, in_data = self.greeting, False
        try:
            while said is not None:
                if said:
                    writer.write(f"{said}\r\n".encode())
                in_data = said.startswith("354") or (in_data and said == "")
                line = await self._next(reader, in_data)
                if not line:
                    return
                said = self.answers.get(line, "250 ok")
                self.mails += line == "." and bool(said) and said.startswith("250")
        except OSError:
            pass  # it left first
        finally:
            writer.close()

    async def _next(self, reader: asyncio.StreamReader, in_data: bool) -> str:
        async for raw in reader:
            line = raw.decode(errors="replace").strip()
            if not in_data or line == ".":
                return line if line == "." else line[:4].upper()
        return ""


@pytest.fixture
async def waiting(talk, post):
    """A mail to the client that is about to leave."""
    await talk.say("practitioner", await talk.start("practitioner", about="client"))
    await talk.pass_time(121)
    await talk.due()


async def deliver_to(server, talk, monkeypatch):
    if server.hangs:  # whoever answers has the time that a slow machine needs
        monkeypatch.setattr(mail, "PATIENCE", 0.6)
    use_settings(monkeypatch, settings().model_copy(update={"smtp_url": await server.start()}))
    try:
        (answer,) = await talk.deliver()
    finally:
        server.stop()
    (row,) = await talk.mails()
    return answer, row


@pytest.mark.parametrize(
    "server",
    [
        BadServer(greeting=HANGS), BadServer(greeting=CLOSES), BadServer(greeting="421 not now"),
        BadServer(greeting="554 no service"), BadServer(greeting="HTTP/1.1 400 Bad Request"),
        BadServer(EHLO=HANGS, HELO=HANGS), BadServer(MAIL=HANGS), BadServer(MAIL="451 later"),
        BadServer(MAIL="553 who"),
        BadServer(RCPT=HANGS), BadServer(RCPT=CLOSES), BadServer(RCPT="450 greylisted"),
        BadServer(DATA=HANGS), BadServer(DATA=CLOSES), BadServer(DATA="451 later"),
        BadServer(body=HANGS), BadServer(body=CLOSES), BadServer(body="452 full"), BadServer(body="nonsense"),
    ],
    ids=lambda server: f"{server.greeting!r} {dict(sorted(server.answers.items() - FINE.items()))}",
)
async def test_it_is_put_off_and_nobody_is_blamed(talk, waiting, monkeypatch, server):
    pause, row = await deliver_to(server, talk, monkeypatch)
    assert timedelta(seconds=4) <= pause <= timedelta(seconds=6)
    assert (row["accepted_at"], row["failed_at"], row["leased_until"], row["attempts"]) == (None, None, None, 1)
    (login,) = await talk.rows("SELECT mail_undelivered_at FROM login WHERE id = $1", talk.cast.logins["client"])
    assert login["mail_undelivered_at"] is None


@pytest.mark.parametrize(
    "server",
    [BadServer(RCPT="550 unknown"), BadServer(DATA="554 no"), BadServer(body="550 spam")],
    ids=["recipient", "before the mail", "after the mail"],
)
async def test_a_no_for_good_is_shown_at_once(talk, waiting, monkeypatch, server):
    answer, row = await deliver_to(server, talk, monkeypatch)
    assert answer is None and row["failed_at"] is not None and row["failure"] in ("550", "554")


async def test_a_server_that_behaves_takes_it(talk, waiting, monkeypatch):
    """The same server, so that its refusals above mean something."""
    server = BadServer()
    answer, row = await deliver_to(server, talk, monkeypatch)
    assert answer is None and row["accepted_at"] is not None and server.mails == 1
