/* SPDX-License-Identifier: Apache-2.0
 * affiseoffer.c - /3.0/admin/offer: add and edit.
 */
#include <stdio.h>

#include "api/affise/affisedisplay.h"
#include "api/affise/affisekit.h"
#include "api/affise/affisetarget.h"
#include "base/datetext.h"
#include "domain/country.h"
#include "domain/creative.h"
#include "domain/netset.h"
#include "domain/smartlink.h"

/* What both calls take: type and name of each row. */
#define FIELDS(X)                      \
	X(str, title)                  \
	X(ref, advertiser)             \
	X(str, url)                    \
	X(word, status)                \
	X(word, privacy)               \
	X(str, start_at)               \
	X(str, stopDate)               \
	X(str, trafficback_url)        \
	X(str, allowed_ip)             \
	X(str, disallowed_ip)          \
	X(int, hold_period)            \
	X(int, hide_referer)           \
	X(word, redirect_type)         \
	X(id, domain_url)              \
	X(flag, allow_deeplink)        \
	X(strs, smartlink_categories)  \
	X(strs, creative_urls)         \
	X(files, creative_files)       \
	X(str, click_session)          \
	X(flag, uniq_ip_only)          \
	X(tree, payments)              \
	X(tree, partner_payments)      \
	X(words, caps_status)          \
	X(flag, is_redirect_overcap)   \
	X(int, notice_percent_overcap) \
	X(flag, hide_caps)             \
	X(tree, caps)                  \
	X(csv, countries)              \
	X(tree, landings)              \
	X(str, url_preview)

struct fields {
#define X(type_, name_) arg_##type_##_t name_;
	FIELDS(X)
#undef X
#define X(type_, name_) uint8_t has_##name_;
	FIELDS(X)
#undef X
};

static const struct affisekit_name names[] = {
    {"name", "title"},
    {"advertiser_id", "advertiser"},
    {"authorized", "countries"},
    {"preview_url", "url_preview"},
    {"os", "strictly_os"},
    {"isps", "strictly_isp"},
    {"sub1", "sub_account_1"},
    {"sub2", "sub_account_2"},
    {"sub_pairs", "sub_restrictions"},
    {"empty_sub", "search_empty_sub"},
    {"descriptions", "description_lang"},
    {NULL, NULL},
};

struct edit {
	struct fields f;
	struct affisetarget target;
	struct affisedisplay display;
	struct arg_ref id; /* of the offer that is edited */
	struct offer o;
	struct landingpage lp;
	struct affisepay *pay, *personal;
	struct affisecap *cap;
	struct affiselanding *landing;
	size_t n_pay, n_personal, n_cap, n_landing;
	struct offer was; /* before the edit */
};

/* A day or a moment in the network's zone.  *ends: the moment after it, when a day or its
 * last second is meant as an end. */
static bool
read_moment(struct str s, const struct zone *z, us_t *starts, us_t *ends)
{
	struct wall w = {.wday = 0};
	int hour = 0, min = 0, sec = 0, used = 0;
	char clock[10];

	s = str_trim(s);
	if (s.n < 10 || !datetext_iso(str_n(s.p, 10), &w.year, &w.month, &w.day))
		return false;
	if (s.n == 10) {
		*starts = zone_start(z, w.year, w.month, w.day);
		*ends = zone_start(z, w.year, w.month, w.day + 1);
		return true;
	}
	if (s.n != 19 || (s.p[10] != ' ' && s.p[10] != 'T'))
		return false;
	(void)snprintf(clock, sizeof(clock), "%.*s", 8, s.p + 11);
	if (sscanf(clock, "%2d:%2d:%2d%n", &hour, &min, &sec, &used) != 3 || used != 8 ||
	    hour > 23 || min > 59 || sec > 59 || hour < 0 || min < 0 || sec < 0)
		return false;
	w.hour = hour;
	w.min = min;
	w.sec = sec;
	*starts = *ends = zone_utc(z, &w);
	/* What is shown for the end of a day. */
	if (hour == 23 && min == 59 && sec == 59)
		*ends = zone_start(z, w.year, w.month, w.day + 1);
	return true;
}

