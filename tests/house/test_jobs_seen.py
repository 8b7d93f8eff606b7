"""Jobs that gave up, wait too long, or that no worker comes for: the doctor says so, and so do the measures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.core.database import pool
from models.core.queue import PULSE, Standing, standing
from models.core.settings import settings
from server import doctor, metrics


@pytest.fixture
def stands(monkeypatch):
    def so(**changed):
        async def found(_):
            return Standing(**{"given_up": {}, "due": 0, "late": 0.0, "silent": 3.0} | changed)

        monkeypatch.setattr(doctor, "standing", found)
        monkeypatch.setattr(metrics, "standing", found)

    return so


@pytest.mark.parametrize("check", [doctor._workers, doctor._jobs])
async def test_all_is_well_while_workers_work(stands, check):
    stands()
    await check(settings())


@pytest.mark.parametrize(
    ("check", "changed", "said"),
    [
        (doctor._workers, {"silent": None}, "ever ran"),
        (doctor._workers, {"silent": 600.0}, "10 minutes"),
        (doctor._jobs, {"given_up": {"mail.send": 2}}, r"mail.send \(2\).*portico retry"),
        (doctor._jobs, {"due": 4, "late": 90.0}, "4 wait"),
    ],
)
async def test_the_doctor_names_what_is_wrong_and_the_remedy(stands, check, changed, said):
    stands(**changed)
    with pytest.raises(doctor.Unhealthy, match=said):
        await check(settings())


async def test_the_measures_tell_of_jobs(cast, browse, stands):
    stands(given_up={"mail.send": 2}, due=4, late=90.0, silent=None)
    text = (await (await (await browse(cast)).get("/metrics")).data).decode()
    for line in ('portico_jobs_given_up{job="mail.send"} 2.0', "portico_jobs_due 4.0", "portico_jobs_late_seconds 90.0",
                 "portico_workers_silent_seconds +Inf"):
        assert line in text
    stands()
    text = (await (await (await browse(cast)).get("/metrics")).data).decode()
    assert "mail.send" not in text and "portico_workers_silent_seconds 3.0" in text


async def test_the_queue_says_how_it_stands():
    """From the database itself: a job of ten minutes ago that nobody took, one that gave up, a worker's last turn."""
    async with pool().acquire() as connection:
        rolled_back = connection.transaction()
        await rolled_back.start()
        await connection.execute(NEW, "test.late", "queued", timedelta(minutes=10))
        await connection.execute(NEW, "test.later", "queued", timedelta(minutes=-10))
        await connection.execute(NEW, "test.failed", "failed", timedelta(0))
        await connection.execute("DELETE FROM pgqueuer_schedules WHERE entrypoint = $1", PULSE)
        assert (await standing(connection)).silent is None
        await connection.execute(TURN, PULSE, timedelta(minutes=3))
        found = await standing(connection)
        await rolled_back.rollback()
    assert found.given_up["test.failed"] == 1 and "test.late" not in found.given_up
    assert found.due >= 1 and found.late >= 600
    assert found.silent == pytest.approx(180, abs=20)


NEW = """INSERT INTO pgqueuer (priority, entrypoint, status, execute_after)
VALUES (0, $1, $2::pgqueuer_status, now() - $3::interval)"""
TURN = """INSERT INTO pgqueuer_schedules (expression, entrypoint, status, last_run)
VALUES ('* * * * *', $1, 'queued', now() - $2::interval)"""


async def test_the_doctor_keeps_reads_and_erases_a_file_and_says_where_it_cannot(tmp_path, monkeypatch):
    from obstore.store import LocalStore

    from models.core.errors import Busy
    from models.core.settings import settings
    from server import storage

    place = LocalStore(prefix=tmp_path, mkdir=True)
    monkeypatch.setattr(storage, "store", lambda: place)
    await doctor._files(settings())
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []

    async def full(key, content):
        raise Busy("storage-full")

    monkeypatch.setattr(storage, "keep", full)
    with pytest.raises(doctor.Unhealthy, match="storage-full"):
        await doctor._files(settings())


async def test_the_doctor_says_when_the_scanner_is_away(monkeypatch):
    from models.core.settings import load_settings
    from server import antivirus
    from server.local.memory import free_port

    given = load_settings({"CLAMD_URL": f"tcp://127.0.0.1:{free_port()}"})
    monkeypatch.setattr(antivirus, "settings", lambda: given)
    with pytest.raises(doctor.Unhealthy, match="CLAMD_URL does not answer"):
        await doctor._scanner(given)
