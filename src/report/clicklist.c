/* SPDX-License-Identifier: Apache-2.0
 * clicklist.c - see clicklist.h.
 */
#include "report/clicklist.h"

#include "base/record.h"
#include "book/txnid.h"
#include "report/extra.h"
#include "report/names.h"
#include "report/pagefind.h"
#include "report/rowtext.h"
#include "report/statrow.h"
#include "track/clickid.h"

enum col {
	C_US,
	C_LO,
	C_FLAGS,
	C_OFFER,
	C_LP,
	C_AFFILIATE,
	C_COUNTRY,
	C_DEVICE,
	C_IP,
	C_SUB1,
	C_SUB2,
	C_SUB3,
	C_SUB4,
	C_SUB5,
	C_REFERRER,
	C_EXTRA,
	C_UA,
	C_MODEL,
	C_OS,
	C_OS_VERSION,
	C_BROWSER,
	C_BROWSER_VERSION,
	C_CITY,
	C_PLACE,
	C_ISP,
	C_CONNECTION,
	C_CONV_US,
	C_CONV_NODE,
	C_ORDERID,
	C_SMART
};

/* The page is cut before the joins; a click with several conversions shows its first. */
static const char outer_sql[] = "SELECT p.click_us, p.click_lo, p.flags, p.offer_id, "
				"p.landing_page_id, p.affiliate_id, p.country,"
				" p.device_type, p.ip, p.sub1, p.sub2, p.sub3, p.sub4, "
				"p.sub5, p.referrer, p.extra, u.ua, u.model, u.os,"
				" u.os_version, u.browser, u.browser_version, "
				"l.city, p.place_id, i.name, p.connection, v.conv_us, "
				"v.node_id, v.orderid, sc.hex24 FROM (SELECT x.*";
#define JOINS(of_v_, of_e_)                                                         \
	") p LEFT JOIN smartlink_category sc ON sc.id = p.smart_id LEFT JOIN "      \
	"user_agent u ON u.id = p.ua_id LEFT JOIN place l ON l.id = p.place_id "    \
	"LEFT JOIN isp i ON i.id = p.isp_id LEFT JOIN conversion v ON "             \
	"v.click_us = p.click_us AND v.click_lo = p.click_lo" of_v_                 \
	" AND NOT EXISTS (SELECT 1 FROM conversion e WHERE e.click_us = v.click_us" \
	" AND e.click_lo = v.click_lo" of_e_                                        \
	" AND (e.conv_us < v.conv_us OR (e.conv_us = v.conv_us AND e.node_id < "    \
	"v.node_id))) ORDER BY p.click_us DESC, p.click_lo DESC"
static const char joins_sql[] = JOINS("", "");
static const char shown_joins_sql[] =
    JOINS(" AND " ASK_SHOWN("v"), " AND " ASK_SHOWN("e"));

/* What rollup and corrections have, too. */
static void
filters_of_all(struct ask *k, struct arena *a, const struct clicklist_query *q)
{
	ask_in_ids(k, a, "x.offer_id", &q->offers);
	ask_in_ids(k, a, "x.advertiser_id", &q->advertisers);
	ask_in_ids(k, a, "x.affiliate_id", &q->affiliates);
	ask_in_ids(k, a, "x.country", &q->countries);
}

static void
filters(struct ask *k, struct arena *a, const struct clicklist_query *q, struct period p)
{
	ask_add(k,
	    " FROM click x WHERE x.click_us >= ? AND x.click_us < ? AND x.verdict IN (0, "
	    "1) AND COALESCE((SELECT v.verdict FROM click_correction v WHERE v.click_us "
	    "= "
	    "x.click_us AND v.click_lo = x.click_lo ORDER BY v.refilter_id DESC LIMIT "
	    "1), "
	    "x.verdict) = 0",
	    "ii", p.from, p.to);
	filters_of_all(k, a, q);
}

static void
page_statement(struct ask *k, struct arena *a, const struct clicklist_query *q,
    const struct pagefind *at, const char *columns, const char *after)
{
	ask_init(k);
	ask_add(k, columns, NULL);
	filters(k, a, q, at->period);
	ask_add(k, " ORDER BY x.click_us DESC, x.click_lo DESC LIMIT ?, ?", "ii",
	    at->skip, q->limit);
	ask_add(k, after, NULL);
}

