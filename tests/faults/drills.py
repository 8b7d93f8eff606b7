"""Drills that are run on the house, and on houses broken on purpose: each raises Fault when a promise is broken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from statistics import median
from typing import Any
from uuid import uuid4

from models.core.events import ToStaff
from tests.faults.drill import Writer
from tests.faults.ground import Ground, WebWorker, eventually
from tests.faults.page import Fault, Page

MEDIAN, SLOWEST = 0.05, 0.2


async def quickness(writer: Writer, pages: Sequence[Page], *, events: int = 60, tries: int = 40) -> None:
    """Events that come one by one are soon on every page; raises Fault when the bells are not heard.

    The poll alone would bring them too, a quarter of a second later on average: that is why it is measured. Tried
    again, because a busy machine may be slow for a minute; who is deaf is late every time.
    """
    while True:
        try:
            return await _once_quick(writer, pages, events)
        except Fault:
            tries -= 1
            if not tries:
                raise
            await asyncio.sleep(0.3)


async def _once_quick(writer: Writer, pages: Sequence[Page], events: int) -> None:
    seqs = []
    for _ in range(events):
        seqs.append(await writer.tell(ToStaff()))
        await asyncio.sleep(0.015)
    await _arrived(pages, seqs)
    delays = sorted(page.heard_at[seq] - writer.committed[seq] for page in pages for seq in seqs)
    middle, late = median(delays), delays[int(len(delays) * 0.99) - 1]
    if middle > MEDIAN or late > SLOWEST:
        raise Fault(f"commit to page: median {middle * 1000:.0f} ms, 99 of 100 within {late * 1000:.0f} ms")


async def promptness(writer: Writer, pages: Sequence[Page], *, within: float, events: int = 5) -> None:
    """Without bells: every event is on every page within the poll's bound. Raises Fault when one is not."""
    for _ in range(events):
        seq = await writer.tell(ToStaff())
        await asyncio.sleep(0.1)
        await _arrived(pages, [seq], within=within)


async def coming_and_going(
    writers: Sequence[Writer], pages: Sequence[Page], *, changes: int, rounds: int, resyncs: int | None = 0
) -> None:
    """Pages lose their sockets again and again while others write; raises Fault for whatever a page missed. However
    slowly a page comes back, they go on writing until it is there: what is told at that moment is what may get lost."""
    over = asyncio.Event()

    async def write(writer: Writer) -> None:
        await writer.write(changes, pause=0.004)
        while not over.is_set():  # no longer in a hurry: a page that missed five hundred would start anew
            await writer.write(1, pause=0.1)

    writing = [asyncio.create_task(write(writer)) for writer in writers]
    for turn in range(rounds):
        await asyncio.sleep(0.1)
        for page in pages[turn % 2 :: 2]:
            page.cut()
    await asyncio.sleep(0.1)
    await asyncio.gather(*(page.until_live() for page in pages))
    over.set()
    await asyncio.gather(*writing)
    await checked(pages, resyncs=resyncs)


async def checked(pages: Sequence[Page], *, resyncs: int | None = 0, within: float = 20.0) -> None:
    """Every page knows everything it must, once, in order, and nothing else."""
    if not any(page.faults for page in pages):
        await asyncio.gather(*(page.settle(within) for page in pages))
    for page in pages:
        await page.check(resyncs=resyncs)


async def _arrived(pages: Sequence[Page], seqs: list[int], *, within: float = 5.0) -> None:
    try:
        await eventually(lambda: all(seq in page.heard for page in pages for seq in seqs), within=within)
    except AssertionError:
        raise Fault(f"events {seqs[0]} to {seqs[-1]} did not arrive within {within} s") from None


@asynccontextmanager
async def broken(ground: Ground, how: str) -> AsyncIterator[WebWorker]:
    """A third worker, broken in one of the ways of tests/faults/mutants.py."""
    worker = WebWorker(ground, how, app=f"tests.faults.mutants:serve_{how}")
    try:
        await worker.start()
        yield worker
    finally:
        worker.kill()


async def conversation(asker: Page, cast: Any, client: str = "client") -> str:
    """A conversation of this page's person with a client; its id."""
    answer = await asker.ask("conversation.start", people=[str(cast.clients[client])], key=new_key())
    assert answer["ok"], answer
    return str(answer["conversation"])


def new_key() -> str:
    return str(uuid4())
