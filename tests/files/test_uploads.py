"""Bringing a file: what is kept, what is refused in words, and that nothing half done stays."""

import asyncio
from hashlib import sha256

import pytest

from models.core.database import execute
from models.core.errors import Busy, Invalid
from models.files.kinds import MOST_BYTES
from server import storage, uploads
from server.incoming import announced_in
from tests.files import samples
from tests.files.test_places import exif, gps_of
from tests.files.test_uploading import Going


async def test_a_picture_is_kept_with_a_thumbnail(cast, sender, rows, stored):
    photo = samples.sideways_photo()
    file = await (await sender(cast, "client")).sent("Garden.JPG", photo)
    assert file | {"id": ""} == {"id": "", "name": "Garden.JPG", "type": "image/jpeg", "size": len(photo),
                                 "thumbnail": True}
    (row,) = await rows("SELECT * FROM file WHERE id = $1", file["id"])
    assert row["sha256"] == sha256(photo).digest()
    assert row["login_id"] == cast.logins["client"]
    assert "Garden" not in row["storage_key"]
    assert stored() == 2


async def test_a_raw_body_is_named_by_its_header_or_the_address(cast, sender):
    browser = await sender(cast, "practitioner")
    named = {"Content-Disposition": "attachment; filename*=UTF-8''d%C3%A9j%C3%A0.pdf"}
    by_header = await (await browser.raw(samples.PDF, **named)).get_json()
    by_address = await (await browser.raw(samples.PDF, path="/files?name=plan.pdf")).get_json()
    assert [one["file"]["name"] for one in (by_header, by_address)] == ["déjà.pdf", "plan.pdf"]


async def test_an_event_tells_the_person_alone_that_the_file_is_there(cast, sender, rows):
    file = await (await sender(cast, "client")).sent("a.txt", samples.TEXT)
    (part,) = await rows(
        "SELECT d.* FROM event_data d JOIN event e USING (practice_id, seq) WHERE e.type = 'file.ready'"
    )
    assert part["rooms"] == [["login", str(cast.logins["client"])]]
    assert part["ids"] == {"file": file["id"]}


