/* SPDX-License-Identifier: Apache-2.0
 * natsshow.c - /api/creative: the rules that say who is shown a creative.
 */
#include <stdlib.h>

#include "api/nats/natskit.h"
#include "base/datetext.h"
#include "domain/creative.h"
#include "domain/netset.h"
#include "domain/offer.h"

#define NUMBERS "JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) k"

static const char *const kinds[] = {
    [SHOWRULE_IGNORE] = "IGNORE", [SHOWRULE_SHOW] = "SHOW", [SHOWRULE_HIDE] = "HIDE"};

static enum err
network_zone(struct db *db, struct arena *a, const struct zone **z)
{
	struct str name;
	enum err rc = netset_get(db, a, STR("time_zone"), &name);

	*z = rc == ERR_OK ? zone_get(name) : NULL;
	if (*z == NULL)
		*z = zone_utc_zone();
	return rc;
}

/* ---- showing ---- */

static void
put_number(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_fmt(w, "%lld", (long long)v);
}

/* {"ALL":"ALL"}, or names by number. */
static enum err
put_list(struct api_req *rq, const char *key, struct str list, const char *sql)
{
	struct db_rows *r = NULL;
	enum err rc;

	jsonw_key(rq->out, key);
	jsonw_obj(rq->out);
	if (list.n == 0) {
		jsonw_key(rq->out, "ALL");
		jsonw_cstr(rq->out, "ALL");
		jsonw_end(rq->out);
		return ERR_OK;
	}
	rc = db_query(
	    rq->db, &r, sql, "s", arena_printf(rq->arena, "[%.*s]", STR_ARG(list)));
	while (rc == ERR_OK && db_next(r)) {
		jsonw_key_str(rq->out, natskit_number(rq->arena, db_i64(r, 0)));
		jsonw_str(rq->out, db_str(r, 1));
	}
	jsonw_end(rq->out);
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
put_rule(
    struct api_req *rq, const struct creative_rule *x, int64_t type, const struct zone *z)
{
	struct jsonw *w = rq->out;
	char nice[ZONE_TEXT];
	enum err rc;

	jsonw_key_str(w, x->key);
	jsonw_obj(w);
	put_number(w, "adtool_rule_id", x->id);
	put_number(w, "identid", x->made_by);
	put_number(w, "start_time", x->start / US_SECOND);
	put_number(w, "end_time", x->end / US_SECOND);
	put_number(w, "rule_type", x->kind);
	put_number(w, "adtoolid", x->creative_id);
	put_number(w, "adtool_type_id", type);
	jsonw_key(w, "rule_key");
	jsonw_str(w, x->key);
	jsonw_key(w, "start_nice");
	zone_text(z, x->start, nice);
	jsonw_cstr(w, nice);
	jsonw_key(w, "end_nice");
	zone_text(z, x->end, nice);
	jsonw_cstr(w, x->end == 0 ? "FOREVER" : nice);
	jsonw_key(w, "rule_type_nice");
	jsonw_cstr(w, kinds[x->kind]);
	rc = put_list(rq, "loginid", x->affiliates,
	    "SELECT k.id, COALESCE(a.username, '') FROM " NUMBERS
	    " LEFT JOIN account a ON a.id = k.id ORDER BY k.id");
	if (rc == ERR_OK)
		rc = put_list(rq, "offerid", x->offers,
		    "SELECT k.id, COALESCE(o.name, '') FROM " NUMBERS
		    " LEFT JOIN offer o ON o.id = k.id ORDER BY k.id");
	if (rc == ERR_OK)
		rc = put_list(rq, "landing_pageid", x->landing_pages,
		    "SELECT k.id, COALESCE(l.name, '') FROM " NUMBERS
		    " LEFT JOIN landing_page l ON l.id = k.id ORDER BY k.id");
	jsonw_end(w);
	return rc;
}

int
api_nats_creative_rules(struct api_req *rq, const struct args_nats_creative_rules *a)
{
	const struct str ids =
	    offer_ids_json(rq->arena, a->creativeids.v, a->creativeids.n);
	struct creative_rule *list = NULL;
	const struct zone *z;
	int64_t last = 0, type = 0;
	size_t n = 0;
	enum err rc = network_zone(rq->db, rq->arena, &z);

	if (rc == ERR_OK)
		rc = creative_rules(rq->db, rq->arena, ids, &list, &n);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "rules");
	jsonw_obj(rq->out);
	for (size_t i = 0; i < n && rc == ERR_OK; i++) {
		if (!a->show_inactive &&
		    !showrule_in_force(list[i].start, list[i].end, rq->now))
			continue;
		if (list[i].creative_id != last) {
			if (last != 0)
				jsonw_end(rq->out);
			last = list[i].creative_id;
			jsonw_key_str(rq->out, natskit_number(rq->arena, last));
			jsonw_obj(rq->out);
			rc = db_int(rq->db, &type, 0,
			    "SELECT type_id FROM creative WHERE id = ?", "i", last);
		}
		if (rc == ERR_OK)
			rc = put_rule(rq, &list[i], type, z);
	}
	if (rc != ERR_OK)
		return (int)rc;
	if (last != 0)
		jsonw_end(rq->out);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- what the calls say ---- */

/* The members of struct args_* that add and edit have alike. */
struct sent {
	struct arg_ids creatives, offers, pages, affiliates;
	struct arg_strs keys;
	int kind; /* -1: not sent */
	uint8_t has_offers, has_pages, has_affiliates, has_start, has_end;
	struct str start, end;
};

#define TAKE_SENT(a_)                                                                    \
	{                                                                                \
		.creatives = (a_)->creativeids, .offers = (a_)->offerids,                \
		.pages = (a_)->landing_pageids, .affiliates = (a_)->loginids,            \
		.kind = (a_)->rule_type.no, .has_offers = (a_)->has_offerids,            \
		.has_pages = (a_)->has_landing_pageids,                                  \
		.has_affiliates = (a_)->has_loginids, .has_start = (a_)->has_start_time, \
		.has_end = (a_)->has_end_time, .start = (a_)->start_time,                \
		.end = (a_)->end_time                                                    \
	}

/* What came of a creative or a rule. */
struct done {
	int64_t creative; /* 0: none of them has that rule */
	struct str key;   /* STR_NONE: there is no such creative */
	bool good;
};

struct work {
	struct sent s;
	uint32_t by;
	bool remove;
	struct done *v;
	size_t n;
};

static void
note(struct change *c, struct work *w, int64_t creative, struct str key, bool good)
{
	w->v = row_grow(c->arena, w->v, w->n, sizeof(*w->v));
	w->v[w->n++] = (struct done){creative, key, good};
}

static int
by_number(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* Numbers parted by commas, sorted, each once; one that is nothing there is a fault. */
static enum err
take_list(struct change *c, uint8_t has, struct arg_ids ids, const char *name,
    const char *missing, struct str *to)
{
	int64_t *v, n = 0;
	struct str text = STR("");
	enum err rc;

	if (has == ARG_ABSENT)
		return ERR_OK;
	rc = db_int(c->db, &n, 0, missing, "s", offer_ids_json(c->arena, ids.v, ids.n));
	if (rc == ERR_OK && n != 0)
		return change_fault(c, ERR_NOT_FOUND, "", "Invalid %s.", name);
	v = arena_alloc(c->arena, (ids.n + 1) * sizeof(*v));
	if (ids.n > 0) {
		memcpy(v, ids.v, ids.n * sizeof(*v));
		qsort(v, ids.n, sizeof(*v), by_number);
	}
	for (size_t i = 0; i < ids.n; i++) {
		if (i == 0 || v[i] != v[i - 1])
			text = arena_printf(c->arena, "%.*s%s%lld", STR_ARG(text),
			    i == 0 ? "" : ",", (long long)v[i]);
	}
	*to = text;
	return rc;
}

static enum err
take_time(struct change *c, uint8_t has, struct str text, us_t if_empty, const char *name,
    us_t *to)
{
	const struct zone *z;
	enum err rc = ERR_OK;

	if (has == ARG_ABSENT)
		return ERR_OK;
	*to = if_empty;
	if (has == ARG_EMPTY)
		return ERR_OK;
	rc = network_zone(c->db, c->arena, &z);
	if (rc == ERR_OK && (!datetext_parse(str_trim(text), z, c->now, to) || *to <= 0))
		return change_fault(c, ERR_INVALID, name, "is no date this server reads");
	return rc;
}

static enum err
take_sent(struct change *c, const struct sent *s, struct creative_rule *r)
{
	enum err rc = take_list(c, s->has_offers, s->offers, "offerids",
	    "SELECT COUNT(*) FROM " NUMBERS
	    " LEFT JOIN offer x ON x.id = k.id AND NOT x.deleted WHERE x.id IS NULL",
	    &r->offers);

	if (rc == ERR_OK)
		rc = take_list(c, s->has_pages, s->pages, "landing_pageids",
		    "SELECT COUNT(*) FROM " NUMBERS " LEFT JOIN landing_page x ON x.id = "
		    "k.id AND NOT x.deleted WHERE x.id IS NULL",
		    &r->landing_pages);
	if (rc == ERR_OK)
		rc = take_list(c, s->has_affiliates, s->affiliates, "loginids",
		    "SELECT COUNT(*) FROM " NUMBERS " LEFT JOIN account x ON x.id = k.id "
		    "AND NOT x.deleted AND x.type NOT IN (140, 160) WHERE x.id IS NULL",
		    &r->affiliates);
	if (rc == ERR_OK)
		rc =
		    take_time(c, s->has_start, s->start, c->now, "start_time", &r->start);
	if (rc == ERR_OK)
		rc = take_time(c, s->has_end, s->end, 0, "end_time", &r->end);
	if (s->kind >= 0)
		r->kind = s->kind;
	return rc;
}

/* ---- writing ---- */

static enum err
do_add(struct change *c, void *what)
{
	struct work *w = what;
	struct creative_rule r = {.made_by = w->by,
	    .start = c->now,
	    .offers = STR(""),
	    .landing_pages = STR(""),
	    .affiliates = STR("")};
	struct creative k;
	enum err rc = take_sent(c, &w->s, &r);

	w->n = 0;
	for (size_t i = 0; i < w->s.creatives.n && rc == ERR_OK; i++) {
		r.creative_id = w->s.creatives.v[i];
		rc = creative_lock(c, r.creative_id, &k);
		if (rc == ERR_NOT_FOUND) {
			note(c, w, r.creative_id, STR_NONE, false);
			rc = ERR_OK;
			continue;
		}
		if (rc == ERR_OK)
			rc = creative_rule_add(c, &r, (unsigned)i);
		if (rc == ERR_OK)
			note(c, w, r.creative_id, r.key, true);
	}
	return rc;
}

static enum err
change_one(struct change *c, struct work *w, struct creative_rule *r)
{
	enum err rc;

	if (w->remove)
		return creative_rule_remove(c, r);
	rc = take_sent(c, &w->s, r);
	return rc != ERR_OK ? rc : creative_rule_store(c, r);
}

static enum err
do_change(struct change *c, void *what)
{
	struct work *w = what;
	struct creative_rule r;

	w->n = 0;
	for (size_t i = 0; i < w->s.keys.n; i++) {
		bool any = false;

		for (size_t j = 0; j < w->s.creatives.n; j++) {
			enum err rc = creative_rule_lock(
			    c, w->s.creatives.v[j], str_trim(w->s.keys.v[i]), &r);

			if (rc == ERR_NOT_FOUND)
				continue;
			if (rc == ERR_OK)
				rc = change_one(c, w, &r);
			if (rc != ERR_OK)
				return rc;
			note(c, w, r.creative_id, r.key, true);
			any = true;
		}
		if (!any)
			note(c, w, 0, w->s.keys.v[i], false);
	}
	return ERR_OK;
}

static void
put_done(struct api_req *rq, const struct done *d)
{
	jsonw_obj(rq->out);
	if (d->creative != 0)
		put_number(rq->out, "creativeid", d->creative);
	if (d->key.p != NULL) {
		jsonw_key(rq->out, "ruleid");
		jsonw_str(rq->out, d->key);
	}
	if (!d->good) {
		jsonw_key(rq->out, "error");
		jsonw_cstr(rq->out,
		    d->creative == 0 ? "Invalid ruleid." : "Invalid creativeid.");
	}
	jsonw_end(rq->out);
}

/* New rules by creative, as the reference has them; of the others a list. */
static int
answer(struct api_req *rq, const struct work *w, bool by_creative)
{
	int64_t good = 0;

	jsonw_obj(rq->out);
	jsonw_key(rq->out, "successes");
	if (by_creative)
		jsonw_obj(rq->out);
	else
		jsonw_arr(rq->out);
	for (size_t i = 0; i < w->n; i++) {
		if (!w->v[i].good)
			continue;
		if (by_creative)
			jsonw_key_str(
			    rq->out, natskit_number(rq->arena, w->v[i].creative));
		put_done(rq, &w->v[i]);
		good++;
	}
	jsonw_end(rq->out);
	jsonw_key(rq->out, "failures");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < w->n; i++)
		if (!w->v[i].good)
			put_done(rq, &w->v[i]);
	jsonw_end(rq->out);
	jsonw_key(rq->out, "total_successes");
	jsonw_int(rq->out, good);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_nats_add_creative_rule(
    struct api_req *rq, const struct args_nats_add_creative_rule *a)
{
	struct change c = natskit_change(rq);
	struct work w = {.s = TAKE_SENT(a), .by = rq->caller.account_id};
	int64_t *once = arena_alloc(rq->arena, (a->creativeids.n + 1) * sizeof(*once));
	size_t n = 0;
	enum err rc;

	/* A creative that is named twice gets one rule. */
	for (size_t i = 0; i < a->creativeids.n; i++) {
		bool had = false;

		for (size_t j = 0; j < n; j++)
			had = had || once[j] == a->creativeids.v[i];
		if (!had)
			once[n++] = a->creativeids.v[i];
	}
	w.s.creatives = (struct arg_ids){n, once};
	rc = natskit_run(rq, &c, do_add, &w, NULL);
	return rc != ERR_OK ? (int)rc : answer(rq, &w, true);
}

int
api_nats_edit_creative_rules(
    struct api_req *rq, const struct args_nats_edit_creative_rules *a)
{
	struct change c = natskit_change(rq);
	struct work w = {.s = TAKE_SENT(a)};
	enum err rc;

	w.s.keys = a->ruleids;
	rc = natskit_run(rq, &c, do_change, &w, NULL);
	return rc != ERR_OK ? (int)rc : answer(rq, &w, false);
}

int
api_nats_delete_creative_rules(
    struct api_req *rq, const struct args_nats_delete_creative_rules *a)
{
	struct change c = natskit_change(rq);
	struct work w = {
	    .s = {.creatives = a->creativeids, .keys = a->ruleids}, .remove = true};
	enum err rc = natskit_run(rq, &c, do_change, &w, NULL);

	return rc != ERR_OK ? (int)rc : answer(rq, &w, false);
}
