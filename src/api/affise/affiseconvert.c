/* SPDX-License-Identifier: Apache-2.0
 * affiseconvert.c - /3.0/admin/conversion/edit, conversion/import, conversions/import.
 *
 * A call is checked whole, goes into the journal whole and is answered then; book/bulk.h
 * says how.  All that can be known of a row beforehand is refused here, so that a call
 * that was answered is not half done.
 */
#include <sodium.h>
#include <stdio.h>

#include "api/affise/affisefilter.h"
#include "api/affise/affisekit.h"
#include "base/iplist.h"
#include "book/bulk.h"
#include "book/txnid.h"
#include "report/names.h"
#include "worker/section.h"

#define CALL_BYTES 16
/* conversion.status */
#define LAST_STATUS 5u
#define STATUS_PENDING 2u
#define SUM_BYTES 40u /* as of conversion/import */

/* ---- the event ---- */

/* The shared texts of every part; NULL: none. */
typedef void shared_f(struct api_req *rq, const void *what);

struct sending {
	struct api_req *rq;
	shared_f *shared;
	const void *what;
	struct str rows;
	const size_t *end; /* of each row */
	size_t n;
};

/* Where the part that begins with row `first` ends. */
static size_t
part_end(const struct sending *s, size_t first)
{
	size_t from = first == 0 ? 0 : s->end[first - 1], i = first;

	/* A row at least: a part that takes none would be followed by another such. */
	while (i < s->n && (i == first || s->end[i] - from <= BULK_PART))
		i++;
	return i;
}

static void
put_part(const struct sending *s, size_t first, size_t to, struct str part)
{
	size_t from = first == 0 ? 0 : s->end[first - 1];

	if (s->shared != NULL)
		s->shared(s->rq, s->what);
	api_event_put(s->rq, F_part, part);
	api_event_put(s->rq, F_rows, str_n(s->rows.p + from, s->end[to - 1] - from));
}

static int
send_rows(const struct sending *s, enum rec_kind kind)
{
	unsigned char random[CALL_BYTES];
	char call[2 * CALL_BYTES + 1];
	unsigned of = 0, no = 0;

	randombytes_buf(random, sizeof(random));
	(void)sodium_bin2hex(call, sizeof(call), random, sizeof(random));
	for (size_t i = 0; i < s->n; i = part_end(s, i))
		of++;
	api_event_begin(s->rq, kind, SRC_AFFISE_API);
	for (size_t i = 0; i < s->n;) {
		size_t to = part_end(s, i);

		no++;
		put_part(s, i, to,
		    of == 1 ? STR_NONE
			    : arena_printf(s->rq->arena, "%s.%u.%u", call, no, of));
		if (no < of)
			api_event_next(s->rq);
		i = to;
	}
	api_event_put(s->rq, F_request,
	    arena_printf(s->rq->arena, "rows=%zu&by=%u", s->n, s->rq->caller.account_id));
	return API_EVENT;
}

static struct str
money_text(struct arena *a, money_t m)
{
	char text[MONEY_TEXT];

	(void)money_format(text, m, 0);
	return arena_str(a, str_of(text));
}

/* ---- edit ---- */

static enum err
add_id(struct api_req *rq, struct str id, char *ids, size_t *end, size_t *n)
{
	uint64_t v;

	if (id.n != BULK_ID || !str_hex_to_u64(str_n(id.p, 12), &v) ||
	    !str_hex_to_u64(str_n(id.p + 12, 12), &v))
		return fault_set(
		    &rq->fault, ERR_INVALID, "ids", "must be conversions, 24 hex digits");
	if (*n == BULK_ROWS)
		return fault_set(&rq->fault, ERR_INVALID, "ids",
		    "has more than %u entries", BULK_ROWS);
	for (size_t i = 0; i < BULK_ID; i++)
		ids[*n * BULK_ID + i] =
		    (char)(id.p[i] >= 'A' && id.p[i] <= 'F' ? id.p[i] + 32 : id.p[i]);
	end[*n] = (*n + 1) * BULK_ID;
	(*n)++;
	return ERR_OK;
}

static int
by_id(const void *a, const void *b)
{
	return memcmp(a, b, BULK_ID);
}

