/* SPDX-License-Identifier: Apache-2.0
 * write.c - the rows of a batch of events, in bulk: new rows by LOAD DATA, changed ones
 * by an update that is joined with a JSON array, rollups last.
 */
#include <stdio.h>

#include "base/log.h"
#include "book/batch.h"
#include "book/tell.h"

#define LEDGER_SLOT 999u

/* ----- customers ----- */

static void
put_customer(struct jsonw *w, const struct batch_customer *c)
{
	jsonw_arr(w);
	jsonw_uint(w, c->offer_id);
	jsonw_str(w, c->subscription);
	jsonw_uint(w, c->affiliate_id);
	jsonw_int(w, c->click.us);
	jsonw_int(w, c->click.lo);
	jsonw_int(w, c->first_us);
	jsonw_end(w);
}

/* Those that are new, or (renewed) those whose life began again. */
static unsigned
put_customers(struct batch *bt, bool renewed)
{
	struct jsonw *w = bt->b->keys;
	unsigned n = 0;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_customer *c = bt->new_customers; c != NULL; c = c->next) {
		if (c->is_new == renewed)
			continue;
		put_customer(w, c);
		n++;
	}
	jsonw_end(w);
	return n;
}

/* clang-format off */
#define CUSTOMER_ROWS "JSON_TABLE(?, '$[*]' COLUMNS (offer INT UNSIGNED PATH '$[0]', v VARCHAR(190) " \
	"CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$[1]', affiliate INT UNSIGNED PATH '$[2]', " \
	"us BIGINT PATH '$[3]', lo BIGINT PATH '$[4]', f BIGINT PATH '$[5]')) k"
/* clang-format on */

