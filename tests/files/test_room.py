"""How much one person may bring and not share: enough for every message, not enough to fill the practice's storage."""

from __future__ import annotations

import pytest

from models.core.change import change
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id
from models.files import bringing, room
from models.files.bringing import MOST_UNSHARED, UNSHARED_FOR
from models.files.granting import grant_to_seats
from models.files.room import MB
from tests.files import samples


@pytest.fixture
def brought(cast):
    """A file of that size that somebody brought, said by its row alone; gives its id."""

    async def bring(name, size, *, at=None):
        file = new_id()
        await cast.inside(lambda: execute(
            "INSERT INTO file (id, login_id, name, type, size, sha256, storage_key, created_at)"
            " VALUES ($1, $2, 'a.txt', 'text/plain', $3, '\\x00', $4, $5)",
            file, cast.logins[name], size, f"{cast.practice_id}/{file}", at or now(),
        ))
        return file

    return bring


async def test_beyond_the_room_a_file_is_refused_with_what_to_do(cast, sender, brought, stored):
    browser = await sender(cast, "client")
    await browser.sent("a.txt", samples.TEXT)
    before = stored()
    await brought("client", MOST_UNSHARED - len(samples.TEXT) - 1)
    answer = await browser.form("b.txt", samples.TEXT)
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"]) == (429, "too-much-unshared")
    assert "Send some of it" in problem["detail"] and "Retry-After" in answer.headers
    assert stored() == before


async def test_it_is_refused_before_the_bytes_come_when_the_room_is_full(cast, sender, brought, monkeypatch):
    await brought("client", MOST_UNSHARED + 1)
    monkeypatch.setattr("server.files.incoming", None)  # not one byte is read
    assert (await (await sender(cast, "client")).form("b.txt", samples.TEXT)).status_code == 429


async def test_what_was_shared_or_let_go_or_is_old_or_anothers_does_not_count(cast, sender, brought, talk):
    actor = await cast.actor("client")
    shared, gone = await brought("client", MOST_UNSHARED), await brought("client", MOST_UNSHARED)
    await brought("client", MOST_UNSHARED, at=now() - 3 * UNSHARED_FOR)
    await brought("practitioner", MOST_UNSHARED)

    async def share() -> None:
        async with change(actor, "message.send"):
            await grant_to_seats(actor, [shared], [talk["client"]], subject_id=new_id())

    await cast.inside(share)
    assert (await (await sender(cast, "client")).form("b.txt", samples.TEXT)).status_code == 429, "the premise"
    await cast.inside(lambda: bringing.let_go(gone))
    await (await sender(cast, "client")).sent("b.txt", samples.TEXT)


LIMITS = "INSERT INTO file_settings (most_file, most_client, most_practice) VALUES ($1, $2, $3)"


@pytest.fixture
def limits(cast):
    async def set_them(most_file, most_client=None, most_practice=None):
        client = most_client or most_file
        await cast.inside(lambda: execute(LIMITS, most_file, client, most_practice or client))

    return set_them


async def test_what_is_kept_is_counted_for_the_client_and_the_practice_and_what_goes_is_not(cast, keep, rows):
    from models.files import own_files

    kept = await keep("client", "client")
    await keep("parent", "teen")
    size = len(samples.PDF)
    for client_id, found in ((cast.clients["client"], 1), (cast.clients["teen"], 1), (cast.practice_id, 2)):
        (row,) = await rows("SELECT bytes, files FROM file_usage WHERE client_id = $1", client_id)
        assert (row["bytes"], row["files"]) == (found * size, found)
    client = await cast.actor("client")
    await cast.inside(lambda: own_files.remove(client, kept.id))
    (row,) = await rows("SELECT bytes, files FROM file_usage WHERE client_id = $1", cast.clients["client"])
    assert (row["bytes"], row["files"]) == (0, 0)


async def test_beyond_a_clients_room_it_is_said_in_words_and_another_client_has_their_own(cast, keep, limits, sender):
    await limits(100, 100, 1000)
    await keep("client", "client")
    answer = await (await sender(cast, "client")).form("b.txt", b"a" * 60)
    problem = await answer.get_json()
    assert (answer.status_code, problem["code"]) == (409, "no-room")
    assert "There is no room left" in problem["detail"]
    await keep("teen", "teen")


async def test_beyond_the_practices_room_nobody_brings_more_staff_neither(cast, keep, limits, sender):
    await limits(100, 100, 100)
    await keep("client", "client")
    answer = await (await sender(cast, "practitioner")).form("b.txt", b"a" * 60)
    assert (await answer.get_json())["code"] == "no-room"


async def test_of_two_at_the_edge_at_once_one_is_kept(cast, limits, sender):
    import asyncio

    await limits(100, 100, 100)
    two = [await sender(cast, name) for name in ("client", "teen")]
    answers = await asyncio.gather(*(one.form("a.txt", b"a" * 60) for one in two))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_of_two_uploads_that_begin_at_the_edge_at_once_one_begins(cast, limits, browse):
    import asyncio
    from uuid import uuid4

    await limits(100, 100, 100)
    two = [await browse(cast, name) for name in ("client", "teen")]
    answers = await asyncio.gather(*(
        one.send("/files/uploads", {"name": "a.txt", "size": 60, "key": str(uuid4())}) for one in two))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


def test_a_size_is_said_in_the_units_of_the_limits_and_nothing_is_nothing():
    told = {0: "0 KB", 1: "1 KB", 8400: "8 KB", MB - 1: "1024 KB", MB: "1 MB", 500 * MB: "500 MB", 5261334938: "4.9 GB"}
    assert {size: room.spoken(size) for size in told} == told


async def test_the_list_says_how_large_a_file_is_as_the_room_beside_it(cast, browse, keep):
    kept = await keep("client", "client", "Card.pdf")
    maya = await browse(cast, "practitioner")
    page = await (await maya.get(f"/staff/clients/{kept.client_id}/files")).get_data(as_text=True)
    assert "· 1 KB" in page and "1 KB of 5 GB" in page and " Bytes" not in page


async def test_administrators_set_the_limits_and_nobody_else(cast, browse):
    owner, maya = await browse(cast, "owner"), await browse(cast, "practitioner")
    given = {"version": 0, "most_file_mb": 50, "most_client_gb": 2, "most_practice_gb": 20}
    assert (await maya.send("/staff/settings/portal/files", given)).status_code == 403
    assert (await owner.send("/staff/settings/portal/files", given)).status_code == 200
    shown = await (await owner.json("/staff/settings/portal/files")).get_json()
    assert (shown["most_file_mb"], shown["most_client_gb"], shown["most_practice_gb"]) == (50, 2, 20)
    assert (await owner.send("/staff/settings/portal/files", given)).status_code == 409, "somebody else was quicker"
    wrong = await owner.send("/staff/settings/portal/files", {**given, "version": 1, "most_practice_gb": 1})
    assert "most_practice_gb" in (await wrong.get_json())["errors"]
    for path in ("/staff/settings/portal/files", "/staff/settings/portal/files/edit"):
        assert "20" in await (await owner.get(path)).get_data(as_text=True)
