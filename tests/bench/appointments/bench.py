"""What appointments cost, part by part, in one house. A new part is a module with `measure(house)`, named here."""

from __future__ import annotations

import os
import sys
from importlib import import_module

import uvloop

from tests.bench.stack.house import new_house

PARTS = ["free_times", "booking", "holds"]


def main() -> int:
    uvloop.run(_measure(os.environ.get("BENCH_APPOINTMENTS", "").split() or PARTS))
    return 0


async def _measure(parts: list[str]) -> None:
    async with new_house("appointments") as house:
        for name in parts:
            await import_module(f"tests.bench.appointments.{name}").measure(house)


if __name__ == "__main__":
    sys.exit(main())
