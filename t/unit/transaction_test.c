/* SPDX-License-Identifier: Apache-2.0
 * transaction_test.c - the list of transactions against the ledger, and how pages of
 * lists are found.
 */
#include "domain/currency.h"
#include "report/pagefind.h"
#include "report/transaction.h"

#include "report_fixture.h"

#include <json-c/json.h>

static struct json_object *
get(struct json_object *o, const char *key)
{
	return json_object_object_get(o, key);
}

static struct json_object *
list(struct db *db, const struct transaction_query *q)
{
	struct jsonw *w = jsonw_new();
	struct json_object *o;

	if (transaction_json(db, q, w) != ERR_OK)
		ok(false, "transaction_json: %s", db_error(db));
	o = json_tokener_parse(jsonw_text(w).p);
	jsonw_free(&w);
	return o;
}

static struct transaction_query
everything(void)
{
	return (struct transaction_query){
	    .period = {0, INT64_C(253402300800) * US_SECOND}, .start = 0, .count = 10000};
}

static int64_t
count_of(struct db *db, const struct transaction_query *q)
{
	struct json_object *o = list(db, q);
	int64_t n = json_object_object_length(o);

	json_object_put(o);
	return n;
}

static void
test_kinds(struct db *db)
{
	static const struct {
		const char *word, *where; /* NULL: refused */
	} cases[] = {
	    {"conversion", "type = 1 AND advertiser_id = 0"},
	    {"advertiser_initial", "type = 1 AND advertiser_id != 0"},
	    {"initial", "type = 1"},
	    {"Continuity", "type = 2"},
	    {"goal", "type = 3"},
	    {"void", "type = 4"},
	    {"chargeback", "type = 5"},
	    {"void_reversal", "type = 6"},
	    {"chargeback_reversal", "type = 7"},
	    {"pending", "type = 8"},
	    {"rejected", "type = 9"},
	    {"correction", "type = 10"},
	    {"phone_call", "FALSE"},
	    {"phone_conversion", "FALSE"},
	    {"manual", "FALSE"},
	    {"voids", NULL},
	    {"", NULL},
	    {"1", NULL},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct transaction_query q = everything();
		char sql[128];

		ok(transaction_kind(str_of(cases[i].word), &q.kind) ==
			(cases[i].where != NULL),
		    "type \"%s\"", cases[i].word);
		if (cases[i].where == NULL)
			continue;
		(void)snprintf(sql, sizeof(sql), "SELECT COUNT(*) FROM txn WHERE %s",
		    cases[i].where);
		is_int(count_of(db, &q), testdb_int(db, sql), "... with all its rows");
	}
}

/* Each filter alone, and the count that SQL gives for it. */
static void
test_filters(struct db *db)
{
	struct transaction_query q = everything();
	uint16_t us = country_pack(STR("US"));

	q.has_login = true;
	q.loginid = 11;
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE affiliate_id = 11"),
	    "loginid");
	q = everything();
	q.username = STR("ben");
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE affiliate_id = 11"),
	    "username");
	q.username = STR("Ben");
	is_int(count_of(db, &q), 0, "names compare as bytes");
	q = everything();
	q.has_offer = true;
	q.offerid = 2;
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE offer_id = 2"), "offerid");
	q = everything();
	q.has_landing_page = true;
	q.landing_pageid = 4;
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE landing_page_id = 4"), "page");
	q = everything();
	q.has_program = true;
	q.programid = 3;
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE commission_id = 3"),
	    "program");
	q = everything();
	q.has_country = true;
	q.country = us;
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE country = 21843"), "country");
	q = everything();
	q.no_inhouse = true;
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE affiliate_id != 12"),
	    "no_inhouse");
	q = everything();
	q.orderid = STR("order-35");
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE orderid = 'order-35'"),
	    "orderid");
	ok(count_of(db, &q) > 1, "(more than one)");
	q = everything();
	q.ocid = STR("oc70");
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE ocid = 'oc70'"), "click id");
	q = everything();
	q.period = (struct period){
	    INT64_C(1767225600) * US_SECOND, INT64_C(1767312000) * US_SECOND};
	is_int(count_of(db, &q),
	    testdb_int(db, "SELECT COUNT(*) FROM txn WHERE booked_us DIV 1000000 BETWEEN "
			   "1767225600 AND 1767311999"),
	    "period");
}

