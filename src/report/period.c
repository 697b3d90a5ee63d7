/* SPDX-License-Identifier: Apache-2.0
 * period.c - see period.h.
 */
#include "report/period.h"

#include "base/datetext.h"

#define LAST_MONTHLY 28
#define ALL_FROM 0
/* 9999-12-31: nothing is booked later, and bucket numbers stay inside 32 bits. */
#define ALL_TO (INT64_C(253402300800) * US_SECOND)
#define LONGEST_EVERY 99

static bool
monthly(struct str text, struct payout_starts *out)
{
	struct str rest = text, one;

	out->kind = 'm';
	out->days = 0;
	for (one = str_split(&rest, ','); one.p != NULL; one = str_split(&rest, ',')) {
		uint64_t day;

		if (!str_to_u64(str_trim(one), &day) || day < 1 || day > LAST_MONTHLY)
			return false;
		out->days |= 1u << day;
	}
	return out->days != 0;
}

bool
period_starts(struct str text, struct payout_starts *out)
{
	struct payout_starts p = {0};
	uint64_t n = 0;

	if (text.n > 1 && (text.p[0] == 'w' || text.p[0] == 'd')) {
		p.kind = text.p[0];
		if (!str_to_u64(str_n(text.p + 1, text.n - 1), &n))
			return false;
		if (p.kind == 'w' ? n > 6 : n < 1 || n > LONGEST_EVERY)
			return false;
		p.n = (int)n;
	} else if (!monthly(text, &p)) {
		return false;
	}
	*out = p;
	return true;
}

static struct period
payout_monthly(const struct payout_starts *p, const struct zone *z, const struct wall *w)
{
	int from = w->day, to = w->day + 1, month_from = w->month, month_to = w->month;

	while (from > 0 && (from > LAST_MONTHLY || !(p->days & 1u << from)))
		from--;
	if (from == 0) {
		month_from--;
		for (from = LAST_MONTHLY; !(p->days & 1u << from); from--)
			;
	}
	while (to <= LAST_MONTHLY && !(p->days & 1u << to))
		to++;
	if (to > LAST_MONTHLY) {
		month_to++;
		for (to = 1; !(p->days & 1u << to); to++)
			;
	}
	return (struct period){zone_start(z, w->year, month_from, from),
	    zone_start(z, w->year, month_to, to)};
}

struct period
period_payout(const struct payout_starts *p, const struct zone *z, us_t t)
{
	struct wall w;
	int back;
	int64_t day;

	zone_wall(z, t, &w);
	if (p->kind == 'm')
		return payout_monthly(p, z, &w);
	if (p->kind == 'w') {
		back = (w.wday - p->n + 7) % 7;
		return (struct period){zone_start(z, w.year, w.month, w.day - back),
		    zone_start(z, w.year, w.month, w.day - back + 7)};
	}
	day = zone_days(w.year, w.month, w.day) - zone_days(2004, 1, 1);
	back = (int)((day % p->n + p->n) % p->n);
	return (struct period){zone_start(z, w.year, w.month, w.day - back),
	    zone_start(z, w.year, w.month, w.day - back + p->n)};
}

struct code {
	int number;
	const char *word;
	int past; /* the last so many days, today included */
};

static const struct code codes[] = {
    {0, "current", 0},
    {1, "last", 0},
    {2, "today", 0},
    {3, "yesterday", 0},
    {4, "week", 0},
    {5, "month", 0},
    {6, "year", 0},
    {7, "all", 0},
    {8, "free", 0},
    {10, "last_week", 0},
    {11, "last_month", 0},
    {12, "past_60", 60},
    {13, "past_90", 90},
    {14, "last_year", 0},
    {15, "past_7", 7},
    {16, "past_180", 180},
    {17, "past_30", 30},
    {28, "past_15", 15},
};

/* "Last week", "last_week" and "lastweek" are one word, and so is "past_60_days". */
static bool
word_is(struct str text, const char *word)
{
	struct str w = str_of(word), tail;
	size_t i = 0, k = 0;

	while (i < text.n && k < w.n) {
		char c = text.p[i];

		if (w.p[k] == '_') {
			k++;
			i += c == '_' || c == ' ' || c == '-';
			continue;
		}
		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != w.p[k])
			return false;
		i++;
		k++;
	}
	tail = str_n(text.p + i, text.n - i);
	if (k < w.n)
		return false;
	return tail.n == 0 ||
	       (str_starts(w, STR("past")) &&
		   (str_ieq(tail, STR("_days")) || str_ieq(tail, STR(" days")) ||
		       str_ieq(tail, STR("days"))));
}

