/* SPDX-License-Identifier: Apache-2.0
 * dump.c - see dump.h.
 *
 * A kind is its columns, a statement for one page behind a cursor, and how a row of it is
 * written.  Cursors are the key of the index the page is read by, so the database sorts
 * nothing and keeps nothing.
 */
#include "report/dump_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/record.h"
#include "book/txnid.h"
#include "report/countryno.h"
#include "report/cube.h"
#include "report/profitloss.h"
#include "report/rowtext.h"
#include "report/transaction.h"
#include "track/clickid.h"
#include "track/hop.h"

#define WAIT_US (5 * US_SECOND)

static void
put_country(struct dumpw *w, uint16_t packed)
{
	char two[3];

	country_unpack(packed, two);
	dumpw_cstr(w, two);
}

void
dump_ip(struct dumpw *w, struct str bytes)
{
	char text[ROWTEXT_IP];

	rowtext_addr(bytes, text);
	dumpw_cstr(w, text);
}

void
dump_digits(struct dumpw *w, us_t us, unsigned node)
{
	char id[TXNID_DIGITS + 1];

	txnid_digits(id, us, node);
	dumpw_cstr(w, us == 0 ? "" : id);
}

static void
put_goal(struct dump *d, uint32_t id)
{
	dumpw_str(d->w, names_goal(&d->goals, id)->value);
}

/* ---- transactions ---- */

static const struct dumpw_col txn_cols[] = {
    {"transactionid", DUMPW_TEXT},
    {"time", DUMPW_TEXT},
    {"booked_time", DUMPW_TEXT},
    {"trans_type", DUMPW_TEXT},
    {"booked", DUMPW_INT},
    {"transaction_hash", DUMPW_TEXT},
    {"orderid", DUMPW_TEXT},
    {"external_clickid", DUMPW_TEXT},
    {"conversion", DUMPW_TEXT},
    {"refers_to", DUMPW_TEXT},
    {"offerid", DUMPW_INT},
    {"landing_pageid", DUMPW_INT},
    {"programid", DUMPW_INT},
    {"loginid", DUMPW_INT},
    {"advertiserid", DUMPW_INT},
    {"goal", DUMPW_TEXT},
    {"country", DUMPW_TEXT},
    {"currency", DUMPW_TEXT},
    {"rate", DUMPW_MONEY},
    {"amount_in_currency", DUMPW_MONEY},
    {"gross_in_currency", DUMPW_MONEY},
    {"payout_in_currency", DUMPW_MONEY},
    {"amount", DUMPW_SUM},
    {"cost", DUMPW_SUM},
    {"affiliate_payout", DUMPW_SUM},
    {"referral_payout", DUMPW_SUM},
    {"affiliate_manager_payout", DUMPW_SUM},
    {"partner_payout", DUMPW_SUM},
    {"correction_payout", DUMPW_SUM},
    {"total_payout", DUMPW_SUM},
    {"reason", DUMPW_TEXT},
};

/* Grouped in the order of the index, so a page ends after so many transactions without
 * sorting any. */
static const char txn_sql[] =
    "SELECT t.booked_us, t.txn_us, t.node_id, t.type, t.booked, t.hash, t.orderid, "
    "t.ocid, t.conv_us, t.conv_node,"
    " COALESCE(t.ref_us, 0), COALESCE(t.ref_node, 0), t.offer_id, t.landing_page_id, "
    "t.commission_id,"
    " t.affiliate_id, t.advertiser_id, t.goal_id, t.country, t.currency, t.rate, "
    "t.revenue, t.gross,"
    " COALESCE(SUM(p.amount), 0), t.revenue_b, t.cost_b, COALESCE(SUM(IF(p.role = 1, "
    "p.amount_b, 0)), 0),"
    " COALESCE(SUM(IF(p.role = 2, p.amount_b, 0)), 0), COALESCE(SUM(IF(p.role IN (3, 6), "
    "p.amount_b, 0)), 0),"
    " COALESCE(SUM(IF(p.role = 4, p.amount_b, 0)), 0), COALESCE(SUM(IF(p.role = 5, "
    "p.amount_b, 0)), 0),"
    " COALESCE(SUM(p.amount_b), 0), t.reason FROM txn t FORCE INDEX (txn_booked)"
    " LEFT JOIN payout_row p ON p.txn_us = t.txn_us AND p.node_id = t.node_id"
    " WHERE t.booked_us >= ? AND t.booked_us < ? AND (t.booked_us > ? OR t.txn_us > ? OR "
    "(t.txn_us = ? AND"
    " t.node_id > ?)) GROUP BY t.booked_us, t.txn_us, t.node_id ORDER BY t.booked_us, "
    "t.txn_us, t.node_id LIMIT ?";

