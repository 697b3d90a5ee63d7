/* SPDX-License-Identifier: Apache-2.0
 * redirect_test.c - where rules, groups and devices send a click, and what it counts for.
 */
#include "track/aim.h"
#include "track/catimage.h"
#include "track/ua.h"

#include "tap.h"

#define NOW INT64_C(1534173952071102)
#define ALL CAT_WHOLE_SHARE

static struct catimage *ci;
static struct catalog *cat;
static uint32_t drawn;   /* what the next draw gives */
static bool visitor_new; /* what the redirect unique says */
static unsigned asked_new;

/* Offer `id` with landing pages id * 10 and id * 10 + 1. */
static void
offer(struct cat_offer *o, uint32_t id)
{
	*o = (struct cat_offer){.id = id,
	    .default_lp_id = id * 10,
	    .commission_id = id + 1000,
	    .status = CAT_ACTIVE,
	    .privacy = CAT_PUBLIC};
	for (uint32_t n = 0; n < 2; n++) {
		struct cat_landing_page lp = {.id = id * 10 + n, .offer_id = id};
		char url[64];

		(void)snprintf(url, sizeof(url), "http://o%u.example/%u", id, n);
		lp.url = catimage_text(ci, str_of(url));
		lp.redirect_hash = catimage_text(ci, n == 1 ? STR("pair") : STR("home"));
		catimage_landing_page(ci, &lp, (struct cat_text){0, 0});
	}
}

static void
put(struct cat_offer *o)
{
	catimage_offer(ci, o, (struct cat_text){0, 0});
}

static void
rule(struct cat_offer *o, struct cat_redirect r, const char *countries)
{
	uint32_t at;

	r.share = r.share == 0 ? ALL : r.share;
	r.countries = catimage_countries(ci, str_of(countries));
	at = catimage_redirect(ci, &r);
	if (o->redirects.n++ == 0)
		o->redirects.first = at;
}

static void
in_group(struct cat_offer *o, uint32_t group, const char *countries)
{
	struct cat_geo g = {.group = group, .offer_id = o->id};
	struct str rest = str_of(countries);

	o->authorized = catimage_countries(ci, rest);
	if (rest.n == 0)
		catimage_geo(ci, &g);
	while (rest.n > 0) {
		g.country = country_pack(str_split(&rest, ','));
		catimage_geo(ci, &g);
	}
}

static void
rules_of_offers(void)
{
	struct cat_offer o;

	offer(&o, 1); /* half of it to offer 2, the rest of Germany's to offer 3 */
	rule(&o,
	    (struct cat_redirect){
		.id = 1, .to_offer_id = 2, .track = 1, .share = ALL / 2},
	    "");
	rule(&o, (struct cat_redirect){.id = 2, .to_offer_id = 3}, "DE,AT");
	put(&o);
	offer(&o, 2);
	put(&o);
	offer(&o, 3); /* and offer 3 tracks on to offer 4's second page */
	rule(&o, (struct cat_redirect){.id = 3, .to_lp_id = 41, .track = 1}, "");
	put(&o);
	offer(&o, 4);
	put(&o);
	offer(&o, 5); /* its pages split its traffic; the second page sends abroad */
	rule(&o,
	    (struct cat_redirect){.id = 4, .to_lp_id = 51, .track = 1, .share = ALL / 2},
	    "");
	rule(&o,
	    (struct cat_redirect){
		.id = 5, .lp_id = 51, .to_offer_id = 2, .track = 1, .country_exclude = 1},
	    "DE");
	put(&o);
	offer(&o, 6); /* by affiliate, commission, visitor; to a URL */
	rule(&o,
	    (struct cat_redirect){
		.id = 6, .affiliate_id = 43, .to_offer_id = 2, .track = 1},
	    "");
	rule(&o,
	    (struct cat_redirect){
		.id = 7, .commission_id = 9, .to_offer_id = 3, .track = 1},
	    "");
	rule(&o,
	    (struct cat_redirect){
		.id = 8, .visitor = CAT_NEW_VISITOR, .to_offer_id = 4, .track = 1},
	    "");
	rule(&o,
	    (struct cat_redirect){.id = 9,
		.commission_id = 1006,
		.visitor = CAT_RETURNING_VISITOR,
		.to_url = catimage_text(ci, STR("http://again.example/{pid}"))},
	    "");
	put(&o);
	for (uint32_t id = 10; id < 17; id++) { /* a way of six hops */
		offer(&o, id);
		rule(&o,
		    (struct cat_redirect){.id = id, .to_offer_id = id + 1, .track = 1},
		    id == 16 ? "XX" : "");
		put(&o);
	}
	offer(&o, 18); /* two that send to each other, one that is gone, itself */
	rule(&o, (struct cat_redirect){.id = 18, .to_offer_id = 999}, "");
	rule(&o, (struct cat_redirect){.id = 19, .to_lp_id = 180}, "");
	rule(&o, (struct cat_redirect){.id = 20, .to_offer_id = 19, .track = 1}, "");
	put(&o);
	offer(&o, 19);
	rule(&o, (struct cat_redirect){.id = 21, .to_offer_id = 18, .track = 1}, "");
	put(&o);
}

