/* SPDX-License-Identifier: Apache-2.0
 * events.c - a batch of events: read, decide, write, answer.  batch.h has the picture.
 */
#define XXH_INLINE_ALL
#include <inttypes.h>
#include <xxhash.h>

#include "base/log.h"
#include "book/batch.h"
#include "book/post.h"
#include "book/txnid.h"

/* The last slot number marks the hashes of ledger rows: a worker's slot never gets there.
 */
#define LEDGER_SLOT 999u

/* ----- reading an event ----- */

static void
read_offer_param(struct batch_event *e)
{
	struct str s = e->t.f[F_offerid];
	uint64_t id;

	if (s.n == 0)
		return;
	if (str_to_u64(s, &id) && id > 0 && id <= UINT32_MAX)
		e->offer_param = (uint32_t)id;
	else
		e->offer_param_bad = true;
}

/* "offerid:hash,offerid:hash": the one of the offer that the pixel names, else the only
 * one there is. */
static void
read_cookie(struct batch_event *e)
{
	struct str rest = e->t.f[F_cookie], found = STR_NONE;
	unsigned n = 0;

	while (rest.p != NULL && rest.n > 0) {
		struct str hash = str_split(&rest, ','), offer = str_split(&hash, ':');
		uint64_t id = 0;

		if (!str_to_u64(offer, &id) ||
		    (e->offer_param != 0 && id != e->offer_param))
			continue;
		found = hash;
		n++;
	}
	if (n == 1 && clickid_parse(found, &e->click_id) != CLICKID_OURS)
		e->click_id = (struct click_id){0, 0};
}

static void
read_click(struct batch_event *e)
{
	struct str s = e->t.f[F_click];

	if (s.n == 0) {
		if (e->item->kind == REC_POST)
			read_cookie(e);
		return;
	}
	e->click_sent = true;
	e->click_form = clickid_parse(s, &e->click_id);
	if (e->click_form != CLICKID_OURS) {
		e->click_id = (struct click_id){0, 0};
		return;
	}
	/* The hash of a ledger row is no click's. */
	if (e->item->kind == REC_POST || clickid_slot(e->click_id) != LEDGER_SLOT)
		return;
	e->txn_id_us = e->click_id.us;
	e->txn_id_node = clickid_node(e->click_id);
	e->click_id = (struct click_id){0, 0};
}

/* In Affise an action id that is not sent is the click's id, so one that is sent as such
 * is the same. */
static void
read_orderid(struct batch *bt, struct batch_event *e)
{
	struct click_id id;

	e->orderid = tsv_repair(bt->a, e->t.f[F_orderid]);
	if (e->head.source == SRC_AFFISE_POST && e->item->kind == REC_POST &&
	    e->click_sent && clickid_parse(e->orderid, &id) == CLICKID_OURS &&
	    id.us == e->click_id.us && id.lo == e->click_id.lo)
		e->orderid = STR_NONE;
}

/* The parameters of a signed request, but for those that sign it. */
static uint64_t
hash_params(struct str s, uint64_t h)
{
	while (s.p != NULL && s.n > 0) {
		struct str one = str_split(&s, '&');

		if (!str_starts(one, STR("ts=")) && !str_starts(one, STR("sig=")))
			h = XXH3_64bits_withSeed(one.p, one.n, h);
	}
	return h;
}

/* Who sends it again signs it anew. */
static uint64_t
hash_signed(const struct batch_event *e)
{
	uint64_t h = 0;

	for (unsigned i = 0; i < F_MAX; i++) {
		struct str s = e->t.f[i];

		if (i == F_request)
			h = hash_params(s, h);
		else if (i != F_signature && s.n > 0)
			h = XXH3_64bits_withSeed(s.p, s.n, h ^ i);
	}
	return h;
}

/* What makes two requests identical: everything but the time and the socket (E3). */
static uint64_t
hash_request(const struct batch_event *e)
{
	size_t head = rec_head(e->item->kind, e->item->version);
	uint64_t h = e->t.f[F_signature].n > 0
			 ? hash_signed(e)
			 : XXH3_64bits(e->item->bytes + head, e->item->len - head);

	h = XXH3_64bits_withSeed(e->head.sender, sizeof(e->head.sender), h);
	return h == 0 ? 1 : h;
}

