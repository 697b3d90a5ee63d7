/* SPDX-License-Identifier: Apache-2.0
 * natsoffer.c - /api/offer: add_offer, edit_offer, add_landing_page; more of landing
 * pages is in natspage.c.
 *
 * Both offer calls take the same fields, which go into one struct and from there into the
 * offer and its payout rule without restriction (change 0).  What this dialect cannot
 * express stays as it is (C2).
 */
#include "api/nats/natskit.h"
#include "base/datetext.h"
#include "domain/country.h"
#include "domain/netset.h"
#include "domain/offer.h"

#define COOKIE_DAYS 30

/* What both calls take: type and name of each row. */
#define FIELDS(X)                                 \
	X(str, name)                              \
	X(str, url)                               \
	X(str, offer_description)                 \
	X(flag, hidden)                           \
	X(when, date_live)                        \
	X(when, date_expire)                      \
	X(str, expire_url)                        \
	X(id, expire_landing_pageid)              \
	X(csv, authorized)                        \
	X(csv, unauthorized)                      \
	X(id, advertiserid)                       \
	X(word, advertiser_cost_type)             \
	X(money, advertiser_cost_flat)            \
	X(pct, advertiser_cost_perc)              \
	X(int, pending_approval_lockout)          \
	X(money, conversion_default)              \
	X(int, conversion_default_type)           \
	X(money, continuity_default)              \
	X(int, continuity_default_type)           \
	X(int, percentage_commission_source)      \
	X(word, commission_type)                  \
	X(money, flat_amount_per_click)           \
	X(money, flat_amount_per_visitor)         \
	X(money, flat_amount_per_conversion)      \
	X(money, flat_amount_per_continuity)      \
	X(pct, percentage_of_customer_conversion) \
	X(pct, percentage_of_customer_continuity) \
	X(int, cookie_duration)                   \
	X(flag, deduct_voids)                     \
	X(flag, deduct_chargebacks)               \
	X(when, min_deduct_date)                  \
	X(flag, no_personal_member_info)          \
	X(flag, ip_lookup)                        \
	X(int, ip_conversion_limit_flag)          \
	X(int, ip_conversion_limit)               \
	X(id, ip_conversion_group)                \
	X(flag, prevent_cookie_dupes)             \
	X(flag, retro_payout)                     \
	X(int, deduct_window)                     \
	X(flag, hide_deductions)                  \
	X(flag, hide_continuities)                \
	X(flag, hide_conversions)                 \
	X(int, ip_uniqueness_seconds)             \
	X(ids, offer_groups)                      \
	X(ids, device_types)                      \
	X(flag, featured)                         \
	X(str, subject_lines)                     \
	X(str, from_addresses)                    \
	X(csv, marketing_types)                   \
	X(csv, categories)                        \
	X(flag, remove_ocode)                     \
	X(flag, hide_payout_string)               \
	X(str, commission_description)            \
	X(str, thumb_url)                         \
	X(str, force_url)

struct fields {
#define X(type_, name_) arg_##type_##_t name_;
	FIELDS(X)
#undef X
#define X(type_, name_) uint8_t has_##name_;
	FIELDS(X)
#undef X
};

static const struct natskit_name names[] = {
    {"offerid", "offerid", true},
    {"description", "offer_description", false},
    {"advertiser_id", "advertiserid", true},
    {"expire_lp_id", "expire_landing_pageid", true},
    {"ip_conversion_group", "ip_conversion_group", true},
    {"aff_click", "flat_amount_per_click", false},
    {"aff_visitor", "flat_amount_per_visitor", false},
    {"aff_conversion", "flat_amount_per_conversion", false},
    {"aff_continuity", "flat_amount_per_continuity", false},
    {"pct_conversion", "percentage_of_customer_conversion", false},
    {"pct_continuity", "percentage_of_customer_continuity", false},
    {"adv_flat", "advertiser_cost_flat", false},
    {"adv_perc", "advertiser_cost_perc", false},
    {"devices", "device_types", false},
    {"categories", "categories", true},
    {"marketing_types", "marketing_types", true},
    {"language", "language", true},
    {NULL, NULL, false},
};

