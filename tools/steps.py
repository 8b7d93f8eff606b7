"""One step of the set-up: skipped when its inputs are unchanged, shown while it works, plain about what went wrong."""

from __future__ import annotations

import hashlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

LEASH = Path(__file__).resolve().parent.parent / "server" / "local" / "leash.py"
QUIET_SECONDS = 10  # between two lines of progress where there is no terminal to draw on

# What tools say when something outside is wrong → what to do about it. The first that fits is told.
REMEDIES = (
    (r"No space left|ENOSPC|Disk quota", "the disk is full: free about 2 GB and start again"),
    (r"Read-only file system|EROFS", "this disk is read-only: copy the project to another"),
    (r"Permission denied|EACCES|EPERM", "this folder cannot be written: make it yours, or copy the project elsewhere"),
    (r"ensurepip is not|No module named '?(venv|ensurepip)", "this Python lacks venv (Debian: install python3-venv)"),
    (
        r"name resolution|Name or service not known|ENOTFOUND|EAI_AGAIN|new connection|ECONNREFUSED|ECONNRESET|"
        r"ETIMEDOUT|timed out|Network is unreachable|ENETUNREACH|ProxyError|CERTIFICATE|[_ ]CERT\b|CERT_|FETCH_ERROR",
        "no package registry could be reached: check network, proxy and certificates, then start again",
    ),
    (
        r"No matching distribution|Could not find a version|ETARGET|E404",
        "the registry lacks a pinned version for this "
        "machine: use Python 3.11 to 3.13, or point pip and npm at a complete registry",
    ),
    (r"EINTEGRITY|do not match the hashes", "a download was damaged: start again"),
)


class StepFailed(Exception):
    """The step cannot be done. `output` is what the tool said, `remedy` what a person can do about it."""

    def __init__(self, output: str, remedy: str | None = None) -> None:
        super().__init__(remedy or remedy_for(output))
        self.output = output


@dataclass(frozen=True)
class Step:
    """Work whose result is kept: done again only when the files or words it depends on have changed."""

    name: str
    stamp: Path
    work: Callable[[Show], None]
    files: tuple[Path, ...] = ()
    words: tuple[str, ...] = ()

    def is_done(self) -> bool:
        try:
            return self.stamp.read_text() == self._mark()
        except OSError:
            return False

    def do(self) -> None:
        """Do the work and remember it; raises StepFailed."""
        mark = self._mark()  # before the work: a file changed meanwhile makes the step due again
        try:
            with showing(self.name) as show:
                self.work(show)
            self.stamp.write_text(mark)
        except OSError as error:
            raise StepFailed(f"{error.strerror}: {error.filename}") from None

    def _mark(self) -> str:
        digest = hashlib.sha256("\0".join(self.words).encode())
        for file in self.files:
            digest.update(b"\0" + file.read_bytes())
        return digest.hexdigest()


def do_all(steps: Sequence[Step]) -> bool:
    """Do what is not done yet. On a failure say in one sentence which step, and the remedy; then False."""
    for step in steps:
        if step.is_done():
            continue
        try:
            step.do()
        except StepFailed as failed:
            print(f"{failed.output.strip()[-3000:]}\n" if failed.output else "", file=sys.stderr)
            print(f"Set-up stopped at “{step.name}”: {failed}.", file=sys.stderr)
            return False
        except KeyboardInterrupt:
            print(f"\nStopped during “{step.name}”; the next start goes on from there.", file=sys.stderr)
            return False
    return True


@dataclass
class Show:
    """The line on which a working step tells how far it is."""

    name: str
    started: float = field(default_factory=time.monotonic)
    now: str = ""

    @property
    def seconds(self) -> str:
        return f"{time.monotonic() - self.started:.1f} s"

    def draw(self, end: str = "") -> None:
        if sys.stdout.isatty():
            print(f"\r\033[K  {self.name} · {self.seconds} · {self.now[:50]}", end=end, flush=True)
        else:
            print(f"  {self.name} · {self.seconds} · {self.now[:50]}", flush=True)


@contextmanager
def showing(name: str) -> Iterator[Show]:
    """Show name, progress and time of the step for as long as the block works."""
    show, over = Show(name, now="begins"), threading.Event()
    drawer = threading.Thread(target=_draw_until, args=(show, over), daemon=True)
    drawer.start()
    try:
        yield show
        show.now = "done"
    except BaseException:
        show.now = "failed"
        raise
    finally:
        over.set()
        drawer.join()
        show.draw(end="\n")


def _draw_until(show: Show, over: threading.Event) -> None:
    show.draw()
    while not over.wait(0.2 if sys.stdout.isatty() else QUIET_SECONDS):
        show.draw()


def call(show: Show, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path) -> str:
    """Run a tool, show what it is at, and return what it said; raises StepFailed when it fails.

    It ends when we are killed (on Linux): else it would still write where the next start begins anew.
    """
    leash = [sys.executable, "-I", "-S", LEASH, os.getpid(), int(signal.SIGTERM), "-1:-1"]
    said: deque[str] = deque(maxlen=2000)
    with subprocess.Popen(
        [str(part) for part in (*leash, *command)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        env=env,
        cwd=cwd,
    ) as tool:
        for line in tool.stdout or ():
            said.append(line)
            show.now = doing(line) or show.now
    if tool.returncode:
        raise StepFailed("".join(said))
    return "".join(said)


def doing(line: str) -> str:
    """What a line of pip's or npm's output means to a person who waits; "" when nothing."""
    found = re.search(r"^\s*(Collecting|Downloading|Using cached) ([\w.\-]+)", line)
    if found:
        return found[2]
    if line.startswith("Installing collected"):
        return "installing"
    if re.search(r"fetch GET \S+ attempt \d+ failed|Retrying \(Retry", line):
        return "no answer, asking again"
    fetched = re.search(r"fetch GET 200 \S*/([\w.\-]+\.tgz)", line)
    return fetched[1] if fetched else ""


def remedy_for(output: str) -> str:
    for pattern, remedy in REMEDIES:
        if re.search(pattern, output):
            return remedy
    return "what the tool said stands above; when it is mended, start again"
