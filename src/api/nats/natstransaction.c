/* SPDX-License-Identifier: Apache-2.0
 * natstransaction.c - /api/transaction: calls that move money.
 *
 * Each sends an event, as a post to /signup/process_void.php does, and answers with what
 * became of it. An administrator's key is enough: no list of senders applies.
 */
#include "api/nats/natskit.h"
#include "book/book.h"
#include "book/txnid.h"
#include "track/clickid.h"

#define CUSTOMS 5u

/* The texts of the posting scripts; NULL: not an answer of this dialect. */
static const char *
outcome_text(enum outcome o)
{
	switch (o) {
#define OUTCOME(number_, id_, nats_, affise_) \
	case OUTCOME_##id_:                   \
		return nats_;
#include "tbl/outcomes.h"
#undef OUTCOME
	}
	return NULL;
}

/* Which transaction: one of these, in this order. */
struct selector {
	struct str hash, orderid, transactionid;
	int64_t offerid; /* 0: any */
};

/* Nothing named, or an id that is none: `text`.  An id of the network in either spelling
 * goes on as its 20 digits. */
static enum err
check_selector(struct api_req *rq, struct selector *s, const char *text)
{
	char digits[TXNID_DIGITS + 1];
	unsigned node;
	us_t us;

	if (s->hash.n > 0)
		return ERR_OK;
	if (s->transactionid.n > 0) {
		if (!txnid_parse(s->transactionid, &us, &node))
			return fault_set(&rq->fault, ERR_NOT_FOUND, "", "%s", text);
		txnid_digits(digits, us, node);
		s->transactionid = arena_str(rq->arena, str_of(digits));
		return ERR_OK;
	}
	return s->orderid.n > 0 ? ERR_OK
				: fault_set(&rq->fault, ERR_NOT_FOUND, "", "%s", text);
}

static void
put_selector(struct api_req *rq, const struct selector *s)
{
	if (s->hash.n > 0)
		api_event_put(rq, F_click, s->hash);
	else if (s->transactionid.n > 0)
		api_event_put(rq, F_transactionid, s->transactionid);
	else
		api_event_put(rq, F_orderid, s->orderid);
	if (s->offerid != 0)
		api_event_put(rq, F_offerid, natskit_number(rq->arena, s->offerid));
}

/* "25.5" */
static struct str
money_text(struct arena *a, money_t m)
{
	char text[MONEY_TEXT];

	(void)money_format(text, m, 0);
	return arena_str(a, str_of(text));
}

static struct str
escape(struct arena *a, struct str s)
{
	static const char hex[] = "0123456789ABCDEF";
	char *buf = arena_alloc(a, s.n * 3 + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
		    (c >= 'a' && c <= 'z')) {
			buf[n++] = (char)c;
			continue;
		}
		buf[n++] = '%';
		buf[n++] = hex[c >> 4];
		buf[n++] = hex[c & 15];
	}
	return str_n(buf, n);
}

/* trans_custom1=..&trans_custom2=.. */
static enum err
put_customs(struct api_req *rq, const struct str v[CUSTOMS])
{
	struct str all = STR_NONE;

	for (unsigned i = 0; i < CUSTOMS; i++) {
		struct str e;

		if (v[i].p == NULL)
			continue;
		if (str_eq(v[i], STR("-1"))) {
			char name[] = "trans_custom0";

			name[12] = (char)('1' + i);
			return fault_set(&rq->fault, ERR_INVALID, name, "-1 is reserved");
		}
		e = escape(rq->arena, v[i]);
		all = arena_printf(rq->arena, "%.*s%strans_custom%u=%.*s", STR_ARG(all),
		    all.n > 0 ? "&" : "", i + 1, STR_ARG(e));
	}
	api_event_put(rq, F_custom, all);
	return ERR_OK;
}

static int
answer(struct api_req *rq, const struct rec_outcome *o, const char *prefix,
    const char *success)
{
	enum outcome what = (enum outcome)o->outcome;
	const char *text = outcome_text(what);
	struct str said;

	if (text == NULL)
		return nats_result(rq, "success", success);
	if (what == OUTCOME_NOT_STORED)
		return (int)fault_set(&rq->fault, ERR_FULL, "", "%s", text);
	said = arena_printf(rq->arena, "%s%s", prefix, text);
	if (what == OUTCOME_BAD_AMOUNT)
		said = arena_printf(rq->arena, "%sInvalid amount (%s).", prefix,
		    rec_field_name((enum rec_field)o->param));
	return nats_result(rq, "error", said.p);
}

