/* SPDX-License-Identifier: Apache-2.0
 * natsclick.c - /api/transaction/click_detail.
 */
#include "api/nats/natskit.h"
#include "base/iplist.h"
#include "book/txnid.h"
#include "track/clickid.h"
#include "track/hop.h"
#include "track/ocode.h"

/* The click with its names; the kept copy of a converted click is the same row (E10). */
#define CLICK_COLUMNS                                                                   \
	"SELECT c.click_us, c.click_lo, c.affiliate_id, COALESCE(a.username, ''), "     \
	"c.offer_id,"                                                                   \
	" COALESCE(o.name, ''), c.landing_page_id, c.commission_id, c.campaign_id, "    \
	"c.adtool_id,"                                                                  \
	" c.sub1, c.sub2, c.sub3, c.sub4, c.sub5, c.ocid, c.ip, c.country, c.referrer," \
	" COALESCE(u.ua, ''), c.device_type, c.flags, c.asked_offer_id, "               \
	"c.asked_lp_id, c.chain, c.subid1, c.subid2"
#define CLICK_JOINS                                                                      \
	" c LEFT JOIN account a ON a.id = c.affiliate_id LEFT JOIN offer o ON o.id = "   \
	"c.offer_id"                                                                     \
	" LEFT JOIN user_agent u ON u.id = c.ua_id WHERE c.click_us = ? AND c.click_lo " \
	"= ?"

static const char *const sql_click[] = {
    CLICK_COLUMNS " FROM click" CLICK_JOINS,
    CLICK_COLUMNS " FROM click_kept" CLICK_JOINS,
};

static enum err
two_ints(struct db *db, struct click_id *out, const char *sql, struct str key)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql, "s", key), end;

	if (rc != ERR_OK)
		return rc;
	rc = ERR_NOT_FOUND;
	if (db_next(r)) {
		*out = (struct click_id){db_i64(r, 0), db_i64(r, 1)};
		rc = ERR_OK;
	}
	end = db_rows_close(&r);
	return end != ERR_OK ? end : rc;
}

/* The hash of a transaction first, then of a click. */
static enum err
by_hash(struct api_req *rq, struct str hash, struct click_id *out)
{
	enum err rc = two_ints(rq->db, out,
	    "SELECT v.click_us, v.click_lo FROM txn t JOIN conversion v ON v.conv_us = "
	    "t.conv_us AND "
	    "v.node_id = t.conv_node WHERE t.hash = CONVERT(? USING ascii) ORDER BY "
	    "t.txn_us LIMIT 1",
	    hash);

	if (rc != ERR_NOT_FOUND)
		return rc;
	return clickid_parse(hash, out) == CLICKID_OURS ? ERR_OK : ERR_NOT_FOUND;
}

static enum err
find_click(
    struct api_req *rq, const struct args_nats_click_detail *a, struct click_id *out)
{
	if (a->hash.n > 0)
		return by_hash(rq, a->hash, out);
	if (a->subscription_id.n > 0)
		return two_ints(rq->db, out,
		    "SELECT click_us, click_lo FROM customer WHERE subscription_id = ? "
		    "ORDER BY first_us DESC "
		    "LIMIT 1",
		    a->subscription_id);
	if (a->orderid.n > 0)
		return two_ints(rq->db, out,
		    "SELECT click_us, click_lo FROM conversion WHERE orderid = ? ORDER "
		    "BY conv_us DESC LIMIT 1",
		    a->orderid);
	return ERR_NOT_FOUND;
}

static struct str
code_of(struct arena *a, struct db_rows *r)
{
	char code[OCODE_TEXT];
	struct ocode_link l = {.username = STR_NONE};

	l.id[OCODE_LOGIN] = db_u64(r, 2);
	l.id[OCODE_COMMISSION] = db_u64(r, 7);
	l.id[OCODE_OFFER] = db_u64(r, 4);
	l.id[OCODE_LANDING_PAGE] = db_u64(r, 6);
	l.id[OCODE_CAMPAIGN] = db_u64(r, 8);
	l.id[OCODE_ADTOOL] = db_u64(r, 9);
	if (ocode_write(code, OCODE_ENCODED, &l) == 0)
		code[0] = '\0';
	return arena_str(a, str_of(code));
}