struct edit {
	struct fields f;
	const struct args_nats_add_offer *add; /* NULL: an edit */
	int64_t id;                            /* of the offer that is edited */
	struct offer o;
	struct landingpage lp;
};

static struct str
join(struct arena *a, struct arg_strs list)
{
	struct str out = STR("");

	for (size_t i = 0; i < list.n; i++)
		out = arena_printf(
		    a, "%.*s%s%.*s", STR_ARG(out), i > 0 ? "," : "", STR_ARG(list.v[i]));
	return out;
}

static enum err
take_countries(
    struct change *c, const char *name, uint8_t has, struct arg_strs list, struct str *to)
{
	struct str bad;

	if (has == ARG_ABSENT || country_list(c->arena, join(c->arena, list), to, &bad))
		return ERR_OK;
	return change_fault(
	    c, ERR_INVALID, name, "has no country of the code %.*s", STR_ARG(bad));
}

static enum err
take_when(struct change *c, const struct zone *z, const char *name, uint8_t has,
    struct str text, us_t *to)
{
	if (has == ARG_EMPTY)
		*to = 0;
	if (has != ARG_SENT)
		return ERR_OK;
	/* 0 is how the table says "not set": the first microsecond of 1970 cannot be
	 * asked for. */
	if (!datetext_parse(str_trim(text), z, c->now, to) || *to <= 0)
		return change_fault(c, ERR_INVALID, name, "is no date this server reads");
	return ERR_OK;
}

static void
take_opt(uint8_t has, int64_t v, struct opt *to)
{
	if (has != ARG_ABSENT)
		*to = has == ARG_SENT ? OPT(v) : OPT_NONE;
}

static void
take_int(uint8_t has, int64_t v, int64_t when_empty, int64_t *to)
{
	if (has != ARG_ABSENT)
		*to = has == ARG_SENT ? v : when_empty;
}

static void
take_flag(uint8_t has, bool v, bool *to)
{
	if (has != ARG_ABSENT)
		*to = v;
}

static void
take_text(uint8_t has, struct str v, struct str *to)
{
	if (has != ARG_ABSENT)
		*to = v;
}

static enum err
take_dates(struct change *c, const struct fields *f, struct offer *o)
{
	struct str name;
	const struct zone *z;
	enum err rc = netset_get(c->db, c->arena, STR("time_zone"), &name);

	if (rc != ERR_OK)
		return rc;
	z = zone_get(name);
	if (z == NULL)
		z = zone_utc_zone();
	rc = take_when(c, z, "date_live", f->has_date_live, f->date_live, &o->date_live);
	if (rc == ERR_OK)
		rc = take_when(c, z, "date_expire", f->has_date_expire, f->date_expire,
		    &o->date_expire);
	if (rc == ERR_OK)
		rc = take_when(c, z, "min_deduct_date", f->has_min_deduct_date,
		    f->min_deduct_date, &o->min_deduct_date);
	/* A paused offer shows itself here as one that has expired (C4); who moves that
	 * date wakes it. */
	if (rc == ERR_OK && f->has_date_expire != ARG_ABSENT &&
	    o->status == OFFER_SUSPENDED)
		o->status = OFFER_ACTIVE;
	return rc;
}

/* What decides whether a conversion is taken, and from whom. */
static void
take_guards(const struct fields *f, struct offer *o)
{
	take_int(f->has_ip_conversion_limit_flag, f->ip_conversion_limit_flag, 0,
	    &o->ip_conversion_limit_flag);
	take_int(f->has_ip_conversion_limit, f->ip_conversion_limit, 0,
	    &o->ip_conversion_limit);
	take_int(f->has_ip_conversion_group, f->ip_conversion_group, 0,
	    &o->ip_conversion_group);
	take_flag(f->has_prevent_cookie_dupes, f->prevent_cookie_dupes,
	    &o->prevent_cookie_dupes);
	take_flag(f->has_ip_lookup, f->ip_lookup, &o->ip_lookup);
	take_flag(f->has_no_personal_member_info, f->no_personal_member_info,
	    &o->no_personal_member_info);
	take_flag(f->has_retro_payout, f->retro_payout, &o->retro_payout);
}