static enum err
read_customer_ids(struct batch *bt)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(bt->db, &r,
	    "SELECT c.offer_id, c.subscription_id, c.id FROM " CUSTOMER_ROWS
	    " STRAIGHT_JOIN customer c FORCE INDEX (customer_subscription) ON c.offer_id "
	    "= k.offer AND c.subscription_id = "
	    "k.v",
	    "s", jsonw_text(bt->b->keys));

	while (rc == ERR_OK && db_next(r)) {
		struct batch_customer *c =
		    batch_customer(bt, (uint32_t)db_u64(r, 0), db_str(r, 1));

		if (c != NULL)
			c->id = db_u64(r, 2);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
write_customers(struct batch *bt)
{
	enum err rc = ERR_OK;

	if (put_customers(bt, false) > 0) {
		rc = db_exec(bt->db,
		    "INSERT INTO customer (offer_id, subscription_id, affiliate_id, "
		    "click_us, click_lo, first_us) SELECT "
		    "k.offer, k.v, k.affiliate, k.us, k.lo, k.f FROM " CUSTOMER_ROWS,
		    "s", jsonw_text(bt->b->keys));
		if (rc == ERR_DB_DUP) /* made by another node meanwhile */
			return ERR_DB_RETRY;
		if (rc == ERR_OK)
			rc = read_customer_ids(bt);
	}
	if (rc == ERR_OK && put_customers(bt, true) > 0)
		rc = db_exec(bt->db,
		    "UPDATE " CUSTOMER_ROWS " STRAIGHT_JOIN customer c FORCE INDEX "
		    "(customer_subscription) ON c.offer_id = "
		    "k.offer AND c.subscription_id = "
		    "k.v SET c.affiliate_id = k.affiliate, c.click_us = k.us, c.click_lo "
		    "= k.lo, c.first_us = k.f",
		    "s", jsonw_text(bt->b->keys));
	return rc;
}

/* ----- conversions ----- */

static void
put_or_null(struct tsv *t, money_t m)
{
	if (m == PRICE_NONE)
		tsv_null(t);
	else
		tsv_int(t, m);
}

static void
put_time_or_null(struct tsv *t, us_t at)
{
	if (at == 0)
		tsv_null(t);
	else
		tsv_int(t, at);
}

static void
put_conv_ids(struct tsv *t, const struct batch_conv *c)
{
	uint64_t customer = c->customer != NULL ? c->customer->id : c->customer_id;

	tsv_int(t, c->us);
	tsv_uint(t, c->node);
	tsv_uint(t, c->status);
	tsv_uint(t, c->kind);
	if (c->uniq.p == NULL)
		tsv_null(t);
	else
		tsv_bytes(t, c->uniq);
	tsv_text(t, c->orderid);
	tsv_uint(t, c->offer_id);
	tsv_uint(t, c->landing_page_id);
	tsv_uint(t, c->commission_id);
	tsv_uint(t, c->affiliate_id);
	tsv_uint(t, c->advertiser_id);
	tsv_uint(t, c->goal_id);
	if (customer == 0)
		tsv_null(t);
	else
		tsv_uint(t, customer);
	tsv_int(t, c->click.us);
	tsv_int(t, c->click.lo);
	tsv_uint(t, c->country);
	tsv_uint(t, c->device_type);
	tsv_uint(t, c->ua_id);
	tsv_uint(t, c->rule_id);
}

static void
put_conv(struct tsv *t, const struct batch_conv *c)
{
	put_conv_ids(t, c);
	tsv_text(t, c->percent ? STR("percent") : STR("fixed"));
	tsv_text(t, str_n(c->currency, strnlen(c->currency, 3)));
	tsv_int(t, c->rate);
	put_or_null(t, c->amount_sent);
	put_or_null(t, c->gross);
	tsv_int(t, c->revenue);
	tsv_int(t, c->payout);
	tsv_int(t, c->revenue_b);
	tsv_int(t, c->payout_b);
	tsv_int(t, c->created_us);
	tsv_int(t, c->updated_us);
	put_time_or_null(t, c->hold_until);
	put_time_or_null(t, c->void_us);
	if (c->void_us == 0)
		tsv_null(t);
	else
		tsv_uint(t, c->void_node);
	tsv_bytes(t, str_n((const char *)c->ip, sizeof(c->ip)));
	tsv_text(t, c->ocid);
	for (size_t i = 0; i < ARRAY_LEN(c->from->sub); i++)
		tsv_text(t, c->from->sub[i]);
	tsv_text(t, c->referrer);
	tsv_text(t, c->comment);
	tsv_text(t, c->extra);
	tsv_bytes(t, str_n((const char *)c->limit_ip, sizeof(c->limit_ip)));
	tsv_end(t);
}

static size_t
hex_of(char hex[2 * 256], struct str bytes)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < bytes.n; i++) {
		hex[2 * i] = digits[(unsigned char)bytes.p[i] >> 4];
		hex[2 * i + 1] = digits[(unsigned char)bytes.p[i] & 15];
	}
	return 2 * bytes.n;
}

/* After a LOAD that did not take every row: is it because another node booked the same
 * meanwhile? */
static enum err
who_was_first(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	char hex[2 * 256];
	int64_t theirs;
	enum err rc;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		if (!c->is_new || c->uniq.p == NULL || c->uniq.n > 256)
			continue;
		jsonw_arr(w);
		jsonw_str(w, str_n(hex, hex_of(hex, c->uniq)));
		jsonw_int(w, c->us);
		jsonw_uint(w, c->node);
		jsonw_end(w);
	}
	jsonw_end(w);
	rc = db_int(bt->db, &theirs, 0,
	    "SELECT COUNT(*) FROM JSON_TABLE(?, '$[*]' COLUMNS (h VARCHAR(512) PATH "
	    "'$[0]', us BIGINT PATH '$[1]', node "
	    "BIGINT PATH '$[2]')) k STRAIGHT_JOIN conversion c FORCE INDEX "
	    "(conversion_uniq) ON c.uniq_key = "
	    "UNHEX(k.h) WHERE c.conv_us <> k.us OR "
	    "c.node_id <> k.node",
	    "s", jsonw_text(w));
	if (rc != ERR_OK)
		return rc;
	return theirs > 0 ? ERR_DB_RETRY : ERR_DB_SQL;
}

static enum err
insert_convs(struct batch *bt)
{
	struct tsv *t = &bt->b->tsv;
	enum err rc;

	tsv_reset(t);
	for (const struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		if (c->is_new)
			put_conv(t, c);
	}
	if (t->rows == 0)
		return ERR_OK;
	rc = db_load(bt->db,
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE conversion CHARACTER SET binary",
	    tsv_data(t), t->rows);
	if (rc != ERR_DB_SQL)
		return rc;
	log_warn("conversions: %s", db_error(bt->db));
	return who_was_first(bt);
}

