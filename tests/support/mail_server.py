"""A mail server of the tests' own: keeps what it takes, and misbehaves when told to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """`answers`: what it says to the next mails, instead of taking them; None takes one and dies before it says so."""

    mails: list[EmailMessage] = field(default_factory=list)
    answers: list[str | None] = field(default_factory=list)
    refused_addresses: dict[str, str] = field(default_factory=dict)
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)
    _server: asyncio.Server | None = None

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", ident="test", enable_SMTPUTF8=True), "127.0.0.1", port
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    async def wait_for(self, address: str, count: int = 1) -> list[EmailMessage]:
        """The mails to this address, once there are so many."""
        async with asyncio.timeout(60), self.arrived:
            await self.arrived.wait_for(lambda: len(self.to(address)) >= count)
        return self.to(address)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused_addresses:
            return self.refused_addresses[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self.answers.pop(0) if self.answers else "250 Kept"
        if answer is None or answer.startswith("2"):
            mail = message_from_bytes(envelope.original_content or b"", policy=policy.default)
            async with self.arrived:
                self.mails.append(mail)
                self.arrived.notify_all()
        if answer is None:
            server.transport.abort()
        return answer or "250 Kept"
