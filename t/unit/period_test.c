/* SPDX-License-Identifier: Apache-2.0
 * period_test.c - every period of the references, in a zone that changes its clocks.
 */
#include "report/period.h"

#include "tap.h"

#include <stdlib.h>

static const struct zone *ny;

static void
show(struct period p, char *out, size_t n)
{
	char a[ZONE_TEXT], b[ZONE_TEXT];

	zone_text(ny, p.from, a);
	zone_text(ny, p.to, b);
	(void)snprintf(out, n, "%s - %s", a, b);
}

static us_t
at(int y, int m, int d, int h)
{
	struct wall w = {.year = y, .month = m, .day = d, .hour = h};

	return zone_utc(ny, &w);
}

static void
test_starts(void)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {{"3", true}, {"1,16", true}, {"1, 16", true}, {"28", true},
	    {"29", false}, {"0", false}, {"", false}, {"1,", false}, {",1", false},
	    {"w0", true}, {"w6", true}, {"w7", false}, {"w", false}, {"d1", true},
	    {"d99", true}, {"d0", false}, {"d100", false}, {"x1", false}, {"-1", false}};
	struct payout_starts p;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ok(period_starts(str_of(cases[i].text), &p) == cases[i].good,
		    "starts \"%s\"", cases[i].text);
}

