/* SPDX-License-Identifier: Apache-2.0
 * bytemap.c - see bytemap.h.
 */
#define XXH_INLINE_ALL
#include "book/bytemap.h"

#include <xxhash.h>

#define FIRST_SLOTS 64u

struct bytemap_place {
	struct str key; /* p == NULL: empty */
	uint64_t hash;
	void *value;
};

void
bytemap_init(struct bytemap *m, struct arena *a)
{
	*m = (struct bytemap){a, NULL, 0, 0};
}

static struct bytemap_place *
find(const struct bytemap *m, struct str key, uint64_t hash)
{
	unsigned at = (unsigned)hash & (m->slots - 1);

	while (m->place[at].key.p != NULL &&
	       !(m->place[at].hash == hash && str_eq(m->place[at].key, key)))
		at = (at + 1) & (m->slots - 1);
	return &m->place[at];
}

void *
bytemap_get(const struct bytemap *m, struct str key)
{
	if (m->n == 0)
		return NULL;
	return find(m, key, XXH3_64bits(key.n == 0 ? "" : key.p, key.n))->value;
}

void *
bytemap_at(const struct bytemap *m, unsigned i)
{
	assert(i < m->slots);
	return m->place[i].value;
}

/* The old places stay with the arena: doubling wastes as much as it uses at most. */
static void
grow(struct bytemap *m)
{
	struct bytemap_place *old = m->place;
	unsigned n = m->slots;

	m->slots = n == 0 ? FIRST_SLOTS : n * 2;
	m->place = arena_alloc(m->arena, m->slots * sizeof(*m->place));
	for (unsigned i = 0; i < n; i++) {
		if (old[i].key.p != NULL)
			*find(m, old[i].key, old[i].hash) = old[i];
	}
}

void
bytemap_put(struct bytemap *m, struct str key, void *value)
{
	uint64_t hash = XXH3_64bits(key.n == 0 ? "" : key.p, key.n);
	struct bytemap_place *p;

	if (m->n * 2 >= m->slots)
		grow(m);
	p = find(m, key, hash);
	if (p->key.p == NULL) {
		p->key = arena_str(m->arena, key.p == NULL ? STR("") : key);
		p->hash = hash;
		m->n++;
	}
	p->value = value;
}
