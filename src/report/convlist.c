/* SPDX-License-Identifier: Apache-2.0
 * convlist.c - see convlist.h.
 */
#include "report/convlist.h"

#include <stdio.h>

#include "book/txnid.h"
#include "domain/country.h"
#include "report/extra.h"
#include "report/names.h"
#include "report/pagefind.h"
#include "report/rowtext.h"
#include "report/statrow.h"
#include "track/clickid.h"

/* Columns of the page, in the order of the query: C_<name>. */
#define COLUMNS(X)         \
	X(conv_us)         \
	X(node_id)         \
	X(status)          \
	X(orderid)         \
	X(offer_id)        \
	X(landing_page_id) \
	X(affiliate_id)    \
	X(advertiser_id)   \
	X(goal_id)         \
	X(click_us)        \
	X(click_lo)        \
	X(country)         \
	X(device_type)     \
	X(payment_type)    \
	X(currency)        \
	X(gross)           \
	X(revenue)         \
	X(payout)          \
	X(created_us)      \
	X(hold_until_us)   \
	X(ip)              \
	X(sub1)            \
	X(sub2)            \
	X(sub3)            \
	X(sub4)            \
	X(sub5)            \
	X(referrer)        \
	X(comment)         \
	X(extra)
/* And of the user agent, behind them. */
#define UA_COLUMNS(X) \
	X(ua)         \
	X(os)         \
	X(os_version) \
	X(browser)    \
	X(browser_version)
/* And of the click, whose place is in dictionaries. */
#define PLACE_COLUMNS ", p.id, p.region, p.city, i.name"
enum { P_ID, P_REGION, P_CITY, P_ISP };

#define AS_ENUM(name_) C_##name_,
enum col { COLUMNS(AS_ENUM) UA_COLUMNS(AS_ENUM) N_COLUMNS };
#define AS_C(name_) "c." #name_ ","
#define AS_U(name_) ",u." #name_
#define ORDER_SQL " ORDER BY c.created_us DESC, c.conv_us DESC, c.node_id DESC"
/* The rows of a page by their keys, a JSON list.  Every conversion's click is kept (E10). */
static const char page_sql[] = "SELECT " COLUMNS(AS_C) " 0" UA_COLUMNS(AS_U) PLACE_COLUMNS
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (us BIGINT PATH '$[0]', node INT PATH '$[1]')) o "
    "STRAIGHT_JOIN conversion c ON c.conv_us = o.us AND c.node_id = o.node LEFT JOIN "
    "user_agent u ON u.id = c.ua_id LEFT JOIN click_kept k ON k.click_us = c.click_us "
    "AND k.click_lo = c.click_lo LEFT JOIN place p ON p.id = k.place_id LEFT JOIN isp i "
    "ON i.id = k.isp_id" ORDER_SQL;
/* The 0 that ends the first list stands between the two. */
#define C_UA(name_) ((unsigned)C_##name_ + 1)
#define C_PLACE(name_) ((unsigned)N_COLUMNS + 1 + P_##name_)

static void
filter_text(struct ask *k, const char *piece, struct str s)
{
	if (s.p != NULL)
		ask_add(k, piece, "s", s);
}

static void
filter_subs(struct ask *k, struct arena *a, const struct convlist_query *q)
{
	static const char *const subs[CONVLIST_SUBS] = {" AND c.sub1 = ?",
	    " AND c.sub2 = ?", " AND c.sub3 = ?", " AND c.sub4 = ?", " AND c.sub5 = ?"};
	static const char *const custom[CONVLIST_CUSTOM] = {"custom_field1",
	    "custom_field2", "custom_field3", "custom_field4", "custom_field5",
	    "custom_field6", "custom_field7"};

	for (unsigned i = 0; i < CONVLIST_SUBS; i++)
		filter_text(k, subs[i], q->sub[i]);
	for (unsigned i = 0; i < CONVLIST_CUSTOM; i++)
		if (q->custom[i].p != NULL)
			ask_add(k,
			    " AND LOCATE(CONCAT('&', ?, '&'), CONCAT('&', c.extra, '&')) "
			    "> 0",
			    "s", extra_pair(a, custom[i], q->custom[i]));
}