enum txn_c {
	T_BOOKED,
	T_US,
	T_NODE,
	T_TYPE,
	T_IS_BOOKED,
	T_HASH,
	T_ORDERID,
	T_OCID,
	T_CONV,
	T_CONV_NODE,
	T_REF,
	T_REF_NODE,
	T_OFFER,
	T_LP,
	T_COMMISSION,
	T_AFFILIATE,
	T_ADVERTISER,
	T_GOAL,
	T_COUNTRY,
	T_CURRENCY,
	T_RATE,
	T_REVENUE,
	T_GROSS,
	T_PAYOUT,
	T_REVENUE_B,
	T_COST,
	T_ROLE1,
	T_TOTAL = T_ROLE1 + 5,
	T_REASON
};

static void
txn_row(struct dump *d, const struct db_rows *r)
{
	struct dumpw *w = d->w;

	dump_digits(w, db_i64(r, T_US), (unsigned)db_i64(r, T_NODE));
	dumpw_time(w, db_i64(r, T_US));
	dumpw_time(w, db_i64(r, T_BOOKED));
	dumpw_cstr(w, transaction_type_name((unsigned)db_i64(r, T_TYPE),
			  (uint32_t)db_i64(r, T_ADVERTISER)));
	dumpw_int(w, db_i64(r, T_IS_BOOKED));
	dumpw_str(w, db_str(r, T_HASH));
	dumpw_str(w, db_str(r, T_ORDERID));
	dumpw_str(w, db_str(r, T_OCID));
	dump_digits(w, db_i64(r, T_CONV), (unsigned)db_i64(r, T_CONV_NODE));
	dump_digits(w, db_i64(r, T_REF), (unsigned)db_i64(r, T_REF_NODE));
	for (unsigned c = T_OFFER; c <= T_ADVERTISER; c++)
		dumpw_int(w, db_i64(r, c));
	put_goal(d, (uint32_t)db_i64(r, T_GOAL));
	put_country(w, (uint16_t)db_i64(r, T_COUNTRY));
	dumpw_str(w, db_str(r, T_CURRENCY));
	for (unsigned c = T_RATE; c <= T_TOTAL; c++)
		dumpw_money(w, db_i64(r, c));
	dumpw_str(w, db_str(r, T_REASON));
	dumpw_end(w);
}

/* Whether a ledger row, or the conversion it began with, was there when the dump started.
 */
static bool
was_there(const struct dump *d, us_t us, int64_t node)
{
	return node < 0 || node >= DUMP_MAX_NODE || !d->node[node].known ||
	       us <= d->node[node].last_txn;
}

static enum err
txn_page(struct dump *d, bool *more)
{
	struct db_rows *rows;
	int64_t n = 0;
	enum err rc = db_query(d->db, &rows, txn_sql, "iiiiiii", d->at, d->o->period.to,
	    d->at, d->id_us, d->id_us, d->id_n, DUMP_PAGE);

	if (rc != ERR_OK)
		return rc;
	for (; db_next(rows); n++) {
		d->at = db_i64(rows, T_BOOKED);
		d->id_us = db_i64(rows, T_US);
		d->id_n = db_i64(rows, T_NODE);
		if (was_there(d, d->id_us, d->id_n))
			txn_row(d, rows);
	}
	*more = n == DUMP_PAGE;
	return db_rows_close(&rows);
}

/* ---- conversions ---- */

