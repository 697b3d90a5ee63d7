/* SPDX-License-Identifier: Apache-2.0
 * period.h - from what a caller says about time to the instants a report takes in.
 *
 * Any process, any thread; pure.  All periods are [from, to) and begin and end with a day
 * of the network's wall clock; those that are still running end with their last day, not
 * now.
 */
#ifndef REPORT_PERIOD_H
#define REPORT_PERIOD_H

#include "base/err.h"
#include "base/zone.h"

struct period {
	us_t from, to;
};

/* When payout periods begin: the text forms of nats-behaviour.md §3.8.
 *
 *   3       monthly, on the 3rd       (1..28)
 *   1,16    several starts a month
 *   w1      weekly, 0 Sunday .. 6
 *   d5      every 5 days (1..99), counted from 2004-01-01 */
struct payout_starts {
	char kind;     /* 'm', 'w', 'd' */
	uint32_t days; /* m: bit n = begins on day n */
	int n;         /* w: day of the week; d: length */
};
NODISCARD bool period_starts(struct str text, struct payout_starts *out);
/* The payout period that holds t. */
struct period period_payout(const struct payout_starts *p, const struct zone *z, us_t t);

#define PERIOD_FREE 8

/* What a report call says about time; STR_NONE = not sent. */
struct period_args {
	struct str period; /* number or word of nats-for-networks.md §1.7, or one of
			      NATS5's 10-17, 28 */
	struct str start, end;
};
/* period missing: `start` and `end` count when one of them was sent, else the current
 * payout period. On an error the fault names the parameter. */
NODISCARD enum err period_of(struct period *out, const struct period_args *a,
    const struct payout_starts *starts, const struct zone *z, us_t now, struct fault *f);

/* Days `from` to `to`, both YYYY-MM-DD and both inclusive: the form of Affise reports. */
NODISCARD bool period_days(
    struct period *out, struct str from, struct str to, const struct zone *z);

#endif
