/* SPDX-License-Identifier: Apache-2.0
 * postlog.c - see postlog.h.
 */
#include "report/postlog.h"

#include <stdio.h>

#include "book/txnid.h"
#include "report/extra.h"
#include "report/names.h"
#include "report/rowtext.h"
#include "report/statrow.h"
#include "track/clickid.h"
#include "track/posting.h"

enum col {
	C_us,
	C_lo,
	C_kind,
	C_outcome,
	C_answered, /* what the sender was told stands for */
	C_param,
	C_source,
	C_posted,
	C_refused,
	C_sender,
	C_request,
	C_conv_us,
	C_conv_node,
	C_orderid,
	C_waits
};

/* A row of the page; its click is looked up for all of them at once. */
struct row {
	struct click_id id, click;
	bool posted;
	struct str request, answer, orderid;
	unsigned outcome, waits; /* waits: unresolved.state, 0 not there */
	uint8_t sender[16];
	us_t conv_us;
	unsigned conv_node;
	struct track *track; /* NULL: no such click */
};

struct track {
	struct click_id id;
	uint32_t offer, affiliate;
	uint16_t country;
	unsigned device, flags;
	struct str ip, ua, os, browser, referrer, sub[5];
};

struct page {
	struct db *db;
	struct arena *a;
	const struct postlog_query *q;
	struct row *row;
	size_t n;
	struct names names;
};

/* ---- which rows ---- */

/* A parameter as it was sent, under any of its names. */
static void
filter_sent(struct ask *k, struct arena *a, struct str value, const char *const *names)
{
	static const char has[] =
	    "LOCATE(CONCAT('&', ?, '&'), CONCAT('&', l.request, '&')) > 0";
	bool first = true;

	if (value.p == NULL)
		return;
	for (; *names != NULL; names++, first = false) {
		ask_add(k, first ? " AND (" : " OR ", NULL);
		ask_add(k, has, "s", extra_pair(a, *names, value));
	}
	ask_add(k, ")", NULL);
}

static void
filters(struct ask *k, struct arena *a, const struct postlog_query *q)
{
	static const char *const actions[] = {"action_id", "orderid", NULL};
	static const char *const clicks[] = {
	    "clickid", "click_id", "click_hash", "transaction_hash", "transid", NULL};
	static const char *const goals[] = {"goal", "goalid", "goal_id", NULL};
	static const char *const statuses[] = {"status", NULL};

	/* What came by REST has a caller with a key and no answer of the scripts. */
	ask_add(k,
	    " FROM event_log l LEFT JOIN txn x ON x.txn_us = l.txn_us AND x.node_id = "
	    "l.node_id WHERE l.event_us >= ? AND l.event_us < ? AND l.source IN (1, 2)",
	    "ii", q->at.from, q->at.to);
	ask_in_ids(k, a, "l.offer_id", &q->offers);
	ask_in_ids(k, a, "l.affiliate_id", &q->affiliates);
	filter_sent(k, a, q->action_id, actions);
	filter_sent(k, a, q->click_id, clicks);
	filter_sent(k, a, q->goal, goals);
	filter_sent(k, a, q->status, statuses);
}

_Static_assert(SRC_NATS_POST == 1 && SRC_AFFISE_POST == 2, "as in the statement above");

struct str
postlog_answer(struct arena *a, unsigned source, unsigned kind, unsigned outcome,
    unsigned param, struct str request, struct str refused)
{
	bool is_void = kind == REC_VOID ||
		       (kind == REC_REFUSED && extra_get(a, request, "type").n > 0);
	enum posting_script script = source == SRC_AFFISE_POST ? POSTING_AFFISE
				     : is_void                 ? POSTING_VOID
							       : POSTING_PIXEL;
	char text[POSTING_ANSWER_MAX];
	size_t n;

	if (kind == REC_REFUSED)
		n = posting_refuse(
		    text, script, refused.n == 0 ? NULL : arena_cstr(a, refused));
	else
		n = posting_answer(text, script, (enum outcome)outcome,
		    rec_field_name((enum rec_field)param));
	return arena_str(a, str_n(text, n));
}

