/* SPDX-License-Identifier: Apache-2.0
 * err.h - failures that are nobody's bug: the caller's mistakes and the world's.
 *
 * Any process, any thread.  Functions return enum err; those that check a caller's values
 * also fill a struct fault that names the parameter, and each dialect turns it into its
 * own answer in one place.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/str.h"

enum err {
#define ERROR(id_, text_) ERR_##id_,
#include "tbl/errors.h"
#undef ERROR
	ERR_MAX
};

/* A message that names every word of a list is whole: a test holds the endpoints to it.
 */
#define FAULT_TEXT 512

struct fault {
	enum err err;
	char param[64];        /* the parameter's name as the caller wrote it, "" none */
	char text[FAULT_TEXT]; /* what is wrong with it, for people */
};

/* The text of tbl/errors.h. */
NODISCARD const char *err_text(enum err e);
/* Fills f (NULL is fine) and returns e, so that a check ends `return fault_set(...)`. */
enum err fault_set(struct fault *f, enum err e, const char *param, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

#endif
