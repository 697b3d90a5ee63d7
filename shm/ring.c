/* SPDX-License-Identifier: Apache-2.0
 * ring.c - see ring.h.
 */
#include "shm/ring.h"

#include <xxhash.h>

#define MARK_BYTES \
	8u /* a wrap mark is the first half of a record head: a lap may end that short \
	    */

size_t
ring_bytes(uint64_t size)
{
	return sizeof(struct ring_shm) + size;
}

void
ring_format(struct ring_shm *m, enum lane lane, uint64_t size)
{
	assert(size >= 4096 && (size & (size - 1)) == 0);
	memset(m, 0, sizeof(*m));
	m->version = RING_VERSION;
	m->lane = (uint32_t)lane;
	m->size = size;
	memcpy(m->marker, RING_MARKER, sizeof(m->marker));
}

bool
ring_attach(struct ring *r, struct ring_shm *m, enum lane lane, size_t room)
{
	if (room < sizeof(*m) || memcmp(m->marker, RING_MARKER, sizeof(m->marker)) != 0 ||
	    m->version != RING_VERSION || m->lane != (uint32_t)lane)
		return false;
	if (m->size < 4096 || (m->size & (m->size - 1)) != 0 ||
	    m->size > room - sizeof(*m))
		return false;
	*r = (struct ring){.shm = m, .size = m->size};
	return true;
}

uint32_t
ring_sum(const struct ring_rec_head *h, const void *bytes)
{
	uint64_t seed = (uint64_t)h->len << 32 | (uint32_t)h->kind << 16 | h->version;

	return (uint32_t)XXH3_64bits_withSeed(
	    bytes, h->len, seed ^ (uint64_t)h->lap << 24);
}

static uint32_t
lap_of(uint64_t pos)
{
	return (uint32_t)(pos / RING_ALIGN);
}

static unsigned char *
at(const struct ring *r, uint64_t pos)
{
	return r->shm->bytes + (pos & (r->size - 1));
}

void *
ring_reserve(struct ring *r, size_t most)
{
	/* head is ours: no other process stores it. */
	uint64_t head = atomic_load_explicit(&r->shm->head, memory_order_relaxed);
	uint64_t tail = atomic_load_explicit(&r->shm->tail, memory_order_acquire);
	uint64_t room = r->size - (head - tail);
	uint64_t lap_rest = r->size - (head & (r->size - 1));
	size_t need = ring_padded(most);

	assert(most <= RING_RECORD_MAX && head - tail <= r->size);
	r->reserved = 0;
	r->next = head;
	if (lap_rest < need) {
		struct ring_rec_head wrap = {
		    .len = (uint32_t)lap_rest, .kind = RING_WRAP_KIND};

		if (room < lap_rest + need)
			return NULL;
		/* Seen by nobody before the commit moves the head over it. */
		memcpy(at(r, head), &wrap, MARK_BYTES);
		r->next = head + lap_rest;
	} else if (room < need) {
		return NULL;
	}
	r->reserved = need;
	return at(r, r->next) + sizeof(struct ring_rec_head);
}

uint64_t
ring_commit(struct ring *r, enum rec_kind kind, size_t len)
{
	struct ring_rec_head *h = (struct ring_rec_head *)(void *)at(r, r->next);
	uint64_t end = r->next + ring_padded(len);

	assert(r->reserved >= ring_padded(len) && kind != RING_WRAP_KIND);
	h->len = (uint32_t)len;
	h->kind = (uint16_t)kind;
	h->version = REC_VERSION;
	h->lap = lap_of(r->next);
	h->sum = ring_sum(h, h + 1);
	r->reserved = 0;
	atomic_store_explicit(&r->shm->head, end, memory_order_release);
	if (r->mark != NULL)
		atomic_store_explicit(r->mark, 0, memory_order_release);
	return end;
}

bool
ring_is_synced(const struct ring *r, uint64_t pos)
{
	return atomic_load_explicit(&r->shm->tail, memory_order_acquire) >= pos;
}

bool
ring_sound(const struct ring *r)
{
	/* tail first: a head that is read later can only have grown. */
	uint64_t tail = atomic_load_explicit(&r->shm->tail, memory_order_acquire);
	uint64_t head = atomic_load_explicit(&r->shm->head, memory_order_acquire);

	return head >= tail && ((head | tail) & (RING_ALIGN - 1)) == 0;
}

uint64_t
ring_head(const struct ring *r)
{
	if (!ring_sound(r))
		return ring_tail(r);
	return atomic_load_explicit(&r->shm->head, memory_order_acquire);
}

uint64_t
ring_tail(const struct ring *r)
{
	return atomic_load_explicit(&r->shm->tail, memory_order_acquire);
}

bool
ring_is_empty(const struct ring *r)
{
	return atomic_load_explicit(&r->shm->tail, memory_order_acquire) ==
	       atomic_load_explicit(&r->shm->head, memory_order_acquire);
}

bool
ring_check(const unsigned char *p, size_t room, struct ring_rec *rec)
{
	const struct ring_rec_head *h = (const struct ring_rec_head *)(const void *)p;

	if (room < sizeof(*h) || h->kind == RING_WRAP_KIND || h->len > RING_RECORD_MAX ||
	    ring_padded(h->len) > room || ring_sum(h, h + 1) != h->sum)
		return false;
	rec->kind = h->kind;
	rec->version = h->version;
	rec->len = h->len;
	rec->bytes = p + sizeof(*h);
	return true;
}

/* What does not check is stepped over when its length is believable, so that one
 * scribbled record costs itself and not everything behind it. */
static enum ring_got
step_over(uint64_t *pos, uint64_t end, const struct ring_rec_head *h, uint64_t room)
{
	uint64_t step = h->kind == RING_WRAP_KIND ? 0 : ring_padded(h->len);

	if (step == 0 || h->len > RING_RECORD_MAX || step > room || step > end - *pos)
		*pos = end;
	else
		*pos += step;
	return RING_DAMAGED;
}

enum ring_got
ring_next(const struct ring *r, uint64_t *pos, uint64_t end, struct ring_rec *rec)
{
	const struct ring_rec_head *h;
	uint64_t lap_rest;

	if (*pos < end && end - *pos > r->size) {
		*pos = end; /* no writer does that: a damaged head */
		return RING_DAMAGED;
	}
	for (;;) {
		if (*pos >= end)
			return RING_END;
		h = (const struct ring_rec_head *)(const void *)at(r, *pos);
		lap_rest = r->size - (*pos & (r->size - 1));
		if (h->kind != RING_WRAP_KIND)
			break;
		if (h->len != lap_rest || h->len > end - *pos) {
			*pos = end;
			return RING_DAMAGED;
		}
		*pos += lap_rest;
	}
	if (lap_rest < sizeof(*h) || end - *pos < sizeof(*h)) {
		*pos = end;
		return RING_DAMAGED;
	}
	if (lap_rest > end - *pos)
		lap_rest = end - *pos;
	if (h->lap != lap_of(*pos) ||
	    !ring_check((const unsigned char *)h, lap_rest, rec))
		return step_over(pos, end, h, lap_rest);
	rec->pos = *pos;
	*pos += ring_padded(rec->len);
	return RING_REC;
}

void
ring_set_tail(struct ring *r, uint64_t pos, uint64_t journal_pos)
{
	assert(pos >= ring_tail(r));
	atomic_store_explicit(&r->shm->tail, pos, memory_order_release);
	atomic_store_explicit(&r->shm->journal_pos, journal_pos, memory_order_release);
}
