-- Second factors, passkeys, remembered devices.
SELECT 1;
