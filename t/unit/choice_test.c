/* SPDX-License-Identifier: Apache-2.0
 * choice_test.c - which payout rule applies (C1 of decisions.md), with every restriction.
 *
 * A case lists rules and says which one wins; 0 is the price without restriction, -1:
 * "Payments not found".
 */
#include "base/record.h"
#include "book/price.h"
#include "t/unit/tap.h"

/* Of the pool below. */
#define ANNA 42
#define BOB 43
#define PARIS 7
#define ROME 8

struct r {
	uint32_t id;
	uint8_t kind;
	uint32_t goal;
	const char *countries; /* "!US" : all but */
	uint32_t affiliate, city;
	const char *os;
	uint8_t devices;
	const char *sub[2];
};

struct choice {
	const char *what;
	struct r rule[3]; /* beside the default; id 0 ends */
	int want;
};

#define STD PRICE_RULE_STANDARD
#define TMP PRICE_RULE_TEMPORARY
#define OFF PRICE_RULE_DISABLE
#define RCR PRICE_RULE_RECURRING /* holds always */
#define NOW_NOT 9                /* a recurring one at another hour */
#define DESKTOP 1
#define MOBILE 2
#define TABLET 4

/* The visitor: Anna's, France, Paris, mobile, iOS 17, subaff a, subaff2 b. */
/* clang-format off */
static const struct choice choices[] = {
	/*                                         id kind goal country aff  city  os        device  subs */
	{"no rule: the default",                  {{0}}, 0},
	{"his affiliate",                         {{1, STD, 0, "",   ANNA, 0,    "",       0,      {0}}}, 1},
	{"another affiliate",                     {{1, STD, 0, "",   BOB,  0,    "",       0,      {0}}}, 0},
	{"his country",                           {{1, STD, 0, "FR", 0,    0,    "",       0,      {0}}}, 1},
	{"another country",                       {{1, STD, 0, "US", 0,    0,    "",       0,      {0}}}, 0},
	{"all but another",                       {{1, STD, 0, "!US",0,    0,    "",       0,      {0}}}, 1},
	{"all but his",                           {{1, STD, 0, "!FR",0,    0,    "",       0,      {0}}}, 0},
	{"his city",                              {{1, STD, 0, "",   0,    PARIS,"",       0,      {0}}}, 1},
	{"another city",                          {{1, STD, 0, "",   0,    ROME, "",       0,      {0}}}, 0},
	{"his system",                            {{1, STD, 0, "",   0,    0,    "ios",    0,      {0}}}, 1},
	{"his system in its version",             {{1, STD, 0, "",   0,    0,    "iOS 17", 0,      {0}}}, 1},
	{"another version",                       {{1, STD, 0, "",   0,    0,    "iOS 16", 0,      {0}}}, 0},
	{"another system",                        {{1, STD, 0, "",   0,    0,    "Linux",  0,      {0}}}, 0},
	{"his device",                            {{1, STD, 0, "",   0,    0,    "",       MOBILE, {0}}}, 1},
	{"one of two devices",                    {{1, STD, 0, "",   0,    0,    "", MOBILE | TABLET, {0}}}, 1},
	{"another device",                        {{1, STD, 0, "",   0,    0,    "",       DESKTOP,{0}}}, 0},
	{"his sub",                               {{1, STD, 0, "",   0,    0,    "",       0,      {"a"}}}, 1},
	{"subs compare as bytes",                 {{1, STD, 0, "",   0,    0,    "",       0,      {"A"}}}, 0},
	{"both subs",                             {{1, STD, 0, "",   0,    0,    "",       0,      {"a", "b"}}}, 1},
	{"one of two subs is another",            {{1, STD, 0, "",   0,    0,    "",       0,      {"a", "c"}}}, 0},
	{"one of two restrictions does not hold", {{1, STD, 0, "US", ANNA, 0,    "",       0,      {0}}}, 0},
	{"a goal's rule is not the base's",       {{1, STD, 5, "",   0,    0,    "",       0,      {0}}}, 0},
	/* order */
	{"affiliate named before not named",      {{1, STD, 0, "",   ANNA, 0,    "",       0,      {0}},
	                                           {2, STD, 0, "FR", 0,    PARIS,"iOS",    MOBILE, {"a", "b"}}}, 1},
	{"affiliate named before disable",        {{1, STD, 0, "",   ANNA, 0,    "",       0,      {0}},
	                                           {2, OFF, 0, "",   0,    0,    "",       0,      {0}}}, 1},
	{"both named: disable",                   {{1, OFF, 0, "",   ANNA, 0,    "",       0,      {0}},
	                                           {2, STD, 0, "FR", ANNA, PARIS,"",       0,      {0}}}, 1},
	{"disable before temporary",              {{1, OFF, 0, "",   0,    0,    "",       0,      {0}},
	                                           {2, TMP, 0, "FR", 0,    0,    "",       0,      {0}}}, 1},
	{"temporary before standard",             {{1, TMP, 0, "",   0,    0,    "",       0,      {0}},
	                                           {2, STD, 0, "FR", 0,    PARIS,"",       0,      {0}}}, 1},
	{"temporary before recurring",            {{1, TMP, 0, "",   0,    0,    "",       0,      {0}},
	                                           {2, RCR, 0, "FR", 0,    PARIS,"",       0,      {0}}}, 1},
	{"disable before recurring",              {{1, OFF, 0, "",   0,    0,    "",       0,      {0}},
	                                           {2, RCR, 0, "FR", 0,    PARIS,"",       0,      {0}}}, 1},
	{"recurring before standard",             {{1, RCR, 0, "",   0,    0,    "",       0,      {0}},
	                                           {2, STD, 0, "FR", 0,    PARIS,"",       0,      {0}}}, 1},
	{"affiliate named before recurring",      {{1, STD, 0, "",   ANNA, 0,    "",       0,      {0}},
	                                           {2, RCR, 0, "FR", 0,    PARIS,"",       0,      {0}}}, 1},
	{"recurring, at another hour",            {{1, NOW_NOT, 0, "", 0,  0,    "",       0,      {0}},
	                                           {2, STD, 0, "",   0,    0,    "",       0,      {0}}}, 2},
	{"more restrictions win",                 {{1, STD, 0, "FR", 0,    PARIS,"",       0,      {0}},
	                                           {2, STD, 0, "FR", 0,    0,    "",       0,      {0}}}, 1},
	{"each sub is one",                       {{1, STD, 0, "",   0,    0,    "",       0,      {"a", "b"}},
	                                           {2, STD, 0, "FR", 0,    0,    "",       0,      {0}}}, 1},
	{"as many: the later one",                {{1, STD, 0, "FR", 0,    0,    "",       0,      {0}},
	                                           {2, STD, 0, "",   0,    0,    "",       MOBILE, {0}}}, 2},
	{"the better one that holds",             {{1, STD, 0, "US", ANNA, 0,    "",       0,      {0}},
	                                           {2, STD, 0, "",   0,    0,    "iOS",    0,      {0}},
	                                           {3, STD, 0, "",   BOB,  0,    "",       0,      {0}}}, 2},
};
/* clang-format on */

