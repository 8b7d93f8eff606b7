"""The database holds the walls: read from its own catalogue, so that a forgotten policy cannot hide."""

from __future__ import annotations

import re
from pathlib import Path

import asyncpg
from tortoise import Tortoise

from models.core.database import pool
from models.core.settings import settings

# Outside the policy, each with its reason; nothing personal inside.
OUTSIDE = {
    "practice": "a host name is found before a practice is known",
    "practice_head": "a worker asks the heads of all its practices in one query",
    "session_key": "a worker asks which of all its sockets' sessions still hold",
    "pgqueuer": "jobs of all practices; the payload is a practice and ids",
    "pgqueuer_log": "the queue's own log: kinds and times",
    "pgqueuer_statistics": "the queue's own counts",
    "pgqueuer_schedules": "the queue's own timetable",
    "pgqueuer_schedules_log": "the queue's own log of its timetable",
    "pgqueuer_workers": "the queue's own list of workers",
    "pgqueuer_migrations": "the queue's own version",
    "tortoise_migrations": "which migrations ran",
}
HASHES = {"session_key_pkey": "over a random hash", "login_token_pkey": "starts with practice_id"}
DEFINERS = {
    "search_messages": "portico_search",
    "practices_of_email": "portico_search",
    **{
        f"practices_with_{what}": "portico_search"
        for what in ("overdue_streaks", "lost_mails", "forgotten_files", "unsealed_looks", "old_event_data", "old_keys",
                     "majorities", "old_imports", "old_requests", "ended_days", "due_reminders")
    },
    "practices_with_unchecked_chains": "portico_search",
    "practices_with_fresh_looks": "portico_search",
}

# Indexes that the application's role cannot use: they are reached by a function of DEFINERS.
SEARCHED = {"message_words": "search_messages"}
# Nothing is looked up by these: they refuse a second row at the same time, and constraints see past the policy.
REFUSING = {"appointment_practitioner_once", "appointment_room_once"}

COMPARED = """SELECT t.relname AS table, i.relname AS index, bool_and(p.proleakproof) AS leakproof FROM pg_index x
  JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
  CROSS JOIN LATERAL unnest(x.indclass) AS class (oid) JOIN pg_opclass c ON c.oid = class.oid
  JOIN pg_amop a ON a.amopfamily = c.opcfamily AND a.amoplefttype = c.opcintype
    AND (a.amoprighttype = c.opcintype OR c.opcmethod <> (SELECT oid FROM pg_am WHERE amname = 'btree'))
  JOIN pg_operator o ON o.oid = a.amopopr JOIN pg_proc p ON p.oid = o.oprcode
  WHERE t.relnamespace = 'public'::regnamespace AND a.amoppurpose = 's'
  GROUP BY t.relname, i.relname"""

TABLES = """SELECT c.relname AS name, c.relrowsecurity AS on, c.relforcerowsecurity AS forced FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"""
POLICIES = """SELECT c.relname AS name, p.polname AS policy, pg_get_expr(p.polqual, p.polrelid) AS reading,
  pg_get_expr(p.polwithcheck, p.polrelid) AS writing, p.polroles::regrole[]::text[] AS roles
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"""
HERE = "(practice_id = (NULLIF(current_setting('portico.practice'::text, true), ''::text))::uuid)"


def _bare(rows) -> list[str]:
    return [row["name"] for row in rows if row["name"] not in OUTSIDE and not (row["on"] and row["forced"])]


async def _own_tables() -> set[str]:
    return {row["name"] for row in await pool().fetch(TABLES)} - set(OUTSIDE)


async def test_every_table_of_a_practice_is_under_forced_row_level_security():
    assert _bare(await pool().fetch(TABLES)) == []


async def test_a_new_table_without_a_policy_is_found():
    owner = await asyncpg.connect(settings().owner_url)
    try:
        async with owner.transaction():
            await owner.execute("CREATE TABLE forgotten (practice_id uuid, id uuid)")
            assert _bare(await owner.fetch(TABLES)) == ["forgotten"]
            await owner.execute("ALTER TABLE forgotten ENABLE ROW LEVEL SECURITY")
            assert _bare(await owner.fetch(TABLES)) == ["forgotten"], "the owner would still see everything"
            await owner.execute("DROP TABLE forgotten")
    finally:
        await owner.close()


async def test_each_of_them_has_the_one_policy_for_reading_and_writing():
    policies = {row["name"]: row for row in await pool().fetch(POLICIES) if row["policy"] == "practice"}
    wrong = [
        name
        for name in await _own_tables()
        if name not in policies or policies[name]["reading"] != HERE or policies[name]["writing"] != HERE
    ]
    assert wrong == []


async def test_any_other_policy_is_for_the_search_role_alone():
    others = [row for row in await pool().fetch(POLICIES) if row["policy"] != "practice"]
    assert {tuple(row["roles"]) for row in others} <= {("portico_search",)}


async def test_what_reads_past_the_policies_can_be_called_by_the_application_alone():
    rows = await pool().fetch(
        """SELECT proname, has_function_privilege('public', oid, 'execute') AS anyone,
          has_function_privilege(current_user, oid, 'execute') AS here
        FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef"""
    )
    assert {row["proname"] for row in rows} == set(DEFINERS)
    assert not [row["proname"] for row in rows if row["anyone"] or not row["here"]]


