/* SPDX-License-Identifier: Apache-2.0
 * smartpick.c - see smartpick.h.
 */
#include "track/smartpick.h"

#define MOST 256          /* offers of a category that are looked at */
#define EVENLY 858993459u /* a fifth of 2^32 */

static uint32_t
no_luck(void *arg)
{
	(void)arg;
	return UINT32_MAX;
}

/* Whoever is only asked about is not remembered as having been there. */
static bool
not_new(void *arg, const struct cat_offer *o)
{
	(void)arg;
	(void)o;
	return false;
}

static bool
takes(const struct aim_ask *ask, const struct cat_offer *o)
{
	struct aim_ask q = *ask;
	struct aim out;

	q.offer = o;
	q.lp = NULL;
	q.random = no_luck;
	q.is_new = not_new;
	aim_take(&q, &out);
	return out.verdict < VERDICT_REFUSED && out.offer == o;
}

const struct cat_offer *
smartpick(const struct aim_ask *ask, const struct cat_smartlink *s)
{
	const struct cat_offer *fit[MOST], *best[MOST];
	unsigned n, n_fit = 0, n_best = 0;
	const struct cat_smart_offer *list =
	    catalog_smart_offers(ask->cat, s->offers, &n);
	int64_t most = INT64_MIN;
	bool even;

	for (unsigned i = 0; i < n && n_fit < MOST; i++) {
		const struct cat_offer *o = catalog_offer(ask->cat, list[i].offer_id);

		if (o == NULL || o->deleted || !takes(ask, o))
			continue;
		fit[n_fit++] = o;
		if (list[i].epc > most)
			n_best = 0;
		if (list[i].epc >= most) {
			most = list[i].epc;
			best[n_best++] = o;
		}
	}
	if (n_fit == 0)
		return NULL;
	even = ask->random(ask->arg) < EVENLY;
	return even ? fit[ask->random(ask->arg) % n_fit]
		    : best[ask->random(ask->arg) % n_best];
}
