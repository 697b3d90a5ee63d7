/* SPDX-License-Identifier: Apache-2.0
 * affisepay.c - payments of this dialect, and the payout rules they stand for.
 *
 * decisions.md §7: the general payment of goal 1 is change 0 of the offer, other payments
 * are one rule each.  What a payment cannot say (click and visitor rates, continuity,
 * prices by click) is neither written nor lost; a payment that says what is shown for its
 * rule leaves the rule as it is.
 */
#include "api/affise/affisekit.h"

#include "domain/country.h"
#include "domain/goal.h"
#include "domain/netset.h"
#include "domain/weburl.h"

#define LIST_MAX 500u
#define LONGEST_LIST 16000u
#define OS_MAX 96u
#define AMOUNT_MAX INT64_C(1000000000000000)
#define WHOLE (100 * PCT_UNIT)

/* ---- from a rule ---- */

static bool
counts_flat(const struct rule *r)
{
	return (r->commission_type == RULE_CPA || r->commission_type == RULE_HYBRID) &&
	       r->aff_conversion.given;
}

static bool
counts_percent(const struct rule *r)
{
	return (r->commission_type == RULE_CPS || r->commission_type == RULE_HYBRID) &&
	       r->pct_conversion.given;
}

/* The prices of a conversion as one payment.  A percentage of a fixed revenue is a fixed
 * amount; a percentage of what is sent is a percent payment; where neither is exact, the
 * affiliate's side is. */
static void
prices_of(const struct rule *r, struct affisepay *p)
{
	bool flat = counts_flat(r), percent = counts_percent(r);
	bool fixed_revenue = r->adv_cost_type == COST_CONVERSION;
	bool of_sale = r->adv_cost_type == COST_SALE || r->adv_cost_type == COST_DYNAMIC;

	p->percent = !flat && (percent || of_sale) &&
		     !(fixed_revenue && r->pct_base == RULE_REVENUE);
	if (p->percent) {
		p->revenue = percent ? r->pct_conversion.v : 0;
		p->total = r->adv_cost_type == COST_SALE      ? r->adv_perc.v
			   : r->adv_cost_type == COST_DYNAMIC ? WHOLE
							      : 0;
		return;
	}
	p->total = fixed_revenue ? r->adv_flat.v : 0;
	p->revenue = flat ? r->aff_conversion.v : 0;
	if (percent && fixed_revenue && r->pct_base == RULE_REVENUE)
		p->revenue += money_percent(p->total, r->pct_conversion.v);
}

bool
affisepay_of(const struct rule *r, struct affisepay *out)
{
	bool subs = r->sub1.n + r->sub2.n + r->sub3.n + r->sub4.n + r->sub5.n > 0;

	if ((r->expressed_by & RULE_BY_AFFISE) == 0 || r->kind != RULE_STANDARD || subs)
		return false;
	*out = (struct affisepay){.goal = r->goal,
	    .goal_id = r->goal_id,
	    .countries = r->countries,
	    .country_exclude = r->country_exclude,
	    .title = r->title,
	    .currency = r->currency,
	    .url = r->url,
	    .affiliates = r->affiliates,
	    .cities = r->cities,
	    .devices = r->devices,
	    .os = r->os};
	prices_of(r, out);
	return true;
}

/* ---- what was sent ---- */

/* One payment or cap being read. */
struct reading {
	struct arena *a;
	struct json_object *node;
	const char *list;
	bool personal;
	size_t i;
	struct fault *f;
};

static enum err
wrong(const struct reading *r, enum err e, const char *member, const char *text)
{
	return fault_set(r->f, e,
	    arena_printf(r->a, "%s[%zu][%s]", r->list, r->i, member).p, "%s", text);
}

static enum err
read_amount(const struct reading *r, const char *member, bool percent, int64_t *out)
{
	struct str s = str_trim(tree_get_str(r->node, member));

	*out = 0;
	if (s.n == 0)
		return ERR_OK;
	if (!(percent ? pct_parse(s, out) : money_parse(s, out)) || *out < 0)
		return wrong(
		    r, ERR_INVALID, member, "must be a decimal number, not negative");
	if (*out > (percent ? RULE_PCT_MAX : AMOUNT_MAX))
		return wrong(r, ERR_INVALID, member, "is too large");
	return ERR_OK;
}

/* countries[] as an array, one code, or a comma list; "all" and nothing are the whole
 * world. */
