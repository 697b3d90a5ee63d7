/* SPDX-License-Identifier: Apache-2.0
 * args_test.c - the endpoint table: router, argument reader, and what the rows must keep.
 */
#include <json.h>
#include <stdlib.h>

#include "worker/args.h"
#include "worker/params.h"
#include "worker/target.h"
#include "worker/tree.h"

#include "tap.h"

/* Two endpoints of the test's own, so that no change of the real ones touches the cases.
 */
struct args_t {
	int64_t n;
	uint8_t has_n;
	bool flag;
	uint8_t has_flag;
	struct str s;
	uint8_t has_s;
	struct arg_word word;
	uint8_t has_word;
	money_t money;
	uint8_t has_money;
	pct_t pct;
	uint8_t has_pct;
	struct arg_day day;
	uint8_t has_day;
	struct arg_ref ref;
	uint8_t has_ref;
	struct arg_ids ids;
	uint8_t has_ids;
	struct arg_refs refs;
	uint8_t has_refs;
	struct arg_strs strs;
	uint8_t has_strs;
	struct arg_strs csv;
	uint8_t has_csv;
	struct arg_words words;
	uint8_t has_words;
	struct json_object *tree;
	uint8_t has_tree;
	struct str id;
	uint8_t has_id;
};

#define ROW(name_, wire_, type_, in_, need_, def_, words_, min_, max_)                \
	{                                                                             \
		.wire = (wire_), .in = (in_), .type = ARG_T_##type_, .need = (need_), \
		.def = (def_), .words = (words_), .min = (min_), .max = (max_),       \
		.off = offsetof(struct args_t, name_),                                \
		.off_has = offsetof(struct args_t, has_##name_), .doc = ""            \
	}

static const struct arg_spec rows[] = {
    ROW(id, "id", str, IN_PATH, NEED_REQUIRED, NULL, NULL, 1, 5),
    ROW(n, "n|filter[n]", int, IN_QUERY, NEED_OPTIONAL, "7", NULL, 1, 100),
    ROW(flag, "flag", flag, IN_QUERY, NEED_OPTIONAL, "1", NULL, 0, 1),
    ROW(s, "s", str, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 2, 4),
    ROW(word, "word", word, IN_QUERY, NEED_OPTIONAL, NULL, "cpa|cps", 0, 0),
    ROW(money, "money", money, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 0, 1000000000),
    ROW(pct, "pct", pct, IN_QUERY, NEED_OPTIONAL, "2.5", NULL, 0, 1000000),
    ROW(day, "day", day, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 0, 0),
    ROW(ref, "ref", ref, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 1, INT64_MAX),
    ROW(ids, "ids", ids, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 1, 9),
    ROW(refs, "refs", refs, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 1, INT64_MAX),
    ROW(strs, "strs", strs, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 1, 5),
    ROW(csv, "csv", csv, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 1, 5),
    ROW(words, "filter[w]", words, IN_QUERY, NEED_OPTIONAL, "a,c", "a|b|c", 0, 0),
    ROW(tree, "tree", tree, IN_QUERY, NEED_OPTIONAL, NULL, NULL, 0, 0),
    {.wire = NULL},
};
static const struct arg_spec strict[] = {
    ROW(s, "s", str, IN_FORM, NEED_REQUIRED, NULL, NULL, 1, 10),
    ROW(strs, "strs", strs, IN_FORM, NEED_REQUIRED, NULL, NULL, 1, 5),
    {.wire = NULL},
};
static const struct alias_spec none[] = {{M_GET, NULL}};
static const struct alias_spec ping[] = {{M_POST, "/api/short"}, {M_GET, NULL}};
static const struct endpoint eps[] = {
    {.name = "one",
	.path = "/3.0/offer/{id}",
	.method = M_GET,
	.dialect = DIALECT_AFFISE,
	.aliases = none,
	.args = rows},
    {.name = "lit",
	.path = "/3.0/offer/categories",
	.method = M_GET,
	.dialect = DIALECT_AFFISE,
	.aliases = none,
	.args = strict},
    {.name = "two",
	.path = "/api/a/edit",
	.method = M_PATCH,
	.dialect = DIALECT_NATS,
	.aliases = ping,
	.args = strict},
    {.name = "add",
	.path = "/3.0/offer/{id}",
	.method = M_POST,
	.dialect = DIALECT_AFFISE,
	.aliases = none,
	.args = strict},
};

static void
test_router(void)
{
	static const struct {
		enum method m;
		const char *path, *name;
		unsigned allow;
	} cases[] = {
	    {M_GET, "/3.0/offer/5", "one", 1 << M_GET | 1 << M_HEAD | 1 << M_POST},
	    {M_HEAD, "/3.0/offer/5", "one", 1 << M_GET | 1 << M_HEAD | 1 << M_POST},
	    {M_POST, "/3.0/offer/5", "add", 1 << M_GET | 1 << M_HEAD | 1 << M_POST},
	    {M_DELETE, "/3.0/offer/5", NULL, 1 << M_GET | 1 << M_HEAD | 1 << M_POST},
	    {M_OTHER, "/3.0/offer/5", NULL, 1 << M_GET | 1 << M_HEAD | 1 << M_POST},
	    {M_GET, "/3.0/offer/categories", "lit",
		1 << M_GET | 1 << M_HEAD | 1 << M_POST},
	    {M_GET, "/3.0//offer/categories/", "lit",
		1 << M_GET | 1 << M_HEAD | 1 << M_POST},
	    {M_GET, "/3.0/offer/c%61tegories", "lit",
		1 << M_GET | 1 << M_HEAD | 1 << M_POST},
	    {M_GET, "/3.0/offer", NULL, 0},
	    {M_GET, "/3.0/offer/5/6", NULL, 0},
	    {M_GET, "/", NULL, 0},
	    {M_GET, "", NULL, 0},
	    {M_GET, "/1/2/3/4/5/6/7/8/9/10", NULL, 0},
	    {M_PATCH, "/api/a/edit", "two", 1 << M_PATCH | 1 << M_PUT},
	    {M_PUT, "/api/v12/a/edit", "two", 1 << M_PATCH | 1 << M_PUT},
	    {M_PUT, "/api/vx/a/edit", NULL, 0},
	    {M_GET, "/api/a/edit", NULL, 1 << M_PATCH | 1 << M_PUT},
	    {M_POST, "/api/short", "two", 1 << M_POST},
	    {M_POST, "/api/v1/short", "two", 1 << M_POST},
	};
	char why[256] = "", text[80];
	struct router *r = router_new(eps, ARRAY_LEN(eps), why);
	struct route rt;
	struct endpoint twice[2] = {eps[0], eps[0]};

	ok(r != NULL, "a router of four rows");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		router_find(r, cases[i].m, str_of(cases[i].path), &rt);
		ok((rt.ep == NULL) == (cases[i].name == NULL) &&
			(rt.ep == NULL || strcmp(rt.ep->name, cases[i].name) == 0) &&
			rt.allow == cases[i].allow,
		    "%s %s", endpoint_method_name(cases[i].m), cases[i].path);
	}
	(void)router_allow_text(
	    1 << M_GET | 1 << M_HEAD | 1 << M_POST, text, sizeof(text));
	is_str(text, "GET, POST, HEAD", "an Allow header");
	router_free(&r);
	twice[1].path = "/3.0/offer/{other}";
	r = router_new(twice, 2, why);
	ok(r == NULL && strstr(why, "one and one") != NULL, "two rows of one place: %s",
	    why);
}

