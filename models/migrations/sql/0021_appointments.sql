-- Appointments: what is offered, when people work, and one row a time under a constraint that refuses a second.
CREATE EXTENSION IF NOT EXISTS btree_gist;

-- How a practice lets itself be booked, what a cancellation costs, what reminds. Fees in cents, times before an
-- appointment in hours, NULL: no limit. Each section is saved with a version of its own.
CREATE TABLE booking_settings (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  notice_minutes integer NOT NULL DEFAULT 1440 CHECK (notice_minutes BETWEEN 0 AND 129600),
  horizon_days smallint DEFAULT 60 CHECK (horizon_days BETWEEN 1 AND 730),
  horizon_until date,
  slot_minutes smallint NOT NULL DEFAULT 30 CHECK (slot_minutes IN (5, 10, 15, 20, 30, 60)),
  max_day smallint CHECK (max_day > 0),
  max_week smallint CHECK (max_week > 0),
  max_upcoming smallint CHECK (max_upcoming > 0),
  avoid_gaps boolean NOT NULL DEFAULT false,
  holiday_country text NOT NULL DEFAULT '',
  holiday_region text NOT NULL DEFAULT '',
  working_holidays date[] NOT NULL DEFAULT '{}',
  rules_version integer NOT NULL DEFAULT 1,
  late_hours smallint DEFAULT 24 CHECK (late_hours BETWEEN 0 AND 720),
  closed_hours smallint CHECK (closed_hours BETWEEN 0 AND 720),
  reason text NOT NULL DEFAULT 'optional' CHECK (reason IN ('no', 'optional', 'required')),
  attended_at_day_end boolean NOT NULL DEFAULT false,
  policy_version integer NOT NULL DEFAULT 1,
  late_fee_cents integer NOT NULL DEFAULT 0 CHECK (late_fee_cents BETWEEN 0 AND 10000000),
  no_show_fee_cents integer NOT NULL DEFAULT 0 CHECK (no_show_fee_cents BETWEEN 0 AND 10000000),
  fees_version integer NOT NULL DEFAULT 1,
  reminders smallint[] NOT NULL DEFAULT '{48}' CHECK (cardinality(reminders) <= 3),
  reminders_version integer NOT NULL DEFAULT 1
);
SELECT portico_own('booking_settings');

CREATE TABLE service (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  description text NOT NULL DEFAULT '',
  kind text NOT NULL DEFAULT 'individual' CHECK (kind IN ('individual', 'couple', 'family', 'group')),
  capacity smallint NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 100),
  colour text NOT NULL DEFAULT 'a' CHECK (colour ~ '^[a-h]$'),
  code text NOT NULL DEFAULT '',
  modes text[] NOT NULL DEFAULT '{in-person}'
    CHECK (cardinality(modes) > 0 AND modes <@ '{in-person,phone,video}'::text[]),
  video_link text NOT NULL DEFAULT '',
  buffer_before smallint NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 240),
  buffer_after smallint NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 240),
  bookable text NOT NULL DEFAULT 'nobody' CHECK (bookable IN ('nobody', 'existing', 'everyone')),
  confirm text NOT NULL DEFAULT 'request' CHECK (confirm IN ('instant', 'request', 'instant-beyond')),
  instant_beyond_days smallint CHECK (instant_beyond_days BETWEEN 1 AND 365),
  questions jsonb NOT NULL DEFAULT '[]',
  late_fee_cents integer CHECK (late_fee_cents BETWEEN 0 AND 10000000),
  no_show_fee_cents integer CHECK (no_show_fee_cents BETWEEN 0 AND 10000000),
  own_policy boolean NOT NULL DEFAULT false,
  late_hours smallint CHECK (late_hours BETWEEN 0 AND 720),
  closed_hours smallint CHECK (closed_hours BETWEEN 0 AND 720),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  archived_at timestamptz,
  PRIMARY KEY (practice_id, id),
  CHECK (confirm <> 'instant-beyond' OR instant_beyond_days IS NOT NULL)
);
CREATE UNIQUE INDEX service_offered_name ON service (practice_id, lower(name)) WHERE archived_at IS NULL;
SELECT portico_own('service');

-- The durations of a service, each with its fee (NULL: none is named).
CREATE TABLE service_length (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  service_id uuid NOT NULL,
  minutes smallint NOT NULL CHECK (minutes BETWEEN 5 AND 720),
  fee_cents integer CHECK (fee_cents BETWEEN 0 AND 10000000),
  PRIMARY KEY (practice_id, service_id, minutes),
  FOREIGN KEY (practice_id, service_id) REFERENCES service (practice_id, id)
);
SELECT portico_own('service_length');

