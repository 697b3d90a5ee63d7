/* SPDX-License-Identifier: Apache-2.0
 * booking_test.c - conversions, voids and approvals against a real database.
 *
 * The worked example of nats-behaviour.md §2.12 to the cent, the worked day of §4.2, and
 * a test for each decision of decisions.md that booking makes.
 */
#include "book_network.h"

#include "book/txnid.h"

/* nats-behaviour.md §2.12, one surfer, end to end. */
static void
test_worked_example(void)
{
	us_t t = FIX_T0;
	const char *hash = fix_clicked(t, 251, 42, "US");

	is_int(fix_pixel(t + 60 * US_SECOND,
		   fix_on(hash, "subscription_id=C7&orderid=A1&gross=60")),
	    OUTCOME_BOOKED, "step 2: the initial is booked");
	is_cents(LAST("revenue"), "25.00", "step 2: revenue 25.00");
	is_cents(LAST("gross"), "60.00", "step 2: gross 60.00");
	is_cents(LAST_PAYOUT, "3.75", "step 2: payout 3.75");
	is_int(testdb_int(fix_db, LAST("type")), TXN_INITIAL, "step 2: it is an initial");
	is_int(fix_pixel(t + 61 * US_SECOND,
		   fix_on(hash, "subscription_id=C7&orderid=A1&gross=60")),
	    OUTCOME_DUPLICATE, "step 3: the same once more is refused, orderid known");
	is_int(fix_pixel(t + 90 * US_DAY,
		   "subscription_id=C7&offerid=251&orderid=A2&amount=10"),
	    OUTCOME_BOOKED, "step 4: the continuity is booked");
	is_int(testdb_int(fix_db, LAST("type")), TXN_CONTINUITY,
	    "step 4: it is a continuity");
	is_cents(LAST("revenue"), "10.00", "step 4: revenue 10.00");
	is_cents(LAST_PAYOUT, "0.50", "step 4: payout 0.50");
	is_int(fix_void(t + 91 * US_DAY, "orderid=A1&type=void"), OUTCOME_BOOKED,
	    "step 5: the void is booked");
	is_int(testdb_int(fix_db, LAST("type")), TXN_VOID, "step 5: it is a void");
	is_cents(LAST("revenue"), "-25.00", "step 5: revenue -25.00");
	is_cents(LAST_PAYOUT, "-3.75", "step 5: payout -3.75");
	is_int(testdb_int(fix_db, "SELECT status FROM conversion WHERE orderid = 'A1'"),
	    3, "step 5: shown as declined");
	is_int(fix_void(t + 91 * US_DAY + 1, "orderid=A1&type=void"), OUTCOME_VOID_EXISTS,
	    "step 6: the same once more: Void transaction exists.");
	is_int(fix_void(t + 92 * US_DAY, "orderid=A1&type=void&reverse=1"),
	    OUTCOME_BOOKED, "step 7: the reversal is booked");
	is_cents(LAST("revenue"), "25.00", "step 7: +25.00");
	is_cents(LAST_PAYOUT, "3.75", "step 7: +3.75");
	is_int(testdb_int(fix_db, "SELECT status FROM conversion WHERE orderid = 'A1'"),
	    1, "step 7: confirmed again");
	is_int(fix_void(t + 92 * US_DAY, "orderid=A1&reverse=1"), OUTCOME_NO_VOID,
	    "a reversal of nothing is refused");
	is_int(fix_void(t + 93 * US_DAY, "orderid=A1&type=void"), OUTCOME_BOOKED,
	    "after it, it may be voided anew");
	is_cents(LAST("revenue"), "-25.00", "for the same amount");
}

