"""How benches of the whole stack speak: one JSON line a figure on stdout."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress

import psutil


def tell(
    bench: str, figure: str, value: float | str, unit: str, *, goal: float | None = None, **beside: object
) -> None:  # fmt: skip
    """`goal`: at most this; `beside`: what a reader needs to judge the figure."""
    line: dict[str, object] = {"bench": bench, "figure": figure, "value": _short(value), "unit": unit}
    if goal is not None and not isinstance(value, str):
        line |= {"goal": goal, "met": value <= goal}
    print(json.dumps(line | {name: _short(one) for name, one in beside.items()}), flush=True)


class Machine:
    """What else the machine does: a figure of a busy one says little."""

    def __init__(self) -> None:
        self._began, self._busy, self._own = time.monotonic(), _busy(), _own()

    def tell(self, bench: str) -> None:
        """The share of all cores that others took since this was made."""
        cores = os.cpu_count() or 1
        others = (_busy() - self._busy) - (_own() - self._own)
        share = max(0.0, others / cores / (time.monotonic() - self._began) * 100)
        tell(bench, "CPU that others took meanwhile", share, "% of the machine", cores=cores, load=os.getloadavg()[0])


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


def _own() -> float:
    """This process and all below it."""
    this = psutil.Process()
    found = 0.0
    for process in (this, *this.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            found += sum(process.cpu_times()[:4])
    return found


def percentile(values: Sequence[float], percent: float) -> float:
    """0 for no values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


def tell_times(bench: str, figure: str, seconds: Sequence[float], goals: tuple[float, float] | None = None) -> None:
    """Median and 99th percentile in milliseconds; `goals` for the two."""
    for place, percent in enumerate((50, 99)):
        value = percentile(seconds, percent) * 1000
        tell(bench, f"{figure}, p{percent}", value, "ms", goal=goals[place] if goals else None, of=len(seconds))


def _short(value: object) -> object:
    return round(value, 3) if isinstance(value, float) else value
