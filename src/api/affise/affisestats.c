/* SPDX-License-Identifier: Apache-2.0
 * affisestats.c - /3.0/stats: custom, conversions, clicks.
 *
 * Under an affiliate's key everything is narrowed to him: his own number replaces
 * filter[partner], however that was written, and the advertiser's money is neither shown
 * nor sorted by.
 */
#include "api/affise/affise.h"
#include "domain/netset.h"
#include "report/clicklist.h"
#include "report/convlist.h"
#include "report/names.h"
#include "report/statrow.h"
#include "track/clickid.h"

#define DEFAULT_DAYS 7

static enum err
read_zone(struct api_req *rq, struct str wanted, uint8_t has, const struct zone **z)
{
	struct netset set = {.time_zone = wanted};
	enum err rc = has == ARG_SENT ? ERR_OK : netset_load(rq->db, rq->arena, &set);

	if (rc != ERR_OK)
		return rc;
	*z = zone_get(set.time_zone);
	if (*z != NULL)
		return ERR_OK;
	if (has == ARG_SENT)
		return fault_set(
		    &rq->fault, ERR_INVALID, "timezone", "not an IANA time zone");
	*z = zone_utc_zone();
	return ERR_OK;
}

/* Days, both inclusive; `to` names the later parameter in the fault. */
static enum err
read_days(struct api_req *rq, const struct zone *z, struct arg_day from,
    struct arg_day to, const char *to_name, struct period *out)
{
	out->from = zone_start(z, from.year, from.month, from.day);
	out->to = zone_start(z, to.year, to.month, to.day + 1);
	if (out->to < out->from || zone_days(to.year, to.month, to.day) <
				       zone_days(from.year, from.month, from.day))
		return fault_set(
		    &rq->fault, ERR_INVALID, to_name, "is before the first day");
	return ERR_OK;
}

static enum err
read_hour(struct api_req *rq, const struct zone *z, int64_t hour, struct arg_day from,
    struct arg_day to, struct period *out)
{
	struct wall w = {
	    .year = from.year, .month = from.month, .day = from.day, .hour = (int)hour};

	if (zone_days(to.year, to.month, to.day) !=
	    zone_days(from.year, from.month, from.day))
		return fault_set(
		    &rq->fault, ERR_INVALID, "hour", "only with a range of one day");
	out->from = zone_utc(z, &w);
	w.hour++;
	out->to = zone_utc(z, &w);
	return ERR_OK;
}

/* ---- filters ---- */

static uint32_t *
id_space(struct api_req *rq, size_t n)
{
	return arena_alloc(rq->arena, (n + 1) * sizeof(uint32_t));
}

/* Numbers as they are, 24 hex digits by what they stand for; ids of nobody are left out,
 * and a list of nothing but those matches nothing. */
static enum err
read_refs(struct api_req *rq, const struct arg_refs *refs, uint8_t has, const char *sql,
    struct ask_ids *out)
{
	uint32_t *v;

	*out = (struct ask_ids){.set = has == ARG_SENT};
	if (!out->set)
		return ERR_OK;
	v = id_space(rq, refs->n);
	out->v = v;
	for (size_t i = 0; i < refs->n; i++) {
		int64_t id = refs->v[i].id;
		enum err rc = ERR_OK;

		if (refs->v[i].hex24.p != NULL)
			rc = db_int(rq->db, &id, 0, sql, "s", refs->v[i].hex24);
		if (rc != ERR_OK)
			return rc;
		if (id > 0)
			v[out->n++] = (uint32_t)id;
	}
	return ERR_OK;
}

static enum err
read_offers(
    struct api_req *rq, const struct arg_refs *refs, uint8_t has, struct ask_ids *out)
{
	return read_refs(rq, refs, has, "SELECT id FROM offer WHERE hex24 = ?", out);
}

static enum err
read_advertisers(
    struct api_req *rq, const struct arg_refs *refs, uint8_t has, struct ask_ids *out)
{
	return read_refs(rq, refs, has, "SELECT id FROM account WHERE hex24 = ?", out);
}

