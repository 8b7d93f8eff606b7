"""Looking for due reminders costs what is due, not all that is to come."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0015_written_to")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0027_due_reminders.sql").read_text())]  # noqa: RUF012
