/* SPDX-License-Identifier: Apache-2.0 */
#include "worker/owned.h"

#include "worker/section.h"

/* How to find out whether a thing hangs on an account of the user: ? id, hex24, user. */
static const char sql_affiliate[] =
    "SELECT COUNT(*) FROM account WHERE (id = ? OR hex24 = ?) AND manager_id = ?";
static const char sql_hook[] =
    "SELECT COUNT(*) FROM hook h JOIN account a ON a.id = h.account_id WHERE (h.id = ? "
    "OR ? IS NOT NULL) AND a.manager_id = ?";
static const char sql_offer[] =
    "SELECT COUNT(*) FROM offer o JOIN account a ON a.id = o.advertiser_id WHERE (o.id = "
    "? OR o.hex24 = ?) AND a.manager_id = ?";
static const char sql_invoice[] =
    "SELECT COUNT(*) FROM invoice i JOIN account a ON a.id = i.advertiser_id WHERE "
    "(i.number = ? OR ? IS NOT NULL) AND a.manager_id = ?";
#define sql_advertiser sql_affiliate

/* The first row that fits counts: path "" fits all. */
static const struct {
	const char *path, *arg;
	unsigned own;
	const char *sql;
} rows[] = {
    {"/3.0/admin/partner/", "ID", OWN_AFFILIATES, sql_affiliate},
    {"/3.0/admin/affiliate/", "id", OWN_AFFILIATES, sql_affiliate},
    {"/3.0/partner/pixels/", "ID", OWN_AFFILIATES, sql_affiliate},
    {"/3.0/partner/pixel/", "ID", OWN_AFFILIATES, sql_hook},
    {"/3.0/partner/postback/", "ID", OWN_AFFILIATES, sql_hook},
    {"/3.0/admin/advertiser/", "ID", OWN_ADVERTISERS, sql_advertiser},
    {"/3.0/admin/offer/source", "ID", 0, NULL},
    {"/3.0/admin/offer/", "ID", OWN_ADVERTISERS, sql_offer},
    {"/3.0/admin/offer/", "id", OWN_ADVERTISERS, sql_offer},
    {"/3.0/offer/", "ID", OWN_ADVERTISERS, sql_offer},
    {"/3.0/stats/", "advertiser", 0, NULL}, /* narrowed, not refused */
    {"/3.0/stats/", "partner", 0, NULL},
    {"/3.0/stats/caps", "affiliate_id", OWN_AFFILIATES, sql_affiliate},
    {"/3.0/stats/", "affiliate_id", 0, NULL},
    {"/3.0/stats/", "offer", 0, NULL},
    {"/3.0/offers", "advertiser", 0, NULL},
    {"/3.0/admin/advertiser-invoice/", "number", OWN_ADVERTISERS, sql_invoice},
    {"", "pid", OWN_AFFILIATES, sql_affiliate},
    {"", "partner_id", OWN_AFFILIATES, sql_affiliate},
    {"", "advertiser", OWN_ADVERTISERS, sql_advertiser},
    {"", "advertisers_id", OWN_ADVERTISERS, sql_advertiser},
    {"", "supplier_id", OWN_ADVERTISERS, sql_advertiser},
    {"", "offer_id", OWN_ADVERTISERS, sql_offer},
};

static enum err
is_his(struct api_req *rq, const char *sql, int64_t id, struct str hex24)
{
	int64_t n;
	enum err rc =
	    db_int(rq->db, &n, 0, sql, "isi", id, hex24, (int64_t)rq->caller.account_id);

	if (rc != ERR_OK || n > 0)
		return rc;
	return fault_set(&rq->fault, ERR_NOT_FOUND, "", "Resource Not Found");
}

/* One argument; what was not sent names nothing. */
static enum err
check(struct api_req *rq, const struct arg_spec *s, const char *sql, const void *args)
{
	const unsigned char *base = args;
	const void *v = base + s->off;
	enum err rc = ERR_OK;

	if (base[s->off_has] != ARG_SENT)
		return ERR_OK;
	switch (s->type) {
	case ARG_T_id:
	case ARG_T_int:
		return is_his(rq, sql, *(const int64_t *)v, STR_NONE);
	case ARG_T_ref: {
		const struct arg_ref *r = v;

		return is_his(rq, sql, r->id, r->hex24);
	}
	case ARG_T_refs: {
		const struct arg_refs *list = v;

		for (size_t i = 0; i < list->n && rc == ERR_OK; i++)
			rc = is_his(rq, sql, list->v[i].id, list->v[i].hex24);
		return rc;
	}
	case ARG_T_ids: {
		const struct arg_ids *list = v;

		for (size_t i = 0; i < list->n && rc == ERR_OK; i++)
			rc = is_his(rq, sql, list->v[i], STR_NONE);
		return rc;
	}
	default:
		return ERR_OK;
	}
}

static bool
is_name(const char *wire, const char *name)
{
	const size_t n = strlen(name);

	return strncmp(wire, name, n) == 0 && (wire[n] == '\0' || wire[n] == '|');
}

enum err
owned_check(struct api_req *rq, const void *args)
{
	enum err rc = ERR_OK;

	for (const struct arg_spec *s = rq->ep->args; s->wire != NULL && rc == ERR_OK;
	     s++) {
		size_t i = 0;

		while (i < ARRAY_LEN(rows) && !(is_name(s->wire, rows[i].arg) &&
						  strncmp(rq->ep->path, rows[i].path,
						      strlen(rows[i].path)) == 0))
			i++;
		if (i < ARRAY_LEN(rows) && (rows[i].own & rq->caller.own) != 0)
			rc = check(rq, s, rows[i].sql, args);
	}
	return rc;
}
