/* SPDX-License-Identifier: Apache-2.0
 * natsrule.c - /api/offer: commission changes and goals.
 *
 * A change is a payout rule beside change 0; a goal of an offer is the rule that names
 * the goal and nothing else, which this dialect shows as the goal's change 0.
 */
#include "api/nats/natskit.h"
#include "base/datetext.h"
#include "domain/country.h"
#include "domain/goal.h"
#include "domain/netset.h"
#include "domain/offer.h"
#include "report/countryno.h"

#define MOST_GOALS 500u

/* The amounts and switches that two calls share: type and name of each row. */
#define RATES(X)                                  \
	X(money, flat_amount_per_click)           \
	X(money, flat_amount_per_visitor)         \
	X(money, flat_amount_per_conversion)      \
	X(money, flat_amount_per_continuity)      \
	X(pct, percentage_of_customer_conversion) \
	X(pct, percentage_of_customer_continuity) \
	X(flag, aff_manager_payout)               \
	X(flag, aff_referral_payout)              \
	X(flag, offer_partner_payout)

struct rates {
#define X(type_, name_) arg_##type_##_t name_;
	RATES(X)
#undef X
#define X(type_, name_) uint8_t has_##name_;
	RATES(X)
#undef X
};

static const struct natskit_name names[] = {
    {"offerid", "offerid", true},
    {"changeid", "changeid", true},
    {"goalid", "goalid", true},
    {"goal_id", "goal_id", true},
    {"offer_goal_id", "offer_goal_id", true},
    {"username", "username", true},
    {"loginid", "loginid", true},
    {"aff_click", "flat_amount_per_click", false},
    {"aff_visitor", "flat_amount_per_visitor", false},
    {"aff_conversion", "flat_amount_per_conversion", false},
    {"aff_continuity", "flat_amount_per_continuity", false},
    {"pct_conversion", "percentage_of_customer_conversion", false},
    {"pct_continuity", "percentage_of_customer_continuity", false},
    {NULL, NULL, false},
};

static void
take_opt(uint8_t has, int64_t v, struct opt *to)
{
	if (has != ARG_ABSENT)
		*to = has == ARG_SENT ? OPT(v) : OPT_NONE;
}

static void
take_rates(const struct rates *f, struct rule *r)
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
	if (f->has_aff_manager_payout != ARG_ABSENT)
		r->pay_managers = f->aff_manager_payout;
	if (f->has_aff_referral_payout != ARG_ABSENT)
		r->pay_referrals = f->aff_referral_payout;
	if (f->has_offer_partner_payout != ARG_ABSENT)
		r->pay_partners = f->offer_partner_payout;
}

/* Which rates of a change count: those it gives, and those it leaves to the default. */
static void
set_type(struct rule *r, const struct rule *def)
{
	enum rule_type own = rule_narrow_type(r);

	if (def == NULL || def->commission_type == RULE_NONE)
		r->commission_type = (int)own;
	else if (own == RULE_NONE || (int)own == def->commission_type)
		r->commission_type = RULE_NONE;
	else
		r->commission_type = RULE_HYBRID;
}

/* The general price of a goal, 0 the offer's own; NULL: there is none. */
static const struct rule *
general_of(const struct offer *o, int64_t goal_id)
{
	const struct rule *found = NULL;

	if (goal_id == 0)
		return offer_base_rule(o);
	for (size_t i = 0; i < o->n_rule; i++) {
		const struct rule *r = &o->rule[i];

		if (r->goal_id == goal_id && rule_is_general(r) &&
		    (found == NULL || r->id > found->id))
			found = r;
	}
	return found;
}

static enum err
lock_offer(struct change *c, int64_t id, struct offer *o)
{
	enum err rc = offer_lock(c, id, o);

	if (rc == ERR_NOT_FOUND)
		return change_fault(c, ERR_INVALID, "offerid", "is no offer");
	return rc;
}

