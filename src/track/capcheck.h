/* SPDX-License-Identifier: Apache-2.0
 * capcheck.h - full caps at a click: who is sent where, and counting clicks themselves.
 *
 * Pure but for what it is handed: counts come and go through functions.  Windows are kept
 * from click to click, so that the calendar is asked once an hour or day.
 */
#ifndef TRACK_CAPCHECK_H
#define TRACK_CAPCHECK_H

#include "track/catalog.h"

/* The windows of a moment; all 0 in the beginning.  One thread. */
struct cap_clock {
	const struct zone *zone; /* NULL: UTC.  Whoever changes it clears all the rest */
	us_t from[CAP_PERIODS], to[CAP_PERIODS];
	us_t day_from, day_to;
	int wday; /* of that day */
};

/* What a click brings. */
struct cap_ask {
	const struct catalog *cat;
	struct cap_clock *clock;
	us_t now;
	uint32_t affiliate_id;
	/* Both by the key of base/caprule.h. */
	int64_t (*count)(void *arg, uint64_t key);
	void (*add)(void *arg, uint64_t key, us_t until);
	void *arg;
};

/* The first full cap of the offer that turns clicks away (the order is caprule_order()),
 * but none of those numbered `but`.  NULL: there is none. */
NODISCARD const struct cat_cap *capcheck_full(const struct cap_ask *q,
    const struct cat_offer *o, const uint32_t *but, unsigned n_but);
/* A click of this offer counts; `unique`: it is the first of its visitor. */
void capcheck_count(const struct cap_ask *q, const struct cat_offer *o, bool unique);

#endif
