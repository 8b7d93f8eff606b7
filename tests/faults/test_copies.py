"""The copy of what was signed while its worker is killed: made once, whole, and with the bytes that the chain names."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio

from models.core.database import execute, fetch_one
from models.documents.chaining import walk_signings
from models.documents.copies import newest_copy
from models.documents.submitting import submit
from models.documents.tables import Document, SignedCopy
from models.documents.unaltered import judge
from tests.faults.crew import JobWorker
from tests.faults.ground import Ground, eventually, eventually_so
from tests.support.papers import a_document, a_form
from tests.support.signing import CONSENT, fields

pytestmark = pytest.mark.timeout(600)
NOBODY = "smtp://127.0.0.1:9"
# What a worker held when it died, as if its heartbeat had run out by now.
SILENT = "UPDATE pgqueuer SET heartbeat = heartbeat - interval '1 hour' WHERE status = 'picked'"
JOB = "SELECT status::text FROM pgqueuer WHERE dedupe_key LIKE $1"
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest_asyncio.fixture(loop_scope="session")
async def crew(ground: Ground, request: pytest.FixtureRequest) -> AsyncIterator[list[JobWorker]]:
    """Two workers, not yet started."""
    workers = [JobWorker(ground, f"copies-{number}", NOBODY) for number in (1, 2)]
    yield workers
    for worker in workers:
        worker.kill()
        request.node.add_report_section("call", worker.log.name, worker.words())


async def test_a_worker_killed_between_the_bytes_and_the_record_leaves_one_copy(ground, crew, cast):
    document = await _signed(cast)
    async with _chain_held(ground, cast.practice_id):
        crew[0].start()
        await eventually(lambda: len(_stored(ground, cast)) == 1, within=90, what="the bytes of a copy")
        await eventually_so(lambda: _waits(ground), within=60, what="a copy to be recorded")
        left = _stored(ground, cast)[0].read_bytes()
        crew[0].kill()
    assert not await cast.inside(lambda: SignedCopy.exists(document_id=document.id))
    await _time_passes(ground)
    crew[1].start()
    assert await _whole(ground, cast, document) == left, "the same bytes, over those that were left"


async def test_a_worker_killed_at_any_moment_makes_it_in_the_end(ground, crew, cast, neighbours):
    chance = random.Random(11)
    papers = [(one, await _signed(one, long=True)) for one in (cast, neighbours)]
    for _ in range(3):
        crew[0].start()
        await eventually_so(lambda: _picked(ground, papers), within=90, what="a job in hand")
        await asyncio.sleep(chance.uniform(0, 1.0))
        crew[0].kill()
        await _time_passes(ground)
    crew[1].start()
    for one, document in papers:
        await _whole(ground, one, document)


async def _signed(cast, *, long: bool = False) -> Document:
    """A consent of some pages, signed by the client: its job waits."""
    words = [{"linkId": f"w{place}", "type": "display", "text": "You may end it at any time. " * 40}
             for place in range(200 * long)]
    form = await a_form(cast, {**CONSENT, "item": [*CONSENT["item"], *words]}, kind="consent", signs=True)
    document, client = await a_document(cast, form), await cast.actor("client")
    answer = """INSERT INTO answer (document_id, path, value, login_id, side)
      VALUES ($1, 'reached', '["Ada"]', $2, 'portal')"""
    await cast.inside(lambda: execute(answer, document.id, client.login_id))
    sent = await fields(cast, client, document)
    await cast.inside(lambda: submit(client, document.id, signature=sent))
    return document


async def _whole(ground: Ground, cast, document: Document) -> bytes:
    """Wait for the copy; its bytes, once everything about it was found to hold."""
    async def made() -> bool:
        return await cast.inside(lambda: newest_copy(document.id)) is not None

    await eventually_so(made, within=200, what="a copy")
    assert await cast.inside(lambda: SignedCopy.filter(document_id=document.id).count()) == 1
    [path] = _stored(ground, cast)
    content = path.read_bytes()
    verdict = await cast.inside(lambda: judge(sha256(content).digest(), None))
    assert verdict.answer == "unaltered" and content.rstrip().endswith(path.name.encode())
    assert await cast.inside(walk_signings) == (2, None)
    return content


def _stored(ground: Ground, cast) -> list[Path]:
    """Copies in the workers' storage, none that is half written."""
    folder = ground.folder / "files" / str(cast.practice_id) / "signed"
    return [one for one in folder.glob("*") if "#" not in one.name] if folder.exists() else []


@asynccontextmanager
async def _chain_held(ground: Ground, practice: UUID) -> AsyncIterator[None]:
    """Nobody adds to the practice's chain meanwhile."""
    held = await asyncpg.connect(ground.owner)
    try:
        async with held.transaction():
            await held.execute("SELECT set_config('portico.practice', $1, true)", str(practice))
            await held.execute("SELECT 1 FROM signing_head WHERE practice_id = $1 FOR UPDATE", practice)
            yield
    finally:
        await held.close()


async def _waits(ground: Ground) -> bool:
    looking = await asyncpg.connect(ground.owner)
    try:
        return await looking.fetchval(WAITING) > 0
    finally:
        await looking.close()


async def _picked(ground: Ground, papers) -> bool:
    """Whether a worker has one of the jobs in hand, or all are done."""
    found = [await fetch_one(JOB, f"document.copy:{document.id}:%") for _, document in papers]
    return all(row is None for row in found) or any(row is not None and row["status"] == "picked" for row in found)


async def _time_passes(ground: Ground) -> None:
    await ground.postgres_is_up()
    await execute(SILENT)