static uint32_t pool[64];
static unsigned n_pool;

static struct price_list
list_of(uint32_t one)
{
	struct price_list l = {n_pool, 0};

	if (one == 0)
		return l;
	pool[n_pool++] = one;
	l.n = 1;
	return l;
}

static void
rule_of(struct price_rule *p, const struct r *r)
{
	const char *c = r->countries;

	price_rule_init(p);
	p->id = p->change = r->id;
	p->kind = r->kind == NOW_NOT ? RCR : r->kind;
	if (p->kind == RCR)
		price_rule_weekly(
		    p, r->kind == NOW_NOT ? STR("thu 00:01-24:00") : STR("00:00-24:00"));
	p->goal = r->goal;
	p->country_exclude = *c == '!';
	price_rule_country(p, country_pack(str_of(*c == '!' ? c + 1 : c)));
	p->affiliates = list_of(r->affiliate);
	p->cities = list_of(r->city);
	p->os = list_of(*r->os == '\0' ? 0 : price_name(str_of(r->os)));
	p->devices = r->devices;
	for (unsigned i = 0; i < 2; i++)
		p->sub[i] = r->sub[i] == NULL ? 0 : price_sub(str_of(r->sub[i]));
}

static void
test_choices(void)
{
	static const struct str sub[PRICE_SUBS] = {STR("a"), STR("b")};

	for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
		struct price_rule rule[4], out;
		struct price_ask ask = {.at = 1,
		    .country = country_pack(STR("FR")),
		    .affiliate = ANNA,
		    .city = PARIS,
		    .os = {price_name(STR("iOS")), price_name(STR("iOS 17"))},
		    .devices = MOBILE,
		    .sub = sub,
		    .pool = pool};
		unsigned n = 1;

		n_pool = 0;
		price_rule_init(&rule[0]);
		for (; n < 4 && choices[i].rule[n - 1].id != 0; n++)
			rule_of(&rule[n], &choices[i].rule[n - 1]);
		ask.n_pool = n_pool;
		is_int(price_choose(rule, n, &ask, &out) ? (int)out.change : -1,
		    choices[i].want, choices[i].what);
	}
}