static bool
read_event(struct batch *bt, struct batch_event *e, const struct fold_item *it)
{
	*e = (struct batch_event){.item = it};
	if ((it->kind != REC_POST && it->kind != REC_VOID && it->kind != REC_APPROVE &&
		it->kind != REC_REVENUE && it->kind != REC_REFUSED &&
		it->kind != REC_ANSWERED) ||
	    !rec_read(&e->head, &e->t, it->kind, it->version, it->bytes, it->len)) {
		log_error("the record at %" PRIu64 " is no event", it->pos);
		return false;
	}
	if (e->head.id.us <= 0 || e->head.id.us > BOOK_LATEST) {
		log_error("the event at %" PRIu64 " has no time that an id could bear",
		    it->pos);
		return false;
	}
	read_offer_param(e);
	read_click(e);
	read_orderid(bt, e);
	e->subscription = tsv_repair(bt->a, e->t.f[F_subscription_id]);
	e->goal = tsv_repair(bt->a, e->t.f[F_goal]);
	if (e->t.f[F_transactionid].n > 0 && it->kind != REC_POST &&
	    !txnid_parse(e->t.f[F_transactionid], &e->txn_id_us, &e->txn_id_node))
		e->txn_id_us = -1; /* names nothing */
	e->by_browser = it->kind == REC_POST && e->head.source == SRC_NATS_POST &&
			!e->click_sent && clickid_none(e->click_id) && e->t.f[F_ua].n > 0;
	if (it->kind == REC_POST && e->head.source != SRC_AFFISE_POST &&
	    e->orderid.n == 0 && (e->subscription.n > 0 || !e->click_sent))
		e->retry_hash = hash_request(e);
	return true;
}

/* ----- the course of a batch ----- */

static enum err
decide(struct batch *bt, struct batch_event *e)
{
	unsigned step = signed_check(bt, e);

	if (step != GO_ON) {
		e->outcome = (uint8_t)step;
		return ERR_OK;
	}
	switch (e->item->kind) {
	case REC_VOID:
		return undo_decide(bt, e);
	case REC_APPROVE:
		return approve_decide(bt, e);
	case REC_REVENUE:
		return correct_decide(bt, e);
	case REC_EDIT:
		return edit_decide(bt, e);
	case REC_REFUSED:
		e->outcome = OUTCOME_REFUSED;
		return ERR_OK;
	case REC_ANSWERED:
		return ERR_OK; /* answered_write() */
	default:
		return post_decide(bt, e);
	}
}

static enum err
run(struct batch *bt)
{
	enum err rc = load_all(bt);

	for (unsigned i = 0; rc == ERR_OK && i < bt->n; i++)
		rc = decide(bt, &bt->ev[i]);
	return rc == ERR_OK ? write_all(bt) : rc;
}

static void
answer(const struct batch *bt, const struct batch_event *e, struct rec_outcome *out)
{
	*out = (struct rec_outcome){e->unresolved ? 0 : e->head.tag, e->outcome, e->param,
	    (uint16_t)bt->node, e->offer_id, e->txn_us};
}

/* Events that stand for themselves. */
static enum err
book_plain(struct book *b, struct db *db, const struct fold_batch *batch,
    struct rec_outcome *out)
{
	struct batch bt;
	enum err rc = conf_begin(b->conf, db);

	if (rc != ERR_OK)
		return rc;
	batch_begin(&bt, b, db, batch->node_id, batch->last_txn_us, batch->n);
	for (unsigned i = 0; i < bt.n; i++) {
		if (!read_event(&bt, &bt.ev[i], &batch->item[i]))
			return ERR_INVALID;
	}
	rc = run(&bt);
	for (unsigned i = 0; rc == ERR_OK && i < bt.n; i++)
		answer(&bt, &bt.ev[i], &out[i]);
	return rc;
}

/* A call about many conversions is a batch of its own. */
static enum err
book_bulk(struct book *b, struct db *db, const struct fold_batch *batch,
    struct rec_outcome *out)
{
	struct batch bt;
	bool complete = false;
	enum err rc = conf_begin(b->conf, db);

	if (rc == ERR_OK)
		rc = bulk_begin(&bt, b, db, batch->node_id, batch->last_txn_us,
		    batch->item, &complete);
	if (rc != ERR_OK || !complete)
		return rc;
	rc = run(&bt);
	if (rc == ERR_OK)
		answer(&bt, bt.whole, out);
	return rc;
}

enum err
book_events(struct book *b, struct db *db, const struct fold_batch *batch,
    struct rec_outcome *out)
{
	enum err rc = ERR_OK;

	assert(OBJ_IS(b, BOOK_MAGIC));
	for (unsigned i = 0, n; rc == ERR_OK && i < batch->n; i += n) {
		struct fold_batch some = *batch;

		some.item += i;
		for (n = 0; i + n < batch->n && !bulk_is(some.item[n].kind);)
			n++;
		some.n = n == 0 ? 1 : n;
		if (n == 0)
			rc = book_bulk(b, db, &some, &out[i]);
		else
			rc = book_plain(b, db, &some, &out[i]);
		n = some.n;
	}
	return rc;
}

/* ----- events whose click was not here ----- */

