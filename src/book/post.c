/* SPDX-License-Identifier: Apache-2.0
 * post.c - what a reported conversion is and what it is worth.
 *
 * In this order, and the first that has something to say ends it:
 *
 *   which click ── whose offer, may the sender report for it ── are the amounts amounts
 *     └─ which goal ── which kind (nats-behaviour.md §2.2, E2) ── a repetition (E3)?
 *          └─ price (price.h) ── status: declined, pending or booked ── rows
 */
#define XXH_INLINE_ALL
#include "book/post.h"

#include <inttypes.h>
#include <stdio.h>
#include <xxhash.h>

#include "book/post_priv.h"
#include "book/txnid.h"

/* How far a node's clock may be ahead of another's before a click's time lies in the
 * future. */
#define CLOCKS_APART (5 * US_SECOND)
#define LONGEST_ORDER 190u /* F_orderid of tbl/fields.h */

/* ----- keys ----- */

/* An order id stands for itself within its offer and goal; continuities share the base
 * conversion's keys, because a known order id is not accepted again as anything. */
static struct str
order_key(struct batch *bt, const struct conf_offer *o, uint32_t goal, struct str orderid)
{
	bool wide = str_eq(conf_net(bt->conf)->orderid_scope, STR("advertiser")) &&
		    o->advertiser_id != 0;
	uint32_t head[2] = {wide ? o->advertiser_id : o->id, goal};
	size_t n = orderid.n <= LONGEST_ORDER ? orderid.n : LONGEST_ORDER;
	char *to = arena_alloc(bt->a, 1 + sizeof(head) + n + sizeof(XXH128_hash_t));
	size_t at = 0;

	to[at++] = wide ? 'a' : 'o';
	memcpy(to + at, head, sizeof(head));
	at += sizeof(head);
	memcpy(to + at, orderid.p, n);
	at += n;
	/* Only what was repaired is longer than a field may be; the column is not. */
	if (n < orderid.n) {
		XXH128_hash_t h = XXH3_128bits(orderid.p, orderid.n);

		memcpy(to + at, &h, sizeof(h));
		at += sizeof(h);
	}
	return str_n(to, at);
}

static struct str
click_key(struct batch *bt, uint32_t offer, uint32_t goal, struct click_id id)
{
	uint32_t head[2] = {offer, goal};
	char *to = arena_alloc(bt->a, 1 + sizeof(head) + sizeof(id));

	to[0] = 'c';
	memcpy(to + 1, head, sizeof(head));
	memcpy(to + 1 + sizeof(head), &id, sizeof(id));
	return str_n(to, 1 + sizeof(head) + sizeof(id));
}

/* The goal's id; 0 with *named: one that nobody has used yet.  NATS senders may name it
 * by id as well, and call the conversion itself 0. */
static uint32_t
goal_of(struct batch *bt, const struct batch_event *e, bool *named)
{
	bool nats = !batch_is_affise(e);
	uint64_t id;
	uint32_t goal;

	*named = false;
	if (conf_goal_is_base(e->goal) || (nats && str_eq(e->goal, STR("0"))))
		return 0;
	*named = true;
	goal = conf_goal(bt->conf, e->goal);
	if (goal == 0 && nats && str_to_u64(e->goal, &id) && id <= UINT32_MAX &&
	    conf_goal_id(bt->conf, (uint32_t)id))
		goal = (uint32_t)id;
	return goal;
}

unsigned
post_keys(struct batch *bt, const struct batch_event *e, struct str key[POST_KEYS])
{
	const struct batch_click *click = batch_click(bt, e->click_id);
	const struct conf_offer *o =
	    conf_offer(bt->conf, click != NULL ? click->offer_id : e->offer_param);
	bool named;
	uint32_t goal;
	unsigned n = 0;

	if (e->item->kind != REC_POST || o == NULL)
		return 0;
	goal = goal_of(bt, e, &named);
	if (named && goal == 0)
		return 0;
	if (e->orderid.n > 0)
		key[n++] = order_key(bt, o, goal, e->orderid);
	else if (click != NULL)
		key[n++] = click_key(bt, o->id, goal, click->id);
	return n;
}

