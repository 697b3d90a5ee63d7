/* SPDX-License-Identifier: Apache-2.0
 * book.h - from events to rows: what the fold calls.
 *
 * Only `stats` books.  A struct book belongs to one thread (the fold has one a lane, each with a database
 * connection of its own) and holds nothing that a restart would lose: caches of user agents and words.
 *
 * Sibling files: clicks.c (clicks in bulk), events.c (the course of a batch of events), load.c (what a batch
 * needs to know, in a few statements), post.c, undo.c and approve.c (what an event means), write.c (rows in
 * bulk), sweep.c (what time brings), verify.c (is it all true), price.c and txnid.c (arithmetic).
 */
#ifndef BOOK_BOOK_H
#define BOOK_BOOK_H

#include "base/clock.h"
#include "base/inherited.h"
#include "base/record.h"
#include "db/db.h"

struct book; /* private to this folder: book_priv.h */

struct fold_item {
	uint16_t kind;    /* enum rec_kind */
	uint16_t version; /* REC_VERSION of the writer */
	uint32_t len;
	const unsigned char *bytes;
	uint64_t pos; /* in the journal */
};

struct fold_batch {
	unsigned n;
	const struct fold_item *item;
	unsigned node_id;
	/* The node's last transaction time.  book_events() moves it and writes it to fold_position itself;
	 * whoever rolls back puts the old value back. */
	us_t *last_txn_us;
};

NODISCARD struct book *book_new(const struct inherited *in);
/* NULL is fine; sets the caller's pointer to NULL. */
void book_free(struct book **bp);

/* Both run inside the transaction that the fold has opened and neither commits.  ERR_DB_SQL: the batch has
 * a record that cannot be booked as it is (the fold bisects); ERR_DB_RETRY and ERR_DB_DOWN: the whole batch
 * again later.  Records of a kind or version that is not known give ERR_DB_SQL as well.  A batch may be of
 * any size; between 1000 and 50000 clicks, and up to 1000 events, are best. */
NODISCARD enum err book_clicks(struct book *b, struct db *db, const struct fold_batch *batch);
/* out[batch->n]: what to tell whom.  A tag of 0 says nothing (yet): nobody waits, or the event's click is
 * not here and the event went to `unresolved`. */
NODISCARD enum err book_events(
    struct book *b, struct db *db, const struct fold_batch *batch, struct rec_outcome *out);

/* Looks again at events whose click was not here (E5), in a transaction opened by the caller, who commits.
 * Fills at most `cap` outcomes and says in *n how many.  To be called after each fold of clicks, and every
 * 200 ms while rows wait (*waiting). */
NODISCARD enum err book_unresolved(struct book *b, struct db *db, unsigned node_id, us_t *last_txn_us,
    struct rec_outcome *out, unsigned cap, unsigned *n, bool *waiting);

/* One round of what time brings: hold periods that ended, partitions of raw clicks ahead, retention.  Makes
 * its own short transactions, so none may be open.  Any node may call it, about every ten seconds: a lease
 * row picks the one that works.  ERR_OK also when that is another one. */
NODISCARD enum err book_sweep(struct book *b, struct db *db, unsigned node_id);

#endif
