"""Indexes for looking up contacts by name and a person's own uploads."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0002_turns")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0005_lookups.sql").read_text())]  # noqa: RUF012
