/* SPDX-License-Identifier: Apache-2.0
 * sender.c - who may report what (nats-behaviour.md §2.1, affise-3.0.md "Conversion
 * postback", E3, E6).
 *
 * Lists of addresses add up: network, advertiser, offer, landing page; who is on one of
 * them may report. Without any, everybody may report conversions and nobody voids.
 * Secrets (network, advertiser, offer) do not add up: every level that has one must be
 * satisfied.
 */
#include <sodium.h>

#include "base/iplist.h"
#include "base/log.h"
#include "book/batch.h"

/* REST calls were allowed by their key. */
static bool
is_remote(const struct batch_event *e)
{
	return e->head.source == SRC_NATS_POST || e->head.source == SRC_AFFISE_POST;
}

struct verdict_of_lists {
	bool any, listed;
};

static void
look(struct verdict_of_lists *v, struct str list, const uint8_t ip[16])
{
	if (list.p == NULL || iplist_empty(list))
		return;
	v->any = true;
	v->listed = v->listed || iplist_has(list, ip);
}

/* In constant time for texts of equal length; that the lengths differ is no secret worth
 * keeping. */
static bool
secret_fits(struct str secret, struct str sent)
{
	return secret.n == sent.n && sodium_memcmp(secret.p, sent.p, secret.n) == 0;
}

static bool
is_set(struct str s)
{
	return s.p != NULL && s.n > 0;
}

/* *any: there is one.  False: what was sent is not it, on some level. */
static bool
secrets_fit(const struct str *secret, size_t n, struct str sent, bool *any)
{
	*any = false;
	for (size_t i = 0; i < n; i++) {
		if (!is_set(secret[i]))
			continue;
		*any = true;
		if (!secret_fits(secret[i], sent))
			return false;
	}
	return true;
}

static unsigned
unlisted(struct batch *bt, const struct conf_offer *o, bool *open)
{
	struct str what = conf_net(bt->conf)->unauthenticated_posts;

	if (str_eq(what, STR("refuse")))
		return OUTCOME_ACCESS_DENIED;
	*open = str_eq(what, STR("pending"));
	if (conf_first_time(bt->conf, o->id))
		log_warn("offer %u has neither a secret nor a list of senders: whoever "
			 "knows a click id can report "
			 "conversions for it",
		    o->id);
	return GO_ON;
}

unsigned
sender_post(struct batch *bt, const struct batch_event *e, const struct conf_offer *o,
    uint32_t landing_page, bool *open)
{
	const struct conf_account *adv = conf_account(bt->conf, o->advertiser_id);
	const struct conf_page *page = conf_page(bt->conf, landing_page);
	const struct str secret[] = {conf_net(bt->conf)->postback_secret,
	    adv == NULL ? STR_NONE : adv->secret, o->secret};
	struct verdict_of_lists v = {false, false};
	bool secrets;

	*open = false;
	if (!is_remote(e))
		return GO_ON;
	if (o->disallowed_ip.n > 0 && iplist_has(o->disallowed_ip, e->head.sender))
		return OUTCOME_IP_DENIED;
	if (!secrets_fit(secret, ARRAY_LEN(secret), e->t.f[F_secure], &secrets))
		return OUTCOME_ACCESS_DENIED;
	look(&v, conf_net(bt->conf)->global_post_ips, e->head.sender);
	look(&v, o->allowed_ip, e->head.sender);
	if (adv != NULL)
		look(&v, adv->allowed_ip, e->head.sender);
	if (page != NULL)
		look(&v, page->postback_ips, e->head.sender);
	if (v.any && !v.listed)
		return OUTCOME_IP_DENIED;
	if (!v.any && !secrets)
		return unlisted(bt, o, open);
	return GO_ON;
}

unsigned
sender_void(struct batch *bt, const struct batch_event *e, const struct batch_conv *c)
{
	const struct conf_page *page = conf_page(bt->conf, c->landing_page_id);
	const struct conf_offer *o = conf_offer(bt->conf, c->offer_id);
	const struct conf_account *adv =
	    o == NULL ? NULL : conf_account(bt->conf, o->advertiser_id);
	struct verdict_of_lists v = {false, false};

	if (!is_remote(e))
		return GO_ON;
	if (o != NULL && o->disallowed_ip.n > 0 &&
	    iplist_has(o->disallowed_ip, e->head.sender))
		return OUTCOME_IP_DENIED;
	look(&v, conf_net(bt->conf)->global_void_ips, e->head.sender);
	if (adv != NULL)
		look(&v, adv->void_ips, e->head.sender);
	if (o != NULL)
		look(&v, o->void_ips, e->head.sender);
	if (page != NULL)
		look(&v, page->void_ips, e->head.sender);
	return v.listed ? GO_ON : OUTCOME_IP_DENIED;
}
