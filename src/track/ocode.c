/* SPDX-License-Identifier: Apache-2.0 */
#include "track/ocode.h"

#include "track/catalog.h"

#include <sodium.h>
#include <stdio.h>

#define NAME_LONGEST 64
#define ID_LONGEST 20 /* digits of an unsigned 64-bit number */

static bool
is_number(struct str s)
{
	if (s.n == 0 || s.n > ID_LONGEST)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return true;
}

/* "1,2,3,4,5", as old links hold in the eleventh field. */
static bool
is_number_list(struct str s)
{
	while (s.p != NULL) {
		if (!is_number(str_split(&s, ',')))
			return false;
	}
	return true;
}

static bool
is_name(struct str s)
{
	return s.n > 0 && s.n <= NAME_LONGEST && str_is_utf8(s) && str_chr(s, '/') < 0;
}

static bool
check_field(const struct ocode *o, unsigned i)
{
	if (i == OCODE_AFFSUBID)
		return is_number_list(o->f[i]);
	/* The user name, and what may be a short name, are looked up; the catalog says
	 * no. */
	if (o->unencoded && i <= OCODE_LANDING_PAGE)
		return i == OCODE_LOGIN ? o->f[i].n > 0 && str_is_utf8(o->f[i])
					: is_name(o->f[i]);
	return is_number(o->f[i]);
}

static bool
take_apart(struct ocode *o, struct str text)
{
	struct str part[OCODE_FIELDS + 1];
	unsigned n = 0;

	/* Fields are a byte or few: a loop is faster than str_split(). */
	for (size_t at = 0, i = 0; i <= text.n; i++) {
		if (i < text.n && text.p[i] != '.')
			continue;
		if (n == ARRAY_LEN(part))
			return false;
		part[n++] = str_n(text.p + at, i - at);
		at = i + 1;
	}
	for (unsigned i = 0; i < OCODE_FIELDS; i++)
		o->f[i] = i < n ? part[i] : STR("0");
	if (n == OCODE_FIELDS + 1) { /* an old build had a network in between */
		o->f[OCODE_AFFSUBID] = part[OCODE_AFFSUBID + 1];
		o->f[OCODE_AFFSOURCE] = part[OCODE_AFFSOURCE + 1];
		o->old = true;
	}
	if (str_chr(o->f[OCODE_AFFSUBID], ',') >= 0)
		o->old = true;
	for (unsigned i = 0; i < OCODE_FIELDS; i++) {
		if (!check_field(o, i))
			return false;
	}
	return true;
}

/* Base64 without padding, strictly: what is left over is 0.  libsodium's takes its time
 * so that it tells nobody what it reads, which is no secret here. */
static bool
decode(struct ocode *o, struct str code, size_t *n)
{
	/* One more than it is; 0: no such letter. */
	static const uint8_t value['z' + 1] = {
#define V(c_, v_) [c_] = (v_) + 1
	    V('A', 0), V('B', 1), V('C', 2), V('D', 3), V('E', 4), V('F', 5), V('G', 6),
	    V('H', 7), V('I', 8), V('J', 9), V('K', 10), V('L', 11), V('M', 12),
	    V('N', 13), V('O', 14), V('P', 15), V('Q', 16), V('R', 17), V('S', 18),
	    V('T', 19), V('U', 20), V('V', 21), V('W', 22), V('X', 23), V('Y', 24),
	    V('Z', 25), V('a', 26), V('b', 27), V('c', 28), V('d', 29), V('e', 30),
	    V('f', 31), V('g', 32), V('h', 33), V('i', 34), V('j', 35), V('k', 36),
	    V('l', 37), V('m', 38), V('n', 39), V('o', 40), V('p', 41), V('q', 42),
	    V('r', 43), V('s', 44), V('t', 45), V('u', 46), V('v', 47), V('w', 48),
	    V('x', 49), V('y', 50), V('z', 51), V('0', 52), V('1', 53), V('2', 54),
	    V('3', 55), V('4', 56), V('5', 57), V('6', 58), V('7', 59), V('8', 60),
	    V('9', 61), V('+', 62), V('/', 63)
#undef V
	};
	unsigned bits = 0, held = 0;

	*n = 0;
	for (size_t i = 0; i < code.n; i++) {
		const unsigned char c = (unsigned char)code.p[i];
		const unsigned v = c <= 'z' ? value[c] : 0;

		if (v == 0)
			return false;
		bits = bits << 6 | (v - 1);
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		if (*n == sizeof(o->decoded))
			return false;
		o->decoded[(*n)++] = (char)(bits >> held);
		bits &= (1u << held) - 1;
	}
	return held <= 4 && bits == 0;
}

