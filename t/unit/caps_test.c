/* SPDX-License-Identifier: Apache-2.0
 * caps_test.c - caps at the click, without a database: every type, window, scope and day
 * at, below and over its limit and across its window's edge.
 */
#include "shm/captable.h"
#include "track/capcheck.h"
#include "track/catimage.h"

#include <stdio.h>

#include "tap.h"

static struct captable table;
static struct catimage *image;
static struct catalog *cat;
static struct cap_clock clock_now;

static int64_t
count(void *arg, uint64_t key)
{
	(void)arg;
	return captable_count(&table, key);
}

static void
add(void *arg, uint64_t key, us_t until)
{
	(void)arg;
	(void)captable_add(&table, key, until);
}

/* An offer with one cap, for affiliate 42 where it lists one. */
static const struct cat_offer *
network(const struct cap_rule *r)
{
	const uint32_t listed = 42;
	struct cat_cap cap = {.rule = *r};
	struct cat_offer o = {.id = 7};
	struct cat_net net = {.base_currency = "USD"};
	struct str bytes;

	catalog_unmap(&cat);
	catimage_free(&image);
	image = catimage_new();
	catimage_net(image, &net);
	if (r->affiliates == CAP_OF_EXACT)
		cap.affiliates = (struct cat_list){catimage_number(image, listed), 1};
	o.caps = (struct cat_list){catimage_cap(image, &cap), 1};
	catimage_offer(image, &o, (struct cat_text){0, 0});
	bytes = catimage_finish(image, 1, 1);
	cat = catalog_of(bytes.p, bytes.n, NULL);
	assert(cat != NULL);
	return catalog_offer(cat, 7);
}

static struct cap_ask
ask_at(us_t now, uint32_t affiliate)
{
	return (struct cap_ask){.cat = cat,
	    .clock = &clock_now,
	    .now = now,
	    .affiliate_id = affiliate,
	    .count = count,
	    .add = add};
}

static bool
is_full(const struct cat_offer *o, us_t now, uint32_t affiliate)
{
	const struct cap_ask q = ask_at(now, affiliate);

	return capcheck_full(&q, o, NULL, 0) != NULL;
}

static void
click(const struct cat_offer *o, us_t now, uint32_t affiliate, bool unique)
{
	const struct cap_ask q = ask_at(now, affiliate);

	capcheck_count(&q, o, unique);
}

static us_t
utc(int year, int month, int day, int hour)
{
	const struct wall w = {.year = year, .month = month, .day = day, .hour = hour};

	return zone_utc(zone_get(STR("Europe/Berlin")), &w);
}

static const char *const type_names[] = {
    "conversions", "budget", "registrations", "uniques", "clicks", "net"};
static const char *const period_names[] = {
    "", "day", "month", "all", "week", "year", "hour"};
static const char *const scope_names[] = {"all", "each", "listed"};

/* What the database says, for the affiliate's counter of the window at `now`. */
static void
store(const struct cap_rule *r, us_t now, uint32_t affiliate, int64_t n)
{
	us_t from, to;

	caprule_window(r->period, clock_now.zone, now, &from, &to);
	ok(captable_set(&table,
	       caprule_key(
		   r->id, r->rev, r->affiliates == CAP_OF_EACH ? affiliate : 0, from),
	       to, n, 0),
	    "a place for the count");
}

static void
test_one(const struct cap_rule *r, us_t now)
{
	const struct cat_offer *o = network(r);
	char what[128];
	us_t from, to;

	(void)snprintf(what, sizeof(what), "%s a %s, %s", type_names[r->type],
	    period_names[r->period], scope_names[r->affiliates]);
	caprule_window(r->period, clock_now.zone, now, &from, &to);
	ok(!is_full(o, now, 42), "%s: nothing counted", what);
	store(r, now, 42, r->value - 1);
	ok(!is_full(o, now, 42), "%s: one below", what);
	store(r, now, 42, r->value);
	ok(is_full(o, now, 42), "%s: at its limit", what);
	store(r, now, 42, r->value + 1);
	ok(is_full(o, now, 42), "%s: over it", what);
	ok(is_full(o, now, 43) == (r->affiliates == CAP_OF_ALL), "%s: for another", what);
	if (r->period == CAP_ALL)
		return;
	ok(is_full(o, to - 1, 42), "%s: to the end of its window", what);
	ok(!is_full(o, to, 42), "%s: not a moment longer", what);
	ok(!is_full(o, from - 1, 42), "%s: nor before it", what);
}

