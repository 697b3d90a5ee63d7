/* SPDX-License-Identifier: Apache-2.0
 * catdoors.c - see catdoors.h.
 */
#include "stats/catdoors.h"

#include "base/arena.h"
#include "db/bump.h"
#include "track/macro.h" /* macro_fixed() */

#include <glib.h>
#include <stdlib.h>

#define CATDOORS_MAGIC 0x63646f72u

struct domain {
	struct cat_domain row;
	bool is_default;
	struct str host, redirect_url;
};

/* A short code; `text` is code and target, one behind the other. */
struct link {
	enum cat_named kind;
	uint32_t n_code, n_target;
	char text[];
};

/* A category and its offers. */
struct smart {
	struct cat_smartlink row;
	struct str hex24;
	struct cat_smart_offer *offer;
	unsigned n, cap;
};

struct catdoors {
	uint32_t magic;
	struct arena *arena; /* of the domains */
	struct domain *domain;
	unsigned n_domains;
	struct arena *smart_arena;
	struct smart *smart;
	unsigned n_smart;
	GHashTable *epc;   /* by offer: money_t */
	GHashTable *links; /* by id */
	GHashTable
	    *hosts; /* by offer, those that allow deep links: char *, a comma list */
};

static void *
key_of(uint64_t id)
{
	return GUINT_TO_POINTER((guint)id);
}

struct catdoors *
catdoors_new(void)
{
	struct catdoors *d;

	OBJ_NEW(d, CATDOORS_MAGIC);
	d->arena = arena_new();
	d->smart_arena = arena_new();
	d->epc = g_hash_table_new_full(NULL, NULL, NULL, free);
	d->links = g_hash_table_new_full(NULL, NULL, NULL, free);
	d->hosts = g_hash_table_new_full(NULL, NULL, NULL, free);
	return d;
}

void
catdoors_free(struct catdoors **dp)
{
	struct catdoors *d;

	if (*dp == NULL)
		return;
	OBJ_TAKE(d, dp, CATDOORS_MAGIC);
	arena_free(&d->arena);
	arena_free(&d->smart_arena);
	g_hash_table_destroy(d->epc);
	g_hash_table_destroy(d->links);
	g_hash_table_destroy(d->hosts);
	OBJ_FREE(d);
}

static enum err
closed(enum err rc, struct db_rows **rows)
{
	const enum err end = db_rows_close(rows);

	return rc == ERR_OK ? end : rc;
}

/* The landing page that the operator chose, else the first one that names the domain. */
static enum err
read_domains(struct catdoors *d, struct db *db)
{
	static const char sql[] =
	    "SELECT d.id, d.host, d.redirect_url, d.template_protect, d.is_default,"
	    " COALESCE(d.landing_page_id, (SELECT MIN(l.id) FROM landing_page l JOIN "
	    "offer o"
	    " ON o.id = l.offer_id WHERE NOT l.deleted AND NOT o.deleted AND"
	    " COALESCE(l.tracking_domain_id, o.tracking_domain_id) = d.id), 0),"
	    " COALESCE(d.account_id, 0) FROM tracking_domain d ORDER BY d.id";
	struct db_rows *rows = NULL;
	unsigned cap = 0;
	enum err rc = db_query(db, &rows, sql, "");

	arena_reset(d->arena);
	d->domain = NULL;
	d->n_domains = 0;
	while (rc == ERR_OK && db_next(rows)) {
		struct domain *one;

		if (d->n_domains == cap) {
			struct domain *more =
			    arena_alloc(d->arena, (cap * 2 + 8) * sizeof(*more));

			if (cap > 0)
				memcpy(more, d->domain, cap * sizeof(*more));
			d->domain = more;
			cap = cap * 2 + 8;
		}
		one = &d->domain[d->n_domains++];
		one->row.id = (uint32_t)db_u64(rows, 0);
		one->host = arena_str(d->arena, db_str(rows, 1));
		one->redirect_url = arena_str(d->arena, db_str(rows, 2));
		one->row.protect = (uint8_t)db_u64(rows, 3);
		one->is_default = db_u64(rows, 4) != 0;
		one->row.landing_page_id = (uint32_t)db_u64(rows, 5);
		one->row.account_id = (uint32_t)db_u64(rows, 6);
	}
	return closed(rc, &rows);
}