bool
ocode_parse(struct ocode *o, struct str code)
{
	size_t n;

	o->old = false;
	o->named = o->unencoded = str_chr(code, '.') >= 0;
	if (code.n == 0 || code.n > OCODE_LONGEST)
		return false;
	if (o->unencoded)
		return take_apart(o, code);
	while (code.n > 0 && code.p[code.n - 1] == '=')
		code.n--;
	if (!decode(o, code, &n))
		return false;
	return n > 0 && take_apart(o, str_n(o->decoded, n));
}

bool
ocode_replace(
    struct ocode *o, struct str commission, struct str offer, struct str landing_page)
{
	o->f[OCODE_COMMISSION] = commission.n == 0 ? STR("0") : commission;
	o->f[OCODE_OFFER] = offer.n == 0 ? STR("0") : offer;
	o->f[OCODE_LANDING_PAGE] = landing_page.n == 0 ? STR("0") : landing_page;
	o->named = true;
	return is_name(o->f[OCODE_COMMISSION]) && is_name(o->f[OCODE_OFFER]) &&
	       is_name(o->f[OCODE_LANDING_PAGE]);
}

static bool
id_of(struct str s, uint32_t *out)
{
	uint64_t v;

	if (!is_number(s) || !str_to_u64(s, &v) || v > UINT32_MAX)
		return false;
	*out = (uint32_t)v;
	return true;
}

/* The account.  Un-encoded codes name it; one that has the ids there is understood too,
 * unless some account bears the number as its name. */
static const struct cat_account *
find_login(const struct ocode *o, const struct catalog *c)
{
	const struct cat_account *a = NULL;
	uint32_t id;

	if (o->unencoded)
		a = catalog_affiliate_by_name(c, o->f[OCODE_LOGIN]);
	if (a == NULL && id_of(o->f[OCODE_LOGIN], &id))
		a = catalog_affiliate(c, id);
	return a != NULL && !a->deleted && cat_may_have_traffic(a) ? a : NULL;
}

/* An id, or in an un-encoded code a short name.  0 is "not sent".  false: neither. */
static bool
find_id(const struct ocode *o, enum ocode_field f, const struct catalog *c,
    enum cat_named kind, uint32_t offer, uint32_t *out)
{
	if (o->named) {
		*out = catalog_by_shortname(c, kind, offer, o->f[f]);
		if (*out != 0)
			return true;
	}
	return id_of(o->f[f], out);
}

