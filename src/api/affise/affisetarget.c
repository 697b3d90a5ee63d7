/* SPDX-License-Identifier: Apache-2.0
 * affisetarget.c - see affisetarget.h.
 */
#include "api/affise/affisetarget.h"

#define LIST_MAX 200u

/* "ios 9" of the list behind "ios"; "9" as well. */
static struct str
version_of(struct str text, struct str os)
{
	text = str_trim(text);
	if (text.n > os.n && str_ieq(str_n(text.p, os.n), os))
		text = str_trim(str_n(text.p + os.n, text.n - os.n));
	return text;
}

/* One element of strictly_os: {"os": "ios", "versions": ["ios 9"]}. */
static enum err
add_os(struct change *c, struct json_object *node, struct str *out)
{
	const struct str os = str_trim(tree_get_str(node, "os"));
	struct json_object *versions = tree_get(node, "versions");
	struct str list = STR("");

	if (os.n == 0 || tree_len(versions) == 0)
		return change_fault(
		    c, ERR_MISSING, "os", "needs os and versions of each element");
	for (size_t i = 0; i < tree_len(versions); i++) {
		const struct str v = version_of(tree_str(tree_at(versions, i)), os);

		/* "web" itself, or an empty one: all of them. */
		if (v.n == 0 || str_ieq(v, os))
			continue;
		list = arena_printf(c->arena, "%.*s%s%.*s", STR_ARG(list),
		    list.n > 0 ? "," : "", STR_ARG(v));
	}
	*out = arena_printf(c->arena, "%.*s%s%.*s%s%.*s", STR_ARG(*out),
	    out->n > 0 ? ";" : "", STR_ARG(os), list.n > 0 ? ":" : "", STR_ARG(list));
	return ERR_OK;
}

static enum err
read_os(struct change *c, struct json_object *tree, struct str *out)
{
	enum err rc = ERR_OK;

	*out = STR("");
	if (tree_len(tree) > LIST_MAX)
		return change_fault(c, ERR_INVALID, "os", "is too long");
	for (size_t i = 0; i < tree_len(tree) && rc == ERR_OK; i++)
		if (tree_is_node(tree_at(tree, i)) || tree_str(tree_at(tree, i)).n > 0)
			rc = add_os(c, tree_at(tree, i), out);
	return rc;
}

static bool
has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ')
			return true;
	return false;
}

static enum err
read_pairs(struct change *c, struct json_object *tree, struct str *out)
{
	*out = STR("");
	if (tree_len(tree) > LIST_MAX)
		return change_fault(c, ERR_INVALID, "sub_pairs", "is too long");
	for (size_t i = 0; i < tree_len(tree); i++) {
		struct json_object *node = tree_at(tree, i);
		const struct str one = tree_get_str(node, "sub1"),
				 two = tree_get_str(node, "sub2");

		if (!tree_is_node(node) && tree_str(node).n == 0)
			continue;
		if (one.p == NULL || two.p == NULL)
			return change_fault(c, ERR_MISSING, "sub_pairs",
			    "needs sub1 and sub2 of each element");
		if (has_control(one) || has_control(two))
			return change_fault(c, ERR_INVALID, "sub_pairs",
			    "has a value that no sub can have");
		*out = arena_printf(c->arena, "%.*s%s%.*s\t%.*s", STR_ARG(*out),
		    out->n > 0 ? "\n" : "", STR_ARG(one), STR_ARG(two));
	}
	return ERR_OK;
}

