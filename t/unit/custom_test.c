/* SPDX-License-Identifier: Apache-2.0
 * custom_test.c - statistics over slices against recounts of the raw rows, cube and open
 * buckets included.
 */
#include "base/record.h"
#include "book/verify.h"
#include "report/cube.h"
#include "report/names.h"
#include "report/statrow.h"

#include "report_fixture.h"

#include <glib.h>
#include <json-c/json.h>
#include <math.h>

static const struct zone *ny;
static struct arena *arena;

/* One line a click and one a conversion, with all that they can be sliced by, written
 * down anew: the clock of New York went back on 2025-11-02 06:00 UTC and forward on
 * 2026-03-08 07:00. */
static const char *const further[] = {
    "INSERT INTO place (id, place_hash, country, region, city, city_ru, city_es) VALUES "
    "(1, 1, 17477, '', 'Bonn', '', ''), (2, 2, 21077, '', 'Moscow', 'Moskva', 'Moscu'), "
    "(3, 3, 17477, 'BE', '', '', '')",
    "INSERT INTO account (id, hex24, type, username, status, created_us, updated_us) "
    "VALUES (31, '00000000000000000000001f', 120, 'max', 0, 1, 1)",
    "UPDATE account SET manager_id = IF(id = 12, NULL, IF(id = 10, 30, 31)) WHERE id IN "
    "(10, 11, 20)",
    "UPDATE click SET place_id = click_lo MOD 4, sub2 = CONCAT('b', click_lo MOD 5), "
    "sub5 = CONCAT('e', click_lo MOD 2)",
    "UPDATE conversion SET sub2 = CONCAT('b', click_lo MOD 5), sub5 = CONCAT('e', "
    "click_lo MOD 2)",
    "INSERT INTO click_kept SELECT c.* FROM click c JOIN conversion v ON v.click_us = "
    "c.click_us AND v.click_lo = c.click_lo",
};

static const char *const views[] = {
    "CREATE VIEW v0 AS SELECT click_us AS us, click_lo, offer_id, advertiser_id, "
    "affiliate_id, country, 0 AS goal_id,"
    " device_type, ua_id, currency, verdict, flags, payout, revenue, 0 AS status, 1 AS "
    "is_click, sub1, sub2, sub3, sub4, sub5,"
    " ROUND(payout * 1000000 / IF(currency = 'EUR', 800000, 1000000)) AS payout_b,"
    " ROUND(revenue * 1000000 / IF(currency = 'EUR', 800000, 1000000)) AS revenue_b FROM "
    "click WHERE verdict = 0"
    " UNION ALL SELECT created_us, click_lo, offer_id, advertiser_id, affiliate_id, "
    "country, goal_id, device_type, ua_id,"
    " currency, 0, 0, payout, revenue, status, 0, sub1, sub2, sub3, sub4, sub5, "
    "payout_b, "
    "revenue_b FROM conversion",
    "CREATE VIEW v1 AS SELECT v0.*, u.os, u.os_version, u.model, u.browser, CASE "
    "click_lo MOD 4 WHEN 1 THEN 'Bonn' WHEN 2 THEN 'Moscow' ELSE '' END AS city,"
    " CASE affiliate_id WHEN 10 THEN 30 WHEN 11 THEN 31 ELSE 0 END AS manager,"
    " IF(advertiser_id = 20, 31, 0) AS adv_manager,"
    " DATE_ADD('1970-01-01', INTERVAL us DIV 1000000 -"
    " IF(us >= 1762063200000000 AND us < 1772953200000000, 18000, 14400) SECOND) AS t "
    "FROM v0"
    " JOIN user_agent u ON u.id = v0.ua_id",
    "CREATE TABLE v AS SELECT v1.*, YEAR(t) AS year, QUARTER(t) AS quarter, MONTH(t) AS "
    "month, DAY(t) AS day,"
    " HOUR(t) AS hour FROM v1",
};

