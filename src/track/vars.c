/* SPDX-License-Identifier: Apache-2.0
 * vars.c - see vars.h.
 */
#include "track/vars.h"

#include <stdarg.h>
#include <stdio.h>

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The bytes that one character of s stands for; moves s behind it. */
static char
next_byte(struct str *s, bool decode, bool plus)
{
	char c = s->p[0];

	if (decode && c == '%' && s->n >= 3 && hex(s->p[1]) >= 0 && hex(s->p[2]) >= 0) {
		c = (char)(hex(s->p[1]) << 4 | hex(s->p[2]));
		s->p += 2;
		s->n -= 2;
	} else if (plus && c == '+') {
		c = ' ';
	}
	s->p++;
	s->n--;
	return c;
}

static bool
is_control(unsigned char c)
{
	return c < 0x20 || c == 0x7f;
}

/* Visible ASCII without the marks of encodings. */
static const bool is_plain[256] = {
    ['!' ... '$'] = true, ['&' ... '*'] = true, [',' ... '~'] = true, [' '] = true};

/* Bytes are collected until they are a character; what can be none is dropped a byte at a
 * time. */
static struct str
fill(struct pad *pad, struct str s, size_t longest, bool decode, bool plus)
{
	char *out = pad->p + pad->n;
	size_t cap = pad->cap - pad->n, n = 0, have = 0;
	char wait[4];

	if (s.p == NULL)
		return STR_NONE;
	if (cap > longest)
		cap = longest;
	while (s.n > 0 || have > 0) {
		size_t len;

		/* What nearly all of it is: characters that stand for themselves. */
		while (have == 0 && s.n > 0 && n < cap && is_plain[(unsigned char)*s.p]) {
			out[n++] = *s.p++;
			s.n--;
		}
		if (s.n == 0 && have == 0)
			break;

		while (have < sizeof(wait) && s.n > 0)
			wait[have++] = next_byte(&s, decode, plus);
		len = is_control((unsigned char)wait[0])
			  ? 0
			  : str_utf8_len(str_n(wait, have));
		if (len > cap - n)
			break;
		memcpy(out + n, wait, len);
		n += len;
		len = len == 0 ? 1 : len;
		have -= len;
		memmove(wait, wait + len, have);
	}
	pad->n += n;
	return str_n(out, n);
}

struct str
pad_decode(struct pad *pad, struct str s, size_t longest, bool plus)
{
	return fill(pad, s, longest, true, plus);
}

struct str
pad_clean(struct pad *pad, struct str s, size_t longest)
{
	return fill(pad, s, longest, false, false);
}

struct str
pad_copy(struct pad *pad, struct str s)
{
	char *out = pad->p + pad->n;

	if (s.p == NULL || s.n > pad->cap - pad->n)
		return STR_NONE;
	if (s.n > 0)
		memcpy(out, s.p, s.n);
	pad->n += s.n;
	return str_n(out, s.n);
}

struct str
pad_printf(struct pad *pad, const char *fmt, ...)
{
	char *out = pad->p + pad->n;
	size_t room = pad->cap - pad->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		return STR_NONE;
	pad->n += (size_t)n;
	return str_n(out, (size_t)n);
}

static bool
is_always(const struct vars_bounds *b, struct str name)
{
	for (size_t i = 0; i < b->n_always; i++) {
		if (str_eq(b->always[i], name))
			return true;
	}
	return false;
}

/* Where one goes that always has a place. */
static struct var *
place_of(struct vars *v, struct str name)
{
	for (unsigned i = 0; i < v->n; i++) {
		if (str_eq(v->v[i].name, name))
			return &v->v[i];
	}
	return v->n == VARS_MAX ? NULL : &v->v[v->n++];
}

