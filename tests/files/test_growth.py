"""A page of files reads what it shows, however many files there are: the shape of the plans, not their time."""

import asyncpg

from models.core.database import execute, fetch_all
from models.core.settings import settings
from models.files import listing, own_files
from models.files.paging import NEWEST

MANY = 3000
FILES = """INSERT INTO file (id, login_id, name, type, size, sha256, storage_key)
  SELECT gen_random_uuid(), $1, n || '.pdf', 'application/pdf', 1, '\\x00', n::text
  FROM generate_series(1, $2::int) AS n"""
KEPT = """INSERT INTO client_file (id, client_id, file_id, access_id, source, name, seen_at, deleted_at, folder_id)
  SELECT gen_random_uuid(), $1, f.id, $2, 'upload', f.name, now(), CASE WHEN f.size = 2 THEN now() END, $3
  FROM file f WHERE f.practice_id = portico_here() AND f.client_id IS NULL"""
GRANTED = """INSERT INTO file_grant (id, file_id, holder, holder_id, subject_id, own)
  SELECT gen_random_uuid(), k.file_id, g.holder, g.of, k.id, g.holder = 'access' FROM client_file k
    CROSS JOIN (VALUES ('access', $2::uuid), ('staff-of-client', $1::uuid)) AS g(holder, of)
  WHERE k.practice_id = portico_here()"""
TAGGED = """INSERT INTO file_tag (client_id, client_file_id, name)
  SELECT client_id, id, 'tag ' || (row_number() OVER () % 3) FROM client_file WHERE practice_id = portico_here()"""
FOLDER = "INSERT INTO file_folder (id, client_id, name) VALUES (gen_random_uuid(), $1, 'All') RETURNING id"


async def test_no_list_reads_more_than_it_shows(cast):
    teen, access = cast.clients["teen"], cast.accesses["parent", "teen"]
    folder = (await cast.inside(lambda: fetch_all(FOLDER, teen)))[0]["id"]

    async def fill():
        await execute(FILES, cast.logins["parent"], MANY)
        await execute(KEPT, teen, access, folder)
        await execute(GRANTED, teen, access)
        await execute(TAGGED)

    await cast.inside(fill)
    owner = await asyncpg.connect(settings().owner_url)
    await owner.execute("ANALYZE file, client_file, file_grant, file_tag")  # as it is within a minute
    await owner.close()
    page = [teen, NEWEST, 31]
    for sql, args, most in (
        (*_kept("uploaded", page), 400),
        (*_kept("uploaded", page, folder=folder), 400),
        (*_kept("uploaded", page, tag="tag 1"), 400),
        (*_kept("deleted", page), 400),
        (*_kept("messages", page), 400),
        (listing.SHARED, [*page, ""], 400),
        (listing.TAGS, [teen], 100),
        (listing.NEW, [teen], listing.MOST_NEW),
        (listing.FOLDERS, [teen], listing.MOST_COUNTED),
        (own_files.KEPT, [access, NEWEST, 31], 400),
    ):
        rows = await cast.inside(lambda sql=sql, args=args: fetch_all(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", *args))
        plan = "\n".join(row["QUERY PLAN"] for row in rows)
        assert _most_rows(plan) <= most, plan


def _kept(view, page, **by):
    sql, narrowing = listing._kept_sql(view, listing.Narrowed(**by))
    return sql, [*page, *narrowing]


def _most_rows(plan):
    """The most that one step of a plan went through: what it gave on, and what it threw away."""
    steps, looked = [], 0.0
    for line in plan.splitlines():
        if "actual rows=" in line:
            said = line.rsplit("(actual rows=", 1)[1].rstrip(")").split()
            looked = float(said[0]) * int(said[1].removeprefix("loops="))
            steps.append(looked)
        elif "Rows Removed by" in line:
            steps.append(float(line.rsplit(":", 1)[1]) + looked)
    return max(steps)
