/* SPDX-License-Identifier: Apache-2.0
 * captable.c - see captable.h.
 */
#include "shm/captable.h"

#define LINGER (60 * US_SECOND)

static struct cap_place *
place_at(struct captable *t, uint64_t key, unsigned i)
{
	return &t->place[(key + i) & (CAPTABLE_PLACES - 1)];
}

/* A place that was freed may lie before the key's own, so the whole run is looked at. */
static struct cap_place *
find(struct captable *t, uint64_t key)
{
	for (unsigned i = 0; i < CAPTABLE_RUN; i++) {
		struct cap_place *p = place_at(t, key, i);

		if (atomic_load_explicit(&p->key, memory_order_acquire) == key)
			return p;
	}
	return NULL;
}

/* NULL: the run is full.  Two that take the same key at once try the same first free
 * place; the one that loses the swap finds the key there. */
static struct cap_place *
take(struct captable *t, uint64_t key, us_t until)
{
	struct cap_place *p = find(t, key);

	for (unsigned i = 0; i < CAPTABLE_RUN && p == NULL; i++) {
		struct cap_place *q = place_at(t, key, i);
		uint64_t free_one = 0;

		if (atomic_compare_exchange_strong(&q->key, &free_one, key) ||
		    free_one == key)
			p = q;
	}
	if (p != NULL)
		atomic_store_explicit(&p->until_us, until, memory_order_relaxed);
	return p;
}

int64_t
captable_count(struct captable *t, uint64_t key)
{
	struct cap_place *p = find(t, key);

	return p == NULL ? 0
			 : atomic_load_explicit(&p->base, memory_order_relaxed) +
			       atomic_load_explicit(&p->live, memory_order_relaxed);
}

bool
captable_add(struct captable *t, uint64_t key, us_t until)
{
	struct cap_place *p = take(t, key, until);

	if (p == NULL)
		return false;
	(void)atomic_fetch_add_explicit(&p->live, 1, memory_order_relaxed);
	return true;
}

bool
captable_set(struct captable *t, uint64_t key, us_t until, int64_t total, int64_t own)
{
	struct cap_place *p = take(t, key, until);
	int64_t live;

	if (p == NULL)
		return false;
	atomic_store_explicit(&p->base, total - own, memory_order_relaxed);
	live = atomic_load_explicit(&p->live, memory_order_relaxed);
	while (live < own && !atomic_compare_exchange_weak(&p->live, &live, own))
		;
	return true;
}

void
captable_sweep(struct captable *t, us_t now)
{
	for (unsigned i = 0; i < CAPTABLE_PLACES; i++) {
		struct cap_place *p = &t->place[i];
		const int64_t until =
		    atomic_load_explicit(&p->until_us, memory_order_relaxed);

		/* until 0: taken in this moment */
		if (atomic_load_explicit(&p->key, memory_order_relaxed) == 0 ||
		    until == 0 || until >= now - LINGER)
			continue;
		atomic_store_explicit(&p->base, 0, memory_order_relaxed);
		atomic_store_explicit(&p->live, 0, memory_order_relaxed);
		atomic_store_explicit(&p->until_us, 0, memory_order_relaxed);
		atomic_store_explicit(&p->key, 0, memory_order_release);
	}
}