void
vars_read(struct vars *v, struct pad *pad, struct str query, const struct vars_bounds *b)
{
	size_t together = 0;
	unsigned n = 0;

	for (unsigned i = 0; i < v->n; i++) {
		if (is_always(b, v->v[i].name))
			continue;
		together += v->v[i].name.n + v->v[i].value.n;
		n++;
	}
	while (query.n > 0) {
		struct str value = str_split(&query, '&');
		const struct str raw_name = str_split(&value, '=');
		const size_t before = pad->n;
		struct var one = {.taken = false}, *own;

		one.name = pad_decode(pad, raw_name, b->name + 1, true);
		if (one.name.n == 0) {
			pad->n = before;
			continue;
		}
		one.value =
		    pad_decode(pad, value.p == NULL ? STR("") : value, b->value, true);
		if (is_always(b, one.name)) {
			own = place_of(v, one.name);
			if (own != NULL)
				*own = one;
			continue;
		}
		if (v->n == VARS_MAX || n >= b->most || one.name.n > b->name ||
		    together + one.name.n + one.value.n > b->together) {
			pad->n = before;
			v->dropped = true;
			continue;
		}
		together += one.name.n + one.value.n;
		n++;
		v->v[v->n++] = one;
	}
}

struct str
vars_get(const struct vars *v, struct str name)
{
	for (unsigned i = v->n; i-- > 0;) {
		if (str_eq(v->v[i].name, name))
			return v->v[i].value;
	}
	return STR_NONE;
}

struct str
vars_take(struct vars *v, struct str name)
{
	for (unsigned i = 0; i < v->n; i++) {
		if (str_eq(v->v[i].name, name))
			v->v[i].taken = true;
	}
	return vars_get(v, name);
}

/* What is kept is a stack: a character that completes the word takes it away again, so
 * that nothing can be built of the pieces around it. */
size_t
vars_sanitize(char *p, size_t n)
{
	static const struct str script = STR("javascript:");
	size_t kept = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '<' || p[i] == '>' || p[i] == '"' || p[i] == '\'')
			continue;
		p[kept++] = p[i];
		if (kept >= script.n &&
		    str_ieq(str_n(p + kept - script.n, script.n), script))
			kept -= script.n;
	}
	return kept;
}

static const bool is_free[256] = {['0' ... '9'] = true,
    ['A' ... 'Z'] = true,
    ['a' ... 'z'] = true,
    ['-'] = true,
    ['_'] = true,
    ['.'] = true,
    ['~'] = true};

bool
vars_escape(char *out, size_t cap, size_t *n, struct str s)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t at = *n;

	for (size_t i = 0; i < s.n; i++) {
		const unsigned char c = (unsigned char)s.p[i];

		if (is_free[c]) {
			if (cap - at < 1)
				return false;
			out[at++] = (char)c;
			continue;
		}
		if (cap - at < 3)
			return false;
		out[at++] = '%';
		out[at++] = digits[c >> 4];
		out[at++] = digits[c & 15];
	}
	*n = at;
	return true;
}

struct str
vars_rest(const struct vars *v, struct pad *pad, size_t longest)
{
	char *out = pad->p + pad->n;
	size_t room = pad->cap - pad->n, n = 0;

	if (room > longest)
		room = longest;
	for (unsigned i = 0; i < v->n; i++) {
		const size_t before = n;

		if (v->v[i].taken)
			continue;
		if (n > 0 && n < room)
			out[n++] = '&';
		if (!vars_escape(out, room, &n, v->v[i].name) || n == room)
			n = before;
		else {
			out[n++] = '=';
			if (!vars_escape(out, room, &n, v->v[i].value))
				n = before;
		}
	}
	if (n == 0)
		return STR_NONE;
	pad->n += n;
	return str_n(out, n);
}

struct str
vars_cookie(struct str header, struct str name)
{
	while (header.n > 0) {
		struct str value = str_trim(str_split(&header, ';'));

		if (str_eq(str_split(&value, '='), name) && value.p != NULL)
			return value;
	}
	return STR_NONE;
}
