/* SPDX-License-Identifier: Apache-2.0
 * verify.c - see verify.h.
 *
 * rollup_booked is compared column by column as tbl/rollup.h defines them: the statement
 * stacks what is stored (s = 0) and what the raw rows give (s = 1), sums both by key and
 * keeps the keys where they differ.
 */
#include "book/verify_priv.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/record.h"
#include "base/zone.h"
#include "book/parts.h"
#include "report/days.h"

/* Numbers that stand in the statements and in tbl/rollup.h. */
_Static_assert(TXN_INITIAL == 1 && TXN_CONTINUITY == 2 && TXN_GOAL == 3 &&
		   TXN_VOID == 4 && TXN_CHARGEBACK == 5 && TXN_VOID_REVERSAL == 6 &&
		   TXN_CHARGEBACK_REVERSAL == 7 && TXN_CORRECTION == 10 && TXN_OMIT == 11,
    "as in tbl/txn_types.h");
_Static_assert(CLICK_UNIQUE == 1 && CLICK_UNIQUE_OFFER == 2, "as in base/record.h");
_Static_assert(VERDICT_COUNTED == 0 && VERDICT_BOT == 1 && VERDICT_PREFETCH == 2 &&
		   VERDICT_TEST == 3 && VERDICT_REFUSED == 16,
    "as in tbl/verdicts.h");

static const char *const roll_columns[] = {
#define ROLL(column_, txn_, payout_) #column_,
#include "tbl/rollup.h"
#undef ROLL
};
static const char *const status_columns[] = {
    "n", "n_null", "charge", "charge_b", "revenue", "revenue_b"};

/* clang-format off */
#define BUCKET "DIV 900000000"
/* As money_to_base(): half away from zero, in whole numbers. */
#define TO_BASE(x_) "IF(" x_ " = 0 OR r.rate = 1000000, " x_ ", (2 * CAST(" x_ " AS DECIMAL(38)) * 1000000 + SIGN(" x_ ") * r.rate) DIV (2 * r.rate))"
#define KEY "bucket, offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, country, currency, node_id"

/* A click's currency without a rate counts as base, as in clicks.c. */
#define RATE_OF_CLICK "IF(k.currency = ?, 1000000, COALESCE((SELECT x.rate FROM currency_rate x WHERE " \
	"x.currency = k.currency AND x.valid_from_us <= k.click_us ORDER BY x.valid_from_us DESC LIMIT 1), 1000000))"

/* A kind of raw rows, from ? to ?. */
#define RAW(table_, displayed_) "SELECT k.click_us, k.verdict, k.flags, k.offer_id, k.landing_page_id, " \
	"k.commission_id, k.affiliate_id, k.advertiser_id, k.country, k.currency, k.node_id, " displayed_ " AS displayed, " \
	"IF(k.verdict = 0, k.payout, 0) AS payout, IF(k.verdict = 0, k.revenue, 0) AS revenue, IF(k.payout = 0 AND " \
	"k.revenue = 0, 1000000, " RATE_OF_CLICK ") AS rate FROM " table_ " k WHERE k.click_us >= ? AND k.click_us < ? AND " \
	"k.verdict <> 3"
/* Six values: base currency, from, to; and again. */
#define CLICKS "(SELECT r.*, r.verdict = 0 AND NOT r.displayed AS counted, r.verdict = 0 AND r.displayed AS shown, " \
	TO_BASE("r.payout") " AS payout_b, " TO_BASE("r.revenue") " AS revenue_b FROM (" RAW("click", "0") \
	" UNION ALL " RAW("impression", "1") ") r) c"

#define LEDGER "(SELECT x.*, IF(x.type IN (10, 11), v.kind, x.type) AS kind, CASE x.type WHEN 11 THEN -1 WHEN 10 THEN 0 ELSE 1 END AS sign, " \
	"v.kind = 1 AS of_initial FROM txn x LEFT JOIN conversion v ON v.conv_us = x.conv_us AND v.node_id = " \
	"x.conv_node WHERE x.booked AND x.booked_us >= ? AND x.booked_us < ?) t"

static const char sql_booked[] = "SELECT " KEY
#define ROLL(column_, txn_, payout_) ", SUM(IF(s, 0, " #column_ ")) AS s_" #column_ ", SUM(IF(s, " #column_ ", 0)) AS c_" #column_
#include "tbl/rollup.h"
#undef ROLL
    " FROM (SELECT 0 AS s, " KEY
#define ROLL(column_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
#undef ROLL
    " FROM rollup_booked WHERE bucket >= ? " BUCKET " AND bucket < ? " BUCKET
    " UNION ALL SELECT 1, c.click_us " BUCKET " AS bucket, c.offer_id, c.landing_page_id, c.commission_id, "
    "c.affiliate_id, c.advertiser_id, c.country, c.currency, c.node_id"
