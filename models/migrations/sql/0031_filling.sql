-- Filling in: an answer is as new as the moment it was typed, wherever it waited since; what may mean danger alerts.
ALTER TABLE answer ADD COLUMN typed_at timestamptz NOT NULL DEFAULT clock_timestamp();
-- When others were last told how far somebody is; the page of each number that was sent in last.
ALTER TABLE document ADD COLUMN told_at timestamptz;
-- Whoever was asked to correct something reads this note until they hand it in again.
ALTER TABLE submission ADD COLUMN return_note text NOT NULL DEFAULT '';
ALTER TABLE submission ADD COLUMN returned_at timestamptz;

-- An answer of this document may mean danger. `seen_at`: somebody said that they take care of it.
CREATE TABLE risk_alert (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  document_id uuid NOT NULL,
  client_id uuid NOT NULL,
  access_id uuid NOT NULL,
  path text NOT NULL,
  raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz,
  seen_by uuid,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, document_id) REFERENCES document (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id),
  FOREIGN KEY (practice_id, seen_by) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX risk_alert_client ON risk_alert (practice_id, client_id);
CREATE INDEX risk_alert_access ON risk_alert (practice_id, access_id);
-- One at a time for a document: what is changed to and fro alerts nobody twice.
CREATE UNIQUE INDEX risk_alert_open ON risk_alert (practice_id, document_id) WHERE seen_at IS NULL;
SELECT portico_own('risk_alert');
SELECT portico_of_client('risk_alert');

-- Whom it went to; `covers`: for whom they stand in. `opened_at`: when they first looked at it.
CREATE TABLE risk_alert_for (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  alert_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  covers uuid,
  opened_at timestamptz,
  PRIMARY KEY (practice_id, alert_id, staff_id),
  FOREIGN KEY (practice_id, alert_id) REFERENCES risk_alert (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, covers) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX risk_alert_mine ON risk_alert_for (practice_id, staff_id);
SELECT portico_own('risk_alert_for');
