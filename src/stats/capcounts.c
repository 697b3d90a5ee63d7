/* SPDX-License-Identifier: Apache-2.0
 * capcounts.c - see capcounts.h.
 */
#include "stats/capcounts.h"

#include "base/caprule.h"
#include "base/money.h"
#include "shm/counter.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The windows of one moment, by period. */
struct windows {
	us_t from[CAP_PERIODS], to[CAP_PERIODS];
};

static void
windows_at(struct windows *w, const struct zone *z, us_t now)
{
	for (unsigned p = 0; p < CAP_PERIODS; p++)
		caprule_window((uint8_t)p, z, now, &w->from[p], &w->to[p]);
}

/* Which window of table `n_` is open now; takes day, month, week, year, hour. */
#define OPEN(n_)                                                                      \
	n_ ".cap_id = c.id AND " n_ ".rev = c.rev AND " n_ ".window_us = CASE "       \
	   "c.period WHEN 1 THEN ? WHEN 2 THEN ? WHEN 4 THEN ? WHEN 5 THEN ? WHEN 6 " \
	   "THEN ? ELSE 0 END"
#define OPEN_ARGS(w_)                                                  \
	(w_).from[CAP_DAY], (w_).from[CAP_MONTH], (w_).from[CAP_WEEK], \
	    (w_).from[CAP_YEAR], (w_).from[CAP_HOUR]

#define TURNS_AWAY \
	"NOT c.deleted AND c.enabled AND c.on_full IN ('landing_page', 'trafficback')"

/* Of a cap with a counter for each goal the fullest counts: a click may still become any
 * of them. */
static const char sql_conversions[] =
    "SELECT c.id, c.rev, c.period, n.affiliate_id, MAX(n.n), 0 FROM cap c "
    "STRAIGHT_JOIN cap_count n ON " OPEN(
	"n") " WHERE c.type NOT IN (3, 4) AND " TURNS_AWAY
	     " GROUP BY c.id, c.rev, c.period, n.affiliate_id";
static const char sql_clicks[] =
    "SELECT c.id, c.rev, c.period, n.affiliate_id, CAST(SUM(n.n) AS SIGNED), "
    "CAST(SUM(IF(n.node_id = ?, n.n, 0)) AS SIGNED) FROM cap c "
    "STRAIGHT_JOIN cap_click n ON " OPEN(
	"n") " WHERE c.type IN (3, 4) AND " TURNS_AWAY
	     " GROUP BY c.id, c.rev, c.period, n.affiliate_id";
_Static_assert(CAP_UNIQUES == 3 && CAP_CLICKS == 4, "stand in the statements above");

static enum err
store(struct db_rows **rp, struct captable *t, const struct windows *w)
{
	struct db_rows *r = *rp;

	while (db_next(r)) {
		const uint64_t period = db_u64(r, 2);
		const unsigned p = period < CAP_PERIODS ? (unsigned)period : CAP_ALL;
		const uint64_t key = caprule_key((uint32_t)db_u64(r, 0),
		    (uint32_t)db_u64(r, 1), (uint32_t)db_u64(r, 3), w->from[p]);

		if (!captable_set(t, key, w->to[p], db_i64(r, 4), db_i64(r, 5)))
			counter_add(COUNTER_cap_table_full, 1);
	}
	return db_rows_close(rp);
}

enum err
capcounts_refresh(
    struct db *db, struct captable *t, const struct zone *z, unsigned node_id, us_t now)
{
	struct db_rows *r = NULL;
	struct windows w;
	enum err rc;

	windows_at(&w, z, now);
	captable_sweep(t, now);
	rc = db_query(db, &r, sql_conversions, "iiiii", OPEN_ARGS(w));
	if (rc == ERR_OK)
		rc = store(&r, t, &w);
	if (rc == ERR_OK)
		rc = db_query(
		    db, &r, sql_clicks, "iiiiii", (int64_t)node_id, OPEN_ARGS(w));
	return rc == ERR_OK ? store(&r, t, &w) : rc;
}

/* ---- telling ---- */

struct reached {
	int64_t cap, rev, window, affiliate, goal, n, value, percent;
	uint8_t type;
	char offer[256], email[256]; /* a name has 255 bytes at most */
};

#define WANTS_TO_KNOW                                                                    \
	"NOT c.deleted AND c.enabled AND c.value > 0 AND (c.admin_notify OR "            \
	"c.notice_percent IS NOT NULL OR c.on_full = 'notify' OR EXISTS (SELECT 1 FROM " \
	"offer z WHERE z.id = c.offer_id AND z.admin_threshold_email <> ''))"
#define SHARES "(SELECT 100 AS percent UNION ALL SELECT 0) s"