static void
put_device(struct jsonw *w, const struct db_rows *r)
{
	static const char *const connections[] = {"", "wifi", "cellular"};
	unsigned device = (unsigned)db_i64(r, C_DEVICE);
	unsigned connection = (unsigned)db_i64(r, C_CONNECTION);
	const struct str city = rowtext_of(r, C_CITY);

	rowtext_ip(w, "ip", db_str(r, C_IP));
	rowtext_str(w, "ua", rowtext_of(r, C_UA));
	rowtext_country(w, (uint16_t)db_i64(r, C_COUNTRY));
	rowtext_str(w, "city", city);
	rowtext_int(w, "city_id", city.n > 0 ? db_i64(r, C_PLACE) : 0);
	rowtext_cstr(w, "device", names_device(device));
	rowtext_cstr(w, "device_type", names_device(device));
	rowtext_str(w, "device_model", rowtext_of(r, C_MODEL));
	rowtext_str(w, "os", rowtext_of(r, C_OS));
	rowtext_str(w, "os_version", rowtext_of(r, C_OS_VERSION));
	rowtext_pair(w, "os_fullname", r, C_OS, C_OS_VERSION);
	rowtext_str(w, "browser", rowtext_of(r, C_BROWSER));
	rowtext_str(w, "browser_version", rowtext_of(r, C_BROWSER_VERSION));
	rowtext_pair(w, "browser_fullname", r, C_BROWSER, C_BROWSER_VERSION);
	rowtext_cstr(w, "connection_type",
	    connection < ARRAY_LEN(connections) ? connections[connection] : "");
	rowtext_str(w, "isp_code", rowtext_of(r, C_ISP));
}

static void
put_texts(struct jsonw *w, const struct db_rows *r, struct arena *a)
{
	static const char *const subs[] = {"sub1", "sub2", "sub3", "sub4", "sub5"};
	static const char *const further[] = {"sub6", "sub7", "sub8", "ref_id", "os_id",
	    "user_id", "ext1", "ext2", "ext3", "unid", "ios_idfa", "android_id"};
	struct str extra = db_str(r, C_EXTRA);

	rowtext_str(w, "referrer", db_str(r, C_REFERRER));
	for (unsigned i = 0; i < ARRAY_LEN(subs); i++)
		rowtext_str(w, subs[i], db_str(r, (unsigned)C_SUB1 + i));
	for (unsigned i = 0; i < ARRAY_LEN(further); i++)
		rowtext_str(w, further[i], extra_get(a, extra, further[i]));
}

static void
put_conversion(struct jsonw *w, const struct db_rows *r)
{
	char id[TXNID_HEX + 1] = "";
	bool has = !db_is_null(r, C_CONV_US);

	if (has)
		txnid_hex(id, db_i64(r, C_CONV_US), (unsigned)db_i64(r, C_CONV_NODE));
	rowtext_cstr(w, "conversion_id", id);
	jsonw_key(w, "has_conversions");
	jsonw_bool(w, has);
	rowtext_str(w, "cbid", rowtext_of(r, C_ORDERID));
}

static void
put_landing(struct jsonw *w, const char *key, const struct names_page *p)
{
	jsonw_key(w, key);
	jsonw_obj(w);
	rowtext_int(w, "id", p->id);
	rowtext_str(w, "url", p->url);
	rowtext_str(w, "title", p->title);
	jsonw_end(w);
}

static void
put_row(struct jsonw *w, const struct db_rows *r, const struct clicklist_query *q,
    const struct names *n, struct arena *a)
{
	uint32_t offer = (uint32_t)db_i64(r, C_OFFER),
		 partner = (uint32_t)db_i64(r, C_AFFILIATE),
		 lp = (uint32_t)db_i64(r, C_LP);
	const struct names_page *page;
	char id[CLICKID_TEXT];

	clickid_hex24(id, (struct click_id){db_i64(r, C_US), db_i64(r, C_LO)});
	jsonw_obj(w);
	rowtext_cstr(w, "id", id);
	rowtext_cstr(w, "click_id", id);
	put_device(w, r);
	jsonw_key(w, "offer");
	names_put_offer(
	    w, names_offer(n, offer), q->affiliate ? NAMES_URL_EMPTY : NAMES_URL);
	put_texts(w, r, a);
	put_conversion(w, r);
	rowtext_time(w, "created_at", q->zone, db_i64(r, C_US));
	jsonw_key(w, "uniq");
	jsonw_bool(w, (db_i64(r, C_FLAGS) & CLICK_UNIQUE_OFFER) != 0);
	rowtext_str(w, "smart_id", rowtext_of(r, C_SMART));
	/* The default one is the offer's URL and no landing (decisions.md §7). */
	if (lp == names_offer(n, offer)->default_lp)
		lp = 0;
	page = names_page(n, lp);
	put_landing(w, "landing", page->transit ? names_page(n, 0) : page);
	put_landing(w, "prelanding", page->transit ? page : names_page(n, 0));
	rowtext_int(w, "partner_id", partner);
	jsonw_key(w, "partner");
	names_put_partner(w, n, names_account(n, partner), true);
	jsonw_end(w);
}

