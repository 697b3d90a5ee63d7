/* SPDX-License-Identifier: Apache-2.0
 * parts.h - the partitions of the raw clicks, and of the impressions beside them: one a
 * day (UTC), made ahead, dropped when they are old.
 *
 * The last one, pmax, has no upper bound and always exists, so a click whose day has no
 * partition is stored all the same.  Every change waits at most a second for the table,
 * because whoever comes behind waits as well: ERR_DB_RETRY then, and the next round tries
 * again.
 */
#ifndef BOOK_PARTS_H
#define BOOK_PARTS_H

#include "base/clock.h"
#include "db/db.h"

/* Days that have a partition before they begin. */
#define PARTS_AHEAD 3

/* Cuts days off pmax until `now` and PARTS_AHEAD days more are covered.  No transaction
 * may be open. */
NODISCARD enum err parts_ahead(struct db *db, us_t now);
enum parts_table { PARTS_CLICKS, PARTS_IMPRESSIONS };

/* Where the oldest partition below pmax ends, *to; 0: there is none. */
NODISCARD enum err parts_oldest(struct db *db, enum parts_table table, us_t *to);
/* Drops the partition that ends at `to`: that of the clicks, then that of the
 * impressions.  Somebody who reads the second one leaves it there: parts_finish(). */
NODISCARD enum err parts_drop(struct db *db, us_t to);
/* Drops what is left of impressions of days whose clicks are dropped up to `to`. */
NODISCARD enum err parts_finish(struct db *db, us_t to);

#endif
