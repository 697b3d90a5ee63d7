/* SPDX-License-Identifier: Apache-2.0
 * ring.h - one lane: records from one writer to one reader through shared memory.
 *
 * The writer is the loop thread of a worker, the reader a journal thread of stats.
 * Neither waits for the other, takes a lock or makes a system call.  A struct ring is a
 * process's own view of the bytes that ring_layout.h draws.
 *
 * The writer:   p = ring_reserve(r, most);  fill p;  ring_commit(r, kind, used);
 * The reader:   pos = ring_tail(r);  end = ring_head(r);
 *               while (ring_next(r, &pos, end, &rec) == RING_REC) ...;
 *               sync what was read;  ring_set_tail(r, pos, journal position);
 */
#ifndef SHM_RING_H
#define SHM_RING_H

#include "base/record.h"
#include "shm/ring_layout.h"

enum lane { LANE_CLICKS, LANE_EVENTS, LANE_MAX };

/* Longest record, its texts included: more than every field of tbl/fields.h together. */
#define RING_RECORD_MAX 65536u

struct ring {
	struct ring_shm *shm;
	uint64_t size;
	/* writer's own */
	uint64_t next;         /* where the reserved record's head goes */
	size_t reserved;       /* bytes asked for; 0 none */
	_Atomic int64_t *mark; /* the slot's mark_us, cleared by a commit; NULL none */
};

struct ring_rec {
	uint16_t kind, version;
	uint32_t len;
	const unsigned char *bytes; /* aligned to 8 */
	uint64_t pos;               /* of its head */
};

enum ring_got {
	RING_REC,    /* *rec is filled, *pos behind it */
	RING_END,    /* pos is the end */
	RING_DAMAGED /* a record does not fit its checksum or its place: *pos is behind
			it, or at the end */
};

/* Bytes of shared memory for a ring of this size, and how to make and check one. */
NODISCARD size_t ring_bytes(uint64_t size);
void ring_format(struct ring_shm *m, enum lane lane, uint64_t size);
/* false: those bytes are no ring of RING_VERSION, or it does not fit into `room`.  *r is
 * then unchanged. */
NODISCARD bool ring_attach(
    struct ring *r, struct ring_shm *m, enum lane lane, size_t room);

/* Writer: room for a record of at most `most` (<= RING_RECORD_MAX) bytes, 8-aligned,
 * private until the commit.  NULL: the ring is full.  Reserving again forgets what was
 * reserved before. */
NODISCARD void *ring_reserve(struct ring *r, size_t most);
/* Writer: the first `len` bytes of what was reserved become a record.  Returns the
 * position behind it, for ring_is_synced(). */
uint64_t ring_commit(struct ring *r, enum rec_kind kind, size_t len);
/* Any process: is everything before pos in the journal and on disk? */
NODISCARD bool ring_is_synced(const struct ring *r, uint64_t pos);

/* Positions, for reader and onlookers.  A head or tail that cannot be (a damaged header)
 * shows as an empty ring here and as damage in ring_sound(). */
NODISCARD uint64_t ring_head(const struct ring *r);
NODISCARD uint64_t ring_tail(const struct ring *r);
NODISCARD bool ring_is_empty(const struct ring *r);
NODISCARD bool ring_sound(const struct ring *r);

/* Reader: the record at *pos, end being an earlier ring_head(). */
NODISCARD enum ring_got ring_next(
    const struct ring *r, uint64_t *pos, uint64_t end, struct ring_rec *rec);
/* Reader: everything before pos is safe elsewhere, `journal_pos` being where its journal
 * then ended. */
void ring_set_tail(struct ring *r, uint64_t pos, uint64_t journal_pos);

/* Record heads in any memory, as the journal keeps them: the same bytes as in the ring.
 */
NODISCARD static inline size_t
ring_padded(size_t len)
{
	return sizeof(struct ring_rec_head) +
	       ((len + RING_ALIGN - 1) & ~(size_t)(RING_ALIGN - 1));
}
NODISCARD uint32_t ring_sum(const struct ring_rec_head *h, const void *bytes);
/* `p` of `room` bytes, 8-aligned: does a whole record stand there?  Fills rec but for
 * pos. */
NODISCARD bool ring_check(const unsigned char *p, size_t room, struct ring_rec *rec);

#endif
