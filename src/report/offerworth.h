/* SPDX-License-Identifier: Apache-2.0
 * offerworth.h - how well offers do: what their cr and epc are made of.
 *
 * Of the last seven days of the network's zone and today, all affiliates together, by
 * booking time (nats-behaviour.md §4.2).  Days that are over are read as days, so a page
 * of offers costs some rows an offer.  A day that is being summed again counts as it was.
 */
#ifndef REPORT_OFFERWORTH_H
#define REPORT_OFFERWORTH_H

#include "base/arena.h"
#include "base/money.h"
#include "base/zone.h"
#include "db/db.h"

#define OFFERWORTH_DAYS 7

struct offerworth {
	int64_t offer_id;
	pct_t cr;    /* conversions in percent of unique visitors */
	money_t epc; /* what affiliates get for a click, in base currency */
};

/* Of each offer in `ids`, a JSON array of numbers, in its order; *n of them in `a`. */
NODISCARD enum err offerworth_load(struct db *db, struct arena *a, const struct zone *z,
    us_t now, struct str ids, struct offerworth **out, size_t *n);

#endif
