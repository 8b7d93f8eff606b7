"""The local services as the rest of the house finds them."""

import os
import signal
import smtplib
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from redis import asyncio as aioredis

from server.local import AlreadyRunning, list_mail, read_mail, remembered_environment, running_services, start_services
from tests.setup.conftest import Copy, eventually, processes_in, settings_for


async def fetch(url: str, sql: str) -> object:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def redis_says(url: str) -> object:
    client = aioredis.from_url(url)
    try:
        return await client.ping()
    finally:
        await client.aclose()


@pytest.mark.parametrize("name", ["DATABASE_URL", "DATABASE_OWNER_URL"])
async def test_neither_role_has_a_power_that_row_level_security_would_not_hold(harbor: Copy, name: str) -> None:
    powers = "SELECT rolsuper OR rolbypassrls OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert await fetch(harbor.url(name), powers) is False


async def test_the_application_cannot_make_a_table_and_the_owner_can(harbor: Copy) -> None:
    await fetch(harbor.url("DATABASE_OWNER_URL"), "CREATE TABLE kept_by_owner (id int)")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await fetch(harbor.url("DATABASE_URL"), "CREATE TABLE not_kept (id int)")


async def test_the_owner_may_give_functions_to_the_search_role(harbor: Copy) -> None:
    owner = await asyncpg.connect(harbor.url("DATABASE_OWNER_URL"))
    await owner.execute("GRANT CREATE, USAGE ON SCHEMA public TO portico_search")
    await owner.execute("CREATE FUNCTION found() RETURNS int LANGUAGE sql AS 'SELECT 1'")
    await owner.execute("ALTER FUNCTION found() OWNER TO portico_search")
    whose = "SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'found'"
    assert await owner.fetchval(whose) == "portico_search"
    await owner.close()


async def test_a_policy_for_the_search_role_does_not_open_the_table_to_its_owner(harbor: Copy) -> None:
    owner = await asyncpg.connect(harbor.url("DATABASE_OWNER_URL"))
    await owner.execute("CREATE TABLE walled (id int)")
    await owner.execute("INSERT INTO walled VALUES (1)")
    assert await owner.fetchval("SELECT count(*) FROM walled") == 1  # premise: only the policy hides it
    await owner.execute("ALTER TABLE walled ENABLE ROW LEVEL SECURITY")
    await owner.execute("ALTER TABLE walled FORCE ROW LEVEL SECURITY")
    await owner.execute("CREATE POLICY all_for_search ON walled TO portico_search USING (true)")
    assert await owner.fetchval("SELECT count(*) FROM walled") == 0
    await owner.close()


async def test_the_extensions_are_there(harbor: Copy) -> None:
    names = await fetch(harbor.url("DATABASE_URL"), "SELECT array_agg(extname::text) FROM pg_extension")
    assert isinstance(names, list) and {"btree_gist", "pg_trgm"} <= set(names)


async def test_a_wrong_password_is_refused(harbor: Copy) -> None:
    address = urlsplit(harbor.url("DATABASE_URL"))
    wrong = address._replace(netloc=f"portico_app:wrong@{address.hostname}:{address.port}").geturl()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await fetch(wrong, "SELECT 1")


@pytest.mark.parametrize(
    ("service", "name", "ask"),
    [("postgres", "DATABASE_URL", lambda url: fetch(url, "SELECT 1")), ("valkey", "REDIS_URL", redis_says)],
)
async def test_a_killed_server_is_back_at_the_same_address(harbor: Copy, service: str, name: str, ask) -> None:
    kept = harbor.services.kept[service]
    first = await eventually(lambda: _pid(kept))
    os.kill(first, signal.SIGKILL)
    assert await eventually(lambda: _other_pid(kept, first)) != first
    assert await eventually(lambda: ask(harbor.url(name)))


async def test_a_killed_session_of_postgresql_takes_only_a_moment(harbor: Copy) -> None:
    backend = await fetch(harbor.url("DATABASE_URL"), "SELECT pg_backend_pid()")
    victim = await asyncpg.connect(harbor.url("DATABASE_URL"))
    os.kill(await victim.fetchval("SELECT pg_backend_pid()"), signal.SIGKILL)
    assert backend != await eventually(lambda: fetch(harbor.url("DATABASE_URL"), "SELECT pg_backend_pid()"))
    victim.terminate()


