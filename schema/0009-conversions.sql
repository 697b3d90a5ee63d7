-- What decides whether a reported conversion is taken, and whose it is.

-- ip_conversion_limit_flag: 0 the network's limit, 1 none, 2 the offer's own.  ip_conversion_group: 0 this offer
-- alone.  click_session, minimal_click_session: groups of digits and units as in 1y2m3w4d5h6i7s, '' no bound.
ALTER TABLE offer
  ADD COLUMN ip_conversion_limit_flag  TINYINT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN ip_conversion_limit       INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN ip_conversion_group       INT UNSIGNED NOT NULL DEFAULT 0,
  ADD COLUMN uniq_ip_only              BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN prevent_cookie_dupes      BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN ip_lookup                 BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN allow_s2s_ip              BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN book_unattributed         BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN click_session             VARCHAR(64) NOT NULL DEFAULT '',
  ADD COLUMN minimal_click_session     VARCHAR(64) NOT NULL DEFAULT '',
  ADD COLUMN no_personal_member_info   BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN retro_payout              BOOLEAN NOT NULL DEFAULT FALSE;

-- limit_ip: the visitor's address as limits count it (nats-behaviour.md 2.6), an IPv6 one by its first 64 bits.
ALTER TABLE conversion
  ADD COLUMN limit_ip  VARBINARY(16) NOT NULL DEFAULT '',
  ADD KEY conversion_ip (limit_ip, created_us);

-- Whose turn it is to count the conversions of an address: the row is locked, and moved, by each transaction that
-- may book one under a limit.  On Galera, where locks are local, the loser's commit fails.
CREATE TABLE ip_turn (
  ip       VARBINARY(16) NOT NULL PRIMARY KEY,
  turn     BIGINT UNSIGNED NOT NULL,
  used_us  BIGINT NOT NULL,
  KEY ip_turn_used (used_us)
);
