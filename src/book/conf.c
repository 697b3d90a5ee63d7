/* SPDX-License-Identifier: Apache-2.0
 * conf.c - see conf.h.
 */
#include "book/conf.h"

#include <stdlib.h>

#include "base/jsonw.h"
#include "base/record.h"
#include "base/span.h"
#include "book/bytemap.h"
#include "db/bump.h"

#define CONF_MAGIC 0x636f6e66u
#define LONGEST_GOAL 190u /* F_goal of tbl/fields.h, and the column */

struct rate {
	char currency[4];
	us_t from;
	int64_t rate;
};

struct idlist {
	uint32_t *v;
	unsigned n, cap;
};

struct conf {
	uint32_t magic;
	struct arena *arena;
	uint64_t version; /* of the catalog; 0: read everything again */
	struct netset net;
	const struct zone *zone;
	struct bytemap offers, accounts,
	    pages; /* key: the id's four bytes; &absent: asked and not there */
	struct bytemap goals, goal_ids;
	struct bytemap grouped; /* key: struct member */
	struct rate *rate;      /* by currency and time */
	unsigned n_rates, cap_rates;
	struct arena *for_ever; /* what a change of the catalog does not touch */
	struct bytemap said;
	struct cap_def *wide_caps, *click_caps;
	unsigned n_wide_caps, n_click_caps;
	bool has_click_caps; /* they were read */
	pct_t tier[CONF_TIERS];
	unsigned n_tiers;
	struct idlist want_offers, want_accounts, want_pages;
	struct jsonw *keys;
};

/* Stands for an object that was looked for and is not there. */
static char absent;

struct conf *
conf_new(void)
{
	struct conf *c;

	OBJ_NEW(c, CONF_MAGIC);
	c->arena = arena_new();
	c->for_ever = arena_new();
	bytemap_init(&c->said, c->for_ever);
	c->keys = jsonw_new();
	return c;
}

void
conf_free(struct conf **cp)
{
	struct conf *c;

	if (*cp == NULL)
		return;
	OBJ_TAKE(c, cp, CONF_MAGIC);
	arena_free(&c->arena);
	arena_free(&c->for_ever);
	jsonw_free(&c->keys);
	free(c->rate);
	free(c->want_offers.v);
	free(c->want_accounts.v);
	free(c->want_pages.v);
	OBJ_FREE(c);
}

static struct str
id_key(const uint32_t *id)
{
	return str_n((const char *)id, sizeof(*id));
}

static void *
get_by_id(const struct bytemap *m, uint32_t id)
{
	void *p = bytemap_get(m, id_key(&id));

	return p == &absent ? NULL : p;
}