static enum err
take_dates(struct change *c, const struct fields *f, struct offer *o)
{
	const struct zone *z;
	us_t starts, ends;
	enum err rc = affisekit_zone(c->db, c->arena, &z);

	if (rc != ERR_OK)
		return rc;
	if (f->has_start_at == ARG_EMPTY)
		o->date_live = 0;
	if (f->has_stopDate == ARG_EMPTY)
		o->date_expire = 0;
	if (f->has_start_at == ARG_SENT) {
		if (!read_moment(f->start_at, z, &starts, &ends))
			return change_fault(
			    c, ERR_INVALID, "start_at", "must be a day, YYYY-MM-DD");
		o->date_live = starts;
	}
	if (f->has_stopDate == ARG_SENT) {
		if (!read_moment(f->stopDate, z, &starts, &ends))
			return change_fault(
			    c, ERR_INVALID, "stopDate", "must be a day, YYYY-MM-DD");
		o->date_expire = ends;
	}
	return ERR_OK;
}

/* C4 of decisions.md.  The state that is shown already is left as it is made up. */
static void
take_status(const struct change *c, const struct fields *f, struct offer *o)
{
	static const enum offer_status states[] = {
	    OFFER_STOPPED, OFFER_ACTIVE, OFFER_SUSPENDED};

	if (f->has_status == ARG_EMPTY || f->status.no < 0 ||
	    states[f->status.no] == offer_state(o, c->now))
		return;
	o->status = states[f->status.no];
	if (o->status == OFFER_ACTIVE && o->date_expire != 0 && o->date_expire <= c->now)
		o->date_expire = 0;
}

/* All types but the first hide the referrer, so the older switch only chooses between the
 * two redirects by status. */
static void
take_redirect(const struct fields *f, struct offer *o)
{
	if (f->has_redirect_type != ARG_ABSENT) {
		o->redirect_type =
		    f->redirect_type.no < 0 ? OFFER_HTTP302 : f->redirect_type.no;
		return;
	}
	if (f->has_hide_referer == ARG_ABSENT)
		return;
	if (f->has_hide_referer == ARG_SENT && f->hide_referer == 1) {
		if (o->redirect_type == OFFER_HTTP302)
			o->redirect_type = OFFER_HTTP302HIDDEN;
	} else if (o->redirect_type == OFFER_HTTP302HIDDEN) {
		o->redirect_type = OFFER_HTTP302;
	}
}

static void
take_cap_settings(const struct fields *f, struct offer *o)
{
	if (f->has_caps_status != ARG_ABSENT) {
		o->caps_status = 0;
		for (size_t i = 0; i < f->caps_status.n; i++)
			o->caps_status |= INT64_C(1) << (f->caps_status.v[i].no + 1);
		if (o->caps_status == 0) /* cleared: as if never set */
			o->caps_status = CAP_STATUSES;
	}
	if (f->has_is_redirect_overcap != ARG_ABSENT)
		o->is_redirect_overcap = f->is_redirect_overcap;
	if (f->has_notice_percent_overcap != ARG_ABSENT)
		o->notice_percent_overcap = f->has_notice_percent_overcap == ARG_SENT
						? f->notice_percent_overcap
						: 0;
	if (f->has_hide_caps != ARG_ABSENT)
		o->hide_caps = f->hide_caps;
}

/* "all" is the whole world, which an empty list says too. */
static enum err
take_countries(struct change *c, const struct fields *f, struct offer *o)
{
	struct str text = STR(""), bad;

	if (f->has_countries == ARG_ABSENT)
		return ERR_OK;
	for (size_t i = 0; i < f->countries.n; i++)
		if (!str_ieq(f->countries.v[i], STR("all")))
			text = arena_printf(c->arena, "%.*s,%.*s", STR_ARG(text),
			    STR_ARG(f->countries.v[i]));
	if (country_list(c->arena, text, &o->authorized, &bad))
		return ERR_OK;
	return change_fault(c, ERR_INVALID, "authorized",
	    "has no country of the code %.*s", STR_ARG(bad));
}

