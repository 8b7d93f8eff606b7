-- Files in the record of a client, uploads that go on after a lost line, and how much room there is.

-- `client_id`: whose room it takes; NULL: only the practice's.
ALTER TABLE file ADD client_id uuid, ADD FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id);
CREATE INDEX file_grant_holder ON file_grant (practice_id, holder, holder_id);

-- Bytes that are kept, counted as files come and go: for each client, and under the practice's own id for all.
CREATE TABLE file_usage (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  client_id uuid NOT NULL,
  bytes bigint NOT NULL DEFAULT 0,
  files integer NOT NULL DEFAULT 0,
  PRIMARY KEY (practice_id, client_id)
);
SELECT portico_own('file_usage');

CREATE FUNCTION portico_count_file(client uuid, by_bytes bigint, by_files integer) RETURNS void LANGUAGE sql AS $$
  INSERT INTO file_usage AS u (client_id, bytes, files) VALUES (client, by_bytes, by_files)
  ON CONFLICT (practice_id, client_id) DO UPDATE SET bytes = u.bytes + excluded.bytes, files = u.files + excluded.files
$$;

-- The practice first, then the client: whoever waits for both waits in this order.
CREATE FUNCTION portico_count_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND OLD.refused_at IS NULL THEN
    PERFORM portico_count_file(OLD.practice_id, -OLD.size, -1);
    IF OLD.client_id IS NOT NULL THEN PERFORM portico_count_file(OLD.client_id, -OLD.size, -1); END IF;
  END IF;
  IF TG_OP <> 'DELETE' AND NEW.refused_at IS NULL THEN
    PERFORM portico_count_file(NEW.practice_id, NEW.size, 1);
    IF NEW.client_id IS NOT NULL THEN PERFORM portico_count_file(NEW.client_id, NEW.size, 1); END IF;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER file_counted AFTER INSERT OR DELETE OR UPDATE OF refused_at, client_id ON file
  FOR EACH ROW EXECUTE FUNCTION portico_count_files();
SELECT portico_for_each_practice($$INSERT INTO file_usage (client_id, bytes, files)
  SELECT portico_here(), coalesce(sum(size), 0), count(*) FROM file WHERE refused_at IS NULL$$);

-- How much a file, a client and the practice may take. No row: as it comes (models/files/room.py).
CREATE TABLE file_settings (
  practice_id uuid PRIMARY KEY DEFAULT portico_here() REFERENCES practice (id),
  most_file bigint NOT NULL CHECK (most_file > 0),
  most_client bigint NOT NULL CHECK (most_client >= most_file),
  most_practice bigint NOT NULL CHECK (most_practice >= most_client),
  version integer NOT NULL DEFAULT 1
);
SELECT portico_own('file_settings');

-- A file on its way in, in pieces. `access_id`, `client_id`: it goes to this client's files, brought by this access;
-- NULL: it is only the person's own until they send it. `room_id`: the client whose room it takes. `whole_at`: all bytes are here and are being checked; then it
-- becomes a file, or is refused with the reason. `storage_key`: where the file will lie.
CREATE TABLE upload (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  login_id uuid NOT NULL,
  access_id uuid,
  client_id uuid,
  room_id uuid,
  key uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  size bigint NOT NULL CHECK (size > 0),
  received bigint NOT NULL DEFAULT 0 CHECK (received >= 0 AND received <= size),
  storage_key text NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ends_at timestamptz NOT NULL,
  whole_at timestamptz,
  file_id uuid,
  refused_at timestamptz,
  code text NOT NULL DEFAULT '',
  reason text NOT NULL DEFAULT '',
  PRIMARY KEY (practice_id, id),
  UNIQUE (practice_id, login_id, key),
  CHECK ((access_id IS NULL) = (client_id IS NULL)),
  CHECK (file_id IS NULL OR refused_at IS NULL),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, room_id) REFERENCES client (practice_id, id)
);
CREATE INDEX upload_access ON upload (practice_id, access_id) WHERE access_id IS NOT NULL;
CREATE INDEX upload_client ON upload (practice_id, client_id) WHERE client_id IS NOT NULL;
CREATE INDEX upload_open ON upload (practice_id) WHERE file_id IS NULL AND refused_at IS NULL;
SELECT portico_own('upload');

CREATE TABLE upload_piece (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  upload_id uuid NOT NULL,
  starts bigint NOT NULL CHECK (starts >= 0),
  size integer NOT NULL CHECK (size > 0),
  storage_key text NOT NULL,
  PRIMARY KEY (practice_id, upload_id, starts),
  FOREIGN KEY (practice_id, upload_id) REFERENCES upload (practice_id, id)
);
SELECT portico_own('upload_piece');

CREATE TABLE file_folder (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  created_by uuid,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, created_by) REFERENCES staff_member (practice_id, id)
);
CREATE UNIQUE INDEX file_folder_once ON file_folder (practice_id, client_id, lower(name));
SELECT portico_own('file_folder');

-- A file in the record of a client. `access_id`: the person who brought it; `staff_id`: who saved it from a message.
-- Its id is the subject of its grants. `removed_at`: by who brought it; `deleted_at`: by staff, with the reason.
CREATE TABLE client_file (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  id uuid NOT NULL,
  client_id uuid NOT NULL,
  file_id uuid NOT NULL,
  access_id uuid,
  staff_id uuid,
  source text NOT NULL CHECK (source IN ('upload', 'request', 'message')),
  name text NOT NULL CHECK (name <> ''),
  folder_id uuid,
  kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at timestamptz,
  seen_by uuid,
  removed_at timestamptz,
  deleted_at timestamptz,
  deleted_by uuid,
  delete_reason text NOT NULL DEFAULT '',
  PRIMARY KEY (practice_id, id),
  CHECK ((access_id IS NULL) = (source = 'message')),
  FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id),
  FOREIGN KEY (practice_id, access_id) REFERENCES portal_access (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, folder_id) REFERENCES file_folder (practice_id, id),
  FOREIGN KEY (practice_id, seen_by) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, deleted_by) REFERENCES staff_member (practice_id, id)
);
CREATE INDEX client_file_client ON client_file (practice_id, client_id, id);
CREATE INDEX client_file_access ON client_file (practice_id, access_id, id);
CREATE INDEX client_file_file ON client_file (practice_id, file_id);
CREATE INDEX client_file_folder ON client_file (practice_id, folder_id) WHERE folder_id IS NOT NULL;
-- What stands in the record already is not saved a second time.
CREATE UNIQUE INDEX client_file_once ON client_file (practice_id, client_id, file_id)
  WHERE removed_at IS NULL AND deleted_at IS NULL;
SELECT portico_own('client_file');

CREATE TABLE file_tag (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  client_file_id uuid NOT NULL,
  name text NOT NULL CHECK (name <> ''),
  PRIMARY KEY (practice_id, client_file_id, name),
  FOREIGN KEY (practice_id, client_file_id) REFERENCES client_file (practice_id, id)
);
SELECT portico_own('file_tag');

-- Nothing comes to a record a moment after it was merged into another.
SELECT portico_of_client('client_file');
SELECT portico_of_client('file_folder');
SELECT portico_of_client('upload');
SELECT portico_of_client('file');

-- What clients do by themselves is switched on by the practice: it comes switched off.
SELECT portico_for_each_practice($$UPDATE practice_profile
  SET features_off = array_append(features_off, 'client-uploads') WHERE 'client-uploads' <> ALL (features_off)$$);
