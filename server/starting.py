"""What every process of the product does while it starts."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def nothing_collected() -> Iterator[None]:
    """While modules are read and doors are laid out, the collector rests: nearly all of it stays, and walking it again
    and again took a sixth of a start."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
