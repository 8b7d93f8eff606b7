-- Who does not sign in is written to at the address of their record: `mails_off` says which kinds of mail they want none
-- of, as a login's says it. `email_by_contact_id`: which contact typed the client's address; null: the client or staff.
ALTER TABLE client
  ADD mails_off text[] NOT NULL DEFAULT '{}',
  ADD email_by_contact_id uuid,
  ADD FOREIGN KEY (practice_id, email_by_contact_id) REFERENCES contact (practice_id, id);
ALTER TABLE contact ADD mails_off text[] NOT NULL DEFAULT '{}';

-- Whoever changes an address says anew who typed it; saying nothing means staff, or the client.
CREATE FUNCTION portico_email_typed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.email_by_contact_id := NULL;
  RETURN NEW;
END $$;
CREATE TRIGGER email_typed BEFORE UPDATE OF email ON client FOR EACH ROW
  WHEN (NEW.email IS DISTINCT FROM OLD.email) EXECUTE FUNCTION portico_email_typed();

-- Whether an access holds today, accepted or not: what staff let this person see, who may not have signed in yet.
CREATE FUNCTION portico_granted(access portal_access) RETURNS boolean LANGUAGE sql STABLE
  RETURN portico_held(coalesce(access.accepted_at, now()), access.revoked_at, access.starts_on, least(access.ends_on,
    (SELECT c.read_only_until FROM client c WHERE c.practice_id = access.practice_id AND c.id = access.client_id)))
    AND NOT portico_hidden(access.client_id, access.contact_id);

-- A diagnosis that was entered by mistake holds on no day any more; that it stood there, and who took it away, stays.
ALTER TABLE diagnosis
  ADD removed_at timestamptz,
  ADD removed_by uuid,
  ADD FOREIGN KEY (practice_id, removed_by) REFERENCES staff_member (practice_id, id);
