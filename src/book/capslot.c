/* SPDX-License-Identifier: Apache-2.0
 * capslot.c - caps of conversions, exact over all nodes (C3).
 *
 * A cap counts conversions in calendar windows of the network's zone, by the conversion's
 * own time and by its status: one that is declined later frees its slot.  The counts of a
 * batch are read with their rows locked, in the order of the key, moved in memory and
 * written conditionally; on Galera, where locks are local, the loser's commit fails and
 * the batch runs again.
 *
 * A row of cap_count begins with the conversions that are there already, so a cap set in
 * the middle of a month counts from its first day.  Each batch makes and locks its rows
 * before it writes a conversion, so whoever counts for a new row sees every conversion of
 * those who had it before.  A cap that is new or counts otherwise waits for the bookings
 * that do not know it (catalog_fence()).  Which goal a conversion is of may only come out
 * when it is decided: the row is read then.
 */
#include "book/batch.h"

#include <stdlib.h>

/* No padding: it is compared as bytes. */
struct cap_key {
	uint32_t id, rev, affiliate, goal;
	us_t from;
};

static struct str
key_of(const struct cap_key *k)
{
	return str_n((const char *)k, sizeof(*k));
}

/* ----- the counters of a conversion ----- */

/* What decides about the counters of a conversion. */
struct about {
	const struct cap_subject *s;
	const struct cap_def *own, *wide;
	unsigned n_own, n_wide, at;
};

static void
about_begin(struct about *b, struct batch *bt, const struct cap_subject *s)
{
	const struct conf_offer *o = conf_offer(bt->conf, s->offer_id);

	*b = (struct about){.s = s};
	if (o != NULL) {
		b->own = o->cap;
		b->n_own = o->n_caps;
	}
	b->wide = conf_wide_caps(bt->conf, &b->n_wide);
}

/* The next cap that counts it; NULL: no more. */
static const struct cap_def *
about_next(struct about *b, const struct batch *bt)
{
	while (b->at < b->n_own + b->n_wide) {
		const struct cap_def *c =
		    b->at < b->n_own ? &b->own[b->at] : &b->wide[b->at - b->n_own];

		b->at++;
		if (caprecount_covers(
			c, b->s->offer_id, b->s->advertiser_id, b->s->affiliate_id) &&
		    caprecount_covers_goal(c, b->s->goal_id) &&
		    caprule_at(&c->rule, conf_zone(bt->conf), b->s->at))
			return c;
	}
	return NULL;
}

/* Its counter, made up in memory when nobody asked for it yet. */
static struct batch_cap *
counter(struct batch *bt, const struct cap_def *def, const struct cap_subject *s)
{
	struct cap_key k = {def->rule.id, def->rule.rev,
	    def->rule.affiliates == CAP_OF_EACH ? s->affiliate_id : 0,
	    def->rule.goals == CAP_OF_EACH ? s->goal_id : 0, 0};
	struct batch_cap *c;
	us_t to;

	caprule_window(def->rule.period, conf_zone(bt->conf), s->at, &k.from, &to);
	c = bytemap_get(&bt->caps, key_of(&k));
	if (c == NULL) {
		c = arena_alloc(bt->a, sizeof(*c));
		*c = (struct batch_cap){.def = def,
		    .slot = {k.from, k.affiliate, k.goal},
		    .next = bt->cap_list};
		bt->cap_list = c;
		bytemap_put(&bt->caps, key_of(&k), c);
	}
	return c;
}

void
capslot_need(struct batch *bt, const struct cap_subject *s)
{
	const struct cap_def *def;
	struct about b;

	if (s->offer_id == 0)
		return;
	about_begin(&b, bt, s);
	while ((def = about_next(&b, bt)) != NULL)
		(void)counter(bt, def, s);
}

/* ----- reading ----- */

