/* SPDX-License-Identifier: Apache-2.0
 * rule.h - payout rules: what an event costs the advertiser and pays the affiliate, and
 * when.
 *
 * One thread at a time.  Rules are effective-dated: a change ends one version and begins
 * the next, and booking takes the version of the event's own time.  change_id names a
 * rule through its versions; 0 is the price without any restriction, the commission of
 * the NATS dialect.
 *
 *   change 0   |----- v1 -----|------- v2 ------------>    valid_from <= event < valid_to
 *   change 1            |-- v1 --|                         ended: it was taken away
 *
 * Faults name the columns of tbl/rule_columns.h.
 */
#ifndef DOMAIN_RULE_H
#define DOMAIN_RULE_H

#include "base/money.h"
#include "domain/change.h"
#include "domain/row.h"

enum rule_kind { RULE_STANDARD, RULE_DISABLE, RULE_TEMPORARY, RULE_RECURRING };
enum rule_type { RULE_NONE, RULE_CPA, RULE_CPS, RULE_CLICK, RULE_HYBRID };
enum rule_base { RULE_REVENUE, RULE_GROSS };
enum rule_cost {
	COST_NONE,
	COST_CONVERSION,
	COST_DYNAMIC,
	COST_SALE,
	COST_CLICK,
	COST_UNIQUE,
};
extern const char *const rule_kind_words[],
    *const rule_type_words[], *const rule_base_words[], *const rule_cost_words[];

/* Bits of expressed_by: which dialect can write the rule (C2 of decisions.md). */
enum { RULE_BY_NATS = 1, RULE_BY_AFFISE = 2 };

/* Percentages above this are refused: 1000 %. */
#define RULE_PCT_MAX (1000 * PCT_UNIT)

struct rule {
	int64_t id; /* of this version */
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/rule_columns.h"
#undef COL
	struct str
	    goal; /* the goal's value as first written, "1" for the base conversion */
	struct str goal_title;
	int64_t
	    offer_goal_id; /* the goal as this offer has it; 0 for the base conversion */
};

/* A standard rule of that offer with nothing in it, for the base conversion. */
void rule_init(struct rule *r, int64_t offer_id, struct str currency);

/* The versions in force of the offers (`ids`: a JSON array of numbers): by the array's
 * order, change 0 first, then by change. */
NODISCARD enum err rule_list(
    struct db *db, struct arena *a, struct str ids, struct rule **out, size_t *n);

/* Puts the rule in force from c->now on.  change_id < 0: a new one, which gets the
 * offer's next number; else it takes the place of the version in force, if there is one
 * and it differs.  Writes id, change_id and valid_from_us back. */
NODISCARD enum err rule_put(struct change *c, struct rule *r);
/* Ends the version in force of that change; fine when there is none. */
NODISCARD enum err rule_end(struct change *c, const struct rule *r);

/* The number of a goal within an offer, made when it has none. */
NODISCARD enum err rule_offer_goal(
    struct change *c, int64_t offer_id, int64_t goal_id, int64_t *id);
/* Standard, and for everybody: the price of its goal, or of the offer. */
NODISCARD bool rule_is_general(const struct rule *r);

/* Same restrictions: goal, countries and whom it is for, lists as sets. */
NODISCARD bool rule_same_place(const struct rule *a, const struct rule *b);
/* Same prices, restrictions, title and kind: nothing to write. */
NODISCARD bool rule_same(const struct rule *a, const struct rule *b);

/* Clears the rates that the commission type does not count (nats-behaviour.md 3.3), so
 * that a change of type wakes none of them. */
void rule_drop_dormant(struct rule *r);
/* The narrowest commission type that counts every rate which is given. */
NODISCARD enum rule_type rule_narrow_type(const struct rule *r);
/* The rule says nothing about conversions: neither a rate nor a price for the advertiser.
 */
NODISCARD bool rule_has_no_conversion_price(const struct rule *r);

#endif
