-- Practices in which a reminder is due and not sent, as before. Asked for every five minutes, so each practice costs the
-- appointments of those minutes alone, and not all that are to come: the planner would begin with who is still to come.
GRANT CREATE ON SCHEMA public TO portico_search;
SET ROLE portico_search;
CREATE OR REPLACE FUNCTION practices_with_due_reminders(late interval) RETURNS SETOF uuid LANGUAGE sql STABLE
SECURITY DEFINER SET search_path = pg_catalog, public AS $$
  SELECT b.practice_id FROM public.booking_settings b WHERE EXISTS (
    SELECT FROM unnest(b.reminders) AS h (hours)
    CROSS JOIN LATERAL (SELECT x.id, x.starts_at FROM public.appointment x WHERE x.practice_id = b.practice_id
      AND x.starts_at > now() + make_interval(hours => h.hours) - least(late, make_interval(hours => h.hours) / 2)
      AND x.starts_at <= now() + make_interval(hours => h.hours) AND x.state = 'scheduled' OFFSET 0) a
    CROSS JOIN LATERAL (SELECT y.id FROM public.attendance y WHERE y.practice_id = b.practice_id
      AND y.appointment_id = a.id AND y.state = 'booked'
      AND y.news_at <= a.starts_at - make_interval(hours => h.hours) OFFSET 0) t
    WHERE NOT EXISTS (SELECT FROM public.reminder r WHERE r.practice_id = b.practice_id AND r.attendance_id = t.id
      AND r.starts_at = a.starts_at AND r.hours = h.hours))
$$;
RESET ROLE;
REVOKE CREATE ON SCHEMA public FROM portico_search;
