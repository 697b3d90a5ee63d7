/* SPDX-License-Identifier: Apache-2.0
 * guard_test.c - what speaks against a conversion: the age of its click, a browser that
 * has converted, and how often an address may (nats-behaviour.md §2.6, "Registration" of
 * affise-3.0.md).
 */
#include "book_network.h"

#include "base/span.h"

#define HOUR (3600 * US_SECOND)
#define MINUTE (60 * US_SECOND)

/* The grammar of click_session. */
static void
test_spans(void)
{
	static const struct {
		const char *text;
		us_t seconds; /* -1: no span */
	} cases[] = {
	    {"1y", 365 * 86400},
	    {"1m", 30 * 86400},
	    {"1w", 7 * 86400},
	    {"1d", 86400},
	    {"1h", 3600},
	    {"1i", 60},
	    {"1s", 1},
	    {"0s", 0},
	    {"1y2m3w4d5h6i7s", 365 * 86400 + 60 * 86400 + 21 * 86400 + 4 * 86400 +
				   5 * 3600 + 6 * 60 + 7},
	    {"2m5s", 60 * 86400 + 5},
	    {"007d", 7 * 86400},
	    {"100y", INT64_C(100) * 365 * 86400},
	    {"", -1},
	    {"1", -1},
	    {"y", -1},
	    {"1d1y", -1}, /* falling order */
	    {"1d1d", -1},
	    {"1x", -1},
	    {"1Y", -1},
	    {"1d ", -1},
	    {"-1d", -1},
	    {"1.5d", -1},
	    {"101y", -1},
	    {"100y1s", -1},
	    {"99999999999999999999s", -1},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		us_t got = -US_SECOND;

		(void)!span_parse(str_of(cases[i].text), &got);
		is_int(got / US_SECOND, cases[i].seconds, cases[i].text);
	}
}

/* The newest conversion of an order: status, comment. */
static const char *
fate(const char *order)
{
	static char text[2][200];
	static unsigned turn;
	struct db_rows *r = NULL;
	char *to = text[turn++ % 2];

	(void)snprintf(to, 200, "none");
	if (db_query(fix_db, &r,
		"SELECT status, comment FROM conversion WHERE orderid = ? ORDER BY "
		"conv_us DESC LIMIT 1",
		"s", str_of(order)) == ERR_OK &&
	    db_next(r))
		(void)snprintf(
		    to, 200, "%lld %.*s", (long long)db_i64(r, 0), STR_ARG(db_str(r, 1)));
	(void)!db_rows_close(&r);
	return to;
}

#define OK "1 "
#define OLD "3 Click session lifespan is expired"
#define YOUNG "3 Min click session lifespan is not reached"

