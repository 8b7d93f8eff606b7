-- Looks say of whom and from where, and the log of changes and looks is found by client, by person and by kind.

ALTER TABLE look
  ADD client_id uuid,
  ADD access_id uuid, -- through whose eyes, when staff viewed the portal as somebody
  ADD session_id uuid,
  ADD device text NOT NULL DEFAULT '',
  ADD address text NOT NULL DEFAULT '';
CREATE INDEX look_client ON look (practice_id, client_id, id) WHERE client_id IS NOT NULL;
CREATE INDEX look_login ON look (practice_id, login_id, id);

-- What a seal covers: 1 the columns of the beginning, 2 also those above. Seals of before stay as they were made.
ALTER TABLE look_seal ADD version smallint NOT NULL DEFAULT 1;

-- Whose record an event is about, out of what it says already: the chain of hashes does not know this column.
CREATE FUNCTION portico_event_client(type text, subject uuid, ids jsonb) RETURNS uuid LANGUAGE sql IMMUTABLE
  RETURN CASE WHEN ids->>'client' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN (ids->>'client')::uuid
    WHEN type ^@ 'client.' THEN subject END;
ALTER TABLE event ADD client_id uuid GENERATED ALWAYS AS (portico_event_client(type, subject_id, ids)) STORED;
-- What is there has it now. From here on append_events writes it: to work out a generated column, PostgreSQL plans its
-- expression anew with every INSERT, which took as long as all the rest, under the head's lock.
ALTER TABLE event ALTER COLUMN client_id DROP EXPRESSION;
CREATE INDEX event_client ON event (practice_id, client_id, seq) WHERE client_id IS NOT NULL;
CREATE INDEX event_login ON event (practice_id, login_id, seq) WHERE login_id IS NOT NULL;
CREATE INDEX event_type ON event (practice_id, type, seq);

-- As before, and whose record each event is about.
CREATE OR REPLACE FUNCTION append_events(events jsonb, keyed jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  here uuid := portico_here();
  head practice_head;
  number bigint;
  chain bytea;
  one jsonb;
  piece jsonb;
  part smallint;
BEGIN
  UPDATE practice_head SET seq = seq + jsonb_array_length(events) WHERE practice_id = here RETURNING * INTO head;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no practice is open';
  END IF;
  number := head.seq - jsonb_array_length(events);
  chain := head.last_hash;
  FOR one IN SELECT * FROM jsonb_array_elements(events) LOOP
    number := number + 1;
    INSERT INTO event (practice_id, seq, type, subject_id, ids, audience, rights, login_id, side, at, digest, former,
      client_id)
    VALUES (here, number, one->>'type', (one->>'subject')::uuid, one->'ids', one->'audience',
      CASE WHEN jsonb_typeof(one->'rights') = 'array'
        THEN ARRAY(SELECT r::uuid FROM jsonb_array_elements_text(one->'rights') r) END,
      (one->>'login')::uuid, one->>'side', (one->>'at')::timestamptz, decode(one->>'digest', 'hex'), chain,
      portico_event_client(one->>'type', (one->>'subject')::uuid, one->'ids'));
    chain := sha256(chain || convert_to(here::text || number::text || (one - 'parts')::text, 'UTF8'));
    part := 0;
    FOR piece IN SELECT * FROM jsonb_array_elements(one->'parts') LOOP
      INSERT INTO event_data (practice_id, seq, part, subject_id, at, rooms, ids, data)
      VALUES (here, number, part, (one->>'subject')::uuid, (one->>'at')::timestamptz,
        piece->'rooms', piece->'ids', piece->'data');
      part := part + 1;
    END LOOP;
    IF jsonb_typeof(one->'rights') = 'array' THEN
      INSERT INTO login_rights (practice_id, login_id, seq)
        SELECT here, r::uuid, number FROM jsonb_array_elements_text(one->'rights') r
        ON CONFLICT (practice_id, login_id) DO UPDATE SET seq = excluded.seq;
    END IF;
  END LOOP;
  UPDATE practice_head SET last_hash = chain WHERE practice_id = here;
  IF jsonb_typeof(keyed) = 'object' THEN
    UPDATE request_key SET seq = number, result = keyed->'result'
      WHERE practice_id = here AND login_id = (keyed->>'login')::uuid AND door = keyed->>'door'
        AND key = (keyed->>'key')::uuid;
  END IF;
  RETURN number;
END $$;

-- The first number whose moment is not before this one, by halving: numbers have no gaps, and their moments differ from
-- their order by less than a transaction may last. Whoever asks leaves a minute of room and compares exactly.
CREATE FUNCTION portico_seq_at(moment timestamptz) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
  low bigint := 1;
  high bigint;
  middle bigint;
  found timestamptz;
BEGIN
  SELECT seq + 1 INTO high FROM practice_head WHERE practice_id = portico_here();
  WHILE low < high LOOP
    middle := (low + high) / 2;
    SELECT e.at INTO found FROM event e WHERE e.practice_id = portico_here() AND e.seq = middle;
    IF found < moment THEN
      low := middle + 1;
    ELSE
      high := middle;
    END IF;
  END LOOP;
  RETURN low;
END $$;

-- When the chains were last walked, and where the first break was. Added to, never written over.
CREATE TABLE chain_check (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  events bigint NOT NULL,
  looks bigint NOT NULL,
  broken_event bigint,
  broken_look bigint,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id)
);
SELECT portico_own('chain_check');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON chain_check
  FOR EACH ROW EXECUTE FUNCTION portico_append_only();

