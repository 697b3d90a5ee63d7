-- A later run of the filter of bots over clicks that are booked (decisions.md R3).

-- What was asked for.  at_us: clicks before it are looked at; done_us: all are.
CREATE TABLE refilter (
  id        INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  from_us   BIGINT NOT NULL,
  to_us     BIGINT NOT NULL,
  at_us     BIGINT NOT NULL,
  asked_us  BIGINT NOT NULL,
  done_us   BIGINT NULL,
  filtered  BIGINT NOT NULL DEFAULT 0,
  restored  BIGINT NOT NULL DEFAULT 0
);

-- Clicks and their verdicts stay as they were; what is found otherwise later stands here, as differences to the
-- sums of rollup_booked, counted at booked_us by node_id.  verdict: what the click is since.  A click may have
-- several, the highest refilter_id is in force.
CREATE TABLE click_correction (
  click_us            BIGINT NOT NULL,
  click_lo            BIGINT NOT NULL,
  refilter_id         INT UNSIGNED NOT NULL,
  booked_us           BIGINT NOT NULL,
  node_id             SMALLINT UNSIGNED NOT NULL,
  verdict             TINYINT UNSIGNED NOT NULL,
  offer_id            INT UNSIGNED NOT NULL,
  landing_page_id     INT UNSIGNED NOT NULL,
  commission_id       INT UNSIGNED NOT NULL,
  affiliate_id        INT UNSIGNED NOT NULL,
  advertiser_id       INT UNSIGNED NOT NULL,
  country             SMALLINT UNSIGNED NOT NULL,
  device_type         TINYINT UNSIGNED NOT NULL,
  ua_id               INT UNSIGNED NOT NULL,
  rule_id             INT UNSIGNED NOT NULL,
  currency            CHAR(3) CHARACTER SET ascii NOT NULL,
  page_view           BIGINT NOT NULL,
  unique_visitor      BIGINT NOT NULL,
  unique_offer        BIGINT NOT NULL,
  bot                 BIGINT NOT NULL,
  refused             BIGINT NOT NULL DEFAULT 0,
  income_amount       BIGINT NOT NULL,
  income_amount_b     BIGINT NOT NULL,
  affiliate_payout    BIGINT NOT NULL,
  affiliate_payout_b  BIGINT NOT NULL,
  click_payout        BIGINT NOT NULL,
  click_payout_b      BIGINT NOT NULL,
  PRIMARY KEY (click_us, click_lo, refilter_id),
  KEY click_correction_booked (booked_us)
);
