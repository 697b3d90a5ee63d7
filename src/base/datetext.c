/* SPDX-License-Identifier: Apache-2.0
 * datetext.c - see datetext.h.
 *
 * The text is cut into words, numbers and single marks first, so that each form below
 * reads like the line that documents it.
 */
#include "base/datetext.h"

#define MAX_TOKENS 16
#define MAX_TEXT 64
#define DIGITS_OF_US 6
/* Unix seconds of the year 9999: no later instant is taken. */
#define LAST_SEC INT64_C(253402300799)

enum tok_kind { TOK_WORD, TOK_NUMBER, TOK_MARK, TOK_END };

struct tok {
	enum tok_kind kind;
	struct str text;
	int64_t number;
	bool space; /* stands behind a space */
};

struct reader {
	struct tok tok[MAX_TOKENS + 1];
	unsigned n, at;
	const struct zone *z;
	us_t now;
};

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
cut(struct reader *r, struct str s)
{
	bool space = false;
	size_t i = 0;

	while (i < s.n) {
		struct tok *t = &r->tok[r->n];
		size_t from = i;

		if (s.p[i] == ' ' || s.p[i] == '\t') {
			space = true;
			i++;
			continue;
		}
		if (r->n == MAX_TOKENS)
			return false;
		if (is_digit(s.p[i])) {
			while (i < s.n && is_digit(s.p[i]))
				i++;
			t->kind = TOK_NUMBER;
			if (!str_to_i64(str_n(s.p + from, i - from), &t->number))
				return false;
		} else if (is_letter(s.p[i])) {
			while (i < s.n && is_letter(s.p[i]))
				i++;
			t->kind = TOK_WORD;
		} else {
			i++;
			t->kind = TOK_MARK;
		}
		t->text = str_n(s.p + from, i - from);
		t->space = space;
		space = false;
		r->n++;
	}
	r->tok[r->n] = (struct tok){.kind = TOK_END};
	return r->n > 0;
}

static const struct tok *
peek(const struct reader *r)
{
	return &r->tok[r->at];
}

static bool
at_end(const struct reader *r)
{
	return r->tok[r->at].kind == TOK_END;
}

/* The next token if it is this mark; `glued`: only without a space before it. */
static bool
take_mark(struct reader *r, char mark, bool glued)
{
	const struct tok *t = peek(r);

	if (t->kind != TOK_MARK || t->text.p[0] != mark || (glued && t->space))
		return false;
	r->at++;
	return true;
}

static bool
take_word(struct reader *r, const char *word)
{
	const struct tok *t = peek(r);

	if (t->kind != TOK_WORD || !str_ieq(t->text, str_of(word)))
		return false;
	r->at++;
	return true;
}

static bool
take_number(struct reader *r, size_t least, size_t most, bool glued, int *out)
{
	const struct tok *t = peek(r);

	if (t->kind != TOK_NUMBER || t->text.n < least || t->text.n > most ||
	    (glued && t->space))
		return false;
	*out = (int)t->number;
	r->at++;
	return true;
}

/* The position in a list of names, from 0; whole or its first three letters ("sept" and
 * "tues", "thur", "thurs" too). */
static int
take_name(struct reader *r, const char *const *names, int n)
{
	static const char *const also[][2] = {{"sept", "september"}, {"tues", "tuesday"},
	    {"wednes", "wednesday"}, {"thur", "thursday"}, {"thurs", "thursday"}};
	struct str w = peek(r)->text;

	if (peek(r)->kind != TOK_WORD)
		return -1;
	for (size_t i = 0; i < ARRAY_LEN(also); i++)
		if (str_ieq(w, str_of(also[i][0])))
			w = str_of(also[i][1]);
	for (int i = 0; i < n; i++) {
		if (!str_ieq(w, str_of(names[i])) && !str_ieq(w, str_n(names[i], 3)))
			continue;
		r->at++;
		return i;
	}
	return -1;
}

static int
take_month(struct reader *r)
{
	static const char *const names[] = {"january", "february", "march", "april",
	    "may", "june", "july", "august", "september", "october", "november",
	    "december"};

	return take_name(r, names, ARRAY_LEN(names)) + 1;
}

static int
take_weekday(struct reader *r)
{
	static const char *const names[] = {
	    "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};

	return take_name(r, names, ARRAY_LEN(names));
}

struct unit {
	const char *name;
	int months, days;
	int64_t secs;
};

static const struct unit *
take_unit(struct reader *r)
{
	static const struct unit units[] = {{"sec", 0, 0, 1}, {"second", 0, 0, 1},
	    {"min", 0, 0, 60}, {"minute", 0, 0, 60}, {"hour", 0, 0, 3600},
	    {"day", 0, 1, 0}, {"week", 0, 7, 0}, {"fortnight", 0, 14, 0},
	    {"month", 1, 0, 0}, {"year", 12, 0, 0}};
	struct str w = peek(r)->text;

	if (peek(r)->kind != TOK_WORD)
		return NULL;
	if (w.n > 3 && (w.p[w.n - 1] | 0x20) == 's')
		w.n--;
	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		if (!str_ieq(w, str_of(units[i].name)))
			continue;
		r->at++;
		return &units[i];
	}
	return NULL;
}