static const struct code *
find_code(struct str text)
{
	uint64_t n = 0;
	bool number = str_to_u64(text, &n);

	for (size_t i = 0; i < ARRAY_LEN(codes); i++)
		if (number ? n == (uint64_t)codes[i].number
			   : word_is(text, codes[i].word))
			return &codes[i];
	return NULL;
}

static struct period
unit_back(const struct zone *z, enum zone_unit u, us_t now, int back)
{
	struct period p = {zone_floor(z, u, now), zone_next(z, u, now)};

	for (; back > 0; back--) {
		p.to = p.from;
		p.from = zone_floor(z, u, p.from - 1);
	}
	return p;
}

static enum err
free_day(us_t *out, struct str text, const char *param, const struct zone *z, us_t now,
    struct fault *f)
{
	if (text.p == NULL || str_trim(text).n == 0)
		return fault_set(f, ERR_MISSING, param,
		    "start and end are needed when period is free");
	if (!datetext_parse(text, z, now, out))
		return fault_set(f, ERR_INVALID, param, "not a date: " STR_FMT,
		    (int)(text.n < 64 ? text.n : 64), text.p);
	return ERR_OK;
}

static enum err
free_period(struct period *out, const struct period_args *a, const struct zone *z,
    us_t now, struct fault *f)
{
	enum err rc = free_day(&out->from, a->start, "start", z, now, f);

	if (rc == ERR_OK)
		rc = free_day(&out->to, a->end, "end", z, now, f);
	if (rc != ERR_OK)
		return rc;
	out->from = zone_floor(z, ZONE_DAY, out->from);
	out->to = zone_next(z, ZONE_DAY, out->to);
	if (out->to <= out->from)
		return fault_set(f, ERR_INVALID, "end", "end is before start");
	return ERR_OK;
}

static struct period
of_code(int number, const struct payout_starts *starts, const struct zone *z, us_t now)
{
	switch (number) {
	case 0:
		return period_payout(starts, z, now);
	case 1:
		return period_payout(starts, z, period_payout(starts, z, now).from - 1);
	case 2:
		return unit_back(z, ZONE_DAY, now, 0);
	case 3:
		return unit_back(z, ZONE_DAY, now, 1);
	case 4:
		return unit_back(z, ZONE_WEEK, now, 0);
	case 5:
		return unit_back(z, ZONE_MONTH, now, 0);
	case 6:
		return unit_back(z, ZONE_YEAR, now, 0);
	case 10:
		return unit_back(z, ZONE_WEEK, now, 1);
	case 11:
		return unit_back(z, ZONE_MONTH, now, 1);
	case 14:
		return unit_back(z, ZONE_YEAR, now, 1);
	default:
		return (struct period){ALL_FROM, ALL_TO};
	}
}

static bool
sent(struct str s)
{
	return s.p != NULL && s.n > 0;
}

enum err
period_of(struct period *out, const struct period_args *a,
    const struct payout_starts *starts, const struct zone *z, us_t now, struct fault *f)
{
	const struct code *c;
	struct wall w;

	if (!sent(a->period)) {
		if (sent(a->start) || sent(a->end))
			return free_period(out, a, z, now, f);
		*out = of_code(0, starts, z, now);
		return ERR_OK;
	}
	c = find_code(a->period);
	if (c == NULL)
		return fault_set(f, ERR_INVALID, "period", "not a period: " STR_FMT,
		    (int)(a->period.n < 64 ? a->period.n : 64), a->period.p);
	if (c->number == PERIOD_FREE)
		return free_period(out, a, z, now, f);
	if (c->past == 0) {
		*out = of_code(c->number, starts, z, now);
		return ERR_OK;
	}
	zone_wall(z, now, &w);
	out->from = zone_start(z, w.year, w.month, w.day - c->past + 1);
	out->to = zone_next(z, ZONE_DAY, now);
	return ERR_OK;
}

bool
period_days(struct period *out, struct str from, struct str to, const struct zone *z)
{
	int y, m, d, y2, m2, d2;

	if (!datetext_iso(from, &y, &m, &d) || !datetext_iso(to, &y2, &m2, &d2))
		return false;
	out->from = zone_start(z, y, m, d);
	out->to = zone_start(z, y2, m2, d2 + 1);
	return true;
}
