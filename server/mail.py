"""The mail server: hand it a mail, learn whether it took it, will never take it, or could not be asked."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from datetime import timedelta
from email.message import EmailMessage
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import aiosmtplib
import structlog

from models.core.scope import run_scope
from models.core.settings import settings
from models.notifications import mailing
from models.notifications.mailing import Letter
from server.letters import compose, sender

PATIENCE = 30
RECORD_TRIES = 10

log = structlog.get_logger("portico.mail")


class Refused(Exception):
    """The server will never take this mail; `code` is its SMTP code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class Unreachable(Exception):
    """The server could not be asked, or said: later."""


async def send_mail(practice_id: UUID, mail_id: UUID) -> timedelta | None:
    """The job of one mail. A timedelta: try again after that."""
    taken = await run_scope(practice_id, lambda _: mailing.take(mail_id))
    if not isinstance(taken, Letter):
        return taken
    try:
        await post(compose(taken), to=taken.to)
    except Refused as refusal:
        code = str(refusal.code)
        return await _record(taken, "mail.refused", lambda: mailing.refused(taken, code))
    except Unreachable:
        return await _record(taken, "mail.put_off", lambda: mailing.put_off(taken))
    except Exception as error:  # a fault of ours: it is given up and shown to staff like a server that stays away
        log.exception("mail.broken", mail=str(mail_id), kind=taken.kind, error=type(error).__name__)
        return await _record(taken, "mail.put_off", lambda: mailing.put_off(taken, why="broken"))
    return await _record(taken, "mail.accepted", lambda: mailing.accepted(taken))


async def post(mail: EmailMessage, *, to: str) -> None:
    """Give the mail to SMTP_URL's server. Raises Refused or Unreachable; returns when it was taken."""
    try:
        async with asyncio.timeout(PATIENCE):
            await aiosmtplib.send(mail, sender=sender(), recipients=[to], **_route())
    except aiosmtplib.SMTPRecipientsRefused as refused:
        raise _verdict(max(one.code for one in refused.recipients)) from None
    except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as refused:
        raise _verdict(refused.code) from None
    except (aiosmtplib.SMTPNotSupported, UnicodeError) as impossible:
        raise Refused(553) from impossible  # an address that this server cannot carry
    except (aiosmtplib.SMTPException, OSError, TimeoutError, ssl.SSLError) as away:
        raise Unreachable(type(away).__name__) from None


def _verdict(code: int) -> Exception:
    return Refused(code) if code >= 500 else Unreachable(str(code))


def _route() -> dict[str, Any]:
    """`smtp://name:password@host:587?starttls=required|never`, `smtps://…:465`. A password never goes in the clear,
    except to this machine itself."""
    if not settings().smtp_url:
        raise aiosmtplib.SMTPConnectError("SMTP_URL is not set")
    url = urlsplit(settings().smtp_url or "")
    wish = parse_qs(url.query).get("starttls", [""])[0]
    starttls = {"required": True, "never": False}.get(wish, True if url.username and not _here(url.hostname) else None)
    return {
        "hostname": url.hostname, "port": url.port, "use_tls": url.scheme == "smtps",
        "start_tls": False if url.scheme == "smtps" else starttls,
        "username": unquote(url.username) if url.username else None,
        "password": unquote(url.password) if url.password else None,
        "local_hostname": settings().portico_domain,  # else it is looked up, which can take seconds
        "timeout": PATIENCE / 2,
    }


def _here(host: str | None) -> bool:
    try:
        return host == "localhost" or ip_address(host or "").is_loopback
    except ValueError:
        return False


async def _record(
    letter: Letter, word: str, write: Callable[[], Awaitable[timedelta | None]]
) -> timedelta | None:
    """Keep what the server said; tried until the lease ends, because forgetting it would send the mail again."""
    log.info(word, mail=str(letter.mail_id), practice=str(letter.practice_id), kind=letter.kind)
    for attempt in range(RECORD_TRIES):
        try:
            return await run_scope(letter.practice_id, lambda _: write())
        except Exception as error:
            log.warning("mail.record_failed", mail=str(letter.mail_id), attempt=attempt, error=type(error).__name__)
            await asyncio.sleep(min(0.2 * 2**attempt, 5))
    return await run_scope(letter.practice_id, lambda _: write())