-- Who offers it.
CREATE TABLE service_offer (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  service_id uuid NOT NULL,
  staff_id uuid NOT NULL,
  PRIMARY KEY (practice_id, service_id, staff_id),
  FOREIGN KEY (practice_id, service_id) REFERENCES service (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX service_offer_staff ON service_offer (practice_id, staff_id);
SELECT portico_own('service_offer');

CREATE TABLE room (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  location_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, location_id) REFERENCES location (practice_id, id)
);
CREATE UNIQUE INDEX room_open_name ON room (practice_id, location_id, lower(name)) WHERE closed_at IS NULL;
SELECT portico_own('room');

-- Of one practitioner; NULL: as the practice has it. `online`: clients may book them; `new_clients`: newcomers too.
CREATE TABLE practitioner_booking (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  staff_id uuid NOT NULL,
  online boolean NOT NULL DEFAULT false,
  new_clients boolean NOT NULL DEFAULT false,
  about text NOT NULL DEFAULT '',
  video_link text NOT NULL DEFAULT '',
  notice_minutes integer CHECK (notice_minutes BETWEEN 0 AND 129600),
  horizon_days smallint CHECK (horizon_days BETWEEN 1 AND 730),
  slot_minutes smallint CHECK (slot_minutes IN (5, 10, 15, 20, 30, 60)),
  max_day smallint CHECK (max_day > 0),
  max_week smallint CHECK (max_week > 0),
  avoid_gaps boolean,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (practice_id, staff_id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
SELECT portico_own('practitioner_booking');

-- Weekly hours in the practice's own time, Monday is 0, minutes from midnight, half-open. Every n-th week, counted from
-- the Monday of the week of `valid_from`. Without a location: by phone and video only.
CREATE TABLE weekly_hours (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  location_id uuid,
  weekday smallint NOT NULL CHECK (weekday BETWEEN 0 AND 6),
  from_minute smallint NOT NULL CHECK (from_minute >= 0),
  until_minute smallint NOT NULL CHECK (until_minute <= 1440),
  valid_from date NOT NULL,
  valid_until date,
  every_weeks smallint NOT NULL DEFAULT 1 CHECK (every_weeks BETWEEN 1 AND 8),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, location_id) REFERENCES location (practice_id, id),
  CHECK (from_minute < until_minute),
  CHECK (valid_until >= valid_from)
);
CREATE INDEX weekly_hours_staff ON weekly_hours (practice_id, staff_id);
SELECT portico_own('weekly_hours');

-- Other hours on one day: any row of a day stands in place of the weekly ones, and 0 to 0 says that nobody is there.
CREATE TABLE day_hours (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  day date NOT NULL,
  location_id uuid,
  from_minute smallint NOT NULL CHECK (from_minute >= 0),
  until_minute smallint NOT NULL CHECK (until_minute <= 1440),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, location_id) REFERENCES location (practice_id, id),
  CHECK (from_minute < until_minute OR (from_minute = 0 AND until_minute = 0))
);
CREATE INDEX day_hours_day ON day_hours (practice_id, staff_id, day);
SELECT portico_own('day_hours');

-- Time that nobody can book: of one practitioner, of a room, or (neither) of the whole practice.
CREATE TABLE calendar_block (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid,
  room_id uuid,
  kind text NOT NULL CHECK (kind IN ('time-off', 'block')),
  title text NOT NULL DEFAULT '',
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, room_id) REFERENCES room (practice_id, id),
  CHECK (starts_at < ends_at)
);
CREATE INDEX calendar_block_end ON calendar_block (practice_id, ends_at);
SELECT portico_own('calendar_block');

-- A wish to come, until somebody of the practice decides. The time itself is an appointment in state `requested`; times
-- that the practice proposes instead are appointments in state `offered`. Without client_id it is a newcomer's, whose
-- data are erased 30 days after a no.
CREATE TABLE booking_request (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  client_id uuid,
  login_id uuid,
  for_whom text NOT NULL DEFAULT 'self' CHECK (for_whom IN ('self', 'child', 'couple')),
  first_name text NOT NULL DEFAULT '',
  last_name text NOT NULL DEFAULT '',
  email text NOT NULL DEFAULT '',
  phone text NOT NULL DEFAULT '',
  other_first_name text NOT NULL DEFAULT '',
  other_last_name text NOT NULL DEFAULT '',
  other_born_on date,
  relation text NOT NULL DEFAULT '',
  message text NOT NULL DEFAULT '',
  answers jsonb NOT NULL DEFAULT '[]',
  state text NOT NULL DEFAULT 'open'
    CHECK (state IN ('open', 'countered', 'accepted', 'declined', 'withdrawn', 'expired')),
  handled_by uuid,
  handled_since timestamptz,
  reply text NOT NULL DEFAULT '',
  offer_hash bytea,
  expires_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  decided_at timestamptz,
  decided_by uuid,
  erased_at timestamptz,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, handled_by) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, decided_by) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX booking_request_waiting ON booking_request (practice_id, created_at) WHERE state IN ('open', 'countered');
