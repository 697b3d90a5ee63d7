/* SPDX-License-Identifier: Apache-2.0
 * profitloss_test.c - profit and loss from the rollup against recounts of the raw rows.
 */
#include "report/profitloss.h"

#include "book/verify.h"
#include "report/countryno.h"
#include "report/days.h"
#include "report_fixture.h"

#include <json-c/json.h>

static const struct zone *ny;

struct sum {
	struct pl_row total;
	unsigned rows;
	int64_t last;
	bool ordered;
};

static bool
add(void *ctx, const struct pl_row *row)
{
	struct sum *s = ctx;

	s->ordered &= s->rows == 0 || row->brk > s->last;
	s->last = row->brk;
	s->rows++;
	profitloss_add(&s->total, row);
	return true;
}

static struct sum
total_of(struct db *db, const struct profitloss_query *q)
{
	struct sum s = {.ordered = true};

	if (profitloss_each(db, q, add, &s) != ERR_OK)
		ok(false, "profitloss_each: %s", db_error(db));
	return s;
}

static struct profitloss_query
all_of(enum pl_view v)
{
	return (struct profitloss_query){
	    .view = v, .period = {0, INT64_C(253402300800) * US_SECOND}, .zone = ny};
}

/* What the raw rows say, in a few words of SQL each. */
static const struct {
	enum pl_counter c;
	const char *sql;
} recounts[] = {
    {PL_page_view, "SELECT COUNT(*) FROM click WHERE verdict = 0"},
    {PL_unique_visitor, "SELECT COUNT(*) FROM click WHERE verdict = 0 AND flags & 1"},
    {PL_conversion,
	"SELECT COUNT(*) FROM txn WHERE booked AND type = 1 AND advertiser_id = 0"},
    {PL_conversion_amount,
	"SELECT SUM(revenue_b) FROM txn WHERE booked AND type = 1 AND advertiser_id = 0"},
    {PL_advertiser_initial,
	"SELECT COUNT(*) FROM txn WHERE booked AND type = 1 AND advertiser_id != 0"},
    {PL_advertiser_initial_amount, "SELECT SUM(revenue_b) FROM txn WHERE booked AND type "
				   "= 1 AND advertiser_id != 0"},
    {PL_continuity, "SELECT COUNT(*) FROM txn WHERE booked AND type = 2"},
    {PL_continuity_amount, "SELECT SUM(revenue_b) FROM txn WHERE booked AND type = 2"},
    {PL_goal, "SELECT COUNT(*) FROM txn WHERE booked AND type = 3"},
    {PL_goal_amount, "SELECT SUM(revenue_b) FROM txn WHERE booked AND type = 3"},
    {PL_advertiser_income_amount, "SELECT SUM(ROUND(revenue * 1000000 / IF(currency = "
				  "'EUR', 800000, 1000000))) FROM click"},
    {PL_void, "SELECT COUNT(*) FROM txn WHERE type = 4"},
    {PL_void_amount, "SELECT SUM(revenue_b) FROM txn WHERE type = 4"},
    {PL_chargeback, "SELECT COUNT(*) FROM txn WHERE type = 5"},
    {PL_chargeback_amount, "SELECT SUM(revenue_b) FROM txn WHERE type = 5"},
    {PL_void_reversal, "SELECT COUNT(*) FROM txn WHERE type = 6"},
    {PL_void_reversal_amount, "SELECT SUM(revenue_b) FROM txn WHERE type = 6"},
    {PL_chargeback_reversal, "SELECT COUNT(*) FROM txn WHERE type = 7"},
    {PL_chargeback_reversal_amount, "SELECT SUM(revenue_b) FROM txn WHERE type = 7"},
    {PL_affiliate_payout, "SELECT (SELECT SUM(amount_b) FROM payout_row WHERE role = 1) "
			  "+ (SELECT SUM(ROUND(payout * 1000000 / "
			  "IF(currency = 'EUR', 800000, 1000000))) FROM click)"},
    {PL_referral_payout, "SELECT SUM(amount_b) FROM payout_row WHERE role = 2"},
    {PL_affiliate_manager_payout, "SELECT SUM(amount_b) FROM payout_row WHERE role = 3"},
};

static void
test_recount(struct db *db)
{
	struct profitloss_query q = all_of(PL_OFFER);
	struct sum s = total_of(db, &q);

	for (size_t i = 0; i < ARRAY_LEN(recounts); i++) {
		int64_t want = testdb_int(db, recounts[i].sql);

		is_int(s.total.v[recounts[i].c], want, profitloss_name(recounts[i].c));
		ok(want != 0, "... and that is not nothing");
	}
}

