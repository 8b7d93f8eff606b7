"""A virus scanner for these tests: the one that CLAMD_URL gives, else Debian's, unpacked into the data folder."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from server.local.memory import free_port
from tools.checks import DEBIAN, SERVERS
from tools.debian import unpacked

# One signature is enough, and the real ones are 300 MB: the digest of the harmless file all scanners agree to find.
SIGNATURE = "44d88612fea8a8f36de82e1278abb02f:68:Eicar-Test-File\n"
# And its letters wherever they stand, so that a long file is read to its end.
INSIDE = f"Eicar-Inside:0:*:{b'EICAR-STANDARD-ANTIVIRUS-TEST-FILE'.hex()}\n"
# More than this in one file it does not take.
MOST_MB = 64


@pytest.fixture(scope="session")
def scanner(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The CLAMD_URL of a scanner that answers."""
    if os.environ.get("CLAMD_URL"):
        yield os.environ["CLAMD_URL"]
        return
    port = free_port()
    clamd = _start(unpacked(SERVERS["CLAMD_URL"], DEBIAN), tmp_path_factory.mktemp("clamd"), port)
    try:
        _until_it_answers(clamd, port)
        yield f"tcp://127.0.0.1:{port}"
    finally:
        clamd.send_signal(signal.SIGTERM)
        clamd.wait()


def _start(root: Path, folder: Path, port: int) -> subprocess.Popen[bytes]:
    (folder / "test.hdb").write_text(SIGNATURE)
    (folder / "test.ndb").write_text(INSIDE)
    lines = [f"DatabaseDirectory {folder}", f"TCPSocket {port}", "TCPAddr 127.0.0.1", "Foreground yes",
             *(f"{name} {MOST_MB}M" for name in ("StreamMaxLength", "MaxFileSize", "MaxScanSize"))]
    (folder / "clamd.conf").write_text("\n".join(lines) + "\n")
    libraries = ":".join(str(path.parent) for path in root.rglob("libclamav.so.*"))
    with (folder / "clamd.log").open("wb") as log:
        return subprocess.Popen(
            [root / "usr" / "sbin" / "clamd", f"--config-file={folder / 'clamd.conf'}"],
            env={**os.environ, "LD_LIBRARY_PATH": libraries}, stdout=log, stderr=subprocess.STDOUT,
        )


def _until_it_answers(clamd: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(600):
        try:
            with socket.create_connection(("127.0.0.1", port)) as line:
                line.sendall(b"zPING\0")
                assert line.recv(5) == b"PONG\0"
                return
        except OSError:
            with suppress(subprocess.TimeoutExpired):
                raise AssertionError(f"clamd ended ({clamd.wait(0.1)}) before it answered") from None
    raise AssertionError("clamd did not answer within a minute")
