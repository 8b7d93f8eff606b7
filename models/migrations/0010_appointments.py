"""Appointments: services, availability, bookings that cannot collide, cancellation policy."""

from pathlib import Path

from tortoise import migrations
from tortoise.migrations.operations import RunSQL


class Migration(migrations.Migration):
    dependencies = [("models", "0009_told")]  # noqa: RUF012  (the migrator's own spelling)
    operations = [RunSQL((Path(__file__).parent / "sql" / "0021_appointments.sql").read_text())]  # noqa: RUF012
