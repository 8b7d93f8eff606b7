"""`make faults`: the fault tests with many seeds. SEEDS says how many; as arguments they are named one by one."""

from __future__ import annotations

import os
import sys

import pytest

MANY = 12


def main(arguments: list[str]) -> int:
    seeds = arguments or [str(seed) for seed in range(1, int(os.environ.get("SEEDS", MANY)) + 1)]
    os.environ["FAULT_SEEDS"] = " ".join(seeds)
    return pytest.main(["tests/faults", "-q", "--durations=10", "-o", "timeout=600"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
