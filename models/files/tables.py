"""Bytes, and who may open them."""

from __future__ import annotations

from tortoise import fields

from models.core.rows import PracticeRow


class File(PracticeRow):
    """`client_id`: whose room it takes, None for what only counts for the practice."""

    login_id = fields.UUIDField()
    client_id = fields.UUIDField(null=True)
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
    """`own`: to the access of who brought the file."""

    file_id = fields.UUIDField()
    holder = fields.TextField()
    holder_id = fields.UUIDField()
    subject_id = fields.UUIDField(null=True)
    since = fields.DatetimeField(auto_now_add=True)
    until = fields.DatetimeField(null=True)
    own = fields.BooleanField(default=False)

    class Meta:
        table = "file_grant"


class ClientFile(PracticeRow):
    """A file in the record of a client; its id is the subject of its grants. `access_id`: who brought it; `staff_id`:
    who saved it from a message. `name`: what staff call it."""

    client_id = fields.UUIDField()
    file_id = fields.UUIDField()
    access_id = fields.UUIDField(null=True)
    staff_id = fields.UUIDField(null=True)
    source = fields.TextField()
    name = fields.TextField()
    folder_id = fields.UUIDField(null=True)
    kept_at = fields.DatetimeField(auto_now_add=True)
    seen_at = fields.DatetimeField(null=True)
    seen_by = fields.UUIDField(null=True)
    removed_at = fields.DatetimeField(null=True)
    deleted_at = fields.DatetimeField(null=True)
    deleted_by = fields.UUIDField(null=True)
    delete_reason = fields.TextField(default="")

    class Meta:
        table = "client_file"


class FileFolder(PracticeRow):
    client_id = fields.UUIDField()
    name = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)
    created_by = fields.UUIDField(null=True)

    class Meta:
        table = "file_folder"


class Upload(PracticeRow):
    """A file on its way in, in pieces; then a file, or refused with the reason."""

    login_id = fields.UUIDField()
    access_id = fields.UUIDField(null=True)
    client_id = fields.UUIDField(null=True)
    room_id = fields.UUIDField(null=True)
    key = fields.UUIDField()
    name = fields.TextField()
    size = fields.BigIntField()
    received = fields.BigIntField(default=0)
    storage_key = fields.TextField()
    begun_at = fields.DatetimeField(auto_now_add=True)
    ends_at = fields.DatetimeField()
    whole_at = fields.DatetimeField(null=True)
    file_id = fields.UUIDField(null=True)
    refused_at = fields.DatetimeField(null=True)
    code = fields.TextField(default="")
    reason = fields.TextField(default="")

    @property
    def pieces_key(self) -> str:
        """Below this key lie its pieces, those as well of which a killed worker noted nothing."""
        return f"{self.storage_key}.pieces"

    class Meta:
        table = "upload"