static const char *const columns[SLICES] = {
    [SLICE_YEAR] = "year",
    [SLICE_QUARTER] = "quarter",
    [SLICE_MONTH] = "month",
    [SLICE_DAY] = "day",
    [SLICE_HOUR] = "hour",
    [SLICE_OFFER] = "offer_id",
    [SLICE_ADVERTISER] = "advertiser_id",
    [SLICE_AFFILIATE] = "affiliate_id",
    [SLICE_COUNTRY] = "country",
    [SLICE_GOAL] = "goal_id",
    [SLICE_DEVICE] = "device_type",
    [SLICE_OS] = "os",
    [SLICE_BROWSER] = "browser",
    [SLICE_SMART] = "''",
    [SLICE_CITY] = "city",
    [SLICE_OS_VERSION] = "os_version",
    [SLICE_MODEL] = "model",
    [SLICE_SUB1] = "sub1",
    [SLICE_SUB2] = "sub2",
    [SLICE_SUB3] = "sub3",
    [SLICE_SUB4] = "sub4",
    [SLICE_SUB5] = "sub5",
    [SLICE_MANAGER] = "manager",
    [SLICE_AFF_MANAGER] = "manager",
    [SLICE_ADV_MANAGER] = "adv_manager",
};

struct expect {
	int64_t v[2 + CUSTOM_STATUSES * 4];
};

/* What a row holds, in the order of the query below. */
static struct expect
flat(const struct custom_row *r)
{
	struct expect e = {{r->raw, r->uniq}};

	for (unsigned i = 1; i < CUSTOM_STATUSES; i++) {
		e.v[2 + i * 4] = r->st[i].n;
		e.v[3 + i * 4] = r->st[i].n_null;
		e.v[4 + i * 4] = r->st[i].charge;
		e.v[5 + i * 4] = r->st[i].revenue;
	}
	return e;
}

static GHashTable *
recount(struct db *db, const struct custom_query *q, const char *where)
{
	GHashTable *h = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	GString *sql = g_string_new("SELECT CONCAT_WS('|', 'k'");
	const char *b = q->one_currency ? "" : "_b";
	struct db_rows *rows = NULL;

	for (unsigned i = 0; i < SLICES; i++)
		if (q->by[i])
			g_string_append_printf(sql, ", %s", columns[i]);
	g_string_append_printf(sql,
	    ") AS k, SUM(%d AND is_click), SUM(%d AND is_click AND flags & 2)",
	    !q->by[SLICE_GOAL], !q->by[SLICE_GOAL]);
	for (int s = 1; s < CUSTOM_STATUSES; s++)
		g_string_append_printf(sql,
		    ", SUM(status = %d), SUM(status = %d AND payout = 0), SUM(IF(status "
		    "= %d OR (%d AND is_click),"
		    " revenue%s, 0)), SUM(IF(status = %d OR (%d AND is_click), payout%s, "
		    "0))",
		    s, s, s, s == 1, b, s, s == 1, b);
	g_string_append_printf(sql, " FROM v WHERE us >= %lld AND us < %lld%s GROUP BY k",
	    (long long)q->period.from, (long long)q->period.to, where);
	if (db_query_once(db, &rows, sql->str, "") != ERR_OK)
		ok(false, "recount: %s", db_error(db));
	while (db_next(rows)) {
		struct expect *e = g_new0(struct expect, 1);
		bool zero = true;

		e->v[0] = db_i64(rows, 1);
		e->v[1] = db_i64(rows, 2);
		for (unsigned i = 0; i < (CUSTOM_STATUSES - 1) * 4; i++)
			e->v[6 + i] = db_i64(rows, 3 + i);
		for (size_t i = 0; i < ARRAY_LEN(e->v); i++)
			zero &= e->v[i] == 0;
		if (zero)
			g_free(e);
		else
			g_hash_table_insert(
			    h, g_strndup(db_str(rows, 0).p, db_str(rows, 0).n), e);
	}
	(void)db_rows_close(&rows);
	g_string_free(sql, TRUE);
	return h;
}

static char *
key_text(const struct custom *c, const struct custom_query *q, const struct custom_row *r)
{
	GString *s = g_string_new("k");

	for (unsigned i = 0; i < SLICES; i++) {
		if (!q->by[i])
			continue;
		if (custom_slice_is_word((enum slice)i))
			g_string_append_printf(
			    s, "|" STR_FMT, STR_ARG(c->word[r->key[i]]));
		else
			g_string_append_printf(s, "|%lld", (long long)r->key[i]);
	}
	return g_string_free(s, FALSE);
}

