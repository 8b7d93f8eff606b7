-- Documents: the forms of a practice's library, what is asked of or shared with one person, and what they answered.

-- A form of the library. What is being edited stands in `draft` (a FHIR R4 Questionnaire as JSON); NULL: nothing changed
-- since the newest version. `made_from`: the key of the ready form or sample that it began as.
CREATE TABLE form (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('consent', 'intake', 'assessment', 'questionnaire')),
  title text NOT NULL CHECK (title <> ''),
  made_from text NOT NULL DEFAULT '',
  sample boolean NOT NULL DEFAULT false,
  guardian_signs boolean NOT NULL DEFAULT false,
  draft text,
  draft_version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by uuid,
  archived_at timestamptz,
  archived_by uuid,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, created_by) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, archived_by) REFERENCES staff_member (practice_id, id)
);
SELECT portico_own('form');

-- What was published: it never changes. `signs`: whoever fills it in signs it.
CREATE TABLE form_version (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  form_id uuid NOT NULL,
  number integer NOT NULL CHECK (number > 0),
  title text NOT NULL CHECK (title <> ''),
  questionnaire text NOT NULL,
  sha256 bytea NOT NULL,
  signs boolean NOT NULL DEFAULT false,
  published_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  published_by uuid,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, form_id, number),
  FOREIGN KEY (practice_id, form_id) REFERENCES form (practice_id, id),
  FOREIGN KEY (practice_id, published_by) REFERENCES staff_member (practice_id, id)
);
SELECT portico_own('form_version');

-- One form or file asked of or shared with one portal access. Its state is the newest of its dates. `onboarding`: an
-- invitation asked for it; `place`: its order among those of its access; `page` of `pages`: how far somebody is.
CREATE TABLE document (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  access_id uuid NOT NULL,
  client_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('form', 'file', 'file-request')),
  form_id uuid,
  version_id uuid,
  file_id uuid,
  title text NOT NULL CHECK (title <> ''),
  note text NOT NULL DEFAULT '',
  signs boolean NOT NULL DEFAULT false,
  onboarding boolean NOT NULL DEFAULT false,
  required boolean NOT NULL DEFAULT true,
  place integer NOT NULL DEFAULT 0,
  due_on date,
  shared_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  shared_by uuid,
  opened_at timestamptz,
  started_at timestamptz,
  saved_at timestamptz,
  page smallint NOT NULL DEFAULT 0,
  pages smallint NOT NULL DEFAULT 0,
  submitted_at timestamptz,
  returned_at timestamptz,
  returned_by uuid,
  return_note text NOT NULL DEFAULT '',
  countersigns boolean NOT NULL DEFAULT false,
  countersigned_at timestamptz,
  nudged_at timestamptz,
  withdrawn_at timestamptz,
  withdrawn_by uuid,
  voided_at timestamptz,
  voided_by uuid,
  void_reason text NOT NULL DEFAULT '',
  PRIMARY KEY (practice_id, id),
  CHECK ((kind = 'form') = (form_id IS NOT NULL)),
  CHECK ((kind = 'form') = (version_id IS NOT NULL)),
  CHECK ((kind = 'file') = (file_id IS NOT NULL)),
  CHECK (withdrawn_at IS NULL OR submitted_at IS NULL),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, form_id) REFERENCES form (practice_id, id),
  FOREIGN KEY (practice_id, version_id) REFERENCES form_version (practice_id, id),
  FOREIGN KEY (practice_id, file_id) REFERENCES file (practice_id, id),
  FOREIGN KEY (practice_id, shared_by) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, returned_by) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, withdrawn_by) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, voided_by) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX document_access ON document (practice_id, access_id, place);
CREATE INDEX document_client ON document (practice_id, client_id);
-- The same form is asked of one person once at a time.
CREATE UNIQUE INDEX document_open_form ON document (practice_id, access_id, form_id)
  WHERE form_id IS NOT NULL AND withdrawn_at IS NULL AND submitted_at IS NULL AND voided_at IS NULL;
SELECT portico_own('document');
SELECT portico_of_client('document');

-- What stands in each field while a form is filled in. `path` as models/documents/items.py says; `value`: a list.
CREATE TABLE answer (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  document_id uuid NOT NULL,
  path text NOT NULL,
  value jsonb NOT NULL CHECK (jsonb_typeof(value) = 'array'),
  login_id uuid NOT NULL,
  side text NOT NULL CHECK (side IN ('desk', 'portal')),
  saved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, document_id, path),
  FOREIGN KEY (practice_id, document_id) REFERENCES document (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('answer');

-- What was handed in: a FHIR R4 QuestionnaireResponse as JSON, which never changes; a correction is the next number.
-- `on_behalf`: staff filled it in.
CREATE TABLE submission (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  document_id uuid NOT NULL,
  number smallint NOT NULL CHECK (number > 0),
  response text NOT NULL,
  sha256 bytea NOT NULL,
  scores jsonb NOT NULL DEFAULT '[]',
  login_id uuid NOT NULL,
  on_behalf boolean NOT NULL DEFAULT false,
  submitted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, document_id, number),
  FOREIGN KEY (practice_id, document_id) REFERENCES document (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('submission');