static enum err
read_partners(struct api_req *rq, const struct arg_strs *list, uint8_t has,
    const char *name, struct ask_ids *out)
{
	uint32_t *v = id_space(rq, list->n);

	*out = (struct ask_ids){.set = rq->caller.affiliate || has == ARG_SENT, .v = v};
	if (rq->caller.affiliate) {
		v[out->n++] = rq->caller.account_id;
		return ERR_OK;
	}
	for (size_t i = 0; out->set && i < list->n; i++) {
		uint64_t id;

		if (!str_to_u64(list->v[i], &id) || id == 0 || id > UINT32_MAX)
			return fault_set(&rq->fault, ERR_INVALID, name,
			    "must be numbers of affiliates");
		v[out->n++] = (uint32_t)id;
	}
	return ERR_OK;
}

static enum err
read_countries(struct api_req *rq, const struct arg_strs *list, uint8_t has,
    const char *name, struct ask_ids *out)
{
	uint32_t *v = id_space(rq, list->n);

	*out = (struct ask_ids){.set = has == ARG_SENT, .v = v};
	for (size_t i = 0; out->set && i < list->n; i++) {
		char two[2] = {
		    (char)(list->v[i].p[0] & ~0x20), (char)(list->v[i].p[1] & ~0x20)};
		uint16_t packed = list->v[i].n == 2 ? country_pack(str_n(two, 2)) : 0;

		if (packed == 0)
			return fault_set(&rq->fault, ERR_INVALID, name,
			    "must be codes of two letters");
		v[out->n++] = packed;
	}
	return ERR_OK;
}

/* Values of goals compare without case (affise-3.0.md, "Conversion postback"); one that
 * nobody has used matches nothing. */
static enum err
read_goals(
    struct api_req *rq, const struct arg_strs *list, uint8_t has, struct ask_ids *out)
{
	uint32_t *v = id_space(rq, list->n);

	*out = (struct ask_ids){.set = has == ARG_SENT, .v = v};
	for (size_t i = 0; out->set && i < list->n; i++) {
		int64_t id = 0;
		enum err rc;

		if (str_eq(list->v[i], STR("1"))) {
			v[out->n++] = 0;
			continue;
		}
		rc = db_int(rq->db, &id, 0,
		    "SELECT id FROM goal WHERE LOWER(value) = LOWER(?) LIMIT 1", "s",
		    list->v[i]);
		if (rc != ERR_OK)
			return rc;
		if (id > 0)
			v[out->n++] = (uint32_t)id;
	}
	return ERR_OK;
}

static void
read_devices(struct api_req *rq, const struct arg_word *words, size_t n, bool set,
    struct ask_ids *out)
{
	uint32_t *v = id_space(rq, n);

	*out = (struct ask_ids){.set = set, .v = v};
	for (size_t i = 0; set && i < n; i++) {
		unsigned type;

		if (names_device_parse(words[i].text, &type))
			v[out->n++] = type;
	}
}

/* Codes in upper case, parted by commas. */
static enum err
read_currencies(
    struct api_req *rq, const struct arg_strs *list, uint8_t has, struct custom_query *q)
{
	char *text = arena_alloc(rq->arena, list->n * 4 + 1);
	size_t n = 0;

	q->currencies = STR_NONE;
	if (has != ARG_SENT)
		return ERR_OK;
	for (size_t i = 0; i < list->n; i++) {
		struct str s = list->v[i];

		if (n > 0)
			text[n++] = ',';
		for (size_t k = 0; k < s.n; k++) {
			char c = (char)(s.p[k] & ~0x20);

			if (s.n != 3 || c < 'A' || c > 'Z')
				return fault_set(&rq->fault, ERR_INVALID,
				    "filter[currency]", "must be currency codes");
			text[n++] = c;
		}
	}
	q->currencies = str_n(text, n);
	q->one_currency = n == 3;
	return ERR_OK;
}

/* ---- custom ---- */

static enum err
denied(struct api_req *rq)
{
	return fault_set(&rq->fault, ERR_DENIED, NULL, "%s", "");
}

