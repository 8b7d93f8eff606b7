"""A disk without room, met through the real door: the folder where files wait, and the one where they are kept."""

from __future__ import annotations

import errno
import io
import os
import tempfile

import pytest

from server import incoming
from tests.files import samples

LARGE = samples.TEXT * (700 * 1024 // len(samples.TEXT))


class Full(io.BytesIO):
    """A file on a disk that takes so many bytes."""

    room = 600 * 1024

    def write(self, piece):
        if self.tell() + len(piece) > self.room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(piece)


@pytest.mark.parametrize("who", ["client", "practitioner"])
async def test_a_disk_that_fills_while_a_file_comes_is_told_and_the_next_one_is_taken(
    cast, sender, rows, stored, monkeypatch, who
):
    browser = await sender(cast, who)
    with monkeypatch.context() as small:
        small.setattr(tempfile, "TemporaryFile", lambda **_: Full())
        for send in (browser.form("a.txt", LARGE), browser.raw(LARGE, path="/files?name=a.txt")):
            await _is_told(await send)
    assert stored() == 0 and await rows("SELECT id FROM file WHERE login_id = $1", cast.logins[who]) == []
    assert (await browser.sent("a.txt", LARGE))["size"] == len(LARGE)


async def test_a_disk_that_has_no_room_for_even_the_name_is_told(cast, sender, stored, monkeypatch):
    def none(**_):
        raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))

    with monkeypatch.context() as small:
        small.setattr(tempfile, "TemporaryFile", none)
        await _is_told(await (await sender(cast, "client")).form("a.txt", samples.TEXT))
    assert stored() == 0


async def test_a_folder_that_cannot_be_made_is_told(cast, sender, monkeypatch, tmp_path):
    blocked = tmp_path / "a file, not a folder"
    blocked.write_bytes(b"")
    chosen = incoming.settings().model_copy(update={"portico_data": blocked})
    monkeypatch.setattr(incoming, "settings", lambda: chosen)
    answer = await (await sender(cast, "client")).form("a.txt", samples.TEXT)
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"]) == (503, "storage-away") and "Try again" in problem["detail"]


async def _is_told(answer):
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"]) == (503, "storage-full")
    assert "no room" in problem["detail"] and "what you wrote is still here" in problem["detail"]
    assert int(answer.headers["Retry-After"]) >= 1


async def test_a_logo_and_a_table_on_a_full_disk_are_told_the_same_and_keep_nothing(cast, browse, monkeypatch):
    owner, desk = await browse(cast, "owner"), await browse(cast, "frontdesk")
    body = b"--x\r\nContent-Disposition: form-data; name=file; filename=a.png\r\n\r\n" + LARGE + b"\r\n--x--\r\n"
    form, table = {"Content-Type": "multipart/form-data; boundary=x"}, {"Content-Type": "text/csv"}
    with monkeypatch.context() as small:
        small.setattr(tempfile, "TemporaryFile", lambda **_: Full())
        for browser, path, data, kind in (
            (owner, "/staff/settings/branding/logo", body, form),
            (desk, "/staff/clients/import?name=a.csv", LARGE, table),
        ):
            headers = browser._headers({"Accept": "application/json", **kind})
            await _is_told(await browser.client.post(path, data=data, headers=headers))
    shown = await (await owner.json("/staff/settings/branding")).get_json()
    assert shown["logo"] is None
