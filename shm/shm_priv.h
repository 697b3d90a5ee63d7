/* SPDX-License-Identifier: Apache-2.0
 * shm_priv.h - what shm.c, shm_open.c and slot.c share.  Nobody else includes it.
 */
#ifndef SHM_SHM_PRIV_H
#define SHM_SHM_PRIV_H

#include "shm/shm.h"

#define SHM_MAGIC 0x73686d65u
#define SLOT_MAGIC 0x736c6f74u
#define SHM_PATH_BYTES 256

struct slot {
	uint32_t magic;
	unsigned number;
	struct shm *home;
	struct slot_shm *m;
	size_t bytes;
	int fd;      /* inherited by all: to see who holds the lock */
	int lock_fd; /* of our own opening, while we own the slot; else -1 */
	int efd;
	struct ring ring[LANE_MAX];
	struct reply_shm *reply;
	uint64_t random;
};

struct shm {
	uint32_t magic;
	char path[SHM_PATH_BYTES];
	int dir_fd;
	bool may_write;
	unsigned n;
	struct slot *slots;
	int control_fd; /* inherited: to see whether stats lives */
	int stats_fd;   /* of our own opening, in stats; else -1 */
	struct control_shm *control;
	struct counters_shm *counters;
	size_t counters_bytes;
	struct unique unique;
	void *unique_map;
	size_t unique_bytes;
	struct tries_shm *tries; /* NULL in who only looks on */
	int stats_efd[LANE_MAX];
	int catalog_efd;
};

/* The counters file: a block a process, each a whole number of cache lines. */
#define COUNTERS_MARKER "AFFCNTR"
#define COUNTERS_BLOCKS (SHM_BLOCKS + SHM_MAX_SLOTS)
#define COUNTERS_STRIDE ((COUNTER_MAX + 7u) & ~7u)

struct counters_shm {
	char marker[8];
	uint64_t layout; /* counter_layout() of who made it */
	alignas(64) _Atomic int64_t value[COUNTERS_BLOCKS][COUNTERS_STRIDE];
};

/* Name of a slot's file. */
#define SLOT_NAME_BYTES 24
void slot_name(char out[SLOT_NAME_BYTES], unsigned number);
/* Fill s from the mapped bytes.  false: they are no slot of this layout, or damaged. */
NODISCARD bool slot_attach(struct slot *s, struct slot_shm *m, size_t bytes);
/* Bytes of a slot file, and what stands in a new one. */
NODISCARD size_t slot_bytes(const uint64_t ring_size[LANE_MAX]);
void slot_format(struct slot_shm *m, unsigned number, const uint64_t ring_size[LANE_MAX]);
/* Does anybody hold an OFD lock on this file through another opening? */
NODISCARD bool shm_is_locked(int fd);
/* An exclusive OFD lock; wait = until the other lets go.  false: held (or errno). */
NODISCARD bool shm_lock(int fd, bool wait);

#endif
