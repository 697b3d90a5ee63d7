/* SPDX-License-Identifier: Apache-2.0
 * collect.h - the journal thread of a lane: what stands in the rings goes to disk.
 *
 * One thread a lane, which never touches the database.  A pass takes all that is in the
 * rings of the lane, writes it as frames, syncs once, and only then moves the tails and
 * tells the fold.  Events are synced as soon as one is there; clicks are gathered for ten
 * milliseconds, so that a power loss costs about twenty.
 */
#ifndef STATS_COLLECT_H
#define STATS_COLLECT_H

#include "shm/shm.h"
#include "stats/journal.h"

struct collect; /* private to collect.c */

/* All that was acknowledged at or before `through_us` stands below `pos` in the journal.
 */
struct collect_mark {
	uint64_t pos;
	us_t through_us;
};

struct collect_conf {
	struct shm *shm;
	enum lane lane;
	struct journal_conf journal;
	uint64_t booked; /* the database's position, as far as it is known */
	int stop_fd;     /* readable once the thread shall finish */
	int fold_fd;     /* eventfd: written when there is more for the fold */
};

/* Opens the journal and takes the rings' tails from it.  NULL: why. */
NODISCARD struct collect *collect_new(
    const struct collect_conf *conf, char why[JOURNAL_WHY]);
/* NULL is fine; sets the caller's pointer to NULL. */
void collect_free(struct collect **cp);

/* The thread: ends when stop_fd is readable and one more pass has taken all there was.
 * `arg` is a struct collect. */
void *collect_thread(void *arg);
/* One pass, for tests; how many records it took.  ERR_FULL, ERR_IO: nothing was lost, try
 * again later. */
NODISCARD enum err collect_pass(struct collect *c, unsigned *taken);

/* Any thread: the newest mark, and how far a fold may read. */
struct collect_mark collect_mark(struct collect *c);
NODISCARD uint64_t collect_synced(const struct collect *c);
/* No event gets a position below this one, nor below collect_synced(). */
NODISCARD uint64_t collect_least(const struct collect *c);

#endif
