"""What is offered, when people work, and the times that are taken."""

from __future__ import annotations

from typing import Any

from tortoise import Model, fields
from tortoise.contrib.postgres.fields import ArrayField

from models.core.rows import HERE, PracticeRow


class BookingSettings(Model):
    """One row a practice. Fees in cents; hours before an appointment's start; None: no limit."""

    practice_id = fields.UUIDField(primary_key=True, db_default=HERE)
    notice_minutes = fields.IntField(default=1440)
    horizon_days = fields.SmallIntField(null=True, default=60)
    horizon_until = fields.DateField(null=True)
    slot_minutes = fields.SmallIntField(default=30)
    max_day = fields.SmallIntField(null=True)
    max_week = fields.SmallIntField(null=True)
    max_upcoming = fields.SmallIntField(null=True)
    avoid_gaps = fields.BooleanField(default=False)
    holiday_country = fields.TextField(default="")
    holiday_region = fields.TextField(default="")
    working_holidays = ArrayField("date", default=list)
    rules_version = fields.IntField(default=1)
    late_hours = fields.SmallIntField(null=True, default=24)
    closed_hours = fields.SmallIntField(null=True)
    reason = fields.TextField(default="optional")
    attended_at_day_end = fields.BooleanField(default=False)
    policy_version = fields.IntField(default=1)
    late_fee_cents = fields.IntField(default=0)
    no_show_fee_cents = fields.IntField(default=0)
    fees_version = fields.IntField(default=1)
    reminders = ArrayField("smallint", default=lambda: [48])
    reminders_version = fields.IntField(default=1)

    class Meta:
        table = "booking_settings"


class Offering(PracticeRow):
    """A service of the practice. `kind`: individual, couple, family, group; `modes`: in-person, phone, video;
    `bookable` online by nobody, existing clients, everyone; `confirm`: instant, request, instant-beyond a number of
    days. A fee of None is the practice's default; `own_policy`: its own hours instead of the practice's;
    `sessions_only`: clients book places of a group that stands on the calendar, and open none."""

    name = fields.TextField()
    description = fields.TextField(default="")
    kind = fields.TextField(default="individual")
    capacity = fields.SmallIntField(default=1)
    colour = fields.TextField(default="a")
    code = fields.TextField(default="")
    modes = ArrayField("text", default=lambda: ["in-person"])
    video_link = fields.TextField(default="")
    buffer_before = fields.SmallIntField(default=0)
    buffer_after = fields.SmallIntField(default=0)
    bookable = fields.TextField(default="nobody")
    confirm = fields.TextField(default="request")
    instant_beyond_days = fields.SmallIntField(null=True)
    questions: Any = fields.JSONField(default=list)
    late_fee_cents = fields.IntField(null=True)
    no_show_fee_cents = fields.IntField(null=True)
    own_policy = fields.BooleanField(default=False)
    sessions_only = fields.BooleanField(default=False)
    late_hours = fields.SmallIntField(null=True)
    closed_hours = fields.SmallIntField(null=True)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    archived_at = fields.DatetimeField(null=True)

    class Meta:
        table = "service"


class Room(PracticeRow):
    """Of one location. Taken by one appointment at a time."""

    location_id = fields.UUIDField()
    name = fields.TextField()
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "room"


class WeeklyHours(PracticeRow):
    """In the practice's own time. Monday is 0; minutes from midnight, half-open; every n-th week, counted from the week
    of `valid_from`. Without a location: by phone and video only."""

    staff_id = fields.UUIDField()
    location_id = fields.UUIDField(null=True)
    weekday = fields.SmallIntField()
    from_minute = fields.SmallIntField()
    until_minute = fields.SmallIntField()
    valid_from = fields.DateField()
    valid_until = fields.DateField(null=True)
    every_weeks = fields.SmallIntField(default=1)

    class Meta:
        table = "weekly_hours"


class DayHours(PracticeRow):
    """Hours of one day that stand in place of its weekly ones; 0 to 0: nobody is there."""

    staff_id = fields.UUIDField()
    day = fields.DateField()
    location_id = fields.UUIDField(null=True)
    from_minute = fields.SmallIntField()
    until_minute = fields.SmallIntField()

    class Meta:
        table = "day_hours"


class CalendarBlock(PracticeRow):
    """Time that clients cannot book: of a practitioner, a room, or the whole practice. `kind`: time-off, block. Those
    that repeat have one `series_id`, every n-th week."""

    staff_id = fields.UUIDField(null=True)
    room_id = fields.UUIDField(null=True)
    kind = fields.TextField()
    title = fields.TextField(default="")
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    series_id = fields.UUIDField(null=True)
    every_weeks = fields.SmallIntField(null=True)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "calendar_block"


