/* SPDX-License-Identifier: Apache-2.0
 * postrows.c - the rows of a reported conversion: itself, its customer, its ledger.
 */
#include "base/iplist.h"
#include "book/post_priv.h"
#include "book/txnid.h"

static us_t
hold_until(const struct post *p)
{
	return p->status == HOLD ? p->e->head.id.us + (us_t)p->offer->hold_days * US_DAY
				 : 0;
}

static void
set_money(const struct post *p, struct batch_conv *c)
{
	c->rule_id = p->priced ? p->rule.id : 0;
	c->percent = p->price.percent;
	memcpy(c->currency, p->rule.currency, sizeof(c->currency));
	c->rate = p->rate;
	c->amount_sent = p->amount;
	c->gross = p->price.gross;
	c->revenue = p->price.revenue;
	c->payout = p->price.payout;
	c->revenue_b = p->rate == 0 ? 0 : money_to_base(c->revenue, p->rate);
	c->payout_b = p->rate == 0 ? 0 : money_to_base(c->payout, p->rate);
}

static struct str
extra_of(const struct post *p)
{
	struct str custom = p->e->t.f[F_custom];

	if (p->currency[0] == '\0')
		return custom;
	return arena_printf(p->bt->a, STR_FMT "%scurrency=%.3s", STR_ARG(custom),
	    custom.n > 0 ? "&" : "", p->currency);
}

static struct batch_conv *
new_conv(struct post *p)
{
	const struct batch_event *e = p->e;
	const struct batch_click *k = p->click;
	struct batch_conv *c = arena_alloc(p->bt->a, sizeof(*c));

	c->node = p->bt->node;
	c->is_new = true;
	c->status = p->status;
	c->kind = p->kind;
	c->uniq = p->rejected != 0 ? STR_NONE : p->uniq; /* E3 */
	c->offer_id = k->offer_id;
	c->landing_page_id = k->landing_page_id;
	c->commission_id =
	    k->commission_id != 0 ? k->commission_id : p->offer->commission_id;
	c->affiliate_id = k->affiliate_id;
	c->advertiser_id = p->offer->advertiser_id;
	c->goal_id = p->goal;
	c->ua_id = k->ua_id;
	c->click = k->id;
	c->country = k->country;
	c->device_type = k->device_type;
	set_money(p, c);
	c->created_us = c->updated_us = e->head.id.us;
	c->hold_until = hold_until(p);
	c->from = k;
	if (!ip_parse(e->t.f[F_ip],
		c->ip)) /* the visitor's, as the sender says, or the click's */
		memcpy(c->ip, k->ip, sizeof(c->ip));
	memcpy(c->limit_ip, p->limit_ip, sizeof(c->limit_ip));
	c->ocid = k->ocid;
	c->referrer = e->t.f[F_referrer].n > 0 ? e->t.f[F_referrer] : k->referrer;
	c->comment = p->reason == NULL || p->reason[0] == '\0' ? e->t.f[F_comment]
							       : str_of(p->reason);
	c->extra = extra_of(p);
	p->click->converted = !clickid_none(k->id);
	return c;
}

/* What the advertiser says changes a locked customer as well. */
static void
tell_person(const struct post *p, struct batch_customer *k)
{
	person_take(
	    p->bt, k, p->e->t.f[F_person], p->e->t.f[F_custom], p->offer->no_person);
}

/* A living customer, a new one, or one whose life begins again. */
static void
set_customer(struct post *p, struct batch_conv *c)
{
	struct batch_customer *k = p->customer;

	if (p->e->subscription.n == 0 || batch_is_affise(p->e) || p->goal_named ||
	    c->status == DECLINED || c->status == NOT_FOUND) {
		c->customer = p->lives ? k : NULL;
		if (c->customer != NULL && c->status != DECLINED &&
		    c->status != NOT_FOUND)
			tell_person(p, k);
		return;
	}
	if (k == NULL) {
		k = arena_alloc(p->bt->a, sizeof(*k));
		k->offer_id = c->offer_id;
		k->subscription = p->e->subscription;
		k->is_new = true;
		batch_customer_add(p->bt, k);
		k->next = p->bt->new_customers;
		p->bt->new_customers = k;
	} else if (!p->lives && !k->is_new && !k->changed) {
		k->changed = true;
		k->next = p->bt->new_customers;
		p->bt->new_customers = k;
	}
	if (!p->lives) {
		k->affiliate_id = c->affiliate_id;
		k->click = c->click;
		k->first_us = c->created_us;
	}
	tell_person(p, k);
	c->customer = k;
}

static enum txn_type
type_of(const struct batch_conv *c)
{
	if (c->kind == PRICE_CONTINUITY)
		return TXN_CONTINUITY;
	return c->kind == PRICE_GOAL ? TXN_GOAL : TXN_INITIAL;
}

static struct batch_txn *
first_row(struct post *p, struct batch_conv *c, enum txn_type type, bool booked)
{
	struct batch_txn *t = batch_txn_new(p->bt, p->e, c, type, booked);

	t->revenue = c->revenue;
	t->revenue_b = c->revenue_b;
	t->gross = c->gross == PRICE_NONE ? 0 : c->gross;
	t->reason = p->reason == NULL ? STR_NONE : str_of(p->reason);
	return t;
}

static void
set_orderid(const struct post *p, struct batch_conv *c)
{
	char digits[TXNID_DIGITS + 1], hex[CLICKID_TEXT];

	if (p->e->orderid.n > 0) {
		c->orderid = p->e->orderid;
	} else if (p->e->visitor != NULL) {
		txnid_hex(hex, c->us, c->node);
		c->orderid = arena_str(p->bt->a, str_of(hex));
	} else if (batch_is_affise(p->e)) {
		clickid_hex24(hex, c->click);
		c->orderid = arena_str(p->bt->a, str_of(hex));
	} else {
		txnid_digits(digits, c->us, c->node);
		c->orderid = arena_printf(p->bt->a, "N4N:%s", digits);
	}
}

/* Pending, or declined, or booked; with a lockout that has passed first pending and then
 * booked (§2.5). */
static struct batch_txn *
add_rows(struct post *p, struct batch_conv *c)
{
	bool twice = p->approved_at_once;
	struct batch_txn *t;

	if (!post_is_booked(p))
		t = first_row(
		    p, c, p->status == PENDING ? TXN_PENDING : TXN_REJECTED, false);
	else
		t = first_row(p, c, twice ? TXN_PENDING : type_of(c), !twice);
	c->us = t->us;
	if (twice) {
		t = first_row(p, c, type_of(c), true);
		t->ref_us = c->us;
		t->ref_node = c->node;
	}
	return t;
}

void
postrows_book(struct post *p)
{
	struct batch_conv *c = new_conv(p);
	struct batch_txn *t;

	set_customer(p, c);
	t = add_rows(p, c);
	set_orderid(p, c);
	(void)batch_conv_add(p->bt, c);
	if (t->booked)
		approve_pay(p->bt, t, c->hold_until > 0 ? c->hold_until : t->booked_us);
	batch_txn_done(p->bt, t);
	batch_conv_enter(p->bt, c);
	iplimit_add(p->bt, c);
	p->e->txn_us = t->us;
	if (p->e->retry_hash != 0 && p->rejected == 0 &&
	    (c->uniq.p == NULL || (p->e->subscription.n > 0 && p->kind != PRICE_GOAL))) {
		c->retry_hash = p->e->retry_hash;
		batch_retry_put(p->bt, c->retry_hash, c->created_us);
	}
}