/* What the rollup has, too. */
static void
filters_of_all(struct ask *k, struct arena *a, const struct convlist_query *q)
{
	if (q->statuses != 0)
		ask_add(k, " AND (? >> c.status) & 1", "i", (int64_t)q->statuses);
	if (q->currency.p != NULL)
		ask_add(k, " AND c.currency = ?", "s", q->currency);
	ask_in_ids(k, a, "c.offer_id", &q->offers);
	ask_in_ids(k, a, "c.advertiser_id", &q->advertisers);
	ask_in_ids(k, a, "c.affiliate_id", &q->affiliates);
	ask_in_ids(k, a, "c.country", &q->countries);
	ask_in_ids(k, a, "c.goal_id", &q->goals);
}

static void
filters(
    struct ask *k, struct arena *a, const struct convlist_query *q, struct period created)
{
	ask_add(k, " FROM conversion c", NULL);
	if (q->browser.p != NULL || q->os.p != NULL)
		ask_add(k, " LEFT JOIN user_agent u ON u.id = c.ua_id", NULL);
	ask_add(k, " WHERE c.created_us >= ? AND c.created_us < ?", "ii", created.from,
	    created.to);
	if (q->affiliate)
		ask_add(k, " AND " ASK_SHOWN("c"), NULL);
	if (q->updated_from != 0)
		ask_add(k, " AND c.updated_us >= ?", "i", q->updated_from);
	filters_of_all(k, a, q);
	ask_in_ids(k, a, "c.device_type", &q->devices);
	if (q->browser.p != NULL)
		ask_add(k,
		    " AND ? IN (u.browser, CONCAT(u.browser, ' ', u.browser_version))",
		    "s", q->browser);
	if (q->os.p != NULL)
		ask_add(
		    k, " AND ? IN (u.os, CONCAT(u.os, ' ', u.os_version))", "s", q->os);
	filter_text(k, " AND c.orderid = ?", q->action_id);
	if (q->has_click)
		ask_add(k, " AND c.click_us = ? AND c.click_lo = ?", "ii", q->click.us,
		    q->click.lo);
	if (q->no_click)
		ask_add(k, " AND FALSE", NULL);
	if (q->has_payouts)
		ask_add(k, " AND c.payout = ?", "i", q->payouts);
	if (q->has_revenue)
		ask_add(k, " AND c.revenue = ?", "i", q->revenue);
	filter_subs(k, a, q);
}

static void
put_ids(struct jsonw *w, const struct db_rows *r)
{
	char id[TXNID_HEX + 1];

	txnid_hex(id, db_i64(r, C_conv_us), (unsigned)db_i64(r, C_node_id));
	rowtext_cstr(w, "id", id);
	rowtext_cstr(w, "conversion_id", id);
	rowtext_str(w, "action_id", db_str(r, C_orderid));
	rowtext_str(w, "cbid", db_str(r, C_orderid));
	rowtext_cstr(w, "status", names_status((unsigned)db_i64(r, C_status)));
}

static void
put_offer(struct jsonw *w, const struct db_rows *r, const struct names *n, bool affiliate)
{
	const struct names_offer *o = names_offer(n, (uint32_t)db_i64(r, C_offer_id));
	const struct names_goal *g = names_goal(n, (uint32_t)db_i64(r, C_goal_id));

	jsonw_key(w, "offer");
	if (o->id == 0)
		jsonw_null(w);
	else
		names_put_offer(w, o, affiliate ? NAMES_URL_EMPTY : NAMES_URL);
	rowtext_int(w, "offer_id", db_i64(r, C_offer_id));
	rowtext_str(w, "goal", g->title.n > 0 ? g->title : g->value);
	rowtext_str(w, "goal_value", g->value);
}

static void
put_click(struct jsonw *w, const struct db_rows *r, const struct zone *z)
{
	struct click_id click = {db_i64(r, C_click_us), db_i64(r, C_click_lo)};
	char id[CLICKID_TEXT] = "";

	/* What was credited without a click has the time of its own. */
	if (!clickid_none(click))
		clickid_hex24(id, click);
	rowtext_cstr(w, "clickid", id);
	rowtext_time(
	    w, "click_time", z, clickid_none(click) ? db_i64(r, C_created_us) : click.us);
	rowtext_time(w, "created_at", z, db_i64(r, C_created_us));
	if (db_is_null(r, C_hold_until_us)) {
		jsonw_key(w, "hold_date_expire");
		jsonw_null(w);
	} else {
		rowtext_time(w, "hold_date_expire", z, db_i64(r, C_hold_until_us));
	}
	rowtext_ip(w, "ip", db_str(r, C_ip));
	rowtext_country(w, (uint16_t)db_i64(r, C_country));
	jsonw_key(w, "district");
	if (rowtext_of(r, C_PLACE(REGION)).n > 0)
		jsonw_str(w, rowtext_of(r, C_PLACE(REGION)));
	else
		jsonw_null(w);
	rowtext_str(w, "city", rowtext_of(r, C_PLACE(CITY)));
	rowtext_int(w, "city_id",
	    rowtext_of(r, C_PLACE(CITY)).n > 0 ? db_i64(r, C_PLACE(ID)) : 0);
	rowtext_str(w, "isp_code", rowtext_of(r, C_PLACE(ISP)));
	rowtext_str(w, "ua", rowtext_of(r, C_UA(ua)));
	rowtext_pair(w, "browser", r, C_UA(browser), C_UA(browser_version));
	rowtext_pair(w, "os", r, C_UA(os), C_UA(os_version));
	rowtext_cstr(w, "device", names_device((unsigned)db_i64(r, C_device_type)));
	rowtext_cstr(w, "device_type", names_device((unsigned)db_i64(r, C_device_type)));
}

