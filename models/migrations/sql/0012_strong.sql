-- Second factors, passkeys, remembered devices, and what a person may read of their own security.

-- proved_at: when this session last saw a password, a passkey or a code; sessions of before have to prove anew.
-- strong: it began with two factors, or got its second one since.
ALTER TABLE session
  ADD proved_at timestamptz NOT NULL DEFAULT '2000-01-01 00:00+00',
  ADD strong boolean NOT NULL DEFAULT false,
  ADD device_id uuid;
ALTER TABLE session ALTER proved_at SET DEFAULT clock_timestamp();

-- From this day of the practice on staff do nothing without a second factor; null: nobody is asked for one.
ALTER TABLE practice_profile ADD second_factor_from date;

-- The shared secret of an authenticator app, encrypted; on_at is null until one of its codes was shown.
CREATE TABLE totp (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  login_id uuid NOT NULL,
  secret bytea NOT NULL,
  started_at timestamptz NOT NULL,
  on_at timestamptz,
  last_step bigint NOT NULL DEFAULT 0, -- the half minute of the newest code that was taken: none works twice
  PRIMARY KEY (practice_id, login_id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('totp');

CREATE TABLE recovery_code (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  login_id uuid NOT NULL,
  hash bytea NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (practice_id, login_id, hash),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('recovery_code');

-- rp_id: the host it was made for; after the practice has moved it fits no more, and the pages say so.
CREATE TABLE passkey (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  credential_id bytea NOT NULL CHECK (length(credential_id) BETWEEN 1 AND 1023),
  public_key bytea NOT NULL,
  sign_count bigint NOT NULL,
  rp_id text NOT NULL,
  name text NOT NULL,
  transports text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  used_at timestamptz,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, credential_id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE INDEX passkey_login ON passkey (practice_id, login_id);
CREATE INDEX passkey_rp ON passkey (practice_id, rp_id);
SELECT portico_own('passkey');

-- What a passkey has to sign, once and within minutes. login_id: for whom; null at sign-in, where that is not known yet.
CREATE TABLE passkey_challenge (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  challenge bytea NOT NULL,
  purpose text NOT NULL,
  login_id uuid,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id)
);
CREATE INDEX passkey_challenge_end ON passkey_challenge (practice_id, ends_at);
SELECT portico_own('passkey_challenge');

-- A browser in which a login has signed in. remembered_until: until then it is not asked for the code.
CREATE TABLE device (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  hash bytea NOT NULL,
  words text NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  remembered_until timestamptz,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, hash),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE INDEX device_login ON device (practice_id, login_id);
SELECT portico_own('device');

-- Who took somebody's second factor away, and how they made sure who was asking.
CREATE TABLE factor_reset (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  by_login_id uuid NOT NULL,
  how text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, by_login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('factor_reset');

-- A person's own security log. What fails again within the hour from the same kind of device is counted in one line.
CREATE TABLE security_line (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  kind text NOT NULL,
  device text NOT NULL DEFAULT '',
  times integer NOT NULL DEFAULT 1,
  hour timestamptz,
  at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE UNIQUE INDEX security_line_hour ON security_line (practice_id, login_id, kind, device, hour)
  WHERE hour IS NOT NULL;
CREATE INDEX security_line_login ON security_line (practice_id, login_id, at);
SELECT portico_own('security_line');

-- The change of an address that somebody signs in with; it waits for the form behind the link that went to `email`. Of one
-- login one waits; a later one drops it. by_staff: staff changed the record, so the person's password is asked behind the
-- link. session_id: where it was asked, which goes on when all others end. No secret is kept: see email_asking.py.
CREATE TABLE email_change (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  email text NOT NULL CHECK (email = lower(email)),
  former text NOT NULL,
  by_staff boolean NOT NULL,
  session_id uuid,
  asked_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  done_at timestamptz,
  dropped_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE UNIQUE INDEX email_change_waiting ON email_change (practice_id, login_id)
  WHERE done_at IS NULL AND dropped_at IS NULL;
CREATE INDEX email_change_login ON email_change (practice_id, login_id);
SELECT portico_own('email_change');

-- Communication preferences: kinds of mail that the person switched off (mail_off_at is the one about unread messages),
-- and hours of the person's zone, in minutes of the day, in which mail that can be switched off waits.
ALTER TABLE login
  ADD mails_off text[] NOT NULL DEFAULT '{}',
  ADD quiet_from smallint CHECK (quiet_from BETWEEN 0 AND 1439),
  ADD quiet_until smallint CHECK (quiet_until BETWEEN 0 AND 1439),
  ADD quiet_zone text NOT NULL DEFAULT '',
  ADD CHECK ((quiet_from IS NULL) = (quiet_until IS NULL));
