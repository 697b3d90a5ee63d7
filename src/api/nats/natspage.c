/* SPDX-License-Identifier: Apache-2.0
 * natspage.c - /api/offer: edit_landing_page, and what offers are under.
 */
#include "api/nats/natskit.h"
#include "domain/offer.h"

static const struct natskit_name names[] = {
    {"landing_pageid", "landing_pageid", true},
    {"offerid", "offerid", true},
    {"language", "language", true},
    {"categories", "categories", true},
    {"marketing_types", "marketing_types", true},
    {NULL, NULL, false},
};

struct page_edit {
	const struct args_nats_edit_landing_page *a;
};

static void
take_text(uint8_t has, struct str v, struct str *to)
{
	if (has != ARG_ABSENT)
		*to = v;
}

static void
take_flag(uint8_t has, bool v, bool *to)
{
	if (has != ARG_ABSENT)
		*to = v;
}

static void
take_page(const struct args_nats_edit_landing_page *a, struct landingpage *l)
{
	static const enum landingpage_type types[] = {
	    LP_IFRAME, LP_POST, LP_IMAGE}; /* as the row's words */

	take_text(a->has_name, a->name, &l->name);
	take_text(a->has_url, a->url, &l->url);
	take_text(a->has_preview_url, a->preview_url, &l->preview_url);
	take_text(a->has_description, a->description, &l->description);
	take_text(a->has_internal_desc, a->internal_desc, &l->internal_desc);
	take_text(a->has_postback_ips, a->postback_ips, &l->postback_ips);
	take_text(a->has_void_ips, a->void_ips, &l->void_ips);
	take_text(a->has_hostnpost_ips, a->hostnpost_ips, &l->hostnpost_ips);
	take_text(a->has_redirect_hash, a->redirect_hash, &l->redirect_hash);
	take_text(a->has_thumb_url, a->thumb_url, &l->thumb_url);
	take_text(a->has_force_url, a->force_url, &l->force_url);
	if (a->has_language != ARG_ABSENT)
		l->language = a->language;
	take_flag(a->has_disable_url_sanitization, a->disable_url_sanitization,
	    &l->disable_url_sanitization);
	take_flag(a->has_disable_deep_linking, a->disable_deep_linking,
	    &l->disable_deep_linking);
	if (a->has_conversion_type != ARG_ABSENT)
		l->conversion_type = a->conversion_type.no < 0
					 ? LP_POST
					 : (int)types[a->conversion_type.no];
}

/* Opens or closes the page.  Affise's privacy closes all pages of an offer, and shows
 * that of the default one: to open that one is to open the offer. */
static bool
take_access(
    const struct args_nats_edit_landing_page *a, struct offer *o, struct landingpage *l)
{
	const int was = o->privacy;

	take_flag(a->has_private, a->private, &l->private);
	take_flag(a->has_requestable, a->requestable, &l->requestable);
	if (l->id != o->default_lp_id || o->privacy == OFFER_PUBLIC)
		return false;
	if (a->has_private != ARG_ABSENT && !a->private)
		o->privacy = OFFER_PUBLIC;
	else if (a->has_requestable != ARG_ABSENT)
		o->privacy = a->requestable ? OFFER_PROTECTED : OFFER_PRIVATE;
	return o->privacy != was;
}

static enum err
do_page(struct change *c, void *what)
{
	const struct page_edit *e = what;
	struct landingpage l;
	struct offer o;
	enum err rc = landingpage_load(c->db, c->arena, e->a->landing_pageid, &l);

	/* The offer is what is locked: its landing pages are edited through it alone. */
	if (rc == ERR_OK)
		rc = offer_lock(c, l.offer_id, &o);
	if (rc == ERR_OK)
		rc = landingpage_load(c->db, c->arena, e->a->landing_pageid, &l);
	if (rc == ERR_NOT_FOUND)
		return change_fault(
		    c, ERR_INVALID, "landing_pageid", "is no landing page");
	if (rc != ERR_OK)
		return rc;
	take_page(e->a, &l);
	rc = natskit_tracking_domain(
	    c, e->a->has_tracking_domain, e->a->tracking_domain, &l.tracking_domain_id);
	if (rc == ERR_OK && take_access(e->a, &o, &l))
		rc = offer_store(c, &o);
	return rc != ERR_OK ? rc : landingpage_store(c, &l);
}

int
api_nats_edit_landing_page(
    struct api_req *rq, const struct args_nats_edit_landing_page *a)
{
	struct page_edit e = {a};
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, do_page, &e, names);

	return rc != ERR_OK ? (int)rc : nats_result(rq, "Success", "landing_page_saved");
}

static enum err
do_groups(struct change *c, void *what)
{
	const struct args_nats_set_offer_groups *a = what;
	struct offer o;
	enum err rc = offer_lock(c, a->offerid, &o);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "offerid", "is no offer");
	if (rc != ERR_OK)
		return rc;
	return offergroup_set(
	    c, a->offerid, a->offer_groups.v, a->offer_groups.n, a->append);
}

int
api_nats_set_offer_groups(struct api_req *rq, const struct args_nats_set_offer_groups *a)
{
	struct args_nats_set_offer_groups copy = *a;
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, do_groups, &copy, names);

	if (rc != ERR_OK)
		return (int)rc;
	reply_nats_success(rq->out, &(struct reply_nats_success){STR("Success")});
	return ERR_OK;
}

struct tags_edit {
	enum offertag_kind kind;
	int64_t offer_id;
	struct arg_strs tags;
	bool append;
};

static enum err
do_tags(struct change *c, void *what)
{
	const struct tags_edit *e = what;
	struct offer o;
	enum err rc = offer_lock(c, e->offer_id, &o);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "offerid", "is no offer");
	if (rc != ERR_OK)
		return rc;
	return offertag_set(c, e->kind, e->offer_id, e->tags.v, e->tags.n, e->append);
}

static int
set_tags(struct api_req *rq, struct tags_edit *e)
{
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, do_tags, e, names);

	if (rc != ERR_OK)
		return (int)rc;
	reply_nats_success(rq->out, &(struct reply_nats_success){STR("Success")});
	return ERR_OK;
}

int
api_nats_set_offer_categories(
    struct api_req *rq, const struct args_nats_set_offer_categories *a)
{
	struct tags_edit e = {OFFERTAG_CATEGORY, a->offerid, a->categories, a->append};

	return set_tags(rq, &e);
}

int
api_nats_set_offer_marketing_types(
    struct api_req *rq, const struct args_nats_set_offer_marketing_types *a)
{
	struct tags_edit e = {
	    OFFERTAG_MARKETING, a->offerid, a->marketing_types, a->append};

	return set_tags(rq, &e);
}