static enum err
parse(const char *id, const char *query, struct args_t *out, struct arena *a,
    struct json_object **tree, struct fault *f)
{
	struct params_in in = {str_of(query), STR_NONE, STR_NONE};
	struct route rt = {.ep = &eps[0], .n = 1, .name = {STR("id")}};
	enum err rc = params_read(&in, tree, f);

	memset(out, 0, sizeof(*out));
	memset(f, 0, sizeof(*f));
	rt.value[0] = str_of(id);
	return rc != ERR_OK ? rc : args_parse(&rt, *tree, a, out, f);
}

static void
test_values(void)
{
	struct arena *a = arena_new();
	struct json_object *tree = NULL;
	struct args_t v;
	struct fault f;

	ok(parse("a%20b",
	       "n=100&flag=off&s=h%C3%A9&word=cps&money=9.95&pct=15&day=2024-02-29"
	       "&ref=0123456789ABCDEF01234567&ids=1,%202%20,3,&refs[]=5&refs[]="
	       "ffffffffffffffffffffffff"
	       "&strs[]=a,b&strs[]=c&csv=US,%20DE&filter[w]=b&tree[0][x]=1",
	       &v, a, &tree, &f) == ERR_OK,
	    "everything at once %s %s", f.param, f.text);
	ok(str_eq(v.id, STR("a b")), "path");
	ok(v.n == 100 && v.has_n == ARG_SENT, "int");
	ok(!v.flag && v.has_flag == ARG_SENT, "flag");
	ok(str_eq(v.s, STR("h\xc3\xa9")), "two characters in three bytes");
	ok(v.word.no == 1 && str_eq(v.word.text, STR("cps")), "word");
	ok(v.money == 9950000 && v.pct == 150000, "money and percent");
	ok(v.day.year == 2024 && v.day.month == 2 && v.day.day == 29, "day");
	ok(v.ref.id == 0 && str_eq(v.ref.hex24, STR("0123456789abcdef01234567")), "ref");
	ok(v.ids.n == 3 && v.ids.v[0] == 1 && v.ids.v[1] == 2 && v.ids.v[2] == 3, "ids");
	ok(v.refs.n == 2 && v.refs.v[0].id == 5 && v.refs.v[1].hex24.n == 24, "refs");
	ok(v.strs.n == 2 && str_eq(v.strs.v[0], STR("a,b")), "strs are not cut");
	ok(v.csv.n == 2 && str_eq(v.csv.v[1], STR("DE")), "csv is");
	ok(v.words.n == 1 && v.words.v[0].no == 1, "words");
	ok(str_eq(tree_get_str(tree_at(v.tree, 0), "x"), STR("1")), "tree");
	json_object_put(tree);

	ok(parse("x", "filter[n]=5&n2=9", &v, a, &tree, &f) == ERR_OK && v.n == 5,
	    "a synonym");
	json_object_put(tree);
	ok(parse("x", "s=aa&s=bb", &v, a, &tree, &f) == ERR_OK && str_eq(v.s, STR("bb")),
	    "a scalar that comes twice: the last");
	json_object_put(tree);
	ok(parse("x", "", &v, a, &tree, &f) == ERR_OK, "nothing but the path");
	ok(v.n == 7 && v.has_n == ARG_ABSENT && v.flag && v.pct == 25000 &&
		v.words.n == 2 && v.words.v[1].no == 2,
	    "defaults");
	ok(v.word.no == -1 && v.s.p == NULL && v.ids.n == 0 && v.tree == NULL,
	    "and none");
	json_object_put(tree);
	ok(parse("x", "n=&flag=&s=&word=&money=&ids=&strs[]=&tree=&day=", &v, a, &tree,
	       &f) == ERR_OK,
	    "sent and empty");
	ok(v.has_n == ARG_EMPTY && v.n == 7 && v.has_flag == ARG_SENT && !v.flag &&
		v.has_s == ARG_EMPTY && v.s.p != NULL && v.word.no == -1 &&
		v.has_money == ARG_EMPTY && v.has_ids == ARG_EMPTY &&
		v.has_strs == ARG_EMPTY && v.has_tree == ARG_EMPTY &&
		v.has_day == ARG_EMPTY,
	    "clears");
	json_object_put(tree);
	arena_free(&a);
}