static enum err
read_ids(struct api_req *rq, struct json_object *list, struct sending *s)
{
	char *ids = arena_alloc(rq->arena, (size_t)BULK_ROWS * BULK_ID + 1);
	size_t *end = arena_alloc(rq->arena, (BULK_ROWS + 1) * sizeof(*end)), n = 0,
	       to = 0;
	enum err rc = ERR_OK;

	/* Empty ones, too, are walked to one after the other. */
	if (tree_len(list) > BULK_ROWS)
		return fault_set(&rq->fault, ERR_INVALID, "ids",
		    "has more than %u entries", BULK_ROWS);
	for (size_t i = 0; i < tree_len(list) && rc == ERR_OK; i++) {
		struct str rest = tree_str(tree_at(list, i));

		if (tree_is_node(tree_at(list, i)))
			return fault_set(&rq->fault, ERR_INVALID, "ids",
			    "must be a list of plain values");
		while (rest.p != NULL && rest.n > 0 && rc == ERR_OK)
			rc = add_id(rq, str_trim(str_split(&rest, ',')), ids, end, &n);
	}
	if (rc == ERR_OK && n == 0)
		return fault_set(&rq->fault, ERR_MISSING, "ids", "is required");
	/* Each once. */
	if (rc == ERR_OK)
		qsort(ids, n, BULK_ID, by_id);
	for (size_t i = 0; i < n; i++) {
		if (to > 0 && by_id(ids + (to - 1) * BULK_ID, ids + i * BULK_ID) == 0)
			continue;
		memmove(ids + to++ * BULK_ID, ids + i * BULK_ID, BULK_ID);
	}
	s->rows = str_n(ids, to * BULK_ID);
	s->end = end;
	s->n = to;
	return rc;
}

/* A manager edits what hangs on his accounts (K3 of decisions.md); other ids are those of
 * no conversion, which are passed over. */
static enum err
keep_own(struct api_req *rq, struct sending *s)
{
	const unsigned own = rq->caller.own;
	const int64_t me = rq->caller.account_id;
	struct jsonw *list = jsonw_new();
	char *ids = arena_alloc(rq->arena, s->rows.n + 1);
	struct db_rows *r = NULL;
	size_t kept = 0;
	enum err rc;

	jsonw_arr(list);
	for (size_t i = 0; i < s->n; i++) {
		unsigned node = 0;
		us_t at = 0;

		if (!txnid_parse(str_n(s->rows.p + i * BULK_ID, BULK_ID), &at, &node))
			at = 0;
		jsonw_arr(list);
		jsonw_int(list, at);
		jsonw_int(list, node);
		jsonw_end(list);
	}
	jsonw_end(list);
	rc = db_query(rq->db, &r,
	    "SELECT k.i FROM JSON_TABLE(?, '$[*]' COLUMNS (i FOR ORDINALITY, at BIGINT "
	    "PATH '$[0]', node INT PATH '$[1]')) k STRAIGHT_JOIN conversion c ON "
	    "c.conv_us = k.at AND c.node_id = k.node JOIN account a ON a.id = "
	    "c.affiliate_id LEFT JOIN account v ON v.id = c.advertiser_id WHERE (? = 0 "
	    "OR "
	    "a.manager_id = ?) AND (? = 0 OR v.manager_id = ?) ORDER BY k.i",
	    "suiui", jsonw_text(list), (uint64_t)(own & OWN_AFFILIATES), me,
	    (uint64_t)(own & OWN_ADVERTISERS), me);
	jsonw_free(&list);
	if (rc != ERR_OK)
		return rc;
	for (; kept < s->n && db_next(r); kept++)
		memcpy(ids + kept * BULK_ID,
		    s->rows.p + ((size_t)db_i64(r, 0) - 1) * BULK_ID, BULK_ID);
	rc = db_rows_close(&r);
	s->rows = str_n(ids, kept * BULK_ID);
	s->n = kept;
	if (rc == ERR_OK && kept == 0)
		rc = fault_set(&rq->fault, ERR_NOT_FOUND, "", "Resource Not Found");
	return rc;
}

struct edit {
	const struct args_affise_edit_conversion *a;
	struct str currency;
};

