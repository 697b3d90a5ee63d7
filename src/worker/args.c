/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/args.h"

#include <inttypes.h>
#include <json.h>
#include <stdio.h>

#include "base/datetext.h"
#include "worker/params.h"
#include "worker/target.h"
#include "worker/tree.h"

/* One argument being read. */
struct taking {
	const struct arg_spec *spec;
	struct arena *arena;
	struct fault *f;
	void *dst;
};

struct str
args_wire(const struct arg_spec *s)
{
	struct str all = str_of(s->wire);

	return str_split(&all, '|');
}

static enum err
wrong(const struct taking *t, enum err e, const char *text)
{
	char name[64];
	struct str w = args_wire(t->spec);

	(void)snprintf(name, sizeof(name), STR_FMT, STR_ARG(w));
	return fault_set(t->f, e, name, "%s", text);
}

static enum err
out_of_range(const struct taking *t, const char *what)
{
	char text[160];

	if (t->spec->max == INT64_MAX)
		(void)snprintf(text, sizeof(text), "must be %s of at least %" PRId64,
		    what, t->spec->min);
	else
		(void)snprintf(text, sizeof(text),
		    "must be %s from %" PRId64 " to %" PRId64, what, t->spec->min,
		    t->spec->max);
	return wrong(t, ERR_INVALID, text);
}

static bool
in_range(const struct arg_spec *s, int64_t v)
{
	return v >= s->min && v <= s->max;
}

static enum err
take_int(const struct taking *t, struct str s, int64_t *out)
{
	int64_t v;

	if (!str_to_i64(s, &v) || !in_range(t->spec, v))
		return out_of_range(t, "a whole number");
	*out = v;
	return ERR_OK;
}

bool
args_flag(struct str s, bool *out)
{
	static const struct {
		struct str word;
		bool value;
	} words[] = {
	    {{"1", 1}, true},
	    {{"true", 4}, true},
	    {{"yes", 3}, true},
	    {{"on", 2}, true},
	    {{"0", 1}, false},
	    {{"false", 5}, false},
	    {{"no", 2}, false},
	    {{"off", 3}, false},
	    {{"", 0}, false},
	};

	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ieq(s, words[i].word)) {
			*out = words[i].value;
			return true;
		}
	}
	return false;
}

static int64_t
characters(struct str s)
{
	int64_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xc0) != 0x80;
	return n;
}

static enum err
take_str(const struct taking *t, struct str s, struct str *out)
{
	int64_t n = characters(s);

	if (n > t->spec->max || n < t->spec->min)
		return out_of_range(t, "a text with a length in characters");
	*out = s;
	return ERR_OK;
}

static enum err
take_word(const struct taking *t, struct str s, struct arg_word *out)
{
	struct str all = str_of(t->spec->words), w;
	char text[FAULT_TEXT];

	for (int no = 0; all.p != NULL; no++) {
		w = str_split(&all, '|');
		if (str_eq(w, s)) {
			*out = (struct arg_word){no, w};
			return ERR_OK;
		}
	}
	(void)snprintf(text, sizeof(text), "must be one of %s", t->spec->words);
	return wrong(t, ERR_INVALID, text);
}

static enum err
take_amount(const struct taking *t, struct str s, bool pct, int64_t *out)
{
	int64_t v;

	if (!(pct ? pct_parse(s, &v) : money_parse(s, &v)))
		return wrong(t, ERR_INVALID, "must be a decimal number with a point");
	if (!in_range(t->spec, v)) {
		char least[MONEY_TEXT], most[MONEY_TEXT], text[160];

		if (pct) {
			(void)pct_format(least, t->spec->min, 0);
			(void)pct_format(most, t->spec->max, 0);
		} else {
			(void)money_format(least, t->spec->min, 0);
			(void)money_format(most, t->spec->max, 0);
		}
		(void)snprintf(
		    text, sizeof(text), "must be a number from %s to %s", least, most);
		return wrong(t, ERR_INVALID, text);
	}
	*out = v;
	return ERR_OK;
}

static enum err
take_day(const struct taking *t, struct str s, struct arg_day *out)
{
	char iso[10];

	/* Later versions of one dialect write DD-MM-YYYY. */
	if (s.n == sizeof(iso) && s.p[2] == '-' && s.p[5] == '-') {
		memcpy(iso, s.p + 6, 4);
		memcpy(iso + 4, s.p + 2, 4);
		memcpy(iso + 8, s.p, 2);
		s = str_n(iso, sizeof(iso));
	}
	if (!datetext_iso(s, &out->year, &out->month, &out->day))
		return wrong(t, ERR_INVALID, "must be a day, YYYY-MM-DD");
	return ERR_OK;
}