/* I3: whatever the grouping and the filters, the total is the same. */
static void
test_views_agree(struct db *db)
{
	uint16_t us = country_pack(STR("US"));
	const struct profitloss_query filters[] = {
	    {.has = 0},
	    {.has = PL_F_LOGIN, .loginid = 11},
	    {.has = PL_F_OFFER, .offerid = 1},
	    {.has = PL_F_LANDING_PAGE, .landing_pageid = 4},
	    {.has = PL_F_PROGRAM, .programid = 3},
	    {.has = PL_F_COUNTRY, .country = us},
	    {.has = PL_F_COUNTRY, .country = 0},
	    {.inhouse = 1},
	    {.inhouse = 2},
	    {.has = PL_F_LOGIN | PL_F_OFFER | PL_F_COUNTRY,
		.loginid = 10,
		.offerid = 2,
		.country = us},
	};
	const struct period periods[] = {{0, INT64_C(253402300800) * US_SECOND},
	    {zone_start(ny, 2026, 1, 1), zone_start(ny, 2027, 1, 1)},
	    {zone_start(ny, 2026, 3, 8), zone_start(ny, 2026, 3, 9)},
	    {zone_start(ny, 2025, 10, 30), zone_start(ny, 2025, 11, 4)}};

	for (size_t p = 0; p < ARRAY_LEN(periods); p++) {
		for (size_t f = 0; f < ARRAY_LEN(filters); f++) {
			struct profitloss_query q = filters[f];
			struct sum first = {0};
			bool same = true, ordered = true;

			q.zone = ny;
			q.period = periods[p];
			for (int v = 0; v < PL_VIEWS; v++) {
				struct sum s;

				q.view = (enum pl_view)v;
				s = total_of(db, &q);
				if (v == 0)
					first = s;
				same &= memcmp(s.total.v, first.total.v,
					    sizeof(s.total.v)) == 0;
				ordered &= s.ordered;
			}
			ok(same && first.total.v[PL_page_view] > 0,
			    "period %zu, filter %zu: the totals of all views are equal",
			    p, f);
			ok(ordered, "... and rows come in the order of their breaks");
		}
	}
}

static void
test_filters(struct db *db)
{
	struct profitloss_query q = all_of(PL_LOGIN);
	struct sum all = total_of(db, &q), in, out;

	is_int(all.rows, 3, "three affiliates");
	q.inhouse = 1;
	in = total_of(db, &q);
	is_int(in.total.v[PL_page_view],
	    testdb_int(
		db, "SELECT COUNT(*) FROM click WHERE verdict = 0 AND affiliate_id = 12"),
	    "in-house");
	q.inhouse = 2;
	out = total_of(db, &q);
	is_int(in.total.v[PL_page_view] + out.total.v[PL_page_view],
	    all.total.v[PL_page_view], "and the rest");
	q.inhouse = 0;
	q.has = PL_F_LANDING_PAGE;
	q.landing_pageid = 4;
	is_int(total_of(db, &q).total.v[PL_page_view],
	    testdb_int(db,
		"SELECT COUNT(*) FROM click WHERE verdict = 0 AND landing_page_id = 4"),
	    "landing page");
	q.landing_pageid = 99;
	is_int(total_of(db, &q).rows, 0, "a landing page that is not there has no rows");
}

/* The day that has 23 hours, counted straight from its instants. */
static void
test_days(struct db *db)
{
	struct profitloss_query q = all_of(PL_PERIOD);
	char sql[256];

	q.period =
	    (struct period){zone_start(ny, 2026, 3, 8), zone_start(ny, 2026, 3, 9)};
	(void)snprintf(sql, sizeof(sql),
	    "SELECT COUNT(*) FROM click WHERE verdict = 0 AND click_us >= "
	    "1772946000000000 AND click_us < "
	    "1773028800000000");
	is_int(total_of(db, &q).total.v[PL_page_view], testdb_int(db, sql),
	    "2026-03-08 has 23 hours");
	is_int(total_of(db, &q).last, 1772946000, "and its break is its first second");
	is_int(total_of(db, &q).rows, 1, "and is one row, though its clock changes");
	q.period =
	    (struct period){zone_start(ny, 2025, 11, 2), zone_start(ny, 2025, 11, 3)};
	(void)snprintf(sql, sizeof(sql),
	    "SELECT COUNT(*) FROM click WHERE verdict = 0 AND click_us >= "
	    "1762056000000000 AND click_us < "
	    "1762146000000000");
	is_int(total_of(db, &q).total.v[PL_page_view], testdb_int(db, sql),
	    "2025-11-02 has 25");
	is_int(total_of(db, &q).rows, 1, "and is one row");
	q = all_of(PL_YEAR);
	is_int(total_of(db, &q).rows, 2, "two years");
	q = all_of(PL_MONTH);
	is_int(total_of(db, &q).rows, 6, "six months");
	q.zone = zone_get(STR("Asia/Kathmandu"));
	q.view = PL_PERIOD;
	q.period = (struct period){
	    zone_start(q.zone, 2026, 1, 5), zone_start(q.zone, 2026, 1, 6)};
	(void)snprintf(sql, sizeof(sql),
	    "SELECT COUNT(*) FROM click WHERE verdict = 0 AND click_us >= "
	    "1767550500000000 AND click_us < "
	    "1767636900000000");
	is_int(total_of(db, &q).total.v[PL_page_view], testdb_int(db, sql),
	    "a day of +05:45");
}

