-- Who there is: the practice's face, logins, staff, clients, contacts, portal access.

CREATE TABLE practice_profile (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  name text NOT NULL,
  address text NOT NULL DEFAULT '',
  phone text NOT NULL DEFAULT '',
  welcome text NOT NULL DEFAULT '',
  hours text NOT NULL DEFAULT '',
  crisis_text text NOT NULL DEFAULT '',
  time_zone text NOT NULL DEFAULT 'America/New_York',
  accent text NOT NULL DEFAULT '#1b5470',
  portal_idle_seconds integer NOT NULL DEFAULT 1800 CHECK (portal_idle_seconds BETWEEN 60 AND 86400),
  desk_idle_seconds integer NOT NULL DEFAULT 900 CHECK (desk_idle_seconds BETWEEN 60 AND 43200)
);
SELECT portico_own('practice_profile');

CREATE TABLE login (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  email text NOT NULL CHECK (email = lower(email)),
  password_hash text,
  password_at timestamptz,
  mail_off_at timestamptz,
  mail_undelivered_at timestamptz,
  deactivated_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, email)
);
SELECT portico_own('login');

CREATE TABLE staff_member (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  name text NOT NULL,
  title text NOT NULL DEFAULT '',
  roles text[] NOT NULL CHECK (roles <@ ARRAY['administrator', 'practitioner', 'supervisor', 'scheduler', 'biller']),
  all_clients boolean NOT NULL DEFAULT false,
  voice text NOT NULL DEFAULT 'a',
  deactivated_at timestamptz,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, login_id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('staff_member');

CREATE TABLE supervision (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  supervisor_id uuid NOT NULL,
  supervisee_id uuid NOT NULL,
  PRIMARY KEY (practice_id, supervisor_id, supervisee_id),
  FOREIGN KEY (practice_id, supervisor_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, supervisee_id) REFERENCES staff_member (practice_id, id)
);
SELECT portico_own('supervision');

CREATE TABLE client (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  name text NOT NULL,
  email text NOT NULL DEFAULT '',
  phone text NOT NULL DEFAULT '',
  born_on date,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id)
);
CREATE INDEX client_name ON client (practice_id, name);
SELECT portico_own('client');

CREATE TABLE contact (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  name text NOT NULL,
  email text NOT NULL DEFAULT '',
  phone text NOT NULL DEFAULT '',
  PRIMARY KEY (practice_id, id)
);
SELECT portico_own('contact');

CREATE TABLE client_contact (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  contact_id uuid NOT NULL,
  relation text NOT NULL,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, client_id, contact_id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, contact_id) REFERENCES contact (practice_id, id)
);
SELECT portico_own('client_contact');

CREATE TABLE assignment (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
CREATE UNIQUE INDEX assignment_once ON assignment (practice_id, client_id, staff_id) WHERE ended_at IS NULL;
CREATE INDEX assignment_staff ON assignment (practice_id, staff_id) WHERE ended_at IS NULL;
SELECT portico_own('assignment');

-- One login's view of one client: the client's own (contact_id null) or a contact's.
CREATE TABLE portal_access (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  contact_id uuid,
  login_id uuid,
  permissions text[] NOT NULL DEFAULT '{}',
  invited_at timestamptz,
  accepted_at timestamptz,
  revoked_at timestamptz,
  messaging_off_at timestamptz,
  PRIMARY KEY (practice_id, id),
  CHECK (accepted_at IS NULL OR login_id IS NOT NULL),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, contact_id) REFERENCES contact (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE UNIQUE INDEX portal_access_own ON portal_access (practice_id, client_id)
  WHERE contact_id IS NULL AND revoked_at IS NULL;
CREATE UNIQUE INDEX portal_access_contact ON portal_access (practice_id, client_id, contact_id)
  WHERE contact_id IS NOT NULL AND revoked_at IS NULL;
CREATE INDEX portal_access_login ON portal_access (practice_id, login_id);
SELECT portico_own('portal_access');

-- Outside the policy: one query tells a worker which of all its sockets' sessions still hold. Only hashes and ids.
CREATE TABLE session_key (
  hash bytea PRIMARY KEY,
  practice_id uuid NOT NULL REFERENCES practice (id),
  session_id uuid NOT NULL,
  login_id uuid NOT NULL,
  ends_at timestamptz NOT NULL,
  due_at timestamptz NOT NULL -- when the sweep next has something to do: end, lock, or forget
);
CREATE INDEX session_key_due ON session_key (due_at);
CREATE INDEX session_key_session ON session_key (session_id);
CREATE INDEX session_key_login ON session_key (practice_id, login_id);

CREATE TABLE session (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  side text NOT NULL CHECK (side IN ('desk', 'portal')),
  device text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  active_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  locked_at timestamptz,
  ends_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE INDEX session_login ON session (practice_id, login_id) WHERE ended_at IS NULL;
CREATE INDEX session_idle ON session (practice_id, active_at) WHERE ended_at IS NULL;
SELECT portico_own('session');

-- Single-use links by mail: a new password, an invitation. Only the hash is kept.
CREATE TABLE login_token (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  hash bytea NOT NULL,
  purpose text NOT NULL,
  login_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ends_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (practice_id, hash),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE INDEX login_token_login ON login_token (practice_id, login_id, purpose);
SELECT portico_own('login_token');
