"""What came through a mailbox stays in its practice, also behind a passkey."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL

SQL = Path(__file__).parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("models", "0004_right_place")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((SQL / "0025_mailed_passkeys.sql").read_text())]  # noqa: RUF012
