"""What a form held when its door could not take it: shown again, to be sent once more. Nothing typed is lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from quart import Request

from models.core.errors import Refusal
from server.requests import body_of, refuse_foreign_origin

# The session ended, somebody was quicker, too many at once, or the server could not.
GIVEN_BACK = frozenset({401, 409, 429, 503})
FORM = "application/x-www-form-urlencoded"
SECRET = ("password", "code")


@dataclass(frozen=True)
class Typed:
    """A form on its way back. `words`: fields that hold written text; `rest`: all others, sent along unseen."""

    action: str
    words: list[tuple[str, str]]
    rest: list[tuple[str, str]]


async def typed(request: Request, refusal: Refusal) -> Typed | None:
    """The form that was refused; None when there was none, when it holds a secret, or when another site sent it (a
    click on our own page must never send what others wrote)."""
    if request.method != "POST" or refusal.status not in GIVEN_BACK or request.mimetype != FORM:
        return None
    try:
        refuse_foreign_origin(request)
        pairs = _pairs(await body_of(request))
    except Refusal:
        return None
    if any(secret in name for name, _ in pairs for secret in SECRET):
        return None
    words = [pair for pair in pairs if any(letter.isspace() for letter in pair[1].strip())]
    return Typed(request.full_path.rstrip("?"), words, [pair for pair in pairs if pair not in words])


def _pairs(body: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (name, str(one)) for name, value in body.items() for one in (value if isinstance(value, list) else [value])
    ]
