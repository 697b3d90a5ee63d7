/* SPDX-License-Identifier: Apache-2.0
 * price_test.c - each money formula as a table of cases that a finance person can read.
 *
 * Amounts and percentages stand as in a contract: "25" is 25.00, "15" is 15 %, "" is not
 * given.
 */
#include "base/record.h"
#include "book/price.h"
#include "t/unit/tap.h"

static money_t
amount(const char *s)
{
	money_t m = PRICE_NONE;

	if (*s != '\0' && !money_parse(str_of(s), &m))
		(void)ok(false, "the test's own amount %s", s);
	return m;
}

static pct_t
percent(const char *s)
{
	pct_t p = PRICE_NONE;

	if (*s != '\0' && !pct_parse(str_of(s), &p))
		(void)ok(false, "the test's own percentage %s", s);
	return p;
}

static const char *
text(money_t m)
{
	static char buf[4][MONEY_TEXT];
	static unsigned at;

	at = (at + 1) % 4;
	if (m == PRICE_NONE)
		return "";
	(void)money_format(buf[at], m, 0);
	return buf[at];
}

struct rates {
	const char *commission, *flat, *flat_next, *pct, *pct_next, *base; /* affiliate */
	const char *cost, *cost_flat, *cost_perc; /* advertiser */
};

static void
rule_of(struct price_rule *r, const struct rates *s)
{
	price_rule_init(r);
	r->id = 1;
	memcpy(r->currency, "USD", 4);
	if (!price_commission_parse(str_of(s->commission), &r->commission) ||
	    !price_cost_parse(str_of(s->cost), &r->cost) ||
	    !price_base_parse(str_of(s->base), &r->base))
		(void)ok(false, "the test's own rule");
	r->aff_conversion = amount(s->flat);
	r->aff_continuity = amount(s->flat_next);
	r->pct_conversion = percent(s->pct);
	r->pct_continuity = percent(s->pct_next);
	r->adv_flat = amount(s->cost_flat);
	r->adv_perc = percent(s->cost_perc);
}

struct event_case {
	const char *what;
	struct rates rates;
	enum price_kind kind;
	const char *sent, *gross;
	const char *revenue, *payout; /* payout "pending": gross missing */
};

#define I PRICE_INITIAL
#define C PRICE_CONTINUITY
#define G PRICE_GOAL

