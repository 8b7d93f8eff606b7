-- What is kept of a client and of a contact besides names: addresses, phones, insurance and the like.
-- `by_contact_id` names the contact who entered a row: other contacts never see it.

CREATE TABLE client_details (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL, -- the client's own
  sex text NOT NULL DEFAULT '',
  gender text NOT NULL DEFAULT '',
  marital_status text NOT NULL DEFAULT '',
  ethnicity text NOT NULL DEFAULT '',
  emergency_name text NOT NULL DEFAULT '',
  emergency_relation text NOT NULL DEFAULT '',
  emergency_phone text NOT NULL DEFAULT '',
  emergency_contact_id uuid, -- the emergency contact is this contact: name, relation and phone are theirs
  emergency_by_contact_id uuid,
  time_zone text NOT NULL DEFAULT '',
  language text NOT NULL DEFAULT '',
  heard_from text NOT NULL DEFAULT '',
  referred_by text NOT NULL DEFAULT '',
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, emergency_contact_id) REFERENCES contact (practice_id, id),
  FOREIGN KEY (practice_id, emergency_by_contact_id) REFERENCES contact (practice_id, id)
);
SELECT portico_own('client_details');
SELECT portico_of_client('client_details', 'id');

CREATE TABLE client_phone (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  number text NOT NULL,
  kind text NOT NULL DEFAULT 'mobile',
  leave text NOT NULL DEFAULT 'both' CHECK (leave IN ('both', 'voicemail', 'text', 'none')),
  main boolean NOT NULL DEFAULT false,
  by_contact_id uuid,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, by_contact_id) REFERENCES contact (practice_id, id)
);
CREATE INDEX client_phone_client ON client_phone (practice_id, client_id);
CREATE UNIQUE INDEX client_phone_main ON client_phone (practice_id, client_id) WHERE main;
SELECT portico_own('client_phone');
SELECT portico_of_client('client_phone');

CREATE TABLE client_address (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  kind text NOT NULL DEFAULT 'home',
  line_1 text NOT NULL,
  line_2 text NOT NULL DEFAULT '',
  city text NOT NULL DEFAULT '',
  region text NOT NULL DEFAULT '',
  postal_code text NOT NULL DEFAULT '',
  country text NOT NULL DEFAULT '',
  main boolean NOT NULL DEFAULT false,
  by_contact_id uuid,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, by_contact_id) REFERENCES contact (practice_id, id)
);
CREATE INDEX client_address_client ON client_address (practice_id, client_id);
CREATE UNIQUE INDEX client_address_main ON client_address (practice_id, client_id) WHERE main;
SELECT portico_own('client_address');
SELECT portico_of_client('client_address');

CREATE TABLE address_hidden (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  address_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  PRIMARY KEY (practice_id, address_id, contact_id),
  FOREIGN KEY (practice_id, address_id) REFERENCES client_address (practice_id, id) ON DELETE CASCADE,
  FOREIGN KEY (practice_id, contact_id) REFERENCES contact (practice_id, id)
);
SELECT portico_own('address_hidden');

CREATE TABLE insurance_policy (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  payer text NOT NULL,
  member_id text NOT NULL DEFAULT '',
  group_number text NOT NULL DEFAULT '',
  holder text NOT NULL DEFAULT 'client' CHECK (holder IN ('client', 'parent', 'partner', 'other')),
  holder_name text NOT NULL DEFAULT '',
  holder_born_on date,
  main boolean NOT NULL DEFAULT false, -- billed first; the others follow as they were added
  by_contact_id uuid,
  added_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, by_contact_id) REFERENCES contact (practice_id, id)
);
CREATE INDEX insurance_policy_client ON insurance_policy (practice_id, client_id);
CREATE UNIQUE INDEX insurance_policy_main ON insurance_policy (practice_id, client_id) WHERE main;
SELECT portico_own('insurance_policy');
SELECT portico_of_client('insurance_policy');

-- A contact may be a client as well: one login serves both. `relation` is what they are in words: "mother".
ALTER TABLE contact ADD client_id uuid,
  ADD FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id);
CREATE UNIQUE INDEX contact_client ON contact (practice_id, client_id) WHERE client_id IS NOT NULL;
SELECT portico_of_client('contact');
CREATE INDEX contact_by_email ON contact (practice_id, email) WHERE email <> '';
CREATE INDEX client_by_email ON client (practice_id, email) WHERE email <> '';
ALTER TABLE client_contact
  ADD kind text NOT NULL DEFAULT 'other' CHECK (kind IN ('parent', 'guardian', 'partner', 'other'));
SELECT portico_for_each_practice($$UPDATE client_contact SET kind = CASE
  WHEN lower(relation) IN ('mother', 'father', 'parent', 'stepmother', 'stepfather') THEN 'parent'
  WHEN lower(relation) IN ('guardian', 'legal guardian') THEN 'guardian'
  WHEN lower(relation) IN ('partner', 'spouse', 'husband', 'wife') THEN 'partner' ELSE 'other' END$$);