static void
put_change(struct jsonw *w, const struct batch_conv *c)
{
	char hex[2 * 256];

	jsonw_arr(w);
	jsonw_int(w, c->us);
	jsonw_uint(w, c->node);
	jsonw_int(w, c->was_updated_us);
	jsonw_uint(w, c->status);
	jsonw_int(w, c->updated_us);
	jsonw_int(w, c->rate);
	jsonw_int(w, c->revenue);
	jsonw_int(w, c->revenue_b);
	jsonw_int(w, c->payout_b);
	jsonw_int(w, c->hold_until);
	jsonw_int(w, c->void_us);
	jsonw_uint(w, c->void_node);
	jsonw_int(w, c->payout);
	jsonw_str(w, str_n(c->currency, strnlen(c->currency, 3)));
	jsonw_str(w, c->comment.p == NULL ? STR("") : c->comment);
	jsonw_str(w, c->takes_key && c->uniq.n <= 256 ? str_n(hex, hex_of(hex, c->uniq))
						      : STR(""));
	jsonw_end(w);
}

/* Only if they still are as they were read: else the batch has decided on something that
 * is no more. */
static enum err
update_convs(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	uint64_t n = 0;
	enum err rc;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		if (c->is_new || !c->changed)
			continue;
		put_change(w, c);
		n++;
	}
	jsonw_end(w);
	if (n == 0)
		return ERR_OK;
	rc = db_exec(bt->db,
	    "UPDATE JSON_TABLE(?, '$[*]' COLUMNS (us BIGINT PATH '$[0]', node BIGINT "
	    "PATH '$[1]', was BIGINT PATH "
	    "'$[2]', status BIGINT PATH '$[3]', updated BIGINT PATH '$[4]', rate BIGINT "
	    "PATH '$[5]', revenue BIGINT PATH "
	    "'$[6]', revenue_b BIGINT PATH '$[7]', payout_b BIGINT PATH '$[8]', hold "
	    "BIGINT PATH '$[9]', void BIGINT "
	    "PATH '$[10]', void_node BIGINT PATH '$[11]', payout BIGINT PATH '$[12]', "
	    "currency CHAR(3) PATH '$[13]', comment VARCHAR(1024) PATH '$[14]', uniq "
	    "VARCHAR(512) PATH '$[15]')) k "
	    "STRAIGHT_JOIN conversion c "
	    "FORCE INDEX (PRIMARY) ON c.conv_us = k.us AND "
	    "c.node_id = k.node SET c.status = k.status, c.updated_us = k.updated, "
	    "c.rate = k.rate, c.revenue = "
	    "k.revenue, c.revenue_b = k.revenue_b, c.payout = k.payout, c.payout_b = "
	    "k.payout_b, c.currency = k.currency, c.comment = k.comment, "
	    "c.uniq_key = IF(k.uniq = '', c.uniq_key, UNHEX(k.uniq)), "
	    "c.hold_until_us = NULLIF(k.hold, 0), "
	    "c.open_void_us = NULLIF(k.void, 0), c.open_void_node = IF(k.void = 0, NULL, "
	    "k.void_node) WHERE c.updated_us "
	    "= k.was",
	    "s", jsonw_text(w));
	/* Changed, or booked under that key, by another node meanwhile. */
	if (rc == ERR_DB_DUP || (rc == ERR_OK && db_affected(bt->db) != n))
		return ERR_DB_RETRY;
	return rc;
}

/* ----- clicks that converted ----- */

