/* SPDX-License-Identifier: Apache-2.0
 * tries.h - who sent wrong keys lately, and which keys were good: one table a node.
 *
 * Any process, any thread, no locks: an entry is 64 bits, changed by compare-and-swap.
 * Without it N workers would allow N times as many tries.  Who tries is a hash of an
 * address, a key a hash of itself; both come from good hash functions, the table mixes
 * nothing.
 *
 * The bound.  Of one who tries at most `most` wrong keys within a window are let through,
 * and as many more as are being looked up at that moment.  Two who share eight places and
 * 24 bits of their hash count together.  Of more than eight at once in such a line the
 * one with the fewest tries is forgotten.
 */
#ifndef SHM_TRIES_H
#define SHM_TRIES_H

#include "base/obj.h"

#define TRIES_WINDOW_S 60u

struct tries_shm; /* private to tries.c */

/* Bytes of a table, and how to make and check one. */
NODISCARD size_t tries_bytes(void);
void tries_format(struct tries_shm *m);
NODISCARD bool tries_check(const struct tries_shm *m, size_t room);

/* May this key be looked up?  A key that was good before may always. */
NODISCARD bool tries_may(
    const struct tries_shm *m, uint64_t who, uint64_t key, uint32_t now_s, unsigned most);
/* It was wrong: the first one opens a window of TRIES_WINDOW_S. */
void tries_wrong(struct tries_shm *m, uint64_t who, uint32_t now_s);
void tries_good(struct tries_shm *m, uint64_t key);

#endif