static enum err
load_names(struct db *db, struct arena *a, const struct clicklist_query *q,
    const struct pagefind *at, struct names *n)
{
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	names_init(n, a);
	page_statement(
	    &k, a, q, at, "SELECT x.offer_id, x.affiliate_id, x.landing_page_id", "");
	rc = ask_rows(&k, db, &rows);
	while (rc == ERR_OK && db_next(rows)) {
		names_want_offer(n, (uint32_t)db_i64(rows, 0));
		names_want_account(n, (uint32_t)db_i64(rows, 1));
		names_want_page(n, (uint32_t)db_i64(rows, 2));
	}
	if (rc == ERR_OK)
		rc = db_rows_close(&rows);
	return rc == ERR_OK ? names_load(n, db) : rc;
}

/* The rollup has every click under its time; what a later run of the filter of bots took
 * out, or put in, it has under the time of that run. */
static void
from_rollup(struct ask *k, struct arena *a, const struct clicklist_query *q, us_t from)
{
	us_t to = q->period.to;

	ask_add(k,
	    "SELECT x.bucket AS b, x.page_view AS n FROM rollup_booked x WHERE x.bucket "
	    ">= ? AND x.bucket < ?",
	    "ii", clock_bucket(from), clock_bucket(to));
	filters_of_all(k, a, q);
	ask_add(k,
	    " UNION ALL SELECT x.booked_us DIV 900000000, -x.page_view FROM "
	    "click_correction x WHERE x.booked_us >= ? AND x.booked_us < ?",
	    "ii", from, to);
	filters_of_all(k, a, q);
	ask_add(k,
	    " UNION ALL SELECT x.click_us DIV 900000000, x.page_view FROM "
	    "click_correction x WHERE x.click_us >= ? AND x.click_us < ?",
	    "ii", from, to);
	filters_of_all(k, a, q);
}

/* Of days that retention has dropped the rollup still tells, but what is listed of them
 * are rows that came later. */
static enum err
find_page(
    struct db *db, struct arena *a, const struct clicklist_query *q, struct pagefind *out)
{
	struct period gone = {q->period.from, q->period.from};
	int64_t sealed = 0;
	struct ask k;
	enum err rc = db_int(db, &sealed, 0, "SELECT MAX(to_us) FROM click_sealed", "");

	if (rc != ERR_OK)
		return rc;
	ask_init(&k);
	if (!pagefind_whole(q->period) || sealed % US_BUCKET != 0) {
		ask_add(&k, "SELECT COUNT(*)", NULL);
		filters(&k, a, q, q->period);
		return pagefind_count(db, &k, q->period, q->page, q->limit, out);
	}
	if (sealed > gone.from)
		gone.to = sealed < q->period.to ? sealed : q->period.to;
	ask_add(&k, "SELECT t.b, SUM(t.n) FROM (", NULL);
	from_rollup(&k, a, q, gone.to);
	if (gone.from < gone.to) {
		ask_add(&k, " UNION ALL SELECT x.click_us DIV 900000000, 1", NULL);
		filters(&k, a, q, gone);
	}
	ask_add(&k, ") t GROUP BY t.b ORDER BY t.b DESC", NULL);
	return pagefind_buckets(db, &k, q->period, q->page, q->limit, out);
}

enum err
clicklist_json(
    struct db *db, struct arena *a, const struct clicklist_query *q, struct jsonw *w)
{
	struct db_rows *rows;
	struct names names;
	struct pagefind at;
	struct ask k;
	enum err rc = find_page(db, a, q, &at);

	if (rc == ERR_OK)
		rc = load_names(db, a, q, &at, &names);
	if (rc != ERR_OK)
		return rc;
	page_statement(
	    &k, a, q, &at, outer_sql, q->affiliate ? shown_joins_sql : joins_sql);
	rc = ask_rows(&k, db, &rows);
	if (rc != ERR_OK)
		return rc;
	jsonw_obj(w);
	rowtext_int(w, "status", 1);
	jsonw_key(w, "clicks");
	jsonw_arr(w);
	while (db_next(rows))
		put_row(w, rows, q, &names, a);
	jsonw_end(w);
	statrow_pagination(w, q->page, q->limit, at.total);
	jsonw_end(w);
	return db_rows_close(&rows);
}
