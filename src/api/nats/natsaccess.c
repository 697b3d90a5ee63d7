/* SPDX-License-Identifier: Apache-2.0
 * natsaccess.c - /api/offer: set_enabled_affiliates, set_offer_countries, pause_offer,
 * activate_offer.
 */
#include "api/nats/natskit.h"
#include "base/datetext.h"
#include "domain/country.h"
#include "domain/grant.h"
#include "domain/netset.h"
#include "domain/offer.h"

static const struct natskit_name names[] = {
    {"offerid", "offerid", true},
    {"loginids", "loginids", true},
    {"landing_pageids", "landing_pageids", true},
    {"offerids", "offerids", true},
    {"advertiser_ids", "advertiser_ids", true},
    {"expire_lp_id", "landing page", true},
    {NULL, NULL, false},
};

/* ---- set_enabled_affiliates ---- */

struct enabling {
	const struct args_nats_set_enabled_affiliates *a;
	struct grant g;
};

/* true: *out says what is to be done. */
static bool
read_action(struct str action, struct grant *out)
{
	static const struct {
		struct str word;
		enum grant_what what;
		enum grant_how how;
	} actions[] = {
	    {STR("enable"), GRANT_USE, GRANT_ENABLE},
	    {STR("disable"), GRANT_USE, GRANT_DISABLE},
	    {STR("revert"), GRANT_USE, GRANT_REVERT},
	    {STR("enable_requestable"), GRANT_ASK, GRANT_ENABLE},
	    {STR("disable_requestable"), GRANT_ASK, GRANT_DISABLE},
	    {STR("revert_requestable"), GRANT_ASK, GRANT_REVERT},
	};

	for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
		if (!str_eq(action, actions[i].word))
			continue;
		*out = (struct grant){.what = actions[i].what, .how = actions[i].how};
		return true;
	}
	return false;
}

#define NUMBERS "JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) k"

/* The list as JSON; a number that is nothing of that kind is a fault. */
static enum err
read_numbers(struct change *c, const char *name, struct arg_ids ids, const char *missing,
    struct str *out)
{
	int64_t n = 0;
	enum err rc;

	*out = offer_ids_json(c->arena, ids.v, ids.n);
	rc = db_int(c->db, &n, 0, missing, "s", *out);
	return rc == ERR_OK && n != 0 ? change_fault(c, ERR_INVALID, name, "is none")
				      : rc;
}

/* The landing pages that a statement gives, as JSON. */
static enum err
choose_pages(struct change *c, struct enabling *e)
{
	static const char sql[] =
	    "SELECT CONCAT('[', COALESCE(GROUP_CONCAT(l.id ORDER BY l.id), ''), ']') "
	    "FROM landing_page l JOIN offer o ON o.id = l.offer_id WHERE NOT l.deleted "
	    "AND NOT o.deleted AND (? IS NULL OR o.advertiser_id IN (SELECT k.id "
	    "FROM " NUMBERS
	    ")) AND (? IS NULL OR INSTR(LOWER(o.name), LOWER(?)) > 0) AND (? IS "
	    "NULL OR INSTR(LOWER(l.name), LOWER(?)) > 0) AND (? IS NULL OR "
	    "INSTR(LOWER(l.url), LOWER(?)) > 0)";
	const struct args_nats_set_enabled_affiliates *a = e->a;
	const bool all = a->all_landers;
	const struct str offer =
	    a->offer_name_like.n > 0 && !all ? a->offer_name_like : STR_NONE;
	const struct str page = a->landing_page_name_like.n > 0 && !all
				    ? a->landing_page_name_like
				    : STR_NONE;
	const struct str url = a->url_like.n > 0 && !all ? a->url_like : STR_NONE;
	struct str advertisers = STR_NONE;
	struct db_rows *r = NULL;
	enum err rc = ERR_OK, end;

	if (!all && a->advertiser_ids.n > 0)
		rc = read_numbers(c, "advertiser_ids", a->advertiser_ids,
		    "SELECT COUNT(*) FROM " NUMBERS " LEFT JOIN account x ON x.id = k.id "
		    "AND NOT x.deleted AND x.type = 140 WHERE x.id IS NULL",
		    &advertisers);
	/* One text for any number of pages. */
	if (rc == ERR_OK)
		rc = db_exec(c->db, "SET SESSION group_concat_max_len = 67108864", "");
	if (rc == ERR_OK)
		rc = db_query(c->db, &r, sql, "ssssssss", advertisers, advertisers, offer,
		    offer, page, page, url, url);
	if (rc != ERR_OK)
		return rc;
	e->g.pages = db_next(r) ? arena_str(c->arena, db_str(r, 0)) : STR("[]");
	end = db_rows_close(&r);
	return end;
}

static enum err
do_enable(struct change *c, void *what)
{
	struct enabling *e = what;
	const struct args_nats_set_enabled_affiliates *a = e->a;
	enum err rc = ERR_OK;

	e->g.affiliates = STR("[0]");
	e->g.pages = e->g.offers = STR_NONE;
	if (!a->all_users)
		rc = read_numbers(c, "loginids", a->loginids,
		    "SELECT COUNT(*) FROM " NUMBERS " LEFT JOIN account x ON x.id = k.id "
		    "AND NOT x.deleted AND x.type NOT IN (140, 160) WHERE x.id IS NULL",
		    &e->g.affiliates);
	if (rc != ERR_OK)
		return rc;
	if (!a->all_landers && a->landing_pageids.n > 0)
		rc = read_numbers(c, "landing_pageids", a->landing_pageids,
		    "SELECT COUNT(*) FROM " NUMBERS " LEFT JOIN landing_page x ON x.id = "
		    "k.id AND NOT x.deleted WHERE x.id IS NULL",
		    &e->g.pages);
	else if (!a->all_landers && a->offerids.n > 0) {
		e->g.all_pages = true;
		rc = read_numbers(c, "offerids", a->offerids,
		    "SELECT COUNT(*) FROM " NUMBERS " LEFT JOIN offer x ON x.id = k.id "
		    "AND NOT x.deleted WHERE x.id IS NULL",
		    &e->g.offers);
	} else
		rc = choose_pages(c, e);
	return rc != ERR_OK ? rc : grant_put(c, &e->g);
}

