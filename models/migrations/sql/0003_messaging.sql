-- Files, conversations, messages, and the mail that says one waits.

CREATE TABLE file (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  name text NOT NULL,
  type text NOT NULL,
  size bigint NOT NULL CHECK (size > 0),
  sha256 bytea NOT NULL,
  storage_key text NOT NULL,
  thumbnail_key text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  scanned_at timestamptz,
  refused_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
SELECT portico_own('file');

-- Who may open a file. The file door checks nothing else.
CREATE TABLE file_grant (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  file_id uuid NOT NULL,
  holder text NOT NULL CHECK (holder IN ('access', 'staff-of-client', 'login', 'seat')),
  holder_id uuid NOT NULL,
  subject_id uuid,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  until timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, file_id) REFERENCES file (practice_id, id)
);
CREATE INDEX file_grant_file ON file_grant (practice_id, file_id);
CREATE INDEX file_grant_subject ON file_grant (practice_id, subject_id) WHERE subject_id IS NOT NULL;
SELECT portico_own('file_grant');

CREATE TABLE messaging_settings (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  clients_see_online boolean NOT NULL DEFAULT false,
  clients_see_typing boolean NOT NULL DEFAULT false,
  clients_see_read boolean NOT NULL DEFAULT true,
  clients_write_front_desk boolean NOT NULL DEFAULT false,
  start_needs_access boolean NOT NULL DEFAULT false
);
SELECT portico_own('messaging_settings');

CREATE TABLE conversation (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  client_id uuid,
  subject text NOT NULL DEFAULT '',
  people_key text NOT NULL DEFAULT '',
  last_position bigint NOT NULL DEFAULT 0,
  last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  unanswered_since timestamptz,
  claimed_by uuid,
  claimed_at timestamptz,
  auto_answered_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, claimed_by) REFERENCES staff_member (practice_id, id)
);
-- Without a subject, the same people about the same client share one conversation.
CREATE UNIQUE INDEX conversation_people ON conversation (practice_id, people_key) WHERE people_key <> '';
CREATE INDEX conversation_client ON conversation (practice_id, client_id);
-- Set only while Front desk sits in it: its inbox shows these first.
CREATE INDEX conversation_unanswered ON conversation (practice_id, unanswered_since) WHERE unanswered_since IS NOT NULL;
CREATE INDEX conversation_claimed ON conversation (practice_id, claimed_by, last_at DESC) WHERE claimed_by IS NOT NULL;
SELECT portico_own('conversation');

-- A place in a conversation: a staff member, a portal access, or Front desk. Sees what was said while it was open:
-- from_position < position <= until_position (open: null).
CREATE TABLE seat (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('staff', 'access', 'front-desk')),
  staff_id uuid,
  access_id uuid,
  from_position bigint NOT NULL DEFAULT 0,
  until_position bigint,
  read_position bigint NOT NULL DEFAULT 0,
  read_at timestamptz,
  delivered_position bigint NOT NULL DEFAULT 0,
  delivered_at timestamptz,
  last_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  unread_since timestamptz,
  marked_unread_at timestamptz,
  muted_at timestamptz,
  archived_at timestamptz,
  covers_for uuid,
  joined_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  left_at timestamptz,
  PRIMARY KEY (practice_id, id),
  CHECK ((kind = 'staff') = (staff_id IS NOT NULL) AND (kind = 'access') = (access_id IS NOT NULL)),
  CHECK ((until_position IS NULL) = (left_at IS NULL)),
  FOREIGN KEY (practice_id, conversation_id) REFERENCES conversation (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id),
  FOREIGN KEY (practice_id, covers_for) REFERENCES staff_member (practice_id, id)
);
CREATE UNIQUE INDEX seat_staff ON seat (practice_id, conversation_id, staff_id) WHERE kind = 'staff' AND left_at IS NULL;
CREATE UNIQUE INDEX seat_access ON seat (practice_id, conversation_id, access_id) WHERE kind = 'access' AND left_at IS NULL;
CREATE UNIQUE INDEX seat_desk ON seat (practice_id, conversation_id) WHERE kind = 'front-desk' AND left_at IS NULL;
-- The badge counts only where something is unread; Front desk's seats are held by the practice.
CREATE INDEX seat_unread ON seat (practice_id, coalesce(staff_id, access_id, practice_id)) WHERE unread_since IS NOT NULL;
CREATE INDEX seat_conversation ON seat (practice_id, conversation_id);
CREATE INDEX seat_of_staff ON seat (practice_id, staff_id, last_at DESC) WHERE kind = 'staff';
CREATE INDEX seat_of_access ON seat (practice_id, access_id, last_at DESC) WHERE kind = 'access';
CREATE INDEX seat_of_desk ON seat (practice_id, last_at DESC) WHERE kind = 'front-desk';
SELECT portico_own('seat');

-- When a seat had read how far: one row each time it read on, so that each message can say when it was read.
CREATE TABLE reading (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  seat_id uuid NOT NULL,
  position bigint NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, seat_id, position),
  FOREIGN KEY (practice_id, seat_id) REFERENCES seat (practice_id, id)
);
SELECT portico_own('reading');

