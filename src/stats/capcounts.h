/* SPDX-License-Identifier: Apache-2.0
 * capcounts.h - how full caps are, from the database into shared memory; and telling it
 * to people.
 *
 * Catalog thread only.
 */
#ifndef STATS_CAPCOUNTS_H
#define STATS_CAPCOUNTS_H

#include "base/zone.h"
#include "db/db.h"
#include "shm/captable.h"

/* The counts of the windows that are open at `now`, of caps that turn clicks away. */
NODISCARD enum err capcounts_refresh(
    struct db *db, struct captable *t, const struct zone *z, unsigned node_id, us_t now);
/* Counts that have come to their limit, or to the share of it at which somebody wants to
 * know: a row in table notice for each, once a window. */
NODISCARD enum err capcounts_tell(struct db *db, const struct zone *z, us_t now);

#endif