/* click_session and its minimum: below, at, and over each edge. */
static void
test_ages(void)
{
	static const struct {
		const char *oldest, *youngest;
		us_t age;
		const char *want;
	} cases[] = {
	    {"", "", 3 * 365 * US_DAY, OK},
	    {"1y", "", 365 * US_DAY, OK},
	    {"1y", "", 365 * US_DAY + 1, OLD},
	    {"1h", "", HOUR - 1, OK},
	    {"1h", "", HOUR, OK},
	    {"1h", "", HOUR + 1, OLD},
	    {"", "30s", 0, YOUNG},
	    {"", "30s", 30 * US_SECOND - 1, YOUNG},
	    {"", "30s", 30 * US_SECOND, OK},
	    {"1h", "30s", MINUTE, OK},
	    {"1h", "30s", 2 * HOUR, OLD},
	};
	us_t t = FIX_T0;
	char sql[200], fields[100], what[100];

	for (unsigned door = 0; door < 2; door++) {
		for (size_t i = 0; i < ARRAY_LEN(cases); i++, t += 400 * US_SECOND) {
			const char *hash = fix_clicked(t, 251, 42, "US");

			(void)snprintf(sql, sizeof(sql),
			    "UPDATE offer SET click_session = '%s', "
			    "minimal_click_session = '%s' WHERE id = 251",
			    cases[i].oldest, cases[i].youngest);
			bump(sql);
			(void)snprintf(
			    fields, sizeof(fields), "orderid=age-%u-%zu", door, i);
			(void)fix_one(REC_POST,
			    door == 0 ? SRC_AFFISE_POST : SRC_NATS_POST, t + cases[i].age,
			    fix_on(hash, fields));
			(void)snprintf(what, sizeof(what),
			    "%s: session '%s', minimum '%s', %lld s old",
			    door == 0 ? "/postback" : "pixel", cases[i].oldest,
			    cases[i].youngest, (long long)(cases[i].age / US_SECOND));
			is_str(fate(fields + 8), cases[i].want, what);
		}
	}
	is_cents(
	    "SELECT payout FROM conversion WHERE comment LIKE 'Click session%' LIMIT "
	    "1",
	    "3.75", "its money stays filled in");
	is_cents(
	    "SELECT SUM(amount) FROM payout_row p JOIN txn t USING (txn_us, node_id) "
	    "JOIN conversion c ON c.conv_us = t.conv_us AND c.node_id = t.conv_node "
	    "WHERE c.comment LIKE '%lifespan%'",
	    "0.00", "and is owed to nobody");
	bump("UPDATE offer SET click_session = '1h', minimal_click_session = '' WHERE id "
	     "= 251");
	(void)fix_pixel(t + 1, fix_on(fix_clicked(t, 251, 42, "US"),
				   "orderid=sub-1&subscription_id=old-friend"));
	is_int(fix_pixel(t + 90 * US_DAY,
		   "subscription_id=old-friend&offerid=251&orderid=sub-2&amount=10"),
	    OUTCOME_BOOKED, "a continuity is not too old");
	is_str(fate("sub-2"), OK, "it is booked");
	bump("UPDATE offer SET click_session = '' WHERE id = 251");
}

/* ----- addresses ----- */

struct ip_case {
	const char *what;
	us_t at; /* behind the first */
	uint32_t offer;
	const char *ip; /* of the click */
	int want;       /* outcome */
};

static const char *
clicked_from(us_t at, uint32_t offer, const char *ip)
{
	static char hash[CLICKID_TEXT];
	static unsigned turn;
	struct rec_click c = {.id = clickid_make(at, FIX_NODE, 1, ++turn),
	    .offer_id = offer,
	    .landing_page_id = offer,
	    .commission_id = offer,
	    .affiliate_id = 42,
	    .currency = "USD"};

	if (!ip_parse(str_of(ip), c.ip))
		(void)ok(false, "the test's address %s", ip);
	clickid_hash(hash, fix_click(at, &c));
	if (fix_book_clicks() != ERR_OK)
		(void)ok(false, "the test's click");
	return hash;
}

static void
run_ip_cases(us_t t, const struct ip_case *c, size_t n, const char *name)
{
	char fields[64];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(fields, sizeof(fields), "orderid=%s-%zu", name, i);
		is_int(fix_pixel(t + c[i].at,
			   fix_on(clicked_from(t + c[i].at - MINUTE + (us_t)i, c[i].offer,
				      c[i].ip),
			       fields)),
		    c[i].want, c[i].what);
	}
}

#define B OUTCOME_BOOKED
#define R OUTCOME_IP_LIMIT
#define CASES(list_) list_, ARRAY_LEN(list_)

