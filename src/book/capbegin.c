/* SPDX-License-Identifier: Apache-2.0
 * capbegin.c - a cap that was made or changed begins with the conversions that are there,
 * so that clicks are turned away before the next conversion comes.
 *
 * The row of affiliate 0 and goal 0 says that a cap's window has begun; of a cap with a
 * counter for each affiliate it counts nothing.  A batch that books makes its rows before
 * it writes a conversion, and whoever is second leaves a row as it is (capslot.c), so
 * nothing is counted twice or forgotten.
 */
#include "book/capclick.h"

#define AT_ONCE 200u

static enum err
put(struct book *b, struct db *db, const struct cap_def *def, struct cap_slot s)
{
	const bool mark = def->rule.affiliates == CAP_OF_EACH && s.affiliate_id == 0;
	int64_t n = 0;
	enum err rc =
	    mark ? ERR_OK
		 : caprecount_conversions(db, b->arena, def, conf_zone(b->conf), s, &n);

	if (rc != ERR_OK)
		return rc;
	return db_exec(db,
	    "INSERT IGNORE INTO cap_count (cap_id, rev, window_us, affiliate_id, "
	    "goal_id, n) VALUES (?, ?, ?, ?, ?, ?)",
	    "iiiiii", (int64_t)def->rule.id, (int64_t)def->rule.rev, (int64_t)s.window,
	    (int64_t)s.affiliate_id, (int64_t)s.goal_id, n);
}

/* Whoever has converted in the window, if the cap has a counter for each. */
static enum err
begin_each(struct book *b, struct db *db, const struct cap_def *def, us_t from, us_t to)
{
	struct cap_slot *list = NULL;
	struct db_rows *r = NULL;
	unsigned n = 0;
	enum err rc = db_query(db, &r,
	    "SELECT DISTINCT IF(?, c.affiliate_id, 0), IF(?, c.goal_id, 0) FROM "
	    "conversion c WHERE c.created_us >= ? AND c.created_us < ? AND ? IN (0, "
	    "c.offer_id) AND ? IN (0, c.advertiser_id)",
	    "iiiiii", (int64_t)(def->rule.affiliates == CAP_OF_EACH),
	    (int64_t)(def->rule.goals == CAP_OF_EACH), (int64_t)from, (int64_t)to,
	    (int64_t)def->rule.offer_id, (int64_t)def->rule.advertiser_id);

	while (rc == ERR_OK && db_next(r)) {
		const struct cap_slot s = {
		    from, (uint32_t)db_u64(r, 0), (uint32_t)db_u64(r, 1)};
		struct cap_slot *more;

		if ((n & (n - 1)) == 0) {
			more =
			    arena_alloc(b->arena, (n == 0 ? 1 : n * 2) * sizeof(*more));
			if (n > 0)
				memcpy(more, list, n * sizeof(*more));
			list = more;
		}
		list[n++] = s;
	}
	rc = rc == ERR_OK ? db_rows_close(&r) : rc;
	for (unsigned i = 0; i < n && rc == ERR_OK; i++)
		if (caprecount_covers(def, def->rule.offer_id, def->rule.advertiser_id,
			list[i].affiliate_id) &&
		    caprecount_covers_goal(def, list[i].goal_id))
			rc = put(b, db, def, list[i]);
	return rc;
}

static enum err
begin(struct book *b, struct db *db, const struct cap_def *def, us_t now)
{
	struct cap_slot mark = {0, 0, 0};
	us_t to;
	enum err rc = ERR_OK;

	caprule_window(def->rule.period, conf_zone(b->conf), now, &mark.window, &to);
	if (def->rule.affiliates == CAP_OF_EACH || def->rule.goals == CAP_OF_EACH)
		rc = begin_each(b, db, def, mark.window, to);
	return rc == ERR_OK ? put(b, db, def, mark) : rc;
}

static enum err
find(struct book *b, struct db *db, us_t now, struct cap_def *list, unsigned *n)
{
	us_t from[CAP_PERIODS], to;
	struct db_rows *r = NULL;
	enum err rc;

	for (unsigned p = 0; p < CAP_PERIODS; p++)
		caprule_window((uint8_t)p, conf_zone(b->conf), now, &from[p], &to);
	rc = db_query(db, &r,
	    "SELECT " CAPRECOUNT_COLUMNS " FROM cap c WHERE NOT c.deleted AND c.enabled "
	    "AND c.type NOT IN (3, 4) AND c.on_full <> 'decline' AND NOT EXISTS (SELECT "
	    "1 FROM cap_count x WHERE x.cap_id = c.id AND x.rev = c.rev AND x.window_us "
	    "= CASE c.period WHEN 1 THEN ? WHEN 2 THEN ? WHEN 4 THEN ? WHEN 5 THEN ? "
	    "WHEN "
	    "6 THEN ? ELSE 0 END AND x.affiliate_id = 0 AND x.goal_id = 0) LIMIT 200",
	    "iiiii", (int64_t)from[CAP_DAY], (int64_t)from[CAP_MONTH],
	    (int64_t)from[CAP_WEEK], (int64_t)from[CAP_YEAR], (int64_t)from[CAP_HOUR]);
	while (rc == ERR_OK && *n < AT_ONCE && db_next(r))
		caprecount_read(b->arena, r, 0, &list[(*n)++]);
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

enum err
capbegin_sweep(struct book *b, struct db *db, us_t now)
{
	struct cap_def *list;
	unsigned n = 0;
	enum err rc = db_begin(db);

	arena_reset(b->arena);
	list = arena_alloc(b->arena, AT_ONCE * sizeof(*list));
	if (rc == ERR_OK)
		rc = conf_begin(b->conf, db);
	if (rc == ERR_OK)
		rc = find(b, db, now, list, &n);
	for (unsigned i = 0; i < n && rc == ERR_OK; i++)
		rc = begin(b, db, &list[i], now);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK)
		db_rollback(db);
	return rc;
}