static void
test_faults(void)
{
	static const struct {
		const char *id, *query;
		enum err err;
		const char *param;
	} cases[] = {
	    {"x", "n=0", ERR_INVALID, "n"},
	    {"x", "n=101", ERR_INVALID, "n"},
	    {"x", "n=1x", ERR_INVALID, "n"},
	    {"x", "n=1.0", ERR_INVALID, "n"},
	    {"x", "n=99999999999999999999", ERR_INVALID, "n"},
	    {"x", "n[]=1", ERR_INVALID, "n"},
	    {"x", "filter[n]=x", ERR_INVALID, "n"},
	    {"x", "flag=2", ERR_INVALID, "flag"},
	    {"x", "s=a", ERR_INVALID, "s"},
	    {"x", "s=abcde", ERR_INVALID, "s"},
	    {"x", "s[k]=abc", ERR_INVALID, "s"},
	    {"x", "word=CPA", ERR_INVALID, "word"},
	    {"x", "money=9,95", ERR_INVALID, "money"},
	    {"x", "money=-1", ERR_INVALID, "money"},
	    {"x", "money=1000.01", ERR_INVALID, "money"},
	    {"x", "pct=101", ERR_INVALID, "pct"},
	    {"x", "day=2023-02-29", ERR_INVALID, "day"},
	    {"x", "day=01.02.2023", ERR_INVALID, "day"},
	    {"x", "ref=0", ERR_INVALID, "ref"},
	    {"x", "ref=xyz", ERR_INVALID, "ref"},
	    {"x", "ids=1,b", ERR_INVALID, "ids"},
	    {"x", "ids[]=10", ERR_INVALID, "ids"},
	    {"x", "ids[a][b]=1", ERR_INVALID, "ids"},
	    {"x", "filter[w][]=d", ERR_INVALID, "filter[w]"},
	    {"abcdef", "", ERR_INVALID, "id"},
	    {"%ff", "", ERR_INVALID, "id"},
	    {"%00", "", ERR_INVALID, "id"},
	};
	struct arena *a = arena_new();
	struct json_object *tree = NULL;
	struct route rt = {.ep = &eps[3]};
	struct args_t v;
	struct fault f;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		enum err rc = parse(cases[i].id, cases[i].query, &v, a, &tree, &f);

		ok(rc == cases[i].err && strcmp(f.param, cases[i].param) == 0,
		    "%s %s: %s", cases[i].id, cases[i].query, f.text);
		json_object_put(tree);
		tree = NULL;
	}
	memset(&v, 0, sizeof(v));
	tree = json_tokener_parse("{\"strs\":[]}");
	ok(args_parse(&rt, tree, a, &v, &f) == ERR_MISSING && strcmp(f.param, "s") == 0,
	    "a required text is missing");
	json_object_put(tree);
	tree = json_tokener_parse("{\"s\":\"\",\"strs\":[1]}");
	ok(args_parse(&rt, tree, a, &v, &f) == ERR_MISSING && strcmp(f.param, "s") == 0,
	    "an empty one is missing too");
	json_object_put(tree);
	tree = json_tokener_parse("{\"s\":5,\"strs\":[]}");
	ok(args_parse(&rt, tree, a, &v, &f) == ERR_MISSING &&
		strcmp(f.param, "strs") == 0,
	    "and an empty list");
	json_object_put(tree);
	tree = json_tokener_parse("{\"s\":5,\"strs\":[1,\"b\"]}");
	ok(args_parse(&rt, tree, a, &v, &f) == ERR_OK && str_eq(v.s, STR("5")) &&
		v.strs.n == 2,
	    "numbers of a JSON body are texts");
	json_object_put(tree);
	arena_free(&a);
}

