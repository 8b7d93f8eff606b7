-- The language a contact would like to be spoken and written to in; a client's own stands in their record.
ALTER TABLE contact ADD language text NOT NULL DEFAULT '';