static enum err
read_slices(struct api_req *rq, const struct arg_words *words, struct custom_query *q,
    struct statrow_page *p)
{
	for (size_t i = 0; i < words->n; i++) {
		enum slice s;

		if (rq->caller.affiliate &&
		    (str_eq(words->v[i].text, STR("advertiser")) ||
			str_eq(words->v[i].text, STR("affiliate")) ||
			str_eq(words->v[i].text, STR("manager")) ||
			str_eq(words->v[i].text, STR("smart_id"))))
			return denied(rq);
		if (!custom_slice(words->v[i].text, &s))
			return fault_set(&rq->fault, ERR_UNSUPPORTED, "slice",
			    STR_FMT " is not in this version", STR_ARG(words->v[i].text));
		if (q->by[s])
			continue;
		q->by[s] = true;
		p->by[p->n_by++] = s;
	}
	/* What a refused click did not come to is not known of it. */
	if (q->by[SLICE_REASON] &&
	    (q->by[SLICE_GOAL] || q->by[SLICE_DEVICE] || q->by[SLICE_OS] ||
		q->by[SLICE_BROWSER] || q->by[SLICE_SMART]))
		return fault_set(&rq->fault, ERR_INVALID, "slice",
		    "trafficback_reason goes with times, offer, advertiser, affiliate "
		    "and country");
	return ERR_OK;
}

static enum err
read_order(struct api_req *rq, const struct arg_words *words,
    const struct custom_query *q, struct statrow_page *p)
{
	for (size_t i = 0; i < words->n && p->n_order < STATROW_MAX_KEYS; i++) {
		struct statrow_key *k = &p->order[p->n_order];

		if (!statrow_key(words->v[i].text, k))
			return fault_set(&rq->fault, ERR_UNSUPPORTED, "order",
			    STR_FMT " is not in this version", STR_ARG(words->v[i].text));
		if (k->is_slice && !q->by[k->slice])
			return fault_set(&rq->fault, ERR_INVALID, "order",
			    STR_FMT " is not among the slices",
			    STR_ARG(words->v[i].text));
		p->n_order++;
	}
	return ERR_OK;
}

static enum err
read_custom_filters(
    struct api_req *rq, const struct args_affise_custom *a, struct custom_query *q)
{
	enum err rc = read_zone(rq, a->timezone, a->has_timezone, &q->zone);

	if (rc == ERR_OK)
		rc = read_days(
		    rq, q->zone, a->date_from, a->date_to, "filter[date_to]", &q->period);
	if (rc == ERR_OK)
		rc = read_currencies(rq, &a->currency, a->has_currency, q);
	if (rc == ERR_OK)
		rc = read_offers(rq, &a->offer, a->has_offer, &q->offers);
	if (rc == ERR_OK)
		rc = read_advertisers(
		    rq, &a->advertiser, a->has_advertiser, &q->advertisers);
	if (rc == ERR_OK)
		rc = read_partners(
		    rq, &a->partner, a->has_partner, "filter[partner]", &q->affiliates);
	if (rc == ERR_OK)
		rc = read_countries(
		    rq, &a->country, a->has_country, "filter[country]", &q->countries);
	if (rc == ERR_OK)
		rc = read_goals(rq, &a->goal, a->has_goal, &q->goals);
	read_devices(
	    rq, a->device.v, a->device.n, a->has_device == ARG_SENT, &q->devices);
	q->os = (struct ask_strs){a->has_os == ARG_SENT, a->os.n, a->os.v};
	q->smarts =
	    (struct ask_strs){a->has_smart_id == ARG_SENT, a->smart_id.n, a->smart_id.v};
	if (q->smarts.set && !q->by[SLICE_SMART])
		return fault_set(&rq->fault, ERR_INVALID, "filter[smart_id]",
		    "only with the slice smart_id");
	q->nonzero = a->nonzero;
	q->hide_charge = rq->caller.affiliate;
	return rc;
}

static int64_t
page_size(int64_t limit)
{
	return limit > AFFISE_PAGE_MAX ? AFFISE_PAGE_MAX : limit;
}

