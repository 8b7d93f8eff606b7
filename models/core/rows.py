"""The base of every table of a practice that the ORM reads and writes.

`practice_id` fills itself from the open scope (a plain default would be sent as NULL). The database's primary key is
(practice_id, id), so that no unique index spans practices; the ORM knows `id` alone.
"""

from __future__ import annotations

from tortoise import Model, fields
from tortoise.fields.db_defaults import SqlDefault

from models.core.ids import new_id

HERE = SqlDefault("nullif(current_setting('portico.practice', true), '')::uuid")


class PracticeRow(Model):
    id = fields.UUIDField(primary_key=True, default=new_id)
    practice_id = fields.UUIDField(db_default=HERE)

    class Meta:
        abstract = True
