/* SPDX-License-Identifier: Apache-2.0
 * guard.c - what speaks against a conversion whose click, kind and price are known.
 *
 * Either way it is kept, unpaid, with its reason.  *Rejected* is the NATS way: the sender
 * is told *error*, and the order id is free for another try (E3).  *Declined* is the
 * Affise way: the sender is told success, the order id stays taken, and the money that it
 * would have been stays filled in (affise-3.0.md, "Registration" 4).
 *
 *   the browser has converted (prevent_cookie_dupes)   rejected
 *   ip_conversion_limit                                rejected; by /postback declined
 *   the click is older than click_session              declined
 *   younger than minimal_click_session                 declined
 *   uniq_ip_only, and the address has converted        declined
 *
 * Continuities pass: their click is that of the customer's first day, and nobody stands
 * before a browser.
 */
#include "book/post_priv.h"

/* "6,12": the offers on which this browser has converted. */
static bool
is_marked(struct str list, uint32_t offer)
{
	uint64_t id;

	while (list.p != NULL && list.n > 0) {
		if (str_to_u64(str_split(&list, ','), &id) && id == offer)
			return true;
	}
	return false;
}

/* An import that says nothing of its visitor: no address is to be counted. */
static bool
is_nowhere(const struct post *p)
{
	static const uint8_t none[16];

	return p->e->visitor != NULL &&
	       memcmp(p->e->visitor->ip, none, sizeof(none)) == 0;
}

bool
guard_rejects(struct post *p)
{
	if (p->kind == PRICE_CONTINUITY)
		return false;
	if (p->offer->prevent_cookie_dupes &&
	    is_marked(p->e->t.f[F_marks], p->offer->id)) {
		p->rejected = OUTCOME_COOKIE_DUPE;
		p->reason = "cookie duplicate";
		return true;
	}
	if (is_nowhere(p) ||
	    !iplimit_reached(p->bt, p->offer, p->limit_ip, p->e->head.id.us))
		return false;
	p->reason = "IP duplicate";
	if (!batch_is_affise(p->e))
		p->rejected = OUTCOME_IP_LIMIT;
	return true;
}

const char *
guard_declines(const struct post *p)
{
	us_t age = p->e->head.id.us - p->click->id.us;

	if (p->kind == PRICE_CONTINUITY)
		return NULL;
	/* Whoever is credited without a click has none that could be too old. */
	if (!clickid_none(p->click->id)) {
		if (p->offer->oldest_click > 0 && age > p->offer->oldest_click)
			return "Click session lifespan is expired";
		if (age < p->offer->youngest_click)
			return "Min click session lifespan is not reached";
	}
	if (!is_nowhere(p) && iplimit_used(p->bt, p->offer, p->limit_ip))
		return "IP duplicate";
	return NULL;
}
