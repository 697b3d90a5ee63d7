/* SPDX-License-Identifier: Apache-2.0
 * profitloss.c - see profitloss.h.
 *
 * Time views.  A day, month or year of the network's zone is whole 15-minute buckets.
 * Inside a stretch of one UTC offset the day is arithmetic on the bucket number, so the
 * database groups by it; a change of the clocks cuts the query in two, and the halves of
 * the day on which it happens are added up here. Months and years are one query each.
 */
#include "report/profitloss.h"

#include <stdlib.h>

#include "report/ask.h"
#include "report/countryno.h"

static const char sums[] = " AS brk"
#define PLC(name_, column_, kind_) ", SUM(r." #column_ ")"
#include "tbl/plcounters.h"
#undef PLC
			   " FROM rollup_booked r WHERE r.bucket >= ? AND r.bucket < ?";

enum { COUNT, MONEY };

static const struct {
	const char *name;
	bool money;
} counters[PL_COUNTERS] = {
#define PLC(name_, column_, kind_) [PL_##name_] = {#name_, (kind_) == MONEY},
#include "tbl/plcounters.h"
#undef PLC
};

static const struct {
	const char *name, *column; /* NULL: a time view */
} views[PL_VIEWS] = {
    [PL_PERIOD] = {"period", NULL},
    [PL_MONTH] = {"month", NULL},
    [PL_YEAR] = {"year", NULL},
    [PL_OFFER] = {"offer", "r.offer_id"},
    [PL_LANDING_PAGE] = {"landing_page", "r.landing_page_id"},
    [PL_LOGIN] = {"login", "r.affiliate_id"},
    [PL_DEMOGRAPHIC] = {"demographic", "r.country"},
};

const char *
profitloss_view_name(enum pl_view v)
{
	return views[v].name;
}

bool
profitloss_view(struct str word, enum pl_view *v)
{
	for (unsigned i = 0; i < PL_VIEWS; i++) {
		if (!str_ieq(word, str_of(views[i].name)))
			continue;
		*v = (enum pl_view)i;
		return true;
	}
	return false;
}

const char *
profitloss_name(enum pl_counter c)
{
	return counters[c].name;
}

bool
profitloss_is_money(enum pl_counter c)
{
	return counters[c].money;
}

void
profitloss_add(struct pl_row *sum, const struct pl_row *row)
{
	for (unsigned i = 0; i < PL_COUNTERS; i++)
		sum->v[i] += row->v[i];
}

static void
add_filters(struct ask *k, const struct profitloss_query *q)
{
	if (q->has & PL_F_LOGIN)
		ask_add(k, " AND r.affiliate_id = ?", "i", (int64_t)q->loginid);
	if (q->has & PL_F_OFFER)
		ask_add(k, " AND r.offer_id = ?", "i", (int64_t)q->offerid);
	if (q->has & PL_F_LANDING_PAGE)
		ask_add(k, " AND r.landing_page_id = ?", "i", (int64_t)q->landing_pageid);
	if (q->has & PL_F_PROGRAM)
		ask_add(k, " AND r.commission_id = ?", "i", (int64_t)q->programid);
	if (q->has & PL_F_COUNTRY)
		ask_add(k, " AND r.country = ?", "i", (int64_t)q->country);
	if (q->inhouse == 1)
		ask_add(k,
		    " AND r.affiliate_id IN (SELECT id FROM account WHERE inhouse)",
		    NULL);
	if (q->inhouse == 2)
		ask_add(k,
		    " AND r.affiliate_id NOT IN (SELECT id FROM account WHERE inhouse)",
		    NULL);
}

/* Rows as they come, then in order and each break once. */
struct table {
	struct pl_row *row;
	size_t n, cap;
};

static struct pl_row *
table_row(struct table *t)
{
	if (t->n == t->cap) {
		t->cap = t->cap == 0 ? 64 : t->cap * 2;
		t->row = obj_realloc(t->row, t->cap * sizeof(*t->row));
	}
	memset(&t->row[t->n], 0, sizeof(t->row[t->n]));
	return &t->row[t->n++];
}

