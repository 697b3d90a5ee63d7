/* SPDX-License-Identifier: Apache-2.0
 * tries.c - see tries.h.
 *
 * An entry of `wrong`: 24 high bits of who it is, 28 bits of the second in which the
 * window was opened, 12 bits of count; 0 is empty.  An entry of `good`: the key; 0 empty.
 */
#include "shm/tries.h"

#include <stdalign.h>
#include <stdatomic.h>
#include <string.h>

#define TRIES_MARKER "AFFTRYS"
#define TRIES_VERSION 1u
#define LINE 8u /* entries a cache line */
#define LINES 512u
#define SECONDS_MASK 0xfffffffu
#define COUNT_MASK 0xfffu

struct tries_shm {
	char marker[8];
	uint32_t version, _pad;
	alignas(64) _Atomic uint64_t wrong[LINES * LINE];
	_Atomic uint64_t good[LINES * LINE];
};

size_t
tries_bytes(void)
{
	return sizeof(struct tries_shm);
}

void
tries_format(struct tries_shm *m)
{
	m->version = TRIES_VERSION;
	memcpy(m->marker, TRIES_MARKER, sizeof(m->marker));
}

bool
tries_check(const struct tries_shm *m, size_t room)
{
	return room == sizeof(*m) &&
	       memcmp(m->marker, TRIES_MARKER, sizeof(m->marker)) == 0 &&
	       m->version == TRIES_VERSION;
}

static size_t
line_of(uint64_t hash)
{
	return (size_t)(hash & (LINES - 1)) * LINE;
}

static unsigned
count_of(uint64_t entry)
{
	return (unsigned)(entry & COUNT_MASK);
}

static bool
is_about(uint64_t entry, uint64_t who)
{
	return entry != 0 && entry >> 40 == who >> 40;
}

/* A clock that was set back opens every window anew: better than one that stays shut for
 * as long as it was set back. */
static bool
is_open(uint64_t entry, uint32_t now_s)
{
	uint32_t since = (uint32_t)(entry >> 12) & SECONDS_MASK;

	return entry != 0 && ((now_s - since) & SECONDS_MASK) < TRIES_WINDOW_S;
}

static bool
was_good(const struct tries_shm *m, uint64_t key)
{
	const _Atomic uint64_t *line = &m->good[line_of(key)];

	for (unsigned i = 0; i < LINE; i++) {
		if (atomic_load_explicit(&line[i], memory_order_relaxed) == key)
			return true;
	}
	return false;
}

bool
tries_may(
    const struct tries_shm *m, uint64_t who, uint64_t key, uint32_t now_s, unsigned most)
{
	const _Atomic uint64_t *line = &m->wrong[line_of(who)];
	unsigned n = 0;

	/* Two who begin at once may have made an entry each: they count together. */
	for (unsigned i = 0; i < LINE; i++) {
		uint64_t v = atomic_load_explicit(&line[i], memory_order_relaxed);

		if (is_about(v, who) && is_open(v, now_s))
			n += count_of(v);
	}
	return n < most || was_good(m, key);
}

/* Where to count: its own entry, else one that is over or empty, else that of whom to
 * forget. */
static _Atomic uint64_t *
place_of(_Atomic uint64_t *line, uint64_t who, uint32_t now_s, uint64_t *had)
{
	_Atomic uint64_t *best = NULL;
	unsigned best_count = 0;

	for (unsigned i = 0; i < LINE; i++) {
		uint64_t v = atomic_load_explicit(&line[i], memory_order_relaxed);
		unsigned count = is_open(v, now_s) ? count_of(v) : 0;

		if (is_about(v, who) && count > 0) {
			*had = v;
			return &line[i];
		}
		if (best == NULL || count < best_count) {
			best = &line[i];
			best_count = count;
			*had = v;
		}
	}
	return best;
}

void
tries_wrong(struct tries_shm *m, uint64_t who, uint32_t now_s)
{
	for (;;) {
		uint64_t had = 0, fresh;
		_Atomic uint64_t *e = place_of(&m->wrong[line_of(who)], who, now_s, &had);

		if (!is_about(had, who) || !is_open(had, now_s))
			fresh =
			    who >> 40 << 40 | (uint64_t)(now_s & SECONDS_MASK) << 12 | 1;
		else if (count_of(had) == COUNT_MASK)
			return;
		else
			fresh = had + 1;
		if (atomic_compare_exchange_strong(e, &had, fresh))
			return;
	}
}

/* Of a full line one goes, which the key's own bits choose. */
void
tries_good(struct tries_shm *m, uint64_t key)
{
	_Atomic uint64_t *line = &m->good[line_of(key)];
	unsigned at = (unsigned)(key >> 32) % LINE;

	if (was_good(m, key))
		return;
	for (unsigned i = 0; i < LINE; i++) {
		if (atomic_load_explicit(&line[i], memory_order_relaxed) == 0) {
			at = i;
			break;
		}
	}
	atomic_store_explicit(&line[at], key, memory_order_relaxed);
}
