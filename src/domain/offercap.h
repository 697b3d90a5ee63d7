/* SPDX-License-Identifier: Apache-2.0
 * offercap.h - caps as they are stored: one table under both dialects.
 *
 * One thread at a time.  What a cap counts, and when, is base/caprule.h.  A cap keeps its
 * number while it is edited, and what is counted as long as it goes on counting the same.
 * Faults name the columns.
 */
#ifndef DOMAIN_OFFERCAP_H
#define DOMAIN_OFFERCAP_H

#include "base/caprule.h"
#include "domain/change.h"

/* Words of each; the index is the number of caprule.h.  Spelled as the NATS dialect does,
 * but for on_full and scopes. */
extern const char *const offercap_full_words[];
extern const char *const offercap_type_words[];
extern const char *const offercap_period_words[]; /* by enum cap_period, [0] is "" */
extern const char *const offercap_days_words[];
extern const char *const offercap_scope_words[]; /* all, each, exact */

#define CAP_COUNT_MAX INT32_MAX

struct offercap {
	int64_t id;                            /* 0: not stored yet */
	int64_t rev;                           /* offercap_put() moves it */
	int64_t offer_id, advertiser_id;       /* 0: any */
	int64_t period;                        /* enum cap_period */
	int64_t value;                         /* a count; of a budget micro-units */
	int64_t statuses;                      /* a bit for each status number */
	int64_t type, days, affiliates, goals; /* enums of caprule.h */
	struct str affiliate_list, goal_list;  /* "3,17": of a scope that is exact */
	struct str goal_names; /* of the latter but 0: "value\ttitle\n..."; when read */
	us_t start, end;       /* 0: always, for ever */
	bool in_base;          /* a budget in base currency */
	int on_full;           /* enum cap_full */
	int64_t to_offer_id, to_lp_id; /* of CAP_TO_PAGE; the page, or 0: the default */
	bool track;                    /* ditto: the target counts the click */
	bool enabled, deleted, admin_notify;
	int64_t notice_percent; /* 1 to 99; 0: none */
};

/* An enabled one of conversions with the usual statuses, which declines. */
void offercap_init(struct offercap *p);

/* Caps of the offers alone (`ids`: a JSON array of numbers), disabled ones too, by the
 * array's order, then period and number. */
NODISCARD enum err offercap_list(
    struct db *db, struct arena *a, struct str ids, struct offercap **out, size_t *n);
/* Which caps of all: 0 and -1 ask for nothing. */
struct offercap_filter {
	int64_t id, offer_id;       /* of the offer: those of all offers are no part */
	int64_t affiliate;          /* an account: those that list it; -1 all, -2 each */
	int enabled, deleted;       /* 0 or 1, -1: either */
	int64_t type, period, days; /* -1: any; period 0: any */
};
NODISCARD enum err offercap_find(struct db *db, struct arena *a,
    const struct offercap_filter *f, struct offercap **out, size_t *n);
/* Makes it (id 0) or writes it back. */
NODISCARD enum err offercap_put(struct change *c, struct offercap *p);
NODISCARD enum err offercap_delete(struct change *c, const struct offercap *p);

/* How far a cap is in the window open now: a row a counter. */
struct offercap_count {
	int64_t cap_id, affiliate_id, goal_id, n;
};
/* Of all caps in `ids` (JSON array of cap numbers): conversions, then clicks, each by
 * cap, affiliate and goal. */
NODISCARD enum err offercap_counts(struct db *db, struct arena *a, const struct zone *z,
    us_t now, struct str ids, struct offercap_count **out, size_t *n);
/* Of a cap with several counters the fullest; 0: none has begun. */
NODISCARD int64_t offercap_fullest(
    const struct offercap *p, const struct offercap_count *count, size_t n);

#endif