static struct str
ip_of(struct arena *a, struct str bytes)
{
	uint8_t ip[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
	char text[IP_TEXT];

	if (bytes.n != 4 && bytes.n != 16)
		return STR("");
	memcpy(ip + 16 - bytes.n, bytes.p, bytes.n);
	(void)ip_format(text, ip);
	return arena_str(a, str_of(text));
}

static void
read_click(struct arena *a, struct db_rows *r, struct reply_nats_click *out)
{
	const struct click_id id = {db_i64(r, 0), db_i64(r, 1)};
	char hash[CLICKID_TEXT], country[3];

	clickid_hash(hash, id);
	country_unpack((uint16_t)db_i64(r, 17), country);
	*out = (struct reply_nats_click){.transaction_hash = arena_str(a, str_of(hash)),
	    .time = natskit_number(a, id.us / US_SECOND),
	    .loginid = natskit_number(a, db_i64(r, 2)),
	    .username = arena_str(a, db_str(r, 3)),
	    .offerid = natskit_number(a, db_i64(r, 4)),
	    .offer_name = arena_str(a, db_str(r, 5)),
	    .landing_pageid = natskit_number(a, db_i64(r, 6)),
	    .campaignid = natskit_number(a, db_i64(r, 8)),
	    .adtoolid = natskit_number(a, db_i64(r, 9)),
	    .ocode = code_of(a, r),
	    .subid1 = natskit_number(a, db_i64(r, 25)),
	    .subid2 = natskit_number(a, db_i64(r, 26)),
	    .subaff = arena_str(a, db_str(r, 10)),
	    .subaff2 = arena_str(a, db_str(r, 11)),
	    .subaff3 = arena_str(a, db_str(r, 12)),
	    .subaff4 = arena_str(a, db_str(r, 13)),
	    .subaff5 = arena_str(a, db_str(r, 14)),
	    .external_clickid = arena_str(a, db_str(r, 15)),
	    .ip = ip_of(a, db_str(r, 16)),
	    .country = arena_str(a, str_of(country)),
	    .refurl = arena_str(a, db_str(r, 18)),
	    .user_agent = arena_str(a, db_str(r, 19)),
	    .device_type = natskit_number(a, db_i64(r, 20)),
	    .unique = (db_i64(r, 21) & CLICK_UNIQUE) != 0 ? STR("1") : STR("0")};
}

static const struct reply_nats_click_place *
place(struct arena *a, struct str offer_id, struct str lp_id)
{
	struct reply_nats_click_place *p = arena_alloc(a, sizeof(*p));

	*p = (struct reply_nats_click_place){offer_id, lp_id};
	return p;
}

/* What the link named, the way from there, and where that ended; a click that went
 * straight is all of them. */
static void
read_way(struct arena *a, struct db_rows *r, struct reply_nats_click *out)
{
	struct str text = arena_str(a, db_str(r, 24));
	struct reply_nats_click_hop *hop = arena_alloc(a, HOPS_MAX * sizeof(*hop));
	struct hop_said h = {.lp_id = 0};
	size_t n = 0;

	out->requested_details = out->current_details =
	    place(a, out->offerid, out->landing_pageid);
	while (n < HOPS_MAX && hop_read(&text, &h)) {
		hop[n++] = (struct reply_nats_click_hop){str_of(hop_word(h.why)),
		    natskit_number(a, h.id), natskit_number(a, h.offer_id),
		    natskit_number(a, h.lp_id), h.track != 0 ? STR("1") : STR("0")};
	}
	out->redirects.n = n;
	out->redirects.v = hop;
	if (n == 0)
		return;
	out->requested_details =
	    place(a, natskit_number(a, db_i64(r, 22)), natskit_number(a, db_i64(r, 23)));
	out->current_details = place(a, hop[n - 1].offerid, hop[n - 1].landing_pageid);
}

static enum err
load_click(struct api_req *rq, struct click_id id, struct reply_nats_click *out)
{
	enum err rc = ERR_NOT_FOUND, end;

	for (size_t i = 0; i < ARRAY_LEN(sql_click) && rc == ERR_NOT_FOUND; i++) {
		struct db_rows *r;

		rc = db_query(rq->db, &r, sql_click[i], "ii", id.us, id.lo);
		if (rc != ERR_OK)
			return rc;
		rc = ERR_NOT_FOUND;
		if (db_next(r)) {
			read_click(rq->arena, r, out);
			read_way(rq->arena, r, out);
			rc = ERR_OK;
		}
		end = db_rows_close(&r);
		if (end != ERR_OK)
			return end;
	}
	return rc;
}

/* Whether it was converted, and the order id of its first conversion. */
static enum err
load_conversion(struct api_req *rq, struct click_id id, struct reply_nats_click *out)
{
	struct db_rows *r;
	enum err rc = db_query(rq->db, &r,
	    "SELECT orderid FROM conversion WHERE click_us = ? AND click_lo = ? ORDER BY "
	    "conv_us LIMIT 1",
	    "ii", id.us, id.lo);

	if (rc != ERR_OK)
		return rc;
	out->converted = STR("0");
	out->orderid = STR("");
	if (db_next(r)) {
		out->converted = STR("1");
		out->orderid = arena_str(rq->arena, db_str(r, 0));
	}
	return db_rows_close(&r);
}

int
api_nats_click_detail(struct api_req *rq, const struct args_nats_click_detail *a)
{
	struct click_id id = {0, 0};
	struct reply_nats_click click;
	enum err rc = find_click(rq, a, &id);

	if (rc == ERR_OK)
		rc = load_click(rq, id, &click);
	if (rc == ERR_NOT_FOUND)
		return (int)natskit_invalid(&rq->fault, "transaction");
	if (rc == ERR_OK)
		rc = load_conversion(rq, id, &click);
	if (rc != ERR_OK)
		return (int)rc;
	reply_nats_click_detail(rq->out, &(struct reply_nats_click_detail){STR("success"),
					     STR("Click found."), &click});
	return ERR_OK;
}
