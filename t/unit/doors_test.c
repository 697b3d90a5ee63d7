/* SPDX-License-Identifier: Apache-2.0
 * doors_test.c - every form of link: what it names and where it leads.
 */
#include "track/click.h"

#include "base/iplist.h"
#include "track/catimage.h"
#include "track/doors.h"

#include "tap.h"

#include <stdlib.h>

#define NOW INT64_C(1534173952071102)
#define HASH "35b71a300115be9.16738986"
#define HEX "5b71a300115be30036a453aa"

static struct catimage *ci;
static struct catalog *cat;

static struct cat_text
text(const char *s)
{
	return catimage_text(ci, str_of(s));
}

static void
account(uint32_t id, uint8_t type, const char *name)
{
	const struct cat_account a = {.id = id, .type = type, .username = text(name)};

	catimage_account(ci, &a);
}

static void
page(uint32_t id, uint32_t offer, const char *shortname, const char *url)
{
	const struct cat_landing_page lp = {
	    .id = id, .offer_id = offer, .url = text(url)};

	catimage_landing_page(ci, &lp, text(shortname));
}

/* Offer `id` with commission id + 1000 and landing page id * 10; those from 20 on allow
 * deep links. */
static void
offer(uint32_t id, const char *shortname, const char *url)
{
	static const char *const hosts[] = {
	    "deep.example", "list.example", "*.wild.example"};
	const struct cat_commission c = {.id = id + 1000, .offer_id = id};
	struct cat_offer o = {.id = id,
	    .default_lp_id = id * 10,
	    .commission_id = id + 1000,
	    .status = CAT_ACTIVE,
	    .privacy = CAT_PUBLIC,
	    .cookie_days = 30,
	    .allow_deeplink = id >= 20};

	for (unsigned i = 0; i < ARRAY_LEN(hosts) && id >= 20; i++) {
		const uint32_t at = catimage_host(ci, text(hosts[i]));

		if (o.deeplink_hosts.n++ == 0)
			o.deeplink_hosts.first = at;
	}
	page(id * 10, id, "home", url);
	catimage_commission(ci, &c, text("std"));
	catimage_offer(ci, &o, text(shortname));
}

static void
domain(const char *host, uint32_t lp, uint32_t who, bool is_default, struct cat_net *net)
{
	const struct cat_domain d = {
	    .id = 1, .landing_page_id = lp, .account_id = who, .host = text(host)};
	const uint32_t at = catimage_domain(ci, &d);

	if (is_default)
		net->default_domain = at;
}

static void
make_network(void)
{
	struct cat_net net = {
	    .base_currency = "USD", .stat_unique_seconds = 86400, .house_account = 50};
	struct str image;

	ci = catimage_new();
	account(9, 140, "shop");
	account(42, 100, "bob");
	account(50, 100, "house");
	offer(11, "shoes", "http://s11.example/p?h=%%click_hash%%");
	offer(12, "clogs", "http://s12.example/?h=%%click_hash%%");
	page(121, 12, "alt", "http://alt.example/?h={clickid}");
	offer(20, "deep", "https://deep.example/go/?c={clickid}");
	offer(21, "into", "https://deep.example/?to={deeplink}");
	domain("go.example", 110, 42, false, &net);
	domain("house.example:8080", 121, 0, false, &net);
	domain("default.example", 120, 0, true, &net);
	domain("empty.example", 0, 0, false, &net);
	(void)catimage_link(ci, CAT_NAMED_TINY, text("t1ny"),
	    text(
		"NDIuMTAxMS4xMS4xMTAuNS42LjcuOC45LjEwLjAuMA")); /* 42.1011.11.110.5.6.7.8.9.10
								 */
	(void)catimage_link(ci, CAT_NAMED_TINY, text("broken"), text("!"));
	(void)catimage_link(ci, CAT_NAMED_SHORT, text("abc123"),
	    text("pid=42&offer_id=20&sub1=s&path=x"));
	catimage_net(ci, &net);
	image = catimage_finish(ci, 1, 1);
	cat = catalog_of(image.p, image.n, NULL);
}

static bool
seen(void *arg, uint64_t key, uint32_t now_s, uint32_t window_s)
{
	(void)arg;
	(void)key;
	(void)now_s;
	(void)window_s;
	return false;
}

static void
hint(void *arg, uint64_t key)
{
	(void)arg;
	(void)key;
}

static void
fixed_random(void *arg, uint8_t out[16])
{
	(void)arg;
	memset(out, 0xab, 16);
}

static struct click k;
static struct click_env env;
static unsigned char rec[CLICK_RECORD_MAX];
static struct rec_click head;
static struct rec_texts texts;

