/* SPDX-License-Identifier: Apache-2.0
 * targeting.c - see targeting.h.
 */
#include "track/targeting.h"

#include "base/iplist.h"
#include "base/zone.h"

#include <xxhash.h>

/* ---- hashes ---- */

enum hashed { HASHED_PLACE = 1, HASHED_ISP, HASHED_SUB, HASHED_PAIR, HASHED_STATE };

static uint64_t
hash(enum hashed what, uint64_t number, struct str a, struct str b)
{
	const uint64_t seed = number << 8 | (uint64_t)what;

	/* The length keeps ("ab", "c") and ("a", "bc") apart. */
	return XXH3_64bits_withSeed(b.p, b.n, XXH3_64bits_withSeed(a.p, a.n, seed) ^ a.n);
}

uint64_t
targeting_place(uint16_t country, struct str region, struct str city)
{
	return hash(HASHED_PLACE, country, region, city);
}

uint64_t
targeting_isp(struct str name)
{
	return hash(HASHED_ISP, 0, name, STR(""));
}

uint64_t
targeting_sub(struct str value)
{
	return hash(HASHED_SUB, 0, value, STR(""));
}

uint64_t
targeting_pair(struct str sub1, struct str sub2)
{
	return hash(HASHED_PAIR, 0, sub1, sub2);
}

uint64_t
targeting_state(uint16_t country, struct str region)
{
	char low[128];
	size_t n;

	for (n = 0; n < region.n && n < sizeof(low); n++)
		low[n] = region.p[n] >= 'A' && region.p[n] <= 'Z'
			     ? (char)(region.p[n] - 'A' + 'a')
			     : region.p[n];
	return hash(HASHED_STATE, country, str_n(low, n), STR(""));
}

/* ---- texts of the catalog ---- */

static bool
hour(struct str s, uint64_t *out)
{
	return str_to_u64(str_trim(s), out) && *out < 24;
}

bool
targeting_hours(struct str text, uint32_t *bits)
{
	struct str one;

	*bits = 0;
	while (text.n > 0 && (one = str_split(&text, ',')).p != NULL) {
		struct str to = one, from = str_split(&to, '-');
		uint64_t a, b;

		if (!hour(from, &a) || !hour(to.p == NULL ? from : to, &b))
			return false;
		/* 22-5 goes over midnight. */
		for (uint64_t h = a;; h = (h + 1) % 24) {
			*bits |= UINT32_C(1) << h;
			if (h == b)
				break;
		}
	}
	return true;
}

static const char *const families[] = {"", "web", "wp", "ios", "android"};

uint8_t
targeting_family(struct str word)
{
	for (size_t i = 1; i < ARRAY_LEN(families); i++)
		if (str_ieq(word, str_of(families[i])))
			return (uint8_t)i;
	return 0;
}

const char *
targeting_family_word(uint8_t family)
{
	return families[family < ARRAY_LEN(families) ? family : 0];
}

/* The first two numbers of "10.15.7". */
static bool
version(struct str s, uint16_t *major, uint16_t *minor, bool *has_minor)
{
	struct str rest = s, first = str_split(&rest, '.');
	uint64_t a, b = 0;

	if (!str_to_u64(first, &a) || a > UINT16_MAX)
		return false;
	*has_minor = rest.p != NULL;
	if (*has_minor && (!str_to_u64(str_split(&rest, '.'), &b) || b > UINT16_MAX))
		return false;
	*major = (uint16_t)a;
	*minor = (uint16_t)b;
	return true;
}

bool
targeting_os(struct str *rest, struct cat_os *v, size_t most, size_t *n, bool *bad)
{
	struct str versions, one;
	uint8_t family;

	*bad = false;
	if (rest->n == 0)
		return false;
	versions = str_split(rest, ';');
	family = targeting_family(str_trim(str_split(&versions, ':')));
	*bad = family == 0 || *n == most;
	if (*bad)
		return false;
	if (versions.n == 0) {
		v[(*n)++] = (struct cat_os){.family = family, .any = 1};
		return true;
	}
	while (versions.n > 0 && (one = str_trim(str_split(&versions, ','))).p != NULL) {
		struct cat_os row = {.family = family};
		bool has_minor;

		*bad = *n == most || !version(one, &row.major, &row.minor, &has_minor);
		if (*bad)
			return false;
		row.has_minor = has_minor;
		v[(*n)++] = row;
	}
	return true;
}

/* ---- checks ---- */

struct ask {
	const struct catalog *c;
	const struct cat_target *t;
	const struct targeting_visitor *v;
};

static bool
strict_country_fits(const struct ask *q)
{
	const uint16_t country = q->v->place->country;

	if (!q->t->strict)
		return true;
	if (q->t->strict_refuses)
		return country == 0 ||
		       !catalog_country_in(q->c, q->t->strict_countries, country);
	return country != 0 && catalog_country_in(q->c, q->t->strict_countries, country);
}

static bool
region_fits(const struct ask *q)
{
	const struct geo_place *p = q->v->place;

	if (q->t->states.n == 0)
		return true;
	return p->region.n > 0 &&
	       (catalog_wide_in(
		    q->c, q->t->states, targeting_state(p->country, p->region)) ||
		   catalog_wide_in(q->c, q->t->states, targeting_state(0, p->region)));
}

