/* SPDX-License-Identifier: Apache-2.0
 * affiselist.c - /3.0/offers and /3.0/offer/{ID}.
 *
 * An affiliate sees what he may run: active offers that are public, and in lists only
 * those that are not hidden.
 */
#include "api/affise/affisekit.h"

#define VISIBLE_STATES (1u << OFFER_ACTIVE)
#define VISIBLE_PRIVACIES (1u << OFFER_PUBLIC)

static bool
visible(const struct api_req *rq, const struct offer *o)
{
	return !rq->caller.affiliate ||
	       ((VISIBLE_STATES >> offer_state(o, rq->now) & 1) != 0 &&
		   (VISIBLE_PRIVACIES >> o->privacy & 1) != 0);
}

int
api_affise_offer(struct api_req *rq, const struct args_affise_offer *a)
{
	struct affiseshow show;
	struct offer o;
	int64_t id;
	enum err rc = affisekit_offer(rq->db, &a->ID, &id);

	if (rc == ERR_OK)
		rc = offer_load(rq->db, rq->arena, id, &o);
	if (rc == ERR_NOT_FOUND || (rc == ERR_OK && !visible(rq, &o)))
		return (int)fault_set(
		    &rq->fault, ERR_NOT_FOUND, "", "Resource Not Found");
	if (rc == ERR_OK)
		rc = affiseshow_init(rq, &show);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "offer");
	affiseshow_offer(&show, &o);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* sort[id]=asc.  Later versions sort by cr and epc too. */
static enum err
read_sort(struct api_req *rq, struct json_object *sort, enum offer_order *out)
{
	static const struct {
		const char *field;
		enum offer_order up, down;
	} fields[] = {{"id", BY_ID, BY_ID_DOWN}, {"title", BY_TITLE, BY_TITLE_DOWN}};
	struct str field, direction;

	*out = BY_ID;
	if (tree_len(sort) == 0)
		return ERR_OK;
	field = tree_key(sort, 0);
	direction = tree_str(tree_at(sort, 0));
	if (tree_len(sort) > 1 || field.p == NULL)
		return fault_set(&rq->fault, ERR_INVALID, "sort",
		    "must be one field, as sort[id]=asc");
	if (str_eq(field, STR("cr")) || str_eq(field, STR("epc")))
		return fault_set(&rq->fault, ERR_UNSUPPORTED, "sort",
		    "this version does not sort by cr or epc");
	if (!str_eq(direction, STR("asc")) && !str_eq(direction, STR("desc")))
		return fault_set(&rq->fault, ERR_INVALID, "sort", "must be asc or desc");
	for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
		if (!str_eq(field, str_of(fields[i].field)))
			continue;
		*out = str_eq(direction, STR("asc")) ? fields[i].up : fields[i].down;
		return ERR_OK;
	}
	return fault_set(&rq->fault, ERR_INVALID, "sort", "must be by id or title");
}

/* Both lists of offers take numbers and hex digits alike: all become numbers. */
static enum err
offer_numbers(struct api_req *rq, const struct args_affise_offers *a, struct str *out)
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
advertiser_numbers(
    struct api_req *rq, const struct args_affise_offers *a, struct str *out)
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

static enum err
read_filter(
    struct api_req *rq, const struct args_affise_offers *a, struct offer_filter *f)
{
	static const enum offer_status states[] = {
	    OFFER_ACTIVE, OFFER_STOPPED, OFFER_SUSPENDED};
	enum err rc = read_sort(rq, a->sort, &f->order);

	if (rc == ERR_OK)
		rc = offer_numbers(rq, a, &f->ids);
	if (rc == ERR_OK)
		rc = advertiser_numbers(rq, a, &f->advertisers);
	if (rc != ERR_OK)
		return rc;
	f->q = a->q.n > 0 ? a->q : STR_NONE;
	for (size_t i = 0; i < a->countries.n; i++)
		f->countries = arena_printf(rq->arena, "%.*s%s%.*s",
		    STR_ARG(f->countries), i > 0 ? "," : "", STR_ARG(a->countries.v[i]));
	for (size_t i = 0; i < a->status.n; i++)
		f->states |= 1u << states[a->status.v[i].no];
	for (size_t i = 0; i < a->privacy.n; i++)
		f->privacies |= 1u << a->privacy.v[i];
	if (rq->caller.affiliate) {
		f->states = VISIBLE_STATES;
		f->privacies = VISIBLE_PRIVACIES;
		f->no_hidden = true;
	}
	return ERR_OK;
}

int
api_affise_offers(struct api_req *rq, const struct args_affise_offers *a)
{
	struct offer_filter f = {.now = rq->now};
	struct affiseshow show;
	struct offer *list = NULL;
	int64_t *ids, total;
	size_t n_ids, n = 0;
	enum err rc;

	if (rq->caller.affiliate &&
	    (a->has_advertiser != ARG_ABSENT || a->has_privacy != ARG_ABSENT))
		return (int)fault_set(&rq->fault, ERR_DENIED, "", "Auth Denied");
	f.count = (uint64_t)(a->limit < AFFISE_PAGE_MAX ? a->limit : AFFISE_PAGE_MAX);
	f.skip = (uint64_t)(a->page - 1) * f.count;
	rc = read_filter(rq, a, &f);
	if (rc == ERR_OK)
		rc = affiseshow_init(rq, &show);
	if (rc == ERR_OK)
		rc = offer_find(rq->db, rq->arena, &f, &ids, &n_ids, &total);
	if (rc == ERR_OK && n_ids > 0)
		rc = offer_list(rq->db, rq->arena, ids, n_ids, &list, &n);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "offers");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++)
		affiseshow_offer(&show, &list[i]);
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, (int64_t)f.count, total);
	jsonw_end(rq->out);
	return ERR_OK;
}
