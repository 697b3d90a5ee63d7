/* SPDX-License-Identifier: Apache-2.0
 * cube.c - see cube.h.
 */
#include "report/cube.h"

#define KEYS                                                                        \
	"bucket, offer_id, affiliate_id, advertiser_id, country, device_type, os, " \
	"browser, currency, node_id"
#define VALUES_                                                                \
	"page_view, unique_visitor, unique_offer, payout, payout_b, revenue, " \
	"revenue_b, impression"
#define INTO "INSERT INTO cube_click (" KEYS ", " VALUES_ ") "
#define PLUS(column_) #column_ " = cube_click." #column_ " + VALUES(" #column_ ")"
#define ADD_TO                                                                                                   \
	" ON DUPLICATE KEY UPDATE " PLUS(page_view) ", " PLUS(unique_visitor) ", " PLUS(unique_offer) ", " PLUS( \
	    payout) ", " PLUS(payout_b) ", " PLUS(revenue) ", " PLUS(revenue_b) ","                              \
										" " PLUS(                        \
										    impression)
#define OF_ROW(at_)                                                       \
	"SELECT x." at_ " DIV 900000000, x.offer_id, x.affiliate_id, "    \
	"x.advertiser_id, x.country, x.device_type, COALESCE(u.os, ''), " \
	"COALESCE(u.browser, ''), x.currency, x.node_id, "
#define BY_KEY " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"

/* Clicks, or impressions, by bucket and everything else; what follows narrows them. */
#define COUNT_ROWS(table_, views_, uniques_, offer_uniques_, impressions_)          \
	INTO OF_ROW("click_us") views_                                              \
	    ", " uniques_ ", " offer_uniques_ ", SUM(x.payout), SUM(" CUBE_IN_BASE( \
		"payout") "), SUM(x.revenue), "                                     \
			  "SUM(" CUBE_IN_BASE("revenue") "),"                       \
							 " " impressions_ " FROM"   \
							 " " table_ " x LEFT "      \
							 "JOIN "                    \
							 "user_agent "              \
							 "u ON u.id = "             \
							 "x.ua_id "
#define COUNT_CLICKS \
	COUNT_ROWS(  \
	    "click", "COUNT(*)", "SUM(x.flags & 1 != 0)", "SUM(x.flags & 2 != 0)", "0")
#define COUNT_IMPRESSIONS COUNT_ROWS("impression", "0", "0", "0", "COUNT(*)")

enum err
cube_add(struct db *db, us_t from, us_t to, us_t shown_to)
{
#define LATE                                                                    \
	"JOIN cube_built b ON b.node_id = x.node_id WHERE x.click_us >= ? AND " \
	"x.click_us < ? AND x.click_us DIV 900000000 < b.bucket AND x.verdict = 0"
	enum err rc = db_exec(
	    db, COUNT_CLICKS LATE BY_KEY ADD_TO, "ii", (int64_t)from, (int64_t)to);

	if (rc == ERR_OK)
		rc = db_exec(db, COUNT_IMPRESSIONS LATE BY_KEY ADD_TO, "ii",
		    (int64_t)from, (int64_t)shown_to);
	return rc;
}

enum err
cube_rebuild(struct db *db, unsigned node_id, int64_t from, int64_t to)
{
#define OF_NODE \
	"WHERE x.click_us >= ? AND x.click_us < ? AND x.node_id = ? AND x.verdict = 0"
	/* Clicks first: the others may share their keys. */
	static const char *const sql[] = {
	    COUNT_CLICKS OF_NODE BY_KEY,
	    COUNT_IMPRESSIONS OF_NODE BY_KEY ADD_TO,
	    INTO OF_ROW(
		"booked_us") "SUM(x.page_view), SUM(x.unique_visitor), "
			     "SUM(x.unique_offer), SUM(x.click_payout), "
			     "SUM(x.click_payout_b), SUM(x.income_amount), "
			     "SUM(x.income_amount_b), SUM(x.impression) FROM "
			     "click_correction x LEFT JOIN user_agent u ON u.id = "
			     "x.ua_id WHERE x.booked_us >= ? AND x.booked_us < ? AND "
			     "x.node_id = ?" BY_KEY ADD_TO,
	};
	enum err rc = db_exec(db,
	    "DELETE FROM cube_click WHERE bucket >= ? AND bucket < ? AND node_id = ?",
	    "iii", from, to, (int64_t)node_id);

	for (size_t i = 0; i < ARRAY_LEN(sql) && rc == ERR_OK; i++)
		rc = db_exec(db, sql[i], "iii", from * US_BUCKET, to * US_BUCKET,
		    (int64_t)node_id);
	return rc;
}

/* The first bucket from `from` on that has clicks or impressions, `closed` when there is none before: a
 * quiet month is one step. */
static enum err
skip_empty(struct db *db, unsigned node_id, int64_t *from, int64_t closed)
{
	int64_t us;
	enum err rc = db_int(db, &us, closed * US_BUCKET,
	    "SELECT click_us FROM click WHERE click_us >= ? AND click_us < ? AND node_id "
	    "= ?"
	    " ORDER BY click_us LIMIT 1",
	    "iii", *from * US_BUCKET, closed * US_BUCKET, (int64_t)node_id);
	if (rc == ERR_OK)
		rc = db_int(db, &us, us,
		    "SELECT LEAST(?, click_us) FROM impression WHERE click_us >= ? AND "
		    "click_us < ? AND node_id = ? ORDER BY click_us LIMIT 1",
		    "iiii", us, *from * US_BUCKET, closed * US_BUCKET, (int64_t)node_id);
	if (rc == ERR_OK)
		rc = db_int(db, &us, us,
		    "SELECT LEAST(?, MIN(booked_us)) FROM click_correction WHERE "
		    "booked_us "
		    ">= ? AND node_id = ?",
		    "iii", us, *from * US_BUCKET, (int64_t)node_id);

	*from = clock_bucket(us);
	return rc;
}

static enum err
build(struct db *db, unsigned node_id, int64_t closed, unsigned buckets, bool *more)
{
	int64_t from, to;
	enum err rc = db_int(db, &from, 0,
	    "SELECT bucket FROM cube_built WHERE node_id = ? FOR UPDATE", "i",
	    (int64_t)node_id);

	if (rc != ERR_OK || from >= closed)
		return rc;
	rc = skip_empty(db, node_id, &from, closed);
	if (rc != ERR_OK)
		return rc;
	to = closed - from > (int64_t)buckets ? from + (int64_t)buckets : closed;
	if (to > from)
		rc = cube_rebuild(db, node_id, from, to);
	if (rc == ERR_OK)
		rc = db_exec(db,
		    "INSERT INTO cube_built (node_id, bucket) VALUES (?, ?)"
		    " ON DUPLICATE KEY UPDATE bucket = GREATEST(bucket, VALUES(bucket))",
		    "ii", (int64_t)node_id, to);
	*more = to < closed;
	return rc;
}

enum err
cube_step(struct db *db, unsigned node_id, unsigned buckets, bool *more)
{
	int64_t through;
	enum err rc;

	*more = false;
	rc = db_int(db, &through, 0,
	    "SELECT folded_through_us FROM node WHERE node_id = ?", "i",
	    (int64_t)node_id);
	if (rc != ERR_OK || through < US_BUCKET)
		return rc;
	rc = db_begin(db);
	if (rc == ERR_OK)
		rc = build(db, node_id, clock_bucket(through), buckets, more);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK) {
		db_rollback(db);
		*more = false;
	}
	return rc;
}