/* Every row of the answer is in the recount with the same numbers, and nothing else is.
 */
static bool
agrees(struct db *db, const struct custom_query *q, const char *where, size_t *n)
{
	GHashTable *h = recount(db, q, where);
	struct custom c;
	bool good = custom_read(db, arena, q, &c) == ERR_OK;

	*n = c.n;
	good &= c.n == g_hash_table_size(h);
	for (size_t i = 0; i < c.n && good; i++) {
		char *key = key_text(&c, q, &c.row[i]);
		const struct expect *want = g_hash_table_lookup(h, key);
		struct expect got = flat(&c.row[i]);

		good = want != NULL && memcmp(want, &got, sizeof(got)) == 0;
		for (size_t k = 0; want != NULL && k < ARRAY_LEN(got.v) && !good; k++)
			if (got.v[k] != want->v[k])
				printf("#   %s value %zu: %lld, expected %lld\n", key, k,
				    (long long)got.v[k], (long long)want->v[k]);
		if (!good)
			printf("#   %s %s\n", key,
			    want == NULL ? "is not in the recount" : "differs");
		g_free(key);
	}
	if (!good)
		printf("#   %zu rows, recount has %u: %s\n", c.n, g_hash_table_size(h),
		    db_error(db));
	custom_free(&c);
	g_hash_table_destroy(h);
	arena_reset(arena);
	return good;
}

static struct custom_query
all_time(void)
{
	return (struct custom_query){.zone = ny,
	    .period = {zone_start(ny, 2025, 1, 1), zone_start(ny, 2027, 1, 1)},
	    .currencies = STR_NONE};
}

static void
test_slices(struct db *db, const char *what)
{
	unsigned seed = 7;

	for (unsigned i = 0; i < SLICES; i++) {
		struct custom_query q = all_time();
		size_t n = 0;
		bool good;

		if (i == SLICE_REASON)
			continue; /* of refused clicks: t/53-access-targeting.t */
		q.by[i] = true;
		good = agrees(db, &q, "", &n);
		/* No click here came by a SmartLink or has these subs. */
		ok(good &&
			n > (i == SLICE_SMART || i == SLICE_SUB3 || i == SLICE_SUB4 ? 0
										    : 1),
		    "%s: by %s, %zu rows", what, custom_slice_word((enum slice)i), n);
	}
	for (unsigned k = 0; k < 25; k++) {
		struct custom_query q = all_time();
		char text[128] = "";
		size_t n = 0;
		bool good;

		for (unsigned i = 0; i < SLICES; i++) {
			seed = seed * 1103515245 + 12345;
			q.by[i] = (seed >> 16) % 6 == 0 && i != SLICE_REASON;
			if (q.by[i])
				(void)snprintf(text + strlen(text),
				    sizeof(text) - strlen(text), " %s",
				    custom_slice_word((enum slice)i));
		}
		good = agrees(db, &q, "", &n);
		ok(good, "%s: by%s, %zu rows", what, text, n);
	}
}

