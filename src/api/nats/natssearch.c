/* SPDX-License-Identifier: Apache-2.0
 * natssearch.c - /api/affiliate/search.
 */
#include "api/nats/natskit.h"
#include "base/datetext.h"
#include "base/iplist.h"
#include "domain/account.h"
#include "report/accountfind.h"

#include <arpa/inet.h>
#include <stdio.h>

#define ALL_ACCOUNTS 100000000u
#define PIECE 500u         /* accounts read at a time */
#define LONGEST_CHAIN 100u /* of who referred whom: a circle ends too */

/* Unix number of an IPv4 address as well as its text. */
static struct str
address_text(struct arena *a, struct str s)
{
	uint8_t ip[16];
	char text[IP_TEXT];
	int64_t v;

	if (str_to_i64(s, &v) && v >= 0 && v <= UINT32_MAX)
		return arena_printf(a, "%u.%u.%u.%u", (unsigned)(v >> 24) & 255,
		    (unsigned)(v >> 16) & 255, (unsigned)(v >> 8) & 255,
		    (unsigned)v & 255);
	if (ip_parse(s, ip))
		return arena_str(a, str_n(text, ip_format(text, ip)));
	return s;
}

static enum err
take_date(struct api_req *rq, const struct zone *z, const char *name, uint8_t has,
    struct str text, struct accountfind *f, unsigned bound)
{
	if (has != ARG_SENT)
		return ERR_OK;
	f->bound[bound].given = true;
	if (datetext_parse(str_trim(text), z, rq->now, &f->bound[bound].v))
		return ERR_OK;
	return fault_set(&rq->fault, ERR_INVALID, name, "is no date this server reads");
}

static enum err
take_stats(struct api_req *rq, const struct args_nats_search *a, struct accountfind *f)
{
	const struct period_args when = {a->stats_period, a->stats_start, a->stats_end};
	const struct zone *z;
	enum err rc;

	if (a->has_stats_period != ARG_SENT && a->has_stats_start != ARG_SENT &&
	    a->has_stats_end != ARG_SENT)
		return ERR_OK;
	rc = natskit_period(rq, &when, &f->stats, &z);
	if (rc == ERR_INVALID)
		return fault_set(&rq->fault, rc,
		    strcmp(rq->fault.param, "period") == 0  ? "stats_period"
		    : strcmp(rq->fault.param, "start") == 0 ? "stats_start"
							    : "stats_end",
		    "%s", rq->fault.text);
	return rc;
}

