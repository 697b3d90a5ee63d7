/* SPDX-License-Identifier: Apache-2.0
 * aim.c - see aim.h.
 */
#include "track/aim.h"

#include "track/access.h"
#include "track/redirect.h"

#define ACCOUNT_ACTIVE 0

static enum verdict
check_affiliate(struct aim_walk *w)
{
	return w->ask->affiliate->status == ACCOUNT_ACTIVE ? VERDICT_COUNTED
							   : VERDICT_INACTIVE_AFFILIATE;
}

static enum verdict
check_advertiser(struct aim_walk *w)
{
	return w->offer->advertiser_gone ? VERDICT_UNKNOWN_ADVERTISER : VERDICT_COUNTED;
}

/* C4: suspended is paused or expired; whatever is neither active nor that takes no clicks
 * either. */
static enum verdict
check_running(struct aim_walk *w)
{
	const struct cat_offer *o = w->offer;
	const us_t now = w->ask->now;

	if (o->deleted || (o->status != CAT_ACTIVE && o->status != CAT_SUSPENDED))
		return VERDICT_INACTIVE_OFFER;
	if (o->date_live != 0 && o->date_live > now)
		return VERDICT_NOT_LIVE;
	if (o->status == CAT_SUSPENDED || (o->date_expire != 0 && o->date_expire <= now))
		return VERDICT_EXPIRED;
	return VERDICT_COUNTED;
}

/* "Inactive-offer, also when both are inactive." */
static enum verdict
check_both(struct aim_walk *w)
{
	const enum verdict affiliate = check_affiliate(w), offer = check_running(w);

	return offer == VERDICT_INACTIVE_OFFER ? offer
	       : affiliate != VERDICT_COUNTED  ? affiliate
					       : offer;
}

/* C5; who may not use this landing page sees another one of the offer that he may. */
static enum verdict
check_access(struct aim_walk *w)
{
	const struct catalog *c = w->ask->cat;
	const uint32_t who = w->ask->affiliate->id;
	const struct cat_landing_page *other;

	if (access_allows(c, w->offer, w->lp, who))
		return VERDICT_COUNTED;
	other = access_other_page(c, w->offer, who);
	if (other != NULL && other != w->lp)
		(void)hop_to_page(c, &w->hop, HOP_ACCESS, 0, 0, other->id, true);
	return VERDICT_DISABLED_AFFILIATE;
}

/* Listed as unauthorized: no.  A list of authorized ones and not in it: no.  Nobody knows
 * where he is: only where there is no such list. */
static enum verdict
check_country(struct aim_walk *w)
{
	const struct aim_ask *q = w->ask;
	const struct cat_offer *o = w->offer;

	if (q->test)
		return VERDICT_COUNTED;
	if (q->country != 0 && catalog_country_in(q->cat, o->unauthorized, q->country))
		return VERDICT_COUNTRY;
	if (o->authorized.n > 0 &&
	    (q->country == 0 || !catalog_country_in(q->cat, o->authorized, q->country)))
		return VERDICT_COUNTRY;
	return VERDICT_COUNTED;
}

/* One that sent the visitor here has done its work: he is let in, or a cap whose target
 * is another page of its own offer would turn him round for ever. */
static enum verdict
check_targeting(struct aim_walk *w)
{
	return w->ask->test ? VERDICT_COUNTED
			    : targeting_check(w->ask->cat, w->offer, w->ask->visitor);
}

static enum verdict
check_caps(struct aim_walk *w)
{
	const struct aim_ask *q = w->ask;
	const struct hop_chain *chain = &w->out->chain;
	const struct cat_cap *cap;
	uint32_t done[HOPS_MAX];
	unsigned n = 0;

	if (q->test || w->offer->caps.n == 0)
		return VERDICT_COUNTED;
	for (unsigned i = 0; i < chain->n; i++)
		if (chain->at[i].why == HOP_CAP)
			done[n++] = chain->at[i].id;
	cap = capcheck_full(q->caps, w->offer, done, n);
	if (cap == NULL)
		return VERDICT_COUNTED;
	if (cap->rule.on_full == CAP_TO_PAGE &&
	    hop_to_page(q->cat, &w->hop, HOP_CAP, cap->rule.id, cap->to_offer, cap->to_lp,
		cap->track))
		return VERDICT_COUNTED;
	return VERDICT_OVERCAP;
}

