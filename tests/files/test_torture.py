"""What is sent to do harm, or badly, is refused in words and leaves nothing; uploads in pieces and in one go alike."""

import asyncio
import io
import json
import struct
import zipfile
import zlib
from uuid import uuid4

import pytest

from models.core.errors import Invalid
from server import incoming
from tests.files import samples
from tests.files.test_uploading import Going


def bomb(part: str = "word/document.xml", *, times: int = 300) -> bytes:
    """A small archive of hundreds of megabytes of zeros."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr(part, bytes(1024 * 1024))
    whole = bytearray(out.getvalue())
    at = whole.rfind(b"PK\x01\x02")  # what the directory says of the last part
    whole[at + 24:at + 28] = struct.pack("<I", times * 1024 * 1024)
    return bytes(whole)


def words_bomb() -> bytes:
    plain = samples.picture("PNG", (30, 20))
    data = b"Comment\x00\x00" + zlib.compress(bytes(64 * 1024 * 1024))
    chunk = struct.pack(">I", len(data)) + b"zTXt" + data + struct.pack(">I", zlib.crc32(b"zTXt" + data))
    return plain[:33] + chunk + plain[33:]


CASES = [
    ("zip-bomb.pdf", bomb(), "not a PDF"),
    ("bomb.docx", bomb(), "fill a computer"),
    ("bomb.xlsx", bomb("xl/workbook.xml"), "fill a computer"),
    ("pixels.png", samples.png_of(100_000, 100_000), "pixels"),
    ("words.png", words_bomb(), "damaged"),
    ("page.pdf", b"<html><script>1</script>", "not a PDF"),
    ("program.txt", b"MZ\x90\x00\x03\x00\x00\x00", "not a text"),
    ("archive.docx", b"PK\x03\x04" + bytes(99), "incomplete"),
    ("cut.pdf", samples.PDF[:-8], "incomplete"),
]


@pytest.mark.parametrize(("name", "content", "word"), CASES)
async def test_it_is_refused_in_one_go_and_in_pieces(cast, sender, stored, name, content, word):
    answer = await (await sender(cast, "client")).form(name, content)
    problem = await answer.get_json()
    assert (answer.status_code, word in problem["detail"]) == (422, True), problem
    going = Going((await sender(cast, "client")).browser)
    found = await going.whole(content, name, step=max(50, len(content) // 3), client=str(cast.clients["client"]))
    assert found["state"] == "refused" and word in found["reason"]
    assert stored() == 0


@pytest.mark.parametrize(
    ("given", "name"),
    [("../../../etc/passwd.txt", "passwd.txt"), ("C:\\Users\\me\\card.txt", "card.txt"),
     ("\u202etxt.exe.txt", "txt.exe.txt"), ("  spaces  .txt", "spaces .txt"), ("кошка 🐈.txt", "кошка 🐈.txt"),
     ("a\u0000b.txt", None), ("\ud800.txt", None), ("n" * 3000 + ".txt", "n" * 115 + "….txt"), ("CON.txt", "CON.txt"),
     (".txt", None), ("a.txt.", "a.txt")],
)
async def test_names_are_cleaned_or_refused_and_never_a_path(cast, browse, kept, given, name):
    ana = await browse(cast, "client")
    body = json.dumps({"name": given, "size": 9, "key": str(uuid4())})
    made = ana._headers({"Accept": "application/json", "Content-Type": "application/json"})
    answer = await ana.client.post("/files/uploads", data=body, headers=made)
    told = await answer.get_json()
    assert answer.status_code == (422 if name is None else 200), told
    assert name is None or told["upload"]["name"] == name
    assert not [path for path in kept.rglob("*") if "passwd" in path.name or "card" in path.name]


async def test_a_sender_that_says_nothing_more_is_let_go(monkeypatch):
    async def silent():
        yield b"half of it"
        await asyncio.Event().wait()

    monkeypatch.setattr(incoming, "IDLE_SECONDS", 0.05)
    with pytest.raises(Invalid) as refused:
        async with incoming.incoming(silent(), {"Content-Disposition": 'attachment; filename="a.txt"'}):
            raise AssertionError("it did not come whole")
    assert refused.value.code == "file-stalled"


class Trickle:
    """A line on which so many bytes come every so many seconds, of which none pass here."""

    def __init__(self, size: int, seconds: float, times: int) -> None:
        self.size, self.seconds, self.times, self.now, self.read = size, seconds, times, 0.0, 0

    async def __aiter__(self):
        for _ in range(self.times):
            self.now += self.seconds
            self.read += self.size
            yield b"x" * self.size

    async def taken(self, pause: float = 0):
        async for _ in incoming.patiently(aiter(self), clock=lambda: self.now):
            self.now += pause


async def test_who_sends_a_byte_every_29_seconds_is_let_go_after_the_minute():
    line = Trickle(1, 29, times=10_000)
    with pytest.raises(Invalid) as refused:
        await line.taken()
    assert refused.value.code == "file-stalled" and line.now < 120


async def test_who_begins_quickly_and_then_trickles_is_let_go_as_well():
    line = Trickle(1024**2, 1, times=60)
    line.times = 120
    with pytest.raises(Invalid):
        async for _ in incoming.patiently(aiter(line), clock=lambda: line.now):
            if line.read > 30 * 1024**2:
                line.size = 100
    assert line.now < 190


async def test_a_telephone_on_a_line_of_ten_kilobytes_a_second_gets_through():
    line = Trickle(10_000, 1, times=900)
    await line.taken()
    assert line.read == 9_000_000
    tunnels = Trickle(200_000, 29, times=40)  # most of the time there is no line at all
    await tunnels.taken()


async def test_what_the_server_takes_its_time_for_is_not_held_against_the_sender():
    line = Trickle(1000, 0.001, times=50)
    await line.taken(pause=120)
    assert line.now > 50 * 120


async def test_after_the_torture_the_next_file_is_taken(cast, sender):
    browser = await sender(cast, "client")
    for name, content, _ in CASES:
        await browser.form(name, content)
    assert (await browser.sent("a.txt", samples.TEXT))["name"] == "a.txt"
