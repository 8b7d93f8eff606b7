"""How a process ends: with all that was said, and with nothing that a library's thread could stumble over."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """import atexit, logging, sys
from server.ending import end
atexit.register(print, "torn down")
logging.basicConfig(format="%(message)s")
logging.warning("logged")
print("said")
end(3)
"""


def test_all_that_was_said_leaves_and_nothing_is_torn_down():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (3, "said\n", "logged\n")


def test_nobody_reading_any_more_is_no_error():
    command = f"{sys.executable} -c 'from server.ending import end; print(1, flush=True); print(2); end(0)' | head -n 1"
    done = subprocess.run(command, shell=True, capture_output=True, text=True, check=False, timeout=30)
    assert done.stdout == "1\n" and "Traceback" not in done.stderr
