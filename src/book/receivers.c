/* SPDX-License-Identifier: Apache-2.0
 * receivers.c - see receivers.h.
 */
#include "book/receivers.h"

/* One who gets a share of a conversion. */
struct share {
	uint8_t role;
	uint32_t account;
	pct_t percent;
	struct share *next;
};

struct shares {
	struct batch *bt;
	struct share *first, **end;
};

/* Who gets nothing, as the goal's rule that priced it says. */
static uint8_t
unpaid_by_rule(const struct batch *bt, const struct batch_conv *c)
{
	const struct conf_offer *o = conf_offer(bt->conf, c->offer_id);

	for (unsigned i = 0; c->kind == PRICE_GOAL && o != NULL && i < o->n_rules; i++) {
		if (o->rule[i].id == c->rule_id)
			return o->rule[i].unpaid;
	}
	return 0;
}

static void
add(struct shares *s, uint8_t role, uint32_t account, pct_t percent)
{
	struct share *x;

	if (percent == PRICE_NONE || percent == 0)
		return;
	x = arena_alloc(s->bt->a, sizeof(*x));
	*x = (struct share){role, account, percent, NULL};
	*s->end = x;
	s->end = &x->next;
}

static bool
earns(const struct conf_account *a)
{
	return a != NULL && !a->deleted && a->status == ACCOUNT_ACTIVE;
}

static bool
is_among(const uint32_t *seen, unsigned n, uint32_t id)
{
	for (unsigned i = 0; i < n; i++) {
		if (seen[i] == id)
			return true;
	}
	return false;
}

/* Up the chain of those who referred each other; a circle ends where it closes. */
static void
add_referrers(struct shares *s, const struct conf_account *affiliate)
{
	uint32_t seen[CONF_TIERS + 1];
	unsigned tiers;
	const pct_t *tier = conf_tiers(s->bt->conf, &tiers);
	const struct conf_account *a = affiliate;

	for (unsigned d = 0; a != NULL && d < (tiers > 0 ? tiers : 1); d++) {
		seen[d] = a->id;
		if (is_among(seen, d + 1, a->ref_id))
			return;
		a = conf_account(s->bt->conf, a->ref_id);
		if (!earns(a))
			continue;
		if (d == 0 && a->ref_percent != PRICE_NONE)
			add(s, ROLE_REFERRAL, a->id, a->ref_percent);
		else
			add(s, ROLE_REFERRAL, a->id, d < tiers ? tier[d] : PRICE_NONE);
	}
}

static void
add_managers(struct shares *s, const struct conf_account *affiliate)
{
	for (unsigned i = 0; i < affiliate->n_managers; i++) {
		const struct conf_account *m =
		    conf_account(s->bt->conf, affiliate->manager[i]);

		if (earns(m))
			add(s, m->of_margin ? ROLE_MANAGER : ROLE_MANAGER_PAYOUT, m->id,
			    m->manager_percent);
	}
}

static void
add_partners(struct shares *s, const struct conf_offer *o)
{
	for (unsigned i = 0; i < o->n_partners; i++) {
		if (earns(conf_account(s->bt->conf, o->partner[i].account)))
			add(s, ROLE_PARTNER, o->partner[i].account,
			    o->partner[i].percent);
	}
}

static struct share *
shares_of(struct batch *bt, const struct batch_conv *c)
{
	struct shares s = {.bt = bt};
	const struct conf_account *a = conf_account(bt->conf, c->affiliate_id);
	const struct conf_offer *o = conf_offer(bt->conf, c->offer_id);
	const uint8_t unpaid = unpaid_by_rule(bt, c);

	s.end = &s.first;
	if (a != NULL && (unpaid & PRICE_NO_REFERRAL) == 0)
		add_referrers(&s, a);
	if (a != NULL && (unpaid & PRICE_NO_MANAGER) == 0)
		add_managers(&s, a);
	if (o != NULL && (unpaid & PRICE_NO_PARTNER) == 0)
		add_partners(&s, o);
	return s.first;
}

static money_t
worth(uint8_t role, pct_t percent, money_t revenue, money_t payout)
{
	money_t base = payout;

	if (role == ROLE_PARTNER)
		base = revenue;
	else if (role == ROLE_MANAGER)
		base = revenue > payout ? revenue - payout : 0;
	return money_percent(base, percent);
}

static void
pay(struct batch *bt, struct batch_txn *t, const struct share *s, money_t amount,
    us_t payable_from)
{
	if (amount != 0)
		batch_pay(bt, t, s->role, s->account, amount,
		    money_to_base(amount, t->conv->rate), payable_from)
		    ->percent = s->percent;
}

void
receivers_pay(struct batch *bt, struct batch_txn *t, us_t payable_from)
{
	const struct batch_conv *c = t->conv;

	for (const struct share *s = shares_of(bt, c); s != NULL; s = s->next)
		pay(bt, t, s, worth(s->role, s->percent, c->revenue, c->payout),
		    payable_from);
}

static bool
has(const struct shares *s, uint8_t role, uint32_t account)
{
	for (const struct share *x = s->first; x != NULL; x = x->next) {
		if (x->role == role && x->account == account)
			return true;
	}
	return false;
}

/* Those that were paid, at the rates that stand beside what they got, and whoever would
 * have been, had what his share is of been worth anything: nothing leaves no row. */
static struct share *
shares_booked(struct batch *bt, const struct batch_conv *c)
{
	struct shares s = {.bt = bt};

	s.end = &s.first;
	for (const struct batch_txn *t = c->txn; t != NULL; t = t->next) {
		for (const struct batch_payout *p = t->payout; t->booked && p != NULL;
		     p = p->next) {
			if (!has(&s, p->role, p->account_id))
				add(&s, p->role, p->account_id, p->percent);
		}
	}
	for (const struct share *x = shares_of(bt, c); x != NULL; x = x->next) {
		if (!has(&s, x->role, x->account) &&
		    worth(x->role, x->percent, c->revenue, c->payout) == 0)
			add(&s, x->role, x->account, x->percent);
	}
	return s.first;
}

void
receivers_correct(struct batch *bt, struct batch_txn *t, money_t revenue, money_t payout,
    us_t payable_from)
{
	const struct batch_conv *c = t->conv;

	for (const struct share *s = shares_booked(bt, c); s != NULL; s = s->next)
		pay(bt, t, s,
		    worth(s->role, s->percent, revenue, payout) -
			worth(s->role, s->percent, c->revenue, c->payout),
		    payable_from);
}
