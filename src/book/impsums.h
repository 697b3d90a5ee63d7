/* SPDX-License-Identifier: Apache-2.0
 * impsums.h - the impressions of a batch, by all that reports cut them by: table
 * rollup_impression.
 *
 * One thread at a time; memory is the batch's arena.  Their money is in the sums of
 * clicks (sums.h).
 */
#ifndef BOOK_IMPSUMS_H
#define BOOK_IMPSUMS_H

#include "base/arena.h"
#include "base/jsonw.h"
#include "base/record.h"
#include "db/db.h"

struct impsums_key {
	uint32_t bucket, offer, landing_page, commission, affiliate, advertiser;
	uint32_t campaign, adtool, country;
};

struct impsums {
	struct arena *arena;
	struct impsums_key *v;
	unsigned n, cap;
};

void impsums_begin(struct impsums *s, struct arena *a);
/* Nothing, unless it counts. */
void impsums_add(struct impsums *s, const struct rec_click *c);
/* Inside the batch's transaction.  `json` is reset. */
NODISCARD enum err impsums_write(
    struct impsums *s, struct db *db, struct jsonw *json, unsigned node);

#endif