/* What those who promote it are told. */
static void
take_words(const struct fields *f, struct offer *o)
{
	take_text(f->has_name, f->name, &o->name);
	take_text(f->has_offer_description, f->offer_description, &o->description);
	take_flag(f->has_hidden, f->hidden, &o->hidden);
	take_flag(f->has_featured, f->featured, &o->featured);
	take_text(f->has_subject_lines, f->subject_lines, &o->subject_lines);
	take_text(f->has_from_addresses, f->from_addresses, &o->from_addresses);
	take_flag(
	    f->has_hide_payout_string, f->hide_payout_string, &o->hide_payout_string);
	take_text(f->has_commission_description, f->commission_description,
	    &o->commission_description);
}

static enum err
take_offer(struct change *c, const struct fields *f, struct offer *o)
{
	enum err rc;

	take_words(f, o);
	take_flag(f->has_remove_ocode, f->remove_ocode, &o->remove_ocode);
	take_text(f->has_expire_url, f->expire_url, &o->expire_url);
	take_int(
	    f->has_expire_landing_pageid, f->expire_landing_pageid, 0, &o->expire_lp_id);
	take_int(f->has_advertiserid, f->advertiserid, 0, &o->advertiser_id);
	take_int(f->has_pending_approval_lockout, f->pending_approval_lockout, 0,
	    &o->pending_approval_lockout);
	take_opt(
	    f->has_conversion_default, f->conversion_default, &o->conversion_default);
	take_int(f->has_conversion_default_type, f->conversion_default_type, 1,
	    &o->conversion_default_type);
	take_opt(
	    f->has_continuity_default, f->continuity_default, &o->continuity_default);
	take_int(f->has_continuity_default_type, f->continuity_default_type, 1,
	    &o->continuity_default_type);
	take_int(
	    f->has_cookie_duration, f->cookie_duration, COOKIE_DAYS, &o->cookie_duration);
	take_flag(f->has_deduct_voids, f->deduct_voids, &o->deduct_voids);
	take_flag(
	    f->has_deduct_chargebacks, f->deduct_chargebacks, &o->deduct_chargebacks);
	take_int(f->has_deduct_window, f->deduct_window, 0, &o->deduct_window);
	take_int(f->has_ip_uniqueness_seconds, f->ip_uniqueness_seconds, 0,
	    &o->ip_uniqueness_seconds);
	take_guards(f, o);
	take_flag(f->has_hide_deductions, f->hide_deductions, &o->hide_deductions);
	take_flag(f->has_hide_continuities, f->hide_continuities, &o->hide_continuities);
	take_flag(f->has_hide_conversions, f->hide_conversions, &o->hide_conversions);
	if (o->cookie_duration == 0)
		o->cookie_duration = COOKIE_DAYS;
	rc = take_countries(
	    c, "authorized", f->has_authorized, f->authorized, &o->authorized);
	if (rc == ERR_OK)
		rc = take_countries(c, "unauthorized", f->has_unauthorized,
		    f->unauthorized, &o->unauthorized);
	return rc != ERR_OK ? rc : take_dates(c, f, o);
}

/* The rows' words in the order of the domain's, which have "" before them. */
static int
take_word(uint8_t has, struct arg_word w, int old)
{
	return has == ARG_ABSENT ? old : w.no + 1;
}

