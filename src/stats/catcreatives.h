/* SPDX-License-Identifier: Apache-2.0
 * catcreatives.h - the part of the catalog's model that says what an impression shows:
 * creatives and their rules.
 *
 * Catalog thread only; catmodel.c owns it and calls.
 */
#ifndef STATS_CATCREATIVES_H
#define STATS_CATCREATIVES_H

#include "db/db.h"
#include "track/catimage.h"

struct catcreatives; /* private to catcreatives.c */

NODISCARD struct catcreatives *catcreatives_new(void);
/* NULL is fine; sets the caller's pointer to NULL. */
void catcreatives_free(struct catcreatives **cp);

/* Reads those with numbers from `lo` to `hi` anew; deleted and pending ones are not
 * there. */
NODISCARD enum err catcreatives_read(
    struct catcreatives *c, struct db *db, uint64_t lo, uint64_t hi);

void catcreatives_image(const struct catcreatives *c, struct catimage *ci);

#endif
