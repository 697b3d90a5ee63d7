/* SPDX-License-Identifier: Apache-2.0
 * verifycaps.c - the part of verify that counts caps again.
 */
#include "book/verify_priv.h"

#include <inttypes.h>
#include <stdio.h>

#include "book/caprecount.h"

struct cap_row {
	struct cap_def def;
	struct cap_slot slot;
	bool of_clicks;
	unsigned node; /* of a count of clicks; 0: its corrections */
	int64_t n;
};

static void
cap_key(char out[112], const struct cap_row *c)
{
	(void)snprintf(out, 112,
	    "cap %u of offer %u, window %" PRId64 ", affiliate %u, goal %u, node %u",
	    c->def.rule.id, c->def.rule.offer_id, c->slot.window, c->slot.affiliate_id,
	    c->slot.goal_id, c->node);
}

/* Raw clicks of sealed days are gone: such windows cannot be recounted. */
static enum err
recount_cap(struct verify *v, struct arena *a, const struct cap_row *c, int64_t *n)
{
	*n = c->n;
	/* The row that says that a window has begun counts nothing. */
	if (c->slot.affiliate_id == 0 && c->def.rule.affiliates == CAP_OF_EACH)
		return ERR_OK;
	if (!c->of_clicks)
		return caprecount_conversions(v->db, a, &c->def, v->zone, c->slot, n);
	if (c->slot.window < v->sealed)
		return ERR_OK;
	if (c->node == 0)
		return caprecount_corrected(v->db, a, &c->def, v->zone, c->slot, n);
	return caprecount_raw_clicks(v->db, a, &c->def, v->zone, c->slot, c->node, n);
}

/* Counts move while they are looked at.  One that differs is read again, and differs only
 * if it stood still. */
static enum err
check_cap(struct verify *v, struct arena *a, const struct cap_row *c)
{
	static const char of_conversions[] =
	    "SELECT n FROM cap_count WHERE cap_id = ? AND rev = ? AND window_us = ? AND "
	    "affiliate_id = ? AND goal_id = ?";
	static const char of_clicks[] =
	    "SELECT n FROM cap_click WHERE cap_id = ? AND rev = ? AND window_us = ? AND "
	    "affiliate_id = ? AND node_id = ?";
	int64_t n, now = c->n;
	char key[112];
	enum err rc = recount_cap(v, a, c, &n);

	if (rc == ERR_OK && n != c->n)
		rc = db_int(v->db, &now, c->n, c->of_clicks ? of_clicks : of_conversions,
		    "iiiii", (int64_t)c->def.rule.id, (int64_t)c->def.rule.rev,
		    (int64_t)c->slot.window, (int64_t)c->slot.affiliate_id,
		    c->of_clicks ? (int64_t)c->node : (int64_t)c->slot.goal_id);
	if (rc == ERR_OK && n != now && now == c->n) {
		cap_key(key, c);
		verify_differ(
		    v, c->of_clicks ? "cap_click" : "cap_count", key, "n", now, n);
	}
	return rc;
}

#define CAPS_AT_ONCE 64
#define CAP_WINDOWS                                                                  \
	"AND x.rev = c.rev AND NOT c.deleted AND c.enabled AND (x.window_us = 0 OR " \
	"x.window_us >= ?) AND x.window_us < ? AND (x.cap_id, x.window_us, "         \
	"x.affiliate_id, "

/* Of conversions, then of clicks; a few at a time by key, since results stream and each
 * row asks for another. */
static const char sql_caps[] =
    "SELECT " CAPRECOUNT_COLUMNS ", x.window_us, x.affiliate_id, x.goal_id, 0, x.n FROM "
    "cap_count x JOIN cap c ON c.id = x.cap_id WHERE c.type NOT IN (3, 4) " CAP_WINDOWS
    "x.goal_id) > (?, ?, ?, ?) ORDER BY x.cap_id, x.window_us, x.affiliate_id, "
    "x.goal_id LIMIT 64";
static const char sql_click_caps[] =
    "SELECT " CAPRECOUNT_COLUMNS ", x.window_us, x.affiliate_id, 0, x.node_id, x.n FROM "
    "cap_click x JOIN cap c ON c.id = x.cap_id WHERE c.type IN (3, 4) " CAP_WINDOWS
    "x.node_id) > (?, ?, ?, ?) ORDER BY x.cap_id, x.window_us, x.affiliate_id, "
    "x.node_id LIMIT 64";

static void
read_cap(struct arena *a, const struct db_rows *r, struct cap_row *c)
{
	caprecount_read(a, r, 0, &c->def);
	c->slot = (struct cap_slot){db_i64(r, CAPRECOUNT_N_COLUMNS),
	    (uint32_t)db_u64(r, CAPRECOUNT_N_COLUMNS + 1),
	    (uint32_t)db_u64(r, CAPRECOUNT_N_COLUMNS + 2)};
	c->of_clicks = caprule_of_clicks(&c->def.rule);
	c->node = (unsigned)db_u64(r, CAPRECOUNT_N_COLUMNS + 3);
	c->n = db_i64(r, CAPRECOUNT_N_COLUMNS + 4);
}

static enum err
check_caps_by(struct verify *v, const char *sql, us_t from, us_t to)
{
	struct cap_row rows[CAPS_AT_ONCE];
	int64_t cap = 0, window = INT64_MIN, affiliate = 0, last = 0;
	struct arena *a = arena_new();
	unsigned n;
	enum err rc = ERR_OK;

	do {
		struct db_rows *r = NULL;

		n = 0;
		arena_reset(a);
		rc = db_query(v->db, &r, sql, "iiiiii", (int64_t)(from - 367 * US_DAY),
		    (int64_t)to, cap, window, affiliate, last);
		while (rc == ERR_OK && n < CAPS_AT_ONCE && db_next(r))
			read_cap(a, r, &rows[n++]);
		rc = rc == ERR_OK ? db_rows_close(&r) : rc;
		for (unsigned i = 0; rc == ERR_OK && i < n; i++)
			rc = check_cap(v, a, &rows[i]);
		if (n > 0) {
			const struct cap_row *c = &rows[n - 1];

			cap = c->def.rule.id;
			window = c->slot.window;
			affiliate = c->slot.affiliate_id;
			last = c->of_clicks ? c->node : c->slot.goal_id;
		}
	} while (rc == ERR_OK && n == CAPS_AT_ONCE);
	arena_free(&a);
	return rc;
}

enum err
verify_caps(struct verify *v, us_t from, us_t to)
{
	enum err rc = check_caps_by(v, sql_caps, from, to);

	return rc == ERR_OK ? check_caps_by(v, sql_click_caps, from, to) : rc;
}
