-- What the Affise dialect knows of people: users of the network by role, ways to pay an affiliate, and what he is
-- asked when he signs up.

-- roles: bits in the order of src/tbl/sections.h.
CREATE TABLE user_role (
  account_id  INT UNSIGNED NOT NULL PRIMARY KEY,
  roles       INT UNSIGNED NOT NULL,
  work_hours  VARCHAR(255) NOT NULL DEFAULT ''
);

-- A payment system is a way of payment of the other dialect (payvia_type), with the fields that it needs.
-- currency '': any.
ALTER TABLE payvia_type
  ADD COLUMN currency CHAR(3) CHARACTER SET ascii NOT NULL DEFAULT '';
CREATE TABLE payvia_field (
  id              INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  payvia_type_id  INT UNSIGNED NOT NULL,
  name            VARCHAR(190) NOT NULL,
  required        BOOLEAN NOT NULL DEFAULT FALSE,
  UNIQUE KEY payvia_field_name (payvia_type_id, name)
);

-- All of an account's; that of account.payvia_type_id is the one he is paid by, with its values in account_payvia
-- too.
CREATE TABLE account_paysystem (
  id              INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  account_id      INT UNSIGNED NOT NULL,
  payvia_type_id  INT UNSIGNED NOT NULL,
  currency        CHAR(3) CHARACTER SET ascii NOT NULL DEFAULT '',
  KEY account_paysystem_account (account_id)
);
CREATE TABLE account_paysystem_value (
  account_paysystem_id  INT UNSIGNED NOT NULL,
  field_id              INT UNSIGNED NOT NULL,
  value                 TEXT NOT NULL,
  PRIMARY KEY (account_paysystem_id, field_id)
);

-- field_type: text, multiline, hidden; select and radio: one of choices; checkbox: any of them.  choices: one a line.
CREATE TABLE custom_field (
  id          INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name        VARCHAR(190) NOT NULL,
  field_type  ENUM('text', 'multiline', 'hidden', 'select', 'radio', 'checkbox') NOT NULL DEFAULT 'text',
  required    BOOLEAN NOT NULL DEFAULT FALSE,
  choices     TEXT NOT NULL DEFAULT '',
  deleted     BOOLEAN NOT NULL DEFAULT FALSE
);
-- answer: the text, or numbers of choices from 1, parted by commas.
CREATE TABLE account_custom_field (
  account_id  INT UNSIGNED NOT NULL,
  field_id    INT UNSIGNED NOT NULL,
  answer      TEXT NOT NULL,
  PRIMARY KEY (account_id, field_id)
);

-- Currencies that the network has ended: their rates go on counting for what is booked, and nothing new names them.
CREATE TABLE currency_ended (
  currency  CHAR(3) CHARACTER SET ascii NOT NULL PRIMARY KEY
);

CREATE TABLE news (
  id          INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hex24       CHAR(24) CHARACTER SET ascii NOT NULL,
  title       VARCHAR(255) NOT NULL,
  small_desc  TEXT NOT NULL,
  text        MEDIUMTEXT NOT NULL,
  fixed       BOOLEAN NOT NULL DEFAULT FALSE,
  created_us  BIGINT NOT NULL,
  UNIQUE KEY news_hex24 (hex24)
);

-- decision: 0 none yet, 1 approved, 2 rejected; then it is closed.
CREATE TABLE ticket (
  id           INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  account_id   INT UNSIGNED NOT NULL,
  offer_id     INT UNSIGNED NOT NULL,
  comment      TEXT NOT NULL,
  decision     TINYINT UNSIGNED NOT NULL DEFAULT 0,
  created_us   BIGINT NOT NULL,
  updated_us   BIGINT NULL,
  KEY ticket_asked (offer_id, account_id),
  KEY ticket_decision (decision, id)
);
