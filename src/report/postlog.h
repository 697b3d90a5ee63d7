/* SPDX-License-Identifier: Apache-2.0
 * postlog.h - the log of what advertisers posted, with what they were answered:
 * /3.0/stats/serverpostbacks.
 *
 * Newest first.  Filters act on what the sender passed, as text.
 */
#ifndef REPORT_POSTLOG_H
#define REPORT_POSTLOG_H

#include "base/jsonw.h"
#include "report/ask.h"
#include "report/period.h"

struct postlog_query {
	const struct zone *zone; /* of times in the reply */
	struct period at;
	struct ask_ids offers, affiliates;
	struct str action_id, click_id, goal, status; /* STR_NONE: not asked for */
	int64_t page, limit;
};

/* {"status":1,"postbacks":[...],"pagination":{...}} */
NODISCARD enum err postlog_json(
    struct db *db, struct arena *a, const struct postlog_query *q, struct jsonw *w);

/* The body that was answered to a row of event_log; lives in the arena. */
NODISCARD struct str postlog_answer(struct arena *a, unsigned source, unsigned kind,
    unsigned outcome, unsigned param, struct str request, struct str refused);
/* What became of the event: its id in tbl/outcomes.h, "" for none. */
NODISCARD const char *postlog_outcome(unsigned outcome);

#endif
