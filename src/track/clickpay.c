/* SPDX-License-Identifier: Apache-2.0
 * clickpay.c - see clickpay.h.
 */
#include "track/clickpay.h"

#include "track/targeting.h"

#define OS_NAME \
	(sizeof(((struct ua_info *)0)->os) + sizeof(((struct ua_info *)0)->os_version))

uint32_t
clickpay_city(uint64_t hash)
{
	const uint32_t h = (uint32_t)(hash ^ hash >> 32);

	return h == 0 ? 1 : h;
}

/* "Android 9.0": family and version. */
static uint32_t
named(struct str os, struct str version)
{
	char name[OS_NAME];

	memcpy(name, os.p, os.n);
	name[os.n] = ' ';
	memcpy(name + os.n + 1, version.p, version.n);
	return price_name(str_n(name, os.n + 1 + version.n));
}

static void
ask_browser(struct price_ask *ask, const struct ua_info *ua)
{
	struct str os = str_of(ua->os), version = str_of(ua->os_version), major;

	ask->os[0] = price_name(os.n > 0 ? os : STR("Other"));
	ask->os[1] = named(os, version);
	major = str_split(&version, '.');
	ask->os[2] = named(os, major.p == NULL ? STR("") : major);
	ask->devices =
	    (uint8_t)((ua->device_type < 7 ? 1u << ua->device_type : 0) |
		      (str_ieq(str_of(ua->model), STR("iPod")) ? PRICE_DEVICE_IPOD : 0));
}

struct str
clickpay_url(const struct click *k)
{
	const struct cat_offer *o = k->aim.offer;
	const struct geo_place *at = &k->place;
	struct price_ask ask = {.at = k->in->now,
	    .zone = k->env->zone,
	    .country = k->facts.country,
	    .affiliate = k->facts.affiliate->id,
	    .sub = k->facts.sub};
	const struct price_rule *rules;
	struct price_rule rule;
	unsigned n;

	/* A landing page that was asked for, and a rule that sends elsewhere, say more. */
	if (o == NULL || o->pay_rules.n == 0 || k->aim.chain.n != 0 ||
	    k->aim.shown != o || k->aim.shown_lp == NULL ||
	    k->aim.shown_lp->id != o->default_lp_id)
		return STR_NONE;
	rules = catalog_rules(k->env->cat, o->pay_rules, &n);
	ask.pool = catalog_pool(k->env->cat, &ask.n_pool);
	if (at->city.n > 0)
		ask.city =
		    clickpay_city(targeting_place(at->country, at->region, at->city));
	ask_browser(&ask, k->ua);
	if (!price_choose(rules, n, &ask, &rule) || rule.url.n == 0)
		return STR_NONE;
	return catalog_text(k->env->cat, (struct cat_text){rule.url.first, rule.url.n});
}
