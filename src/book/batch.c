/* SPDX-License-Identifier: Apache-2.0
 * batch.c - see batch.h: the maps of a batch, new ledger rows, and what they add to the
 * rollups.
 */
#include "book/batch.h"

void
batch_begin(struct batch *bt, struct book *b, struct db *db, unsigned node,
    us_t *last_txn, unsigned n)
{
	arena_reset(b->arena);
	sums_reset(b->booked);
	sums_reset(b->status);
	*bt = (struct batch){.b = b,
	    .db = db,
	    .a = b->arena,
	    .conf = b->conf,
	    .node = node,
	    .last_txn = last_txn};
	bt->folded = -1;
	bt->n = n;
	bt->ev = arena_alloc(bt->a, (n + 1) * sizeof(*bt->ev));
	bt->written_end = &bt->written;
	bytemap_init(&bt->clicks, bt->a);
	bytemap_init(&bt->customers, bt->a);
	bytemap_init(&bt->by_uniq, bt->a);
	bytemap_init(&bt->by_click, bt->a);
	bytemap_init(&bt->by_order, bt->a);
	bytemap_init(&bt->by_id, bt->a);
	bytemap_init(&bt->by_txn, bt->a);
	bytemap_init(&bt->by_retry, bt->a);
	bytemap_init(&bt->caps, bt->a);
	bytemap_init(&bt->ips, bt->a);
	bytemap_init(&bt->signatures, bt->a);
}

static struct str
click_key(const struct click_id *id)
{
	return str_n((const char *)id, sizeof(*id));
}

/* An id as bytes, for the maps. */
struct row_id {
	us_t us;
	uint64_t node;
};

static struct str
row_key(const struct row_id *id)
{
	return str_n((const char *)id, sizeof(*id));
}

struct batch_click *
batch_click(const struct batch *bt, struct click_id id)
{
	return bytemap_get(&bt->clicks, click_key(&id));
}

/* A subscription id of 190 bytes, each of which may have been repaired to three. */
#define CUSTOMER_KEY (4 + 3 * 190)

static struct str
customer_key(char buf[CUSTOMER_KEY], uint32_t offer, struct str subscription)
{
	size_t n = subscription.n < CUSTOMER_KEY - 4 ? subscription.n : CUSTOMER_KEY - 4;

	memcpy(buf, &offer, 4);
	if (n > 0)
		memcpy(buf + 4, subscription.p, n);
	return str_n(buf, 4 + n);
}

struct batch_customer *
batch_customer(const struct batch *bt, uint32_t offer, struct str subscription)
{
	char buf[CUSTOMER_KEY];

	return bytemap_get(&bt->customers, customer_key(buf, offer, subscription));
}

void
batch_customer_add(struct batch *bt, struct batch_customer *c)
{
	char buf[CUSTOMER_KEY];

	bytemap_put(&bt->customers, customer_key(buf, c->offer_id, c->subscription), c);
}

struct batch_conv *
batch_conv_uniq(const struct batch *bt, struct str uniq)
{
	return bytemap_get(&bt->by_uniq, uniq);
}

struct batch_conv *
batch_conv_id(const struct batch *bt, us_t us, unsigned node)
{
	struct row_id id = {us, node};

	return bytemap_get(&bt->by_id, row_key(&id));
}

struct batch_conv *
batch_conv_txn(const struct batch *bt, us_t us, unsigned node)
{
	struct row_id id = {us, node};

	return bytemap_get(&bt->by_txn, row_key(&id));
}

void
batch_txn_known(struct batch *bt, us_t us, unsigned node, struct batch_conv *c)
{
	struct row_id id = {us, node};

	bytemap_put(&bt->by_txn, row_key(&id), c);
}

/* The times at which one request was booked. */
struct retry_time {
	us_t at;
	struct retry_time *next;
};

static us_t
distance(us_t a, us_t b)
{
	return a < b ? b - a : a - b;
}

us_t
batch_retry(const struct batch *bt, uint64_t hash, us_t at)
{
	const struct retry_time *t =
	    bytemap_get(&bt->by_retry, str_n((const char *)&hash, sizeof(hash)));
	us_t nearest = 0;

	for (; t != NULL; t = t->next) {
		if (nearest == 0 || distance(t->at, at) < distance(nearest, at))
			nearest = t->at;
	}
	return nearest;
}

void
batch_retry_put(struct batch *bt, uint64_t hash, us_t at)
{
	const struct str key = str_n((const char *)&hash, sizeof(hash));
	struct retry_time *t = arena_alloc(bt->a, sizeof(*t));

	*t = (struct retry_time){at, bytemap_get(&bt->by_retry, key)};
	bytemap_put(&bt->by_retry, key, t);
}