static enum err
read_links(struct catdoors *d, struct db *db, uint64_t lo, uint64_t hi)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT id, kind, code, target FROM short_link WHERE id BETWEEN ? AND ?",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		const struct str code = db_str(rows, 2), target = db_str(rows, 3);
		struct link *l = obj_alloc(sizeof(*l) + code.n + target.n);

		l->kind = db_u64(rows, 1) == 1 ? CAT_NAMED_TINY : CAT_NAMED_SHORT;
		l->n_code = (uint32_t)code.n;
		l->n_target = (uint32_t)target.n;
		memcpy(l->text, code.p, code.n);
		memcpy(l->text + code.n, target.p, target.n);
		(void)g_hash_table_replace(d->links, key_of(db_u64(rows, 0)), l);
	}
	return closed(rc, &rows);
}

static enum err
read_offers(struct catdoors *d, struct db *db, uint64_t lo, uint64_t hi)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT id, deeplink_hosts FROM offer WHERE allow_deeplink AND id BETWEEN ? "
	    "AND "
	    "?",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		const struct str list = db_str(rows, 1);
		char *copy = obj_alloc(list.n + 1);

		memcpy(copy, list.p, list.n);
		(void)g_hash_table_replace(d->hosts, key_of(db_u64(rows, 0)), copy);
	}
	return closed(rc, &rows);
}

/* One more element of an array in the arena. */
static void *
grown(struct arena *a, void *list, unsigned n, unsigned *cap, size_t each)
{
	void *more;

	if (n < *cap)
		return list;
	*cap = *cap * 2 + 8;
	more = arena_alloc(a, *cap * each);
	if (n > 0)
		memcpy(more, list, n * each);
	return more;
}

static enum err
read_smart(struct catdoors *d, struct db *db)
{
	struct db_rows *rows = NULL;
	struct smart *s = NULL;
	unsigned cap = 0;
	enum err rc = db_query(db, &rows,
	    "SELECT s.id, s.hex24, COALESCE(o.offer_id, 0) FROM smartlink_category s "
	    "LEFT "
	    "JOIN offer_smartlink o ON o.category_id = s.id WHERE NOT s.deleted ORDER BY "
	    "s.id, o.offer_id",
	    "");

	arena_reset(d->smart_arena);
	d->smart = NULL;
	d->n_smart = 0;
	while (rc == ERR_OK && db_next(rows)) {
		const uint32_t id = (uint32_t)db_u64(rows, 0);

		if (s == NULL || s->row.id != id) {
			d->smart = grown(d->smart_arena, d->smart, d->n_smart, &cap,
			    sizeof(*d->smart));
			s = &d->smart[d->n_smart++];
			*s = (struct smart){.row.id = id,
			    .hex24 = arena_str(d->smart_arena, db_str(rows, 1))};
		}
		if (db_u64(rows, 2) == 0)
			continue;
		s->offer =
		    grown(d->smart_arena, s->offer, s->n, &s->cap, sizeof(*s->offer));
		s->offer[s->n++] =
		    (struct cat_smart_offer){.offer_id = (uint32_t)db_u64(rows, 2)};
	}
	return closed(rc, &rows);
}

static money_t
epc_of(const struct catdoors *d, uint32_t offer)
{
	const money_t *m = g_hash_table_lookup(d->epc, key_of(offer));

	return m == NULL ? 0 : *m;
}

enum err
catdoors_earnings(struct catdoors *d, struct db *db, us_t now, bool *changed)
{
	static const char sql[] =
	    "SELECT o.offer_id, (SELECT COALESCE(SUM(s.charge_b), 0) FROM rollup_status s"
	    " WHERE s.offer_id = o.offer_id AND s.bucket >= ? AND s.status <> 3) DIV"
	    " GREATEST((SELECT COALESCE(SUM(b.page_view), 0) FROM rollup_booked b"
	    " WHERE b.offer_id = o.offer_id AND b.bucket >= ?), 1)"
	    " FROM (SELECT DISTINCT offer_id FROM offer_smartlink) o";
	const int64_t from = (int64_t)clock_bucket(now - 7 * 86400 * US_SECOND);
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows, sql, "ii", from, from);

	while (rc == ERR_OK && db_next(rows)) {
		const uint32_t offer = (uint32_t)db_u64(rows, 0);
		money_t *m;

		if (epc_of(d, offer) == db_i64(rows, 1))
			continue;
		*changed = true;
		m = obj_alloc(sizeof(*m));
		*m = db_i64(rows, 1);
		(void)g_hash_table_replace(d->epc, key_of(offer), m);
	}
	return closed(rc, &rows);
}