static int
by_break(const void *a, const void *b)
{
	const struct pl_row *x = a, *y = b;

	return (x->brk > y->brk) - (x->brk < y->brk);
}

static bool
is_zero(const struct pl_row *row)
{
	for (unsigned i = 0; i < PL_COUNTERS; i++)
		if (row->v[i] != 0)
			return false;
	return true;
}

static void
table_hand_on(struct table *t, pl_row_f *fn, void *ctx)
{
	size_t to = 0;

	if (t->n == 0)
		return;
	qsort(t->row, t->n, sizeof(*t->row), by_break);
	for (size_t i = 1; i < t->n; i++) {
		if (t->row[i].brk == t->row[to].brk)
			profitloss_add(&t->row[to], &t->row[i]);
		else
			t->row[++to] = t->row[i];
	}
	for (size_t i = 0; i <= to; i++)
		if (!is_zero(&t->row[i]) && !fn(ctx, &t->row[i]))
			return;
}

/* Runs the statement that `k` has begun with what to group by, over [p.from, p.to). */
static enum err
run(struct db *db, const struct profitloss_query *q, struct ask *k, struct period p,
    struct table *t)
{
	struct db_rows *rows;
	enum err rc;

	ask_add(k, sums, "ii", clock_bucket(p.from), clock_bucket(p.to));
	add_filters(k, q);
	ask_add(k, " GROUP BY brk", NULL);
	rc = ask_rows(k, db, &rows);
	if (rc != ERR_OK)
		return rc;
	while (db_next(rows)) {
		struct pl_row *row = table_row(t);

		row->brk = db_i64(rows, 0);
		for (unsigned i = 0; i < PL_COUNTERS; i++)
			row->v[i] = db_i64(rows, 1 + i);
	}
	return db_rows_close(&rows);
}

static enum err
by_object(
    struct db *db, const struct profitloss_query *q, struct period p, struct table *t)
{
	struct ask k;
	enum err rc;

	ask_init(&k);
	ask_add(&k, "SELECT ", NULL);
	ask_add(&k, views[q->view].column, NULL);
	rc = run(db, q, &k, p, t);
	for (size_t i = 0; q->view == PL_DEMOGRAPHIC && i < t->n; i++)
		t->row[i].brk = countryno_of((uint16_t)t->row[i].brk);
	return rc;
}

static enum err
by_day(struct db *db, const struct profitloss_query *q, struct period p, struct table *t)
{
	enum err rc = ERR_OK;
	us_t until;

	for (us_t at = p.from; at < p.to && rc == ERR_OK; at = until) {
		int32_t off = zone_offset(q->zone, at, &until);
		size_t first = t->n;
		struct ask k;

		if (until > p.to)
			until = p.to;
		ask_init(&k);
		ask_add(&k, "SELECT (CAST(r.bucket AS SIGNED) * 900 + ?) DIV 86400", "i",
		    (int64_t)off);
		rc = run(db, q, &k, (struct period){at, until}, t);
		for (size_t i = first; i < t->n; i++) {
			int y, m, d;

			zone_date(t->row[i].brk, &y, &m, &d);
			t->row[i].brk = zone_start(q->zone, y, m, d) / US_SECOND;
		}
	}
	return rc;
}

static enum err
by_unit(struct db *db, const struct profitloss_query *q, enum zone_unit u,
    struct period p, struct table *t)
{
	enum err rc = ERR_OK;
	us_t until;

	for (us_t at = p.from; at < p.to && rc == ERR_OK; at = until) {
		us_t start = zone_floor(q->zone, u, at);
		struct ask k;

		until = zone_next(q->zone, u, at);
		if (until > p.to)
			until = p.to;
		ask_init(&k);
		ask_add(&k, "SELECT ?", "i", (int64_t)(start / US_SECOND));
		rc = run(db, q, &k, (struct period){at, until}, t);
	}
	return rc;
}