/* nats-behaviour.md §4.2, the worked day: the figures of a profit and loss report. */
static void
test_worked_day(void)
{
	us_t t = FIX_T0 + 400 * US_DAY;
	char fields[128], sql[512];
	const char *hash[10];
	struct rec_click c = {.offer_id = 258,
	    .landing_page_id = 258,
	    .commission_id = 258,
	    .affiliate_id = 42,
	    .advertiser_id = 9,
	    .currency = "USD"};

	for (unsigned i = 0; i < 10; i++) {
		hash[i] = fix_clicked(t + i * US_SECOND, 258, 42, "DE");
		(void)snprintf(fields, sizeof(fields),
		    "click=%s&orderid=day-%u&subscription_id=s%u", hash[i], i, i);
		if (fix_pixel(t + 600 * US_SECOND + i, fields) != OUTCOME_BOOKED)
			(void)ok(false, "an initial of the day");
	}
	for (unsigned i = 0; i < 990; i++) {
		c.flags = i < 800 ? CLICK_UNIQUE : 0;
		(void)fix_click(t + 100 * US_SECOND + i, &c);
	}
	is_int(fix_book_clicks(), ERR_OK, "the day: 1000 raw, 800 unique");
	for (unsigned i = 0; i < 4; i++) {
		(void)snprintf(fields, sizeof(fields),
		    "subscription_id=s%u&offerid=258&orderid=re-%u&amount=10", i, i);
		if (fix_pixel(t + 700 * US_SECOND + i, fields) != OUTCOME_BOOKED)
			(void)ok(false, "a continuity of the day");
	}
	is_int(fix_void(t + 800 * US_SECOND, "orderid=day-9&type=void"), OUTCOME_BOOKED,
	    "the day: a void");
	is_int(fix_void(t + 801 * US_SECOND, "orderid=re-3&type=chargeback&cost=15"),
	    OUTCOME_BOOKED, "the day: a chargeback of a continuity with cost 15");
#define DAY(expression_)                                                             \
	((void)snprintf(sql, sizeof(sql),                                            \
	     "SELECT SUM(" expression_ ") FROM rollup_booked WHERE offer_id = 258"), \
	    sql)
	is_int(testdb_int(fix_db, DAY("page_view")), 1000, "the day: 1000 raw");
	is_int(testdb_int(fix_db, DAY("unique_visitor")), 800, "the day: 800 unique");
	is_int(testdb_int(fix_db, DAY("advertiser_initial")), 10, "the day: 10 initials");
	is_cents(DAY("initial_amount_b + continuity_amount_b"), "290.00",
	    "the day: income 290.00");
	is_cents(
	    DAY("-void_amount_b - chargeback_amount_b"), "35.00", "the day: loss 35.00");
	is_cents(DAY("affiliate_payout_b"), "20.25",
	    "the day: payout 20.25, the cost is deducted from the affiliate");
	is_cents(DAY("cost_b"), "15.00", "the day: fees 15.00");
	is_cents(DAY("initial_amount_b + continuity_amount_b + void_amount_b + "
		     "chargeback_amount_b - affiliate_payout_b - "
		     "cost_b"),
	    "219.75", "the day: profit 219.75");
	is_int(testdb_int(fix_db, DAY("advertiser_initial - initial_undone")), 9,
	    "the day: 9 net conversions");
#undef DAY
}

/* M4: the sum of all booked rows goes back, and a reversal restores exactly that. */
static void
test_void_nets_to_zero(void)
{
	us_t t = FIX_T0 + 410 * US_DAY;
	const char *hash = fix_clicked(t, 251, 42, "US");

	(void)fix_pixel(t + 1, fix_on(hash, "orderid=M4"));
	(void)fix_void(t + 2, "orderid=M4&type=chargeback&cost=20");
	(void)fix_void(t + 3, "orderid=M4&reverse=1");
	is_int(fix_void(t + 4, "orderid=M4"), OUTCOME_BOOKED,
	    "M4: a void after a chargeback that was reversed");
	is_cents("SELECT SUM(revenue) FROM txn WHERE orderid = 'M4'", "0.00",
	    "M4: the revenue nets to 0");
	is_cents("SELECT SUM(p.amount) FROM payout_row p JOIN txn t USING (txn_us, "
		 "node_id) WHERE t.orderid = 'M4'",
	    "0.00", "M4: so do the payouts");
	is_cents("SELECT SUM(cost_b) FROM txn WHERE orderid = 'M4'", "0.00",
	    "M4: and the fee, which came back");
}

