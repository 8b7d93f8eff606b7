-- Invitations to the portal, their links, and onboarding.

-- `days_told_on`: the day up to which sockets heard that this access began or ended with its days.
ALTER TABLE portal_access ADD days_told_on date;
-- One address, one person: a login is at most one client's own.
CREATE UNIQUE INDEX portal_access_person ON portal_access (practice_id, login_id)
  WHERE contact_id IS NULL AND revoked_at IS NULL AND login_id IS NOT NULL;

-- What stands behind the links of one access. `sending` names the newest sending and `copied` the newest copied link: a
-- link of another one is old. `asks`: information by key, required or optional. `message` is shown behind the link and
-- stands in no mail. `wrong_dates`, `code_tries`: counted before they are compared. `used_at`: a form behind the link was
-- posted; a mail scanner posts none.
CREATE TABLE invitation (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  access_id uuid NOT NULL,
  sending uuid NOT NULL,
  copied uuid,
  asks jsonb NOT NULL DEFAULT '{}',
  message text NOT NULL DEFAULT '',
  sent_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ends_at timestamptz NOT NULL,
  mail_state text NOT NULL DEFAULT 'queued' CHECK (mail_state IN ('unsent', 'queued', 'taken', 'refused')),
  mail_failure text NOT NULL DEFAULT '',
  mail_at timestamptz,
  reminded integer NOT NULL DEFAULT 0,
  used_at timestamptz,
  wrong_dates integer NOT NULL DEFAULT 0,
  code_hash bytea,
  code_ends_at timestamptz,
  code_tries integer NOT NULL DEFAULT 0,
  onboarded_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id)
);
CREATE UNIQUE INDEX invitation_access ON invitation (practice_id, access_id);
SELECT portico_own('invitation');

-- Only hashes. `login_id`: to whom it was made out; an address that was corrected has another login.
CREATE TABLE invitation_link (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  hash bytea NOT NULL,
  invitation_id uuid NOT NULL,
  login_id uuid NOT NULL,
  sending uuid NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, hash),
  FOREIGN KEY (practice_id, invitation_id) REFERENCES invitation (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE UNIQUE INDEX invitation_sending ON invitation (practice_id, sending);
CREATE INDEX invitation_link_invitation ON invitation_link (practice_id, invitation_id);
SELECT portico_own('invitation_link');

-- A step of onboarding that a person has been through: saved, or passed over where it was optional.
CREATE TABLE onboarding_step (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  access_id uuid NOT NULL,
  step text NOT NULL,
  skipped boolean NOT NULL DEFAULT false,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, access_id, step),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id)
);
SELECT portico_own('onboarding_step');

-- What a practice asks of people it invites, unless a dialog says otherwise; a practice without a row has the defaults.
CREATE TABLE invitation_settings (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  asks jsonb,
  reminders boolean NOT NULL DEFAULT true,
  tells_front_desk boolean NOT NULL DEFAULT false
);
SELECT portico_own('invitation_settings');

-- Who waits for an answer now keeps waiting, behind a new link that Forgot Password or Redeliver makes.
SELECT portico_for_each_practice($$INSERT INTO invitation (id, access_id, sending, sent_at, ends_at)
  SELECT gen_random_uuid(), id, gen_random_uuid(), invited_at, invited_at + interval '14 days' FROM portal_access
  WHERE invited_at IS NOT NULL AND accepted_at IS NULL AND revoked_at IS NULL$$);

-- A person's own: asking the practice to close their access. One waits for each access; staff agree (the access is
-- revoked) or decline with a sentence that the person reads until they put it away.
CREATE TABLE closing_request (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  access_id uuid NOT NULL,
  reason text NOT NULL DEFAULT '',
  asked_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  decided_at timestamptz,
  agreed boolean,
  answer text NOT NULL DEFAULT '',
  seen_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id)
);
CREATE UNIQUE INDEX closing_request_waiting ON closing_request (practice_id, access_id)
  WHERE withdrawn_at IS NULL AND decided_at IS NULL;
CREATE INDEX closing_request_access ON closing_request (practice_id, access_id);
SELECT portico_own('closing_request');

-- What a person asked to have of theirs: made by a job as a ZIP, kept for seven days. `rights`: a hash of what the person
-- might see when it was made; one made under other rights opens no more.
CREATE TABLE own_data (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  session_id uuid NOT NULL,
  asked_at timestamptz NOT NULL,
  ready_at timestamptz,
  ends_at timestamptz,
  failed_at timestamptz,
  erased_at timestamptz,
  storage_key text NOT NULL,
  size bigint NOT NULL DEFAULT 0,
  rights bytea,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE UNIQUE INDEX own_data_current ON own_data (practice_id, login_id) WHERE failed_at IS NULL AND erased_at IS NULL;
CREATE INDEX own_data_login ON own_data (practice_id, login_id);
SELECT portico_own('own_data');
