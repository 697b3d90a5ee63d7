/* SPDX-License-Identifier: Apache-2.0
 * custom.h - statistics over any combination of slices: /3.0/stats/custom and getby*.
 *
 * One table of cells, filled from the sources of sources.h and read by one writer
 * (statrow.c):
 *
 *   clicks        rollup_booked; by device, os or browser: cube_click for the buckets
 *                 that are in it, and the raw rows behind them
 *   conversions   rollup_status; by device, os or browser: the conversions themselves
 *   impressions   rollup_impression, for what it can be cut by
 *   by city, version, model, sub or SmartLink: the raw clicks as far back as they are
 *                 kept, and the conversions with their clicks
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

/* Its key is an index into custom.word. */
NODISCARD bool custom_slice_is_word(enum slice s);

/* Refused clicks can be cut by it. */
NODISCARD bool custom_knows_refused(enum slice s);

/* Languages of the names of cities. */
enum custom_locale { CUSTOM_EN, CUSTOM_RU, CUSTOM_ES, CUSTOM_LOCALES };

/* Conversion statuses are numbered as in schema/0005-ledger.sql; 0 is the sum of all. */
#define CUSTOM_STATUSES 6

struct custom_cell {
	int64_t n, n_null;
	money_t charge, revenue;
};

struct custom_row {
	int64_t key[SLICES]; /* 0 where not sliced; words: index into custom.word */
	int64_t raw, uniq, views;
	int64_t trafficback; /* refused clicks, by SLICE_REASON alone */
	struct custom_cell st[CUSTOM_STATUSES];
};

struct custom_query {
	const struct zone *zone;
	struct period period;
	bool by[SLICES];
	struct ask_ids offers, advertisers, affiliates, countries, goals, devices;
	struct ask_ids managers; /* of the affiliates, or with ... */
	bool of_advertisers;     /* of the advertisers */
	/* models: devices by name; a row fits when it fits devices or models. */
	struct ask_strs os, smarts, models, sub[5];
	enum custom_locale locale;
	/* Upper case, parted by commas.  One: only its money, in it; several: only their
	 * money, in base; none: all of it, in base. */
	struct str currencies;
	bool one_currency;
	bool hide_charge; /* an affiliate's key: the advertiser's money is 0 */
	bool nonzero;     /* rows with conversions only */
	bool every_hour;  /* by hour alone: hours without anything have a row, too */
};

struct custom {
	struct custom_row *row; /* in no order */
	size_t n;
	struct str *word; /* [0] is "" */
	size_t n_words;
	/* Private to custom.c. */
	size_t _words_cap, _word_slots;
	uint32_t *_word_slot;
};

/* More groups than this are refused with ERR_FULL: 250 000 rows are 120 MB. */
#define CUSTOM_MAX_ROWS 250000

/* The texts of the words live in the arena, the rest until custom_free(). */
NODISCARD enum err custom_read(
    struct db *db, struct arena *a, const struct custom_query *q, struct custom *out);
void custom_free(struct custom *c);

#endif