/* An offer goal's number to the goal's; 0 stays 0. */
static enum err
goal_of(struct change *c, const struct offer *o, const char *param, int64_t offer_goal,
    int64_t *goal_id)
{
	enum err rc = ERR_OK;

	*goal_id = 0;
	if (offer_goal == 0)
		return ERR_OK;
	rc = db_int(c->db, goal_id, 0,
	    "SELECT goal_id FROM offer_goal WHERE id = ? AND offer_id = ?", "ii",
	    offer_goal, o->id);
	if (rc == ERR_OK && *goal_id == 0)
		return change_fault(c, ERR_INVALID, param, "is no goal of the offer");
	return rc;
}

static enum err
base_currency(struct change *c, const struct offer *o, struct str *out)
{
	const struct rule *base = offer_base_rule(o);

	if (base != NULL) {
		*out = base->currency;
		return ERR_OK;
	}
	return netset_get(c->db, c->arena, STR("base_currency"), out);
}

/* ---- add_commission_change ---- */

struct adding {
	const struct args_nats_add_commission_change *a;
	struct rates f;
	struct rule r;
};

static enum err
read_time(struct change *c, const char *name, uint8_t has, struct str text, int64_t *to)
{
	struct str zone;
	const struct zone *z;
	us_t at;
	enum err rc;

	if (has != ARG_SENT)
		return ERR_OK;
	rc = netset_get(c->db, c->arena, STR("time_zone"), &zone);
	if (rc != ERR_OK)
		return rc;
	z = zone_get(zone);
	if (!datetext_parse(
		str_trim(text), z == NULL ? zone_utc_zone() : z, c->now, &at) ||
	    at <= 0)
		return change_fault(c, ERR_INVALID, name, "is no date this server reads");
	*to = at;
	return ERR_OK;
}

static enum err
take_affiliate(
    struct change *c, const struct args_nats_add_commission_change *a, struct rule *r)
{
	int64_t id = a->has_loginid == ARG_SENT ? a->loginid : 0, found = 0;
	enum err rc;

	if (a->has_username == ARG_SENT) {
		rc = account_by_username(c->db, a->username, 0, &found);
		if (rc == ERR_NOT_FOUND || (rc == ERR_OK && id != 0 && id != found))
			return change_fault(c, ERR_INVALID, "username", "is nobody");
		if (rc != ERR_OK)
			return rc;
		id = found;
	} else if (id != 0) {
		rc = db_int(c->db, &found, 0,
		    "SELECT id FROM account WHERE id = ? AND NOT deleted", "i", id);
		if (rc == ERR_OK && found == 0)
			return change_fault(c, ERR_INVALID, "loginid", "is nobody");
		if (rc != ERR_OK)
			return rc;
	}
	if (id != 0)
		r->affiliates = natskit_number(c->arena, id);
	return ERR_OK;
}

static enum err
take_countries(struct change *c, struct arg_strs list, struct rule *r)
{
	struct str all = STR(""), bad;

	for (size_t i = 0; i < list.n; i++)
		all = arena_printf(
		    c->arena, STR_FMT "," STR_FMT, STR_ARG(all), STR_ARG(list.v[i]));
	if (country_list(c->arena, all, &r->countries, &bad))
		return ERR_OK;
	return change_fault(c, ERR_INVALID, "countries",
	    "has no country of the code " STR_FMT, STR_ARG(bad));
}

static enum err
take_change(
    struct change *c, const struct args_nats_add_commission_change *a, struct rule *r)
{
	/* In the order of the row's words. */
	static const enum rule_kind kinds[] = {
	    RULE_STANDARD, RULE_DISABLE, RULE_TEMPORARY};
	enum err rc = take_affiliate(c, a, r);

