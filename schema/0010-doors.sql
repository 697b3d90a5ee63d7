-- Ways in: tracking domains, short codes, and what offers and landing pages say of their links.

-- The hosts that clicks come in at.  host: lower case, with the port when it is not the scheme's own.
-- redirect_url, template_protect: what visitors see whose path is neither a link nor an API's.
-- landing_page_id and account_id: what /track/ without a code leads to, and whose click it is.
CREATE TABLE tracking_domain (
  id                INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  host              VARCHAR(255) CHARACTER SET ascii NOT NULL,
  https             BOOLEAN NOT NULL DEFAULT FALSE,
  redirect_url      VARCHAR(2048) NOT NULL DEFAULT '',
  template_protect  BOOLEAN NOT NULL DEFAULT FALSE,
  is_default        BOOLEAN NOT NULL DEFAULT FALSE,
  landing_page_id   INT UNSIGNED NULL,
  account_id        INT UNSIGNED NULL,
  created_us        BIGINT NOT NULL,
  UNIQUE KEY tracking_domain_host (host)
);

-- Short codes.  kind 1: a tracking code behind /track/; 2: the query of a /click link behind /.
-- target_hash: of the target, so that the same target has one code.
CREATE TABLE short_link (
  id           INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  kind         TINYINT UNSIGNED NOT NULL,
  code         VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  target       VARCHAR(2048) NOT NULL,
  target_hash  BINARY(16) NOT NULL,
  created_us   BIGINT NOT NULL,
  UNIQUE KEY short_link_code (kind, code),
  UNIQUE KEY short_link_target (kind, target_hash)
);

ALTER TABLE offer
  ADD COLUMN tracking_domain_id INT UNSIGNED NULL,
  ADD COLUMN allow_deeplink BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN deeplink_hosts TEXT NOT NULL DEFAULT '';
ALTER TABLE landing_page
  ADD COLUMN tracking_domain_id INT UNSIGNED NULL,
  ADD COLUMN hostnpost_ips TEXT NOT NULL DEFAULT '';