CREATE INDEX booking_request_client ON booking_request (practice_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX booking_request_kept ON booking_request (practice_id, decided_at)
  WHERE client_id IS NULL AND erased_at IS NULL AND state IN ('declined', 'withdrawn', 'expired');
SELECT portico_own('booking_request');
SELECT portico_of_client('booking_request');

-- One row a time: a hold while somebody fills in a form, a request, a time proposed in its place, an appointment.
-- `busy` is kept by a trigger: the time with its buffers. Padded times must not overlap, so buffers add up.
CREATE TABLE appointment (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  state text NOT NULL CHECK (state IN ('hold', 'requested', 'offered', 'scheduled', 'cancelled', 'declined')),
  staff_id uuid NOT NULL,
  service_id uuid,
  location_id uuid,
  room_id uuid,
  mode text NOT NULL DEFAULT 'in-person' CHECK (mode IN ('in-person', 'phone', 'video')),
  video_link text NOT NULL DEFAULT '',
  starts_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  buffer_before smallint NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 240),
  buffer_after smallint NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 240),
  busy tstzrange NOT NULL DEFAULT 'empty',
  overlap_ok boolean NOT NULL DEFAULT false,
  kind text NOT NULL DEFAULT 'individual' CHECK (kind IN ('individual', 'couple', 'family', 'group')),
  capacity smallint NOT NULL DEFAULT 1 CHECK (capacity BETWEEN 1 AND 100),
  fee_cents integer CHECK (fee_cents BETWEEN 0 AND 10000000),
  code text NOT NULL DEFAULT '',
  note text NOT NULL DEFAULT '',
  request_id uuid,
  held_until timestamptz,
  held_by uuid,
  hold_secret bytea,
  undo_until timestamptz,
  made_by uuid,
  made_side text NOT NULL CHECK (made_side IN ('desk', 'portal', 'public')),
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  cancelled_at timestamptz,
  sequence integer NOT NULL DEFAULT 0,
  version integer NOT NULL DEFAULT 1,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, service_id) REFERENCES service (practice_id, id),
  FOREIGN KEY (practice_id, location_id) REFERENCES location (practice_id, id),
  FOREIGN KEY (practice_id, room_id) REFERENCES room (practice_id, id),
  FOREIGN KEY (practice_id, request_id) REFERENCES booking_request (practice_id, id),
  CHECK (starts_at < ends_at),
  CHECK (state <> 'hold' OR held_until IS NOT NULL),
  CONSTRAINT appointment_practitioner_once EXCLUDE USING gist
    (practice_id WITH =, staff_id WITH =, busy WITH &&)
    WHERE (state IN ('hold', 'requested', 'offered', 'scheduled') AND NOT overlap_ok),
  CONSTRAINT appointment_room_once EXCLUDE USING gist
    (practice_id WITH =, room_id WITH =, busy WITH &&)
    WHERE (room_id IS NOT NULL AND state IN ('hold', 'requested', 'offered', 'scheduled') AND NOT overlap_ok)
);
-- A calendar asks for what ends after its first moment and starts before its last; nothing lasts longer than 12 hours
-- and its buffers, so both are bounds on starts_at. Cancelled and past ones cost nothing beyond the answer.
CREATE INDEX appointment_start ON appointment (practice_id, starts_at);
CREATE INDEX appointment_staff ON appointment (practice_id, staff_id, starts_at);
CREATE INDEX appointment_room ON appointment (practice_id, room_id, starts_at) WHERE room_id IS NOT NULL;
CREATE INDEX appointment_request ON appointment (practice_id, request_id) WHERE request_id IS NOT NULL;
CREATE INDEX appointment_held ON appointment (practice_id, held_until) WHERE state IN ('hold', 'offered');
SELECT portico_own('appointment');

-- timestamptz minus an interval is not immutable, so this cannot be a generated column. 8 hours of buffers and 12 of
-- appointment are the longest there is (checked by the rules above and by the verbs).
CREATE FUNCTION portico_appointment_busy() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.busy := tstzrange(NEW.starts_at - make_interval(mins => NEW.buffer_before),
    NEW.ends_at + make_interval(mins => NEW.buffer_after), '[)');
  RETURN NEW;
