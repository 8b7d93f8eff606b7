"""Work by the clock finds the practices that have some: it costs nothing where nothing happened."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0001_house")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0004_turns.sql").read_text())]  # noqa: RUF012
