/* SPDX-License-Identifier: Apache-2.0
 * zone.c - see zone.h.
 */
#include "base/zone.h"

#include <glib.h>
#include <pthread.h>
#include <stdio.h>

#define NAME_MAX_ 64
#define DAY_S INT64_C(86400)
#define TABLE \
	1024u /* a power of two; the tz database has about 600 names, and only real \
		 names get in */

struct zone {
	GTimeZone *tz;
	char name[NAME_MAX_];
};

/* Slots are filled once and never emptied, under the lock; readers take the lock as well,
 * once a request. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct zone *table[TABLE];

/* GLib would read "+02:00" and "ABC3" as zones of their own, and a name as a path below
 * the database: what is no IANA name by its looks does not get there.  All names begin
 * with a capital; names without a slash are letters, but for four old American ones and
 * GMT+0, GMT-0, GMT0, W-SU, NZ-CHAT, GB-Eire. */
static bool
is_name(struct str s)
{
	static const char *const odd[] = {"EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT",
	    "GMT0", "GMT+0", "GMT-0", "W-SU", "NZ-CHAT", "GB-Eire"};
	bool slash = str_chr(s, '/') >= 0;

	if (s.n < 2 || s.n >= NAME_MAX_ || !g_ascii_isupper(s.p[0]) ||
	    !g_ascii_isalnum(s.p[s.n - 1]))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(odd); i++)
		if (str_eq(s, str_of(odd[i])))
			return true;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '/' && s.p[i + 1] != '/')
			continue;
		if (!g_ascii_isalpha(c) &&
		    !(slash && (g_ascii_isdigit(c) || c == '_' || c == '-' || c == '+')))
			return false;
	}
	return true;
}

static struct zone *
load(struct str name)
{
	char text[NAME_MAX_];
	struct zone *z;
	GTimeZone *tz;

	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	tz = g_time_zone_new_identifier(text);
	if (tz == NULL)
		return NULL;
	z = obj_alloc(sizeof(*z));
	z->tz = tz;
	memcpy(z->name, text, sizeof(text));
	return z;
}

const struct zone *
zone_get(struct str name)
{
	struct zone *z = NULL;
	unsigned h = 5381;

	if (!is_name(name))
		return NULL;
	for (size_t i = 0; i < name.n; i++)
		h = h * 33 + (unsigned char)name.p[i];
	(void)pthread_mutex_lock(&lock);
	for (unsigned i = 0; i < TABLE && z == NULL; i++) {
		struct zone **slot = &table[(h + i) & (TABLE - 1)];

		if (*slot == NULL) {
			*slot = load(name);
			z = *slot;
			break;
		}
		if (str_eq(str_of((*slot)->name), name))
			z = *slot;
	}
	(void)pthread_mutex_unlock(&lock);
	return z;
}

const struct zone *
zone_utc_zone(void)
{
	const struct zone *z = zone_get(STR("UTC"));

	assert(z != NULL);
	return z;
}

const char *
zone_name(const struct zone *z)
{
	return z->name;
}

static int64_t
floor_div(int64_t a, int64_t b)
{
	int64_t q = a / b;

	return a % b < 0 ? q - 1 : q;
}

static int32_t
offset_at(const struct zone *z, int64_t sec)
{
	int i = g_time_zone_find_interval(z->tz, G_TIME_TYPE_UNIVERSAL, sec);

	return g_time_zone_get_offset(z->tz, i);
}

/* The first second in (a, b] whose offset is not the one of a; they must differ at the
 * ends. */
static int64_t
transition(const struct zone *z, int64_t a, int64_t b)
{
	int32_t off = offset_at(z, a);

	while (b - a > 1) {
		int64_t mid = a + (b - a) / 2;

		if (offset_at(z, mid) == off)
			a = mid;
		else
			b = mid;
	}
	return b;
}

/* GLib names intervals but not their ends, so we step: a fortnight is shorter than any
 * stretch of summer time since 1970, and beyond two years without a change there is none
 * to come (no living zone changes less than once a year, except by new law, which
 * nobody's tz database foresees). */
int32_t
zone_offset(const struct zone *z, us_t t, us_t *until)
{
	const int64_t step = 14 * DAY_S, far = 732 * DAY_S;
	int64_t sec = floor_div(t, US_SECOND);
	int32_t off = offset_at(z, sec);

	if (until == NULL)
		return off;
	*until = INT64_MAX;
	for (int64_t at = sec; at < sec + far; at += step) {
		if (offset_at(z, at + step) != off) {
			*until = transition(z, at, at + step) * US_SECOND;
			break;
		}
	}
	return off;
}

int64_t
zone_days(int year, int month, int day)
{
	int64_t months = (int64_t)year * 12 + month - 1;
	int64_t y = floor_div(months, 12), m = months - y * 12 + 1;
	int64_t era, yoe, doy;

	/* Howard Hinnant's days_from_civil: a year begins in March, 400 of them are an
	 * era. */
	y -= m <= 2;
	era = floor_div(y, 400);
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5;
	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468 + (day - 1);
}

