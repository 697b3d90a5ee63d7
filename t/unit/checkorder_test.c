/* SPDX-License-Identifier: Apache-2.0
 * checkorder_test.c - which of several things that speak against a click is its reason: in
 * the order of nats-behaviour.md §1.8 behind /track/, in that of the trafficback table of
 * affise-3.0.md behind /click.  Every set of them.
 */
#include "track/catimage.h"
#include "track/click.h"

#include <stdio.h>

#include "tap.h"

#define NOW INT64_C(1534173952071102) /* 15:25 in UTC */

/* In the order of the reference; what is asked first stands first. */
enum fault {
	AFFILIATE, /* the account is not active */
	STOPPED,
	NOT_LIVE,
	EXPIRED,
	ACCESS, /* a private offer that he has no access to */
	COUNTRY,
	REGION,
	HOURS,
	SUB,
	CAP,
	RULE, /* no fault: where the rest goes */
	FAULTS
};
static const uint8_t reason[FAULTS] = {VERDICT_INACTIVE_AFFILIATE, VERDICT_INACTIVE_OFFER,
    VERDICT_NOT_LIVE, VERDICT_EXPIRED, VERDICT_DISABLED_AFFILIATE, VERDICT_COUNTRY,
    VERDICT_REGION, VERDICT_HOURS, VERDICT_SUB, VERDICT_OVERCAP, VERDICT_COUNTED};

static struct catimage *image;

static struct cat_text
text(const char *s)
{
	return catimage_text(image, str_of(s));
}

static void
put_offer(unsigned faults)
{
	const uint64_t nothing = 1;
	struct cat_target t = {.hours = (faults >> HOURS & 1) != 0 ? ~(1u << 15) : 0};
	struct cat_cap cap = {.rule = {.id = 1,
				  .type = CAP_CLICKS,
				  .period = CAP_ALL,
				  .on_full = CAP_TRAFFICBACK}};
	struct cat_redirect rule = {.id = 1, .share = CAT_WHOLE_SHARE};
	struct cat_offer o = {.id = 251,
	    .default_lp_id = 310,
	    .commission_id = 7,
	    .status = (faults >> STOPPED & 1) != 0 ? CAT_STOPPED : CAT_ACTIVE,
	    .privacy = (faults >> ACCESS & 1) != 0 ? CAT_PRIVATE : CAT_PUBLIC,
	    .date_live = (faults >> NOT_LIVE & 1) != 0 ? NOW + 1 : 0,
	    .date_expire = (faults >> EXPIRED & 1) != 0 ? NOW : 0};

	if ((faults >> COUNTRY & 1) != 0)
		o.authorized = catimage_countries(image, STR("DE"));
	if ((faults >> REGION & 1) != 0)
		t.states = catimage_wide(image, &nothing, 1);
	if ((faults >> SUB & 1) != 0)
		t.subs[0] = catimage_wide(image, &nothing, 1);
	o.target = catimage_target(image, &t);
	if ((faults >> CAP & 1) != 0)
		o.caps = (struct cat_list){catimage_cap(image, &cap), 1};
	rule.to_url = text("http://rule.example/");
	if ((faults >> RULE & 1) != 0)
		o.redirects = (struct cat_list){catimage_redirect(image, &rule), 1};
	catimage_offer(image, &o, text(""));
}

static struct catalog *
network(unsigned faults)
{
	struct cat_net net = {.base_currency = "USD", .stat_unique_seconds = 86400};
	const struct cat_account a = {
	    .id = 42, .type = 100, .status = (faults >> AFFILIATE & 1) != 0};
	const struct cat_landing_page lp = {
	    .id = 310, .offer_id = 251, .url = text("http://shop.example/")};
	const struct cat_commission c = {.id = 7, .offer_id = 251};
	struct catalog *cat;
	struct str bytes;

	net.fallback_url = text("http://fallback.example/");
	catimage_net(image, &net);
	catimage_account(image, &a);
	put_offer(faults);
	(void)catimage_landing_page(image, &lp, text(""));
	catimage_commission(image, &c, text(""));
	bytes = catimage_finish(image, 1, 1);
	cat = catalog_of(bytes.p, bytes.n, NULL);
	assert(cat != NULL);
	return cat;
}

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
none(void *arg, uint64_t key)
{
	(void)arg;
	return (int64_t)(key & 0);
}

