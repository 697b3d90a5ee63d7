/* SPDX-License-Identifier: Apache-2.0
 * natscreative.c - /api/creative: creatives themselves.  Their rules: natsshow.c.
 */
#include "api/nats/natskit.h"
#include "domain/creative.h"

static const struct natskit_name names[] = {
    {"hosted_url", "name", false},
    {NULL, NULL, false},
};

/* ---- showing ---- */

static void
put_number(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_fmt(w, "%lld", (long long)v);
}

static void
put_text(struct jsonw *w, const char *key, struct str s)
{
	jsonw_key(w, key);
	jsonw_str(w, s);
}

static void
put_creative(struct api_req *rq, const struct creative *k)
{
	struct jsonw *w = rq->out;

	jsonw_key_str(w, natskit_number(rq->arena, k->id));
	jsonw_obj(w);
	jsonw_key(w, "details");
	jsonw_obj(w);
	put_number(w, "deleted", k->deleted);
	put_number(w, "date_added", k->added_us / US_SECOND);
	put_number(w, "last_modified", k->modified_us / US_SECOND);
	put_number(w, "pending", k->pending);
	put_text(w, "name", k->name);
	put_number(w, "height", k->height);
	put_number(w, "width", k->width);
	put_number(w, "size", k->size);
	put_text(w, "thumb_ext", k->ext);
	put_text(w, "alt", k->alt);
	put_number(w, "type", k->hosted);
	put_text(w, "hosted_url", k->hosted_url);
	put_number(w, "creativeid", k->id);
	jsonw_end(w);
	jsonw_end(w);
}

static enum err
load_type(struct api_req *rq, int64_t id, struct creative_type *t)
{
	enum err rc = creative_type_load(rq->db, rq->arena, id, t);

	return rc == ERR_NOT_FOUND ? natskit_invalid(&rq->fault, "creative_type_id") : rc;
}

int
api_nats_creatives(struct api_req *rq, const struct args_nats_creatives *a)
{
	struct creative_type t;
	struct creative *list;
	size_t n;
	enum err rc = load_type(rq, a->creative_type_id, &t);

	if (rc == ERR_OK)
		rc = creative_of_type(rq->db, rq->arena, t.id, &list, &n);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	jsonw_key_str(rq->out, natskit_number(rq->arena, t.id));
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "type_details");
	jsonw_obj(rq->out);
	put_text(rq->out, "name", t.name);
	put_text(rq->out, "description", t.description);
	put_number(rq->out, "deleted", t.deleted);
	put_number(rq->out, "creative_category_id", t.category_id);
	jsonw_end(rq->out);
	jsonw_key(rq->out, "creatives");
	jsonw_obj(rq->out);
	for (size_t i = 0; i < n; i++)
		put_creative(rq, &list[i]);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- fields ---- */

static const struct field {
	const char *name, *label, *type;
	bool required;
} fields[] = {
    {"name", "Image", "file", true},
    {"type", "Type", "select", true},
    {"hosted_url", "Hosted URL", "text", false},
    {"alt", "Alternative text", "text", false},
    {"width", "Width", "number", false},
    {"height", "Height", "number", false},
    {"size", "Size in bytes", "number", false},
};

int
api_nats_creative_fields(struct api_req *rq, const struct args_nats_creative_fields *a)
{
	struct creative_type t;
	enum err rc = load_type(rq, a->creative_type_id, &t);

	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "success");
	jsonw_key(rq->out, "message");
	jsonw_obj(rq->out);
	jsonw_key_str(rq->out, t.shortname);
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "types");
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "1");
	jsonw_cstr(rq->out, "Hosted by network");
	jsonw_key(rq->out, "2");
	jsonw_cstr(rq->out, "Hosted elsewhere");
	jsonw_end(rq->out);
	jsonw_key(rq->out, "fields");
	jsonw_obj(rq->out);
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		jsonw_key(rq->out, fields[i].name);
		jsonw_obj(rq->out);
		jsonw_key(rq->out, "label");
		jsonw_cstr(rq->out, fields[i].label);
		jsonw_key(rq->out, "type");
		jsonw_cstr(rq->out, fields[i].type);
		jsonw_key(rq->out, "required");
		jsonw_int(rq->out, fields[i].required);
		jsonw_end(rq->out);
	}
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- creative_data ---- */

static enum err
bad_field(struct api_req *rq, struct str name)
{
	return fault_set(&rq->fault, ERR_NOT_FOUND, "", "Invalid creative_data (%.*s).",
	    (int)(name.n < 40 ? name.n : 40), name.p);
}

/* A JSON object as a text, or the same in brackets; all of its members are fields. */
static enum err
read_data(struct api_req *rq, struct json_object *node, struct json_object **out)
{
	*out = tree_is_node(node) ? node : tree_parse(rq->params, tree_str(node));
	if (*out == NULL)
		return natskit_invalid(&rq->fault, "creative_data");
	for (size_t i = 0; i < tree_len(*out); i++) {
		const struct str key = tree_key(*out, i);
		bool known = false;

		for (size_t f = 0; f < ARRAY_LEN(fields); f++)
			known = known || str_eq(key, str_of(fields[f].name));
		if (!known || tree_is_node(tree_at(*out, i)))
			return bad_field(rq, key.p == NULL ? STR("") : key);
	}
	return ERR_OK;
}

