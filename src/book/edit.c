/* SPDX-License-Identifier: Apache-2.0
 * edit.c - a conversion is given another status, other amounts, another currency
 * (decisions.md §3).
 *
 * Nothing of its own is booked here: each change is put together from what voids,
 * reversals, approvals and corrections do.
 *
 *             .---------- approval ----------.
 *   PENDING --'                              v     amounts: correction
 *     ^   '--- rejected row ---> DECLINED   CONFIRMED, HOLD
 *     |                          NOT_FOUND     |
 *     '-- a new pending row --.  ^   '- reversal, or approval if never booked ->
 *                              '-|--- void ----'
 *
 * Another currency is a void and a new booking.  Amounts go first while there is
 * something to correct, else after the status.
 */
#include "book/batch.h"
#include "book/post.h"

struct edit {
	struct batch *bt;
	struct batch_event *e;
	struct batch_conv *c;
	enum err err;
	uint8_t status; /* 0: stays */
	bool has_revenue, has_payout;
	money_t revenue, payout;
	char currency[4]; /* "": stays */
	int64_t rate;
};

static bool
is_live(uint8_t status)
{
	return status == CONFIRMED || status == HOLD;
}

static unsigned
read_amount(struct edit *x, enum rec_field f, bool *has, money_t *out)
{
	struct str s = x->e->t.f[f];

	*has = s.n > 0;
	if (!*has || (money_parse(s, out) && *out >= 0 && *out <= MONEY_MOST))
		return GO_ON;
	x->e->param = (uint8_t)f;
	return OUTCOME_BAD_AMOUNT;
}

static unsigned
read_fields(struct edit *x)
{
	struct str status = x->e->t.f[F_status], currency = x->e->t.f[F_currency];
	unsigned step = read_amount(x, F_amount, &x->has_revenue, &x->revenue);

	if (step == GO_ON)
		step = read_amount(x, F_payout, &x->has_payout, &x->payout);
	if (step != GO_ON)
		return step;
	if (status.n > 0) {
		if (status.n != 1 || status.p[0] < '1' || status.p[0] > '5')
			return OUTCOME_BAD_STATUS;
		x->status = (uint8_t)(status.p[0] - '0');
	}
	if (currency.n == 3)
		memcpy(x->currency, currency.p, 3);
	return GO_ON;
}

/* The rate of the conversion's own time, as for one that was pending without. */
static unsigned
read_rate(struct edit *x)
{
	if (x->currency[0] == '\0' ||
	    memcmp(x->currency, x->c->currency, sizeof(x->currency)) == 0) {
		x->currency[0] = '\0';
		return GO_ON;
	}
	x->rate = conf_rate(x->bt->conf, x->currency, x->c->created_us);
	return x->rate > 0 ? GO_ON : OUTCOME_BAD_CURRENCY;
}

static us_t
at(const struct edit *x)
{
	return x->e->head.id.us;
}

static us_t
held_until(const struct edit *x)
{
	const struct conf_offer *o = conf_offer(x->bt->conf, x->c->offer_id);

	return at(x) + (us_t)(o == NULL ? 0 : o->hold_days) * US_DAY;
}

/* Another status, with nothing in the ledger. */
static void
set_status(struct edit *x, uint8_t status)
{
	struct batch_conv *c = x->c;

	batch_conv_leave(x->bt, c);
	if (status == PENDING)
		fullcustomer_restart(c);
	c->status = status;
	c->hold_until = 0;
	batch_conv_changed(c, at(x));
	batch_conv_enter(x->bt, c);
}

static void
forget_void(struct batch_conv *c)
{
	c->void_us = 0;
	c->void_node = 0;
}

static void
add_row(struct edit *x, enum txn_type type, const char *reason)
{
	struct batch_conv *c = x->c;
	struct batch_txn *t = batch_txn_new(x->bt, x->e, c, type, false);

	t->ref_us = c->us;
	t->ref_node = c->node;
	t->revenue = c->revenue;
	t->revenue_b = c->revenue_b;
	t->gross = c->gross == PRICE_NONE ? 0 : c->gross;
	t->reason = str_of(reason);
	x->e->txn_us = t->us;
}

