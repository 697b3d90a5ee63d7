/* SPDX-License-Identifier: Apache-2.0
 * natsdetails.c - /api/offer/get_details.
 *
 * Columns have the names of the documented list; what that list leaves out has the name
 * by which edit_offer takes it, so that what is read here can be sent there.  All values
 * are texts, but for lists.
 */
#include "api/nats/natskit.h"
#include "base/clock.h"
#include "domain/country.h"
#include "domain/netset.h"
#include "domain/offer.h"
#include "domain/trackdomain.h"
#include "report/offerfind.h"

#define ALL_OFFERS 1000000

struct show {
	struct jsonw *w;
	const struct trackdomain *domain;
	size_t n_domains;
	struct arena *a;
	us_t now;
	bool mail_fields; /* setting display_offer_email_fields */
	const struct offer *o;
	const struct rule *r; /* change 0; an empty one when there is none */
};

typedef void column_f(const struct show *s);

static void
put_number(const struct show *s, int64_t v)
{
	jsonw_fmt(s->w, "%lld", (long long)v);
}

static void
put_flag(const struct show *s, bool v)
{
	jsonw_cstr(s->w, v ? "1" : "0");
}

static void
put_money(const struct show *s, struct opt v)
{
	if (v.given)
		jsonw_money_str(s->w, v.v, 0);
	else
		jsonw_cstr(s->w, "");
}

static void
put_pct(const struct show *s, struct opt v)
{
	char text[MONEY_TEXT];

	text[0] = '\0';
	if (v.given)
		(void)pct_format(text, v.v, 0);
	jsonw_cstr(s->w, text);
}

/* Unix seconds, which a date parameter takes back; empty when not set. */
static void
put_time(const struct show *s, us_t t)
{
	if (t != 0)
		jsonw_fmt(s->w, "%lld", (long long)(t / US_SECOND));
	else
		jsonw_cstr(s->w, "");
}

static void
put_id(const struct show *s, int64_t id)
{
	if (id != 0)
		put_number(s, id);
	else
		jsonw_cstr(s->w, "");
}

static void
put_codes(const struct show *s, struct str list)
{
	struct str one;

	jsonw_arr(s->w);
	while (list.n > 0 && (one = str_split(&list, ',')).p != NULL)
		jsonw_str(s->w, one);
	jsonw_end(s->w);
}

static void
put_names(const struct show *s, struct str list)
{
	struct str one;

	jsonw_obj(s->w);
	while (list.n > 0 && (one = str_split(&list, ',')).p != NULL) {
		jsonw_key_str(s->w, one);
		jsonw_cstr(s->w, country_name(one));
	}
	jsonw_end(s->w);
}

static void
put_tags(const struct show *s, const struct offertag *tag, size_t n)
{
	jsonw_obj(s->w);
	for (size_t i = 0; i < n; i++) {
		jsonw_key_str(s->w, natskit_number(s->a, tag[i].id));
		jsonw_str(s->w, tag[i].name);
	}
	jsonw_end(s->w);
}

/* Columns of the documented list that mean nothing here. */
static void
put_nothing(const struct show *s)
{
	jsonw_cstr(s->w, "");
}

/* Recommended subjects and senders, while the network shows them. */
static void
put_mail(const struct show *s, struct str v)
{
	jsonw_str(s->w, s->mail_fields ? v : STR(""));
}

static void
put_groups(const struct show *s)
{
	jsonw_obj(s->w);
	for (size_t i = 0; i < s->o->n_group; i++) {
		jsonw_key_str(s->w, natskit_number(s->a, s->o->group[i].id));
		jsonw_str(s->w, s->o->group[i].name);
	}
	jsonw_end(s->w);
}

static void
put_field(struct jsonw *w, const char *key, struct str v)
{
	jsonw_key(w, key);
	jsonw_str(w, v.p == NULL ? STR("") : v);
}