/* clang-format off */
static const struct event_case events[] = {
	/*                                           commission  flat  next   pct  next  base        cost                  flat  perc      sent   gross    revenue   payout */
	{"cpa: flat, whatever was sent",             {"cpa",     "10", "2",   "15", "5", "revenue",  "conversion",         "25", ""},    I, "7",   "60",    "25",     "10"},
	{"cpa: a continuity has a rate of its own",  {"cpa",     "10", "2",   "15", "5", "revenue",  "conversion",         "25", ""},    C, "7",   "60",    "7",      "2"},
	{"cpa: no continuity rate pays nothing",     {"cpa",     "10", "",    "",   "",  "revenue",  "conversion",         "25", ""},    C, "7",   "",      "7",      "0"},
	{"cps of revenue (worked example)",          {"cps",     "",   "",    "15", "5", "revenue",  "conversion",         "25", ""},    I, "",    "60",    "25",     "3.75"},
	{"cps continuity (worked example)",          {"cps",     "",   "",    "15", "5", "revenue",  "conversion",         "25", ""},    C, "10",  "",      "10",     "0.5"},
	{"cps of gross",                             {"cps",     "",   "",    "15", "5", "gross",    "conversion",         "25", ""},    I, "",    "60",    "25",     "9"},
	{"cps of gross, none sent: pending (M2)",    {"cps",     "",   "",    "15", "5", "gross",    "conversion",         "25", ""},    I, "40",  "",      "25",     "pending"},
	{"a gross of 0 was sent: 0",                 {"cps",     "",   "",    "15", "5", "gross",    "conversion",         "25", ""},    I, "40",  "0",     "25",     "0"},
	{"cps ignores flat rates",                   {"cps",     "10", "2",   "15", "5", "revenue",  "conversion",         "25", ""},    I, "",    "",      "25",     "3.75"},
	{"click: a conversion pays nothing",         {"click",   "10", "2",   "15", "5", "revenue",  "conversion",         "25", ""},    I, "",    "",      "25",     "0"},
	{"hybrid: both added up",                    {"hybrid",  "10", "2",   "15", "5", "revenue",  "conversion",         "25", ""},    I, "",    "",      "25",     "13.75"},
	{"hybrid continuity",                        {"hybrid",  "10", "2",   "15", "5", "revenue",  "conversion",         "25", ""},    C, "40",  "",      "40",     "4"},
	{"hybrid of gross, none sent: pending",      {"hybrid",  "10", "2",   "15", "5", "gross",    "conversion",         "25", ""},    I, "",    "",      "25",     "pending"},
	{"hybrid without a share needs no gross",    {"hybrid",  "10", "2",   "",   "",  "gross",    "conversion",         "25", ""},    I, "",    "",      "25",     "10"},
	{"no commission type pays nothing",          {"",        "10", "2",   "15", "5", "revenue",  "conversion",         "25", ""},    I, "",    "",      "25",     "0"},
	{"dynamic: the amount sent",                 {"cps",     "",   "",    "15", "5", "revenue",  "dynamic_conversion", "25", ""},    I, "9.95","",      "9.95",   "1.4925"},
	{"dynamic, nothing sent: 0",                 {"cps",     "",   "",    "15", "5", "revenue",  "dynamic_conversion", "25", ""},    I, "",    "",      "0",      "0"},
	{"sale: a share of the gross",               {"cps",     "",   "",    "15", "5", "revenue",  "sale",               "",   "20"},  I, "5",   "60",    "12",     "1.8"},
	{"sale: continuity too",                     {"cps",     "",   "",    "15", "5", "gross",    "sale",               "",   "20"},  C, "5",   "60",    "12",     "3"},
	{"sale without gross: pending",              {"cpa",     "10", "",    "",   "",  "revenue",  "sale",               "",   "20"},  I, "5",   "",      "0",      "pending"},
	{"click priced: conversions cost 0",         {"cpa",     "10", "",    "",   "",  "revenue",  "click",              "2",  ""},    I, "5",   "60",    "0",      "10"},
	{"unique priced: conversions cost 0",        {"cpa",     "10", "",    "",   "",  "revenue",  "unique",             "2",  ""},    I, "5",   "60",    "0",      "10"},
	{"no cost type: the amount sent",            {"cps",     "",   "",    "15", "5", "revenue",  "",                   "",   ""},    I, "8",   "",      "8",      "1.2"},
	{"goal: flat",                               {"cpa",     "3",  "",    "",   "",  "revenue",  "conversion",         "4",  ""},    G, "",    "",      "4",      "3"},
	{"goal: share of gross (Affise percent)",    {"cps",     "",   "",    "50", "",  "gross",    "sale",               "",   "80"},  G, "",    "10",    "8",      "5"},
	{"half a micro-unit rounds away from zero",  {"cps",     "",   "",    "0.05","", "revenue",  "dynamic_conversion", "",   ""},    I, "0.001","",     "0.001",  "0.000001"},
	{"below half of one is nothing",             {"cps",     "",   "",    "0.04","", "revenue",  "dynamic_conversion", "",   ""},    I, "0.001","",     "0.001",  "0"},
};
/* clang-format on */

