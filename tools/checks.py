"""`make check` and `make test`: every check is run, also after one that failed; 0 only when all passed."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import Future, ThreadPoolExecutor
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
# so two such rows go side by side, each with services of its own; where processes end first, browsers go on.
BROWSER = "tests/browser"
PROCESSES = ("tests/faults", "tests/setup", "tests/realtime")
LEFT_OUT = [f"--ignore={folder}" for folder in (SERVICES, BROWSER, *PROCESSES)]
BEHIND = ("tests of processes", "more tests in browsers")  # a row begun in its turn, told at the end
LATER = "test_portal"  # of the files of browsers those from here on
# The setting that gives a server → the packages that hold one.
SERVERS = {"CLAMD_URL": ("clamav-daemon",)}
DEBIAN = ROOT / ".data" / "debian"
PYTEST: list[str | Path] = [PYTHON, "-m", "pytest"]


def _browser_files(*, later: bool) -> list[str]:
    files = sorted(path.name for path in (ROOT / BROWSER).glob("test_*.py"))
    return [f"{BROWSER}/{name}" for name in files if (name >= LATER) is later]


CHECKS: dict[str, Commands] = {
    "check": {**STATIC, "guards": [*PYTEST, "tests/guards", "-q"]},
    "test": {
        **STATIC,
        "tests": [*PYTEST, "-q", "-n", "2", "--dist", "worksteal", *LEFT_OUT],
        BEHIND[0]: [*PYTEST, "-q", *PROCESSES],
        BEHIND[1]: [*PYTEST, "-q", *_browser_files(later=True)],
        "tests in browsers": [*PYTEST, "-q", *_browser_files(later=False)],
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
    failed = []
    behind = {name: command for name, command in commands.items() if name in BEHIND}
    with ThreadPoolExecutor(1) as row, tempfile.TemporaryFile() as said:
        running: dict[str, Future[int]] = {}
        for name, command in commands.items():
            if name not in behind:
                if not _passes(name, command):
                    failed.append(name)
            elif not running:
                running = {one: row.submit(_told_later, one, command, said) for one, command in behind.items()}
        failed += [name for name, ending in running.items() if ending.result() != 0]
        said.seek(0)
        print(said.read().decode(errors="replace"), end="", flush=True)
    return failed


def _passes(name: str, command: Command) -> bool:
    print(_headline(name), flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def _told_later(name: str, command: Command, said: IO[bytes]) -> int:
    said.write(f"{_headline(name)}\n".encode())
    said.flush()
    return subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=said, check=False).returncode


def _headline(name: str) -> str:
    return f"── {name}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
