"""`python -m server.processes web worker`: run these lines of the Procfile through honcho.

Ends when any of them ends, after stopping the others; one that was killed or crashed is started again, as whatever
runs the Procfile on a server would do. Not `honcho start`, because that gives every kind of
process a PORT of its own, and the links in the worker's mails would lead nowhere.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
from honcho import manager
from honcho.environ import parse_procfile
from honcho.printer import Message, Printer
from honcho.process import Process

from server.local.strays import end

PROCFILE = Path(__file__).resolve().parent.parent / "Procfile"
# honcho kills after 5 s what has not ended; the web workers may take longer to finish what they began.
SECONDS_TO_END = 15

CRASHES = {-signal.SIGKILL, -signal.SIGSEGV, -signal.SIGABRT, -signal.SIGBUS}
CRASHES_BORNE, WITHIN_SECONDS = 3, 60.0


def command_of(name: str) -> str:
    """What the Procfile runs under this name; raises KeyError when it has no such line."""
    return str(parse_procfile(PROCFILE.read_text()).processes[name])


class Output:
    """Where honcho prints. Unlike a text stream it bears a signal in the middle of a print, after which honcho
    would break and leave its processes, and it goes on when nobody reads any more (`make run | head`)."""

    def write(self, text: str) -> None:
        with suppress(BrokenPipeError):
            os.write(sys.stdout.fileno(), text.encode())

    def flush(self) -> None:
        """Nothing is held back."""

    def isatty(self) -> bool:
        return sys.stdout.isatty()


class Lasting(Process):  # type: ignore[misc]
    """Started again after a crash, but not when it crashed over and over. An error of its own still ends the run."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        crashes: list[float] = []
        while True:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)  # ignored here since the last round; a program inherits that
            holding = Holding(events)
            super().run(holding, ignore_signals)
            crashes = [*(at for at in crashes if at > time.monotonic() - WITHIN_SECONDS), time.monotonic()]
            if holding.code not in CRASHES or len(crashes) > CRASHES_BORNE:
                break
            self._say(events, f"was killed ({holding.code}) and is started again\n")
        events.put(holding.stop)

    def _say(self, events: Any, text: str) -> None:
        events.put(Message("line", text.encode(), self._clock.now(), self.name, self.colour))


class Holding:
    """Passes on what a process tells of itself, but keeps back that it ended: on that honcho ends all."""

    def __init__(self, events: Any) -> None:
        self._events = events
        self.stop: Any = None

    @property
    def code(self) -> int:
        return int(self.stop.data["returncode"])

    def put(self, message: Message) -> None:
        if message.type == "stop":
            self.stop = message
        else:
            self._events.put(message)


def main(names: list[str]) -> int:
    manager.KILL_WAIT = SECONDS_TO_END
    crew = manager.Manager(printer=Printer(Output()))
    crew._process_ctor = Lasting  # it has no public place for it
    for name in names:
        crew.add_process(name, f"exec {command_of(name)}", env=dict(os.environ))
    try:
        crew.loop()
    except KeyError:  # told to stop before it knew its processes, honcho breaks and would leave them
        end(psutil.Process().children(recursive=True), (signal.SIGTERM, signal.SIGKILL), SECONDS_TO_END)
    return int(crew.returncode or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