struct str
post_key_again(struct batch *bt, const struct batch_conv *c)
{
	const struct conf_offer *o = conf_offer(bt->conf, c->offer_id);
	char digits[TXNID_DIGITS + 1];

	if (o == NULL)
		return STR_NONE;
	txnid_digits(digits, c->us, c->node);
	/* One that was sent, or what set_orderid() of postrows.c made of the number. */
	if (!str_eq(c->orderid, arena_printf(bt->a, "N4N:%s", digits)))
		return order_key(bt, o, c->goal_id, c->orderid);
	if (c->kind == PRICE_CONTINUITY || clickid_none(c->click))
		return STR_NONE;
	return click_key(bt, o->id, c->goal_id, c->click);
}

/* ----- which click ----- */

/* E5: unknown is final once every node has folded past the click's time, or when that is
 * yet to come. */
static unsigned
not_here(struct post *p)
{
	struct click_id id = p->e->click_id;

	if (id.us > p->e->head.id.us + CLOCKS_APART)
		return OUTCOME_UNKNOWN_CLICK;
	p->err = load_folded(p->bt);
	if (p->err != ERR_OK)
		return OUTCOME_ACCEPTED;
	if (id.us < p->bt->folded)
		return OUTCOME_UNKNOWN_CLICK;
	p->e->unresolved = true;
	return OUTCOME_ACCEPTED;
}

static unsigned
click_by_id(struct post *p)
{
	p->click = batch_click(p->bt, p->e->click_id);
	if (p->click == NULL)
		return not_here(p);
	/* A refused click was given no id to report (C7). */
	return p->click->verdict >= VERDICT_REFUSED ? OUTCOME_UNKNOWN_CLICK : GO_ON;
}

static bool
still_lives(const struct post *p, const struct batch_customer *c)
{
	int64_t days = conf_net(p->bt->conf)->customer_lifetime_days;

	return days == 0 || p->e->head.id.us - c->first_us < days * US_DAY;
}

static void
find_customer(struct post *p, uint32_t offer)
{
	if (p->e->subscription.n == 0 || batch_is_affise(p->e))
		return;
	p->customer = batch_customer(p->bt, offer, p->e->subscription);
	p->lives = p->customer != NULL && still_lives(p, p->customer);
}

/* Hash, then a known subscription of the named offer, then the cookie, then address and
 * browser, then the code or the house (§1.6). */
static unsigned
which_click(struct post *p)
{
	const struct batch_event *e = p->e;

	if (e->visitor != NULL)
		return credit_import(p) ? GO_ON : OUTCOME_OFFER_DISABLED;
	if (e->click_sent) {
		if (e->click_form != CLICKID_OURS)
			return e->click_form == CLICKID_BAD ? OUTCOME_MALFORMED_CLICK
							    : OUTCOME_UNKNOWN_CLICK;
		return click_by_id(p);
	}
	if (e->offer_param != 0) {
		find_customer(p, e->offer_param);
		if (p->lives)
			p->click = batch_click(p->bt, p->customer->click);
		if (p->click != NULL || (p->lives && credit_customer(p)))
			return GO_ON;
	}
	if (!clickid_none(e->click_id))
		return click_by_id(p);
	if ((e->by_browser || e->by_address) && p->bt->folded <= e->head.id.us) {
		p->e->unresolved = true; /* the visitor's click may still be on its way */
		return OUTCOME_ACCEPTED;
	}
	return credit_without_click(p) ? GO_ON : OUTCOME_MISSING_CLICK;
}

/* ----- its offer, the sender, the values ----- */

static unsigned
which_offer(struct post *p)
{
	struct batch_event *e = p->e;

	e->offer_id = p->click->offer_id;
	e->affiliate_id = p->click->affiliate_id;
	if (e->offer_param_bad ||
	    (e->offer_param != 0 && e->offer_param != p->click->offer_id))
		return OUTCOME_OTHER_OFFER;
	p->offer = conf_offer(p->bt->conf, p->click->offer_id);
	p->affiliate = conf_account(p->bt->conf, p->click->affiliate_id);
	/* C4; who imports says what has happened. */
	if (p->offer == NULL || p->offer->deleted ||
	    (p->offer->status == OFFER_STOPPED && e->visitor == NULL))
		return OUTCOME_OFFER_DISABLED;
	return sender_post(p->bt, e, p->offer, p->click->landing_page_id, &p->open);
}

/* M9: a negative amount, one above MONEY_MOST, or one that is no decimal number, is
 * refused by name.  Not sent
 * and sent empty are the same. */
