-- The team: invitations of staff, and the links between one person's logins in several practices.

-- When a member was last at the desk, from sessions that are forgotten by now.
ALTER TABLE staff_member ADD seen_at timestamptz;

-- A session that began through a mailbox, not with a password or a passkey: it does not go on to another practice.
ALTER TABLE session ADD stays boolean NOT NULL DEFAULT false;

-- A colleague to be. Nobody's member yet: whoever accepts becomes one, with what stands here by then.
CREATE TABLE staff_invitation (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  name text NOT NULL,
  title text NOT NULL DEFAULT '',
  roles text[] NOT NULL CHECK (roles <@ ARRAY['administrator', 'practitioner', 'supervisor', 'scheduler', 'biller']),
  all_clients boolean NOT NULL DEFAULT false,
  clinical boolean NOT NULL DEFAULT false,
  billing boolean NOT NULL DEFAULT false,
  supervisors uuid[] NOT NULL DEFAULT '{}', -- who work here, by the time it is accepted
  supervisees uuid[] NOT NULL DEFAULT '{}',
  invited_by uuid,
  sent_at timestamptz NOT NULL DEFAULT clock_timestamp(), -- the newest mail was asked for
  mail_state text NOT NULL DEFAULT 'queued' CHECK (mail_state IN ('queued', 'taken', 'refused')),
  accepted_at timestamptz,
  withdrawn_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, invited_by) REFERENCES staff_member (practice_id, id)
);
CREATE UNIQUE INDEX staff_invitation_open ON staff_invitation (practice_id, login_id)
  WHERE accepted_at IS NULL AND withdrawn_at IS NULL;
SELECT portico_own('staff_invitation');

-- Each practice knows of a link that one of its logins has a partner in that other practice, and an id that both know.
-- Neither knows the other's login. A row without proved_at waits for its person to come back from the other side.
CREATE TABLE login_link (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL, -- the same on both sides
  login_id uuid NOT NULL,
  other_practice_id uuid NOT NULL REFERENCES practice (id),
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  proved_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE UNIQUE INDEX login_link_once ON login_link (practice_id, login_id, other_practice_id)
  WHERE proved_at IS NOT NULL AND ended_at IS NULL;
SELECT portico_own('login_link');

-- Tickets that were used here. They are signed, not stored; what was used is kept until nobody could use it anyway.
CREATE TABLE spent_ticket (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  hash bytea NOT NULL,
  ends_at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, hash)
);
SELECT portico_own('spent_ticket');
