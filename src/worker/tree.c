/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/tree.h"

#include <json.h>

#include "worker/params.h"

struct str
tree_str(struct json_object *node)
{
	struct str s;

	return node != NULL && params_text(node, &s) ? s : STR_NONE;
}

struct json_object *
tree_get(struct json_object *node, const char *key)
{
	struct json_object *o = NULL;

	if (json_object_is_type(node, json_type_object))
		(void)json_object_object_get_ex(node, key, &o);
	return o;
}

struct str
tree_get_str(struct json_object *node, const char *key)
{
	return tree_str(tree_get(node, key));
}

bool
tree_is_node(struct json_object *node)
{
	return json_object_is_type(node, json_type_object) ||
	       json_object_is_type(node, json_type_array);
}

size_t
tree_len(struct json_object *node)
{
	if (json_object_is_type(node, json_type_array))
		return json_object_array_length(node);
	if (json_object_is_type(node, json_type_object))
		return (size_t)json_object_object_length(node);
	return node != NULL;
}

static struct lh_entry *
entry_at(struct json_object *node, size_t i)
{
	struct lh_entry *e = json_object_get_object(node)->head;

	for (; e != NULL && i > 0; i--)
		e = e->next;
	return e;
}

struct json_object *
tree_at(struct json_object *node, size_t i)
{
	struct lh_entry *e;

	if (json_object_is_type(node, json_type_array))
		return json_object_array_get_idx(node, i);
	if (!json_object_is_type(node, json_type_object))
		return i == 0 ? node : NULL;
	e = entry_at(node, i);
	return e == NULL ? NULL : (struct json_object *)(uintptr_t)lh_entry_v(e);
}

struct str
tree_key(struct json_object *node, size_t i)
{
	struct lh_entry *e;

	if (!json_object_is_type(node, json_type_object))
		return STR_NONE;
	e = entry_at(node, i);
	return e == NULL ? STR_NONE : str_of(lh_entry_k(e));
}

struct json_object *
tree_parse(struct json_object *owner, struct str text)
{
	struct json_tokener *tok = json_tokener_new_ex(PARAMS_DEPTH + 1);
	struct json_object *o;
	bool good;

	assert(tok != NULL);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
	o = json_tokener_parse_ex(tok, text.p, (int)text.n);
	good = json_tokener_get_error(tok) == json_tokener_success &&
	       json_tokener_get_parse_end(tok) == text.n &&
	       json_object_is_type(o, json_type_object);
	json_tokener_free(tok);
	/* A name that no parameter can have, so that it takes no one's place. */
	if (good && json_object_object_add(owner, "[tree_parse]", o) == 0)
		return o;
	json_object_put(o);
	return NULL;
}