	r->kind = (int)kinds[a->type.no];
	r->sub1 = a->has_subaff == ARG_SENT ? a->subaff : STR("");
	r->sub2 = a->has_subaff2 == ARG_SENT ? a->subaff2 : STR("");
	r->sub3 = a->has_subaff3 == ARG_SENT ? a->subaff3 : STR("");
	r->sub4 = a->has_subaff4 == ARG_SENT ? a->subaff4 : STR("");
	r->sub5 = a->has_subaff5 == ARG_SENT ? a->subaff5 : STR("");
	if (rc == ERR_OK)
		rc = take_countries(c, a->countries, r);
	if (rc != ERR_OK || r->kind != RULE_TEMPORARY)
		return rc;
	rc = read_time(c, "start_time", a->has_start_time, a->start_time, &r->start_us);
	if (rc == ERR_OK)
		rc = read_time(c, "end_time", a->has_end_time, a->end_time, &r->end_us);
	if (rc == ERR_OK && r->start_us == 0 && r->end_us == 0)
		return change_fault(
		    c, ERR_MISSING, "start_time", "is required for a temporary change");
	if (rc == ERR_OK && r->start_us != 0 && r->end_us != 0 &&
	    r->end_us <= r->start_us)
		return change_fault(
		    c, ERR_INVALID, "end_time", "is not after start_time");
	return rc;
}

static enum err
do_add(struct change *c, void *what)
{
	struct adding *x = what;
	const struct rule *def;
	struct str currency;
	struct offer o;
	int64_t goal_id = 0;
	enum err rc = lock_offer(c, x->a->offerid, &o);

	if (rc == ERR_OK)
		rc = goal_of(c, &o, "goalid",
		    x->a->has_goalid == ARG_SENT ? x->a->goalid : 0, &goal_id);
	if (rc == ERR_OK)
		rc = base_currency(c, &o, &currency);
	if (rc != ERR_OK)
		return rc;
	rule_init(&x->r, o.id, currency);
	x->r.change_id = -1;
	x->r.goal_id = goal_id;
	/* What it leaves to the default and the subs are more than Affise can say. */
	x->r.expressed_by = RULE_BY_NATS;
	rc = take_change(c, x->a, &x->r);
	if (rc != ERR_OK)
		return rc;
	def = general_of(&o, goal_id);
	if (def != NULL) {
		x->r.pay_managers = def->pay_managers;
		x->r.pay_referrals = def->pay_referrals;
		x->r.pay_partners = def->pay_partners;
	}
	if (x->r.kind != RULE_DISABLE)
		take_rates(&x->f, &x->r);
	if (offer_base_rule(&o) != NULL)
		x->r.pct_base = offer_base_rule(&o)->pct_base;
	set_type(&x->r, def);
	return rule_put(c, &x->r);
}

int
api_nats_add_commission_change(
    struct api_req *rq, const struct args_nats_add_commission_change *a)
{
	struct adding x = {.a = a};
	struct change c = natskit_change(rq);
	enum err rc;

#define X(type_, name_)       \
	x.f.name_ = a->name_; \
	x.f.has_##name_ = a->has_##name_;
	RATES(X)
#undef X
	rc = natskit_run(rq, &c, do_add, &x, names);
	if (rc != ERR_OK)
		return (int)rc;
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "result");
	jsonw_cstr(rq->out, "Success");
	jsonw_key(rq->out, "message");
	jsonw_obj(rq->out);
	jsonw_key(rq->out, "changeid");
	jsonw_int(rq->out, x.r.change_id);
	jsonw_end(rq->out);
	jsonw_end(rq->out);
	return ERR_OK;
}

/* ---- set_commission_change_payouts ---- */

struct setting {
	const struct args_nats_set_commission_change_payouts *a;
	struct rates f;
};

/* The change that is meant: 0 is the default of the offer or goal. */
static const struct rule *
find_change(const struct offer *o, int64_t change, bool goal_sent, int64_t goal_id)
{
	if (change == 0)
		return general_of(o, goal_id);
	for (size_t i = 0; i < o->n_rule; i++) {
		if (o->rule[i].change_id == change &&
		    (!goal_sent || o->rule[i].goal_id == goal_id))
			return &o->rule[i];
	}
	return NULL;
}

