-- SmartLinks, impressions, and the sub ids that links bring by name.

CREATE TABLE smartlink_category (
  id           INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hex24        CHAR(24) CHARACTER SET ascii NOT NULL,
  name         VARCHAR(255) NOT NULL,
  domain_id    INT UNSIGNED NULL,
  description  TEXT NOT NULL DEFAULT '',
  deleted      BOOLEAN NOT NULL DEFAULT FALSE,
  created_us   BIGINT NOT NULL,
  updated_us   BIGINT NOT NULL,
  UNIQUE KEY smartlink_category_hex24 (hex24)
);
CREATE TABLE offer_smartlink (
  category_id  INT UNSIGNED NOT NULL,
  offer_id     INT UNSIGNED NOT NULL,
  PRIMARY KEY (category_id, offer_id),
  KEY offer_smartlink_offer (offer_id)
);

-- Names that links bring (autocamp, autosubids), made by the fold; name_day counts an affiliate's new ones.
CREATE TABLE subid (
  id            INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  affiliate_id  INT UNSIGNED NOT NULL,
  name          VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_us    BIGINT NOT NULL,
  UNIQUE KEY subid_name (affiliate_id, name),
  KEY subid_day (affiliate_id, created_us)
);

-- smart_id: the category that chose the offer.  subid1, subid2: of the code, else the first two names of the
-- link; subids: numbers of all names, parted by commas.
ALTER TABLE click
  ADD COLUMN smart_id  INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN subid1    INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN subid2    INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN subids    VARCHAR(255) CHARACTER SET ascii NOT NULL DEFAULT '';
ALTER TABLE click_kept
  ADD COLUMN smart_id  INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN subid1    INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN subid2    INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN subids    VARCHAR(255) CHARACTER SET ascii NOT NULL DEFAULT '';

-- Impressions have no raw rows: each fold adds the same records to both tables, by all that is known of them and
-- by node and bucket alone, and verify holds the one against the other.
CREATE TABLE rollup_impression (
  bucket           INT UNSIGNED NOT NULL,
  offer_id         INT UNSIGNED NOT NULL,
  landing_page_id  INT UNSIGNED NOT NULL,
  commission_id    INT UNSIGNED NOT NULL,
  affiliate_id     INT UNSIGNED NOT NULL,
  advertiser_id    INT UNSIGNED NOT NULL,
  campaign_id      INT UNSIGNED NOT NULL,
  adtool_id        INT UNSIGNED NOT NULL,
  country          SMALLINT UNSIGNED NOT NULL,
  node_id          SMALLINT UNSIGNED NOT NULL,
  n                BIGINT NOT NULL,
  PRIMARY KEY (bucket, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, campaign_id, adtool_id,
    country, node_id)
);
CREATE TABLE impression_total (
  bucket   INT UNSIGNED NOT NULL,
  node_id  SMALLINT UNSIGNED NOT NULL,
  n        BIGINT NOT NULL,
  PRIMARY KEY (bucket, node_id)
);
