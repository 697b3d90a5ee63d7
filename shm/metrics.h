/* SPDX-License-Identifier: Apache-2.0
 * metrics.h - everything there is to measure of a node, by name: counters and its state.
 *
 * Any process that has the shared memory, also one that may only read it: looking touches
 * nothing.  The one list behind `affiliatestat` and /metrics.
 */
#ifndef SHM_METRICS_H
#define SHM_METRICS_H

#include "shm/shm.h"

enum metric_kind {
	METRIC_COUNT, /* only grows; printed with _total */
	METRIC_GAUGE, /* up and down */
	METRIC_MICRO  /* a gauge in millionths, printed with six decimals */
};

struct metric {
	const char *name, *text;
	const char
	    *label; /* value of `reason`, of several that bear one name; else NULL */
	enum metric_kind kind;
	int64_t value;
};

/* State of the node, in front of the counters of tbl/counters.h. */
#define METRICS_STATE 18u
#define METRICS_MAX (METRICS_STATE + COUNTER_MAX)
/* Room for all of it in Prometheus' text. */
#define METRICS_TEXT (METRICS_MAX * 400u)

/* Fills out[METRICS_MAX]; the same names in the same order each time. */
void metrics_read(struct shm *shm, struct metric out[METRICS_MAX]);
/* The value as a number, for text and JSON. */
void metrics_value(const struct metric *m, char out[32]);
/* Prometheus' text format into `out`; returns its length. */
NODISCARD size_t metrics_text(const struct metric m[METRICS_MAX], char out[METRICS_TEXT]);

#endif
