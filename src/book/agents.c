/* SPDX-License-Identifier: Apache-2.0
 * agents.c - see agents.h.
 */
#include "book/agents.h"

#include <stdlib.h>

#include "base/jsonw.h"
#include "book/tsv.h"
#include "track/ua.h"

#define AGENTS_MAGIC 0x61676e74u
/* 2^18 places of 16 bytes.  Three quarters full it is emptied: a network sees some ten
 * thousand user agents, and only a flood of invented ones gets there. */
#define CACHE_SLOTS (1u << 18)
#define READER_ENTRIES 1024u

struct place {
	uint64_t hash; /* 0: empty */
	uint32_t id;
};

struct unknown {
	uint64_t hash;
	struct str text;
	uint32_t id;
	unsigned first; /* of the caller's texts */
};

struct agents {
	uint32_t magic;
	struct ua_reader *reader;
	struct place *place;
	unsigned used;
	struct unknown *unknown;
	unsigned n_unknown, cap_unknown;
	struct jsonw *keys;
	struct tsv tsv;
};

struct agents *
agents_new(const struct inherited *in)
{
	struct agents *a;

	OBJ_NEW(a, AGENTS_MAGIC);
	a->reader = ua_reader_new(in == NULL ? NULL : in->ua, READER_ENTRIES);
	a->place = obj_alloc(CACHE_SLOTS * sizeof(*a->place));
	a->keys = jsonw_new();
	return a;
}

void
agents_free(struct agents **ap)
{
	struct agents *a;

	if (*ap == NULL)
		return;
	OBJ_TAKE(a, ap, AGENTS_MAGIC);
	ua_reader_free(&a->reader);
	jsonw_free(&a->keys);
	tsv_free(&a->tsv);
	free(a->place);
	free(a->unknown);
	OBJ_FREE(a);
}

static struct place *
find(struct agents *a, uint64_t hash)
{
	unsigned at = (unsigned)hash & (CACHE_SLOTS - 1);

	while (a->place[at].hash != 0 && a->place[at].hash != hash)
		at = (at + 1) & (CACHE_SLOTS - 1);
	return &a->place[at];
}

static void
remember(struct agents *a, uint64_t hash, uint32_t id)
{
	struct place *p;

	if (a->used >= CACHE_SLOTS / 4 * 3) {
		memset(a->place, 0, CACHE_SLOTS * sizeof(*a->place));
		a->used = 0;
	}
	p = find(a, hash);
	if (p->hash == 0) {
		*p = (struct place){hash, id};
		a->used++;
	}
}

static void
add_unknown(struct agents *a, uint64_t hash, struct str text, unsigned first)
{
	if (a->n_unknown == a->cap_unknown) {
		a->cap_unknown = a->cap_unknown == 0 ? 64 : a->cap_unknown * 2;
		a->unknown =
		    obj_realloc(a->unknown, a->cap_unknown * sizeof(*a->unknown));
	}
	a->unknown[a->n_unknown++] = (struct unknown){hash, text, 0, first};
}

static int
by_hash(const void *x, const void *y)
{
	const struct unknown *a = x, *b = y;

	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->first < b->first ? -1 : a->first > b->first;
}

/* Sorted, each hash once. */
static void
tidy_unknown(struct agents *a)
{
	unsigned n = 0;

	if (a->n_unknown > 0)
		qsort(a->unknown, a->n_unknown, sizeof(*a->unknown), by_hash);
	for (unsigned i = 0; i < a->n_unknown; i++) {
		if (n == 0 || a->unknown[n - 1].hash != a->unknown[i].hash)
			a->unknown[n++] = a->unknown[i];
	}
	a->n_unknown = n;
}

