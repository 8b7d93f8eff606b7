"""Clients, contacts, who is assigned to whom, and portal access."""

from __future__ import annotations

from tortoise import fields
from tortoise.contrib.postgres.fields import ArrayField

from models.core.rows import PracticeRow


class Client(PracticeRow):
    name = fields.TextField()
    email = fields.TextField(default="")
    phone = fields.TextField(default="")
    born_on = fields.DateField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)

    class Meta:
        table = "client"


class Contact(PracticeRow):
    """A record; has no rights by itself."""

    name = fields.TextField()
    email = fields.TextField(default="")
    phone = fields.TextField(default="")

    class Meta:
        table = "contact"


class ClientContact(PracticeRow):
    client_id = fields.UUIDField()
    contact_id = fields.UUIDField()
    relation = fields.TextField()

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
    messaging_off_at = fields.DatetimeField(null=True)

    class Meta:
        table = "portal_access"
