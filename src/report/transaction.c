/* SPDX-License-Identifier: Apache-2.0
 * transaction.c - see transaction.h.
 */
#include "report/transaction.h"

#include <stdio.h>

#include "book/txnid.h"
#include "report/ask.h"
#include "report/extra.h"
#include "track/clickid.h"

static const struct {
	const char *word;
	struct transaction_kind kind;
} words[] = {
    {"initial", {TXN_INITIAL, 0, false}},
    {"advertiser_initial", {TXN_INITIAL, 1, false}},
#define TXN(number_, id_, name_) {name_, {number_, (number_) == 1 ? -1 : 0, false}},
#include "tbl/txn_types.h"
#undef TXN
    {"phone_call", {0, 0, true}},
    {"phone_conversion", {0, 0, true}},
    {"manual", {0, 0, true}},
};

bool
transaction_kind(struct str word, struct transaction_kind *out)
{
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		if (!str_ieq(word, str_of(words[i].word)))
			continue;
		*out = words[i].kind;
		return true;
	}
	return false;
}

const char *
transaction_type_name(unsigned type, uint32_t advertiser_id)
{
	if (type == TXN_INITIAL && advertiser_id != 0)
		return "advertiser_initial";
	switch (type) {
#define TXN(number_, id_, name_) \
	case number_:            \
		return name_;
#include "tbl/txn_types.h"
#undef TXN
	default:
		return "";
	}
}

const char *
transaction_role_name(unsigned role)
{
	static const char *const names[] = {"", "affiliate", "referral",
	    "affiliate_manager", "partner", "correction", "affiliate_manager"};

	return role < ARRAY_LEN(names) ? names[role] : "";
}

/* The hash filter takes both spellings of a click id. */
static struct str
as_hash(struct str s, char buf[CLICKID_TEXT])
{
	struct click_id id;

	if (s.p == NULL || clickid_parse(s, &id) != CLICKID_OURS)
		return s;
	clickid_hash(buf, id);
	return str_of(buf);
}

static void
add_filters(struct ask *k, const struct transaction_query *q, char hash[CLICKID_TEXT])
{
	if (q->kind.none)
		ask_add(k, " AND FALSE", NULL);
	if (q->kind.type != 0)
		ask_add(k, " AND t.type = ?", "i", (int64_t)q->kind.type);
	if (q->kind.advertiser != 0)
		ask_add(k,
		    q->kind.advertiser > 0 ? " AND t.advertiser_id != 0"
					   : " AND t.advertiser_id = 0",
		    NULL);
	if (q->has_login)
		ask_add(k, " AND t.affiliate_id = ?", "i", (int64_t)q->loginid);
	if (q->has_offer)
		ask_add(k, " AND t.offer_id = ?", "i", (int64_t)q->offerid);
	if (q->has_landing_page)
		ask_add(k, " AND t.landing_page_id = ?", "i", (int64_t)q->landing_pageid);
	if (q->has_program)
		ask_add(k, " AND t.commission_id = ?", "i", (int64_t)q->programid);
	/* Every conversion's click is kept (E10); what has none is of campaign 0. */
	if (q->has_campaign)
		ask_add(k,
		    " AND COALESCE((SELECT w.campaign_id FROM conversion v JOIN "
		    "click_kept "
		    "w ON w.click_us = v.click_us AND w.click_lo = v.click_lo WHERE "
		    "v.conv_us = t.conv_us AND v.node_id = t.conv_node), 0) = ?",
		    "i", (int64_t)q->campaignid);
	if (q->has_adtool)
		ask_add(k,
		    " AND COALESCE((SELECT w.adtool_id FROM conversion v JOIN click_kept "
		    "w ON w.click_us = v.click_us AND w.click_lo = v.click_lo WHERE "
		    "v.conv_us = t.conv_us AND v.node_id = t.conv_node), 0) = ?",
		    "i", (int64_t)q->adtoolid);
	if (q->has_country)
		ask_add(k, " AND t.country = ?", "i", (int64_t)q->country);
	if (q->no_inhouse)
		ask_add(k,
		    " AND t.affiliate_id NOT IN (SELECT id FROM account WHERE inhouse)",
		    NULL);
	if (q->username.p != NULL)
		ask_add(k,
		    " AND t.affiliate_id IN (SELECT id FROM account WHERE username = ?)",
		    "s", q->username);
	if (q->ocid.p != NULL)
		ask_add(k, " AND t.ocid = ?", "s", q->ocid);
	if (q->hash.p != NULL)
		/* As ASCII: a comparison with anything else is an error to MariaDB. */
		ask_add(k, " AND t.hash = CONVERT(? USING ascii)", "s",
		    as_hash(q->hash, hash));
	if (q->orderid.p != NULL)
		ask_add(k, " AND t.orderid = ?", "s", q->orderid);
}