static void
put_texts(struct jsonw *w, const struct db_rows *r, struct arena *a)
{
	static const char *const subs[] = {"sub1", "sub2", "sub3", "sub4", "sub5"};
	static const char *const further[] = {"sub6", "sub7", "sub8"};
	struct str extra = db_str(r, C_extra);
	char name[32];

	for (unsigned i = 0; i < ARRAY_LEN(subs); i++)
		rowtext_str(w, subs[i], db_str(r, (unsigned)C_sub1 + i));
	for (unsigned i = 0; i < ARRAY_LEN(further); i++)
		rowtext_str(w, further[i], extra_get(a, extra, further[i]));
	for (unsigned i = 1; i <= CONVLIST_CUSTOM; i++) {
		(void)snprintf(name, sizeof(name), "custom_field%u", i);
		struct str value = extra_get(a, extra, name);

		(void)snprintf(name, sizeof(name), "custom_field_%u", i);
		rowtext_str(w, name, value);
	}
	rowtext_str(w, "comment", db_str(r, C_comment));
	rowtext_str(w, "referrer", db_str(r, C_referrer));
	rowtext_str(w, "ref_id", extra_get(a, extra, "ref_id"));
}

/* Percent payments show the order's amount, fixed ones none. */
static void
put_money(struct jsonw *w, const struct db_rows *r, bool affiliate)
{
	bool percent = str_eq(db_str(r, C_payment_type), STR("percent"));
	money_t revenue = db_i64(r, C_revenue), payout = db_i64(r, C_payout);

	rowtext_str(w, "currency", db_str(r, C_currency));
	rowtext_money(w, "sum", percent ? db_i64(r, C_gross) : 0);
	if (!affiliate)
		rowtext_money(w, "revenue", revenue);
	rowtext_money(w, "payouts", payout);
	if (!affiliate)
		rowtext_money(w, "earnings", revenue - payout);
	rowtext_cstr(w, "payment_type", percent ? "percent" : "fixed");
	rowtext_cstr(w, "payment_status", "opened");
	rowtext_cstr(w, "is_paid", "1");
}

static void
put_row(struct jsonw *w, const struct db_rows *r, const struct convlist_query *q,
    const struct names *n, struct arena *a)
{
	const struct names_account *adv =
	    names_account(n, (uint32_t)db_i64(r, C_advertiser_id));
	uint32_t lp = (uint32_t)db_i64(r, C_landing_page_id);
	bool transit;

	jsonw_obj(w);
	put_ids(w, r);
	put_offer(w, r, n, q->affiliate);
	put_click(w, r, q->zone);
	put_texts(w, r, a);
	put_money(w, r, q->affiliate);
	jsonw_key(w, "partner");
	names_put_partner(
	    w, n, names_account(n, (uint32_t)db_i64(r, C_affiliate_id)), true);
	rowtext_int(w, "partner_id", db_i64(r, C_affiliate_id));
	if (!q->affiliate) {
		jsonw_key(w, "advertiser");
		names_put_advertiser(w, adv);
		rowtext_str(w, "supplier_id", adv->hex24);
	}
	if (lp == names_offer(n, (uint32_t)db_i64(r, C_offer_id))->default_lp)
		lp = 0;
	transit = names_page(n, lp)->transit;
	rowtext_int(w, "landing_id", transit ? 0 : lp);
	rowtext_int(w, "prelanding_id", transit ? lp : 0);
	jsonw_end(w);
}

