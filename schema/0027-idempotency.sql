-- Answers of the NATS dialect's writes that were sent with an Idempotency-Key, for a day.  A row without a
-- status is a claim: the first such request is being executed, or nobody knows how it ended.  repeatable: it
-- sent an event, which the ledger takes once however often it comes.
CREATE TABLE idempotency (
  account_id    INT UNSIGNED NOT NULL,
  key_hash      BINARY(32) NOT NULL,
  request_hash  BINARY(32) NOT NULL,
  begun_us      BIGINT NOT NULL,
  repeatable    BOOLEAN NOT NULL,
  status        SMALLINT UNSIGNED NULL,
  reply         MEDIUMBLOB NULL,
  PRIMARY KEY (account_id, key_hash),
  KEY idempotency_begun (begun_us)
);
