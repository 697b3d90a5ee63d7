-- The log of posts tells what was answered: by whom it was taken (source: enum rec_source of base/record.h), how it
-- came (posted: 1 for POST), and for what never became an event (kind 7) the parameter it was refused for.
ALTER TABLE event_log
  ADD COLUMN source TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN posted BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN refused VARCHAR(190) NOT NULL DEFAULT '';
