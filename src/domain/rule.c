/* SPDX-License-Identifier: Apache-2.0
 * rule.c - see rule.h.
 */
#include "domain/rule.h"

#include "base/weekly.h"

#include "domain/country.h"
#include "domain/netset.h"

#define WEEKLY_MAX 64u
#define TITLE_MAX 255u

const char *const rule_kind_words[] = {
    "standard", "disable", "temporary", "recurring", NULL};
const char *const rule_type_words[] = {"", "cpa", "cps", "click", "hybrid", NULL};
const char *const rule_base_words[] = {"revenue", "gross", NULL};
const char *const rule_cost_words[] = {
    "", "conversion", "dynamic_conversion", "sale", "click", "unique", NULL};

/* clang-format off */
#define COL(name_, kind_, words_) ", p." #name_
static const char sql_list[] = "SELECT p.id"
#include "tbl/rule_columns.h"
    ", COALESCE(g.value, '1'), COALESCE(g.title, ''), COALESCE(og.id, 0)"
    " FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, id INT UNSIGNED PATH '$')) j"
    " JOIN payout_rule p ON p.offer_id = j.id LEFT JOIN goal g ON g.id = p.goal_id"
    " LEFT JOIN offer_goal og ON og.offer_id = p.offer_id AND og.goal_id = p.goal_id"
    " WHERE p.valid_to_us IS NULL ORDER BY j.n, p.change_id, p.id";
static const char sql_current[] = "SELECT p.id"
#include "tbl/rule_columns.h"
    ", '', '', 0"
    " FROM payout_rule p WHERE p.offer_id = ? AND p.change_id = ? AND p.valid_to_us IS NULL FOR UPDATE";
#undef COL
/* clang-format on */

#define ROW_TABLE "payout_rule"
#define ROW_STRUCT struct rule
#define ROW_COLUMNS "tbl/rule_columns.h"
#include "domain/rowio.h"

void
rule_init(struct rule *r, int64_t offer_id, struct str currency)
{
	*r = (struct rule){.offer_id = offer_id,
	    .expressed_by = RULE_BY_NATS | RULE_BY_AFFISE,
	    .countries = STR(""),
	    .title = STR(""),
	    .currency = currency,
	    .affiliates = STR(""),
	    .cities = STR(""),
	    .devices = STR(""),
	    .os = STR(""),
	    .sub1 = STR(""),
	    .sub2 = STR(""),
	    .sub3 = STR(""),
	    .sub4 = STR(""),
	    .sub5 = STR(""),
	    .url = STR(""),
	    .weekly = STR(""),
	    .pay_managers = true,
	    .pay_referrals = true,
	    .pay_partners = true,
	    .goal = STR("1"),
	    .goal_title = STR("")};
}

static void
read_row(struct db_rows *r, struct arena *a, struct rule *p)
{
	unsigned i = row_read(r, a, p);

	p->goal = arena_str(a, db_str(r, i));
	p->goal_title = arena_str(a, db_str(r, i + 1));
	p->offer_goal_id = db_i64(r, i + 2);
}

enum err
rule_list(struct db *db, struct arena *a, struct str ids, struct rule **out, size_t *n)
{
	struct db_rows *r;
	enum err rc = db_query(db, &r, sql_list, "s", ids);

	*out = NULL;
	*n = 0;
	if (rc != ERR_OK)
		return rc;
	while (db_next(r)) {
		*out = row_grow(a, *out, *n, sizeof(**out));
		read_row(r, a, &(*out)[(*n)++]);
	}
	return db_rows_close(&r);
}

static bool
is_in(struct str list, struct str one)
{
	while (list.n > 0) {
		if (str_eq(str_split(&list, ','), one))
			return true;
	}
	return false;
}

static bool
same_set(struct str a, struct str b)
{
	struct str rest = a, one;

	/* Lists hold each code once, so equal length and inclusion are equality. */
	if (a.n != b.n)
		return false;
	while (rest.n > 0 && (one = str_split(&rest, ',')).p != NULL)
		if (!is_in(b, one))
			return false;
	return true;
}

static bool
same_visitor(const struct rule *a, const struct rule *b)
{
	return same_set(a->affiliates, b->affiliates) && same_set(a->cities, b->cities) &&
	       same_set(a->devices, b->devices) && same_set(a->os, b->os) &&
	       str_eq(a->sub1, b->sub1) && str_eq(a->sub2, b->sub2) &&
	       str_eq(a->sub3, b->sub3) && str_eq(a->sub4, b->sub4) &&
	       str_eq(a->sub5, b->sub5);
}