/* Whether the rollup by quarters of an hour knows all that is asked for; hides: some of
 * his conversions an affiliate does not get to see. */
static bool
is_counted(const struct convlist_query *q, bool hides)
{
	bool texts = q->browser.p != NULL || q->os.p != NULL || q->action_id.p != NULL;

	for (unsigned i = 0; i < CONVLIST_SUBS; i++)
		texts = texts || q->sub[i].p != NULL;
	for (unsigned i = 0; i < CONVLIST_CUSTOM; i++)
		texts = texts || q->custom[i].p != NULL;
	return !texts && !hides && q->updated_from == 0 && !q->devices.set &&
	       !q->has_click && !q->no_click && !q->has_payouts && !q->has_revenue &&
	       pagefind_whole(q->created);
}

static enum err
find_page(
    struct db *db, struct arena *a, const struct convlist_query *q, struct pagefind *out)
{
	bool hides = false;
	struct ask k;
	enum err rc = q->affiliate ? ask_hides(db, &hides) : ERR_OK;

	if (rc != ERR_OK)
		return rc;
	ask_init(&k);
	if (!is_counted(q, hides)) {
		ask_add(&k, "SELECT COUNT(*)", NULL);
		filters(&k, a, q, q->created);
		return pagefind_count(db, &k, q->created, q->page, q->limit, out);
	}
	ask_add(&k,
	    "SELECT c.bucket, SUM(c.n) FROM rollup_status c WHERE c.bucket >= ? AND "
	    "c.bucket < ?",
	    "ii", clock_bucket(q->created.from), clock_bucket(q->created.to));
	filters_of_all(&k, a, q);
	ask_add(&k, " GROUP BY c.bucket ORDER BY c.bucket DESC", NULL);
	return pagefind_buckets(db, &k, q->created, q->page, q->limit, out);
}

/* The keys of the page's rows as JSON, and the names that they want.  What a key does not
 * hold is looked at for these rows alone. */
static enum err
read_keys(struct db *db, struct arena *a, const struct convlist_query *q,
    const struct pagefind *at, struct names *n, struct str *keys)
{
	struct jsonw *w = jsonw_new();
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	names_init(n, a);
	ask_init(&k);
	ask_add(&k,
	    "SELECT v.conv_us, v.node_id, v.offer_id, v.affiliate_id, v.advertiser_id, "
	    "v.landing_page_id FROM (SELECT c.conv_us, c.node_id",
	    NULL);
	filters(&k, a, q, at->period);
	ask_add(&k,
	    ORDER_SQL " LIMIT ?, ?) o STRAIGHT_JOIN conversion v ON v.conv_us = "
		      "o.conv_us AND v.node_id = o.node_id",
	    "ii", at->skip, q->limit);
	rc = ask_rows(&k, db, &rows);
	jsonw_arr(w);
	while (rc == ERR_OK && db_next(rows)) {
		jsonw_arr(w);
		jsonw_int(w, db_i64(rows, 0));
		jsonw_int(w, db_i64(rows, 1));
		jsonw_end(w);
		names_want_offer(n, (uint32_t)db_i64(rows, 2));
		names_want_account(n, (uint32_t)db_i64(rows, 3));
		names_want_account(n, (uint32_t)db_i64(rows, 4));
		names_want_page(n, (uint32_t)db_i64(rows, 5));
	}
	jsonw_end(w);
	*keys = arena_str(a, jsonw_text(w));
	jsonw_free(&w);
	if (rc == ERR_OK)
		rc = db_rows_close(&rows);
	return rc == ERR_OK ? names_load(n, db) : rc;
}

enum err
convlist_json(
    struct db *db, struct arena *a, const struct convlist_query *q, struct jsonw *w)
{
	struct db_rows *rows;
	struct names names;
	struct pagefind at;
	struct str keys;
	enum err rc = find_page(db, a, q, &at);

	if (rc == ERR_OK)
		rc = read_keys(db, a, q, &at, &names, &keys);
	if (rc == ERR_OK)
		rc = db_query(db, &rows, page_sql, "s", keys);
	if (rc != ERR_OK)
		return rc;
	jsonw_obj(w);
	rowtext_int(w, "status", 1);
	jsonw_key(w, "conversions");
	jsonw_arr(w);
	while (db_next(rows))
		put_row(w, rows, q, &names, a);
	jsonw_end(w);
	statrow_pagination(w, q->page, q->limit, at.total);
	jsonw_end(w);
	return db_rows_close(&rows);
}
