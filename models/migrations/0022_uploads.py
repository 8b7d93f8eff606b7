"""Files in the records of clients, uploads in pieces, and how much room there is."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0021_sharing")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0033_uploads.sql").read_text())]  # noqa: RUF012
