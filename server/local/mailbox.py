"""The caught mails as the page /dev/mail shows them: one .eml file each in PORTICO_DATA/mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from models.core.settings import Settings

NAME = re.compile(r"\d{8}T\d{6}\.\d{6}-[0-9a-f]{8}")
STAMP = "%Y%m%dT%H%M%S.%f"
NEWEST = 200


@dataclass(frozen=True)
class Mail:
    """One caught mail. `name` is its id in addresses; `caught_at` is aware, in UTC."""

    name: str
    caught_at: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    text: str
    html: str
    headers: tuple[tuple[str, str], ...]


def mail_folder(settings: Settings) -> Path:
    return settings.portico_data / "mail"


def list_mail(settings: Settings) -> list[Mail]:
    """The newest 200 caught mails, newest first; an empty list when none was caught."""
    names = sorted((path.stem for path in mail_folder(settings).glob("*.eml")), reverse=True)
    found = (read_mail(settings, name) for name in names[:NEWEST])
    return [mail for mail in found if mail]


def read_mail(settings: Settings, name: str) -> Mail | None:
    """The mail of this name, or None when there is none (or the name is none of ours)."""
    if not NAME.fullmatch(name):
        return None
    try:
        raw = (mail_folder(settings) / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return _parsed(name, message_from_bytes(raw, policy=policy.default))


def _parsed(name: str, message: EmailMessage) -> Mail:
    headers = tuple((key, str(value)) for key, value in message.items())
    return Mail(
        name=name,
        caught_at=datetime.strptime(name.partition("-")[0], STAMP).replace(tzinfo=UTC),
        sender=str(message.get("X-MailFrom", "")),
        recipients=tuple(str(value) for value in message.get_all("X-RcptTo", [])),
        subject=str(message.get("Subject", "")),
        text=_part(message, "plain"),
        html=_part(message, "html"),
        headers=headers,
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    try:
        return str(part.get_content()) if part else ""
    except LookupError:
        return "(written in a character set that is not known here)"
