"""Signatures under documents, their copies, and the chain over both."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0022_uploads")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0034_signatures.sql").read_text())]  # noqa: RUF012
