/* SPDX-License-Identifier: Apache-2.0
 * catalog_fuzz.c - clicks over a catalog image that is damaged and sealed again, so that
 * its checksum says nothing.
 *
 * Input: lines.  "AT VALUE" puts a number of four bytes at an offset, both hexadecimal;
 * "sweep VALUE" does so at every offset in its turn, "flip VALUE" xors it.  The image has
 * a row of every kind.  It is refused, or every click over it ends.
 */
#include "fuzz.h"

#include "track/catimage.h"
#include "track/click.h"
#include "track/impression.h"

#include <xxhash.h>

#include "small_catalog.h"

#include "track/catalog_layout.h"

#define OFFERS 6

static struct catimage *ci;
static unsigned char *bytes, *whole;
static size_t n_bytes;

static struct cat_text
text(const char *s)
{
	return catimage_text(ci, str_of(s));
}

static struct cat_list
wide(uint64_t number)
{
	const uint64_t v[] = {number, number ^ 1, 7};

	return catimage_wide(ci, v, ARRAY_LEN(v));
}

/* Each offer's visitors are restricted by something else. */
static void
put_target(struct cat_offer *o, unsigned which)
{
	const struct cat_os os[] = {
	    {CAT_OS_ANDROID, 1, 0, 0, 0, 0}, {CAT_OS_IOS, 0, 9, 3, 1, 0}};
	struct cat_target t = {.hours = 0xffffff, .empty_sub = 1};

	if (which == 1)
		t.states = wide(11);
	if (which == 2)
		t.cities = wide(12);
	if (which == 3)
		t.isps = wide(13);
	if (which == 4)
		t.os = catimage_os(ci, os, ARRAY_LEN(os));
	if (which == 5) {
		t.strict = 1;
		t.strict_countries = catimage_countries(ci, STR("DE,FR"));
	}
	t.refused_ips = catimage_ranges(ci, STR("192.0.2.0/24,198.51.100.1"));
	t.subs[0] = wide(targeting_sub(STR("good")));
	t.subs[1] = wide(14);
	t.sub_except[1] = 1;
	t.adv_subs[0] = wide(15);
	t.adv_sub_except[0] = 1;
	t.adv_subs[1] = wide(16);
	t.adv_sub_except[1] = 1;
	t.pairs = wide(17);
	o->target = catimage_target(ci, &t);
}

static struct cat_list
put_caps(void)
{
	struct cat_list l = {0, 0};

	for (unsigned i = 0; i < 4; i++) {
		struct cat_cap c = {
		    .rule = {.id = i + 1,
			.value = i == 3 ? 0 : 100,
			.type = (uint8_t)(i % 2 == 0 ? CAP_CLICKS : CAP_UNIQUES),
			.period = (uint8_t)(CAP_DAY + i),
			.days = (uint8_t)i,
			.affiliates = i == 0 ? CAP_OF_EXACT : CAP_OF_EACH,
			.on_full = CAP_TO_PAGE},
		    .to_offer = 252,
		    .to_lp = 310,
		    .track = (uint8_t)i & 1};

		if (i == 0)
			c.affiliates = (struct cat_list){catimage_number(ci, 42), 1};
		l.first = catimage_cap(ci, &c) - i;
	}
	l.n = 4;
	return l;
}

static struct cat_list
put_redirects(unsigned which)
{
	struct cat_list l = {0, 0};

	for (unsigned i = 0; i < 3; i++) {
		struct cat_redirect r = {.id = i + 1,
		    .to_offer_id = 251 + (which + 1) % OFFERS,
		    .share = i == 2 ? CAT_WHOLE_SHARE : CAT_WHOLE_SHARE / 3,
		    .visitor = i == 0 ? CAT_RETURNING_VISITOR : CAT_ANY_VISITOR,
		    .track = 1};

		if (i == 1) {
			r.to_url = text("http://shop.example/?r={clickid}");
			r.countries = catimage_countries(ci, STR("DE,FR"));
			r.country_exclude = 1;
		}
		l.first = catimage_redirect(ci, &r) - i;
	}
	l.n = which == 0 ? 0 : 3;
	return l;
}