#define ROLL(column_, txn_, payout_) ", 0"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", SUM(" click_ ")"
#include "tbl/rollup.h"
#undef ROLL_CLICK
#undef ROLL
    " FROM " CLICKS " GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10"
    " UNION ALL SELECT 1, k.booked_us " BUCKET ", k.offer_id, k.landing_page_id, k.commission_id, "
    "k.affiliate_id, k.advertiser_id, k.country, k.currency, k.node_id"
#define ROLL(column_, txn_, payout_) ", 0"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", k." #column_
#include "tbl/rollup.h"
#undef ROLL_CLICK
#undef ROLL
    " FROM click_correction k WHERE k.booked_us >= ? AND k.booked_us < ?"
    " UNION ALL SELECT 1, t.booked_us " BUCKET ", t.offer_id, t.landing_page_id, t.commission_id, "
    "t.affiliate_id, t.advertiser_id, t.country, t.currency, t.node_id"
#define ROLL(column_, txn_, payout_) ", " txn_
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " txn_
#include "tbl/rollup.h"
#undef ROLL_CLICK
#undef ROLL
    " FROM " LEDGER
    " UNION ALL SELECT 1, t.booked_us " BUCKET ", t.offer_id, t.landing_page_id, t.commission_id, "
    "t.affiliate_id, t.advertiser_id, t.country, t.currency, t.node_id"
#define ROLL(column_, txn_, payout_) ", " payout_
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " payout_
#include "tbl/rollup.h"
#undef ROLL_CLICK
#undef ROLL
    " FROM txn t STRAIGHT_JOIN payout_row p ON p.txn_us = t.txn_us AND p.node_id = t.node_id WHERE t.booked AND "
    "t.booked_us >= ? AND t.booked_us < ?) u GROUP BY " KEY " HAVING FALSE"
#define ROLL(column_, txn_, payout_) " OR s_" #column_ " <> c_" #column_
#include "tbl/rollup.h"
#undef ROLL
    ;

/* A day whose clicks are gone: what the rollup has beyond its ledger rows is what was sealed. */
static const char sql_sealed[] = "SELECT node_id"
#define ROLL(column_, txn_, payout_)
#define ROLL_CLICK(column_, click_, txn_, payout_) ", SUM(IF(s, 0, " #column_ ")) AS s_" #column_ ", SUM(IF(s, " #column_ ", 0)) AS c_" #column_
#include "tbl/rollup.h"
#undef ROLL_CLICK
    " FROM (SELECT 0 AS s, node_id"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
#undef ROLL_CLICK
    " FROM rollup_booked WHERE bucket >= ? " BUCKET " AND bucket < ? " BUCKET
    " UNION ALL SELECT 1, node_id"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
#undef ROLL_CLICK
    " FROM click_sealed WHERE from_us >= ? AND to_us <= ?"
    " UNION ALL SELECT 1, c.node_id"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", SUM(" click_ ")"
#include "tbl/rollup.h"
#undef ROLL_CLICK
    " FROM " CLICKS " GROUP BY c.node_id"
    " UNION ALL SELECT 1, node_id"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
#undef ROLL_CLICK
    " FROM click_correction WHERE booked_us >= ? AND booked_us < ?"
    " UNION ALL SELECT 1, t.node_id"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " payout_
#include "tbl/rollup.h"
#undef ROLL_CLICK
    " FROM txn t STRAIGHT_JOIN payout_row p ON p.txn_us = t.txn_us AND p.node_id = t.node_id WHERE t.booked AND "
    "t.booked_us >= ? AND t.booked_us < ?) u GROUP BY node_id HAVING FALSE"
#define ROLL_CLICK(column_, click_, txn_, payout_) " OR s_" #column_ " <> c_" #column_
#include "tbl/rollup.h"
#undef ROLL_CLICK
    ;

static const char *const click_columns[] = {
#define ROLL_CLICK(column_, click_, txn_, payout_) #column_,
#include "tbl/rollup.h"
#undef ROLL_CLICK
};

static const char sql_seal[] = "INSERT INTO click_sealed (from_us, to_us, node_id, sealed_us"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
#undef ROLL_CLICK
    ") SELECT ?, ?, c.node_id, ?"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", SUM(" click_ ")"
#include "tbl/rollup.h"
#undef ROLL_CLICK
    " FROM " CLICKS " GROUP BY c.node_id ON DUPLICATE KEY UPDATE sealed_us = VALUES(sealed_us)"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_ " = VALUES(" #column_ ")"
#include "tbl/rollup.h"
#undef ROLL_CLICK
    ;

static const char sql_seal_late[] = "INSERT INTO click_sealed (from_us, to_us, node_id, sealed_us"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_
#include "tbl/rollup.h"
#undef ROLL_CLICK
    ") SELECT ?, ?, c.node_id, ?"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", SUM(" click_ ")"
#include "tbl/rollup.h"
#undef ROLL_CLICK
    " FROM " CLICKS " GROUP BY c.node_id ON DUPLICATE KEY UPDATE sealed_us = VALUES(sealed_us)"
#define ROLL_CLICK(column_, click_, txn_, payout_) ", " #column_ " = click_sealed." #column_ " + VALUES(" #column_ ")"
#include "tbl/rollup.h"
#undef ROLL_CLICK
#undef ROLL
    ;

