-- Features of the portal, the days between which an access holds, and the switches of a staff member.

-- Rows of practices are changed practice by practice: outside a scope an UPDATE sees none, and says nothing of it.
CREATE FUNCTION portico_for_each_practice(statement text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE one uuid;
BEGIN
  FOR one IN SELECT id FROM practice ORDER BY id LOOP
    PERFORM set_config('portico.practice', one::text, true);
    EXECUTE statement;
  END LOOP;
  PERFORM set_config('portico.practice', '', true);
END $$;

-- The practice's switch is the ceiling, every access has its own below it; what is not named here is on.
ALTER TABLE practice_profile ADD features_off text[] NOT NULL DEFAULT '{}';
ALTER TABLE portal_access
  ADD features_off text[] NOT NULL DEFAULT '{}',
  ADD starts_on date,
  ADD ends_on date,
  ADD CHECK (ends_on >= starts_on);
SELECT portico_for_each_practice(
  'UPDATE portal_access SET features_off = ''{messaging}'' WHERE messaging_off_at IS NOT NULL');
ALTER TABLE portal_access DROP COLUMN messaging_off_at;

-- Whether a feature is on for an access of the open practice, whose own switched-off features are given.
CREATE FUNCTION portico_on(feature text, off text[]) RETURNS boolean LANGUAGE sql STABLE
  RETURN feature <> ALL (off) AND EXISTS (SELECT FROM practice_profile p
    WHERE p.practice_id = portico_here() AND feature <> ALL (p.features_off));

-- Today where the practice is: rights begin and end with its days, not with those of the server.
CREATE FUNCTION portico_today() RETURNS date LANGUAGE sql STABLE
  RETURN (SELECT (now() AT TIME ZONE p.time_zone)::date FROM practice_profile p WHERE p.practice_id = portico_here());

-- Whether an access is open today: accepted, not revoked, and within its days.
CREATE FUNCTION portico_held(accepted_at timestamptz, revoked_at timestamptz, starts_on date, ends_on date)
  RETURNS boolean LANGUAGE sql STABLE
  RETURN accepted_at IS NOT NULL AND revoked_at IS NULL AND (starts_on IS NULL OR starts_on <= portico_today())
    AND (ends_on IS NULL OR ends_on >= portico_today());

-- Full clinical access; viewing and managing billing. Seeing all clients was there.
ALTER TABLE staff_member
  ADD clinical boolean NOT NULL DEFAULT false,
  ADD billing boolean NOT NULL DEFAULT false;