void
zone_date(int64_t days, int *year, int *month, int *day)
{
	int64_t z = days + 719468, era = floor_div(z, 146097), doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = (int)(doy - (153 * mp + 2) / 5 + 1);
	*month = (int)(mp < 10 ? mp + 3 : mp - 9);
	*year = (int)(yoe + era * 400 + (*month <= 2));
}

int
zone_month_days(int year, int month)
{
	return (int)(zone_days(year, month + 1, 1) - zone_days(year, month, 1));
}

void
zone_wall(const struct zone *z, us_t t, struct wall *out)
{
	int64_t sec = floor_div(t, US_SECOND), local, days;
	int32_t off = offset_at(z, sec);
	int s;

	local = sec + off;
	days = floor_div(local, DAY_S);
	s = (int)(local - days * DAY_S);
	zone_date(days, &out->year, &out->month, &out->day);
	out->hour = s / 3600;
	out->min = s / 60 % 60;
	out->sec = s % 60;
	out->us = (int)(t - sec * US_SECOND);
	out->wday = (int)((days % 7 + 11) % 7); /* 1970-01-01 was a Thursday */
	out->offset = off;
}

/* Both meanings of a wall clock reading `local` (seconds since 1970 as if it were UTC).
 * Returns the instant a person means, *first the earliest instant at which the clock
 * shows it or has passed it. Offsets a day before and a day after bracket the only change
 * that can matter. */
static int64_t
resolve(const struct zone *z, int64_t local, int64_t *first)
{
	int32_t before = offset_at(z, local - DAY_S), after = offset_at(z, local + DAY_S);
	int64_t early, late;

	if (before == after) {
		*first = local - before;
		return *first;
	}
	early = local - (before > after ? before : after);
	late = local - (before > after ? after : before);
	if (before < after && offset_at(z, late) == after &&
	    offset_at(z, early) == before) {
		*first = transition(z, early, late); /* a gap */
		return late;
	}
	if (offset_at(z, local - before) == before)
		*first =
		    local - before; /* an overlap has its first occurrence here as well */
	else
		*first = local - after;
	return *first;
}

us_t
zone_utc(const struct zone *z, const struct wall *w)
{
	int64_t first, local = zone_days(w->year, w->month, w->day) * DAY_S +
			       (int64_t)w->hour * 3600 + (int64_t)w->min * 60 + w->sec;

	return resolve(z, local, &first) * US_SECOND + w->us;
}

us_t
zone_start(const struct zone *z, int year, int month, int day)
{
	int64_t first;

	(void)resolve(z, zone_days(year, month, day) * DAY_S, &first);
	return first * US_SECOND;
}

/* Hours are counted on the wall, so the hour that repeats is two hours of the same name.
 */
static us_t
floor_hour(us_t t, const struct wall *w)
{
	return t - ((w->min * 60 + w->sec) * US_SECOND + w->us);
}

us_t
zone_floor(const struct zone *z, enum zone_unit u, us_t t)
{
	struct wall w;

	zone_wall(z, t, &w);
	switch (u) {
	case ZONE_HOUR:
		return floor_hour(t, &w);
	case ZONE_DAY:
		return zone_start(z, w.year, w.month, w.day);
	case ZONE_WEEK:
		return zone_start(z, w.year, w.month, w.day - w.wday);
	case ZONE_MONTH:
		return zone_start(z, w.year, w.month, 1);
	case ZONE_QUARTER:
		return zone_start(z, w.year, (w.month - 1) / 3 * 3 + 1, 1);
	case ZONE_YEAR:
		return zone_start(z, w.year, 1, 1);
	}
	return t;
}

us_t
zone_next(const struct zone *z, enum zone_unit u, us_t t)
{
	struct wall w;

	zone_wall(z, t, &w);
	switch (u) {
	case ZONE_HOUR:
		return floor_hour(t, &w) + 3600 * US_SECOND;
	case ZONE_DAY:
		return zone_start(z, w.year, w.month, w.day + 1);
	case ZONE_WEEK:
		return zone_start(z, w.year, w.month, w.day - w.wday + 7);
	case ZONE_MONTH:
		return zone_start(z, w.year, w.month + 1, 1);
	case ZONE_QUARTER:
		return zone_start(z, w.year, (w.month - 1) / 3 * 3 + 4, 1);
	case ZONE_YEAR:
		return zone_start(z, w.year + 1, 1, 1);
	}
	return t;
}

void
zone_text(const struct zone *z, us_t t, char out[ZONE_TEXT])
{
	struct wall w;

	zone_wall(z, t, &w);
	(void)snprintf(out, ZONE_TEXT, "%04d-%02d-%02d %02d:%02d:%02d", w.year, w.month,
	    w.day, w.hour, w.min, w.sec);
}
