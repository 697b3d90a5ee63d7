-- Raw clicks: append only, written by LOAD DATA, dropped by the partition.

-- What a user agent is, once a distinct text.
CREATE TABLE user_agent (
  id               INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  ua_hash          BIGINT UNSIGNED NOT NULL,
  ua               VARCHAR(512) NOT NULL,
  device_type      TINYINT UNSIGNED NOT NULL,
  brand            VARCHAR(64) NOT NULL,
  model            VARCHAR(96) NOT NULL,
  os               VARCHAR(64) NOT NULL,
  os_version       VARCHAR(32) NOT NULL,
  browser          VARCHAR(64) NOT NULL,
  browser_version  VARCHAR(32) NOT NULL,
  UNIQUE KEY user_agent_hash (ua_hash)
);

-- (click_us, click_lo) is the click id: its time in microseconds and prefix digit × 10^9 + nine decimals.
-- verdict and the bits of flags: tbl/verdicts.h and base/record.h.  country: two letters as a number,
-- first × 256 + second, 0 unknown.  click_ip finds the visitor whose pixel brings no id (E7).  extra: further link variables, urlencoded.
CREATE TABLE click (
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
  PRIMARY KEY (click_us, click_lo),
  KEY click_ip (ip, click_us)
)
PARTITION BY RANGE (click_us) (PARTITION pmax VALUES LESS THAN MAXVALUE);

-- A converted click, copied in the transaction of its conversion, so that retention of raw clicks never
-- breaks a chargeback, a continuity or click_detail (E10).  The same columns, in the same order.
CREATE TABLE click_kept (
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
  PRIMARY KEY (click_us, click_lo)
);
