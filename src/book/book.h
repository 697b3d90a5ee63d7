/* SPDX-License-Identifier: Apache-2.0
 * book.h - from records to rows: what the fold calls to book clicks and events.
 *
 * stats only, each fold thread with a struct book of its own (it caches what it looked
 * up).  The fold owns the transaction, the position and the answers; the functions here
 * own every fact table.  They may be called again with the same records after a rollback,
 * so nothing but the database may remember them.
 *
 * What they return decides what the fold does:
 *   ERR_OK                     commit
 *   ERR_DB_DOWN, ERR_DB_RETRY  roll back, wait a little, the whole batch again
 *   anything else              roll back, halve the batch; a single record that still
 * fails is put into quarantine with an alarm, and the position moves on
 */
#ifndef BOOK_BOOK_H
#define BOOK_BOOK_H

#include "base/inherited.h"
#include "base/record.h"
#include "db/db.h"

struct book; /* private to book.c */

struct fold_item {
	uint16_t kind, version; /* enum rec_kind; REC_VERSION of the writer */
	uint32_t len;
	const unsigned char *bytes; /* aligned to 8, until the call returns */
	uint64_t pos;               /* in the journal */
};

struct fold_batch {
	unsigned n;
	const struct fold_item *item;
	unsigned node_id;
	/* The newest txn_us of this node; book moves it and the fold writes it into
	 * fold_position in the same transaction.  After a rollback the fold sets it back.
	 */
	us_t *last_txn_us;
};

NODISCARD struct book *book_new(const struct inherited *in);
/* One for book_preview() alone, without the caches of whoever books clicks: some kilobytes
 * in place of 50 MB. */
NODISCARD struct book *book_new_preview(const struct inherited *in);
/* NULL is fine; sets the caller's pointer to NULL. */
void book_free(struct book **bp);

/* Inside the open transaction. */
NODISCARD enum err book_clicks(
    struct book *b, struct db *db, const struct fold_batch *batch);
/* Inside the open transaction.  out[batch->n]: the answer to item i; tag 0: says nothing
 * now. */
NODISCARD enum err book_events(struct book *b, struct db *db,
    const struct fold_batch *batch, struct rec_outcome *out);
/* Inside a transaction that the fold opened: try again what waits for its click, at most
 * `cap` events. out[*n]: answers to those that are decided now. */
NODISCARD enum err book_unresolved(struct book *b, struct db *db, unsigned node_id,
    us_t *last_txn_us, struct rec_outcome *out, unsigned cap, unsigned *n);
/* Inside a transaction of the caller's that is rolled back: what a report (REC_POST)
 * would pay its affiliate as an initial, or a continuity, in base currency.  The
 * functions that book are those that answer.  *outcome: OUTCOME_BOOKED, or why not. */
NODISCARD enum err book_preview(struct book *b, struct db *db, unsigned node_id,
    const struct fold_item *item, bool continuity, uint8_t *outcome, money_t *payout);
/* Inside a transaction that the fold opened: the first event that book_unresolved() would
 * take stays as unknown (state 2) and is not tried again. */
NODISCARD enum err book_aside(struct db *db, unsigned node_id);
/* Outside any transaction, from a thread of its own, every few seconds: hold periods that
 * end, by lease; partitions ahead; retention. */
NODISCARD enum err book_sweep(struct book *b, struct db *db, unsigned node_id);

#endif
