-- Invoices of advertisers.  A generated one takes what was booked since the one before it, up to booked_to_us, so
-- that no revenue stands on two; on one that was written by hand that is NULL.  Days are the network's.
CREATE TABLE invoice (
  number         INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  advertiser_id  INT UNSIGNED NOT NULL,
  start_day      DATE NOT NULL,
  end_day        DATE NOT NULL,
  paid           BOOLEAN NOT NULL DEFAULT FALSE,
  currency       CHAR(3) CHARACTER SET ascii NOT NULL,
  comment        TEXT NOT NULL DEFAULT '',
  booked_to_us   BIGINT NULL,
  created_us     BIGINT NOT NULL,
  updated_us     BIGINT NOT NULL,
  KEY invoice_booked (advertiser_id, currency, booked_to_us)
);
-- amount: micro-units, whole cents.
CREATE TABLE invoice_line (
  number       INT UNSIGNED NOT NULL,
  line         SMALLINT UNSIGNED NOT NULL,
  offer_id     INT UNSIGNED NULL,
  payout_type  VARCHAR(32) NOT NULL DEFAULT '',
  actions      BIGINT NOT NULL DEFAULT 0,
  amount       BIGINT NOT NULL DEFAULT 0,
  comment      TEXT NULL,
  PRIMARY KEY (number, line)
);