async def test_what_is_given_is_not_started(harbor: Copy, tmp_path: Path) -> None:
    given = settings_for(tmp_path, **harbor.services.environment)
    services = await start_services(given)
    try:
        assert (services.environment, services.kept, processes_in(tmp_path)) == ({}, {}, [])
    finally:
        await services.stop()


@pytest.mark.parametrize(
    ("given", "started"),
    [
        (("DATABASE_URL", "DATABASE_OWNER_URL"), {"valkey"}),
        (("REDIS_URL", "SMTP_URL"), {"postgres"}),
        (("DATABASE_URL", "REDIS_URL"), set()),
    ],
)
async def test_of_a_mix_only_what_is_missing_is_started(
    harbor: Copy, tmp_path: Path, given: tuple[str, ...], started: set[str]
) -> None:
    services = await start_services(settings_for(tmp_path, **{name: harbor.url(name) for name in given}))
    try:
        assert set(services.kept) == started
        assert not set(services.environment) & set(given)
        assert ("SMTP_URL" in services.environment) == ("SMTP_URL" not in given)
    finally:
        await services.stop()
    assert processes_in(tmp_path) == []


async def test_two_copies_run_side_by_side(harbor: Copy, tmp_path: Path) -> None:
    lakeside = await start_services(settings_for(tmp_path))
    try:
        for name in ("DATABASE_URL", "REDIS_URL", "SMTP_URL"):
            assert lakeside.environment[name] != harbor.url(name)
        assert await fetch(lakeside.environment["DATABASE_URL"], "SELECT 1") == 1
        assert await eventually(lambda: fetch(harbor.url("DATABASE_URL"), "SELECT 1")) == 1
        assert processes_in(tmp_path)  # premise of the next line
    finally:
        await lakeside.stop()
    assert processes_in(tmp_path) == []


async def test_a_second_run_on_the_same_folder_is_refused_but_finds_the_addresses(harbor: Copy) -> None:
    with pytest.raises(AlreadyRunning, match="stop it, or set PORT and PORTICO_DATA"):
        await start_services(harbor.settings)
    assert remembered_environment(harbor.settings) == harbor.services.environment


def test_a_sent_mail_can_be_read(harbor: Copy) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "portal@harbor.test", "client@harbor.test", "Grüße 🌊"
    mail.set_content("Plain text\n")
    mail.add_alternative("<p>Rich text</p>", subtype="html")
    _send(harbor, mail)
    newest = list_mail(harbor.settings)[0]
    assert (newest.sender, newest.recipients) == ("portal@harbor.test", ("client@harbor.test",))
    assert newest.subject == "Grüße 🌊"
    assert ("Plain text" in newest.text, "Rich text" in newest.html) == (True, True)
    assert read_mail(harbor.settings, newest.name) == newest


@pytest.mark.parametrize("name", ["", "../local", "20260101T000000.000000-00000000", "..%2f..%2fetc"])
def test_no_other_file_can_be_read_as_a_mail(harbor: Copy, name: str) -> None:
    assert read_mail(harbor.settings, name) is None


def test_a_mail_that_cannot_be_kept_is_refused_for_now(tmp_path: Path, harbor: Copy) -> None:
    given = {name: harbor.url(name) for name in ("DATABASE_URL", "REDIS_URL")}
    with running_services(settings_for(tmp_path, **given)) as services:
        (tmp_path / "mail").rename(tmp_path / "gone")
        mail = EmailMessage()
        mail["From"], mail["To"] = "portal@harbor.test", "client@harbor.test"
        with pytest.raises(smtplib.SMTPDataError, match="452"):
            _send(Copy(harbor.settings, services), mail)


async def _pid(kept) -> int:
    assert kept.pid
    return kept.pid


async def _other_pid(kept, former: int) -> int:
    assert kept.pid and kept.pid != former
    return kept.pid


def _send(copy: Copy, mail: EmailMessage) -> None:
    address = urlsplit(copy.url("SMTP_URL"))
    with smtplib.SMTP(address.hostname or "", address.port or 0) as smtp:
        smtp.send_message(mail)
