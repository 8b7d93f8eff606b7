"""Requests as no browser writes them, over a real connection: each gets an answer in words, none a 500."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
import uvicorn

from server.app import create_app
from server.requests import MOST_BYTES
from tests.support.browsing import key

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> dict[str, Any]:
        assert self.headers["content-type"] == "application/problem+json", self
        return json.loads(self.body)


class Wire:
    """Writes requests byte by byte, as that person."""

    def __init__(self, port: int, browser: Any) -> None:
        self.port = port
        self.lines = {"Host": browser.host, "Accept": JSON, "Connection": "close"}
        if browser.cookie:
            self.lines["Cookie"] = f"{browser.cookie_name}={browser.cookie}"

    async def ask(self, method: str, path: str, body: bytes = b"", **headers: str | None) -> Answer:
        given = {**self.lines, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body and "Transfer-Encoding" not in given:
            given["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in given.items() if value is not None)
        return await self.raw(f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode("latin-1") + body)

    async def raw(self, request: bytes) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        sending = asyncio.create_task(_send(writer, request))
        async with asyncio.timeout(60):
            answer = await _read(reader)
        sending.cancel()
        writer.close()
        return answer


async def _send(writer: asyncio.StreamWriter, request: bytes) -> None:
    """A server that has heard enough answers while this is still writing."""
    try:
        writer.write(request)
        await writer.drain()
    except OSError:
        return


async def _read(reader: asyncio.StreamReader) -> Answer:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").rstrip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    try:
        body = await reader.read(int(headers.get("content-length", 0)))
    except ConnectionResetError:
        body = b""  # the rest of what it would not read was thrown away
    return Answer(int(first.split()[1]), headers, body)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def port(wired: None) -> AsyncIterator[int]:
    config = uvicorn.Config(create_app(development=True), host="127.0.0.1", port=0, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(60):
        while not server.started:
            await asyncio.sleep(0.01)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


@pytest_asyncio.fixture(loop_scope="session")
async def wire(port, cast, browse) -> Wire:
    return Wire(port, await browse(cast, "client"))


def chunked(body: bytes) -> bytes:
    pieces = [body[start : start + 60_000] for start in range(0, len(body), 60_000)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def in_form(value: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="subject"\r\n\r\n' + value + b"\r\n--x--\r\n"


async def test_a_head_is_a_get_without_its_body(wire):
    whole = await wire.ask("GET", "/conversations")
    head = await wire.ask("HEAD", "/conversations")
    assert (head.status, head.body) == (200, b"") and whole.body
    assert head.headers["content-length"] == whole.headers["content-length"]
    assert head.headers["content-type"] == JSON and head.headers["cache-control"] == "no-store"


async def test_an_address_says_what_it_takes(wire):
    options = await wire.ask("OPTIONS", "/conversations")
    assert options.status == 200 and {"GET", "POST"} <= set(options.headers["allow"].split(", "))
    assert "access-control-allow-origin" not in options.headers


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
async def test_a_method_it_does_not_take_is_refused_with_those_it_does(wire, method):
    answer = await wire.ask(method, "/me")
    assert answer.status == 405 and answer.problem["code"] == "method"
    assert answer.headers["allow"] == "GET, HEAD, OPTIONS"
    assert (await wire.ask(method, "/me", Accept="text/html")).headers["content-type"].startswith("text/html")


@pytest.mark.parametrize(
    "host",
    ["..localhost:8000", "a" * 3000 + ".localhost", "", "nobody", "127.0.0.1", "[::1]:8000", "x.localhost:no",
     "\xe9.localhost", "%00", "a b"],
)  # fmt: skip
async def test_a_host_that_is_none_is_an_unknown_practice(wire, host):
    answer = await wire.ask("GET", "/me", Host=host)
    assert answer.status == 404 and answer.problem["code"] == "unknown-practice"


async def test_a_host_said_twice_is_not_believed(wire, neighbours):
    assert (await wire.ask("GET", "/me")).status == 200, "must be good once for this to mean anything"
    mine, cookie = wire.lines["Host"], wire.lines["Cookie"]
    for second in (mine, f"{neighbours.subdomain}.localhost:8000"):
        lines = f"Host: {mine}\r\nHost: {second}\r\nAccept: {JSON}\r\nCookie: {cookie}\r\nConnection: close\r\n"
        answer = await wire.raw(f"GET /me HTTP/1.1\r\n{lines}\r\n".encode())
        assert answer.status == 404 and answer.problem["code"] == "unknown-practice"


async def test_without_a_host_there_is_no_practice(wire):
    answer = await wire.raw(b"GET /me HTTP/1.0\r\nAccept: application/json\r\n\r\n")
    assert answer.status == 404 and answer.problem["code"] == "unknown-practice"


@pytest.mark.parametrize(
    "path",
    ["/me?%ff=%00", "/messages/search?q=%00", "/messages/search?q=%ff", "/messages?show=%ff", "/%00", "/%ff", "//",
     "/conversations?limit=" + "9" * 30, "/unsubscribe/%00", "/static/%00", "/static/..%2f..%2fsetup",
     "/dev/mail/%00", "/for/nobody/home", "/" + "a" * 20_000],
)  # fmt: skip
async def test_an_address_of_any_bytes_is_answered(wire, path):
    answer = await wire.ask("GET", path)
    assert answer.status < 500
    assert answer.status < 400 or answer.problem["detail"]


async def test_what_is_no_http_is_refused(wire):
    for line in (b"GET /me?\xff HTTP/1.1", b"nonsense", b"GET /me HTTP/9.9", b"\x16\x03\x01"):
        assert (await wire.raw(line + b"\r\n\r\n")).status == 400, line


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (JSON, b""),
        (JSON, b"{"),
        (JSON, b"[]"),
        (JSON, b"\xff\xfe"),
        (JSON, b'{"people": NaN}'),
        (JSON, b'{"people": 1e999}'),
        (JSON, b'{"people": ' + b"9" * 5000 + b"}"),
        (JSON, b'{"people": ["\\ud800"]}'),
        (JSON, b'{"people": [], "people": ["x"]}'),
        (JSON, b'{"people": ' + b"[" * 40 + b"]" * 40 + b"}"),
        (JSON, b'{"people": ' + b"[" * 300 + b"]" * 300 + b"}"),
        (JSON, b'{"people": ' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"}"),
        (JSON, b'{"people": ' + b"[" * 100_000),
        (JSON + "; charset=utf-16", '{"people": []}'.encode("utf-16")),
        ("", b"{}"),
        (";;=/", b"{}"),
        ("text/plain", b"people=x"),
        ("text/xml", b"<people/>"),
        (FORM, b"%zz=%ff&&=&a&people=x&people=%00"),
        (FORM, b"&".join(b"f%d=1" % number for number in range(5000))),
        ("multipart/form-data", b"no boundary"),
        (MULTIPART, b"not what it says"),
        (MULTIPART, in_form(b"\xff\x00") + b"after the end"),
        (MULTIPART, b'--x\r\nContent-Disposition: form-data; name="people"; filename="a"\r\n\r\nx\r\n--x--\r\n'),
    ],
)
async def test_a_body_that_is_none_is_refused_in_words(wire, kind, body):
    answer = await wire.ask("POST", "/conversations", body, Content_Type=kind, Idempotency_Key=key())
    assert answer.status == 422 and answer.problem["code"] == "invalid" and answer.problem["detail"]
    assert len(answer.body) < 20_000


@pytest.mark.parametrize(("kind", "wrap"), [(JSON, b'{"subject": "%s"}'), (FORM, b"subject=%s"), (MULTIPART, None)])
async def test_more_than_a_mebibyte_is_refused_also_when_its_length_is_not_said(wire, kind, wrap):
    def body(size: int) -> bytes:
        bare = len(wrap % b"" if wrap else in_form(b""))
        return wrap % (b"x" * (size - bare)) if wrap else in_form(b"x" * (size - bare))

    for size, status in ((MOST_BYTES, 422), (MOST_BYTES + 1, 413), (3 * MOST_BYTES, 413)):
        said = await wire.ask("POST", "/conversations", body(size), Content_Type=kind)
        unsaid = await wire.ask(
            "POST", "/conversations", chunked(body(size)), Content_Type=kind, Transfer_Encoding="chunked"
        )
        assert (said.status, unsaid.status) == (status, status), size


async def test_who_may_not_enter_is_told_so_before_the_body_is_read(wire):
    announced = {"Content_Type": JSON, "Content_Length": "900000", "Cookie": None}
    answer = await wire.ask("POST", "/conversations", **announced)
    assert answer.status == 401 and answer.problem["code"] == "signed-out"


async def test_a_key_that_is_none_is_refused(wire):
    for given in ("no", "1", "\xe9", "{}", key() + "0"):
        answer = await wire.ask("POST", "/conversations", b"{}", Content_Type=JSON, Idempotency_Key=given)
        assert answer.status == 422 and answer.problem["errors"]["key"]


@pytest.mark.parametrize(
    "accept", [JSON, "application/problem+json", "application/*", f"text/html;q=0.1, {JSON};q=0.2"]
)
async def test_who_asks_for_json_gets_problems_as_json(wire, accept):
    assert (await wire.ask("GET", "/staff/me", Accept=accept)).problem["status"] == 403


@pytest.mark.parametrize("accept", ["text/html", "*/*", "", "nonsense", f"{JSON};q=0", "image/png"])
async def test_everyone_else_gets_a_page(wire, accept):
    answer = await wire.ask("GET", "/staff/me", Accept=accept)
    assert answer.status == 403 and answer.headers["content-type"].startswith("text/html")


async def test_cookies_of_any_bytes_are_no_session(wire):
    name = wire.lines["Cookie"].partition("=")[0]
    for cookie in (f"{name}=\xe9\xff", f"{name}=", f"{name}={'a' * 60_000}", "=;;=", f"{name}=%00"):
        assert (await wire.ask("GET", "/me", Cookie=cookie)).status == 401, cookie[:30]