static enum err
take_ref(const struct taking *t, struct str s, struct arg_ref *out)
{
	char *hex;
	uint64_t v;

	if (s.n == 24 && str_hex_to_u64(str_n(s.p, 12), &v) &&
	    str_hex_to_u64(str_n(s.p + 12, 12), &v)) {
		hex = arena_alloc(t->arena, 25);
		for (size_t i = 0; i < 24; i++)
			hex[i] =
			    (char)(s.p[i] >= 'A' && s.p[i] <= 'F' ? s.p[i] + 32 : s.p[i]);
		*out = (struct arg_ref){0, str_n(hex, 24)};
		return ERR_OK;
	}
	out->hex24 = STR_NONE;
	if (str_to_i64(s, &out->id) && in_range(t->spec, out->id) && out->id > 0)
		return ERR_OK;
	return wrong(t, ERR_INVALID, "must be a number or 24 hex digits");
}

/* ---- lists ---- */

static size_t
element_size(enum arg_type type)
{
	switch (type) {
	case ARG_T_ids:
		return sizeof(int64_t);
	case ARG_T_refs:
		return sizeof(struct arg_ref);
	case ARG_T_words:
		return sizeof(struct arg_word);
	default:
		return sizeof(struct str);
	}
}

static enum err
take_element(const struct taking *t, struct str s, void *to)
{
	switch (t->spec->type) {
	case ARG_T_ids:
		return take_int(t, s, to);
	case ARG_T_refs:
		return take_ref(t, s, to);
	case ARG_T_words:
		return take_word(t, s, to);
	default:
		return take_str(t, s, to);
	}
}

/* Lists are built in place: all of these begin {size_t n; const ... *v}. */
struct any_list {
	size_t n;
	char *v;
};

static enum err
too_many(const struct taking *t)
{
	char text[40];

	(void)snprintf(text, sizeof(text), "has more than %d values", PARAMS_MAX);
	return wrong(t, ERR_INVALID, text);
}

static enum err
take_elements(const struct taking *t, struct any_list *list, struct str s)
{
	bool cut = t->spec->type != ARG_T_strs;
	size_t size = element_size(t->spec->type);
	enum err rc;

	while (s.p != NULL) {
		struct str one = cut ? str_trim(str_split(&s, ',')) : s;

		if (!cut)
			s = STR_NONE;
		if (one.n == 0)
			continue;
		if (list->n == PARAMS_MAX)
			return too_many(t);
		rc = take_element(t, one, list->v + list->n * size);
		if (rc != ERR_OK)
			return rc;
		list->n++;
	}
	return ERR_OK;
}

/* How many elements the texts can give at most. */
static size_t
most_elements(struct json_object *node)
{
	size_t n = 0;

	for (size_t i = 0; i < tree_len(node); i++) {
		struct str s = tree_str(tree_at(node, i));

		for (size_t j = 0; j < s.n; j++)
			n += s.p[j] == ',';
		n++;
	}
	return n < PARAMS_MAX ? n : PARAMS_MAX;
}

static enum err
take_list(const struct taking *t, struct json_object *node)
{
	struct any_list *list = t->dst;
	enum err rc = ERR_OK;

	list->v = arena_alloc(
	    t->arena, (most_elements(node) + 1) * element_size(t->spec->type));
	for (size_t i = 0; i < tree_len(node) && rc == ERR_OK; i++) {
		struct json_object *one = tree_at(node, i);

		if (tree_is_node(one))
			return wrong(t, ERR_INVALID, "must be a list of plain values");
		rc = take_elements(t, list, tree_str(one));
	}
	return rc;
}

static bool
is_list(enum arg_type type)
{
	return type == ARG_T_ids || type == ARG_T_refs || type == ARG_T_strs ||
	       type == ARG_T_csv || type == ARG_T_words;
}

/* ---- files ---- */

static bool
take_upload(struct json_object *node, struct arg_file *out)
{
	struct params_file f;

	if (!params_file(node, &f))
		return false;
	*out = (struct arg_file){f.name, f.bytes, STR_NONE};
	return true;
}

static bool
is_empty_text(struct json_object *node)
{
	struct str s;

	return params_text(node, &s) && s.n == 0;
}

static enum err
take_files(const struct taking *t, struct json_object *node, uint8_t *has)
{
	struct arg_files *list = t->dst;
	struct arg_file *v, lone;
	const bool is_lone = take_upload(node, &lone) && !params_is_list(node);
	const size_t most = is_lone ? 1 : tree_len(node);

	v = arena_alloc(t->arena, (most + 1) * sizeof(*v));
	*list = (struct arg_files){0, v};
	for (size_t i = 0; i < most; i++) {
		struct json_object *one = is_lone ? node : tree_at(node, i);

		if (take_upload(one, &v[list->n]))
			list->n++;
		else if (!is_empty_text(one))
			return wrong(t, ERR_INVALID,
			    "must be files, uploaded as parts of multipart/form-data");
	}
	*has = list->n > 0 ? ARG_SENT : ARG_EMPTY;
	return ERR_OK;
}

/* ---- one argument ---- */