static void
geo_and_devices(void)
{
	struct cat_offer o;

	offer(&o, 30); /* Germany's, sends on by country */
	in_group(&o, 7, "DE");
	o.groups = (struct cat_list){catimage_number(ci, 7), 1};
	rule(&o, (struct cat_redirect){.id = 30, .to_offer_id = 2, .track = 1}, "FR");
	rule(&o, (struct cat_redirect){.id = 31, .to_offer_id = 3, .lp_id = 301}, "");
	put(&o);
	offer(&o, 31); /* has Austria, but is stopped; then 32 */
	in_group(&o, 7, "AT,DK");
	o.status = CAT_STOPPED;
	put(&o);
	offer(&o, 32);
	in_group(&o, 7, "AT,CH");
	put(&o);
	offer(&o, 33); /* from everywhere but Poland */
	in_group(&o, 7, "");
	o.unauthorized = catimage_countries(ci, STR("PL"));
	put(&o);
	offer(&o, 34); /* the same without a geo redirect of its own */
	in_group(&o, 8, "DE");
	put(&o);
	offer(&o, 40); /* a page for phones; what else is of another offer */
	o.mobile_lp_id = 401;
	put(&o);
	offer(&o, 41);
	o.mobile_lp_id = 401;
	put(&o);
	offer(&o,
	    42); /* only moves to one that has a page for phones, and expires into 2 */
	rule(&o, (struct cat_redirect){.id = 42, .to_offer_id = 40}, "");
	put(&o);
	offer(&o, 43);
	rule(&o, (struct cat_redirect){.id = 43, .to_offer_id = 44}, "");
	put(&o);
	offer(&o, 44);
	o.status = CAT_SUSPENDED;
	o.expire_lp_id = 20;
	put(&o);
	offer(&o, 45); /* leads to one that is stopped */
	rule(&o, (struct cat_redirect){.id = 45, .to_offer_id = 31, .track = 1}, "");
	o.trafficback_url = catimage_text(ci, STR("http://45.example/"));
	put(&o);
}

static struct catalog *
network(void)
{
	struct cat_account a = {.id = 42, .type = 100};
	struct cat_net net = {.base_currency = "USD"};
	struct catalog *c;
	struct str image;

	ci = catimage_new();
	net.fallback_url = catimage_text(ci, STR("http://fallback.example/"));
	catimage_net(ci, &net);
	catimage_account(ci, &a);
	a.id = 43;
	catimage_account(ci, &a);
	rules_of_offers();
	geo_and_devices();
	image = catimage_finish(ci, 1, 1);
	c = catalog_of(image.p, image.n, NULL);
	assert(c != NULL);
	return c;
}

static uint32_t
draw(void *arg)
{
	(void)arg;
	return drawn;
}

static bool
is_new(void *arg, const struct cat_offer *o)
{
	(void)arg;
	(void)o;
	asked_new++;
	return visitor_new;
}

static void
take(struct aim *out, uint32_t offer_id, uint32_t lp, uint32_t affiliate,
    const char *country, bool mobile)
{
	const struct aim_ask q = {.cat = cat,
	    .now = NOW,
	    .affiliate = catalog_affiliate(cat, affiliate),
	    .offer = catalog_offer(cat, offer_id),
	    .lp = lp == 0 ? NULL : catalog_landing_page(cat, lp),
	    .country = country_pack(str_of(country)),
	    .device_type = mobile ? DEVICE_MOBILE : DEVICE_TABLET,
	    .counts = true,
	    .random = draw,
	    .is_new = is_new};

	aim_take(&q, out);
}

