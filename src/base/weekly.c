/* SPDX-License-Identifier: Apache-2.0
 * weekly.c - see weekly.h.
 */
#include "base/weekly.h"

#define DAY_MINUTES 1440u
#define EVERY_DAY 0x7fu

static bool
read_days(struct str s, uint8_t *out)
{
	static const struct str names[] = {STR("sun"), STR("mon"), STR("tue"), STR("wed"),
	    STR("thu"), STR("fri"), STR("sat")};

	*out = 0;
	while (s.n > 0) {
		struct str one = str_split(&s, ',');
		unsigned day = 0;

		while (day < ARRAY_LEN(names) && !str_ieq(one, names[day]))
			day++;
		if (day == ARRAY_LEN(names))
			return false;
		*out |= (uint8_t)(1u << day);
	}
	return *out != 0;
}

/* "06:00" */
static bool
read_clock(struct str s, uint16_t *out)
{
	struct str minutes = s, hours = str_split(&minutes, ':');
	uint64_t h, m;

	if (hours.n == 0 || hours.n > 2 || minutes.n != 2 || !str_to_u64(hours, &h) ||
	    !str_to_u64(minutes, &m) || m > 59 || h * 60 + m > DAY_MINUTES)
		return false;
	*out = (uint16_t)(h * 60 + m);
	return true;
}

static bool
read_hours(struct str s, struct weekly *out)
{
	struct str to = s, from = str_split(&to, '-');

	return read_clock(from, &out->from) && read_clock(to, &out->to) &&
	       out->from != out->to && out->from < DAY_MINUTES;
}

bool
weekly_parse(struct str s, struct weekly *out)
{
	struct str rest = str_trim(s), first = str_split(&rest, ' ');

	*out = (struct weekly){EVERY_DAY, 0, DAY_MINUTES};
	rest = str_trim(rest);
	if (first.n == 0)
		return false;
	if (rest.n == 0)
		return str_chr(first, ':') >= 0 ? read_hours(first, out)
						: read_days(first, &out->days);
	return read_days(first, &out->days) && read_hours(rest, out);
}

bool
weekly_holds(const struct weekly *w, const struct zone *z, us_t at)
{
	struct wall wall;
	unsigned minute, yesterday;

	zone_wall(z == NULL ? zone_utc_zone() : z, at, &wall);
	minute = (unsigned)(wall.hour * 60 + wall.min);
	yesterday = (unsigned)(wall.wday + 6) % 7;
	if (w->from < w->to)
		return (w->days >> wall.wday & 1) != 0 && w->from <= minute &&
		       minute < w->to;
	return ((w->days >> wall.wday & 1) != 0 && minute >= w->from) ||
	       ((w->days >> yesterday & 1) != 0 && minute < w->to);
}
