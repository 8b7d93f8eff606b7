-- What a practice says of itself, and where it is found.
SELECT 1;

-- Branding and details
ALTER TABLE practice_profile
  ADD legal_name text NOT NULL DEFAULT '',
  ADD npi text NOT NULL DEFAULT '' CHECK (npi ~ '^([0-9]{10})?$'),
  ADD tax_id text NOT NULL DEFAULT '',
  ADD billing_address text NOT NULL DEFAULT '',
  ADD age_of_majority smallint NOT NULL DEFAULT 18 CHECK (age_of_majority IN (18, 19, 21)),
  ADD about text NOT NULL DEFAULT '',
  -- the second colour, under the landing page's side and the head of mails; '': a tint of the first
  ADD ground text NOT NULL DEFAULT '' CHECK (ground ~ '^(#[0-9a-f]{6})?$'),
  -- whose bytes lie in the storage under this id; the stamp is of its contents, the plate what it needs under it
  ADD logo_id uuid,
  ADD logo_stamp text NOT NULL DEFAULT '' CHECK (logo_stamp ~ '^([0-9a-f]{16})?$'),
  ADD logo_width integer NOT NULL DEFAULT 0,
  ADD logo_height integer NOT NULL DEFAULT 0,
  ADD logo_plate text NOT NULL DEFAULT '' CHECK (logo_plate IN ('', 'light', 'dark')),
  -- each save adds one: who saves over something that they never saw is told
  ADD details_version integer NOT NULL DEFAULT 1,
  ADD brand_version integer NOT NULL DEFAULT 1,
  ADD CHECK ((logo_id IS NULL) = (logo_stamp = ''));

-- Where clients come to. Closed on a day, never deleted: past appointments go on saying where they were.
CREATE TABLE location (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  address text NOT NULL DEFAULT '',
  phone text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  PRIMARY KEY (practice_id, id)
);
CREATE UNIQUE INDEX location_open_name ON location (practice_id, lower(name)) WHERE closed_at IS NULL;
SELECT portico_own('location');

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