/* "All time" is as long as there are rows: the pieces of time views are counted by it. */
static enum err
clamp(struct db *db, struct period *p)
{
	int64_t first, last;
	enum err rc = db_int(db, &first, -1, "SELECT MIN(bucket) FROM rollup_booked", "");

	if (rc == ERR_OK)
		rc = db_int(db, &last, -1, "SELECT MAX(bucket) FROM rollup_booked", "");
	if (rc != ERR_OK)
		return rc;
	if (p->from < first * US_BUCKET)
		p->from = first * US_BUCKET;
	if (p->to > (last + 1) * US_BUCKET)
		p->to = (last + 1) * US_BUCKET;
	return ERR_OK;
}

enum err
profitloss_each(struct db *db, const struct profitloss_query *q, pl_row_f *fn, void *ctx)
{
	struct period p = q->period;
	struct table t = {0};
	enum err rc = clamp(db, &p);

	if (rc != ERR_OK || p.from >= p.to)
		return rc;
	switch (q->view) {
	case PL_PERIOD:
		rc = by_day(db, q, p, &t);
		break;
	case PL_MONTH:
		rc = by_unit(db, q, ZONE_MONTH, p, &t);
		break;
	case PL_YEAR:
		rc = by_unit(db, q, ZONE_YEAR, p, &t);
		break;
	default:
		rc = by_object(db, q, p, &t);
	}
	if (rc == ERR_OK)
		table_hand_on(&t, fn, ctx);
	free(t.row);
	return rc;
}

struct reply {
	struct pl_row total;
	struct pl_row *row;
	size_t n, cap;
};

static bool
keep(void *ctx, const struct pl_row *row)
{
	struct reply *r = ctx;

	profitloss_add(&r->total, row);
	if (r->n == r->cap) {
		r->cap = r->cap == 0 ? 64 : r->cap * 2;
		r->row = obj_realloc(r->row, r->cap * sizeof(*r->row));
	}
	r->row[r->n++] = *row;
	return true;
}

static int64_t
shown(const struct pl_row *row, enum pl_counter c)
{
	return counters[c].money ? money_cents(row->v[c]) : row->v[c];
}

static void
put_total(struct jsonw *w, const struct pl_row *row)
{
	jsonw_obj(w);
#define PLC(name_, column_, kind_) \
	jsonw_key(w, #name_);      \
	jsonw_int(w, shown(row, PL_##name_));
#define PLC_NONE(name_)       \
	jsonw_key(w, #name_); \
	jsonw_int(w, 0);
#include "tbl/plcounters.h"
#undef PLC
	jsonw_end(w);
}

static void
put_stats(struct jsonw *w, const struct pl_row *row)
{
	jsonw_obj(w);
	for (unsigned i = 0; i < PL_COUNTERS; i++) {
		if (shown(row, (enum pl_counter)i) == 0)
			continue;
		jsonw_key(w, counters[i].name);
		jsonw_int(w, shown(row, (enum pl_counter)i));
	}
	jsonw_end(w);
}

enum err
profitloss_json(struct db *db, const struct profitloss_query *q, struct jsonw *w)
{
	struct reply r = {0};
	enum err rc = profitloss_each(db, q, keep, &r);

	if (rc == ERR_OK) {
		jsonw_obj(w);
		jsonw_key(w, "total");
		jsonw_obj(w);
		jsonw_key(w, "breakdown");
		jsonw_cstr(w, views[q->view].name);
		jsonw_key(w, "row");
		put_total(w, &r.total);
		jsonw_end(w);
		jsonw_key(w, "rows");
		jsonw_arr(w);
		for (size_t i = 0; i < r.n; i++) {
			jsonw_obj(w);
			jsonw_key(w, "break");
			jsonw_int(w, r.row[i].brk);
			jsonw_key(w, "stats");
			put_stats(w, &r.row[i]);
			jsonw_end(w);
		}
		jsonw_end(w);
		jsonw_end(w);
	}
	free(r.row);
	return rc;
}