static const struct dumpw_col conv_cols[] = {
    {"conversion_id", DUMPW_TEXT},
    {"transactionid", DUMPW_TEXT},
    {"created_at", DUMPW_TEXT},
    {"updated_at", DUMPW_TEXT},
    {"status", DUMPW_TEXT},
    {"kind", DUMPW_TEXT},
    {"action_id", DUMPW_TEXT},
    {"clickid", DUMPW_TEXT},
    {"click_time", DUMPW_TEXT},
    {"offerid", DUMPW_INT},
    {"landing_pageid", DUMPW_INT},
    {"programid", DUMPW_INT},
    {"loginid", DUMPW_INT},
    {"advertiserid", DUMPW_INT},
    {"goal", DUMPW_TEXT},
    {"country", DUMPW_TEXT},
    {"device", DUMPW_TEXT},
    {"currency", DUMPW_TEXT},
    {"rate", DUMPW_MONEY},
    {"gross_in_currency", DUMPW_MONEY},
    {"revenue_in_currency", DUMPW_MONEY},
    {"payout_in_currency", DUMPW_MONEY},
    {"revenue", DUMPW_SUM},
    {"payout", DUMPW_SUM},
    {"hold_until", DUMPW_TEXT},
    {"ip", DUMPW_TEXT},
    {"external_clickid", DUMPW_TEXT},
    {"sub1", DUMPW_TEXT},
    {"sub2", DUMPW_TEXT},
    {"sub3", DUMPW_TEXT},
    {"sub4", DUMPW_TEXT},
    {"sub5", DUMPW_TEXT},
    {"comment", DUMPW_TEXT},
};

static const char conv_sql[] =
    "SELECT created_us, conv_us, node_id, updated_us, status, kind, orderid, click_us, "
    "click_lo, offer_id,"
    " landing_page_id, commission_id, affiliate_id, advertiser_id, goal_id, country, "
    "device_type, currency, rate,"
    " COALESCE(gross, 0), revenue, payout, revenue_b, payout_b, COALESCE(hold_until_us, "
    "0), ip, ocid, sub1, sub2,"
    " sub3, sub4, sub5, comment FROM conversion FORCE INDEX (conversion_created) WHERE "
    "created_us >= ? AND"
    " created_us < ? AND (created_us > ? OR conv_us > ? OR (conv_us = ? AND node_id > ?))"
    " ORDER BY created_us, conv_us, node_id LIMIT ?";

enum conv_c {
	V_CREATED,
	V_US,
	V_NODE,
	V_UPDATED,
	V_STATUS,
	V_KIND,
	V_ORDERID,
	V_CLICK_US,
	V_CLICK_LO,
	V_OFFER,
	V_LP,
	V_COMMISSION,
	V_AFFILIATE,
	V_ADVERTISER,
	V_GOAL,
	V_COUNTRY,
	V_DEVICE,
	V_CURRENCY,
	V_RATE,
	V_GROSS,
	V_REVENUE,
	V_PAYOUT,
	V_REVENUE_B,
	V_PAYOUT_B,
	V_HOLD,
	V_IP,
	V_OCID,
	V_COMMENT = V_OCID + 6
};

