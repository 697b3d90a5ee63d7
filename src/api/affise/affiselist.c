/* SPDX-License-Identifier: Apache-2.0
 * affiselist.c - /3.0/offers, /3.0/offer/{ID}, /3.0/partner/offers and live-offers.
 *
 * An affiliate sees active offers that are public or that he may ask for (an exception
 * may give or take that right, whatever the offer says), and private ones that he is
 * connected to; none that he is locked out of; and in lists only those
 * that are not hidden.
 */
#include <stdlib.h>

#include "api/affise/affisekit.h"
#include "domain/grant.h"
#include "report/offerfind.h"
#include "report/offerworth.h"
#include "worker/section.h"

#define VISIBLE_STATES (1u << OFFER_ACTIVE)

/* ERR_NOT_FOUND: the caller may not see it.  *connected: he may run it as it is. */
enum err
affisekit_look_at(struct api_req *rq, const struct offer *o, bool *connected)
{
	const enum offer_privacy privacy = offer_seen_privacy(o);
	struct grant_view view;
	enum err rc;

	*connected = true;
	if (!rq->caller.affiliate)
		return ERR_OK;
	rc = grant_view(rq->db, o->id, o->default_lp_id, o->advertiser_id,
	    rq->caller.account_id, &view);
	if (rc != ERR_OK)
		return rc;
	*connected = view.connected || privacy == OFFER_PUBLIC;
	if ((VISIBLE_STATES >> offer_state(o, rq->now) & 1) == 0 || view.blocked)
		return ERR_NOT_FOUND;
	if (*connected || view.ask == GRANT_ASK_YES)
		return ERR_OK;
	return privacy == OFFER_PRIVATE || view.ask == GRANT_ASK_NO ? ERR_NOT_FOUND
								    : ERR_OK;
}

int
api_affise_offer(struct api_req *rq, const struct args_affise_offer *a)
{
	struct affiseshow show;
	struct offer o;
	bool connected = true;
	int64_t id;
	enum err rc = affisekit_offer(rq->db, &a->ID, &id);

	if (rc == ERR_OK)
		rc = offer_load(rq->db, rq->arena, id, &o);
	if (rc == ERR_OK)
		rc = affisekit_look_at(rq, &o, &connected);
	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(
		    &rq->fault, ERR_NOT_FOUND, "", "Resource Not Found");
	if (rc == ERR_OK)
		rc = affiseshow_init(rq, &show);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "offer");
	affiseshow_offer(&show, &o, connected);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* How well they do is no column of the offer: such a list is sorted here. */
struct sorting {
	enum offer_order order;
	bool by_worth, by_cr, down;
};

/* sort[id]=asc. */
static enum err
read_sort(struct api_req *rq, struct json_object *sort, struct sorting *out)
{
	static const struct {
		const char *field;
		struct sorting up;
	} fields[] = {
	    {"id", {.order = BY_ID}},
	    {"title", {.order = BY_TITLE}},
	    {"cr", {.order = BY_ID, .by_worth = true, .by_cr = true}},
	    {"epc", {.order = BY_ID, .by_worth = true}},
	};
	struct str field, direction;

	*out = fields[0].up;
	if (tree_len(sort) == 0)
		return ERR_OK;
	field = tree_key(sort, 0);
	direction = tree_str(tree_at(sort, 0));
	if (tree_len(sort) > 1 || field.p == NULL)
		return fault_set(&rq->fault, ERR_INVALID, "sort",
		    "must be one field, as sort[id]=asc");
	if (!str_eq(direction, STR("asc")) && !str_eq(direction, STR("desc")))
		return fault_set(&rq->fault, ERR_INVALID, "sort", "must be asc or desc");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!str_eq(field, str_of(fields[i].field)))
			continue;
		*out = fields[i].up;
		out->down = str_eq(direction, STR("desc"));
		if (out->down && !out->by_worth)
			out->order = out->order == BY_ID ? BY_ID_DOWN : BY_TITLE_DOWN;
		return ERR_OK;
	}
	return fault_set(
	    &rq->fault, ERR_INVALID, "sort", "must be by id, title, cr or epc");
}

