-- A passkey that was made in a session which began through a mailbox: what it opens does not go on to another practice.
ALTER TABLE passkey ADD by_mail boolean NOT NULL DEFAULT false;
