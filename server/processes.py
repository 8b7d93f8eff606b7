"""`python -m server.processes web worker`: run these lines of the Procfile through honcho.

Ends when any of them ends, after stopping the others. Not `honcho start`, because that gives every kind of
process a PORT of its own, and the links in the worker's mails would lead nowhere.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import psutil
from honcho import manager
from honcho.environ import parse_procfile
from honcho.printer import Printer

from server.local.strays import end

PROCFILE = Path(__file__).resolve().parent.parent / "Procfile"
# honcho kills after 5 s what has not ended; the web workers may take longer to finish what they began.
SECONDS_TO_END = 15


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


def main(names: list[str]) -> int:
    manager.KILL_WAIT = SECONDS_TO_END
    crew = manager.Manager(printer=Printer(Output()))
    for name in names:
        crew.add_process(name, f"exec {command_of(name)}", env=dict(os.environ))
    try:
        crew.loop()
    except KeyError:  # told to stop before it knew its processes, honcho breaks and would leave them
        end(psutil.Process().children(recursive=True), (signal.SIGTERM, signal.SIGKILL), SECONDS_TO_END)
    return int(crew.returncode or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