/* The node of a row is the one that changed it, so only the sum over nodes means anything. */
#define STATUS_KEY "bucket, offer_id, landing_page_id, affiliate_id, advertiser_id, country, goal_id, status, currency"
#define STATUS_SUM(x_) ", SUM(IF(s, 0, " x_ ")) AS s_" x_ ", SUM(IF(s, " x_ ", 0)) AS c_" x_
static const char sql_status[] = "SELECT " STATUS_KEY STATUS_SUM("n") STATUS_SUM("n_null") STATUS_SUM("charge")
    STATUS_SUM("charge_b") STATUS_SUM("revenue") STATUS_SUM("revenue_b")
    " FROM (SELECT 0 AS s, " STATUS_KEY ", n, n_null, charge, charge_b, revenue, revenue_b FROM rollup_status WHERE "
    "bucket >= ? " BUCKET " AND bucket < ? " BUCKET " UNION ALL SELECT 1, created_us " BUCKET ", offer_id, "
    "landing_page_id, affiliate_id, advertiser_id, country, goal_id, status, currency, 1, payout = 0, revenue, "
    "revenue_b, payout, payout_b FROM conversion WHERE created_us >= ? AND created_us < ?) u GROUP BY " STATUS_KEY
    " HAVING s_n <> c_n OR s_n_null <> c_n_null OR s_charge <> c_charge OR s_charge_b <> c_charge_b OR s_revenue <> "
    "c_revenue OR s_revenue_b <> c_revenue_b";

/* What the booked rows of a conversion add up to.  The fee of a chargeback that was passed on is a payout of
 * the affiliate's as well, and is put back here. */
static const char sql_ledger[] =
    "SELECT u.* FROM (SELECT c.conv_us, c.node_id, c.revenue * (c.status IN (1, 5)) AS w_revenue, c.revenue_b * "
    "(c.status IN (1, 5)) AS w_revenue_b, c.payout * (c.status IN (1, 5)) AS w_payout, c.payout_b * (c.status IN (1, "
    "5)) AS w_payout_b, COALESCE(SUM(t.revenue), 0) AS g_revenue, COALESCE(SUM(t.revenue_b), 0) AS g_revenue_b, "
    "COALESCE(SUM(t.paid + t.passed_on), 0) AS g_payout, COALESCE(SUM(t.paid_b + t.passed_on_b), 0) AS g_payout_b "
    "FROM conversion c LEFT JOIN (SELECT x.conv_us, x.conv_node, x.revenue, x.revenue_b, IF(x.deducted AND x.type IN "
    "(5, 7), (2 * CAST(x.cost_b AS DECIMAL(38)) * x.rate + SIGN(x.cost_b) * 1000000) DIV 2000000, 0) AS passed_on, "
    "IF(x.deducted AND x.type IN (5, 7), x.cost_b, 0) AS passed_on_b, COALESCE((SELECT SUM(p.amount) FROM payout_row p "
    "WHERE p.txn_us = x.txn_us AND p.node_id = x.node_id AND p.role IN (1, 5)), 0) AS paid, COALESCE((SELECT "
    "SUM(p.amount_b) FROM payout_row p WHERE p.txn_us = x.txn_us AND p.node_id = x.node_id AND p.role IN (1, 5)), 0) "
    "AS paid_b FROM txn x WHERE x.booked) t ON t.conv_us = c.conv_us AND t.conv_node = c.node_id WHERE c.created_us "
    ">= ? AND c.created_us < ? GROUP BY c.conv_us, c.node_id) u WHERE w_revenue <> g_revenue OR w_revenue_b <> "
    "g_revenue_b OR w_payout <> g_payout OR w_payout_b <> g_payout_b";

/* What cube_click has for the buckets that are in it, less the device: the clicks' part of rollup_booked. */
#define CUBE_KEY "bucket, offer_id, affiliate_id, advertiser_id, country, currency, node_id"
static const char sql_cube[] = "SELECT " CUBE_KEY
#define CUBE_PAIR(column_) ", SUM(IF(s, 0, " #column_ ")) AS s_" #column_ ", SUM(IF(s, " #column_ ", 0)) AS c_" #column_
    CUBE_PAIR(page_view) CUBE_PAIR(unique_visitor) CUBE_PAIR(unique_offer) CUBE_PAIR(payout) CUBE_PAIR(payout_b)
    CUBE_PAIR(revenue) CUBE_PAIR(revenue_b) CUBE_PAIR(impression)