static void
test_filters(struct db *db)
{
	static const uint32_t offers[] = {1, 3}, affs[] = {11}, adv[] = {20},
			      goals0[] = {0}, goals2[] = {2}, mobile[] = {1};
	static const struct str os[] = {{"Windows", 7}, {"iOS", 3}};
	static const struct str sub[] = {{"b1", 2}, {"b3", 2}}, ipad[] = {{"iPad", 4}};
	static const uint32_t max[] = {31};
	uint32_t us[] = {country_pack(STR("US")), 0};
	struct custom_query q = all_time(), base = q;
	size_t n;

	base.by[SLICE_OFFER] = base.by[SLICE_MONTH] = true;
	q = base;
	q.offers = (struct ask_ids){true, 2, offers};
	ok(agrees(db, &q, " AND offer_id IN (1, 3)", &n) && n == 12, "filter: offers");
	q.offers = (struct ask_ids){true, 0, NULL};
	ok(agrees(db, &q, " AND FALSE", &n) && n == 0,
	    "filter: an empty list of offers matches nothing");
	q = base;
	q.affiliates = (struct ask_ids){true, 1, affs};
	ok(agrees(db, &q, " AND affiliate_id = 11", &n) && n > 6, "filter: affiliate");
	q = base;
	q.advertisers = (struct ask_ids){true, 1, adv};
	ok(agrees(db, &q, " AND advertiser_id = 20", &n) && n > 6, "filter: advertiser");
	q = base;
	q.countries = (struct ask_ids){true, 2, us};
	ok(agrees(db, &q, " AND country IN (21843, 0)", &n) && n > 6,
	    "filter: countries, unknown is one");
	q = base;
	q.devices = (struct ask_ids){true, 1, mobile};
	ok(agrees(db, &q, " AND device_type = 1", &n) && n > 6, "filter: device");
	q = base;
	q.os = (struct ask_strs){true, 2, os};
	ok(agrees(db, &q, " AND os IN ('Windows', 'iOS')", &n) && n > 6, "filter: os");
	q.models = (struct ask_strs){true, 1, ipad};
	q.os.set = false;
	ok(agrees(db, &q, " AND model = 'iPad'", &n) && n > 6, "filter: a model");
	q.devices = (struct ask_ids){true, 1, mobile};
	ok(agrees(db, &q, " AND (device_type = 1 OR model = 'iPad')", &n) && n > 6,
	    "filter: a type or a model");
	q = base;
	q.sub[1] = (struct ask_strs){true, 2, sub};
	ok(agrees(db, &q, " AND sub2 IN ('b1', 'b3')", &n) && n > 6, "filter: sub2");
	q.sub[4] = (struct ask_strs){true, 0, NULL};
	ok(agrees(db, &q, " AND FALSE", &n) && n == 0, "filter: no sub5");
	q = base;
	q.managers = (struct ask_ids){true, 1, max};
	ok(agrees(db, &q, " AND manager = 31", &n) && n > 6,
	    "filter: affiliates' manager");
	q.of_advertisers = true;
	ok(agrees(db, &q, " AND adv_manager = 31", &n) && n > 6,
	    "filter: advertisers' manager");
	q = base;
	q.goals = (struct ask_ids){true, 1, goals0};
	ok(agrees(db, &q, " AND (is_click OR goal_id = 0)", &n) && n > 6,
	    "filter: goal 1 keeps the clicks' money");
	q.by[SLICE_GOAL] = true;
	ok(agrees(db, &q, " AND (is_click OR goal_id = 0)", &n) && n > 6,
	    "... sliced by goal too");
	q.goals = (struct ask_ids){true, 1, goals2};
	ok(agrees(db, &q, " AND NOT is_click AND goal_id = 2", &n) && n > 6,
	    "filter: another goal has none of it");
	q = base;
	q.currencies = STR("EUR");
	q.one_currency = true;
	q.by[SLICE_GOAL] = true;
	ok(agrees(db, &q, " AND currency = 'EUR'", &n) && n > 6,
	    "filter: one currency, shown in it");
	q.currencies = STR("EUR,USD");
	q.one_currency = false;
	ok(agrees(db, &q, "", &n) && n > 6, "filter: several currencies, shown in base");
	q.currencies = STR("EUR,GBP");
	ok(agrees(db, &q, " AND currency = 'EUR'", &n) && n > 6, "... only theirs");
	q = base;
	q.period =
	    (struct period){zone_start(ny, 2026, 3, 8), zone_start(ny, 2026, 3, 9)};
	q.by[SLICE_HOUR] = true;
	ok(agrees(db, &q, "", &n) && n > 6, "the day of 23 hours by hour");
}

static void
test_options(struct db *db)
{
	struct custom_query q = all_time();
	struct custom c;
	bool zero = true, some = true;

	q.by[SLICE_OFFER] = q.by[SLICE_DAY] = q.by[SLICE_MONTH] = q.by[SLICE_COUNTRY] =
	    true;
	q.hide_charge = true;
	ok(custom_read(db, arena, &q, &c) == ERR_OK && c.n > 100, "for an affiliate");
	for (size_t i = 0; i < c.n; i++)
		for (unsigned s = 0; s < CUSTOM_STATUSES; s++)
			zero &= c.row[i].st[s].charge == 0;
	ok(zero, "charges are 0 in every cell");
	custom_free(&c);
	q.nonzero = true;
	ok(custom_read(db, arena, &q, &c) == ERR_OK && c.n > 10, "nonzero");
	for (size_t i = 0; i < c.n; i++)
		some &= c.row[i].st[0].n > 0;
	ok(some, "has rows with conversions only");
	custom_free(&c);
}

