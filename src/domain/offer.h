/* SPDX-License-Identifier: Apache-2.0
 * offer.h - offers: one model under both dialects.
 *
 * One thread at a time.  An offer is read whole (offer_lock() in a change, offer_load()
 * to show it), edited in memory and written whole; its landing pages, payout rules and
 * caps have writers of their own. How each dialect names and sees the parts is
 * decisions.md §7.  Faults name the columns of tbl/offer_columns.h.
 */
#ifndef DOMAIN_OFFER_H
#define DOMAIN_OFFER_H

#include "domain/account.h"
#include "domain/landingpage.h"
#include "domain/offercap.h"
#include "domain/offerdisplay.h"
#include "domain/offergroup.h"
#include "domain/offertag.h"
#include "domain/offertarget.h"
#include "domain/rule.h"

/* Column offer.status, and C4 of decisions.md. */
enum offer_status { OFFER_ACTIVE = 1, OFFER_STOPPED, OFFER_SUSPENDED };
enum offer_privacy { OFFER_PUBLIC, OFFER_PROTECTED, OFFER_PRIVATE };
extern const char *const offer_privacy_words[];
/* How a visitor is sent on; all but the first hide where he comes from. */
enum offer_redirect { OFFER_HTTP302, OFFER_HTTP302HIDDEN, OFFER_META, OFFER_JS };
extern const char *const offer_redirect_words[];

#define OFFER_HOLD_MAX 60
#define OFFER_DAYS_MAX 36500
#define OFFER_IP_LIMIT_MAX 1000000
#define OFFER_UNIQUENESS_MAX (365 * 86400)

struct offer {
	int64_t id;
#define COL(name_, kind_, words_) ROW_C_##kind_ name_;
#include "tbl/offer_columns.h"
#undef COL
	/* of the advertiser; STR_NONE when there is none */
	struct str advertiser_hex24, advertiser_username;
	int64_t commission_id;
	struct str commission_shortname; /* STR_NONE: it has none */
	struct landingpage *lp;
	size_t n_lp;
	struct rule *rule; /* versions in force, change 0 first if there is one */
	size_t n_rule;
	struct offercap *cap;
	size_t n_cap;
	struct offergroup *group; /* by number */
	size_t n_group;
	struct offertag *category, *marketing; /* by number */
	size_t n_category, n_marketing;
	struct offertarget target;   /* offertarget_put() writes it */
	struct offerdisplay display; /* offerdisplay_put() writes it */
	struct source *source;       /* by number; source_set() writes them */
	size_t n_source;
};

/* An empty one with the table's defaults, active. */
void offer_init(struct offer *o);

/* Those of the numbers that exist and are not deleted, in the order asked for; one may be
 * asked for twice and comes once. */
NODISCARD enum err offer_list(struct db *db, struct arena *a, const int64_t *ids,
    size_t n_ids, struct offer **out, size_t *n);
/* ERR_NOT_FOUND. */
NODISCARD enum err offer_load(
    struct db *db, struct arena *a, int64_t id, struct offer *out);
/* The same in a change: nobody else edits it until the commit. */
NODISCARD enum err offer_lock(struct change *c, int64_t id, struct offer *out);
NODISCARD enum err offer_by_hex24(struct db *db, struct str hex24, int64_t *id);

/* Checks and makes it with its default landing page (url, and name if empty: the offer's)
 * and its commission.  Fills id, hex24, default_lp_id. */
NODISCARD enum err offer_add(
    struct change *c, struct offer *o, struct landingpage *first);
/* Checks and writes all columns back. */
NODISCARD enum err offer_store(struct change *c, struct offer *o);

/* NULL: it has none (not so for offers made here). */
NODISCARD struct landingpage *offer_default_lp(const struct offer *o);
/* Change 0, or NULL. */
NODISCARD struct rule *offer_base_rule(const struct offer *o);
/* What it is at that moment: an active one whose date_expire is reached is suspended. */
NODISCARD enum offer_status offer_state(const struct offer *o, us_t now);

/* How Affise sees who may run it: the offer's privacy, or that of its default landing
 * page when the other dialect has closed only that (C5). */
NODISCARD enum offer_privacy offer_seen_privacy(const struct offer *o);

/* "[1,2,3]" */
NODISCARD struct str offer_ids_json(struct arena *a, const int64_t *ids, size_t n);

#endif
