/* SPDX-License-Identifier: Apache-2.0
 * days.h - profit and loss summed by day, so that a year's report reads days and not
 * quarters of an hour.
 *
 * Built by `stats` from rollup_booked, each day of the network's zone once the node's
 * fold has passed its end.  A day that is over can still change: a void may be dated
 * back, and a conversion whose click came late is booked at its own time.  Who adds to
 * rollup_booked asks days_claimed() in the same transaction; a touched day is read from
 * rollup_booked until it is summed again.
 *
 *   fold      lock claimed (shared), add to rollup_booked, mark what lies below claimed
 *   builder   1. raise claimed: waits for transactions that saw the old one
 *             2. take the day's marks and sum the day
 *             3. raise bucket and day: reports use it from now on
 *
 * A fold before 1 is in the sums of 2, one after it leaves a mark: nothing is missed, and
 * neither waits for the other longer than a commit.
 */
#ifndef REPORT_DAYS_H
#define REPORT_DAYS_H

#include "base/arena.h"
#include "base/zone.h"
#include "db/db.h"

/* What a row of rollup_day is about: its column dim. */
enum days_dim {
	DAYS_ALL,
	DAYS_OFFER,
	DAYS_LANDING_PAGE,
	DAYS_PROGRAM,
	DAYS_LOGIN,
	DAYS_COUNTRY,
	DAYS_DIMS
};

/* Inside a transaction that adds to rollup_booked: buckets of this node below *claimed
 * want days_stale(). */
NODISCARD enum err days_claimed(struct db *db, unsigned node_id, uint32_t *claimed);
NODISCARD enum err days_stale(struct db *db, unsigned node_id, uint32_t bucket);

/* One day of some node: a touched one, or the next that is over.  *more: call again.
 * Makes its own transactions, none may be open.  Any node may call it, a lease picks the
 * one that works. */
NODISCARD enum err days_step(
    struct db *db, unsigned node_id, const struct zone *z, bool *more);

/* What reports may use. */
struct days_cover {
	struct str built; /* for DAYS_BUILT */
	int64_t from;     /* the first bucket that some node has not built */
	int64_t *stale;   /* days that were touched, ascending */
	size_t n_stale;
};
/* JSON of [[node, day, bucket], ...], bound as text: a node's days below `day` and
 * buckets below `bucket` are in rollup_day. */
#define DAYS_BUILT                                                                     \
	"JSON_TABLE(?, '$[*]' COLUMNS (node INT PATH '$[0]', day BIGINT PATH '$[1]', " \
	"bucket BIGINT PATH '$[2]')) b"
/* For the network's zone; a node that built for another one has built nothing.  In the
 * arena. */
NODISCARD enum err days_cover(
    struct db *db, struct arena *a, const struct zone *z, struct days_cover *out);

/* The day number of the local day that holds t. */
NODISCARD int64_t days_number(const struct zone *z, us_t t);

#endif
