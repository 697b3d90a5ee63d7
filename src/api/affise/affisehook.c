/* SPDX-License-Identifier: Apache-2.0
 * affisehook.c - affiliates' postbacks and pixels, and the log of what was sent to them.
 *
 * An affiliate's key reaches his own alone; what is somebody else's is not there.
 */
#include "api/affise/affisefilter.h"
#include "api/affise/affisekit.h"
#include "domain/account.h"
#include "domain/hook.h"
#include "report/postlog.h"
#include "report/telllog.h"

#define NO_NAMES (&(const struct affisekit_name){NULL, NULL})
/* Pixels have no pages in this dialect, and nobody has so many. */
#define PIXELS_MAX 10000

/* Of code_type, in the order of the rows' words. */
static const enum hook_kind code_types[] = {HOOK_IFRAME, HOOK_IMAGE, HOOK_SCRIPT};

/* ---- what is shown ---- */

static void
put_digits(struct jsonw *w, const char *key, int64_t v)
{
	jsonw_key(w, key);
	jsonw_fmt(w, "%lld", (long long)v);
}

static void
put_postback(
    struct jsonw *w, const struct zone *z, const struct hook *h, bool goal_or_null)
{
	jsonw_obj(w);
	affisekit_int(w, "id", h->id);
	affisekit_str(w, "url", h->code);
	if (h->offer_id == 0)
		affisekit_null(w, "offer_id");
	else
		put_digits(w, "offer_id", h->offer_id);
	affisekit_str_or_null(w, "status", str_of(hook_status_words[h->status]));
	if (goal_or_null)
		affisekit_str_or_null(w, "goal", h->goal);
	else
		affisekit_str(w, "goal", h->goal);
	affisekit_time(w, "created", z, h->created_us);
	affisekit_time(w, "updated_at", z, h->updated_us);
	affisekit_str(w, "forced", h->forced ? STR("1") : STR("0"));
	put_digits(w, "pid", h->account_id);
	jsonw_end(w);
}

static void
put_pixel(struct jsonw *w, const struct zone *z, const struct hook *h)
{
	jsonw_obj(w);
	affisekit_int(w, "id", h->id);
	affisekit_str(w, "name", h->name);
	affisekit_str(w, "code", h->code);
	affisekit_str(w, "code_type",
	    h->kind == HOOK_SCRIPT ? STR("javascript")
				   : str_of(hook_kind_words[h->kind]));
	put_digits(w, "offer_id", h->offer_id);
	put_digits(w, "pid", h->account_id);
	affisekit_str(w, "is_active", h->active ? STR("1") : STR("0"));
	put_digits(w, "moderation_status", h->moderation);
	affisekit_time(w, "created_at", z, h->created_us);
	affisekit_time(w, "updated_at", z, h->updated_us);
	jsonw_end(w);
}

