-- Who may run what, and which visitors fit.

-- What is said of single affiliates, before any flag of landing page or offer (C5 of decisions.md).
-- landing_page_id 0: the whole offer.  affiliate_id 0: everybody who is not named.  NULL: nothing is said.
CREATE TABLE access_exception (
  offer_id         INT UNSIGNED NOT NULL,
  landing_page_id  INT UNSIGNED NOT NULL,
  affiliate_id     INT UNSIGNED NOT NULL,
  allowed          BOOLEAN NULL,
  requestable      BOOLEAN NULL,
  set_us           BIGINT NOT NULL,
  PRIMARY KEY (offer_id, landing_page_id, affiliate_id),
  KEY access_exception_affiliate (affiliate_id)
);

CREATE TABLE advertiser_blacklist (
  advertiser_id  INT UNSIGNED NOT NULL,
  affiliate_id   INT UNSIGNED NOT NULL,
  set_us         BIGINT NOT NULL,
  PRIMARY KEY (advertiser_id, affiliate_id)
);

-- private: open to nobody without an exception; requestable: who is not let in may ask.
ALTER TABLE landing_page
  ADD COLUMN private BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN requestable BOOLEAN NOT NULL DEFAULT FALSE;

-- Lists of sub1 and sub2 values that an advertiser's offers take, or with except refuse.
CREATE TABLE advertiser_subs (
  account_id   INT UNSIGNED NOT NULL PRIMARY KEY,
  sub1         TEXT NOT NULL DEFAULT '',
  sub1_except  BOOLEAN NOT NULL DEFAULT FALSE,
  sub2         TEXT NOT NULL DEFAULT '',
  sub2_except  BOOLEAN NOT NULL DEFAULT FALSE
);

-- Which visitors an offer takes, besides its countries; an empty list is no restriction.  states: US-CA, or CA of
-- any country; cities: numbers of table place; hours: 8-17,20 of the network's day; devices: 0,1,2; os:
-- ios:9,10.1;android; isps: isp.hex24; sub_pairs: sub1 TAB sub2, a line each; empty_sub: the sub that may not be
-- empty, 0 none.
CREATE TABLE offer_target (
  offer_id          INT UNSIGNED NOT NULL PRIMARY KEY,
  strictly_country  BOOLEAN NOT NULL DEFAULT FALSE,
  states            TEXT NOT NULL DEFAULT '',
  cities            TEXT NOT NULL DEFAULT '',
  hours             VARCHAR(128) NOT NULL DEFAULT '',
  devices           VARCHAR(32) NOT NULL DEFAULT '',
  os                TEXT NOT NULL DEFAULT '',
  connection        ENUM('', 'wifi', 'cellular') NOT NULL DEFAULT '',
  isps              TEXT NOT NULL DEFAULT '',
  refused_ips       TEXT NOT NULL DEFAULT '',
  sub1              TEXT NOT NULL DEFAULT '',
  sub1_except       BOOLEAN NOT NULL DEFAULT FALSE,
  sub2              TEXT NOT NULL DEFAULT '',
  sub2_except       BOOLEAN NOT NULL DEFAULT FALSE,
  sub_pairs         TEXT NOT NULL DEFAULT '',
  empty_sub         TINYINT UNSIGNED NOT NULL DEFAULT 0
);

-- Cities and regions that geo files know, met at a click or taken in beforehand.  Their numbers are ours, one for
-- each country (two letters as a number), region and name; a region alone has no city.  place_hash:
-- targeting_place() of track/targeting.h.
CREATE TABLE place (
  id          INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  place_hash  BIGINT UNSIGNED NOT NULL,
  country     SMALLINT UNSIGNED NOT NULL,
  region      VARCHAR(128) NOT NULL,
  city        VARCHAR(128) NOT NULL,
  UNIQUE KEY place_hash (place_hash),
  KEY place_country (country, city)
);

-- country: where it was met first, 0 unknown.
CREATE TABLE isp (
  id        INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hex24     CHAR(24) CHARACTER SET ascii NOT NULL,
  isp_hash  BIGINT UNSIGNED NOT NULL,
  name      VARCHAR(190) NOT NULL,
  country   SMALLINT UNSIGNED NOT NULL,
  UNIQUE KEY isp_hex24 (hex24),
  UNIQUE KEY isp_hash (isp_hash)
);

-- connection: 0 unknown, 1 wifi or wire, 2 cellular.
ALTER TABLE click
  ADD COLUMN place_id INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN isp_id INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN connection TINYINT UNSIGNED NOT NULL DEFAULT 0;
ALTER TABLE click_kept
  ADD COLUMN place_id INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN isp_id INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN connection TINYINT UNSIGNED NOT NULL DEFAULT 0;

-- Refused clicks by reason (tbl/verdicts.h).
CREATE TABLE rollup_refused (
  bucket         INT UNSIGNED NOT NULL,
  offer_id       INT UNSIGNED NOT NULL,
  affiliate_id   INT UNSIGNED NOT NULL,
  advertiser_id  INT UNSIGNED NOT NULL,
  country        SMALLINT UNSIGNED NOT NULL,
  verdict        TINYINT UNSIGNED NOT NULL,
  node_id        SMALLINT UNSIGNED NOT NULL,
  n              BIGINT NOT NULL,
  PRIMARY KEY (bucket, offer_id, affiliate_id, advertiser_id, country, verdict, node_id)
);
INSERT INTO rollup_refused (bucket, offer_id, affiliate_id, advertiser_id, country, verdict, node_id, n)
  SELECT click_us DIV 900000000, offer_id, affiliate_id, advertiser_id, country, verdict, node_id, COUNT(*)
  FROM click WHERE verdict >= 16 GROUP BY 1, 2, 3, 4, 5, 6, 7;
