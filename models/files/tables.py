"""Bytes, and who may open them."""

from __future__ import annotations

from tortoise import fields

from models.core.rows import PracticeRow


class File(PracticeRow):
    login_id = fields.UUIDField()
    name = fields.TextField()
    type = fields.TextField()
    size = fields.BigIntField()
    sha256 = fields.BinaryField()
    storage_key = fields.TextField()
    thumbnail_key = fields.TextField(null=True)
    created_at = fields.DatetimeField(auto_now_add=True)
    scanned_at = fields.DatetimeField(null=True)
    refused_at = fields.DatetimeField(null=True)

    class Meta:
        table = "file"


class FileGrant(PracticeRow):
    file_id = fields.UUIDField()
    holder = fields.TextField()
    holder_id = fields.UUIDField()
    subject_id = fields.UUIDField(null=True)
    since = fields.DatetimeField(auto_now_add=True)
    until = fields.DatetimeField(null=True)

    class Meta:
        table = "file_grant"
