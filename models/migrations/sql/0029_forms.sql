-- The library of forms.

-- `version`: how often title, kind or standing changed, so that of two who change it at once the second is told.
ALTER TABLE form ADD version integer NOT NULL DEFAULT 1;

-- The canonical address of a Questionnaire, by which the same form is known again when it is imported.
ALTER TABLE form_version ADD url text NOT NULL DEFAULT '';
CREATE INDEX form_version_url ON form_version (practice_id, url) WHERE url <> '';

-- What was published is what people filled in and signed: it never changes.
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON form_version
  FOR EACH ROW EXECUTE FUNCTION portico_append_only();

-- What somebody brought, as it came, until it came in or seven days passed. `outcome`: what became of each form in it.
CREATE TABLE form_import (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  source text NOT NULL,
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  outcome jsonb NOT NULL DEFAULT '[]',
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX form_import_age ON form_import (practice_id, began_at);
SELECT portico_own('form_import');