/* As the parameter takes it. */
static struct str
domain_of(const struct show *s, const struct landingpage *l)
{
	for (size_t i = 0; i < s->n_domains; i++) {
		const struct trackdomain *d = &s->domain[i];

		if (d->id == l->tracking_domain_id)
			return arena_printf(s->a, "%s://%.*s",
			    d->https ? "https" : "http", STR_ARG(d->host));
	}
	return STR("");
}

/* A protected or private offer is, to this dialect, one whose landing pages all are: see
 * C5. */
static void
put_access(const struct show *s, const struct landingpage *l)
{
	const struct offer *o = s->o;

	put_field(s->w, "private",
	    l->private || o->privacy != OFFER_PUBLIC ? STR("1") : STR("0"));
	put_field(s->w, "requestable",
	    l->requestable || o->privacy == OFFER_PROTECTED ? STR("1") : STR("0"));
}

static void
put_landing_pages(const struct show *s)
{
	jsonw_obj(s->w);
	for (size_t i = 0; i < s->o->n_lp; i++) {
		const struct landingpage *l = &s->o->lp[i];

		jsonw_key_str(s->w, natskit_number(s->a, l->id));
		jsonw_obj(s->w);
		put_field(s->w, "landing_pageid", natskit_number(s->a, l->id));
		put_field(s->w, "name", l->name);
		put_field(s->w, "url", l->url);
		put_field(s->w, "preview_url", l->preview_url);
		put_field(s->w, "description", l->description);
		put_field(s->w, "internal_desc", l->internal_desc);
		put_field(s->w, "conversion_type",
		    str_of(landingpage_type_words[l->conversion_type]));
		put_field(s->w, "postback_ips", l->postback_ips);
		put_field(s->w, "void_ips", l->void_ips);
		put_field(s->w, "disable_url_sanitization",
		    l->disable_url_sanitization ? STR("1") : STR("0"));
		put_field(s->w, "disable_deep_linking",
		    l->disable_deep_linking ? STR("1") : STR("0"));
		put_field(s->w, "redirect_hash", l->redirect_hash);
		put_field(s->w, "thumb_url", l->thumb_url);
		put_field(s->w, "force_url", l->force_url);
		put_field(s->w, "language",
		    l->language == 0 ? STR("") : natskit_number(s->a, l->language));
		put_field(s->w, "hostnpost_ips", l->hostnpost_ips);
		put_field(s->w, "tracking_domain", domain_of(s, l));
		put_access(s, l);
		put_field(s->w, "shortname", l->shortname);
		put_field(
		    s->w, "default", l->id == s->o->default_lp_id ? STR("1") : STR("0"));
		jsonw_end(s->w);
	}
	jsonw_end(s->w);
}

/* How the advertiser reports from the default landing page. */
static void
put_conversion_type(const struct show *s)
{
	const struct landingpage *l = offer_default_lp(s->o);

	jsonw_cstr(s->w, l == NULL ? "" : landingpage_type_words[l->conversion_type]);
}

/* A paused offer (Affise: suspended) has stopped being available when it was last
 * changed, at the latest: to this dialect the two are one thing (C4). */
static us_t
expires(const struct show *s)
{
	us_t t = s->o->date_expire;

	if (s->o->status == OFFER_SUSPENDED && (t == 0 || t > s->o->updated_us))
		t = s->o->updated_us;
	return t;
}

