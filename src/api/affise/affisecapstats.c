/* SPDX-License-Identifier: Apache-2.0
 * affisecapstats.c - /3.0/stats/caps: how far the caps of some offers are.
 *
 * The caps are those that the offer shows in this dialect.  One with a counter for each
 * affiliate has a row for each that has one, others a row with affiliate 0.
 */
#include <stdio.h>

#include "api/affise/affisekit.h"
#include "worker/section.h"

#define OFFERS_MAX 100

enum { WITH_STATS = 1, WITH_MERGED = 2, WITH_DESCR = 4 };

struct fill {
	struct api_req *rq;
	const struct offercap_count *count;
	size_t n_count;
	const struct arg_ids *only; /* affiliates to keep; n 0: all */
	unsigned fields;
};

static bool
is_wanted(const struct fill *f, int64_t affiliate)
{
	if (f->rq->caller.affiliate)
		return affiliate == 0 || affiliate == f->rq->caller.account_id;
	for (size_t i = 0; i < f->only->n; i++)
		if (f->only->v[i] == affiliate)
			return true; /* a manager named only his own: worker/owned.h */
	if ((f->rq->caller.own & OWN_AFFILIATES) != 0)
		return affiliate == 0;
	return f->only->n == 0 || affiliate == 0;
}

static void
put_value(struct jsonw *w, const char *key, const struct offercap *p, int64_t v)
{
	jsonw_key(w, key);
	if (p->type == CAP_BUDGET)
		jsonw_money(w, v, 0);
	else
		jsonw_int(w, v);
}

/* The counters of one affiliate: by goal when there is one for each. */
static int64_t
put_goal_stats(const struct fill *f, const struct offercap *p, int64_t affiliate)
{
	struct jsonw *w = f->rq->out;
	int64_t most = 0;

	jsonw_key(w, "goal_stats");
	jsonw_obj(w);
	for (size_t i = 0; i < f->n_count; i++) {
		const struct offercap_count *c = &f->count[i];
		char key[24];

		if (c->cap_id != p->id || c->affiliate_id != affiliate)
			continue;
		if (c->n > most)
			most = c->n;
		if (p->goals != CAP_OF_EACH)
			continue;
		(void)snprintf(key, sizeof(key), "%lld",
		    c->goal_id == 0 ? 1 : (long long)c->goal_id);
		put_value(w, key, p, c->n);
	}
	jsonw_end(w);
	return most;
}

static void
put_row(const struct fill *f, const struct offercap *p, int64_t affiliate)
{
	static const char *const periods[] = {"", "day", "month", "all"};
	struct jsonw *w = f->rq->out;
	char id[24];
	int64_t n;

	jsonw_obj(w);
	(void)snprintf(id, sizeof(id), "%lld", (long long)p->id);
	affisekit_str(w, "id", str_of(id));
	affisekit_str(w, "timeframe", str_of(periods[p->period]));
	affisekit_str(
	    w, "type", p->type == CAP_BUDGET ? STR("budget") : STR("conversions"));
	put_value(w, "value", p, p->value);
	n = put_goal_stats(f, p, affiliate);
	put_value(w, "current_value", p, n);
	affisekit_bool(w, "is_remaining", n < p->value);
	affisekit_int(w, "reset_to_value", 0);
	affisekit_str(w, "affiliate_type", str_of(offercap_scope_words[p->affiliates]));
	affisecap_affiliates(w, f->rq->caller.affiliate ? STR("") : p->affiliate_list);
	affisekit_str(w, "goal_type", str_of(offercap_scope_words[p->goals]));
	affisecap_goal_list(w, p);
	affisekit_str(w, "country_type", STR("all"));
	affisekit_empty_list(w, "countries");
	affisekit_int(w, "affiliate_id", affiliate);
	jsonw_end(w);
}

static void
put_rows(const struct fill *f, const struct offercap *p)
{
	int64_t last = -1;

	if (p->affiliates != CAP_OF_EACH) {
		put_row(f, p, 0);
		return;
	}
	for (size_t i = 0; i < f->n_count; i++) {
		const struct offercap_count *c = &f->count[i];

		if (c->cap_id != p->id || c->affiliate_id == last ||
		    c->affiliate_id == 0 || !is_wanted(f, c->affiliate_id))
			continue;
		last = c->affiliate_id;
		put_row(f, p, last);
	}
}

