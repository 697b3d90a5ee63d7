/* SPDX-License-Identifier: Apache-2.0
 * undo.c - voids, chargebacks, omissions and their reversals (nats-behaviour.md §2.8, M4,
 * M8).
 *
 * The ledger only grows: what is undone gets a row with the opposite signs, booked on the
 * day it is reported, and a reversal is again such a row.  Only an omission stands on the
 * day of what it takes away.
 *
 *   conversion.open_void  0 ──void, chargeback──▶ that row ──reversal──▶ 0
 *                         0 ──omit──────────────▶ that row              (for good)
 */
#include "book/batch.h"

struct undo {
	struct batch *bt;
	struct batch_event *e;
	struct batch_conv *c;
	enum txn_type type; /* TXN_VOID, TXN_CHARGEBACK, TXN_OMIT */
	enum err err;       /* the database's */
	bool reverse;
	money_t cost;
};

static bool
is_yes(struct str s)
{
	return str_eq(s, STR("1")) || str_ieq(s, STR("true")) || str_ieq(s, STR("yes"));
}

static unsigned
read_type(struct undo *u)
{
	struct str s = u->e->t.f[F_type];

	u->reverse = is_yes(u->e->t.f[F_reverse]);
	u->type = TXN_VOID;
	if (s.n == 0 || str_ieq(s, STR("void")))
		return GO_ON;
	if (str_ieq(s, STR("chargeback")))
		u->type = TXN_CHARGEBACK;
	else if (str_ieq(s, STR("omit")))
		u->type = TXN_OMIT;
	else
		return OUTCOME_INVALID_TXN;
	return GO_ON;
}

static unsigned
read_cost(struct undo *u)
{
	struct str s = u->e->t.f[F_cost];

	u->cost = 0;
	if (u->reverse || u->type != TXN_CHARGEBACK || s.n == 0 ||
	    (money_parse(s, &u->cost) && u->cost >= 0 && u->cost <= MONEY_MOST))
		return GO_ON;
	u->e->param = F_cost;
	return OUTCOME_BAD_AMOUNT;
}

static unsigned
may_undo(struct undo *u)
{
	bool remote =
	    u->e->head.source == SRC_NATS_POST || u->e->head.source == SRC_AFFISE_POST;
	unsigned step;

	if (remote && !conf_net(u->bt->conf)->ALLOW_REMOTE_VOID_POSTS)
		return OUTCOME_VOIDS_OFF;
	step = read_type(u);
	if (step == GO_ON)
		step = read_cost(u);
	if (step == GO_ON)
		step = approve_select(u->bt, u->e, &u->c);
	if (step != GO_ON)
		return step;
	u->e->offer_id = u->c->offer_id;
	u->e->affiliate_id = u->c->affiliate_id;
	return sender_void(u->bt, u->e, u->c);
}

static bool
is_base(const struct batch_txn *t)
{
	return t->booked && (t->type == TXN_INITIAL || t->type == TXN_CONTINUITY ||
				t->type == TXN_GOAL);
}

/* The row that booked the conversion; NULL: nothing did. */
const struct batch_txn *
undo_original(const struct batch_conv *c)
{
	const struct batch_txn *last = NULL;

	/* An edit may have taken it back and booked it again. */
	for (const struct batch_txn *t = c->txn; t != NULL; t = t->next) {
		if (is_base(t))
			last = t;
	}
	return last;
}

/* M8: a share of his payout follows his payout; shares of revenue or margin always
 * reverse. */
static bool
follows_affiliate(uint8_t role)
{
	return role != ROLE_MANAGER && role != ROLE_PARTNER;
}

/* Adds a payout with the opposite sign to the row, into what the row has for that
 * receiver already. */
static void
pay_back(struct batch *bt, struct batch_txn *t, const struct batch_conv *c,
    const struct batch_payout *p)
{
	/* All of a confirmed one is payable, also when its hold was ended early. */
	us_t from = p->payable_from > t->booked_us && c->status != CONFIRMED
			? p->payable_from
			: t->booked_us;

	for (struct batch_payout *x = t->payout; x != NULL; x = x->next) {
		if (x->role != p->role || x->account_id != p->account_id)
			continue;
		x->amount -= p->amount;
		x->amount_b -= p->amount_b;
		if (from > x->payable_from)
			x->payable_from = from;
		return;
	}
	batch_pay(bt, t, p->role, p->account_id, -p->amount, -p->amount_b, from);
}

