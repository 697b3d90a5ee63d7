/* SPDX-License-Identifier: Apache-2.0
 * caprecount.h - what a cap's counter must be, from the rows: when a counter begins, and
 * to verify it.
 *
 * One thread at a time, on the caller's connection and in its transaction.
 */
#ifndef BOOK_CAPRECOUNT_H
#define BOOK_CAPRECOUNT_H

#include "base/arena.h"
#include "base/caprule.h"
#include "db/db.h"

/* A cap with its lists. */
struct cap_def {
	struct cap_rule rule;
	struct str affiliate_list, goal_list; /* "3,17"; empty unless exact */
	uint32_t *affiliate, *goal;           /* the same, sorted */
	unsigned n_affiliates, n_goals;
};

/* Columns of table cap, alias c, in the order in which caprecount_read() takes them from
 * `col` on. */
#define CAPRECOUNT_COLUMNS                                                         \
	"c.id, c.rev, c.offer_id, c.advertiser_id, c.value, COALESCE(c.start_us, " \
	"0), COALESCE(c.end_us, 0), c.type, c.period, c.days, c.statuses, "        \
	"c.affiliates, c.goals, c.on_full, c.in_base, c.affiliate_list, c.goal_list"
#define CAPRECOUNT_N_COLUMNS 17u
void caprecount_read(
    struct arena *a, const struct db_rows *r, unsigned col, struct cap_def *out);

/* Does it count for these?  Not asked: time, status, kind. */
NODISCARD bool caprecount_covers(const struct cap_def *c, uint32_t offer_id,
    uint32_t advertiser_id, uint32_t affiliate_id);
NODISCARD bool caprecount_covers_goal(const struct cap_def *c, uint32_t goal_id);

/* Which of a cap's counters. */
struct cap_slot {
	us_t window;
	uint32_t affiliate_id, goal_id; /* 0 unless the cap has a counter for each */
};

/* Of conversions, from table conversion. */
NODISCARD enum err caprecount_conversions(struct db *db, struct arena *a,
    const struct cap_def *c, const struct zone *z, struct cap_slot s, int64_t *n);

/* Of clicks of one node as they were booked, from the rollup, whose quarters of an hour
 * no window cuts: affiliates, some of them twice, and what to add up; a cap without a
 * counter for each has affiliate 0 alone. */
struct cap_clicks {
	uint32_t affiliate_id;
	int64_t n;
};
NODISCARD enum err caprecount_clicks(struct db *db, struct arena *a,
    const struct cap_def *c, const struct zone *z, us_t window, unsigned node,
    struct cap_clicks **out, unsigned *n);
/* What a later filter made of the window's clicks, of all nodes: the same list.  And of
 * one affiliate. */
NODISCARD enum err caprecount_corrections(struct db *db, struct arena *a,
    const struct cap_def *c, const struct zone *z, us_t window, struct cap_clicks **out,
    unsigned *n);
NODISCARD enum err caprecount_corrected(struct db *db, struct arena *a,
    const struct cap_def *c, const struct zone *z, struct cap_slot s, int64_t *n);
/* Of one affiliate from the raw clicks, which may have been dropped. */
NODISCARD enum err caprecount_raw_clicks(struct db *db, struct arena *a,
    const struct cap_def *c, const struct zone *z, struct cap_slot s, unsigned node,
    int64_t *n);

#endif
