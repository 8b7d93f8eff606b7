"""When a session is held, locked or over. Pure: times in, a word out; doors and the sweep judge by the same words.

Only a key, a pointer or a touch is activity. A portal left alone ends; a desk left alone locks, and ends after its
twelve hours whether or not someone works at it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from models.core.actor import Side

LASTS = {Side.DESK: timedelta(hours=12), Side.PORTAL: timedelta(hours=24)}
WARN_SECONDS = 120
KEPT_AFTER_END = timedelta(days=7)
PASSWORD = "password"


class State(StrEnum):
    HELD = "held"
    LOCKED = "locked"
    IDLE = "idle"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True)
class Times:
    """What is known of a session. `idle_seconds` is the practice's, for the session's side; `password_at`: when its
    login's password was last set."""

    side: Side
    active_at: datetime
    ends_at: datetime
    idle_seconds: int
    locked_at: datetime | None = None
    ended_at: datetime | None = None
    password_at: datetime | None = None

    @property
    def idle_at(self) -> datetime:
        """When it locks or ends if nothing happens."""
        return self.active_at + timedelta(seconds=self.idle_seconds)

    def state(self, at: datetime) -> State:
        if self.ended_at is not None:
            return State.ENDED
        if at >= self.ends_at:
            return State.EXPIRED
        if self.locked_at is not None:
            return State.LOCKED
        if at < self.idle_at:
            return State.HELD
        return State.LOCKED if self.side is Side.DESK else State.IDLE

    def reason(self, at: datetime) -> str:
        """Why it holds no more, as the person may hear it: one that the sweep ended had come to its own end before,
        one that a new password ended did so in the very moment of it."""
        if self.ended_at is None:
            return self.state(at)
        if self.ended_at == self.password_at:
            return PASSWORD
        if self.ended_at >= self.ends_at:
            return State.EXPIRED
        return State.IDLE if self.side is Side.PORTAL and self.ended_at >= self.idle_at else State.ENDED

    @property
    def over_at(self) -> datetime:
        """When it ends by itself, as far as is known now."""
        return min(self.ends_at, self.idle_at) if self.side is Side.PORTAL else self.ends_at

    @property
    def due_at(self) -> datetime:
        """When the sweep next has something to do about it."""
        if self.ended_at is not None:
            return self.ended_at + KEPT_AFTER_END
        return self.ends_at if self.locked_at is not None else min(self.ends_at, self.idle_at)

    @property
    def told_every(self) -> timedelta:
        """How seldom activity is written: once a minute, and four times within a short idle time."""
        return timedelta(seconds=min(60, self.idle_seconds / 4))
