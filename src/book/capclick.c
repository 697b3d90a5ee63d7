/* SPDX-License-Identifier: Apache-2.0
 * capclick.c - see capclick.h.
 */
#include "book/capclick.h"

#include "book/bytemap.h"

/* In place of a node: what a later filter found. */
#define CORRECTIONS 0u

/* No padding: it is compared as bytes. */
struct key {
	uint32_t id, rev;
	us_t window;
	uint64_t affiliate;
};

struct count {
	const struct cap_def *def;
	us_t window;
	uint32_t affiliate_id;
	int64_t n;
	struct count *next;
};

struct counts {
	struct book *b;
	struct db *db;
	unsigned node;
	struct bytemap map;
	struct count *list;
	us_t from[CAP_PERIODS], to[CAP_PERIODS]; /* of the click before */
};

static void
counts_begin(struct counts *w, struct book *b, struct db *db, unsigned node)
{
	memset(w, 0, sizeof(*w));
	w->b = b;
	w->db = db;
	w->node = node;
	bytemap_init(&w->map, b->arena);
}

/* The counter of an affiliate, 0: of all. */
static struct count *
count_of(struct counts *w, const struct cap_def *def, us_t window, uint32_t affiliate)
{
	const struct key k = {def->rule.id, def->rule.rev, window, affiliate};
	const struct str key = str_n((const char *)&k, sizeof(k));
	struct count *c = bytemap_get(&w->map, key);

	if (c == NULL) {
		c = arena_alloc(w->b->arena, sizeof(*c));
		*c = (struct count){def, window, affiliate, 0, w->list};
		w->list = c;
		bytemap_put(&w->map, key, c);
	}
	return c;
}

/* Clicks come almost in the order of time, so that the calendar is seldom asked. */
static us_t
window_of(struct counts *w, uint8_t period, us_t at)
{
	if (at < w->from[period] || at >= w->to[period])
		caprule_window(
		    period, conf_zone(w->b->conf), at, &w->from[period], &w->to[period]);
	return w->from[period];
}

static void
count_one(struct counts *w, const struct cap_def *def, const struct cap_click *k)
{
	const struct cap_rule *r = &def->rule;
	us_t window;

	if (!caprecount_covers(def, k->offer_id, k->advertiser_id, k->affiliate_id) ||
	    !caprule_at(r, conf_zone(w->b->conf), k->at))
		return;
	window = window_of(w, r->period < CAP_PERIODS ? r->period : CAP_ALL, k->at);
	count_of(w, def, window, r->affiliates == CAP_OF_EACH ? k->affiliate_id : 0)->n +=
	    r->type == CAP_CLICKS ? k->views : k->uniques;
}

/* The first cap of that offer; they are sorted by it. */
static unsigned
first_of(const struct cap_def *cap, unsigned n, uint32_t offer_id)
{
	unsigned lo = 0;

	while (lo < n) {
		const unsigned mid = lo + (n - lo) / 2;

		if (cap[mid].rule.offer_id < offer_id)
			lo = mid + 1;
		else
			n = mid;
	}
	return lo;
}

static void
count_all(struct counts *w, const struct cap_def *cap, unsigned n_caps,
    const struct cap_click *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		for (unsigned c = 0; c < n_caps && cap[c].rule.offer_id == 0; c++)
			count_one(w, &cap[c], &list[i]);
		for (unsigned c = first_of(cap, n_caps, list[i].offer_id);
		     c < n_caps && cap[c].rule.offer_id == list[i].offer_id; c++)
			count_one(w, &cap[c], &list[i]);
	}
}

/* What was there before, unless a row says that it is in. */
static enum err
begin_window(struct counts *w, const struct cap_def *def, us_t window)
{
	struct cap_clicks *had;
	unsigned n_had;
	int64_t there;
	enum err rc = db_int(w->db, &there, 0,
	    "SELECT COUNT(*) FROM cap_click WHERE cap_id = ? AND rev = ? AND window_us = "
	    "? AND affiliate_id = 0 AND node_id = ?",
	    "iiii", (int64_t)def->rule.id, (int64_t)def->rule.rev, (int64_t)window,
	    (int64_t)w->node);

	if (rc != ERR_OK || there != 0)
		return rc;
	rc = w->node == CORRECTIONS
		 ? caprecount_corrections(w->db, w->b->arena, def, conf_zone(w->b->conf),
		       window, &had, &n_had)
		 : caprecount_clicks(w->db, w->b->arena, def, conf_zone(w->b->conf),
		       window, w->node, &had, &n_had);
	if (rc != ERR_OK)
		return rc;
	(void)count_of(w, def, window, 0); /* the row that says so */
	for (unsigned i = 0; i < n_had; i++)
		count_of(w, def, window, had[i].affiliate_id)->n += had[i].n;
	return ERR_OK;
}

static enum err
begin_windows(struct counts *w)
{
	struct bytemap seen;
	enum err rc = ERR_OK;

	bytemap_init(&seen, w->b->arena);
	/* What is added meanwhile stands before the list's beginning, and is done. */
	for (struct count *c = w->list; c != NULL && rc == ERR_OK; c = c->next) {
		const struct key k = {c->def->rule.id, c->def->rule.rev, c->window, 0};
		const struct str key = str_n((const char *)&k, sizeof(k));

		if (bytemap_get(&seen, key) != NULL)
			continue;
		bytemap_put(&seen, key, w);
		rc = begin_window(w, c->def, c->window);
	}
	return rc;
}

