"""`make check` and `make test`: every check is run, also after one that failed; 0 only when all passed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tools import debian
from tools.setup import PYTHON, ROOT
from tools.steps import showing

BIN = Path(PYTHON).parent
Commands = dict[str, list[str | Path]]

STATIC: Commands = {
    "style": [BIN / "ruff", "check", "."],
    "types": [BIN / "mypy"],
    "import contracts": [BIN / "lint-imports"],
}
SERVICES = "tests/services"
# Real processes, browsers and bounds of time: one after another, so that none disturbs the next.
ALONE = ("tests/browser", "tests/faults", "tests/setup", "tests/realtime")
# The setting that gives a server → the packages that hold one.
SERVERS = {"CLAMD_URL": ("clamav-daemon",)}
DEBIAN = ROOT / ".data" / "debian"
PYTEST: list[str | Path] = [PYTHON, "-m", "pytest"]
CHECKS: dict[str, Commands] = {
    "check": {**STATIC, "guards": [*PYTEST, "tests/guards", "-q"]},
    "test": {
        **STATIC,
        "tests": [*PYTEST, "-q", "-n", "2", *(f"--ignore={folder}" for folder in (SERVICES, *ALONE))],
        "tests that want the machine to themselves": [*PYTEST, "-q", *ALONE],
    },
    "test-services": {"tests with servers from Debian": [*PYTEST, SERVICES]},
}


def main(word: str) -> int:
    try:
        if word == "test-services":
            _fetch_servers()
    except debian.NoPackages as lacking:
        print(lacking, file=sys.stderr)
        return 1
    failed = [name for name, command in CHECKS[word].items() if not _passes(name, command)]
    if failed:
        print(f"Not passed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _fetch_servers() -> None:
    for name, packages in SERVERS.items():
        if not os.environ.get(name):
            with showing(f"{', '.join(packages)} from Debian"):
                debian.unpacked(packages, DEBIAN)


def _passes(name: str, command: list[str | Path]) -> bool:
    print(f"── {name}", flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
