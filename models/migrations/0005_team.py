"""The team: what came through a mailbox stays in its practice, and what a member was given and lost stays on record."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL

SQL = Path(__file__).parent / "sql"
FILES = ("0015_mailed_passkeys.sql", "0016_staff_changes.sql")


class Migration(migrations.Migration):
    dependencies = [("models", "0004_right_place")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((SQL / name).read_text()) for name in FILES]  # noqa: RUF012
