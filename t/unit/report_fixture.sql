-- A network with five months of clicks and conversions, for tests of reports: read by the C units
-- (t/unit/report_fixture.h) and by t/30-report.t.  A statement ends with a semicolon at a line's end.
--
-- Deterministic: click i of 4000 is made from i alone.  2025-10-20 to 2026-03-19 UTC, so that both changes of
-- the clocks of New York and a year's end lie inside.  The ledger knows every kind of row and two currencies
-- (EUR at 0.8); the rollups are filled from the raw rows, as the fold would have.

INSERT INTO currency_rate VALUES ('EUR', 1, 800000);
INSERT INTO account (id, hex24, type, username, email, status, inhouse, title, created_us, updated_us)
  VALUES (10, '00000000000000000000000a', 100, 'anna', 'anna@example.net', 0, 0, 'Anna', 1, 1), (11,
  '00000000000000000000000b', 100, 'ben', 'ben@example.net', 0, 0, 'Ben', 1, 1), (12,
  '00000000000000000000000c', 100, 'carl', NULL, 0, 1, '', 1, 1), (20, '000000000000000000000014', 140,
  'adv20', NULL, 0, 0, 'Advertiser', 1, 1), (30, '00000000000000000000001e', 120, 'mia', NULL, 0, 0, 'Mia',
  1, 1);
INSERT INTO offer (id, hex24, name, advertiser_id, default_lp_id, created_us, updated_us) VALUES (1,
  '100000000000000000000001', 'One', 20, 1, 1, 1), (2, '100000000000000000000002', 'Two', 20, 2, 1, 1), (3,
  '100000000000000000000003', 'Three "3"', NULL, 3, 1, 1);
INSERT INTO landing_page (id, offer_id, name, url, created_us, updated_us) VALUES (1, 1, 'l1',
  'http://one.example/', 1, 1), (2, 2, 'l2', 'http://two.example/', 1, 1), (3, 3, 'l3',
  'http://three.example/', 1, 1), (4, 1, 'l4', 'http://one.example/b', 1, 1);
INSERT INTO commission (id, offer_id) VALUES (1, 1), (2, 2), (3, 3);
INSERT INTO goal (id, value, title, created_us) VALUES (1, 'lead', 'Lead', 1), (2, 'sale', 'Sale', 1);
INSERT INTO user_agent (id, ua_hash, ua, device_type, brand, model, os, os_version, browser,
  browser_version) VALUES (1, 11, 'UA one', 0, '', '', 'Windows', '10', 'Chrome', '126.0'), (2, 22,
  'UA two', 1, 'Samsung', 'S21', 'Android', '13', 'Chrome Mobile', '125.0'), (3, 33, 'UA three', 2, 'Apple',
  'iPad', 'iOS', '17', 'Mobile Safari', '17.1');
-- What click i is; everything else follows.  Countries: US, DE, unknown.
CREATE TABLE fx AS SELECT CAST(seq AS SIGNED) AS i, 1760918400000000 + (seq * 7919 * 97 MOD 12960000) *
  1000000 + seq AS us, 1 + seq MOD 3 AS offer, 10 + (seq DIV 3) MOD 3 AS aff, 1 + (seq DIV 5) MOD 3 AS ua,
  IF(seq MOD 29 = 0, 1, IF(seq MOD 31 = 0, 27, 0)) AS verdict, IF(seq MOD 11 = 0, 0, IF(seq MOD 2 = 0,
  21843, 17477)) AS country, IF(seq MOD 13 = 0, 'EUR', 'USD') AS cur, IF(seq MOD 13 = 0, 800000, 1000000) AS
  rate FROM seq_1_to_4000;
ALTER TABLE fx ADD PRIMARY KEY (i);
INSERT INTO click (click_us, click_lo, node_id, verdict, flags, offer_id, landing_page_id, commission_id,
  affiliate_id, advertiser_id, campaign_id, adtool_id, rule_id, country, device_type, ua_id, currency,
  payout, revenue, ip, sub1, sub2, sub3, sub4, sub5, ocid, referrer, extra)
  SELECT us, 1000000000 + i, 1 + i MOD 2, verdict, IF(i MOD 3 = 0, 1, 0) | IF(i MOD 4 = 0,
  2, 0), offer, IF(offer = 1 AND i MOD 4 = 0, 4, offer), offer, aff, IF(offer = 3, 0, 20), 0, 0, 0, country,
  ua - 1, ua, cur, IF(verdict = 0 AND offer = 2, 12345, 0), IF(verdict = 0 AND offer = 2, 50000, 0),
  UNHEX('00000000000000000000FFFFC0000207'), CONCAT('sub', i MOD 4), '', '', '', '', IF(i MOD 5 = 0,
  CONCAT('oc', i), ''), 'http://ref.example/x', '' FROM fx;
