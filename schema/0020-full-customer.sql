-- deduct_full_customer_commission: a void or chargeback takes back what was paid for all of the customer.
-- full_customer marks such a row; turn is moved by whoever decides about all of a customer's conversions.
ALTER TABLE offer ADD COLUMN deduct_full_customer_commission BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE txn ADD COLUMN full_customer BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE customer ADD COLUMN turn BIGINT UNSIGNED NOT NULL DEFAULT 0;
