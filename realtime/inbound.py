"""What a browser may say on the line, read before anything else reads it. Pure: text in, verdict out."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import orjson

MAX_PAYLOAD = 64 * 1024
MAX_DEPTH = 32

# ASCII digits only: python-socketio takes any Unicode digit for an id and stumbles over half of them.
ASK = re.compile(r"42([0-9]{0,15})(?=\[)")
RESERVED = {"connect", "disconnect", "*"}

SENTENCES = {
    "too-large": "This is too large to send at once.",
    "invalid": "This could not be read.",
    "slow-down": "Too much at once. Try again in a moment.",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """A well-formed `42` frame. `fault` is None when it may pass, else the code of the answer."""

    ack: str
    fault: str | None = None


def read_ask(text: str) -> Ask | None:
    """The ask in a `42` frame; None when it is none, or bears a name that the library keeps for itself."""
    head = ASK.match(text)
    if head is None:
        return None
    if _too_large(text):
        return Ask(head[1], "too-large")
    body, readable = _read(text[head.end() :])
    if body is TOO_DEEP:
        return Ask(head[1], "invalid")
    if not isinstance(body, list) or not body or not isinstance(body[0], str) or body[0] in RESERVED:
        return None
    usable = readable and len(body) == 2 and not _deeper(text, body)
    return Ask(head[1], None if usable else "invalid")


def is_connect(text: str) -> bool:
    """Whether this asks for the default namespace: `40`, or `40` with an object."""
    if text == "40":
        return True
    if not text.startswith("40{") or _too_large(text):
        return False
    body, readable = _read(text[2:])
    return readable and isinstance(body, dict) and not _deeper(text, body)


def answer(ack: str, code: str, retry_after: int | None = None) -> str:
    """The acknowledgement that refuses an ask."""
    error: dict[str, Any] = {"code": code, "detail": SENTENCES[code]}
    if retry_after is not None:
        error["retry_after"] = retry_after
    return f"43{int(ack)}" + orjson.dumps([{"ok": False, "error": error}]).decode()


class Bucket:
    """Counts asks: `rate` a second are free, `burst` at once. Who takes more runs into debt."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst = rate, burst
        self._tokens, self._at = burst, now

    def take(self, now: float) -> float:
        """Take one; return the seconds of debt after it."""
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate) - 1
        self._at = now
        return max(0.0, -self._tokens / self._rate)


TOO_DEEP = object()


def _read(text: str) -> tuple[Any, bool]:
    """The value, and whether the reader behind the guard will understand it too."""
    try:
        return orjson.loads(text), True
    except orjson.JSONDecodeError:
        pass
    try:
        # Half an emoji, cut off by a length limit, is JSON to a browser and not to orjson: worth an answer.
        return json.loads(text), False
    except ValueError:
        return None, False
    except RecursionError:
        return TOO_DEEP, False


def _too_large(text: str) -> bool:
    return len(text) > MAX_PAYLOAD or (len(text) > MAX_PAYLOAD // 4 and len(text.encode()) > MAX_PAYLOAD)


def _deeper(text: str, body: Any) -> bool:
    """Whether the value nests deeper than any ask does; validators and encoders behind the guard recurse."""
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return False
    level = [body]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _children(value)]
        if not level:
            return False
    return True


def _children(value: Any) -> list[Any]:
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [child for child in inside if isinstance(child, dict | list)]
