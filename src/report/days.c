/* SPDX-License-Identifier: Apache-2.0
 * days.c - see days.h.
 */
#include "report/days.h"

#include <stdlib.h>

#include "base/jsonw.h"

#define LEASE_US (30 * US_SECOND)
/* A node that has not folded for so long is away: its days are summed as they are, and
 * what it brings when it comes back marks them. */
#define AWAY_US (2 * US_DAY)

int64_t
days_number(const struct zone *z, us_t t)
{
	struct wall w;

	zone_wall(z, t, &w);
	return zone_days(w.year, w.month, w.day);
}

static us_t
day_start(const struct zone *z, int64_t day)
{
	int y, m, d;

	zone_date(day, &y, &m, &d);
	return zone_start(z, y, m, d);
}

enum err
days_claimed(struct db *db, unsigned node_id, uint32_t *claimed)
{
	int64_t v = 0;
	enum err rc = db_int(db, &v, 0,
	    "SELECT claimed FROM rollup_day_built WHERE node_id = ? LOCK IN SHARE MODE",
	    "i", (int64_t)node_id);

	*claimed = (uint32_t)v;
	return rc;
}

enum err
days_stale(struct db *db, unsigned node_id, uint32_t bucket)
{
	return db_exec(db,
	    "INSERT IGNORE INTO rollup_day_stale (node_id, bucket) VALUES (?, ?)", "ii",
	    (int64_t)node_id, (int64_t)bucket);
}

/* ---- the builder ---- */

struct node {
	int64_t id, day, bucket;
	us_t folded;
	bool known, same_zone; /* has a row; of this zone */
};

static enum err
take_lease(struct db *db, unsigned node_id, us_t now, bool *mine)
{
	enum err rc = db_exec(db,
	    "INSERT IGNORE INTO lease (name, node_id, until_us) VALUES ('days', ?, 0)",
	    "i", (int64_t)node_id);

	if (rc == ERR_OK)
		rc = db_exec(db,
		    "UPDATE lease SET node_id = ?, until_us = ? WHERE name = 'days' AND "
		    "(until_us < ? OR node_id = ?)",
		    "iiii", (int64_t)node_id, (int64_t)(now + LEASE_US), (int64_t)now,
		    (int64_t)node_id);
	*mine = rc == ERR_OK && db_affected(db) == 1;
	return rc;
}

/* Forgets what was built for another zone. */
static enum err
begin_zone(struct db *db, const struct node *n, const struct zone *z)
{
	enum err rc = db_begin(db);

	if (rc == ERR_OK)
		rc = db_exec(db,
		    "INSERT INTO rollup_day_built (node_id, zone, day, bucket, claimed) "
		    "VALUES (?, ?, 0, 0, 0)"
		    " ON DUPLICATE KEY UPDATE zone = VALUES(zone), day = 0, bucket = 0, "
		    "claimed = 0",
		    "is", n->id, str_of(zone_name(z)));
	if (rc == ERR_OK)
		rc = db_exec(db, "DELETE FROM rollup_day WHERE node_id = ?", "i", n->id);
	if (rc == ERR_OK)
		rc = db_exec(
		    db, "DELETE FROM rollup_day_stale WHERE node_id = ?", "i", n->id);
	return rc == ERR_OK ? db_commit(db) : rc;
}

/* A day by one of the dims. */
static const char sum_sql[] =
    "INSERT INTO rollup_day (dim, day, id, node_id"
#define PLC(name_, column_, kind_) ", " #column_
#include "tbl/plcounters.h"
#undef PLC
    ") SELECT ?, ?, CASE ? WHEN 1 THEN r.offer_id WHEN 2 THEN r.landing_page_id WHEN 3 "
    "THEN r.commission_id WHEN 4"
    " THEN r.affiliate_id WHEN 5 THEN r.country ELSE 0 END AS k, r.node_id"