static bool
hour_fits(const struct ask *q)
{
	int64_t local;

	if (q->t->hours == 0)
		return true;
	local = q->v->now / US_SECOND;
	if (q->v->zone != NULL)
		local += zone_offset(q->v->zone, q->v->now, NULL);
	return (q->t->hours >> (local / 3600 % 24) & 1) != 0;
}

static bool
city_fits(const struct ask *q)
{
	const struct geo_place *p = q->v->place;

	return q->t->cities.n == 0 ||
	       (p->city.n > 0 && catalog_wide_in(q->c, q->t->cities,
				     targeting_place(p->country, p->region, p->city)));
}

static uint8_t
family_of(const struct ua_info *ua)
{
	static const struct {
		struct str os;
		uint8_t family;
	} known[] = {{STR("Android"), CAT_OS_ANDROID}, {STR("iOS"), CAT_OS_IOS},
	    {STR("Windows Phone"), CAT_OS_WP}};
	const struct str os = str_of(ua->os);

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_eq(os, known[i].os))
			return known[i].family;
	return os.n == 0 || str_eq(os, STR("Other")) ? 0 : CAT_OS_WEB;
}

/* Versions with a minor number that the reference names on their own: "android 4" is
 * 4.0, since 4.1 to 4.4 stand beside it; "ios 9" is every 9. */
static bool
minor_has_a_name(uint8_t family, uint16_t major, uint16_t minor)
{
	if (family == CAT_OS_ANDROID)
		return (major == 2 && (minor == 2 || minor == 3)) ||
		       (major == 4 && minor >= 1 && minor <= 4) ||
		       (major == 5 && minor == 1);
	return family == CAT_OS_WP && major == 7 && (minor == 5 || minor == 8);
}

static bool
os_fits(const struct ask *q)
{
	uint16_t major = 0, minor = 0;
	bool has_minor, known;
	uint8_t family;
	unsigned n;
	const struct cat_os *v = catalog_os(q->c, q->t->os, &n);

	if (n == 0)
		return true;
	family = family_of(q->v->ua);
	known = version(str_of(q->v->ua->os_version), &major, &minor, &has_minor);
	for (unsigned i = 0; i < n && family != 0; i++) {
		if (v[i].family != family)
			continue;
		if (v[i].any)
			return true;
		if (!known || v[i].major != major)
			continue;
		if (v[i].has_minor ? v[i].minor == minor
				   : !minor_has_a_name(family, major, minor))
			return true;
	}
	return false;
}

static bool
device_fits(const struct ask *q)
{
	return q->t->devices == 0 || (q->t->devices >> q->v->ua->device_type & 1) != 0;
}

static bool
connection_fits(const struct ask *q)
{
	return q->t->connection == 0 || q->t->connection == q->v->place->link;
}

static bool
isp_fits(const struct ask *q)
{
	const struct str isp = q->v->place->isp;

	return q->t->isps.n == 0 ||
	       (isp.n > 0 && catalog_wide_in(q->c, q->t->isps, targeting_isp(isp)));
}

static bool
ip_fits(const struct ask *q)
{
	return q->t->refused_ips.n == 0 ||
	       !catalog_ip_in(q->c, q->t->refused_ips, q->v->ip);
}

static bool
list_fits(const struct ask *q, struct cat_list l, bool except, struct str sub)
{
	return l.n == 0 || catalog_wide_in(q->c, l, targeting_sub(sub)) != except;
}

static bool
sub_fits(const struct ask *q)
{
	const struct cat_target *t = q->t;

	if (t->empty_sub > 0 && t->empty_sub <= TARGETING_SUBS &&
	    q->v->sub[t->empty_sub - 1].n == 0)
		return false;
	for (unsigned i = 0; i < 2; i++)
		if (!list_fits(q, t->subs[i], t->sub_except[i], q->v->sub[i]) ||
		    !list_fits(q, t->adv_subs[i], t->adv_sub_except[i], q->v->sub[i]))
			return false;
	return true;
}

static bool
pair_fits(const struct ask *q)
{
	return q->t->pairs.n == 0 || !catalog_wide_in(q->c, q->t->pairs,
					 targeting_pair(q->v->sub[0], q->v->sub[1]));
}

static const struct {
	enum verdict reason;
	bool (*fits)(const struct ask *q);
} checks[] = {
    {VERDICT_COUNTRY, strict_country_fits},
    {VERDICT_REGION, region_fits},
    {VERDICT_HOURS, hour_fits},
    {VERDICT_CITY, city_fits},
    {VERDICT_OS, os_fits},
    {VERDICT_DEVICE, device_fits},
    {VERDICT_CONNECTION, connection_fits},
    {VERDICT_ISP, isp_fits},
    {VERDICT_IP, ip_fits},
    {VERDICT_SUB, sub_fits},
    {VERDICT_SUB_PAIR, pair_fits},
};

enum verdict
targeting_check(
    const struct catalog *c, const struct cat_offer *o, const struct targeting_visitor *v)
{
	const struct ask q = {.c = c, .t = catalog_target(c, o), .v = v};

	for (size_t i = 0; q.t != NULL && i < ARRAY_LEN(checks); i++)
		if (!checks[i].fits(&q))
			return checks[i].reason;
	return VERDICT_COUNTED;
}

bool
targeting_is_reason(enum verdict v)
{
	for (size_t i = 0; i < ARRAY_LEN(checks); i++)
		if (checks[i].reason == v)
			return true;
	return false;
}