static void
check_event(const struct event_case *c, bool has_advertiser, const char *revenue,
    const char *payout)
{
	struct price_terms t = {has_advertiser, PRICE_NONE, PRICE_NONE, false, false};
	struct price_sent sent = {amount(c->sent), amount(c->gross), false, PRICE_NONE};
	struct price_rule r;
	struct price_event e;

	rule_of(&r, &c->rates);
	price_event(&r, &t, c->kind, &sent, &e);
	(void)ok(strcmp(text(e.revenue), revenue) == 0, "%s: revenue %s is %s", c->what,
	    text(e.revenue), revenue);
	if (strcmp(payout, "pending") == 0)
		(void)ok(e.gross_missing, "%s: waits for a gross", c->what);
	else
		(void)ok(!e.gross_missing && strcmp(text(e.payout), payout) == 0,
		    "%s: payout %s is %s", c->what, text(e.payout), payout);
}

static void
test_events(void)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++)
		check_event(&events[i], true, events[i].revenue, events[i].payout);
}

/* Without an advertiser the cost type says nothing: the amount sent is the revenue
 * (§3.2). */
static void
test_no_advertiser(void)
{
	struct event_case c = {"no advertiser",
	    {"cps", "", "", "15", "5", "revenue", "conversion", "25", ""}, PRICE_INITIAL,
	    "10", "", NULL, NULL};

	check_event(&c, false, "10", "1.5");
	c.sent = "";
	check_event(&c, false, "0", "0");
}

struct default_case {
	const char *what;
	enum price_kind kind;
	const char *conversion, *continuity;
	bool as_gross;
	const char *sent, *gross;
	const char *revenue, *payout;
};

/* clang-format off */
static const struct default_case defaults[] = {
	/*                                           conv  cont  gross?  sent  gross   revenue payout (15 / 5 % of revenue, cost sale 20 % when gross) */
	{"conversion_default fills the amount",   I, "30", "8",  false,  "",   "",     "30",   "4.5"},
	{"an amount sent wins over it",           I, "30", "8",  false,  "10", "",     "10",   "1.5"},
	{"an amount of 0 sent wins too",          I, "30", "8",  false,  "0",  "",     "0",    "0"},
	{"continuity_default for a continuity",   C, "30", "8",  false,  "",   "",     "8",    "0.4"},
	{"a goal has no default",                 G, "30", "8",  false,  "",   "",     "0",    "0"},
	{"type 2: the default is a gross",        I, "30", "8",  true,   "",   "",     "6",    "0.9"},
	{"a gross sent wins over it",             I, "30", "8",  true,   "",   "50",   "10",   "1.5"},
	{"type 2 for a continuity",               C, "30", "8",  true,   "",   "",     "1.6",  "0.08"},
};
/* clang-format on */

static void
test_defaults(void)
{
	for (size_t i = 0; i < ARRAY_LEN(defaults); i++) {
		const struct default_case *c = &defaults[i];
		struct rates rates = {"cps", "", "", "15", "5", "revenue",
		    c->as_gross ? "sale" : "dynamic_conversion", "",
		    c->as_gross ? "20" : ""};
		struct price_terms t = {true, amount(c->conversion),
		    amount(c->continuity), c->as_gross, c->as_gross};
		struct price_sent sent = {
		    amount(c->sent), amount(c->gross), false, PRICE_NONE};
		struct price_rule r;
		struct price_event e;

		rule_of(&r, &rates);
		price_event(&r, &t, c->kind, &sent, &e);
		(void)ok(strcmp(text(e.revenue), c->revenue) == 0 &&
			     strcmp(text(e.payout), c->payout) == 0,
		    "%s: %s and %s", c->what, text(e.revenue), text(e.payout));
	}
}

/* M2: Affise's `sum` is the gross, and the amount as well when the advertiser pays what
 * was sent. */
