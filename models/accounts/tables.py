"""Practices, logins, staff, sessions."""

from __future__ import annotations

from tortoise import Model, fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import SqlDefault

from models.core.rows import HERE, PracticeRow


class Practice(Model):
    """Outside the policy: a host name must be found before a practice is known."""

    id = fields.UUIDField(primary_key=True)
    subdomain = fields.TextField()
    former_subdomains = ArrayField("text", default=list)
    state = fields.TextField(default="open")
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "practice"


class PracticeProfile(Model):
    practice_id = fields.UUIDField(primary_key=True, db_default=HERE)
    name = fields.TextField()
    address = fields.TextField(default="")
    phone = fields.TextField(default="")
    welcome = fields.TextField(default="")
    hours = fields.TextField(default="")
    crisis_text = fields.TextField(default="")
    time_zone = fields.TextField(default="America/New_York")
    accent = fields.TextField(default="#1b5470")
    portal_idle_seconds = fields.IntField(default=1800)
    desk_idle_seconds = fields.IntField(default=900)
    features_off = ArrayField("text", default=list)
    second_factor_from = fields.DateField(null=True)

    class Meta:
        table = "practice_profile"


class Login(PracticeRow):
    """Credentials in one practice. `mail_off_at`: the person wants no mail since then."""

    email = fields.TextField()
    password_hash = fields.TextField(null=True)
    password_at = fields.DatetimeField(null=True)
    mail_off_at = fields.DatetimeField(null=True)
    mail_undelivered_at = fields.DatetimeField(null=True)
    deactivated_at = fields.DatetimeField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "login"


class StaffMember(PracticeRow):
    login_id = fields.UUIDField()
    name = fields.TextField()
    title = fields.TextField(default="")
    roles = ArrayField("text", default=list)
    all_clients = fields.BooleanField(default=False)
    clinical = fields.BooleanField(default=False)
    billing = fields.BooleanField(default=False)
    voice = fields.TextField(default="a")
    deactivated_at = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_member"


class Session(PracticeRow):
    """A sign-in. `locked_at`: a desk left idle; nothing is readable until the password unlocks it. `proved_at`: when it
    last saw a password, a passkey or a code; `strong`: it has seen two factors."""

    login_id = fields.UUIDField()
    side = fields.TextField()
    device = fields.TextField(default="")
    created_at = fields.DatetimeField(auto_now_add=True)
    active_at = fields.DatetimeField()
    locked_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    proved_at = fields.DatetimeField(db_default=SqlDefault("clock_timestamp()"))
    strong = fields.BooleanField(default=False)
    device_id = fields.UUIDField(null=True)

    class Meta:
        table = "session"