/* s.percent 0 stands for the cap's own share. */
static const char sql_reached[] =
    "SELECT x.id, x.rev, x.window_us, x.affiliate_id, x.goal_id, x.n, x.value, "
    "IF(s.percent = 100, 100, x.notice_percent), x.type, COALESCE(LEFT(o.name, 150), "
    "''), "
    "COALESCE(o.admin_threshold_email, '') FROM ("
    "SELECT c.id, c.rev, n.window_us, n.affiliate_id, n.goal_id, n.n, c.value, "
    "c.notice_percent, c.type, c.offer_id FROM cap c STRAIGHT_JOIN cap_count n "
    "ON " OPEN(
	"n") " WHERE c.type NOT IN (3, 4) AND " WANTS_TO_KNOW
	     " UNION ALL SELECT c.id, c.rev, n.window_us, n.affiliate_id, 0, "
	     "CAST(SUM(n.n) AS SIGNED), c.value, c.notice_percent, c.type, c.offer_id "
	     "FROM cap c "
	     "STRAIGHT_JOIN cap_click n ON " OPEN(
		 "n") " WHERE c.type IN (3, 4) AND " WANTS_TO_KNOW
		      " GROUP BY c.id, c.rev, n.window_us, n.affiliate_id) x JOIN " SHARES
		      " LEFT JOIN offer o ON o.id = x.offer_id WHERE (s.percent = 100 OR "
		      "x.notice_percent < 100) AND x.n * 100 >= "
		      "x.value * IF(s.percent = 100, 100, x.notice_percent) AND NOT "
		      "EXISTS (SELECT 1 FROM "
		      "cap_notice t WHERE t.cap_id = x.id AND t.rev = x.rev AND "
		      "t.window_us = x.window_us "
		      "AND t.affiliate_id = x.affiliate_id AND t.goal_id = x.goal_id AND "
		      "t.percent = "
		      "IF(s.percent = 100, 100, x.notice_percent)) LIMIT 64";

static void
amount_text(char out[40], const struct reached *x, int64_t v)
{
	if (x->type == CAP_BUDGET)
		(void)snprintf(out, 40, "%" PRId64 ".%02d", v / MONEY_UNIT,
		    (int)(v % MONEY_UNIT / (MONEY_UNIT / 100)));
	else
		(void)snprintf(out, 40, "%" PRId64, v);
}

/* Whoever inserts the row that says so tells; another node may be quicker. */
static enum err
tell(struct db *db, const struct reached *x, us_t now)
{
	char subject[400], body[600], n[40], value[40], who[40] = "";
	enum err rc = db_exec(db,
	    "INSERT IGNORE INTO cap_notice (cap_id, rev, window_us, affiliate_id, "
	    "goal_id, percent, noticed_us) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    "iiiiiii", x->cap, x->rev, x->window, x->affiliate, x->goal, x->percent,
	    (int64_t)now);

	if (rc != ERR_OK || db_affected(db) == 0)
		return rc;
	amount_text(n, x, x->n);
	amount_text(value, x, x->value);
	if (x->affiliate != 0)
		(void)snprintf(who, sizeof(who), " for affiliate %" PRId64, x->affiliate);
	(void)snprintf(subject, sizeof(subject), "Cap %" PRId64 "%s%s%s%s %s", x->cap,
	    *x->offer != '\0' ? " of " : "", x->offer, who, "",
	    x->percent == 100 ? "is reached" : "is nearly reached");
	(void)snprintf(body, sizeof(body), "%s: %s of %s, %" PRId64 " percent or more.\n",
	    subject, n, value, x->percent);
	return db_exec(db,
	    "INSERT INTO notice (created_us, kind, email, subject, body) VALUES (?, "
	    "'cap', ?, ?, ?)",
	    "isss", (int64_t)now, str_of(x->email), str_of(subject), str_of(body));
}

enum err
capcounts_tell(struct db *db, const struct zone *z, us_t now)
{
	struct reached list[64];
	struct db_rows *r = NULL;
	struct windows w;
	unsigned n = 0;
	enum err rc;

	windows_at(&w, z, now);
	rc = db_query(db, &r, sql_reached, "iiiiiiiiii", OPEN_ARGS(w), OPEN_ARGS(w));
	while (rc == ERR_OK && n < ARRAY_LEN(list) && db_next(r)) {
		struct reached *x = &list[n++];

		*x = (struct reached){db_i64(r, 0), db_i64(r, 1), db_i64(r, 2),
		    db_i64(r, 3), db_i64(r, 4), db_i64(r, 5), db_i64(r, 6), db_i64(r, 7),
		    (uint8_t)db_u64(r, 8), "", ""};
		(void)snprintf(
		    x->offer, sizeof(x->offer), STR_FMT, STR_ARG(db_str(r, 9)));
		(void)snprintf(
		    x->email, sizeof(x->email), STR_FMT, STR_ARG(db_str(r, 10)));
	}
	rc = rc == ERR_OK ? db_rows_close(&r) : rc;
	if (rc != ERR_OK || n == 0)
		return rc;
	rc = db_begin(db);
	for (unsigned i = 0; rc == ERR_OK && i < n; i++)
		rc = tell(db, &list[i], now);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK)
		db_rollback(db);
	return rc;
}
