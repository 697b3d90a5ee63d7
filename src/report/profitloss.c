/* SPDX-License-Identifier: Apache-2.0
 * profitloss.c - see profitloss.h.
 *
 * Time views.  A day, month or year of the network's zone is whole 15-minute buckets.
 * Inside a stretch of one UTC offset the day is arithmetic on the bucket number, so the
 * database groups by it; a change of the clocks cuts the query in two, and the halves of
 * the day on which it happens are added up here. Months and years are one query each.
 */
#include "report/profitloss.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "domain/netset.h"
#include "report/ask.h"
#include "report/countryno.h"
#include "report/days.h"
#include "report/goalcols.h"
#include "report/wide.h"

static const char sums[] = " AS brk"
#define PLC(name_, column_, kind_) ", SUM(r." #column_ ")"
#include "tbl/plcounters.h"
#undef PLC
    ;

/* The same of a goal column. */
static const char goal_sums[] = " AS brk, SUM(r.goal), SUM(r.goal_amount_b)";

enum { COUNT, MONEY, EXTRA };

static const struct {
	const char *name;
	bool money, extra;
} counters[PL_COUNTERS] = {
#define PLC(name_, column_, kind_) \
	[PL_##name_] = {#name_, (kind_) == MONEY, (kind_) == EXTRA},
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
    [PL_SUBID1] = {"subid1", "r.subid1"},
    [PL_SUBID2] = {"subid2", "r.subid2"},
    [PL_OFFER_GROUP] = {"offer_group",
	"COALESCE((SELECT MIN(g.group_id) FROM offer_in_group g WHERE g.offer_id = "
	"r.offer_id), 0)"},
    [PL_ADTOOL] = {"adtool", "r.adtool_id"},
    [PL_DEVICE_TYPE] = {"device_type", "r.device_type"},
    [PL_DEVICE_BRAND] = {"device_brand", "COALESCE(d.brand_id, 0)"},
    [PL_DEVICE_MODEL] = {"device_model", "COALESCE(d.model_id, 0)"},
    [PL_DEVICE_OS] = {"device_os", "COALESCE(d.os_id, 0)"},
    [PL_DEVICE_OS_VERSION] = {"device_os_version", "COALESCE(d.os_version_id, 0)"},
    [PL_DEVICE_BROWSER] = {"device_browser", "COALESCE(d.browser_id, 0)"},
    [PL_DEVICE_CARRIER] = {"device_carrier", "r.isp_id"},
    [PL_REFURL] = {"refurl",
	"IF(r.host = '', 0, CAST(CONV(LEFT(MD5(r.host), 12), 16, 10) AS SIGNED))"},
};

const char *
profitloss_view_name(enum pl_view v)
{
	return views[v].name;
}

enum pl_view
profitloss_view(struct str word)
{
	unsigned i = 0;

	while (!str_eq(word, str_of(views[i].name))) {
		i++;
		assert(i < PL_VIEWS);
	}
	return (enum pl_view)i;
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

/* The affiliates that a manager looks after. */
#define OF_MANAGER                                                                  \
	"SELECT id FROM account WHERE manager_id = ? UNION SELECT account_id FROM " \
	"account_manager WHERE manager_id = ?"

/* Affiliates of a kind alone (1), or all others (2). */
static void
add_kind(struct ask *k, unsigned limit, const char *id, const char *flag)
{
	if (limit == 0)
		return;
	ask_add(k, " AND ", NULL);
	ask_add(k, id, NULL);
	ask_add(k, limit == 1 ? " IN" : " NOT IN", NULL);
	ask_add(k, " (SELECT id FROM account WHERE ", NULL);
	ask_add(k, flag, NULL);
	ask_add(k, ")", NULL);
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
	if (q->has & PL_F_CAMPAIGN)
		ask_add(k, " AND r.campaign_id = ?", "i", (int64_t)q->campaignid);
	if (q->has & PL_F_ADTOOL)
		ask_add(k, " AND r.adtool_id = ?", "i", (int64_t)q->adtoolid);
	if (q->has & PL_F_DEVICE_TYPE)
		ask_add(k, " AND r.device_type = ?", "i", (int64_t)q->device_type);
	if (q->has & PL_F_BRAND)
		ask_add(k, " AND COALESCE(d.brand_id, 0) = ?", "i", (int64_t)q->brand);
	if (q->has & PL_F_MODEL)
		ask_add(k, " AND COALESCE(d.model_id, 0) = ?", "i", (int64_t)q->model);
	if (q->has & PL_F_OS)
		ask_add(k, " AND COALESCE(d.os_id, 0) = ?", "i", (int64_t)q->os);
	if (q->has & PL_F_BROWSER)
		ask_add(
		    k, " AND COALESCE(d.browser_id, 0) = ?", "i", (int64_t)q->browser);
	if (q->has & PL_F_MANAGER)
		ask_add(k, " AND r.affiliate_id IN (" OF_MANAGER ")", "ii",
		    (int64_t)q->acct_rep, (int64_t)q->acct_rep);
	add_kind(k, q->inhouse, "r.affiliate_id", "inhouse");
	add_kind(k, q->mediabuy, "r.affiliate_id", "mediabuy");
}

/* Rows as they come, then in order and each break once. */
struct table {
	struct pl_row *row;
	size_t n, cap;
	struct arena *names; /* where those go that come with the rows; NULL: none do */
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

/* Makes, models, systems and browsers have no numbers of their own: each has that of the
 * first user agent that says so, 0 what says nothing. */
#define OF_DEVICE(name_, empty_, like_) \
	"IF(" empty_ " = '', 0, MIN(id) OVER (PARTITION BY " like_ ")) AS " name_
#define DEVICES                                                               \
	" LEFT JOIN (SELECT id, " OF_DEVICE(                                  \
	    "brand_id", "brand", "brand") ", " OF_DEVICE("model_id", "model", \
	    "brand, model") ", " OF_DEVICE("os_id", "os",                     \
	    "os") ", " OF_DEVICE("os_version_id", "os",                       \
	    "os, os_version") ", " OF_DEVICE("browser_id", "browser",         \
	    "browser") " FROM user_agent) d ON d.id = r.ua_id"

static bool
is_of_device(enum pl_view v)
{
	return v >= PL_DEVICE_BRAND && v <= PL_DEVICE_BROWSER;
}

static bool
asks_device(const struct profitloss_query *q)
{
	return is_of_device(q->view) ||
	       (q->has & (PL_F_BRAND | PL_F_MODEL | PL_F_OS | PL_F_BROWSER)) != 0;
}

/* What rollup_booked cannot tell. */
static bool
is_wide(const struct profitloss_query *q)
{
	return q->view == PL_SUBID1 || q->view == PL_SUBID2 || q->view == PL_ADTOOL ||
	       q->view == PL_DEVICE_TYPE || q->view == PL_DEVICE_CARRIER ||
	       q->view == PL_REFURL || asks_device(q) ||
	       (q->has & (PL_F_CAMPAIGN | PL_F_ADTOOL | PL_F_DEVICE_TYPE)) != 0;
}

/* How much of rollup_booked a question is about. */
enum part {
	PART_ALL,
	PART_OPEN,  /* what is not in rollup_day yet */
	PART_BUILT, /* what is, but was touched since */
};

struct narrow {
	struct db *db;
	const struct profitloss_query *q;
	enum part part;
	struct str built; /* of struct days_cover */
	struct table *t;
	struct str base; /* currency, of a wide question */
	uint32_t column; /* of goals, which alone are read; 0: everything */
};

static enum err
read_rows(struct db *db, const struct ask *k, bool goals, struct table *t)
{
	struct db_rows *rows;
	enum err rc = ask_rows(k, db, &rows);

	if (rc != ERR_OK)
		return rc;
	while (db_next(rows)) {
		struct pl_row *row = table_row(t);

		row->brk = db_i64(rows, 0);
		if (goals) {
			row->v[PL_goal] = db_i64(rows, 1);
			row->v[PL_goal_amount] = db_i64(rows, 2);
			continue;
		}
		for (unsigned i = 0; i < PL_COUNTERS; i++)
			row->v[i] = db_i64(rows, 1 + i);
		if (t->names != NULL)
			row->name = arena_str(t->names, db_str(rows, 1 + PL_COUNTERS));
	}
	return db_rows_close(&rows);
}

/* Runs the statement that `k` has begun with what to group by, over [p.from, p.to). */
static enum err
run(const struct narrow *n, struct ask *k, struct period p)
{
	const bool hosts = n->q->view == PL_REFURL;

	ask_add(k, n->column != 0 ? goal_sums : sums, NULL);
	if (n->t->names != NULL)
		ask_add(k, ", MAX(r.host)", NULL);
	if (n->column != 0)
		goalcols_from(k, p, n->column, hosts);
	else if (is_wide(n->q))
		wide_from(k, p, n->base, hosts);
	else
		ask_add(k, " FROM rollup_booked r", NULL);
	if (asks_device(n->q))
		ask_add(k, DEVICES, NULL);
	if (n->part != PART_ALL)
		ask_add(
		    k, " LEFT JOIN " DAYS_BUILT " ON b.node = r.node_id", "s", n->built);
	ask_add(k, " WHERE r.bucket >= ? AND r.bucket < ?", "ii", clock_bucket(p.from),
	    clock_bucket(p.to));
	if (n->part == PART_OPEN)
		ask_add(k, " AND (b.bucket IS NULL OR r.bucket >= b.bucket)", NULL);
	if (n->part == PART_BUILT)
		ask_add(k, " AND r.bucket < b.bucket", NULL);
	add_filters(k, n->q);
	ask_add(k, " GROUP BY brk", NULL);
	return read_rows(n->db, k, n->column != 0, n->t);
}

static void
to_country_numbers(const struct profitloss_query *q, struct table *t, size_t first)
{
	for (size_t i = first; q->view == PL_DEMOGRAPHIC && i < t->n; i++)
		t->row[i].brk = countryno_of((uint16_t)t->row[i].brk);
}

static enum err
by_object(const struct narrow *n, struct period p)
{
	size_t first = n->t->n;
	struct ask k;
	enum err rc;

	ask_init(&k);
	ask_add(&k, "SELECT ", NULL);
	ask_add(&k, views[n->q->view].column, NULL);
	rc = run(n, &k, p);
	to_country_numbers(n->q, n->t, first);
	return rc;
}

/* From numbers of days to the first second of the day, month or year that each is in. */
static void
to_starts(const struct profitloss_query *q, struct table *t, size_t first)
{
	for (size_t i = first; i < t->n; i++) {
		int y, m, d;

		zone_date(t->row[i].brk, &y, &m, &d);
		t->row[i].brk = zone_start(q->zone, y, q->view == PL_YEAR ? 1 : m,
				    q->view == PL_PERIOD ? d : 1) /
				US_SECOND;
	}
}

static enum err
by_day(const struct narrow *n, struct period p)
{
	enum err rc = ERR_OK;
	us_t until;

	for (us_t at = p.from; at < p.to && rc == ERR_OK; at = until) {
		int32_t off = zone_offset(n->q->zone, at, &until);
		size_t first = n->t->n;
		struct ask k;

		if (until > p.to)
			until = p.to;
		ask_init(&k);
		ask_add(&k, "SELECT (CAST(r.bucket AS SIGNED) * 900 + ?) DIV 86400", "i",
		    (int64_t)off);
		rc = run(n, &k, (struct period){at, until});
		to_starts(n->q, n->t, first);
	}
	return rc;
}

static enum err
by_unit(const struct narrow *n, enum zone_unit u, struct period p)
{
	enum err rc = ERR_OK;
	us_t until;

	for (us_t at = p.from; at < p.to && rc == ERR_OK; at = until) {
		us_t start = zone_floor(n->q->zone, u, at);
		struct ask k;

		until = zone_next(n->q->zone, u, at);
		if (until > p.to)
			until = p.to;
		ask_init(&k);
		ask_add(&k, "SELECT ?", "i", (int64_t)(start / US_SECOND));
		rc = run(n, &k, (struct period){at, until});
	}
	return rc;
}

static enum err
read_narrow(const struct narrow *n, struct period p)
{
	if (p.from >= p.to)
		return ERR_OK;
	switch (n->q->view) {
	case PL_PERIOD:
		return by_day(n, p);
	case PL_MONTH:
		return by_unit(n, ZONE_MONTH, p);
	case PL_YEAR:
		return by_unit(n, ZONE_YEAR, p);
	default:
		return by_object(n, p);
	}
}

/* ---- days that are over ---- */

/* Which rows of rollup_day answer the question: those of one dim, maybe of one id. */
struct plan {
	enum days_dim dim;
	bool one;
	int64_t id;
};

static const struct {
	unsigned filter;
	enum days_dim dim;
	enum pl_view view; /* that is about it; PL_VIEWS: none */
} things[] = {
    {PL_F_OFFER, DAYS_OFFER, PL_OFFER},
    {PL_F_LANDING_PAGE, DAYS_LANDING_PAGE, PL_LANDING_PAGE},
    {PL_F_PROGRAM, DAYS_PROGRAM, PL_VIEWS},
    {PL_F_LOGIN, DAYS_LOGIN, PL_LOGIN},
    {PL_F_COUNTRY, DAYS_COUNTRY, PL_DEMOGRAPHIC},
};

static int64_t
filter_id(const struct profitloss_query *q)
{
	switch (q->has & ~(unsigned)PL_F_MANAGER) {
	case PL_F_OFFER:
		return q->offerid;
	case PL_F_LANDING_PAGE:
		return q->landing_pageid;
	case PL_F_PROGRAM:
		return q->programid;
	case PL_F_LOGIN:
		return q->loginid;
	default:
		return q->country;
	}
}

/* false: the question is about two things, which rollup_day keeps apart. */
static bool
make_plan(const struct profitloss_query *q, struct plan *out)
{
	enum days_dim dim = DAYS_ALL;
	unsigned has;

	if (q->view == PL_OFFER_GROUP)
		return false; /* a day of an offer does not say of which group */
	for (size_t i = 0; i < ARRAY_LEN(things); i++) {
		bool about = things[i].view == q->view ||
			     (q->has & things[i].filter) != 0 ||
			     ((q->inhouse != 0 || q->mediabuy != 0 ||
				  (q->has & PL_F_MANAGER) != 0) &&
				 things[i].dim == DAYS_LOGIN);

		if (about && dim != DAYS_ALL)
			return false;
		if (about)
			dim = things[i].dim;
	}
	has = q->has & ~(unsigned)PL_F_MANAGER;
	*out = (struct plan){dim, has != 0, has != 0 ? filter_id(q) : 0};
	return true;
}

static enum err
read_days(struct db *db, struct arena *a, const struct profitloss_query *q,
    const struct plan *plan, const struct days_cover *c, struct period p, struct table *t)
{
	bool time_view = views[q->view].column == NULL;
	struct jsonw *w = jsonw_new();
	size_t first = t->n;
	struct ask k;
	enum err rc;

	jsonw_arr(w);
	for (size_t i = 0; i < c->n_stale; i++)
		jsonw_int(w, c->stale[i]);
	jsonw_end(w);
	ask_init(&k);
	ask_add(&k, time_view ? "SELECT r.day" : "SELECT r.id", NULL);
	ask_add(&k, sums, NULL);
	ask_add(&k,
	    " FROM rollup_day r JOIN " DAYS_BUILT
	    " ON b.node = r.node_id AND r.day < b.day WHERE r.dim = ?"
	    " AND r.day >= ? AND r.day < ?",
	    "siii", c->built, (int64_t)plan->dim, days_number(q->zone, p.from),
	    days_number(q->zone, p.to - 1) + 1);
	if (plan->one)
		ask_add(&k, " AND r.id = ?", "i", plan->id);
	if (q->has & PL_F_MANAGER)
		ask_add(&k, " AND r.id IN (" OF_MANAGER ")", "ii", (int64_t)q->acct_rep,
		    (int64_t)q->acct_rep);
	add_kind(&k, q->inhouse, "r.id", "inhouse");
	add_kind(&k, q->mediabuy, "r.id", "mediabuy");
	if (c->n_stale > 0)
		ask_add(&k,
		    " AND r.day NOT IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v "
		    "INT PATH '$')) s)",
		    "s", arena_str(a, jsonw_text(w)));
	ask_add(&k, " GROUP BY brk", NULL);
	jsonw_free(&w);
	rc = read_rows(db, &k, false, t);
	if (time_view)
		to_starts(q, t, first);
	to_country_numbers(q, t, first);
	return rc;
}

static us_t
later(us_t a, us_t b)
{
	return a > b ? a : b;
}

static us_t
earlier(us_t a, us_t b)
{
	return a < b ? a : b;
}

/* Three readings that leave nothing out and take nothing twice: summed days, buckets
 * after those of each node, and the touched days among the summed ones. */
static enum err
read_with_days(struct db *db, struct arena *a, const struct profitloss_query *q,
    const struct plan *plan, struct period p, struct table *t)
{
	struct narrow n = {db, q, PART_OPEN, STR_NONE, t, STR_NONE, 0};
	struct days_cover c;
	enum err rc = days_cover(db, a, q->zone, &c);

	if (rc == ERR_OK)
		rc = read_days(db, a, q, plan, &c, p, t);
	n.built = c.built;
	if (rc == ERR_OK)
		rc = read_narrow(
		    &n, (struct period){later(p.from, c.from * US_BUCKET), p.to});
	n.part = PART_BUILT;
	for (size_t i = 0; rc == ERR_OK && i < c.n_stale; i++) {
		int y, m, d;

		zone_date(c.stale[i], &y, &m, &d);
		rc = read_narrow(
		    &n, (struct period){later(p.from, zone_start(q->zone, y, m, d)),
			    earlier(p.to, zone_start(q->zone, y, m, d + 1))});
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
	struct arena *a = arena_new();
	struct period p = q->period;
	struct table t = {0};
	struct narrow all = {db, q, PART_ALL, STR_NONE, &t, STR_NONE, 0};
	struct plan plan;
	enum err rc = clamp(db, &p);

	if (q->view == PL_REFURL)
		t.names = a;
	if (rc == ERR_OK && is_wide(q))
		rc = netset_get(db, a, STR("base_currency"), &all.base);
	if (rc == ERR_OK && p.from < p.to) {
		if (!is_wide(q) && make_plan(q, &plan))
			rc = read_with_days(db, a, q, &plan, p, &t);
		else
			rc = read_narrow(&all, p);
	}
	if (rc == ERR_OK)
		table_hand_on(&t, fn, ctx);
	free(t.row);
	arena_free(&a);
	return rc;
}

/* The goals of one column, by break. */
static enum err
read_goals(struct db *db, const struct profitloss_query *q, uint32_t column, pl_row_f *fn,
    void *ctx)
{
	struct period p = q->period;
	struct table t = {0};
	struct narrow n = {db, q, PART_ALL, STR_NONE, &t, STR_NONE, column};
	enum err rc = clamp(db, &p);

	if (rc == ERR_OK && p.from < p.to)
		rc = read_narrow(&n, p);
	if (rc == ERR_OK)
		table_hand_on(&t, fn, ctx);
	free(t.row);
	return rc;
}

struct reply {
	struct pl_row total;
	struct pl_row *row;
	size_t n, cap;
	struct arena *names;
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
	r->row[r->n] = *row;
	r->row[r->n++].name = arena_str(r->names, row->name);
	return true;
}

/* A column of goals beside the counters. */
struct goals {
	const struct goalcol *col;
	struct reply found;
};

static void
put_goal(struct jsonw *w, const struct goalcol *c, const struct pl_row *row, bool zeros)
{
	const int64_t n = row->v[PL_goal], cents = money_cents(row->v[PL_goal_amount]);
	char key[48];

	(void)snprintf(key, sizeof(key), "goal_%" PRIu32, c->id);
	if (zeros || n != 0) {
		jsonw_key(w, key);
		jsonw_int(w, n);
	}
	(void)snprintf(key, sizeof(key), "goal_%" PRIu32 "_amount", c->id);
	if (c->revenue && (zeros || cents != 0)) {
		jsonw_key(w, key);
		jsonw_int(w, cents);
	}
}

static void
put_goals_of(struct jsonw *w, const struct goals *g, size_t n, int64_t brk)
{
	const struct pl_row key = {.brk = brk};

	for (size_t i = 0; i < n; i++) {
		const struct reply *f = &g[i].found;
		const struct pl_row *row =
		    f->n == 0 ? NULL
			      : bsearch(&key, f->row, f->n, sizeof(*f->row), by_break);

		if (row != NULL)
			put_goal(w, g[i].col, row, false);
	}
}

static int64_t
shown(const struct pl_row *row, enum pl_counter c)
{
	return counters[c].money ? money_cents(row->v[c]) : row->v[c];
}

static void
put_counter(struct jsonw *w, const struct pl_row *row, enum pl_counter c)
{
	if (counters[c].extra && row->v[c] == 0)
		return;
	jsonw_key(w, counters[c].name);
	jsonw_int(w, shown(row, c));
}

static void
put_total(
    struct jsonw *w, const struct pl_row *row, const struct goals *g, size_t n_goals)
{
	jsonw_obj(w);
#define PLC(name_, column_, kind_) put_counter(w, row, PL_##name_);
#define PLC_NONE(name_)       \
	jsonw_key(w, #name_); \
	jsonw_int(w, 0);
#include "tbl/plcounters.h"
#undef PLC
	for (size_t i = 0; i < n_goals; i++)
		put_goal(w, g[i].col, &g[i].found.total, true);
	jsonw_end(w);
}

static void
put_stats(
    struct jsonw *w, const struct pl_row *row, const struct goals *g, size_t n_goals)
{
	jsonw_obj(w);
	for (unsigned i = 0; i < PL_COUNTERS; i++) {
		if (shown(row, (enum pl_counter)i) == 0)
			continue;
		jsonw_key(w, counters[i].name);
		jsonw_int(w, shown(row, (enum pl_counter)i));
	}
	put_goals_of(w, g, n_goals, row->brk);
	jsonw_end(w);
}

/* What the number of a device, a carrier or a host stands for. */
static enum err
put_name(struct db *db, struct jsonw *w, enum pl_view v, const struct pl_row *row)
{
	static const char *const sql[PL_VIEWS] = {
	    [PL_DEVICE_BRAND] = "SELECT brand FROM user_agent WHERE id = ?",
	    [PL_DEVICE_MODEL] =
		"SELECT TRIM(CONCAT(brand, ' ', model)) FROM user_agent WHERE id = ?",
	    [PL_DEVICE_OS] = "SELECT os FROM user_agent WHERE id = ?",
	    [PL_DEVICE_OS_VERSION] =
		"SELECT TRIM(CONCAT(os, ' ', os_version)) FROM user_agent WHERE id = ?",
	    [PL_DEVICE_BROWSER] = "SELECT browser FROM user_agent WHERE id = ?",
	    [PL_DEVICE_CARRIER] = "SELECT name FROM isp WHERE id = ?"};
	struct db_rows *rows;
	enum err rc;

	if (v == PL_REFURL) {
		jsonw_key(w, "name");
		jsonw_str(w, row->name);
	}
	if (sql[v] == NULL)
		return ERR_OK;
	rc = db_query(db, &rows, sql[v], "i", row->brk);
	if (rc != ERR_OK)
		return rc;
	jsonw_key(w, "name");
	if (db_next(rows))
		jsonw_str(w, db_str(rows, 0));
	else
		jsonw_cstr(w, "");
	return db_rows_close(&rows);
}

static enum err
put_reply(struct db *db, struct jsonw *w, const struct profitloss_query *q,
    const struct reply *r, const struct goals *g, size_t n_goals)
{
	enum err rc = ERR_OK;

	jsonw_obj(w);
	jsonw_key(w, "total");
	jsonw_obj(w);
	jsonw_key(w, "breakdown");
	jsonw_cstr(w, views[q->view].name);
	jsonw_key(w, "row");
	put_total(w, &r->total, g, n_goals);
	jsonw_end(w);
	jsonw_key(w, "rows");
	jsonw_arr(w);
	for (size_t i = 0; i < r->n; i++) {
		jsonw_obj(w);
		jsonw_key(w, "break");
		jsonw_int(w, r->row[i].brk);
		if (rc == ERR_OK)
			rc = put_name(db, w, q->view, &r->row[i]);
		jsonw_key(w, "stats");
		put_stats(w, &r->row[i], g, n_goals);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
	return rc;
}

enum err
profitloss_json(struct db *db, const struct profitloss_query *q, struct jsonw *w)
{
	struct arena *a = arena_new();
	const struct goalcol *col;
	struct goals *g = NULL;
	struct reply r = {.names = a};
	size_t n;
	enum err rc = profitloss_each(db, q, keep, &r);

	if (rc == ERR_OK)
		rc = goalcols_load(db, a, &col, &n);
	else
		n = 0;
	if (rc == ERR_OK && n > 0)
		g = arena_alloc(a, n * sizeof(*g));
	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		g[i] = (struct goals){.col = &col[i], .found.names = a};
		rc = read_goals(db, q, col[i].id, keep, &g[i].found);
	}
	if (rc == ERR_OK)
		rc = put_reply(db, w, q, &r, g, n);
	for (size_t i = 0; g != NULL && i < n; i++)
		free(g[i].found.row);
	free(r.row);
	arena_free(&a);
	return rc;
}
