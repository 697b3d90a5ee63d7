-- Where a click goes that this rule pays, in place of the default landing page; '' there.
ALTER TABLE payout_rule ADD COLUMN url VARCHAR(2048) NOT NULL DEFAULT '';