static void
take_rule(const struct fields *f, struct rule *r)
{
	take_opt(f->has_flat_amount_per_click, f->flat_amount_per_click, &r->aff_click);
	take_opt(
	    f->has_flat_amount_per_visitor, f->flat_amount_per_visitor, &r->aff_visitor);
	take_opt(f->has_flat_amount_per_conversion, f->flat_amount_per_conversion,
	    &r->aff_conversion);
	take_opt(f->has_flat_amount_per_continuity, f->flat_amount_per_continuity,
	    &r->aff_continuity);
	take_opt(f->has_percentage_of_customer_conversion,
	    f->percentage_of_customer_conversion, &r->pct_conversion);
	take_opt(f->has_percentage_of_customer_continuity,
	    f->percentage_of_customer_continuity, &r->pct_continuity);
	take_opt(f->has_advertiser_cost_flat, f->advertiser_cost_flat, &r->adv_flat);
	take_opt(f->has_advertiser_cost_perc, f->advertiser_cost_perc, &r->adv_perc);
	r->adv_cost_type = take_word(
	    f->has_advertiser_cost_type, f->advertiser_cost_type, r->adv_cost_type);
	if (f->has_percentage_commission_source != ARG_ABSENT)
		r->pct_base =
		    f->percentage_commission_source == 1 ? RULE_GROSS : RULE_REVENUE;
	r->commission_type =
	    take_word(f->has_commission_type, f->commission_type, r->commission_type);
	/* Rates that no type counts would be taken and ignored. */
	if (r->commission_type == RULE_NONE && f->has_commission_type != ARG_EMPTY)
		r->commission_type = (int)rule_narrow_type(r);
}

static enum err
put_target(struct change *c, const struct fields *f, struct offer *o)
{
	if (f->has_device_types == ARG_ABSENT)
		return ERR_OK;
	o->target.devices = STR("");
	for (size_t i = 0; i < f->device_types.n; i++)
		o->target.devices = arena_printf(c->arena, "%.*s,%lld",
		    STR_ARG(o->target.devices), (long long)f->device_types.v[i]);
	return offertarget_put(c, &o->target);
}

/* Change 0 as it is, or a new one in the base currency. */
static enum err
base_rule(struct change *c, const struct offer *o, struct rule *out)
{
	const struct rule *old = offer_base_rule(o);
	struct str currency;
	enum err rc;

	if (old != NULL) {
		*out = *old;
		return ERR_OK;
	}
	rc = netset_get(c->db, c->arena, STR("base_currency"), &currency);
	if (rc == ERR_OK)
		rule_init(out, o->id, currency);
	return rc;
}

static bool
says_price(const struct fields *f)
{
	return f->has_flat_amount_per_click != ARG_ABSENT ||
	       f->has_flat_amount_per_visitor != ARG_ABSENT ||
	       f->has_flat_amount_per_conversion != ARG_ABSENT ||
	       f->has_flat_amount_per_continuity != ARG_ABSENT ||
	       f->has_percentage_of_customer_conversion != ARG_ABSENT ||
	       f->has_percentage_of_customer_continuity != ARG_ABSENT ||
	       f->has_advertiser_cost_flat != ARG_ABSENT ||
	       f->has_advertiser_cost_perc != ARG_ABSENT ||
	       f->has_advertiser_cost_type != ARG_ABSENT ||
	       f->has_percentage_commission_source != ARG_ABSENT ||
	       f->has_commission_type != ARG_ABSENT;
}

static enum err
put_base_rule(struct change *c, const struct fields *f, const struct offer *o)
{
	struct rule r;
	enum err rc = base_rule(c, o, &r);

	if (rc != ERR_OK)
		return rc;
	take_rule(f, &r);
	return rule_put(c, &r);
}

/* A landing page's conversion_type, from the rows' word. */
static int
conversion_type(struct arg_word w)
{
	static const enum landingpage_type types[] = {LP_IFRAME, LP_POST, LP_IMAGE};

	return w.no < 0 ? LP_POST : (int)types[w.no];
}

static enum err
put_groups(struct change *c, const struct fields *f, const struct offer *o)
{
	if (f->has_offer_groups == ARG_ABSENT)
		return ERR_OK;
	return offergroup_set(c, o->id, f->offer_groups.v, f->offer_groups.n, false);
}

