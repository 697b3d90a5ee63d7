/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/params.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>

#include "worker/multipart.h"
#include "worker/target.h"

/* The user data of an object in the tree: the next key that a[] gets, and whether the
 * object is there only because a bare name came twice, or is an uploaded file. */
#define REPEATED ((uintptr_t)1 << 32)
#define IS_FILE ((uintptr_t)1 << 33)
#define NEXT(ud) ((uintptr_t)(ud) & (REPEATED - 1))

struct reader {
	struct json_object *root;
	unsigned leaves, most;
	struct fault *f;
	enum err err; /* of a multipart part */
	char *buf;    /* for decoding, as long as the longest carrier */
};

static void
set_data(struct json_object *o, uintptr_t data)
{
	json_object_set_userdata(o, (void *)data, NULL);
}

static uintptr_t
get_data(struct json_object *o)
{
	return (uintptr_t)json_object_get_userdata(o);
}

/* Names go into messages: cut, and whatever is not UTF-8 is replaced by the JSON writer.
 */
static const char *
name_text(char to[64], struct str name)
{
	size_t n = 0;

	for (; n < name.n && n < 63; n++)
		to[n] = (unsigned char)name.p[n] < 0x20 ? '?' : name.p[n];
	to[n] = '\0';
	return to;
}

static enum err
check_text(struct reader *r, struct str name, struct str value)
{
	char nm[64];

	if (name.n > PARAMS_NAME)
		return fault_set(r->f, ERR_MALFORMED, name_text(nm, name),
		    "the name is longer than %d bytes", PARAMS_NAME);
	if (!str_is_utf8(name))
		return fault_set(r->f, ERR_MALFORMED, name_text(nm, name),
		    "the name is not UTF-8 text");
	if (value.n > 0 && memchr(value.p, 0, value.n) != NULL)
		return fault_set(
		    r->f, ERR_INVALID, name_text(nm, name), "holds a NUL character");
	if (!str_is_utf8(value))
		return fault_set(
		    r->f, ERR_INVALID, name_text(nm, name), "is not UTF-8 text");
	if (++r->leaves > r->most)
		return fault_set(r->f, ERR_MALFORMED, name_text(nm, name),
		    "more than %u parameters", r->most);
	return ERR_OK;
}

/* The base of a name and its bracketed keys: "a[b][]" is a, b, "".  Anything that is not
 * well formed is a plain name, as an unknown one it does no harm. */
struct path {
	unsigned n;
	struct str key[PARAMS_DEPTH + 1];
};

static bool
path_of(struct str name, struct path *out)
{
	ptrdiff_t open = str_chr(name, '[');

	out->n = 1;
	out->key[0] = name;
	if (open <= 0 || name.p[name.n - 1] != ']')
		return true;
	for (size_t i = (size_t)open; i < name.n;) {
		struct str rest = str_n(name.p + i, name.n - i);
		ptrdiff_t close = str_chr(rest, ']');

		if (rest.p[0] != '[' || close < 0 ||
		    str_chr(str_n(rest.p + 1, (size_t)close - 1), '[') >= 0) {
			out->n = 1;
			return true;
		}
		if (out->n > PARAMS_DEPTH)
			return false;
		out->key[out->n++] = str_n(rest.p + 1, (size_t)close - 1);
		i += (size_t)close + 1;
	}
	out->key[0] = str_n(name.p, (size_t)open);
	return true;
}

/* The key as a C string; "" is the next number.  Remembers the highest number used. */
static const char *
key_text(struct json_object *o, struct str key, char to[PARAMS_NAME + 1])
{
	uintptr_t data = get_data(o);
	uint64_t no;

	if (key.n == 0) {
		(void)snprintf(to, PARAMS_NAME + 1, "%u", (unsigned)NEXT(data));
		set_data(o, data + 1);
		return to;
	}
	memcpy(to, key.p, key.n);
	to[key.n] = '\0';
	if (str_to_u64(key, &no) && no < PARAMS_MAX * 1000 && no >= NEXT(data))
		set_data(o, (data & REPEATED) | (uintptr_t)(no + 1));
	return to;
}