/* ----- amounts ----- */

static unsigned
book_again(struct edit *x, uint8_t status, us_t hold_until)
{
	struct batch_txn *t =
	    approve_conv(x->bt, x->e, x->c, status == HOLD ? hold_until : 0);

	if (t == NULL)
		return OUTCOME_NOT_PENDING; /* for want of a rate */
	x->e->txn_us = t->us;
	return GO_ON;
}

/* The numbers that were not sent stay as they are, in the other currency. */
static unsigned
change_currency(struct edit *x)
{
	struct batch_conv *c = x->c;
	uint8_t was = c->status;
	us_t hold = c->hold_until;

	if (is_live(was)) {
		undo_take(x->bt, x->e, c);
		forget_void(c);
	}
	batch_conv_leave(x->bt, c);
	memcpy(c->currency, x->currency, sizeof(c->currency));
	c->rate = x->rate;
	c->revenue = x->has_revenue ? x->revenue : c->revenue;
	c->payout = x->has_payout ? x->payout : c->payout;
	c->revenue_b = money_to_base(c->revenue, c->rate);
	c->payout_b = money_to_base(c->payout, c->rate);
	batch_conv_changed(c, at(x));
	batch_conv_enter(x->bt, c);
	return is_live(was) ? book_again(x, was, hold) : GO_ON;
}

static unsigned
change_amounts(struct edit *x)
{
	struct batch_conv *c = x->c;

	if (!x->has_revenue && !x->has_payout && x->currency[0] == '\0')
		return GO_ON;
	if (undo_open(c) != NULL) /* M4 */
		return OUTCOME_INVALID_TXN;
	if (x->currency[0] != '\0')
		return change_currency(x);
	correct_amounts(x->bt, x->e, c, x->has_revenue ? x->revenue : c->revenue,
	    x->has_payout ? x->payout : c->payout);
	return GO_ON;
}

/* ----- status ----- */

/* Into what the row has for that receiver and day already: a conversion that went to and
 * fro would else get twice as many rows each time. */
static void
pay_into(struct edit *x, struct batch_txn *t, const struct batch_payout *p, int sign,
    us_t payable_from)
{
	for (struct batch_payout *q = t->payout; q != NULL; q = q->next) {
		if (q->role != p->role || q->account_id != p->account_id ||
		    q->payable_from != payable_from)
			continue;
		q->amount += sign * p->amount;
		q->amount_b += sign * p->amount_b;
		return;
	}
	batch_pay(x->bt, t, p->role, p->account_id, sign * p->amount, sign * p->amount_b,
	    payable_from);
}

/* Whatever was to become payable when the hold ended is so now: the same again with the
 * opposite sign for the day it would have been. */
static void
pay_now(struct edit *x, struct batch_txn *t)
{
	for (const struct batch_txn *r = x->c->txn; r != NULL && r != t; r = r->next) {
		for (const struct batch_payout *p = r->payout; r->booked && p != NULL;
		     p = p->next) {
			if (p->payable_from <= t->booked_us)
				continue;
			pay_into(x, t, p, -1, p->payable_from);
			pay_into(x, t, p, 1, t->booked_us);
		}
	}
	undo_drop_empty(t);
}

static void
end_hold(struct edit *x)
{
	struct batch_txn *t;

	set_status(x, CONFIRMED);
	x->c->released = true;
	t = batch_txn_new(x->bt, x->e, x->c, TXN_CORRECTION, true);
	t->ref_us = x->c->us;
	t->ref_node = x->c->node;
	t->reason = STR("hold ended");
	pay_now(x, t);
	batch_txn_done(x->bt, t);
	x->e->txn_us = t->us;
}

