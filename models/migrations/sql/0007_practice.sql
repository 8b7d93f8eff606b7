-- What a practice says of itself, and where it is found.

-- A practice comes to life. `verified_at`: the address it was opened with was proven; `gone`: it never was, and what it
-- was called is free again.
ALTER TABLE practice DROP CONSTRAINT practice_state_check;
ALTER TABLE practice ADD CONSTRAINT practice_state_check CHECK (state IN ('open', 'closed', 'gone'));
ALTER TABLE practice ADD verified_at timestamptz DEFAULT clock_timestamp();
CREATE INDEX practice_unverified ON practice (created_at) WHERE verified_at IS NULL;

CREATE FUNCTION practices_with_unproven_openings(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE AS $$
  SELECT id FROM practice WHERE verified_at IS NULL AND state <> 'gone' AND created_at < now() - age
$$;

-- A session that goes along to the practice's new address: cookies stay at the old one. Works once, for 30 seconds.
CREATE TABLE arrival (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  hash bytea NOT NULL,
  session_id uuid NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, hash)
);
SELECT portico_own('arrival');

-- "Find my portal": in which practices an address has a login. Says ids of practices, to a caller who mails and never shows.
CREATE POLICY search ON login FOR SELECT TO portico_search USING (true);
GRANT SELECT ON login TO portico_search;
CREATE INDEX login_email ON login (email);
CREATE FUNCTION practices_of_email(address text) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT practice_id FROM public.login WHERE email = address AND deactivated_at IS NULL
$$;
GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION practices_of_email(text) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;
REVOKE ALL ON FUNCTION practices_of_email(text) FROM PUBLIC;