/* What is wrong with a word is told with all that it may be. */
static void
check_words(const struct endpoint *ep, const struct arg_spec *s)
{
	struct arg_spec one[2] = {*s, {.wire = NULL}};
	struct endpoint only = eps[0];
	struct route rt = {.ep = &only};
	struct arena *a = arena_new();
	struct params_in in = {STR_NONE, STR_NONE, STR_NONE};
	struct json_object *tree = NULL;
	struct fault f = {.err = ERR_OK};
	const size_t n = strlen(s->words);

	one[0].in = IN_QUERY;
	only.args = one;
	in.query = arena_printf(a, STR_FMT "=nosuch", STR_ARG(args_wire(s)));
	ok(params_read(&in, &tree, &f) == ERR_OK &&
		args_parse(&rt, tree, a, arena_alloc(a, ep->args_size), &f) ==
		    ERR_INVALID &&
		strlen(f.text) >= n && strcmp(f.text + strlen(f.text) - n, s->words) == 0,
	    "%s: %s: %s", ep->name, s->wire, f.text);
	json_object_put(tree);
	arena_free(&a);
}

/* The real rows: each {name} has its PATH row and the other way round, defaults and words
 * can be read. */
static void
check_row(const struct endpoint *ep)
{
	struct arena *a = arena_new();
	struct json_object *tree = json_object_new_object();
	unsigned names = 0, rows_in_path = 0;
	char name[80];

	for (const char *p = ep->path; *p != '\0'; p++)
		names += *p == '{';
	for (const struct arg_spec *s = ep->args; s->wire != NULL; s++) {
		struct str all = str_of(s->wire);

		ok((s->type == ARG_T_word || s->type == ARG_T_words) ==
			(s->words != NULL),
		    "%s: %s has words exactly if its type wants them", ep->name, s->wire);
		if (s->words != NULL)
			check_words(ep, s);
		ok(s->doc != NULL && s->doc[0] != '\0', "%s: %s has a text", ep->name,
		    s->wire);
		while (all.p != NULL)
			ok(str_split(&all, '|').n > 0, "%s: %s has no empty name",
			    ep->name, s->wire);
		if (s->in == IN_PATH) {
			(void)snprintf(name, sizeof(name), "{%s}", s->wire);
			ok(strstr(ep->path, name) != NULL && s->need == NEED_REQUIRED,
			    "%s: %s stands in the path", ep->name, name);
			rows_in_path++;
		}
		if (s->def != NULL) {
			struct arg_spec one[2] = {*s, {.wire = NULL}};
			struct endpoint only = *ep;
			struct route rt = {.ep = &only};
			void *out = obj_alloc(ep->args_size);

			only.args = one;
			ok(args_parse(&rt, tree, a, out, NULL) == ERR_OK,
			    "%s: the default of %s can be read", ep->name, s->wire);
			free(out);
		}
	}
	ok(names == rows_in_path, "%s: each name in the path has a row", ep->name);
	ok(strncmp(ep->path, ep->dialect == DIALECT_NATS ? "/api/" : "/3.0/", 5) == 0,
	    "%s: %s", ep->name, ep->path);
	ok(ep->replies[0].status == 200, "%s: says what a success is", ep->name);
	json_object_put(tree);
	arena_free(&a);
}

int
main(void)
{
	char why[256] = "";
	struct router *r;

	test_router();
	test_values();
	test_faults();
	for (unsigned i = 0; i < EP_MAX; i++)
		check_row(&endpoints[i]);
	r = router_new(endpoints, EP_MAX, why);
	ok(r != NULL, "the real table routes %s", why);
	router_free(&r);
	return tap_done();
}