static void
take_texts(struct api_req *rq, const struct args_nats_search *a, struct accountfind *f)
{
#define X(name_, piece_)                \
	if (a->has_##name_ == ARG_SENT) \
		f->text[AF_T_##name_] = a->name_;
	ACCOUNTFIND_TEXTS(X)
#undef X
#define X(name_, piece_)                                            \
	f->number[AF_N_##name_].given = a->has_##name_ == ARG_SENT; \
	f->number[AF_N_##name_].v = a->name_;
	ACCOUNTFIND_NUMBERS(X)
#undef X
	if (a->has_name == ARG_SENT)
		f->name = str_trim(a->name);
	if (a->has_address == ARG_SENT)
		f->address = str_trim(a->address);
	if (a->has_join_ip == ARG_SENT)
		f->text[AF_T_join_ip] = address_text(rq->arena, a->join_ip);
	if (a->has_login_ip == ARG_SENT)
		f->text[AF_T_login_ip] = address_text(rq->arena, a->login_ip);
	if (a->has_deleted != ARG_SENT) {
		f->number[AF_N_deleted].given = true;
		f->number[AF_N_deleted].v = 0;
	}
}

static void
take_bounds(const struct args_nats_search *a, struct accountfind *f)
{
#define TAKE(name_)                                                \
	f->bound[AF_B_##name_].given = a->has_##name_ == ARG_SENT; \
	f->bound[AF_B_##name_].v = a->name_;
	TAKE(min_pay)
	TAKE(join_count)
	TAKE(raw_clicks)
	TAKE(unq_clicks)
	TAKE(continuity_count)
	TAKE(void_count)
	TAKE(ratio)
	TAKE(total)
	TAKE(total_earned)
#undef TAKE
	f->bound[AF_B_min_pay].least = a->pay_range.n > 0;
	f->bound[AF_B_join_date].least = a->join_range.n > 0;
	f->bound[AF_B_login_date].least = a->login_range.n > 0;
	f->bound[AF_B_join_count].least = a->join_count_range.n > 0;
	f->bound[AF_B_raw_clicks].least = a->raw_clicks_range.n > 0;
	f->bound[AF_B_ratio].least = a->ratio_range.n > 0;
}

/* Both ask for the number of an account, as loginid and refid do; *none: nobody has it.
 */
static enum err
take_codes(struct api_req *rq, const struct args_nats_search *a, struct accountfind *f,
    bool *none)
{
	struct natslink_code code;
	int64_t id = 0;
	enum err rc = ERR_OK;

	*none = false;
	if (a->has_trackingcode == ARG_SENT) {
		rc = natslink_read(rq->db, rq->arena, a->trackingcode, &code);
		if (rc == ERR_OK) {
			*none = f->number[AF_N_loginid].given &&
				f->number[AF_N_loginid].v != code.id[0];
			f->number[AF_N_loginid].given = true;
			f->number[AF_N_loginid].v = code.id[0];
		}
	}
	if (rc == ERR_OK && a->has_ref == ARG_SENT) {
		rc = account_by_username(rq->db, a->ref, 0, &id);
		if (rc == ERR_NOT_FOUND) {
			rc = natslink_read(rq->db, rq->arena, a->ref, &code);
			id = code.id[0];
		}
		if (rc == ERR_OK) {
			*none = *none || (f->number[AF_N_refid].given &&
					     f->number[AF_N_refid].v != id);
			f->number[AF_N_refid].given = true;
			f->number[AF_N_refid].v = id;
		}
	}
	if (rc != ERR_NOT_FOUND)
		return rc;
	*none = true;
	return ERR_OK;
}

/* ---- what is shown ---- */

static void
put(struct jsonw *w, const char *key, struct str v)
{
	jsonw_key(w, key);
	jsonw_str(w, v);
}

static void
put_number(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_fmt(w, "%lld", (long long)v);
}

/* IPv4 as the documented record has it. */
static void
put_address(struct jsonw *w, const char *key, struct str text)
{
	uint8_t ip[16];
	uint32_t v4;

	if (!ip_parse(text, ip) || memchr(text.p, ':', text.n) != NULL) {
		put(w, key, text);
		return;
	}
	memcpy(&v4, ip + 12, sizeof(v4));
	put_number(w, key, ntohl(v4));
}

static void
put_time(struct jsonw *w, const char *key, us_t t)
{
	if (t == 0)
		put(w, key, STR(""));
	else
		put_number(w, key, t / US_SECOND);
}

static void
put_login(struct jsonw *w, const struct accountfind_row *r)
{
	put_number(w, "loginid", r->id);
	put(w, "username", r->username);
	put(w, "password", STR(""));
	put_number(w, "deleted", r->deleted);
	put_number(w, "type", r->type);
	put(w, "skinid", STR("0"));
	put_number(w, "payvia_type_id", r->payvia_type_id);
	put_number(w, "status", r->status);
	put(w, "pass_hash", STR(""));
	put_time(w, "join_date", r->created_us);
	put_number(w, "inhouse", r->inhouse);
	put(w, "api_key", STR(""));
	put(w, "tmmid", STR("0"));
	put(w, "origin", STR("0"));
	put(w, "language", STR("en"));
	put(w, "rss_pass_code", STR(""));
	put_number(w, "payout_period_id", r->payout_period_id);
}

static void
put_person(struct jsonw *w, const struct accountfind_row *r)
{
	static const char *const custom[] = {
	    "custom1", "custom2", "custom3", "custom4", "custom5"};

	put(w, "firstname", r->firstname);
	put(w, "lastname", r->lastname);
	put(w, "email", r->email);
	put_time(w, "date_posted", r->created_us);
	put_address(w, "join_ip", r->join_ip);
	put_time(w, "last_login", r->login_us);
	put_address(w, "last_login_ip", r->login_ip);
	put(w, "reviewed", STR("1"));
	jsonw_key(w, "minimum_payout");
	if (r->has_minimum)
		jsonw_money_str(w, r->minimum_payout, 0);
	else
		jsonw_cstr(w, "");
	put(w, "bonus", STR("0"));
	put(w, "bonus_used", STR("0"));
	put(w, "verify", STR(""));
	put(w, "reason", STR(""));
	put(w, "unencoded", STR("0"));
	put(w, "startpage", STR("internal.php"));
	put(w, "rep_baseline", STR("0"));
	put(w, "company", r->company);
	put(w, "url", r->url);
	put(w, "tel", r->tel);
	put(w, "icq", r->icq);
	put(w, "aim", r->aim);
	put(w, "msn", r->msn);
	put(w, "skype", r->skype);
	put(w, "address1", r->address1);
	put(w, "address2", r->address2);
	put(w, "city", r->city);
	put(w, "state", r->state);
	put(w, "country", r->country);
	put(w, "zip_code", r->zip_code);
	put(w, "tax_id_or_ssn", r->tax_id);
	for (unsigned i = 0; i < ARRAY_LEN(custom); i++)
		put(w, custom[i], r->custom[i]);
}

static enum err
put_payvia(struct api_req *rq, int64_t id)
{
	struct db_rows *r;
	enum err rc = db_query(rq->db, &r,
	    "SELECT field, value FROM account_payvia WHERE account_id = ? ORDER BY field",
	    "i", id);

	if (rc != ERR_OK)
		return rc;
	jsonw_key(rq->out, "payvia_details");
	jsonw_obj(rq->out);
	while (db_next(r)) {
		jsonw_key_str(rq->out, db_str(r, 0));
		jsonw_str(rq->out, db_str(r, 1));
	}
	jsonw_end(rq->out);
	return db_rows_close(&r);
}

static void
put_short(struct jsonw *w, int64_t id, struct str username)
{
	jsonw_obj(w);
	put_number(w, "loginid", id);
	put(w, "username", username);
	jsonw_end(w);
}

static enum err
put_parents(struct api_req *rq, int64_t parent)
{
	enum err rc = ERR_OK;

	jsonw_key(rq->out, "referred_details");
	jsonw_arr(rq->out);
	for (unsigned i = 0; i < LONGEST_CHAIN && parent != 0 && rc == ERR_OK; i++) {
		struct db_rows *r;
		const int64_t id = parent;

		parent = 0;
		rc = db_query(rq->db, &r,
		    "SELECT username, COALESCE(ref_account_id, 0) FROM account WHERE id "
		    "= "
		    "?",
		    "i", id);
		if (rc != ERR_OK)
			break;
		if (db_next(r)) {
			put_short(rq->out, id, db_str(r, 0));
			parent = db_i64(r, 1);
		}
		rc = db_rows_close(&r);
	}
	jsonw_end(rq->out);
	return rc;
}

static enum err
put_children(struct api_req *rq, int64_t id)
{
	struct db_rows *r;
	enum err rc = db_query(rq->db, &r,
	    "SELECT id, username FROM account WHERE ref_account_id = ? AND NOT deleted "
	    "ORDER BY "
	    "id",
	    "i", id);

	if (rc != ERR_OK)
		return rc;
	jsonw_key(rq->out, "referring_details");
	jsonw_arr(rq->out);
	while (db_next(r))
		put_short(rq->out, db_i64(r, 0), db_str(r, 1));
	jsonw_end(rq->out);
	return db_rows_close(&r);
}

static enum err
put_account(struct api_req *rq, const struct args_nats_search *a,
    const struct accountfind_row *row)
{
	struct jsonw *w = rq->out;
	enum err rc = ERR_OK;
	char key[24];

	(void)snprintf(key, sizeof(key), "%lld", (long long)row->id);
	jsonw_key_str(w, str_of(key));
	jsonw_obj(w);
	put_login(w, row);
	put_person(w, row);
	if (a->return_payvia_info.n > 0)
		rc = put_payvia(rq, row->id);
	if (rc == ERR_OK && a->return_referred_info.n > 0)
		rc = put_parents(rq, row->ref_id);
	if (rc == ERR_OK && a->return_referring_info.n > 0)
		rc = put_children(rq, row->id);
	jsonw_end(w);
	return rc;
}

static enum err
read_filter(struct api_req *rq, const struct args_nats_search *a, struct accountfind *f,
    bool *none)
{
	const struct zone *z;
	enum err rc = natskit_zone(rq, &z);

	take_texts(rq, a, f);
	take_bounds(a, f);
	if (rc == ERR_OK)
		rc = take_date(rq, z, "join_date", a->has_join_date, a->join_date, f,
		    AF_B_join_date);
	if (rc == ERR_OK)
		rc = take_date(rq, z, "login_date", a->has_login_date, a->login_date, f,
		    AF_B_login_date);
	if (rc == ERR_OK)
		rc = take_stats(rq, a, f);
	if (rc == ERR_OK && a->has_orderby == ARG_SENT) {
		f->order = a->orderby;
		if (!accountfind_order_ok(f->order))
			return fault_set(&rq->fault, ERR_INVALID, "orderby",
			    "is no column that accounts are sorted by");
	}
	f->skip = (uint64_t)a->start;
	f->count = a->has_end == ARG_SENT ? (uint64_t)a->end : ALL_ACCOUNTS;
	return rc != ERR_OK ? rc : take_codes(rq, a, f, none);
}

int
api_nats_search(struct api_req *rq, const struct args_nats_search *a)
{
	struct accountfind f = {.skip = 0};
	struct arena *piece;
	int64_t *ids = NULL;
	size_t n = 0;
	bool none = false;
	enum err rc = read_filter(rq, a, &f, &none);

	if (rc == ERR_OK && !none)
		rc = accountfind_ids(rq->db, rq->arena, &f, &ids, &n);
	if (rc != ERR_OK)
		return (int)rc;
	piece = arena_new();
	jsonw_obj(rq->out);
	for (size_t at = 0; at < n && rc == ERR_OK && !api_gone(rq); at += PIECE) {
		struct accountfind_row *row;
		size_t n_rows;

		arena_reset(piece);
		rc = accountfind_rows(rq->db, piece, ids + at,
		    n - at < PIECE ? n - at : PIECE, &row, &n_rows);
		for (size_t i = 0; rc == ERR_OK && i < n_rows; i++)
			rc = put_account(rq, a, &row[i]);
	}
	jsonw_end(rq->out);
	arena_free(&piece);
	return (int)rc;
}