/* What nobody knows of the visitor is in no list. */
static void
test_unknown(void)
{
	struct price_rule rule;
	struct price_ask ask = {.at = 1, .pool = pool, .n_pool = 1};
	struct price_rule out;

	pool[0] = 0;
	price_rule_init(&rule);
	rule.change = rule.id = 1;
	rule.cities = (struct price_list){0, 1};
	is_int(price_choose(&rule, 1, &ask, &out), 0, "an unknown city");
	rule.cities = (struct price_list){0, 0};
	rule.sub[0] = price_sub(STR(""));
	is_int(price_choose(&rule, 1, &ask, &out), 0, "no sub");
	rule.sub[0] = 0;
	ask.affiliate = 5;
	rule.affiliates = (struct price_list){UINT32_MAX, 2};
	is_int(price_choose(&rule, 1, &ask, &out), 0, "a list outside the pool");
	rule.affiliates = (struct price_list){0, UINT32_MAX};
	is_int(price_choose(&rule, 1, &ask, &out), 0, "a list longer than the pool");
}

/* A goal's changes take what they leave empty from the goal's own price, then from the
 * offer's. */
static void
test_goal_default(void)
{
	struct price_rule rule[3], out;
	struct price_ask ask = {.at = 1, .goal = 5, .affiliate = ANNA, .n_pool = 1};

	pool[0] = ANNA;
	ask.pool = pool;
	for (unsigned i = 0; i < 3; i++) {
		price_rule_init(&rule[i]);
		rule[i].id = rule[i].change = i;
		memcpy(rule[i].currency, "USD", 4);
		rule[i].goal = i == 0 ? 0 : 5;
	}
	rule[0].aff_conversion = 100;
	rule[0].commission = rule[1].commission = PRICE_COMM_CPA;
	rule[1].aff_conversion = 7;
	rule[1].adv_flat = 9;
	rule[1].cost = PRICE_COST_CONVERSION;
	rule[2].affiliates = (struct price_list){0, 1};
	rule[2].adv_flat = 20;
	is_int(price_choose(rule, 3, &ask, &out) ? (int)out.id : -1, 2,
	    "the affiliate's change of the goal");
	is_int(out.aff_conversion, 7, "has the goal's payout, not the offer's");
	is_int(out.adv_flat, 20, "and its own price");
	is_int(out.cost, PRICE_COST_CONVERSION, "of the goal's type");
	is_int(price_choose(rule, 1, &ask, &out) ? (int)out.id : -1, 0,
	    "NATS: a goal without a price has the default's");
	ask.goal_strict = true;
	is_int(price_choose(rule, 1, &ask, &out), 0, "Affise: it has none");
}