enum err
catdoors_read_all(struct catdoors *d, struct db *db)
{
	enum err rc = read_domains(d, db);

	g_hash_table_remove_all(d->links);
	g_hash_table_remove_all(d->hosts);
	if (rc == ERR_OK)
		rc = read_links(d, db, 0, UINT32_MAX);
	if (rc == ERR_OK)
		rc = read_smart(d, db);
	return rc == ERR_OK ? read_offers(d, db, 0, UINT32_MAX) : rc;
}

enum err
catdoors_read_one(struct catdoors *d, struct db *db, unsigned kind, uint64_t id)
{
	switch (kind) {
	case BUMP_DOMAIN:
		return read_domains(d, db);
	case BUMP_SMARTLINK:
		return read_smart(d, db);
	case BUMP_LINK:
		(void)g_hash_table_remove(d->links, key_of(id));
		return read_links(d, db, id, id);
	case BUMP_OFFER:
		(void)g_hash_table_remove(d->hosts, key_of(id));
		/* A landing page may name another domain now. */
		if (d->n_domains > 0 && read_domains(d, db) != ERR_OK)
			return ERR_DB_DOWN;
		return read_offers(d, db, id, id);
	default:
		return ERR_OK;
	}
}

static void
image_smart(const struct catdoors *d, struct catimage *ci)
{
	for (unsigned i = 0; i < d->n_smart; i++) {
		const struct smart *s = &d->smart[i];
		struct cat_smartlink row = s->row;

		for (unsigned j = 0; j < s->n; j++) {
			struct cat_smart_offer o = s->offer[j];
			uint32_t at;

			o.epc = epc_of(d, o.offer_id);
			at = catimage_smart_offer(ci, &o);
			if (row.offers.n++ == 0)
				row.offers.first = at;
		}
		catimage_smartlink(ci, &row, catimage_text(ci, s->hex24));
	}
}

void
catdoors_image(const struct catdoors *d, struct catimage *ci, uint32_t *default_domain)
{
	GHashTableIter it;
	void *value;

	assert(OBJ_IS(d, CATDOORS_MAGIC));
	*default_domain = 0;
	for (unsigned i = 0; i < d->n_domains; i++) {
		struct cat_domain row = d->domain[i].row;
		uint32_t at;

		row.host = catimage_text(ci, d->domain[i].host);
		row.redirect_url = catimage_text(ci, d->domain[i].redirect_url);
		at = catimage_domain(ci, &row);
		if (d->domain[i].is_default)
			*default_domain = at;
	}
	image_smart(d, ci);
	g_hash_table_iter_init(&it, d->links);
	while (g_hash_table_iter_next(&it, NULL, &value)) {
		const struct link *l = value;

		(void)catimage_link(ci, l->kind,
		    catimage_text(ci, str_n(l->text, l->n_code)),
		    catimage_text(ci, str_n(l->text + l->n_code, l->n_target)));
	}
}

static void
add_host(struct catimage *ci, struct cat_offer *row, struct str host)
{
	uint32_t at;

	if (host.n == 0)
		return;
	at = catimage_host(ci, catimage_text(ci, host));
	if (row->deeplink_hosts.n++ == 0)
		row->deeplink_hosts.first = at;
}

/* Host and port of a URL. */
static struct str
authority(struct str url)
{
	struct str a = str_n(url.p, macro_fixed(url));

	while (a.n > 0 && a.p[0] != '/')
		a = str_n(a.p + 1, a.n - 1);
	return a.n > 2 ? str_n(a.p + 2, a.n - 2) : STR_NONE;
}

void
catdoors_offer(const struct catdoors *d, struct catimage *ci, struct cat_offer *row,
    const struct str *urls, unsigned n)
{
	const char *list = g_hash_table_lookup(d->hosts, key_of(row->id));
	struct str rest = str_of(list);

	row->allow_deeplink = list != NULL;
	row->deeplink_hosts = (struct cat_list){0, 0};
	if (list == NULL)
		return;
	for (unsigned i = 0; i < n; i++)
		add_host(ci, row, authority(urls[i]));
	while (rest.p != NULL)
		add_host(ci, row, str_trim(str_split(&rest, ',')));
}
