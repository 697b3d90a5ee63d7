/* SPDX-License-Identifier: Apache-2.0
 * affiseaccess.c - who may run what (/3.0/offer/enable-affiliate and its kin), and the
 * cities and providers that an offer can be aimed at.
 */
#include "api/affise/affisekit.h"
#include "base/record.h"
#include "domain/grant.h"
#include "domain/outbox.h"
#include "domain/placefind.h"

static const struct affisekit_name names[] = {{NULL, NULL}};

static int
say(struct api_req *rq, struct str message)
{
	affise_begin(rq);
	affisekit_str(rq->out, "message", message);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ERR_NOT_FOUND says so in this dialect's words. */
static int
failed(struct api_req *rq, enum err rc)
{
	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	return (int)rc;
}

/* ---- offers and affiliates ---- */

struct connecting {
	struct arg_refs offers;
	int64_t pid;
	enum grant_how how;
	bool notice;      /* he is told by mail */
	struct str shown; /* the numbers, for the message */
};

/* One mail for all of the offers. */
static enum err
tell(struct change *c, const struct connecting *k, const struct grant *g)
{
	const bool on = k->how == GRANT_ENABLE;
	struct str list = STR("");
	struct db_rows *r;
	enum err rc = db_query(c->db, &r,
	    "SELECT o.id, o.name FROM offer o JOIN JSON_TABLE(?, '$[*]' COLUMNS (id INT "
	    "UNSIGNED PATH '$')) j ON j.id = o.id ORDER BY o.id",
	    "s", g->offers);

	if (rc != ERR_OK)
		return rc;
	while (db_next(r))
		list = arena_printf(c->arena, "%.*s  %lld %.*s\n", STR_ARG(list),
		    (long long)db_i64(r, 0), STR_ARG(db_str(r, 1)));
	rc = db_rows_close(&r);
	return rc != ERR_OK ? rc
			    : outbox_notice(c->db, c->now, "access", k->pid, STR(""),
				  on ? STR("Offers you are connected to")
				     : STR("Offers you are disconnected from"),
				  arena_printf(c->arena,
				      on ? "You may send traffic to:\n%.*s"
					 : "You may send no more traffic to:\n%.*s",
				      STR_ARG(list)));
}

static enum err
do_connect(struct change *c, void *what)
{
	struct connecting *k = what;
	int64_t *id = arena_alloc(c->arena, (k->offers.n + 1) * sizeof(*id)), there;
	struct grant g = {.what = GRANT_USE, .how = k->how};
	enum err rc = account_is(c->db, k->pid, ACCOUNT_AFFILIATE);

	k->shown = STR("");
	for (size_t i = 0; i < k->offers.n && rc == ERR_OK; i++) {
		rc = affisekit_offer(c->db, &k->offers.v[i], &id[i]);
		if (rc == ERR_OK)
			rc = db_int(c->db, &there, 0,
			    "SELECT COUNT(*) FROM offer WHERE id = ? AND NOT deleted",
			    "i", id[i]);
		if (rc == ERR_OK && there == 0)
			return ERR_NOT_FOUND;
		k->shown = arena_printf(c->arena, "%.*s%s%lld", STR_ARG(k->shown),
		    i > 0 ? ", " : "", (long long)id[i]);
	}
	if (rc != ERR_OK)
		return rc;
	g.offers = offer_ids_json(c->arena, id, k->offers.n);
	g.affiliates = offer_ids_json(c->arena, &k->pid, 1);
	/* Who is blocked is blocked on every landing page; who is connected keeps what
	 * was said against him of a single one. */
	g.all_pages = k->how == GRANT_DISABLE;
	rc = grant_put(c, &g);
	return rc == ERR_OK && k->notice ? tell(c, k, &g) : rc;
}

static int
connect_affiliate(struct api_req *rq, struct connecting *k)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, do_connect, k, names);

	return rc != ERR_OK ? failed(rq, rc)
			    : say(rq, arena_printf(rq->arena,
					  "Request for offer %.*s is successfully",
					  STR_ARG(k->shown)));
}

int
api_affise_enable_affiliate(
    struct api_req *rq, const struct args_affise_enable_affiliate *a)
{
	return connect_affiliate(rq,
	    &(struct connecting){a->offer_id, a->pid, GRANT_ENABLE, a->notice, STR_NONE});
}

int
api_affise_disable_affiliate(
    struct api_req *rq, const struct args_affise_disable_affiliate *a)
{
	return connect_affiliate(rq, &(struct connecting){a->offer_id, a->pid,
					 GRANT_DISABLE, a->notice, STR_NONE});
}

static enum err
do_close_offer(struct change *c, void *what)
{
	const struct arg_ref *const *ref = what;
	struct offer o;
	int64_t id;
	enum err rc = affisekit_offer(c->db, *ref, &id);

	if (rc == ERR_OK)
		rc = offer_lock(c, id, &o);
	if (rc == ERR_OK && offer_seen_privacy(&o) == OFFER_PUBLIC)
		return change_fault(c, ERR_INVALID, "id", "is a public offer");
	return rc != ERR_OK ? rc : grant_close(c, o.id, 0);
}

int
api_affise_disable_affiliates(
    struct api_req *rq, const struct args_affise_disable_affiliates *a)
{
	const struct arg_ref *ref = &a->id;
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, do_close_offer, &ref, names);

	return rc != ERR_OK ? failed(rq, rc)
			    : say(rq, STR("Affiliates disabled successfully"));
}

