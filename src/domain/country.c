/* SPDX-License-Identifier: Apache-2.0
 * country.c - see country.h.
 */
#include "domain/country.h"

#include <stdlib.h>

static const struct country {
	char code[3];
	const char *name;
} countries[] = {
/* sorted by code, as the zone database has them */
#define COUNTRY(code_, name_) {#code_, name_},
#include "tbl/countries.h"
#undef COUNTRY
};

static char
upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

static int
by_code(const void *key, const void *elem)
{
	const struct country *c = elem;

	return memcmp(key, c->code, 2);
}

const char *
country_name(struct str code)
{
	const struct country *c;
	char key[2];

	if (code.n != 2)
		return NULL;
	key[0] = upper(code.p[0]);
	key[1] = upper(code.p[1]);
	c = bsearch(key, countries, ARRAY_LEN(countries), sizeof(countries[0]), by_code);
	return c == NULL ? NULL : c->name;
}

bool
country_in(struct str list, struct str code)
{
	struct str one;

	while ((one = str_split(&list, ',')).p != NULL)
		if (str_eq(one, code))
			return true;
	return false;
}

static bool
is_gap(char c)
{
	return c == ',' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool
country_list(struct arena *a, struct str text, struct str *out, struct str *bad)
{
	char *buf = arena_alloc(a, text.n + 2);
	size_t n = 0, i = 0;

	while (i < text.n) {
		struct str one = str_n(text.p + i, 0);
		char code[2];

		while (i + one.n < text.n && !is_gap(one.p[one.n]))
			one.n++;
		i += one.n > 0 ? one.n : 1;
		if (one.n == 0)
			continue;
		if (country_name(one) == NULL) {
			*bad = one;
			return false;
		}
		code[0] = upper(one.p[0]);
		code[1] = upper(one.p[1]);
		if (country_in(str_n(buf, n), str_n(code, 2)))
			continue;
		if (n > 0)
			buf[n++] = ',';
		memcpy(buf + n, code, 2);
		n += 2;
	}
	*out = str_n(buf, n);
	return true;
}
