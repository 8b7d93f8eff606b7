-- What a practice says of itself, and where it is found.
SELECT 1;
