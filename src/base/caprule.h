/* SPDX-License-Identifier: Apache-2.0
 * caprule.h - what a cap counts, when, and for whom: the one model under both dialects
 * (C3 of decisions.md, nats-behaviour.md §2.7, "Caps" of affise-3.0.md).
 *
 * Any process, any thread; pure.  A cap has a counter for each of its windows, and within
 * a window one for each affiliate or goal when its scope says "each":
 *
 *     cap ── window (hour ... all, calendar of the network's zone) ── affiliate ── goal
 *
 * Conversions count by their own time and their status now, clicks by theirs.  Numbers
 * are those of table cap, and never reused.
 */
#ifndef BASE_CAPRULE_H
#define BASE_CAPRULE_H

#include "base/money.h"
#include "base/zone.h"

/* In the order of the NATS dialect. */
enum cap_type {
	CAP_CONVERSIONS, /* initials and goals; a rebill is no conversion */
	CAP_BUDGET, /* what affiliates get for conversions, rebills too; micro-units */
	CAP_REGISTRATIONS, /* initials that name their customer: an affiliate's sign-ups
			    */
	CAP_UNIQUES,       /* clicks that are the first of their visitor */
	CAP_CLICKS,
	CAP_NET, /* conversions without those that a void or chargeback undid */
	CAP_TYPES
};
enum cap_period {
	CAP_DAY = 1,
	CAP_MONTH,
	CAP_ALL,
	CAP_WEEK, /* from Sunday on */
	CAP_YEAR,
	CAP_HOUR,
	CAP_PERIODS /* one more than the last */
};
/* Days on which it counts and holds; in the order of the NATS dialect. */
enum cap_days {
	CAP_ANY_DAY,
	CAP_WEEKDAYS,
	CAP_WEEKENDS,
	CAP_SATURDAY,
	CAP_SUNDAY,
	CAP_MONDAY,
	CAP_TUESDAY,
	CAP_WEDNESDAY,
	CAP_THURSDAY,
	CAP_FRIDAY,
	CAP_DAYS
};
enum cap_scope {
	CAP_OF_ALL,  /* one counter for all */
	CAP_OF_EACH, /* a counter for each */
	CAP_OF_EXACT /* one counter for those listed, the others are free */
};
/* What a full one does. */
enum cap_full { CAP_NOTIFY, CAP_TO_PAGE, CAP_TRAFFICBACK, CAP_DECLINE };

struct cap_rule {
	uint32_t id;
	uint32_t rev; /* grows when what it counts changes: the counters begin anew */
	uint32_t offer_id, advertiser_id; /* 0: any */
	int64_t value;                    /* the limit; full from count >= value on */
	us_t start, end;            /* it counts and holds from start to before end; */
	uint8_t type, period, days; /* end 0: for ever */
	uint8_t statuses;           /* a bit for each number of conversion.status */
	uint8_t affiliates, goals;  /* enum cap_scope */
	uint8_t on_full;
	uint8_t in_base; /* a budget in base currency; 0: each payment's own, as it is */
};
_Static_assert(sizeof(struct cap_rule) == 48, "lies in the catalog as it is");

/* Statuses that count unless said otherwise: confirmed 1, pending 2, hold 5. */
#define CAP_STATUSES (1u << 1 | 1u << 2 | 1u << 5)

/* True for what is counted by clicks rather than by conversions. */
static inline bool
caprule_of_clicks(const struct cap_rule *c)
{
	return c->type == CAP_UNIQUES || c->type == CAP_CLICKS;
}

/* The window that holds `at`; a whole life is 0 to INT64_MAX. */
void caprule_window(uint8_t period, const struct zone *z, us_t at, us_t *from, us_t *to);
/* Whether it counts and holds on this day of the week, 0 Sunday .. 6. */
NODISCARD bool caprule_on_day(uint8_t days, int wday);
/* Whether it counts and holds at this moment. */
NODISCARD bool caprule_at(const struct cap_rule *c, const struct zone *z, us_t at);
/* Whether it is about this offer.  Its lists of affiliates and goals are its owner's to
 * ask. */
NODISCARD bool caprule_about(
    const struct cap_rule *c, uint32_t offer_id, uint32_t advertiser_id);

/* A conversion, as far as caps count it. */
struct cap_conv {
	uint8_t status; /* conversion.status */
	uint8_t kind;   /* 1 initial, 2 continuity, 3 goal */
	bool customer;  /* it names one */
	bool undone;    /* a void or chargeback is open */
	money_t payout, payout_b;
};
/* How much it adds: 1, an amount, or 0. */
NODISCARD int64_t caprule_amount(const struct cap_rule *c, const struct cap_conv *v);

/* One of the numbers in a sorted list? */
NODISCARD bool caprule_listed(const uint32_t *list, unsigned n, uint32_t id);

/* How caps are ordered where the first full one counts: a list of affiliates before each
 * before all, then by number.  For qsort() over struct cap_rule. */
int caprule_order(const struct cap_rule *a, const struct cap_rule *b);

/* The key of a counter in shared memory: a hash, never 0. */
NODISCARD uint64_t caprule_key(
    uint32_t id, uint32_t rev, uint32_t affiliate, us_t window_from);

#endif
