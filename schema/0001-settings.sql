-- What the network as a whole has set, and how a change of it reaches every node.

CREATE TABLE setting (
  name        VARCHAR(64) NOT NULL PRIMARY KEY,
  value       TEXT NOT NULL,
  updated_us  BIGINT NOT NULL
);

-- One row.  Each configuration transaction bumps it and then writes its changes under the new number:
-- the row's lock makes the numbers come out in commit order, which an auto-increment does not.
CREATE TABLE catalog_version (
  one         TINYINT NOT NULL PRIMARY KEY CHECK (one = 1),
  version     BIGINT UNSIGNED NOT NULL
);
INSERT INTO catalog_version VALUES (1, 1);

-- kind: 1 setting, 2 account, 3 offer (with its landing pages, commission, rules and caps), 4 goal
CREATE TABLE catalog_change (
  version     BIGINT UNSIGNED NOT NULL,
  kind        TINYINT UNSIGNED NOT NULL,
  object_id   BIGINT UNSIGNED NOT NULL,
  PRIMARY KEY (version, kind, object_id)
);

-- A node and the journal it writes.  folded_through_us: every event acknowledged before it is booked.
CREATE TABLE node (
  node_id            SMALLINT UNSIGNED NOT NULL PRIMARY KEY,
  journal_uuid       BINARY(16) NOT NULL,
  registered_us      BIGINT NOT NULL,
  folded_through_us  BIGINT NOT NULL DEFAULT 0
);

-- How far each journal is booked.  Moved in the transaction that books: lane 0 clicks, 1 events.
CREATE TABLE fold_position (
  node_id       SMALLINT UNSIGNED NOT NULL,
  lane          TINYINT UNSIGNED NOT NULL,
  journal_uuid  BINARY(16) NOT NULL,
  pos           BIGINT UNSIGNED NOT NULL,
  last_txn_us   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (node_id, lane)
);

-- GET_LOCK is local to a Galera node, so whoever sweeps takes a row here.
CREATE TABLE lease (
  name      VARCHAR(64) NOT NULL PRIMARY KEY,
  node_id   SMALLINT UNSIGNED NOT NULL,
  until_us  BIGINT NOT NULL
);

-- Records that the fold could not book as they are; an alarm stands beside each.
CREATE TABLE quarantine (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  node_id     SMALLINT UNSIGNED NOT NULL,
  lane        TINYINT UNSIGNED NOT NULL,
  pos         BIGINT UNSIGNED NOT NULL,
  at_us       BIGINT NOT NULL,
  why         VARCHAR(255) NOT NULL,
  body        MEDIUMBLOB NOT NULL
);

-- Rates are append-only: units of the currency for one unit of base, in micro-units.
CREATE TABLE currency_rate (
  currency       CHAR(3) CHARACTER SET ascii NOT NULL,
  valid_from_us  BIGINT NOT NULL,
  rate           BIGINT NOT NULL,
  PRIMARY KEY (currency, valid_from_us)
);

-- Payout periods whose payments are stored; from the first on, zone and base currency stay as they are (R2).
CREATE TABLE stored_period (
  payout_period_id  INT UNSIGNED NOT NULL,
  starts_us         BIGINT NOT NULL,
  ends_us           BIGINT NOT NULL,
  stored_us         BIGINT NOT NULL,
  PRIMARY KEY (payout_period_id, starts_us)
);
