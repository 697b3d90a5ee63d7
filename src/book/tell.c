/* SPDX-License-Identifier: Apache-2.0
 * tell.c - what the affiliates are told of a batch: rows of notify_queue, in the
 * transaction that books.
 *
 * Each ledger row that a batch writes is a step in the life of its conversion, so nothing
 * is told that is not booked, and whatever replays happen, it is queued once.  Which
 * hooks hear of it is decided here, as the configuration stands when it is booked.  A row
 * carries what may be another when it is sent: the step, the status, the money.  All
 * else (click, subs, order, names) is looked up by its number then: it does not change
 * any more, and the booking stays short.
 */
#include "book/tell.h"
#include "base/log.h"
#include "domain/hook.h"
#include "domain/outbox.h"

enum { TOLD_AS_GOAL, TOLD_AS_CONVERSION, TOLD_AS_CONTINUITY, TOLD_NOTHING };
_Static_assert(TOLD_AS_CONVERSION == 1 && TOLD_AS_CONTINUITY == 2 && TOLD_NOTHING == 3,
    "stand in the statement below");

struct told {
	struct hook_event ev;
	const struct batch_conv *conv;
	const struct batch_txn *txn; /* NULL: a hold that has ended */
	money_t commission;
	bool page; /* pixels may stand in its answer */
	struct told *next;
};

struct teller {
	struct batch *bt;
	struct told *first, **end;
	unsigned n;
	struct hook_rule *rule;
	bool *chosen;
	unsigned n_rules;
	bool campaigns; /* a rule asks for one */
};

/* ----- the steps ----- */

static money_t
commission_of(const struct batch_txn *t)
{
	money_t sum = 0;

	for (const struct batch_payout *p = t->payout; p != NULL; p = p->next)
		sum += p->role == ROLE_AFFILIATE ? p->amount : 0;
	return sum;
}

static bool
is_undoing(uint8_t type)
{
	return type == TXN_VOID || type == TXN_CHARGEBACK || type == TXN_OMIT ||
	       type == TXN_VOID_REVERSAL || type == TXN_CHARGEBACK_REVERSAL;
}

static uint8_t
held_or(const struct batch_txn *t)
{
	for (const struct batch_payout *p = t->payout; p != NULL; p = p->next) {
		if (p->role == ROLE_AFFILIATE && p->payable_from > t->booked_us)
			return HOLD;
	}
	return CONFIRMED;
}

uint8_t
tell_status(const struct batch_txn *t)
{
	switch (t->type) {
	case TXN_PENDING:
		return PENDING;
	case TXN_REJECTED:
		return t->conv->status == NOT_FOUND ? NOT_FOUND : DECLINED;
	case TXN_VOID:
	case TXN_CHARGEBACK:
		return t->deducted ? DECLINED : t->conv->status;
	case TXN_OMIT:
		return DECLINED;
	default:
		/* A hold without money of his has no row that says so. */
		return t->payout == NULL && t->conv->status == HOLD ? HOLD : held_or(t);
	}
}

uint16_t
tell_step(const struct batch_txn *t)
{
	switch (t->type) {
	case TXN_INITIAL:
		return TELL_CONVERSION;
	case TXN_CONTINUITY:
		return TELL_CONTINUITY;
	case TXN_GOAL:
		return TELL_GOAL;
	case TXN_PENDING:
		return TELL_PENDING;
	case TXN_REJECTED:
		return TELL_REJECTED;
	default:
		if (!is_undoing(t->type))
			return 0;
		return t->deducted ? TELL_UNDONE : TELL_KEPT;
	}
}

/* Pending and approved at once (§2.5) is one step: the approval. */
static bool
is_superseded(const struct batch_txn *t)
{
	const struct batch_txn *next = t->next;

	return t->type == TXN_PENDING && next != NULL && next->is_new &&
	       next->event.us == t->event.us && next->event.lo == t->event.lo &&
	       next->ref_us == t->us && next->ref_node == t->node;
}

/* Test clicks are in no report (E8), and in nobody's mailbox. */
static bool
is_test(const struct batch_conv *c)
{
	return c->from != NULL && c->from->verdict == VERDICT_TEST;
}