static enum err
do_set(struct change *c, void *what)
{
	const struct setting *x = what;
	bool goal_sent = x->a->has_goalid == ARG_SENT;
	const struct rule *old;
	struct offer o;
	struct rule r;
	int64_t goal_id = 0;
	enum err rc = lock_offer(c, x->a->offerid, &o);

	if (rc == ERR_OK)
		rc = goal_of(c, &o, "goalid", goal_sent ? x->a->goalid : 0, &goal_id);
	if (rc != ERR_OK)
		return rc;
	old = find_change(&o, x->a->changeid, goal_sent, goal_id);
	if (old == NULL)
		return change_fault(
		    c, ERR_INVALID, "changeid", "is no commission change");
	r = *old;
	take_rates(&x->f, &r);
	if (old == general_of(&o, old->goal_id)) {
		if (rule_narrow_type(&r) != rule_narrow_type(old))
			r.commission_type = (int)rule_narrow_type(&r);
	} else {
		set_type(&r, general_of(&o, old->goal_id));
	}
	return rule_put(c, &r);
}

int
api_nats_set_commission_change_payouts(
    struct api_req *rq, const struct args_nats_set_commission_change_payouts *a)
{
	struct setting x = {.a = a};
	struct change c = natskit_change(rq);
	enum err rc;

#define X(type_, name_)       \
	x.f.name_ = a->name_; \
	x.f.has_##name_ = a->has_##name_;
	RATES(X)
#undef X
	rc = natskit_run(rq, &c, do_set, &x, names);
	return rc != ERR_OK ? (int)rc : nats_result(rq, "Success", NULL);
}

/* ---- set_offer_goals ---- */

struct goals {
	int64_t offerid;
	struct json_object *list;
};

/* One goal of the list: a value by its name; STR_NONE: not sent. */
static struct str
sent(struct json_object *v, const char *name)
{
	return tree_get_str(v, name);
}

static enum err
read_amount(struct change *c, struct json_object *v, const char *name, bool percent,
    struct opt *to)
{
	struct str s = sent(v, name);
	int64_t n;

	if (s.p == NULL)
		return ERR_OK;
	*to = OPT_NONE;
	s = str_trim(s);
	if (s.n == 0)
		return ERR_OK;
	if (!(percent ? pct_parse(s, &n) : money_parse(s, &n)) || n < 0)
		return change_fault(
		    c, ERR_INVALID, name, "must be a decimal number, not negative");
	*to = OPT(n);
	return ERR_OK;
}

static enum err
read_switch(struct change *c, struct json_object *v, const char *name, bool *to)
{
	struct str s = sent(v, name);

	if (s.p == NULL)
		return ERR_OK;
	*to = str_eq(s, STR("1")) || str_ieq(s, STR("true")) || str_ieq(s, STR("yes")) ||
	      str_ieq(s, STR("on"));
	if (*to || s.n == 0 || str_eq(s, STR("0")) || str_ieq(s, STR("false")) ||
	    str_ieq(s, STR("no")) || str_ieq(s, STR("off")))
		return ERR_OK;
	return change_fault(c, ERR_INVALID, name, "must be 1 or 0");
}

/* What the affiliate gets for the goal. */
static enum err
take_commission(struct change *c, struct json_object *v, struct rule *r)
{
	struct str type = sent(v, "commission_type");
	bool percent = r->commission_type == RULE_CPS;

	if (type.n > 0) {
		percent = str_eq(type, STR("percentage"));
		if (!percent && !str_eq(type, STR("flat")))
			return change_fault(c, ERR_INVALID, "commission_type",
			    "must be flat or percentage");
		if (percent != r->pct_conversion.given)
			r->pct_conversion = OPT_NONE;
		if (percent)
			r->aff_conversion = OPT_NONE;
	}
	r->commission_type = percent ? RULE_CPS : RULE_CPA;
	return read_amount(
	    c, v, "amount", percent, percent ? &r->pct_conversion : &r->aff_conversion);
}

/* What the advertiser pays for it. */
static enum err
take_revenue(struct change *c, struct json_object *v, struct rule *r)
{
	struct str type = sent(v, "revenue_type");
	bool percent;

	if (type.n > 0) {
		int cost = row_word(rule_cost_words, type);

		if (cost != COST_DYNAMIC && cost != COST_CONVERSION && cost != COST_SALE)
			return change_fault(c, ERR_INVALID, "revenue_type",
			    "must be dynamic_conversion, conversion or sale");
		r->adv_cost_type = cost;
		if (cost == COST_DYNAMIC)
			r->adv_flat = r->adv_perc = OPT_NONE;
	}
	percent = r->adv_cost_type == COST_SALE;
	if (r->adv_cost_type != COST_SALE && r->adv_cost_type != COST_CONVERSION)
		return ERR_OK; /* nothing that an amount could be of */
	return read_amount(
	    c, v, "revenue_amount", percent, percent ? &r->adv_perc : &r->adv_flat);
}