static void
conv_row(struct dump *d, const struct db_rows *r)
{
	static const char *const kinds[] = {"", "initial", "continuity", "goal"};
	unsigned kind = (unsigned)db_i64(r, V_KIND), node = (unsigned)db_i64(r, V_NODE);
	struct click_id id = {db_i64(r, V_CLICK_US), db_i64(r, V_CLICK_LO)};
	char hex[TXNID_HEX + 1], click[CLICKID_TEXT] = "";
	struct dumpw *w = d->w;

	txnid_hex(hex, db_i64(r, V_US), node);
	if (!clickid_none(id)) /* "": credited without one */
		clickid_hex24(click, id);
	dumpw_cstr(w, hex);
	dump_digits(w, db_i64(r, V_US), node);
	dumpw_time(w, db_i64(r, V_CREATED));
	dumpw_time(w, db_i64(r, V_UPDATED));
	dumpw_cstr(w, names_status((unsigned)db_i64(r, V_STATUS)));
	dumpw_cstr(w, kind < ARRAY_LEN(kinds) ? kinds[kind] : "");
	dumpw_str(w, db_str(r, V_ORDERID));
	dumpw_cstr(w, click);
	dumpw_time(w, db_i64(r, V_CLICK_US));
	for (unsigned c = V_OFFER; c <= V_ADVERTISER; c++)
		dumpw_int(w, db_i64(r, c));
	put_goal(d, (uint32_t)db_i64(r, V_GOAL));
	put_country(w, (uint16_t)db_i64(r, V_COUNTRY));
	dumpw_cstr(w, names_device((unsigned)db_i64(r, V_DEVICE)));
	dumpw_str(w, db_str(r, V_CURRENCY));
	for (unsigned c = V_RATE; c <= V_PAYOUT_B; c++)
		dumpw_money(w, db_i64(r, c));
	dumpw_time(w, db_i64(r, V_HOLD));
	dump_ip(w, db_str(r, V_IP));
	for (unsigned c = V_OCID; c <= V_COMMENT; c++)
		dumpw_str(w, db_str(r, c));
	dumpw_end(w);
}

static enum err
conv_page(struct dump *d, bool *more)
{
	struct db_rows *rows;
	int64_t n = 0;
	enum err rc = db_query(d->db, &rows, conv_sql, "iiiiiii", d->at, d->o->period.to,
	    d->at, d->id_us, d->id_us, d->id_n, DUMP_PAGE);

	if (rc != ERR_OK)
		return rc;
	for (; db_next(rows); n++) {
		d->at = db_i64(rows, V_CREATED);
		d->id_us = db_i64(rows, V_US);
		d->id_n = db_i64(rows, V_NODE);
		if (was_there(d, d->id_us, d->id_n))
			conv_row(d, rows);
	}
	*more = n == DUMP_PAGE;
	return db_rows_close(&rows);
}

/* ---- clicks ---- */

static const struct dumpw_col click_cols[] = {
    {"clickid", DUMPW_TEXT},
    {"transaction_hash", DUMPW_TEXT},
    {"time", DUMPW_TEXT},
    {"verdict", DUMPW_TEXT},
    {"counted", DUMPW_N},
    {"unique", DUMPW_N},
    {"unique_offer", DUMPW_N},
    {"offerid", DUMPW_INT},
    {"landing_pageid", DUMPW_INT},
    {"programid", DUMPW_INT},
    {"loginid", DUMPW_INT},
    {"advertiserid", DUMPW_INT},
    {"campaignid", DUMPW_INT},
    {"adtoolid", DUMPW_INT},
    {"country", DUMPW_TEXT},
    {"device", DUMPW_TEXT},
    {"os", DUMPW_TEXT},
    {"browser", DUMPW_TEXT},
    {"ip", DUMPW_TEXT},
    {"currency", DUMPW_TEXT},
    {"payout_in_currency", DUMPW_MONEY},
    {"revenue_in_currency", DUMPW_MONEY},
    {"payout", DUMPW_SUM},
    {"revenue", DUMPW_SUM},
    {"external_clickid", DUMPW_TEXT},
    {"sub1", DUMPW_TEXT},
    {"sub2", DUMPW_TEXT},
    {"sub3", DUMPW_TEXT},
    {"sub4", DUMPW_TEXT},
    {"sub5", DUMPW_TEXT},
    {"referrer", DUMPW_TEXT},
    {"requested_offerid", DUMPW_INT},
    {"requested_landing_pageid", DUMPW_INT},
    {"redirect", DUMPW_TEXT},
    {"redirect_id", DUMPW_INT},
};