void
undo_drop_empty(struct batch_txn *t)
{
	struct batch_payout **p = &t->payout;

	while (*p != NULL) {
		if ((*p)->amount == 0 && (*p)->amount_b == 0)
			*p = (*p)->next;
		else
			p = &(*p)->next;
	}
}

void
undo_pay_back(struct batch *bt, struct batch_txn *to, const struct batch_conv *c,
    bool affiliates, bool others)
{
	for (const struct batch_txn *t = c->txn; t != NULL && t != to; t = t->next) {
		for (const struct batch_payout *p = t->payout; t->booked && p != NULL;
		     p = p->next) {
			if (follows_affiliate(p->role) ? affiliates : others)
				pay_back(bt, to, c, p);
		}
	}
	undo_drop_empty(to);
}

/* M4: the sum of all booked rows of the conversion, corrections included. */
static void
negate_all(struct undo *u, struct batch_txn *to)
{
	for (const struct batch_txn *t = u->c->txn; t != NULL && t != to; t = t->next) {
		if (!t->booked)
			continue;
		to->revenue -= t->revenue;
		to->revenue_b -= t->revenue_b;
		to->gross -= t->gross;
	}
	undo_pay_back(u->bt, to, u->c, to->deducted, true);
}

/* The fee is always booked, and passed on when the payout is taken back (M8): once as
 * cost and once as a negative payout. */
static void
charge(struct undo *u, struct batch_txn *t)
{
	money_t amount = money_muldiv(u->cost, u->c->rate, MONEY_UNIT);

	t->cost_b = u->cost;
	if (t->deducted && u->cost != 0)
		batch_pay(u->bt, t, ROLE_AFFILIATE, u->c->affiliate_id, -amount, -u->cost,
		    t->booked_us);
}

/* Shown back (decisions.md §3): declined when the payout was taken back, else with
 * revenue 0. */
static void
mark_undone(struct undo *u, const struct batch_txn *t)
{
	struct batch_conv *c = u->c;

	batch_conv_leave(u->bt, c);
	if (t->deducted) {
		c->status = DECLINED;
		c->hold_until = 0;
	} else {
		c->revenue = 0;
		c->revenue_b = 0;
	}
	c->void_us = t->us;
	c->void_node = t->node;
	batch_conv_changed(c, u->e->head.id.us);
	batch_conv_enter(u->bt, c);
}

static bool
takes_payout_back(const struct undo *u, const struct batch_txn *base)
{
	const struct conf_offer *o = conf_offer(u->bt->conf, u->c->offer_id);

	if (u->type == TXN_OMIT || o == NULL)
		return true;
	return price_deducts(
	    &o->deduct, u->type == TXN_CHARGEBACK, base->booked_us, u->e->head.id.us);
}

static bool
takes_all_back(const struct undo *u)
{
	const struct conf_offer *o = conf_offer(u->bt->conf, u->c->offer_id);

	return o != NULL && o->full_customer &&
	       (u->c->customer != NULL || u->c->customer_id != 0);
}

static void
refer_to(struct batch_txn *t, const struct batch_txn *to)
{
	t->ref_us = to->us;
	t->ref_node = to->node;
}

/* The transaction counts as never having happened: on its own day, in its own columns. */
static struct batch_txn *
omit(struct undo *u, const struct batch_txn *base)
{
	struct batch_txn *t = batch_txn_new(u->bt, u->e, u->c, TXN_OMIT, true);

	t->booked_us = base->booked_us;
	t->deducted = true;
	refer_to(t, base);
	negate_all(u, t);
	return t;
}

static struct batch_txn *
take_away(struct undo *u, const struct batch_txn *base)
{
	struct batch_txn *t = batch_txn_new(u->bt, u->e, u->c, u->type, true);

	t->deducted = takes_payout_back(u, base);
	t->full_customer = t->deducted && takes_all_back(u);
	refer_to(t, base);
	negate_all(u, t);
	charge(u, t);
	return t;
}

const struct batch_txn *
undo_open(const struct batch_conv *c)
{
	for (const struct batch_txn *t = c->txn; t != NULL && c->void_us != 0;
	     t = t->next) {
		if (t->us == c->void_us && t->node == c->void_node)
			return t;
	}
	return NULL;
}

