/* SPDX-License-Identifier: Apache-2.0
 * access_test.c - the decision tables of access (C5 of decisions.md) and targeting: one
 * case a line.
 */
#include "track/access.h"
#include "track/catimage.h"
#include "track/targeting.h"

#include "base/iplist.h"
#include "base/zone.h"

#include "tap.h"

#include <stdlib.h>

#define NOW (INT64_C(1792584000) * US_SECOND) /* 2026-10-21 12:00 UTC, a Wednesday */

static struct catimage *ci;

static struct catalog *
finish(void)
{
	const struct str image = catimage_finish(ci, 1, 1);
	char why[256];
	struct catalog *c = catalog_of(image.p, image.n, why);

	if (c == NULL) {
		printf("Bail out! %s\n", why);
		exit(1);
	}
	return c;
}

/* ---- access ---- */

enum { BOB = 42, OFFER = 7, PAGE = 70, OTHER = 71, SHOP = 9 };

/* Each letter says something: p, r exception for him (page, offer); P, R the same for
 * everybody; capital Y or N behind it.  l: the page is private; b: black list; 1 2 3:
 * offer's privacy. */
static bool
allowed(const char *says)
{
	struct cat_access v[8];
	size_t n = 0;
	const uint64_t black[] = {BOB};
	struct cat_landing_page lp = {.id = PAGE, .offer_id = OFFER};
	struct cat_offer o = {.id = OFFER,
	    .status = CAT_ACTIVE,
	    .privacy = CAT_PUBLIC,
	    .default_lp_id = PAGE};
	struct cat_net net = {.base_currency = "USD"};
	struct catalog *c;
	bool got;

	ci = catimage_new();
	for (const char *s = says; *s != '\0'; s++) {
		if (strchr("prPR", *s) != NULL) {
			v[n++] = (struct cat_access){.affiliate_id = *s >= 'a' ? BOB : 0,
			    .landing_page_id = (*s | 0x20) == 'p' ? PAGE : 0,
			    .allowed = s[1] == 'Y'};
			s++;
		} else if (*s == 'l') {
			lp.closed = 1;
		} else if (*s == 'b') {
			o.blacklist = catimage_wide(ci, black, 1);
		} else {
			o.privacy = (uint8_t)(*s - '0');
		}
	}
	o.access = catimage_access(ci, v, n);
	catimage_net(ci, &net);
	catimage_offer(ci, &o, (struct cat_text){0, 0});
	catimage_landing_page(ci, &lp, (struct cat_text){0, 0});
	c = finish();
	got =
	    access_allows(c, catalog_offer(c, OFFER), catalog_landing_page(c, PAGE), BOB);
	catalog_unmap(&c);
	catimage_free(&ci);
	return got;
}