bool
rule_same_place(const struct rule *a, const struct rule *b)
{
	return a->goal_id == b->goal_id && same_set(a->countries, b->countries) &&
	       (a->countries.n == 0 || a->country_exclude == b->country_exclude) &&
	       same_visitor(a, b);
}

bool
rule_is_general(const struct rule *r)
{
	struct rule none;

	rule_init(&none, r->offer_id, r->currency);
	none.goal_id = r->goal_id;
	return r->kind == RULE_STANDARD && rule_same_place(r, &none);
}

bool
rule_same(const struct rule *a, const struct rule *b)
{
	return rule_same_place(a, b) && a->kind == b->kind &&
	       a->start_us == b->start_us && a->end_us == b->end_us &&
	       str_eq(a->weekly, b->weekly) && str_eq(a->title, b->title) &&
	       str_eq(a->url, b->url) && str_eq(a->currency, b->currency) &&
	       a->commission_type == b->commission_type &&
	       opt_eq(a->aff_click, b->aff_click) &&
	       opt_eq(a->aff_visitor, b->aff_visitor) &&
	       opt_eq(a->aff_conversion, b->aff_conversion) &&
	       opt_eq(a->aff_continuity, b->aff_continuity) &&
	       opt_eq(a->pct_conversion, b->pct_conversion) &&
	       opt_eq(a->pct_continuity, b->pct_continuity) &&
	       a->pct_base == b->pct_base && a->adv_cost_type == b->adv_cost_type &&
	       opt_eq(a->adv_flat, b->adv_flat) && opt_eq(a->adv_perc, b->adv_perc) &&
	       opt_eq(a->aff_cpm, b->aff_cpm) && opt_eq(a->adv_cpm, b->adv_cpm) &&
	       a->expressed_by == b->expressed_by && a->pay_managers == b->pay_managers &&
	       a->pay_referrals == b->pay_referrals && a->pay_partners == b->pay_partners;
}

void
rule_drop_dormant(struct rule *r)
{
	enum rule_type t = (enum rule_type)r->commission_type;

	if (t != RULE_CLICK && t != RULE_HYBRID)
		r->aff_click = r->aff_visitor = OPT_NONE;
	if (t != RULE_CPA && t != RULE_HYBRID)
		r->aff_conversion = r->aff_continuity = OPT_NONE;
	if (t != RULE_CPS && t != RULE_HYBRID)
		r->pct_conversion = r->pct_continuity = OPT_NONE;
}

enum rule_type
rule_narrow_type(const struct rule *r)
{
	bool click = r->aff_click.given || r->aff_visitor.given;
	bool flat = r->aff_conversion.given || r->aff_continuity.given;
	bool pct = r->pct_conversion.given || r->pct_continuity.given;

	if (click + flat + pct > 1)
		return RULE_HYBRID;
	return click ? RULE_CLICK : flat ? RULE_CPA : pct ? RULE_CPS : RULE_NONE;
}

bool
rule_has_no_conversion_price(const struct rule *r)
{
	return !r->aff_conversion.given && !r->pct_conversion.given &&
	       r->adv_cost_type == COST_NONE;
}

static enum err
check_rates(struct change *c, const struct rule *r)
{
	const struct {
		const char *name;
		struct opt v;
		int64_t most;
	} rates[] = {
	    {"aff_click", r->aff_click, MONEY_MOST},
	    {"aff_visitor", r->aff_visitor, MONEY_MOST},
	    {"aff_conversion", r->aff_conversion, MONEY_MOST},
	    {"aff_continuity", r->aff_continuity, MONEY_MOST},
	    {"pct_conversion", r->pct_conversion, RULE_PCT_MAX},
	    {"pct_continuity", r->pct_continuity, RULE_PCT_MAX},
	    {"adv_flat", r->adv_flat, MONEY_MOST},
	    {"adv_perc", r->adv_perc, RULE_PCT_MAX},
	    {"aff_cpm", r->aff_cpm, MONEY_MOST},
	    {"adv_cpm", r->adv_cpm, MONEY_MOST},
	};

	for (size_t i = 0; i < ARRAY_LEN(rates); i++)
		if (rates[i].v.given &&
		    (rates[i].v.v < 0 || rates[i].v.v > rates[i].most))
			return change_fault(c, ERR_INVALID, rates[i].name,
			    rates[i].v.v < 0              ? "may not be negative"
			    : rates[i].most == MONEY_MOST ? "is above 1000000000"
							  : "is above 1000 percent");
	return ERR_OK;
}

