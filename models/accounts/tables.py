"""Practices, logins, staff, sessions."""

from __future__ import annotations

from tortoise import Model, fields
from tortoise.contrib.postgres.fields import ArrayField
from tortoise.fields.db_defaults import SqlDefault

from models.core.rows import HERE, PracticeRow


class Practice(Model):
    """Outside the policy: a host name must be found before a practice is known.

    `state`: open or closed to clients, or gone: nobody ever proved to hold the address it was opened with.
    """

    id = fields.UUIDField(primary_key=True)
    subdomain = fields.TextField()
    former_subdomains = ArrayField("text", default=list)
    state = fields.TextField(default="open")
    verified_at = fields.DatetimeField(null=True)
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
    legal_name = fields.TextField(default="")
    npi = fields.TextField(default="")
    tax_id = fields.TextField(default="")
    billing_address = fields.TextField(default="")
    age_of_majority = fields.SmallIntField(default=18)
    about = fields.TextField(default="")
    ground = fields.TextField(default="")
    logo_id = fields.UUIDField(null=True)
    logo_stamp = fields.TextField(default="")
    logo_width = fields.IntField(default=0)
    logo_height = fields.IntField(default=0)
    logo_plate = fields.TextField(default="")
    details_version = fields.IntField(default=1)
    brand_version = fields.IntField(default=1)
    second_factor_from = fields.DateField(null=True)

    class Meta:
        table = "practice_profile"


class Location(PracticeRow):
    """Where clients come to. `closed_at`: no longer offered; what happened there goes on naming it."""

    name = fields.TextField()
    address = fields.TextField(default="")
    phone = fields.TextField(default="")
    version = fields.IntField(default=1)
    created_at = fields.DatetimeField(auto_now_add=True)
    closed_at = fields.DatetimeField(null=True)

    class Meta:
        table = "location"


class Login(PracticeRow):
    """Credentials in one practice. `mail_off_at`: the person wants no mail since then."""

    email = fields.TextField()
    password_hash = fields.TextField(null=True)
    password_at = fields.DatetimeField(null=True)
    mail_off_at = fields.DatetimeField(null=True)
    mails_off = ArrayField("text", default=list)
    quiet_from = fields.SmallIntField(null=True)
    quiet_until = fields.SmallIntField(null=True)
    quiet_zone = fields.TextField(default="")
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
    seen_at = fields.DatetimeField(null=True)
    deactivated_at = fields.DatetimeField(null=True)

    class Meta:
        table = "staff_member"


class Session(PracticeRow):
    """A sign-in. `locked_at`: a desk left idle; nothing is readable until the password unlocks it. `proved_at`: when it
    last saw a password, a passkey or a code; `strong`: it has seen two factors; `began_by`, `proved_by`: with what, in
    words."""

    login_id = fields.UUIDField()
    side = fields.TextField()
    stays = fields.BooleanField(default=False)
    device = fields.TextField(default="")
    created_at = fields.DatetimeField(auto_now_add=True)
    active_at = fields.DatetimeField()
    locked_at = fields.DatetimeField(null=True)
    ends_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    proved_at = fields.DatetimeField(db_default=SqlDefault("clock_timestamp()"))
    strong = fields.BooleanField(default=False)
    began_by = fields.TextField(default="")
    proved_by = fields.TextField(default="")
    device_id = fields.UUIDField(null=True)

    class Meta:
        table = "session"
