-- Blocks that repeat: a row a time, so that whatever reads blocks finds each of them, and one can be moved or taken back
-- alone. What was added together has one series_id; every n-th week.
ALTER TABLE calendar_block
  ADD COLUMN series_id uuid,
  ADD COLUMN every_weeks smallint CHECK (every_weeks BETWEEN 1 AND 8),
  ADD CHECK ((series_id IS NULL) = (every_weeks IS NULL));
CREATE INDEX calendar_block_series ON calendar_block (practice_id, series_id) WHERE series_id IS NOT NULL;
-- Many are to come by now: the days asked for are found in the index alone.
DROP INDEX calendar_block_end;
CREATE INDEX calendar_block_end ON calendar_block (practice_id, ends_at, starts_at);