static void
put_merged(const struct fill *f, const struct offercap *p)
{
	struct jsonw *w = f->rq->out;
	int64_t least = 0, most = 0, sum = 0, n = 0;
	char id[24];

	for (size_t i = 0; i < f->n_count; i++) {
		const struct offercap_count *c = &f->count[i];

		if (c->cap_id != p->id || !is_wanted(f, c->affiliate_id))
			continue;
		least = n == 0 || c->n < least ? c->n : least;
		most = c->n > most ? c->n : most;
		sum += c->n;
		n++;
	}
	(void)snprintf(id, sizeof(id), "%lld", (long long)p->id);
	jsonw_key(w, id);
	jsonw_obj(w);
	put_value(w, "min", p, least);
	jsonw_key(w, "avg");
	jsonw_money(w,
	    p->type == CAP_BUDGET ? money_muldiv(sum, 1, n == 0 ? 1 : n)
				  : money_muldiv(sum, MONEY_UNIT, n == 0 ? 1 : n),
	    0);
	put_value(w, "max", p, most);
	jsonw_end(w);
}

static void
put_descr(const struct fill *f, const struct offercap *p)
{
	static const char *const words[] = {"", "daily", "monthly", "total"};
	char id[24], text[48];

	(void)snprintf(id, sizeof(id), "%lld", (long long)p->id);
	(void)snprintf(text, sizeof(text), "%s_%s", words[p->period],
	    p->type == CAP_BUDGET ? "budget" : "conversions");
	affisekit_str(f->rq->out, id, str_of(text));
}

typedef void part_f(const struct fill *f, const struct offercap *p);

static void
each_cap(const struct fill *f, const struct offer *o, part_f *fn)
{
	for (size_t i = 0; i < o->n_cap; i++)
		if (affisecap_visible(o, &o->cap[i],
			f->rq->caller.affiliate ? f->rq->caller.account_id : 0))
			fn(f, &o->cap[i]);
}

static void
put_offer(const struct fill *f, const struct offer *o)
{
	struct jsonw *w = f->rq->out;

	jsonw_obj(w);
	affisekit_int(w, "offer_id", o->id);
	if ((f->fields & WITH_STATS) != 0) {
		jsonw_key(w, "stats");
		jsonw_arr(w);
		each_cap(f, o, put_rows);
		jsonw_end(w);
	}
	if ((f->fields & WITH_MERGED) != 0) {
		jsonw_key(w, "stats_merged");
		jsonw_obj(w);
		each_cap(f, o, put_merged);
		jsonw_end(w);
	}
	if ((f->fields & WITH_DESCR) != 0) {
		jsonw_key(w, "descr");
		jsonw_obj(w);
		each_cap(f, o, put_descr);
		jsonw_end(w);
	}
	jsonw_end(w);
}

static enum err
load(struct api_req *rq, const struct arg_refs *refs, struct offer **list, size_t *n)
{
	int64_t *ids = arena_alloc(rq->arena, (refs->n + 1) * sizeof(*ids));
	enum err rc = ERR_OK;

	if (refs->n > OFFERS_MAX)
		return fault_set(&rq->fault, ERR_INVALID, "offer_id",
		    "has more than %d entries", OFFERS_MAX);
	for (size_t i = 0; i < refs->n && rc == ERR_OK; i++)
		rc = affisekit_offer(rq->db, &refs->v[i], &ids[i]);
	return rc == ERR_OK ? offer_list(rq->db, rq->arena, ids, refs->n, list, n) : rc;
}

static enum err
count(struct api_req *rq, const struct offer *list, size_t n, struct fill *f)
{
	struct offercap_count *c;
	const struct zone *z;
	size_t n_ids = 0, at = 0;
	int64_t *ids;
	enum err rc = affisekit_zone(rq->db, rq->arena, &z);

	for (size_t i = 0; i < n; i++)
		n_ids += list[i].n_cap;
	ids = arena_alloc(rq->arena, (n_ids + 1) * sizeof(*ids));
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < list[i].n_cap; k++)
			ids[at++] = list[i].cap[k].id;
	if (rc == ERR_OK)
		rc = offercap_counts(rq->db, rq->arena, z, rq->now,
		    offer_ids_json(rq->arena, ids, n_ids), &c, &f->n_count);
	if (rc == ERR_OK)
		f->count = c;
	return rc;
}

/* Offers that the caller may not see are as if they were not there: number 0. */
static enum err
hide(struct api_req *rq, struct offer *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		bool connected;
		enum err rc = affisekit_look_at(rq, &list[i], &connected);

		if (rc == ERR_NOT_FOUND)
			list[i].id = 0;
		else if (rc != ERR_OK)
			return rc;
	}
	return ERR_OK;
}

int
api_affise_stats_caps(struct api_req *rq, const struct args_affise_stats_caps *a)
{
	struct fill f = {.rq = rq, .only = &a->affiliate_id};
	struct offer *list = NULL;
	size_t n = 0;
	enum err rc = load(rq, &a->offer_id, &list, &n);

	for (size_t i = 0; i < a->fields.n; i++)
		f.fields |= 1u << a->fields.v[i].no;
	if (rc == ERR_OK)
		rc = hide(rq, list, n);
	if (rc == ERR_OK)
		rc = count(rq, list, n, &f);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "stats");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++)
		if (list[i].id != 0)
			put_offer(&f, &list[i]);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}
