"""Places of a group: grace of each client's own, and never one too many."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0011_repeated_blocks")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0023_group_places.sql").read_text())]  # noqa: RUF012
