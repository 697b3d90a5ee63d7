/* SPDX-License-Identifier: Apache-2.0 */
#include "base/money.h"

#include <stdio.h>

/* decimal text → integer with `dec` implied decimals; the digits behind are rounded half
 * away from zero, which needs only the first of them. */
static bool
fixed_parse(struct str s, unsigned dec, int64_t *out)
{
	int64_t v = 0;
	size_t i = 0, digits = 0;
	unsigned seen = 0;
	bool neg = false, point = false, up = false;

	if (s.n > 0 && (s.p[0] == '-' || s.p[0] == '+')) {
		neg = s.p[0] == '-';
		i = 1;
	}
	for (; i < s.n; i++) {
		int d = s.p[i] - '0';

		if (s.p[i] == '.' && !point) {
			point = true;
			continue;
		}
		if (d < 0 || d > 9)
			return false;
		digits++;
		if (point && seen >= dec) {
			if (seen == dec)
				up = d >= 5;
			seen = dec + 1;
			continue;
		}
		seen += point;
		if (__builtin_mul_overflow(v, 10, &v) || __builtin_add_overflow(v, d, &v))
			return false;
	}
	if (digits == 0)
		return false;
	for (; seen < dec; seen++) {
		if (__builtin_mul_overflow(v, 10, &v))
			return false;
	}
	if (up && __builtin_add_overflow(v, 1, &v))
		return false;
	*out = neg ? -v : v;
	return true;
}

bool
money_parse(struct str s, money_t *out)
{
	return fixed_parse(s, 6, out);
}

bool
pct_parse(struct str s, pct_t *out)
{
	return fixed_parse(s, 4, out);
}

static size_t
fixed_format(char out[MONEY_TEXT], int64_t v, unsigned dec, unsigned min_dec)
{
	uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v, unit = 1;
	int n;

	for (unsigned i = 0; i < dec; i++)
		unit *= 10;
	n = snprintf(out, MONEY_TEXT, "%s%llu.%0*llu", v < 0 ? "-" : "",
	    (unsigned long long)(u / unit), (int)dec, (unsigned long long)(u % unit));
	assert(n > 0 && n < MONEY_TEXT);
	for (unsigned drop = dec - min_dec; drop > 0 && out[n - 1] == '0'; drop--)
		n--;
	if (out[n - 1] == '.')
		n--;
	out[n] = '\0';
	return (size_t)n;
}

size_t
money_format(char out[MONEY_TEXT], money_t m, unsigned min_dec)
{
	return fixed_format(out, m, 6, min_dec);
}

size_t
pct_format(char out[MONEY_TEXT], pct_t p, unsigned min_dec)
{
	return fixed_format(out, p, 4, min_dec);
}

money_t
money_muldiv(money_t m, int64_t n, int64_t d)
{
	__int128 x = (__int128)m * n, half = d / 2, q;

	assert(d > 0);
	/* Half away from zero: add half the divisor with the sign of the dividend, then
	 * truncate. */
	q = d % 2 == 0 ? (x < 0 ? x - half : x + half) / d
		       : (2 * x + (x < 0 ? -d : d)) / (2 * (__int128)d);
	if (q > INT64_MAX)
		return INT64_MAX;
	if (q < INT64_MIN)
		return INT64_MIN;
	return (money_t)q;
}

money_t
money_percent(money_t base, pct_t pct)
{
	return money_muldiv(base, pct, 100 * PCT_UNIT);
}

money_t
money_to_base(money_t m, int64_t rate)
{
	return money_muldiv(m, MONEY_UNIT, rate);
}

int64_t
money_cents(money_t m)
{
	return money_muldiv(m, 1, MONEY_UNIT / 100);
}