-- A staff member looks at the portal through one person's eyes, in one session, for a short time.
CREATE TABLE view_as (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  session_id uuid NOT NULL,
  login_id uuid NOT NULL,
  access_id uuid NOT NULL,
  reason text NOT NULL,
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  until timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, session_id) REFERENCES session (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id)
);
CREATE INDEX view_as_session ON view_as (practice_id, session_id) WHERE ended_at IS NULL;
SELECT portico_own('view_as');

-- A record opened in an emergency by somebody who does not see it otherwise: a right with a beginning and an end.
CREATE TABLE emergency (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  client_id uuid NOT NULL,
  reason text NOT NULL CHECK (length(trim(reason)) >= 10),
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ends_at timestamptz NOT NULL,
  ended_at timestamptz,
  acknowledged_by uuid,
  acknowledged_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, acknowledged_by) REFERENCES staff_member (practice_id, id)
);
CREATE UNIQUE INDEX emergency_once ON emergency (practice_id, staff_id, client_id) WHERE ended_at IS NULL;
CREATE INDEX emergency_client ON emergency (practice_id, client_id);
SELECT portico_own('emergency');
SELECT portico_of_client('emergency');

-- Which roles may open a record in an emergency; without a row, practitioners may.
CREATE TABLE emergency_settings (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  roles text[] NOT NULL DEFAULT '{practitioner}'
);
SELECT portico_own('emergency_settings');

-- Looking that is unusual, once a person, kind, record and day; an administrator has seen it, or explained it.
CREATE TABLE unusual_look (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('many', 'family-name', 'discharged', 'unassigned')),
  day date NOT NULL,
  client_id uuid,
  looks integer NOT NULL,
  usual integer,
  found_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_by uuid,
  settled_at timestamptz,
  explanation text NOT NULL DEFAULT '',
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, settled_by) REFERENCES staff_member (practice_id, id)
);
CREATE UNIQUE INDEX unusual_look_once ON unusual_look (practice_id, login_id, kind, day, client_id) NULLS NOT DISTINCT;
CREATE INDEX unusual_look_open ON unusual_look (practice_id, found_at) WHERE settled_at IS NULL;
SELECT portico_own('unusual_look');

-- Which practices have a history that nobody walked for so long; which had looks after a moment (a key of that moment).
CREATE FUNCTION practices_with_unchecked_chains(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT h.practice_id FROM public.practice_head h
  LEFT JOIN LATERAL (SELECT c.at FROM public.chain_check c WHERE c.practice_id = h.practice_id
    ORDER BY c.id DESC LIMIT 1) last ON true
  WHERE (last.at IS NULL OR last.at < now() - age)
    AND (h.seq > 0 OR EXISTS (SELECT FROM public.look_seal s WHERE s.practice_id = h.practice_id))
$$;
CREATE FUNCTION practices_with_fresh_looks(since uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT p.id FROM public.practice p
  CROSS JOIN LATERAL (SELECT l.id FROM public.look l WHERE l.practice_id = p.id ORDER BY l.id DESC LIMIT 1) newest
  WHERE newest.id > since
$$;
CREATE POLICY search ON chain_check FOR SELECT TO portico_search USING (true);
GRANT SELECT (practice_id, id, at) ON chain_check TO portico_search;
GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION practices_with_unchecked_chains(interval) OWNER TO portico_search;
ALTER FUNCTION practices_with_fresh_looks(uuid) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;
