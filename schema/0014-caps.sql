-- Caps of both dialects in one table; src/base/caprule.h names the numbers of type, period, days and statuses.

-- offer_id and advertiser_id 0 = any.  value: a count, or micro-units for a budget (type 1), of base currency
-- when in_base, else of each payment's own.  affiliates and goals: 0 one counter for all, 1 one for each, 2 one
-- for those listed (comma lists of numbers, sorted; goal 0 is the base conversion).  It counts and holds from
-- start_us to before end_us, NULL = always.  rev grows when what it counts changes.  notice_percent: share of
-- the limit at which somebody is told, besides when it is reached (admin_notify).
ALTER TABLE cap
  ADD COLUMN advertiser_id   INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN rev             INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN type            TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN days            TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN start_us        BIGINT NULL,
  ADD COLUMN end_us          BIGINT NULL,
  ADD COLUMN affiliates      TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN affiliate_list  TEXT NOT NULL DEFAULT '',
  ADD COLUMN goals           TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN goal_list       TEXT NOT NULL DEFAULT '',
  ADD COLUMN in_base         BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN to_offer_id     INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN to_lp_id        INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN track           BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN enabled         BOOLEAN NOT NULL DEFAULT TRUE,
  ADD COLUMN admin_notify    BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN notice_percent  TINYINT UNSIGNED NULL;

-- How far: a row a window and, where the scope says each, an affiliate or goal.  Of conversions, shared by all
-- nodes and moved in the transaction that books.
ALTER TABLE cap_count
  ADD COLUMN rev           INT UNSIGNED NOT NULL DEFAULT 0 AFTER cap_id,
  ADD COLUMN affiliate_id  INT UNSIGNED NOT NULL DEFAULT 0 AFTER window_us,
  ADD COLUMN goal_id       INT UNSIGNED NOT NULL DEFAULT 0 AFTER affiliate_id,
  DROP PRIMARY KEY,
  ADD PRIMARY KEY (cap_id, rev, window_us, affiliate_id, goal_id);

-- The same of clicks.  A node adds to its own rows, in the transaction that loads the clicks.  The row of
-- affiliate 0 says that this node's earlier clicks of the window are in.
CREATE TABLE cap_click (
  cap_id        INT UNSIGNED NOT NULL,
  rev           INT UNSIGNED NOT NULL,
  window_us     BIGINT NOT NULL,
  affiliate_id  INT UNSIGNED NOT NULL,
  node_id       SMALLINT UNSIGNED NOT NULL,
  n             BIGINT NOT NULL,
  PRIMARY KEY (cap_id, rev, window_us, affiliate_id, node_id)
);

-- What was told of a window: percent is the share, 100 = it is full.
CREATE TABLE cap_notice (
  cap_id        INT UNSIGNED NOT NULL,
  rev           INT UNSIGNED NOT NULL,
  window_us     BIGINT NOT NULL,
  affiliate_id  INT UNSIGNED NOT NULL,
  goal_id       INT UNSIGNED NOT NULL,
  percent       TINYINT UNSIGNED NOT NULL,
  noticed_us    BIGINT NOT NULL,
  PRIMARY KEY (cap_id, rev, window_us, affiliate_id, goal_id, percent)
);

-- The caps that Affise's dialect writes all follow these.
ALTER TABLE offer
  ADD COLUMN caps_status             TINYINT UNSIGNED NOT NULL DEFAULT 38,
  ADD COLUMN is_redirect_overcap     BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN notice_percent_overcap  TINYINT UNSIGNED NULL,
  ADD COLUMN hide_caps               BOOLEAN NOT NULL DEFAULT FALSE;
