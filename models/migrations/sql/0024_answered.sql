-- Answered requests stay findable, the last one first.
CREATE INDEX booking_request_decided ON booking_request (practice_id, decided_at DESC, id DESC)
  WHERE decided_at IS NOT NULL;
