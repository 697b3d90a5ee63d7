/* SPDX-License-Identifier: Apache-2.0
 * affiseshow.c - offers as this dialect writes them.
 *
 * Types are exact: the shapes are those of the reference, member by member.  Members of
 * features that later versions bring have the value that says "none".
 */
#include "api/affise/affisedisplay.h"
#include "api/affise/affisekit.h"
#include "api/affise/affisetarget.h"
#include "base/iplist.h"
#include "domain/grant.h"
#include "domain/smartlink.h"
#include "domain/weburl.h"
#include "report/offerworth.h"

enum err
affiseshow_init(struct api_req *rq, struct affiseshow *s)
{
	struct trackdomain *domain = NULL;
	enum err rc;

	*s = (struct affiseshow){.w = rq->out,
	    .a = rq->arena,
	    .now = rq->now,
	    .db = rq->db,
	    .affiliate_id = rq->caller.affiliate ? rq->caller.account_id : 0};
	rc = affisekit_zone(rq->db, rq->arena, &s->zone);
	if (rc == ERR_OK)
		rc = trackdomain_base(
		    rq->db, rq->arena, 0, 0, rq->host, rq->https, &s->base);
	if (rc == ERR_OK)
		rc = trackdomain_list(rq->db, rq->arena, &domain, &s->n_domains);
	s->domain = domain;
	return rc;
}

/* Of the links of an offer: what its default landing page names, else itself, else the
 * network. */
static struct str
base_of(const struct affiseshow *s, const struct offer *o)
{
	const struct landingpage *lp = offer_default_lp(o);
	const int64_t id = lp != NULL && lp->tracking_domain_id != 0
			       ? lp->tracking_domain_id
			       : o->tracking_domain_id;

	for (size_t i = 0; i < s->n_domains; i++) {
		if (s->domain[i].id == id)
			return arena_printf(s->a, "%s://%.*s",
			    s->domain[i].https ? "https" : "http",
			    STR_ARG(s->domain[i].host));
	}
	return s->base;
}

static void
put_list(struct jsonw *w, const char *key, struct str list)
{
	struct str one;

	jsonw_key(w, key);
	jsonw_arr(w);
	while (list.n > 0 && (one = str_split(&list, ',')).p != NULL)
		jsonw_str(w, one);
	jsonw_end(w);
}

static struct str
lower(struct arena *a, struct str s)
{
	char *buf = arena_alloc(a, s.n + 1);

	for (size_t i = 0; i < s.n; i++)
		buf[i] =
		    s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] - 'A' + 'a') : s.p[i];
	return str_n(buf, s.n);
}

static void
put_amount(struct jsonw *w, const char *key, bool percent, int64_t v)
{
	jsonw_key(w, key);
	if (percent)
		jsonw_pct(w, v, 0);
	else
		jsonw_money(w, v, 0);
}

/* With their names; a number that no geo file has met yet is left out. */
static void
put_cities(const struct affiseshow *s, struct str list)
{
	struct jsonw *w = s->w;
	struct db_rows *r = NULL;

	jsonw_key(w, "cities");
	jsonw_arr(w);
	if (list.n > 0 &&
	    db_query(s->db, &r,
		"SELECT p.id, p.city, p.country, p.region FROM JSON_TABLE(CONCAT('[', ?, "
		"']'), '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) j JOIN place p ON p.id "
		"= j.id ORDER BY p.id",
		"s", list) == ERR_OK) {
		while (db_next(r)) {
			char code[3];

			country_unpack((uint16_t)db_u64(r, 2), code);
			jsonw_obj(w);
			affisekit_int(w, "id", db_i64(r, 0));
			affisekit_str(w, "name", db_str(r, 1));
			affisekit_str(w, "country_code", str_of(code));
			affisekit_str(w, "region_code", db_str(r, 3));
			jsonw_end(w);
		}
		(void)!db_rows_close(&r);
	}
	jsonw_end(w);
}

