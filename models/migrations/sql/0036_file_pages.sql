-- A page of files costs what it shows, however many files there are, of this client or of others.

-- `own`: given to who brought the file. All other grants of a portal access are what the practice shared.
ALTER TABLE file_grant ADD own boolean NOT NULL DEFAULT false;
SELECT portico_for_each_practice($$UPDATE file_grant g SET own = true FROM portal_access a, file f
  WHERE g.holder = 'access' AND a.id = g.holder_id AND f.id = g.file_id AND f.login_id = a.login_id$$);
DROP INDEX file_grant_holder;
CREATE INDEX file_grant_holder ON file_grant (practice_id, holder, holder_id, file_id);
CREATE INDEX file_grant_shared ON file_grant (practice_id, holder_id, file_id)
  WHERE holder = 'access' AND until IS NULL AND NOT own;

-- One index for each list that is shown, in the order in which it is shown.
CREATE INDEX client_file_brought ON client_file (practice_id, client_id, id)
  WHERE source <> 'message' AND removed_at IS NULL AND deleted_at IS NULL;
CREATE INDEX client_file_saved ON client_file (practice_id, client_id, id)
  WHERE source = 'message' AND removed_at IS NULL AND deleted_at IS NULL;
CREATE INDEX client_file_deleted ON client_file (practice_id, client_id, id)
  WHERE deleted_at IS NOT NULL AND removed_at IS NULL;
CREATE INDEX client_file_new ON client_file (practice_id, client_id)
  WHERE seen_at IS NULL AND source <> 'message' AND removed_at IS NULL AND deleted_at IS NULL;
DROP INDEX client_file_folder;
CREATE INDEX client_file_folder ON client_file (practice_id, folder_id, id) WHERE folder_id IS NOT NULL;

-- A tag knows the client, so that a client's tags are told apart from those of all others by one index.
ALTER TABLE file_tag ADD client_id uuid;
SELECT portico_for_each_practice($$UPDATE file_tag t SET client_id = k.client_id FROM client_file k
  WHERE k.id = t.client_file_id$$);
ALTER TABLE file_tag ALTER client_id SET NOT NULL,
  ADD FOREIGN KEY (practice_id, client_id) REFERENCES client (practice_id, id);
CREATE INDEX file_tag_named ON file_tag (practice_id, client_id, name, client_file_id);
SELECT portico_of_client('file_tag');
