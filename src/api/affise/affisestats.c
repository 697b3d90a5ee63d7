/* SPDX-License-Identifier: Apache-2.0
 * affisestats.c - /3.0/stats: conversions, clicks.
 *
 * Under an affiliate's key everything is narrowed to him, and the advertiser's money is
 * not shown.
 */
#include "api/affise/affisefilter.h"
#include "domain/currency.h"
#include "report/clicklist.h"
#include "report/convlist.h"
#include "report/names.h"
#include "track/clickid.h"

#define DEFAULT_DAYS 7

/* ---- conversions ---- */

static struct arg_day
day_of(const struct zone *z, us_t t, int move)
{
	struct arg_day d;
	struct wall w;

	zone_wall(z, t, &w);
	zone_date(zone_days(w.year, w.month, w.day + move), &d.year, &d.month, &d.day);
	return d;
}

static enum err
read_conversion_dates(
    struct api_req *rq, const struct args_affise_conversions *a, struct convlist_query *q)
{
	bool updated = a->has_update_from_date == ARG_SENT;
	struct arg_day from = a->date_from, to = a->date_to, up = a->update_from_date;
	enum err rc;

	if (a->has_date_from != ARG_SENT)
		from = updated ? (struct arg_day){1970, 1, 2}
			       : day_of(q->zone, rq->now, -DEFAULT_DAYS);
	if (a->has_date_to != ARG_SENT)
		to = day_of(q->zone, rq->now, 0);
	rc = affisefilter_days(rq, q->zone, from, to, "date_to", &q->created);
	if (rc == ERR_OK && a->has_hour == ARG_SENT)
		rc = affisefilter_hour(rq, q->zone, a->hour, from, to, &q->created);
	if (rc != ERR_OK)
		return rc;
	if (a->has_update_from_hour == ARG_SENT && !updated)
		return fault_set(&rq->fault, ERR_INVALID, "update_from_hour",
		    "only with update_from_date");
	if (updated) {
		struct wall w = {.year = up.year,
		    .month = up.month,
		    .day = up.day,
		    .hour = a->has_update_from_hour == ARG_SENT ? (int)a->update_from_hour
								: 0};

		q->updated_from = zone_utc(q->zone, &w);
	}
	return ERR_OK;
}

static struct str
filter_text(struct str s, uint8_t has)
{
	return has == ARG_SENT ? s : STR_NONE;
}

static void
read_conversion_texts(const struct args_affise_conversions *a, struct convlist_query *q)
{
	q->browser = filter_text(a->browser, a->has_browser);
	q->os = filter_text(a->os, a->has_os);
	q->action_id = filter_text(a->action_id, a->has_action_id);
	q->sub[0] = filter_text(a->subid1, a->has_subid1);
	q->sub[1] = filter_text(a->subid2, a->has_subid2);
	q->sub[2] = filter_text(a->subid3, a->has_subid3);
	q->sub[3] = filter_text(a->subid4, a->has_subid4);
	q->sub[4] = filter_text(a->subid5, a->has_subid5);
	q->custom[0] = filter_text(a->custom_field_1, a->has_custom_field_1);
	q->custom[1] = filter_text(a->custom_field_2, a->has_custom_field_2);
	q->custom[2] = filter_text(a->custom_field_3, a->has_custom_field_3);
	q->custom[3] = filter_text(a->custom_field_4, a->has_custom_field_4);
	q->custom[4] = filter_text(a->custom_field_5, a->has_custom_field_5);
	q->custom[5] = filter_text(a->custom_field_6, a->has_custom_field_6);
	q->custom[6] = filter_text(a->custom_field_7, a->has_custom_field_7);
}

static enum err
read_conversion_lists(
    struct api_req *rq, const struct args_affise_conversions *a, struct convlist_query *q)
{
	enum err rc = affisefilter_offers(rq, &a->offer, a->has_offer, &q->offers);

