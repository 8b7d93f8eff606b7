-- What was signed stands, whoever writes: also the second signature and the words beside it, whose it is, and the file
-- under it. A voiding has a reason and is whole.
CREATE OR REPLACE FUNCTION portico_signed_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT portico_signed(OLD.id) THEN
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
  END IF;
  IF TG_OP = 'DELETE' OR (NEW.id, NEW.kind, NEW.title, NEW.note) IS DISTINCT FROM (OLD.id, OLD.kind, OLD.title, OLD.note)
    OR (NEW.form_id, NEW.version_id, NEW.file_id) IS DISTINCT FROM (OLD.form_id, OLD.version_id, OLD.file_id)
    OR (NEW.signs, NEW.countersigns) IS DISTINCT FROM (OLD.signs, OLD.countersigns)
    OR (OLD.submitted_at IS NOT NULL AND NEW.submitted_at IS DISTINCT FROM OLD.submitted_at)
    OR (OLD.countersigned_at IS NOT NULL AND NEW.countersigned_at IS DISTINCT FROM OLD.countersigned_at)
    OR NEW.returned_at IS DISTINCT FROM OLD.returned_at OR NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at
    OR (OLD.voided_at IS NOT NULL AND (NEW.voided_at, NEW.voided_by, NEW.void_reason)
      IS DISTINCT FROM (OLD.voided_at, OLD.voided_by, OLD.void_reason))
    OR (NEW.voided_at IS NOT NULL AND trim(NEW.void_reason) = '') THEN
    RAISE EXCEPTION 'a signed document cannot be changed, only voided' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;

-- It goes to another client with their record alone, when two records become one. Looked at as the change ends: in its
-- middle the record is not one yet, and the row not where it is going.
CREATE FUNCTION portico_signed_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stands document;
BEGIN
  SELECT * INTO stands FROM document d WHERE d.practice_id = OLD.practice_id AND d.id = OLD.id;
  IF portico_signed(OLD.id) AND NOT (
    EXISTS (SELECT FROM portal_access a WHERE a.practice_id = stands.practice_id AND a.id = stands.access_id
      AND a.client_id = stands.client_id)
    AND (stands.client_id = OLD.client_id OR EXISTS (SELECT FROM client c WHERE c.practice_id = OLD.practice_id
      AND c.id = OLD.client_id AND c.merged_into = stands.client_id))
    AND (stands.access_id = OLD.access_id OR EXISTS (SELECT FROM portal_access a WHERE a.practice_id = OLD.practice_id
      AND a.id = OLD.access_id AND a.revoked_at IS NOT NULL))
  ) THEN
    RAISE EXCEPTION 'a signed document stays whose it is' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER signed_stays AFTER UPDATE ON document DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN ((OLD.client_id, OLD.access_id) IS DISTINCT FROM (NEW.client_id, NEW.access_id))
  EXECUTE FUNCTION portico_signed_stays();

-- The bytes under it: neither other ones, nor none.
CREATE INDEX document_of_file ON document (practice_id, file_id) WHERE file_id IS NOT NULL;
CREATE FUNCTION portico_signed_file_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM document d JOIN signature s ON s.practice_id = d.practice_id AND s.document_id = d.id
    WHERE d.practice_id = OLD.practice_id AND d.file_id = OLD.id) THEN
    RAISE EXCEPTION 'the file of a signed document cannot be changed' USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_stands BEFORE UPDATE ON file FOR EACH ROW
  WHEN ((OLD.sha256, OLD.size, OLD.storage_key, OLD.type, OLD.refused_at)
    IS DISTINCT FROM (NEW.sha256, NEW.size, NEW.storage_key, NEW.type, NEW.refused_at))
  EXECUTE FUNCTION portico_signed_file_stands();
