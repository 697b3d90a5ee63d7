-- Calls about many conversions at once (src/book/bulk.h).

-- The parts of a call that waits for its last one.
CREATE TABLE bulk_part (
  call_id   CHAR(40) CHARACTER SET ascii NOT NULL,
  no        SMALLINT UNSIGNED NOT NULL,
  node_id   SMALLINT UNSIGNED NOT NULL,
  event_us  BIGINT NOT NULL,
  body      MEDIUMBLOB NOT NULL,
  PRIMARY KEY (call_id, no),
  KEY bulk_part_event (event_us)
);

-- What became of each row of a call, whose event is in event_log: outcome is tbl/outcomes.h, param the field that
-- its text names, what the id of the conversion that was to be edited, or the action id of one that was imported.
CREATE TABLE bulk_row (
  event_us      BIGINT NOT NULL,
  event_lo      BIGINT NOT NULL,
  n             SMALLINT UNSIGNED NOT NULL,
  outcome       TINYINT UNSIGNED NOT NULL,
  param         TINYINT UNSIGNED NOT NULL,
  offer_id      INT UNSIGNED NOT NULL,
  affiliate_id  INT UNSIGNED NOT NULL,
  txn_us        BIGINT NOT NULL,
  what          VARCHAR(190) NOT NULL,
  PRIMARY KEY (event_us, event_lo, n)
);
