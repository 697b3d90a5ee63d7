/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/target.h"

/* Behind "http://" or "https://", or -1. */
static ptrdiff_t
scheme_end(struct str raw)
{
	if (raw.n >= 7 && str_ieq(str_n(raw.p, 7), STR("http://")))
		return 7;
	if (raw.n >= 8 && str_ieq(str_n(raw.p, 8), STR("https://")))
		return 8;
	return -1;
}

/* Where the authority ends that begins at `at`. */
static size_t
authority_end(struct str raw, size_t at)
{
	while (at < raw.n && raw.p[at] != '/' && raw.p[at] != '?' && raw.p[at] != '#')
		at++;
	return at;
}

static struct str
without_user(struct str host)
{
	for (size_t i = host.n; i > 0; i--) {
		if (host.p[i - 1] == '@')
			return str_n(host.p + i, host.n - i);
	}
	return host;
}

bool
target_parse(struct str raw, struct target *out)
{
	ptrdiff_t scheme = scheme_end(raw), at;
	struct target t = {STR("/"), STR_NONE, STR_NONE};

	if (scheme > 0) {
		size_t end = authority_end(raw, (size_t)scheme);

		t.host = without_user(str_n(raw.p + scheme, end - (size_t)scheme));
		if (t.host.n == 0)
			return false;
		raw = str_n(raw.p + end, raw.n - end);
	} else if (str_eq(raw, STR("*"))) {
		t.path = raw;
		*out = t;
		return true;
	} else if (raw.n == 0 || raw.p[0] != '/') {
		return false;
	}
	at = str_chr(raw, '#');
	if (at >= 0)
		raw.n = (size_t)at;
	at = str_chr(raw, '?');
	if (at >= 0) {
		t.query = str_n(raw.p + at + 1, raw.n - (size_t)at - 1);
		raw.n = (size_t)at;
	}
	if (raw.n > 0)
		t.path = raw;
	*out = t;
	return true;
}

enum method
target_method(struct str name)
{
	for (enum method m = M_GET; m < M_OTHER; m++) {
		if (str_eq(name, str_of(endpoint_method_name(m))))
			return m;
	}
	return M_OTHER;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

size_t
target_decode(char *to, struct str s, bool plus)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '%' && i + 2 < s.n && hex_value(s.p[i + 1]) >= 0 &&
		    hex_value(s.p[i + 2]) >= 0) {
			c = (char)(hex_value(s.p[i + 1]) << 4 | hex_value(s.p[i + 2]));
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		to[n++] = c;
	}
	return n;
}
