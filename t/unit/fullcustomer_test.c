/* SPDX-License-Identifier: Apache-2.0
 * fullcustomer_test.c - what a void takes back, to the cent: the deduction rules of an
 * offer and deduct_full_customer_commission.
 *
 * A customer buys three times, on offer 251 of the worked example (15 % and 5 %):
 *
 *     A   day  0   initial      revenue 25.00   payout 3.75
 *     B   day 30   continuity   revenue 10.00   payout 0.50
 *     C   day 60   continuity   revenue 20.00   payout 1.00
 *
 * Then things are undone and restored, one a day from day 61 on.  Each case says what the
 * affiliate has got for A, B and C after each step.
 */
#include "book_network.h"

#define STEPS 8u

struct step {
	const char *what; /* "void A", "chargeback B", "reverse A", "omit C" */
	const char *pays, *revenue;
};

static const struct walk {
	const char *name, *rules; /* of the offer */
	struct step step[STEPS];
} walks[] = {
    {"the rule is off: a void takes its own", "deduct_full_customer_commission = 0",
	{{"void A", "0.00 0.50 1.00", "0.00 10.00 20.00"},
	    {"reverse A", "3.75 0.50 1.00", "25.00 10.00 20.00"}}},
    {"a void of the initial takes all", "deduct_full_customer_commission = 1",
	{{"void A", "0.00 0.00 0.00", "0.00 10.00 20.00"},
	    {"reverse A", "3.75 0.50 1.00", "25.00 10.00 20.00"},
	    {"void A", "0.00 0.00 0.00", "0.00 10.00 20.00"},
	    {"reverse A", "3.75 0.50 1.00", "25.00 10.00 20.00"}}},
    {"so does a void of a continuity", "deduct_full_customer_commission = 1",
	{{"void B", "0.00 0.00 0.00", "25.00 0.00 20.00"},
	    {"reverse B", "3.75 0.50 1.00", "25.00 10.00 20.00"}}},
    {"a chargeback and its fee of 15.00", "deduct_full_customer_commission = 1",
	{{"chargeback C", "0.00 0.00 -15.00", "25.00 10.00 0.00"},
	    {"reverse C", "3.75 0.50 1.00", "25.00 10.00 20.00"}}},
    {"deduct_voids off: nothing goes",
	"deduct_full_customer_commission = 1, deduct_voids = 0",
	{{"void A", "3.75 0.50 1.00", "0.00 10.00 20.00"},
	    {"reverse A", "3.75 0.50 1.00", "25.00 10.00 20.00"},
	    {"chargeback A", "-15.00 0.00 0.00", "0.00 10.00 20.00"},
	    {"reverse A", "3.75 0.50 1.00", "25.00 10.00 20.00"}}},
    {"deduct_chargebacks off",
	"deduct_full_customer_commission = 1, deduct_chargebacks = 0",
	{{"chargeback B", "3.75 0.50 1.00", "25.00 0.00 20.00"},
	    {"reverse B", "3.75 0.50 1.00", "25.00 10.00 20.00"},
	    {"void B", "0.00 0.00 0.00", "25.00 0.00 20.00"}}},
    {"what was before min_deduct_date is never taken",
	"deduct_full_customer_commission = 1, min_deduct_date = first_us + 20 * day",
	{{"void C", "3.75 0.00 0.00", "25.00 10.00 0.00"},
	    {"reverse C", "3.75 0.50 1.00", "25.00 10.00 20.00"},
	    {"void A", "3.75 0.50 1.00", "0.00 10.00 20.00"}}},
    {"each by its own deduct_window",
	"deduct_full_customer_commission = 1, deduct_window = 40",
	{{"void C", "3.75 0.00 0.00", "25.00 10.00 0.00"},
	    {"reverse C", "3.75 0.50 1.00", "25.00 10.00 20.00"},
	    {"void A", "3.75 0.50 1.00", "0.00 10.00 20.00"}}},
    {"two voids, reversed in their order", "deduct_full_customer_commission = 1",
	{{"void A", "0.00 0.00 0.00", "0.00 10.00 20.00"},
	    {"void B", "0.00 0.00 0.00", "0.00 0.00 20.00"},
	    {"reverse A", "0.00 0.00 0.00", "25.00 0.00 20.00"},
	    {"reverse B", "3.75 0.50 1.00", "25.00 10.00 20.00"}}},
    {"two voids, the last reversed first", "deduct_full_customer_commission = 1",
	{{"void A", "0.00 0.00 0.00", "0.00 10.00 20.00"},
	    {"void B", "0.00 0.00 0.00", "0.00 0.00 20.00"},
	    {"reverse B", "0.00 0.00 0.00", "0.00 10.00 20.00"},
	    {"reverse A", "3.75 0.50 1.00", "25.00 10.00 20.00"}}},
    {"three, all the ways", "deduct_full_customer_commission = 1",
	{{"chargeback B", "0.00 -15.00 0.00", "25.00 0.00 20.00"},
	    {"void C", "0.00 -15.00 0.00", "25.00 0.00 0.00"},
	    {"void A", "0.00 -15.00 0.00", "0.00 0.00 0.00"},
	    {"reverse B", "0.00 0.00 0.00", "0.00 10.00 0.00"},
	    {"reverse C", "0.00 0.00 0.00", "0.00 10.00 20.00"},
	    {"void C", "0.00 0.00 0.00", "0.00 10.00 0.00"},
	    {"reverse A", "0.00 0.00 0.00", "25.00 10.00 0.00"},
	    {"reverse C", "3.75 0.50 1.00", "25.00 10.00 20.00"}}},
    {"an omission is no deduction", "deduct_full_customer_commission = 1",
	{{"omit C", "3.75 0.50 0.00", "25.00 10.00 0.00"},
	    {"void A", "0.00 0.00 0.00", "0.00 10.00 0.00"},
	    {"reverse A", "3.75 0.50 0.00", "25.00 10.00 0.00"}}},
};

