"""The library of forms: what is imported, and the ready forms for practices that are there already."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL

from models.documents.ready import for_practices_that_are_there


class Migration(migrations.Migration):
    dependencies = [("models", "0017_documents")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [  # noqa: RUF012
        RunSQL((Path(__file__).parent / "sql" / "0029_forms.sql").read_text()),
        RunSQL(for_practices_that_are_there()),
    ]
