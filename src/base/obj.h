/* SPDX-License-Identifier: Apache-2.0
 * obj.h - small things every file needs: attributes, sizes, checked objects.
 *
 * Any process, any thread.  A long-lived struct starts with `uint32_t magic`; OBJ_NEW
 * sets it, OBJ_IS checks it, OBJ_FREE clears it, so that a stale pointer is caught at the
 * door.
 */
#ifndef BASE_OBJ_H
#define BASE_OBJ_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt_, first_) __attribute__((format(printf, fmt_, first_)))
#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

/* Zeroed memory that is never NULL: out of memory ends the process.  Freed with free().
 */
NODISCARD void *obj_alloc(size_t size);
NODISCARD void *obj_realloc(void *p, size_t size);
NODISCARD char *obj_strdup(const char *s);

#define OBJ_NEW(p, magic_)                     \
	do {                                   \
		(p) = obj_alloc(sizeof(*(p))); \
		(p)->magic = (magic_);         \
	} while (0)
#define OBJ_IS(p, magic_) ((p) != NULL && (p)->magic == (magic_))
#define OBJ_TAKE(p, pp, magic_)            \
	do {                               \
		(p) = *(pp);               \
		*(pp) = NULL;              \
		assert(OBJ_IS(p, magic_)); \
	} while (0)
#define OBJ_FREE(p)             \
	do {                    \
		(p)->magic = 0; \
		free(p);        \
		(p) = NULL;     \
	} while (0)

#endif