static struct click_in
visit(enum click_door door, const char *rest, const char *query, const char *host)
{
	struct click_in in = {.door = door,
	    .rest = str_of(rest),
	    .query = str_of(query),
	    .host = str_of(host),
	    .ua = STR("UA/1"),
	    .now = NOW};

	(void)!ip_parse(STR("192.0.2.7"), in.ip);
	return in;
}

static const char *
run(const struct click_in *in)
{
	static char b[CLICK_LOCATION_MAX + 1];
	size_t n;

	click_begin(&k, &env, in);
	n = click_finish(&k, (struct click_id){NOW, 3916738986}, rec, sizeof(rec));
	memcpy(&head, rec, sizeof(head));
	if (!rec_texts(&texts, rec, n, sizeof(head)))
		ok(false, "the record is whole");
	(void)snprintf(b, sizeof(b), STR_FMT, STR_ARG(k.location));
	return b;
}

#define T CLICK_BY_TRACK
#define S CLICK_BY_STRACK
#define A CLICK_BY_AFFISE
#define H CLICK_BY_SHORT
#define S11 "http://s11.example/p"
#define S12 "http://s12.example/"
#define OK VERDICT_COUNTED
#define BAD VERDICT_BAD_CODE

static const struct {
	enum click_door door;
	const char *rest, *query, *host;
	enum verdict verdict;
	const char *location; /* "": a plain page */
} cases[] = {
    /* /strack/: the affiliate of the code, another offer */
    {S, "bob.0.11.0/12:120/1012/1/", "", "", OK, S12 "?h=" HASH},
    {S, "bob.0.11.0/clogs:alt/std/1/", "", "", OK, "http://alt.example/?h=" HEX},
    {S, "bob.0.11.0/12:alt/0/1", "", "", OK, "http://alt.example/?h=" HEX},
    {S, "NDIuMC4xMS4w/clogs:home/std/1/", "", "", OK, S12 "?h=" HASH},
    {S, "t1ny/clogs:0/std/1/", "", "", OK, S12 "?h=" HASH},
    {S, "bob.0.11.0/clogs/std/1/", "", "", OK, S12 "?h=" HASH},
    {S, "bob.0.11.0/clogs", "", "", OK, S12 "?h=" HASH},
    {S, "bob.0.11.0/clogs:home/std/1/a/b/", "x=1", "", OK, S12 "a/b?h=" HASH "&x=1"},
    {S, "bob.0.11.0/clogs:home/std/1//evil.example/", "", "", OK,
	S12 "evil.example?h=" HASH},
    {S, "bob.0.11.0/clogs:home/std/0/", "", "", VERDICT_MOVED, S12 "?h=" HASH},
    {S, "bob.0.11.0/clogs:home/std/0/", "", "", VERDICT_MOVED, S12 "?h=" HASH},
    {S, "bob.0.11.0/cl%6Fgs:home/std/1/", "", "", OK, S12 "?h=" HASH},
    {S, "nobody.0.11.0/clogs:home/std/1/", "", "", BAD, ""},
    {S, "bob.0.11.0/nothing:home/std/1/", "", "", BAD, ""},
    {S, "bob.0.11.0/clogs:nowhere/std/1/", "", "", BAD, ""},
    {S, "bob.0.11.0/clogs:110/std/1/", "", "", BAD, ""}, /* another offer's page */
    {S, "bob.0.11.0/clogs:home/1011/1/", "", "", BAD, ""},
    {S, "bob.0.11.0", "", "", BAD, ""},
    {S, "bob.0.11.0/", "", "", BAD, ""},
    {S, "/clogs:home/std/1/", "", "", BAD, ""},
    {S, "/clogs:home/std/1/", "ocode=bob.0.11.0", "", BAD, ""},
    {S, "", "", "", BAD, ""},
    {S, ":::///", "", "", BAD, ""},
    /* no code: the tracking domain's */
    {T, "", "", "go.example", OK, S11 "?h=" HASH},
    {T, "", "", "GO.Example:81", OK, S11 "?h=" HASH},
    {T, "/deeper", "a=b", "go.example", OK, "http://s11.example/p/deeper?h=" HASH "&a=b"},
    {T, "", "", "house.example:8080", OK, "http://alt.example/?h=" HEX},
    {T, "", "", "house.example", OK, S12 "?h=" HASH}, /* another port: unknown */
    {T, "", "", "unknown.example", OK, S12 "?h=" HASH},
    {T, "", "", "", OK, S12 "?h=" HASH},
    {T, "", "", "empty.example", BAD, ""},
    {T, "nonsense", "", "go.example", BAD,
	""}, /* a code that means nothing is not none */
    {T, "", "ocode=bob.0.12.0", "go.example", OK, S12 "?h=" HASH},
    {CLICK_BY_TTRACK, "", "", "go.example", OK, S11 "?h=" HASH},
    /* tiny codes */
    {T, "t1ny", "", "", OK, S11 "?h=" HASH},
    {T, "t1ny/a", "subaff=x", "", OK, S11 "/a?h=" HASH},
    {T, "", "nats=t1ny", "", OK, S11 "?h=" HASH},
    {T, "T1NY", "", "", BAD, ""},
    {T, "broken", "", "", BAD, ""},
    {T, "abc123", "", "", BAD, ""}, /* the other kind */
    /* eight, nine and thirteen fields */
    {T, "NDIuMTAxMS4xMS4xMTAuMC4wLjAuMA", "", "", OK, S11 "?h=" HASH},
    {T, "NDIuMTAxMS4xMS4xMTAuMC4wLjAuMC43", "", "", OK, S11 "?h=" HASH},
    {T, "NDIuMTAxMS4xMS4xMTAuMC4wLjAuMC4wLjAuMy4xLDIsMyw0LDUuMA", "", "", OK,
	S11 "?h=" HASH},
    /* deep links of the Affise form */
    {A, "", "pid=42&offer_id=20&path=a/b%20c", "", OK,
	"https://deep.example/go/a/b%20c?c=" HEX},
    {A, "", "pid=42&offer_id=20&path=//evil.example/", "", OK,
	"https://deep.example/go/evil.example/?c=" HEX},
    {A, "", "pid=42&offer_id=20&path=%3Fx%3D1%23y", "", OK,
	"https://deep.example/go/%3Fx=1%23y?c=" HEX},
    {A, "", "pid=42&offer_id=11&path=a", "", OK, S11 "?h=" HASH},
    {A, "", "pid=42&offer_id=21&path=a/b", "", OK, "https://deep.example/?to=a%2Fb"},
    {A, "",
	"pid=42&offer_id=20&redirect=https%3A%2F%2Fdeep.example%2Fx%3Fid%3D%7Bclickid%7D",
	"", OK, "https://deep.example/x?id=" HEX},
    {A, "", "pid=42&offer_id=20&redirect=http://list.example/", "", OK,
	"http://list.example/"},
    {A, "", "pid=42&offer_id=20&redirect=HTTP://LIST.example/q", "", OK,
	"HTTP://LIST.example/q"},
    {A, "", "pid=42&offer_id=20&redirect=https://a.b.wild.example/", "", OK,
	"https://a.b.wild.example/"},
    {A, "", "pid=42&offer_id=20&redirect=https://deep.example", "", OK,
	"https://deep.example"},
    {A, "", "pid=42&offer_id=11&redirect=http://s11.example/", "", OK, S11 "?h=" HASH},
#define NOT(url_)                                                   \
	{                                                           \
		A, "", "pid=42&offer_id=20&redirect=" url_, "", OK, \
		    "https://deep.example/go/?c=" HEX               \
	}
    NOT("https://evil.example/"),
    NOT("https://wild.example/"),
    NOT("https://notwild.example/"),
    NOT("https://deep.example.evil.example/"),
    NOT("https://evil.example/deep.example"),
    NOT("https://deep.example@evil.example/"),
    NOT("https://evil.example%2523@deep.example/"),
    NOT("https://evil.example%5C@deep.example/"),
    NOT("https://deep.example%5C.evil.example/"),
    NOT("https://deep.example:8443/"),
    NOT("//deep.example/"),
    NOT("javascript:alert(1)//deep.example/"),
    NOT("ftp://deep.example/"),
    NOT("/relative"),
    NOT("https://{sub1}.wild.example/"),
    NOT(""),
    /* another landing page of the offer */
    {A, "", "pid=42&offer_id=12&landing_id=121", "", OK, "http://alt.example/?h=" HEX},
    {A, "", "pid=42&offer_id=12&landing_id=110", "", OK, S12 "?h=" HASH},
    {A, "", "pid=42&offer_id=12&landing_id=x", "", OK, S12 "?h=" HASH},
    /* short links: what they stand for counts before what the visitor adds */
    {H, "pid=42&offer_id=20&sub1=s&path=x", "pid=9&offer_id=11&path=y", "", OK,
	"https://deep.example/go/x?c=" HEX},
    {H, "pid=42&offer_id=20", "redirect=https://list.example/", "", OK,
	"https://list.example/"},
};