#define PLC(name_, column_, kind_) ", SUM(r." #column_ ")"
#include "tbl/plcounters.h"
#undef PLC
    " FROM rollup_booked r WHERE r.bucket >= ? AND r.bucket < ? AND r.node_id = ? GROUP "
    "BY k";

_Static_assert(DAYS_OFFER == 1 && DAYS_LANDING_PAGE == 2 && DAYS_PROGRAM == 3 &&
		   DAYS_LOGIN == 4 && DAYS_COUNTRY == 5,
    "as in the statement above");

/* Step 2 of the picture in days.h: replaces the day whole. */
static enum err
sum_day(struct db *db, int64_t node, int64_t day, int64_t from, int64_t to)
{
	enum err rc = db_begin(db);

	if (rc == ERR_OK)
		rc = db_exec(db,
		    "DELETE FROM rollup_day_stale WHERE node_id = ? AND bucket >= ? AND "
		    "bucket < ?",
		    "iii", node, from, to);
	for (int64_t dim = 0; rc == ERR_OK && dim < DAYS_DIMS; dim++) {
		rc = db_exec(db,
		    "DELETE FROM rollup_day WHERE dim = ? AND day = ? AND node_id = ?",
		    "iii", dim, day, node);
		if (rc == ERR_OK)
			rc =
			    db_exec(db, sum_sql, "iiiiii", dim, day, dim, from, to, node);
	}
	return rc == ERR_OK ? db_commit(db) : rc;
}

static enum err
first_bucket(struct db *db, const struct node *n, int64_t *first)
{
	return db_int(db, first, -1,
	    "SELECT MIN(bucket) FROM rollup_booked WHERE bucket >= ? AND node_id = ?",
	    "ii", n->bucket, n->id);
}

/* Steps 1 to 3 for `day`, or for an earlier one that got its first row before step 1 was
 * through. */
static enum err
build_next(struct db *db, const struct node *n, const struct zone *z, int64_t day)
{
	int64_t to = clock_bucket(day_start(z, day + 1)), first;
	enum err rc = db_exec(db,
	    "UPDATE rollup_day_built SET claimed = GREATEST(claimed, ?) WHERE node_id = "
	    "?",
	    "ii", to, n->id);

	if (rc == ERR_OK)
		rc = first_bucket(db, n, &first);
	if (rc != ERR_OK)
		return rc;
	if (first >= 0 && first < clock_bucket(day_start(z, day))) {
		day = days_number(z, first * US_BUCKET);
		to = clock_bucket(day_start(z, day + 1));
	}
	rc = sum_day(db, n->id, day, clock_bucket(day_start(z, day)), to);
	if (rc == ERR_OK)
		rc = db_exec(db,
		    "UPDATE rollup_day_built SET day = ?, bucket = ? WHERE node_id = ?",
		    "iii", day + 1, to, n->id);
	return rc;
}

static enum err
next_day(struct db *db, const struct node *n, const struct zone *z, us_t now, bool *more)
{
	us_t through = n->folded < now - AWAY_US ? now : n->folded;
	int64_t first, over = days_number(z, through), day;
	enum err rc;

	if (!n->known || !n->same_zone) {
		*more = true;
		return begin_zone(db, n, z);
	}
	if (n->day >= over)
		return ERR_OK;
	rc = first_bucket(db, n, &first);
	if (rc != ERR_OK)
		return rc;
	/* Days without rows are built by saying so: the last of them stands for all. */
	day = first < 0 ? over - 1 : days_number(z, first * US_BUCKET);
	if (day >= over)
		day = over - 1;
	if (day < n->day)
		day = n->day;
	*more = true;
	return build_next(db, n, z, day);
}

/* The oldest mark of a node, and its day summed anew. */
static enum err
touched_day(struct db *db, const struct node *n, const struct zone *z, bool *more)
{
	int64_t bucket, day;
	enum err rc = db_int(db, &bucket, -1,
	    "SELECT MIN(bucket) FROM rollup_day_stale WHERE node_id = ?", "i", n->id);

	if (rc != ERR_OK || bucket < 0)
		return rc;
	*more = true;
	day = days_number(z, bucket * US_BUCKET);
	return sum_day(db, n->id, day, clock_bucket(day_start(z, day)),
	    clock_bucket(day_start(z, day + 1)));
}

