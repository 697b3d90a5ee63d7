/* SPDX-License-Identifier: Apache-2.0
 * cube.c - see cube.h.
 */
#include "report/cube.h"

/* Clicks by bucket and everything else; what follows narrows them. */
#define COUNT_CLICKS                                                                  \
	"INSERT INTO cube_click (bucket, offer_id, affiliate_id, advertiser_id, "     \
	"country, device_type, os, browser, currency, node_id, page_view, "           \
	"unique_visitor, unique_offer, payout, payout_b, revenue, revenue_b) SELECT " \
	"x.click_us DIV 900000000, x.offer_id, x.affiliate_id, x.advertiser_id, "     \
	"x.country, x.device_type, COALESCE(u.os, ''), COALESCE(u.browser, ''), "     \
	"x.currency, x.node_id, COUNT(*), SUM(x.flags & 1 != 0), SUM(x.flags & 2 != " \
	"0), SUM(x.payout), SUM(" CUBE_IN_BASE(                                       \
	    "payout") "), SUM(x.revenue), "                                           \
		      "SUM(" CUBE_IN_BASE(                                            \
			  "revenue") ") FROM click x LEFT JOIN user_agent u ON "      \
				     "u.id = x.ua_id "
#define BY_BUCKET " GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"

enum err
cube_add(struct db *db, us_t from, us_t to)
{
	static const char sql[] = COUNT_CLICKS
	    "JOIN cube_built b ON b.node_id = x.node_id WHERE x.click_us >= ? AND "
	    "x.click_us < ? AND x.click_us DIV 900000000 < b.bucket AND x.verdict = "
	    "0" BY_BUCKET " ON DUPLICATE KEY UPDATE page_view = cube_click.page_view + "
	    "VALUES(page_view), unique_visitor = cube_click.unique_visitor + "
	    "VALUES(unique_visitor), unique_offer = cube_click.unique_offer + "
	    "VALUES(unique_offer), payout = cube_click.payout + VALUES(payout), payout_b "
	    "= cube_click.payout_b + VALUES(payout_b), revenue = cube_click.revenue + "
	    "VALUES(revenue), revenue_b = cube_click.revenue_b + VALUES(revenue_b)";

	return db_exec(db, sql, "ii", (int64_t)from, (int64_t)to);
}

enum err
cube_rebuild(struct db *db, unsigned node_id, int64_t from, int64_t to)
{
	static const char count_sql[] = COUNT_CLICKS
	    "WHERE x.click_us >= ? AND x.click_us < ? AND x.node_id = ? AND x.verdict = "
	    "0" BY_BUCKET;
	static const char correct_sql[] =
	    "INSERT INTO cube_click (bucket, offer_id, affiliate_id, advertiser_id, "
	    "country, device_type, os, browser, currency, node_id, page_view, "
	    "unique_visitor, unique_offer, payout, payout_b, revenue, revenue_b) SELECT "
	    "* "
	    "FROM (SELECT x.booked_us DIV 900000000 AS at, x.offer_id, x.affiliate_id, "
	    "x.advertiser_id, x.country, x.device_type, COALESCE(u.os, '') AS os, "
	    "COALESCE(u.browser, '') AS br, x.currency, x.node_id, SUM(x.page_view) AS "
	    "pv, SUM(x.unique_visitor) AS uv, SUM(x.unique_offer) AS uo, "
	    "SUM(x.click_payout) AS p, SUM(x.click_payout_b) AS pb, "
	    "SUM(x.income_amount) AS r, SUM(x.income_amount_b) AS rb FROM "
	    "click_correction x LEFT JOIN user_agent u ON u.id = x.ua_id WHERE "
	    "x.booked_us >= ? AND x.booked_us < ? AND x.node_id = ? GROUP BY 1, 2, 3, 4, "
	    "5, 6, 7, 8, 9, 10) k ON DUPLICATE KEY UPDATE page_view = "
	    "cube_click.page_view + k.pv, unique_visitor = cube_click.unique_visitor + "
	    "k.uv, unique_offer = cube_click.unique_offer + k.uo, payout = "
	    "cube_click.payout + k.p, payout_b = cube_click.payout_b + k.pb, revenue = "
	    "cube_click.revenue + k.r, revenue_b = cube_click.revenue_b + k.rb";
	enum err rc = db_exec(db,
	    "DELETE FROM cube_click WHERE bucket >= ? AND bucket < ? AND node_id = ?",
	    "iii", from, to, (int64_t)node_id);

	if (rc == ERR_OK)
		rc = db_exec(db, count_sql, "iii", from * US_BUCKET, to * US_BUCKET,
		    (int64_t)node_id);
	if (rc == ERR_OK)
		rc = db_exec(db, correct_sql, "iii", from * US_BUCKET, to * US_BUCKET,
		    (int64_t)node_id);
	return rc;
}

/* The first bucket from `from` on that has clicks, `closed` when there is none before: a
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
