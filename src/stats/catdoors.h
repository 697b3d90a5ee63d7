/* SPDX-License-Identifier: Apache-2.0
 * catdoors.h - the part of the catalog's model that track/doors.h reads: tracking
 * domains, short codes, and where links of an offer may lead.
 *
 * Catalog thread only; a piece of stats/catmodel.h, which owns it.
 */
#ifndef STATS_CATDOORS_H
#define STATS_CATDOORS_H

#include "db/db.h"
#include "track/catimage.h"

struct catdoors; /* private to catdoors.c */

NODISCARD struct catdoors *catdoors_new(void);
/* NULL is fine; sets the caller's pointer to NULL. */
void catdoors_free(struct catdoors **dp);

/* Everything again, and one object of catalog_change.  Kinds of others are none of its
 * business. */
NODISCARD enum err catdoors_read_all(struct catdoors *d, struct db *db);
NODISCARD enum err catdoors_read_one(
    struct catdoors *d, struct db *db, unsigned kind, uint64_t id);

/* What clicks of the offers of SmartLinks earned in the last seven days.  *changed: some
 * of it is another than before, so an image is due. */
NODISCARD enum err catdoors_earnings(
    struct catdoors *d, struct db *db, us_t now, bool *changed);

/* Domains, short codes and SmartLinks into an image; *default_domain is cat_net's. */
void catdoors_image(
    const struct catdoors *d, struct catimage *ci, uint32_t *default_domain);

/* An offer's row: whether its links may name a target, and which; `urls` are its landing
 * pages'. */
void catdoors_offer(const struct catdoors *d, struct catimage *ci, struct cat_offer *row,
    const struct str *urls, unsigned n);

#endif