static void
test_hash(struct db *db)
{
	struct transaction_query q = everything();
	struct db_rows *rows = NULL;
	char hash[32] = "", hex[32] = "";

	if (db_query(db, &rows, "SELECT hash FROM txn WHERE type = 1 LIMIT 1", "") ==
		ERR_OK &&
	    db_next(rows))
		(void)snprintf(hash, sizeof(hash), STR_FMT, STR_ARG(db_str(rows, 0)));
	(void)db_rows_close(&rows);
	for (char *p = hash; *p != '\0'; p++)
		*p |= *p >= 'A' && *p <= 'F' ? 0x20 : 0;
	q.hash = str_of(hash);
	testdb_exec(db, "UPDATE txn SET hash = LOWER(hash)");
	is_int(count_of(db, &q), 1, "by hash");
	/* 1 sssssss uuuuu d.dddddddd is sssssssuuuuu1 and the decimals in hex */
	(void)snprintf(hex, sizeof(hex), "%.13s%c%010llx", hash + 1, hash[0],
	    (unsigned long long)(strtoull(hash + 16, NULL, 10) +
				 (unsigned long long)(hash[14] - '0') * 100000000));
	q.hash = str_of(hex);
	is_int(count_of(db, &q), 1, "and by its other spelling");
	q.hash = STR("nonsense");
	is_int(count_of(db, &q), 0, "nonsense finds nothing");
}

static void
test_pages(struct db *db)
{
	struct transaction_query q = everything();
	int64_t all = testdb_int(db, "SELECT COUNT(*) FROM txn"), seen = 0;
	int64_t last = INT64_MAX;
	bool ordered = true;

	q.count = 100;
	for (;;) {
		struct json_object *o = list(db, &q);

		if (json_object_object_length(o) == 0) {
			json_object_put(o);
			break;
		}
		json_object_object_foreach(o, id, row)
		{
			ordered &= json_object_get_int64(get(row, "time")) <= last &&
				   strlen(id) == 20;
			last = json_object_get_int64(get(row, "time"));
			seen++;
		}
		json_object_put(o);
		q.start += q.count;
	}
	is_int(seen, all, "pages of 100 show every row once");
	ok(ordered, "newest first, under ids of 20 digits");
}

static void
test_amounts(struct db *db)
{
	struct transaction_query q = everything();
	struct json_object *o = list(db, &q);
	long long amount = 0, payout = 0;
	bool sums = true, ids = true;

	json_object_object_foreach(o, id, row)
	{
		struct json_object *p = get(row, "payouts");
		double sum = 0;

		for (size_t i = 0; i < json_object_array_length(p); i++) {
			struct json_object *one = json_object_array_get_idx(p, i);

			sum += json_object_get_double(get(one, "amount"));
			ids &= strncmp(json_object_get_string(get(one, "id")), id, 19) ==
				   0 &&
			       strcmp(json_object_get_string(get(one, "id")), id) != 0;
		}
		sum -= json_object_get_double(get(row, "total_payout"));
		sums &= sum < 1e-7 && sum > -1e-7;
		amount +=
		    (long long)(json_object_get_double(get(row, "amount")) * 1e6 +
				(json_object_get_double(get(row, "amount")) < 0 ? -0.5
										: 0.5));
		payout +=
		    (long long)(json_object_get_double(get(row, "total_payout")) * 1e6 +
				(json_object_get_double(get(row, "total_payout")) < 0
					? -0.5
					: 0.5));
	}
	json_object_put(o);
	is_int(amount, testdb_int(db, "SELECT SUM(revenue_b) FROM txn"),
	    "amounts are base currency");
	is_int(payout, testdb_int(db, "SELECT SUM(amount_b) FROM payout_row"),
	    "and so are payouts");
	ok(sums, "total_payout is the sum of a row's payouts");
	ok(ids, "a payout's id is its transaction's with its own last digit");
}

