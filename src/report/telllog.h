/* SPDX-License-Identifier: Apache-2.0
 * telllog.h - the log of postbacks to affiliates: /3.0/stats/affiliatepostbacks.
 *
 * One row an attempt, newest first.
 */
#ifndef REPORT_TELLLOG_H
#define REPORT_TELLLOG_H

#include "base/jsonw.h"
#include "report/ask.h"
#include "report/period.h"

struct telllog_query {
	struct period at;
	struct ask_ids offers, affiliates;
	struct str goal;   /* STR_NONE: not asked for */
	int64_t status;    /* 0: not asked for */
	int64_t http_code; /* -1: not asked for */
	int64_t page, limit;
};

/* {"status":1,"postbacks":[...],"pagination":{...}} */
NODISCARD enum err telllog_json(
    struct db *db, struct arena *a, const struct telllog_query *q, struct jsonw *w);

#endif
