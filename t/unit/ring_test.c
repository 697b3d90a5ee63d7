/* SPDX-License-Identifier: Apache-2.0
 * ring_test.c - one lane: order, laps, fullness, what damage costs, a writer and a reader
 * as threads.
 */
#include "shm/ring.h"

#include <pthread.h>
#include <stdlib.h>

#include "tap.h"

#define SIZE 4096u

static struct ring_shm *
new_ring(struct ring *r, uint64_t size)
{
	struct ring_shm *m = aligned_alloc(64, ring_bytes(size));

	assert(m != NULL);
	memset(m, 0, ring_bytes(size));
	ring_format(m, LANE_EVENTS, size);
	if (!ring_attach(r, m, LANE_EVENTS, ring_bytes(size)))
		assert(!"attach");
	return m;
}

static bool
put(struct ring *r, const void *bytes, size_t n)
{
	void *p = ring_reserve(r, n);

	if (p == NULL)
		return false;
	memcpy(p, bytes, n);
	(void)ring_commit(r, REC_POST, n);
	return true;
}

static void
test_attach(void)
{
	struct ring r, other;
	struct ring_shm *m = new_ring(&r, SIZE);

	ok(!ring_attach(&other, m, LANE_CLICKS, ring_bytes(SIZE)),
	    "a ring of another lane is refused");
	ok(!ring_attach(&other, m, LANE_EVENTS, ring_bytes(SIZE) - 1),
	    "so is one that does not fit its file");
	m->version++;
	ok(!ring_attach(&other, m, LANE_EVENTS, ring_bytes(SIZE)),
	    "so is one of another version");
	free(m);
}

static void
test_commit(void)
{
	struct ring r;
	struct ring_shm *m = new_ring(&r, SIZE);
	struct ring_rec rec;
	uint64_t pos = 0, end;
	char *p = ring_reserve(&r, 100);

	assert(p != NULL);
	ok(((uintptr_t)p & 7) == 0, "what is reserved is aligned to eight");
	memcpy(p, "half a rec", 10);
	ok(ring_is_empty(&r), "what is reserved is not there yet");
	p = ring_reserve(&r, 5);
	assert(p != NULL);
	memcpy(p, "whole", 5);
	end = ring_commit(&r, REC_VOID, 5);
	is_int((long long)end, 24, "sixteen bytes of head, five padded to eight");
	ok(ring_next(&r, &pos, ring_head(&r), &rec) == RING_REC, "a record comes out");
	ok(rec.kind == REC_VOID && rec.version == REC_VERSION && rec.len == 5 &&
		memcmp(rec.bytes, "whole", 5) == 0,
	    "the committed one, whole");
	ok(ring_next(&r, &pos, ring_head(&r), &rec) == RING_END && pos == end,
	    "and no other");
	ok(!ring_is_synced(&r, end), "not synced before the tail moves");
	ring_set_tail(&r, pos, 77);
	ok(ring_is_synced(&r, end) && ring_is_empty(&r) && m->journal_pos == 77,
	    "synced once it has");
	free(m);
}

/* Every length at every offset of the lap, among them the lap that ends in eight bytes.
 */
static void
test_laps(void)
{
	struct ring r;
	struct ring_shm *m = new_ring(&r, SIZE);
	unsigned char bytes[300];
	unsigned wrong = 0, seen = 0;

	for (unsigned i = 0; i < 20000; i++) {
		struct ring_rec rec;
		uint64_t pos = ring_tail(&r);
		size_t n = (i * 7) % sizeof(bytes);

		memset(bytes, (int)(i & 0xff), n);
		if (!put(&r, bytes, n))
			wrong++;
		if (ring_next(&r, &pos, ring_head(&r), &rec) != RING_REC ||
		    rec.len != n || memcmp(rec.bytes, bytes, n) != 0)
			wrong++;
		else
			seen++;
		ring_set_tail(&r, pos, 0);
	}
	ok(wrong == 0 && seen == 20000,
	    "20000 records over %llu laps come out as they went in",
	    (unsigned long long)(ring_head(&r) / SIZE));
	free(m);
}