const char *
postlog_outcome(unsigned outcome)
{
	static const char *const words[] = {
#define OUTCOME(number_, id_, nats_, affise_) [number_] = #id_,
#include "tbl/outcomes.h"
#undef OUTCOME
	};

	return outcome < ARRAY_LEN(words) && words[outcome] != NULL ? words[outcome] : "";
}

static struct click_id
click_of(struct arena *a, struct str request)
{
	static const char *const names[] = {
	    "clickid", "click_id", "click_hash", "transaction_hash", "transid"};
	struct click_id id = {0, 0};

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (clickid_parse(extra_get(a, request, names[i]), &id) == CLICKID_OURS)
			return id;
	}
	return (struct click_id){0, 0};
}

static void
read_row(struct page *p, const struct db_rows *r)
{
	struct row *x = &p->row[p->n++];
	struct str sender = db_str(r, C_sender);

	x->id = (struct click_id){db_i64(r, C_us), db_i64(r, C_lo)};
	x->posted = db_i64(r, C_posted) != 0;
	x->request = arena_str(p->a, db_str(r, C_request));
	x->click = click_of(p->a, x->request);
	x->answer = postlog_answer(p->a, (unsigned)db_u64(r, C_source),
	    (unsigned)db_u64(r, C_kind), (unsigned)db_u64(r, C_answered),
	    (unsigned)db_u64(r, C_param), x->request, db_str(r, C_refused));
	if (sender.n == sizeof(x->sender))
		memcpy(x->sender, sender.p, sender.n);
	x->conv_us = db_i64(r, C_conv_us);
	x->conv_node = (unsigned)db_u64(r, C_conv_node);
	x->orderid = arena_str(p->a, db_str(r, C_orderid));
	x->outcome = (unsigned)db_u64(r, C_outcome);
	x->waits = (unsigned)db_u64(r, C_waits);
	x->track = NULL;
}

static enum err
read_rows(struct page *p)
{
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	p->row = arena_alloc(p->a, ((size_t)p->q->limit + 1) * sizeof(*p->row));
	ask_init(&k);
	ask_add(&k,
	    "SELECT l.event_us, l.event_lo, l.kind, l.outcome, COALESCE(l.answered, "
	    "l.outcome), l.param, l.source, l.posted, l.refused, l.sender, l.request, "
	    "COALESCE(x.conv_us, 0), COALESCE(x.conv_node, 0), COALESCE(x.orderid, ''), "
	    "COALESCE((SELECT u.state FROM unresolved u WHERE u.event_us = l.event_us "
	    "AND u.event_lo = l.event_lo), 0)",
	    NULL);
	filters(&k, p->a, p->q);
	ask_add(&k, " ORDER BY l.event_us DESC, l.event_lo DESC LIMIT ?, ?", "ii",
	    (p->q->page - 1) * p->q->limit, p->q->limit);
	rc = ask_rows(&k, p->db, &rows);
	if (rc != ERR_OK)
		return rc;
	while (db_next(rows) && p->n < (size_t)p->q->limit)
		read_row(p, rows);
	return db_rows_close(&rows);
}

static enum err
count(struct page *p, int64_t *total)
{
	struct db_rows *rows;
	struct ask k;
	enum err rc;

	ask_init(&k);
	ask_add(&k, "SELECT COUNT(*)", NULL);
	filters(&k, p->a, p->q);
	rc = ask_rows(&k, p->db, &rows);
	if (rc != ERR_OK)
		return rc;
	*total = db_next(rows) ? db_i64(rows, 0) : 0;
	return db_rows_close(&rows);
}

/* ---- their clicks ---- */

static void
read_track(struct page *p, const struct db_rows *r)
{
	struct track *t = arena_alloc(p->a, sizeof(*t));

	*t = (struct track){.id = {db_i64(r, 0), db_i64(r, 1)},
	    .offer = (uint32_t)db_u64(r, 2),
	    .affiliate = (uint32_t)db_u64(r, 3),
	    .country = (uint16_t)db_u64(r, 4),
	    .device = (unsigned)db_u64(r, 5),
	    .flags = (unsigned)db_u64(r, 6),
	    .ip = arena_str(p->a, db_str(r, 7)),
	    .ua = arena_str(p->a, db_str(r, 8)),
	    .os = arena_str(p->a, db_str(r, 9)),
	    .browser = arena_str(p->a, db_str(r, 10)),
	    .referrer = arena_str(p->a, db_str(r, 11))};
	for (unsigned i = 0; i < ARRAY_LEN(t->sub); i++)
		t->sub[i] = arena_str(p->a, db_str(r, 12 + i));
	names_want_offer(&p->names, t->offer);
	names_want_account(&p->names, t->affiliate);
	for (size_t i = 0; i < p->n; i++) {
		if (p->row[i].click.us == t->id.us && p->row[i].click.lo == t->id.lo)
			p->row[i].track = t;
	}
}

