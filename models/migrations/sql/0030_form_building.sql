-- Building forms: who edits one now, and the way back from what they did.

-- Who edits a form, in which page (`tab`). It is theirs while `beat_at` is fresh; the row of a page that went stays until
-- somebody else begins.
CREATE TABLE form_editor (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  form_id uuid NOT NULL,
  tab uuid NOT NULL,
  login_id uuid NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  beat_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, form_id),
  FOREIGN KEY (practice_id, form_id) REFERENCES form (practice_id, id) ON DELETE CASCADE,
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('form_editor');

-- What was done to a draft, newest last. `way`: the operation that takes it back, or does it again once it is `undone`.
-- `version`: the draft's after it was last turned; all hold while the largest is the draft's own. `typing`: the field
-- that it typed into, so that one way takes back a word and not a letter.
CREATE TABLE form_edit (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  form_id uuid NOT NULL,
  number integer NOT NULL,
  login_id uuid NOT NULL,
  way text NOT NULL,
  typing text NOT NULL DEFAULT '',
  undone boolean NOT NULL DEFAULT false,
  version integer NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, form_id, number),
  FOREIGN KEY (practice_id, form_id) REFERENCES form (practice_id, id) ON DELETE CASCADE,
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('form_edit');