static void
test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct click_in in =
		    visit(cases[i].door, cases[i].rest, cases[i].query, cases[i].host);
		const char *got = run(&in);

		if (!ok(k.verdict == cases[i].verdict &&
			    strcmp(got, cases[i].location) == 0,
			"%d /%s?%s at '%s'", (int)cases[i].door, cases[i].rest,
			cases[i].query, cases[i].host))
			printf("#   got %d '%s', expected %d '%s'\n", (int)k.verdict, got,
			    (int)cases[i].verdict, cases[i].location);
	}
}

static void
test_records(void)
{
	struct click_in in = visit(T, "t1ny", "", "");

	(void)run(&in);
	ok(head.affiliate_id == 42 && head.campaign_id == 5 && head.adtool_id == 6 &&
		head.subid1 == 7 && head.subid2 == 8 && head.promotional_id == 9 &&
		head.additional_id == 10,
	    "a tiny code brings every field");
	in = visit(S, "t1ny/clogs:alt/std/1/", "", "");
	(void)run(&in);
	ok(head.affiliate_id == 42 && head.offer_id == 12 &&
		head.landing_page_id == 121 && head.commission_id == 1012 &&
		head.campaign_id == 5 && head.subid1 == 7 &&
		(head.flags & CLICK_STRACK) != 0,
	    "strack keeps the affiliate's part and changes the offer's");
	ok(k.n_cookies == 2, "and counts: cookies");
	in = visit(S, "t1ny/clogs:alt/std/0/", "", "");
	(void)run(&in);
	ok(head.verdict == VERDICT_MOVED && k.n_cookies == 0 && head.payout == 0 &&
		(head.flags & (CLICK_UNIQUE | CLICK_UNIQUE_OFFER)) == 0,
	    "moved: no cookie, no unique, no money");
	in = visit(T, "", "", "go.example");
	(void)run(&in);
	ok(head.affiliate_id == 42 && head.offer_id == 11 && head.landing_page_id == 110,
	    "no code: of the account that the domain names");
	in = visit(T, "", "", "default.example");
	(void)run(&in);
	ok(head.affiliate_id == 50, "or of the house");
	in = visit(H, "pid=42&offer_id=20&sub1=s", "sub1=other&sub2=t", "");
	(void)run(&in);
	ok(str_eq(texts.f[F_sub1], STR("s")) && str_eq(texts.f[F_sub2], STR("t")) &&
		head.affiliate_id == 42,
	    "a short link's subs stand, others may be added");
	in = visit(A, "",
	    "pid=42&offer_id=20&sub8=8&ref_id=r&os_id=o&ext1=a&user_id=u&unid=n&"
	    "ios_idfa=i&android_id=d&imp_id=m&fbclid=f&escape=subs&format=json",
	    "");
	(void)run(&in);
	ok(str_eq(texts.f[F_extra],
	       STR("sub8=8&ref_id=r&os_id=o&ext1=a&user_id=u&unid=n&ios_idfa=i&"
		   "android_id=d&imp_id=m&fbclid=f")),
	    "what an Affise link brings is kept; escape and format are not values");
	ok(k.json, "format=json");
}

