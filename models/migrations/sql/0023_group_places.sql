-- Clients book into a group that stands on the calendar: each has minutes of grace of their own, and PostgreSQL refuses
-- one too many, whatever the verbs do.
ALTER TABLE attendance ADD COLUMN undo_until timestamptz;

-- A group that the practice alone puts on the calendar: clients book places of it, and no time of their own.
ALTER TABLE service ADD COLUMN sessions_only boolean NOT NULL DEFAULT false;

-- Like two times that overlap it is a lost race: what is run again finds the group full.
CREATE FUNCTION portico_group_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE there record;
BEGIN
  IF NEW.state IN ('cancelled', 'late-cancelled') OR (TG_OP = 'UPDATE' AND OLD.state NOT IN ('cancelled', 'late-cancelled'))
  THEN
    RETURN NEW;
  END IF;
  SELECT kind, capacity INTO there FROM appointment
    WHERE practice_id = NEW.practice_id AND id = NEW.appointment_id FOR NO KEY UPDATE;
  IF there.kind = 'group' AND there.capacity <= (SELECT count(*) FROM attendance
    WHERE practice_id = NEW.practice_id AND appointment_id = NEW.appointment_id AND id <> NEW.id
      AND state NOT IN ('cancelled', 'late-cancelled'))
  THEN
    RAISE EXCEPTION 'every place of this group is taken' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER group_place BEFORE INSERT OR UPDATE OF state ON attendance
  FOR EACH ROW EXECUTE FUNCTION portico_group_place();
