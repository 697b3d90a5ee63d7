/* SPDX-License-Identifier: Apache-2.0
 * subids.c - see subids.h.
 */
#include "book/subids.h"

#include <stdlib.h>

#include "book/bytemap.h"
#include "track/subnames.h"

/* A name, or a set of names, of an affiliate. */
struct thing {
	uint32_t affiliate_id, id; /* id 0: not known yet */
	struct str text;
	us_t at; /* of the click that brought it first */
	struct thing *next;
};

/* How many more an affiliate may make on a day. */
struct allowance {
	int64_t left;
};

struct things {
	struct bytemap map;
	struct thing *first, **end;
	unsigned n;
};

/* A click that has names. */
struct named {
	struct subids_item *it;
	struct subnames names;
	struct thing *name[SUBNAMES_MAX], *set;
};

struct work {
	struct db *db;
	struct arena *a;
	const struct subids_terms *terms;
	struct things names, sets;
	struct bytemap left; /* of struct allowance, by affiliate and day */
	struct named *v;
	unsigned n;
};

static const struct kind {
	const char *find, *make;
} of_names =
    {
	"SELECT k.n, s.id FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, a INT "
	"UNSIGNED PATH '$[0]', t VARCHAR(255) PATH '$[1]')) k STRAIGHT_JOIN subid s ON "
	"s.affiliate_id = k.a AND s.name = CONVERT(k.t USING ascii)",
	"INSERT IGNORE INTO subid (affiliate_id, name, created_us) SELECT k.a, k.t, k.us "
	"FROM JSON_TABLE(?, '$[*]' COLUMNS (a INT UNSIGNED PATH '$[0]', t VARCHAR(255) "
	"PATH "
	"'$[1]', us BIGINT PATH '$[2]')) k",
},
  of_sets = {
      "SELECT k.n, c.id FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, a INT "
      "UNSIGNED PATH '$[0]', t VARCHAR(255) PATH '$[1]')) k STRAIGHT_JOIN campaign c ON "
      "c.affiliate_id = k.a AND c.auto_names = CONVERT(k.t USING ascii)",
      "INSERT IGNORE INTO campaign (affiliate_id, name, auto_names, created_us) SELECT "
      "k.a, k.t, k.t, k.us FROM JSON_TABLE(?, '$[*]' COLUMNS (a INT UNSIGNED PATH "
      "'$[0]', "
      "t VARCHAR(255) PATH '$[1]', us BIGINT PATH '$[2]')) k",
};

static void
things_init(struct things *t, struct arena *a)
{
	*t = (struct things){.n = 0};
	t->end = &t->first;
	bytemap_init(&t->map, a);
}

static struct thing *
things_at(
    struct things *t, struct arena *a, uint32_t affiliate_id, struct str text, us_t at)
{
	const struct str key =
	    arena_printf(a, "%u/" STR_FMT, (unsigned)affiliate_id, STR_ARG(text));
	struct thing *one = bytemap_get(&t->map, key);

	if (one != NULL)
		return one;
	one = arena_alloc(a, sizeof(*one));
	*one = (struct thing){.affiliate_id = affiliate_id, .text = text, .at = at};
	bytemap_put(&t->map, key, one);
	*t->end = one;
	t->end = &one->next;
	t->n++;
	return one;
}

/* Numbers of those that have none yet, as far as they are there. */
static enum err
look_up(struct work *w, struct things *t, const struct kind *k)
{
	struct thing **list = arena_alloc(w->a, (t->n + 1) * sizeof(struct thing *));
	struct jsonw *json = w->terms->json;
	struct db_rows *r = NULL;
	unsigned n = 0;
	enum err rc, end;

	jsonw_reset(json);
	jsonw_arr(json);
	for (struct thing *x = t->first; x != NULL; x = x->next) {
		if (x->id != 0)
			continue;
		list[n++] = x;
		jsonw_arr(json);
		jsonw_uint(json, x->affiliate_id);
		jsonw_str(json, x->text);
		jsonw_end(json);
	}
	jsonw_end(json);
	if (n == 0)
		return ERR_OK;
	rc = db_query(w->db, &r, k->find, "s", jsonw_text(json));
	while (rc == ERR_OK && db_next(r)) {
		const uint64_t i = db_u64(r, 0);

		if (i >= 1 && i <= n)
			list[i - 1]->id = (uint32_t)db_u64(r, 1);
	}
	end = db_rows_close(&r);
	return rc != ERR_OK ? rc : end;
}