/* The raw ones, and those that were kept when the raw ones went. */
static enum err
read_tracks(struct page *p)
{
	static const char sql[] =
	    "SELECT c.click_us, c.click_lo, c.offer_id, c.affiliate_id, c.country, "
	    "c.device_type, c.flags, c.ip, COALESCE(u.ua, ''), COALESCE(u.os, ''), "
	    "COALESCE(u.browser, ''), c.referrer, c.sub1, c.sub2, c.sub3, c.sub4, c.sub5 "
	    "FROM (SELECT DISTINCT us, lo FROM JSON_TABLE(?, '$[*]' COLUMNS (us BIGINT "
	    "PATH '$[0]', lo BIGINT PATH '$[1]')) j) k STRAIGHT_JOIN ";
	static const char on[] = " c FORCE INDEX (PRIMARY) ON c.click_us = k.us AND "
				 "c.click_lo = k.lo LEFT JOIN user_agent u ON u.id = "
				 "c.ua_id";
	static const char *const tables[] = {"click_kept", "click"};
	struct jsonw *w = jsonw_new();
	enum err rc = ERR_OK;

	jsonw_arr(w);
	for (size_t i = 0; i < p->n; i++) {
		if (clickid_none(p->row[i].click))
			continue;
		jsonw_arr(w);
		jsonw_int(w, p->row[i].click.us);
		jsonw_int(w, p->row[i].click.lo);
		jsonw_end(w);
	}
	jsonw_end(w);
	for (size_t i = 0; rc == ERR_OK && i < ARRAY_LEN(tables); i++) {
		struct db_rows *r = NULL;
		struct ask k;

		ask_init(&k);
		ask_add(&k, sql, "s", jsonw_text(w));
		ask_add(&k, tables[i], NULL);
		ask_add(&k, on, NULL);
		rc = ask_rows(&k, p->db, &r);
		while (rc == ERR_OK && db_next(r))
			read_track(p, r);
		rc = rc == ERR_OK ? db_rows_close(&r) : rc;
	}
	jsonw_free(&w);
	return rc;
}

/* ---- writing ---- */

static void
put_params(struct jsonw *w, struct arena *a, struct str request)
{
	struct str rest = request, pair;

	jsonw_obj(w);
	for (pair = str_split(&rest, '&'); pair.p != NULL; pair = str_split(&rest, '&')) {
		struct str value = pair, name = str_split(&value, '=');

		if (name.n == 0)
			continue;
		jsonw_key_str(w, extra_decode(a, name));
		jsonw_str(w, extra_decode(a, value));
	}
	jsonw_end(w);
}

static struct str
params_text(struct arena *a, struct str request)
{
	struct jsonw *w = jsonw_new();
	struct str text;

	put_params(w, a, request);
	text = arena_str(a, jsonw_text(w));
	jsonw_free(&w);
	return text;
}

