/* SPDX-License-Identifier: Apache-2.0
 * checks_test.c - address lists, countries and URLs as administrators write them.
 */
#include "base/iplist.h"
#include "domain/country.h"
#include "domain/weburl.h"

#include "tap.h"

static void
test_iplist_has(void)
{
	static const struct {
		const char *list, *ip;
		bool want;
	} cases[] = {
	    {"127.0.0.1", "127.0.0.1", true},
	    {"127.0.0.1", "127.0.0.2", false},
	    {" 10.0.0.1 ,\n10.0.0.3;", "10.0.0.3", true},
	    {"10.0.0.0/8", "10.255.255.255", true},
	    {"10.0.0.0/8", "11.0.0.0", false},
	    {"10.1.2.3/8", "10.9.9.9", true},
	    {"10.0.0.0/31", "10.0.0.1", true},
	    {"10.0.0.0/31", "10.0.0.2", false},
	    {"0.0.0.0/0", "203.0.113.9", true},
	    {"0.0.0.0/0", "2001:db8::1", false},
	    {"::/0", "2001:db8::1", true},
	    {"127.0.1.1-127.0.2.1", "127.0.1.255", true},
	    {"127.0.1.1-127.0.2.1", "127.0.2.2", false},
	    {"127.0.1.1-127.0.2.1", "127.0.1.0", false},
	    {"2001:db8::/33", "2001:db8:7fff::1", true},
	    {"2001:db8::/33", "2001:db8:8000::1", false},
	    {"::ffff:192.0.2.1", "192.0.2.1", true},
	    {"nonsense, 192.0.2.1", "192.0.2.1", true},
	    {"", "192.0.2.1", false},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct str list = str_of(cases[i].list);
		struct ip_range v[8];
		uint8_t ip[16];
		bool good = ip_parse(str_of(cases[i].ip), ip);

		ok(good && iplist_has(list, ip) == cases[i].want, "list case %zu: %s %s",
		    i, cases[i].ip, cases[i].want ? "is in" : "is not in");
		ok(ip_in_ranges(v, iplist_ranges(list, v), ip) == cases[i].want,
		    "the same of its ranges");
	}
}

/* Entries in no order, that hold, touch and repeat each other; every address around
 * them. */
static void
test_ranges(void)
{
	const struct str list = STR("10.0.0.40-10.0.0.50 10.0.0.8/30 nonsense 10.0.0.9 "
				    "10.0.0.45-10.0.0.60,10.0.0.100 10.0.0.100 "
				    "10.0.0.44 10.0.0.12 2001:db8::/64 10.0.0.0");
	struct ip_range v[80];
	const size_t n = iplist_ranges(list, v);
	unsigned differ = 0, in = 0;

	is_int((long long)n, 6, "what overlaps is one range");
	for (unsigned i = 0; i < 256; i++) {
		uint8_t ip[16] = {[10] = 0xff, [11] = 0xff, 10, 0, 0, (uint8_t)i};
		const bool has = iplist_has(list, ip);

		differ += ip_in_ranges(v, n, ip) != has;
		in += has;
	}
	is_int(differ, 0, "ranges hold what the list holds");
	is_int(in, 1 + 5 + 21 + 1, "which is this many");
	ok(!ip_in_ranges(v, 0, v[0].first), "none hold nothing");
}

static void
test_iplist_check(void)
{
	static const char *const bad[] = {"1.2.3", "1.2.3.4/33", "::1/129", "1.2.3.4/",
	    "1.2.3.4-", "9.0.0.0-1.0.0.0", "1.2.3.4/-1", "host.example", "1.2.3.4,x"};
	char text[IP_TEXT];
	uint8_t ip[16] = {0};
	struct str entry = STR_NONE;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		ok(!iplist_check(str_of(bad[i]), NULL), "\"%s\" is refused", bad[i]);
	ok(!iplist_check(STR("1.2.3.4 x, y"), &entry) && str_eq(entry, STR("x")),
	    "the bad entry is named");
	ok(iplist_check(STR("1.2.3.4, ::1\n10.0.0.0/8 1.1.1.1-2.2.2.2"), NULL),
	    "all forms are good");
	ok(iplist_empty(STR(" ,\n")) && iplist_empty(STR_NONE) &&
		!iplist_empty(STR("1.2.3.4")),
	    "empty lists");
	ok(ip_parse(STR("192.0.2.7"), ip), "an IPv4 address");
	(void)ip_format(text, ip);
	is_str(text, "192.0.2.7", "comes back dotted");
	ok(ip_parse(STR("2001:DB8:0::1"), ip), "an IPv6 address");
	(void)ip_format(text, ip);
	is_str(text, "2001:db8::1", "comes back short");
	ok(!ip_parse(str_n("1.2.3.4\0", 8), ip), "a NUL is no part of an address");
}

