/* SPDX-License-Identifier: Apache-2.0
 * approve.c - approvals of pending conversions, and which conversion a call names.
 */
#include "book/batch.h"
#include "book/receivers.h"

void
approve_pay(struct batch *bt, struct batch_txn *t, us_t payable_from)
{
	const struct batch_conv *c = t->conv;

	if (c->payout != 0)
		batch_pay(bt, t, ROLE_AFFILIATE, c->affiliate_id, c->payout, c->payout_b,
		    payable_from);
	receivers_pay(bt, t, payable_from);
}

static enum txn_type
type_of(const struct batch_conv *c)
{
	if (c->kind == PRICE_CONTINUITY)
		return TXN_CONTINUITY;
	return c->kind == PRICE_GOAL ? TXN_GOAL : TXN_INITIAL;
}

/* What was pending for want of a rate takes that of its own time, should it be there by
 * now. */
static bool
find_rate(struct batch *bt, struct batch_conv *c)
{
	if (c->rate != 0)
		return true;
	c->rate = conf_rate(bt->conf, c->currency, c->created_us);
	if (c->rate == 0)
		return false;
	c->revenue_b = money_to_base(c->revenue, c->rate);
	c->payout_b = money_to_base(c->payout, c->rate);
	return true;
}

struct batch_txn *
approve_conv(
    struct batch *bt, const struct batch_event *e, struct batch_conv *c, us_t hold_until)
{
	struct batch_txn *t;

	batch_conv_leave(bt, c);
	if (!find_rate(bt, c)) {
		batch_conv_enter(bt, c);
		return NULL;
	}
	c->status = hold_until > 0 ? HOLD : CONFIRMED;
	c->hold_until = hold_until;
	batch_conv_changed(c, e->head.id.us);
	batch_conv_enter(bt, c);
	t = batch_txn_new(bt, e, c, type_of(c), true);
	t->ref_us = c->us;
	t->ref_node = c->node;
	t->revenue = c->revenue;
	t->revenue_b = c->revenue_b;
	t->gross = c->gross == PRICE_NONE ? 0 : c->gross;
	approve_pay(bt, t, hold_until > 0 ? hold_until : t->booked_us);
	batch_txn_done(bt, t);
	return t;
}

static bool
fits(const struct batch_event *e, const struct batch_conv *c, bool by_click)
{
	if (e->offer_param != 0 && c->offer_id != e->offer_param)
		return false;
	return !by_click || e->orderid.n == 0 || str_eq(c->orderid, e->orderid);
}

/* A click names its newest initial, or the only conversion it has (§1.5). */
static struct batch_conv *
of_click(const struct batch *bt, const struct batch_event *e)
{
	struct batch_conv *newest = NULL, *only = NULL;
	unsigned n = 0;

	for (struct batch_conv *c = batch_conv_click(bt, e->click_id); c != NULL;
	     c = c->same_click) {
		if (!fits(e, c, true))
			continue;
		n++;
		only = c;
		if (c->kind == PRICE_INITIAL && (newest == NULL || c->us > newest->us))
			newest = c;
	}
	if (newest != NULL)
		return newest;
	return n == 1 ? only : NULL;
}

/* How many conversions the order id names.  A rejected try is meant only when nothing
 * came of the order later. */
static unsigned
of_order(const struct batch *bt, const struct batch_event *e, struct batch_conv **out)
{
	struct batch_conv *freed = NULL;
	unsigned n = 0;

	for (struct batch_conv *c = batch_conv_order(bt, e->orderid);
	     c != NULL && e->orderid.n > 0; c = c->same_order) {
		if (!fits(e, c, false))
			continue;
		if (batch_conv_is_freed(c)) {
			freed = c;
			continue;
		}
		*out = c;
		n++;
	}
	if (n > 0 || freed == NULL)
		return n;
	*out = freed;
	return 1;
}

unsigned
approve_select(struct batch *bt, const struct batch_event *e, struct batch_conv **out)
{
	unsigned n = 0;

	*out = NULL;
	if (e->offer_param_bad)
		return OUTCOME_OTHER_OFFER;
	if (e->txn_id_us != 0) {
		*out = batch_conv_txn(bt, e->txn_id_us, e->txn_id_node);
	} else if (e->click_sent) {
		*out = e->click_form == CLICKID_OURS ? of_click(bt, e) : NULL;
	} else {
		n = of_order(bt, e, out);
	}
	if (n > 1)
		return OUTCOME_AMBIGUOUS_ORDERID; /* E3 */
	return *out == NULL ? OUTCOME_INVALID_TXN : GO_ON;
}

enum err
approve_decide(struct batch *bt, struct batch_event *e)
{
	struct batch_conv *c;
	struct batch_txn *t;
	unsigned step = approve_select(bt, e, &c);

	if (step != GO_ON) {
		e->outcome = (uint8_t)step;
		return ERR_OK;
	}
	e->offer_id = c->offer_id;
	e->affiliate_id = c->affiliate_id;
	e->outcome = OUTCOME_NOT_PENDING; /* M6: twice as well */
	if (c->status != PENDING)
		return ERR_OK;
	t = approve_conv(bt, e, c, 0);
	if (t == NULL)
		return ERR_OK;
	e->outcome = OUTCOME_BOOKED;
	e->txn_us = t->us;
	return ERR_OK;
}