static void
test_sum(void)
{
	struct rates dynamic = {
	    "cps", "", "", "10", "", "gross", "dynamic_conversion", "", ""};
	struct rates fixed = {"cps", "", "", "10", "", "gross", "conversion", "4", ""};
	struct price_terms t = {true, PRICE_NONE, PRICE_NONE, false, false};
	struct price_sent sent = {PRICE_NONE, amount("50"), true, PRICE_NONE};
	struct price_rule r;
	struct price_event e;

	rule_of(&r, &dynamic);
	price_event(&r, &t, PRICE_INITIAL, &sent, &e);
	is_str(text(e.revenue), "50", "M2: sum is the amount under dynamic_conversion");
	is_str(text(e.payout), "5", "M2: ten percent of the sum");
	rule_of(&r, &fixed);
	price_event(&r, &t, PRICE_INITIAL, &sent, &e);
	is_str(text(e.revenue), "4", "M2: sum is no amount under another cost type");
	is_str(text(e.payout), "5", "M2: and the gross all the same");
}

static void
test_override(void)
{
	struct rates cps = {"cps", "", "", "15", "", "revenue", "conversion", "100", ""};
	struct rates hybrid = {
	    "hybrid", "10", "", "15", "", "revenue", "conversion", "100", ""};
	struct rates cpa = {
	    "cpa", "10", "", "15", "", "revenue", "conversion", "100", ""};
	struct price_terms t = {true, PRICE_NONE, PRICE_NONE, false, false};
	struct price_sent sent = {PRICE_NONE, PRICE_NONE, false, percent("20")};
	struct price_rule r;
	struct price_event e;

	rule_of(&r, &cps);
	price_event(&r, &t, PRICE_INITIAL, &sent, &e);
	is_str(text(e.payout), "20", "M11: the override replaces the percentage");
	rule_of(&r, &hybrid);
	price_event(&r, &t, PRICE_INITIAL, &sent, &e);
	is_str(text(e.payout), "30", "M11: and leaves the flat rate");
	rule_of(&r, &cpa);
	price_event(&r, &t, PRICE_INITIAL, &sent, &e);
	is_str(text(e.payout), "10", "M11: a cpa has no percentage to replace");
}

struct click_case {
	const char *what, *commission, *click, *visitor, *cost, *flat;
	bool unique, advertiser;
	const char *payout, *revenue;
};

/* clang-format off */
static const struct click_case clicks[] = {
	/*                                        commission click   visitor cost          flat   unique advertiser payout  revenue */
	{"a repeated raw click",                  "click",   "0.02", "0.1",  "click",      "0.05", false, true,     "0.02", "0.05"},
	{"a unique click is a raw one too",       "click",   "0.02", "0.1",  "click",      "0.05", true,  true,     "0.12", "0.05"},
	{"unique priced, seen before",            "click",   "0.02", "0.1",  "unique",     "0.05", false, true,     "0.02", "0"},
	{"unique priced, first time",             "click",   "0.02", "0.1",  "unique",     "0.05", true,  true,     "0.12", "0.05"},
	{"hybrid pays clicks as well",            "hybrid",  "0.02", "",     "conversion", "25",   true,  true,     "0.02", "0"},
	{"cpa pays no click",                     "cpa",     "0.02", "0.1",  "click",      "0.05", true,  true,     "0",    "0.05"},
	{"cps pays no click",                     "cps",     "0.02", "0.1",  "",           "",     true,  true,     "0",    "0"},
	{"without an advertiser nobody is billed","click",   "0.02", "0.1",  "click",      "0.05", true,  false,    "0.12", "0"},
	{"fractions of a cent",                   "click",   "0.0005","",    "click",      "0.000001", true, true,  "0.0005","0.000001"},
};
/* clang-format on */

static void
test_clicks(void)
{
	for (size_t i = 0; i < ARRAY_LEN(clicks); i++) {
		const struct click_case *c = &clicks[i];
		struct rates rates = {
		    c->commission, "", "", "", "", "revenue", c->cost, c->flat, ""};
		struct price_rule r;
		struct price_click p;

		rule_of(&r, &rates);
		r.aff_click = amount(c->click);
		r.aff_visitor = amount(c->visitor);
		price_click(&r, c->unique, c->advertiser, &p);
		(void)ok(strcmp(text(p.payout), c->payout) == 0 &&
			     strcmp(text(p.revenue), c->revenue) == 0,
		    "%s: %s and %s", c->what, text(p.payout), text(p.revenue));
	}
}

