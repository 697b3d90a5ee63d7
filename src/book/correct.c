/* SPDX-License-Identifier: Apache-2.0
 * correct.c - the revenue of a transaction is another than was booked
 * (nats-behaviour.md §2.8, M3 to M6).
 *
 * What is booked stays: the difference is a ledger row of its own, dated at the change,
 * in the amounts of the original's type and with no count.  A share of the revenue is
 * worked out again by the rule that priced the conversion once.  What is pending has
 * nothing booked: its stored amounts change, and its approval books those.
 */
#include "book/batch.h"
#include "book/receivers.h"

struct correction {
	struct batch *bt;
	struct batch_event *e;
	struct batch_conv *c;
	money_t revenue_b, revenue, payout; /* as they are to be */
};

static unsigned
read_amount(struct correction *x)
{
	if (money_parse(x->e->t.f[F_amount], &x->revenue_b) && x->revenue_b >= 0 &&
	    x->revenue_b <= MONEY_MOST)
		return GO_ON;
	x->e->param = F_amount;
	return OUTCOME_BAD_AMOUNT;
}

static bool
may_change(const struct batch_conv *c)
{
	return c->void_us == 0 && c->rate != 0 &&
	       (c->status == CONFIRMED || c->status == HOLD || c->status == PENDING);
}

/* By the rates stored at booking (M4): the rule's version and the rate of exchange. */
static void
price(struct correction *x)
{
	const struct batch_conv *c = x->c;
	const struct conf_offer *o = conf_offer(x->bt->conf, c->offer_id);
	const struct conf_account *a = conf_account(x->bt->conf, c->affiliate_id);
	const struct price_sent sent = {
	    PRICE_NONE, c->gross, false, a == NULL ? PRICE_NONE : a->override};

	x->revenue = money_muldiv(x->revenue_b, c->rate, MONEY_UNIT);
	x->payout = c->payout;
	/* What is taken back stays so: a reversal restores exactly that. */
	if (o == NULL || fullcustomer_has_taken(c) || c->rule_id == 0 ||
	    !price_again(o->rule, o->n_rules, c->rule_id, c->created_us,
		(enum price_kind)c->kind, x->revenue, &sent, &x->payout))
		x->payout = c->payout;
}

static void
pay(struct correction *x, struct batch_txn *t, money_t payout_b)
{
	const struct batch_conv *c = x->c;
	us_t from = c->hold_until > t->booked_us ? c->hold_until : t->booked_us;

	if (x->payout != c->payout)
		batch_pay(x->bt, t, ROLE_CORRECTION, c->affiliate_id,
		    x->payout - c->payout, payout_b - c->payout_b, from);
	receivers_correct(x->bt, t, x->revenue, x->payout, from);
}

static void
book(struct correction *x)
{
	struct batch_conv *c = x->c;
	money_t payout_b = money_to_base(x->payout, c->rate);
	struct batch_txn *t = NULL;

	x->e->txn_us = c->us;
	if (c->status == CONFIRMED || c->status == HOLD) {
		t = batch_txn_new(x->bt, x->e, c, TXN_CORRECTION, true);
		t->ref_us = c->us;
		t->ref_node = c->node;
		t->revenue = x->revenue - c->revenue;
		t->revenue_b = x->revenue_b - c->revenue_b;
		pay(x, t, payout_b);
		x->e->txn_us = t->us;
	}
	batch_conv_leave(x->bt, c);
	c->revenue = x->revenue;
	c->revenue_b = x->revenue_b;
	c->payout = x->payout;
	c->payout_b = payout_b;
	batch_conv_changed(c, x->e->head.id.us);
	batch_conv_enter(x->bt, c);
	if (t != NULL)
		batch_txn_done(x->bt, t);
}

void
correct_amounts(struct batch *bt, struct batch_event *e, struct batch_conv *c,
    money_t revenue, money_t payout)
{
	struct correction x = {.bt = bt,
	    .e = e,
	    .c = c,
	    .revenue_b = c->rate == 0 ? 0 : money_to_base(revenue, c->rate),
	    .revenue = revenue,
	    .payout = payout};

	if (revenue != c->revenue || payout != c->payout)
		book(&x);
}

enum err
correct_decide(struct batch *bt, struct batch_event *e)
{
	struct correction x = {.bt = bt, .e = e};
	unsigned step = read_amount(&x);

	if (step == GO_ON)
		step = approve_select(bt, e, &x.c);
	if (step == GO_ON && !may_change(x.c))
		step = OUTCOME_INVALID_TXN;
	e->outcome = (uint8_t)(step == GO_ON ? OUTCOME_BOOKED : step);
	if (step != GO_ON)
		return ERR_OK;
	e->offer_id = x.c->offer_id;
	e->affiliate_id = x.c->affiliate_id;
	price(&x);
	if (x.revenue != x.c->revenue || x.payout != x.c->payout)
		book(&x);
	else
		e->txn_us = x.c->us;
	return ERR_OK;
}
