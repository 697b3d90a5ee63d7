/* SPDX-License-Identifier: Apache-2.0
 * rowtext.c - see rowtext.h.
 */
#include "report/rowtext.h"

#include <arpa/inet.h>
#include <stdio.h>

#include "base/record.h"
#include "domain/country.h"

void
rowtext_str(struct jsonw *w, const char *key, struct str s)
{
	jsonw_key(w, key);
	jsonw_str(w, s.p == NULL ? STR("") : s);
}

void
rowtext_cstr(struct jsonw *w, const char *key, const char *s)
{
	jsonw_key(w, key);
	jsonw_cstr(w, s);
}

void
rowtext_int(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_int(w, v);
}

void
rowtext_digits(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_fmt(w, "%lld", (long long)v);
}

void
rowtext_money(struct jsonw *w, const char *key, money_t m)
{
	jsonw_key(w, key);
	jsonw_money(w, m, 0);
}

void
rowtext_time(struct jsonw *w, const char *key, const struct zone *z, us_t t)
{
	char text[ZONE_TEXT];

	zone_text(z, t, text);
	rowtext_cstr(w, key, text);
}

void
rowtext_addr(struct str bytes, char out[ROWTEXT_IP])
{
	static const unsigned char mapped[12] = {
	    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

	out[0] = '\0';
	if (bytes.n != 16)
		return;
	if (memcmp(bytes.p, mapped, sizeof(mapped)) == 0)
		(void)inet_ntop(AF_INET, bytes.p + 12, out, ROWTEXT_IP);
	else
		(void)inet_ntop(AF_INET6, bytes.p, out, ROWTEXT_IP);
}

void
rowtext_ip(struct jsonw *w, const char *key, struct str bytes)
{
	char text[ROWTEXT_IP];

	rowtext_addr(bytes, text);
	rowtext_cstr(w, key, text);
}

void
rowtext_country(struct jsonw *w, uint16_t packed)
{
	const char *name;
	char two[3];

	country_unpack(packed, two);
	name = country_name(str_of(two));
	rowtext_cstr(w, "country", two);
	rowtext_cstr(w, "country_name", name == NULL ? "" : name);
}

struct str
rowtext_of(const struct db_rows *r, unsigned col)
{
	return db_is_null(r, col) ? STR("") : db_str(r, col);
}

void
rowtext_pair(struct jsonw *w, const char *key, const struct db_rows *r, unsigned name,
    unsigned version)
{
	struct str n = rowtext_of(r, name), v = rowtext_of(r, version);

	jsonw_key(w, key);
	jsonw_fmt(w, STR_FMT "%s" STR_FMT, STR_ARG(n), v.n > 0 ? " " : "", STR_ARG(v));
}
