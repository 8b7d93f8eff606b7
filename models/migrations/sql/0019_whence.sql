-- A change says from where, as a look does; the end of the chain of looks is remembered; two indexes that cost every event
-- something give way to cheaper ones.

-- Null for what no person asked for (jobs), and for events of before; the hash covers them where they are there.
ALTER TABLE event ADD device text, ADD address text;

-- As before, and from where.
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
      client_id, device, address)
    VALUES (here, number, one->>'type', (one->>'subject')::uuid, one->'ids', one->'audience',
      CASE WHEN jsonb_typeof(one->'rights') = 'array'
        THEN ARRAY(SELECT r::uuid FROM jsonb_array_elements_text(one->'rights') r) END,
      (one->>'login')::uuid, one->>'side', (one->>'at')::timestamptz, decode(one->>'digest', 'hex'), chain,
      portico_event_client(one->>'type', (one->>'subject')::uuid, one->'ids'), one->>'device', one->>'address');
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

-- The end of the chain of looks: without it, looks taken from the end together with their seal would not be missed. As
-- with the head of events, who notes it down elsewhere can tell later that it is the same one.
CREATE TABLE look_head (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  sealed_to uuid NOT NULL,
  looks bigint NOT NULL,
  hash bytea NOT NULL
);
SELECT portico_own('look_head');
SELECT portico_for_each_practice($$INSERT INTO look_head (sealed_to, looks, hash)
  SELECT s.sealed_to, sum(s.looks) OVER (), s.hash FROM look_seal s
  WHERE s.practice_id = portico_here() ORDER BY s.sealed_to DESC LIMIT 1$$);

-- The Overview of a client asks for events whose subject is the client: of most events it need know nothing.
DROP INDEX event_subject;
CREATE INDEX event_subject ON event (practice_id, subject_id, seq) WHERE subject_id IS NOT NULL AND type ^@ 'client.';

-- What is told grows old in the order of its numbers, but for the length of a transaction: the key is index enough.
GRANT SELECT (seq) ON event_data TO portico_search;
GRANT CREATE ON SCHEMA public TO portico_search;
SET LOCAL ROLE portico_search; -- its owner
CREATE OR REPLACE FUNCTION practices_with_old_event_data(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT h.practice_id FROM public.practice_head h
  CROSS JOIN LATERAL (SELECT d.at FROM public.event_data d WHERE d.practice_id = h.practice_id
    ORDER BY d.seq LIMIT 1) oldest
  WHERE h.floor < h.seq AND oldest.at < now() - age
$$;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM portico_search;
DROP INDEX event_data_age;