END $$;
CREATE TRIGGER busy BEFORE INSERT OR UPDATE ON appointment FOR EACH ROW EXECUTE FUNCTION portico_appointment_busy();

-- Who comes: one row a client, with their own cancellation, fee and outcome. `policy` is what was in force when they
-- cancelled or stayed away, `fee_cents` what it cost then (NULL: nothing was charged); a waiver keeps the amount and
-- says who gave it, and why. `diagnoses` freeze with the outcome. `news_at`: when it last changed for whom it is about, by
-- the side `news_side`; `told`: what mails said last, and when; `reminder_state`: what became of the last reminder.
CREATE TABLE attendance (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  appointment_id uuid NOT NULL,
  client_id uuid NOT NULL,
  state text NOT NULL DEFAULT 'booked'
    CHECK (state IN ('booked', 'cancelled', 'late-cancelled', 'attended', 'no-show')),
  booked_by uuid,
  booked_side text NOT NULL CHECK (booked_side IN ('desk', 'portal', 'public')),
  booked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  answers jsonb NOT NULL DEFAULT '[]',
  confirmed_at timestamptz,
  cancelled_at timestamptz,
  cancelled_by uuid,
  cancelled_side text CHECK (cancelled_side IN ('desk', 'portal')),
  reason text NOT NULL DEFAULT '',
  outcome_at timestamptz,
  policy jsonb,
  fee_cents integer CHECK (fee_cents BETWEEN 0 AND 10000000),
  waived_at timestamptz,
  waived_by uuid,
  waiver text NOT NULL DEFAULT '',
  diagnoses jsonb,
  news_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  news_side text NOT NULL DEFAULT '',
  told_at timestamptz,
  told jsonb,
  reminder_state text NOT NULL DEFAULT '' CHECK (reminder_state IN ('', 'sent', 'undelivered')),
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, appointment_id, client_id),
  FOREIGN KEY (practice_id, appointment_id) REFERENCES appointment (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, waived_by) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX attendance_client ON attendance (practice_id, client_id, appointment_id);
-- Who is still to come, and who came but nobody said so: few, however long the history.
CREATE INDEX attendance_open ON attendance (practice_id, appointment_id) WHERE state = 'booked';
SELECT portico_own('attendance');
SELECT portico_of_client('attendance');

-- A reminder that was sent, or counts as sent: one for each time and number of hours before it, whatever happens.
CREATE TABLE reminder (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  attendance_id uuid NOT NULL,
  starts_at timestamptz NOT NULL,
  hours smallint NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, attendance_id, starts_at, hours),
  FOREIGN KEY (practice_id, attendance_id) REFERENCES attendance (practice_id, id)
);
SELECT portico_own('reminder');