static enum err
read_countries(const struct reading *r, struct str *out)
{
	struct json_object *node = tree_get(r->node, "countries");
	struct str all = STR(""), bad;

	for (size_t i = 0; i < tree_len(node); i++) {
		struct str one = tree_str(tree_at(node, i));

		if (one.n > 0 && !str_ieq(one, STR("all")))
			all = arena_printf(r->a, "%.*s,%.*s", STR_ARG(all), STR_ARG(one));
	}
	if (!country_list(r->a, all, out, &bad))
		return wrong(
		    r, ERR_INVALID, "countries", "has a code that is no country");
	return ERR_OK;
}

static enum err
read_currency(const struct reading *r, struct str *out)
{
	struct str s = str_trim(tree_get_str(r->node, "currency"));
	char *up = arena_alloc(r->a, 4);

	if (s.n == 0)
		return wrong(r, ERR_MISSING, "currency", "is required");
	if (s.n != 3)
		return wrong(r, ERR_INVALID, "currency", "must be a currency code");
	for (size_t i = 0; i < 3; i++)
		up[i] =
		    s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 'a' + 'A') : s.p[i];
	*out = str_n(up, 3);
	return ERR_OK;
}

typedef bool good_f(struct str one);

static bool
is_number(struct str one)
{
	uint64_t v;

	return str_to_u64(one, &v) && v > 0 && v <= UINT32_MAX;
}

static bool
is_device(struct str one)
{
	return str_eq(one, STR("desktop")) || str_eq(one, STR("mobile")) ||
	       str_eq(one, STR("tablet")) || str_eq(one, STR("ipod"));
}

static bool
is_os(struct str one)
{
	return one.n <= OS_MAX && str_is_utf8(one);
}

static bool
has_one(struct str list, struct str one)
{
	while (list.n > 0)
		if (str_eq(str_split(&list, ','), one))
			return true;
	return false;
}

/* An array, or a text with commas, as a comma list that holds each once. */
static enum err
read_list(const struct reading *r, const char *member, good_f *good, struct str *out)
{
	struct json_object *node = tree_get(r->node, member);

	*out = STR("");
	for (size_t i = 0; i < tree_len(node); i++) {
		struct str rest = tree_str(tree_at(node, i));

		while (rest.p != NULL && rest.n > 0) {
			struct str one = str_trim(str_split(&rest, ','));

			if (one.n == 0 || has_one(*out, one))
				continue;
			if (!good(one) || out->n > LONGEST_LIST)
				return wrong(
				    r, ERR_INVALID, member, "has an entry that is none");
			*out = arena_printf(r->a, STR_FMT "%s" STR_FMT, STR_ARG(*out),
			    out->n > 0 ? "," : "", STR_ARG(one));
		}
	}
	return ERR_OK;
}

static enum err
read_whom(const struct reading *r, struct affisepay *p)
{
	enum err rc = read_list(r, "cities", is_number, &p->cities);

	if (rc == ERR_OK)
		rc = read_list(r, "devices", is_device, &p->devices);
	if (rc == ERR_OK)
		rc = read_list(r, "os", is_os, &p->os);
	p->affiliates = STR("");
	if (rc != ERR_OK || !r->personal)
		return rc;
	rc = read_list(r, "partners", is_number, &p->affiliates);
	if (rc == ERR_OK && p->affiliates.n == 0)
		return wrong(r, ERR_MISSING, "partners", "is required");
	return rc;
}

static enum err
read_payment(const struct reading *r, struct affisepay *p)
{
	const char *bad;
	struct str type = tree_get_str(r->node, "type"),
		   exclude = tree_get_str(r->node, "country_exclude");
	enum err rc;

	*p = (struct affisepay){.title = tree_get_str(r->node, "title"),
	    .goal = STR("1"),
	    .url = tree_get_str(r->node, "url")};
	if (p->url.p == NULL)
		p->url = STR("");
	bad = p->url.n == 0 ? NULL : weburl_wrong(p->url);
	if (bad != NULL)
		return wrong(r, ERR_INVALID, "url", bad);
	if (type.n == 0)
		return wrong(r, ERR_MISSING, "type", "is required");
	p->percent = str_eq(type, STR("percent"));
	if (!p->percent && !str_eq(type, STR("fixed")))
		return wrong(r, ERR_INVALID, "type", "must be fixed or percent");
	if (p->title.p == NULL)
		p->title = STR("");
	if (tree_get_str(r->node, "goal").n > 0)
		p->goal = tree_get_str(r->node, "goal");
	if (!goal_value_ok(p->goal))
		return wrong(r, ERR_INVALID, "goal",
		    "may hold digits, letters, _ and -, and not be 0");
	if (exclude.n > 0 && !str_eq(exclude, STR("0")) && !str_eq(exclude, STR("1")) &&
	    !str_eq(exclude, STR("true")) && !str_eq(exclude, STR("false")))
		return wrong(r, ERR_INVALID, "country_exclude", "must be 1 or 0");
	p->country_exclude = str_eq(exclude, STR("1")) || str_eq(exclude, STR("true"));
	rc = read_whom(r, p);
	if (rc == ERR_OK)
		rc = read_currency(r, &p->currency);
	if (rc == ERR_OK)
		rc = read_countries(r, &p->countries);
	if (rc == ERR_OK)
		rc = read_amount(r, "total", p->percent, &p->total);
	if (rc == ERR_OK)
		rc = read_amount(r, "revenue", p->percent, &p->revenue);
	if (p->countries.n == 0)
		p->country_exclude = false;
	return rc;
}