/* M8 and the deduction test of §2.8. */
static void
test_deduction(void)
{
	us_t t = FIX_T0 + 420 * US_DAY;
	const char *hash = fix_clicked(t, 259, 42, "US");

	bump("UPDATE offer SET deduct_window = 30 WHERE id = 259");
	(void)fix_pixel(t + 1, fix_on(hash, "orderid=old"));
	is_int(fix_void(t + 31 * US_DAY, "orderid=old&type=chargeback&cost=15"),
	    OUTCOME_BOOKED, "a chargeback behind the window");
	is_cents(LAST("revenue"), "-25.00", "M8: revenue leaves in every case");
	is_cents(LAST("cost_b"), "15.00", "M8: the fee is always booked");
	is_cents(LAST_PAYOUT, "0.00", "M8: the affiliate is not charged");
	is_int(testdb_int(fix_db, "SELECT status FROM conversion WHERE orderid = 'old'"),
	    1, "shown as confirmed");
	is_cents("SELECT revenue FROM conversion WHERE orderid = 'old'", "0.00",
	    "with revenue 0");
	is_cents("SELECT payout FROM conversion WHERE orderid = 'old'", "3.75",
	    "and its payout kept");
	is_int(fix_void(t + 32 * US_DAY, "orderid=old"), OUTCOME_CHARGEBACK_EXISTS,
	    "Chargeback transaction exists.");
	is_int(fix_void(t + 33 * US_DAY, "orderid=old&reverse=1"), OUTCOME_BOOKED,
	    "and its reversal");
	is_cents(LAST("cost_b"), "-15.00", "gives the fee back");
	is_cents("SELECT revenue FROM conversion WHERE orderid = 'old'", "25.00",
	    "the revenue is back");
	bump("UPDATE offer SET deduct_window = 0, deduct_voids = 0 WHERE id = 259");
	is_int(fix_void(t + 34 * US_DAY, "orderid=old"), OUTCOME_BOOKED,
	    "a void where deduct_voids is off");
	is_cents(LAST_PAYOUT, "0.00", "leaves the payout");
}

/* omit: as if it had never happened, on its own day. */
static void
test_omit(void)
{
	us_t t = FIX_T0 + 430 * US_DAY;
	const char *hash = fix_clicked(t, 260, 42, "US");

	(void)fix_pixel(t + 1, fix_on(hash, "orderid=gone"));
	is_int(fix_void(t + 3 * US_DAY, "orderid=gone&type=omit"), OUTCOME_BOOKED,
	    "an omission");
	is_int(
	    testdb_int(fix_db,
		"SELECT SUM(advertiser_initial) FROM rollup_booked WHERE offer_id = 260"),
	    0, "takes the count back");
	is_int(
	    testdb_int(fix_db,
		"SELECT COUNT(DISTINCT bucket) FROM rollup_booked WHERE offer_id = 260"),
	    1, "on the original's own day");
	is_cents("SELECT SUM(initial_amount) + SUM(affiliate_payout) FROM rollup_booked "
		 "WHERE offer_id = 260",
	    "0.00", "and the money");
	is_int(fix_void(t + 4 * US_DAY, "orderid=gone"), OUTCOME_VOID_EXISTS,
	    "nothing is left to void");
	is_int(fix_void(t + 5 * US_DAY, "orderid=gone&reverse=1"), OUTCOME_NO_VOID,
	    "and it is for good");
}

