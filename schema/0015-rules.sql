-- Whom and what a payout rule is for, goals of offers, and the columns in which goals are reported.

-- affiliates, cities: comma lists of account.id and place.id; devices: of desktop, mobile, tablet, ipod; os:
-- comma list of names; sub1 to sub5: the value that must have come with the click.  '' everywhere: no
-- restriction.  pay_*: who else is paid for a goal.
ALTER TABLE payout_rule
  ADD COLUMN affiliates     TEXT NOT NULL DEFAULT '',
  ADD COLUMN cities         TEXT NOT NULL DEFAULT '',
  ADD COLUMN devices        VARCHAR(64) NOT NULL DEFAULT '',
  ADD COLUMN os             TEXT NOT NULL DEFAULT '',
  ADD COLUMN sub1           VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN sub2           VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN sub3           VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN sub4           VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN sub5           VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN pay_managers   BOOLEAN NOT NULL DEFAULT TRUE,
  ADD COLUMN pay_referrals  BOOLEAN NOT NULL DEFAULT TRUE,
  ADD COLUMN pay_partners   BOOLEAN NOT NULL DEFAULT TRUE;

-- A goal as one offer has it: its number is the goalid of commission changes.
CREATE TABLE offer_goal (
  id        INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  offer_id  INT UNSIGNED NOT NULL,
  goal_id   INT UNSIGNED NOT NULL,
  UNIQUE KEY offer_goal_goal (offer_id, goal_id)
);
INSERT INTO offer_goal (offer_id, goal_id)
  SELECT DISTINCT offer_id, goal_id FROM payout_rule WHERE goal_id <> 0 ORDER BY offer_id, goal_id;

-- notify_type: the kind of transaction that affiliates are told, '' the goal itself.
CREATE TABLE goal_column (
  id               INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name             VARCHAR(190) NOT NULL UNIQUE,
  enabled          BOOLEAN NOT NULL DEFAULT TRUE,
  display_revenue  BOOLEAN NOT NULL DEFAULT TRUE,
  admin_only       BOOLEAN NOT NULL DEFAULT FALSE,
  notify_type      ENUM('', 'initial', 'continuity') NOT NULL DEFAULT ''
);
ALTER TABLE goal ADD COLUMN column_id INT UNSIGNED NOT NULL DEFAULT 0;