/* What the three lists are asked for. */
#define COMMON(X)     \
	X(q)          \
	X(ids)        \
	X(int_id)     \
	X(countries)  \
	X(categories) \
	X(sort)       \
	X(page)       \
	X(limit)

struct listing {
	struct str q;
	struct arg_refs ids, int_id, advertiser;
	struct arg_strs countries, categories;
	struct json_object *sort;
	int64_t page, limit;
	struct arg_words status, os;
	struct arg_ids privacy;
	bool live;
};

/* Both lists of offers take numbers and hex digits alike: all become numbers. */
static enum err
offer_numbers(struct api_req *rq, const struct listing *a, struct str *out)
{
	size_t n = 0, all = a->ids.n + a->int_id.n;
	int64_t *ids = arena_alloc(rq->arena, (all + 1) * sizeof(*ids));
	enum err rc;

	*out = STR_NONE;
	if (all == 0)
		return ERR_OK;
	for (size_t i = 0; i < all; i++) {
		rc = affisekit_offer(rq->db,
		    i < a->ids.n ? &a->ids.v[i] : &a->int_id.v[i - a->ids.n], &ids[n++]);
		if (rc != ERR_OK)
			return rc;
	}
	*out = offer_ids_json(rq->arena, ids, n);
	return ERR_OK;
}

static enum err
advertiser_numbers(struct api_req *rq, const struct listing *a, struct str *out)
{
	int64_t *ids = arena_alloc(rq->arena, (a->advertiser.n + 1) * sizeof(*ids));
	enum err rc;

	*out = STR_NONE;
	for (size_t i = 0; i < a->advertiser.n; i++) {
		rc = affisekit_account(
		    rq->db, &a->advertiser.v[i], ACCOUNT_ADVERTISER, &ids[i]);
		if (rc != ERR_OK)
			return rc;
	}
	if (a->advertiser.n > 0)
		*out = offer_ids_json(rq->arena, ids, a->advertiser.n);
	return ERR_OK;
}

static struct str
texts_json(struct arena *a, const struct arg_strs *list)
{
	struct jsonw *w;
	struct str out;

	if (list->n == 0)
		return STR_NONE;
	w = jsonw_new();
	jsonw_arr(w);
	for (size_t i = 0; i < list->n; i++)
		jsonw_str(w, list->v[i]);
	jsonw_end(w);
	out = arena_str(a, jsonw_text(w));
	jsonw_free(&w);
	return out;
}

static enum err
read_filter(struct api_req *rq, const struct listing *a, struct offer_filter *f,
    struct sorting *by)
{
	static const enum offer_status states[] = {
	    OFFER_ACTIVE, OFFER_STOPPED, OFFER_SUSPENDED};
	enum err rc = read_sort(rq, a->sort, by);

	f->order = by->order;
	if (rc == ERR_OK)
		rc = offer_numbers(rq, a, &f->ids);
	if (rc == ERR_OK)
		rc = advertiser_numbers(rq, a, &f->advertisers);
	if (rc != ERR_OK)
		return rc;
	f->q = a->q.n > 0 ? a->q : STR_NONE;
	f->categories = texts_json(rq->arena, &a->categories);
	for (size_t i = 0; i < a->countries.n; i++)
		f->countries = arena_printf(rq->arena, "%.*s%s%.*s",
		    STR_ARG(f->countries), i > 0 ? "," : "", STR_ARG(a->countries.v[i]));
	for (size_t i = 0; i < a->os.n; i++)
		f->os = arena_printf(rq->arena, "%.*s%s\"%.*s\"", STR_ARG(f->os),
		    i > 0 ? "," : "[", STR_ARG(a->os.v[i].text));
	if (a->os.n > 0)
		f->os = arena_printf(rq->arena, "%.*s]", STR_ARG(f->os));
	for (size_t i = 0; i < a->status.n; i++)
		f->states |= 1u << states[a->status.v[i].no];
	for (size_t i = 0; i < a->privacy.n; i++)
		f->privacies |= 1u << a->privacy.v[i];
	if ((rq->caller.own & OWN_ADVERTISERS) != 0)
		f->manager = rq->caller.account_id;
	if (rq->caller.affiliate) {
		f->states = VISIBLE_STATES;
		f->affiliate = rq->caller.account_id;
		f->live = a->live;
		f->no_hidden = true;
	}
	return ERR_OK;
}

