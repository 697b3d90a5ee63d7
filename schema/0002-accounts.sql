-- Accounts of every kind share one number sequence (decisions.md §7).

-- type: 100 affiliate, 120 affiliate manager, 140 advertiser, 160 customer service, 180 offer partner,
-- 200 sub-administrator, 225 administrator.  status: 0 active, 1 disabled, 2 banned,
-- 3 waiting for verification, 4 pending, 5 denied.
CREATE TABLE account (
  id                  INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hex24               CHAR(24) CHARACTER SET ascii NOT NULL,
  type                TINYINT UNSIGNED NOT NULL,
  username            VARCHAR(190) NOT NULL,
  email               VARCHAR(190) NULL,
  password_hash       VARCHAR(128) CHARACTER SET ascii NULL,
  status              TINYINT UNSIGNED NOT NULL DEFAULT 0,
  deleted             BOOLEAN NOT NULL DEFAULT FALSE,
  inhouse             BOOLEAN NOT NULL DEFAULT FALSE,
  auto_pending        BOOLEAN NOT NULL DEFAULT FALSE,
  title               VARCHAR(255) NOT NULL DEFAULT '',
  payvia_type_id      INT UNSIGNED NULL,
  minimum_payout      BIGINT NULL,
  payout_period_id    INT UNSIGNED NULL,
  ref_account_id      INT UNSIGNED NULL,
  manager_id          INT UNSIGNED NULL,
  ref_percent         BIGINT NULL,
  percentage_override BIGINT NULL,
  level               INT NOT NULL DEFAULT 0,
  notes               TEXT NOT NULL DEFAULT '',
  allowed_ip          TEXT NOT NULL DEFAULT '',
  hash_password       VARCHAR(190) NULL,
  custom1             VARCHAR(255) NOT NULL DEFAULT '',
  custom2             VARCHAR(255) NOT NULL DEFAULT '',
  custom3             VARCHAR(255) NOT NULL DEFAULT '',
  custom4             VARCHAR(255) NOT NULL DEFAULT '',
  custom5             VARCHAR(255) NOT NULL DEFAULT '',
  created_us          BIGINT NOT NULL,
  updated_us          BIGINT NOT NULL,
  UNIQUE KEY account_hex24 (hex24),
  UNIQUE KEY account_username (username),
  UNIQUE KEY account_email (email),
  KEY account_type (type, id)
);

-- What names a person, apart from the rest so that forgetting is one delete.
CREATE TABLE account_person (
  account_id     INT UNSIGNED NOT NULL PRIMARY KEY,
  firstname      VARCHAR(255) NOT NULL DEFAULT '',
  lastname       VARCHAR(255) NOT NULL DEFAULT '',
  company        VARCHAR(255) NOT NULL DEFAULT '',
  contact        VARCHAR(255) NOT NULL DEFAULT '',
  url            VARCHAR(2048) NOT NULL DEFAULT '',
  tel            VARCHAR(255) NOT NULL DEFAULT '',
  icq            VARCHAR(255) NOT NULL DEFAULT '',
  aim            VARCHAR(255) NOT NULL DEFAULT '',
  msn            VARCHAR(255) NOT NULL DEFAULT '',
  skype          VARCHAR(255) NOT NULL DEFAULT '',
  address1       VARCHAR(255) NOT NULL DEFAULT '',
  address2       VARCHAR(255) NOT NULL DEFAULT '',
  city           VARCHAR(255) NOT NULL DEFAULT '',
  state          VARCHAR(255) NOT NULL DEFAULT '',
  country        VARCHAR(255) NOT NULL DEFAULT '',
  zip_code       VARCHAR(255) NOT NULL DEFAULT '',
  tax_id_or_ssn  VARCHAR(255) NOT NULL DEFAULT '',
  vat_code       VARCHAR(255) NOT NULL DEFAULT '',
  join_ip        VARCHAR(45) NOT NULL DEFAULT ''
);

CREATE TABLE account_payvia (
  account_id  INT UNSIGNED NOT NULL,
  field       VARCHAR(190) NOT NULL,
  value       TEXT NOT NULL,
  PRIMARY KEY (account_id, field)
);

-- Keys are stored as SHA-256 and shown once.  ends_us: when a rotated or revoked key stops working.
CREATE TABLE api_key (
  id          INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  account_id  INT UNSIGNED NOT NULL,
  key_hash    BINARY(32) NOT NULL,
  created_us  BIGINT NOT NULL,
  ends_us     BIGINT NULL,
  UNIQUE KEY api_key_hash (key_hash),
  KEY api_key_account (account_id)
);

CREATE TABLE payvia_type (
  id               INT UNSIGNED NOT NULL PRIMARY KEY,
  name             VARCHAR(190) NOT NULL UNIQUE,
  description      TEXT NOT NULL DEFAULT '',
  minimum_payment  VARCHAR(255) NOT NULL DEFAULT '',
  cost_type        ENUM('flat', 'percentage') NOT NULL DEFAULT 'flat',
  cost_amount      BIGINT NOT NULL DEFAULT 0,
  enabled          BOOLEAN NOT NULL DEFAULT TRUE
);
INSERT INTO payvia_type (id, name) VALUES (1, 'Check'), (2, 'Domestic Wire'), (3, 'International Wire'),
  (4, 'Paypal'), (5, 'Payoneer'), (6, 'ePassporte'), (7, 'EMC2/IPAYOUT'), (8, 'Inteca'), (9, 'Payza');

CREATE TABLE payout_period (
  id          INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  starts      VARCHAR(64) NOT NULL,
  delay       TINYINT UNSIGNED NOT NULL DEFAULT 0,
  enabled     BOOLEAN NOT NULL DEFAULT TRUE,
  is_default  BOOLEAN NOT NULL DEFAULT FALSE
);
INSERT INTO payout_period (id, starts, is_default) VALUES (1, '1,16', TRUE);