static unsigned sequence;
static us_t first, now;

/* Of A, B and C: the expression over the rows of one of them. */
static const char *
amounts(const char *expression, const char *rows)
{
	static char out[3][64];
	static unsigned turn;
	char ask[1024], *to = out[turn++ % 3];
	size_t at = 0;

	for (unsigned i = 0; i < 3; i++) {
		int64_t v;

		(void)snprintf(ask, sizeof(ask),
		    "SELECT COALESCE(SUM(%s), 0) FROM %s AND orderid = 'o%u%c'",
		    expression, rows, sequence, "ABC"[i]);
		v = testdb_int(fix_db, ask);
		at += (size_t)snprintf(to + at, 64 - at, "%s%s%lld.%02lld",
		    i == 0 ? "" : " ", v < 0 ? "-" : "",
		    (long long)(v < 0 ? -v : v) / 1000000,
		    (long long)(v < 0 ? -v : v) % 1000000 / 10000);
	}
	return to;
}

#define PAID(roles_)                                                                 \
	amounts("p.amount", "payout_row p JOIN txn t USING (txn_us, node_id) WHERE " \
			    "p.role IN " roles_)
#define EARNED amounts("revenue", "txn WHERE booked")
/* As the conversions show it; the fee of a chargeback that was passed on is not there. */
#define SHOWN                                                                           \
	amounts("payout * (status IN (1, 5)) - 15000000 * EXISTS (SELECT 1 FROM txn t " \
		"WHERE t.txn_us = c.open_void_us AND t.type = 5 AND t.deducted)",       \
	    "conversion c WHERE TRUE")

static int
undo(const char *what)
{
	char fields[128], verb[16], which;

	now += US_DAY;
	if (sscanf(what, "%15s %c", verb, &which) != 2)
		return -1;
	(void)snprintf(fields, sizeof(fields), "orderid=o%u%c&%s%s%s", sequence, which,
	    strcmp(verb, "reverse") == 0 ? "reverse=1" : "type=",
	    strcmp(verb, "reverse") == 0 ? "" : verb,
	    strcmp(verb, "chargeback") == 0 ? "&cost=15" : "");
	return fix_void(now, fields);
}