int
api_nats_void(struct api_req *rq, const struct args_nats_void *a)
{
	struct selector s = {a->hash, a->orderid, a->transactionid, a->offerid};
	const struct str customs[CUSTOMS] = {a->trans_custom1, a->trans_custom2,
	    a->trans_custom3, a->trans_custom4, a->trans_custom5};
	enum err rc = check_selector(rq, &s, "*error* - Invalid transaction.");

	if (rc != ERR_OK)
		return (int)rc;
	api_event_begin(rq, REC_VOID, SRC_NATS_API);
	put_selector(rq, &s);
	api_event_put(rq, F_type, STR("void"));
	if (a->approved)
		api_event_put(rq, F_approved, STR("1"));
	rc = put_customs(rq, customs);
	return rc != ERR_OK ? (int)rc : API_EVENT;
}

int
done_nats_void(struct api_req *rq, const struct rec_outcome *o)
{
	return answer(rq, o, "*error* - ", "*success*");
}

int
api_nats_reversal(struct api_req *rq, const struct args_nats_reversal *a)
{
	struct selector s = {a->hash, a->orderid, a->transactionid, a->offerid};
	const struct str customs[CUSTOMS] = {a->trans_custom1, a->trans_custom2,
	    a->trans_custom3, a->trans_custom4, a->trans_custom5};
	enum err rc;

	if (!a->reverse)
		return (int)fault_set(
		    &rq->fault, ERR_MISSING, "", "Missing required flag (reverse).");
	rc = check_selector(rq, &s, "*error* - Invalid transaction.");
	if (rc != ERR_OK)
		return (int)rc;
	api_event_begin(rq, REC_VOID, SRC_NATS_API);
	put_selector(rq, &s);
	api_event_put(rq, F_reverse, STR("1"));
	rc = put_customs(rq, customs);
	return rc != ERR_OK ? (int)rc : API_EVENT;
}

int
done_nats_reversal(struct api_req *rq, const struct rec_outcome *o)
{
	return answer(rq, o, "*error* - ", "*success*");
}

int
api_nats_chargeback(struct api_req *rq, const struct args_nats_chargeback *a)
{
	struct selector s = {a->hash, a->orderid, a->transactionid, a->offerid};
	const struct str customs[CUSTOMS] = {a->trans_custom1, a->trans_custom2,
	    a->trans_custom3, a->trans_custom4, a->trans_custom5};
	enum err rc;

	if (a->has_type != ARG_SENT)
		return (int)fault_set(&rq->fault, ERR_MISSING, "",
		    "Missing required field for chargeback (type).");
	rc = check_selector(rq, &s, "*error* - Invalid transaction.");
	if (rc != ERR_OK)
		return (int)rc;
	api_event_begin(rq, REC_VOID, SRC_NATS_API);
	put_selector(rq, &s);
	api_event_put(rq, F_type, STR("chargeback"));
	if (a->has_cost == ARG_SENT)
		api_event_put(rq, F_cost, money_text(rq->arena, a->cost));
	rc = put_customs(rq, customs);
	return rc != ERR_OK ? (int)rc : API_EVENT;
}

int
done_nats_chargeback(struct api_req *rq, const struct rec_outcome *o)
{
	return answer(rq, o, "*error* - ", "*success*");
}

/* ---- what it would pay ---- */

/* The report that the event would be, at this moment. */
static struct fold_item
as_item(struct api_req *rq)
{
	struct api_event *ev = &rq->event;

	((struct rec_event *)(void *)ev->rec)->id =
	    (struct click_id){rq->now, INT64_C(1000000000)};
	ev->kind = 0; /* it is not to be sent */
	return (struct fold_item){REC_POST, REC_VERSION, (uint32_t)ev->n, ev->rec, 0};
}

/* As a conversion of that click would be refused, in the words of this call. */
static const char *
refusal_text(enum outcome o)
{
	const char *text = outcome_text(o);

	return o == OUTCOME_UNKNOWN_CLICK || o == OUTCOME_MALFORMED_CLICK || text == NULL
		   ? "Invalid transaction."
		   : text;
}

/* *refused NULL: it would be booked. */
static enum err
preview(struct api_req *rq, const struct args_nats_preview *a, struct str amount,
    const char **refused, money_t *payout)
{
	struct book *b = book_new_preview(rq->in);
	struct fold_item item;
	uint8_t outcome = OUTCOME_BOOKED;
	enum err rc;

	api_event_begin(rq, REC_POST, SRC_NATS_API);
	api_event_put(rq, F_click, a->hash);
	api_event_put(rq, F_amount, amount);
	api_event_put(rq, F_gross, amount);
	item = as_item(rq);
	rc = db_begin(rq->db);
	if (rc == ERR_OK)
		rc = book_preview(b, rq->db, (unsigned)rq->in->set->node_id, &item,
		    str_eq(a->transaction_type.text, STR("continuity")), &outcome,
		    payout);
	db_rollback(rq->db);
	book_free(&b);
	*refused = outcome == OUTCOME_BOOKED ? NULL : refusal_text((enum outcome)outcome);
	return rc;
}