static enum verdict
check(struct aim_walk *w)
{
	static aim_check_f *const nats[] = {check_affiliate, check_advertiser,
	    check_running, check_access, check_country, check_targeting, check_caps,
	    redirect_rules, NULL};
	static aim_check_f *const affise[] = {check_advertiser, check_both, check_access,
	    check_caps, check_country, check_targeting, redirect_rules, NULL};

	for (aim_check_f *const *c = w->ask->affise ? affise : nats; *c != NULL; c++) {
		const enum verdict v = (*c)(w);

		if (v != VERDICT_COUNTED || w->hop.why != HOP_NONE)
			return v;
	}
	if (w->lp == NULL)
		return VERDICT_INACTIVE_OFFER; /* running, with nothing to show */
	return w->ask->test ? VERDICT_TEST : VERDICT_COUNTED;
}

/* ---- where refused ones go ---- */

static bool
is_not_running(enum verdict v)
{
	return v == VERDICT_INACTIVE_OFFER || v == VERDICT_NOT_LIVE ||
	       v == VERDICT_EXPIRED;
}

static struct str
first_of(struct str a, struct str b)
{
	return a.n > 0 ? a : b;
}

/* The trafficback table: the offer's, then the network's; the other way round by the
 * network's switches. A visitor who does not fit sees the preview before the network's.
 */
static struct str
trafficback(const struct aim_ask *q, const struct cat_offer *o,
    const struct cat_landing_page *lp, enum verdict v)
{
	const struct cat_net *net = catalog_net(q->cat);
	const struct str local = catalog_text(q->cat, o->trafficback_url);
	const struct str global = catalog_text(q->cat, net->trafficback_url);
	const bool disabled = is_not_running(v) || v == VERDICT_DISABLED_AFFILIATE;
	const bool global_first =
	    disabled ? net->trafficback_use_for_disabled : net->trafficback_use_by_others;
	struct str url = global_first ? first_of(global, local) : local;

	if (targeting_is_reason(v) && lp != NULL)
		url = first_of(url, catalog_text(q->cat, lp->preview_url));
	url = first_of(url, global);
	return first_of(url, catalog_text(q->cat, net->fallback_url));
}

struct str
aim_nowhere(const struct catalog *c, bool affise)
{
	const struct str global = catalog_text(c, catalog_net(c)->trafficback_url);
	const struct str fallback = catalog_text(c, catalog_net(c)->fallback_url);

	return affise ? first_of(global, fallback) : first_of(fallback, global);
}

static void
refuse(const struct aim_walk *w, enum verdict v)
{
	const struct aim_ask *q = w->ask;
	const struct cat_offer *at = w->offer;
	const struct cat_landing_page *expire = hop_page(q->cat, at->expire_lp_id);
	struct aim *out = w->out;

	out->verdict = v;
	out->offer = out->chain.asked;
	out->lp = out->chain.asked_lp;
	out->shown = NULL;
	out->shown_lp = NULL;
	out->url = STR_NONE;
	if (is_not_running(v)) {
		if (expire != NULL && expire->offer_id == at->id) {
			out->url = catalog_text(q->cat, expire->url);
			out->raw_url = expire->raw_url;
			return;
		}
		out->url = catalog_text(q->cat, at->expire_url);
	}
	if (v == VERDICT_TOO_MANY_HOPS || v == VERDICT_REDIRECT_LOOP)
		out->url = catalog_text(q->cat, catalog_net(q->cat)->fallback_url);
	else if (out->url.n == 0)
		out->url = trafficback(q, at, out->lp, v);
}

static void
accept(struct aim_walk *w, enum verdict v)
{
	struct aim *out = w->out;

	redirect_mobile(w);
	/* With five hops behind him, or where he was at that page, he sees the other. */
	if (w->hop.why != HOP_NONE && hop_add(&out->chain, &w->hop) == VERDICT_COUNTED) {
		w->lp = w->hop.lp;
		out->lp = out->chain.pinned ? out->lp : w->lp;
	}
	out->verdict = v;
	out->shown = w->offer;
	out->shown_lp = w->lp;
	out->url = catalog_text(w->ask->cat, w->lp->url);
	out->raw_url = w->lp->raw_url;
}