-- The age from which a client decides alone, as the practice has set it.
CREATE FUNCTION portico_majority() RETURNS integer LANGUAGE sql STABLE AS $$
  SELECT coalesce((SELECT (to_jsonb(p) ->> 'age_of_majority')::integer FROM public.practice_profile p
    WHERE p.practice_id = public.portico_here()), 18)
$$;

-- The day on which somebody born on this day is so many years old: February 29 counts on March 1 of other years.
CREATE FUNCTION portico_turns(born_on date, years integer) RETURNS date LANGUAGE sql IMMUTABLE
  RETURN (born_on + make_interval(years => years))::date
    + CASE WHEN extract(day FROM born_on) <> extract(day FROM born_on + make_interval(years => years)) THEN 1 ELSE 0 END;

-- The now-adult lets this contact keep, or have again, the access of before.
CREATE TABLE majority_agreement (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  agreed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  withdrawn_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, contact_id) REFERENCES contact (practice_id, id)
);
CREATE UNIQUE INDEX majority_agreement_now ON majority_agreement (practice_id, client_id, contact_id)
  WHERE withdrawn_at IS NULL;
SELECT portico_own('majority_agreement');
SELECT portico_of_client('majority_agreement');

-- Staff were told that a client comes of age on `on_day`; `ended_at`: the day came, contacts' accesses were ended.
CREATE TABLE majority (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL, -- the client's own
  on_day date NOT NULL,
  told_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, id) REFERENCES client (practice_id, id)
);
SELECT portico_own('majority');
SELECT portico_of_client('majority', 'id');

-- An access that ended because the client came of age: who had it and until when stays on record.
CREATE TABLE majority_ending (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL, -- the access's own
  client_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  ended_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, id) REFERENCES portal_access (practice_id, id)
);
CREATE INDEX majority_ending_client ON majority_ending (practice_id, client_id, contact_id);
SELECT portico_own('majority_ending');

-- Whether a client's record is hidden from this contact whatever access there is: a minor who consents alone, or one who
-- has come of age and did not agree. Nothing is hidden from the client (contact null).
CREATE FUNCTION portico_hidden(client uuid, contact uuid) RETURNS boolean LANGUAGE sql STABLE
  RETURN contact IS NOT NULL AND EXISTS (SELECT FROM client c WHERE c.practice_id = portico_here() AND c.id = client
    AND CASE WHEN portico_turns(c.born_on, portico_majority()) <= portico_today()
      THEN c.kind = 'minor' AND NOT EXISTS (SELECT FROM majority_agreement g WHERE g.practice_id = portico_here()
        AND g.client_id = client AND g.contact_id = contact AND g.withdrawn_at IS NULL)
      ELSE c.own_consent_at IS NOT NULL END);

-- Whether an access is open today, as before, and not while the record is hidden from this contact.
CREATE OR REPLACE FUNCTION portico_open(access portal_access) RETURNS boolean LANGUAGE sql STABLE
  RETURN portico_held(access.accepted_at, access.revoked_at, access.starts_on, least(access.ends_on,
    (SELECT c.read_only_until FROM client c WHERE c.practice_id = access.practice_id AND c.id = access.client_id)))
    AND NOT portico_hidden(access.client_id, access.contact_id);

-- Practices with a minor who comes of age within so many days and of whom staff were not told, or whose day has come.
-- Eighteen is the least that the law of any state says; where a practice has set more, its turn finds nothing yet.
CREATE INDEX client_minors ON client (practice_id, born_on) WHERE kind = 'minor' AND born_on IS NOT NULL;
CREATE POLICY search ON client FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON majority FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON practice_profile FOR SELECT TO portico_search USING (true);
GRANT SELECT (practice_id, id, kind, born_on) ON client TO portico_search;
GRANT SELECT (practice_id, id, ended_at) ON majority TO portico_search;
GRANT SELECT (practice_id, time_zone) ON practice_profile TO portico_search;

CREATE FUNCTION practices_with_majorities(ahead interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT p.practice_id FROM public.practice_profile p
  CROSS JOIN LATERAL (SELECT (now() AT TIME ZONE p.time_zone)::date AS today) here
  WHERE EXISTS (SELECT FROM public.client c
    LEFT JOIN public.majority m ON m.practice_id = c.practice_id AND m.id = c.id
    WHERE c.practice_id = p.practice_id AND c.kind = 'minor'
      AND c.born_on <= (here.today + ahead - interval '18 years')::date
      AND (m.id IS NULL OR (m.ended_at IS NULL AND public.portico_turns(c.born_on, 18) <= here.today)))
$$;
GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION practices_with_majorities(interval) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;
REVOKE ALL ON FUNCTION practices_with_majorities(interval) FROM PUBLIC;