static unsigned
read_amount(struct post *p, enum rec_field f, money_t *out)
{
	struct str s = p->e->t.f[f];

	*out = PRICE_NONE;
	if (s.n == 0)
		return GO_ON;
	if (money_parse(s, out) && *out >= 0 && *out <= MONEY_MOST)
		return GO_ON;
	p->e->param = (uint8_t)f;
	return OUTCOME_BAD_AMOUNT;
}

static unsigned
read_status(struct post *p)
{
	struct str s = p->e->t.f[F_status];

	if (s.n == 0 || !batch_is_affise(p->e))
		return GO_ON;
	if (s.n != 1 || s.p[0] < '1' || s.p[0] > '5') {
		p->e->param = F_status;
		return OUTCOME_BAD_STATUS;
	}
	p->forced = (uint8_t)(s.p[0] - '0');
	return GO_ON;
}

/* The currency of the amounts sent; "" the usual one. */
static unsigned
read_currency(struct post *p)
{
	struct str s = p->e->t.f[F_currency];

	if (s.n == 0)
		return GO_ON;
	if (s.n == 3) {
		for (unsigned i = 0; i < 3; i++)
			p->currency[i] = s.p[i] >= 'a' && s.p[i] <= 'z'
					     ? (char)(s.p[i] & ~0x20)
					     : s.p[i];
		if (conf_rate(p->bt->conf, p->currency, p->e->head.id.us) > 0)
			return GO_ON;
	}
	p->e->param = F_currency;
	return OUTCOME_BAD_CURRENCY;
}

static unsigned
which_values(struct post *p)
{
	money_t sum = PRICE_NONE;
	unsigned step = read_amount(p, F_amount, &p->amount);

	if (step == GO_ON)
		step = read_amount(p, F_gross, &p->gross);
	if (step == GO_ON)
		step = read_amount(p, F_sum, &sum);
	if (step == GO_ON)
		step = read_currency(p);
	if (step == GO_ON)
		step = read_status(p);
	if (p->gross == PRICE_NONE && sum != PRICE_NONE) {
		p->gross = sum; /* M2 */
		p->sum = true;
	}
	return step;
}

static bool
goal_value_is_good(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
			(c >= 'A' && c <= 'Z') || c == '_' || c == '-'))
			return false;
	}
	return s.n > 0 && !str_eq(s, STR("0"));
}

static unsigned
which_goal(struct post *p)
{
	p->goal = goal_of(p->bt, p->e, &p->goal_named);
	if (!p->goal_named || p->goal != 0)
		return GO_ON;
	if (goal_value_is_good(p->e->goal))
		return GO_ON;
	p->e->param = F_goal;
	return OUTCOME_BAD_GOAL;
}

/* ----- which kind ----- */

/* All that its click has; nothing for what is credited without one. */
static const struct batch_conv *
of_click(const struct post *p)
{
	return clickid_none(p->click->id) ? NULL : batch_conv_click(p->bt, p->click->id);
}

static const struct batch_conv *
initial_of_click(const struct post *p)
{
	for (const struct batch_conv *c = of_click(p); c != NULL; c = c->same_click) {
		if (c->kind == PRICE_INITIAL && !batch_conv_is_freed(c))
			return c;
	}
	return NULL;
}

static bool
goal_on_click(const struct post *p)
{
	for (const struct batch_conv *c = of_click(p); c != NULL; c = c->same_click) {
		if (c->kind == PRICE_GOAL && c->goal_id == p->goal &&
		    !batch_conv_is_freed(c))
			return true;
	}
	return false;
}

static bool
converted_already(const struct post *p)
{
	return p->goal_named ? p->goal != 0 && goal_on_click(p)
			     : initial_of_click(p) != NULL;
}

/* Row 3 of §2.2: a second order on a click that has an initial, if it is nobody else's.
 */
static bool
is_second_order(const struct post *p, const struct batch_conv *initial)
{
	bool has_customer = initial->customer != NULL || initial->customer_id != 0;

	return p->e->orderid.n > 0 && (p->e->subscription.n == 0 || !has_customer);
}

/* A continuity is credited to the affiliate of the initial, not to a newer click. */
static void
credit_first_click(struct post *p)
{
	struct batch_click *first;

	assert(p->customer != NULL);
	first = batch_click(p->bt, p->customer->click);
	if (first == NULL)
		return;
	p->click = first;
	p->affiliate = conf_account(p->bt->conf, first->affiliate_id);
	p->e->affiliate_id = first->affiliate_id;
}