/* Two in any 24 hours: below, at and over the limit, and across the window's edge. */
static void
test_ip_limit(void)
{
	static const struct ip_case own[] = {
	    {"the first", 0, 252, "192.0.2.1", B},
	    {"the second", HOUR, 252, "192.0.2.1", B},
	    {"the third is one too many", 2 * HOUR, 252, "192.0.2.1", R},
	    {"another address is another matter", 2 * HOUR, 252, "192.0.2.2", B},
	    {"so is another offer", 2 * HOUR, 251, "192.0.2.1", B},
	    {"still within 24 hours of the first", US_DAY - 1, 252, "192.0.2.1", R},
	    {"the window rolls: the first is out of it", US_DAY, 252, "192.0.2.1", B},
	    {"and the second is not", US_DAY + HOUR - 1, 252, "192.0.2.1", R},
	    {"until it is", US_DAY + HOUR, 252, "192.0.2.1", B},
	};
	static const struct ip_case v6[] = {
	    {"IPv6: the first", 0, 252, "2001:db8:1:2::1", B},
	    {"IPv6: the second, of the same 64 bits", 1, 252, "2001:db8:1:2:ffff::9", B},
	    {"IPv6: the third", 2, 252, "2001:db8:1:2:a:b:c:d", R},
	    {"IPv6: the next network", 3, 252, "2001:db8:1:3::1", B},
	};
	us_t t = FIX_T0 + 4000 * US_DAY;

	bump("UPDATE offer SET ip_conversion_limit_flag = 2, ip_conversion_limit = 2 "
	     "WHERE id = 252");
	run_ip_cases(t, CASES(own), "ip");
	run_ip_cases(t, CASES(v6), "ip6");
	is_int(testdb_int(fix_db,
		   "SELECT COUNT(*) FROM txn t JOIN conversion c ON c.conv_us = "
		   "t.conv_us AND c.node_id = t.conv_node WHERE t.type = 9 AND t.reason "
		   "= 'IP duplicate' AND c.comment = 'IP duplicate' AND c.status = 3 AND "
		   "c.uniq_key IS NULL AND c.orderid = 'ip-2'"),
	    1, "what was refused is kept as rejected, with its reason");
	is_int(fix_pixel(t + 3 * US_DAY,
		   fix_on(clicked_from(t + 3 * US_DAY - MINUTE, 252, "192.0.2.1"),
		       "orderid=ip-2")),
	    B, "its order id is free: the same order, days later, is booked");
	is_int(fix_void(t + 3 * US_DAY + 1, "orderid=ip-2&type=void"), B,
	    "and the order id names what was booked");
}

/* Where the limit comes from, and what it counts. */
static void
test_ip_scope(void)
{
	static const struct {
		int flag, own;
		const char *net;
		int want; /* of a second conversion */
		const char *what;
	} flags[] = {
	    {0, 0, "0", B, "flag 0, no limit in the network"},
	    {0, 0, "1", R, "flag 0: the network's limit"},
	    {0, 9, "1", R, "flag 0: the offer's number does not count"},
	    {1, 1, "1", B, "flag 1: no limit"},
	    {2, 1, "0", R, "flag 2: the offer's"},
	    {2, 0, "1", B, "flag 2 with 0: no limit"},
	    {2, 2, "1", B, "flag 2 with 2: a second is fine"},
	};
	static const struct ip_case group[] = {
	    {"group: one on the first offer", 0, 252, "198.51.100.1", B},
	    {"group: its sister counts it", 1, 259, "198.51.100.1", R},
	    {"group: an offer outside does not", 2, 260, "198.51.100.1", B},
	};
	us_t t = FIX_T0 + 4010 * US_DAY;
	char sql[200], first[64], second[64], ip[32];

	for (unsigned i = 0; i < ARRAY_LEN(flags); i++) {
		(void)snprintf(sql, sizeof(sql),
		    "UPDATE offer SET ip_conversion_limit_flag = %d, ip_conversion_limit "
		    "= %d WHERE id = 259",
		    flags[i].flag, flags[i].own);
		bump(sql);
		set("ip_conversion_limit", flags[i].net);
		(void)snprintf(ip, sizeof(ip), "203.0.113.%u", i);
		(void)snprintf(first, sizeof(first), "orderid=f-%u-1", i);
		(void)snprintf(second, sizeof(second), "orderid=f-%u-2", i);
		(void)fix_pixel(t + 1, fix_on(clicked_from(t - 1, 259, ip), first));
		is_int(fix_pixel(t + 2, fix_on(clicked_from(t - 2, 259, ip), second)),
		    flags[i].want, flags[i].what);
	}
	set("ip_conversion_limit", "0");
	testdb_exec(fix_db, "INSERT INTO offer_group (id, name) VALUES (7, 'sisters')");
	testdb_exec(fix_db, "INSERT INTO offer_in_group VALUES (252, 7), (259, 7)");
	bump("UPDATE offer SET ip_conversion_limit_flag = 2, ip_conversion_limit = 1, "
	     "ip_conversion_group = 7 WHERE id IN (252, 259)");
	run_ip_cases(t + US_DAY, CASES(group), "grp");
	/* Voided: the place is free again. */
	(void)fix_void(t + US_DAY + 10, "orderid=grp-0&type=void");
	is_int(
	    fix_pixel(t + US_DAY + 20,
		fix_on(clicked_from(t + US_DAY, 259, "198.51.100.1"), "orderid=grp-9")),
	    B, "a voided conversion gives its place back");
	is_int(fix_pixel(t + US_DAY + 21,
		   fix_on(clicked_from(t + US_DAY + 5, 259, "198.51.100.1"),
		       "orderid=grp-8&goal=lead")),
	    R, "goals count");
	(void)fix_pixel(
	    t + US_DAY + 30, fix_on(clicked_from(t + US_DAY + 25, 259, "198.51.100.9"),
				 "orderid=grp-s1&subscription_id=S"));
	is_int(fix_pixel(t + US_DAY + 31,
		   "subscription_id=S&offerid=259&orderid=grp-s2&amount=1"),
	    B, "continuities do not");
	bump("UPDATE offer SET ip_conversion_limit_flag = 0 WHERE id IN (252, 259)");
}