#define HALF \
	UINT32_C(0x80000000) /* a draw of one half: not below half of the traffic \
			      */
#define LOW (HALF - 1)

/* asked: offer and page; then who, from where; then what comes of it: verdict, the page
 * it counts for, the page he sees, the way. */
static const struct {
	const char *what;
	uint32_t offer, lp, affiliate;
	const char *country;
	uint32_t drawn;
	bool is_new, mobile;
	enum verdict verdict;
	uint32_t counts, sees;
	const char *way;
} cases[] = {
    {"just below the share", 1, 0, 42, "US", LOW, 0, 0, 0, 20, 20, "4.1.2.20.1"},
    {"just at it", 1, 0, 42, "US", HALF, 0, 0, 0, 10, 10, ""},
    {"a country of the group, only moved: what follows is moved too", 1, 0, 42, "AT",
	HALF, 0, 0, 0, 10, 41, "4.2.3.30.0,4.3.4.41.1"},
    {"an unknown country is in no group", 1, 0, 42, "", HALF, 0, 0, 0, 10, 10, ""},
    {"another landing page was asked for", 1, 11, 42, "US", LOW, 0, 0, 0, 20, 20,
	"4.1.2.20.1"},
    {"pages split once: half", 5, 0, 42, "DE", LOW, 0, 0, 0, 51, 51, "4.4.5.51.1"},
    {"and the other half", 5, 0, 42, "DE", HALF, 0, 0, 0, 50, 50, ""},
    {"who asked for that page stays there", 5, 51, 42, "DE", LOW, 0, 0, 0, 51, 51, ""},
    {"rules of the page itself are asked", 5, 0, 42, "FR", LOW, 0, 0, 0, 20, 20,
	"4.4.5.51.1,4.5.2.20.1"},
    {"all countries but: unknown ones too", 5, 51, 42, "", LOW, 0, 0, 0, 20, 20,
	"4.5.2.20.1"},
    {"an affiliate's", 6, 0, 43, "", 0, 1, 0, 0, 20, 20, "4.6.2.20.1"},
    {"a new visitor", 6, 0, 42, "", 0, 1, 0, 0, 40, 40, "4.8.4.40.1"},
    {"a returning one, to a URL", 6, 0, 42, "", 0, 0, 0, 0, 60, 0, "4.9.0.0.0"},
    {"five hops", 11, 0, 42, "", 0, 0, 0, 0, 160, 160,
	"4.11.12.120.1,4.12.13.130.1,4.13.14.140.1,4.14.15.150.1,4.15.16.160.1"},
    {"a sixth goes to the fallback", 10, 0, 42, "", 0, 0, 0, VERDICT_TOO_MANY_HOPS, 100,
	0, "4.10.11.110.1,4.11.12.120.1,4.12.13.130.1,4.13.14.140.1,4.14.15.150.1"},
    {"round and round", 18, 0, 42, "", 0, 0, 0, VERDICT_REDIRECT_LOOP, 180, 0,
	"4.20.19.190.1"},
    {"at home nothing happens", 30, 0, 42, "DE", 0, 0, 0, 0, 300, 300, ""},
    {"stopped ones are passed over, pages pair", 30, 301, 42, "AT", 0, 0, 0, 0, 321, 321,
	"2.7.32.321.1"},
    {"who names the country comes first", 30, 0, 42, "CH", 0, 0, 0, 0, 320, 320,
	"2.7.32.320.1"},
    {"else one for all", 30, 0, 42, "DK", 0, 0, 0, 0, 330, 330, "2.7.33.330.1"},
    {"also of unknown ones", 30, 0, 42, "", 0, 0, 0, 0, 330, 330, "2.7.33.330.1"},
    {"a group before a rule", 30, 0, 42, "FR", 0, 0, 0, 0, 330, 330, "2.7.33.330.1"},
    {"unauthorized there as well", 30, 0, 42, "PL", 0, 0, 0, VERDICT_COUNTRY, 300, 0, ""},
    {"no geo redirect is wanted", 34, 0, 42, "US", 0, 0, 0, VERDICT_COUNTRY, 340, 0, ""},
    {"a phone", 40, 0, 42, "", 0, 0, 1, 0, 401, 401, "5.0.40.401.1"},
    {"a tablet", 40, 0, 42, "", 0, 0, 0, 0, 400, 400, ""},
    {"a phone that asked for it", 40, 401, 42, "", 0, 0, 1, 0, 401, 401, ""},
    {"a page of another offer is none", 41, 0, 42, "", 0, 0, 1, 0, 410, 410, ""},
    {"a phone that was only moved there", 42, 0, 42, "", 0, 0, 1, 0, 420, 401,
	"4.42.40.400.0,5.0.40.401.0"},
    {"moved into one that has expired", 43, 0, 42, "", 0, 0, 0, 0, 430, 20,
	"4.43.44.440.0,1.0.2.20.1"},
    {"into one that is stopped: refused where it was asked", 45, 0, 42, "", 0, 0, 0,
	VERDICT_INACTIVE_OFFER, 450, 0, "4.45.31.310.1"},
};

