/* SPDX-License-Identifier: Apache-2.0
 * retention.c - see retention.h.
 */
#include "report/retention.h"

#include <stdlib.h>

#include "report/rowtext.h"
#include "report/statrow.h"

struct row {
	int64_t affiliate, day; /* day: since 1970-01-01 on the wall clock */
	int64_t n, reached[RETENTION_EVENTS];
};

struct rows {
	struct row *v;
	size_t n, cap;
};

static void
statement(struct ask *k, struct arena *a, const struct retention_query *q,
    struct period p, int32_t offset)
{
	ask_init(k);
	ask_add(k,
	    "SELECT c.affiliate_id, (c.created_us DIV 1000000 + ?) DIV 86400 AS at, "
	    "COUNT(*)",
	    "i", (int64_t)offset);
	for (unsigned i = 0; i < q->n; i++)
		ask_add(k,
		    ", SUM(EXISTS (SELECT 1 FROM conversion e WHERE e.click_us = "
		    "c.click_us AND e.click_lo = c.click_lo AND e.click_us <> 0 AND "
		    "e.goal_id = ? AND e.offer_id = c.offer_id AND e.status IN (1, 2, 5) "
		    "AND (e.conv_us <> c.conv_us OR e.node_id <> c.node_id)))",
		    "i", q->event[i].known ? (int64_t)q->event[i].goal : -1);
	ask_add(k,
	    " FROM conversion c FORCE INDEX (conversion_offer) WHERE c.offer_id = ? AND "
	    "c.created_us >= ? AND c.created_us < ? AND c.goal_id = ? AND c.status IN "
	    "(1, 2, 5)",
	    "iiii", (int64_t)q->offer, p.from, p.to, (int64_t)q->base.goal);
	ask_in_ids(k, a, "c.affiliate_id", &q->affiliates);
	if (q->affiliate)
		ask_add(k, " AND " ASK_SHOWN("c"), NULL);
	ask_add(k, " GROUP BY 1, 2", NULL);
}

static enum err
take(struct rows *rows, const struct retention_query *q, const struct db_rows *r)
{
	struct row *x;

	if (rows->n == RETENTION_ROWS)
		return ERR_FULL;
	if (rows->n == rows->cap) {
		rows->cap = rows->cap * 2 + 64;
		rows->v = obj_realloc(rows->v, rows->cap * sizeof(*rows->v));
	}
	x = &rows->v[rows->n++];
	*x = (struct row){
	    .affiliate = db_i64(r, 0), .day = db_i64(r, 1), .n = db_i64(r, 2)};
	for (unsigned i = 0; i < q->n; i++)
		x->reached[i] = db_i64(r, 3 + i);
	return ERR_OK;
}

/* A piece is a stretch of one offset from UTC. */
static enum err
read_piece(struct db *db, struct arena *a, const struct retention_query *q,
    struct period p, int32_t offset, struct rows *rows)
{
	struct db_rows *r;
	struct ask k;
	enum err rc, full = ERR_OK;

	statement(&k, a, q, p, offset);
	rc = ask_rows(&k, db, &r);
	if (rc != ERR_OK)
		return rc;
	while (full == ERR_OK && db_next(r))
		full = take(rows, q, r);
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc : full;
}

static int
by_affiliate(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	if (x->affiliate != y->affiliate)
		return x->affiliate < y->affiliate ? -1 : 1;
	return (x->day > y->day) - (x->day < y->day);
}

/* A day on which the clocks change lies in two pieces. */
static void
merge(struct rows *rows)
{
	size_t to = 0;

	if (rows->n > 0)
		qsort(rows->v, rows->n, sizeof(*rows->v), by_affiliate);
	for (size_t i = 1; i < rows->n; i++) {
		struct row *last = &rows->v[to], *x = &rows->v[i];

		if (by_affiliate(last, x) != 0) {
			rows->v[++to] = *x;
			continue;
		}
		last->n += x->n;
		for (unsigned e = 0; e < RETENTION_EVENTS; e++)
			last->reached[e] += x->reached[e];
	}
	rows->n = rows->n > 0 ? to + 1 : 0;
}

static enum err
read_all(
    struct db *db, struct arena *a, const struct retention_query *q, struct rows *rows)
{
	enum err rc = ERR_OK;
	us_t until;

	for (us_t at = q->period.from; q->base.known && at < q->period.to && rc == ERR_OK;
	     at = until) {
		int32_t offset = zone_offset(q->zone, at, &until);

		if (until > q->period.to)
			until = q->period.to;
		rc = read_piece(db, a, q, (struct period){at, until}, offset, rows);
	}
	merge(rows);
	return rc;
}

static void
put_row(struct jsonw *w, struct arena *a, const struct retention_query *q,
    const struct row *x)
{
	int y, m, d;

	zone_date(x->day, &y, &m, &d);
	jsonw_obj(w);
	rowtext_int(w, "affiliate_id", x->affiliate);
	jsonw_key(w, "date");
	jsonw_fmt(w, "%04d-%02d-%02d", y, m, d);
	for (unsigned i = 0; i < q->n; i++) {
		jsonw_key_str(
		    w, arena_printf(a, "rr_" STR_FMT, STR_ARG(q->event[i].name)));
		/* Cut to two digits, not rounded. */
		jsonw_money(w, x->reached[i] * 10000 / x->n * (MONEY_UNIT / 100), 0);
	}
	jsonw_key_str(w, arena_printf(a, STR_FMT "_count", STR_ARG(q->base.name)));
	jsonw_int(w, x->n);
	jsonw_end(w);
}

enum err
retention_json(
    struct db *db, struct arena *a, const struct retention_query *q, struct jsonw *w)
{
	struct rows rows = {NULL, 0, 0};
	enum err rc = read_all(db, a, q, &rows);

	if (rc != ERR_OK) {
		free(rows.v);
		return rc;
	}
	jsonw_obj(w);
	rowtext_int(w, "status", 1);
	jsonw_key(w, "stats");
	jsonw_arr(w);
	for (size_t i = 0; i < rows.n; i++)
		put_row(w, a, q, &rows.v[i]);
	jsonw_end(w);
	statrow_pagination(w, 1, rows.n > 0 ? (int64_t)rows.n : 1, (int64_t)rows.n);
	jsonw_end(w);
	free(rows.v);
	return ERR_OK;
}
