/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonw.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define JSONW_MAGIC 0x6a736e77u
#define FIRST_BYTES 1024u
#define SINK_BYTES 32768u

/* What the innermost level waits for. */
enum place {
	PLACE_FIRST_ITEM, /* of an array: no comma */
	PLACE_ITEM,
	PLACE_FIRST_KEY, /* of an object */
	PLACE_KEY,
	PLACE_VALUE, /* a key was written */
};

struct jsonw {
	uint32_t magic;
	unsigned depth;
	enum place
	    place[JSONW_DEPTH + 1]; /* [0] is the document: a value, then nothing */
	bool started, refused;
	char *buf;
	size_t n, cap;
	jsonw_sink_f *sink;
	void *ctx;
};

struct jsonw *
jsonw_new_sink(jsonw_sink_f *sink, void *ctx)
{
	struct jsonw *w;

	OBJ_NEW(w, JSONW_MAGIC);
	w->sink = sink;
	w->ctx = ctx;
	w->place[0] = PLACE_VALUE;
	w->cap = FIRST_BYTES;
	w->buf = obj_alloc(w->cap);
	return w;
}

struct jsonw *
jsonw_new(void)
{
	return jsonw_new_sink(NULL, NULL);
}

void
jsonw_free(struct jsonw **wp)
{
	struct jsonw *w;

	if (*wp == NULL)
		return;
	OBJ_TAKE(w, wp, JSONW_MAGIC);
	free(w->buf);
	OBJ_FREE(w);
}

void
jsonw_reset(struct jsonw *w)
{
	assert(OBJ_IS(w, JSONW_MAGIC));
	w->depth = 0;
	w->place[0] = PLACE_VALUE;
	w->started = false;
	w->refused = false;
	w->n = 0;
	w->buf[0] = '\0';
}

static void
hand_over(struct jsonw *w)
{
	if (!w->refused && w->n > 0 && !w->sink(w->ctx, str_n(w->buf, w->n)))
		w->refused = true;
	w->n = 0;
}

static void
put(struct jsonw *w, const char *p, size_t n)
{
	if (w->sink != NULL && w->n + n > SINK_BYTES)
		hand_over(w);
	if (w->cap - w->n <= n) {
		while (w->cap - w->n <= n)
			w->cap *= 2;
		w->buf = obj_realloc(w->buf, w->cap);
	}
	memcpy(w->buf + w->n, p, n);
	w->n += n;
	w->buf[w->n] = '\0';
}

static void
put_char(struct jsonw *w, char c)
{
	put(w, &c, 1);
}

/* Before each value: the comma, and the place moves on. */
static void
begin_value(struct jsonw *w)
{
	enum place *p;

	assert(OBJ_IS(w, JSONW_MAGIC));
	p = &w->place[w->depth];
	assert(*p != PLACE_FIRST_KEY && *p != PLACE_KEY);
	assert(w->depth > 0 || !w->started);
	w->started = true;
	if (*p == PLACE_ITEM)
		put_char(w, ',');
	*p = *p == PLACE_VALUE ? PLACE_KEY : PLACE_ITEM;
}

static void
begin_level(struct jsonw *w, char c, enum place place)
{
	begin_value(w);
	assert(w->depth < JSONW_DEPTH);
	put_char(w, c);
	w->place[++w->depth] = place;
}

void
jsonw_obj(struct jsonw *w)
{
	begin_level(w, '{', PLACE_FIRST_KEY);
}

void
jsonw_arr(struct jsonw *w)
{
	begin_level(w, '[', PLACE_FIRST_ITEM);
}

void
jsonw_end(struct jsonw *w)
{
	enum place p;

	assert(OBJ_IS(w, JSONW_MAGIC) && w->depth > 0);
	p = w->place[w->depth--];
	assert(p != PLACE_VALUE);
	put_char(w, p == PLACE_FIRST_KEY || p == PLACE_KEY ? '}' : ']');
}

/* 0: as it is; 'u': as \u00XX; else the letter behind the backslash. */
static char
escape_of(unsigned char c)
{
	switch (c) {
	case '"':
	case '\\':
		return (char)c;
	case '\b':
		return 'b';
	case '\f':
		return 'f';
	case '\n':
		return 'n';
	case '\r':
		return 'r';
	case '\t':
		return 't';
	default:
		return c < 0x20 || c == 0x7f ? 'u' : 0;
	}
}

