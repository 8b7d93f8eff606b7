"""Small files, small functions, and tests for each capability. What is over a limit stands here with its reason, and
the list only shrinks; what has no tests of its own name stands in capabilities.txt with those that hold it."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
CAPABILITIES = Path(__file__).with_name("capabilities.txt")
# Declarations without a rule: tables are held by test_database.py, events and asks by test_wire.py and test_doors.py.
DECLARED = ("tables", "asks", "events")
FILE_LINES, FUNCTION_LINES = 300, 30

LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def _sources() -> list[Path]:
    names = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "models", "realtime", "server", "tools", "static/js"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in names if name.endswith((".py", ".js")) and (ROOT / name).is_file()]


def test_files_hold_one_capability():
    long = {str(path.relative_to(ROOT)) for path in _sources() if len(path.read_text().splitlines()) > FILE_LINES}
    assert long == set(LONG_FILES)


def test_each_capability_has_its_tests():
    tests = [path for path in TESTS.rglob("test_*.py") if "browser" not in path.parts]
    named = {path.stem.removeprefix("test_") for path in tests}
    stated = [line.split(" | ") for line in CAPABILITIES.read_text().splitlines() if " | " in line]
    alone = {name for name in _capabilities() if Path(name).stem not in named}
    assert alone == {name for name, _ in stated}, "say in capabilities.txt which tests hold it"
    assert [test for _, test in stated if not (TESTS / test).is_file()] == []


def _capabilities() -> list[str]:
    """The files of rules and of the line; the doors' tests are the table of people, which walks every one."""
    names = [str(path.relative_to(ROOT)) for path in _sources() if path.suffix == ".py"]
    rules = [name for name in names if name.startswith(("models/", "realtime/")) and "/migrations/" not in name]
    return [one for one in rules if not Path(one).stem.endswith(DECLARED) and Path(one).stem != "__init__"]


def test_functions_read_down_the_page():
    assert _long_functions() == set(LONG_FUNCTIONS)


def _long_functions() -> set[str]:
    found = set()
    for path in _sources():
        if path.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and _length(node) > FUNCTION_LINES:
                found.add(f"{path.relative_to(ROOT)}: {node.name}")
    return found


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Without the docstring: promises may be long."""
    body = node.body
    documented = isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    spent = (body[0].end_lineno or 0) - body[0].lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - spent
