/* SPDX-License-Identifier: Apache-2.0
 * book_priv.h - what the files of this folder share: the booking thread's state.
 */
#ifndef BOOK_BOOK_PRIV_H
#define BOOK_BOOK_PRIV_H

#include "base/arena.h"
#include "base/jsonw.h"
#include "book/agents.h"
#include "book/book.h"
#include "book/conf.h"
#include "book/places.h"
#include "book/sums.h"
#include "book/tsv.h"

#define BOOK_MAGIC 0x626f6f6bu
/* The last moment that both spellings of an id can tell: 32 bits of seconds. */
#define BOOK_LATEST ((us_t)UINT32_MAX * US_SECOND)

struct book {
	uint32_t magic;
	const struct inherited *in;
	struct arena *arena; /* one batch */
	struct conf *conf;
	struct agents *agents;
	struct places *places;
	struct sums *clicks;          /* of a batch of clicks */
	struct sums *booked, *status; /* of a batch of events */
	struct jsonw *keys;           /* the keys of one lookup */
	struct tsv tsv;               /* the rows of one LOAD */
};

#endif
