/* SPDX-License-Identifier: Apache-2.0
 * geocheck.h - whether offers ask for what no geo file tells.
 *
 * Stats process, the catalog thread.  A visitor of whom nobody knows a country, city or
 * provider fits only where nothing of the kind is asked for, so such an offer turns
 * everybody away, or prices everybody alike, and its administrator should not have to find
 * out by its figures: a line in the log when it begins, the gauge geo_rules_unknown while
 * it lasts, and a word in /readyz.
 */
#ifndef STATS_GEOCHECK_H
#define STATS_GEOCHECK_H

#include "db/db.h"
#include "track/geo.h"

struct geocheck {
	bool read, has[GEO_THINGS]; /* what the files tell, once it was looked at */
	int64_t said[GEO_THINGS];   /* offers that the log was told of */
};

/* Counts active offers that ask for what is unknown; all zeros in *g at first. */
NODISCARD enum err geocheck_look(
    struct geocheck *g, struct db *db, const struct geo *geo);

#endif
