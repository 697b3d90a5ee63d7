/* SPDX-License-Identifier: Apache-2.0
 * booking_test.c - conversions, voids and approvals against a real database.
 *
 * The worked example of nats-behaviour.md §2.12 to the cent, the worked day of §4.2, and
 * a test for each decision of decisions.md that booking makes.
 */
#include "book_fixture.h"

static const char *const network[] = {
    "INSERT INTO account (id, hex24, type, username, status, auto_pending, created_us, "
    "updated_us) VALUES "
    "(9, LPAD('9', 24, '0'), 140, 'advertiser', 0, 0, 1, 1), (42, LPAD('42', 24, '0'), "
    "100, 'anna', 0, 0, 1, 1), "
    "(43, LPAD('43', 24, '0'), 100, 'banned', 2, 0, 1, 1), (44, LPAD('44', 24, '0'), "
    "100, 'disabled', 1, 0, 1, 1), "
    "(45, LPAD('45', 24, '0'), 100, 'watched', 0, 1, 1, 1)",
    /* 251: the worked example.  252: Affise payments.  253: percent of gross.  254: hold.
       255: lockout. */
    "INSERT INTO offer (id, hex24, name, advertiser_id, default_lp_id, created_us, "
    "updated_us) SELECT seq, "
    "LPAD(seq, 24, '0'), CONCAT('offer ', seq), 9, seq, 1, 1 FROM seq_251_to_262",
    "INSERT INTO landing_page (id, offer_id, name, url, created_us, updated_us) SELECT "
    "seq, seq, 'page', "
    "'http://shop.example/', 1, 1 FROM seq_251_to_262",
    "INSERT INTO commission (id, offer_id) SELECT seq, seq FROM seq_251_to_262",
    "INSERT INTO payout_rule (id, offer_id, change_id, valid_from_us, currency, "
    "commission_type, aff_conversion, "
    "pct_conversion, pct_continuity, adv_cost_type, adv_flat) SELECT seq, seq, 0, 0, "
    "'USD', 'cps', NULL, 150000, "
    "50000, 'conversion', 25000000 FROM seq_251_to_262",
    "UPDATE payout_rule SET commission_type = 'cpa', aff_conversion = 3000000, adv_flat "
    "= 4000000 WHERE offer_id "
    "= 252",
    "INSERT INTO goal (id, value, title, created_us) VALUES (5, 'lead', 'Lead', 1)",
    "INSERT INTO payout_rule (id, offer_id, change_id, valid_from_us, currency, "
    "commission_type, aff_conversion, "
    "adv_cost_type, adv_flat, goal_id, countries) VALUES (1001, 252, 1, 0, 'USD', 'cpa', "
    "1000000, 'conversion', "
    "2000000, 5, ''), (1002, 252, 2, 0, 'USD', 'cpa', 7000000, 'conversion', 9000000, 0, "
    "'US')",
    "UPDATE payout_rule SET pct_base = 'gross', adv_cost_type = 'dynamic_conversion' "
    "WHERE offer_id = 253",
    "UPDATE offer SET hold_period = 10 WHERE id = 254",
    "UPDATE offer SET pending_approval_lockout = 3600 WHERE id = 255",
    "UPDATE payout_rule SET valid_to_us = 1 WHERE offer_id = 256",
    "INSERT INTO cap (id, offer_id, period, value) VALUES (1, 257, 1, 2), (2, 257, 3, 3)",
    "UPDATE catalog_version SET version = version + 1",
};

static void
bump(const char *sql)
{
	testdb_exec(fix_db, sql);
	testdb_exec(fix_db, "UPDATE catalog_version SET version = version + 1");
}

static void
set(const char *name, const char *value)
{
	char sql[256];

	(void)snprintf(
	    sql, sizeof(sql), "REPLACE INTO setting VALUES ('%s', '%s', 1)", name, value);
	bump(sql);
}

/* A number of the database, in cents: the unit a finance person reads. */
static void
is_cents(const char *sql, const char *want, const char *what)
{
	int64_t v = testdb_int(fix_db, sql);
	char got[32];

	(void)snprintf(got, sizeof(got), "%s%lld.%02lld", v < 0 ? "-" : "",
	    (long long)(v < 0 ? -v : v) / 1000000,
	    (long long)(v < 0 ? -v : v) % 1000000 / 10000);
	is_str(got, want, what);
	if (v % 10000 != 0)
		(void)ok(false, "%s: %lld is no whole cent", what, (long long)v);
}

/* The last ledger row. */
#define LAST(column_) "SELECT " column_ " FROM txn ORDER BY txn_us DESC LIMIT 1"
#define LAST_PAYOUT                                                                  \
	"SELECT COALESCE(SUM(amount), 0) FROM payout_row WHERE (txn_us, node_id) = " \
	"(SELECT txn_us, "                                                           \
	"node_id FROM txn ORDER BY txn_us DESC LIMIT 1)"

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

int
main(void)
{
	fix_open();
	for (size_t i = 0; i < ARRAY_LEN(network); i++)
		testdb_exec(fix_db, network[i]);
	set("base_currency", "USD");
	test_worked_example();
	fix_close();
	return tap_done();
}
