/* SPDX-License-Identifier: Apache-2.0
 * book_network.h - a small network for the tests of booking, and how they read its books.
 */
#ifndef T_UNIT_BOOK_NETWORK_H
#define T_UNIT_BOOK_NETWORK_H

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

__attribute__((unused)) static void
bump(const char *sql)
{
	testdb_exec(fix_db, sql);
	testdb_exec(fix_db, "UPDATE catalog_version SET version = version + 1");
}

__attribute__((unused)) static void
set(const char *name, const char *value)
{
	char sql[256];

	(void)snprintf(
	    sql, sizeof(sql), "REPLACE INTO setting VALUES ('%s', '%s', 1)", name, value);
	bump(sql);
}

/* A number of the database, in cents: the unit a finance person reads. */
__attribute__((unused)) static void
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

__attribute__((unused)) static void
network_open(void)
{
	fix_open();
	for (size_t i = 0; i < ARRAY_LEN(network); i++)
		testdb_exec(fix_db, network[i]);
	set("base_currency", "USD");
}

#endif
