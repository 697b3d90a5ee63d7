/* SPDX-License-Identifier: Apache-2.0
 * clicklist.h - the list of clicks: /3.0/stats/clicks.
 *
 * Newest first.  Those that count: bots, prefetches, tests and refused clicks are in none
 * of the Affise statistics and not here, so that the list's total is the `raw` of
 * stats/custom.
 */
#ifndef REPORT_CLICKLIST_H
#define REPORT_CLICKLIST_H

#include "base/jsonw.h"
#include "report/ask.h"
#include "report/period.h"

struct clicklist_query {
	const struct zone *zone;
	struct period period;
	struct ask_ids offers, advertisers, affiliates, countries;
	bool affiliate; /* his key: conversions that his account hides are not there */
	int64_t page, limit;
};

/* {"status":1,"clicks":[...],"pagination":{...}}; totals are exact. */
NODISCARD enum err clicklist_json(
    struct db *db, struct arena *a, const struct clicklist_query *q, struct jsonw *w);

#endif
