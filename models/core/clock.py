"""The one clock. Rules ask it, so that a test can travel; order never comes from it (order is `seq`)."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic() -> float:
    """Seconds for measuring durations; never goes back."""
    return time.monotonic()