/* The click's offer and affiliate, as numbers in text. */
static enum err
of_click(struct api_req *rq, struct str hash, struct reply_nats_preview_data *d)
{
	struct db_rows *r = NULL;
	struct click_id id;
	enum err rc;

	if (clickid_parse(hash, &id) != CLICKID_OURS)
		return ERR_OK;
	rc = db_query(rq->db, &r,
	    "SELECT offer_id, affiliate_id FROM click WHERE click_us = ? AND click_lo = "
	    "? "
	    "UNION SELECT offer_id, affiliate_id FROM click_kept WHERE click_us = ? AND "
	    "click_lo = ?",
	    "iiii", id.us, id.lo, id.us, id.lo);
	if (rc == ERR_OK && db_next(r)) {
		d->offerid = natskit_number(rq->arena, db_i64(r, 0));
		d->loginid = natskit_number(rq->arena, db_i64(r, 1));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

int
api_nats_preview(struct api_req *rq, const struct args_nats_preview *a)
{
	const money_t amount =
	    a->has_amount == ARG_SENT ? a->amount : 100 * (money_t)MONEY_UNIT;
	char text[MONEY_TEXT];
	struct reply_nats_preview_data d = {.transaction_hash = a->hash,
	    .offerid = STR(""),
	    .loginid = STR(""),
	    .transaction_type = a->transaction_type.text};
	const char *refused = NULL;
	money_t payout = 0;
	enum err rc = preview(rq, a, money_text(rq->arena, amount), &refused, &payout);

	if (rc == ERR_OK && refused != NULL)
		return nats_result(rq, "error", refused);
	if (rc == ERR_OK)
		rc = of_click(rq, a->hash, &d);
	if (rc != ERR_OK)
		return (int)rc;
	(void)money_format(text, amount, 2);
	d.amount = arena_str(rq->arena, str_of(text));
	(void)money_format(text, payout, 2);
	d.payout = arena_str(rq->arena, str_of(text));
	reply_nats_preview(
	    rq->out, &(struct reply_nats_preview){
			 .result = STR("success"), .message = d.payout, .data = &d});
	return ERR_OK;
}

/* ---- another amount ---- */

static int
send_revenue(struct api_req *rq, const struct selector *s, int64_t cents)
{
	api_event_begin(rq, REC_REVENUE, SRC_NATS_API);
	put_selector(rq, s);
	api_event_put(rq, F_amount, money_text(rq->arena, cents * (MONEY_UNIT / 100)));
	return API_EVENT;
}

int
api_nats_revenue_by_order(struct api_req *rq, const struct args_nats_revenue_by_order *a)
{
	const struct selector s = {.orderid = a->orderid, .offerid = a->offerid};

	return send_revenue(rq, &s, a->amount);
}

int
api_nats_revenue_by_hash(struct api_req *rq, const struct args_nats_revenue_by_hash *a)
{
	const struct selector s = {.hash = a->hash};

	return send_revenue(rq, &s, a->amount);
}

int
done_nats_revenue_by_order(struct api_req *rq, const struct rec_outcome *o)
{
	return answer(rq, o, "", NULL);
}

int
done_nats_revenue_by_hash(struct api_req *rq, const struct rec_outcome *o)
{
	return answer(rq, o, "", NULL);
}

/* A try that was refused has freed its order id, and is not known by it. */
int
api_nats_orderid_exists(struct api_req *rq, const struct args_nats_orderid_exists *a)
{
	int64_t n;
	enum err rc = db_int(rq->db, &n, 0,
	    "SELECT EXISTS (SELECT 1 FROM conversion WHERE orderid = ? AND uniq_key IS "
	    "NOT "
	    "NULL)",
	    "s", a->orderid);

	return rc == ERR_OK ? nats_result(rq, "success", n != 0 ? "TRUE" : "FALSE")
			    : (int)rc;
}

int
api_nats_approve(struct api_req *rq, const struct args_nats_approve *a)
{
	struct selector s = {a->hash, a->orderid, a->transactionid, a->offerid};
	enum err rc = check_selector(rq, &s, "Invalid transaction.");

	if (rc != ERR_OK)
		return (int)rc;
	api_event_begin(rq, REC_APPROVE, SRC_NATS_API);
	put_selector(rq, &s);
	return API_EVENT;
}

int
done_nats_approve(struct api_req *rq, const struct rec_outcome *o)
{
	return answer(rq, o, "", "Transaction approved successfully.");
}
