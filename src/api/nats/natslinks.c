/* SPDX-License-Identifier: Apache-2.0
 * natslinks.c - /api/affiliate: get_single_link and get_links.
 *
 * Reads the database and not the catalog: an administrator may ask about what is switched
 * off.
 */
#include "api/nats/natskit.h"
#include "base/money.h"
#include "domain/campaign.h"
#include "domain/grant.h"
#include "domain/offer.h"
#include "domain/shortlink.h"
#include "domain/trackdomain.h"
#include "report/offerfind.h"
#include "track/ocode.h"

#define ALL_OFFERS 1000000

/* The word of both rows behind those of enum ocode_style. */
#define STYLE_TINY (OCODE_SHORTNAMES + 1)

/* What a link is asked for with. */
struct ask {
	struct account who;
	int style;
	struct str subaff[5], subids, ocid;
	bool code_only;
};

/* A link as it is made. */
struct link {
	const struct offer *o;
	const struct landingpage *lp;
	struct str code, text; /* text: with scheme, host and variables */
};

struct making {
	struct api_req *rq;
	const struct ask *q;
	struct link *link;
	size_t n;
};

static bool
is_plain(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '-' || c == '_' || c == '.' || c == '~' ||
	       c == '{' || c == '}';
}

/* One variable of the link; braces stay, because affiliates put tokens of their own
 * systems there. */
static struct str
add_var(struct arena *a, struct str link, const char *name, struct str value)
{
	static const char hex[] = "0123456789ABCDEF";
	char *buf = arena_alloc(a, value.n * 3 + 1);
	size_t n = 0;

	if (value.n == 0)
		return link;
	for (size_t i = 0; i < value.n; i++) {
		unsigned char c = (unsigned char)value.p[i];

		if (is_plain(c)) {
			buf[n++] = (char)c;
			continue;
		}
		buf[n++] = '%';
		buf[n++] = hex[c >> 4];
		buf[n++] = hex[c & 15];
	}
	return arena_printf(a, "%.*s%c%s=%.*s", STR_ARG(link),
	    str_chr(link, '?') < 0 ? '?' : '&', name, (int)n, buf);
}

static struct str
join(struct arena *a, struct arg_strs list)
{
	struct str out = STR("");

	for (size_t i = 0; i < list.n; i++)
		out = arena_printf(
		    a, "%.*s%s%.*s", STR_ARG(out), i > 0 ? "," : "", STR_ARG(list.v[i]));
	return out;
}

/* ocode_write(); STR_NONE: the user name cannot stand in a code of this style. */
static struct str
write_code(struct arena *a, const struct ask *q, const struct link *l)
{
	const struct ocode_link parts = {
	    .id = {[OCODE_LOGIN] = (uint64_t)q->who.id,
		[OCODE_COMMISSION] = (uint64_t)l->o->commission_id,
		[OCODE_OFFER] = (uint64_t)l->o->id,
		[OCODE_LANDING_PAGE] = (uint64_t)l->lp->id},
	    .username = q->who.username,
	    .commission = l->o->commission_shortname,
	    .offer = l->o->shortname,
	    .landing_page = l->lp->shortname};
	const enum ocode_style style =
	    q->style == STYLE_TINY ? OCODE_ENCODED : (enum ocode_style)q->style;
	char *text = arena_alloc(a, OCODE_TEXT);
	const size_t n = ocode_write(text, style, &parts);

	return n == 0 ? STR_NONE : str_n(text, n);
}

static enum err
make_tiny(struct change *c, void *what)
{
	struct making *m = what;
	enum err rc = ERR_OK;

	for (size_t i = 0; i < m->n && rc == ERR_OK; i++)
		rc = shortlink_make(c, SHORTLINK_TINY,
		    write_code(c->arena, m->q, &m->link[i]), &m->link[i].code);
	return rc;
}

/* Codes and texts of links whose offer and landing page are known.  What a click would
 * leave out of its sub ids is said while it can be helped. */
