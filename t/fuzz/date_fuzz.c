/* SPDX-License-Identifier: Apache-2.0
 * date_fuzz.c - date texts, zone names, periods and payout starts.
 *
 * Whatever is taken lies on the calendar, reads the same in any zone it is shown in, and
 * makes periods that hold the instant they were asked for.
 */
#include "fuzz.h"

#include "base/datetext.h"
#include "report/period.h"

#define FIRST (INT64_C(-62135596800) * US_SECOND)
#define LAST (INT64_C(253402300800) * US_SECOND)

static void
check_date(struct str text, const struct zone *z, us_t now)
{
	struct wall w;
	us_t t = 5;
	int y, m, d;

	if (datetext_parse(text, z, now, &t)) {
		assert(t >= FIRST && t < LAST);
		zone_wall(z, t, &w);
		assert(w.month >= 1 && w.month <= 12 && w.day >= 1 &&
		       w.day <= zone_month_days(w.year, w.month));
		assert(zone_floor(z, ZONE_DAY, t) <= t && zone_next(z, ZONE_DAY, t) > t);
	} else {
		assert(t == 5);
	}
	if (datetext_iso(text, &y, &m, &d))
		assert(text.n == 10 && datetext_parse(text, z, now, &t));
}

static void
check_period(struct str text, const struct zone *z, us_t now)
{
	const struct period_args args[] = {{text, STR_NONE, STR_NONE},
	    {STR("8"), text, text}, {STR_NONE, STR("today"), text}};
	struct payout_starts starts = {.kind = 'm', .days = 2};
	struct period p;
	struct fault f;

	if (period_starts(text, &starts)) {
		p = period_payout(&starts, z, now);
		assert(p.from <= now && now < p.to);
		assert(period_payout(&starts, z, p.from - 1).to == p.from);
	}
	for (size_t i = 0; i < ARRAY_LEN(args); i++)
		if (period_of(&p, &args[i], &starts, z, now, &f) == ERR_OK)
			assert(p.from < p.to);
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	struct str all = str_n((const char *)data, n);
	const struct zone *z = zone_get(all);
	const us_t now = INT64_C(1772913845) * US_SECOND;

	if (z != NULL)
		assert(str_eq(str_of(zone_name(z)), all));
	else
		z = zone_get(STR("America/New_York"));
	if (z == NULL)
		z = zone_utc_zone();
	check_date(all, z, now);
	check_date(all, zone_utc_zone(), now);
	check_period(all, z, now);
}
