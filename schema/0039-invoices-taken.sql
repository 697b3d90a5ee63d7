-- What a generated invoice took, before rounding and however its lines are edited: the next one takes what the books
-- have up to its end less all that was taken, so that what was booked late for a day that is billed comes on it.
CREATE TABLE invoice_taken (
  number    INT UNSIGNED NOT NULL,
  offer_id  INT UNSIGNED NOT NULL,
  actions   BIGINT NOT NULL,
  amount    BIGINT NOT NULL,
  PRIMARY KEY (number, offer_id)
);
INSERT INTO invoice_taken (number, offer_id, actions, amount)
  SELECT i.number, r.offer_id, SUM(r.conversion + r.advertiser_initial + r.continuity + r.goal),
    SUM(r.conversion_amount + r.initial_amount + r.continuity_amount + r.goal_amount + r.income_amount + r.void_amount
      + r.chargeback_amount + r.void_rev_amount + r.chargeback_rev_amount)
  FROM (SELECT advertiser_id, currency, MAX(number) AS number, MAX(booked_to_us) AS to_us FROM invoice
    WHERE booked_to_us IS NOT NULL GROUP BY advertiser_id, currency) i
  JOIN rollup_booked r ON r.advertiser_id = i.advertiser_id AND r.currency = i.currency AND r.bucket < i.to_us DIV 900000000
  GROUP BY i.number, r.offer_id;