static void
count_cube(void *ctx, const struct verify_diff *d)
{
	*(int64_t *)ctx += strcmp(d->table, "cube_click") == 0;
}

/* How many numbers of the cube `affiliatectl verify` does not find in the rollup. */
static int64_t
cube_differences(struct db *db)
{
	struct verify_result out;
	int64_t n = 0;

	if (verify_run(db, 0, 0, count_cube, &n, &out) != ERR_OK)
		ok(false, "verify: %s", db_error(db));
	return n;
}

/* The cube in steps: half of it, all of it, again; each time the same answers. */
static void
test_cube(struct db *db)
{
	bool more = true, good = true;
	int64_t built, steps = 0;

	is_int(testdb_int(db, "SELECT COUNT(*) FROM cube_click"), 0,
	    "nothing is in the cube yet");
	test_slices(db, "all raw");
	for (; more && steps < 3; steps++)
		good &= cube_step(db, 1, 2000, &more) == ERR_OK;
	ok(good && more, "some steps of node 1");
	built = testdb_int(db, "SELECT bucket FROM cube_built WHERE node_id = 1");
	ok(built > 0 && testdb_int(db, "SELECT MAX(bucket) FROM cube_click") < built,
	    "below cube_built");
	test_slices(db, "half a cube");
	for (int node = 1; node <= 2; node++)
		for (more = true; more && good && steps < 100; steps++)
			good = cube_step(db, (unsigned)node, 2000, &more) == ERR_OK;
	ok(good && steps < 100, "and all steps of both");
	is_int(testdb_int(db, "SELECT SUM(page_view) FROM cube_click"),
	    testdb_int(db, "SELECT COUNT(*) FROM click WHERE verdict = 0 AND click_us < "
			   "1773964800000000"),
	    "the cube has every counted click of closed buckets");
	is_int(testdb_int(db, "SELECT SUM(revenue_b) FROM cube_click"),
	    testdb_int(db, "SELECT SUM(ROUND(revenue * 1000000 / IF(currency = 'EUR', "
			   "800000, 1000000))) FROM click"),
	    "and their money in base");
	test_slices(db, "the cube");
	is_int(cube_differences(db), 0, "verify finds it clean");
	testdb_exec(db, "UPDATE cube_click SET page_view = page_view + 1, payout_b = "
			"payout_b - 1 LIMIT 1");
	is_int(cube_differences(db), 2, "and two numbers that are not");
	testdb_exec(db, "DELETE FROM cube_built");
	for (int node = 1; node <= 2; node++)
		for (more = true; more && good;)
			good = cube_step(db, (unsigned)node, 4000, &more) == ERR_OK;
	is_int(cube_differences(db), 0, "until they are counted again");
	ok(cube_step(db, 1, 2000, &more) == ERR_OK && !more, "nothing is left to do");
	ok(db_begin(db) == ERR_OK && cube_rebuild(db, 1, built - 500, built) == ERR_OK &&
		db_commit(db) == ERR_OK,
	    "some buckets again");
	is_int(testdb_int(db, "SELECT SUM(page_view) FROM cube_click"),
	    testdb_int(db, "SELECT COUNT(*) FROM click WHERE verdict = 0 AND click_us < "
			   "1773964800000000"),
	    "change nothing");
}

/* Names of cities in the language asked for, or in English. */
static void
test_locale(struct db *db)
{
	static const char *const want[CUSTOM_LOCALES][2] = {
	    {"Bonn", "Moscow"}, {"Bonn", "Moskva"}, {"Bonn", "Moscu"}};

	for (unsigned l = 0; l < CUSTOM_LOCALES; l++) {
		struct custom_query q = all_time();
		unsigned found = 0;
		struct custom c;

		q.by[SLICE_CITY] = true;
		q.locale = (enum custom_locale)l;
		ok(custom_read(db, arena, &q, &c) == ERR_OK && c.n == 3, "locale %u", l);
		for (size_t i = 0; i < c.n; i++)
			for (unsigned k = 0; k < 2; k++)
				found += str_eq(
				    c.word[c.row[i].key[SLICE_CITY]], str_of(want[l][k]));
		is_int(found, 2, "both names");
		custom_free(&c);
	}
}

