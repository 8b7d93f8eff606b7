"""Clients, contacts, who is assigned to whom, and portal access."""

from __future__ import annotations

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.core.rows import PracticeRow


class Client(PracticeRow):
    """`name` is what screens show. `set_up_at`: Start Setup was finished. `read_only_until`: how long a discharged
    client may still look at the portal. `own_consent_at`: since then a minor's record is hidden from contacts.
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
    email = fields.TextField(default="")
    phone = fields.TextField(default="")
    born_on = fields.DateField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    by_last = fields.TextField(default="")
    by_first = fields.TextField(default="")
    portal = fields.TextField(default="none")

    class Meta:
        table = "client"


class Contact(PracticeRow):
    """A record; has no rights by itself. `client_id`: the person is a client of the practice as well."""

    name = fields.TextField()
    first_name = fields.TextField(default="")
    last_name = fields.TextField(default="")
    email = fields.TextField(default="")
    phone = fields.TextField(default="")
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

    class Meta:
        table = "portal_access"