static void
test_countries(void)
{
	struct arena *a = arena_new();
	struct str out = STR_NONE, bad = STR_NONE;

	is_str(country_name(STR("gb")), "Britain (UK)", "a code in either case");
	ok(country_name(STR("UK")) == NULL && country_name(STR("")) == NULL &&
		country_name(STR("USA")) == NULL,
	    "what is no code");
	ok(country_name(STR("AD")) != NULL && country_name(STR("ZW")) != NULL,
	    "the first and the last");
	ok(country_list(a, STR(" us,GB , us\nfr,"), &out, &bad) &&
		str_eq(out, STR("US,GB,FR")),
	    "a list is put in order, each once");
	ok(country_list(a, STR(""), &out, &bad) && out.n == 0, "an empty list");
	ok(!country_list(a, STR("US,XX"), &out, &bad) && str_eq(bad, STR("XX")),
	    "the bad one is named");
	ok(country_in(STR("US,GB"), STR("GB")) && !country_in(STR("US,GB"), STR("G")) &&
		!country_in(STR(""), STR("GB")),
	    "membership");
	arena_free(&a);
}

static void
test_urls(void)
{
	static const struct {
		const char *url;
		bool good;
	} cases[] = {
	    {"http://shop.example/?click_hash=%%click_hash%%", true},
	    {"https://shop.example:8443/a/{offer_id}?c={clickid}&x=%%sub|default:a%%",
		true},
	    {"HTTP://SHOP.example", true},
	    {"http://192.0.2.1/", true},
	    {"http://[2001:db8::1]:80/x", true},
	    {"http://m\xc3\xbcller.example/", true},
	    {"", false},
	    {"shop.example/", false},
	    {"//shop.example/", false},
	    {"ftp://shop.example/", false},
	    {"javascript:alert(1)", false},
	    {"http://", false},
	    {"http:///path", false},
	    {"http://?q", false},
	    {"http://{sub1}/", false},
	    {"http://%%sub1%%.example/", false},
	    {"%%scheme%%://shop.example/", false},
	    {"http://good.example@evil.example/", false},
	    {"http://good.example\\@evil.example/", false},
	    {"http://shop.example:0/", false},
	    {"http://shop.example:65536/", false},
	    {"http://shop.example:{sub1}/", false},
	    {"http://[::1/", false},
	    {"http://[{sub1}]/", false},
	    {"http://shop.example/a b", false},
	    {"http://shop.example/\r\nSet-Cookie: a=b", false},
	    {"http://shop.example/\"", false},
	    {"http://shop.example/\xff", false},
	};
	char longest[WEBURL_MAX + 2];
	struct str s;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ok((weburl_wrong(str_of(cases[i].url)) == NULL) == cases[i].good,
		    "URL case %zu %s", i, cases[i].good ? "may be saved" : "is refused");
	memset(longest, 'a', sizeof(longest));
	memcpy(longest, "http://", 7);
	longest[10] = '/';
	s = str_n(longest, WEBURL_MAX);
	ok(weburl_wrong(s) == NULL, "the longest URL");
	s.n++;
	ok(weburl_wrong(s) != NULL, "one byte more");
	s = weburl_host(STR("http://shop.example:80/x"));
	ok(str_eq(s, STR("shop.example")), "the host without its port");
}

int
main(void)
{
	test_iplist_has();
	test_ranges();
	test_iplist_check();
	test_countries();
	test_urls();
	return tap_done();
}
