-- What offers are filed under: categories (both dialects), marketing types (NATS), and languages of landing
-- pages; and what is said of an offer to those who promote it.

CREATE TABLE offer_category (
  id          INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hex24       CHAR(24) CHARACTER SET ascii NOT NULL,
  name        VARCHAR(190) NOT NULL,
  created_us  BIGINT NOT NULL,
  UNIQUE KEY offer_category_hex24 (hex24),
  UNIQUE KEY offer_category_name (name)
);
CREATE TABLE offer_in_category (
  offer_id  INT UNSIGNED NOT NULL,
  tag_id    INT UNSIGNED NOT NULL,
  PRIMARY KEY (offer_id, tag_id),
  KEY offer_in_category_tag (tag_id)
);

CREATE TABLE marketing_type (
  id    INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name  VARCHAR(190) NOT NULL,
  UNIQUE KEY marketing_type_name (name)
);
CREATE TABLE offer_in_marketing_type (
  offer_id  INT UNSIGNED NOT NULL,
  tag_id    INT UNSIGNED NOT NULL,
  PRIMARY KEY (offer_id, tag_id),
  KEY offer_in_marketing_type_tag (tag_id)
);

CREATE TABLE language (
  id    INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name  VARCHAR(190) NOT NULL,
  UNIQUE KEY language_name (name)
);
INSERT INTO language (id, name) VALUES (1, 'English');

-- remove_ocode: landing pages do not learn the tracking code (%%ocode%% is empty).  hide_payout_string:
-- commission_description stands where the text made of the rates would.
ALTER TABLE offer
  ADD COLUMN featured BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN subject_lines TEXT NOT NULL DEFAULT '',
  ADD COLUMN from_addresses TEXT NOT NULL DEFAULT '',
  ADD COLUMN remove_ocode BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN hide_payout_string BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN commission_description TEXT NOT NULL DEFAULT '';
ALTER TABLE landing_page
  ADD COLUMN thumb_url VARCHAR(2048) NOT NULL DEFAULT '',
  ADD COLUMN force_url VARCHAR(2048) NOT NULL DEFAULT '',
  ADD COLUMN language INT UNSIGNED NULL;