static void
add(void *arg, uint64_t key, us_t until)
{
	(void)arg;
	(void)key;
	(void)until;
}

static void
fixed(void *arg, uint8_t out[16])
{
	(void)arg;
	memset(out, 1, 16);
}

static const uint8_t by_track[] = {AFFILIATE, STOPPED, NOT_LIVE, EXPIRED, ACCESS, COUNTRY,
    REGION, HOURS, SUB, CAP, RULE};
/* "Inactive-offer, also when both are inactive." */
static const uint8_t by_click[] = {STOPPED, AFFILIATE, NOT_LIVE, EXPIRED, ACCESS, CAP,
    COUNTRY, REGION, HOURS, SUB, RULE};

static enum fault
first_of(unsigned faults, enum click_door door)
{
	const uint8_t *order = door == CLICK_BY_TRACK ? by_track : by_click;

	for (unsigned i = 0; order[i] != RULE; i++)
		if ((faults >> order[i] & 1) != 0)
			return order[i];
	return RULE;
}

/* Verdict and address. */
static bool
is_right(const struct catalog *cat, unsigned faults, enum click_door door)
{
	static struct click k;
	static struct ua_reader *reader;
	static unsigned char rec[CLICK_RECORD_MAX];
	struct cap_clock clock = {0};
	struct click_env env = {.cat = cat,
	    .clock = &clock,
	    .seen = seen,
	    .hint = hint,
	    .count = none,
	    .add = add,
	    .random = fixed};
	const struct click_in in = {.door = door,
	    .now = NOW,
	    .rest = door == CLICK_BY_TRACK ? STR("NDIuNy4yNTEuMzEwLjAuMC4wLjAuMC4wLjAuMA")
					   : STR(""),
	    .query = door == CLICK_BY_TRACK ? STR("subaff=x")
					    : STR("pid=42&offer_id=251&sub1=x"),
	    .ua = STR("Mozilla/5.0")};
	const enum fault first = first_of(faults, door);
	const struct str to = first < RULE ? STR("http://fallback.example/")
			      : (faults >> RULE & 1) != 0 ? STR("http://rule.example/")
							  : STR("http://shop.example/");

	if (reader == NULL)
		reader = ua_reader_new(NULL, 4);
	env.ua = reader;
	click_begin(&k, &env, &in);
	(void)!click_finish(&k, (struct click_id){NOW, 1}, rec, sizeof(rec));
	if (k.verdict == reason[first] && str_eq(k.location, to))
		return true;
	printf("# faults %x: verdict %d, wanted %d; to " STR_FMT "\n", faults, k.verdict,
	    reason[first], STR_ARG(k.location));
	return false;
}

int
main(void)
{
	static const enum click_door doors[] = {CLICK_BY_TRACK, CLICK_BY_AFFISE};
	unsigned sets[2][FAULTS] = {{0}}, wrong[2][FAULTS] = {{0}};

	for (unsigned faults = 0; faults < 1u << FAULTS; faults++) {
		struct catalog *cat;

		image = catimage_new();
		cat = network(faults);
		for (unsigned d = 0; d < 2; d++) {
			const enum fault first = first_of(faults, doors[d]);

			sets[d][first]++;
			wrong[d][first] += !is_right(cat, faults, doors[d]);
		}
		catalog_unmap(&cat);
		catimage_free(&image);
	}
	for (unsigned d = 0; d < 2; d++)
		for (unsigned i = 0; i < FAULTS; i++)
			ok(sets[d][i] > 0 && wrong[d][i] == 0,
			    "%s: %u sets whose reason is no. %u",
			    d == 0 ? "/track/" : "/click", sets[d][i], i);
	return tap_done();
}