#undef CUBE_PAIR
    " FROM (SELECT 0 AS s, " CUBE_KEY ", page_view, unique_visitor, unique_offer, payout, payout_b, revenue, revenue_b, impression"
    " FROM cube_click WHERE bucket >= ? " BUCKET " AND bucket < ? " BUCKET
    " UNION ALL SELECT 1, r.bucket, r.offer_id, r.affiliate_id, r.advertiser_id, r.country, r.currency, r.node_id, "
    "r.page_view, r.unique_visitor, r.unique_offer, r.click_payout, r.click_payout_b, r.income_amount, "
    "r.income_amount_b, r.impression FROM rollup_booked r JOIN cube_built b ON b.node_id = r.node_id AND r.bucket < b.bucket WHERE "
    "r.bucket >= ? " BUCKET " AND r.bucket < ? " BUCKET ") u GROUP BY " CUBE_KEY " HAVING s_page_view <> c_page_view OR "
    "s_unique_visitor <> c_unique_visitor OR s_unique_offer <> c_unique_offer OR s_payout <> c_payout OR s_payout_b <> "
    "c_payout_b OR s_revenue <> c_revenue OR s_revenue_b <> c_revenue_b OR s_impression <> c_impression";

static const char *const cube_columns[] = {"page_view", "unique_visitor", "unique_offer", "payout", "payout_b",
    "revenue", "revenue_b", "impression"};

/* rollup_day for days that are summed and not touched since: each dim of each day has the sums of its buckets. */
static const char sql_days[] = "SELECT d.dim, d.id, d.node_id"
#define PLC(name_, column_, kind_) ", SUM(IF(s, 0, " #column_ ")) AS s_" #column_ ", SUM(IF(s, " #column_ ", 0)) AS c_" #column_
#include "tbl/plcounters.h"
#undef PLC
    " FROM (SELECT 0 AS s, dim, id, node_id"
#define PLC(name_, column_, kind_) ", " #column_
#include "tbl/plcounters.h"
#undef PLC
    " FROM rollup_day WHERE day = ? UNION ALL SELECT 1, k.dim, CASE k.dim WHEN 1 THEN r.offer_id WHEN 2 THEN "
    "r.landing_page_id WHEN 3 THEN r.commission_id WHEN 4 THEN r.affiliate_id WHEN 5 THEN r.country ELSE 0 END, r.node_id"
#define PLC(name_, column_, kind_) ", r." #column_
#include "tbl/plcounters.h"
#undef PLC
    " FROM rollup_booked r JOIN (SELECT seq AS dim FROM seq_0_to_5) k WHERE r.bucket >= ? AND r.bucket < ?) d JOIN "
    "rollup_day_built b ON b.node_id = d.node_id AND b.day > ? AND b.zone = ? WHERE NOT EXISTS (SELECT 1 FROM rollup_day_stale t WHERE "
    "t.node_id = d.node_id AND t.bucket >= ? AND t.bucket < ?) GROUP BY d.dim, d.id, d.node_id HAVING FALSE"
#define PLC(name_, column_, kind_) " OR s_" #column_ " <> c_" #column_
#include "tbl/plcounters.h"
#undef PLC
    ;

static const char *const day_columns[] = {
#define PLC(name_, column_, kind_) #column_,
#include "tbl/plcounters.h"
#undef PLC
};
/* clang-format on */

void
verify_differ(struct verify *v, const char *table, const char *key, const char *column,
    int64_t stored, int64_t counted)
{
	struct verify_diff d = {table, key, column, stored, counted};

	v->out->differences++;
	if (v->fn != NULL)
		v->fn(v->ctx, &d);
}

static void
time_text(char out[ZONE_TEXT], us_t t)
{
	zone_text(zone_utc_zone(), t, out);
}

/* Pairs of stored and counted from column `at` on. */
static void
compare_row(struct verify *v, const struct db_rows *r, const char *table, const char *key,
    unsigned at, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int64_t stored = db_i64(r, at + 2 * (unsigned)i),
			counted = db_i64(r, at + 2 * (unsigned)i + 1);

		if (stored != counted)
			verify_differ(v, table, key, names[i], stored, counted);
	}
}

static void
country_text(char out[3], uint64_t country)
{
	country_unpack((uint16_t)country, out);
	if (country == 0)
		(void)snprintf(out, 3, "-");
}

