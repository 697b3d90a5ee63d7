/* SPDX-License-Identifier: Apache-2.0
 * tsv.h - rows as LOAD DATA LOCAL reads them from memory (db_load of db.h).
 *
 * One thread at a time.  Fields in the order of the columns, then tsv_end(); the buffer
 * is kept from batch to batch.  What a client sent goes through tsv_text(), which leaves
 * only valid UTF-8: a bad byte in a subid must not hold up a batch.
 */
#ifndef BOOK_TSV_H
#define BOOK_TSV_H

#include "base/arena.h"

struct tsv {
	char *p;
	size_t n, cap;
	uint64_t rows;
};

void tsv_reset(struct tsv *t);
void tsv_free(struct tsv *t);

void tsv_int(struct tsv *t, int64_t v);
void tsv_uint(struct tsv *t, uint64_t v);
/* NULL writes NULL. */
void tsv_int_or_null(struct tsv *t, const int64_t *v);
void tsv_null(struct tsv *t);
/* STR_NONE is the empty text.  A byte that is not UTF-8, or a NUL, becomes U+FFFD; what
 * is cut in the middle of its last character loses that character. */
void tsv_text(struct tsv *t, struct str s);
/* Any bytes. */
void tsv_bytes(struct tsv *t, struct str s);
void tsv_end(struct tsv *t);

/* The text as tsv_text() would store it, for comparing with what is stored: s itself when
 * it is fine. */
NODISCARD struct str tsv_repair(struct arena *a, struct str s);
/* The value of a name in a urlencoded form, decoded, at most `longest` bytes; STR_NONE:
 * not there. */
NODISCARD struct str tsv_form_value(
    struct arena *a, struct str form, struct str name, size_t longest);

NODISCARD struct str tsv_data(const struct tsv *t);

#endif
