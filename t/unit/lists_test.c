/* SPDX-License-Identifier: Apache-2.0
 * lists_test.c - the lists of conversions and clicks: filters, pages, shapes.
 */
#include "report/clicklist.h"
#include "report/convlist.h"
#include "report/extra.h"

#include "report_fixture.h"

#include <glib.h>
#include <json-c/json.h>

static const struct zone *ny;
static struct arena *arena;

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

static const char *
text(struct json_object *o, const char *path)
{
	return json_object_get_string(at(o, path));
}

static struct json_object *
conversions(struct db *db, const struct convlist_query *q)
{
	struct jsonw *w = jsonw_new();
	struct json_object *o = NULL;

	if (convlist_json(db, arena, q, w) == ERR_OK)
		o = json_tokener_parse(jsonw_text(w).p);
	else
		ok(false, "convlist_json: %s", db_error(db));
	jsonw_free(&w);
	arena_reset(arena);
	return o;
}

static struct json_object *
clicks(struct db *db, const struct clicklist_query *q)
{
	struct jsonw *w = jsonw_new();
	struct json_object *o = NULL;

	if (clicklist_json(db, arena, q, w) == ERR_OK)
		o = json_tokener_parse(jsonw_text(w).p);
	else
		ok(false, "clicklist_json: %s", db_error(db));
	jsonw_free(&w);
	arena_reset(arena);
	return o;
}

static struct convlist_query
all_conversions(void)
{
	struct convlist_query q = {.zone = ny,
	    .created = {0, INT64_C(253402300800) * US_SECOND},
	    .page = 1,
	    .limit = 5};

	return q;
}

static void
check(struct db *db, const struct convlist_query *q, const char *where, const char *what)
{
	struct json_object *o = conversions(db, q);
	char sql[512];
	int64_t want;

	(void)snprintf(sql, sizeof(sql),
	    "SELECT COUNT(*) FROM conversion c JOIN user_agent u ON u.id = c.ua_id WHERE "
	    "%s",
	    where);
	want = testdb_int(db, sql);
	is_int(json_object_get_int64(at(o, "pagination/total_count")), want, what);
	is_int((long long)json_object_array_length(at(o, "conversions")),
	    want > q->limit ? q->limit : want, "... and as many rows as fit");
	json_object_put(o);
}

