"""`make check` and `make test`: every check is run, also after one that failed; 0 only when all passed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.setup import PYTHON, ROOT

BIN = Path(PYTHON).parent
Commands = dict[str, list[str | Path]]

STATIC: Commands = {
    "style": [BIN / "ruff", "check", "."],
    "types": [BIN / "mypy"],
    "import contracts": [BIN / "lint-imports"],
}
PYTEST: list[str | Path] = [PYTHON, "-m", "pytest"]
CHECKS: dict[str, Commands] = {
    "check": {**STATIC, "guards": [*PYTEST, "tests/guards", "-q"]},
    "test": {**STATIC, "tests": PYTEST},
}


def main(word: str) -> int:
    failed = [name for name, command in CHECKS[word].items() if not _passes(name, command)]
    if failed:
        print(f"Not passed: {', '.join(failed)}.", file=sys.stderr)
    return 1 if failed else 0


def _passes(name: str, command: list[str | Path]) -> bool:
    print(f"── {name}", flush=True)
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