static void
put_track(struct jsonw *w, const struct page *p, const struct row *x)
{
	const struct track *t = x->track;
	const struct names_offer *o = names_offer(&p->names, t->offer);
	const struct names_account *acc = names_account(&p->names, t->affiliate);
	char id[CLICKID_TEXT], conv[TXNID_HEX + 1], name[] = "sub1";

	clickid_hex24(id, t->id);
	jsonw_obj(w);
	rowtext_cstr(w, "id", id);
	rowtext_ip(w, "ip", t->ip);
	rowtext_str(w, "ua", t->ua);
	rowtext_country(w, t->country);
	rowtext_cstr(w, "city", "");
	rowtext_cstr(w, "device", names_device(t->device));
	rowtext_str(w, "os", t->os);
	rowtext_str(w, "browser", t->browser);
	rowtext_str(w, "referrer", t->referrer);
	rowtext_cstr(w, "click_id", id);
	for (unsigned i = 0; i < ARRAY_LEN(t->sub); i++) {
		name[3] = (char)('1' + i);
		rowtext_str(w, name, t->sub[i]);
	}
	jsonw_key(w, "offer");
	jsonw_obj(w);
	rowtext_int(w, "id", t->offer);
	rowtext_str(w, "offer_id", o->hex24);
	rowtext_str(w, "title", o->title);
	rowtext_cstr(w, "preview_url", "");
	jsonw_end(w);
	rowtext_digits(w, "offer_id", t->offer);
	txnid_hex(conv, x->conv_us, x->conv_node);
	jsonw_key(w, "conversion_id");
	if (x->conv_us == 0)
		jsonw_null(w);
	else
		jsonw_cstr(w, conv);
	jsonw_key(w, "ios_idfa");
	jsonw_null(w);
	jsonw_key(w, "android_id");
	jsonw_null(w);
	rowtext_time(w, "created_at", p->q->zone, t->id.us);
	rowtext_int(w, "uniq", (t->flags & CLICK_UNIQUE_OFFER) != 0);
	jsonw_key(w, "cbid");
	if (x->conv_us == 0)
		jsonw_null(w);
	else
		jsonw_str(w, x->orderid);
	jsonw_key(w, "partner");
	jsonw_obj(w);
	rowtext_digits(w, "id", t->affiliate);
	rowtext_str(w, "login", acc->username);
	rowtext_str(w, "email", acc->email);
	jsonw_end(w);
	jsonw_end(w);
}

static void
put_row(struct jsonw *w, const struct page *p, const struct row *x)
{
	const struct str params = params_text(p->a, x->request), none = STR("[]");
	char id[CLICKID_TEXT], sender[ROWTEXT_IP];

	clickid_hex24(id, x->id);
	rowtext_addr(str_n((const char *)x->sender, sizeof(x->sender)), sender);
	jsonw_obj(w);
	jsonw_key(w, "_id");
	jsonw_obj(w);
	rowtext_cstr(w, "$id", id);
	jsonw_end(w);
	jsonw_key(w, "_get");
	put_params(w, p->a, x->posted ? STR("") : x->request);
	jsonw_key(w, "_post");
	jsonw_arr(w);
	jsonw_end(w);
	jsonw_key(w, "date");
	jsonw_obj(w);
	rowtext_int(w, "sec", x->id.us / US_SECOND);
	rowtext_int(w, "usec", x->id.us % US_SECOND);
	jsonw_end(w);
	rowtext_str(w, "get", x->posted ? none : params);
	rowtext_str(w, "post", x->posted ? params : none);
	rowtext_cstr(w, "server", sender);
	rowtext_str(w, "response", x->answer);
	rowtext_cstr(w, "outcome", postlog_outcome(x->outcome));
	/* E5: a conversion that was taken and whose click is not here. */
	jsonw_key(w, "unresolved");
	if (x->waits == 0)
		jsonw_null(w);
	else
		jsonw_cstr(w, x->waits == 1 ? "waiting" : "unknown");
	jsonw_key(w, "track");
	if (x->track == NULL)
		jsonw_null(w);
	else
		put_track(w, p, x);
	jsonw_end(w);
}

enum err
postlog_json(
    struct db *db, struct arena *a, const struct postlog_query *q, struct jsonw *w)
{
	struct page p = {.db = db, .a = a, .q = q};
	int64_t total = 0;
	enum err rc = count(&p, &total);

	names_init(&p.names, a);
	if (rc == ERR_OK)
		rc = read_rows(&p);
	if (rc == ERR_OK)
		rc = read_tracks(&p);
	if (rc == ERR_OK)
		rc = names_load(&p.names, db);
	if (rc != ERR_OK)
		return rc;
	jsonw_obj(w);
	rowtext_int(w, "status", 1);
	jsonw_key(w, "postbacks");
	jsonw_arr(w);
	for (size_t i = 0; i < p.n; i++)
		put_row(w, &p, &p.row[i]);
	jsonw_end(w);
	statrow_pagination(w, q->page, q->limit, total);
	jsonw_end(w);
	return ERR_OK;
}
