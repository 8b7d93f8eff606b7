"""How much one person may bring and not share: enough for every message, not enough to fill the practice's storage."""

from __future__ import annotations

import pytest

from models.core.change import change
from models.core.clock import now
from models.core.database import execute
from models.core.ids import new_id
from models.files import bringing
from models.files.bringing import MOST_UNSHARED, UNSHARED_FOR
from models.files.granting import grant_to_seats
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
