-- What the Affise dialect shows of an offer and nothing goes by, and where its traffic may come from.

-- tags: one a line.  descriptions, kpi: JSON objects, language to text; English descriptions stand in offer.
-- hide_payments: affiliates do not see percent payments.
CREATE TABLE offer_display (
  offer_id           INT UNSIGNED NOT NULL PRIMARY KEY,
  external_offer_id  VARCHAR(255) NOT NULL DEFAULT '',
  is_cpi             BOOLEAN NOT NULL DEFAULT FALSE,
  hide_payments      BOOLEAN NOT NULL DEFAULT FALSE,
  tags               TEXT NOT NULL DEFAULT '',
  notes              TEXT NOT NULL DEFAULT '',
  note_aff           TEXT NOT NULL DEFAULT '',
  note_sales         TEXT NOT NULL DEFAULT '',
  descriptions       MEDIUMTEXT NOT NULL DEFAULT '',
  kpi                MEDIUMTEXT NOT NULL DEFAULT ''
);

-- titles: a JSON object, language to text.
CREATE TABLE traffic_source (
  id      INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  hex24   CHAR(24) CHARACTER SET ascii NOT NULL,
  titles  TEXT NOT NULL,
  UNIQUE KEY traffic_source_hex24 (hex24)
);
CREATE TABLE offer_source (
  offer_id   INT UNSIGNED NOT NULL,
  source_id  INT UNSIGNED NOT NULL,
  PRIMARY KEY (offer_id, source_id),
  KEY offer_source_source (source_id)
);
INSERT INTO traffic_source (hex24, titles)
  SELECT hex24, JSON_OBJECT('en', t, 'ru', t, 'es', t) FROM (
    SELECT '51f531f53b7d9b1e0382f6d9' AS hex24, 'Web sites' AS t, 1 AS n
    UNION ALL SELECT '51f532053b7d9b340eea741a', 'Doorways', 2
    UNION ALL SELECT '51f532103b7d9b340e325f1c', 'Context AD', 3
    UNION ALL SELECT '51f5322d3b7d9b340eabb872', 'Brand Context AD', 4
    UNION ALL SELECT '51f532393b7d9b5e030908a0', 'Teaser/banner AD', 5
    UNION ALL SELECT '51f5325e3b7d9b340e8a2b79', 'Social networks: targeted AD', 6
    UNION ALL SELECT '51f532713b7d9b5e03b24520', 'Social networks: publics, games, applications', 7
    UNION ALL SELECT '51f532873b7d9b5e03e88a74', 'Emailing', 8
    UNION ALL SELECT '5432ffe43b7d9b615f4f7f2a', 'Mobile traffic', 9
    UNION ALL SELECT '5432fff93b7d9b615fab559d', 'ClickUnder/PopUnder', 10
    UNION ALL SELECT '5433000d3b7d9b615f6392b8', 'Rebrokering', 11
    UNION ALL SELECT '5433001e3b7d9b456bc15573', 'Incent traffic', 12) s ORDER BY n;