static bool
is_date(const struct wall *w)
{
	return w->year >= 1 && w->year <= 9999 && w->month >= 1 && w->month <= 12 &&
	       w->day >= 1 && w->day <= zone_month_days(w->year, w->month);
}

static bool
in_range(us_t t)
{
	return t >= -62135596800 * US_SECOND && t <= LAST_SEC * US_SECOND;
}

/* Calendar first, then the clock, then the instant. */
static bool
moved(const struct reader *r, int64_t n, const struct unit *u, us_t *out)
{
	struct wall w;
	int64_t days;
	us_t t;

	if (n < -1000000000 || n > 1000000000 ||
	    (u->months + u->days > 0 && (n < -4000000 || n > 4000000)))
		return false;
	if (u->secs > 0) {
		t = r->now + n * u->secs * US_SECOND;
	} else {
		zone_wall(r->z, r->now, &w);
		w.month += (int)n * u->months;
		w.day += (int)n * u->days;
		/* Before the seconds are multiplied: a million years in microseconds pass
		 * 64 bits. */
		days = zone_days(w.year, w.month, w.day);
		if (days < zone_days(1, 1, 1) || days > zone_days(9999, 12, 31))
			return false;
		t = zone_utc(r->z, &w);
	}
	if (!in_range(t))
		return false;
	*out = t;
	return true;
}

static us_t
day_from_now(const struct reader *r, int days)
{
	struct wall w;

	zone_wall(r->z, r->now, &w);
	w.day += days;
	w.hour = w.min = w.sec = w.us = 0;
	return zone_utc(r->z, &w);
}

static bool
fraction(struct reader *r, int *us)
{
	const struct tok *t = peek(r);
	int v = 0;

	if (t->kind != TOK_NUMBER || t->space)
		return false;
	for (size_t i = 0; i < DIGITS_OF_US; i++)
		v = v * 10 + (i < t->text.n ? t->text.p[i] - '0' : 0);
	*us = v;
	r->at++;
	return true;
}

/* Z, UTC, +02:00, +0200, +02.  false: none is there, *bad tells whether something else
 * is. */
static bool
offset(struct reader *r, int *secs, bool *bad)
{
	int sign = 1, h, m = 0;

	if (take_word(r, "Z") || take_word(r, "UTC")) {
		*secs = 0;
		return true;
	}
	if (take_mark(r, '-', false))
		sign = -1;
	else if (!take_mark(r, '+', false))
		return false;
	*bad = true;
	if (take_number(r, 4, 4, true, &h)) {
		m = h % 100;
		h /= 100;
	} else if (!take_number(r, 2, 2, true, &h) ||
		   (take_mark(r, ':', true) && !take_number(r, 2, 2, true, &m))) {
		return false;
	}
	if (h > 14 || m > 59)
		return false;
	*bad = false;
	*secs = sign * (h * 3600 + m * 60);
	return true;
}

/* What may follow a date.  `iso`: a T may stand before it. */
static bool
clock_of(struct reader *r, struct wall *w, bool iso, us_t *out)
{
	bool bad = false, t_mark;
	int secs = 0;

	if (at_end(r)) {
		*out = zone_utc(r->z, w);
		return true;
	}
	t_mark = iso && !peek(r)->space && take_word(r, "T");
	if (!t_mark && !peek(r)->space)
		return false;
	if (!take_number(r, 1, 2, t_mark, &w->hour) || !take_mark(r, ':', true) ||
	    !take_number(r, 2, 2, true, &w->min))
		return false;
	if (take_mark(r, ':', true)) {
		if (!take_number(r, 2, 2, true, &w->sec))
			return false;
		if (take_mark(r, '.', true) && !fraction(r, &w->us))
			return false;
	}
	if (w->hour > 23 || w->min > 59 || w->sec > 59)
		return false;
	if (offset(r, &secs, &bad))
		*out = zone_utc(zone_utc_zone(), w) - secs * US_SECOND;
	else
		*out = zone_utc(r->z, w);
	return !bad && at_end(r);
}

/* 2017-03-20, 2017/03/20, 03/20/2017 */
static bool
numeric_date(struct reader *r, us_t *out)
{
	struct wall w = {0};
	bool iso = true;

	if (take_number(r, 4, 4, false, &w.year)) {
		char mark = '-';

		if (!take_mark(r, '-', true)) {
			mark = '/';
			iso = false;
			if (!take_mark(r, '/', true))
				return false;
		}
		if (!take_number(r, 1, 2, true, &w.month) || !take_mark(r, mark, true) ||
		    !take_number(r, 1, 2, true, &w.day))
			return false;
	} else {
		iso = false;
		if (!take_number(r, 1, 2, false, &w.month) || !take_mark(r, '/', true) ||
		    !take_number(r, 1, 2, true, &w.day) || !take_mark(r, '/', true) ||
		    !take_number(r, 4, 4, true, &w.year))
			return false;
	}
	return is_date(&w) && clock_of(r, &w, iso, out);
}

