"""How a process of the product ends."""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def end(code: int) -> NoReturn:
    """End this process, after all that was said has left it.

    Nothing is torn down: while an interpreter goes, threads of libraries may still reach into it, as obstore's do, and
    the system then aborts the process (one of sixty runs of `portico doctor` ended so, well or ill)."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)
