-- transit: a page in between, which Affise tells from a landing.
ALTER TABLE landing_page
  ADD COLUMN transit BOOLEAN NOT NULL DEFAULT FALSE;