static enum err
write(struct counts *w)
{
	struct jsonw *j = w->b->keys;

	if (w->list == NULL)
		return ERR_OK;
	jsonw_reset(j);
	jsonw_arr(j);
	for (const struct count *c = w->list; c != NULL; c = c->next) {
		jsonw_arr(j);
		jsonw_uint(j, c->def->rule.id);
		jsonw_uint(j, c->def->rule.rev);
		jsonw_int(j, c->window);
		jsonw_uint(j, c->affiliate_id);
		jsonw_int(j, c->n);
		jsonw_end(j);
	}
	jsonw_end(j);
	return db_exec(w->db,
	    "INSERT INTO cap_click (cap_id, rev, window_us, affiliate_id, node_id, n) "
	    "SELECT k.cap, k.rev, k.f, k.affiliate, ?, k.n FROM JSON_TABLE(?, '$[*]' "
	    "COLUMNS (cap INT UNSIGNED PATH '$[0]', rev INT UNSIGNED PATH '$[1]', f "
	    "BIGINT PATH '$[2]', affiliate INT UNSIGNED PATH '$[3]', n BIGINT PATH "
	    "'$[4]')) k ORDER BY k.cap, k.rev, k.f, k.affiliate ON DUPLICATE KEY UPDATE "
	    "n = cap_click.n + VALUES(n)",
	    "is", (int64_t)w->node, jsonw_text(j));
}

static enum err
book_all(struct book *b, struct db *db, unsigned node, const struct cap_click *list,
    unsigned n)
{
	const struct cap_def *cap;
	struct counts w;
	unsigned n_caps;
	enum err rc = conf_click_caps(b->conf, db, &cap, &n_caps);

	if (rc != ERR_OK || n_caps == 0)
		return rc;
	counts_begin(&w, b, db, node);
	count_all(&w, cap, n_caps, list, n);
	rc = begin_windows(&w);
	return rc == ERR_OK ? write(&w) : rc;
}

enum err
capclick_book(struct book *b, struct db *db, unsigned node, const struct cap_click *list,
    unsigned n)
{
	assert(node != CORRECTIONS);
	return book_all(b, db, node, list, n);
}

/* Whoever begins or moves counts of corrections holds this row. */
static enum err
hold_filter(struct db *db)
{
	int64_t id;

	return db_int(
	    db, &id, 0, "SELECT id FROM refilter ORDER BY id LIMIT 1 FOR UPDATE", "");
}

enum err
capclick_correct(struct book *b, struct db *db, const struct cap_click *list, unsigned n)
{
	const enum err rc = n == 0 ? ERR_OK : hold_filter(db);

	return rc == ERR_OK && n > 0 ? book_all(b, db, CORRECTIONS, list, n) : rc;
}

/* ----- nodes without clicks ----- */

/* Whose rollup may hold clicks that are not in; -1: nobody's. */
static enum err
next_node(struct db *db, const struct cap_def *def, us_t window, int64_t *node)
{
	return db_int(db, node, -1,
	    "SELECT MIN(n.node_id) FROM (SELECT node_id FROM node UNION ALL SELECT 0 "
	    "FROM DUAL WHERE EXISTS (SELECT 1 FROM click_correction)) n WHERE NOT "
	    "EXISTS (SELECT 1 FROM cap_click x WHERE x.cap_id = ? AND x.rev = ? AND "
	    "x.window_us = ? AND x.affiliate_id = 0 AND x.node_id = n.node_id)",
	    "iii", (int64_t)def->rule.id, (int64_t)def->rule.rev, (int64_t)window);
}

/* The fold of a node holds this row while it books clicks: nothing moves meanwhile. */
static enum err
hold_fold(struct db *db, int64_t node)
{
	int64_t pos;

	return db_int(db, &pos, 0,
	    "SELECT pos FROM fold_position WHERE node_id = ? AND lane = 0 FOR UPDATE",
	    "i", node);
}

static enum err
begin_elsewhere(struct book *b, struct db *db, const struct cap_def *def, us_t now)
{
	int64_t node = 0;
	us_t window, to;
	enum err rc;

	if (!caprule_at(&def->rule, conf_zone(b->conf), now))
		return ERR_OK;
	caprule_window(def->rule.period, conf_zone(b->conf), now, &window, &to);
	while ((rc = next_node(db, def, window, &node)) == ERR_OK && node != -1) {
		struct counts w;

		counts_begin(&w, b, db, (unsigned)node);
		rc = node == CORRECTIONS ? hold_filter(db) : hold_fold(db, node);
		if (rc == ERR_OK)
			rc = begin_window(&w, def, window);
		if (rc == ERR_OK)
			rc = write(&w);
		if (rc != ERR_OK)
			return rc;
	}
	return rc;
}

enum err
capclick_sweep(struct book *b, struct db *db, us_t now)
{
	const struct cap_def *cap = NULL;
	unsigned n = 0;
	enum err rc = db_begin(db);

	arena_reset(b->arena);
	if (rc == ERR_OK)
		rc = conf_begin(b->conf, db);
	if (rc == ERR_OK)
		rc = conf_click_caps(b->conf, db, &cap, &n);
	for (unsigned i = 0; i < n && rc == ERR_OK; i++)
		rc = begin_elsewhere(b, db, &cap[i], now);
	if (rc == ERR_OK)
		rc = db_commit(db);
	if (rc != ERR_OK)
		db_rollback(db);
	return rc;
}
