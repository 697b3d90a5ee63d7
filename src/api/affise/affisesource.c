/* SPDX-License-Identifier: Apache-2.0
 * affisesource.c - categories (/3.0/offer/categories, /3.0/admin/category) and traffic
 * sources (/3.0/admin/offer/source) of offers.
 */
#include "api/affise/affisedisplay.h"

static const struct affisekit_name category_names[] = {{"name", "title"}, {NULL, NULL}};
static const struct affisekit_name source_names[] = {{NULL, NULL}};

/* ---- categories ---- */

static void
put_category(struct jsonw *w, struct str hex24, struct str title)
{
	jsonw_obj(w);
	affisekit_str(w, "id", hex24);
	affisekit_str(w, "title", title);
	jsonw_end(w);
}

int
api_affise_categories(struct api_req *rq, const struct args_affise_categories *a)
{
	const int64_t limit = a->limit < AFFISE_PAGE_MAX ? a->limit : AFFISE_PAGE_MAX;
	const uint64_t skip = (uint64_t)((a->page - 1) * limit);
	struct offertag *list;
	size_t n;
	enum err rc = offertag_list(rq->db, rq->arena, OFFERTAG_CATEGORY, &list, &n);

	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "categories");
	jsonw_arr(rq->out);
	for (uint64_t i = skip; i < n && i < skip + (uint64_t)limit; i++)
		put_category(rq->out, list[i].hex24, list[i].name);
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, limit, (int64_t)n);
	jsonw_end(rq->out);
	return ERR_OK;
}

struct category {
	struct str hex24, title; /* hex24 STR_NONE: a new one */
	struct str shown;        /* its hex24 */
};

static enum err
do_category(struct change *c, void *what)
{
	struct category *k = what;
	struct db_rows *r;
	int64_t id;
	enum err rc;

	k->shown = k->hex24;
	if (k->hex24.p != NULL)
		return offertag_rename(c, k->hex24, k->title);
	rc = offertag_add(c, OFFERTAG_CATEGORY, k->title, &id);
	if (rc == ERR_OK)
		rc = db_query(
		    c->db, &r, "SELECT hex24 FROM offer_category WHERE id = ?", "i", id);
	if (rc != ERR_OK)
		return rc;
	if (db_next(r))
		k->shown = arena_str(c->arena, db_str(r, 0));
	return db_rows_close(&r);
}

static int
change_category(struct api_req *rq, struct category *k)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, do_category, k, category_names);

	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "category");
	put_category(rq->out, k->shown, str_trim(k->title));
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_add_category(struct api_req *rq, const struct args_affise_add_category *a)
{
	return change_category(rq, &(struct category){STR_NONE, a->title, STR_NONE});
}

int
api_affise_edit_category(struct api_req *rq, const struct args_affise_edit_category *a)
{
	return change_category(rq, &(struct category){a->ID, a->title, STR_NONE});
}

/* ---- sources ---- */

int
api_affise_sources(struct api_req *rq, const struct args_affise_sources *a)
{
	struct jsonw *w = rq->out;
	struct source *list;
	size_t n;
	enum err rc = source_list(rq->db, rq->arena, &list, &n);

	(void)a;
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(w, "sources");
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w);
		affisekit_str(w, "id", list[i].hex24);
		affisekit_str(w, "title", list[i].title);
		jsonw_key(w, "title_lang");
		jsonw_raw(w, list[i].titles);
		affisekit_int(w, "allowed", 1);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
	return ERR_OK;
}

struct edit {
	struct str id; /* STR_NONE: a new one */
	bool remove;
	struct json_object *titles;
	struct source s;
};

static enum err
do_source(struct change *c, void *what)
{
	struct edit *e = what;
	struct str titles = STR("");
	enum err rc = ERR_OK;

	e->s = (struct source){.id = 0};
	if (e->id.p != NULL)
		rc = source_load(c->db, c->arena, e->id, &e->s);
	if (rc == ERR_OK && e->remove)
		return source_remove(c, &e->s);
	if (rc == ERR_OK)
		rc = affisedisplay_map(c, "title_lang", e->titles, NULL, &titles);
	if (rc != ERR_OK)
		return rc;
	if (titles.n == 0)
		return change_fault(c, ERR_MISSING, "title_lang", "needs a title");
	e->s.titles = titles;
	rc = source_put(c, &e->s);
	return rc != ERR_OK ? rc : source_load(c->db, c->arena, e->s.hex24, &e->s);
}

static int
change_source(struct api_req *rq, struct edit *e)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, do_source, e, source_names);

	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "source");
	jsonw_obj(rq->out);
	affisekit_str(rq->out, "title", e->s.title);
	jsonw_key(rq->out, "title_lang");
	jsonw_raw(rq->out, e->s.titles);
	affisekit_str(rq->out, "id", e->s.hex24);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_add_source(struct api_req *rq, const struct args_affise_add_source *a)
{
	return change_source(rq, &(struct edit){.id = STR_NONE, .titles = a->title_lang});
}

int
api_affise_edit_source(struct api_req *rq, const struct args_affise_edit_source *a)
{
	return change_source(rq, &(struct edit){.id = a->ID, .titles = a->title_lang});
}

int
api_affise_remove_source(struct api_req *rq, const struct args_affise_remove_source *a)
{
	return change_source(rq, &(struct edit){.id = a->ID, .remove = true});
}
