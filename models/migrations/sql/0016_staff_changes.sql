-- What a member of the team was given and what was taken, by whom and when: the log of changes says only that it changed.
CREATE TABLE staff_change (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  login_id uuid, -- who did it; null: by accepting an invitation, or from the shell
  what text NOT NULL CHECK (what IN ('joined', 'changed', 'deactivated', 'reactivated')),
  given text[] NOT NULL,
  taken text[] NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX staff_change_of ON staff_change (practice_id, staff_id, id DESC);
SELECT portico_own('staff_change');
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON staff_change FOR EACH ROW EXECUTE FUNCTION portico_append_only();