static void
test_long_redirect(void)
{
	char query[3000];
	struct click_in in;
	int n = snprintf(
	    query, sizeof(query), "pid=42&offer_id=20&redirect=https://deep.example/");

	memset(query + n, 'a', 1500);
	query[n + 1500] = '\0';
	in = visit(A, "", query, "");
	ok(strlen(run(&in)) == strlen("https://deep.example/") + 1500,
	    "a deep link may be longer than a sub");
}

static void
test_short(void)
{
	ok(doors_short(cat, STR("/abc123")).n > 0 &&
		doors_short(cat, STR("/abc12")).p == NULL &&
		doors_short(cat, STR("abc1234")).p == NULL &&
		doors_short(cat, STR("/ABC123")).p == NULL &&
		doors_short(cat, STR("/t1ny")).p == NULL &&
		doors_short(cat, STR("")).p == NULL,
	    "short codes have six characters and their case");
}

static void
no_fault(void *arg, const char *why)
{
	(void)arg;
	ok(false, "%s", why);
}

int
main(void)
{
	static const struct ua_faults none = {no_fault, NULL};
	struct ua *ua = ua_load(NULL, NULL, NULL, &none);
	struct ua_reader *reader = ua_reader_new(ua, 16);

	env = (struct click_env){
	    .ua = reader, .seen = seen, .hint = hint, .random = fixed_random};
	make_network();
	env.cat = cat;
	test_cases();
	test_records();
	test_long_redirect();
	test_short();
	catalog_unmap(&cat);
	catimage_free(&ci);
	ua_reader_free(&reader);
	ua_free(&ua);
	return tap_done();
}
