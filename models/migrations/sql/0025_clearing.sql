-- What the practice wrote about a cleared day holds while the appointment stands where the clearing left it. Its
-- sequence says that; its version also counts notes and confirmations. Older rows have none, and compare the version.
ALTER TABLE calendar_clearing_item ADD COLUMN sequence integer;
