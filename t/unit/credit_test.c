/* SPDX-License-Identifier: Apache-2.0
 * credit_test.c - whose conversion is it: the order of lookup of nats-behaviour.md §1.6,
 * the match without a cookie (E7), and who is credited without a click.
 */
#include "book_network.h"

#include "track/clickid.h"

#define HOUR (3600 * US_SECOND)
#define UA "Mozilla/5.0 (X11; Linux x86_64) Firefox/120.0"
#define UA2 "Mozilla/5.0 (Windows NT 10.0) Firefox/121.0"

static const char *visit_browser; /* F_browser of the clicks; NULL: none */

/* A click of an affiliate from an address, with a browser; its hash. */
static const char *
visit(us_t at, uint32_t offer, uint32_t affiliate, const char *ip, const char *ua)
{
	static char hash[16][CLICKID_TEXT];
	static unsigned turn;
	struct rec_click c = {.id = clickid_make(at, FIX_NODE, 1, ++turn),
	    .offer_id = offer,
	    .landing_page_id = offer,
	    .commission_id = offer,
	    .affiliate_id = affiliate,
	    .currency = "USD"};

	if (!ip_parse(str_of(ip), c.ip))
		(void)ok(false, "the test's address %s", ip);
	clickid_hash(hash[turn % 16], fix_click(at, &c));
	fix_text(F_ua, ua);
	if (visit_browser != NULL)
		fix_text(F_browser, visit_browser);
	if (fix_book_clicks() != ERR_OK)
		(void)ok(false, "the test's click");
	return hash[turn % 16];
}

/* Who got the newest conversion of an order; 0: there is none. */
static int64_t
winner(const char *order)
{
	char sql[200];

	(void)snprintf(sql, sizeof(sql),
	    "SELECT COALESCE(MAX(affiliate_id), 0) FROM conversion WHERE orderid = '%s'",
	    order);
	return testdb_int(fix_db, sql);
}

static void
network_of_credit(void)
{
	testdb_exec(fix_db, "UPDATE node SET folded_through_us = 9000000000000000");
	testdb_exec(fix_db,
	    "INSERT INTO account (id, hex24, type, username, created_us, updated_us) "
	    "VALUES (51, LPAD('51', 24, '0'), 100, 'hash', 1, 1), (52, LPAD('52', 24, "
	    "'0'), 100, 'friend', 1, 1), (53, LPAD('53', 24, '0'), 100, 'cookie', 1, 1), "
	    "(54, LPAD('54', 24, '0'), 100, 'browser', 1, 1), (55, LPAD('55', 24, '0'), "
	    "100, 'code', 1, 1), (56, LPAD('56', 24, '0'), 100, 'house', 1, 1)");
	bump("UPDATE offer SET book_unattributed = 1 WHERE id = 259");
	set("house_account", "56");
}

/* Every way at once, then one less, and one less. */
static void
test_order(void)
{
	static const char code[] = "&ocode=55.259.259.259";
	us_t t = FIX_T0;
	const char *hash = visit(t, 259, 51, "192.0.2.1", UA),
		   *cookie = visit(t + 3, 259, 53, "192.0.2.3", UA), *friendly;
	char by_sub[64], by_cookie[64], browser[128], fields[400];

	friendly = visit(t + 1, 259, 52, "192.0.2.2", UA);
	(void)fix_pixel(t + 10, fix_on(friendly, "orderid=o-friend&subscription_id=F"));
	(void)visit(t + 4, 259, 54, "192.0.2.80", UA); /* the fixture's sender */
	(void)snprintf(by_sub, sizeof(by_sub), "&subscription_id=F");
	(void)snprintf(by_cookie, sizeof(by_cookie), "&cookie=259:%s", cookie);
	(void)snprintf(browser, sizeof(browser), "&ua=%s", UA);
	t += 60 * US_SECOND;

	(void)snprintf(fields, sizeof(fields), "offerid=259&orderid=o1&click=%s%s%s%s",
	    hash, by_cookie, browser, code);
	is_int(fix_pixel(t, fields), OUTCOME_BOOKED, "hash, cookie, browser and code");
	is_int(winner("o1"), 51, "the hash wins");
	(void)snprintf(fields, sizeof(fields), "offerid=259&orderid=o2%s%s%s%s", by_sub,
	    by_cookie, browser, code);
	is_int(
	    fix_pixel(t, fields), OUTCOME_BOOKED, "a known subscription, and the rest");
	is_int(winner("o2"), 52, "the subscription wins");
	(void)snprintf(fields, sizeof(fields),
	    "offerid=259&orderid=o3&subscription_id=new%s%s%s", by_cookie, browser, code);
	is_int(fix_pixel(t, fields), OUTCOME_BOOKED, "an unknown one, and the rest");
	is_int(winner("o3"), 53, "the cookie wins");
	(void)snprintf(
	    fields, sizeof(fields), "offerid=259&orderid=o4%s%s", browser, code);
	is_int(fix_pixel(t, fields), OUTCOME_BOOKED, "address and browser, and a code");
	is_int(winner("o4"), 54, "address and browser win");
	(void)snprintf(fields, sizeof(fields), "offerid=259&orderid=o5%s", code);
	is_int(fix_pixel(t, fields), OUTCOME_BOOKED, "a code alone");
	is_int(winner("o5"), 55, "the code's affiliate");
	is_int(fix_pixel(t, "offerid=259&orderid=o6"), OUTCOME_BOOKED, "nothing at all");
	is_int(winner("o6"), 56, "the house, where the offer says so");
	is_int(fix_pixel(t, "offerid=260&orderid=o7"), OUTCOME_MISSING_CLICK,
	    "and nobody where it does not");
	is_int(fix_postback(t, "offerid=259&orderid=o8"), OUTCOME_MISSING_CLICK,
	    "/postback always names its click");
}

