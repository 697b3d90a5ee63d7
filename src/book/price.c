/* SPDX-License-Identifier: Apache-2.0
 * price.c - see price.h.
 */
#include "book/price.h"

#include "base/record.h"

void
price_rule_init(struct price_rule *r)
{
	memset(r, 0, sizeof(*r));
	r->kind = PRICE_RULE_STANDARD;
	r->valid_to = PRICE_FOREVER;
	r->start = r->end = PRICE_NONE;
	r->aff_click = r->aff_visitor = r->aff_conversion = r->aff_continuity =
	    PRICE_NONE;
	r->pct_conversion = r->pct_continuity = PRICE_NONE;
	r->adv_flat = r->aff_cpm = r->adv_cpm = PRICE_NONE;
	r->adv_perc = PRICE_NONE;
}

/* AA is 0 and ZZ is 675. */
static unsigned
country_bit(uint16_t country)
{
	return ((unsigned)(country >> 8) - 'A') * 26 + ((unsigned)(country & 0xff) - 'A');
}

void
price_rule_country(struct price_rule *r, uint16_t country)
{
	unsigned bit;

	if (country == 0)
		return;
	bit = country_bit(country);
	r->countries[bit / 64] |= UINT64_C(1) << (bit % 64);
	r->has_countries = 1;
}

void
price_rule_weekly(struct price_rule *r, struct str text)
{
	if (!weekly_parse(text, &r->weekly))
		r->weekly = (struct weekly){0, 0, 0};
}

struct word {
	struct str text;
	uint8_t value;
};

static bool
find_word(const struct word *w, size_t n, struct str s, uint8_t *out)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(w[i].text, s)) {
			*out = w[i].value;
			return true;
		}
	}
	return false;
}

bool
price_kind_parse(struct str s, uint8_t *out)
{
	static const struct word words[] = {{STR("standard"), PRICE_RULE_STANDARD},
	    {STR("disable"), PRICE_RULE_DISABLE},
	    {STR("temporary"), PRICE_RULE_TEMPORARY},
	    {STR("recurring"), PRICE_RULE_RECURRING}};

	return find_word(words, ARRAY_LEN(words), s, out);
}

bool
price_commission_parse(struct str s, uint8_t *out)
{
	static const struct word words[] = {{STR(""), PRICE_COMM_NONE},
	    {STR("cpa"), PRICE_COMM_CPA}, {STR("cps"), PRICE_COMM_CPS},
	    {STR("click"), PRICE_COMM_CLICK}, {STR("hybrid"), PRICE_COMM_HYBRID}};

	return find_word(words, ARRAY_LEN(words), s, out);
}

bool
price_cost_parse(struct str s, uint8_t *out)
{
	static const struct word words[] = {{STR(""), PRICE_COST_NONE},
	    {STR("conversion"), PRICE_COST_CONVERSION},
	    {STR("dynamic_conversion"), PRICE_COST_DYNAMIC},
	    {STR("sale"), PRICE_COST_SALE}, {STR("click"), PRICE_COST_CLICK},
	    {STR("unique"), PRICE_COST_UNIQUE}};

	return find_word(words, ARRAY_LEN(words), s, out);
}

bool
price_base_parse(struct str s, uint8_t *out)
{
	static const struct word words[] = {
	    {STR("revenue"), PRICE_BASE_REVENUE}, {STR("gross"), PRICE_BASE_GROSS}};

	return find_word(words, ARRAY_LEN(words), s, out);
}

uint64_t
price_sub(struct str s)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(0x100000001b3);
	return h == 0 ? 1 : h;
}

uint32_t
price_name(struct str s)
{
	uint32_t h = 0x811c9dc5u;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		h = (h ^ (c >= 'A' && c <= 'Z' ? c | 0x20u : c)) * 0x01000193u;
	}
	return h == 0 ? 1 : h;
}

bool
price_devices_parse(struct str list, uint8_t *out)
{
	static const struct word words[] = {{STR("desktop"), 1 << 0},
	    {STR("mobile"), 1 << 1}, {STR("tablet"), 1 << 2},
	    {STR("ipod"), PRICE_DEVICE_IPOD}};
	uint8_t bit;

	*out = 0;
	while (list.p != NULL && list.n > 0) {
		if (!find_word(
			words, ARRAY_LEN(words), str_trim(str_split(&list, ',')), &bit))
			return false;
		*out |= bit;
	}
	return true;
}

