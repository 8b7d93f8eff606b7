"""Every sentence of the guide that holds today names a test that is there."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = Path(__file__).with_name("sentences.txt")


def _rows() -> list[tuple[str, list[str]]]:
    """Each sentence with its tests, as `file::name`."""
    rows: list[tuple[str, list[str]]] = []
    for line in TABLE.read_text().splitlines():
        if line.startswith("  ") and rows:
            rows[-1][1].append(line.strip())
        elif line.startswith("“"):
            rows.append((line, []))
    return rows


def test_every_sentence_names_a_test_that_is_there() -> None:
    for sentence, tests in _rows():
        assert tests, f"no test: {sentence}"
        for one in tests:
            path, _, name = one.partition("::")
            tree = ast.parse((ROOT / "tests" / path).read_text())
            there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
            assert name in there, f"{one} is not there: {sentence}"


def test_no_test_of_the_guide_is_left_out() -> None:
    named = {one for _, tests in _rows() for one in tests}
    tree = ast.parse(Path(__file__).with_name("test_guide.py").read_text())
    own = {node.name for node in tree.body if isinstance(node, ast.AsyncFunctionDef) and node.name.startswith("test_")}
    assert {f"guide/test_guide.py::{name}" for name in own} <= named
