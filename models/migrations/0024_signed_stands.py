"""What was signed stands, whoever writes: whose it is, its second signature, and the file under it."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0023_signatures")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0035_signed_stands.sql").read_text())]  # noqa: RUF012