/* clang-format off */
/* Each column once: name, and how its value is written. */
#define COLUMNS(X) \
	X(offerid,                           put_number(s, s->o->id)) \
	X(name,                              jsonw_str(s->w, s->o->name)) \
	X(offer_description,                 jsonw_str(s->w, s->o->description)) \
	X(active,                            put_flag(s, s->o->status != OFFER_STOPPED)) \
	X(hidden,                            put_flag(s, s->o->hidden)) \
	X(deleted,                           put_flag(s, s->o->deleted)) \
	X(advertiserid,                      put_id(s, s->o->advertiser_id)) \
	X(advertiser_username,               jsonw_str(s->w, s->o->advertiser_username.p == NULL ? STR("") : s->o->advertiser_username)) \
	X(categories,                        put_tags(s, s->o->category, s->o->n_category)) \
	X(groups,                            put_groups(s)) \
	X(marketing_types,                   put_tags(s, s->o->marketing, s->o->n_marketing)) \
	X(authorized_countries,              put_names(s, s->o->authorized)) \
	X(authorized_countries_iso,          put_codes(s, s->o->authorized)) \
	X(unauthorized_countries,            put_names(s, s->o->unauthorized)) \
	X(unauthorized_countries_iso,        put_codes(s, s->o->unauthorized)) \
	X(cost_type,                         jsonw_cstr(s->w, rule_cost_words[s->r->adv_cost_type])) \
	X(cost_flat,                         put_money(s, s->r->adv_flat)) \
	X(cost_perc,                         put_pct(s, s->r->adv_perc)) \
	X(commission,                        put_number(s, s->o->commission_id)) \
	X(commission_type,                   jsonw_cstr(s->w, rule_type_words[s->r->commission_type])) \
	X(flat_amount_per_click,             put_money(s, s->r->aff_click)) \
	X(flat_amount_per_visitor,           put_money(s, s->r->aff_visitor)) \
	X(flat_amount_per_conversion,        put_money(s, s->r->aff_conversion)) \
	X(flat_amount_per_continuity,        put_money(s, s->r->aff_continuity)) \
	X(percentage_of_customer_conversion, put_pct(s, s->r->pct_conversion)) \
	X(percentage_of_customer_continuity, put_pct(s, s->r->pct_continuity)) \
	X(percentage_commission_source,      put_number(s, s->r->pct_base)) \
	X(conversion_default,                put_money(s, s->o->conversion_default)) \
	X(conversion_default_type,           put_number(s, s->o->conversion_default_type)) \
	X(continuity_default,                put_money(s, s->o->continuity_default)) \
	X(continuity_default_type,           put_number(s, s->o->continuity_default_type)) \
	X(cookie_duration,                   put_number(s, s->o->cookie_duration)) \
	X(pending_approval_lockout,          put_number(s, s->o->pending_approval_lockout)) \
	X(deduct_voids,                      put_flag(s, s->o->deduct_voids)) \
	X(deduct_chargebacks,                put_flag(s, s->o->deduct_chargebacks)) \
	X(min_deduct_date,                   put_time(s, s->o->min_deduct_date)) \
	X(deduct_window,                     put_number(s, s->o->deduct_window)) \
	X(deduct_full_customer_commission,   put_flag(s, s->o->deduct_full_customer_commission)) \
	X(ip_conversion_limit_flag,          put_number(s, s->o->ip_conversion_limit_flag)) \
	X(ip_conversion_limit,               put_number(s, s->o->ip_conversion_limit)) \
	X(ip_conversion_group,               put_number(s, s->o->ip_conversion_group)) \
	X(prevent_cookie_dupes,              put_flag(s, s->o->prevent_cookie_dupes)) \
	X(ip_lookup,                         put_flag(s, s->o->ip_lookup)) \
	X(allow_s2s_ip,                      put_flag(s, s->o->allow_s2s_ip)) \
	X(no_personal_member_info,           put_flag(s, s->o->no_personal_member_info)) \
	X(retro_payout,                      put_flag(s, s->o->retro_payout)) \
	X(conversion_type,                   put_conversion_type(s)) \
	X(hide_deductions,                   put_flag(s, s->o->hide_deductions)) \
	X(hide_continuities,                 put_flag(s, s->o->hide_continuities)) \
	X(hide_conversions,                  put_flag(s, s->o->hide_conversions)) \
	X(device_types,                      put_codes(s, s->o->target.devices)) \
	X(allowed_states,                    jsonw_str(s->w, s->o->target.states)) \
	X(allowed_hours,                     jsonw_str(s->w, s->o->target.hours)) \
	X(date_added,                        put_time(s, s->o->created_us)) \
	X(date_live,                         put_time(s, s->o->date_live)) \
	X(date_expire,                       put_time(s, expires(s))) \
	X(expire_url,                        jsonw_str(s->w, s->o->expire_url)) \
	X(expire_landing_pageid,             put_id(s, s->o->expire_lp_id)) \
	X(ip_uniqueness_seconds,             put_id(s, s->o->ip_uniqueness_seconds)) \
	X(geoip_group_redirect,              put_flag(s, s->o->geoip_group_redirect)) \
	X(mobile_landing_page,               put_id(s, s->o->mobile_lp_id)) \
	X(offer_group,                       put_id(s, s->o->n_group == 0 ? 0 : s->o->group[0].id)) \
	X(featured,                          put_flag(s, s->o->featured)) \
	X(subject_lines,                     put_mail(s, s->o->subject_lines)) \
	X(from_addresses,                    put_mail(s, s->o->from_addresses)) \
	X(remove_ocode,                      put_flag(s, s->o->remove_ocode)) \
	X(hide_payout_string,                put_flag(s, s->o->hide_payout_string)) \
	X(commission_description,            jsonw_str(s->w, s->o->commission_description)) \
	X(offer,                             jsonw_str(s->w, s->o->name)) \
	X(approved,                          put_flag(s, true)) \
	X(conversion_trans_type,             jsonw_cstr(s->w, s->o->advertiser_id != 0 ? "advertiser_initial" : "conversion")) \
	X(conversion,                        put_money(s, s->r->aff_conversion)) \
	X(continuity,                        put_money(s, s->r->aff_continuity)) \
	X(affiliate_payout,                  put_money(s, s->r->aff_conversion)) \
	X(conversion_cap,                    put_nothing(s)) \
	X(adv_cpm_click,                     put_money(s, s->r->adv_cpm)) \
	X(admin_threshold_email,             jsonw_str(s->w, s->o->admin_threshold_email)) \
	X(created_by,                        put_nothing(s)) \
	X(expire_offer,                      put_nothing(s)) \
	X(expire_program,                    put_nothing(s)) \
	X(offer_limit,                       put_nothing(s)) \
	X(offer_limit_addition,              put_nothing(s)) \
	X(offer_limit_deduction,             put_nothing(s)) \
	X(offer_note,                        put_nothing(s)) \
	X(offer_quantity,                    put_nothing(s)) \
	X(landing_pages,                     put_landing_pages(s))