static void
put_partners(struct jsonw *w, struct str list)
{
	int64_t id;

	jsonw_key(w, "partners");
	jsonw_arr(w);
	while (list.n > 0)
		if (str_to_i64(str_split(&list, ','), &id))
			jsonw_int(w, id);
	jsonw_end(w);
}

static void
put_payment(const struct affiseshow *s, const struct affisepay *p)
{
	struct jsonw *w = s->w;

	jsonw_obj(w);
	if (s->affiliate_id == 0 && p->affiliates.n > 0)
		put_partners(w, p->affiliates);
	put_list(w, "countries", p->countries);
	put_cities(s, p->cities);
	put_list(w, "devices", p->devices);
	put_list(w, "os", p->os);
	affisekit_str(w, "goal", p->goal);
	if (s->affiliate_id == 0)
		put_amount(w, "total", p->percent, p->total);
	put_amount(w, "revenue", p->percent, p->revenue);
	affisekit_str(w, "currency", lower(s->a, p->currency));
	affisekit_str(w, "title", p->title);
	affisekit_str(w, "type", p->percent ? STR("percent") : STR("fixed"));
	affisekit_bool(w, "country_exclude", p->country_exclude);
	if (s->affiliate_id == 0) {
		if (p->url.n > 0)
			affisekit_str(w, "url", p->url);
		else
			affisekit_null(w, "url");
		affisekit_bool(w, "with_regions", false);
	}
	jsonw_end(w);
}

static bool
is_named(struct str list, int64_t affiliate)
{
	int64_t id;

	while (list.n > 0)
		if (str_to_i64(str_split(&list, ','), &id) && id == affiliate)
			return true;
	return false;
}

/* An affiliate sees what is for him among the general ones: nobody else's personal
 * payments. */
static void
put_payments(
    const struct affiseshow *s, const struct offer *o, const char *key, bool personal)
{
	jsonw_key(s->w, key);
	jsonw_arr(s->w);
	for (size_t i = 0; i < o->n_rule; i++) {
		struct affisepay p;
		bool show;

		if (!affisepay_of(&o->rule[i], &p))
			continue;
		if (s->affiliate_id == 0)
			show = (p.affiliates.n > 0) == personal;
		else
			show = (p.affiliates.n == 0 ||
				   is_named(p.affiliates, s->affiliate_id)) &&
			       !(p.percent && o->display.hide_payments);
		if (show)
			put_payment(s, &p);
	}
	jsonw_end(s->w);
}

/* One that is closed to the affiliate does not exist for him; a read each, of an offer's
 * few. */
static bool
sees_landing(
    const struct affiseshow *s, const struct offer *o, const struct landingpage *lp)
{
	struct grant_view view;

	if (lp->id == o->default_lp_id)
		return false;
	if (s->affiliate_id == 0)
		return true;
	return grant_view(s->db, o->id, lp->id, o->advertiser_id, s->affiliate_id,
		   &view) == ERR_OK &&
	       !view.blocked && (!lp->private || view.connected);
}

static void
put_landings(const struct affiseshow *s, const struct offer *o)
{
	struct jsonw *w = s->w;

	jsonw_key(w, "landings");
	jsonw_arr(w);
	for (size_t i = 0; i < o->n_lp; i++) {
		if (!sees_landing(s, o, &o->lp[i]))
			continue;
		jsonw_obj(w);
		affisekit_int(w, "id", o->lp[i].id);
		affisekit_str(w, "title", o->lp[i].name);
		affisekit_str(w, "url", o->lp[i].url);
		affisekit_str(w, "url_preview", o->lp[i].preview_url);
		affisekit_str(
		    w, "type", o->lp[i].transit ? STR("transit") : STR("landing"));
		jsonw_end(w);
	}
	jsonw_end(w);
}

static void
put_caps_status(const struct affiseshow *s, const struct offer *o)
{
	static const char *const names[] = {
	    "", "confirmed", "pending", "declined", "not_found", "hold"};

	jsonw_key(s->w, "caps_status");
	jsonw_arr(s->w);
	for (unsigned i = 1; i < ARRAY_LEN(names); i++)
		if ((o->caps_status >> i & 1) != 0)
			jsonw_cstr(s->w, names[i]);
	jsonw_end(s->w);
}

