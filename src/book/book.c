/* SPDX-License-Identifier: Apache-2.0
 * book.c - see book.h.
 */
#include "book/book_priv.h"

#include <stdlib.h>

struct book *
book_new(const struct inherited *in)
{
	struct book *b;

	OBJ_NEW(b, BOOK_MAGIC);
	b->in = in;
	b->arena = arena_new();
	b->conf = conf_new();
	b->agents = agents_new(in);
	b->places = places_new(in == NULL ? NULL : in->geo);
	b->clicks = sums_new(SUMS_CLICKS);
	b->booked = sums_new(SUMS_BOOKED);
	b->status = sums_new(SUMS_STATUS);
	b->keys = jsonw_new();
	return b;
}

struct book *
book_new_preview(const struct inherited *in)
{
	struct book *b;

	OBJ_NEW(b, BOOK_MAGIC);
	b->in = in;
	b->arena = arena_new();
	b->conf = conf_new();
	b->booked = sums_new(SUMS_BOOKED);
	b->status = sums_new(SUMS_STATUS);
	b->keys = jsonw_new();
	return b;
}

void
book_free(struct book **bp)
{
	struct book *b;

	if (*bp == NULL)
		return;
	OBJ_TAKE(b, bp, BOOK_MAGIC);
	arena_free(&b->arena);
	conf_free(&b->conf);
	agents_free(&b->agents);
	places_free(&b->places);
	sums_free(&b->clicks);
	sums_free(&b->booked);
	sums_free(&b->status);
	jsonw_free(&b->keys);
	tsv_free(&b->tsv);
	OBJ_FREE(b);
}