struct batch_conv *
batch_conv_click(const struct batch *bt, struct click_id id)
{
	return bytemap_get(&bt->by_click, click_key(&id));
}

struct batch_conv *
batch_conv_order(const struct batch *bt, struct str orderid)
{
	return bytemap_get(&bt->by_order, orderid);
}

struct batch_conv *
batch_conv_add(struct batch *bt, struct batch_conv *c)
{
	struct row_id id = {c->us, c->node};
	struct batch_conv *have = bytemap_get(&bt->by_id, row_key(&id));

	if (have != NULL)
		return have;
	if (c->txn_end == NULL)
		c->txn_end = &c->txn;
	c->next = bt->convs;
	bt->convs = c;
	bytemap_put(&bt->by_id, row_key(&id), c);
	if (c->uniq.p != NULL)
		bytemap_put(&bt->by_uniq, c->uniq, c);
	if (!clickid_none(c->click)) {
		c->same_click = batch_conv_click(bt, c->click);
		bytemap_put(&bt->by_click, click_key(&c->click), c);
	}
	c->same_order = batch_conv_order(bt, c->orderid);
	bytemap_put(&bt->by_order, c->orderid, c);
	return c;
}

void
batch_conv_keyed(struct batch *bt, struct batch_conv *c)
{
	c->takes_key = true;
	bytemap_put(&bt->by_uniq, c->uniq, c);
}

void
batch_txn_add(struct batch_conv *c, struct batch_txn *t)
{
	t->conv = c;
	t->next = NULL;
	*c->txn_end = t;
	c->txn_end = &t->next;
}

struct batch_txn *
batch_txn_new(struct batch *bt, const struct batch_event *e, struct batch_conv *c,
    enum txn_type type, bool booked)
{
	struct batch_txn *t = arena_alloc(bt->a, sizeof(*t));
	us_t us = e->head.id.us;

	/* Unique on this node, and as near to the event as that allows. */
	if (us <= *bt->last_txn)
		us = *bt->last_txn + 1;
	*bt->last_txn = us;
	t->us = us;
	t->node = bt->node;
	t->type = (uint8_t)type;
	t->booked = booked;
	t->is_new = true;
	memcpy(t->currency, c->currency, sizeof(t->currency));
	t->rate = c->rate;
	t->booked_us = e->head.id.us; /* E4 */
	t->event = e->head.id;
	t->custom = e->t.f[F_custom];
	t->page = e->t.f[F_frame].n > 0;
	/* A conversion's first row carries its number, and may come before the conversion
	 * is in the maps. */
	if (c->txn_end == NULL)
		c->txn_end = &c->txn;
	batch_txn_add(c, t);
	batch_txn_known(bt, t->us, t->node, c);
	*bt->written_end = t;
	bt->written_end = &t->next_written;
	return t;
}

struct batch_payout *
batch_pay(struct batch *bt, struct batch_txn *t, uint8_t role, uint32_t account,
    money_t amount, money_t amount_b, us_t payable_from)
{
	struct batch_payout *p, **end = &t->payout;

	while (*end != NULL)
		end = &(*end)->next;
	p = arena_alloc(bt->a, sizeof(*p));
	*p = (struct batch_payout){
	    role, account, amount, amount_b, payable_from, PRICE_NONE, NULL};
	*end = p;
	return p;
}

static void
key_of(struct sums_key *k, const struct batch *bt, const struct batch_conv *c, us_t at)
{
	memset(k, 0, sizeof(*k));
	k->bucket = sums_bucket(at);
	k->offer = c->offer_id;
	k->landing_page = c->landing_page_id;
	k->affiliate = c->affiliate_id;
	k->advertiser = c->advertiser_id;
	k->country = c->country;
	memcpy(k->currency, c->currency, 3);
	k->node = bt->node;
}

uint32_t
batch_offer_of(const struct batch *bt, const struct batch_event *e)
{
	const struct batch_click *c = batch_click(bt, e->click_id);

	return c != NULL ? c->offer_id : e->offer_param;
}

/* Where a row of this type is counted and summed (nats-behaviour.md §4.2); an omission
 * takes away from where its original stands. */
struct place {
	enum roll count, amount;
	int sign;
};