#define X(name_, put_) static void col_##name_(const struct show *s) { put_; }
COLUMNS(X)
#undef X
static const struct column {
	const char *name;
	column_f *put;
} columns[] = {
#define X(name_, put_) { #name_, col_##name_ },
	COLUMNS(X)
#undef X
};
/* clang-format on */

static const struct column *
find_column(struct str name)
{
	for (size_t i = 0; i < ARRAY_LEN(columns); i++)
		if (str_eq(name, str_of(columns[i].name)))
			return &columns[i];
	return NULL;
}

static void
show_offer(const struct show *s, const struct arg_strs *wanted)
{
	jsonw_key_str(s->w, natskit_number(s->a, s->o->id));
	jsonw_obj(s->w);
	jsonw_key(s->w, columns[0].name);
	columns[0].put(s);
	for (size_t i = 1; i < ARRAY_LEN(columns); i++) {
		bool show = wanted->n == 0;

		for (size_t j = 0; j < wanted->n && !show; j++)
			show = str_eq(wanted->v[j], str_of(columns[i].name));
		if (!show)
			continue;
		jsonw_key(s->w, columns[i].name);
		columns[i].put(s);
	}
	jsonw_end(s->w);
}

/* All but offerid: the numbers that the first selector sent asks for. */
static enum err
select_ids(
    struct api_req *rq, const struct args_nats_offer_details *a, struct arg_ids *out)
{
	struct offer_filter f = {.now = rq->now,
	    .skip = (uint64_t)a->start,
	    .count = ALL_OFFERS,
	    .order = BY_ID};
	int64_t advertiser = a->advertiserid, *ids;
	enum err rc;

