"""Fan-out to many sockets: our line, socket.io on Node, and a C loop, in one run. One JSON line a figure on stdout.

Server CPU per delivery is the CPU clock of the server's process over the phase, divided by the deliveries. The server
has core 0, the listeners core 1. Every delivery is checked for order, completeness and doubles by the listeners; a
phase with a fault counts as no figure. Progress goes to stderr.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.fanout.wire import PAD

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
QUIET_PING, IDLE_PING = 300, 3
ROUNDS = 3
Figures = dict[str, float]
Command = Callable[[int, int], list[str]]


class Talker:
    """A child process that takes commands as lines and answers each with one JSON line."""

    def __init__(self, command: list[str], core: int, cwd: Path = ROOT) -> None:
        pin = ["taskset", "-c", str(core)] if shutil.which("taskset") and (os.cpu_count() or 1) > 1 else []
        self.process = subprocess.Popen(
            pin + command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{self.process.args} ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, line: str) -> dict[str, Any]:
        self.tell(line)
        return self.answer()

    def cpu(self) -> float:
        """Seconds of CPU of all its threads, from its CPU clock."""
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def memory(self) -> int:
        """Resident bytes."""
        return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def pair(command: Command, sockets: int, ping: int) -> Iterator[tuple[Talker, Talker, dict[str, int]]]:
    port = free_port()
    server = Talker(command(port, ping), core=0)
    load = Talker([sys.executable, "-m", "tests.bench.fanout.load"], core=1)
    try:
        _until_listening(port, server)
        before = server.memory()
        load.ask(f"connect {port} {sockets}")
        yield server, load, {"before": before}
    finally:
        load.end()
        server.end()


def _until_listening(port: int, server: Talker) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and server.process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise RuntimeError(f"{server.process.args} does not listen")


def phase(server: Talker, load: Talker, sockets: int, command: str, events: int, *, timed: bool) -> Figures:
    load.ask(f"expect {events} {int(timed)}")
    cpu, started = server.cpu(), time.monotonic()
    server.ask(command)
    seen = load.ask("arrived 60")
    took, cpu = time.monotonic() - started, server.cpu() - cpu
    if seen["short"] or seen["faults"]:
        raise RuntimeError(f"{command}: {seen['short']} sockets short, {seen['faults']} faults")
    figures = {"us": cpu / events / sockets * 1e6, "per_second": events * sockets / took, "load": seen["cpu"] / took}
    return {**figures, **{key: seen[key] for key in ("p50", "p99") if key in seen}}


def measure(name: str, command: Command, sockets: int) -> dict[str, Figures]:
    """Median of ROUNDS servers: burst one by one, burst of ten a turn, and 20 events a second."""
    rounds: list[dict[str, Figures]] = []
    for _ in range(ROUNDS):
        with pair(command, sockets, QUIET_PING) as (server, load, _):
            load.ask("start")
            few = max(20, 100_000 // sockets)
            phase(server, load, sockets, f"burst {few} 1", few, timed=False)
            rounds.append({
                "burst": phase(server, load, sockets, f"burst {few * 3} 1", few * 3, timed=False),
                "overlap": phase(server, load, sockets, f"burst {few * 6} 10", few * 6, timed=False),
                "steady": phase(server, load, sockets, "pace 80 20", 80, timed=True),
            })  # fmt: skip
            print(f"{name} {sockets}: {rounds[-1]['burst']['us']:.2f} us", file=sys.stderr)
    return {part: {key: median(r[part][key] for r in rounds) for key in rounds[0][part]} for part in rounds[0]}


def idle_memory(command: Command, sockets: int) -> float:
    """Resident KB a socket, after two rounds of pings."""
    with pair(command, sockets, IDLE_PING) as (server, _, memory):
        time.sleep(IDLE_PING * 2 + 1.5)
        return (server.memory() - memory["before"]) / sockets / 1024


def commands(folder: Path) -> dict[str, Command]:
    found: dict[str, Command] = {
        "portico": lambda port, ping: [sys.executable, "-m", "tests.bench.fanout.portico_server", str(port), str(ping)],
    }
    node = shutil.which("node")
    if node and (ROOT / "node_modules/socket.io").is_dir():
        script = str(HERE / "node_server.mjs")
        found["node"] = lambda port, ping: [node, script, str(port), str(ping), PAD]
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler:
        library = str(folder / "floor.so")
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, str(HERE / "floor.c")], check=True)
        module = "tests.bench.fanout.floor_server"
        found["floor"] = lambda port, ping: [sys.executable, "-m", module, str(port), library]
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = commands(Path(folder))
        for sockets in [int(n) for n in sys.argv[1:]] or [100, 1000, 3000]:
            for name, command in found.items():
                for part, figures in measure(name, command, sockets).items():
                    shown = {key: round(value, 3) for key, value in figures.items()}
                    print(json.dumps({"bench": "fanout", "server": name, "sockets": sockets, "part": part, **shown}))
                    sys.stdout.flush()


if __name__ == "__main__":
    main()
