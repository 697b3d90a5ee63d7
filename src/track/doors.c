/* SPDX-License-Identifier: Apache-2.0
 * doors.c - see doors.h.
 */
#include "track/doors.h"

#include "track/catalog_layout.h"
#include "track/macro.h" /* macro_fixed() */

#define LONGEST_HOST 255

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static const struct cat_domain *
domain_at(const struct catalog *c, uint32_t id)
{
	uint32_t n;
	const struct cat_domain *d = cat_rows(c, CAT_S_DOMAINS, &n);

	return id == 0 || id > n ? NULL : d + (id - 1);
}

/* Without the port; an IPv6 address keeps its brackets. */
static struct str
without_port(struct str host)
{
	size_t n = host.n;

	while (n > 0 && host.p[n - 1] >= '0' && host.p[n - 1] <= '9')
		n--;
	return n > 1 && host.p[n - 1] == ':' ? str_n(host.p, n - 1) : host;
}

const struct cat_domain *
doors_domain(const struct catalog *c, struct str host)
{
	char text[LONGEST_HOST];
	uint32_t n, id = 0;

	(void)cat_rows(c, CAT_S_DOMAINS, &n);
	if (n == 0)
		return NULL;
	if (host.n <= sizeof(text)) {
		for (size_t i = 0; i < host.n; i++)
			text[i] = lower(host.p[i]);
		host.p = text;
		id = catalog_by_shortname(c, CAT_NAMED_DOMAIN, 0, host);
		if (id == 0)
			id = catalog_by_shortname(
			    c, CAT_NAMED_DOMAIN, 0, without_port(host));
	}
	return domain_at(c, id != 0 ? id : catalog_net(c)->default_domain);
}

static struct str
link_of(const struct catalog *c, enum cat_named kind, struct str code)
{
	const uint32_t id = catalog_by_shortname(c, kind, 0, code);
	uint32_t n;
	const struct cat_link *l = cat_rows(c, CAT_S_LINKS, &n);

	return id == 0 || id > n ? STR_NONE : catalog_text(c, l[id - 1].target);
}

struct str
doors_tiny(const struct catalog *c, struct str code)
{
	return link_of(c, CAT_NAMED_TINY, code);
}

struct str
doors_short(const struct catalog *c, struct str path)
{
	if (path.n != DOORS_SHORT + 1 || path.p[0] != '/')
		return STR_NONE;
	return link_of(c, CAT_NAMED_SHORT, str_n(path.p + 1, DOORS_SHORT));
}

const struct cat_smartlink *
doors_smartlink(const struct catalog *c, struct str hex24)
{
	const uint32_t id = catalog_by_shortname(c, CAT_NAMED_SMARTLINK, 0, hex24);
	uint32_t n;
	const struct cat_smartlink *s = cat_rows(c, CAT_S_SMARTLINKS, &n);

	return id == 0 || id > n ? NULL : &s[id - 1];
}

static bool
is_authority(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		const char c = lower(s.p[i]);

		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
			c == '-' || c == '_' || c == ':' || c == '[' || c == ']'))
			return false;
	}
	return s.n > 0 && s.n <= LONGEST_HOST;
}

static bool
host_fits(struct str entry, struct str host)
{
	if (entry.n > 2 && entry.p[0] == '*' && entry.p[1] == '.') {
		entry = str_n(entry.p + 1, entry.n - 1);
		return host.n > entry.n &&
		       str_ieq(str_n(host.p + host.n - entry.n, entry.n), entry);
	}
	return str_ieq(entry, host);
}

bool
doors_may_redirect(const struct catalog *c, const struct cat_offer *o, struct str url)
{
	return doors_in_hosts(c, o->deeplink_hosts, url);
}

bool
doors_in_hosts(const struct catalog *c, struct cat_list l, struct str url)
{
	struct str host = str_n(url.p, macro_fixed(url));
	const struct cat_text *row;
	uint32_t n;

	if (host.n == 0)
		return false;
	while (host.p[0] != '/') /* behind "https://" */
		host = str_n(host.p + 1, host.n - 1);
	host = str_n(host.p + 2, host.n - 2);
	row = cat_rows(c, CAT_S_HOSTS, &n);
	assert(l.first <= n && l.n <= n - l.first);
	for (uint32_t i = 0; i < l.n && is_authority(host); i++) {
		if (host_fits(catalog_text(c, row[l.first + i]), host))
			return true;
	}
	return false;
}

bool
doors_strack(struct str rest, struct doors_strack *out)
{
	struct str flag;

	out->code = str_split(&rest, '/');
	out->landing_page = str_split(&rest, '/');
	out->offer = str_split(&out->landing_page, ':');
	out->commission = str_split(&rest, '/');
	flag = str_split(&rest, '/');
	out->count = !str_eq(flag, STR("0"));
	/* "<optional path>/": the slash at the end is the link's, not the path's. */
	if (rest.n > 0 && rest.p[rest.n - 1] == '/')
		rest.n--;
	out->path = rest;
	return out->code.n > 0 && out->offer.n > 0;
}