/* M6: approval books the stored amounts, dated at approval; twice is refused. */
static void
test_approval(void)
{
	us_t t = FIX_T0 + 440 * US_DAY;
	const char *hash = fix_clicked(t, 261, 45, "US");

	is_int(fix_pixel(t + 1, fix_on(hash, "orderid=P1")), OUTCOME_PENDING,
	    "an affiliate on auto-pending: pending");
	is_int(testdb_int(fix_db, LAST("booked")), 0, "M7: pending is not booked");
	is_cents(LAST_PAYOUT, "0.00", "and pays nobody");
	is_int(fix_void(t + 2, "orderid=P1"), OUTCOME_INVALID_TXN, "nothing to void yet");
	bump(
	    "UPDATE payout_rule SET valid_to_us = 1534173953000000 WHERE offer_id = 261");
	is_int(fix_approve(t + 2 * US_DAY, "orderid=P1"), OUTCOME_BOOKED,
	    "it is approved two days later");
	is_cents(LAST("revenue"), "25.00",
	    "M6: for the price of the event, whatever the rules say now");
	is_cents(LAST_PAYOUT, "3.75", "M6: and its payout");
	is_int(testdb_int(fix_db, LAST("booked_us")), t + 2 * US_DAY,
	    "M6: dated at approval");
	is_int(testdb_int(fix_db,
		   "SELECT COUNT(DISTINCT orderid) FROM txn WHERE orderid = 'P1'"),
	    1, "pending and approved are two rows with one orderid");
	is_int(fix_approve(t + 3 * US_DAY, "orderid=P1"), OUTCOME_NOT_PENDING,
	    "M6: twice: Invalid transaction.");
	is_int(fix_approve(t + 3 * US_DAY, "orderid=nobody"), OUTCOME_INVALID_TXN,
	    "what is not there cannot be approved");
	is_int(fix_void(t + 4 * US_DAY, "orderid=P1&approved=1"), OUTCOME_BOOKED,
	    "approved=1: its approval is voided");
	is_cents(LAST_PAYOUT, "-3.75", "with its payout");
}

/* §1.5, E3: by hash, by id, by order; several of an order are ambiguous until the offer
 * narrows it. */
static void
test_selectors(void)
{
	us_t t = FIX_T0 + 450 * US_DAY;
	const char *a = fix_clicked(t, 251, 42, "US"),
		   *b = fix_clicked(t + 1, 258, 42, "US");
	char field[64], digits[TXNID_DIGITS + 1], hash[CLICKID_TEXT];
	us_t us;

	(void)fix_pixel(t + 2, fix_on(a, "orderid=twice"));
	(void)fix_pixel(t + 3, fix_on(b, "orderid=twice"));
	is_int(fix_void(t + 4, "orderid=twice"), OUTCOME_AMBIGUOUS_ORDERID,
	    "E3: Ambiguous orderid.");
	is_int(fix_void(t + 5, "orderid=twice&offerid=258"), OUTCOME_BOOKED,
	    "E3: offerid narrows it");
	is_int(fix_void(t + 6, fix_on(a, "")), OUTCOME_BOOKED,
	    "a click's hash names its newest initial");
	us = fix_out[0].txn_us;
	clickid_hash(hash, clickid_make(us, FIX_NODE, 999, 0));
	is_int(fix_void(t + 7, fix_on(hash, "reverse=1")), OUTCOME_BOOKED,
	    "a ledger row's own hash names its conversion");
	txnid_digits(digits, us, FIX_NODE);
	(void)snprintf(field, sizeof(field), "transactionid=%s", digits);
	is_int(fix_void(t + 8, field), OUTCOME_BOOKED, "and so does its id");
	is_int(fix_void(t + 9, "transactionid=12345678901234567890"), OUTCOME_INVALID_TXN,
	    "an id that is none");
	is_int(fix_void(t + 9, "transactionid=hello"), OUTCOME_INVALID_TXN,
	    "or no id at all");
	is_int(fix_void(t + 9, ""), OUTCOME_INVALID_TXN, "or nothing");
	is_int(fix_void(t + 9, "orderid=re-0&type=chargeback&cost=9,95"),
	    OUTCOME_BAD_AMOUNT, "M9: cost 9,95");
	is_int(fix_out[0].param, F_cost, "M9: names the amount");
	is_int(fix_void(t + 9, "orderid=re-0&type=gift"), OUTCOME_INVALID_TXN,
	    "an unknown type");
}