int
api_nats_set_enabled_affiliates(
    struct api_req *rq, const struct args_nats_set_enabled_affiliates *a)
{
	struct enabling e = {.a = a};
	struct change c = natskit_change(rq);
	enum err rc;

	if (!read_action(a->action, &e.g))
		return (int)natskit_invalid(&rq->fault, "action");
	if (a->loginids.n == 0 && !a->all_users)
		return (int)fault_set(
		    &rq->fault, ERR_MISSING, "", "Missing loginids or all_users.");
	if (!a->all_landers && a->landing_pageids.n + a->offerids.n == 0 &&
	    a->advertiser_ids.n + a->offer_name_like.n + a->landing_page_name_like.n +
		    a->url_like.n ==
		0)
		return (int)fault_set(
		    &rq->fault, ERR_MISSING, "", "Missing landing pages or offers.");
	rc = natskit_run(rq, &c, do_enable, &e, names);
	return rc != ERR_OK ? (int)rc : nats_result(rq, "Success", "Access modified");
}

/* ---- set_offer_countries ---- */

static enum err
lock(struct change *c, int64_t id, struct offer *o)
{
	const enum err rc = offer_lock(c, id, o);

	return rc == ERR_NOT_FOUND
		   ? change_fault(c, ERR_INVALID, "offerid", "is no offer")
		   : rc;
}

static enum err
take_countries(
    struct change *c, uint8_t has, struct arg_strs list, bool append, struct str *to)
{
	struct str text = append ? *to : STR(""), bad;

	if (has == ARG_ABSENT)
		return ERR_OK;
	for (size_t i = 0; i < list.n; i++)
		text = arena_printf(
		    c->arena, "%.*s,%.*s", STR_ARG(text), STR_ARG(list.v[i]));
	if (country_list(c->arena, text, to, &bad))
		return ERR_OK;
	/* Not the name of a parameter: a sentence of its own. */
	return change_fault(c, ERR_NOT_FOUND, "", "Invalid country (%.*s).",
	    (int)(bad.n < 20 ? bad.n : 20), bad.p);
}

static enum err
do_countries(struct change *c, void *what)
{
	const struct args_nats_set_offer_countries *const *ap = what, *a = *ap;
	struct offer o;
	enum err rc = lock(c, a->offerid, &o);

	if (rc == ERR_OK)
		rc = take_countries(
		    c, a->has_authorized, a->authorized, a->append, &o.authorized);
	if (rc == ERR_OK)
		rc = take_countries(
		    c, a->has_unauthorized, a->unauthorized, a->append, &o.unauthorized);
	return rc != ERR_OK ? rc : offer_store(c, &o);
}

int
api_nats_set_offer_countries(
    struct api_req *rq, const struct args_nats_set_offer_countries *a)
{
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, do_countries, &a, names);

	if (rc != ERR_OK)
		return (int)rc;
	reply_nats_success(rq->out, &(struct reply_nats_success){STR("Success")});
	return ERR_OK;
}

/* ---- pause_offer, activate_offer ---- */

static enum err
do_pause(struct change *c, void *what)
{
	const struct args_nats_pause_offer *const *ap = what, *a = *ap;
	struct offer o;
	struct str name;
	us_t at = c->now;
	enum err rc = lock(c, a->offerid, &o);

	if (rc == ERR_OK)
		rc = netset_get(c->db, c->arena, STR("time_zone"), &name);
	if (rc != ERR_OK)
		return rc;
	if (a->has_date_expire == ARG_SENT) {
		const struct zone *z = zone_get(name);

		if (!datetext_parse(str_trim(a->date_expire),
			z == NULL ? zone_utc_zone() : z, c->now, &at) ||
		    at <= 0)
			return change_fault(c, ERR_INVALID, "date_expire",
			    "is no date this server reads");
	}
	o.date_expire = at;
	if (a->has_expire_url != ARG_ABSENT)
		o.expire_url = a->expire_url;
	/* The landing page counts before the URL: one that was set before does not take
	 * this URL's place. */
	if (a->has_expire_landing_pageid != ARG_ABSENT)
		o.expire_lp_id = a->expire_landing_pageid;
	else if (a->has_expire_url == ARG_SENT)
		o.expire_lp_id = 0;
	return offer_store(c, &o);
}

int
api_nats_pause_offer(struct api_req *rq, const struct args_nats_pause_offer *a)
{
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, do_pause, &a, names);

	return rc != ERR_OK ? (int)rc : nats_result(rq, "success", "Offer expired.");
}

static enum err
do_activate(struct change *c, void *what)
{
	const struct args_nats_activate_offer *const *ap = what, *a = *ap;
	struct offer o;
	enum err rc = lock(c, a->offerid, &o);

	if (rc != ERR_OK)
		return rc;
	o.status = OFFER_ACTIVE;
	if (o.date_expire != 0 && o.date_expire <= c->now)
		o.date_expire = 0;
	return offer_store(c, &o);
}

int
api_nats_activate_offer(struct api_req *rq, const struct args_nats_activate_offer *a)
{
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, do_activate, &a, names);

	return rc != ERR_OK ? (int)rc : nats_result(rq, "success", "Offer activated.");
}
