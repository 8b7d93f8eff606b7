"""How benches of the whole stack speak: one JSON line a figure on stdout."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence


def tell(
    bench: str, figure: str, value: float | str, unit: str, *, goal: float | None = None, **beside: object
) -> None:  # fmt: skip
    """`goal`: at most this; `beside`: what a reader needs to judge the figure."""
    line: dict[str, object] = {"bench": bench, "figure": figure, "value": _short(value), "unit": unit}
    if goal is not None and not isinstance(value, str):
        line |= {"goal": goal, "met": value <= goal}
    print(json.dumps(line | {name: _short(one) for name, one in beside.items()}), flush=True)


def tell_machine(bench: str, when: str) -> None:
    """What else the machine is doing: a figure of a busy one says little."""
    tell(bench, f"load average, {when}", os.getloadavg()[0], "processes", cores=os.cpu_count())


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
