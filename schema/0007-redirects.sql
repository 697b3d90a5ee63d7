-- Where a click goes when rules say so.

-- What an offer, or one landing page of it (landing_page_id not 0), does with a part of its clicks; rules of an
-- offer are asked in the order of `position`, then id.  share: millionths of the traffic.  visitor: whom it
-- wants, by the redirect unique.  countries: comma list of ISO codes, empty = all; 0 in an id = any.
-- Target: to_url, else to_lp_id, else the default landing page of to_offer_id.
CREATE TABLE redirect_rule (
  id               INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  offer_id         INT UNSIGNED NOT NULL,
  landing_page_id  INT UNSIGNED NOT NULL DEFAULT 0,
  position         INT UNSIGNED NOT NULL DEFAULT 0,
  share            INT UNSIGNED NOT NULL DEFAULT 1000000,
  visitor          ENUM('any', 'new', 'returning') NOT NULL DEFAULT 'any',
  countries        TEXT NOT NULL DEFAULT '',
  country_exclude  BOOLEAN NOT NULL DEFAULT FALSE,
  commission_id    INT UNSIGNED NOT NULL DEFAULT 0,
  affiliate_id     INT UNSIGNED NOT NULL DEFAULT 0,
  to_offer_id      INT UNSIGNED NOT NULL DEFAULT 0,
  to_lp_id         INT UNSIGNED NOT NULL DEFAULT 0,
  to_url           VARCHAR(2048) NOT NULL DEFAULT '',
  track            BOOLEAN NOT NULL DEFAULT TRUE,
  active           BOOLEAN NOT NULL DEFAULT TRUE,
  deleted          BOOLEAN NOT NULL DEFAULT FALSE,
  created_us       BIGINT NOT NULL,
  updated_us       BIGINT NOT NULL,
  KEY redirect_rule_offer (offer_id, position, id)
);

CREATE TABLE offer_in_group (
  offer_id  INT UNSIGNED NOT NULL,
  group_id  INT UNSIGNED NOT NULL,
  PRIMARY KEY (offer_id, group_id),
  KEY offer_in_group_group (group_id)
);

-- ip_uniqueness_seconds NULL = the network's unique_visitor_time.
ALTER TABLE offer
  ADD COLUMN ip_uniqueness_seconds INT UNSIGNED NULL,
  ADD COLUMN geoip_group_redirect  BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN mobile_lp_id          INT UNSIGNED NULL,
  ADD COLUMN redirect_type         ENUM('http302', 'http302hidden', 'meta', 'js') NOT NULL DEFAULT 'http302';

ALTER TABLE landing_page
  ADD COLUMN redirect_hash VARCHAR(64) NOT NULL DEFAULT '';

-- Of a click that was sent on: what its link named, how it was sent on last (enum hop_why of track/hop.h and
-- the number of the rule, cap or group), and the whole way as hop_text() writes it.
ALTER TABLE click
  ADD COLUMN asked_offer_id  INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN asked_lp_id     INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN via             TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN via_id          INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN chain           VARCHAR(200) NOT NULL DEFAULT '';
ALTER TABLE click_kept
  ADD COLUMN asked_offer_id  INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN asked_lp_id     INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN via             TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN via_id          INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN chain           VARCHAR(200) NOT NULL DEFAULT '';
