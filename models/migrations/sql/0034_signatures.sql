-- Signatures: what was agreed to before signing, what was signed and how it was known who signed, the copies made of it,
-- and one chain over all of it. Nothing here is ever changed or taken away.

-- With what a session began, and with what it was last proved, in words: a signature tells it.
ALTER TABLE session
  ADD began_by text NOT NULL DEFAULT '',
  ADD proved_by text NOT NULL DEFAULT '';

-- Of a form that is signed: staff sign beside whoever was asked.
ALTER TABLE form ADD countersigns boolean NOT NULL DEFAULT false;

-- Account Settings > Signing. `confirms`: who signs proves to be there within ten minutes; `typed`: a typed name is a
-- signature; `paper`: how a client of this practice gets paper.
CREATE TABLE signing_settings (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  confirms boolean NOT NULL DEFAULT false,
  typed boolean NOT NULL DEFAULT true,
  paper text NOT NULL DEFAULT '',
  version integer NOT NULL DEFAULT 1
);
SELECT portico_own('signing_settings');

-- The words that somebody agreed to; a number is given when the first person agrees to them.
CREATE TABLE signing_disclosure (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  number integer NOT NULL CHECK (number > 0),
  words text NOT NULL CHECK (words <> ''),
  sha256 bytea NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, number)
);
SELECT portico_own('signing_disclosure');

-- Who agreed to sign electronically, or withdrew: the newest line of a login counts.
CREATE TABLE signing_agreement (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  number integer NOT NULL,
  withdrawn boolean NOT NULL DEFAULT false,
  address text NOT NULL DEFAULT '',
  device text NOT NULL DEFAULT '',
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, number) REFERENCES signing_disclosure (practice_id, number)
);
CREATE INDEX signing_agreement_login ON signing_agreement (practice_id, login_id, id);
SELECT portico_own('signing_agreement');

-- One person's signature under one document. `shown`: all that they were shown, as one text, whose SHA-256 the page
-- named; `mark`: the typed name, or the drawn line as SVG path data; `session`: a hash, not the session's own id.
CREATE TABLE signature (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  document_id uuid NOT NULL,
  submission_id uuid,
  role text NOT NULL CHECK (role IN ('recipient', 'staff')),
  login_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  way text NOT NULL CHECK (way IN ('typed', 'drawn')),
  mark text NOT NULL CHECK (mark <> ''),
  intent text NOT NULL,
  disclosure integer NOT NULL,
  agreed_at timestamptz NOT NULL,
  shown text NOT NULL,
  shown_sha256 bytea NOT NULL,
  submission_sha256 bytea,
  version_sha256 bytea,
  file_sha256 bytea,
  signed_at timestamptz NOT NULL,
  zone text NOT NULL,
  address text NOT NULL,
  device text NOT NULL,
  session bytea NOT NULL,
  method text NOT NULL,
  read_to_end boolean NOT NULL,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, document_id, role),
  FOREIGN KEY (practice_id, document_id) REFERENCES document (practice_id, id),
  FOREIGN KEY (practice_id, submission_id) REFERENCES submission (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, disclosure) REFERENCES signing_disclosure (practice_id, number)
);
SELECT portico_own('signature');

-- A PDF of a signed document with its certificate, made after the link `number` of the chain.
CREATE TABLE signed_copy (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  document_id uuid NOT NULL,
  after bigint NOT NULL,
  storage_key text NOT NULL,
  sha256 bytea NOT NULL,
  size bigint NOT NULL,
  made_at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, document_id, after),
  FOREIGN KEY (practice_id, document_id) REFERENCES document (practice_id, id)
);
CREATE INDEX signed_copy_sha256 ON signed_copy (practice_id, sha256);
SELECT portico_own('signed_copy');

-- The chain: every signature, every copy and every voiding of a practice, each with the hash of the one before.
CREATE TABLE signing_link (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  number bigint NOT NULL CHECK (number > 0),
  kind text NOT NULL CHECK (kind IN ('signature', 'copy', 'void')),
  subject_id uuid NOT NULL,
  document_id uuid NOT NULL,
  digest bytea NOT NULL,
  before bytea NOT NULL,
  hash bytea NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, number),
  FOREIGN KEY (practice_id, document_id) REFERENCES document (practice_id, id)
);
CREATE INDEX signing_link_document ON signing_link (practice_id, document_id);
SELECT portico_own('signing_link');

-- Where the chain ends; its row is the lock under which links are added.
CREATE TABLE signing_head (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  number bigint NOT NULL DEFAULT 0,
  hash bytea NOT NULL DEFAULT '\x'
);
SELECT portico_own('signing_head');

ALTER TABLE chain_check
  ADD signings bigint NOT NULL DEFAULT 0,
  ADD broken_signing bigint;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON signing_disclosure
  FOR EACH ROW EXECUTE FUNCTION portico_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON signing_agreement
  FOR EACH ROW EXECUTE FUNCTION portico_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON signature FOR EACH ROW EXECUTE FUNCTION portico_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON signed_copy FOR EACH ROW EXECUTE FUNCTION portico_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON signing_link FOR EACH ROW EXECUTE FUNCTION portico_append_only();

-- What was signed stands: its answers, what was handed in, and what it is. It can be voided, once.
CREATE FUNCTION portico_signed(document uuid) RETURNS boolean LANGUAGE sql STABLE
  RETURN EXISTS (SELECT FROM signature s WHERE s.practice_id = portico_here() AND s.document_id = document);

CREATE FUNCTION portico_answers_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF portico_signed(CASE TG_OP WHEN 'DELETE' THEN OLD.document_id ELSE NEW.document_id END)
    OR (TG_OP = 'UPDATE' AND portico_signed(OLD.document_id)) THEN
    RAISE EXCEPTION 'a signed document cannot be changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER signed_stands BEFORE INSERT OR UPDATE OR DELETE ON answer
  FOR EACH ROW EXECUTE FUNCTION portico_answers_stand();
CREATE TRIGGER signed_stands BEFORE INSERT OR UPDATE OR DELETE ON submission
  FOR EACH ROW EXECUTE FUNCTION portico_answers_stand();

CREATE FUNCTION portico_signed_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT portico_signed(OLD.id) THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' OR (NEW.kind, NEW.title, NEW.signs) IS DISTINCT FROM (OLD.kind, OLD.title, OLD.signs)
    OR (NEW.form_id, NEW.version_id, NEW.file_id) IS DISTINCT FROM (OLD.form_id, OLD.version_id, OLD.file_id)
    OR (OLD.submitted_at IS NOT NULL AND NEW.submitted_at IS DISTINCT FROM OLD.submitted_at)
    OR NEW.returned_at IS DISTINCT FROM OLD.returned_at OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
    OR (OLD.voided_at IS NOT NULL AND (NEW.voided_at, NEW.voided_by, NEW.void_reason)
      IS DISTINCT FROM (OLD.voided_at, OLD.voided_by, OLD.void_reason)) THEN
    RAISE EXCEPTION 'a signed document cannot be changed, only voided' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_stands BEFORE UPDATE OR DELETE ON document
  FOR EACH ROW EXECUTE FUNCTION portico_signed_stands();
