"""Streaks of unread messages, and mails on their way."""

from __future__ import annotations

from typing import Any

from tortoise import fields

from models.core.rows import PracticeRow


class UnreadStreak(PracticeRow):
    """From the first unread message of a seat until that seat has read: one mail at most."""

    seat_id = fields.UUIDField()
    login_id = fields.UUIDField()
    first_position = fields.BigIntField()
    due_at = fields.DatetimeField()
    mailed_at = fields.DatetimeField(null=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "unread_streak"


class OutgoingMail(PracticeRow):
    """A mail to one login, or to somebody who has none yet. Its Message-ID follows from its id; `facts` hold ids and
    never a word of content.

    `leased_until`: a worker is talking to the mail server about it · `dropped_at`: the need went away before it left.
    """

    login_id = fields.UUIDField(null=True)
    kind = fields.TextField()
    facts: Any = fields.JSONField(default=dict)
    created_at = fields.DatetimeField(auto_now_add=True)
    attempts = fields.IntField(default=0)
    leased_until = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    dropped_at = fields.DatetimeField(null=True)
    failed_at = fields.DatetimeField(null=True)
    failure = fields.TextField(default="")

    class Meta:
        table = "outgoing_mail"
