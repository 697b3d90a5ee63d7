-- Telling the affiliates: what they want to hear, what is still to be said, and what was said.

-- kind: 1 postback, 2 iframe, 3 image, 4 script; the last three stand in the page of an iframe pixel.
-- offer_id NULL: every offer; campaign_id NULL: every campaign.  goal '': any, '1': the base conversion.
-- status: 0 any, 1 confirmed, 2 pending, 3 declined, 4 not_found, 5 hold, 6 by_creating.  events: bits of
-- domain/hook.h.  forced: also beside a narrower one.  moderation: 0 waiting, 1 approved, -1 rejected.
CREATE TABLE hook (
  id           INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  account_id   INT UNSIGNED NOT NULL,
  kind         TINYINT UNSIGNED NOT NULL,
  offer_id     INT UNSIGNED NULL,
  campaign_id  INT UNSIGNED NULL,
  goal         VARCHAR(190) COLLATE utf8mb4_general_nopad_ci NOT NULL DEFAULT '',
  status       TINYINT UNSIGNED NOT NULL DEFAULT 0,
  events       SMALLINT UNSIGNED NOT NULL,
  forced       BOOLEAN NOT NULL DEFAULT FALSE,
  active       BOOLEAN NOT NULL DEFAULT TRUE,
  moderation   TINYINT NOT NULL DEFAULT 1,
  deleted      BOOLEAN NOT NULL DEFAULT FALSE,
  name         VARCHAR(255) NOT NULL DEFAULT '',
  code         TEXT NOT NULL,
  created_us   BIGINT NOT NULL,
  updated_us   BIGINT NOT NULL,
  KEY hook_account (account_id, kind, deleted)
);

-- How an affiliate is told of a goal: 0 as goal, 1 as conversion, 2 as continuity, 3 not at all.
ALTER TABLE goal
  ADD COLUMN notify_type TINYINT UNSIGNED NOT NULL DEFAULT 0;

ALTER TABLE offer
  ADD COLUMN hide_deductions BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN hide_continuities BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN hide_conversions BOOLEAN NOT NULL DEFAULT FALSE;

-- kind: 1 a hook of kind 1 is to be called, 2 a new account, 3 a changed account, 4 a mail, 5 pixels for a page.
-- What is said about one subject is said in the order of `seq`: a conversion's number, an account's (node 0), a
-- notice's (node 65535).  A row is there until it was said or given up; lease_us: nobody else sends it before.
-- told, conv_status, commission, payout: as they were when it was booked; everything else is looked up by its number
-- when it is sent, since it cannot change any more.  commission is his money for the event, payout the conversion's.
DROP TABLE notify_queue;
CREATE TABLE notify_queue (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind          TINYINT UNSIGNED NOT NULL,
  hook_id       INT UNSIGNED NOT NULL DEFAULT 0,
  account_id    INT UNSIGNED NOT NULL DEFAULT 0,
  subject       BIGINT NOT NULL,
  subject_node  SMALLINT UNSIGNED NOT NULL,
  seq           BIGINT NOT NULL,
  txn_us        BIGINT NOT NULL DEFAULT 0,
  txn_node      SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  told          SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  conv_status   TINYINT UNSIGNED NOT NULL DEFAULT 0,
  commission    BIGINT NOT NULL DEFAULT 0,
  payout        BIGINT NOT NULL DEFAULT 0,
  created_us    BIGINT NOT NULL,
  due_us        BIGINT NOT NULL,
  attempts      TINYINT UNSIGNED NOT NULL DEFAULT 0,
  lease_us      BIGINT NOT NULL DEFAULT 0,
  lease_node    SMALLINT UNSIGNED NOT NULL DEFAULT 0,
  UNIQUE KEY notify_once (subject, subject_node, seq, kind, hook_id),
  KEY notify_due (kind, hook_id, due_us),
  KEY notify_lease (lease_node, lease_us)
);

-- Each attempt, and each pixel that was put into a page.  answer: the first 256 bytes; error: why there was none.
CREATE TABLE notify_log (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at_us         BIGINT NOT NULL,
  queue_id      BIGINT UNSIGNED NOT NULL,
  kind          TINYINT UNSIGNED NOT NULL,
  hook_id       INT UNSIGNED NOT NULL,
  account_id    INT UNSIGNED NOT NULL,
  offer_id      INT UNSIGNED NOT NULL DEFAULT 0,
  goal_id       INT UNSIGNED NOT NULL DEFAULT 0,
  subject       BIGINT NOT NULL,
  subject_node  SMALLINT UNSIGNED NOT NULL,
  conv_status   TINYINT UNSIGNED NOT NULL DEFAULT 0,
  attempt       TINYINT UNSIGNED NOT NULL,
  http_code     SMALLINT UNSIGNED NOT NULL,
  given_up      BOOLEAN NOT NULL DEFAULT FALSE,
  url           TEXT NOT NULL,
  answer        VARBINARY(256) NOT NULL DEFAULT '',
  error         VARCHAR(255) NOT NULL DEFAULT '',
  KEY notify_log_at (at_us),
  KEY notify_log_account (account_id, at_us),
  KEY notify_log_subject (subject, subject_node)
);

-- What the server has to say to a person, by mail.  email '': the account's.  queued_us: it is in notify_queue.
CREATE TABLE notice (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  created_us  BIGINT NOT NULL,
  kind        VARCHAR(32) CHARACTER SET ascii NOT NULL,
  account_id  INT UNSIGNED NULL,
  email       VARCHAR(190) NOT NULL DEFAULT '',
  subject     VARCHAR(255) NOT NULL,
  body        TEXT NOT NULL,
  queued_us   BIGINT NULL,
  sent_us     BIGINT NULL,
  KEY notice_queued (queued_us, id)
);
