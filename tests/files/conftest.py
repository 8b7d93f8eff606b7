"""What the tests of files share: a storage of their own, a way to send bytes, a conversation to share them in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from obstore.store import LocalStore

from models.core.database import execute, fetch_all
from models.core.ids import new_id
from server import storage


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    """The folder in which this test's files are stored."""
    place = LocalStore(prefix=tmp_path, mkdir=True, automatic_cleanup=True)
    monkeypatch.setattr(storage, "store", lambda: place)
    return tmp_path


@pytest.fixture
def stored(kept):
    """How many objects the storage holds."""
    return lambda: sum(1 for path in kept.rglob("*") if path.is_file())


class Sender:
    """A browser that sends files."""

    def __init__(self, browser: Any) -> None:
        self.browser = browser

    async def form(self, name: str, content: bytes, **headers: str) -> Any:
        """As a page does: a multipart form."""
        boundary = "kT9portico"
        spelled = name.replace('"', "%22").replace("\r", "%0D").replace("\n", "%0A")
        body = (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{spelled}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n").encode("utf-8", "surrogateescape")
        body += content + f"\r\n--{boundary}--\r\n".encode()
        return await self.raw(body, **{"Content-Type": f"multipart/form-data; boundary={boundary}", **headers})

    async def raw(self, body: bytes, path: str = "/files", **headers: str) -> Any:
        made = self.browser._headers({"Accept": "application/json", **headers})
        return await self.browser.client.post(path, data=body, headers=made)

    async def sent(self, name: str, content: bytes) -> dict[str, Any]:
        """Send a file that is taken; returns it as the page gets it."""
        answer = await self.form(name, content)
        found = await answer.get_json()
        assert answer.status_code == 200, found
        return found["file"]


@pytest.fixture
def sender(browse):
    async def open_one(cast: Any, name: str) -> Sender:
        return Sender(await browse(cast, name))

    return open_one


@pytest_asyncio.fixture
async def talk(cast) -> AsyncIterator[dict[str, UUID]]:
    """A conversation of the practitioner and the client: ids of the conversation and of both seats."""
    ids = {"conversation": new_id(), "practitioner": new_id(), "client": new_id()}

    async def sit() -> None:
        await execute("INSERT INTO conversation (id, client_id) VALUES ($1, $2)",
                      ids["conversation"], cast.clients["client"])
        await execute("INSERT INTO seat (id, conversation_id, kind, staff_id) VALUES ($1, $2, 'staff', $3)",
                      ids["practitioner"], ids["conversation"], cast.staff["practitioner"])
        await execute("INSERT INTO seat (id, conversation_id, kind, access_id) VALUES ($1, $2, 'access', $3)",
                      ids["client"], ids["conversation"], cast.accesses["client", "client"])

    await cast.inside(sit)
    yield ids


@pytest.fixture
def rows(cast):
    """Rows of a statement inside the practice."""
    return lambda sql, *args: cast.inside(lambda: fetch_all(sql, *args))


@pytest.fixture
def keep(cast, sender):
    """`await keep("parent", "teen")`: brought by that person for that client; the entry in the record."""
    from models.files.keeping import keep_for_client
    from tests.files import samples

    async def keep_one(name: str, client: str, file: str = "card.pdf", content: bytes = samples.PDF) -> Any:
        sent = await (await sender(cast, name)).sent(file, content)
        actor = await cast.actor(name, client=client)
        return await cast.inside(lambda: keep_for_client(
            actor, sent["id"], cast.clients[client], "upload", access_id=cast.accesses[name, client]))

    return keep_one


async def opens(cast: Any, name: str, file_id: Any, client: str | None = None) -> bool:
    """Whether this person may open the file."""
    from models.core.errors import Missing
    from models.files.granting import file_for

    actor = await cast.actor(name, client=client)
    try:
        await cast.inside(lambda: file_for(actor, file_id))
    except Missing:
        return False
    return True
