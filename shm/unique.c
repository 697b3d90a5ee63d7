/* SPDX-License-Identifier: Apache-2.0
 * unique.c - see unique.h.
 *
 * An entry is high half of the key << 32 | second it was last shown; 0 is empty.
 * Why one winner: all who look for a key see its places in one fixed order and choose the
 * entry with the lowest time, first of equals.  Times only grow.  Suppose two processes
 * put the same new key into different entries v (later) and w (earlier).  When the later
 * one read w it was still older than what the earlier one wrote there, and it preferred
 * v, so time(v) <= time(w) as it read them; the earlier one preferred w, so time(w) <=
 * time(v) as it read that, and v changed no more until the later one's swap succeeded.
 * Both equal, the fixed order decides for both alike: v = w, where only one swap
 * succeeds.
 */
#include "shm/unique.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>

#define UNIQUE_MARKER "AFFUNIQ"
#define UNIQUE_VERSION 1u
#define LINE 8u /* entries a cache line */
#define SAMPLE 4096u

struct unique_shm {
	char marker[8];
	uint32_t version, _pad;
	uint64_t entries;
	alignas(64) _Atomic uint64_t entry[];
};

size_t
unique_bytes(uint64_t entries)
{
	return sizeof(struct unique_shm) + entries * sizeof(uint64_t);
}

void
unique_format(struct unique_shm *m, uint64_t entries)
{
	assert(entries >= 1024 && (entries & (entries - 1)) == 0);
	m->version = UNIQUE_VERSION;
	m->entries = entries;
	memcpy(m->marker, UNIQUE_MARKER, sizeof(m->marker));
}

bool
unique_attach(struct unique *u, struct unique_shm *m, size_t room)
{
	if (room < sizeof(*m) ||
	    memcmp(m->marker, UNIQUE_MARKER, sizeof(m->marker)) != 0 ||
	    m->version != UNIQUE_VERSION)
		return false;
	if (m->entries < 1024 || (m->entries & (m->entries - 1)) != 0 ||
	    m->entries > (room - sizeof(*m)) / sizeof(uint64_t))
		return false;
	*u = (struct unique){.shm = m, .lines = m->entries / LINE};
	return true;
}

struct look {
	_Atomic uint64_t *hit, *oldest;
	uint64_t hit_value, oldest_value;
};

static void
look_at(struct look *k, _Atomic uint64_t *e, uint32_t print)
{
	uint64_t v = atomic_load_explicit(e, memory_order_seq_cst);

	if ((uint32_t)(v >> 32) == print && v != 0) {
		k->hit = e;
		k->hit_value = v;
	} else if (k->oldest == NULL || (uint32_t)v < (uint32_t)k->oldest_value) {
		k->oldest = e;
		k->oldest_value = v;
	}
}

/* The two lines of a key. */
static void
lines_of(const struct unique *u, uint64_t key, _Atomic uint64_t *line[2])
{
	uint64_t h = key * UINT64_C(0x9e3779b97f4a7c15);
	uint64_t g = (h ^ key) * UINT64_C(0xd6e8feb86659fd93);

	line[0] = &u->shm->entry[(h >> 32 & (u->lines - 1)) * LINE];
	line[1] = &u->shm->entry[(g >> 24 & (u->lines - 1)) * LINE];
}

void
unique_hint(const struct unique *u, uint64_t key)
{
	_Atomic uint64_t *line[2];

	lines_of(u, key, line);
	__builtin_prefetch(line[0], 1);
	__builtin_prefetch(line[1], 1);
}

/* The lines in turns: lines fill from the front, so of two that are not full yet the
 * emptier one is chosen, which keeps them level. */
static struct look
look(struct unique *u, uint64_t key, uint32_t print)
{
	_Atomic uint64_t *line[2];
	struct look k = {NULL, NULL, 0, 0};

	lines_of(u, key, line);
	for (unsigned i = 0; i < LINE && k.hit == NULL; i++) {
		look_at(&k, &line[0][i], print);
		if (k.hit == NULL)
			look_at(&k, &line[1][i], print);
	}
	return k;
}

bool
unique_seen(struct unique *u, uint64_t key, uint32_t now_s, uint32_t window_s)
{
	/* The lines come from products that mix both halves of the key, so that keys of
	 * one line do not share their print more often than by chance. */
	uint32_t print = (uint32_t)(key >> 32);
	uint64_t mine = (uint64_t)print << 32 | now_s;

	for (;;) {
		struct look k = look(u, key, print);
		uint32_t then;

		if (k.hit == NULL) {
			if (atomic_compare_exchange_strong(
				k.oldest, &k.oldest_value, mine))
				return false;
			continue; /* somebody took that entry: perhaps for this key */
		}
		then = (uint32_t)k.hit_value;
		/* A clock that was set back must not make a time in an entry smaller. */
		if (now_s <= then)
			return true;
		if (atomic_compare_exchange_strong(k.hit, &k.hit_value, mine))
			return now_s - then < window_s;
	}
}

uint64_t
unique_live(const struct unique *u, uint32_t now_s, uint32_t window_s)
{
	uint64_t n = u->lines * LINE, step = n > SAMPLE ? n / SAMPLE : 1, live = 0;

	for (uint64_t i = 0; i < n; i += step) {
		uint64_t v =
		    atomic_load_explicit(&u->shm->entry[i], memory_order_relaxed);
		uint32_t then = (uint32_t)v;

		live += v != 0 && (then >= now_s || now_s - then < window_s);
	}
	return live * step;
}
