/* SPDX-License-Identifier: Apache-2.0
 * affisecustom.c - /3.0/stats/custom and the reports of tbl/getby.h, which are the same
 * with their slices given.
 *
 * Under an affiliate's key everything is narrowed to him, and the advertiser's money is
 * neither shown nor sorted by.
 */
#include "api/affise/affisefilter.h"
#include "report/names.h"
#include "report/statrow.h"

/* getbyhour shows every hour of at most so many days. */
#define EVERY_HOUR_DAYS 366

/* Table S of affise-3.0.md: what all of these calls take. */
struct asked {
	struct arg_day date_from, date_to;
	struct arg_strs currency, partner, country, os, goal, device, sub[5];
	struct arg_refs advertiser, offer, manager;
	uint8_t has_currency, has_partner, has_country, has_os, has_goal, has_device,
	    has_sub[5], has_advertiser, has_offer, has_manager, has_timezone;
	struct str timezone;
	int locale;
	bool descending;
	int64_t page, limit;
};

/* The arguments of any of the calls, which differ in nothing but their type's name. */
#define ASKED(a_)                                                                       \
	((struct asked){.date_from = (a_)->date_from,                                   \
	    .date_to = (a_)->date_to,                                                   \
	    .currency = (a_)->currency,                                                 \
	    .partner = (a_)->partner,                                                   \
	    .country = (a_)->country,                                                   \
	    .os = (a_)->os,                                                             \
	    .goal = (a_)->goal,                                                         \
	    .device = (a_)->device,                                                     \
	    .sub = {(a_)->sub1, (a_)->sub2, (a_)->sub3, (a_)->sub4, (a_)->sub5},        \
	    .advertiser = (a_)->advertiser,                                             \
	    .offer = (a_)->offer,                                                       \
	    .manager = (a_)->manager,                                                   \
	    .has_currency = (a_)->has_currency,                                         \
	    .has_partner = (a_)->has_partner,                                           \
	    .has_country = (a_)->has_country,                                           \
	    .has_os = (a_)->has_os,                                                     \
	    .has_goal = (a_)->has_goal,                                                 \
	    .has_device = (a_)->has_device,                                             \
	    .has_sub = {(a_)->has_sub1, (a_)->has_sub2, (a_)->has_sub3, (a_)->has_sub4, \
		(a_)->has_sub5},                                                        \
	    .has_advertiser = (a_)->has_advertiser,                                     \
	    .has_offer = (a_)->has_offer,                                               \
	    .has_manager = (a_)->has_manager,                                           \
	    .has_timezone = (a_)->has_timezone,                                         \
	    .timezone = (a_)->timezone,                                                 \
	    .locale = (a_)->locale.no,                                                  \
	    .descending = str_eq((a_)->orderType.text, STR("desc")),                    \
	    .page = (a_)->page,                                                         \
	    .limit = affisefilter_page_size((a_)->limit)})

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

/* Types of devices and names of models. */
static void
read_devices(struct api_req *rq, const struct asked *a, struct custom_query *q)
{
	uint32_t *type = arena_alloc(rq->arena, (a->device.n + 1) * sizeof(*type));
	struct str *model = arena_alloc(rq->arena, (a->device.n + 1) * sizeof(*model));

	if (a->has_device != ARG_SENT)
		return;
	q->devices = (struct ask_ids){.set = true, .v = type};
	q->models = (struct ask_strs){.v = model};
	for (size_t i = 0; i < a->device.n; i++) {
		unsigned no;

		if (names_device_parse(a->device.v[i], &no))
			type[q->devices.n++] = no;
		else
			model[q->models.n++] = a->device.v[i];
	}
	q->models.set = q->models.n > 0;
}

static enum err
read_filters(struct api_req *rq, const struct asked *a, struct custom_query *q)
{
	enum err rc = affisefilter_zone(rq, a->timezone, a->has_timezone, &q->zone);

	if (rc == ERR_OK)
		rc = affisefilter_days(
		    rq, q->zone, a->date_from, a->date_to, "filter[date_to]", &q->period);
	if (rc == ERR_OK)
		rc = read_currencies(rq, &a->currency, a->has_currency, q);
	if (rc == ERR_OK)
		rc = affisefilter_offers(rq, &a->offer, a->has_offer, &q->offers);
	if (rc == ERR_OK)
		rc = affisefilter_accounts(
		    rq, &a->advertiser, a->has_advertiser, &q->advertisers);
	if (rc == ERR_OK)
		rc = affisefilter_accounts(rq, &a->manager, a->has_manager, &q->managers);
	if (rc == ERR_OK)
		rc = affisefilter_partners(
		    rq, &a->partner, a->has_partner, "filter[partner]", &q->affiliates);
	if (rc == ERR_OK)
		rc = affisefilter_countries(
		    rq, &a->country, a->has_country, "filter[country]", &q->countries);
	if (rc == ERR_OK)
		rc = affisefilter_goals(rq, &a->goal, a->has_goal, &q->goals);
	read_devices(rq, a, q);
	q->os = (struct ask_strs){a->has_os == ARG_SENT, a->os.n, a->os.v};
	for (size_t i = 0; i < ARRAY_LEN(q->sub); i++)
		q->sub[i] = (struct ask_strs){
		    a->has_sub[i] == ARG_SENT, a->sub[i].n, a->sub[i].v};
	q->locale = (enum custom_locale)a->locale;
	q->hide_charge = rq->caller.affiliate;
	return rc;
}

