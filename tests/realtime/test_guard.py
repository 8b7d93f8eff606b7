"""The guard on real sockets: who gets in, what gets past, and what nobody can make it do."""

import asyncio
import json
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from models.core.settings import Settings
from realtime import gate as gate_module
from realtime.guard import Guard, Visitor, host_of
from server import requests
from server.serve import Worker, config_for, listen
from tests.realtime.small_line import HARBOR, PATH, SmallLine, page, refused_with, small_line


async def test_a_page_of_the_practice_with_a_session_gets_in_and_is_known_by_the_engines_sid() -> None:
    async with small_line() as line, page(line):
        [peer] = line.inside()
        assert line.guard.visitors[peer.eio_sid].practice_id == HARBOR
    await line.until(lambda: not line.sio.eio.sockets)
    assert line.guard.visitors == {}


@pytest.mark.parametrize("origin", [
    None, "null", "http://127.0.0.1", "https://127.0.0.1:{port}", "http://evil.example", "http://127.0.0.1:{port}.evil.example",
    "http://harbor.127.0.0.1:{port}", "http://127.0.0.1:1", "127.0.0.1:{port}", "http://127.0.0.1:{port}/",
])  # fmt: skip
async def test_any_other_origin_is_refused_before_the_upgrade(origin: str | None) -> None:
    async with small_line() as line:
        assert await refused_with(line) == 101, "premise: with the practice's own origin it gets in"
        origin = None if origin is None else origin.format(port=line.port)
        assert await refused_with(line, origin=origin) == 403
        assert not line.sio.eio.sockets


async def test_two_origins_or_two_hosts_are_refused() -> None:
    async with small_line() as line:
        own = f"http://127.0.0.1:{line.port}"
        for twice in ({"Origin": own}, {"Host": "evil.example"}):
            with pytest.raises(InvalidStatus) as refusal:
                async with connect(
                    own.replace("http", "ws") + "/socket.io/?EIO=4&transport=websocket",
                    origin=own, additional_headers={"Cookie": "session=1", **twice},
                ):  # fmt: skip
                    pass
            assert refusal.value.response.status_code in (400, 403)


async def test_behind_a_proxy_the_origin_is_the_one_of_the_browser_if_the_proxy_is_trusted(monkeypatch) -> None:
    browser = {"X-Forwarded-Host": "harbor.example", "X-Forwarded-Proto": "https", "Cookie": "session=1"}
    for trusted, origin, status in (
        (("127.0.0.1",), "https://harbor.example", 101),
        (("127.0.0.1",), "http://harbor.example", 403),
        (("127.0.0.1",), "https://lakeside.example", 403),
        (("10.0.0.0/8",), "https://harbor.example", 403),
    ):
        believing = Settings(trusted_proxies=trusted)
        monkeypatch.setattr(requests, "settings", lambda believing=believing: believing)
        line = SmallLine()
        line.guard._host, line.guard._scheme = requests.scope_host, requests.scope_scheme
        async with _behind(line) as port:
            assert await _upgraded(port, origin, browser) == status, (trusted, origin)


@asynccontextmanager
async def _behind(line: SmallLine) -> AsyncIterator[int]:
    """One worker, as `portico serve` starts it."""
    listener = listen("127.0.0.1", 0)
    worker = Worker(config_for(line, lifespan="off"), own_process=False)
    serving = asyncio.create_task(worker.serve(sockets=[listener]))
    await worker.ready.wait()
    yield int(listener.getsockname()[1])
    worker.should_exit = True
    await serving


async def _upgraded(port: int, origin: str, headers: dict[str, str]) -> int:
    try:
        async with connect(f"ws://127.0.0.1:{port}{PATH}", origin=Origin(origin), additional_headers=headers):
            return 101
    except InvalidStatus as refusal:
        return refusal.response.status_code


async def test_without_a_session_only_while_the_public_room_is_open() -> None:
    async with small_line() as line:
        assert await refused_with(line, cookie=None) == 403
        line.public = True
        async with page(line, cookie=None):
            [peer] = line.inside()
            assert line.guard.visitors[peer.eio_sid] == Visitor(HARBOR)


@pytest.mark.parametrize(
    "query", ["EIO=3&transport=websocket", "EIO=4&transport=polling", "EIO=4&transport=websocket&sid=a", ""]
)  # fmt: skip
async def test_another_protocol_or_transport_is_refused(query: str) -> None:
    async with small_line() as line:
        own = f"127.0.0.1:{line.port}"
        with pytest.raises(InvalidStatus) as refusal:
            headers = {"Cookie": "session=1"}
            async with connect(f"ws://{own}/socket.io/?{query}", origin=f"http://{own}", additional_headers=headers):
                pass
        assert refusal.value.response.status_code == 403