static void
put_stop(const struct affiseshow *s, const struct offer *o, bool null)
{
	struct wall w;

	if (o->date_expire == 0) {
		if (null)
			affisekit_null(s->w, "stop_at");
		else
			affisekit_str(s->w, "stop_at", STR(""));
		return;
	}
	/* Midnight ends the day before: that is the day which stopDate named. */
	zone_wall(s->zone, o->date_expire, &w);
	affisekit_time(s->w, "stop_at", s->zone,
	    o->date_expire == zone_start(s->zone, w.year, w.month, w.day)
		? o->date_expire - 1
		: o->date_expire);
}

static bool
is_https(struct str url)
{
	return url.n > 8 && str_ieq(str_n(url.p, 8), STR("https://"));
}

/* One address a line, as they are sent. */
static struct str
ip_lines(struct arena *a, struct str list)
{
	struct str out = STR(""), one;

	while ((one = iplist_next(&list)).p != NULL)
		out = arena_printf(
		    a, "%.*s%s%.*s", STR_ARG(out), out.n > 0 ? "\n" : "", STR_ARG(one));
	return out;
}

/* Title, addresses and texts of the Offer of an administrator. */
static void
put_head(const struct affiseshow *s, const struct offer *o)
{
	static const char *const states[] = {"", "active", "stopped", "suspended"};
	const struct landingpage *lp = offer_default_lp(o);
	struct str url = lp == NULL ? STR("") : lp->url,
		   preview = lp == NULL ? STR("") : lp->preview_url;
	const struct str base = base_of(s, o);
	const struct str logo = offerdisplay_logo(s->a, &o->display, base);
	struct jsonw *w = s->w;

	affisekit_int(w, "id", o->id);
	affisekit_str(w, "offer_id", o->hex24);
	affisekit_str(w, "advertiser", o->advertiser_hex24);
	affisekit_str(w, "external_offer_id", o->display.external_offer_id);
	affisekit_bool(w, "hide_payments", o->display.hide_payments);
	affisekit_str(w, "title", o->name);
	affisekit_null(w, "macro_url");
	affisekit_str(w, "url", url);
	affisekit_str(w, "url_preview", preview);
	affisekit_str(w, "preview_url", preview);
	affisekit_str(w, "domain_url", weburl_host(base));
	affisekit_str(w, "trafficback_url", o->trafficback_url);
	affisekit_bool(w, "use_https", is_https(base));
	affisekit_bool(w, "use_http", !is_https(base));
	affisedisplay_texts(
	    w, s->a, "description_lang", o->description, o->display.descriptions);
	affisedisplay_sources(w, o);
	affisekit_str(w, "logo", logo);
	affisekit_str(w, "logo_source", logo);
	affisekit_str(w, "status", str_of(states[offer_state(o, s->now)]));
	affisedisplay_tags(w, o);
	affisekit_str(w, "privacy", str_of(offer_privacy_words[offer_seen_privacy(o)]));
	affisekit_int(w, "is_top", o->featured);
}

static void
put_categories(struct jsonw *w, const struct offer *o)
{
	jsonw_key(w, "categories");
	jsonw_arr(w);
	for (size_t i = 0; i < o->n_category; i++)
		jsonw_str(w, o->category[i].name);
	jsonw_end(w);
	jsonw_key(w, "full_categories");
	jsonw_arr(w);
	for (size_t i = 0; i < o->n_category; i++) {
		jsonw_obj(w);
		affisekit_str(w, "id", o->category[i].hex24);
		affisekit_str(w, "title", o->category[i].name);
		jsonw_end(w);
	}
	jsonw_end(w);
}

