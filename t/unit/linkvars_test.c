/* SPDX-License-Identifier: Apache-2.0
 * linkvars_test.c - variables of a link (nats-behaviour.md §1.4): their limits, URL
 * sanitization, and what deep linking can and cannot do.
 */
#include "track/clicklink.h"
#include "track/deeplink.h"
#include "track/macro.h"

#include "tap.h"

#include <stdio.h>
#include <stdlib.h>

static char memory[65536], query[262144];

static struct vars
read_link(const char *text)
{
	struct pad pad = {memory, 0, sizeof(memory)};
	struct vars v = {.n = 0};

	vars_read(&v, &pad, str_of(text), &clicklink_bounds);
	return v;
}

/* name=x... with a value of so many bytes, n times. */
static const char *
many(unsigned n, unsigned bytes, const char *behind)
{
	size_t at = 0;

	for (unsigned i = 0; i < n; i++)
		at += (size_t)snprintf(query + at, sizeof(query) - at, "%sv%03u=%.*s",
		    i > 0 ? "&" : "", i, (int)bytes,
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
		    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
	(void)snprintf(query + at, sizeof(query) - at, "%s", behind);
	return query;
}

static void
append(const char *text)
{
	const size_t at = strlen(query);

	(void)snprintf(query + at, sizeof(query) - at, "%s", text);
}

static void
test_limits(void)
{
	struct vars v = read_link(many(31, 1, ""));

	ok(v.n == 31 && !v.dropped, "31 variables");
	v = read_link(many(32, 1, ""));
	ok(v.n == 32 && !v.dropped, "32");
	v = read_link(many(33, 1, ""));
	ok(v.n == 32 && v.dropped && vars_get(&v, STR("v032")).p == NULL,
	    "the 33rd is dropped");
	v = read_link(many(1, 254, ""));
	ok(v.v[0].value.n == 254, "a value of 254 bytes");
	v = read_link(many(1, 255, ""));
	ok(v.v[0].value.n == 255, "255");
	v = read_link(many(1, 256, ""));
	ok(v.n == 1 && v.v[0].value.n == 255, "256 are cut");
	/* 7 × (4 + 255) = 1813; what is left of 2048 is 235 for a name of 4. */
	v = read_link(many(7, 255, "&last=xxxx"));
	ok(v.n == 8 && !v.dropped, "below 2 KiB together");
	(void)many(7, 255, "&last=");
	for (unsigned i = 0; i < 231; i++)
		append("y");
	v = read_link(query);
	ok(v.n == 8 && !v.dropped, "2048 bytes");
	append("y");
	v = read_link(query);
	ok(v.n == 7 && v.dropped, "2049: what does not fit is dropped");
	append("&z=1");
	v = read_link(query);
	ok(v.n == 8 && str_eq(vars_get(&v, STR("z")), STR("1")), "and what fits is not");
	v = read_link(many(100, 255, "&pid=42&offer_id=6&ocode=abc&hostnpost=1"));
	ok(v.dropped && str_eq(vars_get(&v, STR("pid")), STR("42")) &&
		str_eq(vars_get(&v, STR("offer_id")), STR("6")) &&
		str_eq(vars_get(&v, STR("ocode")), STR("abc")) &&
		str_eq(vars_get(&v, STR("hostnpost")), STR("1")),
	    "what the link is about is read however much there is");
	v = read_link("pid=1&a=1&pid=2&offer_id=3&pid=4");
	ok(v.n == 3 && str_eq(vars_get(&v, STR("pid")), STR("4")), "the last of a name");
	for (unsigned i = 0; i < 10000; i++)
		memcpy(query + (size_t)i * 6, "pid=1&", 7);
	v = read_link(query);
	ok(v.n == 1, "ten thousand of them are one");
	v = read_link("a=1%00%0d%0a%1f%7f2&b%00c=3");
	ok(str_eq(vars_get(&v, STR("a")), STR("12")) &&
		str_eq(vars_get(&v, STR("bc")), STR("3")),
	    "control characters are removed");
}

static void
test_sanitize(void)
{
	static const struct {
		const char *in, *want;
	} cases[] = {
	    {"", ""},
	    {"plain text", "plain text"},
	    {"<b>\"x\"'y'</b>", "bxy/b"},
	    {"javascript:alert(1)", "alert(1)"},
	    {"JaVaScRiPt:x", "x"},
	    {"javascript", "javascript"},
	    {"javascript :x", "javascript :x"},
	    {"javajavascript:script:x", "x"},
	    {"jjavascript:avascript:x", "x"},
	    {"java<script:x", "x"},
	    {"j'a\"v>a<s'c'ript:x", "x"},
	    {"javascript:javascript:", ""},
	    {"ajavascript:b", "ab"},
	    {"javajavajavascript:script:script:x", "x"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char b[128];

		(void)snprintf(b, sizeof(b), "%s", cases[i].in);
		b[vars_sanitize(b, strlen(b))] = '\0';
		is_str(b, cases[i].want, cases[i].in);
	}
}

/* Values of the link in a landing page's URL, and nothing else, are carried to it. */
static void
test_carried(void)
{
	struct vars v = read_link("x=<a>&y=javajavascript:script:z");
	const struct macro_facts f = {.vars = &v,
	    .sub = {STR("it's"), STR_NONE, STR_NONE, STR_NONE, STR_NONE},
	    .ocid = STR("\"o\""),
	    .referrer = STR("r<")};
	static const struct {
		const char *url, *want;
		bool raw;
	} cases[] = {
	    {"http://a.example/?x=%%x%%", "http://a.example/?x=a", false},
	    {"http://a.example/?x=%%x%%", "http://a.example/?x=%3Ca%3E", true},
	    {"http://a.example/?y=%%y%%", "http://a.example/?y=z", false},
	    {"http://a.example/?s=%%subaff%%", "http://a.example/?s=its", false},
	    {"http://a.example/?s=%%subaff%%", "http://a.example/?s=it%27s", true},
	    {"http://a.example/?o=%%_ocid%%", "http://a.example/?o=o", false},
	    {"http://a.example/?s=%%subaff|transform:base64%%",
		"http://a.example/?s=aXRz", false},
	    /* The other dialect knows no such thing. */
	    {"http://a.example/?s={sub1}&r={referrer}",
		"http://a.example/?s=it%27s&r=r%3C", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char out[256], b[257];
		struct str got = macro_expand(
		    out, sizeof(out), str_of(cases[i].url), cases[i].raw, &f);

		(void)snprintf(b, sizeof(b), STR_FMT, STR_ARG(got));
		is_str(b, cases[i].want, cases[i].url);
	}
}

/* The rules of deep linking, one by one. */
static void
test_deep(void)
{
	static const struct {
		const char *url, *path, *query, *want, *rule;
	} cases[] = {
	    {"http://a.example/lp", "x", "", "http://a.example/lp/x", "one slash"},
	    {"http://a.example/lp/", "x", "", "http://a.example/lp/x", "not two"},
	    {"http://a.example/lp///", "///x", "", "http://a.example/lp/x", "nor more"},
	    {"http://a.example", "x", "", "http://a.example/x", "behind a bare host"},
	    {"http://a.example/lp?q=1", "x/y", "", "http://a.example/lp/x/y?q=1",
		"before the ?"},
	    {"http://a.example/?q=1", "", "q=2", "http://a.example/?q=1",
		"the landing page's variable wins"},
	    {"http://a.example/?q", "", "q=2&r=3", "http://a.example/?q&r=3",
		"also one without a value"},
	    {"http://a.example/", "", "r=3&r=4", "http://a.example/?r=3&r=4",
		"both of a name that the link has twice"},
	    {"http://a.example/", "//b.example/", "", "http://a.example/b.example/",
		"no other host by //"},
	    {"http://a.example", ".b.example", "", "http://a.example/.b.example",
		"nor by a suffix"},
	    {"http://a.example", ":80@b.example", "", "http://a.example/:80@b.example",
		"nor by user information"},
	    {"http://a.example", "@b.example", "", "http://a.example/@b.example",
		"ditto"},
	    {"http://a.example", "\\b.example", "", "http://a.example/%5Cb.example",
		"nor by a backslash"},
	    {"http://a.example", "\t//b.example", "", "http://a.example/%09//b.example",
		"nor behind a blank"},
	    {"http://a.example/d/", "../../x", "", "http://a.example/d/../../x",
		"dots lead no further than its root"},
	    {"http://a.example/", "?x=1#y", "", "http://a.example/%3Fx=1%23y",
		"a path stays a path"},
	    {"http://a.example", "", "x=/@b.example",
		"http://a.example?x=%2F%40b.example", "a variable stays one"},
	};
	char out[512], b[513];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct vars v = read_link(cases[i].query);
		struct str got = deeplink_join(out, sizeof(out), str_of(cases[i].url),
		    str_of(cases[i].path), &v, false);
		const struct str host = str_n(cases[i].url, 16);

		(void)snprintf(b, sizeof(b), STR_FMT, STR_ARG(got));
		is_str(b, cases[i].want, cases[i].rule);
		ok(str_starts(got, host) &&
			(got.n == host.n || strchr("/?#", got.p[host.n]) != NULL),
		    "its host");
	}
}

int
main(void)
{
	test_limits();
	test_sanitize();
	test_carried();
	test_deep();
	return tap_done();
}
