"""The scanner is asked over its own protocol; without its word nothing is taken."""

import asyncio
import struct
from contextlib import asynccontextmanager
from io import BytesIO

import pytest

from models.core.errors import Busy, Invalid
from models.core.settings import settings
from server import antivirus
from tests.files import samples

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Scanner:
    """Speaks INSTREAM as clamd does; `silent` never answers."""

    def __init__(self) -> None:
        self.seen: list[bytes] = []
        self.answer = b""

    async def serve(self, reader, writer):
        assert await reader.readuntil(b"\0") == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!I", await reader.readexactly(4))[0]:
            content += await reader.readexactly(size)
        self.seen.append(content)
        found = b"stream: Eicar-Test-Signature FOUND" if EICAR in content else b"stream: OK"
        writer.write((self.answer or found) + b"\0")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def scanner_at(path):
    scanner = Scanner()
    server = await asyncio.start_unix_server(scanner.serve, path)
    try:
        yield scanner
    finally:
        server.close()


@pytest.fixture
def clamd(tmp_path_factory, monkeypatch):
    path = str(tmp_path_factory.mktemp("c") / "s")
    chosen = settings().model_copy(update={"clamd_url": f"unix:{path}"})
    monkeypatch.setattr(antivirus, "settings", lambda: chosen)
    return path


async def test_a_clean_file_is_taken_and_its_scan_noted(cast, sender, clamd, rows):
    async with scanner_at(clamd) as scanner:
        file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    assert scanner.seen == [samples.TEXT]
    (row,) = await rows("SELECT scanned_at FROM file WHERE id = $1", file["id"])
    assert row["scanned_at"] is not None


async def test_an_infected_file_is_refused(cast, sender, clamd, stored):
    async with scanner_at(clamd):
        answer = await (await sender(cast, "client")).form("a.txt", EICAR)
    assert (await answer.get_json())["code"] == "file-infected"
    assert stored() == 0


async def test_what_is_more_than_the_scanner_takes_is_refused_with_the_reason(cast, sender, clamd, stored):
    async with scanner_at(clamd) as scanner:
        scanner.answer = b"INSTREAM size limit exceeded. ERROR"
        answer = await (await sender(cast, "client")).form("a.txt", samples.TEXT)
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"]) == (422, "file-unscannable")
    assert "larger than the practice’s virus scanner takes" in problem["detail"]
    assert stored() == 0


async def test_a_scanner_that_has_had_enough_and_hangs_up_is_heard_all_the_same(clamd):
    """clamd answers in the midst of what is sent, and closes with the rest unread: the next write breaks."""
    said = b"INSTREAM size limit exceeded. ERROR\0"

    async def enough(reader, writer):
        await reader.readexactly(64 * 1024)
        writer.write(said)
        writer.close()

    async with await asyncio.start_unix_server(enough, clamd):
        for _ in range(20):
            with pytest.raises(Invalid, match="file-unscannable"):
                await antivirus.scan(BytesIO(bytes(8 * 1024 * 1024)))


async def test_a_scanner_that_hangs_up_without_a_word_takes_nothing(clamd):
    async def nothing(reader, writer):
        await reader.readexactly(64 * 1024)
        writer.close()

    async with await asyncio.start_unix_server(nothing, clamd):
        with pytest.raises(Busy):
            await antivirus.scan(BytesIO(bytes(8 * 1024 * 1024)))


async def test_a_scanner_in_trouble_takes_nothing(cast, sender, clamd, stored):
    async with scanner_at(clamd) as scanner:
        scanner.answer = b"nonsense"
        answer = await (await sender(cast, "client")).form("a.txt", samples.TEXT)
    assert answer.status_code == 503
    assert stored() == 0


async def test_without_its_scanner_nothing_is_taken(cast, sender, clamd, stored):
    answer = await (await sender(cast, "client")).form("a.txt", samples.TEXT)
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"]) == (503, "scanner-away")
    assert "try again" in problem["detail"]
    assert stored() == 0


async def test_without_the_setting_files_are_taken_unscanned(cast, sender, rows):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    (row,) = await rows("SELECT scanned_at FROM file WHERE id = $1", file["id"])
    assert row["scanned_at"] is None