static void
put_escaped(struct jsonw *w, unsigned char c, char e)
{
	char b[8];
	int n = e == 'u' ? snprintf(b, sizeof(b), "\\u%04x", c)
			 : snprintf(b, sizeof(b), "\\%c", e);

	put(w, b, (size_t)n);
}

static void
put_text(struct jsonw *w, struct str s)
{
	size_t done = 0, i = 0;

	put_char(w, '"');
	while (i < s.n) {
		unsigned char c = (unsigned char)s.p[i];
		char e = escape_of(c);
		size_t n = c < 0x80 ? 1 : str_utf8_len(str_n(s.p + i, s.n - i));

		if (e == 0 && n > 0) {
			i += n;
			continue;
		}
		put(w, s.p + done, i - done);
		if (e != 0)
			put_escaped(w, c, e);
		else
			put(w, "\xef\xbf\xbd", 3);
		done = ++i;
	}
	if (s.n > done)
		put(w, s.p + done, s.n - done);
	put_char(w, '"');
}

void
jsonw_key_str(struct jsonw *w, struct str key)
{
	enum place *p;

	assert(OBJ_IS(w, JSONW_MAGIC));
	p = &w->place[w->depth];
	assert(w->depth > 0 && (*p == PLACE_FIRST_KEY || *p == PLACE_KEY));
	if (*p == PLACE_KEY)
		put_char(w, ',');
	put_text(w, key);
	put_char(w, ':');
	*p = PLACE_VALUE;
}

void
jsonw_key(struct jsonw *w, const char *key)
{
	jsonw_key_str(w, str_of(key));
}

void
jsonw_raw(struct jsonw *w, struct str json)
{
	begin_value(w);
	put(w, json.p, json.n);
}

void
jsonw_null(struct jsonw *w)
{
	jsonw_raw(w, STR("null"));
}

void
jsonw_bool(struct jsonw *w, bool v)
{
	jsonw_raw(w, v ? STR("true") : STR("false"));
}

void
jsonw_str(struct jsonw *w, struct str s)
{
	if (s.p == NULL) {
		jsonw_null(w);
		return;
	}
	begin_value(w);
	put_text(w, s);
}

void
jsonw_cstr(struct jsonw *w, const char *s)
{
	jsonw_str(w, str_of(s));
}

void
jsonw_fmt(struct jsonw *w, const char *fmt, ...)
{
	char b[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(b, sizeof(b), fmt, ap);
	va_end(ap);
	jsonw_cstr(w, b);
}

void
jsonw_int(struct jsonw *w, int64_t v)
{
	char b[24];
	int n = snprintf(b, sizeof(b), "%" PRId64, v);

	jsonw_raw(w, str_n(b, (size_t)n));
}

void
jsonw_uint(struct jsonw *w, uint64_t v)
{
	char b[24];
	int n = snprintf(b, sizeof(b), "%" PRIu64, v);

	jsonw_raw(w, str_n(b, (size_t)n));
}

void
jsonw_money(struct jsonw *w, money_t m, unsigned min_dec)
{
	char b[MONEY_TEXT];
	size_t n = money_format(b, m, min_dec);

	jsonw_raw(w, str_n(b, n));
}

void
jsonw_money_str(struct jsonw *w, money_t m, unsigned min_dec)
{
	char b[MONEY_TEXT];
	size_t n = money_format(b, m, min_dec);

	jsonw_str(w, str_n(b, n));
}

void
jsonw_pct(struct jsonw *w, pct_t p, unsigned min_dec)
{
	char b[MONEY_TEXT];
	size_t n = pct_format(b, p, min_dec);

	jsonw_raw(w, str_n(b, n));
}

struct str
jsonw_text(const struct jsonw *w)
{
	assert(OBJ_IS(w, JSONW_MAGIC) && w->sink == NULL);
	return str_n(w->buf, w->n);
}

bool
jsonw_flush(struct jsonw *w)
{
	assert(OBJ_IS(w, JSONW_MAGIC) && w->sink != NULL);
	hand_over(w);
	return !w->refused;
}

bool
jsonw_done(const struct jsonw *w)
{
	assert(OBJ_IS(w, JSONW_MAGIC));
	return w->depth == 0 && w->started;
}
