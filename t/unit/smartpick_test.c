/* SPDX-License-Identifier: Apache-2.0
 * smartpick_test.c - the offer that a SmartLink's click gets: a fifth of the clicks evenly
 * to all that take it, the rest to who earns most a click.
 */
#include "track/catimage.h"
#include "track/smartpick.h"

#include "tap.h"

#define NOW INT64_C(1534173952071102)
#define FIFTH 858993459u /* of 2^32, rounded down: the draws below it go evenly */

/* Offers by what stands against a click on them. */
enum {
	PLAIN = 1,
	GOOD,
	BEST,
	TWIN,
	STOPPED,
	EXPIRED,
	PRIVATE,
	ABROAD,
	FULL,
	SENT_ON,
	GONE
};

static struct catimage *ci;
static struct catalog *cat;
static uint32_t draws[2]; /* what is drawn first and next */
static unsigned drawn, asked_new;

static void
offer(uint32_t id)
{
	const struct cat_landing_page lp = {.id = id * 10,
	    .offer_id = id,
	    .url = catimage_text(ci, STR("http://o.example/"))};
	const struct cat_cap cap = {.rule = {.id = 1,
					.type = CAP_CONVERSIONS,
					.period = CAP_ALL,
					.on_full = CAP_TRAFFICBACK}};
	const struct cat_redirect rule = {
	    .id = 1, .share = CAT_WHOLE_SHARE, .to_offer_id = PLAIN, .track = 1};
	struct cat_offer o = {.id = id,
	    .default_lp_id = lp.id,
	    .commission_id = id,
	    .status = id == STOPPED ? CAT_STOPPED : CAT_ACTIVE,
	    .privacy = id == PRIVATE ? CAT_PRIVATE : CAT_PUBLIC,
	    .date_expire = id == EXPIRED ? NOW : 0,
	    .deleted = id == GONE};

	if (id == ABROAD)
		o.authorized = catimage_countries(ci, STR("US"));
	if (id == FULL)
		o.caps = (struct cat_list){catimage_cap(ci, &cap), 1};
	if (id == SENT_ON)
		o.redirects = (struct cat_list){catimage_redirect(ci, &rule), 1};
	(void)catimage_landing_page(ci, &lp, (struct cat_text){0, 0});
	catimage_offer(ci, &o, (struct cat_text){0, 0});
}

/* A category of these offers; what they earn follows their number, but twins earn the
 * same. */
static struct cat_smartlink
network(const uint32_t *ids, unsigned n)
{
	const struct cat_account a = {.id = 42, .type = 100};
	const struct cat_net net = {.base_currency = "USD"};
	struct cat_smartlink s = {.id = 1};
	struct str bytes;

	catalog_unmap(&cat);
	catimage_free(&ci);
	ci = catimage_new();
	catimage_net(ci, &net);
	catimage_account(ci, &a);
	for (uint32_t id = PLAIN; id <= GONE; id++)
		offer(id);
	for (unsigned i = 0; i < n; i++) {
		const struct cat_smart_offer o = {
		    .offer_id = ids[i], .epc = ids[i] == TWIN ? BEST : (int64_t)ids[i]};
		const uint32_t at = catimage_smart_offer(ci, &o);

		if (s.offers.n++ == 0)
			s.offers.first = at;
	}
	catimage_smartlink(ci, &s, catimage_text(ci, STR("0123456789abcdef01234567")));
	bytes = catimage_finish(ci, 1, 1);
	cat = catalog_of(bytes.p, bytes.n, NULL);
	assert(cat != NULL);
	return s;
}

static uint32_t
draw(void *arg)
{
	(void)arg;
	return draws[drawn++ & 1];
}

static bool
is_new(void *arg, const struct cat_offer *o)
{
	(void)arg;
	(void)o;
	asked_new++;
	return true;
}

