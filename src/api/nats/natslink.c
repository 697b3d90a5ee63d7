/* SPDX-License-Identifier: Apache-2.0
 * natslink.c - /api/affiliate/decode_trackingcode: what codes mean.
 *
 * Reads the database and not the catalog: an administrator may ask about what is switched
 * off.
 */
#include "api/nats/natskit.h"
#include "domain/campaign.h"
#include "domain/offer.h"
#include "domain/shortlink.h"
#include "track/ocode.h"

/* A comma list of old codes: the first subaff id is the one that is shown. */
static bool
field_number(struct str s, int64_t *out)
{
	uint64_t v;

	s = str_split(&s, ',');
	if (!str_to_u64(s, &v) || v > INT64_MAX)
		return false;
	*out = (int64_t)v;
	return true;
}

/* The account a code names: by its user name in un-encoded ones, unless the field is a
 * number that no account bears as its name. */
static enum err
find_login(struct db *db, const struct ocode *o, int64_t *id)
{
	enum err rc = ERR_NOT_FOUND;
	int64_t there;

	if (o->unencoded)
		rc = account_by_username(db, o->f[OCODE_LOGIN], 0, id);
	if (rc != ERR_NOT_FOUND)
		return rc;
	if (!field_number(o->f[OCODE_LOGIN], id))
		return ERR_NOT_FOUND;
	rc = db_int(db, &there, 0, "SELECT id FROM account WHERE id = ? AND NOT deleted",
	    "i", *id);
	return rc != ERR_OK ? rc : there == 0 ? ERR_NOT_FOUND : ERR_OK;
}

/* A number as it stands, or a short name within the offer. */
static enum err
find_in_offer(struct db *db, const struct ocode *o, enum ocode_field f, const char *sql,
    int64_t offer, int64_t *id)
{
	enum err rc;

	*id = 0;
	if (o->unencoded) {
		rc = db_int(db, id, 0, sql, "is", offer, o->f[f]);
		if (rc != ERR_OK || *id != 0)
			return rc;
	}
	return field_number(o->f[f], id) ? ERR_OK : ERR_NOT_FOUND;
}

enum err
natslink_read(struct db *db, struct arena *a, struct str code, struct natslink_code *out)
{
	struct ocode *o = arena_alloc(a, sizeof(*o));
	int64_t offer;
	enum err rc;

	*out = (struct natslink_code){.unencoded = false};
	rc = str_chr(code, '.') >= 0
		 ? ERR_NOT_FOUND
		 : shortlink_target(db, a, SHORTLINK_TINY, code, &code);
	if (rc != ERR_OK && rc != ERR_NOT_FOUND)
		return rc;
	if (!ocode_parse(o, code))
		return ERR_NOT_FOUND;
	out->unencoded = o->unencoded;
	out->old = o->old;
	for (unsigned i = OCODE_CAMPAIGN; i < OCODE_FIELDS; i++)
		if (!field_number(o->f[i], &out->id[i]))
			return ERR_NOT_FOUND;
	rc = find_login(db, o, &out->id[OCODE_LOGIN]);
	if (rc != ERR_OK)
		return rc;
	rc = find_in_offer(db, o, OCODE_OFFER,
	    "SELECT id FROM offer WHERE ? = 0 AND shortname = ? AND NOT deleted", 0,
	    &out->id[OCODE_OFFER]);
	if (rc != ERR_OK)
		return rc;
	offer = out->id[OCODE_OFFER];
	rc = find_in_offer(db, o, OCODE_LANDING_PAGE,
	    "SELECT id FROM landing_page WHERE offer_id = ? AND shortname = ? AND NOT "
	    "deleted",
	    offer, &out->id[OCODE_LANDING_PAGE]);
	if (rc == ERR_OK)
		rc = find_in_offer(db, o, OCODE_COMMISSION,
		    "SELECT id FROM commission WHERE offer_id = ? AND shortname = ?",
		    offer, &out->id[OCODE_COMMISSION]);
	return rc;
}

/* ---- decode_trackingcode ---- */

static void
put_int(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_int(w, v);
}

static void
put_str(struct jsonw *w, const char *key, struct str v)
{
	jsonw_key(w, key);
	jsonw_str(w, v);
}

static void
put_login(struct jsonw *w, const struct account *who)
{
	jsonw_key(w, "login_details");
	jsonw_obj(w);
	put_int(w, "loginid", who->id);
	put_int(w, "inhouse", who->inhouse);
	put_str(w, "username", who->username);
	put_int(w, "type", who->type);
	put_int(w, "status", who->status);
	put_int(w, "deleted", 0);
	jsonw_key(w, "affiliate_percentage_override");
	jsonw_pct(w, who->percentage_override.v, 0);
	jsonw_end(w);
}