static enum err
make_links(struct making *m)
{
	static const char *const subaffs[] = {
	    "subaff", "subaff2", "subaff3", "subaff4", "subaff5"};
	struct api_req *rq = m->rq;
	struct change c = natskit_change(rq);
	enum err rc = ERR_OK;

	if (!campaign_subids_ok(m->q->subids))
		return natskit_invalid(&rq->fault, "subids");
	if (m->q->style == STYLE_TINY && m->n > 0)
		rc = natskit_run(rq, &c, make_tiny, m, NULL);
	for (size_t i = 0; i < m->n && rc == ERR_OK; i++) {
		struct link *l = &m->link[i];
		struct str base;

		if (m->q->style != STYLE_TINY)
			l->code = write_code(rq->arena, m->q, l);
		if (l->code.p == NULL)
			return fault_set(&rq->fault, ERR_UNSUPPORTED, "style",
			    "the user name cannot stand in a code of this style");
		rc = trackdomain_base(rq->db, rq->arena, l->lp->tracking_domain_id,
		    l->o->tracking_domain_id, rq->host, rq->https, &base);
		if (rc != ERR_OK)
			return rc;
		l->text = arena_printf(
		    rq->arena, "%.*s/track/%.*s", STR_ARG(base), STR_ARG(l->code));
		for (unsigned s = 0; s < 5; s++)
			l->text =
			    add_var(rq->arena, l->text, subaffs[s], m->q->subaff[s]);
		l->text = add_var(rq->arena, l->text, "subids", m->q->subids);
		l->text = add_var(rq->arena, l->text, "_ocid", m->q->ocid);
		if (m->q->code_only)
			l->text = l->code;
	}
	return rc;
}

static enum err
load_affiliate(struct api_req *rq, int64_t id, struct account *who)
{
	enum err rc = account_load(rq->db, rq->arena, id, who);

	if (rc == ERR_NOT_FOUND || (rc == ERR_OK && who->type != ACCOUNT_AFFILIATE))
		return natskit_invalid(&rq->fault, "loginid");
	return rc;
}

/* What both calls' arguments say; `a_` is a pointer to either. */
#define TAKE(q_, rq_, a_)                                                               \
	do {                                                                            \
		(q_)->style = (a_)->style.no < 0 ? (int)OCODE_ENCODED : (a_)->style.no; \
		(q_)->subaff[0] = (a_)->subaff;                                         \
		(q_)->subaff[1] = (a_)->subaff2;                                        \
		(q_)->subaff[2] = (a_)->subaff3;                                        \
		(q_)->subaff[3] = (a_)->subaff4;                                        \
		(q_)->subaff[4] = (a_)->subaff5;                                        \
		(q_)->subids = join((rq_)->arena, (a_)->subids);                        \
		(q_)->ocid = (a_)->_ocid;                                               \
		(q_)->code_only = (a_)->code_only;                                      \
	} while (0)

static const struct landingpage *
page_of(const struct offer *o, int64_t id)
{
	for (size_t i = 0; i < o->n_lp; i++) {
		if (o->lp[i].id == id)
			return &o->lp[i];
	}
	return NULL;
}

int
api_nats_single_link(struct api_req *rq, const struct args_nats_single_link *a)
{
	struct ask q = {.style = 0};
	struct offer o;
	struct link one = {.o = &o};
	struct making m = {rq, &q, &one, 1};
	enum err rc = load_affiliate(rq, a->loginid, &q.who);

	if (rc != ERR_OK)
		return (int)rc;
	TAKE(&q, rq, a);
	rc = offer_load(rq->db, rq->arena, a->offerid, &o);
	if (rc == ERR_NOT_FOUND)
		return (int)natskit_invalid(&rq->fault, "offerid");
	if (rc != ERR_OK)
		return (int)rc;
	one.lp = page_of(
	    &o, a->has_landing_pageid == ARG_SENT ? a->landing_pageid : o.default_lp_id);
	if (one.lp == NULL)
		return (int)natskit_invalid(&rq->fault, "landing_pageid");
	rc = make_links(&m);
	return rc != ERR_OK ? (int)rc : nats_result(rq, "Success", one.text.p);
}

/* ---- get_links ---- */

static void
put_codes(struct jsonw *w, const char *key, struct str list)
{
	jsonw_key(w, key);
	jsonw_arr(w);
	while (list.n > 0)
		jsonw_str(w, str_split(&list, ','));
	jsonw_end(w);
}

/* "USD 25.00 per conversion, 15% of a continuity": the rates of the price without any
 * restriction. */
static struct str
commission_text(struct arena *a, const struct rule *r)
{
	const struct {
		struct opt v;
		bool percent;
		const char *of;
	} rates[] = {
	    {r->aff_click, false, "per click"},
	    {r->aff_visitor, false, "per visitor"},
	    {r->aff_conversion, false, "per conversion"},
	    {r->aff_continuity, false, "per continuity"},
	    {r->pct_conversion, true, "of a conversion"},
	    {r->pct_continuity, true, "of a continuity"},
	};
	struct str out = STR("");

	for (size_t i = 0; i < ARRAY_LEN(rates); i++) {
		char text[MONEY_TEXT];

		if (!rates[i].v.given || rates[i].v.v == 0)
			continue;
		if (rates[i].percent)
			(void)pct_format(text, rates[i].v.v, 0);
		else
			(void)money_format(text, rates[i].v.v, 2);
		out = arena_printf(a, "%.*s%s%.*s%s%s%s %s", STR_ARG(out),
		    out.n > 0 ? ", " : "", rates[i].percent ? 0 : (int)r->currency.n,
		    r->currency.p == NULL ? "" : r->currency.p,
		    rates[i].percent ? "" : " ", text, rates[i].percent ? "%" : "",
		    rates[i].of);
	}
	return out;
}