static enum err
do_close_affiliate(struct change *c, void *what)
{
	const int64_t *pid = what;
	enum err rc = account_is(c->db, *pid, ACCOUNT_AFFILIATE);

	return rc != ERR_OK ? rc : grant_close(c, 0, *pid);
}

int
api_affise_disable_offers(struct api_req *rq, const struct args_affise_disable_offers *a)
{
	int64_t pid = a->id;
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, do_close_affiliate, &pid, names);

	return rc != ERR_OK ? failed(rq, rc)
			    : say(rq, STR("Offers disabled successfully"));
}

/* ---- advertisers' black lists ---- */

struct listing {
	struct arg_refs advertisers;
	int64_t pid;
	bool on;
	struct str absent; /* the first one where he was not listed */
};

static enum err
do_list(struct change *c, void *what)
{
	struct listing *l = what;
	int64_t *id = arena_alloc(c->arena, (l->advertisers.n + 1) * sizeof(*id)), there;
	enum err rc = account_is(c->db, l->pid, ACCOUNT_AFFILIATE);

	l->absent = STR_NONE;
	for (size_t i = 0; i < l->advertisers.n && rc == ERR_OK; i++) {
		const struct arg_ref *ref = &l->advertisers.v[i];

		rc = affisekit_account(c->db, ref, ACCOUNT_ADVERTISER, &id[i]);
		if (rc == ERR_OK && id[i] == 0)
			return ERR_NOT_FOUND;
		if (rc == ERR_OK)
			rc = db_int(c->db, &there, 0,
			    "SELECT COUNT(*) FROM advertiser_blacklist WHERE "
			    "advertiser_id = ? AND affiliate_id = ?",
			    "ii", id[i], l->pid);
		if (rc == ERR_OK && there == 0 && l->absent.p == NULL)
			l->absent = ref->hex24.p != NULL ? ref->hex24
							 : arena_printf(c->arena, "%lld",
							       (long long)id[i]);
	}
	return rc != ERR_OK
		   ? rc
		   : grant_blacklist(c, offer_ids_json(c->arena, id, l->advertisers.n),
			 l->pid, l->on);
}

static int
list_affiliate(struct api_req *rq, struct listing *l)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	enum err rc = affisekit_run(rq, &c, do_list, l, names);

	if (rc != ERR_OK)
		return failed(rq, rc);
	if (l->on || l->absent.p == NULL)
		return say(rq, STR("Request is successfully"));
	return say(rq,
	    arena_printf(rq->arena,
		"Request is successfully: Partner #%lld doesn't exist in blacklist for "
		"advertiser %.*s",
		(long long)l->pid, STR_ARG(l->absent)));
}

int
api_affise_unlist_affiliate(
    struct api_req *rq, const struct args_affise_unlist_affiliate *a)
{
	return list_affiliate(
	    rq, &(struct listing){a->advertisers_id, a->pid, false, STR_NONE});
}

int
api_affise_list_affiliate(struct api_req *rq, const struct args_affise_list_affiliate *a)
{
	return list_affiliate(
	    rq, &(struct listing){a->advertisers_id, a->pid, true, STR_NONE});
}

/* ---- cities and providers ---- */

static int64_t
page_size(int64_t limit)
{
	return limit < AFFISE_PAGE_MAX ? limit : AFFISE_PAGE_MAX;
}

static struct str
code_of(struct arena *a, uint16_t country)
{
	char code[3];

	country_unpack(country, code);
	return country == 0 ? STR("") : arena_str(a, str_of(code));
}

int
api_affise_cities(struct api_req *rq, const struct args_affise_cities *a)
{
	const int64_t limit = page_size(a->limit);
	struct placefind_row *v;
	size_t n;
	int64_t total;
	enum err rc;

	if (country_pack(a->country) == 0)
		return (int)fault_set(
		    &rq->fault, ERR_INVALID, "country", "must be a two-letter code");
	rc = placefind_cities(rq->db, rq->arena, country_pack(a->country), a->locale.text,
	    (uint64_t)((a->page - 1) * limit), (uint64_t)limit, &v, &n, &total);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "cities");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(rq->out);
		affisekit_int(rq->out, "id", v[i].id);
		affisekit_str(rq->out, "name", v[i].name);
		affisekit_str(rq->out, "country_code", code_of(rq->arena, v[i].country));
		affisekit_str(rq->out, "region_code", v[i].region);
		jsonw_end(rq->out);
	}
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, limit, total);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_isp(struct api_req *rq, const struct args_affise_isp *a)
{
	const int64_t limit = page_size(a->limit);
	struct placefind_row *v;
	size_t n;
	int64_t total;
	enum err rc = placefind_isps(rq->db, rq->arena, a->q.n > 0 ? a->q : STR_NONE,
	    (uint64_t)((a->page - 1) * limit), (uint64_t)limit, &v, &n, &total);

	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "isp");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < n; i++) {
		jsonw_obj(rq->out);
		affisekit_str(rq->out, "id", v[i].hex24);
		affisekit_str(rq->out, "name", v[i].name);
		affisekit_str(rq->out, "country", code_of(rq->arena, v[i].country));
		jsonw_end(rq->out);
	}
	jsonw_end(rq->out);
	affise_pagination(rq, a->page, limit, total);
	jsonw_end(rq->out);
	return ERR_OK;
}
