/* SPDX-License-Identifier: Apache-2.0
 * natschanges.c - /api/offer/get_commission_changes.
 *
 * Keys have spaces, and only those with a value appear; which those are is in the
 * reference.  Ours beside them: Type of what is not standard, offer_goal_id, Pay Offer
 * Partners, and restrictions for what this dialect cannot express (C2).
 */
#include "api/nats/natskit.h"
#include "base/datetext.h"
#include "domain/netset.h"
#include "domain/offer.h"
#include "report/countryno.h"

struct show {
	struct api_req *rq;
	struct jsonw *w;
	const struct zone *zone;
};

static void
put_time(const struct show *s, const char *key, us_t at)
{
	char text[ZONE_TEXT];

	jsonw_key(s->w, key);
	if (at == 0) {
		jsonw_cstr(s->w, "Never");
		return;
	}
	zone_text(s->zone, at, text);
	jsonw_cstr(s->w, text);
}

static void
put_countries(const struct show *s, struct str list, bool exclude)
{
	jsonw_key(s->w, "Countries");
	if (list.n == 0 || exclude) {
		jsonw_arr(s->w);
		jsonw_cstr(s->w, "All");
		jsonw_end(s->w);
		return;
	}
	jsonw_obj(s->w);
	while (list.n > 0) {
		struct str one = str_split(&list, ',');

		jsonw_key_str(s->w,
		    arena_printf(s->rq->arena, "%03u", countryno_of(country_pack(one))));
		jsonw_str(s->w, one);
	}
	jsonw_end(s->w);
}

static enum err
put_affiliates(const struct show *s, struct str list)
{
	struct db_rows *r = NULL;
	enum err rc;

	if (list.n == 0)
		return ERR_OK;
	rc = db_query(s->rq->db, &r,
	    "SELECT a.id, a.username FROM JSON_TABLE(CONCAT('[', ?, ']'), '$[*]' COLUMNS "
	    "(id INT UNSIGNED PATH '$')) j JOIN account a ON a.id = j.id ORDER BY a.id",
	    "s", list);
	if (rc != ERR_OK)
		return rc;
	jsonw_key(s->w, "Affiliates");
	jsonw_obj(s->w);
	while (db_next(r)) {
		jsonw_key_str(s->w, natskit_number(s->rq->arena, db_i64(r, 0)));
		jsonw_str(s->w, db_str(r, 1));
	}
	jsonw_end(s->w);
	return db_rows_close(&r);
}

static void
put_subs(const struct show *s, const struct rule *r)
{
	const struct {
		const char *key;
		struct str value;
	} subs[] = {{"Subaff", r->sub1}, {"Subaff 2", r->sub2}, {"Subaff 3", r->sub3},
	    {"Subaff 4", r->sub4}, {"Subaff 5", r->sub5}};
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(subs); i++) {
		if (subs[i].value.n == 0)
			continue;
		if (!any) {
			jsonw_key(s->w, "Sub Affiliates");
			jsonw_obj(s->w);
			any = true;
		}
		jsonw_key(s->w, subs[i].key);
		jsonw_str(s->w, subs[i].value);
	}
	if (any)
		jsonw_end(s->w);
}

static void
put_rates(const struct show *s, const struct rule *r)
{
	const struct {
		const char *key;
		struct opt v;
		bool percent;
	} rates[] = {{"Page View Payout", r->aff_click, false},
	    {"Unique Visitor Payout", r->aff_visitor, false},
	    {"Flat Conversion Payout", r->aff_conversion, false},
	    {"Flat Continuity Payout", r->aff_continuity, false},
	    {"Percentage Conversion Payout", r->pct_conversion, true},
	    {"Percentage Continuity Payout", r->pct_continuity, true},
	    {"CPM Payout", r->aff_cpm, false}};

	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		if (!rates[i].v.given)
			continue;
		jsonw_key(s->w, rates[i].key);
		if (rates[i].percent)
			jsonw_pct(s->w, rates[i].v.v, 0);
		else
			jsonw_money(s->w, rates[i].v.v, 0);
	}
}