static void
put_edit(struct api_req *rq, const void *what)
{
	const struct edit *x = what;
	const struct args_affise_edit_conversion *a = x->a;
	char status[2] = "0";

	for (unsigned i = 1; i <= LAST_STATUS; i++)
		if (str_eq(a->status.text, str_of(names_status(i))))
			status[0] = (char)('0' + i);
	if (a->has_status == ARG_SENT)
		api_event_put(rq, F_status, arena_str(rq->arena, str_of(status)));
	if (x->currency.n > 0)
		api_event_put(rq, F_currency, x->currency);
	if (a->has_revenue == ARG_SENT)
		api_event_put(rq, F_amount, money_text(rq->arena, a->revenue));
	if (a->has_payouts == ARG_SENT)
		api_event_put(rq, F_payout, money_text(rq->arena, a->payouts));
	if (a->has_comment != ARG_ABSENT)
		api_event_put(rq, F_comment, a->comment.p == NULL ? STR("") : a->comment);
}

/* One that has a rate, in upper case. */
static enum err
read_currency(struct api_req *rq, struct str sent, uint8_t has, struct str *out)
{
	char *code = arena_alloc(rq->arena, 4);
	int64_t known = 0;
	enum err rc;

	*out = STR_NONE;
	if (has != ARG_SENT)
		return ERR_OK;
	for (size_t i = 0; i < sent.n && i < 3; i++)
		code[i] = (char)(sent.p[i] >= 'a' && sent.p[i] <= 'z' ? sent.p[i] - 32
								      : sent.p[i]);
	*out = str_n(code, 3);
	rc = db_int(rq->db, &known, 0,
	    "SELECT ? = CONVERT(COALESCE((SELECT value FROM setting WHERE name = "
	    "'base_currency'), 'USD') USING utf8mb4) OR EXISTS (SELECT 1 FROM "
	    "currency_rate WHERE CONVERT(currency USING utf8mb4) = ?)",
	    "ss", *out, *out);
	if (rc != ERR_OK || known != 0)
		return rc;
	return fault_set(
	    &rq->fault, ERR_INVALID, "currency", "must be a currency that has a rate");
}

static enum err
read_edit(struct api_req *rq, const struct args_affise_edit_conversion *a,
    struct sending *s, struct edit *x)
{
	enum err rc = read_ids(rq, a->ids, s);

	if (rc == ERR_OK && rq->caller.own != 0)
		rc = keep_own(rq, s);
	x->a = a;
	s->shared = put_edit;
	s->what = x;
	return rc == ERR_OK
		   ? read_currency(rq, a->currency, a->has_currency, &x->currency)
		   : rc;
}

static void
put_money_or_null(struct jsonw *w, const char *key, money_t m, uint8_t has)
{
	jsonw_key(w, key);
	if (has == ARG_SENT)
		jsonw_money(w, m, 0);
	else
		jsonw_null(w);
}

int
api_affise_edit_conversion(
    struct api_req *rq, const struct args_affise_edit_conversion *a)
{
	struct sending s = {.rq = rq};
	struct jsonw *w = jsonw_new();
	struct edit x;
	enum err rc = read_edit(rq, a, &s, &x);

	if (rc != ERR_OK) {
		jsonw_free(&w);
		return (int)rc;
	}
	jsonw_obj(w);
	jsonw_key(w, "ids");
	jsonw_arr(w);
	for (size_t i = 0; i < s.n; i++)
		jsonw_str(w, str_n(s.rows.p + i * BULK_ID, BULK_ID));
	jsonw_end(w);
	affisekit_str_or_null(w, "status", a->status.text);
	affisekit_str_or_null(w, "currency", x.currency);
	put_money_or_null(w, "payouts", a->payouts, a->has_payouts);
	put_money_or_null(w, "revenue", a->revenue, a->has_revenue);
	jsonw_end(w);
	rq->answer = arena_str(rq->arena, jsonw_text(w));
	jsonw_free(&w);
	return send_rows(&s, REC_EDIT);
}

/* Whatever becomes of single rows: what was answered is on disk. */
static int
done(struct api_req *rq, const struct rec_outcome *o, const char *message)
{
	if (o->outcome == OUTCOME_NOT_STORED)
		return (int)fault_set(&rq->fault, ERR_FULL, "", "%s", "Try again later");
	affise_begin(rq);
	jsonw_key(rq->out, "data");
	jsonw_raw(rq->out, rq->answer);
	affisekit_str(rq->out, "message", str_of(message));
	jsonw_end(rq->out);
	return ERR_OK;
}

