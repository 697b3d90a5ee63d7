/* SPDX-License-Identifier: Apache-2.0
 * affisesmart.c - /3.0/admin/smartlink: categories.
 */
#include "api/affise/affisekit.h"
#include "domain/smartlink.h"

static const struct affisekit_name names[] = {
    {NULL, NULL},
};

/* Both names of the domain: 3.0 shows its number, 3.1 its host. */
static void
put_category(const struct affiseshow *s, const struct smartlink *c)
{
	struct str host = STR("");
	struct jsonw *w = s->w;

	for (size_t i = 0; i < s->n_domains; i++) {
		if (s->domain[i].id == c->domain_id)
			host = s->domain[i].host;
	}
	jsonw_obj(w);
	affisekit_str(w, "_id", c->hex24);
	affisekit_str(w, "name", c->name);
	affisekit_str(w, "domain", host);
	if (c->domain_id == 0)
		affisekit_null(w, "domain_id");
	else
		affisekit_int(w, "domain_id", c->domain_id);
	affisekit_str(w, "description", c->description);
	affisekit_time(w, "created_at", s->zone, c->created_us);
	affisekit_time(w, "updated_at", s->zone, c->updated_us);
	jsonw_end(w);
}

static bool
wanted(const struct arg_strs *ids, struct str hex24)
{
	for (size_t i = 0; i < ids->n; i++) {
		if (str_eq(ids->v[i], hex24))
			return true;
	}
	return ids->n == 0;
}

int
api_affise_smart_categories(
    struct api_req *rq, const struct args_affise_smart_categories *a)
{
	struct affiseshow show;
	struct smartlink *list;
	size_t n;
	enum err rc = affiseshow_init(rq, &show);

	if (rc == ERR_OK)
		rc = smartlink_list(rq->db, rq->arena, &list, &n);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "data");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++) {
		if (wanted(&a->id, list[i].hex24))
			put_category(&show, &list[i]);
	}
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* What is asked of a category; absent members leave it as it is. */
struct edit {
	struct str id; /* STR_NONE: a new one */
	bool remove;
	uint8_t has_name, has_domain_id, has_description;
	struct str name, description;
	int64_t domain_id;
	struct smartlink s;
};

static enum err
do_edit(struct change *c, void *what)
{
	struct edit *e = what;
	enum err rc = ERR_OK;

	e->s = (struct smartlink){.name = STR(""), .description = STR("")};
	if (e->id.p != NULL)
		rc = smartlink_load(c->db, c->arena, e->id, &e->s);
	if (rc != ERR_OK || e->remove)
		return rc != ERR_OK ? rc : smartlink_remove(c, &e->s);
	if (e->has_name != ARG_ABSENT)
		e->s.name = e->name;
	if (e->has_description != ARG_ABSENT)
		e->s.description = e->description;
	if (e->has_domain_id != ARG_ABSENT)
		e->s.domain_id = e->has_domain_id == ARG_SENT ? e->domain_id : 0;
	return e->id.p == NULL ? smartlink_add(c, &e->s) : smartlink_store(c, &e->s);
}

static int
run(struct api_req *rq, struct edit *e)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	struct affiseshow show;
	enum err rc = affisekit_run(rq, &c, do_edit, e, names);

	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	if (rc == ERR_OK)
		rc = affiseshow_init(rq, &show);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "data");
	put_category(&show, &e->s);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_add_smart(struct api_req *rq, const struct args_affise_add_smart *a)
{
	struct edit e = {.id = STR_NONE,
	    .has_name = a->has_name,
	    .has_domain_id = a->has_domain_id,
	    .has_description = a->has_description,
	    .name = a->name,
	    .description = a->description,
	    .domain_id = a->domain_id};

	return run(rq, &e);
}

int
api_affise_edit_smart(struct api_req *rq, const struct args_affise_edit_smart *a)
{
	struct edit e = {.id = a->ID,
	    .has_name = a->has_name,
	    .has_domain_id = a->has_domain_id,
	    .has_description = a->has_description,
	    .name = a->name,
	    .description = a->description,
	    .domain_id = a->domain_id};

	return run(rq, &e);
}

int
api_affise_remove_smart(struct api_req *rq, const struct args_affise_remove_smart *a)
{
	struct edit e = {.id = a->ID, .remove = true};

	return run(rq, &e);
}