static enum err
answer(struct api_req *rq, const struct hook *h)
{
	const struct zone *z;
	enum err rc = affisekit_zone(rq->db, rq->arena, &z);

	if (rc != ERR_OK)
		return rc;
	affise_begin(rq);
	if (h->kind == HOOK_POSTBACK) {
		jsonw_key(rq->out, "postback");
		put_postback(rq->out, z, h, true);
	} else {
		jsonw_key(rq->out, "pixel");
		put_pixel(rq->out, z, h);
	}
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- changes ---- */

/* One change of one hook, by one of the six calls. */
struct edit {
	const struct api_req *rq;
	int64_t id, pid; /* id 0: a new one */
	bool pixel, remove;
	const struct args_affise_add_postback *add_postback;
	const struct args_affise_edit_postback *edit_postback;
	const struct args_affise_add_pixel *add_pixel;
	const struct args_affise_edit_pixel *edit_pixel;
	struct hook h;
};

static int64_t
status_of(uint8_t has, const struct arg_word *w)
{
	/* In the order of the rows' words: hook_status_words without the first. */
	return has == ARG_SENT ? w->no + 1 : HOOK_ANY_STATUS;
}

static void
fill_postback(struct edit *e)
{
	const struct args_affise_add_postback *a = e->add_postback;
	const struct args_affise_edit_postback *b = e->edit_postback;

	if (a != NULL) {
		e->h.events = TELL_AFFISE;
		e->h.offer_id = a->has_offer_id == ARG_SENT ? a->offer_id : 0;
		e->h.code = a->url;
		e->h.status = status_of(a->has_status, &a->status);
		e->h.goal = a->has_goal == ARG_SENT ? a->goal : STR("");
	}
	if (b != NULL) {
		e->h.code = b->url;
		if (b->has_status != ARG_ABSENT)
			e->h.status = status_of(b->has_status, &b->status);
		if (b->has_goal != ARG_ABSENT)
			e->h.goal = b->has_goal == ARG_SENT ? b->goal : STR("");
	}
}

/* What runs in a visitor's browser is for the network to approve, whenever it changes. */
static void
fill_pixel(struct edit *e)
{
	const struct args_affise_add_pixel *a = e->add_pixel;
	const struct args_affise_edit_pixel *b = e->edit_pixel;
	const bool admin = !e->rq->caller.affiliate;

	if (a != NULL) {
		e->h.kind = code_types[a->code_type.no];
		e->h.events = TELL_AFFISE;
		e->h.offer_id = a->offer_id;
		e->h.name = a->name;
		e->h.code = a->code;
		e->h.active = admin ? a->is_active : true;
		e->h.moderation = admin ? a->moderation_status : HOOK_WAITING;
	}
	if (b == NULL)
		return;
	if (b->has_name == ARG_SENT)
		e->h.name = b->name;
	if (b->has_code != ARG_ABSENT)
		e->h.code = b->has_code == ARG_SENT ? b->code : STR("");
	if (b->has_code_type == ARG_SENT)
		e->h.kind = code_types[b->code_type.no];
	if (!admin && (b->has_code == ARG_SENT || b->has_code_type == ARG_SENT))
		e->h.moderation = HOOK_WAITING;
	if (admin && b->has_is_active == ARG_SENT)
		e->h.active = b->is_active;
	if (admin && b->has_moderation_status != ARG_ABSENT)
		e->h.moderation = b->has_moderation_status == ARG_SENT
				      ? b->moderation_status
				      : HOOK_WAITING;
}

/* What a pixel cannot be without (K4 of decisions.md); code says so itself. */
static enum err
check_emptied(struct change *c, const struct args_affise_edit_pixel *b)
{
	if (b->has_name == ARG_EMPTY)
		return change_fault(c, ERR_INVALID, "name", "may not be empty");
	if (b->has_code_type == ARG_EMPTY)
		return change_fault(c, ERR_INVALID, "code_type", "may not be empty");
	return ERR_OK;
}

static enum err
find(struct change *c, struct edit *e)
{
	const struct caller *who = &e->rq->caller;
	enum err rc = hook_load(c->db, c->arena, e->id, &e->h);

	if (rc == ERR_OK &&
	    ((e->h.kind != HOOK_POSTBACK) != e->pixel ||
		(who->affiliate && e->h.account_id != who->account_id) ||
		(!who->affiliate && e->pid != 0 && e->h.account_id != e->pid)))
		rc = ERR_NOT_FOUND;
	return rc;
}

static enum err
do_edit(struct change *c, void *what)
{
	struct edit *e = what;
	const bool mine = e->rq->caller.affiliate;
	enum err rc = ERR_OK;

	if (e->id != 0)
		rc = find(c, e);
	else
		hook_init(&e->h, mine ? e->rq->caller.account_id : e->pid, HOOK_POSTBACK);
	if (rc != ERR_OK)
		return rc;
	if (e->id == 0 && e->h.account_id == 0)
		return change_fault(c, ERR_MISSING, "pid", "is required");
	if (e->remove)
		return hook_remove(c, &e->h);
	if (e->edit_pixel != NULL)
		rc = check_emptied(c, e->edit_pixel);
	if (rc != ERR_OK)
		return rc;
	if (e->pixel)
		fill_pixel(e);
	else
		fill_postback(e);
	return e->id == 0 ? hook_add(c, &e->h) : hook_store(c, &e->h);
}

static int
run(struct api_req *rq, struct edit *e)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc;

	e->rq = rq;
	rc = affisekit_run(rq, &c, do_edit, e, NO_NAMES);
	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	return (int)(rc == ERR_OK ? answer(rq, &e->h) : rc);
}