int
api_affise_custom(struct api_req *rq, const struct args_affise_custom *a)
{
	struct custom_query q = {0};
	struct statrow_page p = {.descending = str_eq(a->orderType.text, STR("desc")),
	    .affiliate = rq->caller.affiliate,
	    .page = a->page,
	    .limit = page_size(a->limit)};
	struct custom c;
	enum err rc = read_slices(rq, &a->slice, &q, &p);

	if (rc == ERR_OK)
		rc = read_order(rq, &a->order, &q, &p);
	if (rc == ERR_OK)
		rc = read_custom_filters(rq, a, &q);
	if (rc != ERR_OK)
		return rc;
	for (unsigned i = 0; i < CUSTOM_STATUSES; i++)
		p.types[i] = a->has_types != ARG_SENT;
	for (size_t i = 0; i < a->types.n; i++) {
		unsigned status;

		if (statrow_type(a->types.v[i].text, &status))
			p.types[status] = true;
	}
	rc = custom_read(rq->db, rq->arena, &q, &c);
	if (rc == ERR_FULL) {
		rq->status = 400;
		return fault_set(&rq->fault, rc, "slice",
		    "too many rows: fewer slices or a shorter range");
	}
	if (rc != ERR_OK)
		return rc;
	rc = statrow_json(rq->db, rq->arena, &c, &p, rq->out);
	custom_free(&c);
	return rc;
}

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
	rc = read_days(rq, q->zone, from, to, "date_to", &q->created);
	if (rc == ERR_OK && a->has_hour == ARG_SENT)
		rc = read_hour(rq, q->zone, a->hour, from, to, &q->created);
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
	enum err rc = read_offers(rq, &a->offer, a->has_offer, &q->offers);

	if (rc == ERR_OK)
		rc = read_advertisers(
		    rq, &a->advertiser, a->has_advertiser, &q->advertisers);
	if (rc == ERR_OK)
		rc = read_partners(
		    rq, &a->partner, a->has_partner, "partner", &q->affiliates);
	if (rc == ERR_OK)
		rc = read_countries(
		    rq, &a->country, a->has_country, "country", &q->countries);
	if (rc == ERR_OK)
		rc = read_goals(rq, &a->goal, a->has_goal, &q->goals);
	read_devices(rq, &a->device, 1, a->has_device == ARG_SENT, &q->devices);
	for (size_t i = 0; i < a->status.n; i++)
		q->statuses |= 1u << a->status.v[i];
	return rc;
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
	    .limit = page_size(a->limit)};
	enum err rc;

	if (rq->caller.affiliate && a->has_revenue == ARG_SENT)
		return denied(rq);
	rc = read_zone(rq, a->timezone, a->has_timezone, &q.zone);
	if (rc == ERR_OK)
		rc = read_conversion_dates(rq, a, &q);
	if (rc == ERR_OK)
		rc = read_conversion_lists(rq, a, &q);
	if (rc != ERR_OK)
		return rc;
	read_conversion_texts(a, &q);
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
	    .limit = page_size(a->limit)};
	enum err rc;

	if (rq->caller.affiliate && a->has_advertiser == ARG_SENT)
		return denied(rq);
	rc = read_zone(rq, a->timezone, a->has_timezone, &q.zone);
	if (rc == ERR_OK)
		rc =
		    read_days(rq, q.zone, a->date_from, a->date_to, "date_to", &q.period);
	if (rc == ERR_OK && a->has_hour == ARG_SENT)
		rc = read_hour(rq, q.zone, a->hour, a->date_from, a->date_to, &q.period);
	if (rc == ERR_OK)
		rc = read_offers(rq, &a->offer, a->has_offer, &q.offers);
	if (rc == ERR_OK)
		rc = read_advertisers(
		    rq, &a->advertiser, a->has_advertiser, &q.advertisers);
	if (rc == ERR_OK)
		rc = read_partners(
		    rq, &a->partner, a->has_partner, "partner", &q.affiliates);
	if (rc == ERR_OK)
		rc = read_countries(
		    rq, &a->country, a->has_country, "country", &q.countries);
	if (rc != ERR_OK)
		return rc;
	return clicklist_json(rq->db, rq->arena, &q, rq->out);
}