/* Those that can be decided by now: the click has come, or unknown is final. */
static const char sql_ripe[] =
    "SELECT u.body, u.event_us, u.event_lo FROM unresolved u WHERE u.state = 1 AND "
    "u.node_id = ? AND (u.click_us < "
    "(SELECT MIN(n.folded_through_us) FROM node n) OR EXISTS (SELECT 1 FROM click c "
    "WHERE c.click_us = u.click_us AND "
    "c.click_lo = u.click_lo)) ORDER BY u.event_us, u.event_lo LIMIT ?";

/* A body is the record with its kind and version before it. */
struct body_head {
	uint16_t kind, version;
};

struct ripe {
	struct fold_item item;
	struct click_id id; /* the event's, as the row has it */
};

static enum err
read_ripe(struct arena *a, struct db *db, unsigned node, unsigned cap, struct ripe *ripe,
    unsigned *n)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r, sql_ripe, "ii", (int64_t)node, (int64_t)cap);

	*n = 0;
	while (rc == ERR_OK && *n < cap && db_next(r)) {
		struct str body = arena_str(a, db_str(r, 0));
		struct body_head h = {0, 0};
		struct ripe *x = &ripe[(*n)++];

		x->id = (struct click_id){db_i64(r, 1), db_i64(r, 2)};
		if (body.n < sizeof(h))
			continue;
		memcpy(&h, body.p, sizeof(h));
		x->item =
		    (struct fold_item){h.kind, h.version, (uint32_t)(body.n - sizeof(h)),
			(const unsigned char *)body.p + sizeof(h), 0};
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* A body that cannot be read any more stays as unknown, and holds nobody else up. */
static enum err
set_aside(struct db *db, const struct ripe *x)
{
	return db_exec(db,
	    "UPDATE unresolved SET state = 2 WHERE event_us = ? AND event_lo = ?", "ii",
	    (int64_t)x->id.us, x->id.lo);
}

static enum err
run_ripe(struct batch *bt, const struct ripe *ripe, unsigned n_ripe,
    struct rec_outcome *out, unsigned *n)
{
	enum err rc = ERR_OK;

	bt->again = true;
	bt->n = 0;
	for (unsigned i = 0; rc == ERR_OK && i < n_ripe; i++) {
		if (ripe[i].item.bytes != NULL &&
		    read_event(bt, &bt->ev[bt->n], &ripe[i].item))
			bt->n++;
		else
			rc = set_aside(bt->db, &ripe[i]);
	}
	if (rc == ERR_OK)
		rc = run(bt);
	for (unsigned i = 0; rc == ERR_OK && i < bt->n; i++) {
		if (!bt->ev[i].unresolved)
			answer(bt, &bt->ev[i], &out[(*n)++]);
	}
	return rc;
}

enum err
book_unresolved(struct book *b, struct db *db, unsigned node_id, us_t *last_txn_us,
    struct rec_outcome *out, unsigned cap, unsigned *n)
{
	struct arena *bodies =
	    arena_new(); /* the batch's own is emptied by batch_begin() */
	struct ripe *ripe = arena_alloc(bodies, (cap + 1) * sizeof(*ripe));
	struct batch bt;
	unsigned n_ripe;
	enum err rc = read_ripe(bodies, db, node_id, cap, ripe, &n_ripe);

	assert(OBJ_IS(b, BOOK_MAGIC));
	*n = 0;
	if (rc == ERR_OK && n_ripe > 0) {
		rc = conf_begin(b->conf, db);
		batch_begin(&bt, b, db, node_id, last_txn_us, n_ripe);
		if (rc == ERR_OK)
			rc = run_ripe(&bt, ripe, n_ripe, out, n);
	}
	arena_free(&bodies);
	return rc;
}

enum err
book_aside(struct db *db, unsigned node_id)
{
	struct arena *bodies = arena_new();
	struct ripe first;
	unsigned n;
	enum err rc = read_ripe(bodies, db, node_id, 1, &first, &n);

	if (rc == ERR_OK && n == 1)
		rc = set_aside(db, &first);
	arena_free(&bodies);
	return rc;
}

enum err
book_preview(struct book *b, struct db *db, unsigned node_id,
    const struct fold_item *item, bool continuity, uint8_t *outcome, money_t *payout)
{
	us_t last_txn = 0;
	struct price_event price;
	struct batch bt;
	int64_t rate;
	enum err rc = conf_begin(b->conf, db);

	assert(OBJ_IS(b, BOOK_MAGIC));
	if (rc != ERR_OK)
		return rc;
	batch_begin(&bt, b, db, node_id, &last_txn, 1);
	if (!read_event(&bt, &bt.ev[0], item))
		return ERR_INVALID;
	rc = load_all(&bt);
	if (rc == ERR_OK)
		rc = post_preview(&bt, &bt.ev[0],
		    continuity ? PRICE_CONTINUITY : PRICE_INITIAL, &price, &rate);
	if (rc != ERR_OK)
		return rc;
	*outcome = bt.ev[0].outcome;
	*payout = money_to_base(price.payout, rate);
	return ERR_OK;
}
