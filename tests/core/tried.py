"""An event for tests of what a change records."""

from __future__ import annotations

from models.core.events import event_type

TRIED = event_type("test.tried", audiences="staff login", ids="place", data="number")