static const char click_sql[] =
    "SELECT x.click_us, x.click_lo, x.node_id, x.verdict, x.flags, x.offer_id, "
    "x.landing_page_id, x.commission_id,"
    " x.affiliate_id, x.advertiser_id, x.campaign_id, x.adtool_id, x.country, "
    "x.device_type, COALESCE(u.os, ''),"
    " COALESCE(u.browser, ''), x.ip, x.currency, x.payout, x.revenue, " CUBE_IN_BASE(
	"payout") ","
		  " " CUBE_IN_BASE("revenue") ", x.ocid, x.sub1, x.sub2, x.sub3, x.sub4, "
					      "x.sub5, x.referrer, "
					      "IF(x.via = 0, x.offer_id, "
					      "x.asked_offer_id), IF(x.via = 0, "
					      "x.landing_page_id, x.asked_lp_id), "
					      "x.via, x.via_id FROM click x"
					      " LEFT JOIN user_agent u ON u.id = x.ua_id "
					      "WHERE x.click_us >= ? AND x.click_us < ? "
					      "AND (x.click_us > ? OR"
					      " x.click_lo > ?) ORDER BY x.click_us, "
					      "x.click_lo LIMIT ?";

enum click_c {
	K_US,
	K_LO,
	K_NODE,
	K_VERDICT,
	K_FLAGS,
	K_OFFER,
	K_LP,
	K_COMMISSION,
	K_AFFILIATE,
	K_ADVERTISER,
	K_CAMPAIGN,
	K_ADTOOL,
	K_COUNTRY,
	K_DEVICE,
	K_OS,
	K_BROWSER,
	K_IP,
	K_CURRENCY,
	K_PAYOUT,
	K_REVENUE,
	K_PAYOUT_B,
	K_REVENUE_B,
	K_OCID,
	K_REFERRER = K_OCID + 6,
	K_ASKED_OFFER,
	K_ASKED_LP,
	K_VIA,
	K_VIA_ID
};

static const char *
verdict_name(unsigned verdict)
{
	static const struct {
		unsigned number;
		const char *reason;
	} all[] = {
#define VERDICT(number_, id_, reason_, text_) {number_, reason_},
#include "tbl/verdicts.h"
#undef VERDICT
	};

	if (verdict == VERDICT_COUNTED)
		return "counted";
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i].number == verdict)
			return all[i].reason;
	return "";
}

static void
click_row(struct dump *d, const struct db_rows *r)
{
	struct click_id id = {db_i64(r, K_US), db_i64(r, K_LO)};
	unsigned verdict = (unsigned)db_i64(r, K_VERDICT);
	int64_t flags = db_i64(r, K_FLAGS);
	bool counted = verdict == VERDICT_COUNTED;
	struct dumpw *w = d->w;
	char text[CLICKID_TEXT];

	clickid_hex24(text, id);
	dumpw_cstr(w, text);
	clickid_hash(text, id);
	dumpw_cstr(w, text);
	dumpw_time(w, id.us);
	dumpw_cstr(w, verdict_name(verdict));
	dumpw_int(w, counted);
	dumpw_int(w, counted && (flags & CLICK_UNIQUE) != 0);
	dumpw_int(w, counted && (flags & CLICK_UNIQUE_OFFER) != 0);
	for (unsigned c = K_OFFER; c <= K_ADTOOL; c++)
		dumpw_int(w, db_i64(r, c));
	put_country(w, (uint16_t)db_i64(r, K_COUNTRY));
	dumpw_cstr(w, names_device((unsigned)db_i64(r, K_DEVICE)));
	dumpw_str(w, db_str(r, K_OS));
	dumpw_str(w, db_str(r, K_BROWSER));
	dump_ip(w, db_str(r, K_IP));
	dumpw_str(w, db_str(r, K_CURRENCY));
	for (unsigned c = K_PAYOUT; c <= K_REVENUE_B; c++)
		dumpw_money(w, db_i64(r, c));
	for (unsigned c = K_OCID; c <= K_REFERRER; c++)
		dumpw_str(w, db_str(r, c));
	dumpw_int(w, db_i64(r, K_ASKED_OFFER));
	dumpw_int(w, db_i64(r, K_ASKED_LP));
	dumpw_cstr(w, hop_word((uint32_t)db_i64(r, K_VIA)));
	dumpw_int(w, db_i64(r, K_VIA_ID));
	dumpw_end(w);
}