static enum err
keep_clicks(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	unsigned n = 0;

	jsonw_reset(w);
	jsonw_arr(w);
	for (unsigned i = 0; i < bt->clicks.slots; i++) {
		const struct batch_click *c = bytemap_at(&bt->clicks, i);

		if (c == NULL || !c->converted || c->kept)
			continue;
		jsonw_arr(w);
		jsonw_int(w, c->id.us);
		jsonw_int(w, c->id.lo);
		jsonw_end(w);
		n++;
	}
	jsonw_end(w);
	if (n == 0)
		return ERR_OK;
	return db_exec(bt->db,
	    "INSERT IGNORE INTO click_kept SELECT c.* FROM JSON_TABLE(?, '$[*]' COLUMNS "
	    "(us BIGINT PATH '$[0]', lo BIGINT "
	    "PATH '$[1]')) k STRAIGHT_JOIN click c FORCE INDEX (PRIMARY) ON c.click_us = "
	    "k.us AND c.click_lo = "
	    "k.lo",
	    "s", jsonw_text(w));
}

/* ----- the ledger ----- */

/* An initial has its click's hash, every other row one of its own (nats-behaviour.md
 * §1.5). */
static void
put_hash(struct tsv *t, const struct batch_txn *x)
{
	const struct batch_conv *c = x->conv;
	char hash[CLICKID_TEXT];
	bool clicks = c->kind == PRICE_INITIAL && !clickid_none(c->click) &&
		      (x->type == TXN_INITIAL || x->type == TXN_PENDING ||
			  (x->type == TXN_REJECTED && x->us == c->us));

	clickid_hash(
	    hash, clicks ? c->click : clickid_make(x->us, x->node, LEDGER_SLOT, 0));
	tsv_text(t, str_of(hash));
}

static void
put_txn(struct tsv *t, const struct batch_txn *x)
{
	const struct batch_conv *c = x->conv;

	tsv_int(t, x->us);
	tsv_uint(t, x->node);
	tsv_uint(t, x->type);
	tsv_uint(t, x->booked);
	tsv_uint(t, x->deducted);
	tsv_int(t, x->booked_us);
	tsv_int(t, x->event.us);
	tsv_int(t, x->event.lo);
	tsv_int(t, c->us);
	tsv_uint(t, c->node);
	put_time_or_null(t, x->ref_us);
	if (x->ref_us == 0)
		tsv_null(t);
	else
		tsv_uint(t, x->ref_node);
	put_hash(t, x);
	tsv_text(t, c->orderid);
	tsv_uint(t, c->offer_id);
	tsv_uint(t, c->landing_page_id);
	tsv_uint(t, c->commission_id);
	tsv_uint(t, c->affiliate_id);
	tsv_uint(t, c->advertiser_id);
	tsv_uint(t, c->goal_id);
	tsv_uint(t, c->country);
	tsv_uint(t, c->rule_id);
	tsv_text(t, str_n(x->currency, strnlen(x->currency, 3)));
	tsv_int(t, x->rate);
	tsv_int(t, x->revenue);
	tsv_int(t, x->revenue_b);
	tsv_int(t, x->gross);
	tsv_int(t, x->cost_b);
	tsv_text(t, c->ocid);
	tsv_text(t, x->custom);
	tsv_text(t, x->reason);
	tsv_uint(t, x->full_customer);
	tsv_end(t);
}

static void
put_payouts(struct tsv *t, const struct batch_txn *x)
{
	unsigned n = 1;

	for (const struct batch_payout *p = x->payout; p != NULL; p = p->next) {
		tsv_int(t, x->us);
		tsv_uint(t, x->node);
		tsv_uint(t, n++);
		tsv_uint(t, p->role);
		tsv_uint(t, p->account_id);
		tsv_text(t, str_n(x->currency, strnlen(x->currency, 3)));
		tsv_int(t, p->amount);
		tsv_int(t, p->amount_b);
		tsv_int(t, x->booked_us);
		tsv_int(t, p->payable_from);
		put_or_null(t, p->percent);
		tsv_end(t);
	}
}

static enum err
write_ledger(struct batch *bt)
{
	struct tsv *t = &bt->b->tsv;
	enum err rc;

	if (bt->written == NULL)
		return ERR_OK;
	tsv_reset(t);
	for (const struct batch_txn *x = bt->written; x != NULL; x = x->next_written)
		put_txn(t, x);
	rc = db_load(bt->db,
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE txn CHARACTER SET binary",
	    tsv_data(t), t->rows);
	tsv_reset(t);
	for (const struct batch_txn *x = bt->written; x != NULL; x = x->next_written)
		put_payouts(t, x);
	if (rc == ERR_OK && t->rows > 0)
		rc = db_load(bt->db,
		    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE payout_row CHARACTER SET "
		    "binary",
		    tsv_data(t), t->rows);
	return rc;
}