static unsigned
which_kind(struct post *p)
{
	const struct batch_conv *initial;

	p->kind = PRICE_INITIAL;
	if (p->e->matched && !p->lives && converted_already(p))
		return OUTCOME_DUPLICATE; /* E7: one conversion per matched click */
	if (p->goal_named) {
		p->kind = PRICE_GOAL;
		/* §2.10; by /postback the key alone decides. */
		if (!batch_is_affise(p->e) && p->e->orderid.n == 0 && p->goal != 0 &&
		    goal_on_click(p))
			return OUTCOME_DUPLICATE;
		return GO_ON;
	}
	if (batch_is_affise(p->e)) /* E2 */
		return GO_ON;
	if (p->customer == NULL)
		find_customer(p, p->click->offer_id);
	if (p->lives) {
		p->kind = PRICE_CONTINUITY;
		credit_first_click(p);
		return GO_ON;
	}
	if (p->customer != NULL) /* the customer's lifetime is over: an initial again */
		return GO_ON;
	initial = initial_of_click(p);
	if (initial == NULL)
		return GO_ON;
	if (!is_second_order(p, initial))
		return OUTCOME_DUPLICATE;
	p->kind = PRICE_CONTINUITY;
	return GO_ON;
}

/* ----- is it a repetition ----- */

/* The status of a pending conversion changes, and that is the only change a postback can
 * make. */
unsigned
post_change_status(
    struct batch *bt, struct batch_event *e, struct batch_conv *c, uint8_t status)
{
	const struct conf_offer *o = conf_offer(bt->conf, c->offer_id);
	us_t at = e->head.id.us;
	struct batch_txn *t = NULL;

	if (c->status != PENDING)
		return OUTCOME_NOT_PENDING;
	if (status == CONFIRMED)
		t = approve_conv(bt, e, c, 0);
	else if (status == HOLD)
		t = approve_conv(
		    bt, e, c, at + (us_t)(o == NULL ? 0 : o->hold_days) * US_DAY);
	if (t == NULL && status != PENDING && status != CONFIRMED && status != HOLD) {
		batch_conv_leave(bt, c);
		c->status = status;
		batch_conv_changed(c, at);
		batch_conv_enter(bt, c);
		t = batch_txn_new(bt, e, c, TXN_REJECTED, false);
		t->ref_us = c->us;
		t->ref_node = c->node;
		t->revenue = c->revenue;
		t->revenue_b = c->revenue_b;
		t->gross = c->gross;
		t->reason = STR("by postback");
	}
	/* What cannot be approved, for want of a rate, stays pending: no success for
	 * that. */
	if (t == NULL && status != PENDING)
		return OUTCOME_NOT_PENDING;
	e->txn_us = t == NULL ? c->us : t->us;
	return OUTCOME_STATUS_CHANGED;
}

static unsigned
repeated(struct post *p, struct batch_conv *c)
{
	if (p->forced == 0 || p->e->visitor != NULL)
		return OUTCOME_DUPLICATE;
	return post_change_status(p->bt, p->e, c, p->forced);
}

static bool
is_retry(const struct post *p)
{
	us_t at = p->e->head.id.us,
	     near = p->e->retry_hash == 0 || (p->e->subscription.n == 0 && p->uniq.n > 0)
			? 0
			: batch_retry(p->bt, p->e->retry_hash, at);
	us_t apart = at - near;

	return near != 0 && (apart < 0 ? -apart : apart) <
				conf_net(p->bt->conf)->retry_window * US_SECOND;
}

static unsigned
is_repetition(struct post *p)
{
	struct batch_conv *c;

	if (p->goal_named && p->goal == 0) { /* E1: created on first use */
		p->err = conf_goal_make(
		    p->bt->conf, p->bt->db, p->e->goal, p->e->head.id.us, &p->goal);
		if (p->err != ERR_OK)
			return OUTCOME_ACCEPTED;
	}
	if (p->e->orderid.n > 0)
		p->uniq = order_key(p->bt, p->offer, p->goal, p->e->orderid);
	else if (p->kind != PRICE_CONTINUITY && !clickid_none(p->click->id))
		p->uniq = click_key(p->bt, p->offer->id, p->goal, p->click->id);
	c = p->uniq.p == NULL ? NULL : batch_conv_uniq(p->bt, p->uniq);
	if (c != NULL)
		return repeated(p, c);
	return is_retry(p) ? OUTCOME_DUPLICATE : GO_ON;
}

