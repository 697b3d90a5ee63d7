/* SPDX-License-Identifier: Apache-2.0
 * offercap.h - how many conversions an offer takes in a day, a month or all its life.
 *
 * One thread at a time.  A cap keeps its number while only its value changes, and with it
 * what is counted already.  Faults name the columns.
 */
#ifndef DOMAIN_OFFERCAP_H
#define DOMAIN_OFFERCAP_H

#include "domain/change.h"

enum offercap_period { CAP_DAY = 1, CAP_MONTH, CAP_ALL };
/* What a full cap does, C3 of decisions.md. */
enum offercap_full {
	ONFULL_NOTIFY,
	ONFULL_LANDING_PAGE,
	ONFULL_TRAFFICBACK,
	ONFULL_DECLINE
};
extern const char *const offercap_full_words[];

/* Statuses that count unless said otherwise: confirmed 1, pending 2, hold 5. */
#define CAP_STATUSES (1u << 1 | 1u << 2 | 1u << 5)
#define CAP_VALUE_MAX INT32_MAX

struct offercap {
	int64_t id; /* 0: not stored yet */
	int64_t offer_id;
	int64_t period; /* enum offercap_period */
	int64_t value;
	int64_t statuses; /* a bit for each status number */
	int on_full;      /* enum offercap_full */
};

/* Caps of the offers (`ids`: a JSON array of numbers), by the array's order, then period
 * and number. */
NODISCARD enum err offercap_list(
    struct db *db, struct arena *a, struct str ids, struct offercap **out, size_t *n);
/* Makes it (id 0) or writes it back. */
NODISCARD enum err offercap_put(struct change *c, struct offercap *p);
NODISCARD enum err offercap_delete(struct change *c, const struct offercap *p);

#endif