@pytest.mark.parametrize(
    ("name", "content", "status", "word"),
    [
        ("empty.pdf", b"", 422, "empty"),
        ("program.exe", b"MZ", 422, ".exe"),
        ("noending", samples.PDF, 422, "no ending"),
        ("letter.pdf", samples.picture("PNG"), 422, "not a PDF"),
        ("cut.png", samples.picture("PNG")[:300], 422, "incomplete or damaged"),
        ("\u202e\u2066", samples.PDF, 422, "no ending"),
        ("../..", samples.PDF, 422, "no ending"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_a_sentence(cast, sender, stored, name, content, status, word):
    answer = await (await sender(cast, "client")).form(name, content)
    problem = await answer.get_json()
    assert answer.status_code == status
    assert word in problem["detail"]
    assert stored() == 0


async def test_a_hostile_name_is_cleaned(cast, sender):
    hostile = '../../"\r\nSet-Cookie: x\u202e' + "n" * 1000 + ".txt"
    file = await (await sender(cast, "client")).sent(hostile, samples.TEXT)
    assert len(file["name"]) == 120
    assert file["name"].endswith("….txt")
    assert not set(file["name"]) & set("\r\n/\u202e")


async def test_too_much_is_refused_as_soon_as_it_is_announced(cast, sender):
    answer = await (await sender(cast, "client")).raw(b"x", **{"Content-Length": str(MOST_BYTES + 10**6)})
    assert answer.status_code == 413
    assert "larger than 500 MB" in (await answer.get_json())["detail"]


async def test_too_much_is_refused_while_it_comes_whatever_was_announced(cast, sender, stored):
    await cast.inside(lambda: execute(
        "INSERT INTO file_settings (most_file, most_client, most_practice) VALUES ($1, $1, $1)", 25 * 1024 * 1024))
    made = (await sender(cast, "client")).browser._headers({"Accept": "application/json", "Content-Length": "100"})
    browser = await sender(cast, "client")
    made["Cookie"] = browser.browser._headers({})["Cookie"]
    async with browser.browser.client.request("/files?name=a.txt", method="POST", headers=made) as line:
        for _ in range(26):
            await line.send(b"a" * 1024 * 1024)
        await line.send_complete()
    answer = await line.as_response()
    assert answer.status_code == 413
    assert stored() == 0


async def test_less_than_announced_is_refused(cast, sender, stored):
    answer = await (await sender(cast, "client")).raw(
        samples.TEXT, path="/files?name=a.txt", **{"Content-Length": str(len(samples.TEXT) + 5)}
    )
    assert (await answer.get_json())["code"] == "file-cut-off"
    assert stored() == 0


async def test_a_form_without_its_end_is_refused(cast, sender):
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nhalf of it'
    answer = await (await sender(cast, "client")).raw(body, **{"Content-Type": "multipart/form-data; boundary=b"})
    assert (await answer.get_json())["code"] == "file-cut-off"


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("multipart/form-data", b"x", "form-broken"),
        ("multipart/form-data; boundary=b", b"\x00\xffnonsense", "form-broken"),
        ("multipart/form-data; boundary=b", b"--b--\r\n", "file-missing"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--\r\n',
         "file-missing"),
        ("application/json", b"{}", "file-missing"),
        ("multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; filename="a.txt"\r\n\r\n1\r\n'
         b'--b\r\nContent-Disposition: form-data; filename="b.txt"\r\n\r\n1\r\n--b--\r\n', "one-file"),
    ],
)
async def test_a_form_that_holds_no_file_or_two_is_refused(cast, sender, kind, body, code):
    answer = await (await sender(cast, "client")).raw(body, **{"Content-Type": kind})
    assert answer.status_code == 422
    assert (await answer.get_json())["code"] == code


async def test_a_full_disk_is_told_and_leaves_nothing(cast, sender, rows, stored, monkeypatch):
    async def full(key, content):
        raise storage._trouble(OSError(28, "No space left on device"))

    monkeypatch.setattr(storage, "keep", full)
    answer = await (await sender(cast, "client")).form("a.txt", samples.TEXT)
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"]) == (503, "storage-full")
    assert "no room" in problem["detail"]
    assert stored() == 0
    (row,) = await rows("SELECT refused_at FROM file WHERE login_id = $1", cast.logins["client"])
    assert row["refused_at"] is not None


async def test_a_disk_that_fills_up_while_it_is_written_keeps_no_part(kept):
    script = """
import asyncio, resource, signal, sys, tempfile
from obstore.store import LocalStore
from models.core.database import execute
from models.core.errors import Busy
from server import storage
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
place = LocalStore(prefix=sys.argv[1], mkdir=True)
storage.store = lambda: place
big = tempfile.TemporaryFile()
big.write(b"x" * 3_000_000)
big.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    asyncio.run(storage.keep("p/big", big))
except Busy as busy:
    print(busy.code)
"""
    import sys

    run = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, str(kept), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await run.communicate()
    assert out.decode().splitlines()[-1] == "storage-full"
    assert [path for path in kept.rglob("*") if path.is_file()] == []


async def test_a_refused_file_is_nobodys_and_is_erased_by_its_job(cast, sender, rows, monkeypatch):
    async def away(key, content):
        raise Busy("storage-away")

    with monkeypatch.context() as broken:
        broken.setattr(storage, "keep", away)
        await (await sender(cast, "client")).form("a.txt", samples.TEXT)
    (row,) = await rows("SELECT id FROM file WHERE login_id = $1", cast.logins["client"])
    from server.jobs import JOBS

    await JOBS["file.erase"](cast.practice_id, {"file": row["id"]})
    assert await rows("SELECT id FROM file WHERE id = $1", row["id"]) == []


async def test_a_stranger_brings_nothing(cast, browse):
    browser = await browse(cast)
    headers = browser._headers({"Accept": "application/json"})
    answer = await browser.client.post("/files?name=a.txt", data=b"x", headers=headers)
    assert answer.status_code == 401


async def test_another_site_brings_nothing(cast, sender):
    answer = await (await sender(cast, "client")).form("a.txt", samples.TEXT, Origin="https://elsewhere.test")
    assert answer.status_code == 403


async def test_a_boundary_that_no_form_has_is_refused_in_words(cast, sender):
    ana = await sender(cast, "client")
    answer = await ana.raw(b"hello", **{"Content-Type": f"multipart/form-data; boundary={'a' * 7000}"})
    assert (answer.status_code, (await answer.get_json())["code"]) == (422, "form-broken")


def test_digits_of_other_scripts_are_no_length_and_no_place():
    """A header may hold any letter of Latin-1, of which three look like digits to Python."""
    assert announced_in({"Content-Length": "²"}, 9) is None
    with pytest.raises(Invalid):
        uploads._offset({"Upload-Offset": "²"})


async def test_a_photo_loses_its_place_on_the_way_and_its_checksum_is_of_what_is_kept(cast, sender, rows):
    """In one go and in pieces alike: what is handed out is what the row says."""
    photo = samples.picture("JPEG", (60, 40), exif=exif())
    assert gps_of(photo), "the premise"
    ana = await sender(cast, "client")
    whole = await ana.sent("a.jpg", photo)
    pieces = await Going(ana.browser).whole(photo, "b.jpg", step=len(photo) // 2 + 1)
    for id in (whole["id"], pieces["file"]):
        handed_out = await (await ana.browser.opened(f"/files/{id}")).get_data()
        (row,) = await rows("SELECT sha256, size FROM file WHERE id = $1", id)
        assert (gps_of(handed_out), len(handed_out)) == ([], row["size"])
        assert row["sha256"] == sha256(handed_out).digest() != sha256(photo).digest()