/* A list whose bounds are wrong (a damaged image) has nobody in it. */
static bool
is_listed(const struct price_list *l, const struct price_ask *ask, uint32_t what)
{
	unsigned lo = l->first, n = l->n;

	if (what == 0 || ask->pool == NULL || lo > ask->n_pool || n > ask->n_pool - lo)
		return false;
	while (n > 0) {
		unsigned half = n / 2;
		uint32_t at = ask->pool[lo + half];

		if (at == what)
			return true;
		if (at < what) {
			lo += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return false;
}

static bool
subs_hold(const struct price_rule *r, const struct price_ask *ask)
{
	for (unsigned i = 0; i < PRICE_SUBS; i++) {
		if (r->sub[i] != 0 && (ask->sub == NULL || ask->sub[i].n == 0 ||
					  price_sub(ask->sub[i]) != r->sub[i]))
			return false;
	}
	return true;
}

/* Whom and what the rule is for, besides goal, country and time. */
static bool
visitor_holds(const struct price_rule *r, const struct price_ask *ask)
{
	if (r->affiliates.n > 0 && !is_listed(&r->affiliates, ask, ask->affiliate))
		return false;
	if (r->cities.n > 0 && !is_listed(&r->cities, ask, ask->city))
		return false;
	if (r->os.n > 0 && !is_listed(&r->os, ask, ask->os[0]) &&
	    !is_listed(&r->os, ask, ask->os[1]) && !is_listed(&r->os, ask, ask->os[2]))
		return false;
	return (r->devices == 0 || (r->devices & ask->devices) != 0) && subs_hold(r, ask);
}

/* How many restrictions it has, the affiliate apart. */
static unsigned
specificity(const struct price_rule *r)
{
	unsigned n = (r->goal != 0) + (r->has_countries != 0) + (r->cities.n > 0) +
		     (r->os.n > 0) + (r->devices != 0);

	for (unsigned i = 0; i < PRICE_SUBS; i++)
		n += r->sub[i] != 0;
	return n;
}

static bool
in_force(const struct price_rule *r, us_t at)
{
	return r->valid_from <= at && at < r->valid_to;
}

static bool
country_holds(const struct price_rule *r, uint16_t country)
{
	unsigned bit;
	bool listed = false;

	if (!r->has_countries)
		return true;
	/* An unknown country is in no list: "only these" does not hold for it, "all but
	 * these" does. */
	if (country != 0) {
		bit = country_bit(country);
		listed = (r->countries[bit / 64] >> (bit % 64) & 1) != 0;
	}
	return listed != (r->country_exclude != 0);
}

static bool
window_holds(const struct price_rule *r, const struct price_ask *ask)
{
	us_t at = ask->at;

	if (r->kind == PRICE_RULE_RECURRING)
		return weekly_holds(&r->weekly, ask->zone, at);
	if (r->kind != PRICE_RULE_TEMPORARY)
		return true;
	return (r->start == PRICE_NONE || r->start <= at) &&
	       (r->end == PRICE_NONE || at < r->end);
}

/* C1: true when `a` goes before `b`. */
static bool
beats(const struct price_rule *a, const struct price_rule *b)
{
	unsigned spec_a = specificity(a), spec_b = specificity(b);

	if ((a->affiliates.n > 0) != (b->affiliates.n > 0))
		return a->affiliates.n > 0;
	if (a->kind != b->kind)
		return a->kind < b->kind;
	if (spec_a != spec_b)
		return spec_a > spec_b;
	return a->id > b->id;
}

static money_t
or_else(money_t given, money_t otherwise)
{
	return given != PRICE_NONE ? given : otherwise;
}

/* "A rate left empty in it is taken from the default row; 0 means pay nothing" (§3.4).  A
 * flat rate in another currency is no rate of this rule: there it stays empty. */
static void
fill_from_default(struct price_rule *r, const struct price_rule *def)
{
	bool same = memcmp(r->currency, def->currency, sizeof(r->currency)) == 0;

	if (r->commission == PRICE_COMM_NONE)
		r->commission = def->commission;
	if (r->cost == PRICE_COST_NONE)
		r->cost = def->cost;
	r->pct_conversion = or_else(r->pct_conversion, def->pct_conversion);
	r->pct_continuity = or_else(r->pct_continuity, def->pct_continuity);
	r->adv_perc = or_else(r->adv_perc, def->adv_perc);
	if (!same)
		return;
	r->aff_click = or_else(r->aff_click, def->aff_click);
	r->aff_visitor = or_else(r->aff_visitor, def->aff_visitor);
	r->aff_conversion = or_else(r->aff_conversion, def->aff_conversion);
	r->aff_continuity = or_else(r->aff_continuity, def->aff_continuity);
	r->adv_flat = or_else(r->adv_flat, def->adv_flat);
	r->aff_cpm = or_else(r->aff_cpm, def->aff_cpm);
	r->adv_cpm = or_else(r->adv_cpm, def->adv_cpm);
}

/* The goal's own price without any restriction: to its changes what change 0 is to the
 * offer's. */
static bool
is_goal_default(const struct price_rule *r)
{
	return r->goal != 0 && r->kind == PRICE_RULE_STANDARD && r->affiliates.n == 0 &&
	       specificity(r) == 1;
}

bool
price_choose(const struct price_rule *rules, unsigned n, const struct price_ask *ask,
    struct price_rule *out)
{
	const struct price_rule *best = NULL, *def = NULL, *goal = NULL;

	for (unsigned i = 0; i < n; i++) {
		const struct price_rule *r = &rules[i];

		if (!in_force(r, ask->at))
			continue;
		if (r->change == 0) {
			def = r;
			continue;
		}
		if (r->goal != ask->goal || !country_holds(r, ask->country) ||
		    !window_holds(r, ask) || !visitor_holds(r, ask))
			continue;
		if (best == NULL || beats(r, best))
			best = r;
		if (is_goal_default(r) && (goal == NULL || r->id > goal->id))
			goal = r;
	}
	if (best == NULL && def != NULL && (ask->goal == 0 || !ask->goal_strict))
		best = def;
	if (best == NULL)
		return false;
	*out = *best;
	if (goal != NULL && best != goal)
		fill_from_default(out, goal);
	if (def != NULL && best != def)
		fill_from_default(out, def);
	return true;
}

static money_t
given(money_t m)
{
	return m == PRICE_NONE ? 0 : m;
}

/* Sums of two rates stay within the type: an amount that large is a mistake, and
 * saturates. */
static money_t
add(money_t a, money_t b)
{
	money_t sum;

	if (!__builtin_add_overflow(a, b, &sum))
		return sum;
	return a < 0 ? INT64_MIN + 1 : INT64_MAX;
}

void
price_click(
    const struct price_rule *r, bool unique, bool has_advertiser, struct price_click *out)
{
	*out = (struct price_click){0, 0};
	if (r->kind != PRICE_RULE_DISABLE &&
	    (r->commission == PRICE_COMM_CLICK || r->commission == PRICE_COMM_HYBRID))
		out->payout =
		    add(given(r->aff_click), unique ? given(r->aff_visitor) : 0);
	if (has_advertiser &&
	    (r->cost == PRICE_COST_CLICK || (r->cost == PRICE_COST_UNIQUE && unique)))
		out->revenue = given(r->adv_flat);
}

/* Half away from zero, as all rounding (M1); rates are never negative. */
static money_t
thousandth(money_t rate)
{
	return given(rate) / 1000 + (given(rate) % 1000 >= 500);
}

void
price_impression(const struct price_rule *r, bool has_advertiser, struct price_click *out)
{
	*out = (struct price_click){0, 0};
	if (r->kind != PRICE_RULE_DISABLE)
		out->payout = thousandth(r->aff_cpm);
	if (has_advertiser)
		out->revenue = thousandth(r->adv_cpm);
}

/* §2.4: what an event is worth that brought no amount.  A goal has no default. */
static money_t
default_of(const struct price_terms *t, enum price_kind kind, bool gross)
{
	if (kind == PRICE_INITIAL && t->conversion_default_gross == gross)
		return t->conversion_default;
	if (kind == PRICE_CONTINUITY && t->continuity_default_gross == gross)
		return t->continuity_default;
	return PRICE_NONE;
}

/* §3.2.  Sets gross_missing when a share of an unknown gross is asked for. */
static money_t
revenue_of(const struct price_rule *r, const struct price_terms *t, enum price_kind kind,
    const struct price_sent *sent, struct price_event *out)
{
	money_t amount = or_else(sent->amount, default_of(t, kind, false));

	switch (t->has_advertiser ? r->cost : PRICE_COST_NONE) {
	case PRICE_COST_CONVERSION:
		return kind == PRICE_CONTINUITY ? given(amount) : given(r->adv_flat);
	case PRICE_COST_DYNAMIC:
		if (sent->amount == PRICE_NONE && sent->sum)
			return given(sent->gross);
		return given(amount);
	case PRICE_COST_SALE:
		/* Of a goal it is the share of whatever was posted (§2.10). */
		if (kind == PRICE_GOAL && out->gross == PRICE_NONE &&
		    amount != PRICE_NONE)
			return money_percent(amount, given(r->adv_perc));
		if (out->gross == PRICE_NONE && given(r->adv_perc) != 0)
			out->gross_missing = true;
		return money_percent(given(out->gross), given(r->adv_perc));
	case PRICE_COST_CLICK:
	case PRICE_COST_UNIQUE:
		return 0;
	default:
		return given(amount);
	}
}

/* §3.3.  A goal has one flat and one percentage rate, in the columns of the conversion.
 */
static money_t
payout_of(const struct price_rule *r, enum price_kind kind, const struct price_sent *sent,
    struct price_event *out)
{
	bool flat = r->commission == PRICE_COMM_CPA || r->commission == PRICE_COMM_HYBRID;
	bool perc = r->commission == PRICE_COMM_CPS || r->commission == PRICE_COMM_HYBRID;
	money_t amount = kind == PRICE_CONTINUITY ? r->aff_continuity : r->aff_conversion;
	pct_t pct = kind == PRICE_CONTINUITY ? r->pct_continuity : r->pct_conversion;
	money_t base = r->base == PRICE_BASE_GROSS ? out->gross : out->revenue;

	out->percent = r->commission == PRICE_COMM_CPS;
	if (r->kind == PRICE_RULE_DISABLE)
		return 0;
	/* M11.  Where the rule pays no share there is none to replace. */
	if (sent->override != PRICE_NONE && given(pct) != 0)
		pct = sent->override;
	if (!perc || given(pct) == 0)
		return flat ? given(amount) : 0;
	if (base == PRICE_NONE) {
		out->gross_missing = true;
		base = 0;
	}
	return add(flat ? given(amount) : 0, money_percent(base, pct));
}

void
price_event(const struct price_rule *r, const struct price_terms *terms,
    enum price_kind kind, const struct price_sent *sent, struct price_event *out)
{
	*out = (struct price_event){
	    .gross = or_else(sent->gross, default_of(terms, kind, true))};
	out->revenue = revenue_of(r, terms, kind, sent, out);
	out->payout = payout_of(r, kind, sent, out);
}

bool
price_again(const struct price_rule *rules, unsigned n, uint32_t rule_id, us_t at,
    enum price_kind kind, money_t revenue, const struct price_sent *sent, money_t *payout)
{
	const struct price_rule *it = NULL, *def = NULL, *goal = NULL;
	struct price_event e = {.revenue = revenue, .gross = sent->gross};
	struct price_rule r;

	for (unsigned i = 0; i < n; i++) {
		if (rules[i].id == rule_id)
			it = &rules[i];
		if (rules[i].change == 0 && in_force(&rules[i], at))
			def = &rules[i];
	}
	if (it == NULL)
		return false;
	for (unsigned i = 0; i < n; i++) {
		if (rules[i].goal == it->goal && is_goal_default(&rules[i]) &&
		    in_force(&rules[i], at) && (goal == NULL || rules[i].id > goal->id))
			goal = &rules[i];
	}
	r = *it;
	if (goal != NULL && goal != it)
		fill_from_default(&r, goal);
	if (def != NULL && def != it && it->change != 0)
		fill_from_default(&r, def);
	*payout = payout_of(&r, kind, sent, &e);
	return true;
}

bool
price_deducts(const struct price_deduct *d, bool chargeback, us_t original, us_t report)
{
	if (!(chargeback ? d->deduct_chargebacks : d->deduct_voids))
		return false;
	if (d->min_date != PRICE_NONE && original < d->min_date)
		return false;
	return d->window == 0 || report - original <= (us_t)d->window * US_DAY;
}
