"""`portico worker` as a real process, and a mail server that says yes when the test lets it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys

from aiosmtpd.smtp import SMTP, Envelope, Session

from server.local.kept import leashed
from tests.faults.ground import ROOT, Ground
from tests.support.mail_server import MailServer


class SlowServer(MailServer):
    """Holds back its yes while `go_on` is not set; `in_hand` is set as soon as a mail waits for it.

    Told addresses, it holds back nothing else: what other tests left due is no mail of this one.
    """

    def __init__(self) -> None:
        super().__init__()
        self._only: tuple[str, ...] = ()
        self.in_hand, self.go_on = asyncio.Event(), asyncio.Event()
        self.go_on.set()

    def hold(self, *addresses: str) -> None:
        self._only = addresses
        self.in_hand.clear()
        self.go_on.clear()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = await super().handle_DATA(server, session, envelope)
        if not self._only or set(self._only) & set(envelope.rcpt_tos):
            self.in_hand.set()
            await self.go_on.wait()
        return answer


class JobWorker:
    """Started against the ground's proxies and this mail server."""

    def __init__(self, ground: Ground, name: str, mail: str) -> None:
        self.ground, self.mail = ground, mail
        self.log = ground.folder / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        given = {**os.environ, **self.ground.environment, "SMTP_URL": self.mail}
        command = leashed([sys.executable, "-m", "server.cli", "worker"], signal.SIGKILL)
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=output, stderr=output)

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """kill -9: nothing is given back, nothing is said."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def words(self) -> str:
        return self.log.read_text() if self.log.exists() else ""
