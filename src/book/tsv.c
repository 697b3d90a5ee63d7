/* SPDX-License-Identifier: Apache-2.0
 * tsv.c - see tsv.h.
 */
#include "book/tsv.h"

#include <stdlib.h>

#define FIRST_BYTES 65536u
#define REPLACEMENT "\xef\xbf\xbd"

void
tsv_reset(struct tsv *t)
{
	t->n = 0;
	t->rows = 0;
}

void
tsv_free(struct tsv *t)
{
	free(t->p);
	*t = (struct tsv){NULL, 0, 0, 0};
}

static char *
room(struct tsv *t, size_t more)
{
	if (t->cap - t->n < more) {
		while (t->cap - t->n < more)
			t->cap = t->cap == 0 ? FIRST_BYTES : t->cap * 2;
		t->p = obj_realloc(t->p, t->cap);
	}
	return t->p + t->n;
}

void
tsv_uint(struct tsv *t, uint64_t v)
{
	char digits[20], *to = room(t, sizeof(digits) + 1);
	unsigned n = 0;

	do {
		digits[n++] = (char)('0' + v % 10);
		v /= 10;
	} while (v > 0);
	while (n > 0)
		*to++ = digits[--n];
	*to++ = '\t';
	t->n = (size_t)(to - t->p);
}

void
tsv_int(struct tsv *t, int64_t v)
{
	if (v >= 0) {
		tsv_uint(t, (uint64_t)v);
		return;
	}
	*room(t, 1) = '-';
	t->n++;
	tsv_uint(t, 0 - (uint64_t)v);
}

void
tsv_int_or_null(struct tsv *t, const int64_t *v)
{
	if (v == NULL)
		tsv_null(t);
	else
		tsv_int(t, *v);
}

void
tsv_null(struct tsv *t)
{
	memcpy(room(t, 3), "\\N\t", 3);
	t->n += 3;
}

/* What needs a backslash, and the letter that stands behind it; 0 for the rest. */
static char
escaped(unsigned char c)
{
	switch (c) {
	case '\0':
		return '0';
	case '\t':
		return 't';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\\':
		return '\\';
	default:
		return 0;
	}
}

static char *
put(char *to, unsigned char c)
{
	char e = escaped(c);

	if (e != 0) {
		*to++ = '\\';
		*to++ = e;
	} else {
		*to++ = (char)c;
	}
	return to;
}

void
tsv_bytes(struct tsv *t, struct str s)
{
	char *to = room(t, 2 * s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		to = put(to, (unsigned char)s.p[i]);
	*to++ = '\t';
	t->n = (size_t)(to - t->p);
}

/* Length of the character at s, at most n bytes; 0: it is not UTF-8.  *cut: its beginning
 * is right, the rest is missing. */
static size_t
char_length(const char *s, size_t n, bool *cut)
{
	unsigned char c = (unsigned char)s[0];
	size_t want = c >= 0xf0            ? 4
		      : c >= 0xe0          ? 3
		      : c >= 0xc2          ? 2
		      : c < 0x80 && c != 0 ? 1
					   : 0;

	*cut = false;
	if (want == 0 || c > 0xf4)
		return 0;
	if (n < want) {
		*cut = true;
		for (size_t i = 1; i < n; i++)
			*cut = *cut && ((unsigned char)s[i] & 0xc0) == 0x80;
		return 0;
	}
	return want == 1 || str_is_utf8(str_n(s, want)) ? want : 0;
}

/* The next character of *rest as it may be stored, which is cut off; STR_NONE at the end.
 */
static struct str
next_char(struct str *rest)
{
	struct str c;
	bool cut = false;
	size_t len = rest->n == 0 ? 0 : char_length(rest->p, rest->n, &cut);

	if (rest->n == 0 || cut) {
		*rest = STR_NONE;
		return STR_NONE;
	}
	c = len == 0 ? STR(REPLACEMENT) : str_n(rest->p, len);
	len = len == 0 ? 1 : len;
	*rest = str_n(rest->p + len, rest->n - len);
	return c;
}

static char *
put_repaired(char *to, struct str s)
{
	for (struct str c = next_char(&s); c.p != NULL; c = next_char(&s)) {
		if (c.n == 1) {
			to = put(to, (unsigned char)c.p[0]);
			continue;
		}
		memcpy(to, c.p, c.n);
		to += c.n;
	}
	return to;
}

/* Nearly all texts are printable ASCII, or nothing at all. */
static bool
is_plain(struct str s)
{
	unsigned char bad = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		bad |= (unsigned char)((c < 0x20) | (c >= 0x7f) | (c == '\\'));
	}
	return bad == 0;
}

struct str
tsv_repair(struct arena *a, struct str s)
{
	char *to, *from;

	if (s.n == 0 || str_is_utf8(s))
		return s;
	from = to = arena_alloc(a, 3 * s.n);
	for (struct str c = next_char(&s); c.p != NULL; c = next_char(&s)) {
		memcpy(to, c.p, c.n);
		to += c.n;
	}
	return str_n(from, (size_t)(to - from));
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct str
decode(struct arena *a, struct str s)
{
	char *to = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex_digit(s.p[i + 1]) >= 0 &&
		    hex_digit(s.p[i + 2]) >= 0) {
			to[n++] =
			    (char)(hex_digit(s.p[i + 1]) << 4 | hex_digit(s.p[i + 2]));
			i += 2;
		} else {
			to[n++] = s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return str_n(to, n);
}

struct str
tsv_form_value(struct arena *a, struct str form, struct str name, size_t longest)
{
	while (form.p != NULL && form.n > 0) {
		struct str value = str_split(&form, '&'), key = str_split(&value, '=');

		if (!str_eq(key, name) || value.p == NULL)
			continue;
		value = decode(a, value);
		return str_n(value.p, value.n < longest ? value.n : longest);
	}
	return STR_NONE;
}

void
tsv_text(struct tsv *t, struct str s)
{
	char *to = room(t, 3 * s.n + 1);

	if (s.n > 0 && is_plain(s)) {
		memcpy(to, s.p, s.n);
		to += s.n;
	} else if (s.n > 0) {
		to = put_repaired(to, s);
	}
	*to++ = '\t';
	t->n = (size_t)(to - t->p);
}

void
tsv_end(struct tsv *t)
{
	assert(t->n > 0 && t->p[t->n - 1] == '\t');
	t->p[t->n - 1] = '\n';
	t->rows++;
}

struct str
tsv_data(const struct tsv *t)
{
	return str_n(t->p == NULL ? "" : t->p, t->n);
}