static enum err
click_page(struct dump *d, bool *more)
{
	struct db_rows *rows;
	int64_t n = 0;
	enum err rc = db_query(d->db, &rows, click_sql, "iiiii", d->at, d->o->period.to,
	    d->at, d->id_n, DUMP_PAGE);

	if (rc != ERR_OK)
		return rc;
	for (; db_next(rows); n++) {
		int64_t node = db_i64(rows, K_NODE);

		d->at = db_i64(rows, K_US);
		d->id_n = db_i64(rows, K_LO);
		if (node < 0 || node >= DUMP_MAX_NODE || !d->node[node].known ||
		    d->at <= d->node[node].folded)
			click_row(d, rows);
	}
	*more = n == DUMP_PAGE;
	return db_rows_close(&rows);
}

/* ---- profit and loss: a page is a day ---- */

static const struct dumpw_col pl_cols[] = {
    {"day", DUMPW_TEXT},
    {"offerid", DUMPW_INT},
    {"landing_pageid", DUMPW_INT},
    {"programid", DUMPW_INT},
    {"loginid", DUMPW_INT},
    {"advertiserid", DUMPW_INT},
    {"countryid", DUMPW_INT},
    {"country", DUMPW_TEXT},
#define COUNT DUMPW_N
#define EXTRA DUMPW_N
#define MONEY DUMPW_SUM
#define PLC(name_, column_, kind_) {#name_, kind_},
#include "tbl/plcounters.h"
#undef PLC
#undef COUNT
#undef EXTRA
#undef MONEY
    {"cost", DUMPW_SUM},
};

static const char pl_sql[] = "SELECT r.offer_id, r.landing_page_id, r.commission_id, "
			     "r.affiliate_id, r.advertiser_id, r.country, SUM(r.cost_b)"
#define PLC(name_, column_, kind_) ", SUM(r." #column_ ")"
#include "tbl/plcounters.h"
#undef PLC
			     " FROM rollup_booked r WHERE r.bucket >= ? AND r.bucket < ? "
			     "GROUP BY r.offer_id, r.landing_page_id,"
			     " r.commission_id, r.affiliate_id, r.advertiser_id, "
			     "r.country ORDER BY 1, 2, 3, 4, 5, 6";

enum pl_c { P_OFFER, P_ADVERTISER = 4, P_COUNTRY, P_COST, P_COUNTERS };

static void
pl_row(struct dump *d, const struct db_rows *r, const char *day)
{
	uint16_t country = (uint16_t)db_i64(r, P_COUNTRY);
	struct dumpw *w = d->w;

	dumpw_cstr(w, day);
	for (unsigned c = P_OFFER; c <= P_ADVERTISER; c++)
		dumpw_int(w, db_i64(r, c));
	dumpw_int(w, countryno_of(country));
	put_country(w, country);
	for (unsigned i = 0; i < PL_COUNTERS; i++) {
		if (profitloss_is_money((enum pl_counter)i))
			dumpw_money(w, db_i64(r, P_COUNTERS + i));
		else
			dumpw_int(w, db_i64(r, P_COUNTERS + i));
	}
	dumpw_money(w, db_i64(r, P_COST));
	dumpw_end(w);
}

/* The next day with rows: years without any are one step. */
static enum err
pl_skip(struct dump *d)
{
	int64_t bucket;
	enum err rc = db_int(d->db, &bucket, -1,
	    "SELECT MIN(bucket) FROM rollup_booked WHERE bucket >= ?", "i",
	    clock_bucket(d->at));

	if (rc == ERR_OK && (bucket < 0 || bucket * US_BUCKET >= d->o->period.to))
		d->at = d->o->period.to;
	else if (bucket * US_BUCKET > d->at)
		d->at = zone_floor(d->o->zone, ZONE_DAY, bucket * US_BUCKET);
	return rc;
}

/* Rows of one day by a statement over its buckets. */
static enum err
day_page(struct dump *d, bool *more, const char *sql,
    void (*put)(struct dump *d, const struct db_rows *r, const char *day))
{
	struct db_rows *rows;
	struct wall w;
	char day[16];
	us_t next;
	enum err rc = pl_skip(d);

	*more = false;
	if (rc != ERR_OK || d->at >= d->o->period.to)
		return rc;
	next = zone_next(d->o->zone, ZONE_DAY, d->at);
	zone_wall(d->o->zone, d->at, &w);
	(void)snprintf(day, sizeof(day), "%04d-%02d-%02d", w.year % 10000, w.month % 100,
	    w.day % 100);
	rc = db_query(d->db, &rows, sql, "ii", clock_bucket(d->at), clock_bucket(next));
	if (rc != ERR_OK)
		return rc;
	while (db_next(rows))
		put(d, rows, day);
	d->at = next;
	*more = true;
	return db_rows_close(&rows);
}

