-- Customers by REST.  locked: the network's people may not edit it, the advertiser's posts still do.
-- forgotten_us: when the person was erased; nothing about the person is stored from then on.
ALTER TABLE customer
  ADD COLUMN locked BOOLEAN NOT NULL DEFAULT FALSE,
  ADD COLUMN forgotten_us BIGINT NULL,
  ADD KEY customer_name (subscription_id);

ALTER TABLE customer_person
  ADD COLUMN username VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN custom1 VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN custom2 VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN custom3 VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN custom4 VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN custom5 VARCHAR(255) NOT NULL DEFAULT '',
  ADD COLUMN password_hash VARCHAR(128) CHARACTER SET ascii NULL;

-- For what a customer has bought.
ALTER TABLE conversion ADD KEY conversion_customer (customer_id);