static void
test_cases(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct aim a;
		char text[HOP_TEXT];
		uint32_t counts, sees;
		struct str way;

		drawn = cases[i].drawn;
		visitor_new = cases[i].is_new;
		take(&a, cases[i].offer, cases[i].lp, cases[i].affiliate,
		    cases[i].country, cases[i].mobile);
		counts = a.lp == NULL ? 0 : a.lp->id;
		sees = a.shown_lp == NULL ? 0 : a.shown_lp->id;
		way = hop_text(text, &a.chain);
		ok(a.verdict == cases[i].verdict && counts == cases[i].counts &&
			sees == cases[i].sees && str_eq(way, str_of(cases[i].way)) &&
			a.offer->id == counts / 10,
		    "%s: verdict %d, counts for %u, sees %u, by %.*s", cases[i].what,
		    a.verdict, counts, sees, STR_ARG(way));
	}
}

static void
test_urls(void)
{
	struct aim a;

	visitor_new = false;
	take(&a, 6, 0, 42, "", false);
	ok(str_eq(a.url, STR("http://again.example/{pid}")), "the URL of a rule");
	take(&a, 45, 0, 42, "", false);
	ok(str_eq(a.url, STR("http://fallback.example/")) && a.shown == NULL,
	    "refused at the target: its trafficback, here the network's");
	take(&a, 18, 0, 42, "", false);
	ok(str_eq(a.url, STR("http://fallback.example/")), "a loop: the fallback");
	take(&a, 42, 0, 42, "", true);
	ok(str_eq(a.url, STR("http://o40.example/1")), "the page he sees");
}

/* Nobody is remembered who need not be, and an offer asks once. */
static void
test_remembering(void)
{
	struct aim a;

	asked_new = 0;
	take(&a, 1, 0, 42, "US", false);
	is_int(asked_new, 0, "no rule asks for new visitors: nobody is remembered");
	take(&a, 6, 0, 43, "US", false);
	is_int(asked_new, 1, "a visit counts though another rule took it");
	take(&a, 6, 0, 42, "US", false);
	is_int(asked_new, 2, "and two rules ask once");
}

static void
test_texts(void)
{
	static const char *const bad[] = {
	    "x", "1.2.3.4", "1.2.3.4.5.6", "1.2.3.4.99999999999", ".....", "1.2.3.-4.5"};
	struct str text = STR("4.3.4.41.1,2.4294967295.5.6.0");
	struct hop_said h;

	ok(hop_read(&text, &h) && h.why == HOP_RULE && h.id == 3 && h.offer_id == 4 &&
		h.lp_id == 41 && h.track == 1,
	    "a way is read back");
	ok(hop_read(&text, &h) && h.why == HOP_GEO && h.id == UINT32_MAX && h.track == 0,
	    "hop by hop");
	ok(!hop_read(&text, &h), "to its end");
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		text = str_of(bad[i]);
		ok(!hop_read(&text, &h), "\"%s\" is no way", bad[i]);
	}
	is_str(hop_word(HOP_RULE), "rule", "hops have words");
	is_str(hop_word(77), "", "unknown ones none");
}

int
main(void)
{
	cat = network();
	test_cases();
	test_urls();
	test_remembering();
	test_texts();
	catalog_unmap(&cat);
	catimage_free(&ci);
	return tap_done();
}