/* A rule's or a cap's URL: nothing is checked there, and what counts stays. */
static void
leave(const struct aim_walk *w)
{
	struct aim *out = w->out;

	out->verdict = w->ask->test ? VERDICT_TEST : VERDICT_COUNTED;
	out->shown = w->offer;
	out->shown_lp = NULL;
	out->url = catalog_text(w->ask->cat, w->hop.url);
}

/* Where one that is refused here may go all the same: the landing page of another offer
 * that one which is not running sends its traffic to; for where he is, or what hour it is
 * (line 7 of §1.8: like the country), another offer of the group or a rule that names
 * countries. */
static void
look_elsewhere(struct aim_walk *w, enum verdict v)
{
	static aim_check_f *const fits[] = {check_advertiser, check_running, check_access,
	    check_country, check_targeting, NULL};
	const struct catalog *c = w->ask->cat;
	const struct cat_landing_page *lp =
	    is_not_running(v) ? hop_page(c, w->offer->expire_lp_id) : NULL;

	if (lp != NULL && lp->offer_id != w->offer->id)
		(void)hop_to_page(c, &w->hop, HOP_EXPIRED, 0, 0, lp->id, true);
	if (v == VERDICT_COUNTRY || v == VERDICT_REGION || v == VERDICT_HOURS) {
		redirect_geo(w, fits);
		if (w->hop.why == HOP_NONE)
			redirect_abroad(w);
	}
}

/* Along w->hop to the next place.  false: it ends here, *v says how. */
static bool
move(struct aim_walk *w, enum verdict *v)
{
	struct aim *out = w->out;

	*v = hop_add(&out->chain, &w->hop);
	if (*v != VERDICT_COUNTED) {
		refuse(w, *v);
		return false;
	}
	if (w->hop.lp == NULL) {
		leave(w);
		return false;
	}
	if (w->offer != w->hop.offer)
		w->visitor = AIM_UNKNOWN;
	w->offer = w->hop.offer;
	w->lp = w->hop.lp;
	if (!out->chain.pinned) {
		out->offer = w->offer;
		out->lp = w->lp;
	}
	return true;
}

enum verdict
aim_display(const struct aim_ask *q, const struct cat_landing_page **lp)
{
	static aim_check_f *const checks[] = {check_affiliate, check_advertiser,
	    check_running, check_access, check_country, check_targeting};
	struct aim_walk w = {.ask = q, .offer = q->offer, .lp = q->lp};

	if (w.lp == NULL)
		w.lp = hop_page(q->cat, q->offer->default_lp_id);
	for (size_t i = 0; i < ARRAY_LEN(checks); i++) {
		enum verdict v = checks[i](&w);

		/* To another page of the offer, as the click would go. */
		if (w.hop.why != HOP_NONE) {
			w.lp = w.hop.lp;
			w.hop.why = HOP_NONE;
			v = VERDICT_COUNTED;
		}
		*lp = w.lp;
		if (v != VERDICT_COUNTED)
			return v;
	}
	if (w.lp == NULL)
		return VERDICT_INACTIVE_OFFER;
	return q->test ? VERDICT_TEST : VERDICT_COUNTED;
}

void
aim_take(const struct aim_ask *q, struct aim *out)
{
	struct aim_walk w = {.ask = q, .offer = q->offer, .lp = q->lp, .out = out};
	enum verdict v;

	if (w.lp == NULL)
		w.lp = hop_page(q->cat, q->offer->default_lp_id);
	memset(out, 0, sizeof(*out));
	out->chain.asked = out->offer = w.offer;
	out->chain.asked_lp = out->lp = w.lp;
	do {
		w.hop.why = HOP_NONE;
		v = check(&w);
		if (v >= VERDICT_REFUSED && w.hop.why == HOP_NONE)
			look_elsewhere(&w, v);
		if (w.hop.why == HOP_NONE) {
			if (v >= VERDICT_REFUSED)
				refuse(&w, v);
			else
				accept(&w, v);
			return;
		}
	} while (move(&w, &v));
}
