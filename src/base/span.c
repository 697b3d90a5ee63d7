/* SPDX-License-Identifier: Apache-2.0
 * span.c - see span.h.
 */
#include "base/span.h"

static const struct {
	char letter;
	us_t us;
} units[] = {
    {'y', 365 * US_DAY},
    {'m', 30 * US_DAY},
    {'w', 7 * US_DAY},
    {'d', US_DAY},
    {'h', 3600 * US_SECOND},
    {'i', 60 * US_SECOND},
    {'s', US_SECOND},
};

/* The unit's place, at or behind `from`; ARRAY_LEN(units): none of them. */
static size_t
unit_of(char letter, size_t from)
{
	while (from < ARRAY_LEN(units) && units[from].letter != letter)
		from++;
	return from;
}

bool
span_parse(struct str s, us_t *out)
{
	us_t sum = 0;
	size_t unit = 0;

	if (s.n == 0 || s.n > SPAN_TEXT)
		return false;
	for (size_t i = 0; i < s.n; i++, unit++) {
		us_t n = 0;
		size_t first = i;

		for (; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
			n = n * 10 + (s.p[i] - '0');
			if (n > SPAN_MOST / US_SECOND)
				return false;
		}
		if (i == first || i == s.n)
			return false;
		unit = unit_of(s.p[i], unit);
		if (unit == ARRAY_LEN(units) || n > (SPAN_MOST - sum) / units[unit].us)
			return false;
		sum += n * units[unit].us;
	}
	*out = sum;
	return true;
}
