/* SPDX-License-Identifier: Apache-2.0
 * natscap.c - /api/offer/get_conversion_caps.
 *
 * Caps of both dialects.  This one knows only "tell" and "send to a landing page" for a
 * full cap, so the others are shown as none, with what they do in the key `on_full` (C3
 * of decisions.md).
 */
#include "api/nats/natskit.h"
#include "base/zone.h"
#include "domain/netset.h"
#include "domain/offer.h"

/* Codes of this dialect, which are the places in its list of words, and ours. */
static const uint8_t periods[] = {
    CAP_DAY, CAP_WEEK, CAP_MONTH, CAP_YEAR, CAP_ALL, CAP_HOUR};

static unsigned
duration_of(int64_t period)
{
	for (unsigned i = 0; i < ARRAY_LEN(periods); i++)
		if (periods[i] == period)
			return i;
	return 0;
}

static void
put_text(struct jsonw *w, const char *key, struct str s)
{
	jsonw_key(w, key);
	jsonw_str(w, s);
}

static void
put_number(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_fmt(w, "%lld", (long long)v);
}

/* A number, or the word for none. */
static void
put_id(struct jsonw *w, const char *key, int64_t id, const char *none)
{
	if (id != 0)
		put_number(w, key, id);
	else
		put_text(w, key, str_of(none));
}

static void
put_amount(struct jsonw *w, const char *key, const struct offercap *p, int64_t v)
{
	jsonw_key(w, key);
	if (p->type == CAP_BUDGET)
		jsonw_money_str(w, v, 0);
	else
		jsonw_fmt(w, "%lld", (long long)v);
}

static void
put_time(struct jsonw *w, const char *key, const char *nice, const struct zone *z, us_t t,
    const char *none)
{
	struct wall at;

	put_number(w, key, t / US_SECOND);
	jsonw_key(w, nice);
	if (t == 0) {
		jsonw_cstr(w, none);
		return;
	}
	zone_wall(z, t, &at);
	jsonw_fmt(w, "%04d/%02d/%02d %02d:%02d:%02d", at.year, at.month, at.day, at.hour,
	    at.min, at.sec);
}

static void
put_where(struct jsonw *w, const struct offercap *p)
{
	const bool moves = p->on_full == CAP_TO_PAGE;

	put_text(w, "redirect_action", moves ? STR("landing_page") : STR("none"));
	put_text(w, "on_full", str_of(offercap_full_words[p->on_full]));
	if (moves) {
		put_number(w, "new_offerid", p->to_offer_id);
		put_number(w, "new_landing_pageid", p->to_lp_id);
	}
	put_number(w, "track", p->track);
}

static void
put_cap(struct jsonw *w, const struct zone *z, const struct offercap *p, int64_t current)
{
	const unsigned duration = duration_of(p->period);

	jsonw_obj(w);
	put_number(w, "cap_redirect_id", p->id);
	put_id(w, "offerid", p->offer_id, "all");
	put_id(w, "advertiserid", p->advertiser_id, "all");
	put_text(w, "loginid",
	    p->affiliates == CAP_OF_EXACT  ? p->affiliate_list
	    : p->affiliates == CAP_OF_EACH ? STR("each")
					   : STR("all"));
	put_amount(w, "value", p, p->value);
	put_amount(w, "current", p, current);
	put_number(w, "type", p->type);
	put_text(w, "type_nice", str_of(offercap_type_words[p->type]));
	put_number(w, "duration", duration);
	put_text(w, "duration_nice", str_of(offercap_period_words[p->period]));
	put_number(w, "timeframe_restriction", p->days);
	put_text(w, "timeframe_restriction_nice", str_of(offercap_days_words[p->days]));
	put_time(w, "start", "start_nice", z, p->start, "Always");
	put_time(w, "end", "end_nice", z, p->end, "Never");
	put_where(w, p);
	put_number(w, "admin_notify", p->admin_notify);
	put_number(w, "enabled", p->enabled);
	put_number(w, "deleted", p->deleted);
	jsonw_end(w);
}

static enum err
read_login(struct api_req *rq, uint8_t has, struct str s, int64_t *out)
{
	*out = 0;
	if (has != ARG_SENT)
		return ERR_OK;
	if (str_eq(s, STR("all")))
		*out = -1;
	else if (str_eq(s, STR("each")))
		*out = -2;
	else if (!str_to_i64(s, out) || *out <= 0 || *out > UINT32_MAX)
		return natskit_invalid(&rq->fault, "loginid");
	return ERR_OK;
}

static enum err
zone_of(struct api_req *rq, const struct zone **z)
{
	struct str name;
	enum err rc = netset_get(rq->db, rq->arena, STR("time_zone"), &name);

	*z = rc == ERR_OK ? zone_get(name) : NULL;
	if (*z == NULL)
		*z = zone_utc_zone();
	return rc;
}

static struct str
ids_of(struct arena *a, const struct offercap *list, size_t n)
{
	int64_t *ids = arena_alloc(a, (n + 1) * sizeof(*ids));

	for (size_t i = 0; i < n; i++)
		ids[i] = list[i].id;
	return offer_ids_json(a, ids, n);
}

int
api_nats_get_conversion_caps(
    struct api_req *rq, const struct args_nats_get_conversion_caps *a)
{
	struct offercap_filter f = {
	    .enabled = a->has_enabled == ARG_SENT ? a->enabled : 1,
	    .deleted = a->has_deleted == ARG_SENT ? a->deleted : 0,
	    .type = a->has_type == ARG_SENT ? a->type.no : -1,
	    .days = a->has_timeframe_restriction == ARG_SENT ? a->timeframe_restriction.no
							     : -1};
	struct offercap_count *count = NULL;
	struct offercap *list = NULL;
	const struct zone *z = NULL;
	size_t n = 0, n_count = 0;
	enum err rc = read_login(rq, a->has_loginid, a->loginid, &f.affiliate);

	if (a->has_offerid == ARG_SENT)
		f.offer_id = a->offerid;
	if (a->has_duration == ARG_SENT)
		f.period = periods[a->duration.no];
	if (rc == ERR_OK)
		rc = zone_of(rq, &z);
	if (rc == ERR_OK)
		rc = offercap_find(rq->db, rq->arena, &f, &list, &n);
	if (rc == ERR_OK)
		rc = offercap_counts(rq->db, rq->arena, z, rq->now,
		    ids_of(rq->arena, list, n), &count, &n_count);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	put_text(rq->out, "result", STR("success"));
	put_text(rq->out, "message", n == 0 ? STR("No caps found.") : STR("Caps found."));
	jsonw_key(rq->out, "data");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++)
		put_cap(rq->out, z, &list[i], offercap_fullest(&list[i], count, n_count));
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}
