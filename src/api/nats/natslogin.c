/* SPDX-License-Identifier: Apache-2.0
 * natslogin.c - /api/affiliate/affiliate_login_ips.
 */
#include "api/nats/natskit.h"
#include "base/jsonw.h"
#include "domain/offer.h"

/* Newest first, within each address and among the addresses of an account. */
#define SQL_LOGINS                                                                       \
	"SELECT a.id, a.username, l.ip, l.at_us, MAX(l.at_us) OVER (PARTITION BY a.id, " \
	"l.ip) AS newest FROM account a LEFT JOIN account_login l ON l.account_id = "    \
	"a.id WHERE NOT a.deleted AND "
#define SQL_ORDER " ORDER BY a.id, newest DESC, l.ip, l.at_us DESC"

static const char sql_ids[] = SQL_LOGINS
    "a.id IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v INT UNSIGNED PATH '$')) "
    "j)" SQL_ORDER;
static const char sql_names[] = SQL_LOGINS
    "a.username IN (SELECT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v VARCHAR(190) PATH "
    "'$')) j)" SQL_ORDER;

static struct str
names_json(struct arena *a, const struct str *v, size_t n)
{
	struct jsonw *w = jsonw_new();
	struct str out;

	jsonw_arr(w);
	for (size_t i = 0; i < n; i++)
		jsonw_str(w, v[i]);
	jsonw_end(w);
	out = arena_str(a, jsonw_text(w));
	jsonw_free(&w);
	return out;
}

static void
put_clock(struct jsonw *w, const struct zone *z, us_t t)
{
	struct wall at;

	zone_wall(z, t, &at);
	jsonw_fmt(w, "%04d-%02d-%02d %02d:%02d:%02d", at.year, at.month, at.day, at.hour,
	    at.min, at.sec);
}

/* The rows of accounts, one behind the other. */
static enum err
put_rows(struct api_req *rq, struct db_rows *r, const struct zone *z, bool by_name)
{
	struct jsonw *w = rq->out;
	struct str ip = STR_NONE;
	int64_t account = 0;

	while (db_next(r)) {
		if (db_i64(r, 0) != account) {
			if (ip.p != NULL)
				jsonw_end(w);
			if (account != 0)
				jsonw_end(w);
			account = db_i64(r, 0);
			ip = STR_NONE;
			jsonw_key_str(w,
			    by_name ? db_str(r, 1) : natskit_number(rq->arena, account));
			jsonw_obj(w);
		}
		if (db_is_null(r, 2))
			continue; /* never logged in */
		if (ip.p == NULL || !str_eq(ip, db_str(r, 2))) {
			if (ip.p != NULL)
				jsonw_end(w);
			ip = arena_str(rq->arena, db_str(r, 2));
			jsonw_key_str(w, ip);
			jsonw_arr(w);
		}
		put_clock(w, z, db_i64(r, 3));
	}
	if (ip.p != NULL)
		jsonw_end(w);
	if (account != 0)
		jsonw_end(w);
	return db_rows_close(&r);
}

static enum err
select_rows(struct api_req *rq, const struct args_nats_login_ips *a, struct db_rows **out)
{
	struct str list;

	if (a->has_loginid == ARG_SENT)
		list = offer_ids_json(rq->arena, &a->loginid, 1);
	else if (a->has_loginid_list == ARG_SENT)
		list = offer_ids_json(rq->arena, a->loginid_list.v, a->loginid_list.n);
	else if (a->has_username == ARG_SENT)
		list = names_json(rq->arena, &a->username, 1);
	else if (a->has_username_list == ARG_SENT)
		list = names_json(rq->arena, a->username_list.v, a->username_list.n);
	else {
		(void)fault_set(
		    &rq->fault, ERR_NOT_FOUND, "", "Missing loginid or username.");
		return ERR_NOT_FOUND;
	}
	return db_query(rq->db, out,
	    a->has_loginid == ARG_SENT || a->has_loginid_list == ARG_SENT ? sql_ids
									  : sql_names,
	    "s", list);
}

int
api_nats_login_ips(struct api_req *rq, const struct args_nats_login_ips *a)
{
	const bool bare = rq->in->set->nats_bare_account_replies;
	const struct zone *z;
	struct db_rows *r;
	enum err rc = natskit_zone(rq, &z);

	if (rc == ERR_OK)
		rc = select_rows(rq, a, &r);
	if (rc != ERR_OK)
		return (int)rc;
	if (!bare)
		jsonw_arr(rq->out);
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "success");
	jsonw_key(rq->out, "message");
	jsonw_obj(rq->out);
	rc = put_rows(rq, r, z, a->return_type.no == 1);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	if (!bare)
		jsonw_end(rq->out);
	return (int)rc;
}
