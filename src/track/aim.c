/* SPDX-License-Identifier: Apache-2.0
 * aim.c - see aim.h.
 */
#include "track/aim.h"

#define ACCOUNT_ACTIVE 0

static enum verdict
check_affiliate(const struct aim_ask *q, const struct cat_offer *o)
{
	(void)o;
	return q->affiliate->status == ACCOUNT_ACTIVE ? VERDICT_COUNTED
						      : VERDICT_INACTIVE_AFFILIATE;
}

static enum verdict
check_advertiser(const struct aim_ask *q, const struct cat_offer *o)
{
	(void)q;
	return o->advertiser_gone ? VERDICT_UNKNOWN_ADVERTISER : VERDICT_COUNTED;
}

/* C4: suspended is paused or expired; whatever is neither active nor that takes no clicks
 * either. */
static enum verdict
check_running(const struct aim_ask *q, const struct cat_offer *o)
{
	if (o->deleted || (o->status != CAT_ACTIVE && o->status != CAT_SUSPENDED))
		return VERDICT_INACTIVE_OFFER;
	if (o->date_live != 0 && o->date_live > q->now)
		return VERDICT_NOT_LIVE;
	if (o->status == CAT_SUSPENDED ||
	    (o->date_expire != 0 && o->date_expire <= q->now))
		return VERDICT_EXPIRED;
	return VERDICT_COUNTED;
}

/* "Inactive-offer, also when both are inactive." */
static enum verdict
check_both(const struct aim_ask *q, const struct cat_offer *o)
{
	const enum verdict affiliate = check_affiliate(q, o), offer = check_running(q, o);

	return offer == VERDICT_INACTIVE_OFFER ? offer
	       : affiliate != VERDICT_COUNTED  ? affiliate
					       : offer;
}

/* C5.  Exceptions of single affiliates and private landing pages come with the issue that
 * brings their tables; until then a protected or private offer is open to nobody. */
static enum verdict
check_access(const struct aim_ask *q, const struct cat_offer *o)
{
	(void)q;
	return o->privacy == CAT_PUBLIC ? VERDICT_COUNTED : VERDICT_DISABLED_AFFILIATE;
}

/* Listed as unauthorized: no.  A list of authorized ones and not in it: no.  Nobody knows
 * where he is: only where there is no such list. */
static enum verdict
check_country(const struct aim_ask *q, const struct cat_offer *o)
{
	if (q->test)
		return VERDICT_COUNTED;
	if (q->country != 0 && catalog_country_in(q->cat, o->unauthorized, q->country))
		return VERDICT_COUNTRY;
	if (o->authorized.n > 0 &&
	    (q->country == 0 || !catalog_country_in(q->cat, o->authorized, q->country)))
		return VERDICT_COUNTRY;
	return VERDICT_COUNTED;
}

static enum verdict
check_caps(const struct aim_ask *q, const struct cat_offer *o)
{
	unsigned n;
	const struct cat_cap *cap = catalog_caps(q->cat, o->caps, &n);

	for (unsigned i = 0; i < n && !q->test; i++) {
		if (cap[i].on_full != CAT_TRAFFICBACK &&
		    cap[i].on_full != CAT_TO_LANDING_PAGE)
			continue;
		if (cap[i].counter != UINT32_MAX &&
		    q->count(q->count_arg, cap[i].counter) >= cap[i].value)
			return VERDICT_OVERCAP;
	}
	return VERDICT_COUNTED;
}

typedef enum verdict check_f(const struct aim_ask *q, const struct cat_offer *o);

static enum verdict
check(const struct aim_ask *q, const struct cat_offer *o)
{
	static check_f *const nats[] = {check_affiliate, check_advertiser, check_running,
	    check_access, check_country, check_caps, NULL};
	static check_f *const affise[] = {
	    check_advertiser, check_both, check_access, check_caps, check_country, NULL};

	for (check_f *const *c = q->affise ? affise : nats; *c != NULL; c++) {
		const enum verdict v = (*c)(q, o);

		if (v != VERDICT_COUNTED)
			return v;
	}
	return q->test ? VERDICT_TEST : VERDICT_COUNTED;
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
 * network's switches. A visitor from a wrong country sees the preview before the
 * network's. */
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

	if (v == VERDICT_COUNTRY && lp != NULL)
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

/* A landing page that can be shown. */
static const struct cat_landing_page *
page(const struct catalog *c, uint32_t id)
{
	const struct cat_landing_page *lp = id == 0 ? NULL : catalog_landing_page(c, id);

	return lp == NULL || lp->deleted || lp->url.n == 0 ? NULL : lp;
}

static void
refuse(
    const struct aim_ask *q, enum verdict v, const struct cat_offer *at, struct aim *out)
{
	const struct cat_landing_page *expire = page(q->cat, at->expire_lp_id);

	out->verdict = v;
	out->url = STR_NONE;
	if (is_not_running(v)) {
		if (expire != NULL && expire->offer_id == at->id) {
			out->url = catalog_text(q->cat, expire->url);
			out->raw_url = expire->raw_url;
			return;
		}
		out->url = catalog_text(q->cat, at->expire_url);
	}
	if (v == VERDICT_TOO_MANY_HOPS)
		out->url = catalog_text(q->cat, catalog_net(q->cat)->fallback_url);
	else if (out->url.n == 0)
		out->url = trafficback(q, at, out->lp, v);
}

static void
accept(const struct aim_ask *q, enum verdict v, const struct cat_offer *o,
    const struct cat_landing_page *lp, struct aim *out)
{
	out->verdict = v;
	out->offer = o;
	out->lp = lp;
	out->url = catalog_text(q->cat, lp->url);
	out->raw_url = lp->raw_url;
}

/* The landing page of another offer that a stopped one sends its traffic to.  NULL: there
 * is none. */
static const struct cat_landing_page *
elsewhere(const struct aim_ask *q, const struct cat_offer *o, enum verdict v)
{
	const struct cat_landing_page *lp =
	    is_not_running(v) ? page(q->cat, o->expire_lp_id) : NULL;
	const struct cat_offer *there;

	if (lp == NULL || lp->offer_id == o->id)
		return NULL;
	there = catalog_offer(q->cat, lp->offer_id);
	return there == NULL || there->deleted ? NULL : lp;
}

void
aim_take(const struct aim_ask *q, struct aim *out)
{
	const struct cat_offer *o = q->offer;
	const struct cat_landing_page *lp =
	    q->lp == NULL ? page(q->cat, o->default_lp_id) : q->lp;

	*out = (struct aim){.offer = o, .lp = lp};
	for (unsigned hops = 0;; hops++) {
		enum verdict v = check(q, o);
		const struct cat_landing_page *next = elsewhere(q, o, v);

		if (v < VERDICT_REFUSED && lp == NULL)
			v = VERDICT_INACTIVE_OFFER; /* running, with nothing to show */
		if (v < VERDICT_REFUSED) {
			accept(q, v, o, lp, out);
			return;
		}
		if (next == NULL || hops == AIM_HOPS) {
			refuse(q, next == NULL ? v : VERDICT_TOO_MANY_HOPS, o, out);
			return;
		}
		lp = next;
		o = catalog_offer(q->cat, next->offer_id);
	}
}