-- Practices in which a reminder is due and not sent, for those alone. One that comes later than half its hours, or 12,
-- reminds nobody any more; nor does one whose moment had passed when the time was booked or moved.
CREATE POLICY search ON booking_settings FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON appointment FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON attendance FOR SELECT TO portico_search USING (true);
CREATE POLICY search ON reminder FOR SELECT TO portico_search USING (true);
GRANT SELECT (practice_id, reminders) ON booking_settings TO portico_search;
GRANT SELECT (practice_id, id, state, starts_at) ON appointment TO portico_search;
GRANT SELECT (practice_id, id, appointment_id, state, news_at) ON attendance TO portico_search;
GRANT SELECT (practice_id, attendance_id, starts_at, hours) ON reminder TO portico_search;
CREATE FUNCTION practices_with_due_reminders(late interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT b.practice_id FROM public.booking_settings b WHERE EXISTS (
    SELECT FROM unnest(b.reminders) AS h (hours) JOIN public.appointment a ON a.practice_id = b.practice_id
      AND a.starts_at > now() + make_interval(hours => h.hours) - least(late, make_interval(hours => h.hours) / 2)
      AND a.starts_at <= now() + make_interval(hours => h.hours) AND a.state = 'scheduled'
    JOIN public.attendance t ON t.practice_id = a.practice_id AND t.appointment_id = a.id AND t.state = 'booked'
      AND t.news_at <= a.starts_at - make_interval(hours => h.hours)
    WHERE NOT EXISTS (SELECT FROM public.reminder r WHERE r.practice_id = t.practice_id AND r.attendance_id = t.id
      AND r.starts_at = a.starts_at AND r.hours = h.hours))
$$;
GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION practices_with_due_reminders(interval) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;

-- Practices in which what has no outcome counts as attended once the day has ended there, and where such a day ended
-- within the last `age`.
GRANT SELECT (practice_id, attended_at_day_end) ON booking_settings TO portico_search;
GRANT SELECT (practice_id, id, state, starts_at, ends_at) ON appointment TO portico_search;
GRANT SELECT (practice_id, appointment_id, state) ON attendance TO portico_search;
CREATE FUNCTION practices_with_ended_days(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT s.practice_id FROM public.booking_settings s JOIN public.practice_profile p USING (practice_id)
  WHERE s.attended_at_day_end AND EXISTS (SELECT FROM public.appointment a
    JOIN public.attendance t ON t.practice_id = a.practice_id AND t.appointment_id = a.id AND t.state = 'booked'
    WHERE a.practice_id = s.practice_id AND a.state = 'scheduled' AND a.starts_at > now() - age
      AND a.starts_at < now() AND a.ends_at <= date_trunc('day', now() AT TIME ZONE p.time_zone) AT TIME ZONE p.time_zone)
$$;
GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION practices_with_ended_days(interval) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;
REVOKE ALL ON FUNCTION practices_with_ended_days(interval) FROM PUBLIC;

-- What became of somebody's whole day at once, with the words that clients read; undone in one step while nothing else
-- changed: `version` is that of the appointment right after, `clients` who came until then, `before` where it stood.
CREATE TABLE calendar_clearing (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  kind text NOT NULL CHECK (kind IN ('cancel', 'move', 'free', 'hand')),
  words text NOT NULL DEFAULT '',
  made_by uuid,
  made_at timestamptz NOT NULL,
  undone_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id)
);
SELECT portico_own('calendar_clearing');

CREATE TABLE calendar_clearing_item (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  clearing_id uuid NOT NULL,
  appointment_id uuid NOT NULL,
  version integer NOT NULL,
  clients uuid[] NOT NULL,
  before jsonb NOT NULL,
  PRIMARY KEY (practice_id, clearing_id, appointment_id),
  FOREIGN KEY (practice_id, clearing_id) REFERENCES calendar_clearing (practice_id, id),
  FOREIGN KEY (practice_id, appointment_id) REFERENCES appointment (practice_id, id)
);
CREATE INDEX calendar_clearing_item_appointment ON calendar_clearing_item (practice_id, appointment_id);
SELECT portico_own('calendar_clearing_item');

-- Never charged for coming late or not at all (as Medicaid asks).
CREATE TABLE client_terms (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  client_id uuid NOT NULL,
  no_fees boolean NOT NULL DEFAULT false,
  PRIMARY KEY (practice_id, client_id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id)
);
SELECT portico_own('client_terms');
SELECT portico_of_client('client_terms');

CREATE TABLE diagnosis (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  code text NOT NULL CHECK (code <> ''),
  title text NOT NULL DEFAULT '',
  from_on date NOT NULL,
  until_on date,
  main boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  CHECK (until_on >= from_on)
);
CREATE INDEX diagnosis_client ON diagnosis (practice_id, client_id);
SELECT portico_own('diagnosis');
SELECT portico_of_client('diagnosis');

-- Six digits that prove a newcomer's address; kept for an hour. The digits are made when the mail leaves.
CREATE TABLE booking_code (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  email text NOT NULL,
  code_hash bytea,
  ends_at timestamptz NOT NULL,
  tries smallint NOT NULL DEFAULT 0,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (practice_id, id)
);
SELECT portico_own('booking_code');

-- Newcomers are written to before they have a login: the address comes from what the mail is about.
ALTER TABLE outgoing_mail ALTER COLUMN login_id DROP NOT NULL;

-- Newcomers' data are erased 30 days after a no.
CREATE POLICY search ON booking_request FOR SELECT TO portico_search USING (true);
GRANT SELECT (practice_id, client_id, decided_at, erased_at, state) ON booking_request TO portico_search;
CREATE FUNCTION practices_with_old_requests(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT p.id FROM public.practice p CROSS JOIN LATERAL (SELECT q.decided_at FROM public.booking_request q
    WHERE q.practice_id = p.id AND q.client_id IS NULL AND q.erased_at IS NULL
      AND q.state IN ('declined', 'withdrawn', 'expired') ORDER BY q.decided_at LIMIT 1) oldest
  WHERE oldest.decided_at < now() - age
$$;
GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION practices_with_old_requests(interval) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;

-- What clients may do by themselves is switched on by the practice: it comes switched off.
SELECT portico_for_each_practice($$UPDATE practice_profile
  SET features_off = features_off || '{cancel-appointments,online-booking}'::text[]$$);
SELECT portico_for_each_practice($$INSERT INTO booking_settings (practice_id) VALUES (portico_here())$$);