static void
test_filters(struct db *db)
{
	static const uint32_t one[] = {1}, two[] = {20}, ben[] = {11}, goal[] = {2},
			      mobile[] = {1};
	uint32_t us[] = {country_pack(STR("US"))};
	struct convlist_query q = all_conversions();

	check(db, &q, "TRUE", "no filter");
	q.statuses = 1u << 1 | 1u << 5;
	check(db, &q, "status IN (1, 5)", "status");
	q = all_conversions();
	q.offers = (struct ask_ids){true, 1, one};
	check(db, &q, "offer_id = 1", "offer");
	q = all_conversions();
	q.advertisers = (struct ask_ids){true, 1, two};
	check(db, &q, "advertiser_id = 20", "advertiser");
	q = all_conversions();
	q.affiliates = (struct ask_ids){true, 1, ben};
	check(db, &q, "affiliate_id = 11", "partner");
	q = all_conversions();
	q.countries = (struct ask_ids){true, 1, us};
	check(db, &q, "country = 21843", "country");
	q = all_conversions();
	q.goals = (struct ask_ids){true, 1, goal};
	check(db, &q, "goal_id = 2", "goal");
	q = all_conversions();
	q.devices = (struct ask_ids){true, 1, mobile};
	check(db, &q, "c.device_type = 1", "device");
	q = all_conversions();
	q.browser = STR("Chrome");
	check(db, &q, "browser = 'Chrome'", "browser");
	q.browser = STR("Mobile Safari 17.1");
	check(db, &q, "browser = 'Mobile Safari'", "browser with its version");
	q = all_conversions();
	q.os = STR("Android");
	check(db, &q, "os = 'Android'", "os");
	q = all_conversions();
	q.action_id = STR("order-140");
	check(db, &q, "orderid = 'order-140'", "action_id");
	q = all_conversions();
	q.has_payouts = true;
	q.payouts = 0;
	check(db, &q, "payout = 0", "payouts, exactly");
	q = all_conversions();
	q.has_revenue = true;
	q.revenue = 10140000;
	check(db, &q, "revenue = 10140000", "revenue, exactly");
	q = all_conversions();
	q.sub[0] = STR("sub3");
	check(db, &q, "sub1 = 'sub3'", "subid1");
	q = all_conversions();
	q.sub[4] = STR("");
	check(db, &q, "sub5 = ''", "an empty subid5");
	q = all_conversions();
	q.updated_from = INT64_C(1767225600) * US_SECOND;
	check(db, &q, "updated_us >= 1767225600000000", "update_from_date");
	q = all_conversions();
	q.created = (struct period){
	    INT64_C(1767225600) * US_SECOND, INT64_C(1767312000) * US_SECOND};
	check(
	    db, &q, "created_us DIV 1000000 BETWEEN 1767225600 AND 1767311999", "dates");
	q = all_conversions();
	q.no_click = true;
	check(db, &q, "FALSE", "a click id of nobody");
	q = all_conversions();
	q.has_click = true;
	q.click.us = testdb_int(db, "SELECT click_us FROM conversion LIMIT 1");
	q.click.lo = testdb_int(db, "SELECT click_lo FROM conversion LIMIT 1");
	check(db, &q,
	    "(click_us, click_lo) = (SELECT click_us, click_lo FROM conversion LIMIT 1)",
	    "clickid");
}

static void
test_custom_fields(struct db *db)
{
	struct convlist_query q = all_conversions();
	struct json_object *o;

	testdb_exec(db, "UPDATE conversion SET extra = "
			"'custom_field1=a%20b%26c&custom_field2=x&sub6=s+6'"
			" WHERE orderid = 'order-140'");
	testdb_exec(db, "UPDATE conversion SET extra = 'custom_field1=a%20b%26cd' WHERE "
			"orderid = 'order-56'");
	q.custom[0] = STR("a b&c");
	o = conversions(db, &q);
	is_int(json_object_get_int(at(o, "pagination/total_count")), 1,
	    "custom_field_1, the whole value");
	is_str(text(o, "conversions/0/custom_field_1"), "a b&c", "shown decoded");
	is_str(text(o, "conversions/0/custom_field_2"), "x", "custom_field_2");
	is_str(text(o, "conversions/0/custom_field_3"), "", "one that was not sent");
	is_str(text(o, "conversions/0/sub6"), "s 6", "sub6");
	json_object_put(o);
}

static void
test_pages(struct db *db)
{
	struct convlist_query q = all_conversions();
	int64_t total = testdb_int(db, "SELECT COUNT(*) FROM conversion"), seen = 0;
	char last[32] = "9999", first[32];
	bool ordered = true;

	q.limit = 50;
	for (q.page = 1;; q.page++) {
		struct json_object *o = conversions(db, &q);
		size_t n = json_object_array_length(at(o, "conversions"));

		for (size_t i = 0; i < n; i++) {
			struct json_object *c =
			    json_object_array_get_idx(at(o, "conversions"), i);

			(void)snprintf(first, sizeof(first), "%s", text(c, "created_at"));
			ordered &= strcmp(first, last) <= 0 ||
				   strncmp(first, "2025-11-02 01", 13) == 0;
			(void)snprintf(last, sizeof(last), "%s", first);
		}
		seen += (int64_t)n;
		ordered &= (at(o, "pagination/next_page") != NULL) == (seen < total);
		json_object_put(o);
		if (n == 0)
			break;
	}
	is_int(seen, total, "pages show every conversion once");
	ok(ordered, "newest first, next_page until the last");
}