static unsigned
undo(struct undo *u)
{
	const struct batch_txn *base = undo_original(u->c), *is_open = undo_open(u->c);
	struct batch_txn *t;

	if (is_open != NULL)
		return is_open->type == TXN_CHARGEBACK ? OUTCOME_CHARGEBACK_EXISTS
						       : OUTCOME_VOID_EXISTS;
	if (base == NULL || (u->c->status != CONFIRMED && u->c->status != HOLD))
		return OUTCOME_INVALID_TXN; /* never booked, so there is nothing to take
					       away */
	t = u->type == TXN_OMIT ? omit(u, base) : take_away(u, base);
	mark_undone(u, t);
	batch_txn_done(u->bt, t);
	if (t->full_customer)
		u->err = fullcustomer_take(u->bt, u->e, t);
	u->e->txn_us = t->us;
	return OUTCOME_BOOKED;
}

/* When the affiliate's payout becomes payable; 0: he has none. */
static us_t
payable_from(const struct batch_txn *base)
{
	for (const struct batch_payout *p = base->payout; p != NULL; p = p->next) {
		if (p->role == ROLE_AFFILIATE)
			return p->payable_from;
	}
	return 0;
}

static void
mark_restored(struct undo *u, const struct batch_txn *was)
{
	const struct batch_txn *base = undo_original(u->c);
	struct batch_conv *c = u->c;
	us_t at = u->e->head.id.us, from = payable_from(was);

	/* A hold that was ended early is over: what was taken back says so. */
	if (from == 0 && base != NULL)
		from = payable_from(base);
	batch_conv_leave(u->bt, c);
	if (was->deducted) {
		c->status = from > at ? HOLD : CONFIRMED;
		c->hold_until = from > at ? from : 0;
	} else {
		c->revenue = -was->revenue;
		c->revenue_b = -was->revenue_b;
	}
	c->void_us = 0;
	c->void_node = 0;
	batch_conv_changed(c, at);
	batch_conv_enter(u->bt, c);
}

/* Restores exactly what the void took, receivers and fee included. */
static unsigned
reverse(struct undo *u)
{
	const struct batch_txn *was = undo_open(u->c);
	struct batch_txn *t;

	if (was == NULL || was->type == TXN_OMIT)
		return OUTCOME_NO_VOID;
	t = batch_txn_new(u->bt, u->e, u->c,
	    was->type == TXN_CHARGEBACK ? TXN_CHARGEBACK_REVERSAL : TXN_VOID_REVERSAL,
	    true);
	t->deducted = was->deducted;
	refer_to(t, was);
	t->revenue = -was->revenue;
	t->revenue_b = -was->revenue_b;
	t->gross = -was->gross;
	t->cost_b = -was->cost_b;
	for (const struct batch_payout *p = was->payout; p != NULL; p = p->next)
		batch_pay(u->bt, t, p->role, p->account_id, -p->amount, -p->amount_b,
		    p->payable_from > t->booked_us ? p->payable_from : t->booked_us);
	mark_restored(u, was);
	batch_txn_done(u->bt, t);
	u->err = fullcustomer_reversed(u->bt, u->e, u->c, was);
	u->e->txn_us = t->us;
	return OUTCOME_BOOKED;
}

void
undo_take(struct batch *bt, struct batch_event *e, struct batch_conv *c)
{
	struct undo u = {.bt = bt, .e = e, .c = c, .type = TXN_VOID};
	const struct batch_txn *base = undo_original(c);
	struct batch_txn *t = batch_txn_new(bt, e, c, TXN_VOID, true);

	t->deducted = true;
	if (base != NULL)
		refer_to(t, base);
	negate_all(&u, t);
	mark_undone(&u, t);
	batch_txn_done(bt, t);
	e->txn_us = t->us;
}

unsigned
undo_reverse(struct batch *bt, struct batch_event *e, struct batch_conv *c, enum err *rc)
{
	struct undo u = {.bt = bt, .e = e, .c = c};
	unsigned said = reverse(&u);

	*rc = u.err;
	return said == OUTCOME_BOOKED ? GO_ON : said;
}

enum err
undo_decide(struct batch *bt, struct batch_event *e)
{
	struct undo u = {.bt = bt, .e = e};
	unsigned step = may_undo(&u);

	if (step == GO_ON)
		step = u.reverse ? reverse(&u) : undo(&u);
	e->outcome = (uint8_t)step;
	return u.err;
}
