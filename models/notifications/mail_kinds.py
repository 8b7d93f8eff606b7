"""The kinds of mail there are: until when each is tried, and whether it is still needed when its turn comes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from models.notifications.mailing import Letter


@dataclass(frozen=True)
class Need:
    """A mail's login and facts as they are at the moment of sending."""

    login_id: UUID
    facts: Mapping[str, Any]
    mail_off: bool
    deactivated: bool


@dataclass(frozen=True)
class MailKind:
    """`still_needed`: what the mail's page needs beside the practice's name (a link's token; `to`: another address than
    the sign-in's), or None: drop it.

    It runs in the scope that leases the mail, at each try. `optional`: the person may switch it off, and it waits for
    the end of their quiet hours; the link in the mail says `stops`. `came_to`: told
    that the mail server took the letter (None) or that it never will (a code), in the scope that writes that down.
    """

    name: str
    give_up_after: timedelta
    still_needed: Callable[[Need], Awaitable[Mapping[str, Any] | None]]
    optional: bool = False
    stops: str = ""
    came_to: Callable[[Letter, str | None], Awaitable[None]] | None = None


MAIL_KINDS: dict[str, MailKind] = {}


def mail_kind(kind: MailKind) -> MailKind:
    """Register a kind; its templates are templates/mail/<name>.html and .txt."""
    MAIL_KINDS[kind.name] = kind
    return kind
