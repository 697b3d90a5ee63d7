-- A hash of the browser's details, user agent and languages (E7): surfer_browser() of track/surfer.h.  0: they
-- are not known.
ALTER TABLE click ADD COLUMN browser_hash BIGINT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE click_kept ADD COLUMN browser_hash BIGINT UNSIGNED NOT NULL DEFAULT 0;
