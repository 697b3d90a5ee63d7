/* SPDX-License-Identifier: Apache-2.0
 * catmodel.h - the catalog as the stats process keeps it, between the database and the
 * image.
 *
 * Catalog thread only.  Read once from SQL, then patched by what table catalog_change
 * names, so that a changed offer costs the reading of one offer; each generation's image
 * is written from it.
 *
 *   catalog_change ── catmodel_follow() ──► model ── catmodel_image() ──► an image
 *                        reads objects
 */
#ifndef STATS_CATMODEL_H
#define STATS_CATMODEL_H

#include "db/db.h"
#include "track/catimage.h"

struct catmodel; /* private to catmodel.c */

NODISCARD struct catmodel *catmodel_new(void);
/* NULL is fine; sets the caller's pointer to NULL. */
void catmodel_free(struct catmodel **mp);

/* Bring it to the database's newest version.  *changed: it moved, so an image is due.
 * After a failure some objects may be newer than catmodel_version() says; the next call
 * reads them again. */
NODISCARD enum err catmodel_follow(struct catmodel *m, struct db *db, bool *changed);
/* What SmartLinks choose by, from the rollups; *changed as above. */
NODISCARD enum err catmodel_earnings(
    struct catmodel *m, struct db *db, us_t now, bool *changed);
/* The version it shows; 0: nothing was read yet. */
NODISCARD uint64_t catmodel_version(const struct catmodel *m);

/* All of it into an image under construction.  Versions of payout rules that ended more
 * than an hour before now_us are left out: no click is priced by them any more. */
void catmodel_image(const struct catmodel *m, struct catimage *ci, us_t now_us);

/* The zone in which caps are cut. */
NODISCARD struct str catmodel_time_zone(const struct catmodel *m);
/* Who may use the administrators' calls; empty: nobody. */
NODISCARD struct str catmodel_admin_ips(const struct catmodel *m);

#endif