static enum err
pl_page(struct dump *d, bool *more)
{
	return day_page(d, more, pl_sql, pl_row);
}

/* ---- traffic: gross, what was filtered, net ---- */

static const struct dumpw_col traffic_cols[] = {
    {"day", DUMPW_TEXT},
    {"offerid", DUMPW_INT},
    {"loginid", DUMPW_INT},
    {"gross", DUMPW_N},
    {"bots", DUMPW_N},
    {"refused", DUMPW_N},
    {"net", DUMPW_N},
    {"unique", DUMPW_N},
    {"filtered_later", DUMPW_N},
};

/* A correction counts on the day it was made, so what it moved on that day is told apart.
 */
static const char traffic_sql[] =
    "WITH d AS (SELECT CAST(? AS SIGNED) AS a, CAST(? AS SIGNED) AS b) SELECT "
    "t.offer_id, t.affiliate_id, SUM(t.page_view + t.bot + t.refused), "
    "SUM(t.bot), SUM(t.refused), SUM(t.page_view), SUM(t.unique_visitor), SUM(t.later) "
    "FROM (SELECT offer_id, affiliate_id, page_view, bot, refused, unique_visitor, 0 AS "
    "later FROM rollup_booked, d WHERE bucket >= d.a AND bucket < d.b UNION ALL SELECT "
    "k.offer_id, k.affiliate_id, 0, 0, 0, 0, k.bot FROM click_correction k, d WHERE "
    "k.booked_us >= d.a * 900000000 AND k.booked_us < d.b * 900000000) t GROUP BY 1, 2 "
    "HAVING SUM(t.page_view + t.bot + t.refused) <> 0 OR SUM(t.later) <> 0 ORDER BY 1, "
    "2";

static void
traffic_row(struct dump *d, const struct db_rows *r, const char *day)
{
	dumpw_cstr(d->w, day);
	for (unsigned c = 0; c + 1 < ARRAY_LEN(traffic_cols); c++)
		dumpw_int(d->w, db_i64(r, c));
	dumpw_end(d->w);
}

static enum err
traffic_page(struct dump *d, bool *more)
{
	return day_page(d, more, traffic_sql, traffic_row);
}

/* ---- all of them ---- */

static const struct dump_kind kinds[] = {
    {"profitloss", pl_cols, ARRAY_LEN(pl_cols), pl_page},
    {"traffic", traffic_cols, ARRAY_LEN(traffic_cols), traffic_page},
    {"transactions", txn_cols, ARRAY_LEN(txn_cols), txn_page},
    {"clicks", click_cols, ARRAY_LEN(click_cols), click_page},
    {"conversions", conv_cols, ARRAY_LEN(conv_cols), conv_page},
    {"posts", dumpposts_cols, DUMPPOSTS_COLS, dumpposts_page},
};

const struct dump_kind *
dump_kind(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
		if (strcmp(kinds[i].name, name) == 0)
			return &kinds[i];
	return NULL;
}

const char *
dump_kind_name(const struct dump_kind *k)
{
	return k->name;
}

static enum err
read_snapshot(struct dump *d)
{
	struct db_rows *rows;
	enum err rc = db_query(d->db, &rows,
	    "SELECT n.node_id, n.folded_through_us, COALESCE(MAX(p.last_txn_us), 0)"
	    " FROM node n LEFT JOIN fold_position p ON p.node_id = n.node_id GROUP BY "
	    "n.node_id",
	    "");

	while (rc == ERR_OK && db_next(rows)) {
		int64_t id = db_i64(rows, 0);

		if (id >= 0 && id < DUMP_MAX_NODE)
			d->node[id] =
			    (struct node_at){true, db_i64(rows, 2), db_i64(rows, 1)};
	}
	return rc == ERR_OK ? db_rows_close(&rows) : rc;
}