static struct unknown *
find_unknown(struct agents *a, uint64_t hash)
{
	unsigned lo = 0, hi = a->n_unknown;

	while (lo < hi) {
		unsigned mid = lo + (hi - lo) / 2;

		if (a->unknown[mid].hash < hash)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < a->n_unknown && a->unknown[lo].hash == hash ? &a->unknown[lo] : NULL;
}

/* Asks the table for those without a number.  What it knows is committed if `committed`.
 */
static enum err
look_up(struct agents *a, struct db *db, bool committed)
{
	struct db_rows *r = NULL;
	enum err rc;

	jsonw_reset(a->keys);
	jsonw_arr(a->keys);
	for (unsigned i = 0; i < a->n_unknown; i++) {
		if (a->unknown[i].id == 0)
			jsonw_uint(a->keys, a->unknown[i].hash);
	}
	jsonw_end(a->keys);
	rc = db_query(db, &r,
	    "SELECT u.ua_hash, u.id FROM JSON_TABLE(?, '$[*]' COLUMNS (h BIGINT UNSIGNED "
	    "PATH '$')) k "
	    "STRAIGHT_JOIN user_agent u FORCE INDEX (user_agent_hash) ON u.ua_hash = k.h",
	    "s", jsonw_text(a->keys));
	while (rc == ERR_OK && db_next(r)) {
		struct unknown *u = find_unknown(a, db_u64(r, 0));

		if (u == NULL)
			continue;
		u->id = (uint32_t)db_u64(r, 1);
		if (committed)
			remember(a, u->hash, u->id);
	}
	if (rc == ERR_OK)
		rc = db_rows_close(&r);
	return rc;
}

static void
put_row(struct agents *a, const struct unknown *u)
{
	const struct ua_info *i = ua_read(a->reader, u->text);

	tsv_uint(&a->tsv, u->hash);
	tsv_text(
	    &a->tsv, str_n(u->text.p, u->text.n < UA_LONGEST ? u->text.n : UA_LONGEST));
	tsv_uint(&a->tsv, i->device_type);
	tsv_text(&a->tsv, str_of(i->brand));
	tsv_text(&a->tsv, str_of(i->model));
	tsv_text(&a->tsv, str_of(i->os));
	tsv_text(&a->tsv, str_of(i->os_version));
	tsv_text(&a->tsv, str_of(i->browser));
	tsv_text(&a->tsv, str_of(i->browser_version));
	tsv_end(&a->tsv);
}

/* Another node may insert the same text in this moment: LOCAL skips a row that is there,
 * which db_load() calls a failure, so the rows go by way of a temporary table. */
static enum err
insert(struct agents *a, struct db *db)
{
	enum err rc;

	tsv_reset(&a->tsv);
	for (unsigned i = 0; i < a->n_unknown; i++) {
		if (a->unknown[i].id == 0)
			put_row(a, &a->unknown[i]);
	}
	if (a->tsv.rows == 0)
		return ERR_OK;
	rc = db_exec(db,
	    "CREATE TEMPORARY TABLE IF NOT EXISTS book_agent (ua_hash BIGINT UNSIGNED "
	    "NOT NULL, ua VARCHAR(512) "
	    "NOT NULL, device_type TINYINT UNSIGNED NOT NULL, brand VARCHAR(64) NOT "
	    "NULL, model VARCHAR(96) NOT "
	    "NULL, os VARCHAR(64) NOT NULL, os_version VARCHAR(32) NOT NULL, browser "
	    "VARCHAR(64) NOT NULL, "
	    "browser_version VARCHAR(32) NOT NULL) ENGINE=InnoDB DEFAULT CHARSET utf8mb4",
	    "");
	if (rc == ERR_OK)
		rc = db_exec(db, "DELETE FROM book_agent", "");
	if (rc == ERR_OK)
		rc = db_load(db,
		    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE book_agent CHARACTER SET "
		    "binary",
		    tsv_data(&a->tsv), a->tsv.rows);
	if (rc == ERR_OK)
		rc = db_exec(db,
		    "INSERT IGNORE INTO user_agent (ua_hash, ua, device_type, brand, "
		    "model, os, os_version, "
		    "browser, browser_version) SELECT ua_hash, ua, device_type, brand, "
		    "model, os, os_version, "
		    "browser, browser_version FROM book_agent",
		    "");
	return rc == ERR_OK ? look_up(a, db, false) : rc;
}

static enum err
learn(struct agents *a, struct db *db)
{
	enum err rc;

	tidy_unknown(a);
	rc = look_up(a, db, true);
	return rc == ERR_OK ? insert(a, db) : rc;
}

enum err
agents_ids(
    struct agents *a, struct db *db, const struct str *text, unsigned n, uint32_t *id)
{
	enum err rc;

	assert(OBJ_IS(a, AGENTS_MAGIC));
	a->n_unknown = 0;
	for (unsigned i = 0; i < n; i++) {
		uint64_t hash = text[i].n == 0 ? 0 : ua_hash(text[i]);
		const struct place *p = hash == 0 ? NULL : find(a, hash);

		id[i] = p == NULL ? 0 : p->id;
		if (p != NULL && p->hash == 0)
			add_unknown(a, hash, text[i], i);
	}
	if (a->n_unknown == 0)
		return ERR_OK;
	rc = learn(a, db);
	for (unsigned i = 0; rc == ERR_OK && i < n; i++) {
		const struct unknown *u;

		if (id[i] != 0 || text[i].n == 0)
			continue;
		u = find_unknown(a, ua_hash(text[i]));
		id[i] = u == NULL ? 0 : u->id;
	}
	return rc;
}
