-- Conversions and the append-only ledger behind them.  Only `stats` writes here.

-- The customer of an advertiser, by the advertiser's own id.
CREATE TABLE customer (
  id               BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  offer_id         INT UNSIGNED NOT NULL,
  subscription_id  VARCHAR(190) NOT NULL,
  affiliate_id     INT UNSIGNED NOT NULL,
  click_us         BIGINT NOT NULL,
  click_lo         BIGINT NOT NULL,
  first_us         BIGINT NOT NULL,
  UNIQUE KEY customer_subscription (offer_id, subscription_id)
);

CREATE TABLE customer_person (
  customer_id  BIGINT UNSIGNED NOT NULL PRIMARY KEY,
  firstname    VARCHAR(255) NOT NULL DEFAULT '',
  lastname     VARCHAR(255) NOT NULL DEFAULT '',
  email        VARCHAR(255) NOT NULL DEFAULT '',
  phone        VARCHAR(255) NOT NULL DEFAULT '',
  address1     VARCHAR(255) NOT NULL DEFAULT '',
  address2     VARCHAR(255) NOT NULL DEFAULT '',
  city         VARCHAR(255) NOT NULL DEFAULT '',
  state        VARCHAR(255) NOT NULL DEFAULT '',
  zip          VARCHAR(255) NOT NULL DEFAULT '',
  country      VARCHAR(255) NOT NULL DEFAULT ''
);

-- One row a conversion, whatever its ledger holds; (conv_us, node_id) is its id in both spellings.
-- status: 1 confirmed, 2 pending, 3 declined, 4 not_found, 5 hold.  kind: 1 initial, 2 continuity, 3 goal.
-- uniq_key: E3 of decisions.md; NULL once a rejection has freed it.  revenue is what the advertiser pays,
-- payout what the affiliate gets, both in `currency`; the _b columns are the same in base.
CREATE TABLE conversion (
  conv_us          BIGINT NOT NULL,
  node_id          SMALLINT UNSIGNED NOT NULL,
  status           TINYINT UNSIGNED NOT NULL,
  kind             TINYINT UNSIGNED NOT NULL,
  uniq_key         VARBINARY(255) NULL,
  orderid          VARCHAR(190) NOT NULL,
  offer_id         INT UNSIGNED NOT NULL,
  landing_page_id  INT UNSIGNED NOT NULL,
  commission_id    INT UNSIGNED NOT NULL,
  affiliate_id     INT UNSIGNED NOT NULL,
  advertiser_id    INT UNSIGNED NOT NULL,
  goal_id          INT UNSIGNED NOT NULL,
  customer_id      BIGINT UNSIGNED NULL,
  click_us         BIGINT NOT NULL,
  click_lo         BIGINT NOT NULL,
  country          SMALLINT UNSIGNED NOT NULL,
  device_type      TINYINT UNSIGNED NOT NULL,
  ua_id            INT UNSIGNED NOT NULL,
  rule_id          INT UNSIGNED NOT NULL,
  payment_type     ENUM('fixed', 'percent') NOT NULL,
  currency         CHAR(3) CHARACTER SET ascii NOT NULL,
  rate             BIGINT NOT NULL,
  amount_sent      BIGINT NULL,
  gross            BIGINT NULL,
  revenue          BIGINT NOT NULL,
  payout           BIGINT NOT NULL,
  revenue_b        BIGINT NOT NULL,
  payout_b         BIGINT NOT NULL,
  created_us       BIGINT NOT NULL,
  updated_us       BIGINT NOT NULL,
  hold_until_us    BIGINT NULL,
  open_void_us     BIGINT NULL,
  open_void_node   SMALLINT UNSIGNED NULL,
  ip               VARBINARY(16) NOT NULL,
  ocid             VARCHAR(255) NOT NULL,
  sub1             VARCHAR(255) NOT NULL,
  sub2             VARCHAR(255) NOT NULL,
  sub3             VARCHAR(255) NOT NULL,
  sub4             VARCHAR(255) NOT NULL,
  sub5             VARCHAR(255) NOT NULL,
  referrer         VARCHAR(1024) NOT NULL,
  comment          VARCHAR(1024) NOT NULL,
  extra            TEXT NOT NULL,
  PRIMARY KEY (conv_us, node_id),
  UNIQUE KEY conversion_uniq (uniq_key),
  KEY conversion_created (created_us),
  KEY conversion_updated (updated_us),
  KEY conversion_click (click_us, click_lo),
  KEY conversion_orderid (orderid),
  KEY conversion_offer (offer_id, created_us),
  KEY conversion_affiliate (affiliate_id, created_us),
  KEY conversion_hold (hold_until_us)
);

-- Requests without an order id, so that an identical one shortly after is known as a repetition (E3).  slot is
-- the time in windows of `retry_window`: two nodes cannot both write one.
CREATE TABLE conversion_retry (
  retry_hash  BIGINT UNSIGNED NOT NULL,
  slot        BIGINT NOT NULL,
  event_us    BIGINT NOT NULL,
  PRIMARY KEY (retry_hash, slot),
  KEY conversion_retry_event (event_us)
);