static enum err
put_tags(struct change *c, const struct fields *f, const struct offer *o)
{
	enum err rc = ERR_OK;

	if (f->has_categories != ARG_ABSENT)
		rc = offertag_set(
		    c, OFFERTAG_CATEGORY, o->id, f->categories.v, f->categories.n, false);
	if (rc == ERR_OK && f->has_marketing_types != ARG_ABSENT)
		rc = offertag_set(c, OFFERTAG_MARKETING, o->id, f->marketing_types.v,
		    f->marketing_types.n, false);
	return rc;
}

/* What both calls say of the default landing page. */
static bool
says_page(const struct fields *f)
{
	return f->has_url != ARG_ABSENT || f->has_thumb_url != ARG_ABSENT ||
	       f->has_force_url != ARG_ABSENT;
}

static void
take_page(const struct fields *f, struct landingpage *l)
{
	take_text(f->has_url, f->url, &l->url);
	take_text(f->has_thumb_url, f->thumb_url, &l->thumb_url);
	take_text(f->has_force_url, f->force_url, &l->force_url);
}

static enum err
do_add(struct change *c, void *what)
{
	struct edit *e = what;
	enum err rc;

	offer_init(&e->o);
	take_page(&e->f, &e->lp);
	e->lp.language = e->add->language;
	take_text(e->add->has_hostnpost_ips, e->add->hostnpost_ips, &e->lp.hostnpost_ips);
	rc = natskit_tracking_domain(c, e->add->has_tracking_domain,
	    e->add->tracking_domain, &e->lp.tracking_domain_id);
	if (rc == ERR_OK)
		rc = take_offer(c, &e->f, &e->o);
	if (rc == ERR_OK)
		rc = offer_add(c, &e->o, &e->lp);
	if (rc == ERR_OK)
		rc = put_groups(c, &e->f, &e->o);
	if (rc == ERR_OK)
		rc = put_tags(c, &e->f, &e->o);
	if (rc == ERR_OK)
		rc = put_target(c, &e->f, &e->o);
	/* Every offer of this dialect has a commission, if an empty one: its conversions
	 * are booked. */
	return rc != ERR_OK ? rc : put_base_rule(c, &e->f, &e->o);
}

static enum err
do_edit(struct change *c, void *what)
{
	struct edit *e = what;
	struct landingpage *lp;
	enum err rc = offer_lock(c, e->id, &e->o);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "offerid", "is no offer");
	if (rc == ERR_OK)
		rc = take_offer(c, &e->f, &e->o);
	if (rc == ERR_OK)
		rc = offer_store(c, &e->o);
	if (rc == ERR_OK)
		rc = put_groups(c, &e->f, &e->o);
	if (rc == ERR_OK)
		rc = put_tags(c, &e->f, &e->o);
	if (rc == ERR_OK)
		rc = put_target(c, &e->f, &e->o);
	lp = rc == ERR_OK && says_page(&e->f) ? offer_default_lp(&e->o) : NULL;
	if (lp != NULL) {
		take_page(&e->f, lp);
		rc = landingpage_store(c, lp);
	}
	if (rc != ERR_OK || !says_price(&e->f))
		return rc;
	return put_base_rule(c, &e->f, &e->o);
}

