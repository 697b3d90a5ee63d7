/* SPDX-License-Identifier: Apache-2.0
 * catcaps.c - see catcaps.h.
 */
#include "stats/catcaps.h"

#include <glib.h>
#include <stdlib.h>

#define CATCAPS_MAGIC 0x63636170u

struct one {
	struct cat_cap row;
	uint32_t *affiliate;
	unsigned n_affiliates;
	struct one *next;
};

struct catcaps {
	uint32_t magic;
	GHashTable *by_offer; /* lists of struct one */
};

static void
list_free(void *p)
{
	struct one *o = p;

	while (o != NULL) {
		struct one *next = o->next;

		free(o->affiliate);
		free(o);
		o = next;
	}
}

static void *
key_of(uint64_t id)
{
	return GUINT_TO_POINTER((guint)id);
}

struct catcaps *
catcaps_new(void)
{
	struct catcaps *c;

	OBJ_NEW(c, CATCAPS_MAGIC);
	c->by_offer = g_hash_table_new_full(NULL, NULL, NULL, list_free);
	return c;
}

void
catcaps_free(struct catcaps **cp)
{
	struct catcaps *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, CATCAPS_MAGIC);
	g_hash_table_destroy(c->by_offer);
	OBJ_FREE(c);
}

static int
by_number(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

/* "3,17": sorted again, since whoever wrote the row by hand may not have. */
static void
read_list(struct one *o, struct str list)
{
	while (list.n > 0) {
		struct str s = str_trim(str_split(&list, ','));
		uint64_t id;

		if (!str_to_u64(s, &id) || id > UINT32_MAX)
			continue;
		o->affiliate = obj_realloc(
		    o->affiliate, (o->n_affiliates + 1) * sizeof(*o->affiliate));
		o->affiliate[o->n_affiliates++] = (uint32_t)id;
	}
	if (o->n_affiliates > 1)
		qsort(o->affiliate, o->n_affiliates, sizeof(*o->affiliate), by_number);
}

static void
read_row(struct catcaps *c, const struct db_rows *r)
{
	struct one *o = obj_alloc(sizeof(*o)), *first;
	struct cap_rule *x = &o->row.rule;

	x->id = (uint32_t)db_u64(r, 0);
	x->rev = (uint32_t)db_u64(r, 1);
	x->offer_id = (uint32_t)db_u64(r, 2);
	x->advertiser_id = (uint32_t)db_u64(r, 3);
	x->type = (uint8_t)db_u64(r, 4);
	x->period = (uint8_t)db_u64(r, 5);
	x->days = (uint8_t)db_u64(r, 6);
	x->value = db_i64(r, 7);
	x->start = db_i64(r, 8);
	x->end = db_i64(r, 9);
	x->affiliates = (uint8_t)db_u64(r, 10);
	read_list(o, db_str(r, 11));
	x->on_full = db_u64(r, 12) != 0 ? CAP_TO_PAGE : CAP_TRAFFICBACK;
	o->row.to_offer = (uint32_t)db_u64(r, 13);
	o->row.to_lp = (uint32_t)db_u64(r, 14);
	o->row.track = (uint8_t)db_u64(r, 15);
	first = g_hash_table_lookup(c->by_offer, key_of(x->offer_id));
	if (first == NULL) {
		(void)g_hash_table_insert(c->by_offer, key_of(x->offer_id), o);
	} else {
		o->next = first->next;
		first->next = o;
	}
}

static gboolean
is_between(void *key, void *value, void *arg)
{
	const uint64_t *range = arg;
	const uint64_t id = GPOINTER_TO_UINT(key);

	(void)value;
	return id >= range[0] && id <= range[1];
}

/* Caps that only tell somebody, or decline conversions, are no matter of clicks (C3). */
enum err
catcaps_read(struct catcaps *c, struct db *db, uint64_t lo, uint64_t hi)
{
	uint64_t range[2] = {lo, hi};
	struct db_rows *r = NULL;
	enum err rc;

	assert(OBJ_IS(c, CATCAPS_MAGIC));
	if (lo == hi)
		(void)g_hash_table_remove(c->by_offer, key_of(lo));
	else
		(void)g_hash_table_foreach_remove(c->by_offer, is_between, range);
	rc = db_query(db, &r,
	    "SELECT id, rev, offer_id, advertiser_id, type, period, days, value, "
	    "COALESCE(start_us, 0), COALESCE(end_us, 0), affiliates, affiliate_list, "
	    "on_full = 'landing_page', to_offer_id, to_lp_id, track FROM cap "
	    "WHERE NOT deleted AND enabled AND on_full IN ('landing_page', "
	    "'trafficback') AND offer_id BETWEEN ? AND ?",
	    "uu", lo, hi);
	while (rc == ERR_OK && db_next(r))
		read_row(c, r);
	return db_rows_close(&r) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static int
in_order(const void *a, const void *b)
{
	const struct one *const *x = a, *const *y = b;

	return caprule_order(&(*x)->row.rule, &(*y)->row.rule);
}

/* Appends those of a list that are about the offer. */
static const struct one **
add_about(const struct one **v, unsigned *n, const struct one *o, uint32_t offer_id,
    uint32_t advertiser_id)
{
	for (; o != NULL; o = o->next) {
		if (!caprule_about(&o->row.rule, offer_id, advertiser_id))
			continue;
		v = obj_realloc((void *)v, (*n + 1) * sizeof(*v));
		v[(*n)++] = o;
	}
	return v;
}

static struct cat_list
affiliates_of(const struct one *o, struct catimage *ci)
{
	struct cat_list l = {0, 0};

	for (unsigned i = 0; i < o->n_affiliates; i++) {
		const uint32_t at = catimage_number(ci, o->affiliate[i]);

		if (l.n++ == 0)
			l.first = at;
	}
	return l;
}

struct cat_list
catcaps_image(const struct catcaps *c, struct catimage *ci, uint32_t offer_id,
    uint32_t advertiser_id)
{
	struct cat_list l = {0, 0};
	const struct one **v = NULL;
	unsigned n = 0;

	v = add_about(v, &n, g_hash_table_lookup(c->by_offer, key_of(offer_id)), offer_id,
	    advertiser_id);
	v = add_about(
	    v, &n, g_hash_table_lookup(c->by_offer, key_of(0)), offer_id, advertiser_id);
	if (n > 1)
		qsort((void *)v, n, sizeof(*v), in_order);
	for (unsigned i = 0; i < n; i++) {
		struct cat_cap row = v[i]->row;
		uint32_t at;

		row.affiliates = affiliates_of(v[i], ci);
		at = catimage_cap(ci, &row);
		if (l.n++ == 0)
			l.first = at;
	}
	free((void *)v);
	return l;
}
