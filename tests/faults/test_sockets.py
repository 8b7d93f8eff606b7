"""What browsers do to a worker: stop reading, all come back at once, join in the middle, forge, send twice."""

from __future__ import annotations

import asyncio
import json
import socket

import pytest

from models.core.events import ToStaff
from tests.faults.drill import Writer
from tests.faults.drills import checked, conversation, new_key, quickness
from tests.faults.ground import eventually, eventually_so
from tests.faults.page import PATH

MEGABYTE = 2**20


async def test_a_peer_that_stops_reading_holds_up_nobody_and_is_let_go(ground, cast, open_page):
    writer = Writer(cast, 1)
    page = await open_page(cast, "owner", on=ground.a)
    stuck = await _stuck(cast, ground.a)
    await _sockets(ground.a, 2)
    before = ground.a.memory()
    for _ in range(250):  # more than the kernel takes for it, and more than the worker keeps
        await writer.tell(ToStaff(), words="x" * 40_000)
    await checked([page])
    delays = sorted(page.heard_at[seq] - at for seq, at in writer.committed.items())
    assert delays[len(delays) // 2] < 0.5 and delays[-1] < 10 and page.connects == 1
    await _sockets(ground.a, 1)
    await quickness(writer, [page], events=20)
    assert ground.a.memory() - before < 24 * MEGABYTE
    stuck.close()


@pytest.mark.timeout(900)  # a thousand pages in this one process, on a busy machine
async def test_a_thousand_sockets_reconnect_at_once(ground, cast, open_page):
    names = ("owner", "practitioner", "client", "parent")
    people = [(name, await cast.session(name)) for name in names * 10]
    pages = []
    for _ in range(20):
        fifty = [await open_page(cast, people[n % 40][0], session=people[n % 40][1], wait=False) for n in range(50)]
        await asyncio.gather(*(one.until_live(60) for one in fifty))
        pages.extend(fifty)
    writer = Writer(cast, 2)
    await writer.write(20)
    before = ground.postgres.asked
    for page in pages:
        page.cut()
    await writer.write(20)
    # On a busy machine a handshake may take too long and be made again: how long the storm lasts is the bench's.
    back = lambda: all(page.connects >= 2 and page.live for page in pages)  # noqa: E731
    await eventually(back, within=300, what="the storm's end")
    asked, connects = ground.postgres.asked - before, sum(page.connects - 1 for page in pages)
    await checked(pages, within=60)
    # The guard asks once, the hub opens a scope and reads the rights; what was missed is read once for all.
    assert asked < connects * 10, f"{asked} round trips to the database for {connects} connections"


async def test_who_joins_in_the_middle_of_large_fan_outs_misses_nothing(ground, cast, open_page):
    staff = ("owner", "practitioner", "supervisor", "frontdesk", "biller")
    sessions = [(name, await cast.session(name)) for name in staff]
    still = [await open_page(cast, name, session=one, on=ground.a, wait=False) for name, one in sessions * 50]
    await asyncio.gather(*(page.until_live() for page in still))
    moving = still[:40]
    writing = [asyncio.create_task(_many(Writer(cast, seed), 50)) for seed in range(4)]
    for turn in range(20):
        await asyncio.sleep(0.05)
        for page in moving[turn % 2 :: 2]:
            page.cut()
    await asyncio.gather(*writing)
    await checked(still)


async def test_who_comes_first_to_a_worker_that_remembers_nothing_misses_nothing(ground, cast, open_page):
    """Nobody there followed the practice: the past is read from the table while others go on writing."""
    pages = [await open_page(cast, name, on=ground.a) for name in ("owner", "practitioner", "biller")]
    writing = [asyncio.create_task(Writer(cast, seed).write(90, pause=0.02)) for seed in range(4)]
    ground.postgres.slow(0.005)
    for worker in [ground.b, ground.a] * 6:
        await asyncio.sleep(0.1)
        for page in pages:
            page.workers = lambda worker=worker: worker
            page.cut()
        await eventually(lambda: not any(page.live for page in pages))
        await asyncio.gather(*(page.until_live() for page in pages))
    ground.postgres.heal()
    await asyncio.gather(*writing)
    await checked(pages)


async def test_a_forged_connect_frame_ends_the_socket_and_nothing_else(ground, cast, open_page):
    page = await open_page(cast, "client", on=ground.a)
    others = await open_page(cast, "owner", on=ground.a)
    for name in ("connect", "disconnect", "*"):
        page._send("42" + json.dumps([name, {"asgi.scope": {}, "cursor": 0}, {"cursor": 0}]))
        await eventually(lambda: page.code == 4400)
        page.code = None
        await eventually(lambda: page.live and page.code is None)
    await Writer(cast, 3).write(10)
    await checked([page, others])
    assert "Traceback" not in ground.a.words()


async def test_two_tabs_of_one_outbox_send_one_message(ground, cast, open_page):
    tabs = [await open_page(cast, "practitioner", on=worker) for worker in ground.workers]
    reader = await open_page(cast, "client", on=ground.b)
    where = await conversation(tabs[0], cast)
    for number in range(10):
        key = new_key()
        answers = await asyncio.gather(
            *(tab.ask("message.send", conversation=where, body=f"line {number}", key=key) for tab in tabs)
        )
        assert answers[0] == answers[1] and answers[0]["ok"]
    await checked([*tabs, reader])
    sent = [told["message"] for name, told in reader.heard.values() if name == "message.sent"]
    assert len(sent) == len(set(sent)) == 10


async def _many(writer, count):
    for _ in range(count):
        await writer.tell(ToStaff())


async def _sockets(worker, count):
    """Wait until the worker holds so many."""

    async def so():
        return await _gauge(worker) == count

    await eventually_so(so, within=30, what=f"{count} sockets")


async def _gauge(worker):
    reader, writer = await asyncio.open_connection("127.0.0.1", worker.port)
    writer.write(f"GET /metrics HTTP/1.1\r\nHost: x.localhost:{worker.port}\r\nConnection: close\r\n\r\n".encode())
    text = (await reader.read()).decode()
    writer.close()
    return next(int(float(line.split()[1])) for line in text.splitlines() if line.startswith("portico_sockets "))


async def _stuck(cast, worker):
    """Joins and never reads again, with as little room as the system allows."""
    loop, stuck = asyncio.get_running_loop(), socket.socket()
    stuck.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    stuck.setblocking(False)
    await loop.sock_connect(stuck, ("127.0.0.1", worker.port))
    host = f"{cast.subdomain}.localhost:{worker.port}"
    token = cast.tokens[await cast.session("practitioner")]
    head = (
        f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n"
        f"Cookie: portico_session_{worker.port}={token}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
    )
    await loop.sock_sendall(stuck, head.encode())
    assert b" 101 " in await loop.sock_recv(stuck, 64)
    await loop.sock_sendall(stuck, bytes((0x81, 0x84, 0, 0, 0, 0)) + b"40{}")
    return stuck