async def test_unique_indexes_start_with_the_practice():
    rows = await pool().fetch(
        """SELECT c.relname AS table, i.relname AS name, a.attname AS first FROM pg_index x
        JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = x.indkey[0]
        WHERE x.indisunique AND c.relnamespace = 'public'::regnamespace"""
    )
    wrong = [
        row["name"]
        for row in rows
        if row["table"] not in OUTSIDE and row["first"] != "practice_id" and row["name"] not in HASHES
    ]
    assert wrong == []


async def test_whatever_is_looked_up_by_an_index_is_compared_without_leaking():
    """Under the policy PostgreSQL uses an index only for operators that cannot tell what they saw (leakproof)."""
    rows = await pool().fetch(COMPARED)
    found = {row["index"] for row in rows if not row["leakproof"] and row["table"] not in OUTSIDE}
    assert len(rows) > 50 and found == set(SEARCHED) | REFUSING, found


async def test_foreign_keys_between_tables_of_a_practice_carry_the_practice():
    rows = await pool().fetch(
        """SELECT c.conname AS name, t.relname AS table, f.relname AS other,
          ARRAY(SELECT attname::text FROM pg_attribute a WHERE a.attrelid = c.conrelid
            AND a.attnum = ANY(c.conkey)) AS columns
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
        WHERE c.contype = 'f' AND t.relnamespace = 'public'::regnamespace"""
    )
    wrong = [
        row["name"]
        for row in rows
        if row["table"] not in OUTSIDE and row["other"] not in OUTSIDE and "practice_id" not in row["columns"]
    ]
    assert rows and wrong == []


async def test_what_runs_with_other_rights_is_listed_and_has_a_fixed_path():
    rows = await pool().fetch(
        """SELECT proname, proowner::regrole::text AS owner, proconfig FROM pg_proc
        WHERE prosecdef AND pronamespace = 'public'::regnamespace"""
    )
    assert {row["proname"]: row["owner"] for row in rows} == DEFINERS
    assert all(any(one.startswith("search_path=") for one in row["proconfig"] or ()) for row in rows)


async def test_the_application_is_no_superuser_owns_nothing_and_cannot_rewrite_history():
    role = await pool().fetchrow("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
    assert not role["rolsuper"] and not role["rolbypassrls"]
    owned = await pool().fetchval(
        "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole AND relkind = 'r'"
    )
    assert owned == 0
    for table in ("event", "look", "look_seal"):
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            assert not await pool().fetchval("SELECT has_table_privilege(current_user, $1, $2)", table, right), (
                table,
                right,
            )


async def test_the_queue_notifies_nobody():
    rows = await pool().fetch(
        "SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'pgqueuer'::regclass AND NOT tgisinternal"
    )
    assert rows and {bytes(row["tgenabled"]) for row in rows} == {b"D"}


async def test_every_model_has_the_columns_of_its_table():
    for model in Tortoise.apps["models"].values():
        table = model._meta.db_table
        rows = await pool().fetch(
            "SELECT column_name, is_nullable = 'YES' AS empty FROM information_schema.columns WHERE table_name = $1",
            table,
        )
        columns = {row["column_name"]: row["empty"] for row in rows}
        assert not model._meta.unique_together and not getattr(model._meta, "constraints", None), "write it in SQL"
        fields = {name: field.null for name, field in model._meta.fields_map.items()}
        assert set(fields) <= set(columns), table
        assert {name for name, null in fields.items() if null != columns[name]} == set(), table
        unknown = set(columns) - set(fields) - {"words", "busy"}
        assert unknown == set(), (table, unknown)


def test_the_practice_is_never_set_for_longer_than_a_transaction():
    """Connections go back to the pool as they are: what outlives a transaction would open the door for the next one."""
    root = Path(__file__).parents[2]
    texts = [path.read_text() for folder in ("models", "realtime", "server") for path in (root / folder).rglob("*.py")]
    calls = [line for line in "\n".join(texts).splitlines() if "set_config('portico.practice'" in line]
    assert calls and all(re.search(r"set_config\('portico\.practice', .+?, true\)", call) for call in calls), calls


MIGRATIONS = Path(__file__).parents[2] / "models" / "migrations" / "sql"
# Made before there was any practice, or of tables that no policy covers.
ROWS_OF_NO_PRACTICE: set[str] = set()


def _bare_changes(text: str) -> list[str]:
    """Statements of a migration that change rows by themselves, outside functions and portico_for_each_practice."""
    outside = re.sub(r"--[^\n]*", "", text)
    outside = re.sub(r"(\$\w*\$).*?\1", "$$", outside, flags=re.DOTALL)
    outside = re.sub(r"BEGIN ATOMIC.*?END;", "", outside, flags=re.DOTALL)
    statements = [" ".join(one.split()) for one in outside.split(";")]
    return [one for one in statements if re.match(r"(UPDATE|INSERT INTO|DELETE FROM|MERGE|COPY|WITH)\b", one)]


def test_a_migration_changes_rows_practice_by_practice():
    """Outside a scope the policy shows none: an UPDATE would change nothing and say nothing of it."""
    texts = {path.name: path.read_text() for path in MIGRATIONS.glob("*.sql")}
    assert any("portico_for_each_practice($$UPDATE" in text for text in texts.values())
    assert _bare_changes("SELECT portico_for_each_practice($$UPDATE a SET b = 1$$);\nUPDATE a SET b = 2;") == [
        "UPDATE a SET b = 2"
    ]
    found = {f"{name}: {one[:60]}" for name, text in texts.items() for one in _bare_changes(text)}
    assert found == ROWS_OF_NO_PRACTICE