async def test_nothing_is_compressed_although_the_browser_offers_it() -> None:
    """A frame is made once for all sockets; compressed it would be made for each."""
    async with small_line() as line:
        own = f"127.0.0.1:{line.port}"
        headers = {"Cookie": "session=1"}
        async with connect(f"ws://{own}{PATH}", origin=f"http://{own}", additional_headers=headers) as wire:  # type: ignore[arg-type]
            assert "permessage-deflate" in wire.request.headers["Sec-WebSocket-Extensions"]
            assert wire.response.headers.get("Sec-WebSocket-Extensions") is None


async def test_polling_is_answered_with_a_problem_document() -> None:
    async with small_line() as line:
        reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
        writer.write(b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        head = await reader.readuntil(b"\r\n\r\n")
        writer.close()
        assert b" 400 " in head and b"application/problem+json" in head


async def test_a_forged_connect_frame_reaches_no_handler_and_ends_the_socket(caplog: Any) -> None:
    async with small_line() as line, page(line) as it:
        joined = len(line.inside())
        await it.say('421["connect",{"asgi.scope":{"portico":"secret-canary"}},{"cursor":0}]')
        assert await it.closed() == 4400
        assert joined == 1 and line.heard == []
        [record] = [r for r in caplog.records if "4400" in r.getMessage()]
        assert "canary" not in record.getMessage() and str(HARBOR) in record.getMessage()


BAD_FRAMES = [
    '42["disconnect"]', '42["*",{}]', "40{}", "40", "40/admin,", '42/admin,["x",{}]', '431["x"]', "0{}", "1", "5", "6",
    '451-["x",{"_placeholder":true,"num":0}]', "2probe", "b4AAAA", "", "4", "44{}", "42", "421", '42²["x",{}]', "é",
    '42\U0001d7d8["x",{}]', f'42{"9" * 400}["x",{{}}]', '421["x",{', b'421["x",{}]', b"\x00" * 20,
]  # fmt: skip


@pytest.mark.parametrize("frame", BAD_FRAMES)
async def test_any_other_frame_closes_with_4400_and_one_line(frame: str | bytes, caplog: Any) -> None:
    async with small_line() as line, page(line) as it:
        await it.say(frame)
        assert await it.closed() == 4400
        assert line.heard == []
        assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 1
    assert not caplog.records[-1].exc_info


@pytest.mark.parametrize("frame", ['421["x",{}]', "41", "4", b"40{}"])
async def test_nothing_but_connect_comes_first(frame: str | bytes) -> None:
    async with small_line() as line, page(line, join=False) as it:
        await it.say(frame)
        assert await it.closed() == 4400
        assert line.heard == []


async def test_text_that_is_no_utf8_and_endless_fragments_end_the_socket(caplog: Any) -> None:
    no_text = bytes((0x81, 0x82, 0, 0, 0, 0)) + b"\xff\xfe"
    fragments = bytes((0x01, 0x80, 0, 0, 0, 0)) + bytes((0, 0x80, 0, 0, 0, 0)) * 400
    async with small_line() as line:
        for sent in (no_text, fragments):
            async with page(line) as it:
                transport = it.wire.transport
                transport.write(sent)
                assert await it.closed() == 4400
        assert not [r for r in caplog.records if r.exc_info], "one line each, no trace"


async def test_a_reserved_bit_or_an_unmasked_frame_ends_the_socket() -> None:
    async with small_line() as line:
        for sent in (bytes((0xF1, 0x81, 0, 0, 0, 0)) + b"3", b"\x81\x013"):
            async with page(line) as it:
                it.wire.transport.write(sent)
                assert await it.closed() == 4400


async def test_a_payload_over_64_kib_is_answered_and_the_socket_lives_on() -> None:
    async with small_line() as line, page(line) as it:
        await it.say('425["message.send",{"body":"' + "x" * 70_000 + '"}]')
        assert (await it.answer(5))["error"]["code"] == "too-large"
        await it.say('42["message.send",{"body":"' + "x" * 70_000 + '"}]')
        await it.say('426["message.send",{"body":"fits"}]')
        assert (await it.answer(6))["ok"]
        assert line.heard == [("message.send", {"body": "fits"})]


@pytest.mark.parametrize("pieces", [1, 30])
async def test_over_1_mib_ends_the_socket_also_in_pieces(pieces: int, caplog: Any) -> None:
    async with small_line() as line, page(line) as it:
        part = "canary" * (1_200_000 // 6 // pieces)
        await it.say(part if pieces == 1 else [part] * pieces)
        assert await it.closed() == 4400
        records = [r for r in caplog.records if r.levelno >= logging.WARNING]
        assert len(records) == 1 and "canary" not in records[0].getMessage()


async def test_what_cannot_be_read_is_answered_and_the_socket_lives_on() -> None:
    async with small_line() as line, page(line) as it:
        for ack, body in enumerate(['["x"]', '["x","\\ud83d"]', '["x",' + "[" * 20_000, '["x",1,2]'], start=1):
            await it.say(f"42{ack}{body}")
            assert (await it.answer(ack))["error"]["code"] == "invalid"
        await it.say('429["unknown.name",{"a":[1]}]')
        assert (await it.answer(9)) == {"ok": True, "name": "unknown.name"}, "the door behind answers that"


async def test_a_flood_is_answered_slow_down_and_then_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "ASKS_PER_SECOND", 4.0)
    monkeypatch.setattr(gate_module, "ASKS_AT_ONCE", 10.0)
    take = gate_module.Bucket.take  # all in one moment, however long the machine takes to bring them
    monkeypatch.setattr(gate_module.Bucket, "take", lambda bucket, now: take(bucket, bucket._at))
    async with small_line() as line, page(line) as it:
        for ack in range(200):
            await it.say(f'42{ack}["x",{{}}]')
        codes = await _answers_until_closed(it)
        passed = codes.index("slow-down")
        assert passed == 50 and set(codes[passed:]) == {"slow-down"}
        assert len(line.heard) == passed and len(codes) == 130


async def _answers_until_closed(it: Any) -> list[str]:
    codes: list[str] = []
    while it.wire.close_code is None:
        try:
            [answer] = json.loads((await it.packet()).lstrip("43").lstrip("0123456789"))
        except Exception:
            assert it.wire.close_code == 4429
            break
        codes.append("ok" if answer["ok"] else answer["error"]["code"])
        assert answer["ok"] or answer["error"]["retry_after"] >= 1
    return codes


async def test_a_flood_of_pings_counts_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_module, "ASKS_PER_SECOND", 2.0)
    async with small_line() as line, page(line) as it:
        for _ in range(200):
            await it.say("2")
        assert await it.closed() == 4429


