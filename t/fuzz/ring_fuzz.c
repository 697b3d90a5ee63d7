/* SPDX-License-Identifier: Apache-2.0
 * ring_fuzz.c - a ring whose bytes may be anything, as a worker could leave it that
 * writes where it should not; and the records in it.
 *
 * The input is the memory of a ring of 4 KiB, from its head on.  It is read twice: as it
 * is, and with the checksums of its records made right, so that what lies behind them is
 * reached as well.
 */
#include "fuzz.h"

#include "shm/ring.h"

#define SIZE 4096u

static void
look_into(const struct ring_rec *rec)
{
	size_t head = rec_head(rec->kind, rec->version);
	union {
		struct rec_click click;
		struct rec_event event;
	} h;
	struct rec_texts t;

	if (!rec_read(&h, &t, rec->kind, rec->version, rec->bytes, rec->len))
		return;
	for (unsigned f = 0; f < F_MAX; f++) {
		if (t.f[f].p == NULL)
			continue;
		assert((const unsigned char *)t.f[f].p >= rec->bytes + head);
		assert(
		    (const unsigned char *)t.f[f].p + t.f[f].n <= rec->bytes + rec->len);
	}
}

static void
read_all(const struct ring *r)
{
	uint64_t pos = ring_tail(r), end = ring_head(r), before = pos;
	struct ring_rec rec;
	enum ring_got got;

	while ((got = ring_next(r, &pos, end, &rec)) != RING_END) {
		assert(pos > before && pos <= end);
		before = pos;
		if (got != RING_REC)
			continue;
		assert(rec.bytes >= r->shm->bytes &&
		       rec.bytes + rec.len <= r->shm->bytes + r->size);
		assert(((uintptr_t)rec.bytes & 7) == 0);
		look_into(&rec);
	}
	assert(pos >= end || pos == ring_tail(r));
}

/* Give everything that could be a record the checksum it should have. */
static void
mend(struct ring *r)
{
	uint64_t pos = ring_tail(r) & ~(uint64_t)7, end = ring_head(r);

	for (unsigned i = 0; i < SIZE / 8 && pos < end; i++) {
		size_t off = pos & (r->size - 1);
		struct ring_rec_head *h =
		    (struct ring_rec_head *)(void *)(r->shm->bytes + off);

		if (r->size - off < sizeof(*h) || ring_padded(h->len) > r->size - off) {
			pos += r->size - off;
			continue;
		}
		h->lap = (uint32_t)(pos / 8);
		h->sum = ring_sum(h, h + 1);
		pos += ring_padded(h->len);
	}
}

void
fuzz_one(const uint8_t *data, size_t n)
{
	size_t bytes = ring_bytes(SIZE);
	struct ring_shm *m = aligned_alloc(64, bytes);
	struct ring r;

	assert(m != NULL);
	memset(m, 0, bytes);
	memcpy(m, data, n < bytes ? n : bytes);
	for (unsigned lane = 0; lane < LANE_MAX; lane++) {
		if (!ring_attach(&r, m, (enum lane)lane, bytes))
			continue;
		assert(r.size <= SIZE);
		read_all(&r);
		if (ring_sound(&r)) {
			mend(&r);
			read_all(&r);
		}
	}
	free(m);
}