-- Every seventh counted click converts an hour later; its fate says what becomes of it: 1 pending, 2 declined,
-- 3 hold, 4 voided with the payout, 5 voided without, 6 continuity, 7 not found, 8 and 9 goals.
CREATE TABLE fc AS SELECT f.*, i DIV 7 MOD 10 AS fate, us + 3600000000 AS at, (1 + i MOD 2) AS node,
  IF(offer = 1 AND i MOD 4 = 0, 4, offer) AS lp, CASE i DIV 7 MOD 10 WHEN 8 THEN 1 WHEN 9 THEN 2 ELSE 0 END
  AS goal, 10000000 + i * 1000 AS rev, IF(i MOD 5 = 0, 0, 4000000 + i * 100 + 1) AS pay FROM fx f WHERE i
  MOD 7 = 0 AND verdict = 0;
INSERT INTO conversion (conv_us, node_id, status, kind, uniq_key, orderid, offer_id, landing_page_id,
  commission_id, affiliate_id, advertiser_id, goal_id, customer_id, click_us, click_lo, country,
  device_type, ua_id, rule_id, payment_type, currency, rate, amount_sent, gross, revenue, payout,
  revenue_b, payout_b, created_us, updated_us, hold_until_us, open_void_us, open_void_node, ip, ocid,
  sub1, sub2, sub3, sub4, sub5, referrer, comment, extra)
  SELECT at, node, CASE fate WHEN 1 THEN 2 WHEN 2 THEN 3 WHEN 3 THEN 5 WHEN 4 THEN IF(i
  MOD 3 = 0, 1, 3) WHEN 5 THEN 1 WHEN 7 THEN 4 ELSE 1 END, IF(goal > 0, 3, IF(fate = 6, 2, 1)),
  CONCAT('key', i), CONCAT('order-', i), offer, lp, offer, aff, IF(offer = 3, 0, 20), goal, NULL, us,
  1000000000 + i, country, ua - 1, ua, 0, 'fixed', cur, rate, NULL, NULL, IF(fate = 5, 0, rev), pay, IF(fate
  = 5, 0, ROUND(rev * 1000000 / rate)), ROUND(pay * 1000000 / rate), at, at + IF(fate IN (4, 5),
  86400000000, 0), IF(fate = 3, at + 864000000000, NULL), NULL, NULL,
  UNHEX('00000000000000000000FFFFC0000207'), IF(i MOD 5 = 0, CONCAT('oc', i), ''), CONCAT('sub', i MOD 4),
  '', '', '', '', 'http://ref.example/x', IF(fate IN (2, 7), 'why not', ''), '' FROM fc;
-- The first row of each.
INSERT INTO txn (txn_us, node_id, type, booked, deducted, booked_us, event_us, event_lo, conv_us,
  conv_node, ref_us, ref_node, hash, orderid, offer_id, landing_page_id, commission_id, affiliate_id,
  advertiser_id, goal_id, country, rule_id, currency, rate, revenue, revenue_b, gross, cost_b, ocid,
  trans_custom, reason)
  SELECT at, node, CASE WHEN fate = 1 THEN 8 WHEN fate IN (2, 7) THEN 9 WHEN goal > 0 THEN 3
  WHEN fate = 6 THEN 2 ELSE 1 END, fate NOT IN (1, 2, 7), 0, at, at, i, at, node, NULL, NULL, CONCAT('1',
  LPAD(HEX(us DIV 1000000), 8, '0'), LPAD(HEX(us MOD 1000000), 5, '0'), '0.', LPAD(i, 8, '0')),
  CONCAT('order-', i), offer, lp, offer, aff, IF(offer = 3, 0, 20), goal, country, 0, cur, rate, rev,
  ROUND(rev * 1000000 / rate), 0, 0, IF(i MOD 5 = 0, CONCAT('oc', i), ''), '', '' FROM fc;