/* Voids by the posting script: the setting, and lists that deny by default. */
static void
test_remote_voids(void)
{
	us_t t = FIX_T0 + 460 * US_DAY;
	const char *hash = fix_clicked(t, 251, 42, "US");

	(void)fix_pixel(t + 1, fix_on(hash, "orderid=remote"));
#define remote_void(at_) fix_one(REC_VOID, SRC_NATS_POST, at_, "orderid=remote&type=void")
	is_int(remote_void(t + 2), OUTCOME_VOIDS_OFF, "remote voids are off by default");
	set("ALLOW_REMOTE_VOID_POSTS", "1");
	is_int(remote_void(t + 3), OUTCOME_IP_DENIED, "switched on, everybody is denied");
	set("global_void_ips", "198.51.100.0/24");
	is_int(remote_void(t + 4), OUTCOME_IP_DENIED, "who is not listed is denied");
	bump("UPDATE landing_page SET void_ips = '192.0.2.80' WHERE id = 251");
	is_int(remote_void(t + 5), OUTCOME_BOOKED,
	    "the landing page's list allows its sender");
	set("ALLOW_REMOTE_VOID_POSTS", "0");
	set("global_void_ips", "");
#undef remote_void
}

/* M3: a payout is owed in the currency of its rule; M4: it goes back at the rate of the
 * booking. */
static void
test_currencies(void)
{
	us_t t = FIX_T0 + 470 * US_DAY;
	const char *hash = fix_clicked(t, 262, 42, "US"), *next;

	bump("INSERT INTO currency_rate VALUES ('EUR', 0, 800000), ('GBP', 0, 500000)");
	bump("UPDATE payout_rule SET currency = 'EUR', adv_cost_type = "
	     "'dynamic_conversion' WHERE offer_id = 262");
	is_int(fix_pixel(t + 1, fix_on(hash, "orderid=eur&amount=10")), OUTCOME_BOOKED,
	    "10.00 of base for a rule in EUR");
	is_cents(LAST("revenue"), "8.00", "are 8.00 EUR");
	is_cents(LAST("revenue_b"), "10.00", "and 10.00 in base");
	is_cents(LAST_PAYOUT, "1.20", "M3: the payout is owed in EUR");
	next = fix_clicked(t + 5, 262, 42, "US");
	(void)fix_pixel(t + 6, fix_on(next, "orderid=gbp&amount=5&currency=gbp"));
	is_cents(LAST("revenue"), "8.00", "5.00 GBP are 8.00 EUR as well");
	is_int(fix_pixel(t + 7, fix_on(next, "orderid=xxx&amount=5&currency=XXX")),
	    OUTCOME_BAD_CURRENCY, "an unknown currency is refused");
	bump("INSERT INTO currency_rate SELECT 'EUR', 1534173952000000 + 471 * "
	     "86400000000, 400000");
	(void)fix_void(t + 5 * US_DAY, "orderid=eur");
	is_cents(
	    LAST("revenue_b"), "-10.00", "M4: the void uses the rate stored at booking");
	next = fix_clicked(t + 6 * US_DAY, 262, 42, "US");
	(void)fix_pixel(t + 6 * US_DAY + 1, fix_on(next, "orderid=later&amount=10"));
	is_cents(LAST("revenue"), "4.00", "a later event uses the later rate");
}

/* M11: the referrer's percentage of what the affiliate gets; M8: it follows his payout.
 */
static void
test_referrer(void)
{
	us_t t = FIX_T0 + 480 * US_DAY;
	const char *hash;

	bump("UPDATE account SET ref_percent = 100000 WHERE id = 42");
	bump("INSERT INTO account (id, hex24, type, username, ref_account_id, "
	     "created_us, updated_us) VALUES (46, "
	     "LPAD('46', 24, '0'), 100, 'referred', 42, 1, 1)");
	hash = fix_clicked(t, 251, 46, "US");
	(void)fix_pixel(t + 1, fix_on(hash, "orderid=ref"));
	is_int(testdb_int(fix_db,
		   "SELECT amount FROM payout_row WHERE role = 2 AND account_id = 42"),
	    375000, "M11: ten percent of 3.75, on top");
	(void)fix_void(t + 2, "orderid=ref");
	is_int(
	    testdb_int(fix_db,
		"SELECT SUM(amount) FROM payout_row WHERE role = 2 AND account_id = 42"),
	    0, "M8: it goes back with his payout");
	bump("UPDATE account SET ref_percent = NULL WHERE id = 42");
}