/* Every hour that the clock showed, and one row for the hour that came twice. */
static void
test_hours(struct db *db)
{
	static const struct {
		int year, month, day;
		size_t hours;
	} cases[] = {{2025, 11, 2, 24}, {2026, 3, 8, 23}, {2026, 1, 15, 24}};

	for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
		struct custom_query q = all_time();
		int64_t raw = 0;
		struct custom c;

		q.period = (struct period){
		    zone_start(ny, cases[k].year, cases[k].month, cases[k].day),
		    zone_start(ny, cases[k].year, cases[k].month, cases[k].day + 1)};
		q.by[SLICE_YEAR] = q.by[SLICE_MONTH] = q.by[SLICE_DAY] =
		    q.by[SLICE_HOUR] = q.every_hour = true;
		ok(custom_read(db, arena, &q, &c) == ERR_OK, "a day by hour");
		is_int((long long)c.n, (long long)cases[k].hours, "every hour is there");
		for (size_t i = 0; i < c.n; i++)
			raw += c.row[i].raw;
		custom_free(&c);
		q.by[SLICE_HOUR] = q.every_hour = false;
		ok(custom_read(db, arena, &q, &c) == ERR_OK, "and the day");
		is_int(raw, c.n == 1 ? c.row[0].raw : 0, "has the same clicks");
		custom_free(&c);
	}
}

static struct json_object *
page_of(struct db *db, const struct custom_query *q, const struct statrow_page *p)
{
	struct jsonw *w = jsonw_new();
	struct json_object *o = NULL;
	struct custom c;

	if (custom_read(db, arena, q, &c) == ERR_OK &&
	    statrow_json(db, arena, &c, p, w) == ERR_OK)
		o = json_tokener_parse(jsonw_text(w).p);
	custom_free(&c);
	jsonw_free(&w);
	return o;
}

static struct json_object *
at(struct json_object *o, const char *path)
{
	char **part = g_strsplit(path, "/", -1);

	for (char **p = part; *p != NULL && o != NULL; p++)
		o = json_object_is_type(o, json_type_array)
			? json_object_array_get_idx(o, strtoul(*p, NULL, 10))
			: json_object_object_get(o, *p);
	g_strfreev(part);
	return o;
}

static void
test_json(struct db *db)
{
	struct custom_query q = all_time();
	struct statrow_page p = {
	    .by = {SLICE_OFFER, SLICE_AFFILIATE, SLICE_ADVERTISER, SLICE_COUNTRY,
		SLICE_GOAL, SLICE_DEVICE, SLICE_OS, SLICE_YEAR},
	    .n_by = 8,
	    .types = {true, true, true, true, true, true},
	    .page = 1,
	    .limit = 10};
	struct json_object *o;

	for (unsigned i = 0; i < p.n_by; i++)
		q.by[p.by[i]] = true;
	o = page_of(db, &q, &p);
	is_int(json_object_get_int(at(o, "status")), 1, "status");
	is_int((long long)json_object_array_length(at(o, "stats")), 10, "a page of ten");
	is_int(json_object_get_int(at(o, "pagination/per_page")), 10, "per_page");
	is_int(json_object_get_int(at(o, "pagination/next_page")), 2, "next_page");
	is_str(json_object_get_string(at(o, "stats/0/slice/offer/offer_id")),
	    "100000000000000000000001", "offer");
	is_str(json_object_get_string(at(o, "stats/0/slice/offer/url")),
	    "http://one.example/", "its URL");
	is_str(json_object_get_string(at(o, "stats/0/slice/affiliate/login")), "anna",
	    "affiliate");
	is_str(json_object_get_string(at(o, "stats/0/slice/advertiser/title")),
	    "Advertiser", "advertiser");
	is_str(json_object_get_string(at(o, "stats/0/slice/country")), "",
	    "the unknown country");
	is_str(json_object_get_string(at(o, "stats/0/slice/goal")), "1", "goal 1");
	ok(json_object_is_type(at(o, "stats/0/traffic/raw"), json_type_string),
	    "raw is a string");
	ok(json_object_is_type(at(o, "stats/0/slice/year"), json_type_int),
	    "year is a number");
	ok(!json_object_is_type(
	       at(o, "stats/0/actions/hold/revenue"), json_type_string) &&
		at(o, "stats/0/actions/not_found/null") != NULL,
	    "all actions are there");
	json_object_put(o);
	memset(p.types, 0, sizeof(p.types));
	p.types[1] = p.affiliate = true;
	p.page = 1000;
	o = page_of(db, &q, &p);
	is_int((long long)json_object_array_length(at(o, "stats")), 0,
	    "a page beyond the last is empty");
	ok(at(o, "pagination/next_page") == NULL, "without a next one");
	json_object_put(o);
	p.page = 1;
	o = page_of(db, &q, &p);
	is_int(json_object_object_length(at(o, "stats/0/actions")), 1, "conversionTypes");
	ok(at(o, "stats/0/slice/offer/url") == NULL, "affiliates see no URL");
	json_object_put(o);
}

