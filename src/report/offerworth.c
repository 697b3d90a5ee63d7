/* SPDX-License-Identifier: Apache-2.0
 * offerworth.c - see offerworth.h.
 */
#include "report/offerworth.h"

#include "domain/row.h"
#include "report/days.h"

#define NUMBERS \
	"JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH '$'))"
#define SUMS                                                                         \
	" r.page_view, r.unique_visitor, r.conversion + r.advertiser_initial AS n, " \
	"r.affiliate_payout_b AS payout FROM " NUMBERS " k JOIN "

/* Days that are over, and what lies behind them. */
static const char sql_worth[] =
    "SELECT j.id, COALESCE(SUM(w.page_view), 0), COALESCE(SUM(w.unique_visitor), 0), "
    "COALESCE(SUM(w.n), 0), COALESCE(SUM(w.payout), 0) FROM " NUMBERS
    " j LEFT JOIN (SELECT r.id," SUMS
    "rollup_day r ON r.dim = 1 AND r.id = k.id AND r.day >= ? JOIN " DAYS_BUILT
    " ON b.node = r.node_id AND r.day < b.day UNION ALL SELECT r.offer_id AS id," SUMS
    "rollup_booked r ON r.offer_id = k.id AND r.bucket >= ? LEFT JOIN " DAYS_BUILT
    " ON b.node = r.node_id WHERE r.bucket >= COALESCE(b.bucket, 0)) w ON w.id = j.id"
    " GROUP BY j.n, j.id ORDER BY j.n";

static struct offerworth
worth_of(const struct db_rows *r)
{
	const int64_t clicks = db_i64(r, 1), uniques = db_i64(r, 2), n = db_i64(r, 3);
	const money_t payout = db_i64(r, 4);

	return (struct offerworth){db_i64(r, 0),
	    uniques <= 0 ? 0 : money_muldiv(n, PCT_UNIT * 100, uniques),
	    clicks <= 0 ? 0 : money_muldiv(payout, 1, clicks)};
}

enum err
offerworth_load(struct db *db, struct arena *a, const struct zone *z, us_t now,
    struct str ids, struct offerworth **out, size_t *n)
{
	struct days_cover cover;
	int64_t day = days_number(z, now) - OFFERWORTH_DAYS, from;
	int year, month, mday;
	struct db_rows *r;
	enum err rc = days_cover(db, a, z, &cover);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	zone_date(day, &year, &month, &mday);
	from = (int64_t)clock_bucket(zone_start(z, year, month, mday));
	rc = db_query(db, &r, sql_worth, "ssissis", ids, ids, day, cover.built, ids,
	    from > cover.from ? from : cover.from, cover.built);
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		(*out)[(*n)++] = worth_of(r);
	}
	return db_rows_close(&r);
}
