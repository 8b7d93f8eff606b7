-- Imported tables wait here until somebody has said what their columns mean and seen what will become of their rows.
-- Bulk loading (COPY) is refused under the policy, so rows come in batches, and into clients in one statement.
CREATE TABLE import_batch (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  id uuid NOT NULL,
  staff_id uuid NOT NULL,
  login_id uuid NOT NULL,
  headings text[] NOT NULL,
  columns jsonb NOT NULL DEFAULT '{}',
  state text NOT NULL DEFAULT 'reading'
    CHECK (state IN ('reading', 'read', 'checking', 'checked', 'importing', 'done', 'dropped')),
  rows integer NOT NULL,
  checked integer NOT NULL DEFAULT 0,
  imported integer NOT NULL DEFAULT 0,
  with_twins boolean NOT NULL DEFAULT false,
  began_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  PRIMARY KEY (practice_id, id),
  FOREIGN KEY (practice_id, staff_id) REFERENCES staff_member (practice_id, id),
  FOREIGN KEY (practice_id, login_id) REFERENCES login (practice_id, id)
);
CREATE INDEX import_batch_age ON import_batch (practice_id, began_at);
SELECT portico_own('import_batch');

-- `twin_id`: a client of the practice who is the same person; `twin_row`: an earlier row of the file that is.
CREATE TABLE import_row (
  practice_id uuid NOT NULL DEFAULT portico_here(),
  batch_id uuid NOT NULL,
  number integer NOT NULL,
  cells text[] NOT NULL,
  facts jsonb NOT NULL DEFAULT '{}',
  problems text[] NOT NULL DEFAULT '{}',
  twin_id uuid,
  twin_row integer,
  client_id uuid NOT NULL,
  PRIMARY KEY (practice_id, batch_id, number),
  FOREIGN KEY (practice_id, batch_id) REFERENCES import_batch (practice_id, id),
  FOREIGN KEY (practice_id, twin_id) REFERENCES client (practice_id, id)
);
SELECT portico_own('import_row');
SELECT portico_of_client('import_row', 'twin_id');

-- What a column meant the last time, by the bare words of its heading.
CREATE TABLE import_column (
  practice_id uuid NOT NULL DEFAULT portico_here() REFERENCES practice (id),
  heading text NOT NULL,
  target text NOT NULL,
  PRIMARY KEY (practice_id, heading)
);
SELECT portico_own('import_column');

-- Rows of other people's files are kept no longer than they are of use.
CREATE POLICY search ON import_batch FOR SELECT TO portico_search USING (true);
GRANT SELECT (practice_id, began_at, state) ON import_batch TO portico_search;
CREATE FUNCTION practices_with_old_imports(age interval) RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public AS $$
  SELECT p.id FROM public.practice p CROSS JOIN LATERAL (SELECT b.began_at FROM public.import_batch b
    WHERE b.practice_id = p.id ORDER BY b.began_at LIMIT 1) oldest
  WHERE oldest.began_at < now() - age
$$;
GRANT CREATE ON SCHEMA public TO portico_search;
ALTER FUNCTION practices_with_old_imports(interval) OWNER TO portico_search;
REVOKE CREATE ON SCHEMA public FROM portico_search;
