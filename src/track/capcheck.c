/* SPDX-License-Identifier: Apache-2.0
 * capcheck.c - see capcheck.h.
 */
#include "track/capcheck.h"

static const struct zone *
zone_of(const struct cap_clock *c)
{
	return c->zone == NULL ? zone_utc_zone() : c->zone;
}

static us_t
window(struct cap_clock *c, uint8_t period, us_t now, us_t *to)
{
	if (period >= CAP_PERIODS) /* of a newer version: a whole life */
		period = CAP_ALL;
	if (now < c->from[period] || now >= c->to[period])
		caprule_window(period, zone_of(c), now, &c->from[period], &c->to[period]);
	*to = c->to[period];
	return c->from[period];
}

static int
wday_of(struct cap_clock *c, us_t now)
{
	if (now < c->day_from || now >= c->day_to) {
		struct wall w;

		caprule_window(CAP_DAY, zone_of(c), now, &c->day_from, &c->day_to);
		zone_wall(zone_of(c), now, &w);
		c->wday = w.wday;
	}
	return c->wday;
}

/* Does it count and hold now, for this affiliate? */
static bool
is_on(const struct cap_ask *q, const struct cat_cap *cap)
{
	const struct cap_rule *r = &cap->rule;

	if (q->now < r->start || (r->end != 0 && q->now >= r->end))
		return false;
	if (r->days != CAP_ANY_DAY && !caprule_on_day(r->days, wday_of(q->clock, q->now)))
		return false;
	return r->affiliates != CAP_OF_EXACT ||
	       catalog_cap_names(q->cat, cap, q->affiliate_id);
}

static uint64_t
key_of(const struct cap_ask *q, const struct cap_rule *r, us_t *until)
{
	const us_t from = window(q->clock, r->period, q->now, until);

	return caprule_key(
	    r->id, r->rev, r->affiliates == CAP_OF_EACH ? q->affiliate_id : 0, from);
}

static bool
is_in(uint32_t id, const uint32_t *list, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

const struct cat_cap *
capcheck_full(const struct cap_ask *q, const struct cat_offer *o, const uint32_t *but,
    unsigned n_but)
{
	unsigned n;
	const struct cat_cap *cap = catalog_caps(q->cat, o->caps, &n);

	for (unsigned i = 0; i < n; i++) {
		const struct cap_rule *r = &cap[i].rule;
		us_t until;

		if (!is_in(r->id, but, n_but) && is_on(q, &cap[i]) &&
		    q->count(q->arg, key_of(q, r, &until)) >= r->value)
			return &cap[i];
	}
	return NULL;
}

void
capcheck_count(const struct cap_ask *q, const struct cat_offer *o, bool unique)
{
	unsigned n;
	const struct cat_cap *cap = catalog_caps(q->cat, o->caps, &n);

	for (unsigned i = 0; i < n; i++) {
		const struct cap_rule *r = &cap[i].rule;
		uint64_t key;
		us_t until;

		if (!caprule_of_clicks(r) || (r->type == CAP_UNIQUES && !unique) ||
		    !is_on(q, &cap[i]))
			continue;
		key = key_of(q, r, &until);
		q->add(q->arg, key, until);
	}
}