static int
worse_cr(const void *a, const void *b)
{
	const struct offerworth *x = a, *y = b;

	return x->cr != y->cr ? (x->cr > y->cr) - (x->cr < y->cr)
			      : (x->offer_id > y->offer_id) - (x->offer_id < y->offer_id);
}

static int
worse_epc(const void *a, const void *b)
{
	const struct offerworth *x = a, *y = b;

	return x->epc != y->epc
		   ? (x->epc > y->epc) - (x->epc < y->epc)
		   : (x->offer_id > y->offer_id) - (x->offer_id < y->offer_id);
}

/* The page of offers by how well they do: all that pass are weighed. */
static enum err
find_by_worth(struct api_req *rq, const struct zone *z, struct offer_filter f,
    const struct sorting *by, int64_t **ids, size_t *n, int64_t *total)
{
	const uint64_t skip = f.skip, count = f.count;
	struct offerworth *v = NULL;
	size_t all = 0;
	enum err rc;

	f.skip = 0;
	f.count = UINT32_MAX;
	rc = offerfind_ids(rq->db, rq->arena, &f, ids, n, total);
	if (rc == ERR_OK && *n > 0)
		rc = offerworth_load(rq->db, rq->arena, z, rq->now,
		    offer_ids_json(rq->arena, *ids, *n), &v, &all);
	if (rc != ERR_OK || all == 0)
		return rc;
	qsort(v, all, sizeof(*v), by->by_cr ? worse_cr : worse_epc);
	*n = 0;
	for (uint64_t i = skip; i < all && *n < count; i++)
		(*ids)[(*n)++] = v[by->down ? all - 1 - i : i].offer_id;
	return ERR_OK;
}

static int
show_list(struct api_req *rq, const struct listing *a)
{
	struct offer_filter f = {.now = rq->now};
	struct sorting by;
	struct affiseshow show;
	struct offer *list = NULL;
	int64_t *ids, total;
	size_t n_ids, n = 0;
	enum err rc;

	f.count = (uint64_t)(a->limit < AFFISE_PAGE_MAX ? a->limit : AFFISE_PAGE_MAX);
	f.skip = (uint64_t)(a->page - 1) * f.count;
	rc = read_filter(rq, a, &f, &by);
	if (rc == ERR_OK)
		rc = affiseshow_init(rq, &show);
	if (rc == ERR_OK)
		rc = by.by_worth
			 ? find_by_worth(rq, show.zone, f, &by, &ids, &n_ids, &total)
			 : offerfind_ids(rq->db, rq->arena, &f, &ids, &n_ids, &total);
	if (rc == ERR_OK && n_ids > 0)
		rc = offer_list(rq->db, rq->arena, ids, n_ids, &list, &n);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "offers");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++) {
		bool connected;

		/* One that he was locked out of since the list was made is left out. */
		if (affisekit_look_at(rq, &list[i], &connected) == ERR_OK &&
		    (connected || !a->live))
			affiseshow_offer(&show, &list[i], connected);
	}
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, (int64_t)f.count, total);
	jsonw_end(rq->out);
	return ERR_OK;
}

#define X(name_) .name_ = a->name_,

int
api_affise_offers(struct api_req *rq, const struct args_affise_offers *a)
{
	const struct listing l = {COMMON(X).advertiser = a->advertiser,
	    .status = a->status, .os = a->os, .privacy = a->privacy};

	if (rq->caller.affiliate &&
	    (a->has_advertiser != ARG_ABSENT || a->has_privacy != ARG_ABSENT))
		return (int)fault_set(&rq->fault, ERR_DENIED, "", "Auth Denied");
	return show_list(rq, &l);
}

int
api_affise_partner_offers(struct api_req *rq, const struct args_affise_partner_offers *a)
{
	const struct listing l = {COMMON(X).live = false};

	return show_list(rq, &l);
}

int
api_affise_live_offers(struct api_req *rq, const struct args_affise_live_offers *a)
{
	const struct listing l = {COMMON(X).live = true};

	return show_list(rq, &l);
}
#undef X