/* nats-behaviour.md §4.2, worked out by hand for one row. */
static void
test_derived(struct db *db)
{
	struct custom_query q = all_time();
	struct statrow_page p = {.by = {SLICE_OFFER},
	    .n_by = 1,
	    .types = {true, true},
	    .page = 1,
	    .limit = 10};
	struct json_object *o;
	double payout, charge, raw, uniq;
	char text[32];
	long long n;

	testdb_exec(db,
	    "INSERT INTO rollup_impression SELECT MAX(bucket), 1, 1, 1, 10, 20, "
	    "0, 0, 0, 1, 5000 FROM rollup_booked");
	q.by[SLICE_OFFER] = true;
	o = page_of(db, &q, &p);
	p.types[5] = true;
	json_object_put(o);
	o = page_of(db, &q, &p);
	raw = atof(json_object_get_string(at(o, "stats/0/traffic/raw")));
	uniq = atof(json_object_get_string(at(o, "stats/0/traffic/uniq")));
	payout = json_object_get_double(at(o, "stats/0/actions/confirmed/revenue")) +
		 json_object_get_double(at(o, "stats/0/actions/hold/revenue"));
	charge = json_object_get_double(at(o, "stats/0/actions/confirmed/charge")) +
		 json_object_get_double(at(o, "stats/0/actions/hold/charge"));
	n = json_object_get_int64(at(o, "stats/0/actions/confirmed/count")) +
	    json_object_get_int64(at(o, "stats/0/actions/hold/count"));
	ok(raw > 1000 && uniq > 200 && payout > 100 && charge > 1000 && n > 50,
	    "an offer with something of everything");
	is_int(json_object_get_int64(at(o, "stats/0/views")), 5000, "views");
	ok(fabs(json_object_get_double(at(o, "stats/0/ctr")) - raw / 50) < 1e-5, "ctr");
	ok(fabs(json_object_get_double(at(o, "stats/0/ecpm")) - charge / 5) < 1e-5,
	    "ecpm");
	ok(fabs(json_object_get_double(at(o, "stats/0/cr/confirmed")) -
		100 *
		    (double)json_object_get_int64(
			at(o, "stats/0/actions/confirmed/count")) /
		    uniq) < 1e-5,
	    "cr of the confirmed");
	is_int(json_object_object_length(at(o, "stats/0/cr")), 3, "cr: a member a type");
	(void)snprintf(text, sizeof(text), "1:%.0f", uniq / (double)n);
	is_str(json_object_get_string(at(o, "stats/0/ratio")), text, "ratio");
	ok(json_object_is_type(at(o, "stats/0/epc"), json_type_int), "epc is whole");
	is_int(json_object_get_int64(at(o, "stats/0/epc")), llround(payout / raw), "epc");
	is_int(json_object_get_int64(at(o, "stats/1/views")), 0, "no views");
	ok(json_object_get_double(at(o, "stats/1/ctr")) == 0 &&
		json_object_get_double(at(o, "stats/1/ecpm")) == 0,
	    "by nothing is 0");
	json_object_put(o);
	q.goals = (struct ask_ids){.set = true};
	o = page_of(db, &q, &p);
	is_str(json_object_get_string(at(o, "stats/0/ratio")), "-", "no conversion");
	json_object_put(o);
}

