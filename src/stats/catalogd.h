/* SPDX-License-Identifier: Apache-2.0
 * catalogd.h - the catalog thread of the stats process.
 *
 * Follows the configuration in the database and publishes an image a version
 * (track/catalog.h) in the shared memory's directory, `catalog-<generation>`; the one
 * before is unlinked, and workers that still have it mapped keep it.  Looks at the
 * database every 200 ms and whenever shm_want_version() asks.  Also brings the counts of
 * caps that clicks are held against into shared memory, once a second.
 *
 * Without a database the last image stays in force.  Some seconds after a change at the
 * latest its copy is on disk, for a start without one (stats/catcopy.h).
 */
#ifndef STATS_CATALOGD_H
#define STATS_CATALOGD_H

#include "base/inherited.h"
#include "db/db.h"

#define CATALOGD_POLL_MS 200

struct catalogd; /* private to catalogd.c */

/* Starts the thread.  Never NULL: without a thread the process cannot work and ends. */
NODISCARD struct catalogd *catalogd_start(const struct inherited *in);
/* Ends it and waits for it, at most a statement's time.  NULL is fine; sets the caller's
 * pointer to NULL. */
void catalogd_stop(struct catalogd **dp);

#endif
