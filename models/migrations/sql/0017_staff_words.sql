-- Staff are found as clients and contacts are: by the beginnings of the words of their names.
CREATE TABLE staff_word (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  word text COLLATE "C" NOT NULL,
  staff_id uuid NOT NULL,
  PRIMARY KEY (practice_id, word, staff_id)
);
CREATE INDEX staff_word_staff ON staff_word (practice_id, staff_id);
SELECT portico_own('staff_word');

CREATE FUNCTION portico_staff_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    EXECUTE 'DELETE FROM staff_word WHERE practice_id = $1 AND staff_id = $2' USING NEW.practice_id, NEW.id;
  END IF;
  INSERT INTO staff_word (practice_id, word, staff_id)
    SELECT NEW.practice_id, w, NEW.id FROM portico_person_words(NEW.name, '', '') w;
  RETURN NULL;
END $$;
CREATE TRIGGER found_by AFTER INSERT OR UPDATE OF name ON staff_member
  FOR EACH ROW EXECUTE FUNCTION portico_staff_found_by();
SELECT portico_for_each_practice($$INSERT INTO staff_word (word, staff_id) SELECT w, m.id FROM staff_member m
  CROSS JOIN LATERAL portico_person_words(m.name, '', '') w$$);

-- Who was born on a day: asked in an emergency, and for each row of an imported table.
CREATE INDEX client_born ON client (practice_id, born_on) WHERE born_on IS NOT NULL;
-- What a contact may see, whosever contact it is: asked when people are looked for by name.
CREATE INDEX portal_access_of_contact ON portal_access (practice_id, contact_id) WHERE contact_id IS NOT NULL;
