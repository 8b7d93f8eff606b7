-- Indexes for questions that were asked without one. Of 50,000 clients with 30,000 contacts, the page that starts a
-- conversation sorted all contacts before it showed the first 40.
CREATE INDEX contact_name ON contact (practice_id, name);
CREATE INDEX client_contact_contact ON client_contact (practice_id, contact_id);
-- What somebody uploaded and never shared: how much that is, is asked at each upload.
CREATE INDEX file_of_login ON file (practice_id, login_id, created_at) WHERE refused_at IS NULL;