#undef I
#undef C
#undef G

struct rule_spec {
	uint32_t id, change;
	uint8_t kind;
	uint32_t goal;
	const char *countries;
	bool exclude;
	us_t from, to, start, end;
};

#define EVER 0, PRICE_FOREVER, PRICE_NONE, PRICE_NONE
#define STD PRICE_RULE_STANDARD

/* clang-format off */
static const struct rule_spec specs[] = {
	/* id change kind                goal countries exclude from .. to, start .. end */
	{  1, 0, STD,                    0, "",     false, 0, 1000, PRICE_NONE, PRICE_NONE},    /* old default */
	{  2, 0, STD,                    0, "",     false, 1000, PRICE_FOREVER, PRICE_NONE, PRICE_NONE},
	{  3, 1, STD,                    0, "US",   false, EVER},
	{  4, 2, STD,                    0, "DEFR", true,  EVER},
	{  5, 3, STD,                    7, "",     false, EVER},
	{  6, 4, STD,                    7, "US",   false, EVER},
	{  7, 5, PRICE_RULE_TEMPORARY,   0, "US",   false, 0, PRICE_FOREVER, 5000, 6000},
	{  8, 6, PRICE_RULE_DISABLE,     0, "KP",   false, EVER},
	{  9, 7, STD,                    0, "KP",   false, EVER},
};

static const struct {
	const char *what;
	us_t at;
	uint32_t goal;
	const char *country;
	bool strict;
	uint32_t rule; /* 0: Payments not found */
} asks[] = {
	{"no rule fits: the default",                            500,  0, "DE", true,  1},
	{"the default of the event's own time",                  1000, 0, "DE", true,  2},
	{"two fit: the higher id",                               2000, 0, "US", true,  4},
	{"everywhere but Germany and France",                    2000, 0, "PL", true,  4},
	{"an unknown country is in no list, so not excluded",    2000, 0, "",   true,  4},
	{"a goal has its own rule",                              2000, 7, "DE", true,  5},
	{"goal and country are more special than the goal",      2000, 7, "US", true,  6},
	{"temporary goes before standard while it lasts",        5000, 0, "US", true,  7},
	{"its end is not in it",                                 6000, 0, "US", true,  4},
	{"disable goes before all others",                       2000, 0, "KP", true,  8},
	{"Affise: a goal without a payment is not found",        2000, 9, "US", true,  0},
	{"NATS: no match, the default rule",                     2000, 9, "US", false, 2},
};
/* clang-format on */

static void
make_rules(struct price_rule *r)
{
	for (size_t i = 0; i < ARRAY_LEN(specs); i++) {
		const struct rule_spec *s = &specs[i];

		price_rule_init(&r[i]);
		r[i].id = s->id;
		r[i].change = s->change;
		r[i].kind = s->kind;
		r[i].goal = s->goal;
		for (const char *c = s->countries; *c != '\0'; c += 2)
			price_rule_country(&r[i], country_pack(str_n(c, 2)));
		r[i].country_exclude = s->exclude;
		r[i].valid_from = s->from;
		r[i].valid_to = s->to;
		r[i].start = s->start;
		r[i].end = s->end;
		memcpy(r[i].currency, "USD", 4);
	}
}

static void
test_choice(void)
{
	struct price_rule rules[ARRAY_LEN(specs)], got;

	make_rules(rules);
	for (size_t i = 0; i < ARRAY_LEN(asks); i++) {
		struct price_ask ask = {.at = asks[i].at,
		    .goal = asks[i].goal,
		    .country = country_pack(str_of(asks[i].country)),
		    .goal_strict = asks[i].strict};
		bool found = price_choose(rules, ARRAY_LEN(specs), &ask, &got);

		(void)ok((found ? got.id : 0) == asks[i].rule, "C1: %s", asks[i].what);
	}
	(void)ok(!price_choose(NULL, 0, &(struct price_ask){.at = 1}, &got),
	    "C1: no rules, nothing found");
}

