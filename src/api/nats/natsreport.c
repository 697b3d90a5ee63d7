/* SPDX-License-Identifier: Apache-2.0
 * natsreport.c - /api/report: profit and loss, transactions.
 */
#include "api/nats/natskit.h"
#include "report/countryno.h"
#include "report/profitloss.h"
#include "report/transaction.h"
#include "track/ocode.h"

/* An argument that was sent empty filters nothing, as one that was not sent. */
static struct str
filter_text(struct str s, uint8_t has)
{
	return has == ARG_SENT ? s : STR_NONE;
}

static enum err
read_country(struct api_req *rq, int64_t number, uint16_t *packed)
{
	if (countryno_packed(number, packed))
		return ERR_OK;
	return fault_set(&rq->fault, ERR_INVALID, "filter_countryid",
	    "no country has this ISO number");
}

/* A campaign is an affiliate's. */
static enum err
check_campaign(struct api_req *rq, uint8_t has, bool has_affiliate)
{
	if (has != ARG_SENT || has_affiliate)
		return ERR_OK;
	return fault_set(&rq->fault, ERR_INVALID, "filter_campaignid",
	    "only together with filter_loginid");
}

/* One more thing that the rows must be of; of another one than a filter says already, and
 * there are none. */
static bool
narrow(struct profitloss_query *q, unsigned flag, uint32_t *filter, int64_t id)
{
	if (id == 0)
		return true;
	if ((q->has & flag) != 0)
		return *filter == (uint32_t)id;
	q->has |= flag;
	*filter = (uint32_t)id;
	return true;
}

/* productcode: all that the code names. */
static enum err
take_code(struct api_req *rq, struct str text, struct profitloss_query *q)
{
	struct natslink_code code;
	enum err rc = natslink_read(rq->db, rq->arena, text, &code);

	if (rc == ERR_NOT_FOUND)
		return fault_set(
		    &rq->fault, ERR_INVALID, "productcode", "is no tracking code");
	if (rc != ERR_OK)
		return rc;
	if (narrow(q, PL_F_LOGIN, &q->loginid, code.id[OCODE_LOGIN]) &&
	    narrow(q, PL_F_PROGRAM, &q->programid, code.id[OCODE_COMMISSION]) &&
	    narrow(q, PL_F_OFFER, &q->offerid, code.id[OCODE_OFFER]) &&
	    narrow(
		q, PL_F_LANDING_PAGE, &q->landing_pageid, code.id[OCODE_LANDING_PAGE]) &&
	    narrow(q, PL_F_CAMPAIGN, &q->campaignid, code.id[OCODE_CAMPAIGN]) &&
	    narrow(q, PL_F_ADTOOL, &q->adtoolid, code.id[OCODE_ADTOOL]))
		return ERR_OK;
	return fault_set(&rq->fault, ERR_INVALID, "productcode",
	    "names another thing than a filter beside it");
}

