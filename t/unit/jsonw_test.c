/* SPDX-License-Identifier: Apache-2.0
 * jsonw_test.c - the JSON writer: commas, escapes, numbers, sinks.
 */
#include "base/jsonw.h"

#include "tap.h"

static void
test_shape(void)
{
	struct jsonw *w = jsonw_new();

	jsonw_obj(w);
	jsonw_key(w, "a");
	jsonw_arr(w);
	jsonw_int(w, -1);
	jsonw_uint(w, UINT64_MAX);
	jsonw_arr(w);
	jsonw_end(w);
	jsonw_obj(w);
	jsonw_end(w);
	jsonw_end(w);
	jsonw_key(w, "b");
	jsonw_bool(w, true);
	jsonw_key(w, "c");
	jsonw_null(w);
	ok(!jsonw_done(w), "an open object is not done");
	jsonw_end(w);
	ok(jsonw_done(w), "a closed one is");
	is_str(jsonw_text(w).p,
	    "{\"a\":[-1,18446744073709551615,[],{}],\"b\":true,\"c\":null}", "nested");
	jsonw_reset(w);
	jsonw_arr(w);
	jsonw_money(w, 3750000, 2);
	jsonw_money_str(w, -1, 2);
	jsonw_pct(w, 150000, 0);
	jsonw_fmt(w, "%d-%s", 5, "x");
	jsonw_raw(w, STR("[1]"));
	jsonw_end(w);
	is_str(jsonw_text(w).p, "[3.75,\"-0.000001\",15,\"5-x\",[1]]",
	    "amounts are decimal text");
	jsonw_free(&w);
	ok(w == NULL, "free clears the pointer");
}

static void
test_text(void)
{
	static const struct {
		struct str in;
		const char *want;
	} cases[] = {
	    {{"", 0}, "\"\""},
	    {{NULL, 0}, "null"},
	    {{"a\"b\\c/d", 7}, "\"a\\\"b\\\\c/d\""},
	    {{"\n\r\t\b\f", 5}, "\"\\n\\r\\t\\b\\f\""},
	    {{"\0x\x1f\x7f", 4}, "\"\\u0000x\\u001f\\u007f\""},
	    {{"h\xc3\xa9 \xf0\x9f\x98\x80", 8}, "\"h\xc3\xa9 \xf0\x9f\x98\x80\""},
	    {{"\xc3", 1}, "\"\xef\xbf\xbd\""},
	    {{"a\xff\xfe"
	      "b",
		 4},
		"\"a\xef\xbf\xbd\xef\xbf\xbd"
		"b\""},
	    {{"\xed\xa0\x80", 3}, "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct jsonw *w = jsonw_new();

		jsonw_str(w, cases[i].in);
		is_str(jsonw_text(w).p, cases[i].want, cases[i].want);
		jsonw_free(&w);
	}
}

struct taken {
	size_t bytes, calls, biggest;
	bool refuse;
};

static bool
take(void *ctx, struct str bytes)
{
	struct taken *t = ctx;

	t->bytes += bytes.n;
	t->calls++;
	if (bytes.n > t->biggest)
		t->biggest = bytes.n;
	return !t->refuse;
}

static void
test_sink(void)
{
	struct taken t = {0};
	struct jsonw *w = jsonw_new_sink(take, &t);

	jsonw_arr(w);
	for (unsigned i = 0; i < 100000; i++)
		jsonw_uint(w, 1234567);
	jsonw_end(w);
	ok(jsonw_flush(w), "a sink that takes everything");
	is_int((long long)t.bytes, 2 + 100000 * 8 - 1, "every byte once");
	ok(t.biggest <= 32768 && t.calls > 20, "in pieces of bounded size");
	jsonw_free(&w);

	t = (struct taken){.refuse = true};
	w = jsonw_new_sink(take, &t);
	jsonw_arr(w);
	for (unsigned i = 0; i < 100000; i++)
		jsonw_uint(w, 1234567);
	jsonw_end(w);
	ok(!jsonw_flush(w), "a refusal is reported");
	is_int((long long)t.calls, 1, "and nothing more is handed over");
	jsonw_free(&w);
}

int
main(void)
{
	test_shape();
	test_text();
	test_sink();
	return tap_done();
}