int
done_affise_edit_conversion(struct api_req *rq, const struct rec_outcome *o)
{
	return done(rq, o, "Conversion changes will take a few minutes");
}

/* ---- import ---- */

struct import {
	struct str offer, pid, action_id, goal, ip, ua, sum, status;
	int64_t offer_id;
	unsigned status_no;
};

/* "list[3][offer]", or of a single one "offer". */
static enum err
wrong(struct api_req *rq, int64_t no, const char *member, enum err e, const char *text)
{
	struct str name =
	    no < 0 ? str_of(member)
		   : arena_printf(rq->arena, "list[%lld][%s]", (long long)no, member);

	return fault_set(&rq->fault, e, arena_cstr(rq->arena, name), "%s", text);
}

static bool
is_goal(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (!((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') ||
			c == '_' || c == '-'))
			return false;
	}
	return s.n <= 190 && !str_eq(s, STR("0"));
}

static bool
read_status(struct import *m)
{
	if (m->status.n == 0)
		return true;
	if (str_eq(m->status, STR("pending_cap"))) {
		m->status_no = STATUS_PENDING;
		return true;
	}
	for (unsigned i = 1; i <= LAST_STATUS; i++)
		if (str_eq(m->status, str_of(names_status(i))))
			m->status_no = i;
	return m->status_no != 0;
}

static enum err
check_texts(struct api_req *rq, struct import *m, int64_t no)
{
	uint8_t ip[16];
	money_t sum;

	if (m->offer.n == 0)
		return wrong(rq, no, "offer", ERR_MISSING, "is required");
	if (m->pid.n == 0)
		return wrong(rq, no, "pid", ERR_MISSING, "is required");
	if (!is_goal(m->goal))
		return wrong(rq, no, "goal", ERR_INVALID,
		    "must be letters, digits, _ and -, and not 0");
	if (m->ip.n > 0 && !ip_parse(m->ip, ip))
		return wrong(rq, no, "ip", ERR_INVALID, "must be an address");
	if (m->sum.n > SUM_BYTES ||
	    (m->sum.n > 0 && (!money_parse(m->sum, &sum) || sum < 0 || sum > MONEY_MOST)))
		return wrong(rq, no, "sum", ERR_INVALID,
		    "must be a decimal number with a point, and not negative");
	if (m->action_id.n > 190)
		return wrong(
		    rq, no, "action_id", ERR_INVALID, "is longer than 190 bytes");
	if (m->ua.n > 512)
		return wrong(rq, no, "ua", ERR_INVALID, "is longer than 512 bytes");
	if (!read_status(m))
		return wrong(rq, no, "status", ERR_INVALID,
		    "must be one of "
		    "confirmed|pending|declined|not_found|hold|pending_cap");
	return ERR_OK;
}

/* The offers and affiliates of all rows: each of the first list is a number or 24 hex
 * digits; found: what there is, as text and number. */
struct known {
	struct str text;
	int64_t id;
};

static int
by_text(const void *a, const void *b)
{
	return str_cmp(((const struct known *)a)->text, ((const struct known *)b)->text);
}

static enum err
find_known(struct api_req *rq, const char *sql, struct jsonw *list, size_t most,
    struct known **out, size_t *n)
{
	struct known *v = arena_alloc(rq->arena, (most + 1) * sizeof(*v));
	struct db_rows *r = NULL;
	enum err rc = db_query(rq->db, &r, sql, "s", jsonw_text(list));

	*n = 0;
	while (rc == ERR_OK && *n < most && db_next(r))
		v[(*n)++] =
		    (struct known){arena_str(rq->arena, db_str(r, 0)), db_i64(r, 1)};
	if (rc == ERR_OK)
		rc = db_rows_close(&r);
	if (*n > 0)
		qsort(v, *n, sizeof(*v), by_text);
	*out = v;
	return rc;
}