/* A read each; the offer is shown without them when they cannot be read. */
static void
put_worth(const struct affiseshow *s, const struct offer *o)
{
	const struct str ids = offer_ids_json(s->a, &o->id, 1);
	struct offerworth *v = NULL;
	size_t n = 0;

	if (offerworth_load(s->db, s->a, s->zone, s->now, ids, &v, &n) != ERR_OK)
		n = 0;
	jsonw_key(s->w, "cr");
	jsonw_pct(s->w, n == 0 ? 0 : v[0].cr, 0);
	jsonw_key(s->w, "epc");
	jsonw_money(s->w, n == 0 ? 0 : v[0].epc, 0);
}

static void
put_targeting(const struct affiseshow *s, const struct offer *o)
{
	struct jsonw *w = s->w;

	affisetarget_show(w, s->a, &o->target);
	affisekit_bool(w, "is_redirect_overcap", o->is_redirect_overcap);
	if (o->notice_percent_overcap == 0)
		affisekit_null(w, "notice_percent_overcap");
	else
		affisekit_int(w, "notice_percent_overcap", o->notice_percent_overcap);
	affisekit_int(w, "hold_period", o->hold_period);
	put_categories(w, o);
	put_worth(s, o);
	affisekit_str_or_null(w, "notes", o->display.notes);
	affisekit_str(w, "allowed_ip", ip_lines(s->a, o->allowed_ip));
	affisekit_str(w, "disallowed_ip", ip_lines(s->a, o->disallowed_ip));
	affisekit_str_or_null(w, "hash_password", o->hash_password);
	affisekit_int(w, "allow_deeplink", o->allow_deeplink);
	affisekit_int(w, "hide_referer", o->redirect_type != OFFER_HTTP302);
	affisekit_str(w, "redirect_type", str_of(offer_redirect_words[o->redirect_type]));
	affisekit_time(
	    w, "start_at", s->zone, o->date_live != 0 ? o->date_live : o->created_us);
	put_stop(s, o, true);
	affisekit_null(w, "auto_offer_connect");
	affisekit_bool(w, "required_approval", offer_seen_privacy(o) == OFFER_PROTECTED);
	affisekit_bool(w, "is_cpi", o->display.is_cpi);
	affisedisplay_texts(w, s->a, "kpi", STR(""), o->display.kpi);
	affisetarget_show_subs(w, &o->target);
}

/* A few, and a read each: the offer is shown without them when they cannot be read. */
static void
put_smart(const struct affiseshow *s, const struct offer *o)
{
	struct str *hex24 = NULL;
	size_t n = 0;

	jsonw_key(s->w, "smartlink_categories");
	jsonw_arr(s->w);
	if (smartlink_of_offer(s->db, s->a, o->id, &hex24, &n) != ERR_OK)
		n = 0;
	for (size_t i = 0; i < n; i++)
		jsonw_str(s->w, hex24[i]);
	jsonw_end(s->w);
}

static void
put_admin_offer(const struct affiseshow *s, const struct offer *o)
{
	struct jsonw *w = s->w;

	jsonw_obj(w);
	put_head(s, o);
	put_payments(s, o, "payments", false);
	put_payments(s, o, "partner_payments", true);
	put_landings(s, o);
	put_targeting(s, o);
	affisecreative_put(s, o->id, base_of(s, o));
	affisecap_show(w, o, s->affiliate_id);
	put_caps_status(s, o);
	affisekit_int(w, "hide_caps", o->hide_caps);
	put_smart(s, o);
	affisekit_str(w, "click_session", o->click_session);
	jsonw_key(w, "search_empty_sub");
	if (o->target.empty_sub != 0)
		jsonw_int(w, o->target.empty_sub);
	else
		jsonw_null(w);
	affisekit_bool(w, "uniq_ip_only", o->uniq_ip_only);
	affisekit_str(w, "note_aff", o->display.note_aff);
	affisekit_str(w, "note_sales", o->display.note_sales);
	affisekit_time(w, "created_at", s->zone, o->created_us);
	affisekit_time(w, "updated_at", s->zone, o->updated_us);
	jsonw_end(w);
}

