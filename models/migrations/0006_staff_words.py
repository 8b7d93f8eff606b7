"""Staff by the words of their names, clients by the day they were born: what was looked up row by row before."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0005_team")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0017_staff_words.sql").read_text())]  # noqa: RUF012