static int64_t
lookup(const struct known *v, size_t n, struct str text)
{
	const struct known want = {text, 0};
	const struct known *k = n == 0 ? NULL : bsearch(&want, v, n, sizeof(*v), by_text);

	return k == NULL ? 0 : k->id;
}

#define LISTED                                                                       \
	" FROM (SELECT DISTINCT t FROM JSON_TABLE(?, '$[*]' COLUMNS (t VARCHAR(24) " \
	"CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin PATH '$')) j) k"
/* By its key: as a condition on the text alone every row would be read for each. */
#define OF_NUMBER(table_)                                                            \
	"(SELECT x.id FROM " table_ " x WHERE NOT x.deleted AND x.id = CAST(k.t AS " \
	"UNSIGNED) AND k.t = CONVERT(x.id USING utf8mb4)"

static bool
is_among(const struct ask_ids *list, int64_t id)
{
	size_t i = 0;

	while (list->set && i < list->n && list->v[i] != id)
		i++;
	return !list->set || i < list->n;
}

static enum err
check_known(struct api_req *rq, struct import *m, size_t n, bool list)
{
	struct jsonw *offers = jsonw_new(), *pids = jsonw_new();
	struct known *offer, *pid;
	struct ask_ids own_offers = {.set = false}, own_pids = {.set = false};
	size_t n_offer, n_pid = 0;
	enum err rc;

	jsonw_arr(offers);
	jsonw_arr(pids);
	for (size_t i = 0; i < n; i++) {
		jsonw_str(offers, m[i].offer);
		jsonw_str(pids, m[i].pid);
	}
	jsonw_end(offers);
	jsonw_end(pids);
	rc = find_known(rq,
	    "SELECT k.t, COALESCE(" OF_NUMBER(
		"offer") "), (SELECT x.id FROM offer x "
			 "WHERE NOT x.deleted AND x.hex24 = CONVERT(LOWER(k.t) USING "
			 "ascii)))" LISTED,
	    offers, n, &offer, &n_offer);
	if (rc == ERR_OK)
		rc = find_known(rq,
		    "SELECT k.t, " OF_NUMBER("account") " AND x.type = 100)" LISTED, pids,
		    n, &pid, &n_pid);
	jsonw_free(&offers);
	jsonw_free(&pids);
	if (rc == ERR_OK)
		rc = affisefilter_own(rq, &own_offers, &own_pids);
	for (size_t i = 0; rc == ERR_OK && i < n; i++) {
		int64_t no = list ? (int64_t)i : -1;

		m[i].offer_id = lookup(offer, n_offer, m[i].offer);
		if (m[i].offer_id == 0 || !is_among(&own_offers, m[i].offer_id))
			rc = wrong(
			    rq, no, "offer", ERR_NOT_FOUND, "there is no such offer");
		else if (lookup(pid, n_pid, m[i].pid) == 0 ||
			 !is_among(&own_pids, lookup(pid, n_pid, m[i].pid)))
			rc = wrong(
			    rq, no, "pid", ERR_NOT_FOUND, "there is no such affiliate");
	}
	return rc;
}

/* Tabs and line ends part the columns and the rows. */
static size_t
put_column(char *to, size_t at, struct str s, char end)
{
	for (size_t i = 0; i < s.n; i++)
		to[at++] = (unsigned char)s.p[i] < ' ' ? ' ' : s.p[i];
	to[at++] = end;
	return at;
}

static void
put_imports(struct api_req *rq, const struct import *m, size_t n, struct sending *s)
{
	size_t *end = arena_alloc(rq->arena, (n + 1) * sizeof(*end)), all = 1, at = 0;
	char *to, number[24];

	for (size_t i = 0; i < n; i++)
		all += 64 + m[i].pid.n + m[i].goal.n + m[i].sum.n + m[i].ip.n +
		       m[i].action_id.n + m[i].ua.n;
	to = arena_alloc(rq->arena, all);
	for (size_t i = 0; i < n; i++) {
		(void)snprintf(number, sizeof(number), "%lld", (long long)m[i].offer_id);
		at = put_column(to, at, str_of(number), '\t');
		at = put_column(to, at, m[i].pid, '\t');
		at = put_column(to, at, m[i].goal, '\t');
		(void)snprintf(number, sizeof(number), "%u", m[i].status_no);
		at = put_column(
		    to, at, m[i].status_no == 0 ? STR("") : str_of(number), '\t');
		at = put_column(to, at, m[i].sum, '\t');
		at = put_column(to, at, m[i].ip, '\t');
		at = put_column(to, at, m[i].action_id, '\t');
		at = put_column(to, at, m[i].ua, '\t');
		to[at++] = '\n';
		end[i] = at;
	}
	s->rows = str_n(to, at);
	s->end = end;
	s->n = n;
}

