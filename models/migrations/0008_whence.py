"""From where a change was made, and the end of the chain of looks."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL

SQL = Path(__file__).parent / "sql" / "0019_whence.sql"


class Migration(migrations.Migration):
    dependencies = [("models", "0007_language")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL(SQL.read_text())]  # noqa: RUF012
