/* SPDX-License-Identifier: Apache-2.0
 * bytemap.h - from bytes to a pointer, for as long as an arena lives.
 *
 * One thread at a time.  Keys are copied; nothing is ever removed.  There is no free: the
 * arena does it.
 */
#ifndef BOOK_BYTEMAP_H
#define BOOK_BYTEMAP_H

#include "base/arena.h"

struct bytemap {
	struct arena *arena;
	struct bytemap_place *place;
	unsigned slots, n;
};

void bytemap_init(struct bytemap *m, struct arena *a);
/* NULL: not there. */
NODISCARD void *bytemap_get(const struct bytemap *m, struct str key);
/* The value in place i of m->slots; NULL: an empty place. */
NODISCARD void *bytemap_at(const struct bytemap *m, unsigned i);
/* Over what was there. */
void bytemap_put(struct bytemap *m, struct str key, void *value);

#endif
