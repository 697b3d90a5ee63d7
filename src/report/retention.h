/* SPDX-License-Identifier: Apache-2.0
 * retention.h - what share of the conversions of one goal came to others:
 * /3.0/stats/retentionrate.
 *
 * One thread.  A base conversion has reached an event when its click has a conversion of
 * that goal, too, other than itself; declined ones and those not found count as nothing.
 */
#ifndef REPORT_RETENTION_H
#define REPORT_RETENTION_H

#include "base/jsonw.h"
#include "report/ask.h"
#include "report/period.h"

/* So many events fit into a statement. */
#define RETENTION_EVENTS 20
/* Rows of an answer; more is ERR_FULL. */
#define RETENTION_ROWS 50000

struct retention_event {
	struct str name;
	bool known;    /* false: nobody has used that goal */
	uint32_t goal; /* 0: the base conversion */
};

struct retention_query {
	const struct zone *zone;
	struct period period;
	uint32_t offer;
	struct retention_event base, event[RETENTION_EVENTS];
	unsigned n;
	struct ask_ids affiliates;
	bool affiliate; /* his key: conversions that his account hides are not there */
};

/* {"status":1,"stats":[{"affiliate_id","date","rr_<event>"...,"<base>_count"}],
 * "pagination":{...}} by affiliate and day; all of it is one page. */
NODISCARD enum err retention_json(
    struct db *db, struct arena *a, const struct retention_query *q, struct jsonw *w);

#endif