static void
put_goal(const struct show *s, const struct rule *r)
{
	const struct {
		const char *key;
		bool v;
	} pays[] = {{"Pay Affiliate Managers", r->pay_managers},
	    {"Pay Referring Affiliates", r->pay_referrals},
	    {"Pay Offer Partners", r->pay_partners}};

	if (r->goal_id == 0)
		return;
	jsonw_key(s->w, "offer_goal_id");
	jsonw_int(s->w, r->offer_goal_id);
	for (size_t i = 0; i < ARRAY_LEN(pays); i++) {
		jsonw_key(s->w, pays[i].key);
		jsonw_bool(s->w, pays[i].v);
	}
}

static void
put_restrictions(const struct show *s, const struct rule *r)
{
	const struct {
		const char *key;
		struct str v;
	} parts[] = {{"countries_except", r->country_exclude ? r->countries : STR("")},
	    {"cities", r->cities}, {"devices", r->devices}, {"os", r->os},
	    {"weekly", r->weekly}};
	bool any = false;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (parts[i].v.n == 0)
			continue;
		if (!any) {
			jsonw_key(s->w, "restrictions");
			jsonw_obj(s->w);
			any = true;
		}
		jsonw_key(s->w, parts[i].key);
		jsonw_str(s->w, parts[i].v);
	}
	if (any)
		jsonw_end(s->w);
}

/* `number`: the change as this dialect counts it, 0 for a goal's own price. */
static enum err
put_change(const struct show *s, const struct rule *r, int64_t number)
{
	enum err rc;

	jsonw_obj(s->w);
	jsonw_key(s->w, "Change Id");
	jsonw_int(s->w, number);
	if (r->kind != RULE_STANDARD) {
		jsonw_key(s->w, "Type");
		jsonw_cstr(s->w, rule_kind_words[r->kind]);
	}
	put_time(s, "Start Time", r->start_us);
	put_time(s, "End Time", r->end_us);
	put_countries(s, r->countries, r->country_exclude);
	rc = put_affiliates(s, r->affiliates);
	put_subs(s, r);
	put_goal(s, r);
	put_rates(s, r);
	put_restrictions(s, r);
	jsonw_end(s->w);
	return rc;
}

/* Of several general prices of a goal the latest is its default. */
static bool
is_default(const struct offer *o, const struct rule *r)
{
	if (r->goal_id == 0)
		return r->change_id == 0;
	if (!rule_is_general(r))
		return false;
	for (size_t i = 0; i < o->n_rule; i++) {
		if (o->rule[i].goal_id == r->goal_id && o->rule[i].id > r->id &&
		    rule_is_general(&o->rule[i]))
			return false;
	}
	return true;
}

static enum err
put_all(const struct show *s, const struct offer *o)
{
	enum err rc = ERR_OK;

	for (unsigned defaults = 0; defaults < 2; defaults++) {
		/* Rules come by their change: from the end they are the newest first. */
		for (size_t i = o->n_rule; rc == ERR_OK && i-- > 0;) {
			const struct rule *r = &o->rule[i];
			bool def = is_default(o, r);

			if (def == (defaults == 1))
				rc = put_change(s, r, def ? 0 : r->change_id);
		}
	}
	return rc;
}

int
api_nats_commission_changes(
    struct api_req *rq, const struct args_nats_commission_changes *a)
{
	struct show s = {.rq = rq, .w = rq->out};
	struct str zone;
	struct offer o;
	enum err rc = offer_load(rq->db, rq->arena, a->offerid, &o);

	if (rc == ERR_NOT_FOUND)
		return (int)natskit_invalid(&rq->fault, "offerid");
	if (rc == ERR_OK)
		rc = netset_get(rq->db, rq->arena, STR("time_zone"), &zone);
	if (rc != ERR_OK)
		return (int)rc;
	s.zone = zone_get(zone);
	if (s.zone == NULL)
		s.zone = zone_utc_zone();
	jsonw_obj(s.w);
	jsonw_key(s.w, "result");
	jsonw_cstr(s.w, "Success");
	jsonw_key(s.w, "message");
	jsonw_obj(s.w);
	jsonw_key(s.w, "changes");
	jsonw_arr(s.w);
	rc = put_all(&s, &o);
	jsonw_end(s.w);
	jsonw_end(s.w);
	jsonw_end(s.w);
	return (int)rc;
}