/* §3.4: empty is the default's rate, 0 is nothing. */
static void
test_filled(void)
{
	struct price_rule r[2], got;
	struct price_ask ask = {
	    .at = 1, .country = country_pack(STR("US")), .goal_strict = true};

	rule_of(&r[0], &(struct rates){"hybrid", "10", "2", "15", "5", "revenue",
			   "conversion", "25", ""});
	price_rule_init(&r[1]);
	r[1].id = 2;
	r[1].change = 1;
	memcpy(r[1].currency, "USD", 4);
	price_rule_country(&r[1], country_pack(STR("US")));
	r[1].aff_conversion = 0;
	r[1].pct_conversion = percent("50");
	(void)ok(price_choose(r, 2, &ask, &got) && got.id == 2,
	    "the rule of the country is found");
	is_str(text(got.aff_conversion), "0", "a rate of 0 stays 0");
	is_int(got.pct_conversion, percent("50"), "a rate of its own stays");
	is_str(text(got.aff_continuity), "2", "an empty rate is the default's");
	is_str(text(got.adv_flat), "25", "the advertiser's price as well");
	memcpy(r[1].currency, "EUR", 4);
	(void)ok(price_choose(r, 2, &ask, &got), "a rule in another currency is found");
	(void)ok(got.adv_flat == PRICE_NONE, "dollars never fill a rule in euros");
	is_int(got.pct_continuity, percent("5"), "a percentage does");
}

/* M4: a correction fills what is empty as the choice did, from the goal's own price before
 * the offer's. */
static void
test_again(void)
{
	struct price_rule r[3], got;
	struct price_ask ask = {.at = 1, .goal = 7, .affiliate = 42, .goal_strict = true};
	struct price_sent sent = {PRICE_NONE, PRICE_NONE, false, PRICE_NONE};
	struct price_terms terms = {true, PRICE_NONE, PRICE_NONE, false, false};
	const uint32_t pool[] = {42};
	struct price_event e;
	money_t payout = 0;

	rule_of(&r[0],
	    &(struct rates){"cps", "", "", "15", "5", "revenue", "conversion", "25", ""});
	rule_of(&r[1],
	    &(struct rates){"cps", "", "", "50", "", "revenue", "conversion", "4", ""});
	r[1].id = 2;
	r[1].change = 1;
	r[1].goal = 7;
	price_rule_init(&r[2]);
	r[2].id = 3;
	r[2].change = 2;
	r[2].goal = 7;
	memcpy(r[2].currency, "USD", 4);
	r[2].affiliates = (struct price_list){0, 1};
	ask.pool = pool;
	ask.n_pool = 1;
	(void)ok(price_choose(r, 3, &ask, &got) && got.id == 3,
	    "the goal's change for one affiliate");
	price_event(&got, &terms, PRICE_GOAL, &sent, &e);
	is_str(text(e.payout), "2", "has the rate of the goal");
	(void)ok(price_again(r, 3, 3, 1, PRICE_GOAL, e.revenue, &sent, &payout),
	    "which a correction finds again");
	is_str(text(payout), "2", "by the same rate");
	(void)ok(price_again(r, 3, 3, 1, PRICE_GOAL, amount("10"), &sent, &payout),
	    "of another revenue");
	is_str(text(payout), "5", "it is as much of that");
	(void)ok(!price_again(r, 3, 9, 1, PRICE_GOAL, amount("10"), &sent, &payout),
	    "a rule that is not there prices nothing");
}