/* Ordered pages hold every row once, in order. */
static void
test_order(struct db *db)
{
	struct custom_query q = all_time();
	struct statrow_page p = {.by = {SLICE_DAY, SLICE_OFFER},
	    .n_by = 2,
	    .types = {true},
	    .limit = 7,
	    .n_order = 1,
	    .descending = true};
	double last = 1e18;
	long long raw = 0, n = 0;
	bool ordered = true;
	struct json_object *o;

	q.by[SLICE_DAY] = q.by[SLICE_OFFER] = true;
	ok(statrow_key(STR("total_revenue"), &p.order[0]), "by total_revenue");
	for (p.page = 1; p.page < 100; p.page++) {
		size_t rows;

		o = page_of(db, &q, &p);
		rows = json_object_array_length(at(o, "stats"));
		for (size_t i = 0; i < rows; i++) {
			struct json_object *row =
			    json_object_array_get_idx(at(o, "stats"), i);
			double v =
			    json_object_get_double(at(row, "actions/total/revenue"));

			ordered &= v <= last;
			last = v;
			raw += json_object_get_int64(at(row, "traffic/raw"));
			n++;
		}
		json_object_put(o);
		if (rows == 0)
			break;
	}
	ok(ordered, "descending");
	is_int(n, 93, "31 days of 3 offers");
	is_int(raw, testdb_int(db, "SELECT COUNT(*) FROM click WHERE verdict = 0"),
	    "every row once");
	ok(statrow_key(STR("currency"), &p.order[0]) &&
		!statrow_key(STR("Raw"), &p.order[0]) &&
		!statrow_key(STR(""), &p.order[0]),
	    "all rows are in one currency; words that are no key");
}

/* decisions.md §3: charge of confirmed and hold is the net revenue of the other dialect,
 * and so on. */
static void
test_agreement(struct db *db)
{
	struct custom_query q = all_time();
	struct custom c;
	int64_t net = testdb_int(db,
	    "SELECT SUM(conversion_amount_b + initial_amount_b + continuity_amount_b +"
	    " goal_amount_b + income_amount_b + void_amount_b + chargeback_amount_b + "
	    "void_rev_amount_b +"
	    " chargeback_rev_amount_b) FROM rollup_booked");
	int64_t payout = testdb_int(db,
	    "SELECT SUM(affiliate_payout_b + correction_payout_b) FROM rollup_booked");
	int64_t count = testdb_int(db,
	    "SELECT SUM(conversion + advertiser_initial + continuity + goal) -"
	    " (SELECT COUNT(*) FROM txn v WHERE v.type IN (4, 5) AND v.deducted AND NOT "
	    "EXISTS (SELECT * FROM txn"
	    " r WHERE r.ref_us = v.txn_us AND r.ref_node = v.node_id AND r.type IN (6, "
	    "7))) FROM rollup_booked");

	ok(custom_read(db, arena, &q, &c) == ERR_OK && c.n == 1, "no slices: one row");
	is_int(c.row[0].st[1].charge + c.row[0].st[5].charge, net,
	    "charge of confirmed and hold = net revenue");
	is_int(c.row[0].st[1].revenue + c.row[0].st[5].revenue, payout,
	    "their payouts = affiliate payout");
	is_int(c.row[0].st[1].n + c.row[0].st[5].n, count,
	    "their count = conversions less deducted voids");
	custom_free(&c);
}

int
main(void)
{
	struct db *db = testdb_open();

	ny = zone_get(STR("America/New_York"));
	arena = arena_new();
	fixture_fill(db);
	for (size_t i = 0; i < ARRAY_LEN(further); i++)
		testdb_exec(db, further[i]);
	for (size_t i = 0; i < ARRAY_LEN(views); i++)
		testdb_exec(db, views[i]);
	test_filters(db);
	test_cube(db);
	test_filters(db);
	test_options(db);
	test_json(db);
	test_order(db);
	test_agreement(db);
	test_locale(db);
	test_hours(db);
	test_derived(db);
	arena_free(&arena);
	testdb_close(&db);
	return tap_done();
}
