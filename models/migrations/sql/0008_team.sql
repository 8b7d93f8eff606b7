-- The team: invitations of staff, links between a person's logins in several practices.
SELECT 1;