/* In one batch, too, and with another node's later conversion on the far side. */
static void
test_ip_batch(void)
{
	us_t t = FIX_T0 + 4020 * US_DAY;
	char hash[5][CLICKID_TEXT];
	unsigned booked = 0;

	bump("UPDATE offer SET ip_conversion_limit_flag = 2, ip_conversion_limit = 2, "
	     "ip_conversion_group = 0 WHERE id = 252");
	for (unsigned i = 0; i < 5; i++)
		memcpy(hash[i], clicked_from(t + i, 252, "192.0.2.50"), CLICKID_TEXT);
	for (unsigned i = 0; i < 5; i++)
		fix_event(REC_POST, SRC_NATS_POST, t + MINUTE + i, fix_on(hash[i], ""));
	is_int(fix_book_events(), ERR_OK, "five of one address in one batch");
	for (unsigned i = 0; i < 5; i++)
		booked += fix_out[i].outcome == B;
	is_int(booked, 2, "two of them are booked");
	t += 30 * US_DAY;
	(void)fix_pixel(t + 20 * HOUR,
	    fix_on(clicked_from(t + 19 * HOUR, 252, "192.0.2.51"), "orderid=late-1"));
	(void)fix_pixel(t + 22 * HOUR,
	    fix_on(clicked_from(t + 21 * HOUR, 252, "192.0.2.51"), "orderid=late-2"));
	is_int(fix_pixel(t + HOUR,
		   fix_on(clicked_from(t, 252, "192.0.2.51"), "orderid=late-3")),
	    R, "an event that is folded late would make three in a day: refused");
	is_int(
	    fix_pixel(t - 3 * HOUR,
		fix_on(clicked_from(t - 4 * HOUR, 252, "192.0.2.51"), "orderid=late-4")),
	    B, "one that is a day before them would not");
	bump("UPDATE offer SET ip_conversion_limit_flag = 0 WHERE id = 252");
}