static void
test_payout(void)
{
	static const struct {
		const char *starts;
		int y, m, d;
		const char *want;
	} cases[] = {
	    {"1,16", 2026, 3, 15, "2026-03-01 00:00:00 - 2026-03-16 00:00:00"},
	    {"1,16", 2026, 3, 16, "2026-03-16 00:00:00 - 2026-04-01 00:00:00"},
	    {"1,16", 2026, 12, 31, "2026-12-16 00:00:00 - 2027-01-01 00:00:00"},
	    {"3", 2026, 3, 3, "2026-03-03 00:00:00 - 2026-04-03 00:00:00"},
	    {"3", 2026, 3, 2, "2026-02-03 00:00:00 - 2026-03-03 00:00:00"},
	    {"3", 2026, 1, 2, "2025-12-03 00:00:00 - 2026-01-03 00:00:00"},
	    {"28", 2026, 3, 31, "2026-03-28 00:00:00 - 2026-04-28 00:00:00"},
	    {"10,20", 2026, 3, 29, "2026-03-20 00:00:00 - 2026-04-10 00:00:00"},
	    {"10,20", 2026, 3, 5, "2026-02-20 00:00:00 - 2026-03-10 00:00:00"},
	    {"w1", 2026, 3, 9, "2026-03-09 00:00:00 - 2026-03-16 00:00:00"},
	    {"w1", 2026, 3, 8, "2026-03-02 00:00:00 - 2026-03-09 00:00:00"},
	    {"w0", 2026, 3, 8, "2026-03-08 00:00:00 - 2026-03-15 00:00:00"},
	    {"d5", 2004, 1, 1, "2004-01-01 00:00:00 - 2004-01-06 00:00:00"},
	    {"d5", 2004, 1, 6, "2004-01-06 00:00:00 - 2004-01-11 00:00:00"},
	    {"d5", 2003, 12, 31, "2003-12-27 00:00:00 - 2004-01-01 00:00:00"},
	    {"d1", 2026, 3, 8, "2026-03-08 00:00:00 - 2026-03-09 00:00:00"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct payout_starts p;
		char text[64];

		if (!period_starts(str_of(cases[i].starts), &p))
			exit(1);
		show(period_payout(&p, ny, at(cases[i].y, cases[i].m, cases[i].d, 12)),
		    text, sizeof(text));
		is_str(text, cases[i].want, cases[i].starts);
		show(period_payout(&p, ny, at(cases[i].y, cases[i].m, cases[i].d, 0)),
		    text, sizeof(text));
		is_str(text, cases[i].want, "... from the first instant of the day");
	}
}

struct code_case {
	const char *period, *start, *end,
	    *want; /* want: the period, or the parameter a fault names */
};

static const struct code_case codes[] = {
    {NULL, NULL, NULL, "2026-03-01 00:00:00 - 2026-03-16 00:00:00"},
    {"0", NULL, NULL, "2026-03-01 00:00:00 - 2026-03-16 00:00:00"},
    {"current", NULL, NULL, "2026-03-01 00:00:00 - 2026-03-16 00:00:00"},
    {"1", NULL, NULL, "2026-02-16 00:00:00 - 2026-03-01 00:00:00"},
    {"LAST", NULL, NULL, "2026-02-16 00:00:00 - 2026-03-01 00:00:00"},
    {"2", NULL, NULL, "2026-03-10 00:00:00 - 2026-03-11 00:00:00"},
    {"today", NULL, NULL, "2026-03-10 00:00:00 - 2026-03-11 00:00:00"},
    {"3", NULL, NULL, "2026-03-09 00:00:00 - 2026-03-10 00:00:00"},
    {"yesterday", NULL, NULL, "2026-03-09 00:00:00 - 2026-03-10 00:00:00"},
    {"4", NULL, NULL, "2026-03-08 00:00:00 - 2026-03-15 00:00:00"},
    {"week", NULL, NULL, "2026-03-08 00:00:00 - 2026-03-15 00:00:00"},
    {"5", NULL, NULL, "2026-03-01 00:00:00 - 2026-04-01 00:00:00"},
    {"month", NULL, NULL, "2026-03-01 00:00:00 - 2026-04-01 00:00:00"},
    {"6", NULL, NULL, "2026-01-01 00:00:00 - 2027-01-01 00:00:00"},
    {"year", NULL, NULL, "2026-01-01 00:00:00 - 2027-01-01 00:00:00"},
    {"7", NULL, NULL, "1969-12-31 19:00:00 - 9999-12-31 19:00:00"},
    {"all", NULL, NULL, "1969-12-31 19:00:00 - 9999-12-31 19:00:00"},
    {"8", "2026-03-08", "2026-03-08", "2026-03-08 00:00:00 - 2026-03-09 00:00:00"},
    {"free", "yesterday", "now", "2026-03-09 00:00:00 - 2026-03-11 00:00:00"},
    {NULL, "2026-03-01 12:00", "03/02/2026", "2026-03-01 00:00:00 - 2026-03-03 00:00:00"},
    {"", "2026-03-01", "2026-03-01", "2026-03-01 00:00:00 - 2026-03-02 00:00:00"},
    {"2", "nonsense", NULL, "2026-03-10 00:00:00 - 2026-03-11 00:00:00"},
    {"10", NULL, NULL, "2026-03-01 00:00:00 - 2026-03-08 00:00:00"},
    {"last_week", NULL, NULL, "2026-03-01 00:00:00 - 2026-03-08 00:00:00"},
    {"Last week", NULL, NULL, "2026-03-01 00:00:00 - 2026-03-08 00:00:00"},
    {"11", NULL, NULL, "2026-02-01 00:00:00 - 2026-03-01 00:00:00"},
    {"last month", NULL, NULL, "2026-02-01 00:00:00 - 2026-03-01 00:00:00"},
    {"12", NULL, NULL, "2026-01-10 00:00:00 - 2026-03-11 00:00:00"},
    {"13", NULL, NULL, "2025-12-11 00:00:00 - 2026-03-11 00:00:00"},
    {"14", NULL, NULL, "2025-01-01 00:00:00 - 2026-01-01 00:00:00"},
    {"last_year", NULL, NULL, "2025-01-01 00:00:00 - 2026-01-01 00:00:00"},
    {"15", NULL, NULL, "2026-03-04 00:00:00 - 2026-03-11 00:00:00"},
    {"past 7 days", NULL, NULL, "2026-03-04 00:00:00 - 2026-03-11 00:00:00"},
    {"16", NULL, NULL, "2025-09-12 00:00:00 - 2026-03-11 00:00:00"},
    {"17", NULL, NULL, "2026-02-09 00:00:00 - 2026-03-11 00:00:00"},
    {"past_30", NULL, NULL, "2026-02-09 00:00:00 - 2026-03-11 00:00:00"},
    {"28", NULL, NULL, "2026-02-24 00:00:00 - 2026-03-11 00:00:00"},
    {"9", NULL, NULL, "period"},
    {"18", NULL, NULL, "period"},
    {"-1", NULL, NULL, "period"},
    {"1.0", NULL, NULL, "period"},
    {"weekly", NULL, NULL, "period"},
    {"last_days", NULL, NULL, "period"},
    {"past_", NULL, NULL, "period"},
    {"8", NULL, NULL, "start"},
    {"8", "2026-03-01", NULL, "end"},
    {"8", "2026-03-01", "", "end"},
    {NULL, NULL, "2026-03-01", "start"},
    {"8", "31/12/2026", "2026-03-01", "start"},
    {"8", "2026-03-01", "2026-02-30", "end"},
    {"8", "2026-03-02", "2026-03-01", "end"},
};

static void
test_codes(void)
{
	us_t now =
	    at(2026, 3, 10, 15); /* a Tuesday, two days after the clocks went forward */
	struct payout_starts starts;

	if (!period_starts(STR("1,16"), &starts))
		exit(1);
	for (size_t i = 0; i < ARRAY_LEN(codes); i++) {
		const struct code_case *c = &codes[i];
		struct period_args a = {
		    str_of(c->period), str_of(c->start), str_of(c->end)};
		struct period p;
		struct fault f = {0};
		char text[64];

		if (period_of(&p, &a, &starts, ny, now, &f) == ERR_OK)
			show(p, text, sizeof(text));
		else
			(void)snprintf(text, sizeof(text), "%s", f.param);
		is_str(text, c->want, c->period == NULL ? "(no period)" : c->period);
	}
}

static void
test_days(void)
{
	struct period p;
	char text[64];

	ok(period_days(&p, STR("2026-03-08"), STR("2026-03-08"), ny), "a day is a range");
	show(p, text, sizeof(text));
	is_str(
	    text, "2026-03-08 00:00:00 - 2026-03-09 00:00:00", "and has both its ends");
	ok((p.to - p.from) / US_SECOND == 23 * 3600, "23 hours of it");
	ok(!period_days(&p, STR("2026-03-08"), STR("today"), ny), "no words here");
	ok(!period_days(&p, STR_NONE, STR("2026-03-08"), ny), "nor nothing");
}

int
main(void)
{
	ny = zone_get(STR("America/New_York"));
	if (ny == NULL)
		return 1;
	test_starts();
	test_payout();
	test_codes();
	test_days();
	return tap_done();
}
