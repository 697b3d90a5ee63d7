/* SPDX-License-Identifier: Apache-2.0
 * convlist.h - the list of conversions: /3.0/stats/conversions.
 *
 * Newest first.  `revenue` is what the advertiser pays here and `payouts` what the
 * affiliate gets, in the conversion's own currency; earnings are the difference.
 */
#ifndef REPORT_CONVLIST_H
#define REPORT_CONVLIST_H

#include "base/jsonw.h"
#include "base/record.h"
#include "report/ask.h"
#include "report/period.h"

#define CONVLIST_SUBS 5
#define CONVLIST_CUSTOM 7

struct convlist_query {
	const struct zone *zone;
	struct period created;
	us_t updated_from; /* 0: not asked for */
	unsigned statuses; /* a bit for each status number; 0 all */
	struct ask_ids offers, advertisers, affiliates, countries, goals, devices;
	struct str browser, os,
	    action_id;       /* STR_NONE: not asked for; a name, or name and version */
	struct str currency; /* a code in upper case; STR_NONE: not asked for */
	bool has_click, no_click; /* no_click: the id asked for cannot be one of ours */
	struct click_id click;
	bool has_payouts, has_revenue;
	money_t payouts, revenue;
	struct str sub[CONVLIST_SUBS],
	    custom[CONVLIST_CUSTOM]; /* STR_NONE: not asked for */
	bool affiliate; /* his key: advertiser, revenue and earnings are left out */
	int64_t page, limit;
};

/* {"status":1,"conversions":[...],"pagination":{...}}; totals are exact. */
NODISCARD enum err convlist_json(
    struct db *db, struct arena *a, const struct convlist_query *q, struct jsonw *w);

#endif
