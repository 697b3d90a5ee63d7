/* SPDX-License-Identifier: Apache-2.0
 * catcaps.h - the caps of the catalog's model: those that turn clicks away.
 *
 * Catalog thread only.  Caps of one offer hang on its number, caps of an advertiser or of
 * all offers on 0; in the image each offer has all that are about it.
 */
#ifndef STATS_CATCAPS_H
#define STATS_CATCAPS_H

#include "db/db.h"
#include "track/catimage.h"

struct catcaps; /* private to catcaps.c */

NODISCARD struct catcaps *catcaps_new(void);
/* NULL is fine; sets the caller's pointer to NULL. */
void catcaps_free(struct catcaps **cp);
/* Those of offers lo to hi, anew. */
NODISCARD enum err catcaps_read(
    struct catcaps *c, struct db *db, uint64_t lo, uint64_t hi);
/* The list of one offer, into the image. */
NODISCARD struct cat_list catcaps_image(const struct catcaps *c, struct catimage *ci,
    uint32_t offer_id, uint32_t advertiser_id);

#endif
