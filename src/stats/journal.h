/* SPDX-License-Identifier: Apache-2.0
 * journal.h - the journal of one lane: where an event is safe before it is booked.
 *
 * Written by one thread of stats, which never touches the database; read by jread.h.
 * Layout and meaning of positions: journal_layout.h.
 *
 * After a write or sync that failed nothing is known about the pages that were written:
 * the kernel drops their dirty marks, and a second fsync() would succeed without them. So
 * the caller gives up everything since the last good sync (journal_abandon), takes it
 * from the rings again, whose tails have not moved, and it goes into a new segment.
 *
 * The disk budget counts both lanes.  Clicks may use seven eighths of it: a backlog of
 * clicks must not keep conversions out.  Segments that are booked but kept for
 * journal_keep give way before anything is refused, those of the other lane too.
 */
#ifndef STATS_JOURNAL_H
#define STATS_JOURNAL_H

#include <stdatomic.h>

#include "base/clock.h"
#include "base/err.h"
#include "shm/ring.h"
#include "stats/segment.h"

#define JOURNAL_WHY 512

/* --- the directory of both lanes --- */

struct journal_home {
	char dir[256];    /* <state_dir>/journal */
	uint8_t uuid[16]; /* of this node's journal, made at its first start */
	int lock_fd;      /* OFD lock on <dir>/lock: one stats a journal */
};

/* Makes what is missing.  false: why.  The lock is not taken yet. */
NODISCARD bool journal_home_open(
    struct journal_home *h, const char *state_dir, char why[JOURNAL_WHY]);
/* false: another stats holds it. */
NODISCARD bool journal_home_lock(struct journal_home *h);
void journal_home_close(struct journal_home *h);
/* Directory of a lane. */
void journal_lane_dir(
    char *out, size_t cap, const struct journal_home *h, enum lane lane);

/* --- a lane --- */

struct journal; /* private to journal.c */

struct journal_conf {
	const struct journal_home *home;
	enum lane lane;
	uint64_t segment_bytes;
	uint64_t disk_budget;        /* of both lanes together */
	_Atomic uint64_t *disk_used; /* ditto: shared by both, starts at 0 */
	us_t keep;                   /* booked segments stay so long */
};

/* Finds the segments and where the newest one ends.  NULL: why. */
NODISCARD struct journal *journal_open(
    const struct journal_conf *conf, char why[JOURNAL_WHY]);
/* NULL is fine; sets the caller's pointer to NULL.  Syncs nothing. */
void journal_close(struct journal **jp);

/* The end is `synced`, known from shared memory that outlived the writer: what stands
 * behind it was never confirmed and is still in the rings.  Without that knowledge every
 * frame that checks counts: then journal_trust() syncs them.  One of the two comes before
 * the first append. */
void journal_cut(struct journal *j, uint64_t synced);
NODISCARD enum err journal_trust(struct journal *j);

/* Positions below were given out once, by a journal that reached further than the
 * directory shows (a disk that lost what it had confirmed, a directory put back from a
 * backup): the next segment begins there at the earliest, or the fold would take new
 * events for booked ones.  Nothing happens when the end is beyond that. */
void journal_skip(struct journal *j, uint64_t pos);

/* Position behind the last frame that is synced. */
NODISCARD uint64_t journal_synced(const struct journal *j);
/* Lowest position that is still on disk, and bytes of this lane's files. */
NODISCARD uint64_t journal_first(const struct journal *j);
NODISCARD uint64_t journal_disk(const struct journal *j);
/* Where the search for the tails of rings must begin at the latest: the start of the
 * newest segment. */
NODISCARD uint64_t journal_last_start(const struct journal *j);

/* A stretch of a ring. */
struct journal_stretch {
	const uint8_t *ring; /* uuid, 16 bytes */
	unsigned slot, records;
	uint64_t from, to;
	const void *bytes; /* whole records, as in the ring */
	size_t n;          /* at most JOURNAL_FRAME_MAX */
};
/* false: it belongs into the next segment, and this one has frames that are not synced:
 * journal_sync(), tell the rings, then append. */
NODISCARD bool journal_fits(const struct journal *j, size_t n);
/* Appends one frame; not synced yet.  ERR_FULL: no segment can be made, the budget or the
 * disk is spent, nothing was lost.  ERR_IO: writing failed: journal_abandon(). */
NODISCARD enum err journal_append(struct journal *j, const struct journal_stretch *s);
/* Everything appended is on disk.  ERR_IO: journal_abandon(). */
NODISCARD enum err journal_sync(struct journal *j);
/* Forget everything since the last good sync; the next append begins a new segment. */
void journal_abandon(struct journal *j);

/* Positions below are booked: lets segments go that are older than `keep`, or sooner when
 * little of the budget is left.  To be called often. */
void journal_folded(struct journal *j, uint64_t folded);

#endif
