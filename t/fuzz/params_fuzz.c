/* SPDX-License-Identifier: Apache-2.0
 * params_fuzz.c - every carrier into the tree, and the tree into every endpoint's
 * arguments.
 *
 * Input: a line with the Content-Type, a line with the query, the body.
 */
#include "fuzz.h"

#include <json.h>

#include "worker/args.h"
#include "worker/params.h"
#include "worker/tree.h"

static unsigned
check_node(struct json_object *node, unsigned depth)
{
	unsigned n = 0;

	struct params_file file;

	assert(depth <= PARAMS_DEPTH + 1);
	if (!params_is_list(node) && params_file(node, &file)) {
		assert(str_is_utf8(file.name) && str_is_utf8(file.type));
		return 1; /* its bytes are no text */
	}
	if (!tree_is_node(node)) {
		struct str s = tree_str(node);

		assert(s.p == NULL || str_is_utf8(s));
		return 1;
	}
	for (size_t i = 0; i < tree_len(node); i++) {
		struct str key = tree_key(node, i);

		assert(key.p == NULL || str_is_utf8(key));
		n += check_node(tree_at(node, i), depth + 1);
	}
	return n;
}

/* Whatever comes, each endpoint either takes it or says which parameter is wrong. */
static void
check_args(struct json_object *tree)
{
	struct arena *a = arena_new();

	for (unsigned i = 0; i < EP_MAX; i++) {
		struct route rt = {.ep = &endpoints[i]};
		void *out = obj_alloc(endpoints[i].args_size);
		struct fault f = {0};

		for (const struct arg_spec *s = endpoints[i].args; s->wire != NULL; s++) {
			if (s->in != IN_PATH)
				continue;
			rt.name[rt.n] = args_wire(s);
			rt.value[rt.n++] = STR("1");
		}
		if (args_parse(&rt, tree, a, out, &f) != ERR_OK)
			assert(f.param[0] != '\0' && f.text[0] != '\0');
		free(out);
		arena_reset(a);
	}
	arena_free(&a);
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	struct str rest = str_n((const char *)data, n);
	struct params_in in = {STR_NONE, STR_NONE, STR_NONE};
	struct json_object *tree = NULL;
	struct fault f = {0};
	enum err rc;

	in.content_type = str_split(&rest, '\n');
	in.query = str_split(&rest, '\n');
	in.body = rest;
	rc = params_read(&in, &tree, &f);
	assert((rc == ERR_OK) == (tree != NULL));
	assert(rc == ERR_OK || rc == ERR_INVALID || rc == ERR_MALFORMED);
	if (rc != ERR_OK) {
		assert(f.text[0] != '\0');
		return;
	}
	assert(check_node(tree, 0) <= PARAMS_MAX);
	check_args(tree);
	json_object_put(tree);
}
