"""What is shared with clients and asked of them: notices by e-mail, files sent in, what invitations ask for."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0020_filling")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0032_sharing.sql").read_text())]  # noqa: RUF012
