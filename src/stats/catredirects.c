/* SPDX-License-Identifier: Apache-2.0
 * catredirects.c - see catredirects.h.
 */
#include "stats/catredirects.h"

#include <stdlib.h>

static struct str
keep(struct str s)
{
	char *p;

	if (s.n == 0)
		return STR_NONE;
	p = obj_alloc(s.n);
	memcpy(p, s.p, s.n);
	return str_n(p, s.n);
}

void
catredirects_clear(struct catredirects *r)
{
	for (unsigned i = 0; i < r->n_rules; i++) {
		free((void *)(uintptr_t)r->rule[i].to_url.p);
		free((void *)(uintptr_t)r->rule[i].countries.p);
	}
	free(r->rule);
	free(r->group);
	*r = (struct catredirects){.rule = NULL};
}

static uint8_t
visitor_of(struct str word)
{
	return str_eq(word, STR("new"))         ? CAT_NEW_VISITOR
	       : str_eq(word, STR("returning")) ? CAT_RETURNING_VISITOR
						: CAT_ANY_VISITOR;
}

static void
read_rule(struct catredirects *r, const struct db_rows *rows)
{
	struct catredirect *x;

	r->rule = obj_realloc(r->rule, (r->n_rules + 1) * sizeof(*r->rule));
	x = &r->rule[r->n_rules++];
	memset(x, 0, sizeof(*x));
	x->row.id = (uint32_t)db_u64(rows, 1);
	x->row.lp_id = (uint32_t)db_u64(rows, 2);
	x->row.share = (uint32_t)db_u64(rows, 3);
	x->row.visitor = visitor_of(db_str(rows, 4));
	x->countries = keep(db_str(rows, 5));
	x->row.country_exclude = (uint8_t)db_u64(rows, 6);
	x->row.commission_id = (uint32_t)db_u64(rows, 7);
	x->row.affiliate_id = (uint32_t)db_u64(rows, 8);
	x->row.to_offer_id = (uint32_t)db_u64(rows, 9);
	x->row.to_lp_id = (uint32_t)db_u64(rows, 10);
	x->to_url = keep(db_str(rows, 11));
	x->row.track = (uint8_t)db_u64(rows, 12);
}

static enum err
read_rules(struct db *db, uint64_t lo, uint64_t hi, catredirects_of_f *f, void *arg)
{
	static const char sql[] =
	    "SELECT offer_id, id, landing_page_id, share, visitor, countries, "
	    "country_exclude, commission_id, affiliate_id, to_offer_id, to_lp_id, "
	    "to_url, track FROM redirect_rule WHERE active AND NOT deleted AND offer_id "
	    "BETWEEN ? AND ? ORDER BY offer_id, position, id";
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows, sql, "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct catredirects *r = f(arg, db_u64(rows, 0));

		if (r != NULL)
			read_rule(r, rows);
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static enum err
read_groups(struct db *db, uint64_t lo, uint64_t hi, catredirects_of_f *f, void *arg)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT offer_id, group_id FROM offer_in_group WHERE offer_id BETWEEN ? AND "
	    "? ORDER BY offer_id, group_id",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct catredirects *r = f(arg, db_u64(rows, 0));

		if (r == NULL)
			continue;
		r->group = obj_realloc(r->group, (r->n_groups + 1) * sizeof(*r->group));
		r->group[r->n_groups++] = (uint32_t)db_u64(rows, 1);
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

enum err
catredirects_read(
    struct db *db, uint64_t lo, uint64_t hi, catredirects_of_f *f, void *arg)
{
	const enum err rc = read_rules(db, lo, hi, f, arg);

	return rc != ERR_OK ? rc : read_groups(db, lo, hi, f, arg);
}

/* ---- writing ---- */

/* What geo redirects of its groups find it by. */
static void
image_geo(const struct catredirects *r, struct catimage *ci, uint32_t offer_id,
    struct str authorized)
{
	for (unsigned i = 0; i < r->n_groups; i++) {
		struct cat_geo g = {.group = r->group[i], .offer_id = offer_id};
		struct str rest = authorized;

		if (rest.n == 0)
			catimage_geo(ci, &g);
		while (rest.n > 0) {
			g.country = country_pack(str_trim(str_split(&rest, ',')));
			if (g.country != 0)
				catimage_geo(ci, &g);
		}
	}
}

void
catredirects_image(const struct catredirects *r, struct catimage *ci,
    struct cat_offer *row, struct str authorized, bool geo)
{
	row->redirects = row->groups = (struct cat_list){0, 0};
	for (unsigned i = 0; i < r->n_rules; i++) {
		struct cat_redirect x = r->rule[i].row;
		uint32_t at;

		x.to_url = catimage_text(ci, r->rule[i].to_url);
		x.countries = catimage_countries(ci, r->rule[i].countries);
		at = catimage_redirect(ci, &x);
		if (row->redirects.n++ == 0)
			row->redirects.first = at;
	}
	if (!row->deleted && row->status == CAT_ACTIVE)
		image_geo(r, ci, row->id, authorized);
	for (unsigned i = 0; i < r->n_groups && geo; i++) {
		const uint32_t at = catimage_number(ci, r->group[i]);

		if (row->groups.n++ == 0)
			row->groups.first = at;
	}
}

struct cat_list
catredirects_hosts(struct catimage *ci, struct str comma_list)
{
	struct cat_list l = {0, 0};

	while (comma_list.n > 0) {
		const struct str host = str_split(&comma_list, ',');
		const uint32_t at = catimage_host(ci, catimage_text(ci, host));

		if (l.n++ == 0)
			l.first = at;
	}
	return l;
}
