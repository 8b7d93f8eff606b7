-- The client's record. `name` is what screens show: the preferred name, or the first, with the last; one verb keeps it.
ALTER TABLE client
  ADD first_name text NOT NULL DEFAULT '',
  ADD last_name text NOT NULL DEFAULT '',
  ADD preferred_name text NOT NULL DEFAULT '',
  ADD pronouns text NOT NULL DEFAULT '',
  ADD kind text NOT NULL DEFAULT 'adult' CHECK (kind IN ('adult', 'minor')),
  ADD status text NOT NULL DEFAULT 'active' CHECK (status IN ('prospect', 'active', 'discharged')),
  ADD status_since timestamptz NOT NULL DEFAULT clock_timestamp(),
  ADD discharge_reason text NOT NULL DEFAULT '',
  ADD read_only_until date,
  ADD set_up_at timestamptz,
  ADD own_consent_at timestamptz;
ALTER TABLE contact
  ADD first_name text NOT NULL DEFAULT '',
  ADD last_name text NOT NULL DEFAULT '';
SELECT portico_for_each_practice($$UPDATE client SET set_up_at = created_at, email = lower(btrim(email)),
  kind = CASE WHEN born_on > current_date - interval '18 years' THEN 'minor' ELSE 'adult' END,
  first_name = split_part(name, ' ', 1), last_name = trim(substr(name, length(split_part(name, ' ', 1)) + 1))$$);
SELECT portico_for_each_practice($$UPDATE contact SET
  first_name = split_part(name, ' ', 1), last_name = trim(substr(name, length(split_part(name, ' ', 1)) + 1))$$);

-- Kept by triggers, whoever writes: what the list is put in order by, and how far the portal has come (of the client's
-- own access and those of contacts the furthest).
ALTER TABLE client
  ADD by_last text COLLATE "C" NOT NULL DEFAULT '',
  ADD by_first text COLLATE "C" NOT NULL DEFAULT '',
  ADD portal text NOT NULL DEFAULT 'none' CHECK (portal IN ('none', 'revoked', 'on', 'invited', 'accepted'));

-- One spelling for finding and ordering: no accents, no capitals. Letters that are not a letter with an accent are told
-- one by one.
CREATE FUNCTION portico_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN replace(replace(replace(replace(replace(lower(translate(
    regexp_replace(normalize(words, NFD), '[\u0300-\u036f]', '', 'g'), 'øØłŁđĐðÐıİ', 'oOlLdDdDii')),
    'ß', 'ss'), 'æ', 'ae'), 'Æ', 'ae'), 'œ', 'oe'), 'Œ', 'oe');