int
api_nats_profitloss(struct api_req *rq, const struct args_nats_profitloss *a)
{
	const struct period_args when = {a->period, a->start, a->end};
	struct profitloss_query q = {.view = profitloss_view(a->view.text),
	    .loginid = (uint32_t)a->loginid,
	    .offerid = (uint32_t)a->offerid,
	    .landing_pageid = (uint32_t)a->landing_pageid,
	    .programid = (uint32_t)a->programid,
	    .campaignid = (uint32_t)a->campaignid,
	    .acct_rep = (uint32_t)a->acct_rep,
	    .adtoolid = (uint32_t)a->adtoolid,
	    .device_type = (uint32_t)a->device_type,
	    .brand = (uint32_t)a->brand,
	    .model = (uint32_t)a->model,
	    .os = (uint32_t)a->os,
	    .browser = (uint32_t)a->browser,
	    .inhouse = (unsigned)a->limit_inhouse,
	    .mediabuy = (unsigned)a->limit_mediabuy};
	enum err rc;

	rc = check_campaign(rq, a->has_campaignid, a->has_loginid == ARG_SENT);
	if (rc == ERR_OK)
		rc = natskit_period(rq, &when, &q.period, &q.zone);
	if (rc == ERR_OK && a->has_countryid == ARG_SENT)
		rc = read_country(rq, a->countryid, &q.country);
	if (rc != ERR_OK)
		return rc;
	q.has = (a->has_loginid == ARG_SENT ? PL_F_LOGIN : 0u) |
		(a->has_offerid == ARG_SENT ? PL_F_OFFER : 0u) |
		(a->has_landing_pageid == ARG_SENT ? PL_F_LANDING_PAGE : 0u) |
		(a->has_programid == ARG_SENT ? PL_F_PROGRAM : 0u) |
		(a->has_countryid == ARG_SENT ? PL_F_COUNTRY : 0u) |
		(a->has_campaignid == ARG_SENT ? PL_F_CAMPAIGN : 0u) |
		(a->has_acct_rep == ARG_SENT ? PL_F_MANAGER : 0u) |
		(a->has_adtoolid == ARG_SENT ? PL_F_ADTOOL : 0u) |
		(a->has_device_type == ARG_SENT ? PL_F_DEVICE_TYPE : 0u) |
		(a->has_brand == ARG_SENT ? PL_F_BRAND : 0u) |
		(a->has_model == ARG_SENT ? PL_F_MODEL : 0u) |
		(a->has_os == ARG_SENT ? PL_F_OS : 0u) |
		(a->has_browser == ARG_SENT ? PL_F_BROWSER : 0u);
	if (a->has_productcode == ARG_SENT)
		rc = take_code(rq, a->productcode, &q);
	if (rc != ERR_OK)
		return rc;
	return profitloss_json(rq->db, &q, rq->out);
}

int
api_nats_transactions(struct api_req *rq, const struct args_nats_transactions *a)
{
	const struct period_args when = {a->period, a->start, a->end};
	struct transaction_query q = {.has_login = a->has_loginid == ARG_SENT,
	    .has_offer = a->has_offerid == ARG_SENT,
	    .has_landing_page = a->has_landing_pageid == ARG_SENT,
	    .has_program = a->has_programid == ARG_SENT,
	    .has_country = a->has_countryid == ARG_SENT,
	    .has_campaign = a->has_campaignid == ARG_SENT,
	    .campaignid = (uint32_t)a->campaignid,
	    .has_adtool = a->has_adtoolid == ARG_SENT,
	    .adtoolid = (uint32_t)a->adtoolid,
	    .loginid = (uint32_t)a->loginid,
	    .offerid = (uint32_t)a->offerid,
	    .landing_pageid = (uint32_t)a->landing_pageid,
	    .programid = (uint32_t)a->programid,
	    .no_inhouse = a->no_inhouse != 0,
	    .username = filter_text(a->affiliate, a->has_affiliate),
	    .ocid = filter_text(a->ocid, a->has_ocid),
	    .hash = filter_text(a->hash, a->has_hash),
	    .orderid = filter_text(a->orderid, a->has_orderid),
	    .start = a->trans_start,
	    .count = a->trans_count};
	const struct zone *z;
	enum err rc;

	if (a->has_trans_type == ARG_SENT && !transaction_kind(a->trans_type, &q.kind))
		return fault_set(
		    &rq->fault, ERR_INVALID, "trans_type", "not a type of transaction");
	rc = check_campaign(rq, a->has_campaignid,
	    a->has_loginid == ARG_SENT || a->has_affiliate == ARG_SENT);
	if (rc == ERR_OK)
		rc = natskit_period(rq, &when, &q.period, &z);
	if (rc == ERR_OK && q.has_country)
		rc = read_country(rq, a->countryid, &q.country);
	if (rc != ERR_OK)
		return rc;
	return transaction_json(rq->db, &q, rq->out);
}
