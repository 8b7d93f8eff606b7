"""When answers were typed, when progress was told, and alerts about answers that may mean danger."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0019_form_building")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0031_filling.sql").read_text())]  # noqa: RUF012
