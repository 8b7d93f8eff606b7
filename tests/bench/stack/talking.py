"""Two people and the conversation they have."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import uuid4

from tests.bench.stack.line import Answer, Line
from tests.bench.stack.people import Pair
from tests.faults.ground import WebWorker

WORDS = "See you on Thursday at four; bring the drawings along if you like."


@dataclass
class Talk:
    """The practitioner writes, both hear it. `heard`: when the client's page heard each seq, by its clock."""

    practitioner: Line
    client: Line
    conversation: str = ""

    def __post_init__(self) -> None:
        self.heard: dict[int, float] = {}
        self.own: dict[int, float] = {}
        self._news = asyncio.Event()
        self.client.on_event = lambda name, payload, at: self._note(self.heard, payload["seq"], at)
        self.practitioner.on_event = lambda name, payload, at: self._note(self.own, payload["seq"], at)

    async def send(self) -> Answer:
        """One message; raises RuntimeError when it is refused."""
        said = {"conversation": self.conversation, "body": WORDS, "key": uuid4()}
        at, answer = await self.practitioner.ask("message.send", **said)
        if not answer["ok"]:
            raise RuntimeError(f"message.send: {answer}")
        return at, answer

    async def until_heard(self, seqs: list[int], within: float = 10.0) -> None:
        """Returns when both pages have heard them all; raises TimeoutError."""
        async with asyncio.timeout(within):
            while not all(seq in self.heard and seq in self.own for seq in seqs):
                self._news.clear()
                await self._news.wait()

    def _note(self, heard: dict[int, float], seq: int, at: float) -> None:
        heard[seq] = at
        self._news.set()


async def new_talk(pair: Pair, writes_on: WebWorker, hears_on: WebWorker) -> Talk:
    """The practitioner's socket on one worker, the client's on another, and a conversation begun."""
    talk = Talk(Line(pair.practitioner, writes_on), Line(pair.client, hears_on))
    await asyncio.gather(talk.practitioner.open(), talk.client.open())
    _, answer = await talk.practitioner.ask("conversation.start", people=[pair.client_id], key=uuid4())
    if not answer["ok"]:
        raise RuntimeError(f"conversation.start: {answer}")
    talk.conversation = answer["conversation"]
    return talk
