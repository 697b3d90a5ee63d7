/* SPDX-License-Identifier: Apache-2.0
 * statrow.h - the cells of custom.h as a page of StatRows: order, names, JSON.
 */
#ifndef REPORT_STATROW_H
#define REPORT_STATROW_H

#include "base/jsonw.h"
#include "report/custom.h"

/* Keys of `order`: a slice, or one of the sums. */
struct statrow_key {
	bool is_slice;
	enum slice slice;
	unsigned sum; /* private to statrow.c */
};
/* A word of `order`; false: not one of them ("currency" and slices that are not here
 * included). */
NODISCARD bool statrow_key(struct str word, struct statrow_key *out);

/* conversionTypes, by status number; 0 is total.  false: no such type. */
NODISCARD bool statrow_type(struct str word, unsigned *status);

#define STATROW_MAX_KEYS 32

struct statrow_page {
	enum slice by[SLICES]; /* in the order asked for */
	unsigned n_by;
	struct statrow_key order[STATROW_MAX_KEYS];
	unsigned n_order; /* 0: by the slices */
	bool descending;
	bool types[CUSTOM_STATUSES];
	bool affiliate;      /* no offer URLs; custom_query has hidden the money */
	int64_t page, limit; /* from 1 */
};

/* {"status":1,"stats":[...],"pagination":{...}}; reorders c's rows. */
NODISCARD enum err statrow_json(struct db *db, struct arena *a, struct custom *c,
    const struct statrow_page *p, struct jsonw *w);

/* The member "pagination", for lists of all kinds: next_page only when there is one. */
void statrow_pagination(struct jsonw *w, int64_t page, int64_t limit, int64_t total);

#endif
