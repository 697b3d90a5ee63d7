/* SPDX-License-Identifier: Apache-2.0
 * params_test.c - carriers into one tree: brackets, precedence, bounds.
 */
#include <json.h>
#include <stdlib.h>

#include "worker/params.h"
#include "worker/target.h"
#include "worker/tree.h"

#include "tap.h"

#define FORM STR("application/x-www-form-urlencoded")
#define JSON STR("application/json; charset=utf-8")
#define PARTS STR("multipart/form-data; boundary=xYz")

static void
tree_is(struct params_in in, const char *want, const char *what)
{
	struct json_object *o = NULL;
	struct fault f = {0};
	enum err rc = params_read(&in, &o, &f);

	if (rc != ERR_OK) {
		ok(false, "%s", what);
		printf("#   %s: %s\n", f.param, f.text);
		return;
	}
	is_str(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN), want, what);
	json_object_put(o);
}

static void
fault_is(struct params_in in, enum err want, const char *param, const char *what)
{
	struct json_object *o = NULL;
	struct fault f = {0};
	enum err rc = params_read(&in, &o, &f);

	ok(rc == want && o == NULL && strcmp(f.param, param) == 0, "%s: %s", what,
	    f.text);
	if (rc != want || strcmp(f.param, param) != 0)
		printf("#   got error %d naming '%s'\n", rc, f.param);
	json_object_put(o);
}

