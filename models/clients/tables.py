"""Clients, contacts, who is assigned to whom, and portal access."""

from __future__ import annotations

from typing import Any

from tortoise import Model, fields
from tortoise.contrib.postgres.fields import ArrayField

from models.core.rows import HERE, PracticeRow


class Client(PracticeRow):
    """`name` is what screens show. `set_up_at`: Start Setup was finished. `read_only_until`: how long a discharged
    client may still look at the portal. `own_consent_at`: since then a minor's record is hidden from contacts.
    `merged_into`: this record is only a pointer to that one (merging.py).
    `mails_off`: kinds of mail that nobody writes to its address; `email_by_contact_id`: the contact who typed it.
    `by_last`, `by_first`, `portal` are kept by triggers (0009_clients.sql): what the list is put in order by, and how
    far the portal has come."""

    name = fields.TextField()
    first_name = fields.TextField(default="")
    last_name = fields.TextField(default="")
    preferred_name = fields.TextField(default="")
    pronouns = fields.TextField(default="")
    kind = fields.TextField(default="adult")
    status = fields.TextField(default="active")
    status_since = fields.DatetimeField(auto_now_add=True)
    discharge_reason = fields.TextField(default="")
    read_only_until = fields.DateField(null=True)
    set_up_at = fields.DatetimeField(null=True)
    own_consent_at = fields.DatetimeField(null=True)
    merged_into = fields.UUIDField(null=True)
    email = fields.TextField(default="")
    email_by_contact_id = fields.UUIDField(null=True)
    mails_off = ArrayField("text", default=list)
    phone = fields.TextField(default="")
    born_on = fields.DateField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    by_last = fields.TextField(default="")
    by_first = fields.TextField(default="")
    portal = fields.TextField(default="none")

    class Meta:
        table = "client"


class Contact(PracticeRow):
    """A record; has no rights by itself. `client_id`: the person is a client of the practice as well. `mails_off`:
    kinds of mail that nobody writes to its address."""

    name = fields.TextField()
    first_name = fields.TextField(default="")
    last_name = fields.TextField(default="")
    email = fields.TextField(default="")
    phone = fields.TextField(default="")
    language = fields.TextField(default="")
    mails_off = ArrayField("text", default=list)
    client_id = fields.UUIDField(null=True)

    class Meta:
        table = "contact"


class ClientContact(PracticeRow):
    """`relation` in words ("mother"), `kind` as the house sorts them: parent, guardian, partner, other."""

    client_id = fields.UUIDField()
    contact_id = fields.UUIDField()
    relation = fields.TextField()
    kind = fields.TextField(default="other")

    class Meta:
        table = "client_contact"


class Assignment(PracticeRow):
    client_id = fields.UUIDField()
    staff_id = fields.UUIDField()
    since = fields.DatetimeField(auto_now_add=True)
    ended_at = fields.DatetimeField(null=True)

    class Meta:
        table = "assignment"


class Invitation(PracticeRow):
    """What stands behind the links of one access; a link of another sending than `sending` or `copied` is old."""

    access_id = fields.UUIDField()
    sending = fields.UUIDField()
    copied = fields.UUIDField(null=True)
    asks: Any = fields.JSONField(default=dict)
    documents: Any = fields.JSONField(default=list)
    message = fields.TextField(default="")
    sent_at = fields.DatetimeField(auto_now_add=True)
    ends_at = fields.DatetimeField()
    mail_state = fields.TextField(default="queued")
    mail_failure = fields.TextField(default="")
    mail_at = fields.DatetimeField(null=True)
    reminded = fields.IntField(default=0)
    used_at = fields.DatetimeField(null=True)
    wrong_dates = fields.IntField(default=0)
    code_hash = fields.BinaryField(null=True)
    code_ends_at = fields.DatetimeField(null=True)
    code_tries = fields.IntField(default=0)
    onboarded_at = fields.DatetimeField(null=True)

    class Meta:
        table = "invitation"


class OnboardingStepDone(PracticeRow):
    access_id = fields.UUIDField()
    step = fields.TextField()
    skipped = fields.BooleanField(default=False)
    at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "onboarding_step"


class InvitationSettings(Model):
    practice_id = fields.UUIDField(primary_key=True, db_default=HERE)
    asks: Any = fields.JSONField(null=True)
    documents: Any = fields.JSONField(default=list)
    reminders = fields.BooleanField(default=True)
    tells_front_desk = fields.BooleanField(default=False)

    class Meta:
        table = "invitation_settings"


class PortalAccess(PracticeRow):
    """One login's view of one client: the client's own (`contact_id` None) or a contact's."""

    client_id = fields.UUIDField()
    contact_id = fields.UUIDField(null=True)
    login_id = fields.UUIDField(null=True)
    permissions = ArrayField("text", default=list)
    invited_at = fields.DatetimeField(null=True)
    accepted_at = fields.DatetimeField(null=True)
    revoked_at = fields.DatetimeField(null=True)
    features_off = ArrayField("text", default=list)
    starts_on = fields.DateField(null=True)
    ends_on = fields.DateField(null=True)
    days_told_on = fields.DateField(null=True)

    class Meta:
        table = "portal_access"