int
api_affise_add_postback(struct api_req *rq, const struct args_affise_add_postback *a)
{
	return run(rq, &(struct edit){.pid = a->pid, .add_postback = a});
}

int
api_affise_edit_postback(struct api_req *rq, const struct args_affise_edit_postback *a)
{
	return run(rq, &(struct edit){.id = a->ID, .pid = a->pid, .edit_postback = a});
}

int
api_affise_del_postback(struct api_req *rq, const struct args_affise_del_postback *a)
{
	return run(rq, &(struct edit){.id = a->ID, .remove = true});
}

int
api_affise_add_pixel(struct api_req *rq, const struct args_affise_add_pixel *a)
{
	return run(rq, &(struct edit){.pid = a->pid, .pixel = true, .add_pixel = a});
}

int
api_affise_edit_pixel(struct api_req *rq, const struct args_affise_edit_pixel *a)
{
	return run(rq, &(struct edit){.id = a->ID, .pixel = true, .edit_pixel = a});
}

int
api_affise_del_pixel(struct api_req *rq, const struct args_affise_del_pixel *a)
{
	return run(rq, &(struct edit){.id = a->ID, .pixel = true, .remove = true});
}

/* ---- lists ---- */

static enum err
is_affiliate(struct api_req *rq, int64_t id)
{
	enum err rc = account_is(rq->db, id, ACCOUNT_AFFILIATE);

	return rc == ERR_NOT_FOUND ? fault_set(&rq->fault, rc, "", "Resource Not Found")
				   : rc;
}

int
api_affise_postbacks(struct api_req *rq, const struct args_affise_postbacks *a)
{
	const int64_t limit = a->limit < AFFISE_PAGE_MAX ? a->limit : AFFISE_PAGE_MAX;
	const struct zone *z;
	struct hook *list;
	int64_t total;
	size_t n;
	enum err rc = is_affiliate(rq, a->partner_id);

	if (rc == ERR_OK)
		rc = hook_list(rq->db, rq->arena, a->partner_id, false,
		    (uint64_t)((a->page - 1) * limit), (uint64_t)limit, &list, &n,
		    &total);
	if (rc == ERR_OK)
		rc = affisekit_zone(rq->db, rq->arena, &z);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "postbacks");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++)
		put_postback(rq->out, z, &list[i], false);
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, limit, total);
	jsonw_end(rq->out);
	return ERR_OK;
}