static void
put_link(struct api_req *rq, const struct args_nats_links *a, const struct link *l)
{
	struct jsonw *w = rq->out;

	jsonw_obj(w);
	jsonw_key(w, "Offer Id");
	jsonw_int(w, l->o->id);
	jsonw_key(w, "Offer Name");
	jsonw_str(w, l->o->name);
	jsonw_key(w, "Landing Page Id");
	jsonw_int(w, l->lp->id);
	jsonw_key(w, "Landing Page Name");
	jsonw_str(w, l->lp->name);
	jsonw_key(w, "Code");
	jsonw_str(w, l->text);
	if (a->get_countries) {
		put_codes(w, "Authorized Countries", l->o->authorized);
		put_codes(w, "Unauthorized Countries", l->o->unauthorized);
	}
	if (a->get_commission) {
		const struct rule *r = offer_base_rule(l->o);

		jsonw_key(w, "Commission");
		if (l->o->hide_payout_string)
			jsonw_str(w, l->o->commission_description);
		else
			jsonw_str(w, r == NULL ? STR("") : commission_text(rq->arena, r));
	}
	if (a->get_advertiser) {
		jsonw_key(w, "Advertiser Id");
		jsonw_int(w, l->o->advertiser_id);
		jsonw_key(w, "Advertiser Username");
		jsonw_str(w, l->o->advertiser_username.p == NULL
				 ? STR("")
				 : l->o->advertiser_username);
	}
	jsonw_end(w);
}

/* 0 those that are shown, 1 those that are hidden, 2 all. */
static bool
wanted(int64_t which, bool hidden)
{
	return which == 2 || (which == 1) == hidden;
}

/* In their order. */
struct numbers {
	int64_t *v;
	size_t n;
};

static bool
has_number(const struct numbers *l, int64_t id)
{
	size_t from = 0, to = l->n;

	while (from < to) {
		const size_t mid = from + (to - from) / 2;

		if (l->v[mid] == id)
			return true;
		if (l->v[mid] < id)
			from = mid + 1;
		else
			to = mid;
	}
	return false;
}

/* Every landing page of the offers, or each offer's that was asked for.  Hidden are those
 * that are closed to him. */
static void
choose(const struct args_nats_links *a, const struct offer *list, size_t n_offers,
    const struct numbers *closed, struct making *m)
{
	for (size_t i = 0; i < n_offers; i++) {
		if (!wanted(a->get_hidden_offers, list[i].hidden))
			continue;
		for (size_t j = 0; j < list[i].n_lp; j++) {
			if (!wanted(
				a->get_hidden, has_number(closed, list[i].lp[j].id)) ||
			    (a->has_landing_pageid == ARG_SENT &&
				list[i].lp[j].id != a->landing_pageid))
				continue;
			m->link = row_grow(m->rq->arena, m->link, m->n, sizeof(*m->link));
			m->link[m->n++] =
			    (struct link){.o = &list[i], .lp = &list[i].lp[j]};
		}
	}
}

int
api_nats_links(struct api_req *rq, const struct args_nats_links *a)
{
	const struct offer_filter all = {
	    .now = rq->now, .count = ALL_OFFERS, .order = BY_ID};
	struct ask q = {.style = 0};
	struct making m = {rq, &q, NULL, 0};
	struct offer *list = NULL;
	size_t n_ids = 1, n = 0;
	int64_t one = a->offerid, *ids = &one;
	struct numbers closed;
	enum err rc = load_affiliate(rq, a->loginid, &q.who);

	TAKE(&q, rq, a);
	if (rc == ERR_OK && a->has_offerid != ARG_SENT)
		rc = offerfind_ids(rq->db, rq->arena, &all, &ids, &n_ids, NULL);
	if (rc == ERR_OK)
		rc = offer_list(rq->db, rq->arena, ids, n_ids, &list, &n);
	if (rc == ERR_OK && a->has_offerid == ARG_SENT && n == 0)
		return (int)natskit_invalid(&rq->fault, "offerid");
	if (rc == ERR_OK)
		rc = grant_closed_pages(rq->db, rq->arena,
		    offer_ids_json(rq->arena, ids, n_ids), a->loginid, &closed.v,
		    &closed.n);
	if (rc != ERR_OK)
		return (int)rc;
	choose(a, list, n, &closed, &m);
	rc = make_links(&m);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "Success");
	jsonw_key(rq->out, "message");
	jsonw_arr(rq->out);
	for (size_t i = 0; i < m.n; i++)
		put_link(rq, a, &m.link[i]);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}
