"""Short words for tests of mail about appointments: three minutes pass, the worker comes, mailboxes are read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from models.core.database import execute, fetch_all
from server import jobs


class Post:
    """The worker and the mailboxes of one practice."""

    def __init__(self, cast: Any, server: Any) -> None:
        self.cast, self.server = cast, server

    def address(self, name: str) -> str:
        return f"{name}@{self.cast.subdomain}.test"

    def to(self, name: str) -> list[Any]:
        return list(self.server.to(self.address(name)))

    async def tell(self) -> list[timedelta | None]:
        """The job of every attendance, at once."""
        rows = await self.cast.inside(lambda: fetch_all("SELECT id FROM attendance ORDER BY id"))
        return [await jobs.JOBS["appointment.tell"](self.cast.practice_id, {"attendance": row["id"]}) for row in rows]

    async def deliver(self) -> None:
        waiting = "SELECT id FROM outgoing_mail WHERE accepted_at IS NULL AND dropped_at IS NULL ORDER BY id"
        for row in await self.cast.inside(lambda: fetch_all(waiting)):
            await jobs.JOBS["mail.send"](self.cast.practice_id, {"mail": row["id"]})

    async def three_minutes_later(self) -> None:
        """The grace is over, and what is to be told is on its way."""
        await self.cast.inside(lambda: execute(
            "UPDATE attendance SET news_at = news_at - interval '181 seconds',"
            " told_at = told_at - interval '181 seconds'"
        ))
        await self.tell()
        await self.deliver()


def text_of(mail: Any) -> str:
    return str(mail.get_body(("plain",)).get_content())


def html_of(mail: Any) -> str:
    return str(mail.get_body(("html",)).get_content())


def file_of(mail: Any) -> Any:
    """The attached calendar file: (its method as the mail says it, its text)."""
    (part,) = [part for part in mail.iter_attachments() if part.get_content_type() == "text/calendar"]
    return part.get_param("method"), part.get_content()
