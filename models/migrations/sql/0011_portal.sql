-- Invitations to the portal, and onboarding.
SELECT 1;
