/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>

#define ARENA_MAGIC 0x6172656eu
#define BLOCK_BYTES 8192u

struct block {
	struct block *next;
	size_t used, size;
	max_align_t bytes[];
};

struct arena {
	uint32_t magic;
	size_t used;
	struct block *blocks; /* newest first */
};

static struct block *
block_new(size_t size)
{
	struct block *b = obj_alloc(sizeof(*b) + size);

	b->size = size;
	return b;
}

struct arena *
arena_new(void)
{
	struct arena *a;

	OBJ_NEW(a, ARENA_MAGIC);
	a->blocks = block_new(BLOCK_BYTES);
	return a;
}

static void
free_all_but(struct arena *a, struct block *keep)
{
	struct block *b = a->blocks;

	while (b != NULL) {
		struct block *next = b->next;

		if (b != keep)
			free(b);
		b = next;
	}
}

void
arena_reset(struct arena *a)
{
	struct block *keep = NULL;

	assert(OBJ_IS(a, ARENA_MAGIC));
	for (struct block *b = a->blocks; b != NULL; b = b->next) {
		if (b->size == BLOCK_BYTES)
			keep = b;
	}
	free_all_but(a, keep);
	if (keep == NULL)
		keep = block_new(BLOCK_BYTES);
	memset(keep->bytes, 0, keep->used);
	keep->used = 0;
	keep->next = NULL;
	a->blocks = keep;
	a->used = 0;
}

void
arena_free(struct arena **ap)
{
	struct arena *a;

	if (*ap == NULL)
		return;
	OBJ_TAKE(a, ap, ARENA_MAGIC);
	free_all_but(a, NULL);
	OBJ_FREE(a);
}

size_t
arena_used(const struct arena *a)
{
	return a->used;
}

void *
arena_alloc(struct arena *a, size_t size)
{
	struct block *b;
	size_t need = (size + alignof(max_align_t) - 1) / alignof(max_align_t) *
		      alignof(max_align_t);
	void *p;

	assert(OBJ_IS(a, ARENA_MAGIC));
	b = a->blocks;
	if (b->size - b->used < need) {
		b = block_new(need > BLOCK_BYTES ? need : BLOCK_BYTES);
		b->next = a->blocks;
		a->blocks = b;
	}
	p = (char *)b->bytes + b->used;
	b->used += need;
	a->used += need;
	return p;
}

struct str
arena_str(struct arena *a, struct str s)
{
	char *p;

	if (s.p == NULL)
		return STR_NONE;
	p = arena_alloc(a, s.n + 1);
	memcpy(p, s.p, s.n);
	p[s.n] = '\0';
	return str_n(p, s.n);
}

const char *
arena_cstr(struct arena *a, struct str s)
{
	return s.p == NULL ? "" : arena_str(a, s).p;
}

struct str
arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	assert(n >= 0);
	p = arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	(void)vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return str_n(p, (size_t)n);
}