/* ----- what it is worth ----- */

/* An amount as it was sent, in the rule's currency.  What names no currency is in base
 * for NATS and in the payment's own for Affise. */
static money_t
in_rule_currency(const struct post *p, money_t m)
{
	us_t at = p->e->head.id.us;
	int64_t from;

	if (m == PRICE_NONE || p->rate == 0)
		return m;
	if (p->currency[0] == '\0')
		from = batch_is_affise(p->e) ? p->rate : MONEY_UNIT;
	else
		from = conf_rate(p->bt->conf, p->currency, at);
	return from == p->rate || from == 0 ? m : money_muldiv(m, p->rate, from);
}

/* These are the click's data. */
static struct price_ask
what_is_asked(const struct post *p)
{
	const struct batch_click *k = p->click;
	uint8_t type = k->device_type;

	return (struct price_ask){.at = p->e->head.id.us,
	    .zone = conf_zone(p->bt->conf),
	    .goal = p->goal,
	    .country = k->country,
	    .goal_strict = batch_is_affise(p->e),
	    .affiliate = k->affiliate_id,
	    .city = k->place,
	    .os = {k->os[0], k->os[1], k->os[2]},
	    .devices = (uint8_t)((type < 7 ? 1u << type : 0) |
				 (k->ipod ? PRICE_DEVICE_IPOD : 0)),
	    .sub = k->sub,
	    .pool = p->offer->pool,
	    .n_pool = p->offer->n_pool};
}

static void
price(struct post *p)
{
	struct price_ask ask = what_is_asked(p);
	struct price_sent sent;
	struct price_rule now;

	if (p->click->verdict == VERDICT_TEST ||
	    !price_choose(p->offer->rule, p->offer->n_rules, &ask, &p->rule)) {
		struct str base = conf_net(p->bt->conf)->base_currency;

		price_rule_init(&p->rule);
		memcpy(p->rule.currency, base.p, base.n < 3 ? base.n : 3);
		p->rate = MONEY_UNIT;
		p->price.gross = in_rule_currency(p, p->gross);
		return;
	}
	if (p->offer->retro && p->kind == PRICE_CONTINUITY && p->lives) {
		/* Versions of rules are never edited in place, so the rates that were in
		 * force at his first transaction are still there.  M9: disable beats
		 * them. */
		now = p->rule;
		ask.at = p->customer->first_us;
		if (now.kind == PRICE_RULE_DISABLE ||
		    !price_choose(p->offer->rule, p->offer->n_rules, &ask, &p->rule))
			p->rule = now;
	}
	p->priced = true;
	p->rate = conf_rate(p->bt->conf, p->rule.currency, p->e->head.id.us);
	sent = (struct price_sent){in_rule_currency(p, p->amount),
	    in_rule_currency(p, p->gross), p->sum,
	    p->affiliate == NULL ? PRICE_NONE : p->affiliate->override};
	price_event(&p->rule, &p->offer->terms, p->kind, &sent, &p->price);
}

/* ----- its status ----- */

static bool
is_yes(struct str s)
{
	return str_eq(s, STR("1")) || str_ieq(s, STR("true")) || str_ieq(s, STR("yes"));
}

static bool
is_active(const struct conf_account *a)
{
	return a != NULL && !a->deleted && a->status == ACCOUNT_ACTIVE;
}

/* Whatever makes it wait for somebody; NULL: nothing does. */
static const char *
why_pending(const struct post *p)
{
	/* Without a click nobody knows how long it took. */
	us_t took = clickid_none(p->click->id) ? 0 : p->e->head.id.us - p->click->id.us;

	if (p->forced == PENDING || is_yes(p->e->t.f[F_pending]))
		return "sent as pending";
	if (!is_active(p->affiliate))
		return "account not active"; /* C6 */
	if (p->affiliate->auto_pending)
		return "auto pending";
	if (p->price.gross_missing)
		return "gross missing"; /* M2 */
	if (p->rate == 0)
		return "no exchange rate";
	if (p->open)
		return "unauthenticated"; /* E6 */
	if (p->offer->lockout_seconds > 0 && p->e->visitor == NULL &&
	    took < (us_t)p->offer->lockout_seconds * US_SECOND)
		return "approval lockout";
	return NULL;
}