static enum err
check_booked(struct verify *v, us_t from, us_t to)
{
	struct db_rows *r = NULL;
	char key[256], at[ZONE_TEXT], country[3];
	enum err rc = db_query(v->db, &r, sql_booked, "iisiisiiiiiiii", (int64_t)from,
	    (int64_t)to, v->base, (int64_t)from, (int64_t)to, v->base, (int64_t)from,
	    (int64_t)to, (int64_t)from, (int64_t)to, (int64_t)from, (int64_t)to,
	    (int64_t)from, (int64_t)to);

	while (rc == ERR_OK && db_next(r)) {
		time_text(at, db_i64(r, 0) * US_BUCKET);
		country_text(country, db_u64(r, 6));
		(void)snprintf(key, sizeof(key),
		    "%s offer %" PRIu64 " page %" PRIu64 " commission %" PRIu64
		    " affiliate %" PRIu64 " advertiser %" PRIu64 " %s " STR_FMT
		    " node %" PRIu64,
		    at, db_u64(r, 1), db_u64(r, 2), db_u64(r, 3), db_u64(r, 4),
		    db_u64(r, 5), country, STR_ARG(db_str(r, 7)), db_u64(r, 8));
		compare_row(
		    v, r, "rollup_booked", key, 9, roll_columns, ARRAY_LEN(roll_columns));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
check_cube(struct verify *v, us_t from, us_t to)
{
	struct db_rows *r = NULL;
	char key[256], at[ZONE_TEXT], country[3];
	enum err rc = db_query(v->db, &r, sql_cube, "iiii", (int64_t)from, (int64_t)to,
	    (int64_t)from, (int64_t)to);

	while (rc == ERR_OK && db_next(r)) {
		time_text(at, db_i64(r, 0) * US_BUCKET);
		country_text(country, db_u64(r, 4));
		(void)snprintf(key, sizeof(key),
		    "%s offer %" PRIu64 " affiliate %" PRIu64 " advertiser %" PRIu64
		    " %s " STR_FMT " node %" PRIu64,
		    at, db_u64(r, 1), db_u64(r, 2), db_u64(r, 3), country,
		    STR_ARG(db_str(r, 5)), db_u64(r, 6));
		compare_row(
		    v, r, "cube_click", key, 7, cube_columns, ARRAY_LEN(cube_columns));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
check_one_day(struct verify *v, us_t start, us_t end)
{
	int64_t day = days_number(v->zone, start), from = clock_bucket(start),
		to = clock_bucket(end);
	struct db_rows *r = NULL;
	char key[128], at[ZONE_TEXT];
	enum err rc = db_query(v->db, &r, sql_days, "iiiisii", day, from, to, day,
	    str_of(zone_name(v->zone)), from, to);

	zone_text(v->zone, start, at);
	while (rc == ERR_OK && db_next(r)) {
		(void)snprintf(key, sizeof(key),
		    "day %.10s dim %" PRIu64 " id %" PRIu64 " node %" PRIu64, at,
		    db_u64(r, 0), db_u64(r, 1), db_u64(r, 2));
		compare_row(
		    v, r, "rollup_day", key, 3, day_columns, ARRAY_LEN(day_columns));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* The days of the network's zone that end in this day of UTC. */
static enum err
check_days(struct verify *v, us_t from, us_t to)
{
	us_t start = zone_floor(v->zone, ZONE_DAY, from), end;
	enum err rc = ERR_OK;

	for (; rc == ERR_OK && start < to; start = end) {
		end = zone_next(v->zone, ZONE_DAY, start);
		if (end > from && end <= to)
			rc = check_one_day(v, start, end);
	}
	return rc;
}

static enum err
check_sealed(struct verify *v, us_t from, us_t to)
{
	struct db_rows *r = NULL;
	char key[64], at[ZONE_TEXT];
	/* What is sealed and not dropped yet is there twice: no raw row counts then. */
	us_t late_to = v->dropped ? to : from;
	us_t shown_to = v->shown_dropped ? to : from;
	enum err rc = db_query(v->db, &r, sql_sealed, "iiiisiisiiiiii", (int64_t)from,
	    (int64_t)to, (int64_t)from, (int64_t)to, v->base, (int64_t)from,
	    (int64_t)late_to, v->base, (int64_t)from, (int64_t)shown_to, (int64_t)from,
	    (int64_t)to, (int64_t)from, (int64_t)to);

	while (rc == ERR_OK && db_next(r)) {
		time_text(at, from);
		(void)snprintf(
		    key, sizeof(key), "sealed day %.10s node %" PRIu64, at, db_u64(r, 0));
		compare_row(v, r, "rollup_booked", key, 1, click_columns,
		    ARRAY_LEN(click_columns));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
check_status(struct verify *v, us_t from, us_t to)
{
	struct db_rows *r = NULL;
	char key[256], at[ZONE_TEXT], country[3];
	enum err rc = db_query(v->db, &r, sql_status, "iiii", (int64_t)from, (int64_t)to,
	    (int64_t)from, (int64_t)to);

	while (rc == ERR_OK && db_next(r)) {
		time_text(at, db_i64(r, 0) * US_BUCKET);
		country_text(country, db_u64(r, 5));
		(void)snprintf(key, sizeof(key),
		    "%s offer %" PRIu64 " page %" PRIu64 " affiliate %" PRIu64
		    " advertiser %" PRIu64 " %s goal %" PRIu64 " status %" PRIu64
		    " " STR_FMT,
		    at, db_u64(r, 1), db_u64(r, 2), db_u64(r, 3), db_u64(r, 4), country,
		    db_u64(r, 6), db_u64(r, 7), STR_ARG(db_str(r, 8)));
		compare_row(v, r, "rollup_status", key, 9, status_columns,
		    ARRAY_LEN(status_columns));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
check_ledger(struct verify *v, us_t from, us_t to)
{
	static const char *const names[] = {"revenue", "revenue_b", "payout", "payout_b"};
	struct db_rows *r = NULL;
	char key[64];
	enum err rc = db_query(v->db, &r, sql_ledger, "ii", (int64_t)from, (int64_t)to);

	while (rc == ERR_OK && db_next(r)) {
		(void)snprintf(key, sizeof(key), "conversion %" PRId64 " node %" PRIu64,
		    db_i64(r, 0), db_u64(r, 1));
		for (unsigned i = 0; i < ARRAY_LEN(names); i++) {
			int64_t stored = db_i64(r, 2 + i), counted = db_i64(r, 6 + i);

			if (stored != counted)
				verify_differ(
				    v, "conversion", key, names[i], stored, counted);
		}
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* Rows that lead nowhere: how many there are, and there should be none. */
static const struct orphan {
	const char *table, *column, *sql;
} orphans[] = {
    {"txn", "conversion",
	"SELECT COUNT(*) FROM txn t LEFT JOIN conversion c ON c.conv_us = t.conv_us AND "
	"c.node_id = t.conv_node WHERE "
	"t.booked_us >= ? AND t.booked_us < ? AND c.conv_us IS NULL"},
    {"txn", "event",
	"SELECT COUNT(*) FROM txn t LEFT JOIN event_log e ON e.event_us = t.event_us AND "
	"e.event_lo = t.event_lo WHERE "
	"t.booked_us >= ? AND t.booked_us < ? AND e.event_us IS NULL AND t.event_us >= "
	"(SELECT COALESCE(MIN(event_us), 0) FROM event_log)"},
    {"payout_row", "transaction",
	"SELECT COUNT(*) FROM payout_row p LEFT JOIN txn t ON t.txn_us = p.txn_us AND "
	"t.node_id = p.node_id WHERE "
	"p.booked_us >= ? AND p.booked_us < ? AND (t.txn_us IS NULL OR NOT t.booked)"},
    {"payout_row", "conversion that is paid",
	"SELECT COUNT(*) FROM (SELECT 1 FROM conversion c JOIN txn t ON t.conv_us = "
	"c.conv_us AND t.conv_node = c.node_id JOIN payout_row p ON p.txn_us = t.txn_us "
	"AND p.node_id = t.node_id WHERE c.created_us >= ? AND c.created_us < ? AND "
	"c.status IN (3, 4) AND p.role IN (2, 3, 4, 6) GROUP BY c.conv_us, c.node_id, "
	"p.role, p.account_id HAVING SUM(p.amount) <> 0 OR SUM(p.amount_b) <> 0) u"},
    {"conversion", "transaction",
	"SELECT COUNT(*) FROM conversion c LEFT JOIN txn t ON t.txn_us = c.conv_us AND "
	"t.node_id = c.node_id WHERE "
	"c.created_us >= ? AND c.created_us < ? AND t.txn_us IS NULL"},
    {"conversion", "kept click",
	"SELECT COUNT(*) FROM conversion c LEFT JOIN click_kept k ON k.click_us = "
	"c.click_us AND k.click_lo = c.click_lo "
	"WHERE c.created_us >= ? AND c.created_us < ? AND k.click_us IS NULL AND "
	"c.click_us <> 0"},
};

static enum err
check_orphans(struct verify *v, us_t from, us_t to)
{
	char key[64], at[ZONE_TEXT];

	for (size_t i = 0; i < ARRAY_LEN(orphans); i++) {
		int64_t n;
		enum err rc = db_int(
		    v->db, &n, 0, orphans[i].sql, "ii", (int64_t)from, (int64_t)to);

		if (rc != ERR_OK)
			return rc;
		time_text(at, from);
		(void)snprintf(key, sizeof(key), "rows of %.10s without one", at);
		if (n != 0)
			verify_differ(v, orphans[i].table, key, orphans[i].column, n, 0);
	}
	return ERR_OK;
}

/* ----- refused clicks ----- */

/* By reason, where the raw ones are still there. */
static enum err
check_refused(struct verify *v, us_t from, us_t to)
{
	static const char sql[] =
	    "SELECT bucket, offer_id, affiliate_id, verdict, SUM(IF(s, 0, n)) AS st, "
	    "SUM(IF(s, n, 0)) AS co FROM (SELECT 0 AS s, bucket, offer_id, affiliate_id, "
	    "advertiser_id, country, verdict, node_id, n FROM rollup_refused WHERE "
	    "bucket >= ? DIV 900000000 AND bucket < ? DIV 900000000 UNION ALL SELECT 1, "
	    "click_us DIV 900000000, offer_id, affiliate_id, advertiser_id, country, "
	    "verdict, node_id, COUNT(*) FROM click WHERE verdict >= 16 AND click_us >= ? "
	    "AND click_us < ? GROUP BY 2, 3, 4, 5, 6, 7, 8) u GROUP BY bucket, offer_id, "
	    "affiliate_id, advertiser_id, country, verdict, node_id HAVING st <> co";
	struct db_rows *r = NULL;
	enum err rc = to <= v->sealed ? ERR_OK
				      : db_query(v->db, &r, sql, "iiii", (int64_t)from,
					    (int64_t)to, (int64_t)from, (int64_t)to);
	char key[128];

	while (rc == ERR_OK && r != NULL && db_next(r)) {
		(void)snprintf(key, sizeof(key),
		    "bucket %" PRIu64 " offer %" PRIu64 " affiliate %" PRIu64
		    " reason %" PRIu64,
		    db_u64(r, 0), db_u64(r, 1), db_u64(r, 2), db_u64(r, 3));
		verify_differ(v, "rollup_refused", key, "n", db_i64(r, 4), db_i64(r, 5));
	}
	return rc == ERR_OK && r != NULL ? db_rows_close(&r) : rc;
}

/* ----- impressions ----- */

/* By creative too, where the raw ones are still there. */
static enum err
check_impressions(struct verify *v, us_t from, us_t to)
{
#define IMP_KEY                                                                   \
	"offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, " \
	"campaign_id, adtool_id, country, node_id"
	static const char sql[] =
	    "SELECT bucket, offer_id, affiliate_id, adtool_id, SUM(IF(s, 0, n)) AS st, "
	    "SUM(IF(s, n, 0)) AS co FROM (SELECT 0 AS s, bucket, " IMP_KEY
	    ", n FROM rollup_impression WHERE bucket >= ? DIV 900000000 AND bucket < ? "
	    "DIV 900000000 UNION ALL SELECT 1, click_us DIV 900000000, " IMP_KEY
	    ", COUNT(*) FROM impression WHERE verdict = 0 AND click_us >= ? AND "
	    "click_us < ? GROUP BY 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) u GROUP BY "
	    "bucket, " IMP_KEY " HAVING st <> co";
	struct db_rows *r = NULL;
	char key[128];
	enum err rc = ERR_OK;

	if (to > v->sealed)
		rc = db_query(v->db, &r, sql, "iiii", (int64_t)from, (int64_t)to,
		    (int64_t)from, (int64_t)to);
	while (rc == ERR_OK && r != NULL && db_next(r)) {
		(void)snprintf(key, sizeof(key),
		    "bucket %" PRIu64 " offer %" PRIu64 " affiliate %" PRIu64
		    " creative %" PRIu64,
		    db_u64(r, 0), db_u64(r, 1), db_u64(r, 2), db_u64(r, 3));
		verify_differ(
		    v, "rollup_impression", key, "n", db_i64(r, 4), db_i64(r, 5));
	}
	return rc == ERR_OK && r != NULL ? db_rows_close(&r) : rc;
}

/* ----- the whole of it ----- */

static enum err
count_day(struct verify *v, us_t from, us_t to)
{
	static const char *const sql[] = {
	    "SELECT COUNT(*) FROM click WHERE click_us >= ? AND click_us < ?",
	    "SELECT COUNT(*) FROM impression WHERE click_us >= ? AND click_us < ?",
	    "SELECT COUNT(*) FROM txn WHERE booked_us >= ? AND booked_us < ?",
	    "SELECT COUNT(*) FROM payout_row WHERE booked_us >= ? AND booked_us < ?",
	    "SELECT COUNT(*) FROM conversion WHERE created_us >= ? AND created_us < ?"};
	uint64_t *const sum[] = {&v->out->clicks, &v->out->impressions,
	    &v->out->transactions, &v->out->payouts, &v->out->conversions};

	for (size_t i = 0; i < ARRAY_LEN(sql); i++) {
		int64_t n;
		enum err rc =
		    db_int(v->db, &n, 0, sql[i], "ii", (int64_t)from, (int64_t)to);

		if (rc != ERR_OK)
			return rc;
		*sum[i] += (uint64_t)n;
	}
	v->out->days++;
	return ERR_OK;
}

static enum err
check_day(struct verify *v, us_t from, us_t to)
{
	enum err rc = count_day(v, from, to);

	if (rc == ERR_OK)
		rc = to <= v->sealed ? check_sealed(v, from, to)
				     : check_booked(v, from, to);
	if (rc == ERR_OK)
		rc = check_cube(v, from, to);
	if (rc == ERR_OK)
		rc = check_days(v, from, to);
	if (rc == ERR_OK)
		rc = check_status(v, from, to);
	if (rc == ERR_OK)
		rc = check_ledger(v, from, to);
	if (rc == ERR_OK)
		rc = check_refused(v, from, to);
	if (rc == ERR_OK)
		rc = check_impressions(v, from, to);
	return rc == ERR_OK ? check_orphans(v, from, to) : rc;
}

static enum err
read_setting(struct db *db, const char *name, const char *def, char *out, size_t cap)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(
	    db, &r, "SELECT value FROM setting WHERE name = ?", "s", str_of(name));

	(void)snprintf(out, cap, "%s", def);
	if (rc == ERR_OK && db_next(r))
		(void)snprintf(out, cap, STR_FMT, STR_ARG(db_str(r, 0)));
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
prepare(struct verify *v)
{
	char zone[64];
	int64_t sealed;
	us_t oldest = 0, shown = 0;
	enum err rc =
	    read_setting(v->db, "base_currency", "USD", v->base_buf, sizeof(v->base_buf));

	if (rc == ERR_OK)
		rc = read_setting(v->db, "time_zone", "UTC", zone, sizeof(zone));
	if (rc == ERR_OK)
		rc = db_int(v->db, &sealed, 0, "SELECT MAX(to_us) FROM click_sealed", "");
	if (rc == ERR_OK)
		rc = parts_oldest(v->db, PARTS_CLICKS, &oldest);
	if (rc == ERR_OK)
		rc = parts_oldest(v->db, PARTS_IMPRESSIONS, &shown);
	if (rc != ERR_OK)
		return rc;
	v->base = str_of(v->base_buf);
	v->zone = zone_get(str_of(zone));
	if (v->zone == NULL)
		v->zone = zone_utc_zone();
	v->sealed = sealed;
	v->dropped = oldest == 0 || oldest > sealed;
	v->shown_dropped = shown == 0 || shown > sealed;
	return ERR_OK;
}

/* The days that hold anything at all. */
static enum err
find_span(struct db *db, us_t *from, us_t *to)
{
	int64_t least, most;
	enum err rc = db_int(db, &least, 0,
	    "SELECT LEAST(COALESCE((SELECT MIN(click_us) FROM click), 9e18), "
	    "COALESCE((SELECT MIN(click_us) FROM impression), 9e18), "
	    "COALESCE((SELECT MIN(bucket) * 900000000 FROM "
	    "rollup_booked), 9e18), COALESCE((SELECT MIN(booked_us) FROM txn), 9e18), "
	    "COALESCE((SELECT MIN(bucket) * "
	    "900000000 FROM rollup_status), 9e18)) DIV 1",
	    "");

	if (rc == ERR_OK)
		rc = db_int(db, &most, 0,
		    "SELECT GREATEST(COALESCE((SELECT MAX(click_us) FROM click), 0), "
		    "COALESCE((SELECT MAX(click_us) FROM impression), 0), "
		    "COALESCE((SELECT MAX(bucket) * 900000000 "
		    "FROM rollup_booked), 0), COALESCE((SELECT MAX(booked_us) FROM txn), "
		    "0), COALESCE((SELECT MAX(bucket) * "
		    "900000000 FROM rollup_status), 0))",
		    "");
	if (rc != ERR_OK)
		return rc;
	*from = most == 0 ? 0 : least;
	*to = most == 0 ? 0 : most + US_DAY;
	return ERR_OK;
}

enum err
verify_run(struct db *db, us_t from, us_t to, verify_diff_f *fn, void *ctx,
    struct verify_result *out)
{
	struct verify v = {.db = db, .fn = fn, .ctx = ctx, .out = out};
	enum err rc;

	*out = (struct verify_result){0};
	rc = prepare(&v);
	if (rc == ERR_OK && (from == 0 || to == 0)) {
		us_t first = 0, end = 0;

		rc = find_span(db, &first, &end);
		from = from == 0 ? first : from;
		to = to == 0 ? end : to;
	}
	out->clicks_from = v.sealed;
	for (us_t day = from / US_DAY * US_DAY; rc == ERR_OK && day + US_DAY <= to;
	     day += US_DAY)
		rc = check_day(&v, day, day + US_DAY);
	return rc == ERR_OK ? verify_caps(&v, from, to) : rc;
}

enum err
verify_clicks(struct db *db, us_t from, us_t to, bool *clean)
{
	struct verify_result out = {0};
	struct verify v = {.db = db, .out = &out};
	enum err rc = prepare(&v);

	for (us_t day = from / US_DAY * US_DAY; rc == ERR_OK && day < to; day += US_DAY)
		rc = check_booked(&v, day, day + US_DAY);
	*clean = rc == ERR_OK && out.differences == 0;
	return rc;
}

enum err
verify_late(struct db *db, us_t from, us_t to, bool *clean)
{
	struct verify_result out = {0};
	struct verify v = {.db = db, .out = &out};
	enum err rc = prepare(&v);

	if (rc == ERR_OK)
		rc = check_sealed(&v, from, to);
	*clean = rc == ERR_OK && out.differences == 0;
	return rc;
}

static enum err
seal(struct db *db, const char *sql, us_t from, us_t to, us_t now, bool late)
{
	struct verify_result out = {0};
	struct verify v = {.db = db, .out = &out};
	us_t shown_to;
	enum err rc = prepare(&v);

	if (rc != ERR_OK)
		return rc;
	/* Those that are sealed and not dropped yet did not come late. */
	shown_to = late && !v.shown_dropped ? from : to;
	return db_exec(db, sql, "iiisiisii", (int64_t)from, (int64_t)to, (int64_t)now,
	    v.base, (int64_t)from, (int64_t)to, v.base, (int64_t)from, (int64_t)shown_to);
}

enum err
verify_seal(struct db *db, us_t from, us_t to, us_t now)
{
	return seal(db, sql_seal, from, to, now, false);
}

enum err
verify_seal_late(struct db *db, us_t from, us_t to, us_t now)
{
	return seal(db, sql_seal_late, from, to, now, true);
}