bool
ocode_resolve(const struct ocode *o, const struct catalog *c, struct ocode_ids *out)
{
	const struct cat_account *a = find_login(o, c);
	const struct cat_landing_page *lp = NULL;
	const struct cat_offer *offer;
	uint32_t *id = out->id;
	struct str affsubid = o->f[OCODE_AFFSUBID];
	const struct str first_affsubid = str_split(&affsubid, ',');

	*out = (struct ocode_ids){.unencoded = o->unencoded};
	if (a == NULL ||
	    !find_id(o, OCODE_OFFER, c, CAT_NAMED_OFFER, 0, &id[OCODE_OFFER]) ||
	    !find_id(o, OCODE_LANDING_PAGE, c, CAT_NAMED_LANDING_PAGE, id[OCODE_OFFER],
		&id[OCODE_LANDING_PAGE]))
		return false;
	for (unsigned i = OCODE_CAMPAIGN; i < OCODE_AFFSUBID; i++) {
		if (!id_of(o->f[i], &id[i]))
			return false;
	}
	/* Not kept with the click, so their size is nobody's trouble. */
	(void)id_of(first_affsubid, &id[OCODE_AFFSUBID]);
	(void)id_of(o->f[OCODE_AFFSOURCE], &id[OCODE_AFFSOURCE]);
	id[OCODE_LOGIN] = a->id;
	if (id[OCODE_LANDING_PAGE] != 0) {
		lp = catalog_landing_page(c, id[OCODE_LANDING_PAGE]);
		if (lp == NULL || lp->deleted)
			return false;
		if (id[OCODE_OFFER] == 0)
			id[OCODE_OFFER] = lp->offer_id;
	}
	offer = catalog_offer(c, id[OCODE_OFFER]);
	if (offer == NULL || offer->deleted || (lp != NULL && lp->offer_id != offer->id))
		return false;
	if (lp == NULL)
		id[OCODE_LANDING_PAGE] = offer->default_lp_id;
	if (!find_id(o, OCODE_COMMISSION, c, CAT_NAMED_COMMISSION, offer->id,
		&id[OCODE_COMMISSION]))
		return false;
	if (id[OCODE_COMMISSION] == 0)
		id[OCODE_COMMISSION] = offer->commission_id;
	return id[OCODE_COMMISSION] == offer->commission_id;
}

/* One more piece behind *n; STR_NONE is none. */
static void
put(char *out, size_t *n, struct str s)
{
	if (s.n > 0)
		memcpy(out + *n, s.p, s.n);
	*n += s.n;
	out[*n] = '\0';
}

static void
put_id(char *out, size_t *n, uint64_t id)
{
	char b[ID_LONGEST + 1];

	(void)snprintf(b, sizeof(b), "%llu", (unsigned long long)id);
	put(out, n, str_of(b));
}

static bool
is_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '~' || c == '@';
}

static void
put_name(char *out, size_t *n, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (is_plain(c)) {
			put(out, n, str_n(s.p + i, 1));
		} else {
			const char esc[3] = {'%', hex[c >> 4], hex[c & 15]};

			put(out, n, str_n(esc, 3));
		}
	}
}

static bool
stands_in_code(struct str s)
{
	return is_name(s) && str_chr(s, '.') < 0;
}

size_t
ocode_write(char out[OCODE_TEXT], enum ocode_style style, const struct ocode_link *l)
{
	const struct str names[OCODE_FIELDS] = {[OCODE_LOGIN] = l->username,
	    [OCODE_COMMISSION] = l->commission,
	    [OCODE_OFFER] = l->offer,
	    [OCODE_LANDING_PAGE] = l->landing_page};
	const unsigned named = style == OCODE_SHORTNAMES ? OCODE_LANDING_PAGE + 1
			       : style == OCODE_IDS      ? OCODE_LOGIN + 1
							 : 0;
	char ids[OCODE_TEXT];
	size_t n = 0;

	if (named > 0 && !stands_in_code(l->username))
		return 0;
	for (unsigned i = 0; i < OCODE_FIELDS; i++) {
		if (i > 0)
			put(ids, &n, STR("."));
		if (i < named && stands_in_code(names[i]))
			put_name(ids, &n, names[i]);
		else
			put_id(ids, &n, l->id[i]);
	}
	if (style != OCODE_ENCODED) {
		memcpy(out, ids, n + 1);
		return n;
	}
	_Static_assert(
	    OCODE_TEXT > 12 * 21 * 4 / 3 + 4, "twelve longest ids in base64 fit");
	(void)sodium_bin2base64(out, OCODE_TEXT, (const unsigned char *)ids, n,
	    sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	return strlen(out);
}
