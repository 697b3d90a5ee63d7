-- Prices that hold at certain hours of the week (C1): weekly is what base/weekly.h reads, '' of every other kind.
ALTER TABLE payout_rule
  MODIFY COLUMN kind ENUM('standard', 'disable', 'temporary', 'recurring') NOT NULL DEFAULT 'standard',
  ADD COLUMN weekly VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT '';
