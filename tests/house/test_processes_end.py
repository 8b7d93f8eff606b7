"""How a process ends: with all that was said, and with nothing that a library's thread could stumble over."""

from __future__ import annotations

import subprocess
import sys

# whatever the environment says of Python, of unbuffered output for one: these are about what waits in the buffers
PYTHON = [sys.executable, "-E", "-c"]
PROGRAM = """import atexit, logging, sys
from server.ending import end
atexit.register(print, "torn down")
logging.basicConfig(format="%(message)s")
logging.warning("logged")
print("said")
end(3)
"""
GOES_ON = """from server.ending import end
print(1, flush=True)
input()
print(2)
end(0)
"""


def test_all_that_was_said_leaves_and_nothing_is_torn_down():
    done = subprocess.run([*PYTHON, PROGRAM], capture_output=True, text=True, check=False, timeout=100)
    assert (done.returncode, done.stdout, done.stderr) == (3, "said\n", "logged\n")


def test_nobody_reading_any_more_is_no_error():
    pipe = subprocess.PIPE
    with subprocess.Popen([*PYTHON, GOES_ON], stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout.readline() == "1\n"
        process.stdout.close()
        process.stdin.write("\n")
        process.stdin.flush()
        assert (process.wait(timeout=100), process.stderr.read()) == (0, "")