/* Affise: one by address for as long as the offer lives, and the sender's `ip`. */
static void
test_uniq_ip(void)
{
	us_t t = FIX_T0 + 4100 * US_DAY;

	bump("UPDATE offer SET uniq_ip_only = 1 WHERE id = 252");
	is_int(
	    fix_postback(t, fix_on(clicked_from(t - 1, 252, "192.0.2.60"), "orderid=u1")),
	    B, "uniq_ip_only: the first");
	is_int(
	    fix_postback(t + 100 * US_DAY,
		fix_on(clicked_from(t + 99 * US_DAY, 252, "192.0.2.60"), "orderid=u2")),
	    OUTCOME_DECLINED, "a second, a hundred days later");
	is_str(fate("u2"), "3 IP duplicate", "is declined with its reason");
	is_cents("SELECT payout FROM conversion WHERE orderid = 'u2'", "3.00",
	    "and its money filled in");
	is_int(fix_postback(t + 101 * US_DAY,
		   fix_on(clicked_from(t + 99 * US_DAY + 1, 252, "192.0.2.60"),
		       "orderid=u3&ip=192.0.2.61")),
	    B, "the visitor's address at the conversion is another");
	is_int(fix_postback(t + 102 * US_DAY,
		   fix_on(clicked_from(t + 99 * US_DAY + 2, 252, "192.0.2.62"),
		       "orderid=u4&ip=192.0.2.61")),
	    OUTCOME_DECLINED, "and counts for the next");
	is_int(fix_postback(t + 103 * US_DAY,
		   fix_on(clicked_from(t + 99 * US_DAY + 3, 252, "192.0.2.60"),
		       "orderid=u2")),
	    OUTCOME_DUPLICATE, "a declined one keeps its key (E3)");
	bump("UPDATE offer SET uniq_ip_only = 0, ip_conversion_limit_flag = 2, "
	     "ip_conversion_limit = 1 WHERE id = 252");
	t += 200 * US_DAY;
	(void)fix_postback(
	    t, fix_on(clicked_from(t - 1, 252, "192.0.2.70"), "orderid=u5"));
	is_int(fix_postback(
		   t + 1, fix_on(clicked_from(t - 2, 252, "192.0.2.70"), "orderid=u6")),
	    OUTCOME_DECLINED, "a NATS limit declines what comes by /postback");
	is_str(fate("u6"), "3 IP duplicate", "in the words of Affise");
	bump("UPDATE offer SET ip_conversion_limit_flag = 0 WHERE id = 252");
}

/* prevent_cookie_dupes: `marks` are the oc_d_ cookies of the browser. */
static void
test_cookie_dupes(void)
{
	static const struct {
		bool on;
		const char *marks;
		int want;
	} cases[] = {
	    {false, "252", B},
	    {true, "", B},
	    {true, "25,2520", B},
	    {true, "251,252", OUTCOME_COOKIE_DUPE},
	    {true, "252", OUTCOME_COOKIE_DUPE},
	};
	us_t t = FIX_T0 + 4500 * US_DAY;
	char fields[100];

	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		bump(cases[i].on ? "UPDATE offer SET prevent_cookie_dupes = 1 WHERE id = "
				   "252"
				 : "UPDATE offer SET prevent_cookie_dupes = 0 WHERE id = "
				   "252");
		(void)snprintf(fields, sizeof(fields), "orderid=mark-%u%s%s", i,
		    *cases[i].marks != '\0' ? "&marks=" : "", cases[i].marks);
		is_int(fix_pixel(t + i,
			   fix_on(clicked_from(t - 1 - i, 252, "192.0.2.90"), fields)),
		    cases[i].want, fields);
	}
	is_str(fate("mark-4"), "3 cookie duplicate", "kept with its reason");
	bump("UPDATE offer SET prevent_cookie_dupes = 0 WHERE id = 252");
}

int
main(void)
{
	network_open();
	test_spans();
	test_ages();
	test_ip_limit();
	test_ip_scope();
	test_ip_batch();
	test_uniq_ip();
	test_cookie_dupes();
	fix_is_clean("all of it");
	fix_close();
	return tap_done();
}
