-- The log of posts shows the exact answer: what a sender was told who could not wait until his event was decided
-- (an outcome of tbl/outcomes.h); NULL: that of the outcome.
ALTER TABLE event_log
  ADD COLUMN answered TINYINT UNSIGNED NULL;