static void
test_shape(struct db *db)
{
	static const char *const strings[] = {"id", "conversion_id", "action_id", "cbid",
	    "status", "goal", "goal_value", "clickid", "click_time", "created_at", "ip",
	    "country", "country_name", "city", "isp_code", "ua", "browser", "os",
	    "device", "device_type", "sub1", "sub5", "custom_field_1", "custom_field_7",
	    "comment", "referrer", "currency", "payment_type", "payment_status",
	    "is_paid", "ref_id", "supplier_id", "partner/email", "partner/login",
	    "partner/name", "advertiser/id", "advertiser/title", "offer/offer_id",
	    "offer/title", "offer/url"};
	static const char *const ints[] = {"offer_id", "city_id", "partner_id",
	    "partner/id", "offer/id", "landing_id", "prelanding_id"};
	static const char *const hidden[] = {
	    "advertiser", "supplier_id", "revenue", "earnings"};
	struct convlist_query q = all_conversions();
	struct json_object *o, *c;

	q.action_id = STR("order-154"); /* fate 2: declined; offer 2 */
	o = conversions(db, &q);
	c = at(o, "conversions/0");
	for (size_t i = 0; i < ARRAY_LEN(strings); i++)
		ok(json_object_is_type(at(c, strings[i]), json_type_string),
		    "%s is a string", strings[i]);
	for (size_t i = 0; i < ARRAY_LEN(ints); i++)
		ok(json_object_is_type(at(c, ints[i]), json_type_int),
		    "%s is a whole number", ints[i]);
	is_str(text(c, "status"), "declined", "declined");
	is_str(text(c, "comment"), "why not", "and says why");
	is_str(text(c, "goal_value"), "1", "the base goal");
	is_str(text(c, "ip"), "192.0.2.7", "an address");
	is_str(text(c, "browser"), "Chrome 126.0", "browser and version");
	is_str(text(c, "revenue"), "10.154", "what the advertiser would pay");
	is_str(text(c, "payouts"), "4.015401", "what the affiliate would get");
	is_str(text(c, "earnings"), "6.138599", "and the difference");
	is_int((long long)strlen(text(c, "clickid")), 24, "24 digits of a click id");
	ok(json_object_object_get_ex(c, "hold_date_expire", NULL) &&
		at(c, "hold_date_expire") == NULL,
	    "no hold");
	json_object_put(o);
	q.affiliate = true;
	o = conversions(db, &q);
	for (size_t i = 0; i < ARRAY_LEN(hidden); i++)
		ok(!json_object_object_get_ex(at(o, "conversions/0"), hidden[i], NULL),
		    "affiliates see no %s", hidden[i]);
	json_object_put(o);
}