	if (rc == ERR_OK)
		rc = affisefilter_accounts(
		    rq, &a->advertiser, a->has_advertiser, &q->advertisers);
	if (rc == ERR_OK)
		rc = affisefilter_partners(
		    rq, &a->partner, a->has_partner, "partner", &q->affiliates);
	if (rc == ERR_OK)
		rc = affisefilter_countries(
		    rq, &a->country, a->has_country, "country", &q->countries);
	if (rc == ERR_OK)
		rc = affisefilter_goals(rq, &a->goal, a->has_goal, &q->goals);
	affisefilter_devices(rq, &a->device, 1, a->has_device == ARG_SENT, &q->devices);
	for (size_t i = 0; i < a->status.n; i++)
		q->statuses |= 1u << a->status.v[i];
	return rc;
}

static struct str
currency_text(struct api_req *rq, unsigned number)
{
	char *code = arena_alloc(rq->arena, 3);

	currency_code(number, code);
	return str_n(code, 3);
}

int
api_affise_conversions(struct api_req *rq, const struct args_affise_conversions *a)
{
	struct convlist_query q = {.has_payouts = a->has_payouts == ARG_SENT,
	    .payouts = a->payouts,
	    .has_revenue = a->has_revenue == ARG_SENT,
	    .revenue = a->revenue,
	    .affiliate = rq->caller.affiliate,
	    .page = a->page,
	    .limit = affisefilter_page_size(a->limit)};
	enum err rc;

	if (rq->caller.affiliate && a->has_revenue == ARG_SENT)
		return affisefilter_denied(rq);
	rc = affisefilter_zone(rq, a->timezone, a->has_timezone, &q.zone);
	if (rc == ERR_OK)
		rc = read_conversion_dates(rq, a, &q);
	if (rc == ERR_OK)
		rc = read_conversion_lists(rq, a, &q);
	if (rc != ERR_OK)
		return rc;
	read_conversion_texts(a, &q);
	if (a->has_currency == ARG_SENT)
		q.currency = currency_text(rq, (unsigned)a->currency);
	if (a->has_clickid == ARG_SENT) {
		q.has_click = clickid_parse(a->clickid, &q.click) == CLICKID_OURS;
		q.no_click = !q.has_click;
	}
	return convlist_json(rq->db, rq->arena, &q, rq->out);
}

/* ---- clicks ---- */

int
api_affise_clicks(struct api_req *rq, const struct args_affise_clicks *a)
{
	struct clicklist_query q = {.affiliate = rq->caller.affiliate,
	    .page = a->page,
	    .limit = affisefilter_page_size(a->limit)};
	enum err rc;

	if (rq->caller.affiliate && a->has_advertiser == ARG_SENT)
		return affisefilter_denied(rq);
	rc = affisefilter_zone(rq, a->timezone, a->has_timezone, &q.zone);
	if (rc == ERR_OK)
		rc = affisefilter_days(
		    rq, q.zone, a->date_from, a->date_to, "date_to", &q.period);
	if (rc == ERR_OK && a->has_hour == ARG_SENT)
		rc = affisefilter_hour(
		    rq, q.zone, a->hour, a->date_from, a->date_to, &q.period);
	if (rc == ERR_OK)
		rc = affisefilter_offers(rq, &a->offer, a->has_offer, &q.offers);
	if (rc == ERR_OK)
		rc = affisefilter_accounts(
		    rq, &a->advertiser, a->has_advertiser, &q.advertisers);
	if (rc == ERR_OK)
		rc = affisefilter_partners(
		    rq, &a->partner, a->has_partner, "partner", &q.affiliates);
	if (rc == ERR_OK)
		rc = affisefilter_countries(
		    rq, &a->country, a->has_country, "country", &q.countries);
	if (rc != ERR_OK)
		return rc;
	return clicklist_json(rq->db, rq->arena, &q, rq->out);
}