/* By the number within the offer, else by the goal's own. */
static enum err
which_goal(
    struct change *c, const struct offer *o, struct json_object *v, int64_t *goal_id)
{
	struct str s = sent(v, "offer_goal_id");
	int64_t id;
	enum err rc;

	if (s.n > 0) {
		if (!str_to_i64(s, &id) || id <= 0)
			return change_fault(c, ERR_INVALID, "offer_goal_id", "is none");
		return goal_of(c, o, "offer_goal_id", id, goal_id);
	}
	s = sent(v, "goal_id").n > 0 ? sent(v, "goal_id") : sent(v, "goalid");
	if (s.n == 0)
		return change_fault(
		    c, ERR_MISSING, "", "Missing goal_id or offer_goal_id.");
	*goal_id = 0;
	if (!str_to_i64(s, &id))
		return change_fault(c, ERR_INVALID, "goal_id", "is none");
	rc = db_int(c->db, goal_id, 0, "SELECT id FROM goal WHERE id = ?", "i", id);
	if (rc == ERR_OK && *goal_id == 0)
		return change_fault(c, ERR_INVALID, "goal_id", "is none");
	return rc;
}

static enum err
put_goal(struct change *c, const struct offer *o, struct json_object *v)
{
	const struct rule *old;
	struct str currency;
	struct rule r;
	int64_t goal_id = 0;
	enum err rc = which_goal(c, o, v, &goal_id);

	if (rc == ERR_OK)
		rc = base_currency(c, o, &currency);
	if (rc != ERR_OK)
		return rc;
	old = general_of(o, goal_id);
	if (old != NULL) {
		r = *old;
	} else {
		rule_init(&r, o->id, currency);
		r.change_id = -1;
		r.goal_id = goal_id;
		r.commission_type = RULE_CPA;
		if (offer_base_rule(o) != NULL)
			r.pct_base = offer_base_rule(o)->pct_base;
	}
	rc = take_commission(c, v, &r);
	if (rc == ERR_OK)
		rc = take_revenue(c, v, &r);
	if (rc == ERR_OK)
		rc = read_switch(c, v, "aff_manager_payout", &r.pay_managers);
	if (rc == ERR_OK)
		rc = read_switch(c, v, "aff_referral_payout", &r.pay_referrals);
	if (rc == ERR_OK)
		rc = read_switch(c, v, "offer_partner_payout", &r.pay_partners);
	return rc == ERR_OK ? rule_put(c, &r) : rc;
}

static enum err
do_goals(struct change *c, void *what)
{
	const struct goals *g = what;
	struct offer o;
	enum err rc = lock_offer(c, g->offerid, &o);

	if (tree_len(g->list) > MOST_GOALS)
		return change_fault(
		    c, ERR_INVALID, "goal_vars", "has more than %u goals", MOST_GOALS);
	for (size_t i = 0; rc == ERR_OK && i < tree_len(g->list); i++) {
		struct json_object *v = tree_at(g->list, i);

		if (!tree_is_node(v))
			return change_fault(
			    c, ERR_INVALID, "goal_vars", "must be a list of goals");
		rc = put_goal(c, &o, v);
		/* The next may be the same goal again. */
		if (rc == ERR_OK)
			rc = offer_load(c->db, c->arena, o.id, &o);
	}
	return rc;
}

int
api_nats_set_offer_goals(struct api_req *rq, const struct args_nats_set_offer_goals *a)
{
	struct goals g = {a->offerid, a->goal_vars};
	struct change c = natskit_change(rq);
	enum err rc = natskit_run(rq, &c, do_goals, &g, names);

	return rc != ERR_OK ? (int)rc : nats_result(rq, "Success", NULL);
}
