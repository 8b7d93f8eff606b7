"""`python -m server.processes web worker`: run these lines of the Procfile through honcho.

Ends when any of them ends, after stopping the others. Not `honcho start`, because that gives every kind of
process a PORT of its own, and the links in the worker's mails would lead nowhere.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from honcho import manager
from honcho.environ import parse_procfile

PROCFILE = Path(__file__).resolve().parent.parent / "Procfile"
# honcho kills after 5 s what has not ended; the web workers may take longer to finish what they began.
SECONDS_TO_END = 15


def command_of(name: str) -> str:
    """What the Procfile runs under this name; raises KeyError when it has no such line."""
    return str(parse_procfile(PROCFILE.read_text()).processes[name])


def main(names: list[str]) -> int:
    manager.KILL_WAIT = SECONDS_TO_END
    crew = manager.Manager()
    for name in names:
        crew.add_process(name, f"exec {command_of(name)}", env=dict(os.environ))
    crew.loop()
    return int(crew.returncode or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
