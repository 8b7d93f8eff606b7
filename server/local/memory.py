"""What one copy's local services keep from start to start: ports, passwords, the name of the database folder."""

from __future__ import annotations

import json
import os
import random
import secrets
import socket
from dataclasses import asdict, dataclass, field
from pathlib import Path

FILE = "local.json"
# Below the range from which Linux takes the ports of outgoing connections: one of those could
# otherwise sit on a port while its server is down for a restart.
PORTS = range(15000, 32000)


class LocalServiceError(Exception):
    """A local service cannot be had; the text is one sentence that says why and what to do."""


@dataclass
class Memory:
    """Read from and written to PORTICO_DATA/local.json, readable by its owner alone."""

    cluster: str = field(default_factory=lambda: f"portico-{secrets.token_hex(6)}")
    passwords: dict[str, str] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def password(self, role: str) -> str:
        """The role's password, made at the first call. Letters, digits, - and _ only."""
        return self.passwords.setdefault(role, secrets.token_urlsafe(18))

    def port(self, service: str) -> int:
        """A port of 127.0.0.1 that is free now: the same as last time if possible."""
        remembered = self.ports.get(service)
        self.ports[service] = remembered if remembered and is_free(remembered) else free_port()
        return self.ports[service]


def recall(data: Path) -> Memory:
    """What is remembered in this data folder; a fresh memory when there is none or it is damaged."""
    try:
        return Memory(**json.loads((data / FILE).read_text()))
    except (FileNotFoundError, ValueError, TypeError):
        return Memory()


def keep(memory: Memory, data: Path) -> None:
    """Write the memory so that a crash leaves the old or the new one, never half of one."""
    draft = data / f"{FILE}.{os.getpid()}"
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(memory), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(data / FILE)


def free_port() -> int:
    """A port of 127.0.0.1 nobody listens on; raises LocalServiceError when a hundred tries found none."""
    for port in random.sample(PORTS, 100):
        if is_free(port):
            return port
    raise LocalServiceError("No free port was found on 127.0.0.1: stop some of the programs that listen there.")


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
