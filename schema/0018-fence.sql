-- Turned by whoever must not overlap with a booking: a booking moves pos of its row first of all, so the two
-- wait for each other, and on Galera one of them fails and runs again.
ALTER TABLE fold_position ADD COLUMN turn BIGINT UNSIGNED NOT NULL DEFAULT 0;