static bool
says_anything(const struct affisetarget *s)
{
#define X(type_, name_)                   \
	if (s->has_##name_ != ARG_ABSENT) \
		return true;
	AFFISETARGET_FIELDS(X)
#undef X
	return false;
}

/* The row's words: wifi, wi-fi, cellular, all. */
static int
connection_of(const struct affisetarget *s)
{
	static const enum offertarget_connection words[] = {
	    TARGET_WIFI, TARGET_WIFI, TARGET_CELLULAR, TARGET_ANY};
	const int no = s->strictly_connection_type.no;

	return no < 0 ? (int)TARGET_ANY : (int)words[no];
}

enum err
affisetarget_put(struct change *c, const struct affisetarget *s, struct offer *o)
{
	struct offertarget *t = &o->target;
	enum err rc = ERR_OK;

	if (!says_anything(s))
		return ERR_OK;
	if (s->has_strictly_country != ARG_ABSENT)
		t->strictly_country = s->strictly_country;
	if (s->has_strictly_connection_type != ARG_ABSENT)
		t->connection = connection_of(s);
	if (s->has_sub_account_1 != ARG_ABSENT)
		t->sub1 = s->sub_account_1;
	if (s->has_sub_account_2 != ARG_ABSENT)
		t->sub2 = s->sub_account_2;
	if (s->has_sub_account_1_except != ARG_ABSENT)
		t->sub1_except = s->sub_account_1_except;
	if (s->has_sub_account_2_except != ARG_ABSENT)
		t->sub2_except = s->sub_account_2_except;
	if (s->has_search_empty_sub != ARG_ABSENT)
		t->empty_sub =
		    s->has_search_empty_sub == ARG_SENT ? s->search_empty_sub : 0;
	if (s->has_strictly_isp != ARG_ABSENT) {
		t->isps = STR("");
		for (size_t i = 0; i < s->strictly_isp.n; i++)
			t->isps = arena_printf(c->arena, "%.*s,%.*s", STR_ARG(t->isps),
			    STR_ARG(s->strictly_isp.v[i]));
	}
	if (s->has_strictly_os != ARG_ABSENT)
		rc = read_os(c, s->strictly_os, &t->os);
	if (rc == ERR_OK && s->has_sub_restrictions != ARG_ABSENT)
		rc = read_pairs(c, s->sub_restrictions, &t->sub_pairs);
	return rc != ERR_OK ? rc : offertarget_put(c, t);
}

/* ---- shown ---- */

static void
show_os(struct jsonw *w, struct arena *a, struct str text)
{
	struct str one;

	jsonw_key(w, "strictly_os");
	jsonw_arr(w);
	while (text.n > 0 && (one = str_split(&text, ';')).p != NULL) {
		const struct str os = str_split(&one, ':');
		struct str v;

		jsonw_obj(w);
		affisekit_str(w, "os", os);
		jsonw_key(w, "versions");
		jsonw_arr(w);
		if (one.n == 0)
			jsonw_str(w, os);
		while (one.n > 0 && (v = str_split(&one, ',')).p != NULL)
			jsonw_str(
			    w, arena_printf(a, "%.*s %.*s", STR_ARG(os), STR_ARG(v)));
		jsonw_end(w);
		jsonw_end(w);
	}
	jsonw_end(w);
}

void
affisetarget_show(struct jsonw *w, struct arena *a, const struct offertarget *t)
{
	struct str rest = t->isps, one;

	affisekit_int(w, "strictly_country", t->strictly_country);
	show_os(w, a, t->os);
	affisekit_empty_list(w, "strictly_brands");
	affisekit_str(w, "strictly_connection_type",
	    str_of(offertarget_connection_words[t->connection < 0 ? 0 : t->connection]));
	jsonw_key(w, "strictly_isp");
	jsonw_arr(w);
	while (rest.n > 0 && (one = str_split(&rest, ',')).p != NULL)
		jsonw_str(w, one);
	jsonw_end(w);
}

static void
show_account(struct jsonw *w, const char *key, struct str value, bool except)
{
	jsonw_key(w, key);
	jsonw_obj(w);
	affisekit_str(w, "value", value);
	affisekit_bool(w, "except", except);
	jsonw_end(w);
}

void
affisetarget_show_subs(struct jsonw *w, const struct offertarget *t)
{
	struct str rest = t->sub_pairs, line;

	jsonw_key(w, "sub_restrictions");
	jsonw_arr(w);
	while (rest.n > 0 && (line = str_split(&rest, '\n')).p != NULL) {
		const struct str first = str_split(&line, '\t');

		jsonw_obj(w);
		affisekit_str(w, "sub1", first);
		affisekit_str(w, "sub2", line);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_key(w, "sub_accounts");
	jsonw_obj(w);
	show_account(w, "1", t->sub1, t->sub1_except);
	show_account(w, "2", t->sub2, t->sub2_except);
	jsonw_end(w);
}