static void
test_full(void)
{
	struct ring r;
	struct ring_shm *m = new_ring(&r, SIZE);
	struct ring_rec rec;
	unsigned n = 0, got = 0;
	uint64_t pos = 0;

	while (put(&r, "twenty-four bytes, three", 24))
		n++;
	is_int(n, SIZE / 40, "a ring takes as many records as fit");
	ok(!put(&r, "", 0) || ring_head(&r) - ring_tail(&r) <= SIZE,
	    "and never more bytes than it has");
	while (ring_next(&r, &pos, ring_head(&r), &rec) == RING_REC)
		got++;
	ok(got >= n, "all of them are read");
	ring_set_tail(&r, pos, 0);
	ok(put(&r, "x", 1), "and then there is room again");
	ok(ring_reserve(&r, SIZE) == NULL, "a record longer than the ring never fits");
	free(m);
}

static void
test_damage(void)
{
	struct ring r;
	struct ring_shm *m = new_ring(&r, SIZE);
	struct ring_rec rec;
	uint64_t pos = 0, end;

	(void)put(&r, "first", 5);
	(void)put(&r, "second", 6);
	(void)put(&r, "third", 5);
	end = ring_head(&r);
	m->bytes[24 + 16] ^= 1;
	ok(ring_next(&r, &pos, end, &rec) == RING_REC,
	    "the record before the damage is read");
	ok(ring_next(&r, &pos, end, &rec) == RING_DAMAGED, "the damaged one is told");
	ok(ring_next(&r, &pos, end, &rec) == RING_REC &&
		memcmp(rec.bytes, "third", 5) == 0,
	    "the one behind it is read");
	pos = 24;
	m->bytes[24] = 0xff;
	m->bytes[25] = 0xff;
	m->bytes[26] = 0xff;
	ok(ring_next(&r, &pos, end, &rec) == RING_DAMAGED && pos == end,
	    "a length beyond reason costs the rest");
	atomic_store(&m->head, 3);
	ok(!ring_sound(&r) && ring_head(&r) == ring_tail(&r),
	    "a head that cannot be shows as an empty ring");
	free(m);
}

/* A record left from an earlier lap fits its checksum and must not be taken for a new
 * one. */
static void
test_stale_lap(void)
{
	struct ring r;
	struct ring_shm *m = new_ring(&r, SIZE);
	struct ring_rec rec;
	uint64_t pos = SIZE;

	(void)put(&r, "old", 3);
	atomic_store(&m->tail, SIZE);
	atomic_store(&m->head, SIZE + 24);
	ok(ring_next(&r, &pos, SIZE + 24, &rec) == RING_DAMAGED,
	    "a record of an earlier lap is not believed");
	free(m);
}

#define STORM_RECORDS 300000u

static void *
storm_writer(void *arg)
{
	struct ring *r = arg;
	unsigned char rec[64];

	for (uint32_t i = 0; i < STORM_RECORDS;) {
		size_t n = 4 + i % 60;

		memset(rec, (int)(i & 0xff), sizeof(rec));
		memcpy(rec, &i, 4);
		if (put(r, rec, n))
			i++;
	}
	return NULL;
}

/* ThreadSanitizer sees no further than one process, so the ring's storm is here with
 * threads as well; the one with processes and kills is ring_storm_test. */
static void
test_threads(void)
{
	struct ring r, reader;
	struct ring_shm *m = new_ring(&r, SIZE);
	pthread_t t;
	uint32_t next = 0;
	unsigned wrong = 0;

	reader = r;
	if (pthread_create(&t, NULL, storm_writer, &r) != 0)
		assert(!"thread");
	while (next < STORM_RECORDS && wrong == 0) {
		uint64_t pos = ring_tail(&reader), end = ring_head(&reader);
		struct ring_rec rec;
		enum ring_got got;

		while ((got = ring_next(&reader, &pos, end, &rec)) == RING_REC) {
			uint32_t i;

			memcpy(&i, rec.bytes, 4);
			wrong += i != next || rec.len != 4 + i % 60 ||
				 (rec.len > 4 && rec.bytes[rec.len - 1] != (i & 0xff));
			next++;
		}
		wrong += got == RING_DAMAGED;
		ring_set_tail(&reader, pos, 0);
	}
	(void)pthread_join(t, NULL);
	ok(wrong == 0,
	    "a writer and a reader at once: every record once, whole and in order");
	is_int(next, STORM_RECORDS, "none is missing");
	free(m);
}

int
main(void)
{
	test_attach();
	test_commit();
	test_laps();
	test_full();
	test_damage();
	test_stale_lap();
	test_threads();
	return tap_done();
}