-- The words of a name: each part, and what an apostrophe or a hyphen joins also in one (O'Neil: o, neil, oneil).
CREATE FUNCTION portico_name_words(name text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT DISTINCT piece.word FROM regexp_split_to_table(portico_fold(name), '\s+') AS part (word)
  CROSS JOIN LATERAL (SELECT regexp_replace(part.word, '[-''’‘`´.,;()/"·‐–]', '', 'g')
    UNION SELECT regexp_split_to_table(part.word, '[-''’‘`´.,;()/"·‐–]+')) AS piece (word)
  WHERE piece.word <> '';
END;

-- What a person is found by, each word led by its kind: n a name, e an e-mail address, p a telephone number (whole,
-- without the country, without the area, and its last four).
CREATE FUNCTION portico_person_words(name text, email text, phone text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
BEGIN ATOMIC
  SELECT 'n' || w FROM portico_name_words(name) w
  UNION SELECT 'e' || lower(email) WHERE email <> ''
  UNION SELECT 'p' || right(d, n) FROM (SELECT regexp_replace(phone, '\D', '', 'g') AS d) digits
    CROSS JOIN unnest(ARRAY[20, 10, 7, 4]) n WHERE length(d) >= 4;
END;

-- How what is typed is looked for: as the beginnings of such words, all of which must fit (a row: one of them).
CREATE FUNCTION portico_looked_for(typed text) RETURNS TABLE (place bigint, word text) LANGUAGE sql IMMUTABLE
BEGIN ATOMIC
  SELECT part.place, 'n' || regexp_replace(part.word, '[-''’‘`´.,;()/"·‐–]', '', 'g')
    FROM regexp_split_to_table(portico_fold(btrim(typed)), '\s+') WITH ORDINALITY AS part (word, place)
    WHERE typed !~ '^[-+().\s\d]+$' AND part.word <> ''
  UNION ALL SELECT part.place, 'e' || part.word
    FROM regexp_split_to_table(lower(btrim(typed)), '\s+') WITH ORDINALITY AS part (word, place)
    WHERE typed !~ '^[-+().\s\d]+$' AND length(part.word) > 1
  UNION ALL SELECT 1, 'p' || regexp_replace(typed, '\D', '', 'g') WHERE typed ~ '^[-+().\s\d]+$' AND typed ~ '\d';
END;

-- Beginnings are ranges of the C collation: compared by < and >=, which do not leak, so the policy lets the index be
-- used. Without a foreign key: a client is never deleted, and only the triggers below write here.
CREATE TABLE client_word (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  word text COLLATE "C" NOT NULL,
  client_id uuid NOT NULL,
  PRIMARY KEY (practice_id, word, client_id)
);
CREATE INDEX client_word_client ON client_word (practice_id, client_id);
SELECT portico_own('client_word');
CREATE TABLE contact_word (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  word text COLLATE "C" NOT NULL,
  contact_id uuid NOT NULL,
  PRIMARY KEY (practice_id, word, contact_id)
);
CREATE INDEX contact_word_contact ON contact_word (practice_id, contact_id);
SELECT portico_own('contact_word');

-- `portal` is written by the trigger of portal_access alone: a row saved as it was read a moment ago leaves it as it is.
CREATE FUNCTION portico_client_spelled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.email := lower(btrim(NEW.email));
  NEW.by_last := portico_fold(coalesce(nullif(btrim(NEW.last_name || ' ' || NEW.first_name), ''), NEW.name));
  NEW.by_first := portico_fold(coalesce(nullif(btrim(NEW.first_name || ' ' || NEW.last_name), ''), NEW.name));
  IF TG_OP = 'INSERT' THEN
    NEW.portal := 'none';
  ELSIF pg_trigger_depth() = 1 THEN
    NEW.portal := OLD.portal;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER spelled BEFORE INSERT OR UPDATE ON client FOR EACH ROW EXECUTE FUNCTION portico_client_spelled();

-- A session plans the statements of a trigger once, perhaps while the tables are small, and keeps to it: what looks for
-- rows is therefore planned each time (EXECUTE).
CREATE FUNCTION portico_client_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE names text := concat_ws(' ', NEW.name, NEW.first_name, NEW.last_name, NEW.preferred_name);
BEGIN
  IF TG_OP = 'UPDATE' THEN
    IF (NEW.name, NEW.first_name, NEW.last_name, NEW.preferred_name, NEW.email, NEW.phone)
      = (OLD.name, OLD.first_name, OLD.last_name, OLD.preferred_name, OLD.email, OLD.phone) THEN
      RETURN NULL;
    END IF;
    EXECUTE 'DELETE FROM client_word WHERE practice_id = $1 AND client_id = $2' USING NEW.practice_id, NEW.id;
  END IF;
  INSERT INTO client_word (practice_id, word, client_id)
    SELECT NEW.practice_id, w, NEW.id FROM portico_person_words(names, NEW.email, NEW.phone) w;
  RETURN NULL;
END $$;
CREATE TRIGGER found_by AFTER INSERT OR UPDATE ON client FOR EACH ROW EXECUTE FUNCTION portico_client_found_by();

CREATE FUNCTION portico_contact_found_by() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE names text := concat_ws(' ', NEW.name, NEW.first_name, NEW.last_name);
BEGIN
  IF TG_OP = 'UPDATE' THEN
    EXECUTE 'DELETE FROM contact_word WHERE practice_id = $1 AND contact_id = $2' USING NEW.practice_id, NEW.id;
  END IF;
  INSERT INTO contact_word (practice_id, word, contact_id)
    SELECT NEW.practice_id, w, NEW.id FROM portico_person_words(names, NEW.email, NEW.phone) w;
  RETURN NULL;
END $$;
CREATE TRIGGER found_by AFTER INSERT OR UPDATE ON contact FOR EACH ROW EXECUTE FUNCTION portico_contact_found_by();

CREATE FUNCTION portico_access_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE one uuid;
BEGIN
  FOREACH one IN ARRAY ARRAY[NEW.client_id, OLD.client_id] LOOP
    EXECUTE $told$
      UPDATE client c SET portal = s.portal FROM (
        SELECT coalesce((ARRAY['revoked', 'on', 'invited', 'accepted'])[max(CASE
            WHEN a.revoked_at IS NOT NULL THEN 1 WHEN a.accepted_at IS NOT NULL THEN 4
            WHEN a.invited_at IS NOT NULL THEN 3 ELSE 2 END)], 'none') AS portal
        FROM portal_access a WHERE a.practice_id = portico_here() AND a.client_id = $1) s
      WHERE c.practice_id = portico_here() AND c.id = $1 AND c.portal <> s.portal $told$ USING one;
    EXIT WHEN NEW.client_id = OLD.client_id;
  END LOOP;
  RETURN NULL;
END $$;
CREATE INDEX portal_access_client ON portal_access (practice_id, client_id);
CREATE TRIGGER told AFTER INSERT OR DELETE OR UPDATE OF client_id, invited_at, accepted_at, revoked_at
  ON portal_access FOR EACH ROW EXECUTE FUNCTION portico_access_told();

SELECT portico_for_each_practice($$INSERT INTO client_word (word, client_id) SELECT w, c.id FROM client c
  CROSS JOIN LATERAL portico_person_words(concat_ws(' ', c.name, c.first_name, c.last_name), c.email, c.phone) w$$);
SELECT portico_for_each_practice($$UPDATE contact SET name = name$$);
SELECT portico_for_each_practice($$UPDATE client SET name = name$$);
SELECT portico_for_each_practice($$UPDATE portal_access SET invited_at = invited_at$$);

-- Whose contact somebody is.
CREATE INDEX client_contact_whose ON client_contact (practice_id, contact_id);

-- One address is one client's own: who shares it with a child is that child's contact.
CREATE UNIQUE INDEX client_email ON client (practice_id, email) WHERE email <> '';
CREATE INDEX client_by_last ON client (practice_id, by_last, id);
CREATE INDEX client_by_first ON client (practice_id, by_first, id);
CREATE INDEX client_by_age ON client (practice_id, created_at, id);
CREATE INDEX client_status ON client (practice_id, status, by_last, id);
CREATE INDEX client_portal ON client (practice_id, portal, by_last, id);

-- Who came together: a couple, a family. Each is a client of their own.
CREATE TABLE household (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id)
);
SELECT portico_own('household');
CREATE TABLE household_member (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  household_id uuid NOT NULL,
  client_id uuid NOT NULL,
  PRIMARY KEY (practice_id, household_id, client_id),
  FOREIGN KEY (practice_id, household_id) REFERENCES household (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id)
);
CREATE INDEX household_member_client ON household_member (practice_id, client_id);
SELECT portico_own('household_member');

-- A tag is known by its id in addresses; `spelled` keeps one word from standing twice.
CREATE TABLE tag (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  name text NOT NULL,
  spelled text COLLATE "C" NOT NULL GENERATED ALWAYS AS (portico_fold(name)) STORED,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, spelled)
);
SELECT portico_own('tag');
CREATE TABLE client_tag (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  client_id uuid NOT NULL,
  tag_id uuid NOT NULL,
  PRIMARY KEY (practice_id, client_id, tag_id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, tag_id) REFERENCES tag (practice_id, id)
);
CREATE INDEX client_tag_tag ON client_tag (practice_id, tag_id, client_id);
SELECT portico_own('client_tag');

-- Whether an access is open today: as portico_held, and for a discharged client as long as the portal may be read.
CREATE FUNCTION portico_open(access portal_access) RETURNS boolean LANGUAGE sql STABLE
  RETURN portico_held(access.accepted_at, access.revoked_at, access.starts_on, least(access.ends_on,
    (SELECT c.read_only_until FROM client c WHERE c.practice_id = access.practice_id AND c.id = access.client_id)));

-- Merging two records. The second becomes a pointer: nothing of it is found, counted or chosen any more, its name and
-- id stay for the history. `merged_into` always names the record that is there now, however often that was merged.
ALTER TABLE client
  ADD merged_into uuid,
  ADD FOREIGN KEY (practice_id, merged_into) REFERENCES client (practice_id, id),
  ADD CHECK (merged_into <> id);
CREATE INDEX client_merged ON client (practice_id, merged_into) WHERE merged_into IS NOT NULL;

-- Whoever found the record a moment before it was merged writes nothing to it: the statement loses a race, is run again
-- by the scope, and then finds where the record went. Once a statement, after the foreign keys' own checks have waited
-- for the merge; pointers of practices are few, so that an import of thousands costs what one row does. Nothing but a
-- merge ever lets a row name another client.
CREATE FUNCTION portico_not_merged() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE merged boolean;
BEGIN
  EXECUTE format('SELECT true FROM fresh f JOIN client c ON c.practice_id = f.practice_id AND c.id = f.%I
    WHERE c.merged_into IS NOT NULL LIMIT 1', TG_ARGV[0]) INTO merged;
  IF merged THEN
    RAISE EXCEPTION 'the record was merged into another' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION portico_of_client(owned text, pointer text DEFAULT 'client_id') RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE TRIGGER unmerged AFTER INSERT ON %I REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT
    EXECUTE FUNCTION portico_not_merged(%L)', owned, pointer);
END $$;
SELECT portico_of_client('client_contact');
SELECT portico_of_client('assignment');
SELECT portico_of_client('portal_access');
SELECT portico_of_client('conversation');
SELECT portico_of_client('household_member');
SELECT portico_of_client('client_tag');

CREATE FUNCTION portico_merged_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.merged_into = OLD.merged_into AND pg_trigger_depth() = 1 THEN
    RAISE EXCEPTION 'the record was merged into another' USING ERRCODE = 'serialization_failure';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER merged_stays BEFORE UPDATE ON client FOR EACH ROW WHEN (OLD.merged_into IS NOT NULL)
  EXECUTE FUNCTION portico_merged_stays();
CREATE FUNCTION portico_merged_unfound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'DELETE FROM client_word WHERE practice_id = $1 AND client_id = $2' USING NEW.practice_id, NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER merged_unfound AFTER UPDATE OF merged_into ON client FOR EACH ROW WHEN (NEW.merged_into IS NOT NULL)
  EXECUTE FUNCTION portico_merged_unfound();