static enum err
allowance_of(struct work *w, uint32_t affiliate_id, us_t at, struct allowance **out)
{
	const us_t day = zone_floor(w->terms->zone, ZONE_DAY, at),
		   next = zone_next(w->terms->zone, ZONE_DAY, at);
	const struct str key = arena_printf(
	    w->a, "%u/%lld", (unsigned)affiliate_id, (long long)(day / US_SECOND));
	int64_t made = 0;
	enum err rc;

	*out = bytemap_get(&w->left, key);
	if (*out != NULL)
		return ERR_OK;
	rc = db_int(w->db, &made, 0,
	    "SELECT (SELECT COUNT(*) FROM subid WHERE affiliate_id = ? AND created_us >= "
	    "? AND created_us < ?) + (SELECT COUNT(*) FROM campaign WHERE affiliate_id = "
	    "? AND created_us >= ? AND created_us < ? AND auto_names IS NOT NULL)",
	    "iiiiii", (int64_t)affiliate_id, (int64_t)day, (int64_t)next,
	    (int64_t)affiliate_id, (int64_t)day, (int64_t)next);
	if (rc != ERR_OK)
		return rc;
	*out = arena_alloc(w->a, sizeof(**out));
	(*out)->left = w->terms->limit - made;
	bytemap_put(&w->left, key, *out);
	return ERR_OK;
}

/* In the order of the key, as two nodes lock rows. */
static int
by_key(const void *x, const void *y)
{
	const struct thing *a = *(struct thing *const *)x, *b = *(struct thing *const *)y;

	if (a->affiliate_id != b->affiliate_id)
		return a->affiliate_id < b->affiliate_id ? -1 : 1;
	return str_cmp(a->text, b->text);
}

/* Makes what is not there, first come, first served, as far as it may be made. */
static enum err
make(struct work *w, struct things *t, const struct kind *k)
{
	struct thing **list = arena_alloc(w->a, (t->n + 1) * sizeof(struct thing *));
	struct jsonw *json = w->terms->json;
	struct allowance *left;
	unsigned n = 0;
	enum err rc;

	for (struct thing *x = t->first; x != NULL; x = x->next) {
		if (x->id != 0)
			continue;
		rc = allowance_of(w, x->affiliate_id, x->at, &left);
		if (rc != ERR_OK)
			return rc;
		if (left->left <= 0)
			continue;
		left->left--;
		list[n++] = x;
	}
	if (n == 0)
		return ERR_OK;
	qsort(list, n, sizeof(struct thing *), by_key);
	jsonw_reset(json);
	jsonw_arr(json);
	for (unsigned i = 0; i < n; i++) {
		jsonw_arr(json);
		jsonw_uint(json, list[i]->affiliate_id);
		jsonw_str(json, list[i]->text);
		jsonw_int(json, list[i]->at);
		jsonw_end(json);
	}
	jsonw_end(json);
	rc = db_exec(w->db, k->make, "s", jsonw_text(json));
	return rc != ERR_OK ? rc : look_up(w, t, k);
}

static enum err
find_or_make(struct work *w, struct things *t, const struct kind *k)
{
	enum err rc = look_up(w, t, k);

	return rc != ERR_OK ? rc : make(w, t, k);
}

static int
by_text(const void *x, const void *y)
{
	return str_cmp(*(const struct str *)x, *(const struct str *)y);
}

/* What a set is known by: its names, sorted. */
static struct str
set_text(struct arena *a, const struct subnames *s)
{
	struct str sorted[SUBNAMES_MAX], out = STR("");

	memcpy(sorted, s->v, sizeof(sorted));
	qsort(sorted, s->n_set, sizeof(sorted[0]), by_text);
	for (unsigned i = 0; i < s->n_set; i++)
		out = arena_printf(a, STR_FMT "%s" STR_FMT, STR_ARG(out),
		    i > 0 ? "," : "", STR_ARG(sorted[i]));
	return out;
}

static void
collect(struct work *w, struct subids_item *item, unsigned n)
{
	unsigned most = 0;

	for (unsigned i = 0; i < n; i++)
		most += item[i].text.n > 0;
	if (most == 0)
		return;
	w->v = arena_alloc(w->a, most * sizeof(*w->v));
	for (unsigned i = 0; i < n; i++) {
		struct named *x = &w->v[w->n];

		if (item[i].text.n == 0 || item[i].affiliate_id == 0)
			continue;
		*x = (struct named){.it = &item[i]};
		subnames_read(&x->names, item[i].text);
		for (unsigned k = 0; k < x->names.n; k++)
			x->name[k] = things_at(&w->names, w->a, item[i].affiliate_id,
			    x->names.v[k], item[i].at);
		w->n++;
	}
}