/* What is credited without a click: no click row, a hash of its own, told apart by order
 * id, subscription or repetition. */
static void
test_without_click(void)
{
	us_t t = FIX_T0 + 10 * US_DAY;

	is_int(testdb_int(fix_db, "SELECT click_us FROM conversion WHERE orderid = 'o5'"),
	    0, "no click is made up");
	is_cents("SELECT revenue FROM conversion WHERE orderid = 'o5'", "25.00",
	    "it is priced like any other");
	is_int(testdb_int(fix_db, "SELECT COUNT(DISTINCT t.hash) FROM txn t JOIN "
				  "conversion c ON c.conv_us = t.conv_us AND c.node_id = "
				  "t.conv_node WHERE c.click_us = 0"),
	    2, "each has a transaction hash of its own");
	is_int(fix_pixel(t, "offerid=259&orderid=o5&ocode=55.259.259.259"),
	    OUTCOME_DUPLICATE, "its order id is known");
	is_int(fix_pixel(t, "offerid=259&ocode=55.259.259.259&amount=3"), OUTCOME_BOOKED,
	    "without an order id");
	is_int(fix_pixel(t + US_SECOND, "offerid=259&ocode=55.259.259.259&amount=3"),
	    OUTCOME_DUPLICATE, "the identical request a second later is a repetition");
	is_int(fix_pixel(t + 61 * US_SECOND, "offerid=259&ocode=55.259.259.259&amount=3"),
	    OUTCOME_BOOKED, "a minute later it is not");
	is_int(fix_pixel(t, "offerid=259&ocode=55.259.259.259&orderid=s1&subscription_id="
			    "Z"),
	    OUTCOME_BOOKED, "a customer who came without a click");
	is_int(
	    fix_pixel(t + US_DAY, "offerid=259&subscription_id=Z&orderid=s2&amount=10"),
	    OUTCOME_BOOKED, "and his continuity");
	is_int(winner("s2"), 55, "is the same affiliate's");
	is_cents("SELECT payout FROM conversion WHERE orderid = 's2'", "0.50",
	    "at the continuity's rate");
	is_int(fix_void(t + 2 * US_DAY, "orderid=s1&type=void"), OUTCOME_BOOKED,
	    "it can be voided");
	is_int(fix_pixel(t, "offerid=260&ocode=55.259.259.259&orderid=s3"),
	    OUTCOME_BOOKED, "the report's offer counts, not the code's");
	is_int(testdb_int(fix_db, "SELECT offer_id FROM conversion WHERE orderid = 's3'"),
	    260, "as its row shows");
	is_int(fix_pixel(t, "offerid=255&ocode=55.255.255.255&orderid=s4"),
	    OUTCOME_PENDING, "with a lockout it waits: nobody knows how long it took");
}

struct look {
	const char *what;
	const char *flags;  /* of the offer */
	us_t age;           /* of the visitor's click */
	const char *fields; /* of the report, about offer 261 */
	int want;
};

