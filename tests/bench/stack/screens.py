"""From commit to screen: a message sent through one worker, seen by a socket of the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID

from models.accounts.actors import actor_of_session
from models.core.scope import practice_scope
from models.messaging.seats import conversation_for
from models.messaging.sending import send
from tests.bench.stack.figures import tell_times
from tests.bench.stack.people import Pair
from tests.bench.stack.talking import WORDS, Talk

MESSAGES, PER_SECOND = 160, 20
WARM_UP = 40
GOALS = (5.0, 25.0)


async def through_a_worker(talk: Talk) -> None:
    """The sender knows when it began and when the answer came; the commit lies between the two."""
    began, answered = {}, {}
    async for _ in paced(MESSAGES):
        start = time.monotonic()
        at, answer = await talk.send()
        began[answer["seq"]], answered[answer["seq"]] = start, at
    await talk.until_heard(list(began))
    seqs = list(began)[WARM_UP:]
    tell_times("stack", "message.send, ask to answer", [answered[seq] - began[seq] for seq in seqs])
    tell_times("stack", "message.send, ask to the other worker's socket", [talk.heard[s] - began[s] for s in seqs])
    after = [talk.heard[seq] - answered[seq] for seq in seqs]
    tell_times("stack", "answer to the other worker's socket", after, GOALS)
    tell_times("stack", "answer to the same worker's socket", [talk.own[seq] - answered[seq] for seq in seqs])


async def through_the_verb(talk: Talk, pair: Pair) -> None:
    """Written by the verb in this process: the time is taken before the flush and COMMIT, and right after them."""
    before, after = {}, {}
    async for _ in paced(MESSAGES):
        seq, written, committed = await _say(pair, UUID(talk.conversation))
        before[seq], after[seq] = written, committed
    await talk.until_heard(list(after))
    seqs = list(after)[WARM_UP:]
    tell_times("stack", "commit to a worker's socket", [talk.heard[seq] - after[seq] for seq in seqs], GOALS)
    tell_times("stack", "last statement of the verb to a worker's socket", [talk.heard[s] - before[s] for s in seqs])


async def _say(pair: Pair, conversation: UUID) -> tuple[int, float, float]:
    async with practice_scope(pair.practice_id) as scope:
        actor = await actor_of_session(pair.practice_id, pair.practitioner.session_id)
        await send(actor, await conversation_for(actor, conversation, lock=True), body=WORDS)
        written = time.monotonic()
    committed = time.monotonic()
    assert scope.seq is not None
    return scope.seq, written, committed


async def paced(count: int) -> AsyncIterator[int]:
    """So many turns at PER_SECOND; a turn that comes late does not push the next."""
    began = time.monotonic()
    for turn in range(count):
        await asyncio.sleep(max(0.0, began + turn / PER_SECOND - time.monotonic()))
        yield turn
