-- Sharing: what an invitation asks of its person beside information, the e-mail that says something was shared, and the
-- files that somebody was asked for.

-- "form:required:<id>", "file:optional:<id>", "sign:required:<id>", "request:required:<what>", in their order.
ALTER TABLE invitation ADD COLUMN documents jsonb NOT NULL DEFAULT '[]';
ALTER TABLE invitation_settings ADD COLUMN documents jsonb NOT NULL DEFAULT '[]';

-- One e-mail to one person: something was shared, or still waits. The words stand here and in the mail alone.
CREATE TABLE share_notice (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  access_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('shared', 'nudged')),
  message text NOT NULL DEFAULT '',
  state text NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'taken', 'refused', 'unwanted')),
  failure text NOT NULL DEFAULT '',
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz,
  made_by uuid,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id),
  FOREIGN KEY (practice_id, made_by) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX share_notice_access ON share_notice (practice_id, access_id, made_at);
SELECT portico_own('share_notice');

-- What was sent in for a document that asks for files.
CREATE TABLE document_file (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  document_id uuid NOT NULL,
  file_id uuid NOT NULL,
  login_id uuid NOT NULL,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, document_id, file_id),
  FOREIGN KEY (practice_id, document_id) REFERENCES document (practice_id, id),
  FOREIGN KEY (practice_id, file_id) REFERENCES file (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('document_file');
