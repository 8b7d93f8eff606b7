-- The floor of the house: practices, the gapless sequence of events, keys of repeated asks.
-- Everything of a practice is under row-level security; what stands outside says why.

-- One call makes a table a practice's own: security on and forced, one policy for reading and writing.
CREATE FUNCTION portico_own(name text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
  EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
  EXECUTE format($f$CREATE POLICY practice ON %I
    USING (practice_id = nullif(current_setting('portico.practice', true), '')::uuid)
    WITH CHECK (practice_id = nullif(current_setting('portico.practice', true), '')::uuid)$f$, name);
END $$;

CREATE FUNCTION portico_here() RETURNS uuid LANGUAGE sql STABLE
  RETURN nullif(current_setting('portico.practice', true), '')::uuid;

-- Outside the policy: a host name must be found before a practice is known. Nothing personal.
CREATE TABLE practice (
  id uuid PRIMARY KEY,
  subdomain text NOT NULL UNIQUE CHECK (subdomain = lower(subdomain)),
  former_subdomains text[] NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX practice_former ON practice USING gin (former_subdomains);

-- Outside the policy: a worker asks the heads of all its practices in one query.
CREATE TABLE practice_head (
  practice_id uuid PRIMARY KEY REFERENCES practice (id),
  seq bigint NOT NULL DEFAULT 0,
  floor bigint NOT NULL DEFAULT 0,
  epoch uuid NOT NULL DEFAULT gen_random_uuid(),
  last_hash bytea NOT NULL DEFAULT '\x'
) WITH (fillfactor = 50);

CREATE TABLE event (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  seq bigint NOT NULL,
  type text NOT NULL,
  subject_id uuid,
  ids jsonb NOT NULL,
  audience jsonb NOT NULL,
  rights uuid[],
  login_id uuid,
  side text,
  at timestamptz NOT NULL,
  digest bytea NOT NULL,
  former bytea NOT NULL,
  PRIMARY KEY (practice_id, seq)
);
CREATE INDEX event_subject ON event (practice_id, subject_id, seq) WHERE subject_id IS NOT NULL;
SELECT portico_own('event');

CREATE TABLE event_data (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  seq bigint NOT NULL,
  part smallint NOT NULL,
  subject_id uuid,
  at timestamptz NOT NULL,
  rooms jsonb NOT NULL,
  ids jsonb NOT NULL,
  data jsonb,
  PRIMARY KEY (practice_id, seq, part),
  FOREIGN KEY (practice_id, seq) REFERENCES event (practice_id, seq)
);
CREATE INDEX event_data_subject ON event_data (practice_id, subject_id) WHERE subject_id IS NOT NULL;
CREATE INDEX event_data_age ON event_data (practice_id, at);
SELECT portico_own('event_data');

-- The seq of the last event that changed a login's rights. Written only by append_events, under the head's lock.
CREATE TABLE login_rights (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  login_id uuid NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (practice_id, login_id)
);
SELECT portico_own('login_rights');

CREATE TABLE request_key (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  login_id uuid NOT NULL,
  door text NOT NULL,
  key uuid NOT NULL,
  payload bytea NOT NULL,
  result jsonb,
  seq bigint,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, login_id, door, key)
);
CREATE INDEX request_key_age ON request_key (practice_id, at);
SELECT portico_own('request_key');

CREATE TABLE look (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  subject text NOT NULL,
  subject_id uuid NOT NULL,
  reason text NOT NULL DEFAULT '',
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id)
);
SELECT portico_own('look');

CREATE TABLE look_seal (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  sealed_to uuid NOT NULL,
  looks integer NOT NULL,
  hash bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, sealed_to)
);
SELECT portico_own('look_seal');

-- Append-only also for the owner: history is added to, never written over.
CREATE FUNCTION portico_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION portico_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON look FOR EACH ROW EXECUTE FUNCTION portico_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON look_seal FOR EACH ROW EXECUTE FUNCTION portico_append_only();

-- The last statement of every changing transaction: k numbers, k events, one lock held from here to COMMIT.
-- events: [{type, subject, ids, audience, rights, login, side, at, digest, parts: [{subject, rooms, ids, data}]}]
CREATE FUNCTION append_events(events jsonb, keyed jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
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
    INSERT INTO event (practice_id, seq, type, subject_id, ids, audience, rights, login_id, side, at, digest, former)
    VALUES (here, number, one->>'type', (one->>'subject')::uuid, one->'ids', one->'audience',
      CASE WHEN jsonb_typeof(one->'rights') = 'array'
        THEN ARRAY(SELECT r::uuid FROM jsonb_array_elements_text(one->'rights') r) END,
      (one->>'login')::uuid, one->>'side', (one->>'at')::timestamptz, decode(one->>'digest', 'hex'), chain);
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
