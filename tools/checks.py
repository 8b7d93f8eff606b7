"""`make check` and `make test`: every check is run, also after one that failed; 0 only when all passed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import IO

from tools import debian
from tools.setup import PYTHON, ROOT
from tools.steps import showing

BIN = Path(PYTHON).parent
Command = list[str | Path]
Commands = dict[str, Command]

STATIC: Commands = {
    "style": [BIN / "ruff", "check", "."],
    "types": [BIN / "mypy"],
    "import contracts": [BIN / "lint-imports"],
}
SERVICES = "tests/services"
# Real processes and browsers: one test after another, so that none disturbs the next. They wait more than they work,
# so two such rows go side by side, each with services of its own.
BROWSER = "tests/browser"
PROCESSES = ("tests/faults", "tests/setup", "tests/realtime")
BEHIND = "tests of processes"  # begun in its turn, told at the end
# The setting that gives a server → the packages that hold one.
SERVERS = {"CLAMD_URL": ("clamav-daemon",)}
DEBIAN = ROOT / ".data" / "debian"
PYTEST: list[str | Path] = [PYTHON, "-m", "pytest"]
CHECKS: dict[str, Commands] = {
    "check": {**STATIC, "guards": [*PYTEST, "tests/guards", "-q"]},
    "test": {
        **STATIC,
        "tests": [*PYTEST, "-q", "-n", "2", *(f"--ignore={folder}" for folder in (SERVICES, BROWSER, *PROCESSES))],
        BEHIND: [*PYTEST, "-q", *PROCESSES],
        "tests in browsers": [*PYTEST, "-q", BROWSER],
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
    failed = _not_passed(CHECKS[word])
    if failed:
        print(f"Not passed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _fetch_servers() -> None:
    for name, packages in SERVERS.items():
        if not os.environ.get(name):
            with showing(f"{', '.join(packages)} from Debian"):
                debian.unpacked(packages, DEBIAN)


def _not_passed(commands: Commands) -> list[str]:
    """The names of those that failed."""
    failed, behind = [], None
    for name, command in commands.items():
        if name == BEHIND:
            behind = _begun(command)
        elif not _passes(name, command):
            failed.append(name)
    return [*failed, BEHIND] if behind and not _ends_well(*behind) else failed


def _passes(name: str, command: Command) -> bool:
    print(f"── {name}", flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def _begun(command: Command) -> tuple[subprocess.Popen[bytes], IO[bytes]]:
    said = tempfile.TemporaryFile()
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said), said


def _ends_well(process: subprocess.Popen[bytes], said: IO[bytes]) -> bool:
    code = process.wait()
    with said:
        said.seek(0)
        print(f"── {BEHIND}\n{said.read().decode(errors='replace')}", end="", flush=True)
    return code == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