static void
test_row(struct db *db)
{
	struct transaction_query q = everything();
	struct json_object *o, *row, *p;

	q.orderid = STR("order-56");
	ok(transaction_kind(STR("initial"), &q.kind), "initials");
	o = list(db, &q);
	is_int(json_object_object_length(o), 0, "click 56 made a goal, no initial");
	json_object_put(o);
	q.orderid = STR("order-140");
	o = list(db, &q);
	is_int(json_object_object_length(o), 1, "click 140 converted once");
	json_object_object_foreach(o, id, r)
	{
		row = r;
		ok(strlen(id) == 20 && id[19] == '0',
		    "its id has 20 digits, the last a 0");
		is_str(json_object_get_string(get(row, "trans_type")), "conversion",
		    "offer 3 has no advertiser");
		is_str(
		    json_object_get_string(get(row, "orderid")), "order-140", "orderid");
		is_str(json_object_get_string(get(row, "external_clickid")), "oc140",
		    "external_clickid");
		is_int(json_object_get_int(get(row, "offerid")), 3, "offerid");
		is_int(
		    json_object_get_int(get(row, "landing_pageid")), 3, "landing_pageid");
		ok(json_object_is_type(get(row, "loginid"), json_type_int),
		    "loginid is a number");
		p = json_object_array_get_idx(get(row, "payouts"), 0);
		is_str(json_object_get_string(get(p, "type")), "affiliate",
		    "the affiliate's payout first");
		ok(json_object_is_type(get(p, "username"), json_type_string),
		    "with his name");
	}
	json_object_put(o);
}

/* Rows of buckets 100 down to 95, one of which has none left; pages that begin and end
 * within buckets and between them. */
static void
test_pagefind(struct db *db)
{
	static const struct {
		int64_t page, limit, from, to, skip;
	} cases[] = {
	    {1, 10, 99, 110, 0},
	    {1, 7, 100, 110, 0},
	    {1, 8, 99, 110, 0},
	    {2, 7, 98, 100, 0},
	    {2, 10, 98, 100, 3},
	    {3, 10, 97, 98, 0},
	    {4, 10, 95, 96, 0},
	    {7, 10, 95, 96, 30},
	    {1, 62, 95, 110, 0},
	    {1, 1000, 95, 110, 0},
	    {8, 10, 110, 110, 0},
	    {2, 62, 110, 110, 0},
	    {1000000000, 500, 110, 110, 0},
	};
	const struct period p = {90 * US_BUCKET, 110 * US_BUCKET};
	struct pagefind at;
	struct ask k;

	ask_init(&k);
	ask_add(&k,
	    "SELECT 100, 7 UNION ALL SELECT 99, 4 UNION ALL SELECT 98, 9 UNION ALL "
	    "SELECT 97, 10 UNION ALL SELECT 96, 0 UNION ALL SELECT 95, 32 ORDER BY 1 "
	    "DESC",
	    NULL);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		int64_t page = cases[i].page, limit = cases[i].limit;

		bool good = pagefind_buckets(db, &k, p, page, limit, &at) == ERR_OK;

		good &= at.total == 62 && at.period.from == cases[i].from * US_BUCKET &&
			at.period.to == cases[i].to * US_BUCKET &&
			at.skip == cases[i].skip;
		ok(good, "page %lld of %lld: %lld to %lld less %lld", (long long)page,
		    (long long)limit, (long long)(at.period.from / US_BUCKET),
		    (long long)(at.period.to / US_BUCKET), (long long)at.skip);
	}
	ask_init(&k);
	ask_add(&k, "SELECT 62", NULL);
	ok(pagefind_count(db, &k, p, 7, 10, &at) == ERR_OK && at.total == 62 &&
		at.period.from == p.from && at.period.to == p.to && at.skip == 60,
	    "counted row by row: a page anywhere");
	ok(pagefind_count(db, &k, p, 8, 10, &at) == ERR_OK &&
		at.period.from == at.period.to,
	    "or nowhere");
	ok(pagefind_whole(p) && !pagefind_whole((struct period){p.from + 1, p.to}) &&
		!pagefind_whole((struct period){p.from, p.to - 1}),
	    "quarters of an hour");
}

static void
test_currency_numbers(void)
{
	unsigned wrong = 0;

	for (unsigned n = 1; n <= CURRENCY_NUMBERS; n++) {
		char code[3];

		currency_code(n, code);
		wrong += currency_number(str_n(code, 3)) != n;
	}
	is_int(wrong, 0, "each number is its code's");
	is_int(currency_number(STR("AAA")), 1, "the first");
	is_int(currency_number(STR("ZZZ")), CURRENCY_NUMBERS, "the last");
	ok(currency_number(STR("usd")) == 0 && currency_number(STR("US")) == 0 &&
		currency_number(STR("USDT")) == 0 && currency_number(STR("U1D")) == 0,
	    "what is no code has none");
}

int
main(void)
{
	struct db *db = testdb_open();

	fixture_fill(db);
	test_kinds(db);
	test_filters(db);
	test_hash(db);
	test_pages(db);
	test_amounts(db);
	test_row(db);
	test_pagefind(db);
	test_currency_numbers();
	testdb_close(&db);
	return tap_done();
}
