-- Sums of the raw rows.  Every key ends in node_id: a node adds to its own rows only (DESIGN §4).
-- bucket = microseconds / 900 000 000.  Columns ending in _b are in base currency, the same ones without
-- it in `currency`; all are micro-units.

-- By booking time: clicks at the click, ledger rows at their booking.  click_payout is the part of
-- affiliate_payout that clicks made, as income_amount is their part of the income: Affise statistics show
-- both as confirmed with count 0.  initial_undone: voids and chargebacks of initials less their reversals, for
-- net conversions.
CREATE TABLE rollup_booked (
  bucket                  INT UNSIGNED NOT NULL,
  offer_id                INT UNSIGNED NOT NULL,
  landing_page_id         INT UNSIGNED NOT NULL,
  commission_id           INT UNSIGNED NOT NULL,
  affiliate_id            INT UNSIGNED NOT NULL,
  advertiser_id           INT UNSIGNED NOT NULL,
  country                 SMALLINT UNSIGNED NOT NULL,
  currency                CHAR(3) CHARACTER SET ascii NOT NULL,
  node_id                 SMALLINT UNSIGNED NOT NULL,
  page_view               BIGINT NOT NULL DEFAULT 0,
  unique_visitor          BIGINT NOT NULL DEFAULT 0,
  unique_offer            BIGINT NOT NULL DEFAULT 0,
  bot                     BIGINT NOT NULL DEFAULT 0,
  refused                 BIGINT NOT NULL DEFAULT 0,
  conversion              BIGINT NOT NULL DEFAULT 0,
  advertiser_initial      BIGINT NOT NULL DEFAULT 0,
  continuity              BIGINT NOT NULL DEFAULT 0,
  goal                    BIGINT NOT NULL DEFAULT 0,
  void_n                  BIGINT NOT NULL DEFAULT 0,
  chargeback_n            BIGINT NOT NULL DEFAULT 0,
  void_reversal_n         BIGINT NOT NULL DEFAULT 0,
  chargeback_reversal_n   BIGINT NOT NULL DEFAULT 0,
  initial_undone          BIGINT NOT NULL DEFAULT 0,
  conversion_amount       BIGINT NOT NULL DEFAULT 0,
  conversion_amount_b     BIGINT NOT NULL DEFAULT 0,
  initial_amount          BIGINT NOT NULL DEFAULT 0,
  initial_amount_b        BIGINT NOT NULL DEFAULT 0,
  continuity_amount       BIGINT NOT NULL DEFAULT 0,
  continuity_amount_b     BIGINT NOT NULL DEFAULT 0,
  goal_amount             BIGINT NOT NULL DEFAULT 0,
  goal_amount_b           BIGINT NOT NULL DEFAULT 0,
  income_amount           BIGINT NOT NULL DEFAULT 0,
  income_amount_b         BIGINT NOT NULL DEFAULT 0,
  void_amount             BIGINT NOT NULL DEFAULT 0,
  void_amount_b           BIGINT NOT NULL DEFAULT 0,
  chargeback_amount       BIGINT NOT NULL DEFAULT 0,
  chargeback_amount_b     BIGINT NOT NULL DEFAULT 0,
  void_rev_amount         BIGINT NOT NULL DEFAULT 0,
  void_rev_amount_b       BIGINT NOT NULL DEFAULT 0,
  chargeback_rev_amount   BIGINT NOT NULL DEFAULT 0,
  chargeback_rev_amount_b BIGINT NOT NULL DEFAULT 0,
  affiliate_payout        BIGINT NOT NULL DEFAULT 0,
  affiliate_payout_b      BIGINT NOT NULL DEFAULT 0,
  click_payout            BIGINT NOT NULL DEFAULT 0,
  click_payout_b          BIGINT NOT NULL DEFAULT 0,
  referral_payout         BIGINT NOT NULL DEFAULT 0,
  referral_payout_b       BIGINT NOT NULL DEFAULT 0,
  manager_payout          BIGINT NOT NULL DEFAULT 0,
  manager_payout_b        BIGINT NOT NULL DEFAULT 0,
  partner_payout          BIGINT NOT NULL DEFAULT 0,
  partner_payout_b        BIGINT NOT NULL DEFAULT 0,
  correction_payout       BIGINT NOT NULL DEFAULT 0,
  correction_payout_b     BIGINT NOT NULL DEFAULT 0,
  cost_b                  BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (bucket, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, country,
    currency, node_id),
  KEY rollup_booked_offer (offer_id, bucket),
  KEY rollup_booked_affiliate (affiliate_id, bucket)
);

-- What the raw clicks of a partition added up to, written before it is dropped: all that can be verified of
-- them afterwards.
CREATE TABLE click_sealed (
  from_us             BIGINT NOT NULL,
  to_us               BIGINT NOT NULL,
  node_id             SMALLINT UNSIGNED NOT NULL,
  sealed_us           BIGINT NOT NULL,
  page_view           BIGINT NOT NULL,
  unique_visitor      BIGINT NOT NULL,
  unique_offer        BIGINT NOT NULL,
  bot                 BIGINT NOT NULL,
  refused             BIGINT NOT NULL,
  income_amount       BIGINT NOT NULL,
  income_amount_b     BIGINT NOT NULL,
  affiliate_payout    BIGINT NOT NULL,
  affiliate_payout_b  BIGINT NOT NULL,
  click_payout        BIGINT NOT NULL,
  click_payout_b      BIGINT NOT NULL,
  PRIMARY KEY (to_us, node_id)
);

