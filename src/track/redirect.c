/* SPDX-License-Identifier: Apache-2.0
 * redirect.c - see redirect.h.
 */
#include "track/redirect.h"

#include "track/ua.h"

/* ---- rules ---- */

/* Whether he came here from another landing page of this offer. */
static bool
came_from_within(const struct aim_walk *w)
{
	const struct hop_chain *chain = &w->out->chain;
	const struct cat_offer *before;

	if (chain->n == 0)
		return false;
	before = chain->n == 1 ? chain->asked : chain->at[chain->n - 2].offer;
	return before == w->offer;
}

static bool
is_for_page(const struct aim_walk *w, const struct cat_redirect *r)
{
	if (r->lp_id != 0)
		return w->lp != NULL && w->lp->id == r->lp_id;
	return !came_from_within(w);
}

/* A visitor from nowhere known is in no list, so he passes the lists that exclude. */
static bool
is_for_country(const struct aim_walk *w, const struct cat_redirect *r)
{
	const struct aim_ask *q = w->ask;
	const bool in =
	    q->country != 0 && catalog_country_in(q->cat, r->countries, q->country);

	return r->countries.n == 0 || in != (r->country_exclude != 0);
}

static bool
is_for_visitor(const struct aim_walk *w, const struct cat_redirect *r)
{
	switch (r->visitor) {
	case CAT_NEW_VISITOR:
		return w->visitor == AIM_NEW;
	case CAT_RETURNING_VISITOR:
		return w->visitor == AIM_RETURNING;
	default:
		return true;
	}
}

static bool
draws(const struct aim_walk *w, const struct cat_redirect *r)
{
	if (r->share >= CAT_WHOLE_SHARE)
		return true;
	/* 32 random bits as a fraction: how far its parts are from even, 1 in 4000, is
	 * nothing against chance. */
	return (uint64_t)w->ask->random(w->ask->arg) * CAT_WHOLE_SHARE >> 32 < r->share;
}

static bool
holds(const struct aim_walk *w, const struct cat_redirect *r)
{
	return is_for_page(w, r) && is_for_country(w, r) && is_for_visitor(w, r) &&
	       (r->affiliate_id == 0 || r->affiliate_id == w->ask->affiliate->id) &&
	       (r->commission_id == 0 || r->commission_id == w->offer->commission_id);
}

/* Fills the hop.  false: it leads nowhere, or here. */
static bool
leads_on(struct aim_walk *w, const struct cat_redirect *r)
{
	if (r->to_url.n > 0)
		return hop_to_url(&w->hop, HOP_RULE, r->id, r->to_url);
	if (!hop_to_page(w->ask->cat, &w->hop, HOP_RULE, r->id, r->to_offer_id,
		r->to_lp_id, r->track))
		return false;
	if (w->hop.lp != w->lp)
		return true;
	w->hop.why = HOP_NONE;
	return false;
}

/* The visit counts for the redirect unique whether or not a rule that asks for it is
 * reached: it is of the offer, not of the rule. */
static void
know_visitor(struct aim_walk *w, const struct cat_redirect *r, unsigned n)
{
	const struct aim_ask *q = w->ask;

	if (w->visitor != AIM_UNKNOWN || !q->counts)
		return;
	for (unsigned i = 0; i < n; i++) {
		if (r[i].visitor == CAT_ANY_VISITOR)
			continue;
		w->visitor = q->is_new(q->arg, w->offer) ? AIM_NEW : AIM_RETURNING;
		return;
	}
}

static void
ask_rules(struct aim_walk *w, bool of_countries)
{
	unsigned n;
	const struct cat_redirect *r =
	    catalog_redirects(w->ask->cat, w->offer->redirects, &n);

	if (n == 0 || w->ask->test)
		return;
	know_visitor(w, r, n);
	for (unsigned i = 0; i < n; i++) {
		if (of_countries && r[i].countries.n == 0)
			continue;
		if (holds(w, &r[i]) && leads_on(w, &r[i])) {
			if (draws(w, &r[i]))
				return;
			w->hop.why = HOP_NONE;
		}
	}
}

enum verdict
redirect_rules(struct aim_walk *w)
{
	ask_rules(w, false);
	return VERDICT_COUNTED;
}

void
redirect_abroad(struct aim_walk *w)
{
	ask_rules(w, true);
}

/* ---- geo ---- */

static bool
was_there(const struct hop_chain *chain, const struct cat_offer *o)
{
	if (chain->asked == o)
		return true;
	for (unsigned i = 0; i < chain->n; i++) {
		if (chain->at[i].offer == o)
			return true;
	}
	return false;
}

/* The landing page of `o` that goes with this one; 0: its default one. */
static uint32_t
pair_of(const struct aim_walk *w, const struct cat_offer *o)
{
	if (w->lp == NULL || w->lp->redirect_hash.n == 0)
		return 0;
	return catalog_by_shortname(w->ask->cat, CAT_NAMED_REDIRECT_HASH, o->id,
	    catalog_text(w->ask->cat, w->lp->redirect_hash));
}

static bool
takes_him(struct aim_walk *w, uint32_t group, uint32_t offer_id, aim_check_f *const *fits)
{
	const struct cat_offer *o = catalog_offer(w->ask->cat, offer_id);
	struct aim_walk there = *w;

	if (o == NULL || o == w->offer || was_there(&w->out->chain, o) ||
	    !hop_to_page(
		w->ask->cat, &w->hop, HOP_GEO, group, offer_id, pair_of(w, o), true))
		return false;
	there.offer = w->hop.offer;
	there.lp = w->hop.lp;
	for (; *fits != NULL; fits++) {
		if ((*fits)(&there) != VERDICT_COUNTED) {
			w->hop.why = HOP_NONE;
			return false;
		}
	}
	return true;
}

static bool
look_in(struct aim_walk *w, uint32_t group, uint16_t country, aim_check_f *const *fits)
{
	unsigned n;
	const struct cat_geo *g = catalog_geo(w->ask->cat, group, country, &n);

	for (unsigned i = 0; i < n; i++) {
		if (takes_him(w, group, g[i].offer_id, fits))
			return true;
	}
	return false;
}

void
redirect_geo(struct aim_walk *w, aim_check_f *const *fits)
{
	unsigned n;
	const uint32_t *group = catalog_numbers(w->ask->cat, w->offer->groups, &n);

	for (unsigned i = 0; i < n && w->ask->country != 0; i++) {
		if (look_in(w, group[i], w->ask->country, fits))
			return;
	}
	for (unsigned i = 0; i < n; i++) {
		if (look_in(w, group[i], 0, fits))
			return;
	}
}

/* ---- devices ---- */

void
redirect_mobile(struct aim_walk *w)
{
	const struct cat_landing_page *lp = hop_page(w->ask->cat, w->offer->mobile_lp_id);

	if (lp == NULL || lp == w->lp || lp->offer_id != w->offer->id ||
	    w->ask->device_type != DEVICE_MOBILE)
		return;
	w->hop = (struct hop){.why = HOP_MOBILE,
	    .track = !w->out->chain.pinned,
	    .offer = w->offer,
	    .lp = lp};
}
