"""What a verb says when it refuses. Raised in models/, translated once by each of the two doors.

`code` is a stable word for programs, `detail` a sentence for the person: what happened, what is kept, what to do.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn


class Refusal(Exception):
    """Base of all refusals; `status` is the HTTP status of the answer. `aftermath`: what the door does behind it, in a
    scope of its own, because the refusal undoes the one it was raised in."""

    status = 400
    code = "refused"
    detail = "This cannot be done."

    def __init__(
        self,
        code: str | None = None,
        detail: str | None = None,
        *,
        errors: Mapping[str, Sequence[str]] | None = None,
        retry_after: float | None = None,
    ) -> None:
        self.code = code or type(self).code
        self.detail = detail or type(self).detail
        self.errors = {field: list(texts) for field, texts in (errors or {}).items()}
        self.retry_after = retry_after
        self.aftermath: Callable[[Any], Awaitable[None]] | None = None
        super().__init__(self.code)


class SignedOut(Refusal):
    status, code, detail = 401, "signed-out", "Sign in to go on."


class Forbidden(Refusal):
    status, code, detail = 403, "forbidden", "Your access does not include this."


class Missing(Refusal):
    status, code, detail = 404, "not-found", "This does not exist, or is not yours to see."


class Conflict(Refusal):
    status, code, detail = 409, "conflict", "Something changed in the meantime. Look again, then repeat."


class Gone(Refusal):
    status, code, detail = 410, "gone", "This is no longer there."


class TooLarge(Refusal):
    status, code, detail = 413, "too-large", "This is too large."


class Invalid(Refusal):
    status, code, detail = 422, "invalid", "Something in what you entered needs a correction."


class Locked(Refusal):
    status, code, detail = 423, "locked", "This page is locked. Unlock it with your password."


class TooMany(Refusal):
    status, code, detail = 429, "too-many", "Too many tries. Wait a little, then try again."


class Busy(Refusal):
    status, code, detail = 503, "busy", "The server is busy. Nothing was changed; try again in a moment."


def missing(thing: str) -> NoReturn:
    """Not there and not yours look alike: the same refusal for both."""
    raise Missing(detail=f"This {thing} does not exist, or is not yours to see.")
