/* SPDX-License-Identifier: Apache-2.0
 * price.h - what an event costs the advertiser and pays the affiliate.
 *
 * Pure functions over values: no database, no clock, no allocation, so that the click
 * path, booking and a preview all run the same arithmetic.  The formulas are those of
 * nats-behaviour.md §3.2 and §3.3 as §1 of decisions.md amends them; which rule applies
 * is C1 there.
 *
 * A struct price_rule has no pointers: it may lie in a mapped catalog image as it is.
 * Everything a rule computes is in the rule's own currency (M3); each result is rounded
 * once, half away from zero (M1).
 */
#ifndef BOOK_PRICE_H
#define BOOK_PRICE_H

#include "base/clock.h"
#include "base/money.h"
#include "base/weekly.h"

/* An amount or rate that was not given.  0 is given, and means nothing is paid. */
#define PRICE_NONE INT64_MIN
/* payout_rule.valid_to_us of a version that is still in force. */
#define PRICE_FOREVER INT64_MAX

/* The order is that of C1: the smaller beats the larger. */
enum price_rule_kind {
	PRICE_RULE_DISABLE = 0,
	PRICE_RULE_TEMPORARY = 1,
	PRICE_RULE_RECURRING = 2,
	PRICE_RULE_STANDARD = 3,
};

enum price_commission {
	PRICE_COMM_NONE, /* of change 0: nothing is paid; of others: that of change 0 */
	PRICE_COMM_CPA,
	PRICE_COMM_CPS,
	PRICE_COMM_CLICK,
	PRICE_COMM_HYBRID,
};

enum price_cost {
	PRICE_COST_NONE, /* of change 0: the amount sent; of others: that of change 0 */
	PRICE_COST_CONVERSION,
	PRICE_COST_DYNAMIC,
	PRICE_COST_SALE,
	PRICE_COST_CLICK,
	PRICE_COST_UNIQUE,
};

enum price_base { PRICE_BASE_REVENUE, PRICE_BASE_GROSS };

/* The numbers of conversion.kind. */
enum price_kind { PRICE_INITIAL = 1, PRICE_CONTINUITY = 2, PRICE_GOAL = 3 };

#define PRICE_COUNTRY_WORDS 11 /* 26 × 26 pairs of letters, 64 a word */

/* Numbers of a pool that goes with the rules: of accounts, cities or names, sorted.  n 0:
 * no restriction. */
struct price_list {
	uint32_t first, n;
};

/* Bits of price_rule.devices: 1 << enum device_type of track/ua.h, and this one. */
#define PRICE_DEVICE_IPOD 128u
/* Bits of price_rule.unpaid: who gets nothing beside the affiliate; and that it is no
 * price of clicks, as payments of Affise and those by city, system or device are none. */
enum {
	PRICE_NO_MANAGER = 1,
	PRICE_NO_REFERRAL = 2,
	PRICE_NO_PARTNER = 4,
	PRICE_NO_CLICKS = 8,
};
#define PRICE_SUBS 5

/* One row of payout_rule.  `change` 0 is the price without any restriction. */
struct price_rule {
	uint32_t id, change;
	us_t valid_from,
	    valid_to;       /* which version of the change: from included, to excluded */
	us_t start, end;    /* of a temporary rule; PRICE_NONE: open on that side */
	uint32_t goal;      /* goal.id; 0: the base conversion (E1) */
	uint8_t kind;       /* enum price_rule_kind */
	uint8_t commission; /* enum price_commission */
	uint8_t cost;       /* enum price_cost */
	uint8_t base;       /* enum price_base, of percentages */
	uint8_t country_exclude; /* the countries are those where it does not hold */
	uint8_t has_countries;   /* 0: holds everywhere */
	uint8_t devices;         /* 0: all */
	uint8_t unpaid;
	char currency[4]; /* three letters, NUL-filled */
	uint64_t countries[PRICE_COUNTRY_WORDS];
	money_t aff_click, aff_visitor, aff_conversion, aff_continuity;
	pct_t pct_conversion, pct_continuity;
	money_t adv_flat;
	pct_t adv_perc;
	struct price_list affiliates, cities, os; /* os: price_name() of each */
	uint64_t sub[PRICE_SUBS]; /* price_sub() of what it must be; 0: any */
	money_t aff_cpm, adv_cpm; /* per 1000 impressions */
	struct price_list url; /* in a catalog: text of where its clicks go; n 0: none */
	struct weekly weekly;  /* when a recurring rule holds */
};