	if (a->has_count == ARG_SENT)
		f.count = (uint64_t)a->count;
	if (a->has_name == ARG_SENT)
		f.name = a->name;
	else if (a->has_name_like == ARG_SENT)
		f.name_like = a->name_like;
	else if (a->has_advertiserid != ARG_SENT &&
		 a->has_advertiser_username != ARG_SENT)
		return ERR_NOT_FOUND;
	else if (a->has_advertiserid != ARG_SENT) {
		rc = account_by_username(
		    rq->db, a->advertiser_username, ACCOUNT_ADVERTISER, &advertiser);
		if (rc != ERR_OK)
			return rc;
	}
	if (f.name.p == NULL && f.name_like.p == NULL)
		f.advertisers = offer_ids_json(rq->arena, &advertiser, 1);
	rc = offerfind_ids(rq->db, rq->arena, &f, &ids, &out->n, NULL);
	out->v = ids;
	return rc;
}

/* Those asked for; an empty list when nothing was asked for, or nothing is there. */
static enum err
select_offers(struct api_req *rq, const struct args_nats_offer_details *a,
    struct offer **list, size_t *n)
{
	struct arg_ids ids = a->offerid;
	bool by_number = a->has_offerid == ARG_SENT;
	size_t start = (size_t)a->start;
	enum err rc = by_number ? ERR_OK : select_ids(rq, a, &ids);

	*list = NULL;
	*n = 0;
	if (rc == ERR_OK && ids.n > 0)
		rc = offer_list(rq->db, rq->arena, ids.v, ids.n, list, n);
	if (rc == ERR_NOT_FOUND)
		return ERR_OK;
	if (rc != ERR_OK || !by_number)
		return rc;
	/* Numbers are read by key and cut here; the other selectors cut in the statement.
	 */
	start = start < *n ? start : *n;
	*list += start;
	*n -= start;
	if (a->has_count == ARG_SENT && (uint64_t)a->count < *n)
		*n = (size_t)a->count;
	return ERR_OK;
}

int
api_nats_offer_details(struct api_req *rq, const struct args_nats_offer_details *a)
{
	struct show s = {.w = rq->out, .a = rq->arena, .now = rq->now};
	struct trackdomain *domain;
	struct offer *list = NULL;
	struct str mail = STR("");
	struct rule none;
	size_t n;
	enum err rc;

	for (size_t i = 0; i < a->return_columns.n; i++)
		if (find_column(a->return_columns.v[i]) == NULL)
			return (int)fault_set(&rq->fault, ERR_UNSUPPORTED,
			    "return_columns", "this version has no column %.*s",
			    STR_ARG(a->return_columns.v[i]));
	rc = trackdomain_list(rq->db, rq->arena, &domain, &s.n_domains);
	s.domain = domain;
	if (rc == ERR_OK)
		rc = netset_get(
		    rq->db, rq->arena, STR("display_offer_email_fields"), &mail);
	s.mail_fields = str_eq(mail, STR("1"));
	if (rc == ERR_OK)
		rc = select_offers(rq, a, &list, &n);
	if (rc != ERR_OK)
		return (int)fault_set(&rq->fault, rc, "", "%s", err_text(rc));
	rule_init(&none, 0, STR(""));
	jsonw_obj(s.w);
	jsonw_key(s.w, "result");
	jsonw_cstr(s.w, "success");
	jsonw_key(s.w, "data");
	jsonw_obj(s.w);
	for (size_t i = 0; i < n; i++) {
		s.o = &list[i];
		s.r =
		    offer_base_rule(&list[i]) != NULL ? offer_base_rule(&list[i]) : &none;
		show_offer(&s, &a->return_columns);
	}
	jsonw_end(s.w);
	jsonw_end(s.w);
	return ERR_OK;
}