/* decisions.md §3: over all time, what Affise shows as charge and payout of confirmed and
 * held conversions is what NATS calls net revenue and payouts, fees left out. */
static void
test_agreement(void)
{
	is_int(testdb_int(fix_db, "SELECT (SELECT SUM(charge_b) FROM rollup_status WHERE "
				  "status IN (1, 5)) - (SELECT "
				  "SUM(conversion_amount_b + initial_amount_b + "
				  "continuity_amount_b + goal_amount_b + "
				  "void_amount_b + chargeback_amount_b + "
				  "void_rev_amount_b + chargeback_rev_amount_b) FROM "
				  "rollup_booked)"),
	    0, "charge of confirmed and hold = net revenue");
	is_int(testdb_int(fix_db, "SELECT (SELECT SUM(revenue_b) FROM rollup_status "
				  "WHERE status IN (1, 5)) - (SELECT "
				  "SUM(affiliate_payout_b - click_payout_b) FROM "
				  "rollup_booked) - (SELECT SUM(cost_b) FROM txn "
				  "WHERE deducted AND type IN (5, 7))"),
	    0, "their payouts = affiliate_payout, but for the fees passed on");
	is_int(testdb_int(fix_db, "SELECT (SELECT SUM(n) FROM rollup_status WHERE status "
				  "IN (1, 5)) - (SELECT "
				  "SUM(conversion + advertiser_initial + continuity + "
				  "goal) FROM rollup_booked) + (SELECT "
				  "SUM(IF(type IN (4, 5), 1, -1)) FROM txn WHERE "
				  "deducted AND type IN (4, 5, 6, 7))"),
	    0, "their count = initials + continuities + goals less deducted voids");
}

/* A recount finds what is wrong, wherever it is. */
static void
test_verify_finds(void)
{
	static const char *const damages[][3] = {
	    {"UPDATE rollup_booked SET page_view = page_view + 1 WHERE page_view > 0 "
	     "LIMIT 1",
		"a rollup's count",
		"UPDATE rollup_booked SET page_view = page_view - 1 WHERE page_view > 0 "
		"LIMIT 1"},
	    {"UPDATE rollup_status SET charge = charge + 1 LIMIT 1", "a status sum",
		"UPDATE rollup_status SET charge = charge - 1 LIMIT 1"},
	    {"UPDATE conversion SET payout = payout + 1 WHERE orderid = 'A2'",
		"a conversion's payout",
		"UPDATE conversion SET payout = payout - 1 WHERE orderid = 'A2'"},
	    {"UPDATE txn SET conv_us = conv_us + 1 WHERE orderid = 'A2'",
		"a ledger row without its conversion",
		"UPDATE txn SET conv_us = conv_us - 1 WHERE orderid = 'A2'"},
	    {"UPDATE payout_row SET node_id = node_id + 1 WHERE amount > 0 ORDER BY "
	     "txn_us LIMIT 1",
		"a payout that traces to nothing",
		"UPDATE payout_row SET node_id = node_id - 1 WHERE node_id = 8"},
	};
	struct verify_result out;

	for (size_t i = 0; i < ARRAY_LEN(damages); i++) {
		testdb_exec(fix_db, damages[i][0]);
		(void)ok(verify_run(fix_db, 0, 0, NULL, NULL, &out) == ERR_OK &&
			     out.differences > 0,
		    "verify finds %s: %llu differences", damages[i][1],
		    (unsigned long long)out.differences);
		testdb_exec(fix_db, damages[i][2]);
	}
	fix_is_clean("and nothing else");
}

int
main(void)
{
	network_open();
	test_worked_example();
	test_worked_day();
	test_void_nets_to_zero();
	test_deduction();
	test_omit();
	test_approval();
	test_selectors();
	test_remote_voids();
	test_currencies();
	test_referrer();
	fix_is_clean("the books are true");
	test_agreement();
	test_verify_finds();
	fix_close();
	return tap_done();
}