/* A rule with every rate PRICE_NONE, standard, in force for ever and everywhere. */
void price_rule_init(struct price_rule *r);
/* Adds a country to the rule's list (country_pack() of record.h; 0 is ignored). */
void price_rule_country(struct price_rule *r, uint16_t country);
/* The hours of a recurring rule; what cannot be read never holds. */
void price_rule_weekly(struct price_rule *r, struct str text);
/* The words of the database's ENUM columns; false: none of them. */
NODISCARD bool price_kind_parse(struct str s, uint8_t *out);
NODISCARD bool price_commission_parse(struct str s, uint8_t *out);
NODISCARD bool price_cost_parse(struct str s, uint8_t *out);
NODISCARD bool price_base_parse(struct str s, uint8_t *out);

/* What is known of an event when its rule is chosen. */
struct price_ask {
	us_t at; /* the click's time for a click, the event's own for the rest */
	const struct zone *zone; /* the network's, for recurring rules; NULL: UTC */
	uint32_t goal;           /* 0: the base conversion */
	uint16_t country;        /* of the click; 0 unknown */
	/* A goal without a rule of its own is not found.  False: it is priced by change
	 * 0, which is the NATS way ("no match: the default rule"); in Affise payments the
	 * goal must match. */
	bool goal_strict;
	uint32_t affiliate, city; /* 0: unknown, which is in no list */
	uint32_t
	    os[3]; /* price_name() of the family, and with its version, whole and major */
	uint8_t devices;       /* a bit for what it is, and one for an iPod */
	const struct str *sub; /* of the click, PRICE_SUBS; NULL: none */
	const uint32_t *pool;  /* what the rules' lists point into */
	unsigned n_pool;
};

/* How texts are compared: without regard to case for names of systems, byte by byte for
 * subs.  Never 0. */
NODISCARD uint32_t price_name(struct str s);
NODISCARD uint64_t price_sub(struct str s);
/* "desktop,mobile,tablet,ipod" as bits; false: another word is in it. */
NODISCARD bool price_devices_parse(struct str list, uint8_t *out);

/* Choose among all versions of all rules of one offer, in any order.  *out is the rule
 * that applies with its empty rates filled from change 0 (a flat rate only when both are
 * in the same currency).  False: none fits, "Payments not found". */
NODISCARD bool price_choose(const struct price_rule *rules, unsigned n,
    const struct price_ask *ask, struct price_rule *out);

/* What one counted click pays (affiliate) and costs (advertiser), by a rule that
 * price_choose() gave. */
struct price_click {
	money_t payout, revenue;
};
void price_click(const struct price_rule *r, bool unique, bool has_advertiser,
    struct price_click *out);

/* What one impression that counts pays and costs: a thousandth of the rates, whatever
 * the types of commission and cost are. */
void price_impression(
    const struct price_rule *r, bool has_advertiser, struct price_click *out);

/* What the offer adds to the rule: it prices an event that brought no amount. */
struct price_terms {
	bool has_advertiser;
	money_t conversion_default, continuity_default; /* PRICE_NONE: not set */
	bool conversion_default_gross,
	    continuity_default_gross; /* they are a gross, not a revenue */
};

/* As sent, already in the rule's currency. */
struct price_sent {
	money_t amount, gross; /* PRICE_NONE: not sent */
	bool sum; /* Affise's `sum`: the gross is the amount too when that is dynamic (M2)
		   */
	pct_t override; /* the affiliate's percentage override (M11), PRICE_NONE: none */
};

struct price_event {
	money_t revenue, payout;
	money_t gross;      /* with the default filled in; PRICE_NONE: unknown */
	bool gross_missing; /* a percentage needs a gross that nobody sent: pending, never
			       silently 0 (M2) */
	bool percent;       /* the payout is a percentage: Affise's payment type */
};
void price_event(const struct price_rule *r, const struct price_terms *terms,
    enum price_kind kind, const struct price_sent *sent, struct price_event *out);

/* What a conversion of that revenue and gross pays by the rule that priced it once, which
 * is found by its number; `at` is when that was (M4).  False: that rule is not there. */
NODISCARD bool price_again(const struct price_rule *rules, unsigned n, uint32_t rule_id,
    us_t at, enum price_kind kind, money_t revenue, const struct price_sent *sent,
    money_t *payout);

/* May a void or chargeback take the payout back (nats-behaviour.md §2.8)?  Times in
 * microseconds. */
struct price_deduct {
	bool deduct_voids, deduct_chargebacks;
	us_t min_date;   /* PRICE_NONE: no limit */
	uint32_t window; /* days; 0: no limit */
};
NODISCARD bool price_deducts(
    const struct price_deduct *d, bool chargeback, us_t original, us_t report);

#endif
