"""Conversations, the seats in them, what was said, and what answers when nobody is there."""

from __future__ import annotations

from tortoise import Model, fields

from models.core.rows import HERE, PracticeRow


class MessagingSettings(Model):
    practice_id = fields.UUIDField(primary_key=True, db_default=HERE)
    clients_see_online = fields.BooleanField(default=False)
    clients_see_typing = fields.BooleanField(default=False)
    clients_see_read = fields.BooleanField(default=True)
    clients_write_front_desk = fields.BooleanField(default=False)
    start_needs_access = fields.BooleanField(default=False)

    class Meta:
        table = "messaging_settings"


class Conversation(PracticeRow):
    """About exactly one client, or about none (staff only)."""

    client_id = fields.UUIDField(null=True)
    subject = fields.TextField(default="")
    people_key = fields.TextField(default="")
    last_position = fields.BigIntField(default=0)
    last_at = fields.DatetimeField()
    unanswered_since = fields.DatetimeField(null=True)
    claimed_by = fields.UUIDField(null=True)
    claimed_at = fields.DatetimeField(null=True)
    auto_answered_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "conversation"


class Seat(PracticeRow):
    """Sees what was said while it was open: from_position < position <= until_position (open: None)."""

    conversation_id = fields.UUIDField()
    kind = fields.TextField()
    staff_id = fields.UUIDField(null=True)
    access_id = fields.UUIDField(null=True)
    from_position = fields.BigIntField(default=0)
    until_position = fields.BigIntField(null=True)
    read_position = fields.BigIntField(default=0)
    read_at = fields.DatetimeField(null=True)
    delivered_position = fields.BigIntField(default=0)
    delivered_at = fields.DatetimeField(null=True)
    last_at = fields.DatetimeField()
    unread_since = fields.DatetimeField(null=True)
    marked_unread_at = fields.DatetimeField(null=True)
    muted_at = fields.DatetimeField(null=True)
    archived_at = fields.DatetimeField(null=True)
    covers_for = fields.UUIDField(null=True)
    joined_at = fields.DatetimeField(auto_now_add=True)
    left_at = fields.DatetimeField(null=True)

    class Meta:
        table = "seat"


class Message(PracticeRow):
    """`words` is the database's own column for searching."""

    conversation_id = fields.UUIDField()
    position = fields.BigIntField()
    seat_id = fields.UUIDField()
    sender_staff_id = fields.UUIDField(null=True)
    body = fields.TextField()
    files = fields.IntField(default=0)
    automatic = fields.TextField(default="")
    sent_at = fields.DatetimeField()
    withdrawn_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)
    deleted_by = fields.UUIDField(null=True)

    class Meta:
        table = "message"


class InternalNote(PracticeRow):
    """Apart from messages, so that no query of the client side can meet one."""

    conversation_id = fields.UUIDField()
    position = fields.BigIntField()
    staff_id = fields.UUIDField()
    body = fields.TextField()
    added_at = fields.DatetimeField()

    class Meta:
        table = "internal_note"


class SavedReply(PracticeRow):
    """Of one staff member, or of the practice (`staff_id` None)."""

    staff_id = fields.UUIDField(null=True)
    title = fields.TextField()
    body = fields.TextField()

    class Meta:
        table = "saved_reply"


class Away(PracticeRow):
    staff_id = fields.UUIDField()
    cover_id = fields.UUIDField(null=True)
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    text = fields.TextField()
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "away"


class OfficeHours(PracticeRow):
    """Weekday 0 is Monday; times are the practice's own. Of one staff member, or of the practice (`staff_id` None)."""

    staff_id = fields.UUIDField(null=True)
    weekday = fields.SmallIntField()
    opens = fields.TimeField()
    closes = fields.TimeField()

    class Meta:
        table = "office_hours"


class OfficeHoursAnswer(PracticeRow):
    """What is said outside office hours; empty: nothing."""

    staff_id = fields.UUIDField(null=True)
    text = fields.TextField()

    class Meta:
        table = "office_hours_answer"