static void
count_days(void *ctx, const struct verify_diff *d)
{
	*(int64_t *)ctx += strcmp(d->table, "rollup_day") == 0;
}

static int64_t
day_differences(struct db *db)
{
	struct verify_result out;
	int64_t n = 0;

	if (verify_run(db, 0, 0, count_days, &n, &out) != ERR_OK)
		ok(false, "verify: %s", db_error(db));
	return n;
}

/* All that the tests above ask, once more. */
static void
ask_again(struct db *db, const char *what)
{
	printf("# %s\n", what);
	test_recount(db);
	test_views_agree(db);
	test_filters(db);
	test_days(db);
}

static int
build_days(struct db *db, int most)
{
	bool more = true;
	int steps = 0;

	for (; more && steps < most; steps++)
		if (days_step(db, 1, ny, &more) != ERR_OK) {
			ok(false, "days_step: %s", db_error(db));
			break;
		}
	return steps;
}

/* What a fold does to a day that is over. */
static void
book_late(struct db *db, int64_t bucket)
{
	uint32_t claimed = 0;
	char sql[256];

	ok(db_begin(db) == ERR_OK && days_claimed(db, 1, &claimed) == ERR_OK &&
		claimed > bucket,
	    "a late row");
	(void)snprintf(sql, sizeof(sql),
	    "UPDATE rollup_booked SET page_view = page_view + 3 WHERE bucket = %lld AND "
	    "node_id = 1 LIMIT 1",
	    (long long)bucket);
	testdb_exec(db, sql);
	ok(days_stale(db, 1, (uint32_t)bucket) == ERR_OK && db_commit(db) == ERR_OK,
	    "leaves a mark");
}

/* Days that are summed, some of them, all, touched ones, and for another zone: never
 * another answer. */
static void
test_summed(struct db *db)
{
	struct profitloss_query q = all_of(PL_PERIOD);
	int64_t views = total_of(db, &q).total.v[PL_page_view], bucket;

	testdb_exec(
	    db, "INSERT INTO setting VALUES ('time_zone', 'America/New_York', 1)");
	is_int(build_days(db, 60), 60, "sixty steps");
	ok(testdb_int(db, "SELECT COUNT(*) FROM rollup_day") > 100, "sum some days");
	ask_again(db, "some days are summed");
	is_int(day_differences(db), 0, "verify finds them clean");
	ok(build_days(db, 1000) < 1000, "and then all");
	ask_again(db, "all days are summed");
	is_int(day_differences(db), 0, "verify finds them clean");
	is_int(testdb_int(db, "SELECT SUM(page_view) FROM rollup_day WHERE dim = 0"),
	    testdb_int(db, "SELECT SUM(page_view) FROM rollup_booked WHERE bucket < "
			   "(SELECT MIN(bucket) FROM rollup_day_built)"),
	    "with all their rows");
	bucket = testdb_int(db, "SELECT bucket FROM rollup_booked WHERE node_id = 1 AND "
				"page_view > 0 LIMIT 100, 1");
	book_late(db, bucket);
	is_int(total_of(db, &q).total.v[PL_page_view], views + 3, "is seen at once");
	q.view = PL_OFFER;
	is_int(total_of(db, &q).total.v[PL_page_view], views + 3, "in every view");
	is_int(day_differences(db), 0, "verify waits for the sum");
	ok(build_days(db, 10) < 10 &&
		testdb_int(db, "SELECT COUNT(*) FROM rollup_day_stale") == 0,
	    "which comes");
	is_int(total_of(db, &q).total.v[PL_page_view], views + 3, "and says the same");
	is_int(day_differences(db), 0, "verify too");
	testdb_exec(db, "UPDATE rollup_day SET initial_amount_b = initial_amount_b + 1 "
			"WHERE dim = 3 LIMIT 1");
	is_int(day_differences(db), 1, "a number that is not right is found");
	q.zone = zone_get(STR("Asia/Kathmandu"));
	is_int(total_of(db, &q).total.v[PL_page_view], views + 3,
	    "another zone does without");
	testdb_exec(db, "UPDATE rollup_day_built SET zone = 'UTC'");
	q.zone = ny;
	is_int(total_of(db, &q).total.v[PL_page_view], views + 3,
	    "what another zone built is not used");
	ok(build_days(db, 1000) < 1000, "but built anew");
	is_int(
	    testdb_int(db,
		"SELECT COUNT(*) FROM rollup_day_built WHERE zone = 'America/New_York'"),
	    2, "by both nodes");
	is_int(day_differences(db), 0, "and right");
	testdb_exec(db, "UPDATE lease SET node_id = 2, until_us = 4000000000000000 WHERE "
			"name = 'days'");
	testdb_exec(db, "UPDATE rollup_day_built SET zone = 'UTC'");
	is_int(build_days(db, 10), 1, "who has no lease does nothing");
	is_int(testdb_int(db, "SELECT COUNT(*) FROM rollup_day_built WHERE zone = 'UTC'"),
	    2, "at all");
}