static struct told *
add(struct teller *t, const struct batch_conv *c)
{
	struct told *x = arena_alloc(t->bt->a, sizeof(*x));

	x->conv = c;
	x->ev = (struct hook_event){.account_id = c->affiliate_id,
	    .offer_id = c->offer_id,
	    .goal = STR("1"),
	    .status = c->status};
	*t->end = x;
	t->end = &x->next;
	t->n++;
	return x;
}

static void
add_txn(struct teller *t, const struct batch_txn *x)
{
	struct told *d;

	if (tell_step(x) == 0 || is_superseded(x) || is_test(x->conv))
		return;
	d = add(t, x->conv);
	d->txn = x;
	d->ev.told = tell_step(x);
	d->ev.status = tell_status(x);
	d->ev.created = x->conv->is_new && x->event.us == x->conv->created_us;
	d->commission = x->type == TXN_PENDING ? x->conv->payout : commission_of(x);
	d->page = x->page && (x->type == TXN_INITIAL || x->type == TXN_CONTINUITY ||
				 x->type == TXN_GOAL || x->type == TXN_PENDING);
}

static void
collect(struct teller *t)
{
	for (const struct batch_txn *x = t->bt->written; x != NULL; x = x->next_written)
		add_txn(t, x);
	for (const struct batch_conv *c = t->bt->convs; c != NULL; c = c->next) {
		if (c->released)
			add(t, c)->ev.told = TELL_RELEASED;
	}
}

/* ----- what is known of offers, goals and clicks ----- */

/* A JSON array of one number of each step. */
static struct str
numbers(const struct teller *t, uint32_t (*of)(const struct told *))
{
	struct jsonw *w = t->bt->b->keys;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct told *x = t->first; x != NULL; x = x->next) {
		if (of(x) != 0)
			jsonw_uint(w, of(x));
	}
	jsonw_end(w);
	return jsonw_text(w);
}

static uint32_t
goal_of(const struct told *x)
{
	return x->conv->goal_id;
}

static uint32_t
offer_of(const struct told *x)
{
	return x->conv->offer_id;
}

/* Of all that an affiliate may have, those that any of these offers can meet. */
static struct str
affiliates_and_offers(const struct teller *t)
{
	struct jsonw *w = t->bt->b->keys;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct told *x = t->first; x != NULL; x = x->next) {
		jsonw_arr(w);
		jsonw_uint(w, x->conv->affiliate_id);
		jsonw_uint(w, x->conv->offer_id);
		jsonw_end(w);
	}
	jsonw_end(w);
	return jsonw_text(w);
}