static void
put_members(struct jsonw *w, const struct import *m)
{
	money_t sum;

	affisekit_int(w, "offer", m->offer_id);
	jsonw_key(w, "pid");
	jsonw_raw(w, m->pid);
	affisekit_str_or_null(w, "action_id", m->action_id);
	affisekit_str_or_null(w, "goal", m->goal);
	affisekit_str_or_null(w, "ip", m->ip);
	affisekit_str_or_null(w, "ua", m->ua);
	jsonw_key(w, "sum");
	if (m->sum.n > 0 && money_parse(m->sum, &sum))
		jsonw_money(w, sum, 0);
	else
		jsonw_null(w);
	affisekit_str_or_null(w, "status", m->status);
}

static int
import(struct api_req *rq, struct import *m, size_t n, bool list)
{
	struct sending s = {.rq = rq};
	struct jsonw *w;
	enum err rc = ERR_OK;

	for (size_t i = 0; rc == ERR_OK && i < n; i++)
		rc = check_texts(rq, &m[i], list ? (int64_t)i : -1);
	if (rc == ERR_OK)
		rc = check_known(rq, m, n, list);
	if (rc != ERR_OK)
		return (int)rc;
	put_imports(rq, m, n, &s);
	w = jsonw_new();
	jsonw_obj(w);
	if (!list)
		put_members(w, m);
	jsonw_key(w, "list");
	jsonw_arr(w);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(w);
		put_members(w, &m[i]);
		jsonw_end(w);
	}
	jsonw_end(w);
	jsonw_end(w);
	rq->answer = arena_str(rq->arena, jsonw_text(w));
	jsonw_free(&w);
	return send_rows(&s, REC_IMPORT);
}

int
api_affise_import_conversion(
    struct api_req *rq, const struct args_affise_import_conversion *a)
{
	struct import m = {.offer = str_trim(a->offer),
	    .pid = str_trim(a->pid),
	    .action_id = a->action_id,
	    .goal = a->goal,
	    .ip = a->ip,
	    .ua = a->ua,
	    .sum = a->sum,
	    .status = a->status.text};

	return import(rq, &m, 1, false);
}

int
done_affise_import_conversion(struct api_req *rq, const struct rec_outcome *o)
{
	return done(rq, o, "Conversion import will take a few minutes");
}

int
api_affise_import_conversions(
    struct api_req *rq, const struct args_affise_import_conversions *a)
{
	size_t n = tree_len(a->list);
	struct import *m;

	if (n > BULK_ROWS)
		return (int)fault_set(
		    &rq->fault, ERR_INVALID, "list", "has more than %u rows", BULK_ROWS);
	if (n == 0)
		return (int)fault_set(&rq->fault, ERR_MISSING, "list", "is required");
	m = arena_alloc(rq->arena, n * sizeof(*m));
	for (size_t i = 0; i < n; i++) {
		struct json_object *row = tree_at(a->list, i);

		if (!tree_is_node(row))
			return (int)fault_set(
			    &rq->fault, ERR_INVALID, "list", "must be rows with members");
		m[i] = (struct import){.offer = str_trim(tree_get_str(row, "offer")),
		    .pid = str_trim(tree_get_str(row, "pid")),
		    .action_id = tree_get_str(row, "action_id"),
		    .goal = str_trim(tree_get_str(row, "goal")),
		    .ip = str_trim(tree_get_str(row, "ip")),
		    .ua = tree_get_str(row, "ua"),
		    .sum = str_trim(tree_get_str(row, "sum")),
		    .status = str_trim(tree_get_str(row, "status"))};
	}
	return import(rq, m, n, true);
}

int
done_affise_import_conversions(struct api_req *rq, const struct rec_outcome *o)
{
	return done(rq, o, "Conversion import will take a few minutes");
}