static enum err
take_scalar(const struct taking *t, struct str s)
{
	switch (t->spec->type) {
	case ARG_T_int:
	case ARG_T_id:
		return take_int(t, str_trim(s), t->dst);
	case ARG_T_flag:
		if (!args_flag(str_trim(s), t->dst))
			return wrong(t, ERR_INVALID, "must be 1 or 0");
		return ERR_OK;
	case ARG_T_str:
	case ARG_T_when:
		return take_str(t, s, t->dst);
	case ARG_T_file:
		return take_str(t, s, &((struct arg_file *)t->dst)->text);
	case ARG_T_word:
		return take_word(t, str_trim(s), t->dst);
	case ARG_T_money:
		return take_amount(t, str_trim(s), false, t->dst);
	case ARG_T_pct:
		return take_amount(t, str_trim(s), true, t->dst);
	case ARG_T_day:
		return take_day(t, str_trim(s), t->dst);
	case ARG_T_ref:
		return take_ref(t, str_trim(s), t->dst);
	default:
		assert(!"args: a list or a tree is no scalar");
		return ERR_INVALID;
	}
}

/* What a value is before anything was sent. */
static void
set_nothing(const struct taking *t)
{
	if (t->spec->type == ARG_T_word)
		((struct arg_word *)t->dst)->no = -1;
}

static enum err
set_default(const struct taking *t)
{
	struct any_list *list = t->dst;
	struct str def = str_of(t->spec->def);

	set_nothing(t);
	if (t->spec->def == NULL || t->spec->type == ARG_T_tree)
		return ERR_OK;
	if (!is_list(t->spec->type))
		return take_scalar(t, def);
	list->v = arena_alloc(t->arena, (def.n + 1) * element_size(t->spec->type));
	return take_elements(t, list, def);
}

static bool
list_is_empty(struct json_object *node)
{
	for (size_t i = 0; i < tree_len(node); i++) {
		if (tree_is_node(tree_at(node, i)) || tree_str(tree_at(node, i)).n > 0)
			return false;
	}
	return true;
}

/* Sent and empty: whether that is a value or a clearing. */
static enum err
take_empty(const struct taking *t, uint8_t *has)
{
	bool plain = t->spec->type == ARG_T_flag ||
		     (t->spec->type == ARG_T_str && t->spec->min == 0);

	*has = t->spec->type == ARG_T_flag ? ARG_SENT : ARG_EMPTY;
	set_nothing(t);
	if (t->spec->need == NEED_REQUIRED && !plain)
		return wrong(t, ERR_MISSING, "is required");
	if (t->spec->type == ARG_T_str || t->spec->type == ARG_T_when)
		*(struct str *)t->dst = STR("");
	else if (t->spec->type != ARG_T_flag && t->spec->def != NULL)
		return set_default(t); /* a page of nothing is page 1, not page 0 */
	return ERR_OK;
}

static enum err
take_node(const struct taking *t, struct json_object *node, uint8_t *has)
{
	struct str s;

	*has = ARG_SENT;
	if (t->spec->type == ARG_T_tree) {
		if (!tree_is_node(node) && tree_str(node).n == 0)
			return take_empty(t, has);
		*(struct json_object **)t->dst = node;
		return ERR_OK;
	}
	if (t->spec->type == ARG_T_files)
		return take_files(t, node, has);
	if (t->spec->type == ARG_T_file && take_upload(node, t->dst))
		return ERR_OK;
	if (is_list(t->spec->type))
		return list_is_empty(node) ? take_empty(t, has) : take_list(t, node);
	if (!params_text(node, &s))
		return wrong(t, ERR_INVALID, "must be a single value");
	return s.n == 0 ? take_empty(t, has) : take_scalar(t, s);
}

/* The first of its names that was sent. */
static bool
find(const struct arg_spec *spec, struct json_object *tree, struct json_object **out)
{
	struct str names = str_of(spec->wire);

	while (names.p != NULL) {
		if (params_find(tree, str_split(&names, '|'), out))
			return true;
	}
	return false;
}

static enum err
take_path(const struct taking *t, const struct route *rt)
{
	struct str name = args_wire(t->spec), raw = STR_NONE;
	char *text;
	size_t n;

	for (unsigned i = 0; i < rt->n; i++) {
		if (str_eq(rt->name[i], name))
			raw = rt->value[i];
	}
	assert(raw.p != NULL); /* a test holds PATH rows and {names} together */
	text = arena_alloc(t->arena, raw.n + 1);
	n = target_decode(text, raw, false);
	if (!str_is_utf8(str_n(text, n)))
		return wrong(t, ERR_INVALID, "is not UTF-8 text");
	return take_scalar(t, str_n(text, n));
}

enum err
args_parse(const struct route *rt, struct json_object *tree, struct arena *arena,
    void *out, struct fault *f)
{
	for (const struct arg_spec *s = rt->ep->args; s->wire != NULL; s++) {
		struct taking t = {.spec = s, .arena = arena, .f = f};
		struct json_object *node = NULL;
		uint8_t *has = (uint8_t *)out + s->off_has;
		enum err rc;

		t.dst = (char *)out + s->off;
		if (s->in == IN_PATH) {
			*has = ARG_SENT;
			rc = take_path(&t, rt);
		} else if (!find(s, tree, &node)) {
			if (s->need == NEED_REQUIRED)
				return wrong(&t, ERR_MISSING, "is required");
			rc = set_default(&t);
		} else {
			rc = take_node(&t, node, has);
		}
		if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}
