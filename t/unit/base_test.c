/* SPDX-License-Identifier: Apache-2.0
 * base_test.c - strings, money, arena, records.
 */
#include "base/arena.h"
#include "base/record.h"

#include "tap.h"

static void
test_money_parse(void)
{
	static const struct {
		const char *text;
		bool good;
		money_t want;
	} cases[] = {
	    {"9.95", true, 9950000},
	    {"-3", true, -3000000},
	    {".5", true, 500000},
	    {"0.0000005", true, 1},
	    {"0.00000049", true, 0},
	    {"-0.0000005", true, -1},
	    {"9223372036854.775807", true, INT64_MAX},
	    {"9223372036854.775808", false, 0},
	    {"9,95", false, 0},
	    {"1e3", false, 0},
	    {"", false, 0},
	    {".", false, 0},
	    {"-", false, 0},
	    {" 1", false, 0},
	    {"1.2.3", false, 0},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		money_t m = 0;
		bool good = money_parse(str_of(cases[i].text), &m);

		ok(good == cases[i].good && m == cases[i].want, "money_parse(\"%s\")",
		    cases[i].text);
	}
}

static void
test_money_sums(void)
{
	char b[MONEY_TEXT];

	is_int(money_percent(25000000, 150000), 3750000, "15 % of 25 is 3.75");
	is_int(money_percent(1, 500000), 1, "half a micro-unit rounds away from zero");
	is_int(money_percent(-1, 500000), -1, "and so it does below zero");
	is_int(
	    money_to_base(9200000, 920000), 10000000, "9.20 EUR at 0.92 are 10 of base");
	is_int(money_cents(-3755000), -376, "-3.755 is -376 cents");
	(void)money_format(b, 3750000, 2);
	is_str(b, "3.75", "two decimals");
	(void)money_format(b, -1, 2);
	is_str(b, "-0.000001", "six when needed");
	(void)money_format(b, 5000000, 0);
	is_str(b, "5", "no point without decimals");
	(void)money_format(b, INT64_MIN, 2);
	is_str(b, "-9223372036854.775808", "the smallest");
	(void)pct_format(b, 150000, 0);
	is_str(b, "15", "a percent rate");
}

static void
test_str(void)
{
	struct str rest = STR("a,,b"), s;
	uint64_t u = 7;
	int64_t i = 7;

	s = str_split(&rest, ',');
	ok(str_eq(s, STR("a")), "split: first");
	s = str_split(&rest, ',');
	ok(str_eq(s, STR("")), "split: empty one in the middle");
	s = str_split(&rest, ',');
	ok(str_eq(s, STR("b")) && rest.p == NULL, "split: last");
	ok(!str_to_u64(STR("18446744073709551616"), &u) && u == 7,
	    "u64 overflow is refused");
	ok(str_to_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX, "u64 maximum");
	ok(str_to_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN, "i64 minimum");
	ok(!str_to_i64(STR("-9223372036854775809"), &i), "i64 underflow is refused");
	ok(!str_to_u64(STR("1 "), &u) && !str_to_u64(STR(""), &u),
	    "u64 takes digits only");
	ok(str_is_utf8(STR("h\xc3\xa9llo \xf0\x9f\x98\x80")), "good UTF-8");
	ok(!str_is_utf8(STR("\xc0\x80")) && !str_is_utf8(STR("\xed\xa0\x80")) &&
		!str_is_utf8(STR("\xc3")),
	    "overlong, surrogate and cut UTF-8 are refused");
	ok(!str_is_utf8(str_n("a\0b", 3)), "NUL is refused");
	ok(str_is_line(STR("h\xc3\xa9llo you")) && str_is_line(STR("")), "a line");
	ok(!str_is_line(STR("a\nb")) && !str_is_line(STR("a\tb")) &&
		!str_is_line(STR("a\x7f")) && !str_is_line(STR("\xc3")),
	    "control characters are none of a line");
}

/* A worker of the former version may still write while this one reads: its heads are
 * shorter, and its texts begin earlier. */
static void
test_former_record(void)
{
	struct rec_click c = {.id = {7, 8}, .revenue = 9, .via_id = 99}, got;
	unsigned char b[256];
	size_t n = REC_CLICK_1;
	struct rec_texts t;

	memcpy(b, &c, sizeof(c));
	ok(rec_put(b, sizeof(b), &n, F_sub1, STR("mail")), "a record of version 1");
	ok(rec_read(&got, &t, REC_CLICK, 1, b, n), "is read");
	ok(got.id.us == 7 && got.revenue == 9 && got.via_id == 0 &&
		str_eq(t.f[F_sub1], STR("mail")),
	    "with 0 for what came later");
	n = sizeof(c);
	ok(rec_put(b, sizeof(b), &n, F_sub1, STR("list")) &&
		rec_read(&got, &t, REC_CLICK, REC_VERSION, b, n) && got.via_id == 99 &&
		str_eq(t.f[F_sub1], STR("list")),
	    "one of this version whole");
	ok(!rec_read(&got, &t, REC_CLICK, REC_VERSION, b, sizeof(c) - 1) &&
		!rec_read(&got, &t, REC_CLICK, 1, b, REC_CLICK_1 - 1) &&
		!rec_read(&got, &t, REC_CLICK, REC_VERSION + 1, b, n) &&
		!rec_read(&got, &t, REC_CLICK, 0, b, n),
	    "a cut one and one of an unknown version are none");
}

static void
test_records(void)
{
	unsigned char b[128] = {0};
	size_t n = sizeof(struct rec_event);
	struct rec_texts t;

	ok(rec_put(b, sizeof(b), &n, F_orderid, STR("A1")), "a text is put");
	ok(rec_put(b, sizeof(b), &n, F_goal, STR("")), "an empty one too");
	ok(rec_put(b, sizeof(b), &n, F_gross, STR_NONE), "a missing one leaves no trace");
	ok(rec_texts(&t, b, n, sizeof(struct rec_event)), "and read back");
	ok(str_eq(t.f[F_orderid], STR("A1")) && t.f[F_goal].p != NULL &&
		t.f[F_goal].n == 0 && t.f[F_gross].p == NULL,
	    "as they were");
	ok(!rec_texts(&t, b, n - 1, sizeof(struct rec_event)), "a cut record is refused");
	ok(!rec_put(b, n + 4, &n, F_comment, STR("xyz")), "no room: nothing is appended");
	test_former_record();
	is_int(country_pack(STR("us")), 'U' << 8 | 'S', "country codes are upper case");
	is_int(country_pack(STR("U1")), 0, "and letters");
}

static void
test_arena(void)
{
	struct arena *a = arena_new();
	char *big = arena_alloc(a, 100000);
	struct str s = arena_printf(a, "%d-%s", 5, "x");

	big[99999] = 'x';
	ok(str_eq(s, STR("5-x")), "printf into an arena");
	arena_reset(a);
	is_int((long long)arena_used(a), 0, "reset gives back");
	arena_free(&a);
	ok(a == NULL, "free clears the pointer");
}

int
main(void)
{
	test_money_parse();
	test_money_sums();
	test_str();
	test_records();
	test_arena();
	return tap_done();
}
