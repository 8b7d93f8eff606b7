"""The writer: what is queued for whom, in which order, and when it is too much. No network."""

import asyncio
import gc
import os

import pytest

from realtime.fanout import SLICE, FanOut, settle_collector
from realtime.peer import BACKLOG_BYTES, BACKLOG_FRAMES, Batch, Frame, Gone, Peer, event_frame
from realtime.transport import DirectPeer


class Recorder(Peer):
    """A socket that keeps what it is given."""

    def __init__(self, name: str) -> None:
        super().__init__(f"eio-{name}", _no_asgi)
        self.sid = name
        self.open = True
        self.writes: list[bytes] = []
        self.aborted = False

    def put(self, batch: Batch) -> None:
        self.writes.append(batch.joined())

    def buffered(self) -> int:
        return 0

    def abort(self) -> None:
        self.aborted = True


async def _no_asgi(_message: object) -> None:
    raise AssertionError("these sockets have no ASGI server")


def sockets(fanout: FanOut, count: int, *rooms: str) -> list[Recorder]:
    made = [Recorder(f"s{len(fanout.peers) + i}") for i in range(count)]
    for peer in made:
        fanout.peers[peer.sid] = peer
        assert fanout.join(peer, list(rooms))
    return made


async def turns(count: int = 1) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def frames(count: int) -> list[Frame]:
    return [event_frame("ev", {"seq": i}) for i in range(count)]


async def test_a_socket_in_several_rooms_gets_the_first_frame_that_is_for_it_once() -> None:
    fanout = FanOut()
    [in_all] = sockets(fanout, 1, "login", "staff", "public")
    [in_two] = sockets(fanout, 1, "staff", "public")
    [in_one] = sockets(fanout, 1, "public")
    name, busy, free = frames(3)
    fanout.fan([(["login"], name), (["staff-of", "staff"], busy), (["public"], free)])
    await turns()
    assert [s.writes for s in (in_all, in_two, in_one)] == [[name.wire], [busy.wire], [free.wire]]


async def test_a_socket_in_two_rooms_of_one_audience_gets_the_frame_once() -> None:
    fanout = FanOut()
    [socket] = sockets(fanout, 1, "access:1", "access:2")
    [frame] = frames(1)
    fanout.fan([(["access:1", "access:2"], frame)])
    await turns()
    assert socket.writes == [frame.wire]


async def test_what_comes_in_one_turn_goes_out_as_one_write_in_order() -> None:
    fanout = FanOut()
    one, two = sockets(fanout, 2, "all")
    three = frames(3)
    for frame in three:
        fanout.fan([(["all"], frame)])
    await turns()
    assert one.writes == [b"".join(frame.wire for frame in three)]
    assert two.writes[0] is one.writes[0], "sockets with the same frames share one joined run"


async def test_a_write_to_one_socket_keeps_its_place_between_events_to_all() -> None:
    fanout = FanOut()
    one, two = sockets(fanout, 2, "all")
    first, own, last = frames(3)
    fanout.fan([(["all"], first)])
    fanout.write(one, own)
    fanout.fan([(["all"], last)])
    await turns()
    assert b"".join(one.writes) == first.wire + own.wire + last.wire
    assert b"".join(two.writes) == first.wire + last.wire


async def test_nothing_leaves_before_the_connect_was_answered_and_nothing_to_the_refused() -> None:
    fanout = FanOut()
    accepted, refused = sockets(fanout, 2, "all")
    accepted.open = refused.open = False
    [frame] = frames(1)
    fanout.fan([(["all"], frame)])
    await turns(3)
    assert accepted.writes == refused.writes == []
    accepted.opened()
    refused.ended()
    refused.opened()
    await turns(3)
    assert (accepted.writes, refused.writes) == ([frame.wire], [])


@pytest.mark.parametrize("room", [None, "", []])
async def test_an_event_for_no_room_is_refused(room: object) -> None:
    fanout = FanOut()
    with pytest.raises(ValueError, match="room"):
        await fanout.emit("ev", {}, "/", room=room)


async def test_an_event_that_wants_an_answer_or_another_namespace_is_refused() -> None:
    fanout = FanOut()
    with pytest.raises(ValueError, match="room"):
        await fanout.emit("ev", {}, "/", room="all", callback=print)
    with pytest.raises(ValueError, match="room"):
        await fanout.emit("ev", {}, "/admin", room="all")