/* lp NULL: the offer's own link; else that of a landing. */
static void
put_link(const struct affiseshow *s, struct str link, const struct landingpage *lp)
{
	struct jsonw *w = s->w;

	jsonw_obj(w);
	if (lp == NULL) {
		affisekit_null(w, "id");
		affisekit_null(w, "title");
	} else {
		affisekit_int(w, "id", lp->id);
		affisekit_str(w, "title", lp->name);
		link = arena_printf(s->a, STR_FMT "&%s=%lld", STR_ARG(link),
		    lp->transit ? "prelanding_id" : "landing_id", (long long)lp->id);
	}
	affisekit_null(w, "hash");
	affisekit_str(w, "url", link);
	affisekit_empty_list(w, "postbacks");
	affisekit_null(w, "created");
	jsonw_end(w);
}

static void
put_links(const struct affiseshow *s, const struct offer *o, struct str link)
{
	jsonw_key(s->w, "links");
	jsonw_arr(s->w);
	put_link(s, link, NULL);
	for (size_t i = 0; i < o->n_lp; i++)
		if (sees_landing(s, o, &o->lp[i]))
			put_link(s, link, &o->lp[i]);
	jsonw_end(s->w);
}

static bool
sees_payment(
    const struct affiseshow *s, const struct offer *o, size_t i, struct affisepay *p)
{
	return affisepay_of(&o->rule[i], p) &&
	       (p->affiliates.n == 0 || is_named(p->affiliates, s->affiliate_id));
}

/* The goals that he is paid for, value to title, each once. */
static void
put_goals(const struct affiseshow *s, const struct offer *o)
{
	jsonw_key(s->w, "goals");
	jsonw_obj(s->w);
	for (size_t i = 0; i < o->n_rule; i++) {
		struct affisepay p, before;
		bool first = sees_payment(s, o, i, &p);

		for (size_t k = 0; k < i && first; k++)
			first = !sees_payment(s, o, k, &before) ||
				!str_eq(before.goal, p.goal);
		if (!first)
			continue;
		jsonw_key_str(s->w, p.goal);
		jsonw_str(s->w, p.title);
	}
	jsonw_end(s->w);
}

static void
put_affiliate_offer(
    const struct affiseshow *s, const struct offer *o, bool connected, bool goals)
{
	const struct landingpage *lp = offer_default_lp(o);
	const struct str base = base_of(s, o);
	struct str link = arena_printf(s->a, "%.*s/click?pid=%lld&offer_id=%lld",
	    STR_ARG(base), (long long)s->affiliate_id, (long long)o->id);
	struct jsonw *w = s->w;

	jsonw_obj(w);
	affisekit_int(w, "id", o->id);
	affisekit_str(w, "offer_id", o->hex24);
	affisekit_str(w, "title", o->name);
	affisekit_str(w, "preview_url", lp == NULL ? STR("") : lp->preview_url);
	affisekit_str(w, "description", o->description);
	put_worth(s, o);
	affisekit_str(w, "logo", offerdisplay_logo(s->a, &o->display, base));
	put_stop(s, o, false);
	affisedisplay_sources(w, o);
	put_categories(w, o);
	put_payments(s, o, "payments", false);
	affisekit_bool(w, "required_approval", !connected);
	put_landings(s, o);
	affisekit_bool(w, "is_cpi", o->display.is_cpi);
	affisecreative_put(s, o->id, base);
	put_links(s, o, link);
	affisekit_null(w, "macro_url");
	affisekit_str(w, "link", link);
	affisekit_bool(w, "use_https", is_https(base));
	affisekit_bool(w, "use_http", !is_https(base));
	affisekit_int(w, "hold_period", o->hold_period);
	affisecap_show(w, o, s->affiliate_id);
	if (goals)
		put_goals(s, o);
	jsonw_end(w);
}

void
affiseshow_offer(const struct affiseshow *s, const struct offer *o, bool connected)
{
	if (s->affiliate_id != 0)
		put_affiliate_offer(s, o, connected, false);
	else
		put_admin_offer(s, o);
}

void
affiseshow_goals(const struct affiseshow *s, const struct offer *o, bool connected)
{
	put_affiliate_offer(s, o, connected, true);
}