static void
buy(const char *hash)
{
	char fields[128];

	(void)snprintf(fields, sizeof(fields),
	    "click=%s&subscription_id=s%u&orderid=o%uA", hash, sequence, sequence);
	is_int(fix_pixel(first + 1, fields), OUTCOME_BOOKED, "A");
	(void)snprintf(fields, sizeof(fields),
	    "offerid=251&subscription_id=s%u&orderid=o%uB&amount=10", sequence, sequence);
	is_int(fix_pixel(first + 30 * US_DAY, fields), OUTCOME_BOOKED, "B");
	(void)snprintf(fields, sizeof(fields),
	    "offerid=251&subscription_id=s%u&orderid=o%uC&amount=20", sequence, sequence);
	is_int(fix_pixel(first + 60 * US_DAY, fields), OUTCOME_BOOKED, "C");
	now = first + 60 * US_DAY;
}

static void
set_rules(const char *rules)
{
	char sql[512];

	(void)snprintf(sql, sizeof(sql),
	    "UPDATE offer, (SELECT %lld AS first_us, 86400000000 AS day) k SET "
	    "deduct_voids = 1, deduct_chargebacks = 1, min_deduct_date = NULL, "
	    "deduct_window = 0, %s WHERE id = 251",
	    (long long)first, rules);
	bump(sql);
}

static void
next_customer(const char *rules)
{
	sequence++;
	first = FIX_T0 + (us_t)sequence * 100 * US_DAY;
	set_rules(rules);
	buy(fix_clicked(first, 251, 42, "US"));
}

static void
test_walk(const struct walk *w)
{
	printf("# %s\n", w->name);
	next_customer(w->rules);
	is_str(PAID("(1, 5)"), "3.75 0.50 1.00", "three purchases are paid");
	for (unsigned i = 0; i < STEPS && w->step[i].what != NULL; i++) {
		is_int(undo(w->step[i].what), OUTCOME_BOOKED, w->step[i].what);
		is_str(PAID("(1, 5)"), w->step[i].pays, "payouts of A, B and C");
		is_str(EARNED, w->step[i].revenue, "revenues of A, B and C");
		is_str(SHOWN, w->step[i].pays, "and as the conversions show them");
	}
}

/* The referrer's share follows the affiliate's payout (M8). */
static void
test_referrer(void)
{
	bump("UPDATE account SET ref_percent = 200000 WHERE id = 44");
	bump("UPDATE account SET status = 0 WHERE id = 44");
	bump("UPDATE account SET ref_account_id = 44 WHERE id = 42");
	next_customer("deduct_full_customer_commission = 1");
	is_str(PAID("(2)"), "0.75 0.10 0.20", "the referrer gets 20 %");
	is_int(undo("void B"), OUTCOME_BOOKED, "void B");
	is_str(PAID("(2)"), "0.00 0.00 0.00", "his shares of the customer go");
	is_int(undo("reverse B"), OUTCOME_BOOKED, "reverse B");
	is_str(PAID("(2)"), "0.75 0.10 0.20", "and come back");
	bump("UPDATE account SET ref_account_id = 0 WHERE id = 42");
}

/* What a customer buys later is paid; what happens to what was taken meanwhile. */
static void
test_later(void)
{
	char fields[128];

	next_customer("deduct_full_customer_commission = 1");
	is_int(undo("void A"), OUTCOME_BOOKED, "void A");
	(void)snprintf(fields, sizeof(fields),
	    "offerid=251&subscription_id=s%u&orderid=o%uD&amount=10", sequence, sequence);
	is_int(fix_pixel(now + 1, fields), OUTCOME_BOOKED,
	    "a continuity after the void is accepted");
	is_cents(LAST_PAYOUT, "0.50", "and paid");
	(void)snprintf(fields, sizeof(fields), "orderid=o%uB&amount=12", sequence);
	is_int(fix_one(REC_REVENUE, SRC_NATS_API, now + 2, fields), OUTCOME_BOOKED,
	    "the revenue of B is another");
	is_str(EARNED, "0.00 12.00 20.00", "it changes");
	is_str(PAID("(1, 5)"), "0.00 0.00 0.00", "what is taken stays so");
	set_rules("deduct_full_customer_commission = 0");
	is_int(undo("reverse A"), OUTCOME_BOOKED, "the rule is off again: the reversal");
	is_str(PAID("(1, 5)"), "3.75 0.50 1.00", "restores exactly what was taken");
	is_int(undo("reverse A"), OUTCOME_NO_VOID, "once");
}