#define MAX_NODES 1000

static enum err
read_nodes(struct db *db, const struct zone *z, struct node *node, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r,
	    "SELECT n.node_id, n.folded_through_us, b.node_id IS NOT NULL, "
	    "COALESCE(b.day, 0),"
	    " COALESCE(b.bucket, 0), b.zone FROM node n LEFT JOIN rollup_day_built b ON "
	    "b.node_id = n.node_id",
	    "");

	*n = 0;
	while (rc == ERR_OK && *n < MAX_NODES && db_next(r)) {
		bool known = db_i64(r, 2) != 0;

		node[(*n)++] = (struct node){.id = db_i64(r, 0),
		    .folded = db_i64(r, 1),
		    .known = known,
		    .day = db_i64(r, 3),
		    .bucket = db_i64(r, 4),
		    .same_zone = known && str_eq(db_str(r, 5), str_of(zone_name(z)))};
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

enum err
days_step(struct db *db, unsigned node_id, const struct zone *z, bool *more)
{
	struct node *node = obj_alloc(MAX_NODES * sizeof(*node));
	us_t now = clock_us();
	bool mine = false;
	size_t n = 0;
	enum err rc = take_lease(db, node_id, now, &mine);

	*more = false;
	if (rc == ERR_OK && mine)
		rc = read_nodes(db, z, node, &n);
	for (size_t i = 0; rc == ERR_OK && i < n && !*more; i++) {
		if (node[i].same_zone)
			rc = touched_day(db, &node[i], z, more);
		if (rc == ERR_OK && !*more)
			rc = next_day(db, &node[i], z, now, more);
	}
	if (rc != ERR_OK) {
		db_rollback(db);
		*more = false;
	}
	free(node);
	return rc;
}

/* ---- what reports may use ---- */

static enum err
cover_stale(struct db *db, struct arena *a, const struct zone *z, struct days_cover *out)
{
	int64_t many;
	struct db_rows *r;
	enum err rc = db_int(db, &many, 0, "SELECT COUNT(*) FROM rollup_day_stale", "");

	/* Marks that come between the two statements are of sums that were right a moment
	 * ago. */
	out->stale = arena_alloc(a, ((size_t)many + 1) * sizeof(*out->stale));
	if (rc == ERR_OK)
		rc = db_query(db, &r,
		    "SELECT DISTINCT bucket FROM rollup_day_stale ORDER BY bucket", "");
	if (rc != ERR_OK)
		return rc;
	while (out->n_stale < (size_t)many && db_next(r)) {
		int64_t day = days_number(z, db_i64(r, 0) * US_BUCKET);

		if (out->n_stale == 0 || out->stale[out->n_stale - 1] != day)
			out->stale[out->n_stale++] = day;
	}
	return db_rows_close(&r);
}

enum err
days_cover(struct db *db, struct arena *a, const struct zone *z, struct days_cover *out)
{
	struct node *node = arena_alloc(a, MAX_NODES * sizeof(*node));
	struct jsonw *w = jsonw_new();
	size_t n;
	enum err rc = read_nodes(db, z, node, &n);

	*out = (struct days_cover){.from = n == 0 ? 0 : INT64_MAX};
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		int64_t bucket = node[i].same_zone ? node[i].bucket : 0;

		jsonw_arr(w);
		jsonw_int(w, node[i].id);
		jsonw_int(w, node[i].same_zone ? node[i].day : 0);
		jsonw_int(w, bucket);
		jsonw_end(w);
		if (bucket < out->from)
			out->from = bucket;
	}
	jsonw_end(w);
	out->built = arena_str(a, jsonw_text(w));
	jsonw_free(&w);
	return rc == ERR_OK ? cover_stale(db, a, z, out) : rc;
}
