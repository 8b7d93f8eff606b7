"""What a cleared day left: where each appointment stood, whatever is noted at it afterwards."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0013_answered")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0025_clearing.sql").read_text())]  # noqa: RUF012