static void
test_impressions(void)
{
	static const struct {
		const char *aff, *adv;
		bool advertiser, disable;
		const char *payout, *revenue;
	} cases[] = {
	    {"1.50", "4", true, false, "0.0015", "0.004"},
	    {"1.50", "4", false, false, "0.0015", "0"},
	    {"", "", true, false, "0", "0"},
	    {"0.0015", "0.001499", true, false, "0.000002", "0.000001"},
	    {"0.0004", "0.0005", true, false, "0", "0.000001"},
	    {"1.50", "4", true, true, "0", "0.004"},
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct price_rule r;
		struct price_click c;

		price_rule_init(&r);
		r.kind = cases[i].disable ? PRICE_RULE_DISABLE : PRICE_RULE_STANDARD;
		r.aff_cpm = amount(cases[i].aff);
		r.adv_cpm = amount(cases[i].adv);
		price_impression(&r, cases[i].advertiser, &c);
		(void)ok(strcmp(text(c.payout), cases[i].payout) == 0 &&
			     strcmp(text(c.revenue), cases[i].revenue) == 0,
		    "CPM %s and %s%s%s: %s and %s", cases[i].aff, cases[i].adv,
		    cases[i].advertiser ? "" : ", no advertiser",
		    cases[i].disable ? ", disabled" : "", text(c.payout),
		    text(c.revenue));
	}
}

static void
test_disable(void)
{
	struct price_rule r;
	struct price_terms t = {true, PRICE_NONE, PRICE_NONE, false, false};
	struct price_sent sent = {amount("10"), amount("10"), false, percent("20")};
	struct price_event e;
	struct price_click c;

	rule_of(&r, &(struct rates){"hybrid", "10", "2", "15", "5", "revenue",
			"conversion", "25", ""});
	r.kind = PRICE_RULE_DISABLE;
	r.aff_click = amount("1");
	price_event(&r, &t, PRICE_INITIAL, &sent, &e);
	is_str(text(e.payout), "0", "M9: a disabled affiliate earns nothing");
	is_str(text(e.revenue), "25", "M9: the advertiser still pays");
	price_click(&r, true, true, &c);
	is_str(text(c.payout), "0", "M9: nor for clicks");
}

static const struct {
	const char *what;
	bool voids, chargebacks;
	us_t min_date;
	uint32_t window;
	bool chargeback;
	us_t original, report;
	bool deducts;
} deductions[] = {
    {"void, no limits", true, true, PRICE_NONE, 0, false, 0, 900 * US_DAY, true},
    {"void, deduct_voids off", false, true, PRICE_NONE, 0, false, 0, 1, false},
    {"chargeback, deduct_voids off", false, true, PRICE_NONE, 0, true, 0, 1, true},
    {"chargeback, deduct_chargebacks off", true, false, PRICE_NONE, 0, true, 0, 1, false},
    {"before min_deduct_date", true, true, 5 * US_DAY, 0, false, 5 * US_DAY - 1,
	6 * US_DAY, false},
    {"on min_deduct_date", true, true, 5 * US_DAY, 0, false, 5 * US_DAY, 6 * US_DAY,
	true},
    {"at the end of the window", true, true, PRICE_NONE, 30, false, 0, 30 * US_DAY, true},
    {"behind the window", true, true, PRICE_NONE, 30, false, 0, 30 * US_DAY + 1, false},
};

static void
test_deductions(void)
{
	for (size_t i = 0; i < ARRAY_LEN(deductions); i++) {
		struct price_deduct d = {deductions[i].voids, deductions[i].chargebacks,
		    deductions[i].min_date, deductions[i].window};

		(void)ok(
		    price_deducts(&d, deductions[i].chargeback, deductions[i].original,
			deductions[i].report) == deductions[i].deducts,
		    "deduction: %s", deductions[i].what);
	}
}

int
main(void)
{
	test_events();
	test_no_advertiser();
	test_defaults();
	test_sum();
	test_override();
	test_clicks();
	test_choice();
	test_filled();
	test_again();
	test_impressions();
	test_disable();
	test_deductions();
	return tap_done();
}