-- Words of a message for searching, each led by its practice, so that the index of one practice is never walked
-- for another's words.
CREATE FUNCTION portico_words(practice uuid, body text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN array_to_tsvector(ARRAY(
    SELECT DISTINCT left(replace(practice::text, '-', ''), 16) || lexeme
    FROM unnest(to_tsvector('simple'::regconfig, left(body, 10000)))));

CREATE TABLE message (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  position bigint NOT NULL,
  seat_id uuid NOT NULL,
  sender_staff_id uuid,
  body text NOT NULL CHECK (char_length(body) <= 10000),
  files integer NOT NULL DEFAULT 0,
  automatic text NOT NULL DEFAULT '' CHECK (automatic IN ('', 'away', 'hours')),
  sent_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  deleted_at timestamptz,
  deleted_by uuid,
  words tsvector GENERATED ALWAYS AS (
    CASE WHEN withdrawn_at IS NULL AND deleted_at IS NULL THEN portico_words(practice_id, body) END) STORED,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, conversation_id, position),
  FOREIGN KEY (practice_id, conversation_id) REFERENCES conversation (practice_id, id),
  FOREIGN KEY (practice_id, seat_id) REFERENCES seat (practice_id, id),
  FOREIGN KEY (practice_id, sender_staff_id) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX message_words ON message USING gin (words);
SELECT portico_own('message');

-- A table of its own, so that no query of the client side can meet one.
CREATE TABLE internal_note (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  conversation_id uuid NOT NULL,
  position bigint NOT NULL,
  staff_id uuid NOT NULL,
  body text NOT NULL CHECK (char_length(body) <= 10000),
  added_at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, conversation_id, position),
  FOREIGN KEY (practice_id, conversation_id) REFERENCES conversation (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
SELECT portico_own('internal_note');

CREATE TABLE message_file (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  message_id uuid NOT NULL,
  file_id uuid NOT NULL,
  place smallint NOT NULL,
  PRIMARY KEY (practice_id, message_id, file_id),
  FOREIGN KEY (practice_id, message_id) REFERENCES message (practice_id, id),
  FOREIGN KEY (practice_id, file_id) REFERENCES file (practice_id, id)
);
SELECT portico_own('message_file');

CREATE TABLE draft (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  login_id uuid NOT NULL,
  side text NOT NULL,
  conversation_id uuid NOT NULL,
  body text NOT NULL CHECK (char_length(body) <= 10000),
  saved_at timestamptz NOT NULL,
  PRIMARY KEY (practice_id, login_id, side, conversation_id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, conversation_id) REFERENCES conversation (practice_id, id)
);
SELECT portico_own('draft');

CREATE TABLE saved_reply (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  staff_id uuid,
  title text NOT NULL,
  body text NOT NULL CHECK (char_length(body) <= 10000),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX saved_reply_staff ON saved_reply (practice_id, staff_id);
SELECT portico_own('saved_reply');

CREATE TABLE away (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  cover_id uuid,
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  text text NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (practice_id, id),
  CHECK (ends_at > starts_at AND cover_id <> staff_id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, cover_id) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX away_staff ON away (practice_id, staff_id, ends_at) WHERE ended_at IS NULL;
SELECT portico_own('away');

-- Weekly office hours in the practice's zone; weekday 0 is Monday. Those of the practice (staff_id null) hold for every
-- member without rows of their own; without any, messages are answered at all hours.
CREATE TABLE office_hours (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
  opens time NOT NULL,
  closes time NOT NULL CHECK (closes > opens),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX office_hours_staff ON office_hours (practice_id, staff_id);
SELECT portico_own('office_hours');

CREATE TABLE office_hours_answer (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid,
  text text NOT NULL,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
CREATE UNIQUE INDEX office_hours_answer_of ON office_hours_answer (practice_id, coalesce(staff_id, practice_id));
SELECT portico_own('office_hours_answer');

-- One row for each streak of unread messages of one seat and person: the first unread message starts it.
CREATE TABLE unread_streak (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  seat_id uuid NOT NULL,
  login_id uuid NOT NULL,
  first_position bigint NOT NULL,
  due_at timestamptz NOT NULL,
  mailed_at timestamptz,
  ended_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, seat_id) REFERENCES seat (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE UNIQUE INDEX unread_streak_open ON unread_streak (practice_id, seat_id, login_id) WHERE ended_at IS NULL;
SELECT portico_own('unread_streak');

CREATE TABLE outgoing_mail (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  kind text NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts integer NOT NULL DEFAULT 0,
  leased_until timestamptz,
  accepted_at timestamptz,
  dropped_at timestamptz,
  failed_at timestamptz,
  failure text NOT NULL DEFAULT '',
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE INDEX outgoing_mail_login ON outgoing_mail (practice_id, login_id, created_at);
CREATE INDEX outgoing_mail_failed ON outgoing_mail (practice_id, failed_at) WHERE failed_at IS NOT NULL;
SELECT portico_own('outgoing_mail');

-- Search runs as portico_search: under the policy an operator that is not leakproof (@@) uses no index.
-- The function filters by practice itself and its search path is fixed.
CREATE POLICY search ON message FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON seat FOR SELECT TO portico_search USING (true);
GRANT SELECT ON message, seat TO portico_search;

CREATE FUNCTION search_messages(terms text, staff uuid, desk boolean, accesses uuid[], senders uuid[], most integer)
RETURNS TABLE (message_id uuid, conversation_id uuid) LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT DISTINCT ON (m.sent_at, m.id) m.id, m.conversation_id
  FROM public.message m
  JOIN public.seat s ON s.practice_id = m.practice_id AND s.conversation_id = m.conversation_id
    AND (s.staff_id = staff OR s.access_id = ANY (accesses) OR (desk AND s.kind = 'front-desk'))
    AND m.position > s.from_position AND (s.until_position IS NULL OR m.position <= s.until_position)
  WHERE m.practice_id = nullif(current_setting('portico.practice', true), '')::uuid
    AND m.words @@ terms::tsquery
    AND (senders IS NULL OR m.seat_id = ANY (senders))
  ORDER BY m.sent_at DESC, m.id DESC
  LIMIT most
$$;
GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION search_messages(text, uuid, boolean, uuid[], uuid[], integer) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;
REVOKE ALL ON FUNCTION search_messages(text, uuid, boolean, uuid[], uuid[], integer) FROM PUBLIC;
