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
	size_t want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 0;

	*cut = false;
	if (want == 0 || c > 0xf4)
		return 0;
	if (n < want) {
		*cut = true;
		for (size_t i = 1; i < n; i++)
			*cut = *cut && ((unsigned char)s[i] & 0xc0) == 0x80;
		return 0;
	}
	return str_is_utf8(str_n(s, want)) ? want : 0;
}

static char *
put_repaired(char *to, struct str s)
{
	size_t i = 0, len;
	bool cut;

	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x80 && c != 0) {
			to = put(to, c);
			i++;
			continue;
		}
		len = char_length(s.p + i, s.n - i, &cut);
		if (cut)
			break;
		if (len == 0) {
			memcpy(to, REPLACEMENT, 3);
			to += 3;
			i++;
			continue;
		}
		memcpy(to, s.p + i, len);
		to += len;
		i += len;
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