static int
order(const struct batch_cap *a, const struct batch_cap *b)
{
	const uint64_t x[] = {a->def->rule.id, a->def->rule.rev, (uint64_t)a->slot.window,
	    a->slot.affiliate_id, a->slot.goal_id};
	const uint64_t y[] = {b->def->rule.id, b->def->rule.rev, (uint64_t)b->slot.window,
	    b->slot.affiliate_id, b->slot.goal_id};

	for (size_t i = 0; i < ARRAY_LEN(x); i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

static int
in_order(const void *a, const void *b)
{
	const struct batch_cap *const *x = a, *const *y = b;

	return order(*x, *y);
}

/* Sorted, since the rows are locked in this order. */
static void
sort(struct batch *bt)
{
	struct batch_cap **v, *c;
	size_t n = 0, i = 0;

	for (c = bt->cap_list; c != NULL; c = c->next)
		n++;
	v = arena_alloc(bt->a, (n + 1) * sizeof(*v));
	for (c = bt->cap_list; c != NULL; c = c->next)
		v[i++] = c;
	qsort((void *)v, n, sizeof(*v), in_order);
	for (i = n; i > 0; i--)
		v[i - 1]->next = v[i];
	bt->cap_list = n == 0 ? NULL : v[0];
}

static void
put_key(struct jsonw *w, const struct batch_cap *c)
{
	jsonw_uint(w, c->def->rule.id);
	jsonw_uint(w, c->def->rule.rev);
	jsonw_int(w, c->slot.window);
	jsonw_uint(w, c->slot.affiliate_id);
	jsonw_uint(w, c->slot.goal_id);
}

/* Those that are not read yet, *n of them. */
static struct str
unread(struct batch *bt, unsigned *n)
{
	struct jsonw *w = bt->b->keys;

	*n = 0;
	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_cap *c = bt->cap_list; c != NULL; c = c->next) {
		if (c->read)
			continue;
		jsonw_arr(w);
		put_key(w, c);
		jsonw_end(w);
		++*n;
	}
	jsonw_end(w);
	return jsonw_text(w);
}

#define KEY                                                                          \
	"cap INT UNSIGNED PATH '$[0]', rev INT UNSIGNED PATH '$[1]', f BIGINT PATH " \
	"'$[2]', affiliate INT UNSIGNED PATH '$[3]', goal INT UNSIGNED PATH '$[4]'"
#define KEY_IS                                                          \
	"x.cap_id = k.cap AND x.rev = k.rev AND x.window_us = k.f AND " \
	"x.affiliate_id = k.affiliate AND x.goal_id = k.goal"

/* Reads and locks the rows that are there. */
static enum err
lock(struct batch *bt)
{
	struct db_rows *r = NULL;
	unsigned n;
	struct str keys = unread(bt, &n);
	enum err rc;

	if (n == 0)
		return ERR_OK;
	rc = db_query(bt->db, &r,
	    "SELECT x.cap_id, x.rev, x.affiliate_id, x.goal_id, x.window_us, x.n FROM "
	    "JSON_TABLE(?, '$[*]' COLUMNS (" KEY
	    ")) k STRAIGHT_JOIN cap_count x FORCE INDEX (PRIMARY) ON " KEY_IS
	    " FOR UPDATE",
	    "s", keys);
	while (rc == ERR_OK && db_next(r)) {
		struct cap_key k = {(uint32_t)db_u64(r, 0), (uint32_t)db_u64(r, 1),
		    (uint32_t)db_u64(r, 2), (uint32_t)db_u64(r, 3), db_i64(r, 4)};
		struct batch_cap *c = bytemap_get(&bt->caps, key_of(&k));

		if (c == NULL)
			continue;
		c->n = c->was = db_i64(r, 5);
		c->read = true;
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* The rows that are not there yet, with what was booked before them.  Another node's row
 * stays as it is: it counted what there was, and adds what it books. */
static enum err
make(struct batch *bt)
{
	enum err rc = ERR_OK;

	for (const struct batch_cap *c = bt->cap_list; c != NULL && rc == ERR_OK;
	     c = c->next) {
		const struct cap_rule *x = &c->def->rule;
		int64_t n;

		if (c->read)
			continue;
		rc = caprecount_conversions(
		    bt->db, bt->a, c->def, conf_zone(bt->conf), c->slot, &n);
		if (rc == ERR_OK)
			rc = db_exec(bt->db,
			    "INSERT IGNORE INTO cap_count (cap_id, rev, window_us, "
			    "affiliate_id, goal_id, n) VALUES (?, ?, ?, ?, ?, ?)",
			    "iiiiii", (int64_t)x->id, (int64_t)x->rev,
			    (int64_t)c->slot.window, (int64_t)c->slot.affiliate_id,
			    (int64_t)c->slot.goal_id, n);
	}
	return rc;
}

static enum err
read_all(struct batch *bt)
{
	enum err rc = lock(bt);
	unsigned left = 0;

	if (rc == ERR_OK)
		(void)unread(bt, &left);
	if (rc != ERR_OK || left == 0)
		return rc;
	rc = make(bt);
	if (rc == ERR_OK)
		rc = lock(bt);
	if (rc == ERR_OK)
		(void)unread(bt, &left);
	/* A row that was made and is gone: its cap was changed in this moment. */
	return rc == ERR_OK && left > 0 ? ERR_DB_RETRY : rc;
}

enum err
capslot_load(struct batch *bt)
{
	if (bt->cap_list == NULL)
		return ERR_OK;
	sort(bt);
	return read_all(bt);
}

/* A counter that is read by now; a failure stays with the batch. */
static struct batch_cap *
ready(struct batch *bt, const struct cap_def *def, const struct cap_subject *s)
{
	struct batch_cap *c = counter(bt, def, s);

	if (!c->read && bt->cap_err == ERR_OK)
		bt->cap_err = read_all(bt);
	return c;
}

/* ----- deciding ----- */

bool
capslot_is_full(struct batch *bt, const struct cap_subject *s, const struct cap_conv *v)
{
	const struct cap_def *def;
	struct about b;

	about_begin(&b, bt, s);
	while ((def = about_next(&b, bt)) != NULL) {
		if (def->rule.on_full == CAP_DECLINE &&
		    caprule_amount(&def->rule, v) != 0 &&
		    ready(bt, def, s)->n >= def->rule.value)
			return true;
	}
	return false;
}

void
capslot_move(struct batch *bt, const struct batch_conv *v, int by)
{
	const struct cap_subject s = capslot_subject(v);
	const struct cap_conv facts = {v->status, v->kind,
	    v->customer != NULL || v->customer_id != 0, v->void_us != 0, v->payout,
	    v->payout_b};
	const struct cap_def *def;
	struct about b;

	about_begin(&b, bt, &s);
	while ((def = about_next(&b, bt)) != NULL) {
		const int64_t amount = caprule_amount(&def->rule, &facts);

		if (amount != 0)
			ready(bt, def, &s)->n += by * amount;
	}
}

struct cap_subject
capslot_subject(const struct batch_conv *v)
{
	return (struct cap_subject){
	    v->offer_id, v->advertiser_id, v->affiliate_id, v->goal_id, v->created_us};
}

enum err
capslot_write(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	uint64_t n = 0;
	enum err rc;

	if (bt->cap_err != ERR_OK)
		return bt->cap_err;
	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_cap *c = bt->cap_list; c != NULL; c = c->next) {
		if (c->n == c->was)
			continue;
		jsonw_arr(w);
		put_key(w, c);
		jsonw_int(w, c->was);
		jsonw_int(w, c->n);
		jsonw_end(w);
		n++;
	}
	jsonw_end(w);
	if (n == 0)
		return ERR_OK;
	rc = db_exec(bt->db,
	    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (" KEY
	    ", was BIGINT PATH '$[5]', n BIGINT PATH '$[6]')) k STRAIGHT_JOIN cap_count "
	    "x "
	    "FORCE INDEX (PRIMARY) ON " KEY_IS " SET x.n = k.n WHERE x.n = k.was",
	    "s", jsonw_text(w));
	if (rc == ERR_OK && db_affected(bt->db) != n)
		return ERR_DB_RETRY;
	return rc;
}
