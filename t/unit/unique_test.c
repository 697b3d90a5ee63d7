/* SPDX-License-Identifier: Apache-2.0
 * unique_test.c - who was seen: windows, forgetting, and one winner among many who ask at
 * once.
 */
#include "shm/unique.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "tap.h"

#define ENTRIES 65536u
#define DAY 86400u

static struct unique_shm *
new_table(struct unique *u, uint64_t entries)
{
	struct unique_shm *m = aligned_alloc(64, unique_bytes(entries));

	assert(m != NULL);
	memset(m, 0, unique_bytes(entries));
	unique_format(m, entries);
	if (!unique_attach(u, m, unique_bytes(entries)))
		assert(!"attach");
	return m;
}

static uint64_t
key_of(uint64_t i)
{
	return XXH3_64bits(&i, sizeof(i));
}

static void
test_window(void)
{
	struct unique u;
	struct unique_shm *m = new_table(&u, 1024);
	uint64_t k = key_of(1);

	ok(!unique_attach(&u, m, unique_bytes(1024) - 1),
	    "a table longer than its file is refused");
	ok(!unique_seen(&u, k, 1000, DAY), "a new surfer");
	ok(unique_seen(&u, k, 1001, DAY), "seen a second later");
	ok(unique_seen(&u, k, 1001 + DAY - 1, DAY), "the window rolls with each visit");
	ok(!unique_seen(&u, k, 1001 + 2 * DAY - 1, DAY),
	    "a whole window without a visit: new again");
	ok(unique_seen(&u, k, 500, DAY), "a clock that was set back makes nobody new");
	ok(!unique_seen(&u, k ^ 1, 1000, DAY) ||
		!unique_seen(&u, k ^ UINT64_C(1) << 60, 1000, DAY),
	    "another key is another surfer");
	is_int((long long)unique_live(&u, 1001 + 2 * DAY, DAY), 1, "one entry lives");
	free(m);
}

/* A table in its usual state, full of surfers of yesterday: how many of the n that came
 * last are forgotten when all are shown once more? */
static unsigned
forgotten(uint64_t n)
{
	struct unique u;
	struct unique_shm *m = new_table(&u, ENTRIES);
	uint64_t all = UINT64_C(4) * ENTRIES;
	unsigned lost = 0;

	for (uint64_t i = 0; i < all; i++)
		lost += unique_seen(&u, key_of(i), (uint32_t)(1000 + i / 10), DAY);
	is_int(lost, 0, "no new key is taken for a seen one");
	lost = 0;
	/* From the newest: showing one again does not push out those that are still to be
	 * asked for. */
	for (uint64_t i = all; i-- > all - n;)
		lost += !unique_seen(&u, key_of(i), (uint32_t)(1000 + all / 10), DAY);
	free(m);
	return lost;
}

static void
test_bound(void)
{
	unsigned half = forgotten(ENTRIES / 2), three = forgotten(ENTRIES / 4 * 3),
		 full = forgotten(ENTRIES);

	printf("# of %u, %u and %u live keys %u, %u and %u are forgotten\n", ENTRIES / 2,
	    ENTRIES / 4 * 3, ENTRIES, half, three, full);
	ok(half == 0, "half full: nobody is forgotten");
	ok(three <= ENTRIES / 4 * 3 / 400,
	    "three quarters full: at most 25 in ten thousand");
	ok(full <= ENTRIES / 10, "full: at most one in ten");
}

#define ASKERS 4u
#define RACES 100000u

static struct unique race_table;
static _Atomic unsigned arrived;
static _Atomic unsigned char winners[RACES];

static void *
asker(void *arg)
{
	(void)arg;
	(void)atomic_fetch_add(&arrived, 1);
	while (atomic_load(&arrived) < ASKERS)
		;
	for (uint64_t i = 0; i < RACES; i++) {
		/* The askers' clocks differ by a second now and then, as clocks do at its
		 * end. */
		uint32_t now =
		    (uint32_t)(1000000 + i / 1000 + ((i ^ (uintptr_t)&now) & 1));

		if (!unique_seen(&race_table, key_of(i), now, DAY))
			(void)atomic_fetch_add(&winners[i], 1);
	}
	return NULL;
}

static void
test_race(void)
{
	struct unique_shm *m = new_table(&race_table, 1u << 20);
	pthread_t t[ASKERS];
	unsigned none = 0, many = 0;

	for (unsigned i = 0; i < ASKERS; i++) {
		if (pthread_create(&t[i], NULL, asker, NULL) != 0)
			assert(!"thread");
	}
	for (unsigned i = 0; i < ASKERS; i++)
		(void)pthread_join(t[i], NULL);
	for (unsigned i = 0; i < RACES; i++) {
		none += winners[i] == 0;
		many += winners[i] > 1;
	}
	is_int(none, 0, "of those who show a new key at once one is told that it is new");
	is_int(many, 0, "and no second one");
	free(m);
}

int
main(void)
{
	test_window();
	test_bound();
	test_race();
	return tap_done();
}
