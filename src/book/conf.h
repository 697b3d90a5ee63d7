/* SPDX-License-Identifier: Apache-2.0
 * conf.h - what booking must know of the network: offers with their rules and caps,
 * landing pages, accounts, goals, rates and settings.
 *
 * One thread at a time.  A copy that is kept from batch to batch: conf_begin() reads the
 * catalog's version and forgets everything when it moved, conf_need_*() says what a batch
 * will ask for, conf_fetch() reads what is missing in one statement a table.  Pointers
 * live until the next conf_begin().
 */
#ifndef BOOK_CONF_H
#define BOOK_CONF_H

#include "base/zone.h"
#include "book/caprecount.h"
#include "book/price.h"
#include "db/db.h"
#include "domain/netset.h"

/* offer.status */
enum { OFFER_ACTIVE = 1, OFFER_STOPPED = 2, OFFER_SUSPENDED = 3 };
/* account.status */
enum { ACCOUNT_ACTIVE = 0, ACCOUNT_BANNED = 2 };
struct conf_partner {
	uint32_t account;
	pct_t percent;
};

struct conf_offer {
	uint32_t id, advertiser_id, default_lp_id, commission_id;
	uint8_t status;
	bool deleted;
	uint32_t hold_days, lockout_seconds;
	int64_t ip_limit;  /* conversions of an address in 24 hours; 0: no limit */
	uint32_t ip_group; /* whose offers count as well; 0: this one alone */
	bool uniq_ip_only, prevent_cookie_dupes, ip_lookup, allow_s2s_ip,
	    book_unattributed, no_person, retro, full_customer;
	us_t oldest_click, youngest_click; /* at the conversion; 0: no bound */
	struct str allowed_ip, disallowed_ip, void_ips, secret;
	struct price_terms terms;
	struct price_deduct deduct;
	struct price_rule *rule;
	unsigned n_rules;
	uint32_t *pool; /* what their lists point into */
	unsigned n_pool;
	struct cap_def *cap; /* its own, of conversions */
	unsigned n_caps;
	struct conf_partner *partner;
	unsigned n_partners;
};

struct conf_account {
	uint32_t id, ref_id;
	uint8_t status;
	bool deleted, auto_pending;
	pct_t ref_percent, override; /* PRICE_NONE: not set */
	struct str allowed_ip, void_ips, secret;
	pct_t manager_percent; /* what he gets as a manager; PRICE_NONE: nothing */
	bool of_margin;        /* of the margin, not of the payout */
	uint32_t *manager;     /* of an affiliate */
	unsigned n_managers;
};

struct conf_page {
	uint32_t id, offer_id;
	struct str postback_ips, void_ips;
};

struct conf; /* private to conf.c */

NODISCARD struct conf *conf_new(void);
/* NULL is fine; sets the caller's pointer to NULL. */
void conf_free(struct conf **cp);

/* At the start of each batch, inside its transaction. */
NODISCARD enum err conf_begin(struct conf *c, struct db *db);
NODISCARD const struct netset *conf_net(const struct conf *c);
NODISCARD const struct zone *conf_zone(const struct conf *c);

/* The most distant referrer that is paid. */
#define CONF_TIERS 10u
/* Referral percentages by distance, *n of them. */
NODISCARD const pct_t *conf_tiers(const struct conf *c, unsigned *n);

/* 0 is ignored, and so is what is there already. */
void conf_need_offer(struct conf *c, uint32_t id);
void conf_need_account(struct conf *c, uint32_t id);
void conf_need_page(struct conf *c, uint32_t id);
/* Reads what was asked for, with the advertisers and partners of those offers, and
 * whoever referred or manages an account. */
NODISCARD enum err conf_fetch(struct conf *c, struct db *db);

/* NULL: there is none (or nobody asked for it). */
NODISCARD struct conf_offer *conf_offer(struct conf *c, uint32_t id);
NODISCARD const struct conf_account *conf_account(struct conf *c, uint32_t id);
NODISCARD const struct conf_page *conf_page(struct conf *c, uint32_t id);

/* Caps of conversions that are about an advertiser or every offer. */
NODISCARD const struct cap_def *conf_wide_caps(const struct conf *c, unsigned *n);
/* Caps of clicks, all there are, by offer; those about several first. */
NODISCARD enum err conf_click_caps(
    struct conf *c, struct db *db, const struct cap_def **out, unsigned *n);

/* True the first time it is asked about an offer, for as long as the process lives: for
 * warnings. */
NODISCARD bool conf_first_time(struct conf *c, uint32_t offer);

/* The offer is in the offer group; false for group 0. */
NODISCARD bool conf_in_group(const struct conf *c, uint32_t group, uint32_t offer);

/* goal.id of a value, compared without case; 0: no such goal.  Goal "1" is the base
 * conversion and has no row (E1): ask conf_goal_is_base() first. */
NODISCARD bool conf_goal_is_base(struct str value);
NODISCARD uint32_t conf_goal(struct conf *c, struct str value);
/* True when a goal has this id. */
NODISCARD bool conf_goal_id(struct conf *c, uint32_t id);
/* Makes the goal, in lower case, inside the caller's transaction.  ERR_DB_RETRY: another
 * node made it in this moment. */
NODISCARD enum err conf_goal_make(
    struct conf *c, struct db *db, struct str value, us_t now, uint32_t *id);

/* Micro-units of `currency` for one of base at that time; MONEY_UNIT for base itself, 0:
 * no rate. */
NODISCARD int64_t conf_rate(const struct conf *c, const char currency[4], us_t at);

#endif
