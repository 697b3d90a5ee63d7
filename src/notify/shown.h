/* SPDX-License-Identifier: Apache-2.0
 * shown.h - affiliates' pixels for the page of an iframe pixel.
 *
 * On a thread that may wait for the database.  The booking has decided which pixels hear
 * of the conversion (book/tell.c); they are taken off the queue and logged as shown, and
 * then they are the page's.
 */
#ifndef NOTIFY_SHOWN_H
#define NOTIFY_SHOWN_H

#include "base/arena.h"
#include "db/db.h"
#include "track/geo.h"

/* All markup there can be in a page; what does not fit is not shown. */
#define SHOWN_MAX (256u << 10)

/* The markup for the transaction that was booked, variables filled in; STR_NONE: there is
 * none.  Commits before it answers: what is logged may be lost on its way, but nothing is
 * shown twice. */
NODISCARD enum err shown_take(struct db *db, struct arena *a, const struct geo *geo,
    int64_t txn_us, unsigned node, struct str *markup);

#endif