static unsigned
from_live(struct edit *x)
{
	struct batch_conv *c = x->c;

	if (x->status == c->status)
		return GO_ON;
	if (x->status == CONFIRMED) {
		end_hold(x);
		return GO_ON;
	}
	undo_take(x->bt, x->e, c);
	if (x->status == NOT_FOUND)
		set_status(x, NOT_FOUND);
	if (!is_live(x->status) && x->status != PENDING)
		return GO_ON;
	forget_void(c);
	if (x->status == HOLD)
		return book_again(x, HOLD, held_until(x));
	set_status(x, PENDING);
	add_row(x, TXN_PENDING, "by a manager");
	return GO_ON;
}

static unsigned
from_declined(struct edit *x)
{
	struct batch_conv *c = x->c;
	unsigned step;

	if (x->status == DECLINED || x->status == NOT_FOUND) {
		if (x->status != c->status)
			set_status(x, x->status);
		return GO_ON;
	}
	if (x->status == PENDING) {
		forget_void(c);
		set_status(x, PENDING);
		add_row(x, TXN_PENDING, "by a manager");
		return GO_ON;
	}
	if (undo_open(c) == NULL)
		return book_again(x, x->status, held_until(x));
	step = undo_reverse(x->bt, x->e, c, &x->err);
	return step == GO_ON && x->err == ERR_OK ? from_live(x) : step;
}

static unsigned
from_pending(struct edit *x)
{
	if (x->status == PENDING)
		return GO_ON;
	if (is_live(x->status))
		return book_again(x, x->status, held_until(x));
	set_status(x, x->status);
	add_row(x, TXN_REJECTED, "by a manager");
	return GO_ON;
}

/* A void that left him his payout is shown as confirmed: it goes before anything else. */
static unsigned
change_status(struct edit *x)
{
	unsigned step = GO_ON;

	if (x->status == 0)
		return GO_ON;
	if (is_live(x->c->status) && undo_open(x->c) != NULL)
		step = undo_reverse(x->bt, x->e, x->c, &x->err);
	if (step != GO_ON || x->err != ERR_OK)
		return step;
	if (is_live(x->c->status))
		return from_live(x);
	return x->c->status == PENDING ? from_pending(x) : from_declined(x);
}

static void
change_comment(struct edit *x)
{
	struct str s = x->e->t.f[F_comment];

	if (s.p == NULL && x->status == DECLINED)
		s = STR("Rejected by a Manager");
	if (s.p == NULL)
		return;
	x->c->comment = s;
	batch_conv_changed(x->c, at(x));
}

/* A rejected conversion has freed its key (E3).  It takes it again when it is to count,
 * so that its order is not booked once more; not if it was meanwhile. */
static unsigned
take_key(struct edit *x)
{
	struct batch_conv *c = x->c;
	struct str key;

	if (c->uniq.p != NULL || (c->status != DECLINED && c->status != NOT_FOUND) ||
	    (!is_live(x->status) && x->status != PENDING))
		return GO_ON;
	key = post_key_again(x->bt, c);
	if (key.p == NULL)
		return GO_ON;
	if (batch_conv_uniq(x->bt, key) != NULL)
		return OUTCOME_DUPLICATE;
	c->uniq = key;
	batch_conv_keyed(x->bt, c);
	return GO_ON;
}

enum err
edit_decide(struct batch *bt, struct batch_event *e)
{
	struct edit x = {.bt = bt, .e = e};
	unsigned step;
	bool late;

	x.c = e->txn_id_us == 0 ? NULL : batch_conv_txn(bt, e->txn_id_us, e->txn_id_node);
	step = x.c == NULL ? OUTCOME_INVALID_TXN : read_fields(&x);
	if (step == GO_ON)
		step = read_rate(&x);
	if (step == GO_ON) {
		e->offer_id = x.c->offer_id;
		e->affiliate_id = x.c->affiliate_id;
		step = take_key(&x);
		late = undo_open(x.c) != NULL && is_live(x.status);
		if (step == GO_ON && !late)
			step = change_amounts(&x);
		if (step == GO_ON)
			step = change_status(&x);
		if (step == GO_ON && late && x.err == ERR_OK)
			step = change_amounts(&x);
		if (step == GO_ON)
			change_comment(&x);
	}
	e->outcome = (uint8_t)(step == GO_ON ? OUTCOME_STATUS_CHANGED : step);
	return x.err;
}
