"""Servers that exist only as Debian packages, for `make test-services`: fetched and unpacked without root."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

TOOLS = ("apt-get", "dpkg-deb")


class NoPackages(Exception):
    """The packages cannot be had here; the text is one sentence that names them and what to do."""


def unpacked(packages: tuple[str, ...], folder: Path) -> Path:
    """The root folder in which these packages lie with all that this system lacks for them; raises NoPackages."""
    root = folder / "-".join(packages)
    if root.exists():
        return root
    if not all(map(shutil.which, TOOLS)):
        raise NoPackages(
            f"These tests need {', '.join(packages)}, fetched by apt-get, which this system has not: "
            "run them on Debian or Ubuntu, or in a container of it."
        )
    return _fetch(packages, root)


def _fetch(packages: tuple[str, ...], root: Path) -> Path:
    draft = root.with_suffix(".making")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    planned = _said(["apt-get", "--simulate", "--no-install-recommends", "install", *packages], draft)
    missing = re.findall(r"^Inst (\S+)", planned, re.M) or list(packages)
    _said(["apt-get", "download", *missing], draft)
    for archive in draft.glob("*.deb"):
        _said(["dpkg-deb", "--extract", str(archive), str(draft)], draft)
        archive.unlink()
    draft.rename(root)
    return root


def _said(command: list[str], folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        words = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NoPackages(f"`{' '.join(command)}` failed ({words}): bring the package lists up to date and try again.")
    return done.stdout
