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
SELECT portico_for_each_practice($$UPDATE client SET set_up_at = created_at,
  first_name = split_part(name, ' ', 1), last_name = trim(substr(name, length(split_part(name, ' ', 1)) + 1))$$);
SELECT portico_for_each_practice($$UPDATE contact SET
  first_name = split_part(name, ' ', 1), last_name = trim(substr(name, length(split_part(name, ' ', 1)) + 1))$$);
