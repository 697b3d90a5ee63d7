/* SPDX-License-Identifier: Apache-2.0
 * catalog.h - all the click path needs to know, as one immutable image, and how to read
 * it.
 *
 * The stats process writes an image a generation (stats/catmodel.h, track/catimage.h);
 * any process maps it and reads without locks.  Nothing in it is a pointer: texts and
 * lists are offsets, so each process maps it where it likes.  What a reader gets points
 * into the image and lives until catalog_unmap().
 *
 *   +--------+-----+---------+--------+-----+-----------+----------+--------------+--------+------+
 *   | header | net | account | offer  | ... | countries | settings | hash tables  | texts
 * | end  |
 *   +--------+-----+---------+--------+-----+-----------+----------+--------------+--------+------+
 *
 * A change of size or order of a struct below is a new CATALOG_VERSION.
 */
#ifndef TRACK_CATALOG_H
#define TRACK_CATALOG_H

#include "base/record.h" /* us_t, money_t, pct_t, struct str */

#define CATALOG_VERSION 1

struct catalog; /* private to catalog.c */

/* A text in the image; n == 0 is "not set". */
struct cat_text {
	uint32_t off, n;
};

/* A run of rows in another table. */
struct cat_list {
	uint32_t first, n;
};

/* The network's settings that steer tracking.  Every other one: catalog_setting(). */
struct cat_net {
	struct cat_text time_zone;    /* setting time_zone, "UTC" when not set */
	char base_currency[4];        /* base_currency, "USD" */
	uint32_t stat_unique_seconds; /* stat_unique_seconds, 86400 */
	struct cat_text
	    fallback_url; /* fallback_url: where traffic goes that nobody takes */
	struct cat_text admin_ips; /* ADMIN_API_ALLOWED_IPS, as written */
	struct cat_text
	    test_token; /* test_token of sub1=testofferlink; not set: addresses alone */
	uint8_t allow_remote_voids;  /* allow_remote_voids, 0 */
	uint8_t global_for_disabled; /* trafficback_use_for_disabled, 0 */
	uint8_t global_for_others;   /* trafficback_use_by_others, 0 */
	uint8_t _pad[1];
	uint32_t default_cookie_days; /* for offers that say 0: 30 */
};

struct cat_account {
	uint32_t id;
	uint8_t type;   /* 100 affiliate, 120 manager, 140 advertiser ... (schema) */
	uint8_t status; /* 0 active, 2 banned ... (C6) */
	uint8_t deleted, inhouse, auto_pending;
	uint8_t _pad[3];
	struct cat_text username, title, company;
};

enum cat_offer_status { CAT_ACTIVE = 1, CAT_STOPPED = 2, CAT_SUSPENDED = 3 };
enum cat_privacy { CAT_PUBLIC = 1, CAT_PROTECTED = 2, CAT_PRIVATE = 3 };

struct cat_offer {
	uint32_t id, advertiser_id, default_lp_id, expire_lp_id, commission_id;
	uint32_t cookie_days;
	uint8_t status;  /* enum cat_offer_status */
	uint8_t privacy; /* enum cat_privacy */
	uint8_t deleted, hidden;
	uint8_t advertiser_gone; /* it has one, and that was deleted */
	uint8_t _pad[3];
	us_t date_live, date_expire; /* 0: not set */
	struct cat_text name, expire_url, trafficback_url;
	struct cat_list authorized,
	    unauthorized;      /* of countries, sorted; network defaults applied */
	struct cat_list rules; /* default rule first, see catalog_rules() */
	struct cat_list caps;
};

struct cat_landing_page {
	uint32_t id, offer_id;
	uint8_t deleted;
	uint8_t conversion_type; /* enum cat_conversion */
	uint8_t raw_url;         /* disable_url_sanitization */
	uint8_t no_deep_link;    /* disable_deep_linking */
	uint32_t _pad;
	struct cat_text url, preview_url;
};
enum cat_conversion { CAT_POST = 1, CAT_IFRAME = 2, CAT_IMAGE = 3 };

struct cat_commission {
	uint32_t id, offer_id;
};

enum cat_rule_kind {
	CAT_DISABLE = 1,
	CAT_TEMPORARY = 2,
	CAT_STANDARD = 3
}; /* in order of C1 */
enum cat_commission_type { CAT_COMM_NONE, CAT_CPA, CAT_CPS, CAT_CLICK, CAT_HYBRID };
enum cat_cost_type {
	CAT_COST_NONE,
	CAT_COST_CONVERSION,
	CAT_COST_DYNAMIC,
	CAT_COST_SALE,
	CAT_COST_CLICK,
	CAT_COST_UNIQUE
};