/* E7: 24 hours with browser details, one with the address alone. */
static void
test_match(void)
{
	static const struct look cases[] = {
	    {"browser, just now", "", HOUR, "ua=" UA, OUTCOME_BOOKED},
	    {"browser, 24 hours", "", 24 * HOUR, "ua=" UA, OUTCOME_BOOKED},
	    {"browser, over 24 hours", "", 24 * HOUR + 1, "ua=" UA,
		OUTCOME_MISSING_CLICK},
	    {"another browser", "", 60 * US_SECOND, "ua=" UA2, OUTCOME_MISSING_CLICK},
	    {"another browser, ip_lookup", "ip_lookup = 1", HOUR, "ua=" UA2,
		OUTCOME_BOOKED},
	    {"the same over an hour", "ip_lookup = 1", HOUR + 1, "ua=" UA2,
		OUTCOME_MISSING_CLICK},
	    {"a server's ip, not allowed", "", 60 * US_SECOND, "ip=192.0.2.80",
		OUTCOME_MISSING_CLICK},
	    {"a server's ip, allow_s2s_ip", "allow_s2s_ip = 1", HOUR, "ip=192.0.2.80",
		OUTCOME_BOOKED},
	    {"the same over an hour", "allow_s2s_ip = 1", HOUR + 1, "ip=192.0.2.80",
		OUTCOME_MISSING_CLICK},
	    {"another's ip", "allow_s2s_ip = 1", 60 * US_SECOND, "ip=192.0.2.81",
		OUTCOME_MISSING_CLICK},
	    {"ip_lookup is not allow_s2s_ip", "ip_lookup = 1", 60 * US_SECOND,
		"ip=192.0.2.80", OUTCOME_MISSING_CLICK},
	};
	us_t t = FIX_T0 + 100 * US_DAY;
	char sql[200], fields[300];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++, t += 10 * US_DAY) {
		bump("UPDATE offer SET ip_lookup = 0, allow_s2s_ip = 0 WHERE id = 261");
		(void)snprintf(sql, sizeof(sql), "UPDATE offer SET %s WHERE id = 261",
		    cases[i].flags);
		if (*cases[i].flags != '\0')
			bump(sql);
		(void)visit(t - cases[i].age, 261, 42, "192.0.2.80", UA);
		(void)snprintf(fields, sizeof(fields), "offerid=261&orderid=look-%zu&%s",
		    i, cases[i].fields);
		is_int(fix_pixel(t, fields), cases[i].want, cases[i].what);
	}
	/* One conversion per matched click. */
	bump("UPDATE offer SET allow_s2s_ip = 1 WHERE id = 261");
	(void)visit(t - 60 * US_SECOND, 261, 42, "2001:db8:9::1", UA);
	is_int(fix_pixel(t, "offerid=261&orderid=one&ip=2001:db8:9::2"), OUTCOME_BOOKED,
	    "an IPv6 visitor is known by 64 bits");
	is_int(fix_pixel(t + 1, "offerid=261&orderid=two&ip=2001:db8:9::3"),
	    OUTCOME_DUPLICATE, "a matched click converts once");
}

/* E7: a browser is its user agent and its languages, as far as both are known. */
static void
test_languages(void)
{
	static const struct {
		const char *what, *click, *fields;
		bool ip_lookup;
		int want;
	} cases[] = {
	    {"the same languages", "aa", "ua=" UA "&browser=aa", false, OUTCOME_BOOKED},
	    {"other languages", "aa", "ua=" UA "&browser=bb", false,
		OUTCOME_MISSING_CLICK},
	    {"other languages, ip_lookup", "aa", "ua=" UA "&browser=bb", true,
		OUTCOME_BOOKED},
	    {"a click whose languages are not known", NULL, "ua=" UA "&browser=bb", false,
		OUTCOME_BOOKED},
	    {"nor its user agent", NULL, "ua=" UA2 "&browser=bb", false,
		OUTCOME_MISSING_CLICK},
	    {"a pixel whose languages are not known", "aa", "ua=" UA, false,
		OUTCOME_BOOKED},
	};
	us_t t = FIX_T0 + 700 * US_DAY;
	char fields[300];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++, t += 10 * US_DAY) {
		bump(cases[i].ip_lookup
			 ? "UPDATE offer SET ip_lookup = 1 WHERE id = 261"
			 : "UPDATE offer SET ip_lookup = 0 WHERE id = 261");
		visit_browser = cases[i].click;
		(void)visit(t - 60 * US_SECOND, 261, 42, "192.0.2.80", UA);
		(void)snprintf(fields, sizeof(fields), "offerid=261&orderid=lang-%zu&%s",
		    i, cases[i].fields);
		is_int(fix_pixel(t, fields), cases[i].want, cases[i].what);
	}
	visit_browser = NULL;
}