-- Voids or chargebacks with a fee of 15, a day later; a day after that a third of fate 4 are reversed.
INSERT INTO txn (txn_us, node_id, type, booked, deducted, booked_us, event_us, event_lo, conv_us,
  conv_node, ref_us, ref_node, hash, orderid, offer_id, landing_page_id, commission_id, affiliate_id,
  advertiser_id, goal_id, country, rule_id, currency, rate, revenue, revenue_b, gross, cost_b, ocid,
  trans_custom, reason)
  SELECT at + 86400000000, node, IF(i DIV 70 MOD 2, 5, 4), TRUE, fate = 4, at + 86400000000,
  at + 86400000000, i, at, node, at, node, LEFT(MD5(i), 24), CONCAT('order-', i), offer, lp, offer, aff,
  IF(offer = 3, 0, 20), goal, country, 0, cur, rate, -rev, -ROUND(rev * 1000000 / rate), 0, IF(i DIV 70 MOD
  2, 15000000, 0), '', '', '' FROM (SELECT * FROM fc WHERE fate IN (4, 5)) v;
INSERT INTO payout_row (txn_us, node_id, n, role, account_id, currency, amount, amount_b, booked_us,
  payable_from_us)
  SELECT at, node, 1, 1, aff, cur, pay, ROUND(pay * 1000000 / rate), at, at FROM fc
  WHERE fate NOT IN (1, 2, 7);
INSERT INTO payout_row (txn_us, node_id, n, role, account_id, currency, amount, amount_b, booked_us,
  payable_from_us)
  SELECT at, node, 2, 2, 11, cur, pay DIV 10, ROUND(pay DIV 10 * 1000000 / rate), at,
  at FROM fc WHERE fate NOT IN (1, 2, 7) AND aff = 10;
INSERT INTO payout_row (txn_us, node_id, n, role, account_id, currency, amount, amount_b, booked_us,
  payable_from_us)
  SELECT at, node, 3, 3, 30, cur, pay DIV 20, ROUND(pay DIV 20 * 1000000 / rate), at,
  at FROM fc WHERE fate NOT IN (1, 2, 7) AND aff = 12;
INSERT INTO payout_row (txn_us, node_id, n, role, account_id, currency, amount, amount_b, booked_us,
  payable_from_us)
  SELECT at + 86400000000, node, 1, 1, aff, cur, -pay, -ROUND(pay * 1000000 / rate), at
  + 86400000000, at FROM fc WHERE fate = 4;
INSERT INTO txn (txn_us, node_id, type, booked, deducted, booked_us, event_us, event_lo, conv_us,
  conv_node, ref_us, ref_node, hash, orderid, offer_id, landing_page_id, commission_id, affiliate_id,
  advertiser_id, goal_id, country, rule_id, currency, rate, revenue, revenue_b, gross, cost_b, ocid,
  trans_custom, reason)
  SELECT at + 172800000000, node, IF(i DIV 70 MOD 2, 7, 6), TRUE, FALSE, at + 172800000000, at
  + 172800000000, i, at, node, at + 86400000000, node, LEFT(MD5(-i), 24), CONCAT('order-', i), offer, lp,
  offer, aff, IF(offer = 3, 0, 20), goal, country, 0, cur, rate, rev, ROUND(rev * 1000000 / rate), 0, 0, '',
  '', '' FROM (SELECT * FROM fc WHERE fate = 4 AND i MOD 3 = 0) v;
INSERT INTO payout_row (txn_us, node_id, n, role, account_id, currency, amount, amount_b, booked_us,
  payable_from_us)
  SELECT at + 172800000000, node, 1, 1, aff, cur, pay, ROUND(pay * 1000000 / rate), at
  + 172800000000, at FROM fc WHERE fate = 4 AND i MOD 3 = 0;
