/* SPDX-License-Identifier: Apache-2.0
 * places.c - see places.h.
 */
#include "book/places.h"

#include <stdlib.h>

#include "base/jsonw.h"
#include "book/tsv.h"
#include "domain/account.h"
#include "track/targeting.h"

#define PLACES_MAGIC 0x706c6163u
/* A big city file has 150 thousand places; three quarters full it is emptied. */
#define CACHE_SLOTS (1u << 19)

struct slot {
	uint64_t hash; /* 0: empty */
	uint32_t id;
};

struct places {
	uint32_t magic;
	struct slot *slot;
	unsigned used;
	struct jsonw *json;
	const struct geo *geo;
};

/* One of the two tables. */
struct kind {
	uint64_t (*hash)(const struct places_item *it);
	void (*put)(struct places *p, struct arena *a, us_t now,
	    const struct places_item *it, uint64_t hash);
	uint32_t *(*id)(struct places_item *it);
	const char *find, *insert;
};

/* 0: nothing is known. */
static uint64_t
hash_place(const struct places_item *it)
{
	return it->region.n + it->city.n == 0
		   ? 0
		   : targeting_place(it->country, it->region, it->city);
}

static uint64_t
hash_isp(const struct places_item *it)
{
	return it->isp.n == 0 ? 0 : targeting_isp(it->isp);
}

static uint32_t *
id_place(struct places_item *it)
{
	return &it->place_id;
}

static uint32_t *
id_isp(struct places_item *it)
{
	return &it->isp_id;
}

static void
put_place(struct places *p, struct arena *a, us_t now, const struct places_item *it,
    uint64_t hash)
{
	struct geo_names names = it->names;
	struct jsonw *w = p->json;

	(void)now;
	if (it->ip != NULL)
		geo_city_names(p->geo, it->ip, &names);
	jsonw_arr(w);
	jsonw_uint(w, hash);
	jsonw_uint(w, it->country);
	jsonw_str(w, tsv_repair(a, it->region.p == NULL ? STR("") : it->region));
	jsonw_str(w, tsv_repair(a, it->city.p == NULL ? STR("") : it->city));
	jsonw_str(w, tsv_repair(a, names.ru.p == NULL ? STR("") : names.ru));
	jsonw_str(w, tsv_repair(a, names.es.p == NULL ? STR("") : names.es));
	jsonw_end(w);
}

static void
put_isp(struct places *p, struct arena *a, us_t now, const struct places_item *it,
    uint64_t hash)
{
	struct jsonw *w = p->json;

	jsonw_arr(w);
	jsonw_uint(w, hash);
	jsonw_uint(w, it->country);
	jsonw_str(w, tsv_repair(a, it->isp));
	jsonw_str(w, hex24_new(a, now));
	jsonw_end(w);
}

static const struct kind kinds[] = {
    {hash_place, put_place, id_place,
	"SELECT p.place_hash, p.id FROM JSON_TABLE(?, '$[*]' COLUMNS (h BIGINT UNSIGNED "
	"PATH '$')) k STRAIGHT_JOIN place p FORCE INDEX (place_hash) ON p.place_hash = "
	"k.h",
	"INSERT IGNORE INTO place (place_hash, country, region, city, city_ru, city_es) "
	"SELECT h, c, r, t, ru, es FROM JSON_TABLE(?, '$[*]' COLUMNS (h BIGINT UNSIGNED "
	"PATH '$[0]', c INT UNSIGNED PATH '$[1]', r VARCHAR(128) PATH '$[2]', t "
	"VARCHAR(128) PATH '$[3]', ru VARCHAR(128) PATH '$[4]', es VARCHAR(128) PATH "
	"'$[5]')) k"},
    {hash_isp, put_isp, id_isp,
	"SELECT i.isp_hash, i.id FROM JSON_TABLE(?, '$[*]' COLUMNS (h BIGINT UNSIGNED "
	"PATH '$')) k STRAIGHT_JOIN isp i FORCE INDEX (isp_hash) ON i.isp_hash = k.h",
	"INSERT IGNORE INTO isp (isp_hash, country, name, hex24) SELECT h, c, n, x FROM "
	"JSON_TABLE(?, '$[*]' COLUMNS (h BIGINT UNSIGNED PATH '$[0]', c INT UNSIGNED "
	"PATH '$[1]', n VARCHAR(190) PATH '$[2]', x CHAR(24) PATH '$[3]')) k"},
};

struct places *
places_new(const struct geo *g)
{
	struct places *p;

	OBJ_NEW(p, PLACES_MAGIC);
	p->geo = g;
	p->slot = obj_alloc(CACHE_SLOTS * sizeof(*p->slot));
	p->json = jsonw_new();
	return p;
}

void
places_free(struct places **pp)
{
	struct places *p;

	if (*pp == NULL)
		return;
	OBJ_TAKE(p, pp, PLACES_MAGIC);
	jsonw_free(&p->json);
	free(p->slot);
	OBJ_FREE(p);
}

static struct slot *
find(const struct places *p, uint64_t hash)
{
	unsigned at = (unsigned)hash & (CACHE_SLOTS - 1);

	while (p->slot[at].hash != 0 && p->slot[at].hash != hash)
		at = (at + 1) & (CACHE_SLOTS - 1);
	return &p->slot[at];
}

static void
remember(struct places *p, uint64_t hash, uint32_t id)
{
	struct slot *s;

	if (p->used >= CACHE_SLOTS / 4 * 3) {
		memset(p->slot, 0, CACHE_SLOTS * sizeof(*p->slot));
		p->used = 0;
	}
	s = find(p, hash);
	if (s->hash == 0) {
		*s = (struct slot){hash, id};
		p->used++;
	}
}