static void
test_query(void)
{
	static const struct {
		const char *query, *want;
	} cases[] = {
	    {"a=1&b=2", "{\"a\":\"1\",\"b\":\"2\"}"},
	    {"a=x+y%20z%2B", "{\"a\":\"x y z+\"}"},
	    {"a", "{\"a\":\"\"}"},
	    {"a=", "{\"a\":\"\"}"},
	    {"a=b=c", "{\"a\":\"b=c\"}"},
	    {"&&a=1&", "{\"a\":\"1\"}"},
	    {"=1", "{}"},
	    {"a=%zz%4", "{\"a\":\"%zz%4\"}"},
	    {"a[]=1&a[]=2", "{\"a\":{\"0\":\"1\",\"1\":\"2\"}}"},
	    {"a%5B%5D=1&a%5b%5d=2", "{\"a\":{\"0\":\"1\",\"1\":\"2\"}}"},
	    {"a[3]=x&a[]=y", "{\"a\":{\"3\":\"x\",\"4\":\"y\"}}"},
	    {"a[k]=1&a[l][m]=2&a[l][]=3",
		"{\"a\":{\"k\":\"1\",\"l\":{\"m\":\"2\",\"0\":\"3\"}}}"},
	    {"p[0][goal]=1&p[0][c][]=US&p[0][c][]=DE",
		"{\"p\":{\"0\":{\"goal\":\"1\",\"c\":{\"0\":\"US\",\"1\":\"DE\"}}}}"},
	    {"s=day&s=offer", "{\"s\":{\"0\":\"day\",\"1\":\"offer\"}}"},
	    {"f[o]=1&f[o]=2&f[o]=3",
		"{\"f\":{\"o\":{\"0\":\"1\",\"1\":\"2\",\"2\":\"3\"}}}"},
	    {"a=1&a[b]=2", "{\"a\":{\"b\":\"2\"}}"},
	    {"a=1&a=2&a[b]=3", "{\"a\":{\"b\":\"3\"}}"},
	    {"a[b]=2&a=1", "{\"a\":\"1\"}"},
	    {"a[b=1", "{\"a[b\":\"1\"}"},
	    {"a]b[=1", "{\"a]b[\":\"1\"}"},
	    {"[x]=1", "{\"[x]\":\"1\"}"},
	    {"a[b]c=1", "{\"a[b]c\":\"1\"}"},
	    {"a[[b]]=1", "{\"a[[b]]\":\"1\"}"},
	    {"a[1][2][3][4][5][6][7][8]=x", "{\"a\":{\"1\":{\"2\":{\"3\":{\"4\":{\"5\":{"
					    "\"6\":{\"7\":{\"8\":\"x\"}}}}}}}}}"},
	    {"h\xc3\xa9=%C3%A9", "{\"h\xc3\xa9\":\"\xc3\xa9\"}"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		tree_is((struct params_in){.query = str_of(cases[i].query)},
		    cases[i].want, cases[i].query);
	tree_is((struct params_in){STR_NONE, STR_NONE, STR_NONE}, "{}", "nothing at all");
}

static void
test_body(void)
{
	tree_is((struct params_in){STR("a=q&c[x]=q"), FORM, STR("a=b&c[y]=b")},
	    "{\"a\":\"b\",\"c\":{\"y\":\"b\",\"x\":\"q\"}}",
	    "the body wins, name by name");
	tree_is((struct params_in){STR_NONE, STR_NONE, STR("a=1")}, "{\"a\":\"1\"}",
	    "no Content-Type is urlencoded");
	tree_is((struct params_in){STR("a=1"), STR("text/xml"), STR("")}, "{\"a\":\"1\"}",
	    "a stray Content-Type without a body");
	tree_is((struct params_in){STR("a=1"), JSON, STR("")}, "{\"a\":\"1\"}",
	    "an announced but empty JSON body");
	tree_is((struct params_in){STR("a=q"), JSON,
		    STR("{\"a\":9.90,\"b\":[1,\"x\"],\"c\":true,\"d\":null}")},
	    "{\"a\":9.90,\"b\":[1,\"x\"],\"c\":true,\"d\":null}",
	    "a JSON body keeps the digits of its numbers");
	fault_is((struct params_in){STR_NONE, STR("text/xml"), STR("<a/>")},
	    ERR_MALFORMED, "Content-Type", "an unknown kind of body");
}

static void
test_json_faults(void)
{
	static const char *const bad[] = {"{", "[1]", "5", "{\"a\":1}x", "{\"a\":}",
	    "{\"a\":01}", "{\"a\":\"\xff\"}", "{\"a\":\"\\ud800\"x}", "nul",
	    "{\"a\":1,}"};
	struct params_in deep = {STR_NONE, JSON, STR_NONE};
	char text[200];
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct params_in in = {STR_NONE, JSON, str_of(bad[i])};

		fault_is(in, ERR_MALFORMED, "", bad[i]);
	}
	fault_is(
	    (struct params_in){STR_NONE, JSON, STR("{\"a\":[99999999999999999999999]}")},
	    ERR_MALFORMED, "a", "a number that would be cut");
	for (int i = 0; i < 20; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "{\"a\":");
	n += (size_t)snprintf(text + n, sizeof(text) - n, "1");
	for (int i = 0; i < 20; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "}");
	deep.body = str_n(text, n);
	fault_is(deep, ERR_MALFORMED, "", "twenty levels of JSON");
	fault_is((struct params_in){STR_NONE, JSON, STR("{\"a\":{\"n\":\"x\\u0000y\"}}")},
	    ERR_INVALID, "n", "an escaped NUL");
}

static void
test_bounds(void)
{
	char *big = obj_alloc(400000);
	size_t n = 0;
	char name[400];

	for (int i = 0; i < 1000; i++)
		n += (size_t)sprintf(big + n, "p%d=1&", i);
	{
		struct params_in in = {str_n(big, n), STR_NONE, STR_NONE};
		struct json_object *o = NULL;

		ok(params_read(&in, &o, NULL) == ERR_OK && tree_len(o) == 1000,
		    "a thousand parameters are taken");
		json_object_put(o);
	}
	for (int i = 1000; i < 10000; i++)
		n += (size_t)sprintf(big + n, "p%d=1&", i);
	fault_is((struct params_in){str_n(big, n), STR_NONE, STR_NONE}, ERR_MALFORMED,
	    "p1000", "ten thousand are not");
	free(big);
	fault_is(
	    (struct params_in){STR("a[1][2][3][4][5][6][7][8][9]=x"), STR_NONE, STR_NONE},
	    ERR_MALFORMED, "a[1][2][3][4][5][6][7][8][9]", "nine levels");
	memset(name, 'n', sizeof(name));
	memcpy(name + 201, "=1", 3);
	fault_is((struct params_in){str_n(name, 203), STR_NONE, STR_NONE}, ERR_MALFORMED,
	    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn",
	    "a name of 201 bytes");
	fault_is((struct params_in){STR("x=1&title=a%00b"), STR_NONE, STR_NONE},
	    ERR_INVALID, "title", "a NUL");
	fault_is((struct params_in){STR("title=%ff"), STR_NONE, STR_NONE}, ERR_INVALID,
	    "title", "not UTF-8");
	fault_is((struct params_in){STR("title=%ED%A0%80"), STR_NONE, STR_NONE},
	    ERR_INVALID, "title", "a surrogate");
	fault_is((struct params_in){STR("%00x=1"), STR_NONE, STR_NONE}, ERR_MALFORMED,
	    "?x", "a NUL in a name");
}

static void
test_multipart(void)
{
	tree_is(
	    (struct params_in){STR("a=q"), PARTS,
		STR("--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
		    "--xYz\r\ncontent-disposition: form-data; name=b[]\r\n"
		    "Content-Length: 3\r\n\r\ntwo\r\n"
		    "--xYz\r\nContent-Disposition: form-data; "
		    "name=\"e\"\r\n\r\n\r\n--xYz--\r\n")},
	    "{\"a\":\"one\",\"b\":{\"0\":\"two\"},\"e\":\"\"}", "three parts");
	tree_is(
	    (struct params_in){STR_NONE, PARTS,
		STR("preamble\r\n--xYz \r\nContent-Disposition: form-data; name=\"f\"; "
		    "filename=\"x;y.png\"\r\nContent-Type: "
		    "image/png\r\n\r\nNP\r\n--xYz--")},
	    "{\"f\":{\"filename\":\"x;y.png\",\"type\":\"image\\/"
	    "png\",\"size\":2,\"bytes\":\"NP\"}}",
	    "a file, behind a preamble");
	tree_is((struct params_in){STR_NONE,
		    STR("multipart/form-data; charset=utf-8; boundary=\"xYz\""),
		    STR("--xYz--")},
	    "{}", "no part at all");
}

/* A part that is a file of that name. */
#define A_FILE(name_, file_, bytes_)                                                     \
	"--xYz\r\nContent-Disposition: form-data; name=\"" name_ "\"; filename=\"" file_ \
	"\"\r\nContent-Type: image/png\r\n\r\n" bytes_ "\r\n"

static void
test_files(void)
{
	static const char body[] = A_FILE("one", "x.png", "\x89P\0G") A_FILE(
	    "none", "", "") A_FILE("empty", "e", "") A_FILE("two", "a", "A") A_FILE("two",
	    "b", "B") A_FILE("list[]", "c",
	    "C") "--xYz\r\nContent-Disposition: form-data; name=\"fake[bytes]\"\r\n\r\n"
		 "x\r\n--xYz--";
	struct json_object *tree, *node;
	struct params_file f;
	struct fault fault;

	if (!ok(params_read(&(struct params_in){STR("one[type]=text/html"), PARTS,
				str_n(body, sizeof(body) - 1)},
		    &tree, &fault) == ERR_OK,
		"files are read"))
		return;
	ok(params_find(tree, STR("one"), &node) && params_file(node, &f) &&
		str_eq(f.bytes, str_n("\x89P\0G", 4)) && str_eq(f.name, STR("x.png")) &&
		str_eq(f.type, STR("image/png")),
	    "whole, and the query does not change one");
	ok(!params_find(tree, STR("none"), &node), "a field left empty is not sent");
	ok(params_find(tree, STR("empty"), &node) && params_file(node, &f) &&
		f.bytes.n == 0,
	    "a file of nothing is a file");
	ok(params_find(tree, STR("two"), &node) && params_is_list(node) &&
		params_file(node, &f) && str_eq(f.bytes, STR("B")),
	    "a name that comes twice: a list, and the last");
	ok(params_find(tree, STR("list"), &node) && !params_file(node, &f) &&
		params_find(tree, STR("list[0]"), &node) && params_file(node, &f),
	    "a list has files");
	ok(params_find(tree, STR("fake"), &node) && !params_file(node, &f),
	    "what only looks like one is none");
	json_object_put(tree);
}

static void
test_multipart_faults(void)
{
	static const struct {
		const char *body, *what;
	} bad[] = {
	    {"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n",
		"no closing"},
	    {"--xYz\r\nContent-Disposition: form-data; name=\"a\"\r\none",
		"no end of the head"},
	    {"--xYz\r\nContent-Disposition: form-data\r\n\r\none\r\n--xYz--", "no name"},
	    {"--xYz\r\nX: y\r\n\r\none\r\n--xYz--", "no disposition"},
	    {"--xYz\r\nContent-Disposition: form-data; name=\"a\r\n\r\none\r\n--xYz--",
		"a quote that is not closed"},
	    {"--other\r\n", "another boundary"},
	    {"--xYz", "only a boundary"},
	    {"--xYzz\r\n", "a longer boundary"},
	    {"x", "no boundary"},
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct params_in in = {STR_NONE, PARTS, str_of(bad[i].body)};

		fault_is(in, ERR_MALFORMED, "", bad[i].what);
	}
	fault_is((struct params_in){STR_NONE, STR("multipart/form-data"), STR("x")},
	    ERR_MALFORMED, "", "no boundary in the header");
	fault_is((struct params_in){STR_NONE, PARTS,
		     STR("--xYz\r\nContent-Disposition: form-data; "
			 "name=\"a\"\r\n\r\n\xff\r\n--xYz--")},
	    ERR_INVALID, "a", "a part that is not UTF-8");
}

static void
test_tree(void)
{
	struct params_in in = {STR("p[0][goal]=1&p[5][goal]=7&x=1&x=2"), JSON,
	    STR("{\"j\":[{\"k\":1.50},\"s\"],\"n\":null}")};
	struct json_object *o = NULL, *p;

	ok(params_read(&in, &o, NULL) == ERR_OK, "query and JSON together");
	p = tree_get(o, "p");
	is_int((long long)tree_len(p), 2, "two payments");
	ok(str_eq(tree_get_str(tree_at(p, 1), "goal"), STR("7")),
	    "the second one's goal");
	ok(str_eq(tree_key(p, 1), STR("5")), "and its key");
	ok(str_eq(tree_get_str(tree_at(tree_get(o, "j"), 0), "k"), STR("1.50")),
	    "a number's text");
	ok(str_eq(tree_str(tree_get(o, "x")), STR("2")), "a repeated name: the last");
	ok(tree_str(tree_get(o, "n")).p == NULL && tree_str(NULL).p == NULL &&
		tree_str(p).p == NULL && tree_get(tree_get(o, "x"), "no") == NULL,
	    "what is not there");
	ok(tree_at(p, 2) == NULL && tree_len(NULL) == 0 && tree_key(p, 9).p == NULL,
	    "nothing behind the end");
	json_object_put(o);
}

static void
test_target(void)
{
	static const struct {
		const char *raw;
		bool good;
		const char *path, *query, *host;
	} cases[] = {
	    {"/", true, "/", NULL, NULL},
	    {"/a/b?c=d?e", true, "/a/b", "c=d?e", NULL},
	    {"/a?", true, "/a", "", NULL},
	    {"/a#b?c", true, "/a", NULL, NULL},
	    {"*", true, "*", NULL, NULL},
	    {"http://h:80/a?b", true, "/a", "b", "h:80"},
	    {"HTTPS://h", true, "/", NULL, "h"},
	    {"http://h?x=1", true, "/", "x=1", "h"},
	    {"http://u:p@h/", true, "/", NULL, "h"},
	    {"http:///a", false, NULL, NULL, NULL},
	    {"", false, NULL, NULL, NULL},
	    {"a/b", false, NULL, NULL, NULL},
	    {"ftp://h/", false, NULL, NULL, NULL},
	    {"h:443", false, NULL, NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct target t = {0};
		bool good = target_parse(str_of(cases[i].raw), &t);

		ok(good == cases[i].good &&
			(!good || (str_eq(t.path, str_of(cases[i].path)) &&
				      (t.query.p == NULL) == (cases[i].query == NULL) &&
				      str_eq(t.query, str_of(cases[i].query)) &&
				      str_eq(t.host, str_of(cases[i].host)))),
		    "target %s", cases[i].raw);
	}
	is_int(target_method(STR("GET")), M_GET, "GET");
	is_int(target_method(STR("get")), M_OTHER, "methods are upper case");
	is_int(target_method(STR("BREW")), M_OTHER, "BREW");
}

int
main(void)
{
	test_target();
	test_query();
	test_body();
	test_json_faults();
	test_bounds();
	test_multipart();
	test_files();
	test_multipart_faults();
	test_tree();
	return tap_done();
}