/* 2026-03-29, 02:00: summer time begins in Berlin, 2026-11-20 is a Friday. */
static const struct {
	const char *weekly, *zone;
	int month, day, hour, min; /* on the wall of the zone; of 2026 */
	int want;                  /* -1: cannot be read */
} weeks[] = {
    {"fri", "UTC", 11, 20, 0, 0, 1},
    {"fri", "UTC", 11, 20, 23, 59, 1},
    {"fri", "UTC", 11, 19, 23, 59, 0},
    {"fri", "UTC", 11, 21, 0, 0, 0},
    {"Fri,SAT", "UTC", 11, 21, 12, 0, 1},
    {"sun,mon", "UTC", 11, 22, 12, 0, 1},
    {"18:00-20:00", "UTC", 11, 18, 17, 59, 0},
    {"18:00-20:00", "UTC", 11, 18, 18, 0, 1},
    {"18:00-20:00", "UTC", 11, 18, 19, 59, 1},
    {"18:00-20:00", "UTC", 11, 18, 20, 0, 0},
    {"fri 22:00-06:00", "UTC", 11, 20, 21, 59, 0},
    {"fri 22:00-06:00", "UTC", 11, 20, 22, 0, 1},
    {"fri 22:00-06:00", "UTC", 11, 21, 5, 59, 1},
    {"fri 22:00-06:00", "UTC", 11, 21, 6, 0, 0},
    {"fri 22:00-06:00", "UTC", 11, 20, 5, 0, 0},
    {"sat 22:00-06:00", "UTC", 11, 22, 5, 0, 1},
    {"fri 22:00-24:00", "UTC", 11, 20, 23, 59, 1},
    {"fri 22:00-24:00", "UTC", 11, 21, 0, 0, 0},
    {"fri 00:00-01:00", "Europe/Berlin", 11, 20, 0, 30, 1},
    {"fri 00:00-01:00", "Europe/Berlin", 11, 20, 1, 30, 0},
    {"fri 00:00-01:00", "America/New_York", 11, 20, 0, 30, 1},
    {"sun 01:00-04:00", "Europe/Berlin", 3, 29, 3, 0, 1},
    {"sun 03:00-04:00", "Europe/Berlin", 3, 29, 1, 59, 0},
    {"sun 03:00-04:00", "Europe/Berlin", 3, 29, 3, 0, 1},
    {" fri  22:00-23:00 ", "UTC", 11, 20, 22, 30, 1},
    {"", "UTC", 11, 20, 0, 0, -1},
    {"friday", "UTC", 11, 20, 0, 0, -1},
    {"fri,", "UTC", 11, 20, 0, 0, 1},
    {"fri,,sat", "UTC", 11, 20, 0, 0, -1},
    {"fri 10:00", "UTC", 11, 20, 0, 0, -1},
    {"fri 10:00-10:00", "UTC", 11, 20, 0, 0, -1},
    {"fri 24:00-10:00", "UTC", 11, 20, 0, 0, -1},
    {"fri 10:60-11:00", "UTC", 11, 20, 0, 0, -1},
    {"fri 10:00-24:01", "UTC", 11, 20, 0, 0, -1},
    {"fri 1-2", "UTC", 11, 20, 0, 0, -1},
    {"10:00-11:00 fri", "UTC", 11, 20, 0, 0, -1},
    {"fri 10:00-11:00 x", "UTC", 11, 20, 0, 0, -1},
};

static void
test_weeks(void)
{
	for (size_t i = 0; i < ARRAY_LEN(weeks); i++) {
		const struct zone *z = zone_get(str_of(weeks[i].zone));
		const struct wall at = {.year = 2026,
		    .month = weeks[i].month,
		    .day = weeks[i].day,
		    .hour = weeks[i].hour,
		    .min = weeks[i].min};
		struct weekly w;
		int got = -1;

		if (weekly_parse(str_of(weeks[i].weekly), &w))
			got = weekly_holds(&w, z, zone_utc(z, &at)) ? 1 : 0;
		is_int(got, weeks[i].want, weeks[i].weekly);
	}
}

static void
test_words(void)
{
	uint8_t bits;

	is_int(price_devices_parse(STR("desktop,ipod"), &bits) ? bits : -1,
	    DESKTOP | PRICE_DEVICE_IPOD, "devices as bits");
	is_int(price_devices_parse(STR(""), &bits) ? bits : -1, 0, "none");
	is_int(price_devices_parse(STR("desktop,fridge"), &bits), 0, "another word");
	ok(price_name(STR("Mac OS X")) == price_name(STR("mac os x")),
	    "names compare without case");
}

int
main(void)
{
	test_choices();
	test_weeks();
	test_unknown();
	test_goal_default();
	test_words();
	return tap_done();
}
