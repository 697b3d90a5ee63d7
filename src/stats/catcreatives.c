/* SPDX-License-Identifier: Apache-2.0
 * catcreatives.c - see catcreatives.h.
 */
#include "stats/catcreatives.h"

#include <glib.h>
#include <stdlib.h>

#define CATCREATIVES_MAGIC 0x63637276u

/* A rule, its lists of numbers one behind the other. */
struct rule {
	struct rule *next;
	struct cat_show row;
	uint32_t n[3]; /* affiliates, offers, landing pages */
	uint32_t v[];
};

struct creative {
	uint32_t id, offer_id;
	struct rule *rule;
	char *url;
};

struct catcreatives {
	uint32_t magic;
	GHashTable *all; /* by number */
};

static void *
key_of(uint64_t id)
{
	return GUINT_TO_POINTER((guint)id);
}

static void
creative_free(void *p)
{
	struct creative *k = p;

	while (k->rule != NULL) {
		struct rule *next = k->rule->next;

		free(k->rule);
		k->rule = next;
	}
	free(k->url);
	free(k);
}

struct catcreatives *
catcreatives_new(void)
{
	struct catcreatives *c;

	OBJ_NEW(c, CATCREATIVES_MAGIC);
	c->all = g_hash_table_new_full(NULL, NULL, NULL, creative_free);
	return c;
}

void
catcreatives_free(struct catcreatives **cp)
{
	struct catcreatives *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, CATCREATIVES_MAGIC);
	g_hash_table_destroy(c->all);
	OBJ_FREE(c);
}

static enum err
closed(enum err rc, struct db_rows **rows)
{
	const enum err end = db_rows_close(rows);

	return rc == ERR_OK ? end : rc;
}

/* A file of the network's own has a path here and not a URL: the visitor's browser
 * knows the host. */
static enum err
read_creatives(struct catcreatives *c, struct db *db, uint64_t lo, uint64_t hi)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT k.id, COALESCE(k.offer_id, 0), IF(k.hosted = 2, k.hosted_url, "
	    "CONCAT('/files/', k.file)) FROM creative k JOIN creative_type t ON t.id = "
	    "k.type_id WHERE k.id BETWEEN ? AND ? AND NOT k.deleted AND NOT k.pending "
	    "AND NOT t.deleted",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct creative *k = obj_alloc(sizeof(*k));
		const struct str url = db_str(rows, 2);

		k->id = (uint32_t)db_u64(rows, 0);
		k->offer_id = (uint32_t)db_u64(rows, 1);
		k->url = obj_alloc(url.n + 1);
		memcpy(k->url, url.p, url.n);
		(void)g_hash_table_replace(c->all, key_of(k->id), k);
	}
	return closed(rc, &rows);
}

/* Appends the numbers of a comma list; returns how many. */
static uint32_t
put_numbers(uint32_t *to, struct str list)
{
	uint32_t n = 0;

	while (list.n > 0) {
		uint64_t id;

		if (str_to_u64(str_split(&list, ','), &id) && id <= UINT32_MAX)
			to[n++] = (uint32_t)id;
	}
	return n;
}

static struct rule *
read_rule(const struct db_rows *rows)
{
	const size_t bytes = db_str(rows, 4).n + db_str(rows, 5).n + db_str(rows, 6).n;
	/* Each number but the last has a digit and a comma. */
	struct rule *r = obj_alloc(sizeof(*r) + (bytes / 2 + 3) * sizeof(r->v[0]));
	uint32_t at = 0;

	r->row.kind = (uint8_t)db_u64(rows, 1);
	r->row.start = db_i64(rows, 2);
	r->row.end = db_i64(rows, 3);
	for (unsigned i = 0; i < 3; i++) {
		r->n[i] = put_numbers(r->v + at, db_str(rows, 4 + i));
		at += r->n[i];
	}
	return r;
}

static enum err
read_rules(struct catcreatives *c, struct db *db, uint64_t lo, uint64_t hi)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT creative_id, kind, start_us, COALESCE(end_us, 0), affiliates, "
	    "offers, landing_pages FROM creative_rule WHERE creative_id BETWEEN ? AND ? "
	    "AND kind <> 0",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct creative *k = g_hash_table_lookup(c->all, key_of(db_u64(rows, 0)));
		struct rule *r;

		if (k == NULL)
			continue;
		r = read_rule(rows);
		r->next = k->rule;
		k->rule = r;
	}
	return closed(rc, &rows);
}

enum err
catcreatives_read(struct catcreatives *c, struct db *db, uint64_t lo, uint64_t hi)
{
	enum err rc;

	assert(OBJ_IS(c, CATCREATIVES_MAGIC));
	if (lo == hi)
		(void)g_hash_table_remove(c->all, key_of(lo));
	else
		g_hash_table_remove_all(c->all);
	rc = read_creatives(c, db, lo, hi);
	return rc == ERR_OK ? read_rules(c, db, lo, hi) : rc;
}

/* ---- writing ---- */

static struct cat_list
image_numbers(struct catimage *ci, const uint32_t *v, uint32_t n)
{
	struct cat_list l = {0, n};

	for (uint32_t i = 0; i < n; i++) {
		const uint32_t at = catimage_number(ci, v[i]);

		if (i == 0)
			l.first = at;
	}
	return l;
}

void
catcreatives_image(const struct catcreatives *c, struct catimage *ci)
{
	GHashTableIter it;
	void *value;

	g_hash_table_iter_init(&it, c->all);
	while (g_hash_table_iter_next(&it, NULL, &value)) {
		const struct creative *k = value;
		struct cat_creative row = {.id = k->id,
		    .offer_id = k->offer_id,
		    .url = catimage_text(ci, str_of(k->url))};

		for (const struct rule *r = k->rule; r != NULL; r = r->next) {
			struct cat_show s = r->row;
			uint32_t at;

			s.affiliates = image_numbers(ci, r->v, r->n[0]);
			s.offers = image_numbers(ci, r->v + r->n[0], r->n[1]);
			s.pages = image_numbers(ci, r->v + r->n[0] + r->n[1], r->n[2]);
			at = catimage_show(ci, &s);
			if (row.rules.n++ == 0)
				row.rules.first = at;
		}
		catimage_creative(ci, &row);
	}
}
