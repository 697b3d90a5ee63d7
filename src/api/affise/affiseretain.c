/* SPDX-License-Identifier: Apache-2.0
 * affiseretain.c - /3.0/stats/find-subs and retentionrate.
 */
#include "api/affise/affisefilter.h"
#include "api/affise/affisekit.h"
#include "report/findsubs.h"
#include "report/retention.h"

static struct str
asked(struct str s, uint8_t has)
{
	return has == ARG_ABSENT ? STR_NONE : s.p == NULL ? STR("") : s;
}

int
api_affise_find_subs(struct api_req *rq, const struct args_affise_find_subs *a)
{
	static const struct arg_strs nobody = {0, NULL};
	struct findsubs_query q = {
	    .sub = {asked(a->sub1, a->has_sub1), asked(a->sub2, a->has_sub2),
		asked(a->sub3, a->has_sub3), asked(a->sub4, a->has_sub4),
		asked(a->sub5, a->has_sub5)},
	    .now = rq->now,
	    .page = a->page,
	    .limit = affisefilter_page_size(a->limit)};
	enum err rc = affisefilter_partners(rq, &nobody, ARG_ABSENT, "", &q.affiliates);

	if (rc == ERR_OK)
		rc = findsubs_json(rq->db, rq->arena, &q, rq->out);
	return (int)rc;
}

static enum err
read_event(struct api_req *rq, struct str name, struct retention_event *e)
{
	const struct arg_strs one = {1, &name};
	struct ask_ids ids;
	enum err rc = affisefilter_goals(rq, &one, ARG_SENT, &ids);

	if (rc != ERR_OK)
		return rc;
	*e = (struct retention_event){name, ids.n > 0, ids.n > 0 ? ids.v[0] : 0};
	return ERR_OK;
}

static enum err
read_events(
    struct api_req *rq, const struct args_affise_retention *a, struct retention_query *q)
{
	char first = (char)(a->goal.p[0] | 0x20);
	enum err rc;

	if (first < 'a' || first > 'z')
		return fault_set(
		    &rq->fault, ERR_INVALID, "goal", "must begin with a letter");
	if (a->events.n > RETENTION_EVENTS)
		return fault_set(&rq->fault, ERR_INVALID, "events",
		    "has more than %d entries", RETENTION_EVENTS);
	rc = read_event(rq, a->goal, &q->base);
	for (size_t i = 0; rc == ERR_OK && i < a->events.n; i++) {
		bool twice = false;

		for (unsigned k = 0; k < q->n; k++)
			twice = twice || str_eq(q->event[k].name, a->events.v[i]);
		if (!twice)
			rc = read_event(rq, a->events.v[i], &q->event[q->n++]);
	}
	return rc;
}

int
api_affise_retention(struct api_req *rq, const struct args_affise_retention *a)
{
	struct retention_query q = {.affiliate = rq->caller.affiliate};
	int64_t offer = 0;
	enum err rc = affisefilter_zone(rq, a->timezone, a->has_timezone, &q.zone);

	if (rc == ERR_OK)
		rc = affisefilter_days(
		    rq, q.zone, a->date_from, a->date_to, "date_to", &q.period);
	if (rc == ERR_OK)
		rc = affisekit_offer(rq->db, &a->offer, &offer);
	if (rc == ERR_OK)
		rc = affisefilter_partners(rq, &a->affiliate_id, a->has_affiliate_id,
		    "affiliate_id", &q.affiliates);
	if (rc == ERR_OK)
		rc = read_events(rq, a, &q);
	if (rc != ERR_OK)
		return (int)rc;
	q.offer = (uint32_t)offer;
	rc = retention_json(rq->db, rq->arena, &q, rq->out);
	if (rc != ERR_FULL)
		return (int)rc;
	rq->status = 400;
	return (int)fault_set(&rq->fault, rc, "date_to",
	    "too many rows: a shorter range, or one affiliate");
}
