-- Access that was switched on and off again before anybody was invited leaves the list as it was: nothing was revoked.
CREATE OR REPLACE FUNCTION portico_access_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one uuid;
BEGIN
  FOREACH one IN ARRAY ARRAY[NEW.client_id, OLD.client_id] LOOP
    EXECUTE $told$
      UPDATE client c SET portal = s.portal FROM (
        SELECT coalesce((ARRAY['revoked', 'on', 'invited', 'accepted'])[max(CASE
            WHEN a.revoked_at IS NOT NULL THEN (a.invited_at IS NOT NULL)::integer WHEN a.accepted_at IS NOT NULL THEN 4
            WHEN a.invited_at IS NOT NULL THEN 3 ELSE 2 END)], 'none') AS portal
        FROM portal_access a WHERE a.practice_id = portico_here() AND a.client_id = $1) s
      WHERE c.practice_id = portico_here() AND c.id = $1 AND c.portal <> s.portal $told$ USING one;
    EXIT WHEN NEW.client_id = OLD.client_id;
  END LOOP;
  RETURN NULL;
END $$;
SELECT portico_for_each_practice($$UPDATE portal_access SET invited_at = invited_at
  WHERE revoked_at IS NOT NULL AND invited_at IS NULL$$);