static enum err
answer(struct api_req *rq, const struct custom_query *q, const struct statrow_page *p)
{
	struct custom c;
	enum err rc = custom_read(rq->db, rq->arena, q, &c);

	if (rc == ERR_FULL) {
		rq->status = 400;
		return fault_set(&rq->fault, rc, "slice",
		    "too many rows: fewer slices or a shorter range");
	}
	if (rc != ERR_OK)
		return rc;
	rc = statrow_json(rq->db, rq->arena, &c, p, rq->out);
	custom_free(&c);
	return rc;
}

static void
begin(struct api_req *rq, const struct asked *a, struct statrow_page *p)
{
	*p = (struct statrow_page){.descending = a->descending,
	    .affiliate = rq->caller.affiliate,
	    .page = a->page,
	    .limit = a->limit};
}

static void
add_slice(enum slice s, struct custom_query *q, struct statrow_page *p)
{
	if (q->by[s])
		return;
	q->by[s] = true;
	p->by[p->n_by++] = s;
}

/* ---- getby* ---- */

#define SLICE_NONE SLICES

struct getby {
	enum slice by[4]; /* SLICE_NONE: no more */
};

static int
getby(struct api_req *rq, const struct getby *g, const struct asked *a)
{
	struct custom_query q = {.of_advertisers = g->by[0] == SLICE_ADV_MANAGER};
	struct statrow_page p;
	enum err rc;

	begin(rq, a, &p);
	for (size_t i = 0; i < ARRAY_LEN(g->by) && g->by[i] != SLICE_NONE; i++)
		add_slice(g->by[i], &q, &p);
	for (unsigned i = 0; i < CUSTOM_STATUSES; i++)
		p.types[i] = true;
	rc = read_filters(rq, a, &q);
	q.every_hour = g->by[3] == SLICE_HOUR &&
		       q.period.to - q.period.from <= EVERY_HOUR_DAYS * US_DAY;
	return (int)(rc == ERR_OK ? answer(rq, &q, &p) : rc);
}

/* clang-format off */
#define GETBY(name_, role_, offer_, by1_, by2_, by3_, by4_, ...)                                    \
	int                                                                                         \
	api_affise_##name_(struct api_req *rq, const struct args_affise_##name_ *a)                 \
	{                                                                                           \
		static const struct getby g = {                                                     \
		    {SLICE_##by1_, SLICE_##by2_, SLICE_##by3_, SLICE_##by4_}};                      \
		const struct asked asked = ASKED(a);                                                \
                                                                                                    \
		return getby(rq, &g, &asked);                                                       \
	}
#include "tbl/getby.h"
#undef GETBY
/* clang-format on */

/* ---- custom ---- */

static bool
is_for_administrators(enum slice s)
{
	return s == SLICE_ADVERTISER || s == SLICE_AFFILIATE || s == SLICE_MANAGER ||
	       s == SLICE_SMART;
}

static enum err
read_slices(struct api_req *rq, const struct arg_words *words, struct custom_query *q,
    struct statrow_page *p)
{
	for (size_t i = 0; i < words->n; i++) {
		enum slice s;

		if (!custom_slice(words->v[i].text, &s))
			return fault_set(&rq->fault, ERR_INVALID, "slice",
			    STR_FMT " is no slice", STR_ARG(words->v[i].text));
		if (rq->caller.affiliate && is_for_administrators(s))
			return affisefilter_denied(rq);
		add_slice(s, q, p);
	}
	/* What a refused click did not come to is not known of it. */
	for (unsigned i = 0; q->by[SLICE_REASON] && i < SLICES; i++)
		if (q->by[i] && !custom_knows_refused((enum slice)i))
			return fault_set(&rq->fault, ERR_INVALID, "slice",
			    "trafficback_reason goes with times, offer, advertiser, "
			    "affiliate, manager and country");
	return ERR_OK;
}

static enum err
read_order(struct api_req *rq, const struct arg_words *words,
    const struct custom_query *q, struct statrow_page *p)
{
	for (size_t i = 0; i < words->n && p->n_order < STATROW_MAX_KEYS; i++) {
		struct statrow_key *k = &p->order[p->n_order];

		if (!statrow_key(words->v[i].text, k))
			return fault_set(&rq->fault, ERR_INVALID, "order",
			    STR_FMT " is not to be sorted by", STR_ARG(words->v[i].text));
		if (k->is_slice && !q->by[k->slice])
			return fault_set(&rq->fault, ERR_INVALID, "order",
			    STR_FMT " is not among the slices",
			    STR_ARG(words->v[i].text));
		p->n_order++;
	}
	return ERR_OK;
}

static void
read_types(const struct args_affise_custom *a, struct statrow_page *p)
{
	for (unsigned i = 0; i < CUSTOM_STATUSES; i++)
		p->types[i] = a->has_types != ARG_SENT;
	for (size_t i = 0; i < a->types.n; i++) {
		unsigned status;

		if (statrow_type(a->types.v[i].text, &status))
			p->types[status] = true;
	}
}

int
api_affise_custom(struct api_req *rq, const struct args_affise_custom *a)
{
	const struct asked asked = ASKED(a);
	struct custom_query q = {.nonzero = a->nonzero};
	struct statrow_page p;
	enum err rc;

	begin(rq, &asked, &p);
	rc = read_slices(rq, &a->slice, &q, &p);
	if (rc == ERR_OK)
		rc = read_order(rq, &a->order, &q, &p);
	if (rc == ERR_OK)
		rc = read_filters(rq, &asked, &q);
	if (rc != ERR_OK)
		return (int)rc;
	q.smarts =
	    (struct ask_strs){a->has_smart_id == ARG_SENT, a->smart_id.n, a->smart_id.v};
	if (q.smarts.set && !q.by[SLICE_SMART])
		return (int)fault_set(&rq->fault, ERR_INVALID, "filter[smart_id]",
		    "only with the slice smart_id");
	read_types(a, &p);
	return (int)answer(rq, &q, &p);
}
