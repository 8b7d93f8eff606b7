"""A quick sender waits for a slow door: no request ever fills the memory."""

import asyncio

from quart import Quart, request

from server.inflow import MOST_WAITING, PacedConnection, PacedRequest

PIECE = b"x" * 65536
PIECES = 320


def app_with(view):
    app = Quart("slow")
    app.asgi_http_class = PacedConnection
    app.request_class = PacedRequest
    app.config["MAX_CONTENT_LENGTH"] = 64 * 1024 * 1024
    app.add_url_rule("/", "view", view, methods=["POST"])
    return app


class Line:
    """An ASGI server's side of one request, with 20 MB to give."""

    def __init__(self) -> None:
        self.given = 0
        self.sent: list[dict] = []
        self.done = asyncio.Event()

    async def receive(self):
        if self.given == PIECES:
            await self.done.wait()
            return {"type": "http.disconnect"}
        self.given += 1
        return {"type": "http.request", "body": PIECE, "more_body": self.given < PIECES}

    async def send(self, message):
        self.sent.append(message)
        if message["type"] == "http.response.body" and not message.get("more_body"):
            self.done.set()


async def ask(app, line):
    scope = {"type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [],
             "scheme": "http", "http_version": "1.1", "client": ("127.0.0.1", 1), "root_path": "",
             "asgi": {"version": "3.0"}, "extensions": {}}
    await app(scope, line.receive, line.send)


async def test_no_more_is_read_than_the_door_takes():
    line, waiting = Line(), []
    go_on = asyncio.Event()

    async def view():
        body = aiter(request.body)
        total = len(await anext(body))
        for _ in range(5000):  # turns of the loop, in which a reader without patience would have read everything
            await asyncio.sleep(0)
        waiting.append(line.given * len(PIECE) - total)
        go_on.set()
        async for piece in body:
            total += len(piece)
        return str(total)

    await ask(app_with(view), line)
    assert go_on.is_set()
    assert MOST_WAITING <= waiting[0] <= MOST_WAITING + len(PIECE)
    assert line.sent[1]["body"] == str(PIECES * len(PIECE)).encode()


async def test_a_door_that_wants_the_whole_body_gets_it():
    line = Line()

    async def view():
        return str(len(await request.get_data()))

    await ask(app_with(view), line)
    assert line.sent[1]["body"] == str(PIECES * len(PIECE)).encode()