/* A page of ledger rows, each with its receivers beside it. */
enum col {
	C_TXN_US,
	C_NODE,
	C_TYPE,
	C_BOOKED_US,
	C_HASH,
	C_ORDERID,
	C_OCID,
	C_OFFER,
	C_LP,
	C_AFFILIATE,
	C_ADVERTISER,
	C_AMOUNT,
	C_CUSTOM,
	C_N,
	C_ROLE,
	C_ACCOUNT,
	C_USERNAME,
	C_PAYOUT
};

static void
statement(struct ask *k, const struct transaction_query *q, char hash[CLICKID_TEXT])
{
	ask_init(k);
	ask_add(k,
	    "SELECT x.txn_us, x.node_id, x.type, x.booked_us, x.hash, x.orderid, x.ocid, "
	    "x.offer_id,"
	    " x.landing_page_id, x.affiliate_id, x.advertiser_id, x.revenue_b, "
	    "x.trans_custom, p.n, "
	    "p.role, p.account_id,"
	    " a.username, p.amount_b FROM (SELECT t.txn_us, t.node_id, t.type, "
	    "t.booked_us, t.hash, t.orderid,"
	    " t.ocid, t.offer_id, t.landing_page_id, t.affiliate_id, t.advertiser_id, "
	    "t.revenue_b, t.trans_custom FROM txn t"
	    " WHERE t.booked_us >= ? AND t.booked_us < ?",
	    "ii", q->period.from, q->period.to);
	add_filters(k, q, hash);
	ask_add(k,
	    " ORDER BY t.booked_us DESC, t.txn_us DESC, t.node_id DESC LIMIT ?, ?) x"
	    " LEFT JOIN payout_row p ON p.txn_us = x.txn_us AND p.node_id = x.node_id"
	    " LEFT JOIN account a ON a.id = p.account_id"
	    " ORDER BY x.booked_us DESC, x.txn_us DESC, x.node_id DESC, p.n",
	    "ii", q->start, q->count);
}

/* Payouts wait for their row's total, which stands before them. */
struct pending {
	struct jsonw *payouts;
	struct arena *arena; /* of the row that is open */
	money_t total;
	bool open;
	us_t txn_us;
	unsigned node;
};

static void
close_row(struct pending *p, struct jsonw *w)
{
	if (!p->open)
		return;
	jsonw_end(p->payouts);
	jsonw_key(w, "total_payout");
	jsonw_money(w, p->total, 0);
	jsonw_key(w, "payouts");
	jsonw_raw(w, jsonw_text(p->payouts));
	jsonw_end(w);
	p->open = false;
}

void
transaction_put_customs(struct jsonw *w, struct arena *a, struct str customs)
{
	char name[] = "trans_custom0";

	for (char i = '1'; i <= '5' && customs.n > 0; i++) {
		struct str value;

		name[sizeof(name) - 2] = i;
		value = extra_get(a, customs, name);
		if (value.n == 0)
			continue;
		jsonw_key(w, name);
		jsonw_str(w, value);
	}
}

