-- Campaigns: named sets of an affiliate's sub ids.  auto_names: the names that a link's autocamp gave, sorted and
-- parted by commas, of one that the fold made; NULL: made by hand.
CREATE TABLE campaign (
  id            INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  affiliate_id  INT UNSIGNED NOT NULL,
  name          VARCHAR(255) NOT NULL,
  auto_names    VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NULL,
  created_us    BIGINT NOT NULL,
  UNIQUE KEY campaign_auto (affiliate_id, auto_names),
  KEY campaign_day (affiliate_id, created_us)
);
CREATE TABLE campaign_subid (
  campaign_id  INT UNSIGNED NOT NULL,
  subid_id     INT UNSIGNED NOT NULL,
  PRIMARY KEY (campaign_id, subid_id)
);
