/* SPDX-License-Identifier: Apache-2.0
 * tries_test.c - wrong keys are counted together, forgotten after the window, and by many
 * threads at once none too few.
 */
#include "shm/tries.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "tap.h"

#define MOST 100u
#define NOW 1700000000u
#define THREADS 8

static uint64_t
hash_of(uint64_t i)
{
	return XXH3_64bits(&i, sizeof(i));
}

static struct tries_shm *
new_table(void)
{
	struct tries_shm *m = aligned_alloc(64, tries_bytes());

	assert(m != NULL);
	memset(m, 0, tries_bytes());
	ok(!tries_check(m, tries_bytes()), "zeros are no table");
	tries_format(m);
	ok(tries_check(m, tries_bytes()) && !tries_check(m, tries_bytes() - 1),
	    "a table is one, when it is whole");
	return m;
}

static void
wrong(struct tries_shm *m, uint64_t who, unsigned times, uint32_t now_s)
{
	for (unsigned i = 0; i < times; i++)
		tries_wrong(m, who, now_s);
}

static void
test_window(void)
{
	struct tries_shm *m = new_table();
	const uint64_t a = hash_of(1), b = hash_of(2), key = hash_of(3);

	ok(tries_may(m, a, key, NOW, MOST), "nobody has tried");
	wrong(m, a, MOST - 1, NOW);
	ok(tries_may(m, a, key, NOW + 59, MOST), "one less than too many");
	wrong(m, a, 1, NOW + 59);
	ok(!tries_may(m, a, key, NOW + 59, MOST), "too many");
	ok(tries_may(m, b, key, NOW + 59, MOST), "somebody else may");
	ok(tries_may(m, a, key, NOW + 60, MOST), "the window is over");
	wrong(m, a, 1, NOW + 60);
	ok(tries_may(m, a, key, NOW + 60, MOST), "and another one begins");
	wrong(m, a, 10000, NOW + 61);
	ok(!tries_may(m, a, key, NOW + 62, MOST), "a count does not run over");
	ok(tries_may(m, a, key, NOW - 100, MOST), "a clock that was set back opens");
	tries_good(m, key);
	ok(tries_may(m, a, key, NOW + 62, MOST), "a key that was good is looked up");
	ok(!tries_may(m, a, hash_of(4), NOW + 62, MOST), "another one is not");
	free(m);
}

/* One line of the table, more who try than it holds. */
static void
test_crowd(void)
{
	struct tries_shm *m = new_table();
	unsigned shut = 0, keys = 0;

	for (uint64_t i = 1; i <= 7; i++)
		wrong(m, i << 40, MOST, NOW);
	for (uint64_t i = 100; i < 1000; i++)
		wrong(m, i << 40, 1, NOW);
	for (uint64_t i = 1; i <= 7; i++)
		shut += !tries_may(m, i << 40, 5, NOW, MOST);
	is_int(shut, 7, "who tried most is remembered in a crowd");
	for (uint64_t i = 1; i <= 8; i++)
		tries_good(m, i << 40);
	for (uint64_t i = 1; i <= 8; i++)
		keys += tries_may(m, UINT64_C(1) << 40, i << 40, NOW, MOST);
	is_int(keys, 8, "a line of good keys");
	tries_good(m, UINT64_C(9) << 40);
	keys = 0;
	for (uint64_t i = 1; i <= 9; i++)
		keys += tries_may(m, UINT64_C(1) << 40, i << 40, NOW, MOST);
	is_int(keys, 8, "the ninth takes the place of one");
	free(m);
}

struct crew {
	struct tries_shm *m;
	uint64_t who;
	unsigned taken;
};

/* Tries until it is refused. */
static void *
try_until_shut(void *arg)
{
	struct crew *c = arg;

	while (tries_may(c->m, c->who, 1, NOW, MOST)) {
		tries_wrong(c->m, c->who, NOW);
		c->taken++;
	}
	return NULL;
}

static void
test_together(void)
{
	struct tries_shm *m = new_table();
	unsigned rounds = 200, least = UINT32_MAX, most = 0;

	for (unsigned r = 0; r < rounds; r++) {
		struct crew crew[THREADS];
		pthread_t t[THREADS];
		unsigned sum = 0;

		for (unsigned i = 0; i < THREADS; i++) {
			crew[i] = (struct crew){m, hash_of(r), 0};
			if (pthread_create(&t[i], NULL, try_until_shut, &crew[i]) != 0)
				abort();
		}
		for (unsigned i = 0; i < THREADS; i++) {
			(void)pthread_join(t[i], NULL);
			sum += crew[i].taken;
		}
		least = sum < least ? sum : least;
		most = sum > most ? sum : most;
	}
	ok(least >= MOST && most < MOST + THREADS,
	    "%u to %u were let through, %u and at most one more for each that is at it",
	    least, most, MOST);
	free(m);
}

int
main(void)
{
	test_window();
	test_crowd();
	test_together();
	return tap_done();
}
