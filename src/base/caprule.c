/* SPDX-License-Identifier: Apache-2.0
 * caprule.c - see caprule.h.
 */
#define XXH_INLINE_ALL
#include "base/caprule.h"

#include <xxhash.h>

#define CONTINUITY 2

void
caprule_window(uint8_t period, const struct zone *z, us_t at, us_t *from, us_t *to)
{
	static const enum zone_unit units[CAP_PERIODS] = {[CAP_DAY] = ZONE_DAY,
	    [CAP_MONTH] = ZONE_MONTH,
	    [CAP_WEEK] = ZONE_WEEK,
	    [CAP_YEAR] = ZONE_YEAR,
	    [CAP_HOUR] = ZONE_HOUR};

	*from = 0;
	*to = INT64_MAX;
	if (period == CAP_ALL || period == 0 || period >= CAP_PERIODS)
		return;
	*from = zone_floor(z, units[period], at);
	*to = zone_next(z, units[period], at);
}

bool
caprule_on_day(uint8_t days, int wday)
{
	static const int8_t only[CAP_DAYS] = {[CAP_SATURDAY] = 6,
	    [CAP_SUNDAY] = 0,
	    [CAP_MONDAY] = 1,
	    [CAP_TUESDAY] = 2,
	    [CAP_WEDNESDAY] = 3,
	    [CAP_THURSDAY] = 4,
	    [CAP_FRIDAY] = 5};
	const bool weekend = wday == 0 || wday == 6;

	if (days == CAP_ANY_DAY || days >= CAP_DAYS)
		return true;
	if (days == CAP_WEEKDAYS || days == CAP_WEEKENDS)
		return weekend == (days == CAP_WEEKENDS);
	return wday == only[days];
}

bool
caprule_at(const struct cap_rule *c, const struct zone *z, us_t at)
{
	struct wall w;

	if (at < c->start || (c->end != 0 && at >= c->end))
		return false;
	if (c->days == CAP_ANY_DAY)
		return true;
	zone_wall(z, at, &w);
	return caprule_on_day(c->days, w.wday);
}

bool
caprule_about(const struct cap_rule *c, uint32_t offer_id, uint32_t advertiser_id)
{
	return (c->offer_id == 0 || c->offer_id == offer_id) &&
	       (c->advertiser_id == 0 || c->advertiser_id == advertiser_id);
}

int64_t
caprule_amount(const struct cap_rule *c, const struct cap_conv *v)
{
	if ((c->statuses >> v->status & 1) == 0)
		return 0;
	switch (c->type) {
	case CAP_BUDGET:
		return c->in_base ? v->payout_b : v->payout;
	case CAP_REGISTRATIONS:
		return v->kind == 1 && v->customer;
	case CAP_NET:
		return v->kind != CONTINUITY && !v->undone;
	case CAP_CONVERSIONS:
		return v->kind != CONTINUITY;
	default:
		return 0;
	}
}

bool
caprule_listed(const uint32_t *list, unsigned n, uint32_t id)
{
	while (n > 0) {
		const unsigned half = n / 2;

		if (list[half] == id)
			return true;
		if (list[half] < id) {
			list += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return false;
}

static int
rank(const struct cap_rule *c)
{
	return c->affiliates == CAP_OF_EXACT ? 0 : c->affiliates == CAP_OF_EACH ? 1 : 2;
}

int
caprule_order(const struct cap_rule *a, const struct cap_rule *b)
{
	if (rank(a) != rank(b))
		return rank(a) - rank(b);
	return a->id < b->id ? -1 : a->id > b->id;
}

uint64_t
caprule_key(uint32_t id, uint32_t rev, uint32_t affiliate, us_t window_from)
{
	const uint64_t bytes[] = {
	    (uint64_t)id << 32 | rev, affiliate, (uint64_t)window_from};
	const uint64_t h = XXH3_64bits(bytes, sizeof(bytes));

	return h == 0 ? 1 : h;
}