class BookingRequest(PracticeRow):
    """A wish to come that somebody decides about. `state`: open, countered, accepted, declined, withdrawn, expired."""

    client_id = fields.UUIDField(null=True)
    login_id = fields.UUIDField(null=True)
    for_whom = fields.TextField(default="self")
    first_name = fields.TextField(default="")
    last_name = fields.TextField(default="")
    email = fields.TextField(default="")
    phone = fields.TextField(default="")
    other_first_name = fields.TextField(default="")
    other_last_name = fields.TextField(default="")
    other_born_on = fields.DateField(null=True)
    relation = fields.TextField(default="")
    message = fields.TextField(default="")
    answers: Any = fields.JSONField(default=list)
    state = fields.TextField(default="open")
    handled_by = fields.UUIDField(null=True)
    handled_since = fields.DatetimeField(null=True)
    reply = fields.TextField(default="")
    offer_hash = fields.BinaryField(null=True)
    expires_at = fields.DatetimeField()
    created_at = fields.DatetimeField(auto_now_add=True)
    decided_at = fields.DatetimeField(null=True)
    decided_by = fields.UUIDField(null=True)
    erased_at = fields.DatetimeField(null=True)
    version = fields.IntField(default=1)

    class Meta:
        table = "booking_request"


class Appointment(PracticeRow):
    """One row a time. `state`: hold (until `held_until`), requested, offered in place of a request, scheduled,
    cancelled (nobody comes any more; the time is free), declined. `overlap_ok`: staff put it over another on purpose.
    `sequence` counts the changes that calendar files tell, `version` every change."""

    state = fields.TextField()
    staff_id = fields.UUIDField()
    service_id = fields.UUIDField(null=True)
    location_id = fields.UUIDField(null=True)
    room_id = fields.UUIDField(null=True)
    mode = fields.TextField(default="in-person")
    video_link = fields.TextField(default="")
    starts_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    buffer_before = fields.SmallIntField(default=0)
    buffer_after = fields.SmallIntField(default=0)
    overlap_ok = fields.BooleanField(default=False)
    kind = fields.TextField(default="individual")
    capacity = fields.SmallIntField(default=1)
    fee_cents = fields.IntField(null=True)
    code = fields.TextField(default="")
    note = fields.TextField(default="")
    request_id = fields.UUIDField(null=True)
    held_until = fields.DatetimeField(null=True)
    held_by = fields.UUIDField(null=True)
    hold_secret = fields.BinaryField(null=True)
    undo_until = fields.DatetimeField(null=True)
    made_by = fields.UUIDField(null=True)
    made_side = fields.TextField()
    made_at = fields.DatetimeField(auto_now_add=True)
    cancelled_at = fields.DatetimeField(null=True)
    sequence = fields.IntField(default=0)
    version = fields.IntField(default=1)

    class Meta:
        table = "appointment"


class Attendance(PracticeRow):
    """One client of an appointment. `state`: booked, cancelled, late-cancelled, attended, no-show. `undo_until`: of who
    booked a place of a group. `policy`: what was in force when it came to a fee. `news_at`, `news_side`: the last
    change that whom it is about should hear of, `told` what mails said last; `reminder_state`: "", sent, undelivered.
    """

    appointment_id = fields.UUIDField()
    client_id = fields.UUIDField()
    state = fields.TextField(default="booked")
    booked_by = fields.UUIDField(null=True)
    booked_side = fields.TextField()
    booked_at = fields.DatetimeField(auto_now_add=True)
    undo_until = fields.DatetimeField(null=True)
    answers: Any = fields.JSONField(default=list)
    confirmed_at = fields.DatetimeField(null=True)
    cancelled_at = fields.DatetimeField(null=True)
    cancelled_by = fields.UUIDField(null=True)
    cancelled_side = fields.TextField(null=True)
    reason = fields.TextField(default="")
    outcome_at = fields.DatetimeField(null=True)
    policy: Any = fields.JSONField(null=True)
    fee_cents = fields.IntField(null=True)
    waived_at = fields.DatetimeField(null=True)
    waived_by = fields.UUIDField(null=True)
    waiver = fields.TextField(default="")
    diagnoses: Any = fields.JSONField(null=True)
    news_at = fields.DatetimeField(auto_now_add=True)
    news_side = fields.TextField(default="")
    told_at = fields.DatetimeField(null=True)
    told: Any = fields.JSONField(null=True)
    reminder_state = fields.TextField(default="")

    class Meta:
        table = "attendance"


class Diagnosis(PracticeRow):
    """ICD-10, as the practice typed it, with the days from and to which it holds. `removed_at`: it was entered by
    mistake, and holds on no day."""

    client_id = fields.UUIDField()
    code = fields.TextField()
    title = fields.TextField(default="")
    from_on = fields.DateField()
    until_on = fields.DateField(null=True)
    main = fields.BooleanField(default=False)
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    removed_at = fields.DatetimeField(null=True)
    removed_by = fields.UUIDField(null=True)

    class Meta:
        table = "diagnosis"


class BookingCode(PracticeRow):
    """Proves a newcomer's address. `code_hash`: of the digits that were mailed last; None: none was."""

    email = fields.TextField()
    code_hash = fields.BinaryField(null=True)
    ends_at = fields.DatetimeField()
    tries = fields.SmallIntField(default=0)
    made_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "booking_code"