static struct cat_list
put_rules(void)
{
	struct cat_list l = {0, 2};

	for (unsigned i = 0; i < 2; i++) {
		struct price_rule r;

		price_rule_init(&r);
		r.id = i + 1;
		r.change = i;
		r.commission = PRICE_COMM_CLICK;
		r.aff_click = 10000;
		memcpy(r.currency, "USD", 4);
		if (i == 1) {
			r.affiliates = (struct price_list){catimage_number(ci, 42), 1};
			r.cities = (struct price_list){catimage_number(ci, 5), 1};
			r.os = (struct price_list){catimage_number(ci, 6), 1};
		}
		l.first = catimage_rule(ci, &r) - i;
	}
	return l;
}

static void
put_offer(unsigned which)
{
	const struct cat_access access[] = {
	    {42, 0, 1, {0}}, {0, 0, (uint8_t)(which != 4), {0}}};
	const uint32_t id = 251 + which, lp_id = 310 + which * 10;
	struct cat_offer o = {.id = id,
	    .advertiser_id = 9,
	    .default_lp_id = lp_id,
	    .commission_id = 7 + which,
	    .cookie_days = 30,
	    .status = which == 3 ? CAT_SUSPENDED : CAT_ACTIVE,
	    .privacy = which % 2 == 0 ? CAT_PUBLIC : CAT_PRIVATE,
	    .allow_deeplink = 1,
	    .expire_lp_id = 320,
	    .redirect_type = (uint8_t)(CAT_HTTP302 + which % 4),
	    .mobile_lp_id = lp_id + 1};
	const struct cat_commission c = {.id = 7 + which, .offer_id = id};

	o.name = text("Shoes");
	o.expire_url = text("http://shop.example/gone");
	o.trafficback_url = text("http://back.example/{pid}");
	o.authorized = catimage_countries(ci, which == 2 ? STR("DE,FR") : STR(""));
	o.unauthorized = catimage_countries(ci, STR("KP,AQ"));
	o.rules = put_rules();
	o.caps = put_caps();
	o.redirects = put_redirects(which);
	o.groups = (struct cat_list){catimage_number(ci, 3), 1};
	o.deeplink_hosts = (struct cat_list){catimage_host(ci, text("shop.example")), 1};
	o.access = catimage_access(ci, access, ARRAY_LEN(access));
	o.blacklist = wide(99);
	put_target(&o, which);
	for (unsigned i = 0; i < 2; i++) {
		const struct cat_landing_page lp = {.id = lp_id + i,
		    .offer_id = id,
		    .closed = i == 1,
		    .url =
			text("http://shop.example/%%subaff%%/?c={clickid}&u={device_ua}"),
		    .preview_url = text("http://shop.example/look"),
		    .hostnpost_ips = text("192.0.2.9,203.0.113.0/24"),
		    .redirect_hash = text("pair")};

		o.pages.first =
		    catimage_landing_page(ci, &lp, text(i == 0 ? "home" : "two")) - i;
	}
	o.pages.n = 2;
	catimage_offer(ci, &o, which == 0 ? text("shoes") : text(""));
	catimage_commission(ci, &c, text("std"));
	for (uint16_t country = 0; country < 2; country++)
		catimage_geo(ci, &(struct cat_geo){3, country, id});
}