/* January 1, 2016; 20 March 2017 */
static bool
named_date(struct reader *r, us_t *out)
{
	struct wall w = {0};

	if (take_number(r, 1, 2, false, &w.day)) {
		w.month = take_month(r);
	} else {
		w.month = take_month(r);
		if (!take_number(r, 1, 2, false, &w.day))
			return false;
		(void)take_mark(r, ',', true);
	}
	return w.month > 0 && take_number(r, 4, 4, false, &w.year) && is_date(&w) &&
	       clock_of(r, &w, false, out);
}

/* @1490000000.5, 1490000000 */
static bool
unix_seconds(struct reader *r, us_t *out)
{
	bool at = take_mark(r, '@', false), minus = at && take_mark(r, '-', true);
	const struct tok *t = peek(r);
	int us = 0;
	us_t v;

	if (t->kind != TOK_NUMBER || (at && t->space) || t->number > LAST_SEC)
		return false;
	if (!at && (t->text.n == 4 || t->text.n == 8))
		return false;
	r->at++;
	if (at && take_mark(r, '.', true) && !fraction(r, &us))
		return false;
	v = t->number * US_SECOND + us;
	*out = minus ? -v : v;
	return at_end(r) && in_range(*out);
}

/* +1 day, -2 weeks, 3 hours ago */
static bool
relative(struct reader *r, us_t *out)
{
	int64_t sign = 1, n;
	const struct unit *u;

	if (take_mark(r, '-', false))
		sign = -1;
	else
		(void)take_mark(r, '+', false);
	if (peek(r)->kind != TOK_NUMBER)
		return false;
	n = sign * peek(r)->number;
	r->at++;
	u = take_unit(r);
	if (u == NULL)
		return false;
	if (take_word(r, "ago"))
		n = -n;
	return at_end(r) && moved(r, n, u, out);
}

/* -1, 0, 1 for last, this, next; 2 for none of them. */
static int
take_which(struct reader *r)
{
	if (take_word(r, "last"))
		return -1;
	if (take_word(r, "this"))
		return 0;
	return take_word(r, "next") ? 1 : 2;
}

/* next month, last monday */
static bool
neighbour(struct reader *r, us_t *out)
{
	int which = take_which(r), wday, days;
	const struct unit *u;
	struct wall w;

	if (which == 2)
		return false;
	wday = take_weekday(r);
	if (wday < 0) {
		u = take_unit(r);
		return u != NULL && at_end(r) && moved(r, which, u, out);
	}
	zone_wall(r->z, r->now, &w);
	days = (wday - w.wday + 7) % 7;
	if (which > 0 && days == 0)
		days = 7;
	if (which < 0)
		days -= 7;
	*out = day_from_now(r, days);
	return at_end(r);
}

/* first day of next month */
static bool
month_edge(struct reader *r, us_t *out)
{
	bool first = take_word(r, "first");
	struct wall w;
	int which;

	if (!first && !take_word(r, "last"))
		return false;
	if (!take_word(r, "day") || !take_word(r, "of"))
		return false;
	which = take_which(r);
	if (which == 2 || !take_word(r, "month") || !at_end(r))
		return false;
	zone_wall(r->z, r->now, &w);
	w.month += which;
	w.day = first ? 1 : zone_month_days(w.year, w.month);
	*out = zone_utc(r->z, &w);
	return true;
}

static bool
single_word(struct reader *r, us_t *out)
{
	if (take_word(r, "now"))
		*out = r->now;
	else if (take_word(r, "today") || take_word(r, "midnight"))
		*out = day_from_now(r, 0);
	else if (take_word(r, "yesterday"))
		*out = day_from_now(r, -1);
	else if (take_word(r, "tomorrow"))
		*out = day_from_now(r, 1);
	else
		return false;
	return at_end(r);
}

bool
datetext_parse(struct str text, const struct zone *z, us_t now, us_t *out)
{
	static bool (*const forms[])(struct reader *, us_t *) = {single_word,
	    unix_seconds, numeric_date, named_date, relative, month_edge, neighbour};
	struct reader r = {.z = z, .now = now};
	us_t t;

	if (text.n > MAX_TEXT || !cut(&r, str_trim(text)))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
		r.at = 0;
		if (!forms[i](&r, &t))
			continue;
		*out = t;
		return true;
	}
	return false;
}

bool
datetext_iso(struct str text, int *year, int *month, int *day)
{
	struct wall w = {0};
	struct reader r = {0};

	if (text.n != 10 || !cut(&r, text) || !take_number(&r, 4, 4, true, &w.year) ||
	    !take_mark(&r, '-', true) || !take_number(&r, 2, 2, true, &w.month) ||
	    !take_mark(&r, '-', true) || !take_number(&r, 2, 2, true, &w.day) ||
	    !at_end(&r) || !is_date(&w))
		return false;
	*year = w.year;
	*month = w.month;
	*day = w.day;
	return true;
}
