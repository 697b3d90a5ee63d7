/* SPDX-License-Identifier: Apache-2.0
 * missing.c - weak definitions that let the program link while the parts that bring the
 * real ones are on their way.
 */
#include "book/book.h"
#include "worker/worker.h"

#define WEAK __attribute__((weak))

WEAK enum err
book_events(struct book *b, struct db *db, const struct fold_batch *batch,
    struct rec_outcome *out)
{
	(void)b;
	(void)db;
	for (unsigned i = 0; i < batch->n; i++)
		out[i] = (struct rec_outcome){0};
	return ERR_DB_DOWN;
}

WEAK enum err
book_unresolved(struct book *b, struct db *db, unsigned node_id, us_t *last_txn_us,
    struct rec_outcome *out, unsigned cap, unsigned *n)
{
	(void)b;
	(void)db;
	(void)node_id;
	(void)last_txn_us;
	(void)out;
	(void)cap;
	*n = 0;
	return ERR_OK;
}

WEAK enum err
book_sweep(struct book *b, struct db *db, unsigned node_id)
{
	(void)b;
	(void)db;
	(void)node_id;
	return ERR_OK;
}

WEAK void
clicks_handle(struct wreq *r)
{
	(void)r;
}

WEAK void
posts_handle(struct wreq *r)
{
	(void)r;
}
