"""`portico serve` with real processes: workers share the port, come back, drain, and never stay behind."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import psutil
import pytest

from realtime.transport import LineProtocol
from server import serve
from server.local.memory import free_port
from server.serve import PEER_SILENT_MS, Worker, config_for, listen
from tests.realtime.small_line import SmallLine, page

ROOT = Path(__file__).parents[2]
START = "import sys; from server import serve; {tweak}; sys.exit(serve.serve('tests.realtime.serve_app:app'))"


@asynccontextmanager
async def serving(
    tmp_path: Path, workers: int, tweak: str = "pass", **env: str
) -> AsyncIterator[tuple[asyncio.subprocess.Process, int]]:  # fmt: skip
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", START.format(tweak=tweak), cwd=ROOT,
        env={**os.environ, "PORT": str(port), "WEB_CONCURRENCY": str(workers), "PORTICO_DATA": str(tmp_path), **env},
    )  # fmt: skip
    children: list[psutil.Process] = []
    try:
        yield process, port
        children = _family(process.pid) if process.returncode is None else []
    finally:
        for one in [*children, process]:
            with suppress(psutil.NoSuchProcess, ProcessLookupError):  # it has ended by now
                one.kill()
        await process.wait()


def _family(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


async def ask(port: int, path: str = "/") -> int:
    """The process that answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert b" 200 " in head and b"server:" not in head.lower()
    return int(body)


async def answered(port: int) -> int:
    """Ask until someone answers: right after the start nobody may."""
    async with asyncio.timeout(60):
        while True:
            try:
                return await ask(port)
            except (ConnectionRefusedError, ConnectionResetError, AssertionError):
                await asyncio.sleep(0.05)


async def gone(processes: list[psutil.Process], seconds: float = 60) -> None:
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, seconds)
    assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


async def everyone(port: int, workers: int) -> set[int]:
    """The processes that answer, once so many do."""
    found: set[int] = set()
    async with asyncio.timeout(60):
        while len(found) < workers:
            found |= set(await asyncio.gather(*[answered(port) for _ in range(8)]))
    return found


async def test_workers_share_the_port_and_one_that_dies_is_started_again(tmp_path: Path) -> None:
    async with serving(tmp_path, workers=2) as (process, port):
        before, workers = await everyone(port, 2), _family(process.pid)
        assert before == {child.pid for child in workers}
        victim = await ask(port, "/crash")
        await gone([one for one in workers if one.pid == victim])
        after = await everyone(port, 2)
        assert victim not in after and len(after & before) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("workers", [1, 2])
async def test_it_ends_in_order_when_asked_to_and_leaves_nobody(tmp_path: Path, workers: int, number: int) -> None:
    async with serving(tmp_path, workers) as (process, port):
        await everyone(port, workers)
        children = _family(process.pid)
        assert len(children) == (0 if workers == 1 else workers), "with one worker there is no supervisor"
        line = SmallLine()
        line.port = port
        async with AsyncExitStack() as stack:
            pages = [await stack.enter_async_context(page(line)) for _ in range(60)]
            process.send_signal(number)
            assert set(await asyncio.gather(*[it.closed() for it in pages])) == {1012}
        async with asyncio.timeout(60):
            assert await process.wait() == 0
        await gone(children)
        with pytest.raises(ConnectionRefusedError):
            await ask(port)


async def test_a_worker_that_hangs_at_its_end_is_ended(tmp_path: Path) -> None:
    async with serving(tmp_path, 1, "serve.STOP_SECONDS = 0.5", STUCK="1") as (process, port):
        await everyone(port, 1)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            assert await process.wait() == 1


async def test_workers_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    async with serving(tmp_path, workers=2) as (process, port):
        await everyone(port, 2)
        children = _family(process.pid)
        process.kill()
        await process.wait()
        await gone(children)


@pytest.mark.parametrize("workers", [1, 2])
async def test_an_application_that_cannot_start_ends_it_with_an_error(tmp_path: Path, workers: int) -> None:
    async with serving(tmp_path, workers, BROKEN="1") as (process, _):
        async with asyncio.timeout(60):
            assert await process.wait() == 3


def test_accepted_sockets_inherit_the_limit_for_silent_peers() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == PEER_SILENT_MS
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) == 1


def test_a_taken_port_is_an_error_at_once() -> None:
    with listen("127.0.0.1", 0) as listener, pytest.raises(OSError, match="in use"):
        listen("127.0.0.1", listener.getsockname()[1])


async def test_pages_are_let_go_in_slices_with_a_pause_between(monkeypatch: pytest.MonkeyPatch) -> None:
    """All at once, they would all be at the other worker's door in one moment."""
    let_go: list[int] = []
    slices: list[int] = []

    async def pause(_seconds: float) -> None:
        slices.append(len(let_go))

    class Line(LineProtocol):
        def __init__(self) -> None:
            """Not connected to anything."""

        def shutdown(self) -> None:
            let_go.append(1)

    config = config_for(SmallLine(), lifespan="off")
    config.load()
    worker = Worker(config, own_process=False)
    worker.server_state.connections = {Line() for _ in range(120)}
    monkeypatch.setattr(serve.asyncio, "sleep", pause)
    await worker._drain()
    assert (slices, len(let_go)) == ([50, 100], 120)