static void
put_network(void)
{
	struct cat_net net = {
	    .base_currency = "USD", .stat_unique_seconds = 86400, .house_account = 42};
	struct cat_domain d = {.id = 1, .landing_page_id = 310, .account_id = 42};
	const struct cat_account a = {.id = 42,
	    .type = 100,
	    .username = text("bob"),
	    .title = text("Bob"),
	    .company = text("B")};
	const struct cat_smart_offer s[] = {{251, 0, 500}, {252, 0, 0}};
	struct cat_smartlink smart = {.id = 1};

	net.time_zone = text("Europe/Berlin");
	net.fallback_url = text("http://fallback.example/");
	net.trafficback_url = text("http://tb.example/");
	net.admin_ips = text("127.0.0.1");
	net.transparent_variable = text("url");
	net.transparent_hosts =
	    (struct cat_list){catimage_host(ci, text("lp.example")), 1};
	net.test_token = text("token");
	d.host = text("go.example");
	d.redirect_url = text("http://home.example/");
	net.default_domain = catimage_domain(ci, &d);
	catimage_net(ci, &net);
	catimage_account(ci, &a);
	(void)catimage_link(ci, CAT_NAMED_TINY, text("t1ny"),
	    text("NDIuNy4yNTEuMzEwLjAuMC4xMS4xMi4wLjAuMC4w"));
	(void)catimage_link(
	    ci, CAT_NAMED_SHORT, text("abc123"), text("pid=42&offer_id=251&sub1=good"));
	for (unsigned i = 0; i < ARRAY_LEN(s); i++)
		smart.offers.first = catimage_smart_offer(ci, &s[i]) - i;
	smart.offers.n = ARRAY_LEN(s);
	catimage_smartlink(ci, &smart, text("0123456789abcdef01234567"));
	catimage_setting(ci, STR("conversion_page"), STR("x"));
}

static void
put_creative(void)
{
	struct cat_creative k = {
	    .id = 5, .offer_id = 251, .url = text("http://shop.example/5.png")};
	struct cat_show s = {.kind = SHOWRULE_SHOW};

	s.affiliates = (struct cat_list){catimage_number(ci, 42), 1};
	s.offers = (struct cat_list){catimage_number(ci, 251), 1};
	s.pages = (struct cat_list){catimage_number(ci, 310), 1};
	k.rules = (struct cat_list){catimage_show(ci, &s), 1};
	catimage_creative(ci, &k);
}

/* A section without rows would be one that is not damaged here. */
static bool
has_all_sections(void)
{
	const struct cat_header *h = (const void *)bytes;

	for (unsigned i = 0; i < CAT_S_MAX; i++)
		if (h->section[i].n == 0)
			return false;
	return true;
}

static void
make_image(void)
{
	struct str made;

	ci = catimage_new();
	put_network();
	for (unsigned i = 0; i < OFFERS; i++)
		put_offer(i);
	put_creative();
	made = catimage_finish(ci, 1, 1);
	n_bytes = made.n;
	whole = malloc(n_bytes);
	bytes = malloc(n_bytes);
	assert(whole != NULL && bytes != NULL);
	memcpy(whole, made.p, n_bytes);
	memcpy(bytes, whole, n_bytes);
	catimage_free(&ci);
}

/* ----- clicks ----- */

static bool
seen(void *arg, uint64_t key, uint32_t now_s, uint32_t window_s)
{
	(void)arg;
	(void)now_s;
	(void)window_s;
	return (key & 1) != 0;
}

static void
hint(void *arg, uint64_t key)
{
	(void)arg;
	(void)key;
}

static int64_t
count_of(void *arg, uint64_t key)
{
	(void)arg;
	return (int64_t)(key % 90);
}

static void
add_one(void *arg, uint64_t key, us_t until)
{
	(void)arg;
	(void)key;
	(void)until;
}

static void
fixed(void *arg, uint8_t out[16])
{
	(void)arg;
	memset(out, 0x5a, 16);
}