static enum err
read_rules(struct teller *t)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(t->bt->db, &r,
	    "SELECT DISTINCT h.id, h.account_id, COALESCE(h.offer_id, 0), "
	    "COALESCE(h.campaign_id, 0), h.kind, h.status, h.events, h.forced, h.goal "
	    "FROM (SELECT DISTINCT affiliate, offer FROM JSON_TABLE(?, '$[*]' COLUMNS "
	    "(affiliate INT UNSIGNED PATH '$[0]', offer INT UNSIGNED PATH '$[1]')) j) k "
	    "STRAIGHT_JOIN hook h FORCE INDEX (hook_account) ON h.account_id = "
	    "k.affiliate AND (h.offer_id IS NULL OR h.offer_id = k.offer) WHERE "
	    "h.active AND h.moderation = 1 AND NOT h.deleted",
	    "s", affiliates_and_offers(t));

	while (rc == ERR_OK && db_next(r)) {
		struct hook_rule *h;

		t->rule = row_grow(t->bt->a, t->rule, t->n_rules, sizeof(*t->rule));
		h = &t->rule[t->n_rules++];
		*h = (struct hook_rule){(uint32_t)db_u64(r, 0), (uint32_t)db_u64(r, 1),
		    (uint32_t)db_u64(r, 2), (uint32_t)db_u64(r, 3), (uint8_t)db_u64(r, 4),
		    (uint8_t)db_u64(r, 5), (uint16_t)db_u64(r, 6), db_u64(r, 7) != 0,
		    arena_str(t->bt->a, db_str(r, 8))};
		t->campaigns = t->campaigns || h->campaign_id != 0;
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* A goal is told under its notify type, else under that of its column, or not at all when
 * that is for administrators alone. */
static void
set_goal(struct told *x, struct str value, uint64_t notify_type)
{
	x->ev.goal = value;
	if (notify_type == TOLD_NOTHING)
		x->ev.told = 0;
	if (x->ev.told != TELL_GOAL)
		return;
	if (notify_type == TOLD_AS_CONVERSION)
		x->ev.told = TELL_CONVERSION;
	else if (notify_type == TOLD_AS_CONTINUITY)
		x->ev.told = TELL_CONTINUITY;
}

static enum err
read_goals(struct teller *t)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(t->bt->db, &r,
	    "SELECT g.id, g.value, CASE WHEN c.admin_only THEN 3 WHEN g.notify_type <> "
	    "0 OR NOT c.enabled THEN g.notify_type WHEN c.notify_type = 'initial' THEN "
	    "1 WHEN c.notify_type = 'continuity' THEN 2 ELSE 0 END FROM (SELECT "
	    "DISTINCT id FROM JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) "
	    "j) k JOIN goal g ON g.id = k.id LEFT JOIN goal_column c ON c.id = "
	    "g.column_id",
	    "s", numbers(t, goal_of));

	while (rc == ERR_OK && db_next(r)) {
		struct str value = arena_str(t->bt->a, db_str(r, 1));

		for (struct told *x = t->first; x != NULL; x = x->next) {
			if (x->conv->goal_id == db_u64(r, 0))
				set_goal(x, value, db_u64(r, 2));
		}
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

struct hides {
	bool deductions, continuities, conversions;
};

/* An affiliate is not told what his account does not show (C9): steps that left his
 * money as it was, where the offer hides those of that kind. */
static bool
is_hidden(const struct told *x, const struct hides *h)
{
	if (x->commission != 0)
		return false;
	if (x->txn != NULL && is_undoing(x->txn->type))
		return h->deductions;
	if (x->txn == NULL && x->conv->payout != 0)
		return false;
	if (x->txn != NULL && x->txn->type == TXN_REJECTED && x->conv->payout != 0)
		return false;
	return x->conv->kind == PRICE_CONTINUITY ? h->continuities : h->conversions;
}

static enum err
read_hides(struct teller *t)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(t->bt->db, &r,
	    "SELECT o.id, o.hide_deductions, o.hide_continuities, o.hide_conversions "
	    "FROM (SELECT DISTINCT id FROM JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED "
	    "PATH '$')) j) k JOIN offer o ON o.id = k.id WHERE o.hide_deductions OR "
	    "o.hide_continuities OR o.hide_conversions",
	    "s", numbers(t, offer_of));

	while (rc == ERR_OK && db_next(r)) {
		const struct hides h = {
		    db_u64(r, 1) != 0, db_u64(r, 2) != 0, db_u64(r, 3) != 0};

		for (struct told *x = t->first; x != NULL; x = x->next) {
			if (x->conv->offer_id == db_u64(r, 0) && is_hidden(x, &h))
				x->ev.told = 0;
		}
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* Every conversion's click is among the kept ones by now (E10). */
static enum err
read_campaigns(struct teller *t)
{
	struct jsonw *w = t->bt->b->keys;
	struct db_rows *r = NULL;
	enum err rc;

	if (!t->campaigns)
		return ERR_OK;
	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct told *x = t->first; x != NULL; x = x->next) {
		jsonw_arr(w);
		jsonw_int(w, x->conv->click.us);
		jsonw_int(w, x->conv->click.lo);
		jsonw_end(w);
	}
	jsonw_end(w);
	rc = db_query(t->bt->db, &r,
	    "SELECT c.click_us, c.click_lo, c.campaign_id FROM JSON_TABLE(?, '$[*]' "
	    "COLUMNS (us BIGINT PATH '$[0]', lo BIGINT PATH '$[1]')) k STRAIGHT_JOIN "
	    "click_kept c FORCE INDEX (PRIMARY) ON c.click_us = k.us AND c.click_lo = "
	    "k.lo WHERE c.campaign_id <> 0",
	    "s", jsonw_text(w));
	while (rc == ERR_OK && db_next(r)) {
		for (struct told *x = t->first; x != NULL; x = x->next) {
			if (x->conv->click.us == db_i64(r, 0) &&
			    x->conv->click.lo == db_i64(r, 1))
				x->ev.campaign_id = (uint32_t)db_u64(r, 2);
		}
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* ----- rows ----- */

static void
put(struct tsv *v, const struct told *x, uint32_t hook, unsigned kind)
{
	const struct batch_conv *c = x->conv;
	us_t seq = x->txn != NULL ? x->txn->us : c->updated_us;

	tsv_uint(v, kind);
	tsv_uint(v, hook);
	tsv_uint(v, c->affiliate_id);
	tsv_int(v, c->us);
	tsv_uint(v, c->node);
	tsv_int(v, seq);
	tsv_int(v, x->txn != NULL ? x->txn->us : 0);
	tsv_uint(v, x->txn != NULL ? x->txn->node : 0);
	tsv_uint(v, x->ev.told);
	tsv_uint(v, x->ev.status);
	tsv_int(v, x->commission);
	tsv_int(v, c->payout);
	tsv_int(v, seq);
	tsv_int(v, seq); /* due at once */
	tsv_end(v);
}

/* The worker that has parked the request learns that there are pixels to show. */
static void
mark_page(struct batch *bt, const struct batch_txn *x)
{
	for (unsigned i = 0; i < bt->n; i++) {
		struct batch_event *e = &bt->ev[i];

		if (e->head.id.us == x->event.us && e->head.id.lo == x->event.lo)
			e->param = F_frame;
	}
}

static void
put_hooks(struct teller *t, struct tsv *v, const struct told *x, enum hook_kind kind)
{
	bool wider = conf_net(t->bt->conf)->consider_global_postback;

	if (hook_choose(t->rule, t->n_rules, kind, &x->ev, wider, t->chosen) == 0)
		return;
	if (kind != HOOK_POSTBACK)
		mark_page(t->bt, x->txn);
	for (unsigned i = 0; i < t->n_rules; i++) {
		if (t->chosen[i])
			put(v, x, t->rule[i].id,
			    kind == HOOK_POSTBACK ? OUTBOX_POSTBACK : OUTBOX_PAGE);
	}
}

static enum err
write_rows(struct teller *t)
{
	struct tsv *v = &t->bt->b->tsv;

	tsv_reset(v);
	t->chosen = arena_alloc(t->bt->a, t->n_rules * sizeof(*t->chosen));
	for (const struct told *x = t->first; x != NULL; x = x->next) {
		if (x->ev.told == 0)
			continue;
		put_hooks(t, v, x, HOOK_POSTBACK);
		for (unsigned k = HOOK_IFRAME; x->page && k <= HOOK_SCRIPT; k++)
			put_hooks(t, v, x, (enum hook_kind)k);
	}
	if (v->rows == 0)
		return ERR_OK;
	return db_load(t->bt->db,
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE notify_queue CHARACTER SET binary "
	    "(kind, hook_id, account_id, subject, subject_node, seq, txn_us, txn_node, "
	    "told, conv_status, commission, payout, created_us, due_us)",
	    tsv_data(v), v->rows);
}

enum err
tell_write(struct batch *bt)
{
	struct teller t = {.bt = bt};
	enum err rc;

	t.end = &t.first;
	collect(&t);
	if (t.n == 0)
		return ERR_OK;
	rc = read_rules(&t);
	if (rc != ERR_OK || t.n_rules == 0)
		return rc;
	rc = read_hides(&t);
	if (rc == ERR_OK)
		rc = read_goals(&t);
	if (rc == ERR_OK)
		rc = read_campaigns(&t);
	return rc == ERR_OK ? write_rows(&t) : rc;
}
