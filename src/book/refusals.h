/* SPDX-License-Identifier: Apache-2.0
 * refusals.h - refused clicks by reason, of a batch, into table rollup_refused.
 *
 * One thread at a time; what is collected lives in the batch's arena.
 */
#ifndef BOOK_REFUSALS_H
#define BOOK_REFUSALS_H

#include "base/arena.h"
#include "base/jsonw.h"
#include "base/record.h"
#include "db/db.h"

struct refusals_key {
	uint32_t bucket, offer, affiliate, advertiser;
	uint16_t country;
	uint8_t verdict;
};

struct refusals {
	struct arena *arena;
	struct refusals_key *v;
	unsigned n, cap;
};

void refusals_begin(struct refusals *r, struct arena *a);
/* Clicks that were not refused are ignored. */
void refusals_add(struct refusals *r, const struct rec_click *c);
/* Inside the caller's transaction; `json` is for the length of the call. */
NODISCARD enum err refusals_write(
    struct refusals *r, struct db *db, struct jsonw *json, unsigned node);

#endif