static void
decline(struct post *p, uint8_t status, const char *reason)
{
	p->status = status;
	p->reason = reason;
}

/* Only caps that decline act on a conversion, and none on a rebill (C3). */
static bool
is_overcap(const struct post *p)
{
	const struct cap_subject s = {p->click->offer_id, p->offer->advertiser_id,
	    p->click->affiliate_id, p->goal, p->e->head.id.us};
	const struct cap_conv v = {p->status, p->kind,
	    p->e->subscription.n > 0 && !batch_is_affise(p->e) && !p->goal_named, false,
	    p->price.payout, p->rate == 0 ? 0 : money_to_base(p->price.payout, p->rate)};

	return p->kind != PRICE_CONTINUITY && capslot_is_full(p->bt, &s, &v);
}

static void
which_status(struct post *p)
{
	bool held =
	    p->forced == HOLD || (p->forced != CONFIRMED && p->offer->hold_days > 0);

	p->reason = "";
	if (p->click->verdict == VERDICT_TEST) {
		decline(p, NOT_FOUND, "test click"); /* E8 */
		return;
	}
	if (p->affiliate != NULL && p->affiliate->status == ACCOUNT_BANNED) {
		decline(p, DECLINED, "Partner is banned");
		return;
	}
	if (!p->priced) {
		decline(p, DECLINED, "Payments not found");
		return;
	}
	if (p->forced == DECLINED || p->forced == NOT_FOUND) {
		decline(
		    p, p->forced, p->e->visitor == NULL ? "by postback" : "by import");
		return;
	}
	iplimit_address(p->e, p->click, p->limit_ip);
	if (guard_rejects(p)) {
		decline(p, DECLINED, p->reason);
		return;
	}
	p->reason = guard_declines(p);
	if (p->reason != NULL) {
		decline(p, DECLINED, p->reason);
		return;
	}
	p->reason = why_pending(p);
	p->status = p->reason != NULL ? PENDING : held ? HOLD : CONFIRMED;
	if (is_overcap(p))
		decline(p, DECLINED, "Cap is reached");
	p->approved_at_once = post_is_booked(p) && p->offer->lockout_seconds > 0;
}

static uint8_t
outcome_of(uint8_t status)
{
	if (status == PENDING)
		return OUTCOME_PENDING;
	return status == DECLINED || status == NOT_FOUND ? OUTCOME_DECLINED
							 : OUTCOME_BOOKED;
}

enum err
post_decide(struct batch *bt, struct batch_event *e)
{
	static unsigned (*const steps[])(struct post *) = {which_click, which_offer,
	    which_values, which_goal, which_kind, is_repetition};
	struct post p = {.bt = bt, .e = e, .amount = PRICE_NONE, .gross = PRICE_NONE};
	unsigned step = GO_ON;

	for (size_t i = 0; step == GO_ON && i < ARRAY_LEN(steps); i++)
		step = steps[i](&p);
	if (p.err != ERR_OK)
		return p.err;
	if (step != GO_ON) {
		e->outcome = (uint8_t)step;
		return ERR_OK;
	}
	e->param = 0;
	price(&p);
	which_status(&p);
	postrows_book(&p);
	e->outcome = p.rejected != 0 ? p.rejected : outcome_of(p.status);
	return ERR_OK;
}

enum err
post_preview(struct batch *bt, struct batch_event *e, uint8_t kind,
    struct price_event *out, int64_t *rate)
{
	static unsigned (*const steps[])(struct post *) = {
	    which_click, which_offer, which_values};
	struct post p = {
	    .bt = bt, .e = e, .amount = PRICE_NONE, .gross = PRICE_NONE, .kind = kind};
	unsigned step = GO_ON;

	for (size_t i = 0; step == GO_ON && i < ARRAY_LEN(steps); i++)
		step = steps[i](&p);
	if (step == GO_ON)
		price(&p);
	if (step == GO_ON && !p.priced)
		step = OUTCOME_INVALID_TXN;
	e->outcome = (uint8_t)(step == GO_ON ? OUTCOME_BOOKED : step);
	*out = p.price;
	*rate = p.rate == 0 ? MONEY_UNIT : p.rate;
	return p.err;
}