enum err
affisepay_read(struct arena *a, struct json_object *tree, bool personal,
    struct affisepay **out, size_t *n, struct fault *f)
{
	struct reading r = {.a = a,
	    .list = personal ? "partner_payments" : "payments",
	    .personal = personal,
	    .f = f};
	enum err rc = ERR_OK;

	*n = tree_len(tree);
	*out = arena_alloc(a, (*n + 1) * sizeof(**out));
	if (*n > LIST_MAX)
		return fault_set(
		    f, ERR_INVALID, r.list, "has more than %u entries", LIST_MAX);
	for (r.i = 0; r.i < *n && rc == ERR_OK; r.i++) {
		r.node = tree_at(tree, r.i);
		if (!tree_is_node(r.node))
			return fault_set(
			    f, ERR_INVALID, r.list, "must be a list of payments");
		rc = read_payment(&r, &(*out)[r.i]);
	}
	return rc;
}

/* ---- into rules ---- */

static bool
same_payment(const struct affisepay *a, const struct affisepay *b)
{
	return a->percent == b->percent && a->total == b->total &&
	       a->revenue == b->revenue && str_eq(a->title, b->title) &&
	       str_eq(a->url, b->url) && str_eq(a->currency, b->currency);
}

static void
set_affiliate(struct rule *r, const struct affisepay *p)
{
	rule_drop_dormant(r);
	r->aff_conversion = p->percent ? OPT_NONE : OPT(p->revenue);
	r->pct_conversion = p->percent ? OPT(p->revenue) : OPT_NONE;
	if (p->percent)
		r->pct_base = RULE_GROSS;
	r->commission_type = (int)rule_narrow_type(r);
}

static void
set_advertiser(struct rule *r, const struct affisepay *p)
{
	r->adv_cost_type = p->percent ? COST_SALE : COST_CONVERSION;
	r->adv_flat = p->percent ? OPT_NONE : OPT(p->total);
	r->adv_perc = p->percent ? OPT(p->total) : OPT_NONE;
}

/* Writes into the rule what differs from what is shown for it. */
static void
set_prices(struct rule *r, const struct affisepay *p)
{
	struct affisepay shown;
	bool old = r->id != 0 && affisepay_of(r, &shown) && shown.percent == p->percent;

	if (!old || shown.revenue != p->revenue)
		set_affiliate(r, p);
	if (!old || shown.total != p->total)
		set_advertiser(r, p);
	r->title = p->title;
	r->currency = p->currency;
	r->url = p->url;
}

/* Payments on their way into an offer's rules. */
struct putting {
	struct change *c;
	const struct offer *o;
	bool personal;
	bool *taken; /* of o's rules: a payment stands for it */
	bool base;   /* change 0 is there, or was just made */
};

static enum err
put_new(struct putting *t, const struct affisepay *p)
{
	bool general = p->goal_id == 0 && p->countries.n == 0 && p->affiliates.n == 0 &&
		       p->cities.n == 0 && p->devices.n == 0 && p->os.n == 0;
	struct rule r;

	rule_init(&r, t->o->id, p->currency);
	/* A second general payment of goal 1 cannot be change 0 too: it is a rule beside
	 * it, and as the later one it wins (C1). */
	r.change_id = general && !t->base ? 0 : -1;
	t->base = t->base || general;
	r.expressed_by =
	    r.change_id == 0 ? RULE_BY_NATS | RULE_BY_AFFISE : RULE_BY_AFFISE;
	r.goal_id = p->goal_id;
	r.countries = p->countries;
	r.country_exclude = p->country_exclude;
	r.affiliates = p->affiliates;
	r.cities = p->cities;
	r.devices = p->devices;
	r.os = p->os;
	set_prices(&r, p);
	return rule_put(t->c, &r);
}

/* A payment that is no longer sent: its rule ends, but for what this dialect cannot say
 * about change 0. */