/* Two nodes cannot both write one: the loser's batch runs again and finds it. */
static enum err
write_retries(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	int64_t slot = conf_net(bt->conf)->retry_window * US_SECOND;
	unsigned n = 0;
	enum err rc;

	jsonw_reset(w);
	jsonw_arr(w);
	for (const struct batch_conv *c = bt->convs; c != NULL; c = c->next) {
		if (!c->is_new || c->retry_hash == 0 || slot == 0)
			continue;
		jsonw_arr(w);
		jsonw_uint(w, c->retry_hash);
		jsonw_int(w, c->created_us / slot);
		jsonw_int(w, c->created_us);
		jsonw_end(w);
		n++;
	}
	jsonw_end(w);
	if (n == 0)
		return ERR_OK;
	rc = db_exec(bt->db,
	    "INSERT INTO conversion_retry (retry_hash, slot, event_us) SELECT k.h, "
	    "k.slot, k.us FROM JSON_TABLE(?, "
	    "'$[*]' COLUMNS (h BIGINT UNSIGNED PATH '$[0]', slot BIGINT PATH '$[1]', us "
	    "BIGINT PATH '$[2]')) k",
	    "s", jsonw_text(w));
	return rc == ERR_DB_DUP ? ERR_DB_RETRY : rc;
}

/* ----- what became of the events ----- */

static void
put_log(struct batch *bt, const struct batch_event *e)
{
	struct tsv *t = &bt->b->tsv;

	tsv_int(t, e->head.id.us);
	tsv_int(t, e->head.id.lo);
	tsv_uint(t, bt->node);
	tsv_uint(t, e->item->kind);
	tsv_uint(t, e->outcome);
	tsv_uint(t, e->offer_id);
	tsv_uint(t, e->affiliate_id);
	put_time_or_null(t, e->txn_us);
	tsv_uint(t, e->param);
	tsv_bytes(t, str_n((const char *)e->head.sender, sizeof(e->head.sender)));
	tsv_text(t, e->t.f[F_request]);
	tsv_uint(t, e->head.source);
	tsv_uint(t, e->head.posted != 0);
	tsv_text(t, e->t.f[F_refused]);
	tsv_null(t); /* answered_write() */
	tsv_end(t);
}

static enum err
write_log(struct batch *bt)
{
	struct tsv *t = &bt->b->tsv;

	if (bt->n == 0)
		return ERR_OK;
	tsv_reset(t);
	if (bt->whole != NULL)
		put_log(bt, bt->whole);
	for (unsigned i = 0; bt->whole == NULL && i < bt->n; i++) {
		if (bt->ev[i].item->kind != REC_ANSWERED)
			put_log(bt, &bt->ev[i]);
	}
	if (t->rows == 0)
		return ERR_OK;
	return db_load(bt->db,
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE event_log CHARACTER SET binary",
	    tsv_data(t), t->rows);
}

static enum err
write_unresolved(struct batch *bt)
{
	struct tsv *t = &bt->b->tsv;

	tsv_reset(t);
	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];
		uint16_t head[2] = {e->item->kind, e->item->version};
		size_t n = sizeof(head) + e->item->len;
		bool any = e->by_browser || e->by_address;
		char *body;

		if (!e->unresolved)
			continue;
		body = arena_alloc(bt->a, n);
		memcpy(body, head, sizeof(head));
		memcpy(body + sizeof(head), e->item->bytes, e->item->len);
		tsv_int(t, e->head.id.us);
		tsv_int(t, e->head.id.lo);
		tsv_uint(t, bt->node);
		tsv_uint(t, 1);
		/* A pixel without any id waits until every click before it is here. */
		tsv_int(t, any ? e->head.id.us : e->click_id.us);
		tsv_int(t, any ? 0 : e->click_id.lo);
		tsv_bytes(t, str_n(body, n));
		tsv_end(t);
	}
	if (t->rows == 0)
		return ERR_OK;
	return db_load(bt->db,
	    "LOAD DATA LOCAL INFILE 'mem' INTO TABLE unresolved CHARACTER SET binary",
	    tsv_data(t), t->rows);
}