/* What a batch does not find in the cache. */
struct unknown {
	uint64_t hash;
	uint32_t id;
	const struct places_item *it;
};

static int
by_hash(const void *x, const void *y)
{
	const struct unknown *a = x, *b = y;

	return a->hash < b->hash ? -1 : a->hash > b->hash;
}

static struct unknown *
find_unknown(struct unknown *u, unsigned n, uint64_t hash)
{
	const struct unknown want = {.hash = hash};

	return bsearch(&want, u, n, sizeof(*u), by_hash);
}

/* Asks the table for those without a number. */
static enum err
look_up(struct places *p, struct db *db, const struct kind *k, struct unknown *u,
    unsigned n, bool committed)
{
	struct db_rows *r = NULL;
	enum err rc, end;

	jsonw_reset(p->json);
	jsonw_arr(p->json);
	for (unsigned i = 0; i < n; i++)
		if (u[i].id == 0)
			jsonw_uint(p->json, u[i].hash);
	jsonw_end(p->json);
	rc = db_query(db, &r, k->find, "s", jsonw_text(p->json));
	while (rc == ERR_OK && db_next(r)) {
		struct unknown *one = find_unknown(u, n, db_u64(r, 0));

		if (one == NULL)
			continue;
		one->id = (uint32_t)db_u64(r, 1);
		if (committed)
			remember(p, one->hash, one->id);
	}
	end = db_rows_close(&r);
	return rc != ERR_OK ? rc : end;
}

static enum err
learn(struct places *p, struct db *db, struct arena *a, us_t now, const struct kind *k,
    struct unknown *u, unsigned n)
{
	bool some = false;
	enum err rc = look_up(p, db, k, u, n, true);

	jsonw_reset(p->json);
	jsonw_arr(p->json);
	for (unsigned i = 0; i < n; i++) {
		if (u[i].id != 0)
			continue;
		k->put(p, a, now, u[i].it, u[i].hash);
		some = true;
	}
	jsonw_end(p->json);
	if (rc != ERR_OK || !some)
		return rc;
	rc = db_exec(db, k->insert, "s", jsonw_text(p->json));
	return rc != ERR_OK ? rc : look_up(p, db, k, u, n, false);
}

static enum err
ids(struct places *p, struct db *db, struct arena *a, us_t now, const struct kind *k,
    struct places_item *item, unsigned n)
{
	struct unknown *u = arena_alloc(a, (n + 1) * sizeof(*u));
	unsigned all = 0, m = 0;
	enum err rc;

	for (unsigned i = 0; i < n; i++) {
		const uint64_t hash = k->hash(&item[i]);
		const struct slot *s = hash == 0 ? NULL : find(p, hash);

		*k->id(&item[i]) = s == NULL ? 0 : s->id;
		if (s != NULL && s->hash == 0)
			u[all++] = (struct unknown){hash, 0, &item[i]};
	}
	if (all == 0)
		return ERR_OK;
	qsort(u, all, sizeof(*u), by_hash);
	for (unsigned i = 0; i < all; i++)
		if (m == 0 || u[m - 1].hash != u[i].hash)
			u[m++] = u[i];
	rc = learn(p, db, a, now, k, u, m);
	for (unsigned i = 0; i < n && rc == ERR_OK; i++) {
		const uint64_t hash = *k->id(&item[i]) == 0 ? k->hash(&item[i]) : 0;
		const struct unknown *one = hash == 0 ? NULL : find_unknown(u, m, hash);

		if (one != NULL)
			*k->id(&item[i]) = one->id;
	}
	return rc;
}

enum err
places_ids(struct places *p, struct db *db, struct arena *a, us_t now,
    struct places_item *item, unsigned n)
{
	enum err rc;

	assert(OBJ_IS(p, PLACES_MAGIC));
	rc = ids(p, db, a, now, &kinds[0], item, n);
	return rc != ERR_OK ? rc : ids(p, db, a, now, &kinds[1], item, n);
}

enum err
places_names(struct places *p, struct db *db, const struct places_item *item, unsigned n)
{
	bool some = false;

	assert(OBJ_IS(p, PLACES_MAGIC));
	jsonw_reset(p->json);
	jsonw_arr(p->json);
	for (unsigned i = 0; i < n; i++) {
		const struct places_item *it = &item[i];

		if (it->place_id == 0 || it->names.ru.n + it->names.es.n == 0)
			continue;
		jsonw_arr(p->json);
		jsonw_uint(p->json, it->place_id);
		jsonw_str(p->json, it->names.ru.p == NULL ? STR("") : it->names.ru);
		jsonw_str(p->json, it->names.es.p == NULL ? STR("") : it->names.es);
		jsonw_end(p->json);
		some = true;
	}
	jsonw_end(p->json);
	if (!some)
		return ERR_OK;
	return db_exec(db,
	    "UPDATE place p JOIN (SELECT id, MAX(ru) AS ru, MAX(es) AS es FROM "
	    "JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED PATH '$[0]', ru VARCHAR(128) "
	    "PATH '$[1]', es VARCHAR(128) PATH '$[2]')) j GROUP BY id) k ON k.id = p.id "
	    "SET p.city_ru = IF(k.ru = '', p.city_ru, k.ru), p.city_es = IF(k.es = '', "
	    "p.city_es, k.es)",
	    "s", jsonw_text(p->json));
}