static enum err
take_away(struct change *c, const struct rule *old)
{
	struct rule r = *old;

	rule_drop_dormant(&r);
	r.url = STR("");
	r.aff_conversion = r.pct_conversion = OPT_NONE;
	r.commission_type = (int)rule_narrow_type(&r);
	if (r.adv_cost_type == COST_CONVERSION || r.adv_cost_type == COST_SALE ||
	    r.adv_cost_type == COST_DYNAMIC) {
		r.adv_cost_type = COST_NONE;
		r.adv_flat = r.adv_perc = OPT_NONE;
	}
	if (r.change_id != 0 ||
	    (r.commission_type == RULE_NONE && r.adv_cost_type == COST_NONE))
		return rule_end(c, old);
	return rule_put(c, &r);
}

/* The rule that stands for the payment, of those not taken yet; -1: none. */
static ptrdiff_t
find_rule(const struct putting *t, const struct affisepay *p)
{
	const struct rule place = {.goal_id = p->goal_id,
	    .countries = p->countries,
	    .country_exclude = p->country_exclude,
	    .affiliates = p->affiliates,
	    .cities = p->cities,
	    .devices = p->devices,
	    .os = p->os};
	struct affisepay shown;

	for (size_t i = 0; i < t->o->n_rule; i++)
		if (!t->taken[i] && affisepay_of(&t->o->rule[i], &shown) &&
		    rule_same_place(&t->o->rule[i], &place))
			return (ptrdiff_t)i;
	return -1;
}

/* Everybody whom a personal payment names is an affiliate. */
static enum err
check_partners(struct change *c, struct str list)
{
	int64_t n = 0;
	enum err rc = db_int(c->db, &n, 0,
	    "SELECT COUNT(*) FROM JSON_TABLE(CONCAT('[', ?, ']'), '$[*]' COLUMNS (id INT "
	    "UNSIGNED PATH '$')) j LEFT JOIN account a ON a.id = j.id AND NOT a.deleted "
	    "WHERE a.id IS NULL OR a.type = 140",
	    "s", list);

	if (rc == ERR_OK && n > 0)
		return change_fault(
		    c, ERR_INVALID, "affiliates", "has no such affiliate");
	return rc;
}

static enum err
put_one(struct putting *t, struct affisepay *p)
{
	struct affisepay shown;
	struct rule r;
	ptrdiff_t i;
	enum err rc = goal_make(t->c, p->goal, &p->goal_id);

	if (rc == ERR_OK && p->affiliates.n > 0)
		rc = check_partners(t->c, p->affiliates);
	if (rc != ERR_OK)
		return rc;
	i = find_rule(t, p);
	if (i < 0)
		return put_new(t, p);
	t->taken[i] = true;
	r = t->o->rule[i];
	if (affisepay_of(&r, &shown) && same_payment(&shown, p))
		return ERR_OK;
	set_prices(&r, p);
	return rule_put(t->c, &r);
}

/* The rule's faults in the words of the payment. */
static enum err
name_fault(struct change *c, bool personal, size_t i, enum err rc)
{
	static const struct affisekit_name names[] = {{"adv_flat", "total"},
	    {"adv_perc", "total"}, {"aff_conversion", "revenue"},
	    {"pct_conversion", "revenue"}, {"currency", "currency"}, {"title", "title"},
	    {"affiliates", "partners"}};
	char text[sizeof(c->fault.text)];

	for (size_t k = 0; k < ARRAY_LEN(names); k++) {
		if (rc != c->fault.err || strcmp(names[k].column, c->fault.param) != 0)
			continue;
		memcpy(text, c->fault.text, sizeof(text));
		return change_fault(c, rc,
		    arena_printf(c->arena, "%spayments[%zu][%s]",
			personal ? "partner_" : "", i, names[k].wire)
			.p,
		    "%s", text);
	}
	return rc;
}

enum err
affisepay_put(struct change *c, const struct offer *o, bool personal,
    struct affisepay *sent, size_t n)
{
	struct putting t = {c, o, personal, arena_alloc(c->arena, o->n_rule + 1),
	    offer_base_rule(o) != NULL};
	struct affisepay shown;
	enum err rc = ERR_OK;

	for (size_t i = 0; i < n; i++) {
		rc = put_one(&t, &sent[i]);
		if (rc != ERR_OK)
			return name_fault(c, personal, i, rc);
	}
	for (size_t i = 0; i < o->n_rule && rc == ERR_OK; i++)
		if (!t.taken[i] && affisepay_of(&o->rule[i], &shown) &&
		    (shown.affiliates.n > 0) == personal)
			rc = take_away(c, &o->rule[i]);
	return rc;
}
