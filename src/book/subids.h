/* SPDX-License-Identifier: Apache-2.0
 * subids.h - numbers for the names of sub ids that links bring (tables subid and
 * campaign), made when nobody had them yet.
 *
 * Never on the click path: a batch of clicks is looked up as a whole in the transaction
 * that books it, so that what is rolled back is made again.  An affiliate gets so many
 * new names and sets a day of the network (setting autosubid_limit); two nodes that fold
 * at the same moment may each give the last ones.  Past the limit a name that is not
 * there is left out, the click is kept, and is counted as one that lost a name.
 *
 *   autocamp     the campaign is the set of these names, and subid1, subid2 are its
 *                first two; unless every name and the set could be had: then the click
 *                keeps what its code says, and the names that are there come behind
 *   autosubids   belong to the code's campaign from now on, if that is the affiliate's;
 *                they fill subid1 and subid2 where the code leaves them 0
 */
#ifndef BOOK_SUBIDS_H
#define BOOK_SUBIDS_H

#include "base/arena.h"
#include "base/clock.h"
#include "base/jsonw.h"
#include "base/zone.h"
#include "db/db.h"

struct subids_item {
	us_t at;
	uint32_t affiliate_id;
	struct str text; /* F_subids of the record; STR_NONE: no names */
	/* of the code; then, with names, what the click has */
	uint32_t campaign_id, subid1, subid2;
	struct str list; /* "3,17": the numbers of all; else empty */
	bool refused;    /* something was left out */
};

struct subids_terms {
	const struct zone *zone;
	int64_t limit; /* new names and sets of an affiliate a day */
	struct jsonw *json;
};

/* Everything in `a` is for the length of the batch, list included. */
NODISCARD enum err subids_resolve(struct db *db, struct arena *a,
    const struct subids_terms *terms, struct subids_item *item, unsigned n);

#endif