async def test_emit_reaches_a_room_a_sid_or_several_once_and_skips_whom_it_should() -> None:
    fanout = FanOut()
    one, two, three = sockets(fanout, 3, "all", "some")
    await fanout.emit("ev", {}, "/", room=["all", "some", one.sid], skip_sid=two.sid)
    await fanout.emit("own", {}, "/", to=three.sid)
    await turns()
    assert one.writes == [event_frame("ev", {}).wire]
    assert two.writes == []
    assert b"".join(three.writes) == event_frame("ev", {}).wire + event_frame("own", {}).wire


async def test_a_socket_out_of_its_rooms_keeps_what_it_had_and_gets_nothing_after() -> None:
    fanout = FanOut()
    leaver, stayer = sockets(fanout, 2, "all", "other")
    before, after = frames(2)
    fanout.fan([(["all"], before)])
    fanout.leave(leaver)
    fanout.fan([(["all"], after), (["other"], after)])
    await turns()
    assert (leaver.writes, leaver.rooms) == ([before.wire], ())
    assert stayer.writes == [before.wire + after.wire]


async def test_a_socket_that_has_ended_joins_no_room_and_leaves_no_trace() -> None:
    fanout = FanOut()
    [ended, fine] = sockets(fanout, 2, "all")
    ended.ended()
    assert not fanout.join(ended, ["other"])
    fanout.leave(ended)
    fanout.leave(fine)
    assert fanout.members == {}


async def test_a_large_fan_out_yields_and_who_joins_meanwhile_is_not_in_it() -> None:
    fanout = FanOut()
    crowd = sockets(fanout, SLICE * 3, "all")
    first, second = frames(2)
    fanout.fan([(["all"], first)])
    await turns()
    assert sum(bool(s.writes) for s in crowd) == SLICE, "one slice a turn"
    [late] = sockets(fanout, 1, "all")
    gone = crowd[-1]
    gone.ended()
    await turns(3)
    assert late.writes == gone.writes == []
    fanout.fan([(["all"], second)])
    await turns(5)
    assert late.writes == [second.wire]
    assert all(b"".join(s.writes) == first.wire + second.wire for s in crowd[:-1])


async def test_a_socket_that_fails_keeps_nothing_from_the_others() -> None:
    fanout = FanOut()
    broken, fine = sockets(fanout, 2, "all")
    broken.put = _raise  # type: ignore[method-assign]
    [frame] = frames(1)
    fanout.fan([(["all"], frame)])
    await turns()
    assert broken.aborted and fine.writes == [frame.wire]


def _raise(_batch: Batch) -> None:
    raise RuntimeError("the transport is closed")


async def test_a_burst_in_one_turn_is_no_backlog() -> None:
    fanout = FanOut()
    [socket] = sockets(fanout, 1, "all")
    for frame in frames(BACKLOG_FRAMES * 4):
        fanout.fan([(["all"], frame)])
    await turns()
    assert not socket.aborted and len(socket.writes) == 1


