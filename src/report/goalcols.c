/* SPDX-License-Identifier: Apache-2.0
 * goalcols.c - see goalcols.h.
 */
#include "report/goalcols.h"

#include "domain/netset.h"
#include "domain/row.h"
#include "report/wide.h"

enum err
goalcols_load(struct db *db, struct arena *arena, const struct goalcol **out, size_t *n)
{
	struct goalcol *list = NULL;
	struct db_rows *r = NULL;
	struct str on;
	size_t rows = 0;
	enum err rc = netset_get(db, arena, STR("enable_offer_goals"), &on);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK || !str_eq(on, STR("1")))
		return rc;
	rc = db_query(db, &r,
	    "SELECT c.id, c.display_revenue FROM goal_column c WHERE c.enabled AND "
	    "EXISTS "
	    "(SELECT 1 FROM goal g WHERE g.column_id = c.id) ORDER BY c.id",
	    "");
	while (rc == ERR_OK && db_next(r)) {
		list = row_grow(arena, list, rows, sizeof(*list));
		list[rows++] =
		    (struct goalcol){(uint32_t)db_u64(r, 0), db_i64(r, 1) != 0};
	}
	*out = list;
	*n = rows;
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* Booked on their own: 3 counts, 10 (a correction) changes the amount alone, 11 (an
 * omission) takes both away; as tbl/rollup.h. */
void
goalcols_from(struct ask *k, struct period p, uint32_t column, bool hosts)
{
	ask_add(k,
	    " FROM (SELECT x.booked_us DIV 900000000 AS bucket, x.node_id, x.offer_id, "
	    "x.landing_page_id, x.commission_id, x.affiliate_id, x.country, "
	    "COALESCE(w.campaign_id, 0) AS campaign_id, COALESCE(w.adtool_id, 0) AS "
	    "adtool_id, COALESCE(w.subid1, 0) AS subid1, COALESCE(w.subid2, 0) AS "
	    "subid2, COALESCE((SELECT u.device_type FROM user_agent u WHERE u.id = "
	    "w.ua_id), 5) AS device_type, COALESCE(w.ua_id, 0) AS ua_id, " WIDE_CARRIER(
		"w") " AS isp_id, ",
	    NULL);
	ask_add(k, hosts ? WIDE_HOST("w") : "''", NULL);
	ask_add(k,
	    " AS host, CASE x.type "
	    "WHEN 3 THEN 1 WHEN 11 THEN -1 ELSE "
	    "0 END AS goal, "
	    "x.revenue_b AS goal_amount_b FROM goal g STRAIGHT_JOIN txn x FORCE INDEX "
	    "(txn_goal) ON x.goal_id = g.id AND x.booked_us >= ? AND x.booked_us < ? "
	    "LEFT JOIN conversion v ON v.conv_us = x.conv_us AND v.node_id = x.conv_node "
	    "LEFT JOIN click_kept w ON w.click_us = v.click_us AND w.click_lo = "
	    "v.click_lo WHERE g.column_id = ? AND x.booked AND x.type IN (3, 10, 11)) r",
	    "iii", (int64_t)p.from, (int64_t)p.to, (int64_t)column);
}