static struct json_object *
get(struct json_object *o, const char *key)
{
	return json_object_object_get(o, key);
}

static void
test_reply(struct db *db)
{
	static const char *const keys[] = {"page_view", "unique_visitor", "conversion",
	    "conversion_amount", "advertiser_initial", "advertiser_initial_amount",
	    "phone_call", "phone_call_amount", "phone_conversion",
	    "phone_conversion_amount", "affiliate_referral_join", "continuity",
	    "continuity_amount", "advertiser_income_amount", "void", "void_amount",
	    "chargeback", "chargeback_amount", "void_reversal", "void_reversal_amount",
	    "chargeback_reversal", "chargeback_reversal_amount", "affiliate_payout",
	    "referral_join", "referral_payout", "affiliate_manager_payout",
	    "partner_payout", "tier_adjustment_payout", "correction_payout"};
	struct profitloss_query q = all_of(PL_DEMOGRAPHIC);
	struct jsonw *w = jsonw_new();
	struct json_object *o, *row, *total;
	int64_t cents;

	is_int(profitloss_json(db, &q, w), ERR_OK, "the reply is written");
	o = json_tokener_parse(jsonw_text(w).p);
	ok(jsonw_done(w) && o != NULL, "and is JSON");
	total = get(get(o, "total"), "row");
	is_str(json_object_get_string(get(get(o, "total"), "breakdown")), "demographic",
	    "with its breakdown");
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		ok(json_object_is_type(get(total, keys[i]), json_type_int),
		    "total has %s, a whole number", keys[i]);
	cents = testdb_int(
	    db, "SELECT ROUND(SUM(revenue_b) / 10000) FROM txn WHERE type = 4");
	is_int(json_object_get_int64(get(total, "void_amount")), cents,
	    "amounts are cents, voids negative");
	ok(cents < 0, "(there are voids)");
	is_int((long long)json_object_array_length(get(o, "rows")), 3, "three countries");
	row = json_object_array_get_idx(get(o, "rows"), 0);
	is_int(json_object_get_int64(get(row, "break")), 0, "the unknown one first");
	row = json_object_array_get_idx(get(o, "rows"), 2);
	is_int(json_object_get_int64(get(row, "break")), 840, "US last, by its number");
	ok(get(get(row, "stats"), "page_view") != NULL &&
		get(get(row, "stats"), "phone_call") == NULL,
	    "a row lists what is not 0");
	json_object_put(o);
	jsonw_reset(w);
	q.has = PL_F_OFFER;
	q.offerid = 77;
	is_int(profitloss_json(db, &q, w), ERR_OK, "an offer that nobody knows");
	o = json_tokener_parse(jsonw_text(w).p);
	is_int((long long)json_object_array_length(get(o, "rows")), 0, "has no rows");
	is_int(json_object_get_int64(get(get(get(o, "total"), "row"), "page_view")), 0,
	    "and a total of 0");
	json_object_put(o);
	jsonw_free(&w);
}

static void
test_countries(void)
{
	uint16_t c = 7;

	is_int(countryno_of(country_pack(STR("US"))), 840, "US is 840");
	is_int(countryno_of(country_pack(STR("AF"))), 4, "AF is 4");
	is_int(countryno_of(0), 0, "unknown is 0");
	ok(countryno_packed(276, &c) && c == country_pack(STR("DE")), "276 is DE");
	ok(countryno_packed(0, &c) && c == 0, "0 is unknown");
	ok(!countryno_packed(999, &c) && !countryno_packed(-4, &c) && c == 0,
	    "999 is nobody");
}

int
main(void)
{
	struct db *db = testdb_open();

	ny = zone_get(STR("America/New_York"));
	fixture_fill(db);
	test_countries();
	test_recount(db);
	test_views_agree(db);
	test_filters(db);
	test_days(db);
	test_reply(db);
	test_summed(db);
	testdb_close(&db);
	return tap_done();
}
