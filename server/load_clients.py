"""One practice with 50,000 clients for the `load` world, to see that the list does not get slow by its own size."""

from __future__ import annotations

from models.core.database import execute
from models.documents.ready import READY, put_in_library
from server.worlds import Face, People, found

LARGE, CLIENTS, AT_ONCE = "load-large", 50_000, 5_000

# Names repeat as they do among people: the first of either list often, the last seldom; every third family name is one
# of its own. Row by row from its number, so that each making makes the same.
FIRST = "Mia Noah Elena Omar Jun Ana Søren Élodie Tomás Grace Ibrahim Lucía Peter Wei Hannah Zoë Abel Ruth Yusuf Seán"
LAST = """Miller Smith García Nguyen Brown Beltrán O'Neil Weiß Kowalski Okafor Jensen Lindqvist Fofana Castro Haddad
  Petrov Sato Moreau Novák Whitcombe Achterberg Rossi Silva Keller Dubois Marsh Vega Abara Price 李"""
PEOPLE = """INSERT INTO client (id, name, first_name, last_name, email, phone, born_on, kind, status, set_up_at,
    created_at)
  SELECT gen_random_uuid(), f || ' ' || l, f, l, CASE WHEN n % 5 > 0 THEN 'client' || n || '@load.test' ELSE '' END,
    '(207) 555-' || lpad((n % 10000)::text, 4, '0'), date '1940-01-01' + (n * 37 % 28000),
    CASE WHEN n % 6 = 0 THEN 'minor' ELSE 'adult' END,
    CASE WHEN n % 50 = 0 THEN 'prospect' WHEN n % 4 = 0 THEN 'discharged' ELSE 'active' END, now(),
    now() - n * interval '1 minute'
  FROM generate_series($1 + 1, $1 + $2) n
  CROSS JOIN LATERAL (SELECT n::bigint * 7919 % 1000 / 1000.0 AS a, n::bigint * 104729 % 1009 / 1009.0 AS b) dice
  CROSS JOIN LATERAL (SELECT ($3::text[])[1 + floor(a * a * cardinality($3::text[]))::int] AS f,
    ($4::text[])[1 + floor(b * b * cardinality($4::text[]))::int]
      || CASE WHEN n % 3 = 0 THEN '-' || chr(65 + n % 26) || to_hex(n % 4096) ELSE '' END AS l) named"""
NUMBERED = "(SELECT id, row_number() OVER (ORDER BY created_at) AS n FROM client)"
CARE = f"""INSERT INTO assignment (id, client_id, staff_id)
  SELECT gen_random_uuid(), c.id, CASE WHEN c.n % 100 = 1 THEN $1::uuid ELSE $2::uuid END
  FROM {NUMBERED} c WHERE c.n % 10 > 0"""
ACCESS = f"""WITH chosen AS (SELECT c.id, c.n, gen_random_uuid() AS login_id FROM {NUMBERED} c
    WHERE c.n % 4 = 0 AND c.n > $1 AND c.n <= $1 + $2
      AND NOT EXISTS (SELECT FROM portal_access a WHERE a.client_id = c.id)),
  logins AS (INSERT INTO login (id, email) SELECT login_id, 'portal' || n || '@load.test' FROM chosen)
  INSERT INTO portal_access (id, client_id, login_id, invited_at, accepted_at, revoked_at)
  SELECT gen_random_uuid(), id, login_id, CASE WHEN n % 3 < 2 THEN now() END, CASE WHEN n % 3 = 0 THEN now() END,
    CASE WHEN n % 200 = 0 THEN now() END
  FROM chosen"""
INVITED = """INSERT INTO invitation (id, access_id, sending, mail_state, sent_at, ends_at)
  SELECT gen_random_uuid(), id, gen_random_uuid(), 'taken', invited_at, invited_at + interval '14 days'
  FROM portal_access WHERE invited_at IS NOT NULL AND accepted_at IS NULL"""
TAGS = f"""WITH made AS (INSERT INTO tag (id, name) SELECT gen_random_uuid(), 'Tag ' || n FROM generate_series(1, 20) n
  RETURNING id, name)
  INSERT INTO client_tag (client_id, tag_id) SELECT c.id, t.id FROM made t
  JOIN {NUMBERED} c ON 'Tag ' || (1 + c.n % 400) = t.name"""


async def make_large(subdomain: str) -> People | None:
    """The practice, whole or not at all: the supervisor takes care of nine tenths of its clients, the owner of every
    hundredth, every tenth has nobody. None when it is there."""
    face = Face(subdomain, "Large Practice")
    return await found(face, mail_domain=f"{subdomain}.test", password_hash=None, furnish=_crowd)


async def _crowd(people: People) -> None:
    await put_in_library(list(READY.values()))
    for begin in range(0, CLIENTS, AT_ONCE):
        await execute(PEOPLE, begin, AT_ONCE, FIRST.split(), LAST.split())
    await execute(CARE, people.staff["owner"], people.staff["supervisor"])
    for begin in range(0, CLIENTS, AT_ONCE):
        await execute(ACCESS, begin, AT_ONCE)
    await execute(INVITED)
    await execute(TAGS)
