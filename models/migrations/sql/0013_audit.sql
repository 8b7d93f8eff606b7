-- Who looked at what.
SELECT 1;
