"""A page without a screen: keeps a line open, resumes by cursor, asks until answered, and notes every fault it sees."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.faults.ground import WebWorker, eventually
from tests.faults.truth import Ears, Truth, ears_of

PATH = "/socket.io/?EIO=4&transport=websocket"
ENDED = 4401
SILENCE = 3.0


class Fault(AssertionError):
    """The line broke its promise."""


@dataclass(eq=False)
class Waiting:
    name: str
    payload: dict[str, Any]
    answer: asyncio.Future[dict[str, Any]]


class Page:
    """One page of one person. `workers` says which worker the next connection goes to.

    Keeps what a page keeps: the cursor, moved by events, `live` and `beat` alone; asks without an answer.
    """

    def __init__(
        self, cast: Any, name: str, session_id: UUID, truth: Truth, *, workers: Callable[[], WebWorker], seed: int = 1
    ) -> None:
        self.cast, self.name, self.session_id, self.truth = cast, name, session_id, truth
        self.ears: Ears = ears_of(cast, name)
        self.workers, self.random = workers, Random(seed)
        self.cursor: int | None = None
        self.epoch: str | None = None
        self.fetched: set[int] = set()
        self.heard: dict[int, tuple[str, dict[str, Any]]] = {}
        self.heard_at: dict[int, float] = {}
        self.hints: list[tuple[str, Any]] = []
        self.faults: list[str] = []
        self.connects = self.lives = self.resyncs = self.refused = 0
        self.live = self.closed = False
        self.code: int | None = None
        self.frames: list[str] = []
        self.last = ""
        self._anew = self._leaving = self._was_live = False
        self._in_vain = 0
        self._wire: ClientConnection | None = None
        self._asks: dict[int, Waiting] = {}
        self._ask_id = 0
        self._tasks: set[asyncio.Task[Any]] = set()
        self._running: asyncio.Task[None] | None = None

    # -- what a test does with it ----------------------------------------------------------------------------------

    async def open(self, *, wait: bool = True) -> Page:
        """Load: the cursor first, the data after it, then the line."""
        self.cursor, self.epoch = await self.truth.head(self.cast.practice_id)
        await self._fetch()
        self._running = asyncio.create_task(self._run())
        if wait:
            await self.until_live()
        return self

    async def until_live(self, within: float = 20.0) -> None:
        await eventually(lambda: self.live or self.closed, within=within, what=f"{self.name} live ({self.last})")

    async def leave(self) -> None:
        self._leaving = True
        if self._wire is not None:
            self._wire.transport.abort()
        for task in (self._running, *self._tasks):
            if task is not None:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task

    @property
    def busy(self) -> bool:
        """Whether it still fetches or says something."""
        return bool(self._tasks)

    def cut(self) -> None:
        """The network goes, without a goodbye; the page comes back by itself."""
        if self._wire is not None:
            self._wire.transport.abort()

    async def ask(self, name: str, **payload: Any) -> dict[str, Any]:
        """Asked until it is answered, over however many connections."""
        self._ask_id += 1
        waiting = self._asks[self._ask_id] = Waiting(name, payload, asyncio.get_running_loop().create_future())
        number = self._ask_id
        while not waiting.answer.done():
            await self._say(number, waiting)
            await asyncio.wait([waiting.answer], timeout=SILENCE)
            self._check_open()
        del self._asks[number]
        answer = waiting.answer.result()
        if answer.get("error", {}).get("code") in ("busy", "slow-down", "database-away", "trouble"):
            await asyncio.sleep(min(answer["error"].get("retry_after") or 0.2, 0.5))
            return await self.ask(name, **payload)
        return answer

    async def check(self, *, resyncs: int | None = None) -> None:
        """Raises Fault unless this page knows everything it must, in order, once, and nothing else."""
        must = await self.truth.heard_by(self.cast.practice_id, self.ears)
        faults = list(self.faults)
        for seq, told in self.heard.items():
            if seq not in must:
                faults.append(f"heard {told[0]} {seq}, which is not for these ears")
            elif (told[0], _plain(told[1])) != must[seq]:
                faults.append(f"heard {seq} as {told}, not as {must[seq]}")
        if missing := sorted(set(must) - set(self.heard) - self.fetched):
            faults.append(f"missed {len(missing)} events: {missing[:10]}")
        if resyncs is not None and self.resyncs > resyncs:
            faults.append(f"{self.resyncs} resyncs, not {resyncs}")
        if faults:
            raise Fault(f"{self.name}: {len(faults)} faults: " + "; ".join(faults[:5]))

    async def settle(self, within: float = 30.0) -> None:
        """Wait until this page has heard of everything that is in the tables now."""
        must = set(await self.truth.heard_by(self.cast.practice_id, self.ears))
        with suppress(AssertionError):  # `check` says what is missing
            await eventually(lambda: not must - set(self.heard) - self.fetched, within=within)

    # -- the line --------------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while not self._leaving:
            try:
                await self._one_connection()
            except (OSError, TimeoutError, InvalidHandshake, EOFError) as refusal:
                self.refused += 1
                self.last = repr(refusal)
            except ConnectionClosed as end:
                self.code = end.rcvd.code if end.rcvd else 1006
            self.live, self._wire = False, None
            if self.code == ENDED:
                self.closed = True
                return
            await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        """Longer after each try in vain, as in a browser: a worker with its hands full is not asked ever more often."""
        self._in_vain = 0 if self._was_live else self._in_vain + 1
        self._was_live = False
        return (0.03 + self.random.random() * 0.2) * min(2 ** max(self._in_vain - 2, 0), 16)

    async def _one_connection(self) -> None:
        worker = self.workers()
        host = f"{self.cast.subdomain}.localhost:{worker.port}"
        token = self.cast.tokens[self.session_id]  # "": somebody who never signed in
        cookies = {"Cookie": f"{worker.cookie}={token}"} if token else {}
        async with connect(
            f"ws://{host}{PATH}", host="127.0.0.1", port=worker.port, origin=f"http://{host}", compression=None,  # type: ignore[arg-type]
            additional_headers=cookies, ping_interval=None, open_timeout=30, close_timeout=1, max_size=None,
        ) as wire:  # fmt: skip
            self.code, self._anew = None, False
            self._wire = wire
            self.connects += 1
            self.frames.append(f"connection {self.connects} from {self.cursor}")
            async for frame in wire:
                self._packet(str(frame))
        raise ConnectionClosed(wire.protocol.close_rcvd, None)

    def _packet(self, packet: str) -> None:
        if packet == "2":
            self._send("3")
        elif packet.startswith("0{"):
            self._send("40" + json.dumps({"cursor": self.cursor, "epoch": self.epoch}))
        elif packet.startswith("42"):
            self.frames.append(packet)
            self._event(*json.loads(packet[2:]))
        elif packet.startswith("43"):
            number, answer = packet[2:].split("[", 1)
            waiting = self._asks.get(int(number))
            if waiting is not None and not waiting.answer.done():
                waiting.answer.set_result(json.loads("[" + answer)[0])

    def _event(self, name: str, payload: dict[str, Any]) -> None:
        if "seq" in payload:
            self._take(name, payload)
        elif name == "live":
            self._became_live(payload)
        elif name == "beat":
            if payload["cursor"] < (self.cursor or 0):
                self.faults.append(f"a beat at {payload['cursor']} behind {self.cursor}")
            self.cursor = payload["cursor"]
        elif name == "resync":
            self._anew = True
            self.resyncs += 1
        else:
            self.hints.append((name, payload))

    def _take(self, name: str, payload: dict[str, Any]) -> None:
        seq = payload["seq"]
        if self.cursor is not None and seq <= self.cursor:
            before = [frame[:60] for frame in self.frames[-6:-1]]
            self.faults.append(f"{name} {seq} came when the cursor stood at {self.cursor}, after {before}")
        self.cursor = seq
        self.heard[seq] = (name, payload)
        self.heard_at[seq] = time.monotonic()

    def _became_live(self, payload: dict[str, Any]) -> None:
        if "cursor" not in payload:  # a visitor's: it goes on from nowhere
            self.live, self._was_live, self.lives = True, True, self.lives + 1
            return
        if self._anew or self.epoch != payload["epoch"]:
            if not self._anew:
                self.faults.append("another epoch without a resync")
            self._task(self._fetch())
        elif self.cursor is not None and payload["cursor"] < self.cursor:
            self.faults.append(f"live at {payload['cursor']} behind {self.cursor}")
        self.cursor, self.epoch = payload["cursor"], payload["epoch"]
        self._anew, self.live, self._was_live = False, True, True
        self.lives += 1
        for number, waiting in list(self._asks.items()):
            self._task(self._say(number, waiting))

    async def _fetch(self) -> None:
        """What a page sees when it fetches: everything that is committed by now, and nothing that is not."""
        self.fetched |= set(await self.truth.heard_by(self.cast.practice_id, self.ears))

    async def _say(self, number: int, waiting: Waiting) -> None:
        if self.live and not waiting.answer.done():
            self._send(f"42{number}" + json.dumps([waiting.name, waiting.payload]))

    def _send(self, frame: str) -> None:
        if self._wire is not None:
            self._task(self._write(self._wire, frame))

    async def _write(self, wire: ClientConnection, frame: str) -> None:
        with suppress(ConnectionClosed):
            await wire.send(frame)

    def _task(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _check_open(self) -> None:
        if self.closed or self._leaving:
            raise Fault(f"{self.name}: the line ended before the answer came")


def _plain(payload: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in payload.items() if name != "at"}
