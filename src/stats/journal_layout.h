/* SPDX-License-Identifier: Apache-2.0
 * journal_layout.h - the bytes of a journal segment.
 *
 *   0             4096                                             capacity
 * (preallocated)
 *   +-------------+-------+---------+-------+--------------+--------+
 *   | head, once  | frame | records | frame | records      | zeros  |
 *   +-------------+-------+---------+-------+--------------+--------+
 *
 * A journal position is a byte offset into the journal of a lane since it was begun: a
 * segment's start plus the offset in its file.  Positions only grow; between the end of
 * one segment and the first frame of the next lie positions where nothing is.  A
 * segment's name is its start in 16 hex digits, `.seg` behind it.
 *
 * Records stand in a frame as they stood in the ring, head, checksum and padding
 * included; wrap marks are left out.  A frame says which stretch of which ring it holds,
 * so the ring's tail can be taken from here.
 *
 * Where a segment ends its successor says, in prev_end: what stands behind that was
 * written but never confirmed, and was written again.  Only the newest segment is read
 * until a frame does not check.
 */
#ifndef STATS_JOURNAL_LAYOUT_H
#define STATS_JOURNAL_LAYOUT_H

#include <stdint.h>

#define JOURNAL_MARKER "AFFJRNL"
#define JOURNAL_VERSION 1u
#define JOURNAL_HEAD_BYTES 4096u
#define JOURNAL_FRAME_MAGIC 0x6d617266u /* "fram" */
/* Most bytes of records in a frame: what a reader must hold at once. */
#define JOURNAL_FRAME_MAX (256u * 1024)
#define JOURNAL_NAME_BYTES 24 /* 16 digits, ".seg", NUL, rounded up */

struct journal_head {
	char marker[8];
	uint32_t version, lane;
	uint8_t uuid[16];  /* of the node's journal */
	uint64_t start;    /* position of this byte 0 */
	uint64_t capacity; /* start + capacity: the lowest start the next one may have */
	uint64_t prev_start; /* of the segment before; == start: none */
	uint64_t prev_end;   /* where that one ends */
	int64_t made_us;
	uint64_t sum; /* XXH3 of everything above */
};

struct journal_frame {
	uint32_t magic;
	uint32_t bytes; /* of records that follow, a multiple of 8 */
	uint64_t
	    pos; /* its own position: what was left by an earlier writer does not fit */
	uint8_t ring[16];  /* incarnation of the ring */
	uint64_t from, to; /* positions in that ring */
	uint32_t slot;
	uint32_t records;
	uint64_t sum; /* XXH3 of the records, seeded with that of everything above */
};

_Static_assert(sizeof(struct journal_head) == 80, "layout of JOURNAL_VERSION 1");
_Static_assert(sizeof(struct journal_frame) == 64, "layout of JOURNAL_VERSION 1");

#endif