/* A set exists only of names that exist. */
static void
collect_sets(struct work *w)
{
	for (unsigned i = 0; i < w->n; i++) {
		struct named *x = &w->v[i];
		bool whole = x->names.n_set > 0;

		for (unsigned k = 0; k < x->names.n_set; k++)
			whole = whole && x->name[k]->id != 0;
		if (whole)
			x->set = things_at(&w->sets, w->a, x->it->affiliate_id,
			    set_text(w->a, &x->names), x->it->at);
	}
}

static void
put_member(struct jsonw *json, uint32_t campaign, uint32_t subid)
{
	jsonw_arr(json);
	jsonw_uint(json, campaign);
	jsonw_uint(json, subid);
	jsonw_end(json);
}

/* What belongs to which campaign: of a set its names, of another what was added to it. */
static enum err
write_members(struct work *w)
{
	struct jsonw *json = w->terms->json;
	bool some = false;

	jsonw_reset(json);
	jsonw_arr(json);
	for (unsigned i = 0; i < w->n; i++) {
		const struct named *x = &w->v[i];
		const bool set = x->set != NULL && x->set->id != 0;
		const uint32_t campaign = set ? x->set->id : x->it->campaign_id;

		for (unsigned k = set ? 0 : x->names.n_set;
		     k < (set ? x->names.n_set : x->names.n) && campaign != 0; k++) {
			if (x->name[k]->id == 0)
				continue;
			put_member(json, campaign, x->name[k]->id);
			some = true;
		}
	}
	jsonw_end(json);
	if (!some)
		return ERR_OK;
	return db_exec(w->db,
	    "INSERT IGNORE INTO campaign_subid (campaign_id, subid_id) SELECT DISTINCT "
	    "c.id, s.id FROM JSON_TABLE(?, '$[*]' COLUMNS (c INT UNSIGNED PATH '$[0]', s "
	    "INT UNSIGNED PATH '$[1]')) k STRAIGHT_JOIN campaign c ON c.id = k.c "
	    "STRAIGHT_JOIN subid s ON s.id = k.s AND s.affiliate_id = c.affiliate_id "
	    "LEFT JOIN campaign_subid m ON m.campaign_id = c.id AND m.subid_id = s.id "
	    "WHERE m.campaign_id IS NULL ORDER BY c.id, s.id",
	    "s", jsonw_text(json));
}

static void
append(struct arena *a, struct subids_item *it, uint32_t id)
{
	it->list = arena_printf(a, STR_FMT "%s%u", STR_ARG(it->list),
	    it->list.n > 0 ? "," : "", (unsigned)id);
}

/* Where the code says nothing. */
static void
fill(struct subids_item *it, uint32_t id)
{
	if (it->subid1 == 0)
		it->subid1 = id;
	else if (it->subid2 == 0)
		it->subid2 = id;
}

/* What the clicks have in the end. */
static void
hand_back(struct work *w)
{
	for (unsigned i = 0; i < w->n; i++) {
		struct named *x = &w->v[i];
		struct subids_item *it = x->it;
		const bool set = x->set != NULL && x->set->id != 0;
		const uint32_t own[] = {it->subid1, it->subid2};

		it->list = STR("");
		if (set) {
			it->campaign_id = x->set->id;
			it->subid1 = it->subid2 = 0;
		}
		it->refused = x->names.n_set > 0 && !set;
		for (unsigned k = 0; k < ARRAY_LEN(own) && !set; k++)
			if (own[k] != 0)
				append(w->a, it, own[k]);
		for (unsigned k = 0; k < x->names.n; k++) {
			const uint32_t id = x->name[k]->id;

			it->refused = it->refused || id == 0;
			/* The code may have named it by its number. */
			if (id == 0 || (!set && (id == own[0] || id == own[1])))
				continue;
			append(w->a, it, id);
			fill(it, id);
		}
	}
}

enum err
subids_resolve(struct db *db, struct arena *a, const struct subids_terms *terms,
    struct subids_item *item, unsigned n)
{
	struct work w = {.db = db, .a = a, .terms = terms};
	enum err rc;

	things_init(&w.names, a);
	things_init(&w.sets, a);
	bytemap_init(&w.left, a);
	collect(&w, item, n);
	if (w.n == 0)
		return ERR_OK;
	rc = find_or_make(&w, &w.names, &of_names);
	if (rc != ERR_OK)
		return rc;
	collect_sets(&w);
	rc = find_or_make(&w, &w.sets, &of_sets);
	if (rc == ERR_OK)
		rc = write_members(&w);
	if (rc == ERR_OK)
		hand_back(&w);
	return rc;
}