static void
test_clicks(struct db *db)
{
	static const uint32_t one[] = {1}, ben[] = {11}, adv[] = {20};
	struct clicklist_query q = {.zone = ny,
	    .period = {0, INT64_C(253402300800) * US_SECOND},
	    .page = 1,
	    .limit = 3};
	struct json_object *o = clicks(db, &q), *c = at(o, "clicks/0");

	is_int(json_object_get_int64(at(o, "pagination/total_count")),
	    testdb_int(db, "SELECT COUNT(*) FROM click WHERE verdict = 0"),
	    "clicks that count, no others");
	is_int(
	    (long long)json_object_array_length(at(o, "clicks")), 3, "a page of three");
	ok(json_object_is_type(at(c, "uniq"), json_type_boolean), "uniq is a bool");
	ok(json_object_is_type(at(c, "has_conversions"), json_type_boolean),
	    "has_conversions too");
	ok(json_object_is_type(at(c, "partner_id"), json_type_int),
	    "partner_id is a number");
	ok(json_object_is_type(at(c, "landing/url"), json_type_string), "landing");
	ok(json_object_is_type(at(c, "prelanding/id"), json_type_int), "prelanding");
	json_object_put(o);
	q.offers = (struct ask_ids){true, 1, one};
	q.affiliates = (struct ask_ids){true, 1, ben};
	q.advertisers = (struct ask_ids){true, 1, adv};
	o = clicks(db, &q);
	is_int(json_object_get_int64(at(o, "pagination/total_count")),
	    testdb_int(db, "SELECT COUNT(*) FROM click WHERE verdict = 0 AND offer_id = "
			   "1 AND affiliate_id = 11"),
	    "filters");
	json_object_put(o);
	q = (struct clicklist_query){.zone = ny, .page = 1, .limit = 3};
	q.period.from =
	    testdb_int(db, "SELECT click_us FROM conversion WHERE orderid = 'order-140'");
	q.period.to = q.period.from + 1;
	o = clicks(db, &q);
	is_int(json_object_get_int64(at(o, "pagination/total_count")), 1, "one click");
	is_str(text(o, "clicks/0/cbid"), "order-140", "has its conversion");
	ok(json_object_get_boolean(at(o, "clicks/0/has_conversions")) &&
		strlen(text(o, "clicks/0/conversion_id")) == 24,
	    "and says so");
	testdb_exec(db,
	    "INSERT INTO conversion (conv_us, node_id, status, kind, orderid, "
	    "offer_id, landing_page_id, commission_id, affiliate_id, advertiser_id, "
	    "goal_id, customer_id, click_us, click_lo, country, device_type, ua_id, "
	    "rule_id, payment_type, currency, rate, amount_sent, gross, revenue, "
	    "payout, revenue_b, payout_b, created_us, updated_us, hold_until_us, "
	    "open_void_us, open_void_node, ip, ocid, sub1, sub2, sub3, sub4, sub5, "
	    "referrer, comment, extra) SELECT conv_us + 1, node_id, status, "
	    "kind, 'later', offer_id,"
	    " landing_page_id, commission_id, affiliate_id, advertiser_id, "
	    "goal_id, customer_id, click_us, click_lo,"
	    " country, device_type, ua_id, rule_id, payment_type, currency, "
	    "rate, amount_sent, gross, revenue, payout,"
	    " revenue_b, payout_b, created_us, updated_us, hold_until_us, "
	    "open_void_us, open_void_node, ip, ocid,"
	    " sub1, sub2, sub3, sub4, sub5, referrer, comment, extra FROM "
	    "conversion WHERE orderid = 'order-140'");
	json_object_put(o);
	o = clicks(db, &q);
	is_int((long long)json_object_array_length(at(o, "clicks")), 1,
	    "with two conversions it is still one row");
	is_str(text(o, "clicks/0/cbid"), "order-140", "that shows the first");
	json_object_put(o);
}

static void
test_extra(void)
{
	struct str t = STR("a=1&bc=2%2&c=%41%zz+&d&e=");

	ok(str_eq(extra_get(arena, t, "a"), STR("1")), "first");
	ok(str_eq(extra_get(arena, t, "bc"), STR("2%2")), "a half escape stays");
	ok(str_eq(extra_get(arena, t, "c"), STR("A%zz ")), "escapes and plus");
	ok(str_eq(extra_get(arena, t, "d"), STR("")), "no value");
	ok(str_eq(extra_get(arena, t, "b"), STR("")),
	    "a name's beginning is not the name");
	ok(str_eq(extra_get(arena, STR_NONE, "b"), STR("")), "nothing at all");
	ok(str_eq(extra_pair(arena, "n", STR("a b&~-._%\xc3\xa4")),
	       STR("n=a%20b%26~-._%25%C3%A4")),
	    "escaped");
}

int
main(void)
{
	struct db *db = testdb_open();

	ny = zone_get(STR("America/New_York"));
	arena = arena_new();
	fixture_fill(db);
	test_extra();
	test_filters(db);
	test_custom_fields(db);
	test_pages(db);
	test_shape(db);
	test_clicks(db);
	arena_free(&arena);
	testdb_close(&db);
	return tap_done();
}