static enum err
take_offer(struct change *c, const struct fields *f, struct offer *o)
{
	enum err rc;

	if (f->has_privacy == ARG_SENT)
		o->privacy = f->privacy.no; /* the row's words are the domain's */
	rc = take_countries(c, f, o);
	if (rc != ERR_OK)
		return rc;
	if (f->has_advertiser == ARG_EMPTY)
		return change_fault(c, ERR_INVALID, "advertiser", "may not be empty");
	if (f->has_advertiser == ARG_SENT) {
		rc = affisekit_account(
		    c->db, &f->advertiser, ACCOUNT_ADVERTISER, &o->advertiser_id);
		if (rc != ERR_OK)
			return rc;
		if (o->advertiser_id == 0)
			return change_fault(
			    c, ERR_INVALID, "advertiser", "is no advertiser");
	}
	if (f->has_title != ARG_ABSENT)
		o->name = f->title;
	if (f->has_trafficback_url != ARG_ABSENT)
		o->trafficback_url = f->trafficback_url;
	if (f->has_allowed_ip != ARG_ABSENT)
		o->allowed_ip = f->allowed_ip;
	if (f->has_disallowed_ip != ARG_ABSENT)
		o->disallowed_ip = f->disallowed_ip;
	if (f->has_hold_period != ARG_ABSENT)
		o->hold_period = f->has_hold_period == ARG_SENT ? f->hold_period : 0;
	if (f->has_click_session != ARG_ABSENT)
		o->click_session = str_trim(f->click_session);
	if (f->has_uniq_ip_only != ARG_ABSENT)
		o->uniq_ip_only = f->uniq_ip_only;
	take_redirect(f, o);
	take_cap_settings(f, o);
	if (f->has_allow_deeplink != ARG_ABSENT)
		o->allow_deeplink = f->allow_deeplink;
	rc = affisekit_domain(
	    c, "domain_url", f->has_domain_url, f->domain_url, &o->tracking_domain_id);
	if (rc != ERR_OK)
		return rc;
	/* The state goes by the dates as they are after the change: active again, with a
	 * new last day. */
	rc = take_dates(c, f, o);
	if (rc == ERR_OK)
		take_status(c, f, o);
	return rc;
}

static enum err
put_creatives(struct change *c, const struct edit *e)
{
	const struct arg_files *sent = &e->f.creative_files;
	struct creative_file *files =
	    arena_alloc(c->arena, (sent->n + 1) * sizeof(*files));
	enum err rc = ERR_OK;

	for (size_t i = 0; i < sent->n; i++)
		files[i] = (struct creative_file){sent->v[i].name, sent->v[i].bytes};
	if (e->f.has_creative_files != ARG_ABSENT)
		rc = creative_set_files(c, e->o.id, "creativeFiles", files, sent->n);
	if (rc == ERR_OK && e->f.has_creative_urls != ARG_ABSENT)
		rc = creative_set_urls(c, e->o.id, "creativeUrls", e->f.creative_urls.v,
		    e->f.creative_urls.n);
	return rc;
}

static enum err
put_lists(struct change *c, struct edit *e)
{
	enum err rc = ERR_OK;

	if (e->f.has_landings != ARG_ABSENT)
		rc = affiselanding_put(c, &e->o, e->landing, e->n_landing);
	if (rc == ERR_OK && e->f.has_payments != ARG_ABSENT)
		rc = affisepay_put(c, &e->o, false, e->pay, e->n_pay);
	if (rc == ERR_OK && e->f.has_partner_payments != ARG_ABSENT)
		rc = affisepay_put(c, &e->o, true, e->personal, e->n_personal);
	if (rc == ERR_OK && e->f.has_smartlink_categories != ARG_ABSENT)
		rc = smartlink_set_offer(
		    c, e->o.id, e->f.smartlink_categories.v, e->f.smartlink_categories.n);
	if (rc == ERR_OK)
		rc = put_creatives(c, e);
	if (rc == ERR_OK && e->f.has_caps != ARG_ABSENT)
		rc = affisecap_put(c, &e->was, &e->o, e->cap, e->n_cap);
	else if (rc == ERR_OK)
		rc = affisecap_follow(c, &e->was, &e->o);
	if (rc == ERR_OK)
		rc = affisetarget_put(c, &e->target, &e->o);
	if (rc == ERR_OK)
		rc = affisedisplay_put(
		    c, &e->display, &e->o, e->id.id == 0 && e->id.hex24.p == NULL);
	return rc;
}

static enum err
do_add(struct change *c, void *what)
{
	struct edit *e = what;
	enum err rc;

	offer_init(&e->o);
	landingpage_init(&e->lp, 0);
	e->o.status = OFFER_STOPPED;
	e->o.click_session = STR("1y"); /* this dialect's default */
	e->lp.url = e->f.url;
	e->was = e->o;
	if (e->f.has_url_preview != ARG_ABSENT)
		e->lp.preview_url = e->f.url_preview;
	rc = take_offer(c, &e->f, &e->o);
	if (rc == ERR_OK)
		rc = affisedisplay_take(c, &e->display, &e->o);
	if (rc == ERR_OK)
		rc = offer_add(c, &e->o, &e->lp);
	return rc != ERR_OK ? rc : put_lists(c, e);
}

/* What an edit says of the default landing page; false: nothing.  This dialect has one
 * privacy for the whole: what it says replaces the page's own. */
