"""A mail server on 127.0.0.1 that keeps what it is given as .eml files and sends nothing on."""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from server.local.mailbox import STAMP
from server.local.memory import Memory

log = logging.getLogger("portico.local")


class Catcher:
    """Runs inside the event loop that started it."""

    def __init__(self, folder: Path, memory: Memory) -> None:
        self._folder = folder
        self._port = memory.port("mail")
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", self._port)

    async def stop(self) -> None:
        if self._server:
            self._server.close()
            self._server = None

    def _session(self) -> SMTP:
        # The name is given because aiosmtpd would look it up, which can take seconds without a network.
        return SMTP(self, hostname="localhost", ident="mail catcher", enable_SMTPUTF8=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        try:
            await asyncio.to_thread(_keep, self._folder, envelope)
        except OSError as error:
            log.error("a mail could not be kept: %s", error.strerror)
            return "452 The mail folder cannot be written"
        return "250 Kept"


def _keep(folder: Path, envelope: Envelope) -> None:
    name = f"{datetime.now(UTC).strftime(STAMP)}-{secrets.token_hex(4)}"
    draft = folder / f"{name}.{os.getpid()}"
    content = envelope.original_content or b""
    draft.write_bytes(_seen_by_server(envelope) + content)
    draft.rename(folder / f"{name}.eml")  # a reader sees the whole mail or none


def _seen_by_server(envelope: Envelope) -> bytes:
    """Who really sent it to whom: Bcc and bounces are not in the mail's own headers."""
    lines = [f"X-MailFrom: {envelope.mail_from or ''}", *(f"X-RcptTo: {to}" for to in envelope.rcpt_tos)]
    return "".join(f"{line}\r\n" for line in lines).encode()