/* All of it in one batch: what is not in the database yet is found as well. */
static void
test_one_batch(void)
{
	char fields[128];

	next_customer("deduct_full_customer_commission = 1");
	(void)snprintf(fields, sizeof(fields),
	    "offerid=251&subscription_id=s%u&orderid=o%uX&amount=40", sequence, sequence);
	fix_event(REC_POST, SRC_NATS_POST, now + 1, fields);
	(void)snprintf(fields, sizeof(fields), "orderid=o%uX&type=void", sequence);
	fix_event(REC_VOID, SRC_NATS_API, now + 2, fields);
	is_int(fix_book_events(), ERR_OK, "a purchase and its void in one batch");
	is_str(PAID("(1, 5)"), "0.00 0.00 0.00", "take the rest back");
	fix_event(REC_VOID, SRC_NATS_API, now + 3, fields);
	(void)snprintf(fields, sizeof(fields), "orderid=o%uB&type=void", sequence);
	fix_event(REC_VOID, SRC_NATS_API, now + 4, fields);
	(void)snprintf(fields, sizeof(fields), "orderid=o%uX&reverse=1", sequence);
	fix_event(REC_VOID, SRC_NATS_API, now + 5, fields);
	(void)snprintf(fields, sizeof(fields), "orderid=o%uB&reverse=1", sequence);
	fix_event(REC_VOID, SRC_NATS_API, now + 6, fields);
	is_int(fix_book_events(), ERR_OK, "another void, and both reversals");
	is_int(fix_out[0].outcome, OUTCOME_VOID_EXISTS, "X is void already");
	is_str(PAID("(1, 5)"), "3.75 0.50 1.00", "all is as it was");
	is_cents("SELECT payout FROM conversion ORDER BY conv_us DESC LIMIT 1", "2.00",
	    "and X is paid");
}

/* A customer who is new in the batch, with no number yet. */
static void
test_new_customer(void)
{
	char fields[128];
	const char *hash;

	sequence++;
	first = FIX_T0 + (us_t)sequence * 100 * US_DAY;
	set_rules("deduct_full_customer_commission = 1");
	hash = fix_clicked(first, 251, 42, "US");
	(void)snprintf(fields, sizeof(fields),
	    "click=%s&subscription_id=s%u&orderid=o%uA", hash, sequence, sequence);
	fix_event(REC_POST, SRC_NATS_POST, first + 1, fields);
	(void)snprintf(fields, sizeof(fields),
	    "offerid=251&click=%s&subscription_id=s%u&orderid=o%uB&amount=10", hash,
	    sequence, sequence);
	fix_event(REC_POST, SRC_NATS_POST, first + 2, fields);
	(void)snprintf(fields, sizeof(fields), "orderid=o%uB&type=void", sequence);
	fix_event(REC_VOID, SRC_NATS_API, first + 3, fields);
	is_int(fix_book_events(), ERR_OK, "initial, continuity and void in one batch");
	is_int(fix_out[2].outcome, OUTCOME_BOOKED, "the void is booked");
	is_str(PAID("(1, 5)"), "0.00 0.00 0.00", "all of the customer is taken back");
	is_int((now = first, undo("reverse B")), OUTCOME_BOOKED, "the reversal");
	is_str(PAID("(1, 5)"), "3.75 0.50 0.00", "gives it back");
}

int
main(void)
{
	network_open();
	for (size_t i = 0; i < ARRAY_LEN(walks); i++)
		test_walk(&walks[i]);
	test_referrer();
	test_later();
	test_one_batch();
	test_new_customer();
	fix_is_clean("the books are true");
	fix_close();
	return tap_done();
}
