/* SPDX-License-Identifier: Apache-2.0
 * fullcustomer.c - deduct_full_customer_commission (nats-behaviour.md §2.8): a void or
 * chargeback that takes the affiliate's payout back takes back what was paid for all
 * transactions of the customer.
 *
 * The reference names the field and no more.  Decided here:
 *
 *   - A transaction loses its payout only if it passes the offer's deduction rules by its
 *     own date: min_deduct_date says that those before it never do, deduct_window how
 *     long after the transaction it is possible.
 *   - Revenue stays: the others were not undone.  Shares that follow the affiliate's
 *     payout go with it, shares of revenue or margin stay (M8).
 *   - Each conversion that loses its payout gets a correction of its own that refers to
 *     the void, so that every conversion still adds up by itself.
 *   - A customer is deducted as long as one such void of his is open.  The reversal of
 *     the last gives back, row by row, exactly what those corrections took; a conversion
 *     that is voided itself by then gets it with the reversal of its own void.  So the
 *     order of several voids and reversals does not matter.
 *   - One that is made pending is decided about anew: it is worth what it was, nothing of
 *     it is taken any more, and its approval books that.
 *   - What the customer buys later is paid (§2.8, "continuity after a void").
 *
 *   correction, deducted, refers to the void ◀── correction, refers to that correction
 *             (taken)                                        (given back)
 */
#include "book/batch.h"

static uint64_t
customer_of(const struct batch_conv *c)
{
	return c->customer != NULL ? c->customer->id : c->customer_id;
}

static bool
is_same_customer(const struct batch_conv *a, const struct batch_conv *b)
{
	if (a->customer != NULL && a->customer == b->customer)
		return true;
	return customer_of(a) != 0 && customer_of(a) == customer_of(b);
}

/* A customer of this batch has no conversion but those in memory. */
static enum err
load(struct batch *bt, const struct batch_conv *c)
{
	return customer_of(c) == 0 ? ERR_OK : load_customer(bt, customer_of(c));
}

static bool
is_undone(const struct batch_conv *c)
{
	const struct batch_txn *t = undo_open(c);

	return t != NULL && t->deducted;
}

static bool
is_taking(const struct batch_txn *t)
{
	return t->type == TXN_CORRECTION && t->deducted;
}

static bool
is_given_back(const struct batch_txn *taken)
{
	for (const struct batch_txn *t = taken->next; t != NULL; t = t->next) {
		if (t->type == TXN_PENDING)
			return true;
		if (t->type == TXN_CORRECTION && t->ref_us == taken->us &&
		    t->ref_node == taken->node)
			return true;
	}
	return false;
}

bool
fullcustomer_has_taken(const struct batch_conv *c)
{
	for (const struct batch_txn *t = c->txn; t != NULL; t = t->next) {
		if (is_taking(t) && !is_given_back(t))
			return true;
	}
	return false;
}

void
fullcustomer_restart(struct batch_conv *c)
{
	for (const struct batch_txn *t = c->txn; t != NULL; t = t->next) {
		for (const struct batch_payout *p = t->payout;
		     is_taking(t) && !is_given_back(t) && p != NULL; p = p->next) {
			if (p->role != ROLE_AFFILIATE && p->role != ROLE_CORRECTION)
				continue;
			c->payout -= p->amount;
			c->payout_b -= p->amount_b;
		}
	}
}

/* A row that changes nothing but payouts. */
static void
correct(struct batch *bt, const struct batch_event *e, struct batch_conv *c,
    struct batch_txn *t, const struct batch_txn *ref)
{
	t->ref_us = ref->us;
	t->ref_node = ref->node;
	t->reason = STR("deduct_full_customer_commission");
	batch_conv_leave(bt, c);
	for (const struct batch_payout *p = t->payout; p != NULL; p = p->next) {
		if (p->role != ROLE_AFFILIATE && p->role != ROLE_CORRECTION)
			continue;
		c->payout += p->amount;
		c->payout_b += p->amount_b;
	}
	batch_conv_changed(c, e->head.id.us);
	batch_conv_enter(bt, c);
	batch_txn_done(bt, t);
}

static bool
may_take(struct batch *bt, const struct batch_conv *c, const struct batch_txn *taken_by)
{
	const struct conf_offer *o = conf_offer(bt->conf, c->offer_id);
	const struct batch_txn *base = undo_original(c);

	return o != NULL && base != NULL && !is_undone(c) &&
	       price_deducts(&o->deduct, taken_by->type == TXN_CHARGEBACK,
		   base->booked_us, taken_by->booked_us);
}

static void
take(struct batch *bt, const struct batch_event *e, struct batch_conv *c,
    const struct batch_txn *taken_by)
{
	struct batch_txn sum = {.booked_us = e->head.id.us}, *t;

	if (!may_take(bt, c, taken_by))
		return;
	undo_pay_back(bt, &sum, c, true, false);
	if (sum.payout == NULL) /* nothing was paid, or it is taken already */
		return;
	t = batch_txn_new(bt, e, c, TXN_CORRECTION, true);
	t->deducted = true;
	t->payout = sum.payout;
	correct(bt, e, c, t, taken_by);
}

static void
give_back(struct batch *bt, const struct batch_event *e, struct batch_conv *c)
{
	for (const struct batch_txn *was = c->txn; was != NULL; was = was->next) {
		struct batch_txn *t;

		if (!is_taking(was) || is_given_back(was))
			continue;
		t = batch_txn_new(bt, e, c, TXN_CORRECTION, true);
		for (const struct batch_payout *p = was->payout; p != NULL; p = p->next)
			batch_pay(bt, t, p->role, p->account_id, -p->amount, -p->amount_b,
			    p->payable_from > t->booked_us ? p->payable_from
							   : t->booked_us);
		correct(bt, e, c, t, was);
	}
}

enum err
fullcustomer_take(
    struct batch *bt, const struct batch_event *e, const struct batch_txn *taken_by)
{
	const struct batch_conv *voided = taken_by->conv;
	enum err rc = load(bt, voided);

	for (struct batch_conv *c = bt->convs; rc == ERR_OK && c != NULL; c = c->next) {
		if (c != voided && is_same_customer(c, voided))
			take(bt, e, c, taken_by);
	}
	return rc;
}

/* A void of the customer's that keeps him deducted; NULL: none. */
static const struct batch_txn *
still_open(const struct batch *bt, const struct batch_conv *of)
{
	for (const struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		const struct batch_txn *t = is_same_customer(c, of) ? undo_open(c) : NULL;

		if (t != NULL && t->full_customer)
			return t;
	}
	return NULL;
}

enum err
fullcustomer_reversed(struct batch *bt, const struct batch_event *e, struct batch_conv *c,
    const struct batch_txn *was)
{
	const struct batch_txn *open;
	enum err rc;

	if (c->customer == NULL && c->customer_id == 0)
		return ERR_OK;
	rc = load(bt, c);
	if (rc != ERR_OK)
		return rc;
	open = still_open(bt, c);
	if (open != NULL) {
		/* Its payout came back by its own reversal, and the customer is still
		 * deducted. */
		if (was->deducted)
			take(bt, e, c, open);
		return ERR_OK;
	}
	for (struct batch_conv *k = bt->convs; k != NULL; k = k->next) {
		if (is_same_customer(k, c) && !is_undone(k))
			give_back(bt, e, k);
	}
	return ERR_OK;
}
