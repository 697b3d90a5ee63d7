/* SPDX-License-Identifier: Apache-2.0
 * catmodel.c - see catmodel.h.
 */
#include "stats/catmodel.h"

#include "base/arena.h"
#include "db/bump.h"
#include "domain/netset.h"
#include "stats/catcaps.h"
#include "stats/catcreatives.h"
#include "stats/catdoors.h"
#include "stats/catlimits.h"
#include "stats/catpay.h"
#include "stats/catredirects.h"

#include <glib.h>
#include <stdlib.h>

#define CATMODEL_MAGIC 0x6361746du
/* From this many changed objects on, reading everything is quicker than one after the
 * other. */
#define MANY_CHANGES 2000
#define RULE_KEPT (3600 * US_SECOND)

struct account {
	struct cat_account row;
	struct str username, title, company;
	struct catlimits limits; /* of an advertiser */
};

struct page {
	struct cat_landing_page row;
	struct str hostnpost_ips, shortname, url, preview_url, redirect_hash;
};

struct offer {
	struct cat_offer row;
	struct str name, shortname, expire_url, trafficback_url, authorized, unauthorized;
	struct cat_commission commission; /* id 0: none */
	struct str commission_shortname;
	struct page *page;
	struct price_rule *rule;
	uint32_t *named; /* the affiliates that rules name */
	struct catredirects redirects;
	struct catpay pay;
	bool geo;                /* geoip_group_redirect */
	uint32_t unique_seconds; /* 0: the network's */
	unsigned n_pages, n_rules, n_named;
	struct catlimits limits;
};

struct catmodel {
	uint32_t magic;
	uint64_t version;
	GHashTable *accounts, *offers; /* by id */
	struct catdoors *doors;
	struct catcreatives *creatives;
	struct arena *net_arena; /* what `net` and `settings` point into */
	struct netset net;
	struct str *setting; /* name, value, name, value ... */
	unsigned n_settings;
	struct catcaps *caps;
};

/* ---- memory ---- */

/* A copy that is freed with drop(). */
static struct str
keep(struct str s)
{
	char *p;

	if (s.n == 0)
		return STR_NONE;
	p = obj_alloc(s.n);
	memcpy(p, s.p, s.n);
	return str_n(p, s.n);
}

static void
drop(struct str s)
{
	free((void *)(uintptr_t)s.p);
}

static void
account_free(void *p)
{
	struct account *a = p;

	drop(a->username);
	drop(a->title);
	drop(a->company);
	catlimits_free(&a->limits);
	free(a);
}

static void
offer_clear_parts(struct offer *o)
{
	for (unsigned i = 0; i < o->n_pages; i++) {
		drop(o->page[i].shortname);
		drop(o->page[i].hostnpost_ips);
		drop(o->page[i].url);
		drop(o->page[i].preview_url);
		drop(o->page[i].redirect_hash);
	}
	drop(o->commission_shortname);
	free(o->page);
	free(o->rule);
	free(o->named);
	catredirects_clear(&o->redirects);
	catpay_clear(&o->pay);
	catlimits_free(&o->limits);
}

static void
offer_free(void *p)
{
	struct offer *o = p;

	offer_clear_parts(o);
	drop(o->name);
	drop(o->shortname);
	drop(o->expire_url);
	drop(o->trafficback_url);
	drop(o->authorized);
	drop(o->unauthorized);
	free(o);
}

/* One more element of an array that grows by powers of two. */
#define GROW(array_, n_)                                                             \
	do {                                                                         \
		if (((n_) & ((n_)-1)) == 0)                                          \
			(array_) = obj_realloc(                                      \
			    (array_), ((n_) == 0 ? 1 : (n_)*2) * sizeof(*(array_))); \
		memset(&(array_)[n_], 0, sizeof(*(array_)));                         \
	} while (0)

static void *
key_of(uint64_t id)
{
	return GUINT_TO_POINTER((guint)id);
}

struct catmodel *
catmodel_new(void)
{
	struct catmodel *m;

	OBJ_NEW(m, CATMODEL_MAGIC);
	m->accounts = g_hash_table_new_full(NULL, NULL, NULL, account_free);
	m->offers = g_hash_table_new_full(NULL, NULL, NULL, offer_free);
	m->doors = catdoors_new();
	m->creatives = catcreatives_new();
	m->net_arena = arena_new();
	m->caps = catcaps_new();
	return m;
}