/* The day that has 25 hours is among them. */
static void
test_limits(void)
{
	const us_t moments[] = {utc(2018, 8, 13, 17), utc(2018, 10, 28, 2)};
	uint32_t id = 0;

	for (size_t m = 0; m < ARRAY_LEN(moments); m++)
		for (unsigned type = 0; type < CAP_TYPES; type++)
			for (unsigned period = CAP_DAY; period < CAP_PERIODS; period++)
				for (unsigned scope = 0; scope <= CAP_OF_EXACT; scope++) {
					const struct cap_rule r = {.id = ++id,
					    .value = 5,
					    .type = (uint8_t)type,
					    .period = (uint8_t)period,
					    .affiliates = (uint8_t)scope,
					    .on_full = CAP_TRAFFICBACK};

					test_one(&r, moments[m]);
				}
}

static void
test_days(void)
{
	/* Sunday first, as the clock on the wall counts them. */
	static const char *const on[CAP_DAYS] = {"1111111", "0111110", "1000001",
	    "0000001", "1000000", "0100000", "0010000", "0001000", "0000100", "0000010"};

	for (unsigned days = 0; days < CAP_DAYS; days++)
		for (int wday = 0; wday < 7; wday++) {
			/* 2018-08-12 is a Sunday. */
			const us_t now = utc(2018, 8, 12 + wday, 23);
			const struct cap_rule r = {.id = 5000u + days,
			    .value = 0,
			    .period = CAP_WEEK,
			    .days = (uint8_t)days,
			    .on_full = CAP_TRAFFICBACK};

			ok(is_full(network(&r), now, 42) == (on[days][wday] == '1'),
			    "days %u on day %d of the week", days, wday);
			ok(caprule_at(&r, clock_now.zone, now) == (on[days][wday] == '1'),
			    "the same by the rule");
		}
}

/* Each with each: below, at and over its limit on its last day in a row, and no more at
 * midnight, though the window goes on with the same count. */
static void
test_days_of(const struct cap_rule *r, const char *on)
{
	const struct cat_offer *o = network(r);
	unsigned wrong = 0;
	us_t now, next;
	int day = 12;

	while (on[(day - 12) % 7] != '1' || on[(day - 11) % 7] == '1')
		day++;
	now = utc(2018, 8, day, 23);
	next = utc(2018, 8, day + 1, 0);
	for (int64_t n = r->value - 1; n <= r->value + 1; n++) {
		us_t from, to;

		for (unsigned i = 0; i < 2; i++) {
			const us_t at = i == 0 ? now : next;

			caprule_window(r->period, clock_now.zone, at, &from, &to);
			wrong += !captable_set(&table,
			    caprule_key(r->id, r->rev,
				r->affiliates == CAP_OF_EACH ? 42 : 0, from),
			    to, n, 0);
		}
		wrong += is_full(o, now, 42) != (n >= r->value);
		wrong += is_full(o, next - 1, 42) != (n >= r->value);
		wrong += is_full(o, next, 42);
		wrong +=
		    is_full(o, now, 43) != (n >= r->value && r->affiliates == CAP_OF_ALL);
	}
	ok(wrong == 0, "%s a %s, %s, days %u", type_names[r->type],
	    period_names[r->period], scope_names[r->affiliates], r->days);
}

static void
test_all_days(void)
{
	static const char *const on[CAP_DAYS] = {"1111111", "0111110", "1000001",
	    "0000001", "1000000", "0100000", "0010000", "0001000", "0000100", "0000010"};
	uint32_t id = 20000;

	for (unsigned type = 0; type < CAP_TYPES; type++)
		for (unsigned period = CAP_DAY; period < CAP_PERIODS; period++)
			for (unsigned scope = 0; scope <= CAP_OF_EXACT; scope++)
				for (unsigned days = CAP_WEEKDAYS; days < CAP_DAYS;
				     days++) {
					const struct cap_rule r = {.id = ++id,
					    .value = 5,
					    .type = (uint8_t)type,
					    .period = (uint8_t)period,
					    .days = (uint8_t)days,
					    .affiliates = (uint8_t)scope,
					    .on_full = CAP_TRAFFICBACK};

					test_days_of(&r, on[days]);
					captable_sweep(&table, INT64_MAX - 1);
				}
}

/* What a conversion of each kind and status adds, under each set of statuses. */
static void
test_amounts(void)
{
	/* By kind (initial, continuity, goal); c: with a customer, u: undone by a void. */
	static const struct {
		uint8_t type;
		const char *plain, *c, *u, *cu;
	} cases[] = {{CAP_CONVERSIONS, "101", "101", "101", "101"},
	    {CAP_BUDGET, "777", "777", "777", "777"},
	    {CAP_REGISTRATIONS, "000", "100", "000", "100"},
	    {CAP_UNIQUES, "000", "000", "000", "000"},
	    {CAP_CLICKS, "000", "000", "000", "000"},
	    {CAP_NET, "101", "101", "000", "000"}};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const char *const want[] = {
		    cases[i].plain, cases[i].c, cases[i].u, cases[i].cu};
		unsigned wrong = 0;

		for (unsigned mask = 0; mask < 64; mask++)
			for (unsigned status = 1; status <= 5; status++)
				for (unsigned kind = 1; kind <= 3; kind++)
					for (unsigned w = 0; w < 4; w++) {
						const struct cap_rule r = {
						    .type = cases[i].type,
						    .statuses = (uint8_t)mask};
						const struct cap_conv v = {
						    (uint8_t)status, (uint8_t)kind,
						    (w & 1) != 0, (w & 2) != 0, 7, 8};
						const int64_t adds =
						    (mask >> status & 1) == 0
							? 0
							: want[w][kind - 1] - '0';

						wrong += caprule_amount(&r, &v) != adds;
					}
		ok(wrong == 0, "what is added to %s", type_names[cases[i].type]);
	}
	is_int(caprule_amount(
		   &(const struct cap_rule){
		       .type = CAP_BUDGET, .statuses = CAP_STATUSES, .in_base = 1},
		   &(const struct cap_conv){1, 1, false, false, 7, 8}),
	    8, "a budget in base currency");
}