/* A node tells how far it has folded once a second, so what was clicked just now may be
 * in the tables and beyond that.  A node that has folded within a minute is waited for
 * until it has passed the dump's start; one that is further behind is away or has a
 * backlog, and its position is taken as it is. */
static bool
is_behind(const struct dump *d, us_t start)
{
	for (unsigned i = 0; i < DUMP_MAX_NODE; i++) {
		const struct node_at *n = &d->node[i];

		if (n->known && n->folded < start && start - n->folded < 60 * US_SECOND)
			return true;
	}
	return false;
}

static enum err
take_snapshot(struct dump *d)
{
	const struct timespec pause = {0, 20 * 1000 * 1000};
	us_t start = clock_us(), until = clock_mono_us() + WAIT_US;
	enum err rc = read_snapshot(d);

	while (rc == ERR_OK && start < d->o->period.to && is_behind(d, start) &&
	       clock_mono_us() < until) {
		(void)nanosleep(&pause, NULL);
		rc = read_snapshot(d);
	}
	return rc;
}

static void
put_snapshot(const struct dump *d, struct jsonw *w)
{
	jsonw_key(w, "snapshot");
	jsonw_arr(w);
	for (unsigned i = 0; i < DUMP_MAX_NODE; i++) {
		if (!d->node[i].known)
			continue;
		jsonw_obj(w);
		jsonw_key(w, "node");
		jsonw_uint(w, i);
		jsonw_key(w, "last_transaction_us");
		jsonw_int(w, d->node[i].last_txn);
		jsonw_key(w, "folded_through_us");
		jsonw_int(w, d->node[i].folded);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
summarize(const struct dump *d, struct jsonw *w)
{
	char from[ZONE_TEXT], to[ZONE_TEXT];

	zone_text(d->o->zone, d->o->period.from, from);
	zone_text(d->o->zone, d->o->period.to, to);
	jsonw_obj(w);
	jsonw_key(w, "dump");
	jsonw_cstr(w, d->o->kind->name);
	jsonw_key(w, "from");
	jsonw_cstr(w, from);
	jsonw_key(w, "before");
	jsonw_cstr(w, to);
	jsonw_key(w, "zone");
	jsonw_cstr(w, zone_name(d->o->zone));
	dumpw_summary(d->w, w);
	put_snapshot(d, w);
	jsonw_end(w);
}

static enum err
run_pages(struct dump *d)
{
	enum err rc = ERR_OK;
	bool more = true;

	while (rc == ERR_OK && more) {
		rc = d->o->kind->page(d, &more);
		if (rc == ERR_OK && d->o->progress != NULL &&
		    !d->o->progress(d->o->ctx, dumpw_rows(d->w), d->at))
			rc = ERR_IO;
		if (rc == ERR_OK && dumpw_errno(d->w) != 0)
			rc = ERR_IO;
	}
	return rc;
}

enum err
dump_run(struct db *db, const struct dump_opts *o, struct jsonw *summary)
{
	struct dump *d = obj_alloc(sizeof(*d));
	enum err rc;
	int wrong;

	*d = (struct dump){.db = db,
	    .o = o,
	    .arena = arena_new(),
	    .start = clock_us(),
	    .at = o->period.from,
	    .id_us = -1,
	    .id_n = -1};
	d->w = dumpw_new(o->format, o->fd, o->kind->cols, o->kind->n_cols);
	names_init(&d->goals, d->arena);
	rc = take_snapshot(d);
	if (rc == ERR_OK)
		rc = names_load(&d->goals, db);
	if (rc == ERR_OK)
		rc = run_pages(d);
	if (!dumpw_flush(d->w) && rc == ERR_OK)
		rc = ERR_IO;
	if (rc == ERR_OK)
		summarize(d, summary);
	wrong = dumpw_errno(d->w);
	dumpw_free(&d->w);
	arena_free(&d->arena);
	free(d);
	if (rc == ERR_IO)
		errno = wrong;
	return rc;
}
