"""`portico serve`: one listening socket, WEB_CONCURRENCY workers that share it, and an end in slices."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import uvicorn
import uvloop

from models.core.settings import settings
from server.ending import end
from server.logs import set_up_logs
from server.starting import nothing_collected
from server.supervisor import die_with, supervise

APP = "server.asgi:app"
MAX_MESSAGE = 2**20
PEER_SILENT_MS = 15_000
GRACE_SECONDS = 10
# Draining (5 s at most) and grace together; what still runs then is ended.
STOP_SECONDS = 20.0
DRAIN_AT_ONCE, DRAIN_STEPS, DRAIN_PAUSE = 50, 20, 0.25


def serve(app: str = APP) -> int:
    """Serve until SIGTERM or SIGINT; the exit code of the process. With one worker there is no supervisor.
    Raises ValueError with the remedy when the port cannot be had."""
    chosen = settings()
    set_up_logs(chosen)
    try:
        listener = listen(chosen.host, chosen.port)
    except OSError as error:
        place = f"Port {chosen.port} of {chosen.host}"
        raise ValueError(f"{place} cannot be used ({error.strerror}): stop what holds it, or set PORT.") from None
    with listener:
        if chosen.web_concurrency == 1:
            return _serve_in_this_process(app, listener)
        command = [sys.executable, "-m", "server.serve", "worker", app, str(listener.fileno()), str(os.getpid())]
        return uvloop.run(supervise(command, listener, count=chosen.web_concurrency, stop_seconds=STOP_SECONDS + 5))


def listen(host: str, port: int) -> socket.socket:
    """The listening socket; accepted sockets inherit its options. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        # A peer that stops reading or answering holds its memory this long, not until some keep-alive gives up.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, PEER_SILENT_MS)
    try:
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def config_for(app: Any, *, lifespan: str = "on") -> uvicorn.Config:
    """uvicorn as the live line needs it: our protocols by their public options, no second ping, no compression. What
    proxies say server.requests weighs: uvicorn would put the caller in the proxy's place, whom nobody trusts."""
    return uvicorn.Config(
        app, loop="uvloop", http="realtime.transport:LineHttp", ws="realtime.transport:LineProtocol",
        ws_max_size=MAX_MESSAGE, ws_per_message_deflate=False, ws_ping_interval=None, lifespan=lifespan,  # type: ignore[arg-type]
        access_log=False, server_header=False, log_config=None, log_level="warning",
        proxy_headers=False, timeout_graceful_shutdown=GRACE_SECONDS, h11_max_incomplete_event_size=64 * 1024,
    )  # fmt: skip


class Worker(uvicorn.Server):
    """uvicorn's server, which ends with code 0 when asked to, and lets its sockets go in slices."""

    def __init__(self, config: uvicorn.Config, *, own_process: bool = True) -> None:
        super().__init__(config)
        self.own_process = own_process
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn raises the signal once more when it has stopped; being asked to stop is no failure here."""
        if self.own_process:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, self.handle_exit)
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self.own_process:
            asyncio.get_running_loop().call_later(STOP_SECONDS, os._exit, 1)
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        await self._drain()
        await super().shutdown(sockets)

    async def _drain(self) -> None:
        """Close websockets (1012) a slice at a time: their pages come back to other workers, not all in one moment."""
        lines = [c for c in self.server_state.connections if isinstance(c, self.config.ws_protocol_class or ())]
        step = max(DRAIN_AT_ONCE, -(-len(lines) // DRAIN_STEPS))
        for start in range(0, len(lines), step):
            for line in lines[start : start + step]:
                line.shutdown()
            if self.force_exit or start + step >= len(lines):
                return
            await asyncio.sleep(DRAIN_PAUSE)


@asynccontextmanager
async def serve_one(
    app: Any, port: int = 0, *, host: str = "127.0.0.1", lifespan: str = "auto"
) -> AsyncIterator[int]:  # fmt: skip
    """For tests: one worker in this process and loop; yields its port, ends as a worker does, leaves signals alone."""
    listener = listen(host, port)
    worker = Worker(config_for(app, lifespan=lifespan), own_process=False)
    serving = asyncio.create_task(worker.serve(sockets=[listener]))
    ready = asyncio.create_task(worker.ready.wait())
    await asyncio.wait([serving, ready], return_when=asyncio.FIRST_COMPLETED)
    try:
        if serving.done():
            await serving
        yield int(listener.getsockname()[1])
    finally:
        ready.cancel()
        worker.should_exit = True
        await serving


def _serve_in_this_process(app: str, listener: socket.socket, ready_fd: int | None = None) -> int:
    worker = Worker(config_for(app))
    with worker.capture_signals(), nothing_collected():
        worker.config.load()

    async def run() -> None:
        telling = asyncio.create_task(_tell_ready(worker, ready_fd))
        await worker.serve(sockets=[listener])
        telling.cancel()

    uvloop.run(run())
    return 0 if worker.started else 3


async def _tell_ready(worker: Worker, ready_fd: int | None) -> None:
    await worker.ready.wait()
    if ready_fd is not None:
        os.write(ready_fd, b"1")
        os.close(ready_fd)


def _worker(app: str, listener_fd: str, parent: str, ready_fd: str) -> int:
    die_with(int(parent))
    return _serve_in_this_process(app, socket.socket(fileno=int(listener_fd)), int(ready_fd))


if __name__ == "__main__":
    end(_worker(*sys.argv[2:]) if sys.argv[1:2] == ["worker"] else serve(*sys.argv[1:]))