static enum err
read_rates(struct conf *c, struct db *db)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT currency, valid_from_us, rate FROM currency_rate ORDER BY currency, "
	    "valid_from_us",
	    "");

	c->n_rates = 0;
	while (rc == ERR_OK && db_next(r)) {
		struct str cur = db_str(r, 0);
		struct rate *x;

		if (c->n_rates == c->cap_rates) {
			c->cap_rates = c->cap_rates == 0 ? 64 : c->cap_rates * 2;
			c->rate = obj_realloc(c->rate, c->cap_rates * sizeof(*c->rate));
		}
		x = &c->rate[c->n_rates++];
		*x = (struct rate){"", db_i64(r, 1), db_i64(r, 2)};
		memcpy(x->currency, cur.p, cur.n < 3 ? cur.n : 3);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

/* `to` has room for s.n bytes. */
static struct str
lower(char *to, struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		to[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
	return str_n(to, s.n);
}

static void
add_goal(struct conf *c, struct str value, uint32_t id)
{
	uint32_t *p = arena_alloc(c->arena, sizeof(*p));
	char low[LONGEST_GOAL];

	*p = id;
	if (value.n <= sizeof(low))
		bytemap_put(&c->goals, lower(low, value), p);
	bytemap_put(&c->goal_ids, id_key(p), p);
}

static enum err
read_goals(struct conf *c, struct db *db)
{
	struct db_rows *r = NULL;
	/* The first of two values that differ in case alone comes last and stays. */
	enum err rc = db_query(db, &r, "SELECT id, value FROM goal ORDER BY id DESC", "");

	while (rc == ERR_OK && db_next(r))
		add_goal(c, db_str(r, 1), (uint32_t)db_u64(r, 0));
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err read_wide_caps(struct conf *c, struct db *db);

static void
read_tiers(struct conf *c)
{
	struct str list = c->net.referral_tiers;

	c->n_tiers = 0;
	while (list.p != NULL && list.n > 0 && c->n_tiers < CONF_TIERS) {
		pct_t p = 0;

		(void)!pct_parse(str_trim(str_split(&list, ',')), &p);
		c->tier[c->n_tiers++] = p;
	}
}

const pct_t *
conf_tiers(const struct conf *c, unsigned *n)
{
	*n = c->n_tiers;
	return c->tier;
}

enum err
conf_begin(struct conf *c, struct db *db)
{
	int64_t version;
	enum err rc = db_int(
	    db, &version, 0, "SELECT version FROM catalog_version WHERE one = 1", "");

	assert(OBJ_IS(c, CONF_MAGIC));
	c->want_offers.n = c->want_accounts.n = c->want_pages.n = 0;
	if (rc != ERR_OK || (c->version != 0 && c->version == (uint64_t)version))
		return rc;
	c->version = 0;
	c->has_click_caps = false;
	arena_reset(c->arena);
	bytemap_init(&c->offers, c->arena);
	bytemap_init(&c->accounts, c->arena);
	bytemap_init(&c->pages, c->arena);
	bytemap_init(&c->goals, c->arena);
	bytemap_init(&c->goal_ids, c->arena);
	bytemap_init(&c->grouped, c->arena);
	rc = netset_load(db, c->arena, &c->net);
	if (rc == ERR_OK)
		rc = read_rates(c, db);
	if (rc == ERR_OK)
		rc = read_goals(c, db);
	if (rc == ERR_OK)
		rc = read_wide_caps(c, db);
	if (rc != ERR_OK)
		return rc;
	read_tiers(c);
	c->zone = zone_get(c->net.time_zone);
	if (c->zone == NULL)
		c->zone = zone_utc_zone();
	c->version = (uint64_t)version;
	return ERR_OK;
}

const struct netset *
conf_net(const struct conf *c)
{
	return &c->net;
}

const struct zone *
conf_zone(const struct conf *c)
{
	return c->zone;
}

static void
need(struct idlist *l, const struct bytemap *have, uint32_t id)
{
	if (id == 0 || bytemap_get(have, id_key(&id)) != NULL)
		return;
	if (l->n == l->cap) {
		l->cap = l->cap == 0 ? 64 : l->cap * 2;
		l->v = obj_realloc(l->v, l->cap * sizeof(*l->v));
	}
	l->v[l->n++] = id;
}

void
conf_need_offer(struct conf *c, uint32_t id)
{
	need(&c->want_offers, &c->offers, id);
}

void
conf_need_account(struct conf *c, uint32_t id)
{
	need(&c->want_accounts, &c->accounts, id);
}

void
conf_need_page(struct conf *c, uint32_t id)
{
	need(&c->want_pages, &c->pages, id);
}

/* The ids as JSON; each is put into the map as absent, until a row says otherwise. */
static struct str
take_ids(struct conf *c, struct idlist *l, struct bytemap *m)
{
	jsonw_reset(c->keys);
	jsonw_arr(c->keys);
	for (unsigned i = 0; i < l->n; i++) {
		if (bytemap_get(m, id_key(&l->v[i])) != NULL)
			continue;
		bytemap_put(m, id_key(&l->v[i]), &absent);
		jsonw_uint(c->keys, l->v[i]);
	}
	jsonw_end(c->keys);
	l->n = 0;
	return jsonw_text(c->keys);
}

static struct str
keep(struct conf *c, const struct db_rows *r, unsigned col)
{
	return db_is_null(r, col) ? STR_NONE : arena_str(c->arena, db_str(r, col));
}

static int64_t
or_none(const struct db_rows *r, unsigned col)
{
	return db_is_null(r, col) ? PRICE_NONE : db_i64(r, col);
}

#define KEYS \
	"FROM JSON_TABLE(?, '$[*]' COLUMNS (id INT UNSIGNED PATH '$')) k STRAIGHT_JOIN "

/* '' and what cannot be read (edited by hand) is no bound. */
static us_t
read_span(struct str s)
{
	us_t span = 0;

	(void)!span_parse(s, &span);
	return span;
}

/* What may refuse a conversion. */
static void
read_guards(const struct conf *c, const struct db_rows *r, struct conf_offer *o)
{
	int64_t flag = db_i64(r, 18);

	o->ip_limit = flag == 0   ? c->net.ip_conversion_limit
		      : flag == 2 ? db_i64(r, 19)
				  : 0;
	o->ip_group = (uint32_t)db_u64(r, 20);
	o->uniq_ip_only = db_i64(r, 21) != 0;
	o->prevent_cookie_dupes = db_i64(r, 22) != 0;
	o->ip_lookup = db_i64(r, 23) != 0;
	o->allow_s2s_ip = db_i64(r, 24) != 0;
	o->book_unattributed = db_i64(r, 25) != 0;
	o->oldest_click = read_span(db_str(r, 26));
	o->youngest_click = read_span(db_str(r, 27));
	o->no_person = db_i64(r, 28) != 0;
	o->retro = db_i64(r, 29) != 0;
	o->full_customer = db_i64(r, 30) != 0;
}

static void
read_offer(struct conf *c, const struct db_rows *r)
{
	struct conf_offer *o = arena_alloc(c->arena, sizeof(*o));

	o->id = (uint32_t)db_u64(r, 0);
	o->status = (uint8_t)db_u64(r, 1);
	o->deleted = db_i64(r, 2) != 0;
	o->advertiser_id = (uint32_t)db_u64(r, 3);
	o->default_lp_id = (uint32_t)db_u64(r, 4);
	o->hold_days = (uint32_t)db_u64(r, 5);
	o->lockout_seconds = (uint32_t)db_u64(r, 6);
	o->terms = (struct price_terms){o->advertiser_id != 0, or_none(r, 7),
	    or_none(r, 9), db_i64(r, 8) == 2, db_i64(r, 10) == 2};
	o->deduct = (struct price_deduct){db_i64(r, 11) != 0, db_i64(r, 12) != 0,
	    or_none(r, 13), (uint32_t)db_u64(r, 14)};
	o->allowed_ip = keep(c, r, 15);
	o->secret = keep(c, r, 16);
	o->commission_id = (uint32_t)db_u64(r, 17);
	o->void_ips = keep(c, r, 31);
	o->disallowed_ip = keep(c, r, 32);
	read_guards(c, r, o);
	bytemap_put(&c->offers, id_key(&o->id), o);
	conf_need_account(c, o->advertiser_id);
}

static enum err
read_offers(struct conf *c, struct db *db, struct str ids)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT o.id, o.status, o.deleted, o.advertiser_id, o.default_lp_id, "
	    "o.hold_period, "
	    "o.pending_approval_lockout, o.conversion_default, "
	    "o.conversion_default_type, o.continuity_default, "
	    "o.continuity_default_type, o.deduct_voids, o.deduct_chargebacks, "
	    "o.min_deduct_date, o.deduct_window, "
	    "o.allowed_ip, o.hash_password, m.id, o.ip_conversion_limit_flag, "
	    "o.ip_conversion_limit, o.ip_conversion_group, o.uniq_ip_only, "
	    "o.prevent_cookie_dupes, o.ip_lookup, o.allow_s2s_ip, o.book_unattributed, "
	    "o.click_session, o.minimal_click_session, o.no_personal_member_info, "
	    "o.retro_payout, o.deduct_full_customer_commission, "
	    "o.void_ips, o.disallowed_ip " KEYS
	    "offer o ON o.id = k.id LEFT JOIN commission m ON m.offer_id = o.id",
	    "s", ids);

	while (rc == ERR_OK && db_next(r))
		read_offer(c, r);
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

struct member {
	uint32_t group, offer;
};

/* All offers of the groups that these offers count in. */
static enum err
read_groups(struct conf *c, struct db *db, struct str ids)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT DISTINCT g.group_id, g.offer_id " KEYS
	    "offer o ON o.id = k.id STRAIGHT_JOIN offer_in_group g ON g.group_id = "
	    "o.ip_conversion_group WHERE o.ip_conversion_group <> 0",
	    "s", ids);

	while (rc == ERR_OK && db_next(r)) {
		struct member m = {(uint32_t)db_u64(r, 0), (uint32_t)db_u64(r, 1)};

		bytemap_put(&c->grouped,
		    arena_str(c->arena, str_n((const char *)&m, sizeof(m))), &absent);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

bool
conf_in_group(const struct conf *c, uint32_t group, uint32_t offer)
{
	struct member m = {group, offer};

	return group != 0 &&
	       bytemap_get(&c->grouped, str_n((const char *)&m, sizeof(m))) != NULL;
}

static void
read_countries(struct price_rule *p, struct str list)
{
	while (list.p != NULL) {
		struct str one = str_trim(str_split(&list, ','));

		price_rule_country(p, country_pack(one));
	}
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

/* Room for one more element of `each` bytes behind n, in arrays that begin with 4 and
 * double. */
static void *
one_more(struct conf *c, void *old, unsigned n, size_t each)
{
	void *p = old;

	if (n == 0 || (n >= 4 && (n & (n - 1)) == 0)) {
		p = arena_alloc(c->arena, (n == 0 ? 4 : n * 2) * each);
		if (n > 0)
			memcpy(p, old, n * each);
	}
	return p;
}

/* A comma list of numbers, or of names, into the offer's pool. */
static void
read_list(struct conf *c, struct conf_offer *o, struct str list, bool names,
    struct price_list *out)
{
	*out = (struct price_list){o->n_pool, 0};
	while (list.p != NULL && list.n > 0) {
		struct str one = str_trim(str_split(&list, ','));
		uint64_t v = 0;

		if (names)
			v = one.n == 0 ? 0 : price_name(one);
		else if (!str_to_u64(one, &v) || v > UINT32_MAX)
			continue;
		o->pool = one_more(c, o->pool, o->n_pool, sizeof(*o->pool));
		o->pool[o->n_pool++] = (uint32_t)v;
		out->n++;
	}
	if (out->n > 0)
		qsort(o->pool + out->first, out->n, sizeof(*o->pool), by_number);
}

/* As the catalog chooses its rules (stats/catmodel.c): 1 is RULE_BY_NATS. */
static bool
prices_clicks(const struct db_rows *r, const struct price_rule *p)
{
	return p->goal == 0 && (p->change == 0 || (db_u64(r, 36) & 1) != 0) &&
	       db_str(r, 24).n == 0 && db_str(r, 25).n == 0 && db_str(r, 26).n == 0;
}

/* Columns from 23 on: whom and what it is for. */
static bool
read_restrictions(
    struct conf *c, struct conf_offer *o, const struct db_rows *r, struct price_rule *p)
{
	read_list(c, o, db_str(r, 23), false, &p->affiliates);
	read_list(c, o, db_str(r, 24), false, &p->cities);
	read_list(c, o, db_str(r, 26), true, &p->os);
	for (unsigned i = 0; i < PRICE_SUBS; i++)
		p->sub[i] = db_str(r, 27 + i).n == 0 ? 0 : price_sub(db_str(r, 27 + i));
	p->unpaid = (uint8_t)((db_i64(r, 32) != 0 ? 0 : PRICE_NO_MANAGER) |
			      (db_i64(r, 33) != 0 ? 0 : PRICE_NO_REFERRAL) |
			      (db_i64(r, 34) != 0 ? 0 : PRICE_NO_PARTNER) |
			      (prices_clicks(r, p) ? 0 : PRICE_NO_CLICKS));
	price_rule_weekly(p, db_str(r, 35));
	return price_devices_parse(db_str(r, 25), &p->devices);
}

static bool
read_rule(const struct db_rows *r, struct price_rule *p)
{
	struct str cur = db_str(r, 10);

	price_rule_init(p);
	p->id = (uint32_t)db_u64(r, 1);
	p->change = (uint32_t)db_u64(r, 2);
	p->valid_from = db_i64(r, 3);
	p->valid_to = db_is_null(r, 4) ? PRICE_FOREVER : db_i64(r, 4);
	p->start = or_none(r, 6);
	p->end = or_none(r, 7);
	p->goal = (uint32_t)db_u64(r, 8);
	read_countries(p, db_str(r, 9));
	memcpy(p->currency, cur.p, cur.n < 3 ? cur.n : 3);
	p->country_exclude = db_i64(r, 12) != 0;
	p->aff_click = or_none(r, 13);
	p->aff_visitor = or_none(r, 14);
	p->aff_conversion = or_none(r, 15);
	p->aff_continuity = or_none(r, 16);
	p->pct_conversion = or_none(r, 17);
	p->pct_continuity = or_none(r, 18);
	p->adv_flat = or_none(r, 21);
	p->adv_perc = or_none(r, 22);
	return price_kind_parse(db_str(r, 5), &p->kind) &&
	       price_commission_parse(db_str(r, 11), &p->commission) &&
	       price_base_parse(db_str(r, 19), &p->base) &&
	       price_cost_parse(db_str(r, 20), &p->cost);
}

static enum err
read_rules(struct conf *c, struct db *db, struct str ids)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT p.offer_id, p.id, p.change_id, p.valid_from_us, p.valid_to_us, "
	    "p.kind, p.start_us, p.end_us, "
	    "p.goal_id, p.countries, p.currency, p.commission_type, p.country_exclude, "
	    "p.aff_click, p.aff_visitor, "
	    "p.aff_conversion, p.aff_continuity, p.pct_conversion, p.pct_continuity, "
	    "p.pct_base, p.adv_cost_type, "
	    "p.adv_flat, p.adv_perc, p.affiliates, p.cities, p.devices, p.os, p.sub1, "
	    "p.sub2, p.sub3, p.sub4, p.sub5, p.pay_managers, p.pay_referrals, "
	    "p.pay_partners, p.weekly, p.expressed_by " KEYS
	    "payout_rule p ON p.offer_id = k.id ORDER BY p.offer_id, p.id",
	    "s", ids);

	while (rc == ERR_OK && db_next(r)) {
		struct conf_offer *o = conf_offer(c, (uint32_t)db_u64(r, 0));

		if (o == NULL)
			continue;
		o->rule = one_more(c, o->rule, o->n_rules, sizeof(*o->rule));
		if (read_rule(r, &o->rule[o->n_rules]) &&
		    read_restrictions(c, o, r, &o->rule[o->n_rules]))
			o->n_rules++;
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static struct cap_def *
one_more_cap(struct conf *c, struct cap_def **list, unsigned *n)
{
	*list = one_more(c, *list, *n, sizeof(**list));
	return &(*list)[(*n)++];
}

static enum err
read_caps(struct conf *c, struct db *db, struct str ids)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT " CAPRECOUNT_COLUMNS " " KEYS
	    "cap c ON c.offer_id = k.id WHERE NOT c.deleted AND c.enabled AND c.type "
	    "NOT IN (3, 4) ORDER BY c.offer_id, c.id",
	    "s", ids);

	while (rc == ERR_OK && db_next(r)) {
		struct conf_offer *o = conf_offer(c, (uint32_t)db_u64(r, 2));

		if (o != NULL)
			caprecount_read(
			    c->arena, r, 0, one_more_cap(c, &o->cap, &o->n_caps));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
read_wide_caps(struct conf *c, struct db *db)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT " CAPRECOUNT_COLUMNS " FROM cap c WHERE c.offer_id = 0 AND NOT "
	    "c.deleted AND c.enabled AND c.type NOT IN (3, 4) ORDER BY c.id",
	    "");

	c->wide_caps = NULL;
	c->n_wide_caps = 0;
	while (rc == ERR_OK && db_next(r))
		caprecount_read(
		    c->arena, r, 0, one_more_cap(c, &c->wide_caps, &c->n_wide_caps));
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

const struct cap_def *
conf_wide_caps(const struct conf *c, unsigned *n)
{
	*n = c->n_wide_caps;
	return c->wide_caps;
}

enum err
conf_click_caps(struct conf *c, struct db *db, const struct cap_def **out, unsigned *n)
{
	struct db_rows *r = NULL;
	enum err rc = ERR_OK;

	if (!c->has_click_caps) {
		c->click_caps = NULL;
		c->n_click_caps = 0;
		rc = db_query(db, &r,
		    "SELECT " CAPRECOUNT_COLUMNS " FROM cap c WHERE NOT c.deleted AND "
		    "c.enabled AND c.type IN (3, 4) ORDER BY c.offer_id, c.id",
		    "");
		while (rc == ERR_OK && db_next(r))
			caprecount_read(c->arena, r, 0,
			    one_more_cap(c, &c->click_caps, &c->n_click_caps));
		rc = rc == ERR_OK ? db_rows_close(&r) : rc;
		c->has_click_caps = rc == ERR_OK;
	}
	*out = c->click_caps;
	*n = c->n_click_caps;
	return rc;
}

static enum err
read_partners(struct conf *c, struct db *db, struct str ids)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT p.offer_id, p.account_id, p.percent " KEYS
	    "offer_partner p ON p.offer_id = k.id ORDER BY p.offer_id, p.account_id",
	    "s", ids);

	while (rc == ERR_OK && db_next(r)) {
		struct conf_offer *o = conf_offer(c, (uint32_t)db_u64(r, 0));

		if (o == NULL)
			continue;
		o->partner = one_more(c, o->partner, o->n_partners, sizeof(*o->partner));
		o->partner[o->n_partners++] =
		    (struct conf_partner){(uint32_t)db_u64(r, 1), db_i64(r, 2)};
		conf_need_account(c, (uint32_t)db_u64(r, 1));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static void
add_manager(struct conf *c, struct conf_account *a, uint32_t id)
{
	for (unsigned i = 0; i < a->n_managers; i++) {
		if (a->manager[i] == id)
			return;
	}
	if (id == 0)
		return;
	a->manager = one_more(c, a->manager, a->n_managers, sizeof(*a->manager));
	a->manager[a->n_managers++] = id;
	conf_need_account(c, id);
}

static enum err
read_managers(struct conf *c, struct db *db, struct str ids)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT m.account_id, m.manager_id " KEYS
	    "account_manager m ON m.account_id = k.id ORDER BY m.account_id, "
	    "m.manager_id",
	    "s", ids);

	while (rc == ERR_OK && db_next(r)) {
		struct conf_account *a = get_by_id(&c->accounts, (uint32_t)db_u64(r, 0));

		if (a != NULL)
			add_manager(c, a, (uint32_t)db_u64(r, 1));
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
read_accounts(struct conf *c, struct db *db, struct str ids)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT a.id, a.status, a.deleted, a.auto_pending, a.ref_account_id, "
	    "a.ref_percent, "
	    "a.percentage_override, a.allowed_ip, a.hash_password, a.void_ips, "
	    "a.manager_percent, a.manager_base = 'margin', a.manager_id " KEYS
	    "account a ON a.id = k.id",
	    "s", ids);

	while (rc == ERR_OK && db_next(r)) {
		struct conf_account *a = arena_alloc(c->arena, sizeof(*a));

		a->id = (uint32_t)db_u64(r, 0);
		a->status = (uint8_t)db_u64(r, 1);
		a->deleted = db_i64(r, 2) != 0;
		a->auto_pending = db_i64(r, 3) != 0;
		a->ref_id = (uint32_t)db_u64(r, 4);
		a->ref_percent = or_none(r, 5);
		a->override = or_none(r, 6);
		a->allowed_ip = keep(c, r, 7);
		a->secret = keep(c, r, 8);
		a->void_ips = keep(c, r, 9);
		a->manager_percent = or_none(r, 10);
		a->of_margin = db_i64(r, 11) != 0;
		add_manager(c, a, (uint32_t)db_u64(r, 12));
		bytemap_put(&c->accounts, id_key(&a->id), a);
		conf_need_account(c, a->ref_id);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

static enum err
read_pages(struct conf *c, struct db *db, struct str ids)
{
	struct db_rows *r = NULL;
	enum err rc = db_query(db, &r,
	    "SELECT p.id, p.offer_id, p.postback_ips, p.void_ips " KEYS
	    "landing_page p ON p.id = k.id",
	    "s", ids);

	while (rc == ERR_OK && db_next(r)) {
		struct conf_page *p = arena_alloc(c->arena, sizeof(*p));

		p->id = (uint32_t)db_u64(r, 0);
		p->offer_id = (uint32_t)db_u64(r, 1);
		p->postback_ips = keep(c, r, 2);
		p->void_ips = keep(c, r, 3);
		bytemap_put(&c->pages, id_key(&p->id), p);
	}
	return rc == ERR_OK ? db_rows_close(&r) : rc;
}

enum err
conf_fetch(struct conf *c, struct db *db)
{
	enum err rc = ERR_OK;
	struct str ids;

	assert(OBJ_IS(c, CONF_MAGIC));
	if (c->want_offers.n > 0) {
		ids = arena_str(c->arena, take_ids(c, &c->want_offers, &c->offers));
		rc = read_offers(c, db, ids);
		if (rc == ERR_OK)
			rc = read_rules(c, db, ids);
		if (rc == ERR_OK)
			rc = read_groups(c, db, ids);
		if (rc == ERR_OK)
			rc = read_caps(c, db, ids);
		if (rc == ERR_OK)
			rc = read_partners(c, db, ids);
	}
	if (rc == ERR_OK && c->want_pages.n > 0)
		rc = read_pages(c, db, take_ids(c, &c->want_pages, &c->pages));
	/* Accounts bring those who referred and who manage them, and these theirs, each
	 * of them once: it ends where the chain does. */
	while (rc == ERR_OK && c->want_accounts.n > 0) {
		ids = arena_str(c->arena, take_ids(c, &c->want_accounts, &c->accounts));
		rc = read_accounts(c, db, ids);
		if (rc == ERR_OK)
			rc = read_managers(c, db, ids);
	}
	c->want_accounts.n = 0;
	if (rc != ERR_OK)
		c->version = 0; /* what was marked absent may only be unread */
	return rc;
}

struct conf_offer *
conf_offer(struct conf *c, uint32_t id)
{
	return get_by_id(&c->offers, id);
}

const struct conf_account *
conf_account(struct conf *c, uint32_t id)
{
	return get_by_id(&c->accounts, id);
}

const struct conf_page *
conf_page(struct conf *c, uint32_t id)
{
	return get_by_id(&c->pages, id);
}

bool
conf_first_time(struct conf *c, uint32_t offer)
{
	if (bytemap_get(&c->said, id_key(&offer)) != NULL)
		return false;
	bytemap_put(&c->said, id_key(&offer), &absent);
	return true;
}

bool
conf_goal_is_base(struct str value)
{
	return value.n == 0 || str_eq(value, STR("1"));
}

uint32_t
conf_goal(struct conf *c, struct str value)
{
	char low[LONGEST_GOAL];
	const uint32_t *id;

	if (value.n > sizeof(low))
		return 0;
	id = bytemap_get(&c->goals, lower(low, value));
	return id == NULL ? 0 : *id;
}

bool
conf_goal_id(struct conf *c, uint32_t id)
{
	return bytemap_get(&c->goal_ids, id_key(&id)) != NULL;
}

enum err
conf_goal_make(struct conf *c, struct db *db, struct str value, us_t now, uint32_t *id)
{
	char low[LONGEST_GOAL];
	uint64_t version;
	enum err rc;

	assert(value.n <= sizeof(low));
	rc = db_exec(db, "INSERT INTO goal (value, title, created_us) VALUES (?, ?, ?)",
	    "ssi", lower(low, value), value, (int64_t)now);
	if (rc == ERR_DB_DUP)
		return ERR_DB_RETRY;
	if (rc != ERR_OK)
		return rc;
	*id = (uint32_t)db_insert_id(db);
	add_goal(c, value, *id);
	/* Should this transaction be rolled back, the goal is not there: the next batch
	 * reads anew. */
	c->version = 0;
	return catalog_bump(db, BUMP_GOAL, *id, &version);
}

int64_t
conf_rate(const struct conf *c, const char currency[4], us_t at)
{
	int64_t rate = 0;

	if (str_eq(c->net.base_currency, str_n(currency, strnlen(currency, 4))))
		return MONEY_UNIT;
	for (unsigned i = 0; i < c->n_rates; i++) {
		if (memcmp(c->rate[i].currency, currency, 4) == 0 &&
		    c->rate[i].from <= at)
			rate = c->rate[i].rate;
	}
	return rate;
}
