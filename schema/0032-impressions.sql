-- Impressions: one row a display of a creative, and their rates.

-- They do have raw rows after all, since they may be paid for: rollup_impression is counted again from these, and a
-- second table of sums to hold it against is not needed.
DROP TABLE impression_total;

-- As click, column by column as far as it goes (so that statements over both read alike); partitions, seals and
-- retention are those of click.
CREATE TABLE impression (
  click_us         BIGINT NOT NULL,
  click_lo         BIGINT NOT NULL,
  node_id          SMALLINT UNSIGNED NOT NULL,
  verdict          TINYINT UNSIGNED NOT NULL,
  flags            INT UNSIGNED NOT NULL,
  offer_id         INT UNSIGNED NOT NULL,
  landing_page_id  INT UNSIGNED NOT NULL,
  commission_id    INT UNSIGNED NOT NULL,
  affiliate_id     INT UNSIGNED NOT NULL,
  advertiser_id    INT UNSIGNED NOT NULL,
  campaign_id      INT UNSIGNED NOT NULL,
  adtool_id        INT UNSIGNED NOT NULL,
  rule_id          INT UNSIGNED NOT NULL,
  country          SMALLINT UNSIGNED NOT NULL,
  device_type      TINYINT UNSIGNED NOT NULL,
  ua_id            INT UNSIGNED NOT NULL,
  currency         CHAR(3) CHARACTER SET ascii NOT NULL,
  payout           BIGINT NOT NULL,
  revenue          BIGINT NOT NULL,
  ip               VARBINARY(16) NOT NULL,
  sub1             VARCHAR(255) NOT NULL,
  sub2             VARCHAR(255) NOT NULL,
  sub3             VARCHAR(255) NOT NULL,
  sub4             VARCHAR(255) NOT NULL,
  sub5             VARCHAR(255) NOT NULL,
  ocid             VARCHAR(255) NOT NULL,
  referrer         VARCHAR(1024) NOT NULL,
  extra            VARCHAR(4096) NOT NULL,
  place_id         INT UNSIGNED NOT NULL,
  isp_id           INT UNSIGNED NOT NULL,
  connection       TINYINT UNSIGNED NOT NULL,
  subid1           INT UNSIGNED NOT NULL,
  subid2           INT UNSIGNED NOT NULL,
  smart_id         INT UNSIGNED NOT NULL DEFAULT 0,
  PRIMARY KEY (click_us, click_lo)
)
PARTITION BY RANGE (click_us) (PARTITION pmax VALUES LESS THAN MAXVALUE);

-- Their count; what they cost and pay is in the sums of clicks (income_amount, affiliate_payout, click_payout).
ALTER TABLE rollup_booked    ADD COLUMN impression BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rollup_day       ADD COLUMN impression BIGINT NOT NULL DEFAULT 0;
ALTER TABLE click_sealed     ADD COLUMN impression BIGINT NOT NULL DEFAULT 0;
ALTER TABLE click_correction ADD COLUMN impression BIGINT NOT NULL DEFAULT 0;
ALTER TABLE cube_click       ADD COLUMN impression BIGINT NOT NULL DEFAULT 0;

-- Per 1000 impressions: what the affiliate gets, and what the advertiser pays.
ALTER TABLE payout_rule
  ADD COLUMN aff_cpm BIGINT NULL,
  ADD COLUMN adv_cpm BIGINT NULL;
