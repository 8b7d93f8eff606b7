"""Every sentence of the guide that holds today, and every promise of an issue, names tests that are there.

sentences.txt holds the guide's own sentences; promises/<letter>_<section>.txt what an issue promised, claim by claim.
How to write one: the first line says what the file is. A heading is a plain line. A claim stands in “…” on one line,
one claim each, in words of one's own where no guide is quoted. Below it, indented by two spaces, one line for each test
that would fail if the claim stopped being true (one to three; not every test that happens to pass by):

    “A rolled-back change tells nobody.”
      core/test_change.py::test_a_rolled_back_change_rings_nobody_and_leaves_no_job
      browser/units/queue.test.mjs::two tabs send each message once
      bench/fanout/bench.py

that is `area/test_file.py::name`, `browser/units/file.test.mjs::title` as the test says it, or a bench by its file
alone. What can only be seen by hand is no claim here; it belongs to the closing note.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TABLE = Path(__file__).with_name("sentences.txt")
PROMISES = sorted(Path(__file__).with_name("promises").glob("*.txt"))


def _rows(table: Path) -> list[tuple[str, list[str]]]:
    """Each claim with its tests, as `file::name`."""
    rows: list[tuple[str, list[str]]] = []
    for line in table.read_text().splitlines():
        if line.startswith("  ") and rows:
            rows[-1][1].append(line.strip())
        elif line.startswith("“"):
            rows.append((line, []))
    return rows


@cache
def _names(path: Path) -> frozenset[str]:
    """What the tests of this file are called."""
    if path.suffix == ".mjs":
        found = re.findall(r"""^test\((["'`])(.+?)\1,""", path.read_text(), re.MULTILINE)
        return frozenset(title for _, title in found)
    tree = ast.parse(path.read_text())
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


def lacking(one: str) -> bool:
    """Whether no such test is there."""
    name, _, title = one.partition("::")
    path = TESTS / name
    if not path.is_file():
        return True
    if not title:
        return path.suffix != ".py" or not name.startswith("bench/")
    return path.suffix not in (".py", ".mjs") or title not in _names(path)


@pytest.mark.parametrize("table", [TABLE, *PROMISES], ids=lambda table: table.stem)
def test_every_sentence_names_a_test_that_is_there(table: Path) -> None:
    rows = _rows(table)
    assert rows, "it holds no claim"
    for sentence, tests in rows:
        assert tests, f"no test: {sentence}"
        assert [one for one in tests if lacking(one)] == [], f"not there: {sentence}"


@pytest.mark.parametrize("table", PROMISES, ids=lambda table: table.stem)
def test_a_promise_is_written_as_said_above(table: Path) -> None:
    first, *lines = table.read_text().splitlines()
    assert re.fullmatch(r"[a-z]_\w+", table.stem) and first.endswith(".") and not first.startswith(("“", " "))
    odd = [
        line
        for line in lines
        if line and not re.fullmatch(r"“[^“”]+”|  [\w/.]+\.(py|mjs)(::.+)?|[^\s“](?:(?!::).)*", line)
    ]
    assert odd == [], "neither a heading, a claim on one line, nor a test"
    claims = [claim for claim, _ in _rows(table)]
    assert len(claims) == len(set(claims)), "one claim stands twice"


@pytest.mark.parametrize(
    ("one", "there"),
    [
        ("guide/test_sentences.py::test_every_sentence_names_a_test_that_is_there", True),
        ("guide/test_sentences.py::test_nobody_wrote", False),
        ("guide/test_sentences.py::lacking", False),
        ("guide/test_nothing.py::test_every_sentence_names_a_test_that_is_there", False),
        ("guide/test_sentences.py", False),
        ("browser/units/queue.test.mjs::two tabs send each message once", True),
        ("browser/units/queue.test.mjs::two tabs send each message", False),
        ("bench/__main__.py", True),
        ("bench/nothing.py", False),
    ],
)
def test_a_test_that_is_not_there_is_found_out(one: str, there: bool) -> None:
    assert lacking(one) != there


def test_no_test_of_the_guide_is_left_out() -> None:
    named = {one for _, tests in _rows(TABLE) for one in tests}
    own = _names(Path(__file__).with_name("test_guide.py"))
    assert {f"guide/test_guide.py::{name}" for name in own} <= named
