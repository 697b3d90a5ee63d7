/* SPDX-License-Identifier: Apache-2.0
 * slot_layout.h - the bytes of a slot file: what one worker owns while it lives.
 *
 *   0            4096                              (every part starts at a page)
 *   +------------+--------------+--------------+----------------+
 *   | slot_shm   | click ring   | event ring   | reply ring     |
 *   +------------+--------------+--------------+----------------+
 *     owner: the worker that holds the OFD lock on the file
 *
 * A slot outlives its owners.  It is free when nobody holds the lock and both rings are
 * empty; the next claimer gives it a new uuid.  A change of size or order is a new
 * SLOT_VERSION.
 */
#ifndef SHM_SLOT_LAYOUT_H
#define SHM_SLOT_LAYOUT_H

#include "shm/ring_layout.h"

#define SLOT_MARKER "AFFSLOT"
#define SLOT_VERSION 1u
#define SLOT_PAGE 4096u

struct slot_shm {
	char marker[8];               /* master, when the file is made: last of all */
	uint32_t version, number;     /* ditto */
	uint64_t file_bytes;          /* ditto */
	uint64_t ring_off[2];         /* ditto: by enum lane */
	uint64_t ring_size[2];        /* ditto */
	uint64_t reply_off;           /* ditto */
	uint64_t reply_n;             /* ditto: entries, a power of two */
	uint8_t uuid[16];             /* the claimer */
	_Atomic uint32_t incarnation; /* ditto: counts the claims */
	_Atomic uint32_t pid;         /* ditto; 0 once released */
	/* The owner alone stores what follows. */
	alignas(64) _Atomic int64_t
	    last_us; /* of the newest id; never goes back, whoever owns the slot */
	_Atomic int64_t mark_us;      /* an id not below this is being made; 0 none */
	_Atomic int64_t heartbeat_us; /* the loop's last round */
	_Atomic uint64_t catalog_ack; /* configuration version the owner works with */
	uint64_t tags;                /* sequence of outcome tags */
};

/* Outcomes on their way back.  The fold thread of the event lane writes, the owner of the
 * slot reads. */
struct reply_shm {
	alignas(64) _Atomic uint64_t head;
	alignas(64) _Atomic uint64_t tail;
	alignas(64) unsigned char entries[]; /* reply_n × sizeof(struct rec_outcome) */
};

_Static_assert(sizeof(struct slot_shm) <= SLOT_PAGE, "the head fits its page");
_Static_assert(offsetof(struct slot_shm, last_us) == 128, "layout of SLOT_VERSION 1");

#endif
