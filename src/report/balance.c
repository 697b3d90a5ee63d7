/* SPDX-License-Identifier: Apache-2.0
 * balance.c - see balance.h.
 *
 * His own money is summed from the rollup, which has few rows where there may be millions
 * of payouts.  Shares of others' earnings stand in the rollup under whoever earned them,
 * and what is held only in the payout rows: both are looked up by the account.
 */
#include "report/balance.h"

#include "domain/row.h"

static const char sql[] =
    "SELECT u.currency, SUM(u.total), SUM(u.hold) FROM ("
    "SELECT r.currency, SUM(r.affiliate_payout + r.correction_payout) AS total, 0 AS "
    "hold FROM rollup_booked r WHERE r.affiliate_id = ? GROUP BY r.currency "
    "UNION ALL SELECT p.currency, SUM(p.amount), 0 FROM payout_row p WHERE "
    "p.account_id = ? AND p.role IN (2, 3, 4, 6) GROUP BY p.currency "
    "UNION ALL SELECT p.currency, 0, SUM(p.amount) FROM payout_row p WHERE "
    "p.account_id = ? AND p.payable_from_us > ? GROUP BY p.currency "
    "UNION ALL SELECT CONVERT(value USING ascii), 0, 0 FROM setting WHERE name = "
    "'base_currency' "
    "UNION ALL SELECT 'USD', 0, 0 FROM catalog_version WHERE NOT EXISTS (SELECT 1 FROM "
    "setting WHERE name = 'base_currency') "
    "UNION ALL SELECT DISTINCT c.currency, 0, 0 FROM currency_rate c WHERE NOT EXISTS "
    "(SELECT 1 FROM currency_ended e WHERE e.currency = c.currency)) u GROUP BY "
    "u.currency "
    "ORDER BY u.currency";

enum err
balance_load(struct db *db, struct arena *arena, int64_t account, us_t now,
    const struct balance **out, size_t *n)
{
	struct balance *list = NULL;
	struct db_rows *r = NULL;
	unsigned rows = 0;
	enum err rc =
	    db_query(db, &r, sql, "iiii", account, account, account, (int64_t)now);

	while (rc == ERR_OK && db_next(r)) {
		struct str cur = db_str(r, 0);
		struct balance *b;

		list = row_grow(arena, list, rows, sizeof(*list));
		b = &list[rows++];
		*b = (struct balance){.balance = db_i64(r, 1), .hold = db_i64(r, 2)};
		memcpy(b->currency, cur.p, cur.n < 3 ? cur.n : 3);
		b->available = b->balance - b->hold;
	}
	*out = list;
	*n = rows;
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}
