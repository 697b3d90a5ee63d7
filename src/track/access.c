/* SPDX-License-Identifier: Apache-2.0
 * access.c - see access.h.
 */
#include "track/access.h"

/* What the exceptions say of that affiliate and page; NULL: nothing. */
static const struct cat_access *
find(const struct cat_access *v, unsigned n, uint32_t affiliate, uint32_t page)
{
	const uint64_t want = (uint64_t)affiliate << 32 | page;

	while (n > 0) {
		const unsigned half = n / 2;
		const uint64_t its =
		    (uint64_t)v[half].affiliate_id << 32 | v[half].landing_page_id;

		if (its == want)
			return &v[half];
		if (its < want) {
			v += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return NULL;
}

static const struct cat_access *
exception(
    const struct catalog *c, const struct cat_offer *o, uint32_t page, uint32_t affiliate)
{
	unsigned n;
	const struct cat_access *v = catalog_access(c, o->access, &n);
	const struct {
		uint32_t affiliate, page;
	} order[] = {{affiliate, page}, {affiliate, 0}, {0, page}, {0, 0}};

	for (size_t i = 0; n > 0 && i < ARRAY_LEN(order); i++) {
		const struct cat_access *e =
		    find(v, n, order[i].affiliate, order[i].page);

		if (e != NULL)
			return e;
	}
	return NULL;
}

bool
access_allows(const struct catalog *c, const struct cat_offer *o,
    const struct cat_landing_page *lp, uint32_t affiliate)
{
	const struct cat_access *e = exception(c, o, lp == NULL ? 0 : lp->id, affiliate);

	if (e != NULL)
		return e->allowed != 0;
	if (lp != NULL && lp->closed)
		return false;
	if (catalog_wide_in(c, o->blacklist, affiliate))
		return false;
	return o->privacy == CAT_PUBLIC;
}

const struct cat_landing_page *
access_other_page(const struct catalog *c, const struct cat_offer *o, uint32_t affiliate)
{
	const struct cat_landing_page *best = NULL;
	unsigned n;
	const struct cat_landing_page *lp = catalog_pages(c, o->pages, &n);

	for (unsigned i = 0; i < n; i++) {
		if (lp[i].deleted || lp[i].url.n == 0 ||
		    !access_allows(c, o, &lp[i], affiliate))
			continue;
		if (lp[i].id == o->default_lp_id)
			return &lp[i];
		if (best == NULL || lp[i].id < best->id)
			best = &lp[i];
	}
	return best;
}
