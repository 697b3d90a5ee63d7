/* SPDX-License-Identifier: Apache-2.0
 * hop.c - see hop.h.
 */
#include "track/hop.h"

const struct cat_landing_page *
hop_page(const struct catalog *c, uint32_t id)
{
	const struct cat_landing_page *lp = id == 0 ? NULL : catalog_landing_page(c, id);

	return lp == NULL || lp->deleted || lp->url.n == 0 ? NULL : lp;
}

bool
hop_to_page(const struct catalog *c, struct hop *out, enum hop_why why, uint32_t id,
    uint32_t offer_id, uint32_t lp_id, bool track)
{
	const struct cat_offer *o = NULL;
	const struct cat_landing_page *lp;

	*out = (struct hop){.why = HOP_NONE};
	if (lp_id == 0) {
		o = catalog_offer(c, offer_id);
		lp_id = o == NULL ? 0 : o->default_lp_id;
	}
	lp = hop_page(c, lp_id);
	if (lp != NULL)
		o = catalog_offer(c, lp->offer_id);
	if (lp == NULL || o == NULL || o->deleted)
		return false;
	*out = (struct hop){
	    .why = (uint8_t)why, .track = track, .id = id, .offer = o, .lp = lp};
	return true;
}

bool
hop_to_url(struct hop *out, enum hop_why why, uint32_t id, struct cat_text url)
{
	*out = (struct hop){.why = HOP_NONE};
	if (url.n == 0)
		return false;
	*out = (struct hop){.why = (uint8_t)why, .id = id, .url = url};
	return true;
}

enum verdict
hop_add(struct hop_chain *chain, const struct hop *h)
{
	if (h->lp != NULL && h->lp == chain->asked_lp)
		return VERDICT_REDIRECT_LOOP;
	for (unsigned i = 0; i < chain->n && h->lp != NULL; i++) {
		if (chain->at[i].lp == h->lp)
			return VERDICT_REDIRECT_LOOP;
	}
	if (chain->n == HOPS_MAX)
		return VERDICT_TOO_MANY_HOPS;
	chain->at[chain->n++] = *h;
	chain->pinned = chain->pinned || !h->track;
	return VERDICT_COUNTED;
}

/* ---- as text ---- */

static char *
put_number(char *p, uint32_t n)
{
	char b[10];
	size_t at = sizeof(b);

	do
		b[--at] = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	memcpy(p, b + at, sizeof(b) - at);
	return p + (sizeof(b) - at);
}

struct str
hop_text(char out[HOP_TEXT], const struct hop_chain *chain)
{
	char *p = out;

	_Static_assert(HOP_TEXT >= HOPS_MAX * (1 + 1 + 3 * 11 + 1 + 1),
	    "one digit, a point, three numbers with theirs, a digit, a comma");
	for (unsigned i = 0; i < chain->n; i++) {
		const struct hop *h = &chain->at[i];

		if (i > 0)
			*p++ = ',';
		p = put_number(p, h->why);
		*p++ = '.';
		p = put_number(p, h->id);
		*p++ = '.';
		p = put_number(p, h->offer == NULL ? 0 : h->offer->id);
		*p++ = '.';
		p = put_number(p, h->lp == NULL ? 0 : h->lp->id);
		*p++ = '.';
		*p++ = h->track ? '1' : '0';
	}
	return str_n(out, (size_t)(p - out));
}

bool
hop_read(struct str *text, struct hop_said *out)
{
	uint32_t *const part[] = {
	    &out->why, &out->id, &out->offer_id, &out->lp_id, &out->track};
	struct str one;

	if (text->n == 0)
		return false;
	one = str_split(text, ',');
	for (size_t i = 0; i < ARRAY_LEN(part); i++) {
		uint64_t n;

		if (one.p == NULL || !str_to_u64(str_split(&one, '.'), &n) ||
		    n > UINT32_MAX)
			return false;
		*part[i] = (uint32_t)n;
	}
	return one.p == NULL;
}

const char *
hop_word(uint32_t why)
{
	static const char *const words[] = {
	    "", "expired", "geo", "cap", "rule", "mobile", "access"};

	return why < ARRAY_LEN(words) ? words[why] : "";
}