/* no_personal_member_info: what is kept of a customer. */
static void
test_person(void)
{
	us_t t = FIX_T0 + 300 * US_DAY;

	for (unsigned hide = 0; hide < 2; hide++) {
		char fields[200];

		bump(hide
			 ? "UPDATE offer SET no_personal_member_info = 1 WHERE id = 262"
			 : "UPDATE offer SET no_personal_member_info = 0 WHERE id = 262");
		(void)snprintf(fields, sizeof(fields),
		    "orderid=person-%u&subscription_id=person-%u", hide, hide);
		fix_event(REC_POST, SRC_NATS_POST, t + hide,
		    fix_on(visit(t, 262, 42, "192.0.2.9", UA), fields));
		fix_text(F_person,
		    "firstname=Bob&lastname=Jones&email=b%40x.example&phone=123&address1="
		    "A&address2=B&city=C&state=D&zip=E&country=US");
		is_int(fix_book_events(), ERR_OK, "a customer with a name");
	}
#define PERSON(columns_, which_)                                   \
	testdb_int(fix_db,                                         \
	    "SELECT LENGTH(CONCAT(" columns_                       \
	    ")) FROM customer_person p JOIN customer c ON c.id = " \
	    "p.customer_id WHERE c.subscription_id = 'person-" which_ "'")
	is_int(
	    PERSON("firstname, lastname, address1, address2, city, state, zip, country",
		"0"),
	    15, "all of it is kept");
	is_int(
	    PERSON("firstname, lastname, address1, address2, city, state, zip, country",
		"1"),
	    0, "no name and no address");
	is_int(PERSON("email, phone", "1"), 14, "mail address and telephone stay");
}

/* retro_payout and M9. */
static void
test_retro(void)
{
	static const struct {
		bool retro, disable;
		const char *want; /* payout of a continuity of 100.00 */
		const char *what;
	} cases[] = {
	    {false, false, "10.00", "without retro_payout the new rate"},
	    {true, false, "5.00", "with it the rate of his first transaction"},
	    {true, true, "0.00", "M9: disable beats it"},
	};
	us_t t = FIX_T0 + 320 * US_DAY;
	char sql[300], fields[100];

	(void)fix_pixel(t, fix_on(visit(t - 1, 262, 42, "192.0.2.9", UA),
			       "orderid=retro&subscription_id=R"));
	t += US_DAY;
	(void)snprintf(sql, sizeof(sql),
	    "UPDATE payout_rule SET valid_to_us = %lld WHERE offer_id = 262",
	    (long long)t);
	testdb_exec(fix_db, sql);
	(void)snprintf(sql, sizeof(sql),
	    "INSERT INTO payout_rule (offer_id, change_id, valid_from_us, currency, "
	    "commission_type, pct_conversion, pct_continuity, adv_cost_type, adv_flat) "
	    "VALUES (262, 0, %lld, 'USD', 'cps', 150000, 100000, 'conversion', 25000000)",
	    (long long)t);
	bump(sql);
	for (unsigned i = 0; i < ARRAY_LEN(cases); i++) {
		if (cases[i].disable)
			bump("INSERT INTO payout_rule (offer_id, change_id, "
			     "valid_from_us, currency, kind) VALUES (262, 9, 0, 'USD', "
			     "'disable')");
		bump(cases[i].retro ? "UPDATE offer SET retro_payout = 1 WHERE id = 262"
				    : "UPDATE offer SET retro_payout = 0 WHERE id = 262");
		(void)snprintf(fields, sizeof(fields),
		    "offerid=262&subscription_id=R&orderid=retro-%u&amount=100", i);
		is_int(fix_pixel(t + (i + 1) * US_DAY, fields), OUTCOME_BOOKED, fields);
		(void)snprintf(sql, sizeof(sql),
		    "SELECT payout FROM conversion WHERE orderid = 'retro-%u'", i);
		is_cents(sql, cases[i].want, cases[i].what);
	}
}

int
main(void)
{
	network_open();
	network_of_credit();
	test_order();
	test_without_click();
	test_match();
	test_languages();
	test_person();
	test_retro();
	fix_is_clean("all of it");
	fix_close();
	return tap_done();
}
