"""`make bench`: every bench in turn, one JSON line a figure on stdout. With names, only those."""

from __future__ import annotations

import sys
from importlib import import_module

BENCHES = ["fanout", "stack", "practices", "writing", "storm", "clients", "audit", "appointments", "calendar_page",
           "files", "forms", "filling", "building"]


def main(names: list[str]) -> int:
    """0 when every bench ran; a goal that is missed is told in its line and is no failure."""
    codes = [import_module(f"tests.bench.{name}.bench").main() for name in names or BENCHES]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
