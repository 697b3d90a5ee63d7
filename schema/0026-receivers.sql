-- Who is paid beside the affiliate: those who referred him, his managers, and partners of the offer.

-- Further managers of an affiliate; the first is account.manager_id.
CREATE TABLE account_manager (
  account_id  INT UNSIGNED NOT NULL,
  manager_id  INT UNSIGNED NOT NULL,
  PRIMARY KEY (account_id, manager_id),
  KEY account_manager_of (manager_id)
);

-- What a manager gets of each transaction of his affiliates: ten-thousandths of a percent, NULL nothing.
ALTER TABLE account
  ADD COLUMN manager_percent  BIGINT NULL,
  ADD COLUMN manager_base     ENUM('payout', 'margin') NOT NULL DEFAULT 'payout';

-- A partner's share of an offer's income.
CREATE TABLE offer_partner (
  offer_id    INT UNSIGNED NOT NULL,
  account_id  INT UNSIGNED NOT NULL,
  percent     BIGINT NOT NULL,
  PRIMARY KEY (offer_id, account_id)
);

-- role, one more than before: 3 a manager's share of the margin, 6 one of the payout; 4 a partner's share of the
-- income.  percent: of a share, the rate it was worked out with, which corrections use again (M4).
ALTER TABLE payout_row
  ADD COLUMN percent BIGINT NULL,
  ADD KEY payout_row_role (account_id, role),
  ADD KEY payout_row_due (account_id, payable_from_us);
