-- Which practices have work for the clock. A scope for each practice of the house costs milliseconds even where nothing
-- happened; these ask all of them at once. They answer with practices and nothing else, and of the tables they read only
-- the columns named here are open to portico_search: ids, numbers and times.
CREATE INDEX unread_streak_due ON unread_streak (due_at) WHERE ended_at IS NULL AND mailed_at IS NULL;
CREATE INDEX outgoing_mail_open ON outgoing_mail (created_at)
  WHERE accepted_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL;
CREATE INDEX file_age ON file (created_at) WHERE refused_at IS NULL;

CREATE POLICY search ON unread_streak FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON outgoing_mail FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON look FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON look_seal FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON file FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON file_grant FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON event_data FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON request_key FOR SELECT TO portico_search USING (true);
GRANT SELECT (id) ON practice TO portico_search;
GRANT SELECT (practice_id, seq, floor) ON practice_head TO portico_search;
GRANT SELECT (practice_id, due_at, mailed_at, ended_at) ON unread_streak TO portico_search;
GRANT SELECT (practice_id, created_at, accepted_at, dropped_at, failed_at) ON outgoing_mail TO portico_search;
GRANT SELECT (practice_id, id) ON look TO portico_search;
GRANT SELECT (practice_id, sealed_to) ON look_seal TO portico_search;
GRANT SELECT (practice_id, id, created_at, refused_at) ON file TO portico_search;
GRANT SELECT (practice_id, file_id) ON file_grant TO portico_search;
GRANT SELECT (practice_id, at) ON event_data TO portico_search;
GRANT SELECT (practice_id, at) ON request_key TO portico_search;

CREATE FUNCTION practices_with_overdue_streaks(late interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT practice_id FROM public.unread_streak
  WHERE ended_at IS NULL AND mailed_at IS NULL AND due_at < now() - late
$$;

CREATE FUNCTION practices_with_lost_mails(late interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT practice_id FROM public.outgoing_mail
  WHERE accepted_at IS NULL AND dropped_at IS NULL AND failed_at IS NULL AND created_at < now() - late
$$;

-- Of the last month's files only: whatever the hourly turns of a month have not taken, no further one needs to ask for.
CREATE FUNCTION practices_with_forgotten_files(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT f.practice_id FROM public.file f
  WHERE f.refused_at IS NULL AND f.created_at < now() - age AND f.created_at > now() - age - interval '31 days'
    AND NOT EXISTS (SELECT FROM public.file_grant g WHERE g.practice_id = f.practice_id AND g.file_id = f.id)
$$;

-- One step down an index for each practice: its newest look against its last seal, its oldest row against the age.
CREATE FUNCTION practices_with_unsealed_looks(upto uuid) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT p.id FROM public.practice p
  CROSS JOIN LATERAL (SELECT l.id FROM public.look l WHERE l.practice_id = p.id AND l.id <= upto
    ORDER BY l.id DESC LIMIT 1) newest
  LEFT JOIN LATERAL (SELECT s.sealed_to FROM public.look_seal s WHERE s.practice_id = p.id
    ORDER BY s.sealed_to DESC LIMIT 1) seal ON true
  WHERE seal.sealed_to IS NULL OR newest.id > seal.sealed_to
$$;

CREATE FUNCTION practices_with_old_event_data(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT h.practice_id FROM public.practice_head h
  CROSS JOIN LATERAL (SELECT d.at FROM public.event_data d WHERE d.practice_id = h.practice_id
    ORDER BY d.at LIMIT 1) oldest
  WHERE h.floor < h.seq AND oldest.at < now() - age
$$;

CREATE FUNCTION practices_with_old_keys(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT p.id FROM public.practice p
  CROSS JOIN LATERAL (SELECT k.at FROM public.request_key k WHERE k.practice_id = p.id ORDER BY k.at LIMIT 1) oldest
  WHERE oldest.at < now() - age
$$;

GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION practices_with_overdue_streaks(interval) OWNER TO portico_search;
ALTER FUNCTION practices_with_lost_mails(interval) OWNER TO portico_search;
ALTER FUNCTION practices_with_forgotten_files(interval) OWNER TO portico_search;
ALTER FUNCTION practices_with_unsealed_looks(uuid) OWNER TO portico_search;
ALTER FUNCTION practices_with_old_event_data(interval) OWNER TO portico_search;
ALTER FUNCTION practices_with_old_keys(interval) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;
