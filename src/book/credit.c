/* SPDX-License-Identifier: Apache-2.0
 * credit.c - whose a conversion is that no click accounts for (nats-behaviour.md §1.6).
 *
 * Three may be credited without a click: the affiliate of a customer who came without
 * one, the affiliate whose code the report brings, and, where the offer says so, the
 * network's house account.  There is no raw click to it, and none is made up: raw × rate
 * = payout must hold (C7).  The conversion has the click id {0, 0}.
 */
#include "base/iplist.h"
#include "book/post_priv.h"

/* "affiliate.commission.offer.landing page", as the worker read the code. */
static bool
read_code(struct str s, uint32_t id[CREDIT_IDS])
{
	uint64_t v;

	for (unsigned i = 0; i < CREDIT_IDS; i++) {
		if (!str_to_u64(str_split(&s, '.'), &v) || v > UINT32_MAX)
			return false;
		id[i] = (uint32_t)v;
	}
	return s.n == 0;
}

/* Stands where a click would. */
static struct batch_click *
stand_in(struct post *p, const struct conf_offer *o, uint32_t affiliate, uint32_t page)
{
	struct batch_click *k = arena_alloc(p->bt->a, sizeof(*k));

	*k = (struct batch_click){.offer_id = o->id,
	    .landing_page_id = page != 0 ? page : o->default_lp_id,
	    .commission_id = o->commission_id,
	    .affiliate_id = affiliate,
	    .advertiser_id = o->advertiser_id};
	if (!ip_parse(p->e->t.f[F_ip], k->ip))
		memcpy(k->ip, p->e->head.sender, sizeof(k->ip));
	return k;
}

void
credit_need(struct batch *bt, const struct batch_event *e)
{
	uint32_t id[CREDIT_IDS];

	if (e->item->kind != REC_POST || e->click_sent)
		return;
	conf_need_account(bt->conf, e->affiliate_param);
	conf_need_offer(bt->conf, e->offer_param);
	conf_need_account(bt->conf, (uint32_t)conf_net(bt->conf)->house_account);
	if (!read_code(e->t.f[F_ocode], id))
		return;
	conf_need_account(bt->conf, id[0]);
	conf_need_offer(bt->conf, id[2]);
}

bool
credit_import(struct post *p)
{
	const struct conf_offer *o = conf_offer(p->bt->conf, p->e->offer_param);
	const struct batch_visitor *v = p->e->visitor;

	if (o == NULL || conf_account(p->bt->conf, p->e->affiliate_param) == NULL)
		return false;
	p->click = stand_in(p, o, p->e->affiliate_param, 0);
	memcpy(p->click->ip, v->ip, sizeof(p->click->ip));
	p->click->country = v->country;
	p->click->device_type = v->device_type;
	p->click->ua_id = v->ua_id;
	p->click->place = v->place;
	return true;
}

bool
credit_customer(struct post *p)
{
	const struct conf_offer *o = conf_offer(p->bt->conf, p->customer->offer_id);

	if (o == NULL || !clickid_none(p->customer->click))
		return false;
	p->click = stand_in(p, o, p->customer->affiliate_id, 0);
	return true;
}

/* The code names the affiliate, and the offer unless the report does. */
static bool
by_code(struct post *p)
{
	const struct conf_offer *o;
	uint32_t id[CREDIT_IDS];

	if (!read_code(p->e->t.f[F_ocode], id))
		return false;
	o = conf_offer(p->bt->conf, p->e->offer_param != 0 ? p->e->offer_param : id[2]);
	if (o == NULL || conf_account(p->bt->conf, id[0]) == NULL)
		return false;
	p->click = stand_in(p, o, id[0], o->id == id[2] ? id[3] : 0);
	return true;
}

static bool
by_house(struct post *p)
{
	const struct conf_offer *o = conf_offer(p->bt->conf, p->e->offer_param);
	uint32_t house = (uint32_t)conf_net(p->bt->conf)->house_account;

	if (o == NULL || !o->book_unattributed ||
	    conf_account(p->bt->conf, house) == NULL)
		return false;
	p->click = stand_in(p, o, house, 0);
	return true;
}

bool
credit_without_click(struct post *p)
{
	if (p->e->head.source != SRC_NATS_POST || p->e->offer_param_bad)
		return false;
	return by_code(p) || by_house(p);
}
