"""Forms, what is asked of and shared with clients and contacts, and their answers."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0016_due_reminders")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0028_documents.sql").read_text())]  # noqa: RUF012