/* clang-format off */
#define SETTLED "JSON_TABLE(?, '$[*]' COLUMNS (us BIGINT PATH '$[0]', lo BIGINT PATH '$[1]', " \
	"outcome BIGINT PATH '$[2]', offer BIGINT PATH '$[3]', affiliate BIGINT PATH '$[4]', " \
	"txn BIGINT PATH '$[5]', param BIGINT PATH '$[6]')) k STRAIGHT_JOIN "
/* clang-format on */

/* E5: an event that was accepted and whose click does not exist is never dropped. */
static void
alarm_unknown(const struct batch_event *e)
{
	char hash[CLICKID_TEXT];

	clickid_hash(hash, e->click_id);
	log_error("a conversion that was accepted names click %s, which does not exist: "
		  "kept as unknown",
	    hash);
}

static enum err
settle_unresolved(struct batch *bt)
{
	struct jsonw *w = bt->b->keys;
	struct str rows;
	unsigned n = 0;
	enum err rc;

	jsonw_reset(w);
	jsonw_arr(w);
	for (unsigned i = 0; i < bt->n; i++) {
		const struct batch_event *e = &bt->ev[i];

		if (e->unresolved)
			continue;
		if (e->outcome == OUTCOME_UNKNOWN_CLICK)
			alarm_unknown(e);
		jsonw_arr(w);
		jsonw_int(w, e->head.id.us);
		jsonw_int(w, e->head.id.lo);
		jsonw_uint(w, e->outcome);
		jsonw_uint(w, e->offer_id);
		jsonw_uint(w, e->affiliate_id);
		jsonw_int(w, e->txn_us);
		jsonw_uint(w, e->param);
		jsonw_end(w);
		n++;
	}
	jsonw_end(w);
	if (n == 0)
		return ERR_OK;
	rows = jsonw_text(w);
	rc = db_exec(bt->db,
	    "UPDATE " SETTLED "event_log l FORCE INDEX (PRIMARY) ON l.event_us = k.us "
	    "AND l.event_lo = k.lo "
	    "SET l.outcome = k.outcome, l.offer_id "
	    "= k.offer, l.affiliate_id = k.affiliate, l.txn_us = NULLIF(k.txn, 0), "
	    "l.param = k.param",
	    "s", rows);
	if (rc == ERR_OK)
		rc = db_exec(bt->db,
		    "UPDATE " SETTLED "unresolved u FORCE INDEX (PRIMARY) ON u.event_us "
		    "= k.us AND u.event_lo "
		    "= k.lo SET u.state = 2 WHERE "
		    "k.outcome = 11",
		    "s", rows);
	if (rc == ERR_OK)
		rc = db_exec(bt->db,
		    "DELETE u FROM " SETTLED
		    "unresolved u FORCE INDEX (PRIMARY) ON u.event_us = k.us AND "
		    "u.event_lo = k.lo WHERE k.outcome <> 11",
		    "s", rows);
	return rc;
}

_Static_assert(OUTCOME_UNKNOWN_CLICK == 11, "stands in the statements above");

static enum err
write_outcomes(struct batch *bt)
{
	enum err rc;

	if (bt->again)
		return settle_unresolved(bt);
	rc = write_log(bt);
	if (rc == ERR_OK)
		rc = answered_write(bt);
	if (rc == ERR_OK && bt->whole != NULL)
		rc = bulk_write(bt);
	return rc == ERR_OK ? write_unresolved(bt) : rc;
}

static enum err
write_booked(struct batch *bt)
{
	return sums_write(bt->b->booked, bt->db);
}

static enum err
write_status(struct batch *bt)
{
	return sums_write(bt->b->status, bt->db);
}

enum err
write_all(struct batch *bt)
{
	static enum err (*const steps[])(struct batch *) = {write_customers, person_write,
	    insert_convs, update_convs, keep_clicks, write_ledger, write_retries,
	    signed_write, write_outcomes, tell_write, capslot_write, write_booked,
	    write_status};
	enum err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(steps); i++)
		rc = steps[i](bt);
	return rc;
}
