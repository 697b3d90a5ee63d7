/* SPDX-License-Identifier: Apache-2.0
 * custom.h - statistics over any combination of slices: /3.0/stats/custom.
 *
 * One table of cells, filled from two sources and read by one writer (statrow.c):
 *
 *   by SmartLink  the raw clicks, and the conversions with their clicks
 *   clicks        rollup_booked; by device, os or browser: cube_click for the buckets
 *                 that are in it, and the raw rows behind them
 *   conversions   rollup_status; by device, os or browser: the conversions themselves
 *
 * A conversion counts at its own time under its status now; `revenue` is the affiliate's
 * money, `charge` the advertiser's.  Money of clicks is `confirmed` with count 0
 * (decisions.md §3) and belongs to goal 1. Times are cut on the wall clock of `zone`,
 * exact at offsets of whole quarters of an hour.
 */
#ifndef REPORT_CUSTOM_H
#define REPORT_CUSTOM_H

#include "base/money.h"
#include "report/ask.h"
#include "report/period.h"

enum slice {
#define SLICE(id_, word_, kind_) SLICE_##id_,
#include "tbl/slices.h"
#undef SLICE
	SLICES
};

/* false: no such slice here. */
NODISCARD bool custom_slice(struct str word, enum slice *out);
NODISCARD const char *custom_slice_word(enum slice s);

/* Conversion statuses are numbered as in schema/0005-ledger.sql; 0 is the sum of all. */
#define CUSTOM_STATUSES 6

struct custom_cell {
	int64_t n, n_null;
	money_t charge, revenue;
};

struct custom_row {
	int64_t
	    key[SLICES]; /* 0 where not sliced; OS and BROWSER: index into custom.word */
	int64_t raw, uniq;
	int64_t trafficback; /* refused clicks, by SLICE_REASON alone */
	struct custom_cell st[CUSTOM_STATUSES];
};

struct custom_query {
	const struct zone *zone;
	struct period period;
	bool by[SLICES];
	struct ask_ids offers, advertisers, affiliates, countries, goals, devices;
	struct ask_strs os, smarts;
	/* Upper case, parted by commas.  One: only its money, in it; several: only their
	 * money, in base; none: all of it, in base. */
	struct str currencies;
	bool one_currency;
	bool hide_charge; /* an affiliate's key: the advertiser's money is 0 */
	bool nonzero;     /* rows with conversions only */
};

struct custom {
	struct custom_row *row; /* in no order */
	size_t n;
	struct str *word; /* [0] is "" */
	size_t n_words;
};

/* More groups than this are refused with ERR_FULL: 250 000 rows are 80 MB. */
#define CUSTOM_MAX_ROWS 250000

/* Everything in `out` lives in the arena but the rows: custom_free(). */
NODISCARD enum err custom_read(
    struct db *db, struct arena *a, const struct custom_query *q, struct custom *out);
void custom_free(struct custom *c);

#endif
