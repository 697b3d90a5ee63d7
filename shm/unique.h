/* SPDX-License-Identifier: Apache-2.0
 * unique.h - which surfers were seen lately: one table for all processes of a node.
 *
 * Any process, any thread, no locks: an entry is 64 bits, changed by compare-and-swap.  A
 * key has sixteen places, two cache lines of eight; the entry written longest ago gives
 * way.
 *
 * The bound.  Of any number of processes that show the same new key at once exactly one
 * is told "not seen".  Of n surfers within the window in a table of m entries are
 * forgotten, and count as new should they come again: none while n <= m/2 (none of 32768
 * in unique_test), 2 in 1000 at n = 3m/4, 7 in 100 at n = m; beyond m the oldest.  A new
 * surfer is taken for a seen one with probability below 16 / 2^32, since 32 bits of the
 * key are compared.
 */
#ifndef SHM_UNIQUE_H
#define SHM_UNIQUE_H

#include "base/obj.h"

struct unique_shm; /* private to unique.c */

struct unique {
	struct unique_shm *shm;
	uint64_t lines; /* of eight entries; a power of two */
};

/* Bytes for that many entries (a power of two, at least 1024), and how to make and check
 * a table. */
NODISCARD size_t unique_bytes(uint64_t entries);
void unique_format(struct unique_shm *m, uint64_t entries);
/* false: no table of this layout.  *u is then unchanged. */
NODISCARD bool unique_attach(struct unique *u, struct unique_shm *m, size_t room);

/* Was this key (a hash of 64 good bits) shown within the last window_s seconds?  Records
 * that it is shown now, so the window rolls. */
NODISCARD bool unique_seen(
    struct unique *u, uint64_t key, uint32_t now_s, uint32_t window_s);

/* unique_seen() of this key comes next: brings its memory near, so that several keys wait
 * for theirs together. */
void unique_hint(const struct unique *u, uint64_t key);

/* Entries that were written within the window, by looking at up to 4096 of them: for the
 * statistics. */
NODISCARD uint64_t unique_live(const struct unique *u, uint32_t now_s, uint32_t window_s);

#endif