/* Of every cap, one was counted. */
static int64_t
one(void *arg, uint64_t key)
{
	(void)arg;
	return key != 0;
}

/* 0: none. */
static uint32_t
pick(const struct cat_smartlink *s, uint32_t first, uint32_t next)
{
	static struct cap_clock clock;
	const struct geo_place place = {.country = country_pack(STR("DE"))};
	const struct targeting_visitor visitor = {.now = NOW, .place = &place};
	const struct cap_ask caps = {
	    .cat = cat, .clock = &clock, .now = NOW, .affiliate_id = 42, .count = one};
	const struct aim_ask ask = {.cat = cat,
	    .affise = true,
	    .now = NOW,
	    .affiliate = catalog_affiliate(cat, 42),
	    .country = place.country,
	    .visitor = &visitor,
	    .caps = &caps,
	    .counts = true,
	    .random = draw,
	    .is_new = is_new};
	const struct cat_offer *o;

	draws[0] = first;
	draws[1] = next;
	drawn = 0;
	o = smartpick(&ask, s);
	return o == NULL ? 0 : o->id;
}

/* Each first draw of a thousand with each next one: the shares come out whole. */
static void
test_shares(void)
{
	static const uint32_t ids[] = {PLAIN, GOOD, BEST};
	const struct cat_smartlink s = network(ids, 3);
	unsigned n[GONE + 1] = {0};

	for (uint64_t i = 0; i < 1000; i++)
		for (uint32_t next = 0; next < 3; next++)
			n[pick(&s, (uint32_t)((i << 32) / 1000), next)]++;
	is_int(n[PLAIN], 200, "a third of a fifth");
	is_int(n[GOOD], 200, "the same for who earns more");
	is_int(n[BEST], 200 + 2400, "and the rest to who earns most");
	is_int(pick(&s, FIFTH - 1, 0), PLAIN, "the last draw that goes evenly");
	is_int(pick(&s, FIFTH, 0), BEST, "the first that does not");
	is_int(pick(&s, UINT32_MAX, UINT32_MAX), BEST, "nor the last");
}

static void
test_twins(void)
{
	static const uint32_t ids[] = {BEST, PLAIN, TWIN};
	const struct cat_smartlink s = network(ids, 3);

	is_int(pick(&s, FIFTH, 0), BEST, "who earn the same share the rest");
	is_int(pick(&s, FIFTH, 1), TWIN, "evenly");
	is_int(pick(&s, FIFTH, 2), BEST, "among themselves");
}

/* One that would refuse the click gets none, evenly or not, whatever it earns. */
static void
test_fit(void)
{
	static const char *const why[] = {[STOPPED] = "stopped",
	    [EXPIRED] = "expired",
	    [PRIVATE] = "without access",
	    [ABROAD] = "of another country",
	    [FULL] = "whose cap is full",
	    [SENT_ON] = "that sends all on",
	    [GONE] = "deleted"};

	for (uint32_t id = STOPPED; id <= GONE; id++) {
		const uint32_t both[] = {GOOD, id}, alone[] = {id};
		struct cat_smartlink s = network(both, 2);

		ok(pick(&s, FIFTH, 0) == GOOD && pick(&s, FIFTH, 1) == GOOD &&
			pick(&s, 0, 0) == GOOD && pick(&s, 0, 1) == GOOD,
		    "an offer %s gets none", why[id]);
		s = network(alone, 1);
		ok(pick(&s, 0, 0) == 0 && pick(&s, FIFTH, 0) == 0, "nor alone");
	}
	is_int(asked_new, 0, "and nobody is remembered as having been there");
}

static void
test_none(void)
{
	const struct cat_smartlink s = network(NULL, 0);

	is_int(pick(&s, 0, 0), 0, "a category without offers");
}

int
main(void)
{
	test_shares();
	test_twins();
	test_fit();
	test_none();
	catalog_unmap(&cat);
	catimage_free(&ci);
	return tap_done();
}