-- The ledger.  A row is never changed.  type: tbl/txn_types.h.  (event_us, event_lo) is the event that made
-- it, txn_us + node_id its own id; ref_us + ref_node the row it voids, reverses or approves.  booked: it is
-- in the money sums (pending and rejected rows are not).  deducted: a void that took the payout back.
CREATE TABLE txn (
  txn_us           BIGINT NOT NULL,
  node_id          SMALLINT UNSIGNED NOT NULL,
  type             TINYINT UNSIGNED NOT NULL,
  booked           BOOLEAN NOT NULL,
  deducted         BOOLEAN NOT NULL DEFAULT FALSE,
  booked_us        BIGINT NOT NULL,
  event_us         BIGINT NOT NULL,
  event_lo         BIGINT NOT NULL,
  conv_us          BIGINT NOT NULL,
  conv_node        SMALLINT UNSIGNED NOT NULL,
  ref_us           BIGINT NULL,
  ref_node         SMALLINT UNSIGNED NULL,
  hash             CHAR(24) CHARACTER SET ascii NOT NULL,
  orderid          VARCHAR(190) NOT NULL,
  offer_id         INT UNSIGNED NOT NULL,
  landing_page_id  INT UNSIGNED NOT NULL,
  commission_id    INT UNSIGNED NOT NULL,
  affiliate_id     INT UNSIGNED NOT NULL,
  advertiser_id    INT UNSIGNED NOT NULL,
  goal_id          INT UNSIGNED NOT NULL,
  country          SMALLINT UNSIGNED NOT NULL,
  rule_id          INT UNSIGNED NOT NULL,
  currency         CHAR(3) CHARACTER SET ascii NOT NULL,
  rate             BIGINT NOT NULL,
  revenue          BIGINT NOT NULL,
  revenue_b        BIGINT NOT NULL,
  gross            BIGINT NOT NULL,
  cost_b           BIGINT NOT NULL DEFAULT 0,
  ocid             VARCHAR(255) NOT NULL,
  trans_custom     TEXT NOT NULL DEFAULT '',
  reason           VARCHAR(255) NOT NULL DEFAULT '',
  PRIMARY KEY (txn_us, node_id),
  KEY txn_booked (booked_us),
  KEY txn_conv (conv_us, conv_node),
  KEY txn_hash (hash),
  KEY txn_orderid (orderid),
  KEY txn_offer (offer_id, booked_us),
  KEY txn_affiliate (affiliate_id, booked_us)
);

-- Who gets what from a ledger row.  role: 1 affiliate, 2 referral, 3 affiliate manager, 4 partner,
-- 5 correction.
CREATE TABLE payout_row (
  txn_us           BIGINT NOT NULL,
  node_id          SMALLINT UNSIGNED NOT NULL,
  n                TINYINT UNSIGNED NOT NULL,
  role             TINYINT UNSIGNED NOT NULL,
  account_id       INT UNSIGNED NOT NULL,
  currency         CHAR(3) CHARACTER SET ascii NOT NULL,
  amount           BIGINT NOT NULL,
  amount_b         BIGINT NOT NULL,
  booked_us        BIGINT NOT NULL,
  payable_from_us  BIGINT NOT NULL,
  PRIMARY KEY (txn_us, node_id, n),
  KEY payout_row_account (account_id, booked_us)
);

-- Events whose click is not here yet.  state: 1 waiting for a node's fold, 2 unknown (E5).
CREATE TABLE unresolved (
  event_us   BIGINT NOT NULL,
  event_lo   BIGINT NOT NULL,
  node_id    SMALLINT UNSIGNED NOT NULL,
  state      TINYINT UNSIGNED NOT NULL,
  click_us   BIGINT NOT NULL,
  click_lo   BIGINT NOT NULL,
  body       MEDIUMBLOB NOT NULL,
  PRIMARY KEY (event_us, event_lo),
  KEY unresolved_state (state, event_us)
);

-- Every event received and what became of it: outcome is tbl/outcomes.h, answer the text that was sent.
-- param: the field (tbl/fields.h) that the outcome's text names.  Also how an outcome is read again after a
-- commit whose answer was lost.
CREATE TABLE event_log (
  event_us  BIGINT NOT NULL,
  event_lo  BIGINT NOT NULL,
  node_id   SMALLINT UNSIGNED NOT NULL,
  kind      TINYINT UNSIGNED NOT NULL,
  outcome   TINYINT UNSIGNED NOT NULL,
  offer_id  INT UNSIGNED NOT NULL,
  affiliate_id INT UNSIGNED NOT NULL,
  txn_us    BIGINT NULL,
  param     TINYINT UNSIGNED NOT NULL DEFAULT 0,
  sender    VARBINARY(16) NOT NULL,
  request   TEXT NOT NULL,
  PRIMARY KEY (event_us, event_lo)
);

-- What the notifier has to tell affiliates.
CREATE TABLE notify_queue (
  id         BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  txn_us     BIGINT NOT NULL,
  node_id    SMALLINT UNSIGNED NOT NULL,
  due_us     BIGINT NOT NULL,
  KEY notify_due (due_us)
);