static const struct {
	enum click_door door;
	const char *rest, *query, *host;
} asks[] = {
    {CLICK_BY_TRACK, "NDIuNy4yNTEuMzEwLjAuMC4xMS4xMi4wLjAuMC4w", "subaff=good&_ocid=1",
	"go.example"},
    {CLICK_BY_TRACK, "bob.std.shoes.home.0.0.0.0.0.0.0.0", "subaff=good", NULL},
    {CLICK_BY_TRACK, "t1ny/deep/path", "subaff=good&url=http://lp.example/x", NULL},
    {CLICK_BY_TRACK, "", "subaff=good", "go.example:80"},
    {CLICK_BY_TRACK, "t1ny", "hostnpost=1&ip=192.0.2.1&subaff=good", NULL},
    {CLICK_BY_STRACK, "t1ny/shoes:two/std/1/x", "subaff=good", NULL},
    {CLICK_BY_AFFISE, "", "pid=42&offer_id=251&sub1=good&redirect=http://shop.example/d",
	NULL},
    {CLICK_BY_AFFISE, "", "pid=42&offer_id=252&sub1=good", NULL},
    {CLICK_BY_AFFISE, "", "pid=42&offer_id=253&sub1=good&l=330", NULL},
    {CLICK_BY_AFFISE, "", "pid=42&offer_id=254&sub1=good&sub2=b", NULL},
    {CLICK_BY_AFFISE, "", "pid=42&offer_id=255&sub1=good", NULL},
    {CLICK_BY_AFFISE, "", "pid=42&offer_id=256&sub1=testofferlink&test_token=token",
	NULL},
    {CLICK_BY_IMP, "bob.7.251.310.0.5.0.0.0.0.0.0", "subaff=good", NULL},
    {CLICK_BY_SHORT, "pid=42&offer_id=251&sub1=good", "", NULL},
    {CLICK_BY_SMART, "", "id=0123456789abcdef01234567&pid=42&sub1=good", NULL},
};

static void
click_all(const struct catalog *cat)
{
	static struct click k;
	static struct ua_reader *reader;
	static struct cap_clock caps;
	static unsigned char rec[CLICK_RECORD_MAX];
	struct click_env env = {.cat = cat,
	    .clock = &caps,
	    .seen = seen,
	    .hint = hint,
	    .count = count_of,
	    .add = add_one,
	    .random = fixed};

	if (reader == NULL)
		reader = ua_reader_new(NULL, 4);
	env.ua = reader;
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		const struct click_in in = {.now = 1534173952071102,
		    .door = asks[i].door,
		    .rest = str_of(asks[i].rest),
		    .query = str_of(asks[i].query),
		    .host = asks[i].host == NULL ? STR_NONE : str_of(asks[i].host),
		    .ua = STR("Mozilla/5.0"),
		    .ip = {[10] = 0xff, [11] = 0xff, 203, 0, 113, 5}};

		click_begin(&k, &env, &in);
		assert(click_finish(&k, (struct click_id){in.now, 1}, rec, sizeof(rec)) <=
		       CLICK_RECORD_MAX);
	}
}

/* Whether it is taken; clicks have come over it then. */
static bool
try_image(void)
{
	struct cat_header *h = (void *)bytes;
	struct catalog *cat;

	h->checksum = XXH3_64bits(bytes + CATALOG_SUMMED, n_bytes - CATALOG_SUMMED);
	cat = catalog_of(bytes, n_bytes, NULL);
	if (cat == NULL)
		return false;
	click_all(cat);
	catalog_unmap(&cat);
	return true;
}

static void
put(size_t at, uint32_t value, bool flip)
{
	uint32_t was;

	memcpy(&was, bytes + at, sizeof(was));
	value = flip ? was ^ value : value;
	memcpy(bytes + at, &value, sizeof(value));
}

static void
sweep(uint32_t value, bool flip)
{
	for (size_t at = 0; at + 4 <= n_bytes; at += 4) {
		put(at, value, flip);
		(void)try_image();
		memcpy(bytes + at, whole + at, 4);
	}
	memcpy(bytes, whole, n_bytes);
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	struct str rest = str_n((const char *)data, n);
	char line[64];

	if (bytes == NULL) {
		make_image();
		assert(has_all_sections() && try_image());
	}
	for (unsigned lines = 0; rest.n > 0 && lines < 64; lines++) {
		const struct str s = next_line(&rest);
		unsigned at, value;

		(void)snprintf(line, sizeof(line), STR_FMT, STR_ARG(s));
		if (sscanf(line, "sweep %x", &value) == 1)
			sweep(value, false);
		else if (sscanf(line, "flip %x", &value) == 1)
			sweep(value, true);
		else if (sscanf(line, "%x %x", &at, &value) == 2)
			put(at % (n_bytes - 3), value, false);
	}
	(void)try_image();
	memcpy(bytes, whole, n_bytes);
}