static enum err
pixels(struct api_req *rq, int64_t account_id)
{
	const struct zone *z;
	struct hook *list;
	int64_t total;
	size_t n;
	enum err rc = hook_list(
	    rq->db, rq->arena, account_id, true, 0, PIXELS_MAX, &list, &n, &total);

	if (rc == ERR_OK)
		rc = affisekit_zone(rq->db, rq->arena, &z);
	if (rc != ERR_OK)
		return rc;
	affise_begin(rq);
	jsonw_key(rq->out, "pixel");
	jsonw_obj(rq->out);
	for (size_t i = 0; i < n; i++) {
		jsonw_key_str(
		    rq->out, arena_printf(rq->arena, "%lld", (long long)list[i].id));
		put_pixel(rq->out, z, &list[i]);
	}
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_own_pixels(struct api_req *rq, const struct args_affise_own_pixels *a)
{
	(void)a;
	return (int)pixels(rq, rq->caller.account_id);
}

int
api_affise_pixels(struct api_req *rq, const struct args_affise_pixels *a)
{
	enum err rc = is_affiliate(rq, a->ID);

	return (int)(rc == ERR_OK ? pixels(rq, a->ID) : rc);
}

/* ---- the log ---- */

static enum err
read_days(struct api_req *rq, const struct zone *z, struct arg_day from,
    struct arg_day to, struct period *out)
{
	out->from = zone_start(z, from.year, from.month, from.day);
	out->to = zone_start(z, to.year, to.month, to.day + 1);
	if (out->to > out->from)
		return ERR_OK;
	return fault_set(&rq->fault, ERR_INVALID, "date_to", "is before the first day");
}

static struct ask_ids
read_ids(struct api_req *rq, const struct arg_ids *ids, uint8_t has)
{
	uint32_t *v = arena_alloc(rq->arena, (ids->n + 1) * sizeof(*v));

	for (size_t i = 0; i < ids->n; i++)
		v[i] = (uint32_t)ids->v[i];
	return (struct ask_ids){.set = has == ARG_SENT, .n = ids->n, .v = v};
}

/* Ids of nobody are left out; a list of nothing but those matches nothing. */
static enum err
read_offers(
    struct api_req *rq, const struct arg_refs *refs, uint8_t has, struct ask_ids *out)
{
	uint32_t *v = arena_alloc(rq->arena, (refs->n + 1) * sizeof(*v));

	*out = (struct ask_ids){.set = has == ARG_SENT, .v = v};
	for (size_t i = 0; i < refs->n; i++) {
		int64_t id;
		enum err rc = affisekit_offer(rq->db, &refs->v[i], &id);

		if (rc != ERR_OK)
			return rc;
		if (id > 0)
			v[out->n++] = (uint32_t)id;
	}
	return ERR_OK;
}

int
api_affise_partner_postbacks(
    struct api_req *rq, const struct args_affise_partner_postbacks *a)
{
	struct telllog_query q = {.goal = a->has_goal == ARG_SENT ? a->goal : STR_NONE,
	    .status = a->has_status == ARG_SENT ? a->status : 0,
	    .http_code = a->has_http_code == ARG_SENT ? a->http_code : -1,
	    .page = a->page,
	    .limit = a->limit < AFFISE_PAGE_MAX ? a->limit : AFFISE_PAGE_MAX};
	const struct zone *z;
	enum err rc = affisekit_zone(rq->db, rq->arena, &z);

	if (rc == ERR_OK)
		rc = read_days(rq, z, a->date_from, a->date_to, &q.at);
	if (rc == ERR_OK)
		rc = read_offers(rq, &a->offer, a->has_offer, &q.offers);
	if (rc != ERR_OK)
		return (int)rc;
	q.affiliates = read_ids(rq, &a->partner, a->has_partner);
	rc = affisefilter_own(rq, &q.offers, &q.affiliates);
	if (rc != ERR_OK)
		return (int)rc;
	return (int)telllog_json(rq->db, rq->arena, &q, rq->out);
}

/* ---- the log of what was posted ---- */

static struct str
sent(struct str s, uint8_t has)
{
	return has == ARG_SENT ? s : STR_NONE;
}

int
api_affise_server_postbacks(
    struct api_req *rq, const struct args_affise_server_postbacks *a)
{
	struct postlog_query q = {.action_id = sent(a->action_id, a->has_action_id),
	    .click_id = sent(a->click_id, a->has_click_id),
	    .goal = sent(a->goal, a->has_goal),
	    .status = sent(a->status, a->has_status),
	    .page = a->page,
	    .limit = a->limit < AFFISE_PAGE_MAX ? a->limit : AFFISE_PAGE_MAX};
	enum err rc = affisekit_zone(rq->db, rq->arena, &q.zone);

	if (rc == ERR_OK)
		rc = read_days(rq, q.zone, a->date_from, a->date_to, &q.at);
	if (rc == ERR_OK)
		rc = read_offers(rq, &a->offer, a->has_offer, &q.offers);
	if (rc != ERR_OK)
		return (int)rc;
	q.affiliates = read_ids(rq, &a->partner, a->has_partner);
	rc = affisefilter_own(rq, &q.offers, &q.affiliates);
	if (rc != ERR_OK)
		return (int)rc;
	return (int)postlog_json(rq->db, rq->arena, &q, rq->out);
}
