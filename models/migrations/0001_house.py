"""The first house. Tables are written in SQL: policies, compound keys and partial indexes have no other spelling,
and the ORM's own operations drop constraints without a word. A guard compares every model with the database."""

from pathlib import Path

from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from tortoise import migrations
from tortoise.migrations.operations import RunSQL

SQL = Path(__file__).parent / "sql"
FILES = ("0001_core.sql", "0002_people.sql", "0003_messaging.sql")

# Each commit with a NOTIFY waits for the one before it, over the whole installation. The worker polls instead.
QUIET_QUEUE = "ALTER TABLE pgqueuer DISABLE TRIGGER USER"


class Migration(migrations.Migration):
    initial = True
    operations = [  # noqa: RUF012  (the migrator's own spelling)
        *(RunSQL((SQL / name).read_text()) for name in FILES),
        RunSQL(QueryBuilderEnvironment().build_install_query(create_schema=False)),
        RunSQL(QUIET_QUEUE),
    ]