void
catmodel_free(struct catmodel **mp)
{
	struct catmodel *m;

	if (*mp == NULL)
		return;
	OBJ_TAKE(m, mp, CATMODEL_MAGIC);
	g_hash_table_destroy(m->accounts);
	g_hash_table_destroy(m->offers);
	catdoors_free(&m->doors);
	catcreatives_free(&m->creatives);
	arena_free(&m->net_arena);
	catcaps_free(&m->caps);
	free(m->setting);
	OBJ_FREE(m);
}

uint64_t
catmodel_version(const struct catmodel *m)
{
	return m->version;
}

struct str
catmodel_time_zone(const struct catmodel *m)
{
	return m->net.time_zone;
}

struct str
catmodel_admin_ips(const struct catmodel *m)
{
	return m->net.ADMIN_API_ALLOWED_IPS;
}

/* ---- reading: ids from `lo` to `hi`, so that one text serves one object and all ---- */

static enum err
read_accounts(struct catmodel *m, struct db *db, uint64_t lo, uint64_t hi)
{
	static const char sql[] = "SELECT a.id, a.type, a.status, a.deleted, a.inhouse, "
				  "a.auto_pending, a.username, a.title,"
				  " COALESCE(p.company, '') FROM account a LEFT JOIN "
				  "account_person p ON p.account_id = a.id"
				  " WHERE a.id BETWEEN ? AND ?";
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows, sql, "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct account *a = obj_alloc(sizeof(*a));

		a->row.id = (uint32_t)db_u64(rows, 0);
		a->row.type = (uint8_t)db_u64(rows, 1);
		a->row.status = (uint8_t)db_u64(rows, 2);
		a->row.deleted = (uint8_t)db_u64(rows, 3);
		a->row.inhouse = (uint8_t)db_u64(rows, 4);
		a->row.auto_pending = (uint8_t)db_u64(rows, 5);
		a->username = keep(db_str(rows, 6));
		a->title = keep(db_str(rows, 7));
		a->company = keep(db_str(rows, 8));
		(void)g_hash_table_replace(m->accounts, key_of(a->row.id), a);
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static struct catlimits *
account_limits(void *model, uint64_t id)
{
	const struct catmodel *m = model;
	struct account *a = g_hash_table_lookup(m->accounts, key_of(id));

	return a == NULL ? NULL : &a->limits;
}

static enum err
read_accounts_whole(struct catmodel *m, struct db *db, uint64_t lo, uint64_t hi)
{
	const enum err rc = read_accounts(m, db, lo, hi);

	return rc != ERR_OK ? rc
			    : catlimits_read_advertisers(db, lo, hi, account_limits, m);
}

static uint8_t
word(struct str s, const char *const *words)
{
	for (uint8_t i = 0; words[i] != NULL; i++) {
		if (str_eq(s, str_of(words[i])))
			return (uint8_t)(i + 1);
	}
	return 0;
}

static const char *const redirect_types[] = {
    "http302", "http302hidden", "meta", "js", NULL};
static const char *const privacies[] = {"public", "protected", "private", NULL};
static const char *const conversions[] = {"post", "iframe", "image", NULL};

/* Unknown words are those of a newer version, and the careful reading is: not public. */
static uint8_t
privacy_of(struct str s)
{
	const uint8_t w = word(s, privacies);

	return w == 0 ? CAT_PRIVATE : w;
}

static enum err
read_offers(struct catmodel *m, struct db *db, uint64_t lo, uint64_t hi)
{
	static const char sql[] =
	    "SELECT id, COALESCE(advertiser_id, 0), COALESCE(default_lp_id, 0), "
	    "COALESCE(expire_lp_id, 0),"
	    " cookie_duration, status, privacy, deleted, hidden, COALESCE(date_live, 0),"
	    " COALESCE(date_expire, 0), name, shortname, expire_url, trafficback_url, "
	    "authorized,"
	    " unauthorized, COALESCE(mobile_lp_id, 0), COALESCE(ip_uniqueness_seconds, "
	    "0),"
	    " geoip_group_redirect, redirect_type, remove_ocode FROM offer WHERE id "
	    "BETWEEN ? AND ?";
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows, sql, "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct offer *o = obj_alloc(sizeof(*o));

		o->row.id = (uint32_t)db_u64(rows, 0);
		o->row.advertiser_id = (uint32_t)db_u64(rows, 1);
		o->row.default_lp_id = (uint32_t)db_u64(rows, 2);
		o->row.expire_lp_id = (uint32_t)db_u64(rows, 3);
		o->row.cookie_days = (uint32_t)db_u64(rows, 4);
		o->row.status = (uint8_t)db_u64(rows, 5);
		o->row.privacy = privacy_of(db_str(rows, 6));
		o->row.deleted = (uint8_t)db_u64(rows, 7);
		o->row.hidden = (uint8_t)db_u64(rows, 8);
		o->row.date_live = db_i64(rows, 9);
		o->row.date_expire = db_i64(rows, 10);
		o->name = keep(db_str(rows, 11));
		o->shortname = keep(db_str(rows, 12));
		o->expire_url = keep(db_str(rows, 13));
		o->trafficback_url = keep(db_str(rows, 14));
		o->authorized = keep(db_str(rows, 15));
		o->unauthorized = keep(db_str(rows, 16));
		o->row.mobile_lp_id = (uint32_t)db_u64(rows, 17);
		o->unique_seconds = (uint32_t)db_u64(rows, 18);
		o->geo = db_u64(rows, 19) != 0;
		o->row.redirect_type = word(db_str(rows, 20), redirect_types);
		o->row.no_ocode = (uint8_t)db_u64(rows, 21);
		(void)g_hash_table_replace(m->offers, key_of(o->row.id), o);
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static struct offer *
offer_of(struct catmodel *m, uint64_t id)
{
	return g_hash_table_lookup(m->offers, key_of(id));
}

static struct catlimits *
offer_limits(void *model, uint64_t id)
{
	struct offer *o = offer_of(model, id);

	return o == NULL ? NULL : &o->limits;
}

static enum err
read_pages(struct catmodel *m, struct db *db, uint64_t lo, uint64_t hi)
{
	static const char sql[] =
	    /* What its offer and its advertiser say adds to what a page says. */
	    "SELECT p.offer_id, p.id, p.deleted, p.conversion_type, "
	    "p.disable_url_sanitization, p.disable_deep_linking, p.shortname, p.url, "
	    "p.preview_url, p.redirect_hash, p.private, CONCAT_WS(',', "
	    "NULLIF(p.hostnpost_ips, ''), NULLIF(o.hostnpost_ips, ''), "
	    "NULLIF(a.hostnpost_ips, '')) FROM landing_page p LEFT JOIN offer o ON o.id "
	    "= p.offer_id LEFT JOIN account a ON a.id = o.advertiser_id WHERE "
	    "p.offer_id BETWEEN ? AND ?";
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows, sql, "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct offer *o = offer_of(m, db_u64(rows, 0));
		struct page *p;

		if (o == NULL)
			continue;
		GROW(o->page, o->n_pages);
		p = &o->page[o->n_pages++];
		p->row.offer_id = o->row.id;
		p->row.id = (uint32_t)db_u64(rows, 1);
		p->row.deleted = (uint8_t)db_u64(rows, 2);
		p->row.conversion_type = word(db_str(rows, 3), conversions);
		p->row.raw_url = (uint8_t)db_u64(rows, 4);
		p->row.no_deep_link = (uint8_t)db_u64(rows, 5);
		p->shortname = keep(db_str(rows, 6));
		p->url = keep(db_str(rows, 7));
		p->preview_url = keep(db_str(rows, 8));
		p->redirect_hash = keep(db_str(rows, 9));
		p->row.closed = (uint8_t)db_u64(rows, 10);
		p->hostnpost_ips = keep(db_str(rows, 11));
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static enum err
read_commissions(struct catmodel *m, struct db *db, uint64_t lo, uint64_t hi)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT offer_id, id, shortname FROM commission WHERE offer_id BETWEEN ? AND "
	    "?",
	    "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct offer *o = offer_of(m, db_u64(rows, 0));

		if (o == NULL)
			continue;
		o->commission.id = o->row.commission_id = (uint32_t)db_u64(rows, 1);
		o->commission.offer_id = o->row.id;
		o->commission_shortname = keep(db_str(rows, 2));
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static money_t
given(const struct db_rows *rows, unsigned col)
{
	return db_is_null(rows, col) ? PRICE_NONE : db_i64(rows, col);
}

/* A word that this version does not know makes a rule that pays nothing rather than a
 * wrong amount. */
static void
rule_words(struct price_rule *r, const struct db_rows *rows)
{
	if (!price_kind_parse(db_str(rows, 5), &r->kind) ||
	    !price_commission_parse(db_str(rows, 11), &r->commission) ||
	    !price_cost_parse(db_str(rows, 14), &r->cost))
		r->kind = PRICE_RULE_DISABLE;
}

static void
rule_countries(struct price_rule *r, struct str list)
{
	while (list.n > 0)
		price_rule_country(r, country_pack(str_trim(str_split(&list, ','))));
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* Columns from 16 on: affiliates and subs. */
static void
rule_restrictions(struct offer *o, struct price_rule *r, const struct db_rows *rows)
{
	struct str list = db_str(rows, 16);
	uint64_t id;

	r->affiliates = (struct price_list){o->n_named, 0};
	while (list.n > 0) {
		if (!str_to_u64(str_trim(str_split(&list, ',')), &id) || id > UINT32_MAX)
			continue;
		GROW(o->named, o->n_named);
		o->named[o->n_named++] = (uint32_t)id;
		r->affiliates.n++;
	}
	if (r->affiliates.n > 1)
		qsort(o->named + r->affiliates.first, r->affiliates.n, sizeof(*o->named),
		    by_number);
	for (unsigned i = 0; i < PRICE_SUBS; i++) {
		struct str sub = db_str(rows, 17 + i);

		r->sub[i] = sub.n == 0 ? 0 : price_sub(sub);
	}
}

/* Rules of goals price no click, and neither do payments of Affise: those by city, system
 * or device are among them. */
static enum err
read_rules(struct catmodel *m, struct db *db, uint64_t lo, uint64_t hi)
{
	static const char sql[] =
	    "SELECT offer_id, id, change_id, valid_from_us, valid_to_us, kind, start_us, "
	    "end_us, countries,"
	    " country_exclude, currency, commission_type, aff_click, aff_visitor, "
	    "adv_cost_type, adv_flat, affiliates, sub1, sub2, sub3, sub4, sub5, aff_cpm, "
	    "adv_cpm, weekly"
	    " FROM payout_rule WHERE goal_id = 0 AND (expressed_by & 1 OR change_id = 0)"
	    " AND cities = '' AND devices = '' AND os = '' AND offer_id BETWEEN ? AND ?";
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows, sql, "uu", lo, hi);

	while (rc == ERR_OK && db_next(rows)) {
		struct offer *o = offer_of(m, db_u64(rows, 0));
		struct price_rule *r;
		struct str currency = db_str(rows, 10);

		if (o == NULL)
			continue;
		GROW(o->rule, o->n_rules);
		r = &o->rule[o->n_rules++];
		price_rule_init(r);
		r->id = (uint32_t)db_u64(rows, 1);
		r->change = (uint32_t)db_u64(rows, 2);
		r->valid_from = db_i64(rows, 3);
		r->valid_to = db_is_null(rows, 4) ? PRICE_FOREVER : db_i64(rows, 4);
		r->start = given(rows, 6);
		r->end = given(rows, 7);
		rule_countries(r, db_str(rows, 8));
		r->country_exclude = (uint8_t)db_u64(rows, 9);
		memcpy(r->currency, currency.p, currency.n < 3 ? currency.n : 3);
		r->aff_click = given(rows, 12);
		r->aff_visitor = given(rows, 13);
		r->adv_flat = given(rows, 15);
		r->aff_cpm = given(rows, 22);
		r->adv_cpm = given(rows, 23);
		price_rule_weekly(r, db_str(rows, 24));
		rule_words(r, rows);
		rule_restrictions(o, r, rows);
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static struct catredirects *
redirects_of(void *arg, uint64_t offer_id)
{
	struct offer *o = offer_of(arg, offer_id);

	return o == NULL ? NULL : &o->redirects;
}

static struct catpay *
pay_of(void *arg, uint64_t offer_id)
{
	struct offer *o = offer_of(arg, offer_id);

	return o == NULL ? NULL : &o->pay;
}

/* Offers and all that hangs on them. */
static enum err
read_offers_whole(struct catmodel *m, struct db *db, uint64_t lo, uint64_t hi)
{
	enum err rc = read_offers(m, db, lo, hi);

	if (rc == ERR_OK)
		rc = read_pages(m, db, lo, hi);
	if (rc == ERR_OK)
		rc = read_commissions(m, db, lo, hi);
	if (rc == ERR_OK)
		rc = read_rules(m, db, lo, hi);
	if (rc == ERR_OK)
		rc = catcaps_read(m->caps, db, lo, hi);
	if (rc == ERR_OK)
		rc = catredirects_read(db, lo, hi, redirects_of, m);
	if (rc == ERR_OK)
		rc = catpay_read(db, lo, hi, pay_of, m);
	if (rc == ERR_OK)
		rc = catlimits_read_offers(db, lo, hi, offer_limits, m);
	return rc;
}

static enum err
read_settings(struct catmodel *m, struct db *db)
{
	struct db_rows *rows = NULL;
	enum err rc;

	arena_reset(m->net_arena);
	m->n_settings = 0;
	rc = netset_load(db, m->net_arena, &m->net);
	if (rc != ERR_OK)
		return rc;
	rc = db_query(db, &rows, "SELECT name, value FROM setting", "");
	while (rc == ERR_OK && db_next(rows)) {
		m->setting =
		    obj_realloc(m->setting, (m->n_settings + 2) * sizeof(*m->setting));
		m->setting[m->n_settings++] = arena_str(m->net_arena, db_str(rows, 0));
		m->setting[m->n_settings++] = arena_str(m->net_arena, db_str(rows, 1));
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static enum err
read_all(struct catmodel *m, struct db *db)
{
	enum err rc;

	g_hash_table_remove_all(m->accounts);
	g_hash_table_remove_all(m->offers);
	rc = read_settings(m, db);
	if (rc == ERR_OK)
		rc = read_accounts_whole(m, db, 0, UINT32_MAX);
	if (rc == ERR_OK)
		rc = read_offers_whole(m, db, 0, UINT32_MAX);
	if (rc == ERR_OK)
		rc = catcreatives_read(m->creatives, db, 0, UINT32_MAX);
	return rc == ERR_OK ? catdoors_read_all(m->doors, db) : rc;
}

static enum err
read_one(struct catmodel *m, struct db *db, unsigned kind, uint64_t id)
{
	const enum err rc = catdoors_read_one(m->doors, db, kind, id);

	if (rc != ERR_OK)
		return rc;
	switch (kind) {
	case BUMP_SETTING:
		return read_settings(m, db);
	case BUMP_ACCOUNT:
		(void)g_hash_table_remove(m->accounts, key_of(id));
		return read_accounts_whole(m, db, id, id);
	case BUMP_OFFER:
		(void)g_hash_table_remove(m->offers, key_of(id));
		return read_offers_whole(m, db, id, id);
	case BUMP_CREATIVE:
		return catcreatives_read(m->creatives, db, id, id);
	default: /* goals, and what a newer version knows: nothing of it is in the catalog
		  */
		return ERR_OK;
	}
}

/* ---- following ---- */

struct changed {
	uint32_t kind;
	uint64_t id;
};

/* What changed after m->version up to `version`, each object once. */
static enum err
read_changes(
    struct catmodel *m, struct db *db, uint64_t version, struct changed *out, unsigned *n)
{
	struct db_rows *rows = NULL;
	enum err rc = db_query(db, &rows,
	    "SELECT DISTINCT kind, object_id FROM catalog_change WHERE version > ? AND "
	    "version <= ?"
	    " LIMIT 2001",
	    "uu", m->version, version);

	_Static_assert(MANY_CHANGES == 2000, "one less than the limit above");
	*n = 0;
	while (rc == ERR_OK && db_next(rows)) {
		if (*n < MANY_CHANGES)
			out[*n] =
			    (struct changed){(uint32_t)db_u64(rows, 0), db_u64(rows, 1)};
		++*n;
	}
	return db_rows_close(&rows) == ERR_OK || rc != ERR_OK ? rc : ERR_DB_DOWN;
}

static enum err
follow_to(struct catmodel *m, struct db *db, uint64_t version)
{
	struct changed *changed;
	unsigned n;
	enum err rc;

	if (m->version == 0 ||
	    version < m->version) /* the first time, or a restored backup */
		return read_all(m, db);
	changed = obj_alloc(MANY_CHANGES * sizeof(*changed));
	rc = read_changes(m, db, version, changed, &n);
	if (rc == ERR_OK && n > MANY_CHANGES)
		rc = read_all(m, db);
	else
		for (unsigned i = 0; rc == ERR_OK && i < n; i++)
			rc = read_one(m, db, changed[i].kind, changed[i].id);
	free(changed);
	return rc;
}

static enum err
newest(struct db *db, uint64_t *version)
{
	int64_t v;
	enum err rc =
	    db_int(db, &v, 0, "SELECT version FROM catalog_version WHERE one = 1", "");

	*version = (uint64_t)v;
	return rc;
}

/* Objects are read in statements of their own, so a commit in between could show half of
 * itself.  Then the version has moved too, and we go on until it stands still: an image
 * is of one version. */
enum err
catmodel_follow(struct catmodel *m, struct db *db, bool *changed)
{
	uint64_t version;
	enum err rc = newest(db, &version);

	*changed = false;
	while (rc == ERR_OK && version != m->version) {
		rc = follow_to(m, db, version);
		if (rc != ERR_OK)
			break;
		m->version = version;
		*changed = true;
		rc = newest(db, &version);
	}
	return rc;
}

enum err
catmodel_earnings(struct catmodel *m, struct db *db, us_t now, bool *changed)
{
	return catdoors_earnings(m->doors, db, now, changed);
}

/* ---- writing ---- */

static void
image_net(const struct catmodel *m, struct catimage *ci)
{
	const struct netset *s = &m->net;
	struct cat_net net = {
	    .time_zone = catimage_text(ci, s->time_zone),
	    .fallback_url = catimage_text(ci, s->fallback_url),
	    .trafficback_url = catimage_text(ci, s->trafficback_url),
	    .admin_ips = catimage_text(ci, s->ADMIN_API_ALLOWED_IPS),
	    .transparent_variable = catimage_text(ci, s->transparent_variable),
	    .transparent_hosts = catredirects_hosts(ci, s->transparent_hosts),
	    .stat_unique_seconds = (uint32_t)s->stat_unique_seconds,
	    .trafficback_use_for_disabled = s->trafficback_use_for_disabled,
	    .trafficback_use_by_others = s->trafficback_use_by_others,
	    .allow_remote_voids = s->ALLOW_REMOTE_VOID_POSTS,
	    .test_token = catimage_text(ci, s->test_token),
	};

	memcpy(net.base_currency, s->base_currency.p,
	    s->base_currency.n < 3 ? s->base_currency.n : 3);
	net.house_account = (uint32_t)s->house_loginid;
	catdoors_image(m->doors, ci, &net.default_domain);
	catimage_net(ci, &net);
	for (unsigned i = 0; i < m->n_settings; i += 2)
		catimage_setting(ci, m->setting[i], m->setting[i + 1]);
}

static void
image_account(const struct account *a, struct catimage *ci)
{
	struct cat_account row = a->row;

	row.username = catimage_text(ci, a->username);
	row.title = catimage_text(ci, a->title);
	row.company = catimage_text(ci, a->company);
	catimage_account(ci, &row);
}

static uint32_t
image_rule(const struct offer *o, struct catimage *ci, const struct price_rule *r)
{
	struct price_rule row = *r;

	for (unsigned i = 0; i < r->affiliates.n; i++) {
		const uint32_t at =
		    catimage_number(ci, o->named[r->affiliates.first + i]);

		if (i == 0)
			row.affiliates.first = at;
	}
	return catimage_rule(ci, &row);
}

static void
image_parts(
    const struct offer *o, struct catimage *ci, struct cat_offer *row, us_t now_us)
{
	row->rules = row->pages = (struct cat_list){0, 0};
	for (unsigned i = 0; i < o->n_rules; i++) {
		if (o->rule[i].valid_to < now_us - RULE_KEPT)
			continue;
		const uint32_t at = image_rule(o, ci, &o->rule[i]);

		if (row->rules.n++ == 0)
			row->rules.first = at;
	}
	for (unsigned i = 0; i < o->n_pages; i++) {
		struct cat_landing_page lp = o->page[i].row;

		lp.url = catimage_text(ci, o->page[i].url);
		lp.hostnpost_ips = catimage_text(ci, o->page[i].hostnpost_ips);
		lp.preview_url = catimage_text(ci, o->page[i].preview_url);
		lp.redirect_hash = catimage_text(ci, o->page[i].redirect_hash);
		const uint32_t at = catimage_landing_page(
		    ci, &lp, catimage_text(ci, o->page[i].shortname));

		if (row->pages.n++ == 0)
			row->pages.first = at;
	}
	if (o->commission.id != 0)
		catimage_commission(
		    ci, &o->commission, catimage_text(ci, o->commission_shortname));
}

/* A page that was deleted is nowhere a link may lead. */
static void
image_hosts(const struct catmodel *m, const struct offer *o, struct catimage *ci,
    struct cat_offer *row)
{
	struct str *urls = obj_alloc((o->n_pages + 1) * sizeof(*urls));
	unsigned n = 0;

	for (unsigned i = 0; i < o->n_pages; i++) {
		if (!o->page[i].row.deleted)
			urls[n++] = o->page[i].url;
	}
	catdoors_offer(m->doors, ci, row, urls, n);
	free(urls);
}

static void
image_offer(
    const struct catmodel *m, const struct offer *o, struct catimage *ci, us_t now_us)
{
	const struct account *advertiser =
	    g_hash_table_lookup(m->accounts, key_of(o->row.advertiser_id));
	const struct str authorized =
	    o->authorized.n > 0 ? o->authorized : m->net.default_authorized;
	struct cat_offer row = o->row;

	row.advertiser_gone =
	    row.advertiser_id != 0 && (advertiser == NULL || advertiser->row.deleted);
	row.name = catimage_text(ci, o->name);
	row.expire_url = catimage_text(ci, o->expire_url);
	row.trafficback_url = catimage_text(ci, o->trafficback_url);
	row.redirect_unique_seconds = o->unique_seconds != 0
					  ? o->unique_seconds
					  : (uint32_t)m->net.unique_visitor_time;
	row.authorized = catimage_countries(ci, authorized);
	row.unauthorized = catimage_countries(
	    ci, o->unauthorized.n > 0 ? o->unauthorized : m->net.default_unauthorized);
	row.caps = catcaps_image(m->caps, ci, row.id, row.advertiser_id);
	image_parts(o, ci, &row, now_us);
	catpay_image(&o->pay, ci, &row);
	catredirects_image(&o->redirects, ci, &row, authorized, o->geo);
	image_hosts(m, o, ci, &row);
	catlimits_image(
	    &o->limits, advertiser == NULL ? NULL : &advertiser->limits, ci, &row);
	catimage_offer(ci, &row, catimage_text(ci, o->shortname));
}

void
catmodel_image(const struct catmodel *m, struct catimage *ci, us_t now_us)
{
	GHashTableIter it;
	void *value;

	assert(OBJ_IS(m, CATMODEL_MAGIC));
	image_net(m, ci);
	g_hash_table_iter_init(&it, m->accounts);
	while (g_hash_table_iter_next(&it, NULL, &value))
		image_account(value, ci);
	g_hash_table_iter_init(&it, m->offers);
	while (g_hash_table_iter_next(&it, NULL, &value))
		image_offer(m, value, ci, now_us);
	catcreatives_image(m->creatives, ci);
}
