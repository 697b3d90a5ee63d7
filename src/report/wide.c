/* SPDX-License-Identifier: Apache-2.0
 * wide.c - see wide.h.
 */
#include "report/wide.h"

/* What each column of the rollup sums of a click, a ledger row and a payout row. */
static const struct roll {
	const char *column, *click, *txn, *payout;
} rolls[] = {
#define ROLL(column_, txn_, payout_) {#column_, NULL, txn_, payout_},
#define ROLL_CLICK(column_, click_, txn_, payout_) {#column_, click_, txn_, payout_},
#include "tbl/rollup.h"
#undef ROLL_CLICK
#undef ROLL
};

/* Those that profit and loss shows. */
static const char *const shown[] = {
#define PLC(name_, column_, kind_) #column_,
#include "tbl/plcounters.h"
#undef PLC
};

/* clang-format off */
#define OF_ROW(x_) x_ ".node_id, " x_ ".offer_id, " x_ ".landing_page_id, " x_ ".commission_id, " x_ \
	".affiliate_id, " x_ ".country"
#define OF_CLICK(x_) "COALESCE(" x_ ".campaign_id, 0) AS campaign_id, COALESCE(" x_ ".adtool_id, 0) AS adtool_id, " \
	"COALESCE(" x_ ".subid1, 0) AS subid1, COALESCE(" x_ ".subid2, 0) AS subid2, COALESCE((SELECT u.device_type FROM " \
	"user_agent u WHERE u.id = " x_ ".ua_id), 5) AS device_type, COALESCE(" x_ ".ua_id, 0) AS ua_id, " \
	WIDE_CARRIER(x_) " AS isp_id, "
#define GROUP_ALL " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15"

/* As verify.c counts them: a currency without a rate counts as base. */
#define TO_BASE(x_) "IF(" x_ " = 0 OR q.rate = 1000000, " x_ ", (2 * CAST(" x_ " AS DECIMAL(38)) * 1000000 + SIGN(" \
	x_ ") * q.rate) DIV (2 * q.rate))"
#define RAW(table_, shown_) " FROM (SELECT q.*, NOT " shown_ " AS counted, " shown_ " AS shown, " shown_ " AS displayed, " \
	TO_BASE("q.payout") " AS payout_b, " \
	TO_BASE("q.revenue") " AS revenue_b FROM (SELECT k.*, IF(k.payout = 0 AND k.revenue = 0 OR k.currency = ?, " \
	"1000000, COALESCE((SELECT x.rate FROM currency_rate x WHERE x.currency = k.currency AND x.valid_from_us <= " \
	"k.click_us ORDER BY x.valid_from_us DESC LIMIT 1), 1000000)) AS rate FROM " table_ " k WHERE k.click_us >= ? AND " \
	"k.click_us < ? AND k.verdict = 0) q) c" GROUP_ALL
static const char clicks[] = RAW("click", "0");
static const char impressions[] = RAW("impression", "1");
static const char corrections[] = " FROM click_correction k LEFT JOIN click w ON w.click_us = k.click_us AND w.click_lo "
	"= k.click_lo WHERE k.booked_us >= ? AND k.booked_us < ?" GROUP_ALL;
static const char ledger[] = " FROM (SELECT x.*, IF(x.type IN (10, 11), v.kind, x.type) AS kind, CASE x.type WHEN 11 THEN -1 WHEN "
	"10 THEN 0 ELSE 1 END AS sign, v.kind = 1 AS of_initial, v.click_us, v.click_lo FROM txn x LEFT JOIN conversion v "
	"ON v.conv_us = x.conv_us AND v.node_id = x.conv_node WHERE x.booked AND x.booked_us >= ? AND x.booked_us < ?) t "
	"LEFT JOIN click_kept w ON w.click_us = t.click_us AND w.click_lo = t.click_lo" GROUP_ALL;
static const char payouts[] = " FROM txn t STRAIGHT_JOIN payout_row p ON p.txn_us = t.txn_us AND p.node_id = t.node_id "
	"LEFT JOIN conversion v ON v.conv_us = t.conv_us AND v.node_id = t.conv_node LEFT JOIN click_kept w ON "
	"w.click_us = v.click_us AND w.click_lo = v.click_lo WHERE t.booked AND t.booked_us >= ? AND t.booked_us < ?" GROUP_ALL;
/* clang-format on */

static const struct roll *
roll_of(const char *column)
{
	size_t i = 0;

	while (strcmp(rolls[i].column, column) != 0)
		i++;
	return &rolls[i];
}

enum part { CLICKS, CORRECTIONS, LEDGER, PAYOUTS };

/* ", SUM(...) AS column" of each. */
static void
add_sums(struct ask *k, enum part part)
{
	for (size_t i = 0; i < ARRAY_LEN(shown); i++) {
		const struct roll *r = roll_of(shown[i]);
		const char *what = part == PAYOUTS ? r->payout : r->txn;

		if (part == CLICKS)
			what = r->click;
		ask_add(k, ", SUM(", NULL);
		if (part == CORRECTIONS && r->click != NULL) {
			ask_add(k, "k.", NULL);
			what = r->column;
		} else if (part == CORRECTIONS) {
			what = NULL;
		}
		ask_add(k, what == NULL ? "0" : what, NULL);
		ask_add(k, ") AS ", NULL);
		ask_add(k, r->column, NULL);
	}
}

/* What a part is grouped by.  Its host only if asked for: that reads a text of every
 * click. */
#define BY(k_, when_, row_, click_, hosts_)                                          \
	do {                                                                         \
		ask_add(k_,                                                          \
		    "SELECT " when_                                                  \
		    " DIV 900000000 AS bucket, " OF_ROW(row_) ", " OF_CLICK(click_), \
		    NULL);                                                           \
		ask_add(k_, (hosts_) ? WIDE_HOST(click_) : "''", NULL);              \
		ask_add(k_, " AS host", NULL);                                       \
	} while (0)

void
wide_from(struct ask *k, struct period p, struct str base, bool hosts)
{
	const int64_t from = p.from, to = p.to;

	ask_add(k, " FROM (", NULL);
	BY(k, "c.click_us", "c", "c", hosts);
	add_sums(k, CLICKS);
	ask_add(k, clicks, "sii", base, from, to);
	ask_add(k, " UNION ALL ", NULL);
	BY(k, "c.click_us", "c", "c", hosts);
	add_sums(k, CLICKS);
	ask_add(k, impressions, "sii", base, from, to);
	ask_add(k, " UNION ALL ", NULL);
	BY(k, "k.booked_us", "k", "w", hosts);
	add_sums(k, CORRECTIONS);
	ask_add(k, corrections, "ii", from, to);
	ask_add(k, " UNION ALL ", NULL);
	BY(k, "t.booked_us", "t", "w", hosts);
	add_sums(k, LEDGER);
	ask_add(k, ledger, "ii", from, to);
	ask_add(k, " UNION ALL ", NULL);
	BY(k, "t.booked_us", "t", "w", hosts);
	add_sums(k, PAYOUTS);
	ask_add(k, payouts, "ii", from, to);
	ask_add(k, ") r", NULL);
}