static struct json_object *
child_object(struct json_object *o, const char *key)
{
	struct json_object *c = NULL;

	if (json_object_object_get_ex(o, key, &c) &&
	    json_object_is_type(c, json_type_object) &&
	    (get_data(c) & (REPEATED | IS_FILE)) == 0)
		return c;
	c = json_object_new_object();
	assert(c != NULL);
	(void)json_object_object_add(o, key, c);
	return c;
}

/* A second value under a plain name: both become an array that remembers why. */
static void
put_again(struct json_object *o, const char *key, struct json_object *old,
    struct json_object *leaf)
{
	char no[PARAMS_NAME + 1];

	if (!json_object_is_type(old, json_type_object) ||
	    (get_data(old) & IS_FILE) != 0) {
		struct json_object *both = json_object_new_object();

		assert(both != NULL);
		set_data(both, REPEATED);
		(void)json_object_object_add(
		    both, key_text(both, STR(""), no), json_object_get(old));
		(void)json_object_object_add(o, key, both);
		old = both;
	}
	if ((get_data(old) & REPEATED) == 0) {
		(void)json_object_object_add(o, key, leaf);
		return;
	}
	(void)json_object_object_add(old, key_text(old, STR(""), no), leaf);
}

/* Takes the leaf. */
static enum err
put_leaf(struct reader *r, struct str name, struct json_object *leaf)
{
	char key[PARAMS_NAME + 1], nm[64];
	struct json_object *o = r->root, *old;
	struct path p;

	assert(leaf != NULL);
	if (!path_of(name, &p)) {
		json_object_put(leaf);
		return fault_set(r->f, ERR_MALFORMED, name_text(nm, name),
		    "nested deeper than %d levels", PARAMS_DEPTH);
	}
	for (unsigned i = 0; i + 1 < p.n; i++)
		o = child_object(o, key_text(o, p.key[i], key));
	(void)key_text(o, p.key[p.n - 1], key);
	if (json_object_object_get_ex(o, key, &old))
		put_again(o, key, old, leaf);
	else
		(void)json_object_object_add(o, key, leaf);
	return ERR_OK;
}

static enum err
put_text(struct reader *r, struct str name, struct str value)
{
	enum err rc = check_text(r, name, value);

	if (rc != ERR_OK)
		return rc;
	return put_leaf(r, name,
	    json_object_new_string_len(value.n == 0 ? "" : value.p, (int)value.n));
}

bool
params_pair(struct str *rest, struct str *name, struct str *value)
{
	while (rest->p != NULL) {
		struct str pair = str_split(rest, '&');

		if (pair.n == 0 || pair.p[0] == '=')
			continue;
		*name = str_split(&pair, '=');
		*value = pair;
		return true;
	}
	return false;
}

