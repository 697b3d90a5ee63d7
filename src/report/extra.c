/* SPDX-License-Identifier: Apache-2.0
 * extra.c - see extra.h.
 */
#include "report/extra.h"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct str
extra_decode(struct arena *a, struct str s)
{
	char *out = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && i + 2 < s.n && hex(s.p[i + 1]) >= 0 &&
		    hex(s.p[i + 2]) >= 0) {
			out[n++] = (char)(hex(s.p[i + 1]) * 16 + hex(s.p[i + 2]));
			i += 2;
		} else {
			out[n++] = s.p[i];
			if (s.p[i] == '+')
				out[n - 1] = ' ';
		}
	}
	return str_n(out, n);
}

struct str
extra_get(struct arena *a, struct str text, const char *name)
{
	struct str rest = text, pair, want = str_of(name);

	for (pair = str_split(&rest, '&'); pair.p != NULL; pair = str_split(&rest, '&')) {
		if (str_starts(pair, want) && pair.n > want.n && pair.p[want.n] == '=')
			return extra_decode(
			    a, str_n(pair.p + want.n + 1, pair.n - want.n - 1));
	}
	return STR("");
}

struct str
extra_pair(struct arena *a, const char *name, struct str value)
{
	static const char digits[] = "0123456789ABCDEF", plain[] = "-._~";
	size_t n = strlen(name);
	char *out = arena_alloc(a, n + 1 + value.n * 3 + 1);

	memcpy(out, name, n);
	out[n++] = '=';
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if ((c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
		    (c != '\0' && strchr(plain, c) != NULL)) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '%';
		out[n++] = digits[c >> 4];
		out[n++] = digits[c & 15];
	}
	return str_n(out, n);
}
