/* SPDX-License-Identifier: Apache-2.0
 * natscreative.c - /api/creative: creatives themselves.  Their rules: natsshow.c.
 */
#include "api/nats/natskit.h"
#include "domain/creative.h"
#include "domain/storedfile.h"
#include "domain/weburl.h"
#include "notify/fetch.h"

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

/* ---- writing ---- */

struct writing {
	struct api_req *rq;
	int64_t id;               /* 0: a new one */
	int64_t type, made;       /* of a new one; `made` is filled in */
	struct json_object *data; /* NULL: deleted or not, as below */
	bool deleted;
	struct str bytes; /* the picture, when the network keeps it; STR_NONE: as it is */
};

/* `name` is the URL of the picture, as the reference has it; hosted_url says the same.
 * STR(""): neither was sent. */
static struct str
sent_url(struct json_object *data)
{
	const struct str name = tree_get_str(data, "name");
	const struct str url = tree_get_str(data, "hosted_url");

	return url.n > 0 ? url : str_chr(name, '/') >= 0 ? name : STR("");
}

/* Where the file will be, with what is sent for one that has it at `now`. */
static enum err
read_type(struct api_req *rq, struct json_object *data, int64_t now, int64_t *type)
{
	enum err rc;

	*type = now;
	rc = take_number(rq, data, "type", type);
	if (rc == ERR_OK && *type != CREATIVE_OURS && *type != CREATIVE_ELSEWHERE)
		rc = bad_field(rq, STR("type"));
	return rc;
}

/* A picture that the network keeps is fetched before anything is locked: whoever hosts it
 * may be slow. */
static enum err
fetch_picture(struct writing *w, const struct creative *now)
{
	struct api_req *rq = w->rq;
	struct str url = sent_url(w->data);
	char why[FETCH_WHY];
	const char *wrong;
	int64_t type;
	enum err rc = read_type(rq, w->data, now->hosted, &type);

	w->bytes = STR_NONE;
	if (rc != ERR_OK || type != CREATIVE_OURS)
		return rc;
	if (url.n == 0 && now->hosted == CREATIVE_ELSEWHERE)
		url = now->hosted_url;
	if (url.n == 0 && now->file.n > 0)
		return ERR_OK;
	wrong = weburl_wrong(url);
	if (wrong != NULL)
		return fault_set(&rq->fault, ERR_INVALID, "name", "%s", wrong);
	rc = fetch_url(rq->arena, url, STOREDFILE_MAX,
	    rq->in->set->notify_private_addresses, &w->bytes, why);
	if (rc != ERR_OK)
		return fault_set(&rq->fault, ERR_NOT_FOUND, "",
		    "Invalid creative_data (name): %s", why);
	return ERR_OK;
}

static enum err
take_sizes(struct api_req *rq, struct json_object *data, struct creative *k)
{
	enum err rc = take_number(rq, data, "width", &k->width);

	if (rc == ERR_OK)
		rc = take_number(rq, data, "height", &k->height);
	return rc == ERR_OK ? take_number(rq, data, "size", &k->size) : rc;
}

static enum err
take_data(struct writing *w, struct change *c, struct creative *k)
{
	struct json_object *data = w->data;
	const struct str name = tree_get_str(data, "name"), url = sent_url(data);
	const bool elsewhere = k->hosted == CREATIVE_ELSEWHERE;
	enum err rc = read_type(w->rq, data, k->hosted, &k->hosted);

	if (rc == ERR_OK)
		rc = take_sizes(w->rq, data, k);
	if (rc == ERR_OK && tree_get(data, "name") != NULL && name.n == 0)
		rc = fault_set(
		    &w->rq->fault, ERR_MISSING, "", "Missing required field (name).");
	if (rc != ERR_OK) {
		c->fault = w->rq->fault;
		return rc;
	}
	if (tree_get(data, "alt") != NULL)
		k->alt = tree_get_str(data, "alt");
	if (url.n > 0) {
		k->hosted_url = url;
		creative_name(k);
	}
	if (name.n > 0 && str_chr(name, '/') < 0)
		k->name = name;
	else if (k->name.n == 0)
		creative_name(k);
	if (k->hosted == CREATIVE_ELSEWHERE && !elsewhere)
		k->file = k->mime = STR("");
	if (w->bytes.p == NULL)
		return ERR_OK;
	return creative_take_file(c, k, "name", w->bytes);
}

static enum err
write_creative(struct change *c, void *what)
{
	struct writing *w = what;
	struct creative k;
	enum err rc = ERR_OK;

	if (w->id == 0)
		creative_init(&k, w->type);
	else
		rc = creative_lock(c, w->id, &k);
	if (rc == ERR_NOT_FOUND)
		return change_fault(c, rc, "", "Invalid creative_id.");
	if (rc == ERR_OK && w->data == NULL)
		k.deleted = w->deleted;
	else if (rc == ERR_OK)
		rc = take_data(w, c, &k);
	if (rc == ERR_OK)
		rc = w->id != 0 ? creative_store(c, &k) : creative_add(c, &k);
	w->made = k.id;
	return rc;
}

int
api_nats_add_creative(struct api_req *rq, const struct args_nats_add_creative *a)
{
	struct change c = natskit_change(rq);
	struct writing w = {.rq = rq};
	struct creative_type t;
	struct creative k;
	enum err rc = load_type(rq, a->creative_type_id, &t);

	if (rc == ERR_OK && t.deleted)
		rc = natskit_invalid(&rq->fault, "creative_type_id");
	if (rc == ERR_OK)
		rc = read_data(rq, a->creative_data, &w.data);
	if (rc != ERR_OK)
		return (int)rc;
	if (tree_get_str(w.data, "name").n == 0)
		return (int)fault_set(
		    &rq->fault, ERR_MISSING, "", "Missing required field (name).");
	w.type = t.id;
	creative_init(&k, t.id);
	rc = fetch_picture(&w, &k);
	if (rc == ERR_OK)
		rc = natskit_run(rq, &c, write_creative, &w, names);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "success");
	jsonw_key(rq->out, "message");
	jsonw_int(rq->out, w.made);
	jsonw_end(rq->out);
	return ERR_OK;
}

static int
edit(struct api_req *rq, struct writing *w)
{
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, write_creative, w, names);

	if (rc != ERR_OK)
		return (int)rc;
	return nats_result(rq, "success", natskit_number(rq->arena, w->id).p);
}

int
api_nats_edit_creative(struct api_req *rq, const struct args_nats_edit_creative *a)
{
	struct writing w = {.rq = rq, .id = a->creative_id};
	struct creative now;
	enum err rc = read_data(rq, a->creative_data, &w.data);

	if (rc != ERR_OK)
		return (int)rc;
	rc = creative_load(rq->db, rq->arena, w.id, &now);
	if (rc == ERR_NOT_FOUND)
		return (int)natskit_invalid(&rq->fault, "creative_id");
	if (rc == ERR_OK)
		rc = fetch_picture(&w, &now);
	return rc != ERR_OK ? (int)rc : edit(rq, &w);
}

int
api_nats_delete_creative(struct api_req *rq, const struct args_nats_delete_creative *a)
{
	struct writing w = {.rq = rq, .id = a->creative_id, .deleted = true};

	return edit(rq, &w);
}

int
api_nats_undelete_creative(
    struct api_req *rq, const struct args_nats_undelete_creative *a)
{
	struct writing w = {.rq = rq, .id = a->creative_id};

	return edit(rq, &w);
}