static enum err
read_pairs(struct reader *r, struct str form)
{
	struct str name, value;
	enum err rc;

	while (params_pair(&form, &name, &value)) {
		size_t n = target_decode(r->buf, name, true);
		size_t v = target_decode(r->buf + n, value, true);

		rc = put_text(r, str_n(r->buf, n), str_n(r->buf + n, v));
		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

static void
put_member(struct json_object *o, const char *key, struct str s)
{
	(void)json_object_object_add(
	    o, key, json_object_new_string_len(s.n == 0 ? "" : s.p, (int)s.n));
}

static bool
on_part(void *ctx, const struct multipart_part *part)
{
	struct reader *r = ctx;
	struct json_object *file;

	if (part->filename.p == NULL) {
		r->err = put_text(r, part->name, part->body);
		return r->err == ERR_OK;
	}
	r->err = check_text(r, part->name, part->filename);
	if (r->err != ERR_OK)
		return false;
	/* What a browser sends of a file field in which nothing was chosen. */
	if (part->filename.n == 0 && part->body.n == 0)
		return true;
	file = json_object_new_object();
	assert(file != NULL);
	put_member(file, "filename", part->filename);
	put_member(file, "type", str_is_utf8(part->type) ? part->type : STR(""));
	(void)json_object_object_add(
	    file, "size", json_object_new_int64((int64_t)part->body.n));
	put_member(file, "bytes", part->body);
	set_data(file, IS_FILE);
	r->err = put_leaf(r, part->name, file);
	return r->err == ERR_OK;
}

static enum err
read_multipart(struct reader *r, struct str type, struct str body)
{
	const char *wrong = multipart_read(type, body, on_part, r);

	if (wrong == NULL)
		return ERR_OK;
	if (r->err != ERR_OK)
		return r->err;
	return fault_set(r->f, ERR_MALFORMED, "", "multipart body: %s", wrong);
}

/* json-c puts the nearest number that fits in the place of one that does not. */
static bool
is_cut(struct json_object *node)
{
	return json_object_get_uint64(node) == UINT64_MAX ||
	       json_object_get_int64(node) == INT64_MIN;
}

/* Counts the leaves of a JSON body and holds its texts to the same rules. */
static enum err
check_json(struct reader *r, struct json_object *node, const char *name, unsigned depth)
{
	char nm[64];
	enum err rc = ERR_OK;

	if (depth > PARAMS_DEPTH + 1)
		return fault_set(r->f, ERR_MALFORMED, name_text(nm, str_of(name)),
		    "nested deeper than %d levels", PARAMS_DEPTH);
	if (json_object_is_type(node, json_type_object)) {
		json_object_object_foreach(node, key, value)
		{
			rc = check_json(r, value, key, depth + 1);
			if (rc != ERR_OK)
				return rc;
		}
	} else if (json_object_is_type(node, json_type_array)) {
		for (size_t i = 0; i < json_object_array_length(node); i++) {
			rc = check_json(
			    r, json_object_array_get_idx(node, i), name, depth + 1);
			if (rc != ERR_OK)
				return rc;
		}
	}
	if (depth == 0)
		return ERR_OK;
	if (json_object_is_type(node, json_type_string))
		return check_text(r, str_of(name),
		    str_n(json_object_get_string(node),
			(size_t)json_object_get_string_len(node)));
	if (json_object_is_type(node, json_type_int) && is_cut(node))
		return fault_set(r->f, ERR_MALFORMED, name_text(nm, str_of(name)),
		    "a number this long must be sent as a text");
	return check_text(r, str_of(name), STR(""));
}

static enum err
read_json(struct reader *r, struct str body)
{
	/* One level more than ours, so that ours is what refuses; it bounds the stack
	 * either way. */
	struct json_tokener *tok = json_tokener_new_ex(PARAMS_DEPTH + 3);
	struct json_object *o;
	enum json_tokener_error wrong;
	enum err rc;

	assert(tok != NULL);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, body.p, (int)body.n);
	wrong = json_tokener_get_error(tok);
	if (wrong != json_tokener_success) {
		rc = fault_set(r->f, ERR_MALFORMED, "", "JSON body: %s",
		    wrong == json_tokener_continue ? "it ends too early"
						   : json_tokener_error_desc(wrong));
	} else if (str_trim(str_n(body.p + json_tokener_get_parse_end(tok),
				body.n - json_tokener_get_parse_end(tok)))
		       .n > 0) {
		rc = fault_set(
		    r->f, ERR_MALFORMED, "", "JSON body: text behind the value");
	} else if (!json_object_is_type(o, json_type_object)) {
		rc = fault_set(
		    r->f, ERR_MALFORMED, "", "JSON body: an object is expected");
	} else {
		rc = check_json(r, o, "", 0);
	}
	json_tokener_free(tok);
	if (rc != ERR_OK) {
		json_object_put(o);
		return rc;
	}
	json_object_put(r->root);
	r->root = o;
	return ERR_OK;
}

static enum err
read_body(struct reader *r, const struct params_in *in)
{
	struct str type = in->content_type, kind;

	if (in->body.n == 0)
		return ERR_OK;
	kind = str_trim(str_split(&type, ';'));
	if (kind.n == 0 || str_ieq(kind, STR("application/x-www-form-urlencoded")))
		return read_pairs(r, in->body);
	if (str_ieq(kind, STR("multipart/form-data")))
		return read_multipart(r, in->content_type, in->body);
	if (str_ieq(kind, STR("application/json")))
		return read_json(r, in->body);
	return fault_set(r->f, ERR_MALFORMED, "Content-Type",
	    "a body may be urlencoded, multipart/form-data or application/json");
}

/* What the query has and the body has not. */
static void
merge(struct json_object *body, struct json_object *query)
{
	json_object_object_foreach(query, key, value)
	{
		struct json_object *have;

		if (!json_object_object_get_ex(body, key, &have))
			(void)json_object_object_add(body, key, json_object_get(value));
		else if (json_object_is_type(have, json_type_object) &&
			 json_object_is_type(value, json_type_object) &&
			 ((get_data(have) | get_data(value)) & (REPEATED | IS_FILE)) == 0)
			merge(have, value);
	}
}

static struct json_object *
new_root(void)
{
	struct json_object *o = json_object_new_object();

	assert(o != NULL);
	return o;
}

enum err
params_read(const struct params_in *in, struct json_object **out, struct fault *f)
{
	return params_read_most(in, PARAMS_MAX, out, f);
}

enum err
params_read_most(
    const struct params_in *in, unsigned most, struct json_object **out, struct fault *f)
{
	struct reader r = {.root = new_root(), .f = f, .most = most};
	struct json_object *query;
	enum err rc;

	*out = NULL;
	r.buf = obj_alloc((in->query.n > in->body.n ? in->query.n : in->body.n) + 1);
	rc = in->query.n > 0 ? read_pairs(&r, in->query) : ERR_OK;
	query = r.root;
	r.root = new_root();
	if (rc == ERR_OK)
		rc = read_body(&r, in);
	if (rc == ERR_OK)
		merge(r.root, query);
	json_object_put(query);
	free(r.buf);
	if (rc == ERR_OK)
		*out = r.root;
	else
		json_object_put(r.root);
	return rc;
}

bool
params_find(struct json_object *tree, struct str name, struct json_object **out)
{
	char key[PARAMS_NAME + 1];
	struct path p;

	if (name.n > PARAMS_NAME || !path_of(name, &p))
		return false;
	for (unsigned i = 0; i < p.n; i++) {
		if (!json_object_is_type(tree, json_type_object))
			return false;
		memcpy(key, p.key[i].p, p.key[i].n);
		key[p.key[i].n] = '\0';
		if (!json_object_object_get_ex(tree, key, &tree))
			return false;
	}
	*out = tree;
	return true;
}

/* Of a bare name that came twice, the last. */
static struct json_object *
last_of(struct json_object *node)
{
	struct json_object *last = NULL;

	if (!params_is_list(node))
		return node;
	json_object_object_foreach(node, key, value)
	{
		(void)key;
		last = value;
	}
	return last;
}

bool
params_is_list(struct json_object *node)
{
	return json_object_is_type(node, json_type_object) &&
	       (get_data(node) & REPEATED) != 0;
}

static struct str
member(struct json_object *o, const char *key)
{
	struct json_object *v = json_object_object_get(o, key);

	return str_n(json_object_get_string(v), (size_t)json_object_get_string_len(v));
}

bool
params_file(struct json_object *node, struct params_file *out)
{
	node = last_of(node);
	if (!json_object_is_type(node, json_type_object) ||
	    (get_data(node) & IS_FILE) == 0)
		return false;
	*out = (struct params_file){
	    member(node, "filename"), member(node, "type"), member(node, "bytes")};
	return true;
}

bool
params_text(struct json_object *node, struct str *out)
{
	node = last_of(node);
	switch (json_object_get_type(node)) {
	case json_type_null:
		*out = STR_NONE;
		return true;
	case json_type_object:
	case json_type_array:
		return false;
	case json_type_string:
		*out = str_n(json_object_get_string(node),
		    (size_t)json_object_get_string_len(node));
		return true;
	default: /* numbers keep the text that was sent */
		*out = str_of(json_object_get_string(node));
		return true;
	}
}