static enum err
take_number(struct api_req *rq, struct json_object *data, const char *name, int64_t *to)
{
	const struct str s = tree_get_str(data, name);

	if (tree_get(data, name) == NULL)
		return ERR_OK;
	*to = 0;
	if (s.n == 0 || str_to_i64(s, to))
		return ERR_OK;
	return bad_field(rq, str_of(name));
}

/* `name` is the URL of the picture, as the reference has it; hosted_url says the same. */
static enum err
take_data(struct api_req *rq, struct json_object *data, struct creative *k)
{
	const struct str name = tree_get_str(data, "name");
	const struct str url = tree_get_str(data, "hosted_url");
	int64_t type = k->hosted;
	enum err rc = take_number(rq, data, "type", &type);

	if (rc == ERR_OK && type != CREATIVE_OURS && type != CREATIVE_ELSEWHERE)
		rc = bad_field(rq, STR("type"));
	if (rc == ERR_OK)
		rc = take_number(rq, data, "width", &k->width);
	if (rc == ERR_OK)
		rc = take_number(rq, data, "height", &k->height);
	if (rc == ERR_OK)
		rc = take_number(rq, data, "size", &k->size);
	if (rc != ERR_OK)
		return rc;
	if (type == CREATIVE_OURS)
		return fault_set(&rq->fault, ERR_UNSUPPORTED, "type",
		    "1 is not supported by this version");
	k->hosted = type;
	if (tree_get(data, "alt") != NULL)
		k->alt = tree_get_str(data, "alt");
	if (tree_get(data, "name") != NULL && name.n == 0)
		return fault_set(
		    &rq->fault, ERR_MISSING, "", "Missing required field (name).");
	if (name.n > 0 && str_chr(name, '/') < 0)
		k->name = name;
	else if (name.n > 0)
		k->hosted_url = name;
	if (url.n > 0)
		k->hosted_url = url;
	if ((name.n > 0 && str_chr(name, '/') >= 0) || k->name.n == 0)
		creative_name(k);
	return ERR_OK;
}

/* ---- writing ---- */

static enum err
do_add(struct change *c, void *what)
{
	return creative_add(c, what);
}

int
api_nats_add_creative(struct api_req *rq, const struct args_nats_add_creative *a)
{
	struct change c = natskit_change(rq);
	struct json_object *data = NULL;
	struct creative_type t;
	struct creative k;
	enum err rc = load_type(rq, a->creative_type_id, &t);

	if (rc == ERR_OK && t.deleted)
		rc = natskit_invalid(&rq->fault, "creative_type_id");
	if (rc == ERR_OK)
		rc = read_data(rq, a->creative_data, &data);
	if (rc != ERR_OK)
		return (int)rc;
	if (tree_get_str(data, "name").n == 0)
		return (int)fault_set(
		    &rq->fault, ERR_MISSING, "", "Missing required field (name).");
	creative_init(&k, t.id);
	rc = take_data(rq, data, &k);
	if (rc == ERR_OK)
		rc = natskit_run(rq, &c, do_add, &k, names);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "success");
	jsonw_key(rq->out, "message");
	jsonw_int(rq->out, k.id);
	jsonw_end(rq->out);
	return ERR_OK;
}

struct editing {
	struct api_req *rq;
	int64_t id;
	struct json_object *data; /* NULL: deleted or not, as below */
	bool deleted;
};

static enum err
do_edit(struct change *c, void *what)
{
	struct editing *e = what;
	struct creative k;
	enum err rc = creative_lock(c, e->id, &k);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, rc, "", "Invalid creative_id.");
	if (rc != ERR_OK)
		return rc;
	if (e->data == NULL) {
		k.deleted = e->deleted;
		return creative_store(c, &k);
	}
	rc = take_data(e->rq, e->data, &k);
	if (rc != ERR_OK) {
		c->fault = e->rq->fault;
		return rc;
	}
	return creative_store(c, &k);
}

static int
edit(struct api_req *rq, struct editing *e)
{
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, do_edit, e, names);

	if (rc != ERR_OK)
		return (int)rc;
	return nats_result(rq, "success", natskit_number(rq->arena, e->id).p);
}

int
api_nats_edit_creative(struct api_req *rq, const struct args_nats_edit_creative *a)
{
	struct editing e = {.rq = rq, .id = a->creative_id};
	enum err rc = read_data(rq, a->creative_data, &e.data);

	return rc != ERR_OK ? (int)rc : edit(rq, &e);
}

int
api_nats_delete_creative(struct api_req *rq, const struct args_nats_delete_creative *a)
{
	struct editing e = {.rq = rq, .id = a->creative_id, .deleted = true};

	return edit(rq, &e);
}

int
api_nats_undelete_creative(
    struct api_req *rq, const struct args_nats_undelete_creative *a)
{
	struct editing e = {.rq = rq, .id = a->creative_id};

	return edit(rq, &e);
}