static bool
take_page(const struct fields *f, struct landingpage *lp)
{
	if (f->has_url != ARG_ABSENT)
		lp->url = f->url;
	if (f->has_url_preview != ARG_ABSENT)
		lp->preview_url = f->url_preview;
	if (f->has_privacy == ARG_SENT)
		lp->private = lp->requestable = false;
	/* What was sent is shown, also where the landing page named another. */
	if (f->has_domain_url != ARG_ABSENT)
		lp->tracking_domain_id = 0;
	return f->has_url != ARG_ABSENT || f->has_url_preview != ARG_ABSENT ||
	       f->has_domain_url != ARG_ABSENT || f->has_privacy == ARG_SENT;
}

static enum err
do_edit(struct change *c, void *what)
{
	struct edit *e = what;
	struct landingpage *lp;
	int64_t id;
	enum err rc = affisekit_offer(c->db, &e->id, &id);

	if (rc == ERR_OK)
		rc = offer_lock(c, id, &e->o);
	e->was = e->o;
	if (rc == ERR_OK)
		rc = take_offer(c, &e->f, &e->o);
	if (rc == ERR_OK)
		rc = affisedisplay_take(c, &e->display, &e->o);
	if (rc == ERR_OK)
		rc = offer_store(c, &e->o);
	lp = rc == ERR_OK ? offer_default_lp(&e->o) : NULL;
	if (lp != NULL && take_page(&e->f, lp))
		rc = landingpage_store(c, lp);
	return rc != ERR_OK ? rc : put_lists(c, e);
}

/* Lists are read before the transaction, and what was made is shown after it. */
static int
change_offer(struct api_req *rq, struct edit *e, change_f *fn)
{
	struct change c = {.db = rq->db, .arena = rq->arena};
	struct affiseshow show;
	enum err rc;

	rc = affisepay_read(
	    rq->arena, e->f.payments, false, &e->pay, &e->n_pay, &rq->fault);
	if (rc == ERR_OK)
		rc = affisepay_read(rq->arena, e->f.partner_payments, true, &e->personal,
		    &e->n_personal, &rq->fault);
	if (rc == ERR_OK)
		rc = affisecap_read(rq->arena, e->f.caps, &e->cap, &e->n_cap, &rq->fault);
	if (rc == ERR_OK)
		rc = affiselanding_read(
		    rq->arena, e->f.landings, &e->landing, &e->n_landing, &rq->fault);
	if (rc == ERR_OK)
		rc = affisekit_run(rq, &c, fn, e, names);
	if (rc == ERR_NOT_FOUND)
		return (int)fault_set(&rq->fault, rc, "", "Resource Not Found");
	if (rc == ERR_OK)
		rc = affiseshow_init(rq, &show);
	if (rc == ERR_OK)
		rc = offer_load(rq->db, rq->arena, e->o.id, &e->o);
	if (rc != ERR_OK)
		return (int)rc;
	affise_begin(rq);
	jsonw_key(rq->out, "offer");
	affiseshow_offer(&show, &e->o, true);
	affisekit_int(rq->out, "id", e->o.id);
	jsonw_end(rq->out);
	return ERR_OK;
}

int
api_affise_add_offer(struct api_req *rq, const struct args_affise_add_offer *a)
{
	struct edit e = {.id = {0, STR_NONE}};

#define X(type_, name_)       \
	e.f.name_ = a->name_; \
	e.f.has_##name_ = a->has_##name_;
	FIELDS(X)
#undef X
#define X(type_, name_)            \
	e.target.name_ = a->name_; \
	e.target.has_##name_ = a->has_##name_;
	AFFISETARGET_FIELDS(X)
#undef X
#define X(type_, name_)             \
	e.display.name_ = a->name_; \
	e.display.has_##name_ = a->has_##name_;
	AFFISEDISPLAY_FIELDS(X)
#undef X
	return change_offer(rq, &e, do_add);
}

int
api_affise_edit_offer(struct api_req *rq, const struct args_affise_edit_offer *a)
{
	struct edit e = {.id = a->ID};

#define X(type_, name_)       \
	e.f.name_ = a->name_; \
	e.f.has_##name_ = a->has_##name_;
	FIELDS(X)
#undef X
#define X(type_, name_)            \
	e.target.name_ = a->name_; \
	e.target.has_##name_ = a->has_##name_;
	AFFISETARGET_FIELDS(X)
#undef X
#define X(type_, name_)             \
	e.display.name_ = a->name_; \
	e.display.has_##name_ = a->has_##name_;
	AFFISEDISPLAY_FIELDS(X)
#undef X
	return change_offer(rq, &e, do_edit);
}
