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
 * the middle of a month counts from its first day.  Continuities take no slot: a rebill
 * is no conversion.
 */
#include "book/batch.h"

struct cap_key {
	uint64_t id;
	us_t from;
};

static struct str
key_of(const struct cap_key *k)
{
	return str_n((const char *)k, sizeof(*k));
}

static void
window(const struct batch *bt, uint8_t period, us_t at, us_t *from, us_t *to)
{
	const struct zone *z = conf_zone(bt->conf);
	enum zone_unit u = period == CAP_DAY ? ZONE_DAY : ZONE_MONTH;

	*from = 0;
	*to = INT64_MAX;
	if (period == CAP_ALL)
		return;
	*from = zone_floor(z, u, at);
	*to = zone_next(z, u, at);
}

static struct batch_cap *
find(const struct batch *bt, const struct conf_cap *cap, us_t at)
{
	struct cap_key k = {cap->id, 0};
	us_t to;

	window(bt, cap->period, at, &k.from, &to);
	return bytemap_get(&bt->caps, key_of(&k));
}

void
capslot_need(struct batch *bt, const struct conf_offer *o, us_t at)
{
	for (unsigned i = 0; o != NULL && i < o->n_caps; i++) {
		struct cap_key k = {o->cap[i].id, 0};
		struct batch_cap *c;
		us_t to;

		window(bt, o->cap[i].period, at, &k.from, &to);
		if (bytemap_get(&bt->caps, key_of(&k)) != NULL)
			continue;
		c = arena_alloc(bt->a, sizeof(*c));
		*c =
		    (struct batch_cap){&o->cap[i], o->id, k.from, to, 0, 0, bt->cap_list};
		bt->cap_list = c;
		bytemap_put(&bt->caps, key_of(&k), c);
	}
}

static bool
before(const struct batch_cap *a, const struct batch_cap *b)
{
	return a->cap->id != b->cap->id ? a->cap->id < b->cap->id : a->from < b->from;
}

/* Sorted, since the rows are locked in this order. */
static void
sort(struct batch *bt)
{
	struct batch_cap *rest = bt->cap_list, *sorted = NULL;

	while (rest != NULL) {
		struct batch_cap *c = rest, **to = &sorted;

		rest = c->next;
		while (*to != NULL && before(*to, c))
			to = &(*to)->next;
		c->next = *to;
		*to = c;
	}
	bt->cap_list = sorted;
}

static struct str
needed(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;

	sort(bt);
	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_cap *c = bt->cap_list; c != NULL; c = c->next) {
		jsonw_arr(w);
		jsonw_uint(w, c->cap->id);
		jsonw_int(w, c->from);
		jsonw_int(w, c->to);
		jsonw_uint(w, c->offer_id);
		jsonw_uint(w, c->cap->statuses);
		jsonw_end(w);
	}
	jsonw_end(w);
	return jsonw_text(w);
}

#define KEYS                                                                         \
	"JSON_TABLE(?, '$[*]' COLUMNS (cap INT UNSIGNED PATH '$[0]', f BIGINT PATH " \
	"'$[1]', t BIGINT "                                                          \
	"PATH '$[2]', offer INT UNSIGNED PATH '$[3]', mask INT PATH '$[4]')) k"

/* Reads and locks the rows; *n of them are there. */
static enum err
lock(struct batch *bt, struct str keys, unsigned *n)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(bt->db, &r,
	    "SELECT x.cap_id, x.window_us, x.n FROM " KEYS
	    " STRAIGHT_JOIN cap_count x FORCE INDEX (PRIMARY) ON x.cap_id = k.cap AND "
	    "x.window_us = k.f FOR UPDATE",
	    "s", keys);

	*n = 0;
	while (rc == ERR_OK && db_next(r)) {
		struct cap_key k = {db_u64(r, 0), db_i64(r, 1)};
		struct batch_cap *c = bytemap_get(&bt->caps, key_of(&k));

		if (c != NULL)
			c->n = c->was = db_i64(r, 2);
		(*n)++;
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* The rows that are not there yet, with what was booked before them. */
static enum err
make(struct batch *bt, struct str keys)
{
	return db_exec(bt->db,
	    "INSERT IGNORE INTO cap_count (cap_id, window_us, n) SELECT k.cap, k.f, "
	    "(SELECT COUNT(*) FROM conversion c "
	    "WHERE c.offer_id = k.offer AND c.created_us >= k.f AND c.created_us < k.t "
	    "AND (1 << c.status) & k.mask "
	    "<> 0 AND c.kind <> 2) FROM " KEYS
	    " WHERE NOT EXISTS (SELECT 1 FROM cap_count x WHERE x.cap_id = k.cap AND "
	    "x.window_us = k.f) ORDER BY "
	    "k.cap, k.f",
	    "s", keys);
}

enum err
capslot_load(struct batch *bt)
{
	struct str keys;
	unsigned n, want = 0;
	enum err rc;

	if (bt->cap_list == NULL)
		return ERR_OK;
	keys = needed(bt);
	for (const struct batch_cap *c = bt->cap_list; c != NULL; c = c->next)
		want++;
	rc = lock(bt, keys, &n);
	if (rc != ERR_OK || n == want)
		return rc;
	rc = make(bt, keys);
	return rc == ERR_OK ? lock(bt, keys, &n) : rc;
}

bool
capslot_is_full(
    const struct batch *bt, const struct conf_offer *o, us_t at, uint8_t status)
{
	for (unsigned i = 0; i < o->n_caps; i++) {
		const struct batch_cap *c = find(bt, &o->cap[i], at);

		if (o->cap[i].declines && (o->cap[i].statuses >> status & 1) != 0 &&
		    c != NULL && c->n >= o->cap[i].value)
			return true;
	}
	return false;
}

void
capslot_move(struct batch *bt, const struct batch_conv *v, int by)
{
	const struct conf_offer *o = conf_offer(bt->conf, v->offer_id);

	if (o == NULL || v->kind == PRICE_CONTINUITY)
		return;
	for (unsigned i = 0; i < o->n_caps; i++) {
		struct batch_cap *c = find(bt, &o->cap[i], v->created_us);

		if (c != NULL && (o->cap[i].statuses >> v->status & 1) != 0)
			c->n += by;
	}
}

enum err
capslot_write(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	uint64_t n = 0;
	enum err rc;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_cap *c = bt->cap_list; c != NULL; c = c->next) {
		if (c->n == c->was)
			continue;
		jsonw_arr(w);
		jsonw_uint(w, c->cap->id);
		jsonw_int(w, c->from);
		jsonw_int(w, c->was);
		jsonw_int(w, c->n);
		jsonw_end(w);
		n++;
	}
	jsonw_end(w);
	if (n == 0)
		return ERR_OK;
	rc = db_exec(bt->db,
	    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (cap INT UNSIGNED PATH '$[0]', f BIGINT "
	    "PATH '$[1]', was BIGINT PATH "
	    "'$[2]', n BIGINT PATH '$[3]')) k STRAIGHT_JOIN cap_count x FORCE INDEX "
	    "(PRIMARY) ON x.cap_id = "
	    "k.cap AND x.window_us = k.f SET "
	    "x.n = k.n WHERE x.n = k.was",
	    "s", jsonw_text(w));
	if (rc == ERR_OK && db_affected(bt->db) != n)
		return ERR_DB_RETRY;
	return rc;
}
