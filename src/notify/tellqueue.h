/* SPDX-License-Identifier: Apache-2.0
 * tellqueue.h - table notify_queue: what is due, who sends it, what came of it.
 *
 * The notifier's one thread.  Several nodes share the table: a row is sent by whoever
 * took its lease, by a conditional update (GET_LOCK and SKIP LOCKED are local to a Galera
 * node).  A node that dies leaves its leases to run out, or to its own next notifier.
 *
 *   due ──take──▶ leased ──sent──▶ gone (logged)
 *    ▲               │
 *    └───not sent────┘ due again later (logged); given up after the sixth time
 *
 * About one subject (a conversion, an account) nothing is sent while something older is
 * still in the queue.  Steps of a conversion that became one row each for several hooks
 * go out side by side.
 */
#ifndef NOTIFY_TELLQUEUE_H
#define NOTIFY_TELLQUEUE_H

#include "notify/errand.h"

#define TELLQUEUE_LEASE (60 * US_SECOND)

/* Rows of one kind for one hook: they go to one host. */
struct tellgroup {
	unsigned kind;
	uint32_t hook_id;
};

/* Groups of which something may be due, at most `cap`, those that have waited longest
 * first. */
NODISCARD enum err tellqueue_groups(
    struct db *db, us_t now, struct tellgroup *out, unsigned cap, unsigned *n);
/* Takes at most `most` rows of a group.  The list is the caller's. */
NODISCARD enum err tellqueue_take(struct db *db, unsigned node, us_t now,
    const struct tellgroup *g, unsigned most, struct errand **list);
/* Writes what came of them: one transaction, a log row each. */
NODISCARD enum err tellqueue_settle(
    struct db *db, unsigned node, us_t now, const struct errand *list);
/* Gives back what this node has leased. */
NODISCARD enum err tellqueue_release(struct db *db, unsigned node);
/* How many rows wait, and how long the oldest due one has. */
NODISCARD enum err tellqueue_measure(
    struct db *db, us_t now, int64_t *rows, int64_t *oldest_s);
/* Queues mails of table notice, at most 100 at once; *n: how many. */
NODISCARD enum err tellqueue_notices(struct db *db, us_t now, unsigned *n);
/* Deletes log rows older than `before`, some at once, and closes what no page has
 * fetched within an hour. */
NODISCARD enum err tellqueue_retire(struct db *db, us_t now, us_t before);

#endif
