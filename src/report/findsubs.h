/* SPDX-License-Identifier: Apache-2.0
 * findsubs.h - values of sub1 to sub5 that have been seen: /3.0/stats/find-subs.
 *
 * One thread.  Looked for are clicks of the last FINDSUBS_DAYS, since no index has their
 * texts, and conversions of the same time.
 */
#ifndef REPORT_FINDSUBS_H
#define REPORT_FINDSUBS_H

#include "base/clock.h"
#include "base/jsonw.h"
#include "report/ask.h"

#define FINDSUBS 5
#define FINDSUBS_DAYS 90

struct findsubs_query {
	/* Part of the value, in any case; STR_NONE: not asked for, "": any that is not
	 * empty. */
	struct str sub[FINDSUBS];
	struct ask_ids affiliates;
	us_t now;
	int64_t page, limit;
};

/* {"status":1,"subs":[{"sub1":...}],"pagination":{...}}: each combination once, in order;
 * totals are exact. */
NODISCARD enum err findsubs_json(
    struct db *db, struct arena *a, const struct findsubs_query *q, struct jsonw *w);

#endif