static void
open_row(struct pending *p, struct jsonw *w, const struct db_rows *r)
{
	unsigned type = (unsigned)db_i64(r, C_TYPE);
	char id[TXNID_DIGITS + 1];

	p->total = 0;
	p->open = true;
	p->txn_us = db_i64(r, C_TXN_US);
	p->node = (unsigned)db_i64(r, C_NODE);
	jsonw_reset(p->payouts);
	jsonw_arr(p->payouts);
	txnid_digits(id, p->txn_us, p->node);
	jsonw_key(w, id);
	jsonw_obj(w);
	jsonw_key(w, "time");
	jsonw_int(w, db_i64(r, C_BOOKED_US) / US_SECOND);
	jsonw_key(w, "loginid");
	jsonw_int(w, db_i64(r, C_AFFILIATE));
	jsonw_key(w, "amount");
	jsonw_money(w, db_i64(r, C_AMOUNT), 0);
	jsonw_key(w, "trans_type");
	jsonw_cstr(w, transaction_type_name(type, (uint32_t)db_i64(r, C_ADVERTISER)));
	jsonw_key(w, "transaction_hash");
	jsonw_str(w, db_str(r, C_HASH));
	jsonw_key(w, "orderid");
	jsonw_str(w, db_str(r, C_ORDERID));
	jsonw_key(w, "external_clickid");
	jsonw_str(w, db_str(r, C_OCID));
	jsonw_key(w, "offerid");
	jsonw_int(w, db_i64(r, C_OFFER));
	jsonw_key(w, "landing_pageid");
	jsonw_int(w, db_i64(r, C_LP));
	arena_reset(p->arena);
	transaction_put_customs(w, p->arena, db_str(r, C_CUSTOM));
}

/* A receiver's row has the id of its transaction with its own number in the last place,
 * which is 0 in the transaction's. */
static void
put_payout(struct pending *p, const struct db_rows *r)
{
	struct jsonw *w = p->payouts;
	char id[TXNID_DIGITS + 8];

	txnid_digits(id, p->txn_us, p->node);
	/* Beyond nine, of whom there are seldom any, the number stands behind. */
	if (db_i64(r, C_N) > 9)
		(void)snprintf(id + TXNID_DIGITS, sizeof(id) - TXNID_DIGITS, ".%u",
		    (unsigned)db_i64(r, C_N));
	else
		id[TXNID_DIGITS - 1] = (char)('0' + db_i64(r, C_N));
	p->total += db_i64(r, C_PAYOUT);
	jsonw_obj(w);
	jsonw_key(w, "id");
	jsonw_cstr(w, id);
	jsonw_key(w, "type");
	jsonw_cstr(w, transaction_role_name((unsigned)db_i64(r, C_ROLE)));
	jsonw_key(w, "username");
	jsonw_str(w, db_is_null(r, C_USERNAME) ? STR("") : db_str(r, C_USERNAME));
	jsonw_key(w, "loginid");
	jsonw_int(w, db_i64(r, C_ACCOUNT));
	jsonw_key(w, "amount");
	jsonw_money(w, db_i64(r, C_PAYOUT), 0);
	jsonw_end(w);
}

enum err
transaction_json(struct db *db, const struct transaction_query *q, struct jsonw *w)
{
	struct pending p = {0};
	char hash[CLICKID_TEXT];
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	statement(&k, q, hash);
	rc = ask_rows(&k, db, &rows);
	if (rc != ERR_OK)
		return rc;
	p.payouts = jsonw_new();
	p.arena = arena_new();
	jsonw_obj(w);
	while (db_next(rows)) {
		if (!p.open || db_i64(rows, C_TXN_US) != p.txn_us ||
		    (unsigned)db_i64(rows, C_NODE) != p.node) {
			close_row(&p, w);
			open_row(&p, w, rows);
		}
		if (!db_is_null(rows, C_ROLE))
			put_payout(&p, rows);
	}
	close_row(&p, w);
	jsonw_end(w);
	jsonw_free(&p.payouts);
	arena_free(&p.arena);
	return db_rows_close(&rows);
}
