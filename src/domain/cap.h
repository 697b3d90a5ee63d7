/* SPDX-License-Identifier: Apache-2.0
 * cap.h - how many conversions an offer takes in a day, a month or all its life.
 *
 * One thread at a time.  A cap keeps its number while only its value changes, and with it
 * what is counted already.  Faults name the columns.
 */
#ifndef DOMAIN_CAP_H
#define DOMAIN_CAP_H

#include "domain/change.h"

enum cap_period { CAP_DAY = 1, CAP_MONTH, CAP_ALL };
/* What a full cap does, C3 of decisions.md. */
enum cap_on_full {
	ONFULL_NOTIFY,
	ONFULL_LANDING_PAGE,
	ONFULL_TRAFFICBACK,
	ONFULL_DECLINE
};
extern const char *const cap_on_full_words[];

/* Statuses that count unless said otherwise: confirmed 1, pending 2, hold 5. */
#define CAP_STATUSES (1u << 1 | 1u << 2 | 1u << 5)
#define CAP_VALUE_MAX INT32_MAX

struct cap {
	int64_t id; /* 0: not stored yet */
	int64_t offer_id;
	int64_t period; /* enum cap_period */
	int64_t value;
	int64_t statuses; /* a bit for each status number */
	int on_full;      /* enum cap_on_full */
};

/* Caps of the offers (`ids`: a JSON array of numbers), by the array's order, then period
 * and number. */
NODISCARD enum err cap_list(
    struct db *db, struct arena *a, struct str ids, struct cap **out, size_t *n);
/* Makes it (id 0) or writes it back. */
NODISCARD enum err cap_put(struct change *c, struct cap *p);
NODISCARD enum err cap_delete(struct change *c, const struct cap *p);

#endif