-- By the conversion's own time and its status now; a change of status subtracts from one row and adds to
-- another.  revenue is the affiliate's money here and charge the advertiser's, as in Affise statistics.
CREATE TABLE rollup_status (
  bucket           INT UNSIGNED NOT NULL,
  offer_id         INT UNSIGNED NOT NULL,
  landing_page_id  INT UNSIGNED NOT NULL,
  affiliate_id     INT UNSIGNED NOT NULL,
  advertiser_id    INT UNSIGNED NOT NULL,
  country          SMALLINT UNSIGNED NOT NULL,
  goal_id          INT UNSIGNED NOT NULL,
  status           TINYINT UNSIGNED NOT NULL,
  currency         CHAR(3) CHARACTER SET ascii NOT NULL,
  node_id          SMALLINT UNSIGNED NOT NULL,
  n                BIGINT NOT NULL,
  n_null           BIGINT NOT NULL,
  charge           BIGINT NOT NULL,
  charge_b         BIGINT NOT NULL,
  revenue          BIGINT NOT NULL,
  revenue_b        BIGINT NOT NULL,
  PRIMARY KEY (bucket, offer_id, landing_page_id, affiliate_id, advertiser_id, country, goal_id, status,
    currency, node_id)
);

-- The wider cube of clicks, built from closed buckets by replacing whole buckets; ua_id leads to device,
-- operating system and browser.
CREATE TABLE cube_click (
  bucket           INT UNSIGNED NOT NULL,
  offer_id         INT UNSIGNED NOT NULL,
  affiliate_id     INT UNSIGNED NOT NULL,
  advertiser_id    INT UNSIGNED NOT NULL,
  country          SMALLINT UNSIGNED NOT NULL,
  device_type      TINYINT UNSIGNED NOT NULL,
  os               VARCHAR(64) NOT NULL,
  browser          VARCHAR(64) NOT NULL,
  currency         CHAR(3) CHARACTER SET ascii NOT NULL,
  node_id          SMALLINT UNSIGNED NOT NULL,
  page_view        BIGINT NOT NULL,
  unique_visitor   BIGINT NOT NULL,
  unique_offer     BIGINT NOT NULL,
  payout           BIGINT NOT NULL,
  payout_b         BIGINT NOT NULL,
  revenue          BIGINT NOT NULL,
  revenue_b        BIGINT NOT NULL,
  PRIMARY KEY (bucket, offer_id, affiliate_id, advertiser_id, country, device_type, os, browser, currency,
    node_id)
);

-- Buckets below this one are in the cube.
CREATE TABLE cube_built (
  node_id  SMALLINT UNSIGNED NOT NULL PRIMARY KEY,
  bucket   INT UNSIGNED NOT NULL
);

-- Profit and loss by day of the network's zone, in base currency: what a year's report reads.  dim says what id
-- is: 0 nothing (the whole day), 1 offer, 2 landing page, 3 commission, 4 affiliate, 5 country.  day counts from
-- 1970-01-01 on the wall clock.  Built outside the fold from days that are over, by replacing whole days.
CREATE TABLE rollup_day (
  dim                     TINYINT UNSIGNED NOT NULL,
  day                     INT UNSIGNED NOT NULL,
  id                      INT UNSIGNED NOT NULL,
  node_id                 SMALLINT UNSIGNED NOT NULL,
  page_view               BIGINT NOT NULL,
  unique_visitor          BIGINT NOT NULL,
  conversion              BIGINT NOT NULL,
  conversion_amount_b     BIGINT NOT NULL,
  advertiser_initial      BIGINT NOT NULL,
  initial_amount_b        BIGINT NOT NULL,
  continuity              BIGINT NOT NULL,
  continuity_amount_b     BIGINT NOT NULL,
  goal                    BIGINT NOT NULL,
  goal_amount_b           BIGINT NOT NULL,
  income_amount_b         BIGINT NOT NULL,
  void_n                  BIGINT NOT NULL,
  void_amount_b           BIGINT NOT NULL,
  chargeback_n            BIGINT NOT NULL,
  chargeback_amount_b     BIGINT NOT NULL,
  void_reversal_n         BIGINT NOT NULL,
  void_rev_amount_b       BIGINT NOT NULL,
  chargeback_reversal_n   BIGINT NOT NULL,
  chargeback_rev_amount_b BIGINT NOT NULL,
  affiliate_payout_b      BIGINT NOT NULL,
  referral_payout_b       BIGINT NOT NULL,
  manager_payout_b        BIGINT NOT NULL,
  partner_payout_b        BIGINT NOT NULL,
  correction_payout_b     BIGINT NOT NULL,
  PRIMARY KEY (dim, day, id, node_id),
  KEY rollup_day_id (dim, id, day)
);

-- Buckets below `bucket`, and days below `day`, are in rollup_day.  Who writes to a bucket below `claimed` says
-- so in rollup_day_stale; claimed runs ahead of bucket while a day is summed.
CREATE TABLE rollup_day_built (
  node_id  SMALLINT UNSIGNED NOT NULL PRIMARY KEY,
  zone     VARCHAR(64) NOT NULL,
  day      INT UNSIGNED NOT NULL,
  bucket   INT UNSIGNED NOT NULL,
  claimed  INT UNSIGNED NOT NULL
);

-- Written to since their day was summed (a void dated back, a conversion whose click came late).
CREATE TABLE rollup_day_stale (
  node_id  SMALLINT UNSIGNED NOT NULL,
  bucket   INT UNSIGNED NOT NULL,
  PRIMARY KEY (node_id, bucket)
);