UPDATE txn SET hash = LEFT(CONCAT(hash, '000000000000000000000000'), 24) WHERE LENGTH(hash) < 24;
-- The sums, as the fold writes them.
INSERT INTO rollup_booked (bucket, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id,
  country, currency, node_id, page_view, unique_visitor, unique_offer, bot, refused, affiliate_payout,
  affiliate_payout_b, click_payout, click_payout_b, income_amount, income_amount_b) SELECT c.click_us DIV
  900000000, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, c.country, currency,
  node_id, SUM(c.verdict = 0), SUM(c.verdict = 0 AND flags & 1), SUM(c.verdict = 0 AND flags & 2 != 0),
  SUM(c.verdict BETWEEN 1 AND 2), SUM(c.verdict >= 16), SUM(payout), SUM(ROUND(payout * 1000000 / f.rate)),
  SUM(payout), SUM(ROUND(payout * 1000000 / f.rate)), SUM(revenue), SUM(ROUND(revenue * 1000000 / f.rate))
  FROM click c JOIN fx f ON f.us = c.click_us GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9;
INSERT INTO rollup_booked (bucket, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id,
  country, currency, node_id, conversion, advertiser_initial, continuity, goal, void_n, chargeback_n,
  void_reversal_n, chargeback_reversal_n, void_rev_amount, void_rev_amount_b, chargeback_rev_amount,
  chargeback_rev_amount_b, conversion_amount, conversion_amount_b, initial_amount, initial_amount_b,
  continuity_amount, continuity_amount_b, goal_amount, goal_amount_b, void_amount, void_amount_b,
  chargeback_amount, chargeback_amount_b, affiliate_payout, affiliate_payout_b, referral_payout,
  referral_payout_b, manager_payout, manager_payout_b, cost_b) SELECT * FROM (SELECT booked_us DIV 900000000
  AS b, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, country, currency, t.node_id,
  SUM(type = 1 AND advertiser_id = 0) c1, SUM(type = 1 AND advertiser_id != 0) c2, SUM(type = 2) c3,
  SUM(type = 3) c4, SUM(type = 4) c5, SUM(type = 5) c6, SUM(type = 6) c7, SUM(type = 7) c8, SUM(IF(type = 6,
  revenue, 0)) v1, SUM(IF(type = 6, revenue_b, 0)) v2, SUM(IF(type = 7, revenue, 0)) v3, SUM(IF(type = 7,
  revenue_b, 0)) v4, SUM(IF(type = 1 AND advertiser_id = 0, revenue, 0)) m1, SUM(IF(type = 1 AND
  advertiser_id = 0, revenue_b, 0)) m2, SUM(IF(type = 1 AND advertiser_id != 0, revenue, 0)) m3, SUM(IF(type
  = 1 AND advertiser_id != 0, revenue_b, 0)) m4, SUM(IF(type = 2, revenue, 0)) m5, SUM(IF(type = 2,
  revenue_b, 0)) m6, SUM(IF(type = 3, revenue, 0)) m7, SUM(IF(type = 3, revenue_b, 0)) m8, SUM(IF(type = 4,
  revenue, 0)) m9, SUM(IF(type = 4, revenue_b, 0)) m10, SUM(IF(type = 5, revenue, 0)) m11, SUM(IF(type = 5,
  revenue_b, 0)) m12, SUM(p.a) p1, SUM(p.ab) p2, SUM(p.r) p3, SUM(p.rb) p4, SUM(p.m) p5, SUM(p.mb) p6,
  SUM(cost_b) k FROM txn t JOIN (SELECT t2.txn_us, t2.node_id, SUM(IF(role = 1, amount, 0)) a, SUM(IF(role =
  1, amount_b, 0)) ab, SUM(IF(role = 2, amount, 0)) r, SUM(IF(role = 2, amount_b, 0)) rb, SUM(IF(role = 3,
  amount, 0)) m, SUM(IF(role = 3, amount_b, 0)) mb FROM txn t2 LEFT JOIN payout_row q ON q.txn_us =
  t2.txn_us AND q.node_id = t2.node_id GROUP BY 1, 2) p ON p.txn_us = t.txn_us AND p.node_id = t.node_id
  WHERE booked GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9) x ON DUPLICATE KEY UPDATE conversion = c1;
INSERT INTO rollup_status SELECT created_us DIV 900000000, offer_id, landing_page_id, affiliate_id,
  advertiser_id, country, goal_id, status, currency, node_id, COUNT(*), SUM(payout = 0), SUM(revenue),
  SUM(revenue_b), SUM(payout), SUM(payout_b) FROM conversion GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;
INSERT INTO node (node_id, journal_uuid, registered_us, folded_through_us) VALUES (1, REPEAT('a', 16), 1,
  1773964800000000), (2, REPEAT('b', 16), 1, 1773964800000000);