/* What of a payout rule prices a click.  Rules of goals and versions that ended are not
 * here. */
struct cat_rule {
	uint32_t id, change_id;    /* change 0: the price without any restriction */
	us_t valid_from, valid_to; /* version; valid_to INT64_MAX: in force */
	us_t start, end;           /* of a temporary rule; INT64_MIN and MAX: open */
	uint8_t kind;              /* enum cat_rule_kind */
	uint8_t country_exclude;   /* countries are those it does not hold in */
	uint8_t commission_type, cost_type; /* the enums above; 0: as the default rule */
	uint8_t has_click, has_visitor, has_cost; /* given; else as the default rule */
	char currency[4];
	uint8_t _pad[5];
	money_t click, visitor; /* to the affiliate, per click and per unique click */
	money_t cost;           /* from the advertiser, for cost types click and unique */
	struct cat_list countries;
};

enum cat_on_full {
	CAT_NOTIFY = 1,
	CAT_TO_LANDING_PAGE = 2,
	CAT_TRAFFICBACK = 3,
	CAT_DECLINE = 4
};

struct cat_cap {
	uint32_t id;
	uint32_t counter; /* index in the shared array of counts; UINT32_MAX: none left
			     for it */
	int64_t value;
	uint8_t period;  /* 1 day, 2 month, 3 all */
	uint8_t on_full; /* enum cat_on_full */
	uint8_t _pad[6];
};

/* Map the image at `path`.  NULL: it is not there or not whole; `why` (256 bytes, may be
 * NULL) says. */
NODISCARD struct catalog *catalog_map(const char *path, char *why);
/* The same over bytes of the caller, 8-byte aligned, which must outlive it. */
NODISCARD struct catalog *catalog_of(const void *image, size_t n, char *why);
/* NULL is fine; sets the caller's pointer to NULL. */
void catalog_unmap(struct catalog **cp);

/* The number of the image, counted by the stats process; and the catalog_version it
 * shows. */
NODISCARD uint64_t catalog_generation(const struct catalog *c);
NODISCARD uint64_t catalog_version(const struct catalog *c);

/* STR_NONE when not set. */
NODISCARD struct str catalog_text(const struct catalog *c, struct cat_text t);
NODISCARD const struct cat_net *catalog_net(const struct catalog *c);
/* A row of table setting; STR_NONE: there is none. */
NODISCARD struct str catalog_setting(const struct catalog *c, struct str name);

/* NULL: there is none.  Deleted ones are there and say so.  Accounts of every type. */
NODISCARD const struct cat_account *catalog_affiliate(
    const struct catalog *c, uint32_t id);
NODISCARD const struct cat_account *catalog_affiliate_by_name(
    const struct catalog *c, struct str name);
NODISCARD const struct cat_offer *catalog_offer(const struct catalog *c, uint32_t id);
NODISCARD const struct cat_landing_page *catalog_landing_page(
    const struct catalog *c, uint32_t id);
NODISCARD const struct cat_commission *catalog_commission(
    const struct catalog *c, uint32_t id);

enum cat_named {
	CAT_NAMED_ACCOUNT = 1,
	CAT_NAMED_OFFER,
	CAT_NAMED_LANDING_PAGE,
	CAT_NAMED_COMMISSION
};
/* The id behind a name, 0 none.  Landing pages and commissions are named within their
 * offer; for the rest `offer` is 0. */
NODISCARD uint32_t catalog_by_shortname(
    const struct catalog *c, enum cat_named kind, uint32_t offer, struct str name);

/* Rows of a list; *n of them. */
NODISCARD const struct cat_rule *catalog_rules(
    const struct catalog *c, struct cat_list l, unsigned *n);
NODISCARD const struct cat_cap *catalog_caps(
    const struct catalog *c, struct cat_list l, unsigned *n);
NODISCARD bool catalog_country_in(
    const struct catalog *c, struct cat_list l, uint16_t country);

/* Whether links may credit it: every account but advertisers and customer service. */
static inline bool
cat_may_have_traffic(const struct cat_account *a)
{
	return a->type != 140 && a->type != 160;
}

#endif