static void
test_start_and_end(void)
{
	const us_t now = utc(2018, 8, 13, 17);
	struct cap_rule r = {.id = 6000,
	    .period = CAP_ALL,
	    .start = now,
	    .end = now + 10,
	    .on_full = CAP_TRAFFICBACK};
	const struct cat_offer *o = network(&r);

	ok(!is_full(o, now - 1, 42), "not before its start");
	ok(is_full(o, now, 42) && is_full(o, now + 9, 42), "from then on");
	ok(!is_full(o, now + 10, 42), "not at its end");
	r.end = 0;
	ok(is_full(network(&r), now + 400 * US_DAY, 42), "without an end for ever");
}

static void
test_clicks(void)
{
	const us_t now = utc(2018, 8, 13, 17);
	struct cap_rule r = {.id = 7000,
	    .value = 3,
	    .type = CAP_CLICKS,
	    .period = CAP_HOUR,
	    .affiliates = CAP_OF_EACH,
	    .on_full = CAP_TRAFFICBACK};
	const struct cat_offer *o = network(&r);

	click(o, now, 42, true);
	click(o, now, 42, false);
	ok(!is_full(o, now, 42), "two clicks of three");
	click(o, now, 43, true);
	ok(!is_full(o, now, 42), "another's do not count for him");
	click(o, now, 42, false);
	ok(is_full(o, now, 42) && !is_full(o, now, 43), "three, counted by the worker");
	store(&r, now, 42, 2);
	ok(is_full(o, now, 42), "what other nodes counted comes on top");
	ok(!is_full(o, now + 3600 * US_SECOND, 42), "the next hour begins at nothing");
	r.id = 7001;
	r.type = CAP_UNIQUES;
	o = network(&r);
	for (int i = 0; i < 5; i++)
		click(o, now, 42, false);
	ok(!is_full(o, now, 42), "clicks that are no first ones");
	for (int i = 0; i < 3; i++)
		click(o, now, 42, true);
	ok(is_full(o, now, 42), "first ones");
	r.id = 7002;
	r.type = CAP_CONVERSIONS;
	o = network(&r);
	for (int i = 0; i < 5; i++)
		click(o, now, 42, true);
	ok(!is_full(o, now, 42), "clicks are no conversions");
}

/* What this node folded is in the database too: never counted twice, never forgotten. */
static void
test_table(void)
{
	const uint64_t key = caprule_key(8000, 0, 0, 0);

	for (int i = 0; i < 4; i++)
		(void)captable_add(&table, key, INT64_MAX);
	(void)captable_set(&table, key, INT64_MAX, 10, 3);
	is_int(
	    captable_count(&table, key), 11, "7 of others, 4 of ours of which 3 booked");
	(void)captable_set(&table, key, INT64_MAX, 12, 5);
	is_int(
	    captable_count(&table, key), 12, "what was booked and not seen here counts");
	(void)captable_set(&table, key, INT64_MAX, 8, 5);
	is_int(captable_count(&table, key), 8, "others' counts may sink");
	captable_sweep(&table, INT64_MAX - 1);
	is_int(captable_count(&table, key), 8, "a window that never ends stays");
	(void)captable_set(&table, key + 1, 1000, 9, 0);
	captable_sweep(&table, 1000 + 61 * US_SECOND);
	is_int(captable_count(&table, key + 1), 0, "one that is over goes");
	for (uint64_t i = 0; i < CAPTABLE_RUN; i++)
		(void)captable_set(&table, (i + 1) * CAPTABLE_PLACES * 2, 5, 1, 0);
	ok(!captable_add(&table, CAPTABLE_PLACES * 200, 5), "a run that is full says so");
}

int
main(void)
{
	clock_now.zone = zone_get(STR("Europe/Berlin"));
	test_limits();
	test_days();
	test_all_days();
	test_amounts();
	test_start_and_end();
	test_clicks();
	test_table();
	catalog_unmap(&cat);
	catimage_free(&image);
	return tap_done();
}