static void
put_landing_page(struct jsonw *w, const struct landingpage *lp)
{
	jsonw_key(w, "lp_details");
	jsonw_obj(w);
	put_int(w, "landing_pageid", lp->id);
	put_str(w, "redirect_hash", lp->redirect_hash);
	put_int(w, "disable_url_sanitization", lp->disable_url_sanitization);
	put_int(w, "disable_deep_linking", lp->disable_deep_linking);
	put_int(w, "third_party_partner_id", 0);
	put_str(w, "url", lp->url);
	jsonw_end(w);
}

static void
put_code(struct jsonw *w, const struct natslink_code *c, const struct account *who,
    const struct landingpage *lp, struct str campaign)
{
	jsonw_obj(w);
	put_int(w, "loginid", c->id[OCODE_LOGIN]);
	put_int(w, "offerid", c->id[OCODE_OFFER]);
	put_int(w, "landing_pageid", c->id[OCODE_LANDING_PAGE]);
	put_int(w, "campaignid", c->id[OCODE_CAMPAIGN]);
	put_int(w, "adtoolid", c->id[OCODE_ADTOOL]);
	put_int(w, "subid1", c->id[OCODE_SUBID1]);
	put_int(w, "subid2", c->id[OCODE_SUBID2]);
	put_int(w, "promotionalid", c->id[OCODE_PROMOTIONAL]);
	put_int(w, "additional_trackingid", c->id[OCODE_ADDITIONAL]);
	put_int(w, "is_unencoded", c->unencoded);
	put_int(w, "old_code", c->old);
	put_int(w, "inhouse", who->inhouse);
	put_int(w, "affsubid", c->id[OCODE_AFFSUBID]);
	put_int(w, "affsource", c->id[OCODE_AFFSOURCE]);
	jsonw_key(w, "tracked_details");
	jsonw_obj(w);
	put_login(w, who);
	put_landing_page(w, lp);
	jsonw_end(w);
	put_int(w, "payoutid", c->id[OCODE_COMMISSION]);
	put_str(w, "campaign_name", campaign);
	jsonw_key(w, "additional_tracking");
	jsonw_arr(w);
	jsonw_end(w);
	put_int(w, "creativeid", c->id[OCODE_ADTOOL]);
	put_str(w, "username", who->username);
	jsonw_end(w);
}

/* What the code leaves out, as a click would fill it in: offer by landing page, landing
 * page and commission by offer; and that they belong together. */
static enum err
fill_in(struct api_req *rq, struct natslink_code *c, struct landingpage *lp)
{
	struct offer o;
	enum err rc = ERR_OK;

	if (c->id[OCODE_LANDING_PAGE] != 0)
		rc = landingpage_load(rq->db, rq->arena, c->id[OCODE_LANDING_PAGE], lp);
	if (rc == ERR_OK && c->id[OCODE_OFFER] == 0 && c->id[OCODE_LANDING_PAGE] != 0)
		c->id[OCODE_OFFER] = lp->offer_id;
	if (rc == ERR_OK)
		rc = offer_load(rq->db, rq->arena, c->id[OCODE_OFFER], &o);
	if (rc != ERR_OK)
		return rc;
	if (c->id[OCODE_LANDING_PAGE] == 0) {
		if (offer_default_lp(&o) == NULL)
			return ERR_NOT_FOUND;
		*lp = *offer_default_lp(&o);
		c->id[OCODE_LANDING_PAGE] = lp->id;
	}
	if (c->id[OCODE_COMMISSION] == 0)
		c->id[OCODE_COMMISSION] = o.commission_id;
	return lp->offer_id == o.id && c->id[OCODE_COMMISSION] == o.commission_id
		   ? ERR_OK
		   : ERR_NOT_FOUND;
}

int
api_nats_decode_code(struct api_req *rq, const struct args_nats_decode_code *a)
{
	struct natslink_code code;
	struct account who;
	struct landingpage lp;
	struct str campaign;
	enum err rc = natslink_read(rq->db, rq->arena, a->ocode, &code);

	if (rc == ERR_OK)
		rc = account_load(rq->db, rq->arena, code.id[OCODE_LOGIN], &who);
	if (rc == ERR_OK)
		rc = fill_in(rq, &code, &lp);
	if (rc == ERR_OK)
		rc = campaign_name(
		    rq->db, rq->arena, who.id, code.id[OCODE_CAMPAIGN], &campaign);
	if (rc == ERR_NOT_FOUND)
		return (int)natskit_invalid(&rq->fault, "ocode");
	if (rc != ERR_OK)
		return (int)rc;
	put_code(rq->out, &code, &who, &lp, campaign.p == NULL ? STR("") : campaign);
	return ERR_OK;
}