int
api_nats_add_offer(struct api_req *rq, const struct args_nats_add_offer *a)
{
	struct edit e = {.add = a};
	struct change c = natskit_change(rq);
	struct reply_nats_offer_ids ids;
	enum err rc;

#define X(type_, name_)       \
	e.f.name_ = a->name_; \
	e.f.has_##name_ = a->has_##name_;
	FIELDS(X)
#undef X
	landingpage_init(&e.lp, 0);
	e.lp.conversion_type = conversion_type(a->conversion_type);
	take_text(a->has_redirect_hash, a->redirect_hash, &e.lp.redirect_hash);
	take_text(a->has_preview_url, a->preview_url, &e.lp.preview_url);
	take_text(a->has_postback_ips, a->postback_ips, &e.lp.postback_ips);
	take_text(a->has_void_ips, a->void_ips, &e.lp.void_ips);
	take_text(a->has_internal_desc, a->internal_desc, &e.lp.internal_desc);
	e.lp.disable_url_sanitization = a->disable_url_sanitization;
	e.lp.disable_deep_linking = a->disable_deep_linking;
	e.lp.private = a->private;
	e.lp.requestable = a->requestable;
	rc = natskit_run(rq, &c, do_add, &e, names);
	if (rc != ERR_OK)
		return (int)rc;
	ids.offerid = natskit_number(rq->arena, e.o.id);
	ids.landing_pageid = natskit_number(rq->arena, e.lp.id);
	reply_nats_new_offer(
	    rq->out, &(struct reply_nats_new_offer){STR("Success"), &ids});
	return ERR_OK;
}

int
api_nats_edit_offer(struct api_req *rq, const struct args_nats_edit_offer *a)
{
	struct edit e = {.id = a->offerid};
	struct change c = natskit_change(rq);
	enum err rc;

#define X(type_, name_)       \
	e.f.name_ = a->name_; \
	e.f.has_##name_ = a->has_##name_;
	FIELDS(X)
#undef X
	rc = natskit_run(rq, &c, do_edit, &e, names);
	if (rc != ERR_OK)
		return (int)rc;
	return nats_result(rq, "Success", "offer_saved");
}

struct new_page {
	struct landingpage lp;
	uint8_t has_domain;
	struct str domain;
};

static enum err
do_add_lp(struct change *c, void *what)
{
	struct new_page *n = what;
	struct landingpage *l = &n->lp;
	struct offer o;
	enum err rc = offer_lock(c, l->offer_id, &o);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "offerid", "is no offer");
	if (rc == ERR_OK)
		rc = natskit_tracking_domain(
		    c, n->has_domain, n->domain, &l->tracking_domain_id);
	return rc != ERR_OK ? rc : landingpage_add(c, l);
}

int
api_nats_add_landing_page(struct api_req *rq, const struct args_nats_add_landing_page *a)
{
	struct new_page n = {
	    .has_domain = a->has_tracking_domain, .domain = a->tracking_domain};
	struct change c = natskit_change(rq);
	struct reply_nats_landing_page_id id;
	enum err rc;

	landingpage_init(&n.lp, a->offerid);
	n.lp.name = a->name;
	n.lp.url = a->url;
	take_text(a->has_preview_url, a->preview_url, &n.lp.preview_url);
	take_text(a->has_description, a->description, &n.lp.description);
	take_text(a->has_internal_desc, a->internal_desc, &n.lp.internal_desc);
	take_text(a->has_postback_ips, a->postback_ips, &n.lp.postback_ips);
	take_text(a->has_hostnpost_ips, a->hostnpost_ips, &n.lp.hostnpost_ips);
	take_text(a->has_void_ips, a->void_ips, &n.lp.void_ips);
	take_text(a->has_redirect_hash, a->redirect_hash, &n.lp.redirect_hash);
	take_text(a->has_thumb_url, a->thumb_url, &n.lp.thumb_url);
	take_text(a->has_force_url, a->force_url, &n.lp.force_url);
	n.lp.language = a->language;
	n.lp.conversion_type = conversion_type(a->conversion_type);
	n.lp.disable_url_sanitization = a->disable_url_sanitization;
	n.lp.disable_deep_linking = a->disable_deep_linking;
	n.lp.private = a->private;
	n.lp.requestable = a->requestable;
	rc = natskit_run(rq, &c, do_add_lp, &n, names);
	if (rc != ERR_OK)
		return (int)rc;
	id.landing_pageid = natskit_number(rq->arena, n.lp.id);
	reply_nats_new_landing_page(
	    rq->out, &(struct reply_nats_new_landing_page){STR("Success"), &id});
	return ERR_OK;
}