static enum err
check(struct change *c, const struct rule *r)
{
	struct weekly when;
	int64_t rate;
	enum err rc = check_rates(c, r);

	if (rc != ERR_OK)
		return rc;
	if (r->weekly.n > WEEKLY_MAX ||
	    (r->kind == RULE_RECURRING) != (r->weekly.n > 0) ||
	    (r->weekly.n > 0 && !weekly_parse(r->weekly, &when)))
		return change_fault(c, ERR_INVALID, "weekly",
		    "must be days, hours or both, such as fri,sat 22:00-06:00");
	if (!str_is_utf8(r->title) || r->title.n > TITLE_MAX)
		return change_fault(c, ERR_INVALID, "title", "is too long or not UTF-8");
	rc = netset_rate(c->db, r->currency, c->now, &rate);
	if (rc == ERR_OK && (rate == 0 || r->currency.n != 3))
		return change_fault(c, ERR_INVALID, "currency", "has no exchange rate");
	return rc;
}

/* The version in force, locked.  ERR_NOT_FOUND: none. */
static enum err
lock_current(struct change *c, int64_t offer_id, int64_t change_id, struct rule *out)
{
	struct db_rows *r;
	enum err rc = db_query(c->db, &r, sql_current, "ii", offer_id, change_id), end;

	if (rc != ERR_OK)
		return rc;
	rc = ERR_NOT_FOUND;
	if (db_next(r)) {
		read_row(r, c->arena, out);
		rc = ERR_OK;
	}
	end = db_rows_close(&r);
	return end != ERR_OK ? end : rc;
}

static enum err
end_version(struct change *c, const struct rule *r, us_t when)
{
	return db_exec(c->db,
	    "UPDATE payout_rule SET valid_to_us = ? WHERE id = ? AND valid_to_us IS NULL",
	    "ii", when, r->id);
}

enum err
rule_offer_goal(struct change *c, int64_t offer_id, int64_t goal_id, int64_t *id)
{
	enum err rc = db_exec(c->db,
	    "INSERT IGNORE INTO offer_goal (offer_id, goal_id) VALUES (?, ?)", "ii",
	    offer_id, goal_id);

	if (rc != ERR_OK)
		return rc;
	return db_int(c->db, id, 0,
	    "SELECT id FROM offer_goal WHERE offer_id = ? AND goal_id = ?", "ii",
	    offer_id, goal_id);
}

static enum err
insert(struct change *c, struct rule *r)
{
	enum err rc;

	rc = row_insert(c->db, r);
	if (rc != ERR_OK)
		return rc;
	if (r->goal_id != 0)
		rc = rule_offer_goal(c, r->offer_id, r->goal_id, &(int64_t){0});
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)r->offer_id, &c->version);
}

enum err
rule_put(struct change *c, struct rule *r)
{
	struct rule old;
	enum err rc = check(c, r);

	if (rc != ERR_OK)
		return rc;
	r->valid_from_us = c->now;
	r->valid_to_us = 0;
	if (r->change_id < 0) {
		rc = db_int(c->db, &r->change_id, 1,
		    "SELECT MAX(change_id) + 1 FROM payout_rule WHERE offer_id = ?", "i",
		    r->offer_id);
		return rc != ERR_OK ? rc : insert(c, r);
	}
	rc = lock_current(c, r->offer_id, r->change_id, &old);
	if (rc == ERR_NOT_FOUND)
		return insert(c, r);
	if (rc != ERR_OK)
		return rc;
	if (rule_same(&old, r)) {
		r->id = old.id;
		r->valid_from_us = old.valid_from_us;
		return ERR_OK;
	}
	/* Two edits in one microsecond, or a clock that was set back: versions still
	 * follow each other. */
	if (r->valid_from_us <= old.valid_from_us)
		r->valid_from_us = old.valid_from_us + 1;
	rc = end_version(c, &old, r->valid_from_us);
	return rc != ERR_OK ? rc : insert(c, r);
}

enum err
rule_end(struct change *c, const struct rule *r)
{
	struct rule old;
	enum err rc = lock_current(c, r->offer_id, r->change_id, &old);

	if (rc == ERR_NOT_FOUND)
		return ERR_OK;
	if (rc == ERR_OK)
		rc = end_version(
		    c, &old, c->now > old.valid_from_us ? c->now : old.valid_from_us + 1);
	if (rc != ERR_OK)
		return rc;
	return catalog_bump(c->db, BUMP_OFFER, (uint64_t)r->offer_id, &c->version);
}
