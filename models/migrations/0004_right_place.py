"""Everyone in their right place: settings of a practice, its team, clients, portal access, strong sign-in, audit."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL

SQL = Path(__file__).parent / "sql"
FILES = (
    "0006_rights.sql",
    "0007_practice.sql",
    "0008_team.sql",
    "0009_clients.sql",
    "0010_details.sql",
    "0011_portal.sql",
    "0012_strong.sql",
    "0013_audit.sql",
    "0014_import.sql",
)


class Migration(migrations.Migration):
    dependencies = [("models", "0003_lookups")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((SQL / name).read_text()) for name in FILES]  # noqa: RUF012