static struct place
place_of(const struct batch_conv *c, enum txn_type type)
{
	switch (type) {
	case TXN_CONTINUITY:
		return (struct place){ROLL_continuity, ROLL_continuity_amount, 1};
	case TXN_GOAL:
		return (struct place){ROLL_goal, ROLL_goal_amount, 1};
	case TXN_VOID:
		return (struct place){ROLL_void_n, ROLL_void_amount, 1};
	case TXN_CHARGEBACK:
		return (struct place){ROLL_chargeback_n, ROLL_chargeback_amount, 1};
	case TXN_VOID_REVERSAL:
		return (struct place){ROLL_void_reversal_n, ROLL_void_rev_amount, 1};
	case TXN_CHARGEBACK_REVERSAL:
		return (struct place){
		    ROLL_chargeback_reversal_n, ROLL_chargeback_rev_amount, 1};
	case TXN_OMIT: {
		struct place p = place_of(c, c->kind == PRICE_CONTINUITY ? TXN_CONTINUITY
					     : c->kind == PRICE_GOAL     ? TXN_GOAL
									 : TXN_INITIAL);
		p.sign = -1;
		return p;
	}
	case TXN_CORRECTION: { /* M5 */
		struct place p = place_of(c, c->kind == PRICE_CONTINUITY ? TXN_CONTINUITY
					     : c->kind == PRICE_GOAL     ? TXN_GOAL
									 : TXN_INITIAL);
		p.sign = 0;
		return p;
	}
	default:
		if (c->advertiser_id != 0)
			return (struct place){
			    ROLL_advertiser_initial, ROLL_initial_amount, 1};
		return (struct place){ROLL_conversion, ROLL_conversion_amount, 1};
	}
}

static int
undone_of(const struct batch_conv *c, enum txn_type type)
{
	if (c->kind != PRICE_INITIAL)
		return 0;
	if (type == TXN_VOID || type == TXN_CHARGEBACK)
		return 1;
	return type == TXN_VOID_REVERSAL || type == TXN_CHARGEBACK_REVERSAL ? -1 : 0;
}

static enum roll
column_of_role(uint8_t role)
{
	switch (role) {
	case ROLE_REFERRAL:
		return ROLL_referral_payout;
	case ROLE_MANAGER:
	case ROLE_MANAGER_PAYOUT:
		return ROLL_manager_payout;
	case ROLE_PARTNER:
		return ROLL_partner_payout;
	case ROLE_CORRECTION:
		return ROLL_correction_payout;
	default:
		return ROLL_affiliate_payout;
	}
}

void
batch_txn_done(struct batch *bt, const struct batch_txn *t)
{
	const struct batch_conv *c = t->conv;
	struct place p;
	struct sums_key k;
	int64_t *v;

	if (!t->booked)
		return;
	key_of(&k, bt, c, t->booked_us);
	k.commission = c->commission_id;
	p = place_of(c, t->type);
	v = sums_at(bt->b->booked, &k);
	v[p.count] += p.sign;
	v[p.amount] += t->revenue;
	v[p.amount + 1] +=
	    t->revenue_b; /* each amount's base stands behind it in tbl/rollup.h */
	v[ROLL_initial_undone] += undone_of(c, t->type);
	v[ROLL_cost_b] += t->cost_b;
	for (const struct batch_payout *x = t->payout; x != NULL; x = x->next) {
		enum roll col = column_of_role(x->role);

		v[col] += x->amount;
		v[col + 1] += x->amount_b;
	}
}

static void
move_status(struct batch *bt, const struct batch_conv *c, int by)
{
	struct sums_key k;
	int64_t *v;

	key_of(&k, bt, c, c->created_us);
	k.goal = c->goal_id;
	k.status = c->status;
	v = sums_at(bt->b->status, &k);
	v[ROLL_STATUS_n] += by;
	v[ROLL_STATUS_n_null] += c->payout == 0 ? by : 0;
	v[ROLL_STATUS_charge] += by * c->revenue;
	v[ROLL_STATUS_charge_b] += by * c->revenue_b;
	v[ROLL_STATUS_revenue] += by * c->payout;
	v[ROLL_STATUS_revenue_b] += by * c->payout_b;
}

void
batch_conv_leave(struct batch *bt, const struct batch_conv *c)
{
	move_status(bt, c, -1);
	capslot_move(bt, c, -1);
}

void
batch_conv_enter(struct batch *bt, const struct batch_conv *c)
{
	move_status(bt, c, 1);
	capslot_move(bt, c, 1);
}

void
batch_conv_changed(struct batch_conv *c, us_t at)
{
	c->changed = true;
	/* It moves with every change, which makes it the condition of the next update. */
	c->updated_us = at > c->updated_us ? at : c->updated_us + 1;
}
