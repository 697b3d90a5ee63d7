/* SPDX-License-Identifier: Apache-2.0
 * arena.h - memory that is given back all at once.
 *
 * One thread at a time.  Everything allocated lives until arena_reset() or arena_free();
 * nobody frees a single piece.  Allocation never fails (out of memory ends the process),
 * so callers bound what they ask for.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/str.h"

#include <stdarg.h>

struct arena; /* private to arena.c */

NODISCARD struct arena *arena_new(void);
/* Gives everything back, keeps one block for reuse. */
void arena_reset(struct arena *a);
/* NULL is fine; sets the caller's pointer to NULL. */
void arena_free(struct arena **ap);
/* Bytes handed out since the last reset. */
NODISCARD size_t arena_used(const struct arena *a);

/* Zeroed, aligned for any type. */
NODISCARD void *arena_alloc(struct arena *a, size_t size);
/* A copy with a NUL behind it (not counted in n).  STR_NONE stays STR_NONE. */
NODISCARD struct str arena_str(struct arena *a, struct str s);
/* The same as a C string; STR_NONE gives "". */
NODISCARD const char *arena_cstr(struct arena *a, struct str s);
NODISCARD struct str arena_printf(struct arena *a, const char *fmt, ...)
    PRINTF_LIKE(2, 3);

#endif