async def test_who_does_not_connect_in_time_is_closed() -> None:
    async with small_line() as line, page(line) as joined:
        line.guard.connect_seconds = 0.2
        async with page(line, join=False) as it:
            assert await it.closed() == 4408
            await joined.say('421["x",{}]')
            assert (await joined.answer(1))["ok"], "who joined stays"
        await line.until(lambda: len(line.sio.eio.sockets) == 1)


async def test_an_idle_socket_keeps_none_of_its_headers() -> None:
    seen: list[Any] = []

    async def engine(scope: Any, _receive: Any, send: Any) -> None:
        seen.append(list(scope["headers"]))
        await send({"type": "websocket.close"})

    async def who(scope: Any) -> Visitor:
        assert any(name == b"cookie" for name, _ in scope["headers"])
        return Visitor(HARBOR, HARBOR, HARBOR)

    headers = [(b"host", b"harbor.localhost"), (b"origin", b"http://harbor.localhost"), (b"cookie", b"session=1")]
    scope = {"type": "websocket", "scheme": "ws", "headers": headers, "client": ("127.0.0.1", 1)}
    guard = Guard(engine, who=who, public_open=_never)
    await guard(scope, _nothing, _nothing)
    assert seen == [[]]


async def _never(_practice: Any) -> bool:
    return False


async def _nothing(*_: Any) -> Any:
    return {"type": "websocket.connect"}


@pytest.mark.parametrize(("scheme", "host", "expected"), [
    ("ws", "harbor.localhost:8000", "harbor.localhost:8000"), ("wss", "Harbor.Example:443", "harbor.example"),
    ("ws", "harbor.example:80", "harbor.example"), ("wss", "harbor.example:80", "harbor.example:80"),
])  # fmt: skip
def test_the_host_is_read_with_its_port_and_without_the_schemes_own(scheme: str, host: str, expected: str) -> None:
    assert host_of({"scheme": scheme, "headers": [(b"host", host.encode())]}) == expected


async def test_a_connection_that_asks_for_nothing_or_for_ever_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async with small_line() as line:
        with monkeypatch.context() as hurried:
            hurried.setattr("realtime.transport.HEAD_SECONDS", 0.2)
            for said in (b"", b"GET / HTTP/1.1\r\nHost: a\r\n"):
                reader, writer = await asyncio.open_connection("127.0.0.1", line.port)
                writer.write(said)
                async with asyncio.timeout(60):
                    assert await reader.read() == b"", "half a head is none"
                writer.close()
        loop, endless = asyncio.get_running_loop(), socket.create_connection(("127.0.0.1", line.port))
        endless.setblocking(False)
        await loop.sock_sendall(endless, b"GET / HTTP/1.1\r\n" + b"X-More: 0123456789\r\n" * 6000)
        async with asyncio.timeout(60):
            assert b" 400 " in await loop.sock_recv(endless, 1000)
        endless.close()


async def test_what_a_handler_raises_is_logged_without_what_it_quotes(caplog: Any) -> None:
    class Failing(SmallLine):
        async def _heard(self, name: str, _sid: str, *payload: Any) -> dict[str, Any]:
            raise ValueError(f"cannot use {payload}")

    async with small_line(Failing) as line, page(line) as it:
        await it.say('421["x",{"body":"canary"}]')
        await it.say("2")
        assert await it.packet() == "3", "the socket lives on"
    [record] = [r for r in caplog.records if r.levelno >= logging.ERROR]
    assert "ValueError" in record.getMessage() and "canary" not in caplog.text
