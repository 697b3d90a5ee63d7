-- Creatives (adtools of the NATS dialect), who is shown them, and the files that the network keeps itself.

-- Bytes live here and not in a directory, since nodes share nothing but the database.  name is random and all that a
-- URL says; mime was found in the bytes, whatever the sender called them.
CREATE TABLE stored_file (
  name        CHAR(32) CHARACTER SET ascii NOT NULL PRIMARY KEY,
  ext         VARCHAR(8) CHARACTER SET ascii NOT NULL,
  mime        VARCHAR(64) CHARACTER SET ascii NOT NULL,
  created_us  BIGINT NOT NULL,
  bytes       LONGBLOB NOT NULL
);

CREATE TABLE creative_type (
  id           INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  shortname    VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name         VARCHAR(255) NOT NULL,
  description  VARCHAR(255) NOT NULL,
  category_id  INT UNSIGNED NOT NULL,
  deleted      BOOLEAN NOT NULL DEFAULT FALSE,
  UNIQUE KEY creative_type_shortname (shortname)
);
INSERT INTO creative_type (id, shortname, name, description, category_id) VALUES
  (1, 'image_banners', 'Image Banners', 'Image Banners', 1),
  (2, 'archives', 'Archives', 'Archives of several files', 1);

-- offer_id: the offer it was uploaded with; NULL: the network's, and its rules say which offers show it.
-- hosted: 1 by the network (file is a name of stored_file), 2 elsewhere (at hosted_url).
CREATE TABLE creative (
  id           INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  type_id      INT UNSIGNED NOT NULL,
  offer_id     INT UNSIGNED NULL,
  deleted      BOOLEAN NOT NULL DEFAULT FALSE,
  pending      BOOLEAN NOT NULL DEFAULT FALSE,
  hosted       TINYINT UNSIGNED NOT NULL,
  name         VARCHAR(255) NOT NULL,
  alt          VARCHAR(255) NOT NULL DEFAULT '',
  hosted_url   VARCHAR(2048) NOT NULL DEFAULT '',
  file         VARCHAR(41) CHARACTER SET ascii NOT NULL DEFAULT '',
  ext          VARCHAR(8) CHARACTER SET ascii NOT NULL DEFAULT '',
  mime         VARCHAR(64) CHARACTER SET ascii NOT NULL DEFAULT '',
  width        INT UNSIGNED NOT NULL DEFAULT 0,
  height       INT UNSIGNED NOT NULL DEFAULT 0,
  size         BIGINT UNSIGNED NOT NULL DEFAULT 0,
  added_us     BIGINT NOT NULL,
  modified_us  BIGINT NOT NULL,
  KEY creative_type_of (type_id),
  KEY creative_offer (offer_id)
);

-- kind: 0 ignore, 1 show, 2 hide.  affiliates, offers, landing_pages: numbers parted by commas, sorted; empty: all.
-- end_us NULL: never.  made_by: the account that wrote it.
CREATE TABLE creative_rule (
  id             INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  rule_key       CHAR(13) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  creative_id    INT UNSIGNED NOT NULL,
  kind           TINYINT UNSIGNED NOT NULL,
  start_us       BIGINT NOT NULL,
  end_us         BIGINT NULL,
  affiliates     MEDIUMTEXT CHARACTER SET ascii NOT NULL,
  offers         MEDIUMTEXT CHARACTER SET ascii NOT NULL,
  landing_pages  MEDIUMTEXT CHARACTER SET ascii NOT NULL,
  made_by        INT UNSIGNED NOT NULL,
  added_us       BIGINT NOT NULL,
  UNIQUE KEY creative_rule_key (creative_id, rule_key)
);
