-- The catalog: what may be clicked, where it leads, and what it pays.

CREATE TABLE offer_group (
  id    INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name  VARCHAR(190) NOT NULL UNIQUE
);
INSERT INTO offer_group (id, name) VALUES (1, 'Default');

CREATE TABLE goal (
  id          INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  value       VARCHAR(190) COLLATE utf8mb4_general_nopad_ci NOT NULL,
  title       VARCHAR(190) NOT NULL,
  created_us  BIGINT NOT NULL,
  UNIQUE KEY goal_value (value)
);

-- status: 1 active, 2 stopped, 3 suspended.  Times are microseconds UTC, NULL = not set; countries are
-- comma lists of ISO codes; amounts are micro-units.
CREATE TABLE offer (
  id                        INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hex24                     CHAR(24) CHARACTER SET ascii NOT NULL,
  name                      VARCHAR(255) NOT NULL,
  shortname                 VARCHAR(64) NULL,
  description               TEXT NOT NULL DEFAULT '',
  status                    TINYINT UNSIGNED NOT NULL DEFAULT 1,
  hidden                    BOOLEAN NOT NULL DEFAULT FALSE,
  deleted                   BOOLEAN NOT NULL DEFAULT FALSE,
  privacy                   ENUM('public', 'protected', 'private') NOT NULL DEFAULT 'public',
  advertiser_id             INT UNSIGNED NULL,
  default_lp_id             INT UNSIGNED NULL,
  date_live                 BIGINT NULL,
  date_expire               BIGINT NULL,
  expire_url                VARCHAR(2048) NOT NULL DEFAULT '',
  expire_lp_id              INT UNSIGNED NULL,
  trafficback_url           VARCHAR(2048) NOT NULL DEFAULT '',
  authorized                TEXT NOT NULL DEFAULT '',
  unauthorized              TEXT NOT NULL DEFAULT '',
  allowed_ip                TEXT NOT NULL DEFAULT '',
  hash_password             VARCHAR(190) NULL,
  hold_period               INT UNSIGNED NOT NULL DEFAULT 0,
  cookie_duration           INT UNSIGNED NOT NULL DEFAULT 30,
  pending_approval_lockout  INT UNSIGNED NOT NULL DEFAULT 0,
  conversion_default        BIGINT NULL,
  conversion_default_type   TINYINT UNSIGNED NOT NULL DEFAULT 1,
  continuity_default        BIGINT NULL,
  continuity_default_type   TINYINT UNSIGNED NOT NULL DEFAULT 1,
  deduct_voids              BOOLEAN NOT NULL DEFAULT TRUE,
  deduct_chargebacks        BOOLEAN NOT NULL DEFAULT TRUE,
  min_deduct_date           BIGINT NULL,
  deduct_window             INT UNSIGNED NOT NULL DEFAULT 0,
  created_us                BIGINT NOT NULL,
  updated_us                BIGINT NOT NULL,
  UNIQUE KEY offer_hex24 (hex24),
  UNIQUE KEY offer_shortname (shortname),
  KEY offer_name (name),
  KEY offer_advertiser (advertiser_id)
);

CREATE TABLE landing_page (
  id                        INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  offer_id                  INT UNSIGNED NOT NULL,
  name                      VARCHAR(255) NOT NULL,
  shortname                 VARCHAR(64) NULL,
  url                       VARCHAR(2048) NOT NULL,
  preview_url               VARCHAR(2048) NOT NULL DEFAULT '',
  description               TEXT NOT NULL DEFAULT '',
  internal_desc             TEXT NOT NULL DEFAULT '',
  conversion_type           ENUM('post', 'iframe', 'image') NOT NULL DEFAULT 'post',
  postback_ips              TEXT NOT NULL DEFAULT '',
  void_ips                  TEXT NOT NULL DEFAULT '',
  disable_url_sanitization  BOOLEAN NOT NULL DEFAULT FALSE,
  disable_deep_linking      BOOLEAN NOT NULL DEFAULT FALSE,
  deleted                   BOOLEAN NOT NULL DEFAULT FALSE,
  created_us                BIGINT NOT NULL,
  updated_us                BIGINT NOT NULL,
  KEY landing_page_offer (offer_id),
  UNIQUE KEY landing_page_shortname (offer_id, shortname)
);

-- One commission an offer; its number stands in tracking codes as the program id.
CREATE TABLE commission (
  id         INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  offer_id   INT UNSIGNED NOT NULL,
  shortname  VARCHAR(64) NULL,
  UNIQUE KEY commission_offer (offer_id)
);

-- What an event pays and costs.  Effective-dated: an edit ends one version and begins the next, rows are
-- never changed otherwise, and booking picks the version of the event's own time.  change_id 0 is the
-- price without any restriction.  Percentages are ten-thousandths of a percent, amounts micro-units of
-- `currency`; NULL = not given.  valid_to_us NULL = still in force.  expressed_by: a bit for each dialect
-- that can write this rule (1 NATS, 2 Affise), see C2 of decisions.md.
CREATE TABLE payout_rule (
  id                INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  offer_id          INT UNSIGNED NOT NULL,
  change_id         INT UNSIGNED NOT NULL,
  valid_from_us     BIGINT NOT NULL,
  valid_to_us       BIGINT NULL,
  expressed_by      TINYINT UNSIGNED NOT NULL DEFAULT 3,
  kind              ENUM('standard', 'disable', 'temporary') NOT NULL DEFAULT 'standard',
  start_us          BIGINT NULL,
  end_us            BIGINT NULL,
  goal_id           INT UNSIGNED NOT NULL DEFAULT 0,
  countries         TEXT NOT NULL DEFAULT '',
  country_exclude   BOOLEAN NOT NULL DEFAULT FALSE,
  title             VARCHAR(255) NOT NULL DEFAULT '',
  currency          CHAR(3) CHARACTER SET ascii NOT NULL,
  commission_type   ENUM('', 'cpa', 'cps', 'click', 'hybrid') NOT NULL DEFAULT '',
  aff_click         BIGINT NULL,
  aff_visitor       BIGINT NULL,
  aff_conversion    BIGINT NULL,
  aff_continuity    BIGINT NULL,
  pct_conversion    BIGINT NULL,
  pct_continuity    BIGINT NULL,
  pct_base          ENUM('revenue', 'gross') NOT NULL DEFAULT 'revenue',
  adv_cost_type     ENUM('', 'conversion', 'dynamic_conversion', 'sale', 'click', 'unique') NOT NULL DEFAULT '',
  adv_flat          BIGINT NULL,
  adv_perc          BIGINT NULL,
  KEY payout_rule_offer (offer_id, change_id, valid_from_us)
);

-- period: 1 day, 2 month, 3 all.  on_full as C3 of decisions.md.  statuses: a bit for each status number.
CREATE TABLE cap (
  id         INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  offer_id   INT UNSIGNED NOT NULL,
  period     TINYINT UNSIGNED NOT NULL,
  value      BIGINT NOT NULL,
  statuses   TINYINT UNSIGNED NOT NULL DEFAULT 38,
  on_full    ENUM('notify', 'landing_page', 'trafficback', 'decline') NOT NULL DEFAULT 'decline',
  deleted    BOOLEAN NOT NULL DEFAULT FALSE,
  KEY cap_offer (offer_id)
);

CREATE TABLE cap_count (
  cap_id     INT UNSIGNED NOT NULL,
  window_us  BIGINT NOT NULL,
  n          BIGINT NOT NULL,
  PRIMARY KEY (cap_id, window_us)
);
