/* SPDX-License-Identifier: Apache-2.0
 * ring_layout.h - the bytes of one lane of a slot: a ring with one writer and one reader.
 *
 * One writer and one reader, so that a worker which dies in mid-write leaves no hole:
 * what it had not committed is simply not there (the choice of postgres' shm_mq.c).
 *
 *   0           64          128         192                      size = a power of two
 *   +-----------+-----------+-----------+------+----------+--+---
 *   | marker..  | head      | tail      | rec  | rec      |w | ..
 *   +-----------+-----------+-----------+------+----------+--+---
 *    the master  the worker  the stats   a record: length, kind, version, lap, checksum,
 *    and the     alone       process     bytes, padded to 8
 *    claimer                 alone       w: wrap mark, the rest of the lap is not used
 *
 * Offsets, never pointers: each process maps it where it likes.
 *
 * head and tail are positions since the ring was made: they never wrap and no new owner
 * sets them back. A change of size or order is a new RING_VERSION; the asserts below hold
 * us to it.
 */
#ifndef SHM_RING_LAYOUT_H
#define SHM_RING_LAYOUT_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define RING_MARKER "AFFRING"
#define RING_VERSION 1u

struct ring_shm {
	char marker[8];   /* master, when the file is made */
	uint32_t version; /* ditto */
	uint32_t lane;    /* ditto */
	uint64_t size;    /* ditto: bytes of `bytes` */
	uint8_t uuid[16]; /* of this incarnation: the claimer, while the ring is empty */
	uint64_t _spare[3];
	alignas(64) _Atomic uint64_t
	    head; /* the writer: stored with release once the record is whole */
	alignas(64) _Atomic uint64_t
	    tail; /* the reader: stored with release once the journal is synced */
	_Atomic uint64_t
	    journal_pos; /* the reader, after tail: where in the journal that was */
	alignas(64) unsigned char bytes[];
};

/* In front of each record.  The first eight bytes alone make a wrap mark: kind 0, len
 * bytes to skip. */
struct ring_rec_head {
	uint32_t len;     /* of the bytes that follow, without padding */
	uint16_t kind;    /* enum rec_kind of base/record.h; 0 a wrap mark */
	uint16_t version; /* REC_VERSION of the writer */
	uint32_t lap; /* low bits of position / 8: a record of an earlier lap is not taken
			 for this one */
	uint32_t sum; /* low half of XXH3 over the bytes, seeded with the fields above */
};

#define RING_WRAP_KIND 0
#define RING_ALIGN 8u

_Static_assert(offsetof(struct ring_shm, bytes) == 192, "layout of RING_VERSION 1");
_Static_assert(sizeof(struct ring_rec_head) == 16, "layout of RING_VERSION 1");

#endif
