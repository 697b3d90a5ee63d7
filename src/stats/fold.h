/* SPDX-License-Identifier: Apache-2.0
 * fold.h - the fold thread of a lane: what is in the journal goes into the database.
 *
 * One thread a lane, each with a connection of its own.  The position moves in the
 * transaction that books, and only from where this thread believes it to be, so nothing
 * is booked twice whatever is killed:
 *
 *   begin; UPDATE fold_position SET pos = new WHERE node, journal, lane AND pos = old;
 * book; commit |                                                    | |          | | not
 * one row: read it again                 |      answers to the | |      workers
 *     +---- deadlock, no database: roll back, wait, read the position again ----+
 *     +---- the commit's answer is lost: read the position again; if it moved, answers
 * come from event_log
 *     +---- anything else: halve the batch; a single record that fails goes into
 * quarantine
 *
 * A failure that looks like the database's own (no such table, disk full) puts nothing
 * into quarantine: it is tried again until an administrator has helped.
 */
#ifndef STATS_FOLD_H
#define STATS_FOLD_H

#include "book/book.h"
#include "stats/collect.h"

struct fold; /* private to fold.c */

/* What is called to book: book.h's functions, or a test's. */
struct fold_calls {
	struct book *(*open)(const struct inherited *in);
	void (*close)(struct book **bp);
	enum err (*clicks)(struct book *b, struct db *db, const struct fold_batch *batch);
	enum err (*events)(struct book *b, struct db *db, const struct fold_batch *batch,
	    struct rec_outcome *out);
	enum err (*unresolved)(struct book *b, struct db *db, unsigned node_id,
	    us_t *last_txn_us, struct rec_outcome *out, unsigned cap, unsigned *n);
	enum err (*aside)(struct db *db, unsigned node_id);
};

/* What the two folds of a process tell each other. */
struct fold_pair {
	int fd[LANE_MAX]; /* eventfds: there is more to do */
	/* A sender waits for an event whose click is not booked: the clicks' fold
	 * hurries. */
	_Atomic bool unresolved;
	_Atomic bool refused; /* the database is registered with another journal */
};

struct fold_conf {
	const struct inherited *in;
	enum lane lane;
	unsigned node_id;
	const uint8_t *uuid;     /* of the journal, 16 bytes */
	const char *journal_dir; /* of the lane */
	struct collect *collect;
	struct fold_pair *pair;
	const struct fold_calls *calls;
	/* Readable once the journal is complete and the thread shall finish. */
	int stop_fd;
	_Atomic bool *leave; /* with stop_fd: true = do not fold what is left, end now */
};

/* Never NULL. */
NODISCARD struct fold *fold_new(const struct fold_conf *conf);
/* NULL is fine; sets the caller's pointer to NULL. */
void fold_free(struct fold **fp);
/* The thread: ends when stop_fd is readable and all is booked, or the database has been
 * away for some seconds since.  `arg` is a struct fold. */
void *fold_thread(void *arg);

/* Make this node and its journal known to the database, or find them there.  ERR_DENIED:
 * the number belongs to another journal (two nodes with one node_id, or a state directory
 * that was lost): `why` says so.  The other errors are db.h's. */
NODISCARD enum err fold_register(
    struct db *db, unsigned node_id, const uint8_t uuid[16], char why[256]);

/* The position of a lane as the database has it; 0: none yet, or it cannot be asked now.
 */
NODISCARD uint64_t fold_booked(
    struct db *db, unsigned node_id, const uint8_t uuid[16], enum lane lane);

#endif
