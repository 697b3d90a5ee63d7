-- Signatures of reports that were taken: the same one is taken once.
CREATE TABLE post_signature (
  sig       BINARY(32) NOT NULL PRIMARY KEY,
  event_us  BIGINT NOT NULL,
  KEY post_signature_time (event_us)
);