@pytest.mark.parametrize(("count", "size"), [(BACKLOG_FRAMES + 1, 10), (8, BACKLOG_BYTES // 8)])
async def test_a_socket_that_does_not_read_is_cut_off_and_its_memory_freed(count: int, size: int) -> None:
    fanout = FanOut()
    slow, fine = sockets(fanout, 2, "all")
    slow.stalled = True
    sent = [event_frame("ev", {"body": "x" * size}) for _ in range(count)]
    for frame in sent[:-1]:
        fanout.fan([(["all"], frame)])
        await turns()
    assert slow.backlog_frames == count - 1 and not slow.aborted
    fanout.fan([(["all"], sent[-1])])
    await turns()
    assert slow.aborted and slow.closed and slow.backlog_bytes == 0
    assert b"".join(fine.writes) == b"".join(frame.wire for frame in sent)


async def test_what_waited_for_a_slow_socket_goes_in_order_when_it_reads_again() -> None:
    fanout = FanOut()
    [slow] = sockets(fanout, 1, "all")
    slow.stalled = True
    sent = frames(20)
    for frame in sent:
        fanout.fan([(["all"], frame)])
        await turns()
    waiting = asyncio.create_task(fanout.drained(slow))
    await turns()
    assert not waiting.done() and slow.writes == []
    slow.resumed()
    await waiting
    assert slow.writes == [b"".join(frame.wire for frame in sent)]


async def test_who_waits_for_a_socket_is_told_when_it_ends() -> None:
    fanout = FanOut()
    [slow] = sockets(fanout, 1, "all")
    slow.stalled = True
    waiting = asyncio.create_task(fanout.drained(slow))
    await turns()
    slow.ended()
    with pytest.raises(Gone):
        await waiting


async def test_a_replay_goes_at_the_sockets_pace_and_never_counts_as_backlog() -> None:
    fanout = FanOut()
    socket = Reluctant("s")
    fanout.peers["s"] = socket
    sent = [event_frame("ev", {"seq": i, "body": "x" * 4000}) for i in range(BACKLOG_FRAMES * 2)]
    await fanout.replay(socket, sent)
    assert b"".join(socket.writes) == b"".join(frame.wire for frame in sent)
    assert not socket.aborted and max(map(len, socket.writes)) < BACKLOG_BYTES / 4


class Reluctant(Recorder):
    """Takes one write, and is ready for the next a little later."""

    def put(self, batch: Batch) -> None:
        super().put(batch)
        self.stalled = True
        asyncio.get_running_loop().call_soon(self.resumed)


async def test_rooms_are_found_by_socket_and_sockets_by_room() -> None:
    fanout = FanOut()
    one, two = sockets(fanout, 2, "all", "some")
    fanout.leave(two, ["some"])
    assert fanout.get_rooms(one.sid, "/") == [one.sid, "all", "some"]
    assert list(fanout.get_participants("/", ["some", "all"])) == [(one.sid, one.eio_sid), (two.sid, two.eio_sid)]
    assert fanout.targets(two.sid) == [two] and fanout.targets("nowhere") == []


@pytest.mark.parametrize("size", [1, 125 - 13, 126, 65_535, 65_536, 200_000])
def test_a_frame_says_its_length_as_the_protocol_wants(size: int) -> None:
    frame = event_frame("ev", {"x": "é" * size})
    assert frame.message["text"].encode() == frame.packet
    assert frame.wire.endswith(frame.packet) and frame.wire[0] == 0x81


async def test_a_socket_that_is_being_closed_is_out_of_its_rooms_at_once() -> None:
    fanout = FanOut()
    [slow] = sockets(fanout, 1, "all")
    slow.stalled = True
    closing = asyncio.create_task(fanout.close(slow, 4401))
    await turns()
    fanout.fan([(["all"], frames(1)[0])])
    assert not closing.done() and slow.waiting is None and fanout.targets("all") == []
    await closing
    assert slow.aborted and slow.closed


def test_a_worker_that_has_started_never_walks_again_what_it_was_made_of() -> None:
    before = gc.get_threshold()
    try:
        settle_collector()
        assert gc.get_freeze_count() > 10_000 and gc.get_threshold()[0] >= 50_000
        assert len(gc.get_objects()) < 10_000, "what a whole collection would walk"
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


async def test_where_tls_does_not_end_at_a_proxy_no_frame_goes_round_the_transport() -> None:
    """Past it, words would leave as they are."""
    for secure in (True, False):
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        transport = Transport(writer, secure=secure)
        peer = DirectPeer("e", _no_asgi, Protocol(transport))  # type: ignore[arg-type]
        peer.put(Batch(None, Frame(b"42[1]")))
        if secure:
            assert transport.written == [Frame(b"42[1]").wire]
            with pytest.raises(BlockingIOError):
                os.read(reader, 100)
        else:
            assert (transport.written, os.read(reader, 100)) == ([], Frame(b"42[1]").wire)
        os.close(reader)
        os.close(writer)


class Transport:
    def __init__(self, number: int, *, secure: bool) -> None:
        self.number, self.secure = number, secure
        self.written: list[bytes] = []

    def get_extra_info(self, name: str) -> object:
        return self if name == "socket" else ("a context" if self.secure else None)

    def fileno(self) -> int:
        return self.number

    def write(self, data: bytes) -> None:
        self.written.append(data)


class Protocol:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport

    def settle(self, peer: Peer) -> None:
        """Nothing to let go of."""