static void
test_access(void)
{
	static const struct {
		const char *says;
		bool want;
	} cases[] = {
	    {"1", true},
	    {"2", false},
	    {"3", false},
	    {"1l", false},
	    {"1b", false},
	    /* an exception beats all flags */
	    {"3lbpY", true},
	    {"3lbrY", true},
	    {"1pN", false},
	    {"1rN", false},
	    /* the page's before the offer's */
	    {"1pYrN", true},
	    {"1pNrY", false},
	    /* named before everybody */
	    {"3lbPY", true},
	    {"3RY", true},
	    {"1PN", false},
	    {"1RN", false},
	    {"1PYpN", false},
	    {"1PYrN", false},
	    {"1PNrY", true},
	    {"1RYPN", false},
	    {"1RNPY", true},
	    /* the private page before the black list before the offer: all say no; with
	     * each alone it is still no, and access to the offer beats the advertiser */
	    {"1brY", true},
	    {"2lrY", true},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		ok(allowed(cases[i].says) == cases[i].want, "access: %s is %s",
		    cases[i].says, cases[i].want ? "yes" : "no");
}

/* ---- targeting ---- */

struct visitor {
	const char *country, *region, *city, *isp;
	enum geo_link link;
	const char *os, *version;
	enum device_type device;
	const char *ip;
	const char *sub[TARGETING_SUBS];
	us_t at; /* after NOW */
};

enum {
	T_NONE,
	T_STATES,
	T_CITY,
	T_ISP,
	T_SUB1,
	T_SUB1_EXCEPT,
	T_SUB2,
	T_ADV_SUB1,
	T_ADV_EXCEPT,
	T_PAIR
};

/* What the offer asks for, by one field; the rest asks for nothing. */
struct asked {
	struct cat_target t;
	const char *strict, *os, *ips;
	int list;
	const char *text;
};

static uint64_t
number_of(const struct asked *a)
{
	const struct str text = str_of(a->text);

	switch (a->list) {
	case T_STATES:
		return text.n > 2 ? targeting_state(country_pack(str_n(text.p, 2)),
					str_n(text.p + 3, text.n - 3))
				  : targeting_state(0, text);
	case T_CITY:
		return targeting_place(country_pack(STR("DE")), STR("NW"), text);
	case T_ISP:
		return targeting_isp(text);
	case T_PAIR:
		return targeting_pair(str_n(text.p, 1), str_n(text.p + 1, 1));
	default:
		return targeting_sub(text);
	}
}

static void
take_list(const struct asked *a, struct cat_target *t)
{
	const uint64_t number = a->list == T_NONE ? 0 : number_of(a);
	struct cat_list l = {0, 0};

	if (a->list != T_NONE)
		l = catimage_wide(ci, &number, 1);
	switch (a->list) {
	case T_STATES:
		t->states = l;
		break;
	case T_CITY:
		t->cities = l;
		break;
	case T_ISP:
		t->isps = l;
		break;
	case T_SUB1_EXCEPT:
		t->sub_except[0] = 1;
		t->subs[0] = l;
		break;
	case T_SUB1:
		t->subs[0] = l;
		break;
	case T_SUB2:
		t->subs[1] = l;
		break;
	case T_ADV_EXCEPT:
		t->adv_sub_except[0] = 1;
		t->adv_subs[0] = l;
		break;
	case T_ADV_SUB1:
		t->adv_subs[0] = l;
		break;
	case T_PAIR:
		t->pairs = l;
		break;
	default:
		break;
	}
}

static enum verdict
check(const struct asked *a, const struct visitor *v)
{
	struct cat_offer o = {.id = OFFER, .status = CAT_ACTIVE, .privacy = CAT_PUBLIC};
	struct cat_net net = {.base_currency = "USD"};
	struct cat_target t = a->t;
	struct geo_place place = {.region = str_of(v->region),
	    .city = str_of(v->city),
	    .isp = str_of(v->isp),
	    .link = (uint8_t)v->link};
	struct ua_info ua = {.device_type = (uint8_t)v->device};
	struct targeting_visitor ask = {.now = NOW + v->at, .place = &place, .ua = &ua};
	struct str os = str_of(a->os);
	struct cat_os row[8];
	uint8_t ip[16] = {0};
	struct catalog *c;
	enum verdict got;
	size_t n = 0;
	bool bad;

	ci = catimage_new();
	while (targeting_os(&os, row, ARRAY_LEN(row), &n, &bad))
		continue;
	t.os = catimage_os(ci, row, n);
	t.strict_countries = catimage_countries(ci, str_of(a->strict));
	t.refused_ips = catimage_ranges(ci, str_of(a->ips));
	take_list(a, &t);
	o.target = catimage_target(ci, &t);
	catimage_net(ci, &net);
	catimage_offer(ci, &o, (struct cat_text){0, 0});
	c = finish();
	if (v->country != NULL)
		place.country = country_pack(str_of(v->country));
	if (v->ip != NULL)
		(void)!ip_parse(str_of(v->ip), ip);
	ask.ip = ip;
	(void)snprintf(ua.os, sizeof(ua.os), "%s", v->os == NULL ? "" : v->os);
	(void)snprintf(ua.os_version, sizeof(ua.os_version), "%s",
	    v->version == NULL ? "" : v->version);
	for (unsigned i = 0; i < TARGETING_SUBS; i++)
		ask.sub[i] = str_of(v->sub[i]);
	got = targeting_check(c, catalog_offer(c, OFFER), &ask);
	catalog_unmap(&c);
	catimage_free(&ci);
	return got;
}

#define LIST(list_, text_)                       \
	{                                        \
		.list = (list_), .text = (text_) \
	}
#define OS(text_)             \
	{                     \
		.os = (text_) \
	}
#define ON(os_, version_)                          \
	{                                          \
		.os = (os_), .version = (version_) \
	}
#define FROM(country_, region_)                            \
	{                                                  \
		.country = (country_), .region = (region_) \
	}

static const struct {
	const char *what;
	struct asked asked;
	struct visitor v;
	enum verdict want;
} cases[] = {
    {"nothing asked, nothing known", {.text = NULL}, {.os = NULL}, VERDICT_COUNTED},
    {"paid for there", {.t = {.strict = 1}, .strict = "DE,AT"}, {.country = "AT"},
	VERDICT_COUNTED},
    {"not paid for there", {.t = {.strict = 1}, .strict = "DE,AT"}, {.country = "CH"},
	VERDICT_COUNTRY},
    {"paid for somewhere, nobody knows where he is", {.t = {.strict = 1}, .strict = "DE"},
	{.country = NULL}, VERDICT_COUNTRY},
    {"paid for nowhere", {.t = {.strict = 1}}, {.country = "DE"}, VERDICT_COUNTRY},
    {"excluded from payment", {.t = {.strict = 1, .strict_refuses = 1}, .strict = "DE"},
	{.country = "DE"}, VERDICT_COUNTRY},
    {"not excluded", {.t = {.strict = 1, .strict_refuses = 1}, .strict = "DE"},
	{.country = "CH"}, VERDICT_COUNTED},
    {"region of the country", LIST(T_STATES, "US-CA"), FROM("US", "CA"), VERDICT_COUNTED},
    {"in any case", LIST(T_STATES, "US-ca"), FROM("US", "CA"), VERDICT_COUNTED},
    {"the same code elsewhere", LIST(T_STATES, "US-CA"), FROM("IT", "CA"),
	VERDICT_REGION},
    {"region of any country", LIST(T_STATES, "CA"), FROM("IT", "CA"), VERDICT_COUNTED},
    {"another region", LIST(T_STATES, "US-CA"), FROM("US", "NY"), VERDICT_REGION},
    {"region not known", LIST(T_STATES, "US-CA"), FROM("US", NULL), VERDICT_REGION},
    {"noon is between eight and twelve", {.t = {.hours = 0x1f00}}, {.at = 0},
	VERDICT_COUNTED},
    {"one second before one", {.t = {.hours = 0x1f00}}, {.at = 3599 * US_SECOND},
	VERDICT_COUNTED},
    {"one is not", {.t = {.hours = 0x1f00}}, {.at = 3600 * US_SECOND}, VERDICT_HOURS},
    {"city", LIST(T_CITY, "Bonn"), {.country = "DE", .region = "NW", .city = "Bonn"},
	VERDICT_COUNTED},
    {"another city", LIST(T_CITY, "Bonn"),
	{.country = "DE", .region = "NW", .city = "Siegburg"}, VERDICT_CITY},
    {"that name in another country", LIST(T_CITY, "Bonn"),
	{.country = "US", .region = "NW", .city = "Bonn"}, VERDICT_CITY},
    {"city not known", LIST(T_CITY, "Bonn"), FROM("DE", "NW"), VERDICT_CITY},
    {"any version", OS("ios"), ON("iOS", "17.4"), VERDICT_COUNTED},
    {"another family", OS("ios"), ON("Android", "9"), VERDICT_OS},
    {"one of two families", OS("ios:9;android"), ON("Android", "9"), VERDICT_COUNTED},
    {"major version", OS("ios:9,10"), ON("iOS", "10.3.1"), VERDICT_COUNTED},
    {"not that one", OS("ios:9,10"), ON("iOS", "11.0"), VERDICT_OS},
    {"version not known", OS("ios:9"), ON("iOS", ""), VERDICT_OS},
    {"4.4 of android", OS("android:4.4"), ON("Android", "4.4.2"), VERDICT_COUNTED},
    {"4.1 beside it", OS("android:4.4"), ON("Android", "4.1"), VERDICT_OS},
    {"4 of android is 4.0", OS("android:4"), ON("Android", "4.0.3"), VERDICT_COUNTED},
    {"and not 4.4, which has its own name", OS("android:4"), ON("Android", "4.4"),
	VERDICT_OS},
    {"8 of android is all of it", OS("android:8"), ON("Android", "8.1"), VERDICT_COUNTED},
    {"7.5 of windows phone", OS("wp:7.5"), ON("Windows Phone", "7.5"), VERDICT_COUNTED},
    {"web is what is no phone", OS("web"), ON("Windows", "10"), VERDICT_COUNTED},
    {"a phone is not", OS("web"), ON("Windows Phone", "8"), VERDICT_OS},
    {"nobody knows what it is", OS("web"), ON("", ""), VERDICT_OS},
    {"device", {.t = {.devices = 1 << DEVICE_MOBILE}}, {.device = DEVICE_MOBILE},
	VERDICT_COUNTED},
    {"another device", {.t = {.devices = 1 << DEVICE_MOBILE}}, {.device = DEVICE_TABLET},
	VERDICT_DEVICE},
    {"cellular", {.t = {.connection = CAT_CONNECTION_CELLULAR}},
	{.link = GEO_LINK_CELLULAR}, VERDICT_COUNTED},
    {"wifi where cellular is asked for", {.t = {.connection = CAT_CONNECTION_CELLULAR}},
	{.link = GEO_LINK_WIFI}, VERDICT_CONNECTION},
    {"wifi", {.t = {.connection = CAT_CONNECTION_WIFI}}, {.link = GEO_LINK_WIFI},
	VERDICT_COUNTED},
    {"connection not known", {.t = {.connection = CAT_CONNECTION_WIFI}},
	{.link = GEO_LINK_UNKNOWN}, VERDICT_CONNECTION},
    {"provider", LIST(T_ISP, "Rhein Net"), {.isp = "Rhein Net"}, VERDICT_COUNTED},
    {"another provider", LIST(T_ISP, "Rhein Net"), {.isp = "Bay Net"}, VERDICT_ISP},
    {"provider not known", LIST(T_ISP, "Rhein Net"), {.isp = NULL}, VERDICT_ISP},
    {"address refused", {.ips = "192.0.2.0/24"}, {.ip = "192.0.2.9"}, VERDICT_IP},
    {"address not refused", {.ips = "192.0.2.0/24"}, {.ip = "192.0.3.9"},
	VERDICT_COUNTED},
    {"sub1 on the list", LIST(T_SUB1, "a"), {.sub = {"a"}}, VERDICT_COUNTED},
    {"sub1 not on it", LIST(T_SUB1, "a"), {.sub = {"A"}}, VERDICT_SUB},
    {"sub1 empty", LIST(T_SUB1, "a"), {.sub = {NULL, "a"}}, VERDICT_SUB},
    {"sub1 on the list that refuses", LIST(T_SUB1_EXCEPT, "a"), {.sub = {"a"}},
	VERDICT_SUB},
    {"and not on it", LIST(T_SUB1_EXCEPT, "a"), {.sub = {"b"}}, VERDICT_COUNTED},
    {"sub2 on its list", LIST(T_SUB2, "a"), {.sub = {"b", "a"}}, VERDICT_COUNTED},
    {"sub2 not on it", LIST(T_SUB2, "a"), {.sub = {"a", "b"}}, VERDICT_SUB},
    {"the advertiser's list", LIST(T_ADV_SUB1, "a"), {.sub = {"b"}}, VERDICT_SUB},
    {"the advertiser's list that refuses", LIST(T_ADV_EXCEPT, "a"), {.sub = {"a"}},
	VERDICT_SUB},
    {"the pair", LIST(T_PAIR, "ab"), {.sub = {"a", "b"}}, VERDICT_SUB_PAIR},
    {"half of the pair", LIST(T_PAIR, "ab"), {.sub = {"a", "c"}}, VERDICT_COUNTED},
    {"the pair turned round", LIST(T_PAIR, "ab"), {.sub = {"b", "a"}}, VERDICT_COUNTED},
    {"sub6 is there", {.t = {.empty_sub = 6}}, {.sub = {[5] = "x"}}, VERDICT_COUNTED},
    {"sub6 is empty", {.t = {.empty_sub = 6}}, {.sub = {"a", "b", "c", "d", "e"}},
	VERDICT_SUB},
};

static void
test_targeting(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		is_int(check(&cases[i].asked, &cases[i].v), cases[i].want, cases[i].what);
	/* several at once: the first of the table speaks */
	is_int(check(&(struct asked){.t = {.devices = 2, .strict = 1}, .strict = "DE"},
		   &(struct visitor){.country = "CH", .device = DEVICE_DESKTOP}),
	    VERDICT_COUNTRY, "country before device");
	for (unsigned v = 0; v < 64; v++)
		ok(targeting_is_reason((enum verdict)v) ==
			(v == VERDICT_COUNTRY ||
			    (v >= VERDICT_REGION && v <= VERDICT_HOURS)),
		    "verdict %u %s", v,
		    targeting_is_reason((enum verdict)v) ? "is targeting" : "is not");
}

static void
test_hours(void)
{
	static const struct {
		const char *text;
		uint32_t bits;
		bool good;
	} texts[] = {{"", 0, true}, {"0", 1, true}, {"23", 1u << 23, true},
	    {"8-10,20", 0x100700, true}, {"22-1", 0xc00003, true},
	    {" 8 - 9 ", 0x300, true}, {"24", 0, false}, {"8-", 0, false},
	    {"-8", 0, false}, {"a", 0, false}, {"8,,9", 0, false}};
	const struct zone *berlin = zone_get(STR("Europe/Berlin"));
	struct geo_place place = {.country = 0};
	struct ua_info ua = {.device_type = 0};
	struct targeting_visitor v = {
	    .now = NOW, .zone = berlin, .place = &place, .ua = &ua};
	struct cat_target t = {.hours = 1u << 14}; /* 12:00 UTC is 14:00 in summer */
	struct cat_offer o = {.id = OFFER};
	struct cat_net net = {.base_currency = "USD"};
	struct catalog *c;
	uint32_t bits;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		bool good = targeting_hours(str_of(texts[i].text), &bits);

		ok(good == texts[i].good && (!good || bits == texts[i].bits),
		    "hours \"%s\"", texts[i].text);
	}
	ci = catimage_new();
	o.target = catimage_target(ci, &t);
	catimage_net(ci, &net);
	catimage_offer(ci, &o, (struct cat_text){0, 0});
	c = finish();
	is_int(targeting_check(c, catalog_offer(c, OFFER), &v), VERDICT_COUNTED,
	    "the hour is the network's");
	v.now += 11 * 86400 * US_SECOND; /* the clocks went back on the 25th */
	is_int(targeting_check(c, catalog_offer(c, OFFER), &v), VERDICT_HOURS,
	    "also in winter");
	catalog_unmap(&c);
	catimage_free(&ci);
}

int
main(void)
{
	test_access();
	test_targeting();
	test_hours();
	return tap_done();
}
